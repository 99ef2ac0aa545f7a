"""The column of when an incident happened, by the words of its header and by its values."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from data.files import known_words
from data.parse import coarse_dates, date_order, midnight
from data.parse.time_parse import HOUR, MONTH, Format, Parsed
from data.parse.time_zones import DAY
from data.values.time_roles import (
    LENGTHS,
    MONTHS,
    OTHER,
    PLAIN,
    REPORTED,
    TIMES,
    header_words,
    role,
)
from data.words import listed

Values = Callable[[str], Sequence[str]]

_CLOCK = re.compile(r"\d:\d|\d\s*[ap]\.?m", re.IGNORECASE)
AGAIN = re.compile(r" \(\d+\)$")  # what a header has that another column has too
_NUMBER = re.compile(r"\d+([.,]\d+)?")
# a clock other than UTC behind a time: what such a text's own clock showed is not kept
_ELSEWHERE = re.compile(r":\d\d.*[+-](?!00)\d\d:?(\d\d)?$")
_LOOKED_AT = 200  # values
_SAME = 0.9  # of the rows within a day: two columns tell of one time
# dates that stand before a time of day where there is none
NO_DATES = ("1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1904-01-01", "1970-01-01")
NO_DAYS = np.array(NO_DATES, "datetime64[D]").astype(np.int64)
TIME_WORDS = listed("time times tm hora heure uhrzeit zeit")
_NUMBERED = TIME_WORDS | {"hhmm"}
DATE_WORDS = listed("date dates datetime datetimes dt dttm dtm fecha data datum jour taariikh")


class Choice(NamedTuple):
    """The column of when it happened; None with `rivals` where several could be it."""

    column: str | None
    rivals: tuple[str, ...] = ()
    role: int = OTHER


class _Dates(NamedTuple):
    """A column of dates: what its header says, and the times of its first rows."""

    name: str
    role: int
    place: int  # among the headers that are known
    parsed: Parsed

    @property
    def months(self) -> bool:
        """Return whether only the months that it holds say that it is a column of dates."""
        return role(self.name) is None

    def fine(self, zone: str) -> bool:
        """Return whether most values tell the time of day."""
        return _tells_time(self.parsed, zone)


def occurred(names: Sequence[str], values: Values, zone: str = "UTC") -> Choice:
    """The column that says when it happened, among `names`.

    One that names the event goes before one of the report, that before one of the
    entry. Of columns that tell of one time, the one with the time of day is taken;
    a date at midnight on the clock of `zone` tells none.
    """
    first = [name for name in names if AGAIN.sub("", name) not in {*names} - {name}]
    found = [date for name in first if (date := _dates(name, values))]
    found = [d for d in found if not d.months] or found
    found = [d for d in found if not _is_clock_beside(d, found, zone)]
    if not found:
        return Choice(None)
    best = min(found, key=lambda d: (d.role, d.place))
    peers = [d for d in found if d.role == best.role or (best.role >= REPORTED and d.role == OTHER)]
    rivals = [d for d in peers if not _same(best, d)]
    if rivals:
        return Choice(None, (best.name, *(d.name for d in rivals)))
    column = next((d.name for d in [best, *peers] if d.fine(zone)), best.name)
    return Choice(column, role=OTHER if best.months else best.role)


def received(names: Sequence[str], values: Values) -> str | None:
    """The one column of when it was reported or entered; None where several could be."""
    found = [date for name in names if (date := _dates(name, values))]
    for wanted in range(REPORTED, REPORTED + 2):
        told = [date.name for date in found if date.role == wanted]
        if told:
            return told[0] if len(told) == 1 else None
    return None


def clock(names: Sequence[str], values: Values, of: str, wanted: int | None = None) -> str | None:
    """The column of the time of day that belongs to the dates in the column `of`.

    `wanted` is the role of these dates where the header `of` alone does not tell it.
    """
    wanted = role(of) if wanted is None else wanted
    fit = {name: whose for name in names if (whose := _clock_role(name, values)) is not None}
    ways = [name for whose in (wanted, PLAIN) for name in fit if fit[name] == whose]
    if ways:  # of several of one role, the one that the date's own words name
        return min(
            ways,
            key=lambda name: (
                fit[name] != wanted,
                -len(header_words(name) & header_words(of) - TIMES),
            ),
        )
    if wanted not in (PLAIN, 1):
        return None
    # a plain date is the event's: so is a clock of the event, where there is but one
    events = [name for whose in range(PLAIN) for name in fit if fit[name] == whose]
    return events[0] if len(events) == 1 else None


def timed(texts: Sequence[str], zone: str) -> bool:
    """Return whether most of some dates tell the time of day; midnight on that clock is none."""
    family, parsed = _parsed(texts)
    return family and _tells_time(parsed, zone)


def _tells_time(parsed: Parsed, zone: str) -> bool:
    told = parsed.precision[parsed.ok] <= HOUR
    if not told.any() or told.mean() <= 0.5 or midnight.rule(parsed, zone) is not None:
        return False
    return coarse_dates.true_precision([parsed], zone, None, named=False) is None


def _dates(name: str, values: Values) -> _Dates | None:
    whose, told = role(name), header_words(name)
    if whose is None and not told & MONTHS:
        return None
    held = values(name)
    if all(_NUMBER.fullmatch(t.strip()) for t in held if t.strip()) and not told & (TIMES | MONTHS):
        return None  # numbers of calls or incidents
    family, parsed = _parsed(held)
    dates = sum(any(c.isdigit() for c in text) for text in held[:_LOOKED_AT])
    if not family or not dates or int(parsed.ok.sum()) * 2 < dates or _has_no_dates(parsed):
        return None
    if whose is None:
        months = (parsed.precision == MONTH) | coarse_dates.is_first(parsed.local)
        months = months[parsed.ok]
        whose = role(name, months=True) if months.mean() > 0.5 else None
        if whose is None:
            return None
    known = known_words.NAMES["occurred_at"].split() + known_words.NAMES["received_at"].split()
    plain = known_words.plain(name)
    return _Dates(name, whose, known.index(plain) if plain in known else len(known), parsed)


def _has_no_dates(parsed: Parsed) -> bool:
    """Return whether times stand behind one date that means no date, as of 1899-12-30."""
    days = np.unique(parsed.local[parsed.ok] // DAY)
    return len(days) == 1 and bool(np.isin(days[0], NO_DAYS))


def _is_clock_beside(one: _Dates, dates: Sequence[_Dates], zone: str) -> bool:
    """Return whether a column of times on one date, that of an export, belongs to other dates."""
    return _is_on_one_date(one.name, one.parsed) and any(
        d.role in (one.role, PLAIN) and not d.fine(zone) for d in dates
    )


def _is_on_one_date(name: str, parsed: Parsed) -> bool:
    """Return whether a column that is called a time holds several times of only one date."""
    told, times = header_words(name), np.unique(parsed.local[parsed.ok])
    called = bool(told & TIME_WORDS and not told & DATE_WORDS)
    return called and len(times) > 1 and len(np.unique(times // DAY)) == 1


def _clock_role(name: str, values: Values) -> int | None:
    told = header_words(name)
    if not told & TIMES or told & LENGTHS:
        return None
    held = [text for text in values(name) if text.strip()][:_LOOKED_AT]
    family, parsed = _parsed(held)
    if date_order.digit_clock(held):  # a day or a year is a bare number too, 140500 is a date too
        return role(name) if told & _NUMBERED and parsed.ok.mean() <= 0.5 else None
    if family and not any(_ELSEWHERE.search(text) for text in held):
        dateless = _has_no_dates(parsed) or _is_on_one_date(name, parsed)
        return role(name) if dateless else None
    clocks = date_order.likely(held, clock=True)
    like = sum(_CLOCK.search(text.strip()) is not None for text in held)
    return role(name) if clocks and like * 2 >= len(held) and not family else None


def _parsed(texts: Sequence[str]) -> tuple[bool, Parsed]:
    """Return whether some texts are dates, and the times of the first, by the likeliest format."""
    column = pa.array([text.strip() for text in texts[:_LOOKED_AT]], pa.string())
    if date_order.are_serials(column.to_pylist()):
        return True, Format("excel").parse(column)
    family = date_order.likely(column.to_pylist())
    ways = [form.parse(column) for form in family or date_order.families()[0]]
    return bool(family), max(ways, key=lambda way: int(way.ok.sum()))


def _same(one: _Dates, other: _Dates) -> bool:
    both = one.parsed.ok & other.parsed.ok
    apart = np.abs(one.parsed.local - other.parsed.local)[both]
    return bool(not len(apart) or (apart <= DAY).mean() >= _SAME)
