"""Columns of texts made clean, and texts made words, numbers and flags."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data import words
from data.intake import guess
from data.intake.csvfile import INVISIBLE
from data.intake.mapping import Pattern, TagRule
from data.intake.missing import MISSING

Flags = npt.NDArray[np.bool_]
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
    return _cleaned(encoded.dictionary).take(encoded.indices)


def _cleaned(texts: pa.StringArray) -> pa.StringArray:
    texts = pc.replace_substring_regex(texts, _INVISIBLE, "")
    one_line = pc.replace_substring_regex(texts, r"[\s\p{Z}]+", " ")
    return blank_to_null(pc.utf8_trim_whitespace(one_line))


def blank_to_null(texts: pa.StringArray) -> pa.StringArray:
    """Null instead of texts that say nothing, such as NA."""
    return pc.if_else(missing(texts), pa.scalar(None, pa.string()), texts)


def missing(texts: pa.StringArray) -> pa.BooleanArray:
    """Which trimmed texts say nothing."""
    short = pc.utf8_lower(pc.if_else(pc.less(pc.binary_length(texts), 6), texts, "x"))
    return pc.is_in(short, value_set=pa.array(sorted(MISSING)))


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
    """A column of few different texts: each is looked at once."""

    def __init__(self, column: pa.ChunkedArray | pa.Array) -> None:
        encoded = plain(column).dictionary_encode()
        cleaned = _cleaned(encoded.dictionary).dictionary_encode()
        self.texts: list[str] = cleaned.dictionary.to_pylist()
        # rows without a text take the place after the last
        place = cleaned.indices.fill_null(len(self.texts)).to_numpy()
        self.which = place[encoded.indices.to_numpy()]

    def each(self, read: Callable[[str], object], empty: object = None) -> list[object]:
        """What `read` makes of each different text, then `empty`."""
        return [*map(read, self.texts), empty]

    def array(self, values: Sequence[object], kind: pa.DataType) -> pa.Array:
        """A column again, from one value for each different text."""
        return pa.array(values, kind).take(pa.array(self.which))

    def where(self, chosen: Sequence[bool]) -> Flags:
        """The rows whose text is chosen."""
        found: Flags = np.array(chosen, bool)[self.which]
        return found

    def count(self, chosen: Sequence[bool], rows: Flags) -> Counter[str]:
        """How often each chosen text stands in some rows."""
        often = np.bincount(self.which[rows], minlength=len(chosen))
        return Counter({t: int(n) for t, c, n in zip(self.texts, chosen, often) if c and n})


def translate(column: str, rules: Mapping[str, str]) -> Callable[[str], str | None]:
    """How a text becomes a word: its rule, the word itself, the rule for all others.

    None is a text without a rule, "" one that is to be left out.
    """
    ruled = {_fold(text): word for text, word in rules.items()}

    def read(text: str) -> str | None:
        stated = ruled.get(_fold(text))
        if stated is not None:
            return stated
        known = guess.word(column, text) if column in words.CODES else None
        return known if known is not None else ruled.get("*")

    return read


def tags(column: str, rule: TagRule) -> Callable[[str], tuple[list[str], list[str]]]:
    """How a list becomes words, in its order, and which of its tags have no rule."""
    read = translate(column, rule.words)
    parts = re.compile(r"\s*" + re.escape(rule.separator.strip() or " ") + r"\s*")

    def split(text: str) -> tuple[list[str], list[str]]:
        listed = [tag for tag in parts.split(text.strip()) if tag]
        met = {tag: read(tag) for tag in listed}
        found = dict.fromkeys(word for word in met.values() if word)
        return list(found), [tag for tag, word in met.items() if word is None]

    return split


def flag(rules: Mapping[str, str]) -> Callable[[str], bool | None]:
    """How a text becomes yes or no; a number above 0 is yes."""
    ruled = {_fold(text): word for text, word in rules.items()}

    def read(text: str) -> bool | None:
        stated = ruled.get(_fold(text), _fold(text))
        if stated in guess.YES or (stated.isdecimal() and int(stated) > 0):
            return True
        if stated in guess.NO or (stated.isdecimal() and int(stated) == 0):
            return False
        return {"yes": True, "no": False}.get(ruled.get("*", ""))

    return read


def count(text: str) -> int | None:
    """A count that fits the record; None for anything else."""
    plain = re.sub(r"\.0+$", "", text)
    return int(plain) if plain.isdecimal() and int(plain) < 2**15 else None


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
