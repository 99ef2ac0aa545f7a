"""What screens show of a View: the table of areas, the series and the change, as one."""

from dataclasses import dataclass
from datetime import timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data import links, periods, questions, within
from data.store import Current
from data.view import View
from geo import drawn, rates, tabulate


@dataclass(frozen=True)
class Comparison:
    """The change of all incidents from one period to another, whole steps only.

    `now` and `before` are incidents a step; the periods are those of the whole steps.
    """

    change: rates.Change
    now: float
    before: float
    period: str
    period_before: str


@dataclass(frozen=True)
class Answer:
    """One View counted by area and time.

    `table` has a row a unit (see geo.tabulate.areas_table), `unit`, and `asked`: whether
    the View asks for it; `series` has start, at, n, whole and note, a row a step that the
    source covers; `counts` are by unit and step, of which `at` is the column. `step` is
    "week" or "day". Without a `comparison`, `why` says why. Where the sources do not
    cover the period at all it is not `covered`, and where no record lies in any unit none
    is `placed`: the zeros of the table are no zeros then. `headline` is that of
    data.questions.
    """

    table: pd.DataFrame
    series: pd.DataFrame
    counts: npt.NDArray[np.int64]
    step: str
    comparison: Comparison | None
    why: str
    covered: bool
    placed: bool
    headline: dict[str, int]


def areas(current: Current, view: View, units: gpd.GeoDataFrame) -> Answer:
    """The answer to a View for the units of its area set."""
    other = view.compared()
    step = periods.step(view, other, current)
    counted = questions.by_area_and_step(current, view, step)
    rows = tabulate.aligned(units["unit"], counted.units, counted.counts)
    why = periods.why_not(view, other, step, current)
    now = before = comparison = None
    if other is not None and not why:
        earlier = questions.by_area_and_step(current, other, step)
        kept, kept_before = (periods.whole(v, step, current) for v in (view, other))
        now = rows[:, kept]
        before = tabulate.aligned(units["unit"], earlier.units, earlier.counts)
        before = before[:, kept_before]
        totals = [
            counts.sum(axis=0, keepdims=True)
            for counts in (counted.counts[:, kept], earlier.counts[:, kept_before])
        ]
        comparison = Comparison(
            rates.change(*totals),
            float(totals[0].mean()),
            float(totals[1].mean()),
            periods.ends(view, step, current),
            periods.ends(other, step, current),
        )
    # a drawn shape cuts through areas: their residents are not those within it
    people = np.where(bool(view.shape), np.nan, units["population"])
    table = tabulate.areas_table(units["name"], people, rows.sum(axis=1), now, before).assign(
        cut=bool(view.shape),
        unit=units["unit"].to_numpy(),
        asked=_asked(current, view, units, rows.sum(axis=1)),
    )
    headline = questions.headline(current, view, counted)
    return Answer(
        table,
        series(view, counted.counts.sum(axis=0), step, current),
        rows,
        periods.STEPS[step],
        comparison,
        why,
        not links.gap(view, current.meta).startswith("No data"),
        headline["n"] == 0 or headline["outside"] < headline["n"],
        headline,
    )


def _asked(
    current: Current, view: View, units: gpd.GeoDataFrame, n: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Which units the View asks for: those chosen, of these those that a drawn shape touches."""
    asked = units["name"].isin(view.areas).to_numpy() if view.areas else np.ones(len(n), bool)
    if view.shape:
        shape = within.shape(view.shape, current.meta, view.area_set)
        outline = drawn.outline(shape, current.meta["place"]["crs"], current.meridian)
        # a source's own label can name an area beyond the shape
        asked = asked & (units.intersects(outline).to_numpy() | (n > 0))
    return np.asarray(asked, bool)


def series(view: View, totals: npt.NDArray[np.int64], step: int, current: Current) -> pd.DataFrame:
    """Counts by step: start, at, n, whole, note. Steps outside what is covered are absent."""
    first, last = links.coverage(view.sources, current.meta)
    days = periods.starts(view, step)
    whole = periods.whole(view, step, current)
    covered = np.array([s + timedelta(days=step - 1) >= first and s <= last for s in days], bool)
    frame = pd.DataFrame(
        {
            "start": pd.to_datetime(pd.Series(days)),
            "at": np.arange(len(days)),
            "n": totals[: len(days)],
            "whole": whole,
            "note": np.where(whole, "", f"cut: not a whole {periods.STEPS[step]}"),
        }
    )
    return frame[covered].reset_index(drop=True)
