"""Names of areas: what may stand in them, when two are the same, their short codes."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from data.settings import Problem, read_toml

ALIASES = Path(__file__).with_name("aliases")
_MARKS = " -'.,/&()"  # beside letters and digits: the store's checked list
_LONGEST = 100
# what people type for a mark of the list
TYPED = str.maketrans("\u2018\u2019\u02bc`\u00b4\u2010\u2011\u2012\u2013\u2014", "'''''-----")
# letters that decompose into nothing plain
_PLAIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}


def clean_name(name: str) -> str:
    """The name in characters of the checked list; empty where nothing is left.

    Letters and digits of any script, space and MARKS stay; all else becomes a space.
    """
    text = unicodedata.normalize("NFC", name).translate(TYPED)
    kept = ["" if _invisible(c) else c if _allowed(c) else " " for c in text]
    return " ".join("".join(kept).split())[:_LONGEST].strip()


def _allowed(character: str) -> bool:
    # marks (M) are the vowels of many scripts: without them a name is not a name
    kind = unicodedata.category(character)
    return kind[0] in "LM" or kind == "Nd" or character in _MARKS


def _invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def printable(text: str) -> str:
    """Outside text as it may be printed: one short line without control characters."""
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST]


def fold(name: str) -> str:
    """The name as it is compared: no case, accents, punctuation or double spaces."""
    text = unicodedata.normalize("NFKD", name.translate(TYPED).casefold())
    text = "".join(_PLAIN.get(c, c) for c in text.replace("'", "").replace("&", " and "))
    kept = [c for c in text if not (_accent(c) or _invisible(c))]
    return " ".join("".join(c if _spoken(c) else " " for c in kept).split())


def _accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


def _spoken(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def slug(name: str) -> str:
    """The name in lowercase ASCII letters, digits and hyphens; may be empty."""
    ascii_only = fold(name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def code(text: str) -> str:
    """A code that somebody gave, as it is where it is plain, else its slug."""
    return text if re.fullmatch(r"[A-Za-z0-9._-]{1,40}", text) else slug(text)


def codes(wanted: Iterable[str]) -> list[str]:
    """Short codes, no two alike: a repeat gets a number, an empty one is `area`."""
    found: dict[str, None] = {}
    for text in wanted:
        base = code = text or "area"
        n = 1
        while code in found:
            n += 1
            code = f"{base}-{n}"
        found[code] = None
    return list(found)


def aliases(file: Path | None, place: str) -> dict[str, str]:
    """Old name to new name: from the file, else from the table for the place."""
    if file is None:
        file = ALIASES / f"{slug(place)}.toml"
        if not file.exists():
            return {}
    try:
        table = read_toml(file)
    except FileNotFoundError:
        raise Problem(f"{file} is missing: it should hold the aliases.") from None
    wrong = [old for old, new in table.items() if not isinstance(new, str)]
    if wrong:
        raise Problem(
            f'{file}: the alias of "{printable(wrong[0])}" is no text. A line is: '
            '"old name" = "name in the file"'
        )
    return table


class Lookup:
    """Finds the row of a name: as it is written, as it folds, then by its alias.

    A name that could mean two rows finds none.
    """

    def __init__(self, names: Sequence[str], known: Mapping[str, str]) -> None:
        self._exact = _single((name, i) for i, name in enumerate(names))
        self._folded = _single((fold(name), i) for i, name in enumerate(names))
        both = [*known.items(), *((new, old) for old, new in known.items())]
        pairs = [(fold(a), fold(b)) for a, b in both]
        self._alias = _single((a, self._folded.get(b, -1)) for a, b in pairs)

    def row(self, name: str) -> int:
        """The row, or -1."""
        if name in self._exact:
            return self._exact[name]
        folded = fold(name)
        if folded in self._folded:
            return self._folded[folded]
        return self._alias.get(folded, -1)


def _single(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The row of each key; -1 where the pairs name more than one."""
    rows: dict[str, set[int]] = {}
    for key, row in pairs:
        rows.setdefault(key, set()).update({row} - {-1})
    return {key: min(found) if len(found) == 1 else -1 for key, found in rows.items()}
