"""The questions that screens ask of a View: one query over the narrow table each."""

from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.storage.cubes import FINEST
from data.storage.store import Current
from data.views import fewest_rows
from data.views.conditions import asked_sql, joined, settled, where
from data.views.coverage import Coverage, cover, origin, starts
from data.views.sql import (
    DAY_KNOWN,
    MONTH_ONLY,
    Clause,
    day_sql,
    has_months,
    lacks_hours,
    point_sql,
    step_sql,
    unit_sql,
    weekday_sql,
    weekdays_sql,
    whole_months,
)
from data.views.view import COARSE_PLACE, DAY, MONTH, MORNING, WEEK, View
from data.words import HEXAGONS

_LEFT_OUT = (  # why a View does not show a row, or shows it in no step
    *("no_hour", "no_weekday", "no_month", "no_night", "cut_night", "no_place", "young"),
)
ENOUGH_WEEKS = 4  # fewer whole weeks than this in a period, and days are compared
_DENSE = 1 << 24  # whole numbers up to here are counted without sorting
PRECISE = ("hours", "weekday")  # filters that leave out records of coarse time


class UnitCounts(NamedTuple):
    """Units (-1 outside) and their counts: one row a unit, one column a step.

    `no_point` is how many of them are known too coarsely for a heatmap. `months` are those of
    each unit that are known only to the month, and so stand in no week or day.
    """

    units: npt.NDArray[Any]
    counts: npt.NDArray[np.int64]
    no_point: int
    months: npt.NDArray[np.int64]

    @property
    def n(self) -> npt.NDArray[np.int64]:
        """All incidents of each unit, in a step or not."""
        return np.asarray(self.counts.sum(axis=1) + self.months, np.int64)


def headline(current: Current, view: View, counted: UnitCounts | None = None) -> dict[str, int]:
    """Count the incidents that the View shows, and those that it leaves out, by reason.

    `counted` is the View's `by_area_and_step`, where it is known already.
    """
    if counted is None:
        step = MONTH if mostly_months(current, view) else WEEK
        counted = by_area_and_step(current, view, step)
    shown = {
        "n": int(counted.n.sum()),
        "no_point": counted.no_point,
        "outside": int(counted.n[counted.units < 0].sum()),
        "no_step": int(counted.months.sum()),
    }
    return shown | _left_out(current, view)


def _left_out(current: Current, view: View) -> dict[str, int]:
    """Count the rows that the View would show but for their coarse time or their youth."""
    old, weekday = joined([settled(view)]), joined([weekdays_sql(view, current.meta)])
    none = dict.fromkeys(_LEFT_OUT, 0)
    wanted: dict[str, Clause] = {}
    # what the store's counts rule out need not be asked
    if view.hours is not None and lacks_hours(view, current.meta):
        wanted["no_hour"] = (f"{old[0]} AND hour IS NULL", old[1])
    if view.weekdays and has_months(view, current.meta):
        wanted["no_weekday"] = (f"{old[0]} AND {MONTH_ONLY}", old[1])
    if view.settled_by is not None:
        wanted["young"] = (f"{weekday[0]} AND NOT ({old[0]})", [*weekday[1], *old[1]])
    found = none | _counted(current, wanted, asked_sql(view, current, PRECISE), view)
    near: Clause = (
        "day BETWEEN ? AND ?",
        [view.start.replace(day=1), view.end + timedelta(days=1)],
    )
    beside = joined([near, asked_sql(view, current, ("from",))])
    found |= _counted(current, _at_the_edges(view, current, old), beside, None)
    if view.shape:
        nowhere = {"no_place": (f"{old[0]} AND x IS NULL", old[1])}
        found |= _counted(current, nowhere, asked_sql(view, current, ("shape",)), view)
    return found


def _at_the_edges(view: View, current: Current, old: Clause) -> dict[str, Clause]:
    """The rows that the View would show but for where its period is cut, and of those shown
    the ones in a last night that its sources do not cover to its end."""
    wanted: dict[str, Clause] = {}
    if has_months(view, current.meta):
        first, last = whole_months(view, current.meta)
        wanted["no_month"] = (
            f"{old[0]} AND {MONTH_ONLY} AND day BETWEEN ? AND ? AND NOT day BETWEEN ? AND ?",
            [*old[1], view.start.replace(day=1), view.end, first, last],
        )
    if view.early_hours:
        wanted["no_night"] = (f"{old[0]} AND hour < {MORNING} AND day = ?", [*old[1], view.start])
        last = cover(view, current.meta).last
        if view.start <= last <= view.end:
            wanted["cut_night"] = (f"{old[0]} AND {day_sql(view)} = ?", [*old[1], last])
    return wanted


def _counted(
    current: Current, wanted: dict[str, Clause], among: Clause, view: View | None
) -> dict[str, int]:
    """Count the rows that fit each clause. A FILTER for each would take five times as long.

    `view` is the one whose period `among` holds, if it does.
    """
    if not wanted:
        return {}
    counts = ", ".join(
        f"sum(CASE WHEN {sql} THEN {{one}} ELSE 0 END)::BIGINT AS {name}"
        for name, (sql, _) in wanted.items()
    )
    values = [value for _, held in wanted.values() for value in held]
    row = fewest_rows.count_rows(
        current, f"SELECT {counts} FROM {{facts}} WHERE {among[0]}", [*values, *among[1]], view
    ).to_pylist()[0]
    return {name: int(n or 0) for name, n in row.items()}  # NULL where there is no row


def mostly_months(current: Current, view: View) -> bool:
    """Return whether more than half of a View's records are known only to the month."""
    if not has_months(view, current.meta):
        return False
    wanted: dict[str, Clause] = {"n": ("true", []), "months": (MONTH_ONLY, [])}
    found = _counted(current, wanted, where(view, current), view)
    return 2 * found["months"] > found["n"]


def choose_step(now: Coverage, before: Coverage | None, current: Current) -> int:
    """Return the step that a View, and what it is compared with, are counted by.

    Months where most records are known no better; weeks where both have enough whole ones;
    else days.
    """
    asked = [now]
    if before is not None and not before.uncovered(WEEK):
        asked.append(before)
    if any(mostly_months(current, one.view) for one in asked):
        return MONTH
    return WEEK if all(one.whole(WEEK).sum() >= ENOUGH_WEEKS for one in asked) else DAY


def by_area_and_step(current: Current, view: View, step: int) -> UnitCounts:
    """The View counted by unit of its area set and by step: days, weeks or months.

    Weeks run Monday to Sunday; the first and last step may be cut. Records known only to
    the month enter no week and no day: they are counted beside.
    """
    first = origin(view, step)
    n_steps = len(starts(view, step))
    at = step_sql(view, step, first)
    if step != MONTH and has_months(view, current.meta):
        at = f"CASE WHEN {DAY_KNOWN[0]} THEN {at} ELSE {n_steps} END"  # one column more, cut off
    sql, values = where(view, current)
    # columns that are not needed are not asked for: they would cost a fourth of the time
    split = (
        f"place_precision >= {COARSE_PLACE} AS coarse, " if point_sql(view, current.meta) else ""
    )
    table = fewest_rows.count_rows(
        current,
        f"""SELECT {unit_sql(view, current.meta)} AS unit, {at} AS step,
            {split}{{n}} AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL""",
        values,
        view,
        step,
        resolution=HEXAGONS.get(view.area_set, FINEST),
    )
    rows, units = number_values(table["unit"].to_numpy())
    n, steps = table["n"].to_numpy(), table["step"].to_numpy()
    counts = np.zeros((len(units), n_steps + 1), np.int64)
    if not split:
        counts[rows, steps] = n
        return UnitCounts(units, counts[:, :-1], 0, counts[:, -1])
    coarse = table["coarse"].to_numpy()
    counts[rows[~coarse], steps[~coarse]] = n[~coarse]
    counts[rows[coarse], steps[coarse]] += n[coarse]
    return UnitCounts(units, counts[:, :-1], int(n[coarse].sum()), counts[:, -1])


def count_steps(current: Current, view: View, step: int) -> npt.NDArray[np.int64]:
    """The View counted by step; what is known only to the month stands in no week and no day."""
    every = starts(view, step)
    known: Clause = ("true", []) if step == MONTH else DAY_KNOWN
    sql, values = joined([where(view, current), known])
    table = fewest_rows.count_rows(
        current,
        f"""SELECT {step_sql(view, step, every[0])} AS step, {{n}} AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL""",
        values,
        view,
        step,
    )
    counts = np.zeros(len(every), np.int64)
    counts[table["step"].to_numpy()] = table["n"].to_numpy()
    return counts


def number_values(values: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """The position of each value among the different ones, and these in order."""
    if not len(values):
        return np.zeros(0, np.int64), values
    low = int(values.min())
    if int(values.max()) - low > _DENSE:  # hexagons
        different, places = np.unique(values, return_inverse=True)
        return places, different
    # small whole numbers: nothing need be sorted
    held = np.zeros(int(values.max()) - low + 1, bool)
    held[values - low] = True
    return (np.cumsum(held) - 1)[values - low], np.flatnonzero(held) + low


def count_series(current: Current, view: View, column: str, step: int = WEEK) -> pd.DataFrame:
    """Counts by step and one column of codes: start, code, n.

    `start` is the step's first day (a Monday for weeks); missing for records known only to
    the month, where steps are finer.
    """
    sql, values = where(view, current)
    every = starts(view, step)
    known = "" if step == MONTH else f"AND {DAY_KNOWN[0]}"
    found: pd.DataFrame = fewest_rows.count_rows(
        current,
        f"""SELECT CASE WHEN true {known} THEN {step_sql(view, step, every[0])} END AS start,
            {column} AS code, {{n}} AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL ORDER BY ALL""",
        values,
        view,
        step,
    ).to_pandas()
    first = pd.Series(pd.to_datetime(every))
    return found.assign(start=first.reindex(found["start"]).to_numpy())


def hours_by_weekday(current: Current, view: View) -> pd.DataFrame:
    """Counts by weekday (0 Monday) and hour; records without an hour are not in it."""
    sql, values = where(view, current)
    found: pd.DataFrame = fewest_rows.count_rows(
        current,
        f"""SELECT {weekday_sql(view)}::INTEGER AS weekday, hour::INTEGER AS hour,
            {{n}} AS n
        FROM {{facts}} WHERE {sql} AND hour IS NOT NULL GROUP BY ALL ORDER BY ALL""",
        values,
        view,
    ).to_pandas()
    return found


def daily(current: Current, view: View) -> pd.DataFrame:
    """Counts by day: day, n, and of those the `timed` ones, whose hour is known; records known
    only to the month are not in it."""
    sql, values = where(view, current)
    found: pd.DataFrame = fewest_rows.count_rows(
        current,
        f"""SELECT {day_sql(view)} AS day, {{n}} AS n,
            sum(CASE WHEN hour IS NULL THEN 0 ELSE {{one}} END)::BIGINT AS timed
        FROM {{facts}}
        WHERE {sql} AND {DAY_KNOWN[0]} GROUP BY ALL ORDER BY ALL""",
        values,
        view,
        DAY,
    ).to_pandas()
    return found
