"""Texts of cells made words, flags and names, by a mapping's rules and the tables of words."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from data import words
from data.files.cells import count, flags, is_missing
from data.mappings.mapping import COUNTS, FLAGS, Pattern, TagRule
from geo.arrays import Flags

Known = Callable[[str], str | None]
YES = words.listed("""
    yes y true t 1 x si sí oui o ja j wahr vrai verdadero haa
""")
NO = words.listed("""
    no n false f 0 non nein falsch faux falso maya
""")


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


def word(column: str, text: str) -> str | None:
    """The word of a column that a text is, whatever its case and separators."""
    plain = re.sub(r"[\s_-]+", "_", text.strip().lower())
    return plain if plain in words.CODES[column] else None


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
    return lambda text: word(column, text) if column in words.CODES else None


def yes_or_no(text: str) -> str | None:
    """The flag that a text is; a number above 0 is yes."""
    plain = _fold(text)
    if plain in YES or (plain.isdecimal() and int(plain) > 0):
        return "yes"
    return "no" if plain in NO or (plain.isdecimal() and int(plain) == 0) else None


_KNOWN: dict[str, Known] = {**dict.fromkeys(FLAGS, yes_or_no), **dict.fromkeys(COUNTS, count)}


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
