"""Texts to times, whole columns at a time."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.parse import time_formats
from data.parse.time_zones import DAY, SECOND
from geo.arrays import Flags, Ints

EXACT, HOUR, DATE, MONTH = range(4)  # positions in words.TIME_PRECISIONS
MOST_SHAPES = 40  # ways of writing read as arrays; what is left, row by row
FITS = (-25_567 * DAY, 47_482 * DAY)  # 1900 to 2099

ALONE = ("s", "Q", *(field for field, _ in time_formats.SERIALS.values()))  # date and time in one
LEAP_DAY = 60  # of 1900, which there was not: serials up to it are a day off

Fields = dict[str, Ints]

# how the letters of a directive become a number
_WORDS: dict[str, Callable[[str], int]] = {
    "b": time_formats.month,
    "a": lambda _: 0,  # the name of the day says nothing that the date does not
    "p": lambda word: int(word[:1] in "Pp"),
    "z": time_formats.offset,
}


class Parsed(NamedTuple):
    """Times as written; where `ok` is False the rest means nothing.

    `local` is in microseconds of the clock that the text is on: UTC where `offset` is
    given (already applied), else the source's. A time of day alone counts from 1970.
    """

    ok: Flags
    local: Ints
    precision: npt.NDArray[np.uint8]
    absolute: Flags  # the text carried its offset: `local` is UTC


@dataclass(frozen=True)
class Format:
    """One way of writing times (formats.pattern tells how it is spelled)."""

    text: str

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """The format's regular expression; Problem where it is no format."""
        return time_formats.pattern(self.text)

    @property
    def dated(self) -> bool:
        """Return whether it tells a date, not only a time of day."""
        return bool({"Y", "y", *ALONE} & set(self.pattern.groupindex))

    @property
    def clocked(self) -> bool:
        """Return whether it tells a time of day."""
        return bool({"H", "I", *ALONE} & set(self.pattern.groupindex))

    def parse(self, column: pa.StringArray) -> Parsed:
        """All texts of a column; empty ones and nulls are not `ok`."""
        filled = column.fill_null("") if column.null_count else column
        parsed = _blank(len(filled))
        left = np.flatnonzero(pc.binary_length(filled).to_numpy(zero_copy_only=False))
        for _ in range(MOST_SHAPES):
            if not len(left):
                break
            left = self._shape(filled, left, parsed)
        for row in left.tolist():
            if match := self.pattern.fullmatch(filled[row].as_py().encode()):
                _put(parsed, np.array([row]), _single(match), np.array([True]))
        return parsed

    def fits(self, text: str, plausible: bool = True) -> bool:
        """Return whether one text is a time in this format; a date from 1900 to 2099."""
        match = self.pattern.fullmatch(text.encode())
        if match is None:
            return False
        ok, local, _, _ = _single(match)
        known = FITS[0] <= int(local[0]) < FITS[1] or not self.dated or not plausible
        return bool(ok[0]) and known

    def _shape(self, column: pa.StringArray, left: Ints, parsed: Parsed) -> Ints:
        """Read all rows written like the first of those left; return the others."""
        text = column[int(left[0])].as_py().encode()
        match = self.pattern.fullmatch(text)
        if match is None:
            return left[1:]
        _, ends, content = column.buffers()
        places = np.frombuffer(ends, np.int32)[column.offset :].astype(np.int64)
        same = places[left + 1] - places[left] == len(text)
        rows = left[same]
        letters = _letters(np.frombuffer(content, np.uint8), places[rows], len(text))
        alike, fields = _fields(letters, text, match)
        found = convert(fields)
        take = alike & found.ok
        _put(parsed, rows[take], found, take)
        done = np.zeros(len(left), bool)
        done[np.flatnonzero(same)[take]] = True
        done[0] = True  # it has had its chance
        return left[~done]


def _put(parsed: Parsed, rows: Ints, found: Parsed, take: Flags) -> None:
    """Fill some rows of times that are being read with those taken of the found."""
    parsed.ok[rows] = found.ok[take]
    parsed.local[rows] = found.local[take]
    parsed.precision[rows] = found.precision[take]
    parsed.absolute[rows] = found.absolute[take]


def _blank(rows: int) -> Parsed:
    precision = np.zeros(rows, np.uint8)
    flags = np.zeros(rows, bool)
    return Parsed(flags, np.zeros(rows, np.int64), precision, flags.copy())


def _letters(content: npt.NDArray[np.uint8], starts: Ints, length: int) -> npt.NDArray[np.uint8]:
    """The texts of one length that begin at `starts`, a row each."""
    first, last = int(starts[0]), int(starts[-1])
    if last - first == (len(starts) - 1) * length:  # they stand side by side
        return content[first : last + length].reshape(-1, length)
    found: npt.NDArray[np.uint8] = content[starts[:, None] + np.arange(length)]
    return found


def _fields(
    letters: npt.NDArray[np.uint8], text: bytes, match: re.Match[bytes]
) -> tuple[Flags, Fields]:
    """Mask of the rows that are written like `text`, and their numbers by directive."""
    alike = np.ones(len(letters), bool)
    literal = np.ones(len(text), bool)
    fields: Fields = {}
    for name in match.re.groupindex:
        start, end = match.span(name)
        if start < 0:
            continue
        literal[start:end] = False
        part = letters[:, start:end]
        if name in _WORDS:
            fields[name] = _read_words(part, _WORDS[name])
            continue
        digits = part - np.uint8(48)  # anything but a digit wraps round beyond 9
        alike &= (digits <= 9).all(axis=1)
        fields[name] = np.zeros(len(part), np.int64)
        for place in range(end - start):
            fields[name] = fields[name] * 10 + digits[:, place]
        if name == "f":
            fields[name] = fields[name] * 10**6 // 10 ** (end - start)
        if name == "F":  # of a day; what a spreadsheet wrote is good to the second
            fields[name] = np.rint(fields[name] * 86_400 / 10 ** (end - start)).astype(np.int64)
    plain = np.frombuffer(text, np.uint8)[literal]
    return alike & (letters[:, literal] == plain).all(axis=1), fields


def _read_words(part: npt.NDArray[np.uint8], read: Callable[[str], int]) -> Ints:
    if (part == part[0]).all():
        word = part[0].tobytes().decode(errors="replace")
        return np.full(len(part), _read(word, read), np.int64)
    words = np.ascontiguousarray(part).view(f"S{part.shape[1]}").ravel()
    different, which = np.unique(words, return_inverse=True)
    numbers = [_read(word.decode(errors="replace"), read) for word in different]
    return np.array(numbers, np.int64)[which]


def _read(word: str, read: Callable[[str], int]) -> int:
    try:
        return read(word)
    except ValueError:
        return -1


def _single(match: re.Match[bytes]) -> Parsed:
    text = match.string
    _, fields = _fields(np.frombuffer(text, np.uint8)[None, :], text, match)
    return convert(fields)


def convert(fields: Fields) -> Parsed:
    """Times from numbers by directive; not `ok` where they are no date or no time of day."""
    rows = len(next(iter(fields.values())))
    zero = np.zeros(rows, np.int64)
    if "s" in fields or "Q" in fields:
        local = fields["s"] * SECOND if "s" in fields else fields["Q"] * 1000
        all_of = np.ones(rows, bool)
        return Parsed(all_of, local, zero.astype(np.uint8), all_of)
    for field, at_1970 in time_formats.SERIALS.values():
        if field in fields:
            return _from_serial(fields, field, at_1970)
    ok, days = _days(fields, zero)
    hour, clock_ok = _hour(fields, zero)
    minute, second = fields.get("M", zero), fields.get("S", zero)
    ok &= clock_ok & (minute < 60) & (second < 60)
    local = days * DAY + ((hour * 60 + minute) * 60 + second) * SECOND
    local += fields.get("f", zero)
    offset = fields.get("z", zero)
    ok &= np.abs(offset) < 86_400
    local -= offset * SECOND
    given = {"M": EXACT, "H": HOUR, "I": HOUR, "d": DATE}
    precision = next((p for name, p in given.items() if name in fields), MONTH)
    absolute = np.full(rows, "z" in fields)
    return Parsed(ok, local, np.full(rows, precision, np.uint8), absolute)


def _from_serial(fields: Fields, field: str, at_1970: int) -> Parsed:
    """Times from days and fractions of a day; a whole number is a date."""
    days = fields[field]
    local = (days - at_1970) * DAY + fields.get("F", np.zeros_like(days)) * SECOND
    # 0 is a time of day alone
    ok = (days == 0) | (days > LEAP_DAY if field == "E1900" else days > 0)
    precision = np.full(len(days), EXACT if "F" in fields else DATE, np.uint8)
    return Parsed(ok, local, precision, np.zeros(len(days), bool))


def _days(fields: Fields, zero: Ints) -> tuple[Flags, Ints]:
    if not {"Y", "y"} & set(fields):
        return np.ones(len(zero), bool), zero
    # POSIX: two digits are 1969 to 2068
    short = fields.get("y", zero)
    year = fields["Y"] if "Y" in fields else short + np.where(short < 69, 2000, 1900)
    month = fields["m"] if "m" in fields else fields.get("b", zero)
    day = fields.get("d", zero + 1)
    ok = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (year - 1970) * 12 + np.where(ok, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]")
    days = first + day - 1
    return ok & (days < after.astype(np.int64)), days


def _hour(fields: Fields, zero: Ints) -> tuple[Ints, Flags]:
    if "I" not in fields:
        hour = fields.get("H", zero)
        return hour, hour < 24
    twelve = fields["I"]
    hour = twelve % 12 + 12 * fields.get("p", zero)
    return hour, (twelve >= 1) & (twelve <= 12)
