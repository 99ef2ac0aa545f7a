"""The answers that screens show of a View: counts by area, the series by step, the change."""

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.storage.store import Current
from data.views import periods, recording, seasonality, shape_filter, view_counts
from data.views.coverage import Coverage, cover, starts, step_name
from data.views.periods import NoComparison
from data.views.view import HEXAGON_OF, View
from data.words import HEXAGONS
from geo import drawn_shape, forest, tabulate


@dataclass(frozen=True)
class Comparison:
    """The change of all incidents from one period to another, whole steps only.

    `now` and `before` are incidents a step, the means of so many `steps` and `steps_before`;
    the periods are those of the whole steps. Where steps are months, the ratio is that of
    incidents a day: months differ in length. `season` is whether one can pass for a change,
    and `years` how many other years told what it brings.
    """

    change: forest.Ratios
    now: float
    before: float
    period: str
    period_before: str
    steps: int
    steps_before: int
    season: seasonality.Season
    years: int


@dataclass(frozen=True)
class Answer:
    """One View counted by area and time.

    `table` has a row a unit (see geo.tabulate.areas_table), `unit`, and `asked`: whether
    the View asks for it; `series` has start, at, n, whole and note, a row a step that the
    source covers; `counts` are by unit and step, of which `at` is the column. `step` is
    that of data.views.view; what is known only
    to the month is in `table`, but in no week, day or night. Without a `comparison`, `obstacle`
    says why. Where the sources do not cover the period at all it is not `covered`, and where
    no record lies in any unit none is `placed`: the zeros of the table are no zeros then.
    `headline` is that of data.views.view_counts.
    """

    table: pd.DataFrame
    series: pd.DataFrame
    counts: npt.NDArray[np.int64]
    step: int
    comparison: Comparison | None
    obstacle: NoComparison | None
    coverage: Coverage
    placed: bool
    headline: dict[str, int]

    @property
    def step_name(self) -> str:
        """The name of a step: "week", "month", "day", or "night" for one that ends in the morning."""
        return step_name(self.coverage.view, self.step)

    @property
    def why(self) -> str:
        """The reason in words why there is no comparison; empty where there is one."""
        return self.obstacle.sentence if self.obstacle else ""

    @property
    def covered(self) -> bool:
        """Return whether the sources cover any of the period: else zeros are no zeros."""
        return self.coverage.some


class Counted(NamedTuple):
    """What an answer begins with: a View's incidents by unit and step, what its sources cover of
    it and of what it is compared with, and the headline."""

    covers: Coverage
    covers_before: Coverage | None
    step: int
    counts: view_counts.UnitCounts
    headline: dict[str, int]


def count_view(current: Current, view: View) -> Counted:
    """Count a View by unit and step: all that its headline needs."""
    other = view.compared()
    covers = cover(view, current.meta)
    covers_before = None if other is None else cover(other, current.meta)
    step = view_counts.choose_step(covers, covers_before, current)
    counts = view_counts.by_area_and_step(current, view, step)
    headline = view_counts.headline(current, view, counts)
    return Counted(covers, covers_before, step, counts, headline)


def area_table(
    current: Current, view: View, units: gpd.GeoDataFrame, first: Counted | None = None
) -> Answer:
    """The answer to a View for the units of its area set; `first` is its `count_view`, if known."""
    covers, covers_before, step, counted, headline = first or count_view(current, view)
    rows = tabulate.aligned(units["unit"], counted.units, counted.counts)
    n = tabulate.aligned(units["unit"], counted.units, counted.n[:, None])[:, 0]
    obstacle = periods.find_obstacle(covers, covers_before, step, current)
    now = before = comparison = days = told = None
    if covers_before is not None and not obstacle:
        told = seasonality.count_past(current, covers, covers_before, step, units)
        kept = covers.whole(step)
        now, before = rows[:, kept], told.before[1:]
        totals = [counted.counts[:, kept].sum(axis=0, keepdims=True), told.before[:1]]
        days = (covers.length(step), covers_before.length(step))
        comparison = Comparison(
            forest.ratios(
                totals[0],
                totals[1],
                days[0],
                days[1],
                inflation=told.inflation_of_all,
                years=told.years_of_all,
            ),
            float(totals[0].mean()),
            float(totals[1].mean()),
            covers.ends(step),
            covers_before.ends(step),
            totals[0].shape[1],
            totals[1].shape[1],
            told.season,
            len(told.years or ()),
        )
    # a drawn shape cuts through areas: their residents are not those within it
    counted_up = recording.is_count(view, current.meta)
    people = np.where(bool(view.shape) or not counted_up, np.nan, units["population"])
    judged = (told.inflation, told.years) if told else (1.0, None)
    table = tabulate.areas_table(units["name"], people, n, now, before, days, *judged).assign(
        cut=bool(view.shape),
        is_count=counted_up,
        unit=units["unit"].to_numpy(),
        asked=_asked(current, view, units, n),
    )
    return Answer(
        table,
        step_series(covers, counted.counts.sum(axis=0), step),
        rows,
        step,
        comparison,
        obstacle,
        covers,
        headline["n"] == 0 or headline["outside"] < headline["n"],
        headline,
    )


def _asked(
    current: Current, view: View, units: gpd.GeoDataFrame, n: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Mask of the units that are chosen and touch the drawn shape, and of those with incidents."""
    asked = np.ones(len(n), bool)
    if view.areas:
        names = units["name"]
        if view.area_set in HEXAGONS:  # named after the area that their middle lies in
            names = names.str.partition(HEXAGON_OF)[0]
        asked = names.isin(view.areas).to_numpy(bool) | (n > 0)
    if view.shape:
        shape = shape_filter.shape(view.shape, current.meta, view.area_set)
        outline = drawn_shape.outline(shape, current.meta["place"]["crs"], current.meridian)
        # a source's own label can name an area beyond the shape
        asked = asked & (units.intersects(outline).to_numpy() | (n > 0))
    return np.asarray(asked, bool)


def step_series(covers: Coverage, totals: npt.NDArray[np.int64], step: int) -> pd.DataFrame:
    """Counts by step: start, at, n, whole, note. Steps outside what is covered are absent."""
    days, whole = starts(covers.view, step), covers.whole(step)
    frame = pd.DataFrame(
        {
            "start": pd.to_datetime(pd.Series(days)),
            "at": np.arange(len(days)),
            "n": totals[: len(days)],
            "whole": whole,
            "note": np.where(whole, "", f"cut: not a whole {step_name(covers.view, step)}"),
        }
    )
    return frame[covers.touched(step)].reset_index(drop=True)
