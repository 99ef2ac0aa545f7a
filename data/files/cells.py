"""Columns of texts made clean, and texts made words, numbers and flags."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.files.column_names import INVISIBLE
from geo.arrays import Flags

_Read = TypeVar("_Read")
_INVISIBLE = f"[{INVISIBLE}]"
# thousands parted by a comma, a blank or an apostrophe: 4,979,650.5
_GROUPED = "^[+-]?[0-9]{1,3}(?:[, \u00a0\u202f'\u2019][0-9]{3})+(?:[.][0-9]*)?$"
_PARTING = "[, \u00a0\u202f'\u2019]"
MISSING = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "\\n", "?"))


def plain(column: pa.ChunkedArray | pa.Array) -> pa.StringArray:
    """A column as one array."""
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return column


def trimmed(column: pa.ChunkedArray | pa.Array) -> pa.StringArray:
    """Texts without the blanks around them."""
    return pc.utf8_trim_whitespace(plain(column))


def labels(column: pa.ChunkedArray | pa.Array) -> pa.StringArray:
    """Texts in one line without invisible marks; null where nothing is said."""
    encoded = plain(column).dictionary_encode()
    return blank_to_null(_one_line(encoded.dictionary)).take(encoded.indices)


def _one_line(texts: pa.StringArray) -> pa.StringArray:
    texts = pc.replace_substring_regex(texts, _INVISIBLE, "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"[\s\p{Z}]+", " "))


def blank_to_null(texts: pa.StringArray) -> pa.StringArray:
    """Null instead of texts that say nothing, such as NA."""
    return pc.if_else(missing_cells(texts), pa.scalar(None, pa.string()), texts)


def missing_cells(texts: pa.StringArray) -> pa.BooleanArray:
    """Mask of the trimmed texts that say nothing."""
    short = pc.utf8_lower(pc.if_else(pc.less(pc.binary_length(texts), 6), texts, "x"))
    return pc.is_in(short, value_set=pa.array(sorted(MISSING)))


def ungroup(texts: pa.StringArray) -> pa.StringArray:
    """Trimmed texts in which numbers have lost what parts their thousands."""
    grouped = pc.match_substring_regex(texts, _GROUPED)
    if not pc.any(grouped, min_count=0).as_py():
        return texts
    return pc.if_else(grouped, pc.replace_substring_regex(texts, _PARTING, ""), texts)


def ungrouped(text: str) -> str:
    """A number without what parts its thousands; any other text as it is."""
    return re.sub(_PARTING, "", text) if re.match(_GROUPED, text) else text


def count_texts(column: pa.ChunkedArray | pa.Array, rows: Flags) -> Counter[str]:
    """Count each text in some rows of a column."""
    if not rows.any():
        return Counter()
    counts = trimmed(column).filter(pa.array(rows)).value_counts()
    return Counter({pair["values"]: pair["counts"] for pair in counts.to_pylist()})


def flags(column: pa.BooleanArray) -> Flags:
    """An array of flags without nulls as numpy."""
    found: Flags = column.to_numpy(zero_copy_only=False)
    return found


class Dictionary:
    """A column of few different texts: each is looked at once.

    `texts` are the different ones in one line without invisible marks; the last is "",
    which stands for empty cells. `which` is the position of each row's text.
    """

    def __init__(self, column: pa.ChunkedArray | pa.Array) -> None:
        encoded = plain(column).dictionary_encode()
        tidy = _one_line(encoded.dictionary)
        said = pc.if_else(pc.equal(tidy, ""), pa.scalar(None, pa.string()), tidy)
        different = said.dictionary_encode()
        self.texts: list[str] = [*different.dictionary.to_pylist(), ""]
        place = different.indices.fill_null(len(self.texts) - 1).to_numpy()
        self.which = place[encoded.indices.to_numpy()]

    def each(self, read: Callable[[str], _Read]) -> list[_Read]:
        """The results of `read` for each different text."""
        return [read(text) for text in self.texts]

    def array(self, values: Sequence[object], kind: pa.DataType) -> pa.Array:
        """A column again, from one value for each different text."""
        return pa.array(values, kind).take(pa.array(self.which))

    def where(self, chosen: Sequence[bool]) -> Flags:
        """The rows whose text is chosen."""
        found: Flags = np.array(chosen, bool)[self.which]
        return found

    def count(self, chosen: Sequence[bool], rows: Flags | None = None) -> Counter[str]:
        """Count each chosen text in the column, or in some of its rows."""
        which = self.which if rows is None else self.which[rows]
        often = np.bincount(which, minlength=len(chosen))
        return Counter({t: int(n) for t, c, n in zip(self.texts, chosen, often) if c and n})


def count(text: str) -> str | None:
    """The digits of a count that fits the record; None for anything else."""
    plain = re.sub(r"\.0+$", "", ungrouped(text))
    return plain if plain.isdecimal() and int(plain) < 2**15 else None


def is_missing(text: str) -> bool:
    """Return whether a text says nothing where nobody states what it means.

    `none` is such a text, and a word of the columns `response` and `force`: there the
    table of words goes first (data.values.value_words.translate).
    """
    return text.strip().lower() in MISSING
