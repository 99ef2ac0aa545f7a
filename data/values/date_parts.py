"""Dates whose year, month, day, hour and minute stand in columns of their own."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from data.files import cells
from data.files.cells import is_missing
from data.files.row_reasons import PARTS, RowReason
from data.parse import time_formats
from data.parse.time_parse import DATE, EXACT, HOUR, MONTH, Parsed, convert
from data.personal_columns import split_header
from data.values import time_roles
from data.values.verdicts import Verdicts
from data.words import listed
from geo.arrays import Flags, Ints

# record column: words of headers, and what may stand in it
_WORDS = {
    "year": listed("year years yr yyyy ano annee jahr"),
    "month": listed("month mo mon mm mes mois monat"),
    "day": listed("day dy dom dd dia jour"),
    "hour": listed("hour hours hr hrs hh hora horas heure stunde"),
    "minute": listed("minute minutes min mins mi minuto"),
}
LIMITS = {"year": (0, 9999), "month": (1, 12), "day": (1, 31), "hour": (0, 23), "minute": (0, 59)}
DATE_PARTS, CLOCK_PARTS = ("year", "month", "day"), ("hour", "minute")
OF = re.compile(r"\b(of|de la|del|de|du|des) (the )?(day|month|dia|mes|jour|mois)\b")
UNKNOWN_HOURS = (24, 99)
_NOT_KNOWN = "hours of 24 or 99, which are no time of day: only the day is known"
EMPTY, UNREAD = -1, -2

Columns = Mapping[str, str]
_Values = Callable[[str], Sequence[str]]


def date_columns(names: Sequence[str], values: _Values) -> tuple[dict[str, str], int]:
    """The columns of year, month, day, hour, minute of one date, and its role.

    {} where no two of them tell year and month. The role is a place in time_roles._ROLES.
    """
    found = _by_role(names, values)
    whole = [role for role, parts in sorted(found.items()) if {"year", "month"} <= set(parts)]
    if not whole:
        return {}, time_roles.OTHER
    parts = found[whole[0]]
    if "day" not in parts:
        parts = {part: name for part, name in parts.items() if part in DATE_PARTS}
    return parts, whole[0]


def clock_columns(names: Sequence[str], values: _Values, role: int) -> dict[str, str]:
    """The columns of hour and minute that belong to a date of some role; {} for none."""
    found = _by_role(names, values)
    for wanted in (role, time_roles.PLAIN):
        parts = {p: n for p, n in found.get(wanted, {}).items() if p in CLOCK_PARTS}
        if "hour" in parts:
            return parts
    return {}


def role(header: str) -> int:
    """The role of the date of which a header names a part."""
    return _part(header)[1]


def read_dates(table: pa.Table, columns: Columns, verdicts: Verdicts) -> Parsed:
    """The dates of all rows: days, months where the day is empty.

    A row without year or month, or with an impossible date, is rejected.
    """
    numbers = {part: _numbers(table, columns, part, verdicts) for part in DATE_PARTS}
    for part in DATE_PARTS[:2]:
        verdicts.reject(numbers[part] == EMPTY, RowReason.NO_TIME, columns[part])
    ok = _checked(numbers, columns, verdicts)
    ok &= (numbers["year"] >= 0) & (numbers["month"] >= 0)
    given = numbers["day"] >= 0
    year = numbers["year"]
    short = np.where(year < 69, 2000, 1900)  # POSIX, as %y
    fields = {
        "Y": np.where(year < 100, year + short, year),
        "m": numbers["month"],
        "d": np.where(given, numbers["day"], 1),
    }
    parsed = convert(fields)
    if "day" in columns:
        verdicts.reject(ok & ~parsed.ok, RowReason.NO_SUCH_DAY, columns["day"])
    precision = np.where(given, DATE, MONTH).astype(np.uint8)
    return Parsed(ok & parsed.ok, parsed.local, precision, parsed.absolute)


def read_clock(table: pa.Table, columns: Columns, verdicts: Verdicts) -> Parsed:
    """The times of day of all rows: hours where the minute is empty, not `ok` without one."""
    numbers = {part: _numbers(table, columns, part, verdicts) for part in CLOCK_PARTS}
    hour, minute = numbers["hour"], numbers["minute"]
    unknown = np.isin(hour, UNKNOWN_HOURS)
    verdicts.note(unknown, _NOT_KNOWN)
    ok = _checked({"hour": np.where(unknown, EMPTY, hour), "minute": minute}, columns, verdicts)
    ok &= (hour >= 0) & ~unknown
    parsed = convert({"H": hour, "M": np.maximum(minute, 0)})
    precision = np.where(minute >= 0, EXACT, HOUR).astype(np.uint8)
    return Parsed(ok & parsed.ok, parsed.local, precision, parsed.absolute)


def _by_role(names: Sequence[str], values: _Values) -> dict[int, dict[str, str]]:
    """Columns of parts by the role of what else their headers say."""
    found: dict[int, dict[str, str]] = {}
    for name in names:
        part, role = _part(name)
        if part and _fits(part, values(name)):
            found.setdefault(role, {}).setdefault(part, name)
    return found


def _part(header: str) -> tuple[str, int]:
    """The part that a header names, "" for none, and the role of its other words."""
    split = split_header(header, _VOCABULARY)
    said = OF.sub("", " ".join(split)).split()
    met = [part for part in _WORDS if set(said) & _WORDS[part]]
    if len(met) != 1:
        return "", time_roles.OTHER
    others = frozenset(said) - _WORDS[met[0]]
    if others - time_roles.VOCABULARY or others & time_roles.NEVER:
        return "", time_roles.OTHER  # the year of a vehicle, the hour of an end
    return met[0], time_roles.role_of(others)


def _fits(part: str, texts: Sequence[str]) -> bool:
    """Return whether most values of the first rows can be that part of a date."""
    held = [_number(part, text) for text in texts if not is_missing(text)]
    low, high = LIMITS[part]
    if part == "year" and any(100 <= number < 1900 or number > 2099 for number in held):
        return False
    good = sum(low <= n <= high or (part == "hour" and n in UNKNOWN_HOURS) for n in held)
    return bool(held) and good * 2 >= len(held)


def _numbers(table: pa.Table, columns: Columns, part: str, verdicts: Verdicts) -> Ints:
    """The numbers of a part; EMPTY without a text or a column, UNREAD where it is none."""
    if part not in columns:
        return np.full(len(table), EMPTY, np.int64)
    texts = cells.Dictionary(table[columns[part]])
    silent = texts.each(is_missing)
    verdicts.count_missing(part, texts.count(silent))
    each = [EMPTY if bare else _number(part, t) for t, bare in zip(texts.texts, silent)]
    found: Ints = np.array(each, np.int64)[texts.which]
    return found


def _number(part: str, text: str) -> int:
    plain = re.sub(r"\.0+$", "", text)
    if re.fullmatch(r"\d{1,4}", plain, re.ASCII):
        return int(plain)
    return (part == "month" and time_formats.month(text)) or UNREAD


def _checked(numbers: Mapping[str, Ints], columns: Columns, verdicts: Verdicts) -> Flags:
    """The rows in which no part is out of its limits; the others are rejected."""
    ok = np.ones(len(next(iter(numbers.values()))), bool)
    for part, found in numbers.items():
        low, high = LIMITS[part]
        wrong = (found != EMPTY) & ((found < low) | (found > high))
        if wrong.any():
            verdicts.reject(wrong, PARTS[part], columns[part])
        ok &= ~wrong
    return ok


# words of two letters are known only where they stand alone
_VOCABULARY = time_roles.VOCABULARY.union(
    word for listed_words in _WORDS.values() for word in listed_words if len(word) > 2
)
