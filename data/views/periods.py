"""Periods cut into whole weeks or days, and whether two of them can be compared."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.record import last_of_month
from data.storage.store import Current
from data.views import links, recording, view_counts
from data.views.filters import period
from data.views.sql import chosen_sources, covered_days
from data.views.view import DAY, MONTH, MORNING, WEEK, View

ENOUGH_WEEKS = 4  # fewer whole weeks than this in a period, and days are compared
LEAST_STEPS = 2  # whole steps that a period needs
STEPS = {WEEK: "week", DAY: "day", MONTH: "month"}
starts = view_counts.starts


def step(view: View, other: View | None, current: Current) -> int:
    """The step that a View, and what it is compared with, are counted by.

    Months where most records are known no better; weeks where both have enough whole ones;
    else days.
    """
    asked = [view]
    if other is not None and not uncovered(other, WEEK, current):
        asked.append(other)
    if any(view_counts.mostly_months(current, v) for v in asked):
        return MONTH
    return WEEK if all(whole(v, WEEK, current).sum() >= ENOUGH_WEEKS for v in asked) else DAY


def name(view: View, step: int) -> str:
    """The name of a step: a day that ends in the morning is a night."""
    return "night" if step == DAY and view.early_hours else STEPS[step]


def last_day(start: date, step: int) -> date:
    """The last day of the step that begins on a day."""
    if step == MONTH:
        return last_of_month(start)
    return start + timedelta(days=step - 1)


def length(view: View, step: int, current: Current) -> float:
    """The mean length of the whole steps of a View in days: months differ."""
    if step != MONTH:
        return float(step)
    held = whole_starts(view, step, current)
    return float(np.mean([last_day(s, step).day for s in held])) if held else float(MONTH)


def _within(view: View, step: int, first: date, last: date) -> npt.NDArray[np.bool_]:
    """Mask of the steps of a View that lie wholly in its weekdays and between two days."""
    days = set(view.weekdays) if step == DAY and view.weekdays else set(range(7))
    return np.array(
        [
            s >= first and last_day(s, step) <= last and s.weekday() in days
            for s in starts(view, step)
        ],
        bool,
    )


def whole(view: View, step: int, current: Current) -> npt.NDArray[np.bool_]:
    """Mask of the steps that lie wholly in the View's period, its weekdays and what is covered."""
    return _within(view, step, *links.covered(view, current.meta, step))


def uncovered(view: View, step: int, current: Current) -> str:
    """The source that does not cover all whole steps of a View, in words; empty where all do.

    Days that the cutting to whole steps leaves out need no record.
    """
    wanted = _within(view, step, view.start, view.end)
    for s in chosen_sources(view, current.meta):
        days = covered_days(s)
        if days is None:
            return f"of the records of {s['says']} no day is known."
        first, last = days
        held = _within(view, step, max(view.start, first), min(view.end, last))
        if (wanted & ~held).any():
            return f"the records of {s['says']} cover {period(first, last)}."
    return ""


def whole_starts(view: View, step: int, current: Current) -> list[date]:
    """The first days of the whole steps of a View."""
    every = zip(starts(view, step), whole(view, step, current))
    return [start for start, is_whole in every if is_whole]


def covered_hours(view: View, current: Current) -> pd.DataFrame:
    """The hours of each weekday and hour of the clock that the View's sources cover.

    Columns: weekday (0 Monday), hour, of. Hours that the clock skips in spring are not there,
    those that come twice in autumn count twice; with `night` the early ones count to the
    weekday of the evening before.
    """
    first, last = links.coverage(view.sources, current.meta)
    begin, end = max(view.start, first), min(view.end + timedelta(days=1), last)
    # by half hours of UTC, one day wider on both sides, because clocks differ from it
    every = pd.date_range(
        begin - timedelta(days=1), end + timedelta(days=2), freq="30min", tz="UTC"
    ).tz_convert(current.meta["place"]["zone"])
    day, hour = every.tz_localize(None).normalize(), every.hour.to_numpy()
    early = (hour < MORNING) & view.night
    counts_to = day - pd.to_timedelta(early.astype(int), unit="D")
    held = (day >= pd.Timestamp(first)) & (day <= pd.Timestamp(last))
    held &= (counts_to >= pd.Timestamp(view.start)) & (counts_to <= pd.Timestamp(view.end))
    held &= np.isin(hour, view.asked_hours)
    weekday = counts_to.day_of_week.to_numpy()
    if view.weekdays:
        held &= np.isin(weekday, view.weekdays)
    found = pd.DataFrame({"weekday": weekday[held], "hour": hour[held]})
    return (found.value_counts(sort=False) / 2).rename("of").reset_index()


def ends(view: View, step: int, current: Current) -> str:
    """First and last day of the whole steps of a View, as readers write them."""
    held = whole_starts(view, step, current)
    return period(held[0], last_day(held[-1], step))


def why_not(view: View, other: View | None, step: int, current: Current) -> str:
    """The reason why a View cannot be compared, in words; empty where it can.

    Only whole steps are compared, so only what lies within them can stand against it.
    """
    if other is None:
        return "Nothing to compare with was chosen."
    if not recording.is_count(view, current.meta):
        return recording.NO_COMPARISON
    if why := uncovered(view, step, current):
        return f"No comparison: {why}"
    if why := uncovered(other, step, current):
        return f"No comparison with {period(other.start, other.end)}: {why}"
    now, before = (whole_starts(v, step, current) for v in (view, other))
    if set(now) & set(before):
        return "No comparison: the two periods overlap."
    if min(len(now), len(before)) < LEAST_STEPS:
        return f"No comparison: it takes two whole {name(view, step)}s or more in each period."
    first, last = min(*now, *before), last_day(max(*now, *before), step)
    for day, what in recording.changes_between(view, current.meta, first, last):
        return f"No comparison across {period(day, day)}. {what}"
    return ""
