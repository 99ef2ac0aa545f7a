"""The step that a View is counted by, and whether two periods can be compared."""

from datetime import timedelta
from enum import Enum
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.storage.store import Current
from data.views import recording
from data.views.coverage import Coverage, last_day, step_name
from data.views.filters import period
from data.views.view import MORNING

LEAST_STEPS = 2  # whole steps that a period needs


def covered_hours(coverage: Coverage, current: Current) -> pd.DataFrame:
    """The hours of each weekday and hour of the clock that a View's sources cover.

    Columns: weekday (0 Monday), hour, of. Hours that the clock skips in spring are not there,
    those that come twice in autumn count twice; with `night` the early ones count to the
    weekday of the evening before.
    """
    view, first, last = coverage.view, coverage.first, coverage.last
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


class Obstacle(Enum):
    """The obstacles to a comparison."""

    NOT_ASKED = "nothing to compare with was chosen"
    NO_COUNT = "the records are no count"
    UNCOVERED = "a source does not cover all of a period"
    OVERLAP = "the periods share steps"
    TOO_SHORT = "fewer whole steps than two"
    RECORDING = "a known change of recording lies between"
    NO_RECORD = "no record on one side or both"
    APART = "the sources share no day"


class NoComparison(NamedTuple):
    """No comparison: what stands in its way, and that in words."""

    obstacle: Obstacle
    sentence: str


def find_obstacle(
    now: Coverage, before: Coverage | None, step: int, current: Current
) -> NoComparison | None:
    """Return why a View cannot be compared; None where it can.

    Only whole steps are compared, so only what lies within them can stand against it.
    """
    if before is None:
        return NoComparison(Obstacle.NOT_ASKED, "No earlier period was chosen to compare with.")
    if not recording.is_count(now.view, current.meta):
        return NoComparison(Obstacle.NO_COUNT, recording.NO_COMPARISON)
    for one in (now, before):
        if source := one.uncovered(step):
            other = one.view
            against = "" if one is now else f" with {period(other.start, other.end)}"
            covers = f"{source.says} cover {period(source.first, source.last)}"
            sentence = f"No comparison{against}, because {covers}."
            return NoComparison(Obstacle.UNCOVERED, sentence)
    days, days_before = (one.whole_starts(step) for one in (now, before))
    if set(days) & set(days_before):
        return NoComparison(Obstacle.OVERLAP, "No comparison, because the two periods overlap.")
    if min(len(days), len(days_before)) < LEAST_STEPS:
        least = step_name(now.view, step)
        sentence = f"No comparison, because each period needs at least two whole {least}s."
        return NoComparison(Obstacle.TOO_SHORT, sentence)
    first, last = min(*days, *days_before), last_day(max(*days, *days_before), step)
    for day, what in recording.changes_between(now.view, current.meta, first, last):
        sentence = f"No comparison across {period(day, day)}. {what}"
        return NoComparison(Obstacle.RECORDING, sentence)
    return None
