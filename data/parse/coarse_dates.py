"""Dates that know less than they say: one time of day throughout, or the first of each month."""

from collections.abc import Iterable

import numpy as np

from data.parse import midnight
from data.parse.time_parse import DATE, HOUR, Parsed
from data.parse.time_zones import DAY, Micros
from geo.arrays import Flags

# so many days at one time of day, so many months of the year begun on their first, are no
# accident; a weekly vigil at noon is none of them
DAYS, MONTHS = 20, 6


def true_precision(
    frames: Iterable[Parsed], zone: str, rule: str | None, named: bool
) -> str | None:
    """The precision that all rows of a file have in truth: "day", "month"; None for their own.

    `rule` is what the file's midnights mean; `named` says that the column is called a
    month.
    """
    one_time, firsts, dates = True, True, True
    days, times, own_times = (np.empty(0, np.int64) for _ in range(3))
    for raw in frames:
        ok = raw.ok
        parsed, _ = midnight.as_dates(raw, rule, zone, np.zeros(len(ok), bool))
        local, shown = (midnight.clock_times(p, midnight.LOCAL, zone)[ok] for p in (parsed, raw))
        dates &= bool((parsed.precision[ok] == DATE).all())
        firsts &= dates and bool(is_first(local).all())
        times = np.union1d(times, shown % DAY)
        own_times = np.union1d(own_times, raw.local[ok] % DAY)
        one_time &= bool((raw.precision[ok] <= HOUR).all())
        one_time &= min(len(times), len(own_times)) <= 1
        if not (one_time or firsts):
            return None
        days = np.union1d(days, local // DAY)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    if firsts and len(days) and (named or len(np.unique(months)) >= MONTHS):
        return "month"
    # where the rule of midnight makes dates of all, nothing is left to say
    return "day" if one_time and not dates and len(days) >= DAYS else None


def is_first(local: Micros) -> Flags:
    """Mask of the times on the first day of a month."""
    days = (local // DAY).astype("datetime64[D]")
    first: Flags = days == days.astype("datetime64[M]").astype("datetime64[D]")
    return first
