"""The questions that screens ask of a View: one query over the narrow table each."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.clauses import (
    Clause,
    day_sql,
    point_sql,
    polygon_set,
    step_sql,
    weekday_sql,
)
from data.filters import FILTERS
from data.store import Current
from data.view import COARSE_PLACE, HEXAGONS, View

PRECISE = ("hours", "weekday")  # filters that leave out records of coarse time


def joined(clauses: Iterable[Clause | None]) -> Clause:
    """Clauses as one that holds where all of them hold."""
    held = [clause for clause in clauses if clause]
    sql = " AND ".join(sql for sql, _ in held) or "true"
    return sql, [value for _, values in held for value in values]


def _asked(view: View, current: Current, leave_out: tuple[str, ...] = ()) -> Clause:
    """SQL for all filters but some; `day` is bounded plainly too, so that rows are skipped."""
    clauses = [f.sql(view, current.meta) for f in FILTERS if f.word not in leave_out]
    if view.night:
        clauses.append(("day BETWEEN ? AND ?", [view.start, view.end + timedelta(days=1)]))
    return joined(clauses)


def settled(view: View) -> Clause | None:
    """SQL that holds for what is old enough to be shown."""
    if view.settled_by is None:
        return None
    return "(settled_at IS NULL OR settled_at <= ?)", [view.settled_by]


def where(view: View, current: Current) -> Clause:
    """The SQL condition and its parameters for the rows that a View shows."""
    return joined([_asked(view, current), settled(view)])


def area_sql(view: View, current: Current) -> str:
    """SQL for the unit of the View's area set: its number in the set, -1 outside all."""
    if view.area_set in HEXAGONS:
        return f"hex{HEXAGONS[view.area_set]}"
    found = polygon_set(view.area_set, current.meta)
    return f"area{found[0]}" if found else "(-1)"


class Counted(NamedTuple):
    """Units (-1 outside) and their counts: one row a unit, one column a step of days.

    `no_point` is how many of them are known too coarsely for a heatmap.
    """

    units: npt.NDArray[Any]
    counts: npt.NDArray[np.int64]
    no_point: int


def headline(current: Current, view: View, counted: Counted | None = None) -> dict[str, int]:
    """How many incidents the View shows, and how many it leaves out for which reason.

    `counted` is the View's `by_area_and_step`, where it is known already.
    """
    found = counted or by_area_and_step(current, view, 7)
    shown = {
        "n": int(found.counts.sum()),
        "no_point": found.no_point,
        "outside": int(found.counts[found.units < 0].sum()),
    }
    return shown | _left_out(current, view)


def _left_out(current: Current, view: View) -> dict[str, int]:
    """How many rows the View would show but for their coarse time or their youth."""
    old, weekday = joined([settled(view)]), joined([_weekday(view)])
    wanted: dict[str, Clause] = {}
    if view.hours is not None:
        wanted["no_hour"] = (f"{old[0]} AND hour IS NULL", old[1])
    if view.weekdays:
        wanted["no_weekday"] = (f"{old[0]} AND weekday IS NULL", old[1])
    if view.settled_by is not None:
        wanted["young"] = (f"{weekday[0]} AND NOT ({old[0]})", [*weekday[1], *old[1]])
    none = dict.fromkeys(("no_hour", "no_weekday", "no_place", "young"), 0)
    found = none | _counted(current, wanted, _asked(view, current, PRECISE))
    if view.shape:
        nowhere = {"no_place": (f"{old[0]} AND x IS NULL", old[1])}
        found |= _counted(current, nowhere, _asked(view, current, ("shape",)))
    return found


def _counted(current: Current, wanted: dict[str, Clause], among: Clause) -> dict[str, int]:
    """How many of the rows fit each clause. A FILTER for each would take five times as long."""
    if not wanted:
        return {}
    counts = ", ".join(f"count_if({sql}) AS {name}" for name, (sql, _) in wanted.items())
    values = [value for _, held in wanted.values() for value in held]
    row = current.query(
        f"SELECT {counts} FROM {{facts}} WHERE {among[0]}", [*values, *among[1]]
    ).to_pylist()[0]
    return {name: int(n or 0) for name, n in row.items()}  # NULL where there is no row


def _weekday(view: View) -> Clause | None:
    row = next(f for f in FILTERS if f.word == "weekday")
    return row.sql(view, {})


def origin(view: View, step: int) -> date:
    """The day that the first step begins: the Monday on or before the View for weeks."""
    return view.start - timedelta(days=view.start.weekday() if step == 7 else 0)


DAY_KNOWN: Clause = ("weekday IS NOT NULL", [])  # not only the month


def by_area_and_step(
    current: Current, view: View, step: int, known: Clause | None = None
) -> Counted:
    """The View counted by unit of its area set and by step of days.

    Steps of 7 run Monday to Sunday; the first and last may be cut. Records known only to
    the month count to the step of its first day; `known` can leave them out.
    """
    first = origin(view, step)
    n_steps = (view.end - first).days // step + 1
    sql, values = joined([where(view, current), known])
    # what need not be asked is not asked: it would cost a fourth of the time
    split = (
        f"place_precision >= {COARSE_PLACE} AS coarse, " if point_sql(view, current.meta) else ""
    )
    table = current.query(
        f"""SELECT {area_sql(view, current)} AS unit, {step_sql(view, step, first)} AS step,
            {split}count(*) AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL""",
        values,
    )
    rows, units = _numbered(table["unit"].to_numpy())
    n, steps = table["n"].to_numpy(), table["step"].to_numpy()
    counts = np.zeros((len(units), n_steps), np.int64)
    if not split:
        counts[rows, steps] = n
        return Counted(units, counts, 0)
    coarse = table["coarse"].to_numpy()
    counts[rows[~coarse], steps[~coarse]] = n[~coarse]
    counts[rows[coarse], steps[coarse]] += n[coarse]
    return Counted(units, counts, int(n[coarse].sum()))


def _numbered(units: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """The row of each value among the different ones, and these in order.

    Values are small whole numbers, so that nothing need be sorted.
    """
    if not len(units):
        return np.zeros(0, np.int64), units
    low = int(units.min())
    held = np.zeros(int(units.max()) - low + 1, bool)
    held[units - low] = True
    return (np.cumsum(held) - 1)[units - low], np.flatnonzero(held) + low


def series(current: Current, view: View, column: str) -> pd.DataFrame:
    """Weekly counts by one column of codes: start (a Monday), code, n."""
    sql, values = where(view, current)
    first = origin(view, 7)
    found: pd.DataFrame = current.query(
        f"""SELECT ?::DATE + 7 * {step_sql(view, 7, first)} AS start,
            {column} AS code, count(*) AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL ORDER BY ALL""",
        [first, *values],
    ).to_pandas()
    return found


def hours_by_weekday(current: Current, view: View) -> pd.DataFrame:
    """Counts by weekday (0 Monday) and hour; records without an hour are not in it."""
    sql, values = where(view, current)
    found: pd.DataFrame = current.query(
        f"""SELECT {weekday_sql(view)}::INTEGER AS weekday, hour::INTEGER AS hour,
            count(*) AS n
        FROM {{facts}} WHERE {sql} AND hour IS NOT NULL GROUP BY ALL ORDER BY ALL""",
        values,
    ).to_pandas()
    return found


def daily(current: Current, view: View) -> pd.DataFrame:
    """Counts by day; records known only to the month are not in it."""
    sql, values = where(view, current)
    found: pd.DataFrame = current.query(
        f"""SELECT {day_sql(view)} AS day, count(*) AS n FROM {{facts}}
        WHERE {sql} AND weekday IS NOT NULL GROUP BY ALL ORDER BY ALL""",
        values,
    ).to_pandas()
    return found
