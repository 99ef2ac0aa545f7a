"""Columns of texts made clean, and texts made words, numbers and flags."""

import re
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import words
from data.columns import guess_columns
from data.files.csv_file import INVISIBLE
from data.files.missing import MISSING, is_missing
from data.mappings.mapping import Pattern, TagRule
from geo.arrays import Flags

_Read = TypeVar("_Read")
_INVISIBLE = f"[{INVISIBLE}]"


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


def count_texts(column: pa.ChunkedArray | pa.Array, rows: Flags) -> Counter[str]:
    """Count each text in some rows of a column."""
    if not rows.any():
        return Counter()
    counts = trimmed(column).filter(pa.array(rows)).value_counts()
    return Counter({pair["values"]: pair["counts"] for pair in counts.to_pylist()})


def cut(
    texts: pa.StringArray, patterns: Sequence[Pattern]
) -> tuple[pa.StringArray, list[tuple[Pattern, Flags]]]:
    """Texts without the prefixes and suffixes of patterns, and where each one stood."""
    met = []
    for pattern in patterns:
        if pattern.prefix:
            here = pc.starts_with(texts, pattern.prefix, ignore_case=True)
            rest = pc.utf8_slice_codeunits(texts, len(pattern.prefix))
        else:
            here = pc.ends_with(texts, pattern.suffix, ignore_case=True)
            rest = pc.utf8_slice_codeunits(texts, 0, -len(pattern.suffix))
        texts = pc.utf8_trim_whitespace(pc.if_else(here, rest, texts))
        met.append((pattern, flags(here)))
    return texts, met


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


Known = Callable[[str], str | None]


def translate(column: str, rules: Mapping[str, str]) -> Known:
    """Return a reader from text to word: by its own rule first, then the words the column may hold.

    Only what neither knows may say nothing (NA, none, -); what does not is for the rule
    for all others ("*"). None is a text without a rule, "" one that says nothing or that
    a rule leaves out. Of a flag the words are yes and no, of a count its digits.
    """
    ruled = {_fold(text): word for text, word in rules.items()}
    known = _KNOWN.get(column) or _word_of(column)

    def read(text: str) -> str | None:
        stated = ruled.get(_fold(text))
        if stated is None:
            stated = known(text)
        if stated is None:
            stated = "" if is_missing(text) else ruled.get("*")
        return stated

    return read


def is_stated(text: str, rules: Mapping[str, str]) -> bool:
    """Return whether a text has a rule of its own."""
    return _fold(text) in map(_fold, rules)


def name_of(rules: Mapping[str, str], names: Container[str]) -> Callable[[str], str]:
    """Return a reader from text to the name of an area: by its rule, else the text itself.

    "" is one that says nothing or that a rule leaves out; `names` are those of areas that
    look like such a text (a town called None).
    """
    ruled = {_fold(text): name for text, name in rules.items()}

    def read(text: str) -> str:
        if (stated := ruled.get(_fold(text))) is not None:
            return stated
        if is_missing(text) and _fold(text) not in names:
            return ""
        return ruled.get("*", text)

    return read


class Tags(NamedTuple):
    """A list read as words: these in its order, tags without a rule, tags that say nothing."""

    words: list[str]
    unknown: list[str]
    silent: list[str]


def tags(column: str, rule: TagRule) -> Callable[[str], Tags]:
    """Return a reader from a list in one cell to words."""
    read = translate(column, rule.words)
    parts = re.compile(r"\s*" + re.escape(rule.separator.strip() or " ") + r"\s*")

    def split(text: str) -> Tags:
        # n/a is one text, also where a slash separates lists
        listed = [text] if is_missing(text) else [tag for tag in parts.split(text) if tag]
        met = {tag: read(tag) for tag in listed}
        return Tags(
            list(dict.fromkeys(word for word in met.values() if word)),
            [tag for tag, word in met.items() if word is None],
            [tag for tag, word in met.items() if word == "" and is_missing(tag)],
        )

    return split


def _word_of(column: str) -> Known:
    return lambda text: guess_columns.word(column, text) if column in words.CODES else None


def yes_or_no(text: str) -> str | None:
    """The flag that a text is; a number above 0 is yes."""
    plain = _fold(text)
    if plain in guess_columns.YES or (plain.isdecimal() and int(plain) > 0):
        return "yes"
    return "no" if plain in guess_columns.NO or (plain.isdecimal() and int(plain) == 0) else None


def count(text: str) -> str | None:
    """The digits of a count that fits the record; None for anything else."""
    plain = re.sub(r"\.0+$", "", text)
    return plain if plain.isdecimal() and int(plain) < 2**15 else None


_KNOWN: dict[str, Known] = {"injured": yes_or_no, "officers": count, "vehicles": count}


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
