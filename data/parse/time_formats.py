"""Date formats: strptime's directives, checked and made regular expressions."""

import re
import unicodedata
from functools import lru_cache

from data.settings import Problem

_MONTHS = (  # English, Spanish, French, German
    "january enero janvier januar janner",
    "february febrero fevrier februar",
    "march marzo mars marz maerz mrz",
    "april abril avril",
    "may mayo mai",
    "june junio juin juni",
    "july julio juillet juli",
    "august agosto aout",
    "september septiembre setiembre septembre",
    "october octubre octobre oktober",
    "november noviembre novembre",
    "december diciembre decembre dezember",
)
_LETTERS = r"(?:[A-Za-z]|[\x80-\xff])+\.?"
# directive -> its regular expression, alone and between other numbers
DIRECTIVES = {
    "Y": (r"\d{4}", r"\d{4}"),
    "y": (r"\d{2}", r"\d{2}"),
    "m": (r"\d{1,2}", r"\d{2}"),
    "d": (r"\d{1,2}", r"\d{2}"),
    "H": (r"\d{1,2}", r"\d{2}"),
    "I": (r"\d{1,2}", r"\d{2}"),
    "M": (r"\d{2}", r"\d{2}"),
    "S": (r"\d{2}", r"\d{2}"),
    "f": (r"\d{1,9}", r"\d{1,9}"),
    "b": (_LETTERS, _LETTERS),
    "a": (_LETTERS, _LETTERS),
    "p": (r"[AaPp]\.? ?[Mm]\.?", r"[AaPp]\.? ?[Mm]\.?"),
    "z": (r"Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}", r"Z|[+-]\d{2}:?\d{2}"),
    "s": (r"\d{9,11}", r"\d{9,11}"),
    "Q": (r"\d{12,14}", r"\d{12,14}"),
}
# words for serial day numbers of spreadsheets: their field, and the serial of 1970-01-01
SERIALS = {"excel": ("E1900", 25_569), "excel1904": ("E1904", 24_107)}
_SAME = {"B": "b", "A": "a", "-d": "d", "-m": "m", "-H": "H", "-I": "I", "e": "d"}
NUMBERS = frozenset("YymdHIMSfsQ")
_TOKEN = re.compile(r"%(-?[A-Za-z]|%|\[|\])|\[|\]|\s+|.", re.DOTALL)


@lru_cache(maxsize=512)
def pattern(text: str) -> re.Pattern[bytes]:
    """The regular expression of a format, over UTF-8; Problem where it is none.

    Beyond strptime: [...] may lack; %s and %Q are seconds and milliseconds since 1970
    in UTC; a space also stands for T or a comma; %b and %a are names of any length in
    English, Spanish, French and German; %z is Z, UTC, GMT or an offset. Two words stand
    alone: excel and excel1904 are days since 1900 or 1904, as spreadsheets count them.
    """
    if serial := SERIALS.get(text.lower()):
        return re.compile(rf"(?P<{serial[0]}>\d{{1,6}})(?:[.,](?P<F>\d{{1,15}}))?".encode())
    # strptime users write the Z of UTC as a letter
    plain = re.sub(r"(%[MSf]\]*)Z", r"\1%z", text.replace("%T", "%H:%M:%S"))
    tokens = [match.group() for match in _TOKEN.finditer(plain)]
    parts: list[str] = []
    seen: list[str] = []
    depth = 0
    for at, token in enumerate(tokens):
        name = _directive(token)
        if name in DIRECTIVES:
            # the first number of all may lack its zero: 930 is half past nine
            crowded = at > 0 and (
                _directive(tokens[at - 1]) in NUMBERS
                or _directive("".join(tokens[at + 1 : at + 2])) in NUMBERS
            )
            ordinal = "(?:st|nd|rd|th)?" if name == "d" and not crowded else ""
            parts.append(f"(?P<{name}>{DIRECTIVES[name][crowded]}){ordinal}")
            seen.append(name)
        elif name and name not in "%[]":
            raise _no_format(text, f"{token} is not known")
        elif token in "[]":
            depth += 1 if token == "[" else -1
            parts.append("(?:" if token == "[" else ")?")
        else:
            literal = name or token
            parts.append(r"[\sT,]+" if literal.isspace() else re.escape(literal))
        if depth < 0:
            break
    if depth:
        raise _no_format(text, "a bracket is missing")
    _check(text, seen)
    return re.compile("".join(parts).encode())


def month(word: str) -> int:
    """The number of a month by its name or the start of it, 0 for any other word."""
    plain = unicodedata.normalize("NFKD", word.lower().rstrip("."))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    if len(plain) < 3:
        return 0
    found = [
        number
        for number, names in enumerate(_MONTHS, start=1)
        if any(name.startswith(plain) for name in names.split())
    ]
    return found[0] if len(found) == 1 else 0


def offset(text: str) -> int:
    """Seconds east of UTC of Z, UTC, GMT or +01:00; 100 h where it is none."""
    if text[:1] not in "+-":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    if int(digits[2:]) > 59 or seconds > 15 * 3600:
        return 360_000
    return -seconds if text[0] == "-" else seconds


def _directive(token: str) -> str:
    if not token.startswith("%"):
        return ""
    return _SAME.get(token[1:], token[1:])


def _check(text: str, seen: list[str]) -> None:
    """Problem where the directives do not make a date or a time of day."""
    for name in seen:
        if seen.count(name) > 1:
            raise _no_format(text, f"%{name} stands in it twice")
    if {"s", "Q"} & set(seen):
        if len(seen) > 1:
            raise _no_format(text, "%s and %Q stand alone")
        return
    date = bool({"Y", "y"} & set(seen)) and bool({"m", "b"} & set(seen))
    clock = bool({"H", "I"} & set(seen))
    if not date and ({"Y", "y", "m", "b", "d"} & set(seen) or not clock):
        raise _no_format(text, "it has no year and month")
    if "M" in seen and not clock:
        raise _no_format(text, "it has minutes (%M) and no hour (%m is the month)")
    if "I" in seen and "p" not in seen:
        raise _no_format(text, "%I needs %p (AM or PM); %H is the 24-hour clock")


def _no_format(text: str, why: str) -> Problem:
    return Problem(
        f'"{text}" is no date format: {why}. Use for instance "%d/%m/%Y %H:%M": '
        "%Y year, %m month, %d day, %H hour, %M minute, %S second, %I and %p for AM/PM; or "
        "excel (excel1904) for serial day numbers of a spreadsheet."
    )
