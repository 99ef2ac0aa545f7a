"""Times of 00:00 that only say which day it was, and on which clock they stand."""

import numpy as np
import numpy.typing as npt

from data.parse.time_parse import DATE, HOUR, Parsed
from data.parse.time_zones import DAY, SECOND, Micros, to_local
from geo.arrays import Flags

# what a mapping may say of times of 00:00: midnight on the file's clock, or on that of
# UTC, is no time but a date; or it is a time like any other
LOCAL, UTC, EXACT = "day", "utc day", "exact"
RULES = (LOCAL, UTC, EXACT)
CLOCK_RULES = (LOCAL, EXACT)  # of a time of day alone

IF_MEANT = 'say midnight = "exact" under [time] in the mapping if that time is meant'
NOTES = {
    LOCAL: f"rows that stand at 00:00 because only the day is known ({IF_MEANT})",
    UTC: f"rows that stand at 00:00 UTC: they keep that date, only the day is known ({IF_MEANT})",
}
_AN_HOUR = 3600 * SECOND
# 00:00 is doubted where it is met so often: rows, share of all, times another full hour
LEAST, SHARE, OFTEN = 3, 0.01, 3.0

Counts = npt.NDArray[np.int64]  # rows with a time; of them on a full hour, 00:00, 00:00 UTC


def rule(parsed: Parsed, zone: str) -> str | None:
    """LOCAL or UTC where more than half of the times stand at that midnight, else None.

    No real clock shows one minute in half of all rows: these are dates.
    """
    timed = int((parsed.ok & (parsed.precision <= HOUR)).sum())
    return most(count(parsed, zone), timed)


def most(counts: dict[str, int], timed: int) -> str | None:
    """The rule whose midnight more than half of so many times stand at, else None."""
    best = max(counts, key=lambda clock: counts[clock])
    return best if counts[best] * 2 > timed else None


def count(parsed: Parsed, zone: str) -> dict[str, int]:
    """Count the times at midnight on the file's clock, and on that of UTC."""
    return {
        LOCAL: int(_at_midnight(parsed, LOCAL, zone).sum()),
        # without an offset a text says nothing of UTC
        UTC: int((_at_midnight(parsed, UTC, zone) & parsed.absolute).sum()),
    }


def as_dates(parsed: Parsed, stated: str | None, zone: str, times: Flags) -> tuple[Parsed, Flags]:
    """Times with those at midnight made dates, by a rule of RULES; and which these are.

    `times` are rows of which somebody says that their time is known: they stay.
    """
    if stated not in (LOCAL, UTC):
        return parsed, np.zeros(len(parsed.ok), bool)
    rows = _at_midnight(parsed, stated, zone) & ~times
    local = np.where(rows, clock_times(parsed, stated, zone), parsed.local)
    precision = np.where(rows, DATE, parsed.precision).astype(np.uint8)
    return Parsed(parsed.ok, local, precision, parsed.absolute & ~rows), rows


def days(parsed: Parsed, zone: str) -> Micros:
    """The first moment of each date, on the file's clock."""
    local = clock_times(parsed, LOCAL, zone)
    return local // DAY * DAY


def tally(own: Micros, local: Micros, absolute: Flags, rows: Flags) -> Counts:
    """Some rows counted by what their clocks show.

    `own` are times as written (UTC where `absolute`), `local` those of the place.
    """
    own, local, absolute = own[rows] % DAY, local[rows] % DAY, absolute[rows]
    full = own % _AN_HOUR == 0
    utc = absolute & (own == 0)
    here = np.where(absolute, local, own) == 0
    return np.array([len(own), full.sum(), here.sum(), utc.sum()], np.int64)


def doubt(counts: Counts, clock: bool) -> tuple[str, int] | None:
    """A note and its rows, where 00:00 is met far more often than other full hours.

    `clock` says that the time of day has a column of its own.
    """
    timed, full, here, utc = counts.tolist()
    rows = max(here, utc)
    others = (full - rows) / 23
    if rows < max(LEAST, SHARE * timed) or rows <= OFTEN * others:
        return None
    where, stated = (" UTC", UTC) if utc > here else ("", LOCAL)
    entry = "time_of_day_midnight" if clock else "midnight"
    return (
        f"rows that stand exactly at 00:00{where} ({rows / timed:.0%} of those with a time, "
        "far more than at any other full hour would be): where that means that the time is "
        f'not known, say {entry} = "{LOCAL if clock else stated}" under [time] in the mapping'
    ), rows


def clock_times(parsed: Parsed, stated: str, zone: str) -> Micros:
    """The times that the clock of a rule showed: a text without an offset is on the file's."""
    if stated == UTC or not parsed.absolute.any():
        return parsed.local
    return np.where(parsed.absolute, to_local(parsed.local, zone), parsed.local)


def _at_midnight(parsed: Parsed, stated: str, zone: str) -> Flags:
    at: Flags = (
        parsed.ok & (parsed.precision <= HOUR) & (clock_times(parsed, stated, zone) % DAY == 0)
    )
    return at
