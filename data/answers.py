"""What screens show of a View: the table of areas, the series and the change, as one."""

from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data import links, questions
from data.filters import period
from data.store import Current
from data.view import View
from geo import rates, tabulate

ENOUGH_WEEKS = 4  # fewer whole weeks than this in a period, and days are compared


@dataclass(frozen=True)
class Answer:
    """One View counted by area and time.

    `table` has a row a unit (see geo.tabulate.areas_table) and `unit`, in the order of
    the set; `series` has start, n, whole and note, a row a step that the source covers.
    `step` is "week" or "day". `change` is that of all incidents; None where nothing can
    be compared, and `why` says why. Where the sources do not cover the period at all it is
    not `covered`, and the zeros of the table are no zeros.
    """

    table: pd.DataFrame
    series: pd.DataFrame
    counts: npt.NDArray[np.int64]
    step: str
    change: rates.Change | None
    before: int
    why: str
    compared: str
    covered: bool
    headline: dict[str, int]


def areas(current: Current, view: View, units: gpd.GeoDataFrame) -> Answer:
    """The answer to a View for the units of its area set."""
    other = view.compared()
    step = _step(view, other, current)
    counted = questions.by_area_and_step(current, view, step)
    found, counts, _ = counted
    rows = tabulate.aligned(units["unit"], found, counts)
    whole = _whole(view, step, current)
    why = _why_not(view, other, step, current)
    now = before = None
    change, held = None, 0
    if other is not None and not why:
        found_before, counts_before, _ = questions.by_area_and_step(current, other, step)
        kept = _whole(other, step, current)
        now = rows[:, whole]
        before = tabulate.aligned(units["unit"], found_before, counts_before)[:, kept]
        both = (counts[:, whole], counts_before[:, kept])
        change = rates.change(*(m.sum(axis=0, keepdims=True) for m in both))
        held = int(both[1].sum())
    table = tabulate.areas_table(
        units["name"], units["population"], rows.sum(axis=1), now, before
    ).assign(unit=units["unit"].to_numpy())
    return Answer(
        table,
        series(view, counts.sum(axis=0), step, current),
        rows,
        "week" if step == 7 else "day",
        change,
        held,
        why,
        period(*_ends(other, step, current)) if other and not why else "",
        not links.gap(view, current.meta).startswith("No data"),
        questions.headline(current, view, counted),
    )


def series(view: View, totals: npt.NDArray[np.int64], step: int, current: Current) -> pd.DataFrame:
    """Counts by step: start, n, whole, note. Steps outside what is covered are absent."""
    first, last = links.coverage(view.sources, current.meta)
    starts = _starts(view, step)
    whole = _whole(view, step, current)
    covered = np.array([s + timedelta(days=step - 1) >= first and s <= last for s in starts], bool)
    frame = pd.DataFrame(
        {
            "start": pd.to_datetime(pd.Series(starts)),
            "n": totals[: len(starts)],
            "whole": whole,
            "note": np.where(whole, "", "cut: not a whole week"),
        }
    )
    return frame[covered].reset_index(drop=True)


def _starts(view: View, step: int) -> list[date]:
    first = questions.origin(view, step)
    count = (view.end - first).days // step + 1
    return [first + timedelta(days=step * i) for i in range(count)]


def _whole(view: View, step: int, current: Current) -> npt.NDArray[np.bool_]:
    """Which steps lie wholly in the View's period and in what its sources cover."""
    first, last = links.coverage(view.sources, current.meta)
    start, end = max(view.start, first), min(view.end, last)
    return np.array(
        [s >= start and s + timedelta(days=step - 1) <= end for s in _starts(view, step)],
        bool,
    )


def _step(view: View, other: View | None, current: Current) -> int:
    periods = [view]
    if other is not None and not links.uncovered(other, current.meta):
        periods.append(other)
    return 7 if all(_whole(p, 7, current).sum() >= ENOUGH_WEEKS for p in periods) else 1


def _ends(view: View, step: int, current: Current) -> tuple[date, date]:
    """First and last day of the whole steps of a View."""
    held = [s for s, w in zip(_starts(view, step), _whole(view, step, current)) if w]
    return held[0], held[-1] + timedelta(days=step - 1)


def _why_not(view: View, other: View | None, step: int, current: Current) -> str:
    if other is None:
        return "Nothing to compare with was chosen."
    for asked in (other, view):
        if why := links.uncovered(asked, current.meta):
            return why
    if min(_whole(v, step, current).sum() for v in (view, other)) < 2:
        return "No comparison: a period of one day says nothing about change."
    if view.start <= other.end and other.start <= view.end:
        return "No comparison: the two periods overlap."
    return ""
