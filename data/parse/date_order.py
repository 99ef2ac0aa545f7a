"""The one date format of a file: found, asked for, never guessed."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.parse import time_formats
from data.parse.time_parse import FITS, Format
from data.settings import Problem
from geo.arrays import Flags

Ask = Callable[[str, list[str]], str]

CLOCK = "[ %H:%M[:%S[.%f]][[ ]%z]]"
CLOCK_12 = " %I[:%M[:%S[.%f]]][ ]%p"
ISO = "%Y-%m[-%d[ %H[:%M[:%S[.%f]]][[ ]%z]]]"
# Dates by families: those of one family differ in the order of day, month and year, so
# that a text may fit several. A family of one can be told by its looks.
FAMILIES: tuple[tuple[str, ...], ...] = (
    *((f"%m{mark}%d{mark}%Y", f"%d{mark}%m{mark}%Y") for mark in ("/", "-", ".", " ")),
    *(
        (f"%m{mark}%d{mark}%y", f"%d{mark}%m{mark}%y", f"%y{mark}%m{mark}%d")
        for mark in ("/", "-", ".")
    ),
    ("%Y/%m/%d",),
    ("%Y.%m.%d",),
    ("%Y %m %d",),
    ("%d %b %Y",),
    ("%d-%b-%Y",),
    ("%d/%b/%Y",),
    ("%d. %b %Y",),
    ("%d de %b de %Y",),
    ("%b %d %Y",),
    ("%b-%d-%Y",),
    ("%a %d %b %Y",),
    ("%a %b %d %Y",),
    ("%Y %b %d",),
    ("%Y-%b-%d",),
    ("%d %b %y", "%y %b %d"),
    ("%d-%b-%y", "%y-%b-%d"),
)
# written out whole, with no time of day to add
_WHOLE: tuple[tuple[str, ...], ...] = (
    ("%Y%m%d", "%d%m%Y", "%m%d%Y"),
    ("%y%m%d", "%d%m%y", "%m%d%y", "%Y%m"),
    ("%Y%m%d[ ]%H%M[%S[.%f]][%z]",),
    ("%Y%m%d[ ]%H:%M[:%S[.%f]][%z]",),
    ("%s",),
    ("%Q",),
    ("%m/%Y",),
    ("%Y/%m",),
    ("%m-%Y",),
    ("%m.%Y",),
    ("%b %Y",),
    ("%b-%Y",),
    ("%Y %b",),
    ("%a %b %d %H:%M:%S %Y",),
)
CLOCKS: tuple[tuple[str, ...], ...] = (
    ("%H:%M[:%S[.%f]][[ ]%z]",),
    ("%I[:%M[:%S[.%f]]][ ]%p",),
    ("%H.%M",),
    ("%Hh%M",),
)
# times of day as bare numbers: their width. 5 is five past midnight, not five o'clock
DIGITS = {"%H": 2, "%H%M": 4, "%H%M%S": 6}
HOURS, MINUTES, SECONDS = DIGITS
_DIGITS = re.compile(r"(\d{1,6})(?:\.0+)?", re.ASCII)
_OPTIONAL = re.compile(r"(?<!%)\[[^\[\]]*\]")
# what stands where the time of day is not known, or is the end of the day
NO_CLOCKS = (
    "2400",
    "24:00",
    "24:00:00",
    "240000",
    "24",
    "9999",
    "99:99",
    "99:99:99",
    "999999",
    "99",
)
# serial day numbers that are dates from 1954 to 2064
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_SERIALS = (20_000, 60_000)
SERIAL_FORMATS = tuple(time_formats.SERIALS)


@lru_cache(maxsize=1)
def families() -> list[tuple[Format, ...]]:
    """All ways of writing a date that are looked for, the likelier first."""
    dates: list[tuple[str, ...]] = [(ISO,)]
    for family in FAMILIES:
        dates.append(tuple(date + CLOCK for date in family))
        dates.append(tuple(date + CLOCK_12 for date in family))
    return [tuple(map(Format, family)) for family in (*dates, *_WHOLE)]


def likely(texts: Sequence[str], clock: bool = False) -> tuple[Format, ...]:
    """The family that fits most of some texts; () where none fits any.

    One format where the looks decide, several where only all rows can.
    """
    different = list(dict.fromkeys(text for text in texts if text))
    if clock and (form := digit_clock(different)):
        return (Format(form),)
    known = [tuple(map(Format, f)) for f in CLOCKS] if clock else families()
    best: tuple[Format, ...] = ()
    most = 0
    # first by years that are likely; a file of 9999-12-31 has a format all the same
    for plausible in (True, False):
        for family in known:
            fit = sum(any(form.fits(text, plausible) for form in family) for text in different)
            if fit > most:
                best, most = family, fit
        if best:
            break
    return best


def digit_clock(texts: Sequence[str]) -> str | None:
    """The format of times of day that are bare numbers; None where most are none.

    They are hours only where no number has more than two digits, or is no hour.
    """
    read = [match[1] for text in texts if (match := _DIGITS.fullmatch(text))]
    if not read or len(read) * 2 <= len(texts):
        return None
    long = sum(len(digits) > DIGITS[MINUTES] for digits in read)
    if long * 2 >= len(read):
        form = SECONDS
    elif any(len(digits) > 2 or (int(digits) > 24 and digits not in NO_CLOCKS) for digits in read):
        form = MINUTES
    else:
        return HOURS
    wide, reads = DIGITS[form], Format(form)
    fit = sum(digits in NO_CLOCKS or reads.fits(digits.zfill(wide)) for digits in read)
    return form if fit * 2 >= len(read) else None


def are_serials(texts: Sequence[str]) -> bool:
    """Return whether nearly all of some texts look like serial day numbers of a spreadsheet."""
    held = [text for text in texts if any(c.isdigit() for c in text)]
    read = [int(match[1]) for text in held if (match := _SERIAL.fullmatch(text))]
    low, high = _SERIALS
    return bool(held) and sum(low <= n < high for n in read) * 10 >= len(held) * 9


def day_of(form: str, text: str) -> str:
    """The day that a text is in some format, as 2025-01-13; "no date" where it is none."""
    parsed = Format(form).parse(pa.array([text]))
    if not parsed.ok[0]:
        return "no date"
    return str(np.datetime64(int(parsed.local[0]), "us").astype("datetime64[D]"))


@dataclass(frozen=True)
class Evidence:
    """For each format of a family the first line that speaks against it; 0 for none.

    A line speaks against a format that it does not fit while it fits another.
    """

    against: dict[str, int]
    line: int  # the first line that fits any, 0 for none


def evidence(
    family: Sequence[Format], rows: Iterable[tuple[pa.StringArray, npt.NDArray[np.int64]]]
) -> Evidence:
    """Collect the evidence of all rows of a file, in one pass over a column and its file lines."""
    against = {form.text: 0 for form in family}
    first = 0
    for column, lines in rows:
        fits = [_fits(form, column) for form in family]
        any_fits = np.logical_or.reduce(fits)
        first = first or _first(any_fits, lines)
        for form, fit in zip(family, fits, strict=True):
            against[form.text] = against[form.text] or _first(any_fits & ~fit, lines)
    return Evidence(against, first)


def decide(file: str, column: str, found: Evidence, option: str, ask: Ask | None) -> str:
    """The one format of a file; asked for, or Problem, where the rows do not decide."""
    choices = [text for text, line in found.against.items() if not line]
    if len(choices) == 1:
        return choices[0]
    if choices:
        why = f"day and month could be swapped in every row (the first is line {found.line:,})"
    else:
        choices = list(found.against)
        lines = "; ".join(
            f"line {line:,} does not fit {short(text)}" for text, line in found.against.items()
        )
        why = f"the rows contradict each other ({lines})"
    if ask is not None:
        shown = [short(text) for text in choices]
        answer = ask(f'In "{column}" {why}. Which format is it?', shown)
        if answer in shown:
            return choices[shown.index(answer)]
    ways = " or ".join(f'{option} "{short(text)}"' for text in choices)
    raise Problem(f'{file}, column "{column}": {why}. Say which it is: {ways}.')


def stated(text: str, texts: Sequence[str]) -> Format:
    """A format that somebody gave; where it tells only the date, a time may follow.

    So "%d/%m/%Y" also reads 31/12/2020 23:59, which leaves no doubt.
    """
    form = Format(text.lower() if text.lower() in SERIAL_FORMATS else text)
    if not form.dated or form.clocked:
        return form
    ways = [form, Format(text + CLOCK), Format(text + CLOCK_12)]
    different = list(dict.fromkeys(text for text in texts if text))
    return max(ways, key=lambda way: sum(way.fits(value) for value in different))


def states_offset(text: str) -> bool:
    """Return whether a format demands a time of day and its offset from UTC, outside brackets."""
    while (plain := _OPTIONAL.sub("", text)) != text:
        text = plain
    told = set(re.findall(r"%-?([A-Za-z])", text)) | set(re.findall(r"(?<=%[TMSf])Z", text))
    return bool(told & {"H", "I", "T"} and told & {"z", "Z"})


def short(text: str) -> str:
    """A format without its bracketed parts, as one would say it."""
    return text.removesuffix(CLOCK).removesuffix(CLOCK_12)


def _fits(form: Format, column: pa.StringArray) -> Flags:
    parsed = form.parse(column)
    return parsed.ok & (parsed.local >= FITS[0]) & (parsed.local < FITS[1])


def _first(flags: Flags, lines: npt.NDArray[np.int64]) -> int:
    return int(lines[int(np.argmax(flags))]) if flags.any() else 0
