"""The timeline: a View's other filters counted over all the days that its sources cover."""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from data.storage.meta_types import TableMeta
from data.storage.store import Current
from data.views import answers, view_counts
from data.views.coverage import cover, step_name
from data.views.view import DAY, MEASURES, MONTH, NOTHING, WEEK, View

FEWEST_WEEKS, MOST_WEEKS = 10, 260  # covered: fewer are shown by day, more by month


@dataclass(frozen=True)
class Timeline:
    """Counts by step over the covered days, `first` to `last`.

    `series` has start, at, n, whole and note, a row a step (data.views.answers.step_series);
    `step` is the name of one.
    """

    first: date
    last: date
    step: str
    series: pd.DataFrame


def over_coverage(view: View, meta: TableMeta) -> View:
    """The View over all that its sources cover: the same for every period chosen in it."""
    covers = cover(view, meta)
    return replace(
        view,
        start=covers.first,
        end=covers.last,
        measure=MEASURES[0],
        compare=NOTHING,
        versus_start=None,
        versus_end=None,
    )


def choose_step(current: Current, every: View) -> int:
    """Return the step of the timeline of a View over its coverage."""
    weeks = every.days / WEEK
    if view_counts.mostly_months(current, every) or weeks > MOST_WEEKS:
        return MONTH
    return WEEK if weeks >= FEWEST_WEEKS else DAY


def make_timeline(every: View, meta: TableMeta, step: int, series: pd.DataFrame) -> Timeline:
    """Return the timeline of a View over its coverage from its counts by step."""
    covers = cover(every, meta)
    if step == DAY and every.weekdays:  # a day that is not asked for is no zero
        series = series[series["start"].dt.day_of_week.isin(every.weekdays)].reset_index(drop=True)
    return Timeline(covers.first, covers.last, step_name(every, step), series)


def count_timeline(current: Current, every: View) -> Timeline:
    """The timeline of a View over its coverage (see `over_coverage`)."""
    step = choose_step(current, every)
    counts = view_counts.count_steps(current, every, step)
    series = answers.step_series(cover(every, current.meta), counts, step)
    return make_timeline(every, current.meta, step, series)
