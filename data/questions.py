"""The questions that screens ask of a View: one query over the narrow table each."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.clauses import Clause, day_sql, hour_sql, polygon_set, weekday_sql
from data.filters import FILTERS
from data.store import Current
from data.view import COARSE_PLACE, HEXAGONS, View
from geo.hexagons import parent_sql

PRECISE = ("hours", "weekday")  # filters that leave out records of coarse time


def _joined(clauses: Iterable[Clause | None]) -> Clause:
    held = [clause for clause in clauses if clause]
    sql = " AND ".join(sql for sql, _ in held) or "true"
    return sql, [value for _, values in held for value in values]


def _asked(view: View, current: Current, leave_out: tuple[str, ...] = ()) -> Clause:
    """SQL for all filters but some; `day` is bounded plainly too, so files are skipped."""
    clauses = [f.sql(view, current.meta) for f in FILTERS if f.word not in leave_out]
    bounds: list[object] = [view.start, view.end + timedelta(days=1)]
    return _joined([*clauses, ("day BETWEEN ? AND ?", bounds)])


def _settled(view: View) -> Clause | None:
    if view.settled_by is None:
        return None
    return "(settled_at IS NULL OR settled_at <= ?)", [view.settled_by]


def where(view: View, current: Current) -> Clause:
    """The SQL condition and its parameters for the rows that a View shows."""
    return _joined([_asked(view, current), _settled(view)])


def area_sql(view: View, current: Current) -> str:
    """SQL for the unit of the View's area set: a row number, or a hexagon's index.

    -1 outside all of them.
    """
    if view.area_set in HEXAGONS:
        parent = parent_sql("cell", HEXAGONS[view.area_set])
        return f"(CASE WHEN cell = 0 THEN -1 ELSE {parent} END)::BIGINT"
    found = polygon_set(view.area_set, current.meta)
    return f"area{found[0]}" if found else "(-1)"


def headline(current: Current, view: View) -> dict[str, int]:
    """How many incidents the View shows, and how many it leaves out for which reason."""
    hour, weekday = hour_sql(view), _joined([_weekday(view)])
    shown = _joined([hour, _weekday(view), _settled(view)])
    old = _joined([_settled(view)])
    sql = f"""
        WITH r AS (SELECT *, {area_sql(view, current)} AS unit FROM {{facts}}
            WHERE {(asked := _asked(view, current, PRECISE))[0]})
        SELECT count(*) FILTER ({shown[0]}) AS n,
            count(*) FILTER ({shown[0]} AND place_precision >= {COARSE_PLACE}) AS no_point,
            count(*) FILTER ({shown[0]} AND unit < 0) AS outside,
            count(*) FILTER ({old[0]} AND hour IS NULL AND {hour is not None}) AS no_hour,
            count(*) FILTER ({old[0]} AND weekday IS NULL AND {bool(view.weekdays)})
                AS no_weekday,
            count(*) FILTER ({weekday[0]} AND NOT ({old[0]})) AS young
        FROM r"""
    values = [*asked[1], *shown[1] * 3, *old[1] * 2, *weekday[1], *old[1]]
    row = current.query(sql, values).to_pylist()[0]
    return {name: int(n) for name, n in row.items()}


def _weekday(view: View) -> Clause | None:
    row = next(f for f in FILTERS if f.word == "weekday")
    return row.sql(view, {})


def origin(view: View, step: int) -> date:
    """The day that the first step begins: the Monday on or before the View for weeks."""
    return view.start - timedelta(days=view.start.weekday() if step == 7 else 0)


def by_area_and_step(
    current: Current, view: View, step: int
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Units (-1 outside) and their counts: one row a unit, one column a step of days.

    Steps of 7 run Monday to Sunday; the first and last may be cut. Records known only to
    the month count to the step of its first day.
    """
    first = origin(view, step)
    n_steps = (view.end - first).days // step + 1
    sql, values = where(view, current)
    table = current.query(
        f"""SELECT {area_sql(view, current)} AS unit,
            (({day_sql(view)} - ?::DATE) // {int(step)})::INTEGER AS step, count(*) AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL""",
        [first, *values],
    )
    units, rows = np.unique(table["unit"].to_numpy(), return_inverse=True)
    counts = np.zeros((len(units), n_steps), np.int64)
    np.add.at(counts, (rows, table["step"].to_numpy()), table["n"].to_numpy())
    return units, counts


def series(current: Current, view: View, column: str) -> pd.DataFrame:
    """Weekly counts by one column of codes: start (a Monday), code, n."""
    sql, values = where(view, current)
    first = origin(view, 7)
    found: pd.DataFrame = current.query(
        f"""SELECT ?::DATE + 7 * (({day_sql(view)} - ?::DATE) // 7)::INTEGER AS start,
            {column} AS code, count(*) AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL ORDER BY ALL""",
        [first, first, *values],
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


def pixels(current: Current, view: View, shift: int) -> pd.DataFrame:
    """Counts by map pixel (mx, my) of a world 2**(30 - shift) pixels wide.

    Only records whose place is known to the block or better.
    """
    sql, values = where(view, current)
    found: pd.DataFrame = current.query(
        f"""SELECT mx >> {int(shift)} AS mx, my >> {int(shift)} AS my, count(*) AS n
        FROM {{facts}} WHERE {sql} AND place_precision < {COARSE_PLACE}
        GROUP BY ALL""",
        values,
    ).to_pandas()
    return found
