"""The questions that maps ask of a View: counts by pixel of a grid."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.storage.store import Current
from data.views import fewest_rows
from data.views.conditions import joined, settled, where
from data.views.coverage import starts
from data.views.sql import DAY_KNOWN, Clause, point_sql, source_sql, step_sql
from data.views.view import DAY, MONTH, View
from data.views.view_counts import number_values
from geo.mercator import Grid


def counts(current: Current, view: View, grid: Grid) -> pa.Table:
    """Counts by map pixel of a grid: column, row, n, east, south.

    `east` and `south` are the mean distances from the pixel's north-west corner, 0..1 of a
    pixel. Only records whose place is known to the block or better.
    """
    sql, values = joined([where(view, current), point_sql(view, current.meta), within(grid)])
    shift, size = int(grid.shift), 1 << int(grid.shift)
    asked = f"SELECT mx, my{{weights}} FROM {{facts}} WHERE {sql}"
    found = fewest_rows.count_rows(current, asked, values, view, shift=shift)
    x, y, *weights = (column.to_numpy() for column in found.columns)
    across, down = x & (size - 1), y & (size - 1)
    n = None
    if weights:
        n, east, south = (sums.astype(np.int64) for sums in weights)  # products outgrow 32 bits
        across, down = across * n + east, down * n + south
    # a database groups by two numbers half as fast
    pixel = ((y >> shift) - grid.row).astype(np.int64) * grid.width + ((x >> shift) - grid.column)
    places, pixels = number_values(pixel)
    counts, across, down = (np.bincount(places, of) for of in (n, across, down))
    row, column = np.divmod(pixels, grid.width)
    return pa.table(
        {
            "column": column + grid.column,
            "row": row + grid.row,
            "n": counts.astype(np.int64),
            "east": across / (counts * size),
            "south": down / (counts * size),
        }
    )


def by_step(current: Current, view: View, grid: Grid, step: int) -> npt.NDArray[np.float32]:
    """Counts (steps, rows, columns) over a grid, by whole steps from the View's first day on.

    Months begin with the View's first; what is known only to the month enters no other step.

    Only records whose place is known to the block or better.
    """
    clauses = [where(view, current), point_sql(view, current.meta), within(grid)]
    at, count = f"{step_sql(view, DAY, view.start)} // {int(step)}", view.days // step
    if step == MONTH:
        at, count = step_sql(view, MONTH, view.start), len(starts(view, MONTH))
    else:
        clauses.append(DAY_KNOWN)
    sql, values = joined(clauses)
    shift = int(grid.shift)
    table = fewest_rows.count_rows(
        current,
        f"""SELECT mx >> {shift} AS column, my >> {shift} AS row,
            {at} AS step, {{n}} AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL""",
        values,
        view,
        MONTH if step == MONTH else DAY,
        shift,
    )
    column, row, at, n = (c.to_numpy() for c in table.columns)
    stack = np.zeros((count, grid.height, grid.width), np.float32)
    held = at < count
    stack[at[held], row[held] - grid.row, column[held] - grid.column] = n[held]
    return stack


def within(grid: Grid) -> Clause:
    """SQL that holds for points within the pixels of a grid."""
    last = (grid.column + grid.width, grid.row + grid.height)
    bounds: list[object] = [grid.column << grid.shift, (last[0] << grid.shift) - 1]
    bounds += [grid.row << grid.shift, (last[1] << grid.shift) - 1]
    return "mx BETWEEN ? AND ? AND my BETWEEN ? AND ?", bounds


def spread(current: Current, view: View) -> dict[str, float]:
    """Number (n) and standard deviations in metres (x, y) of all points of a View's sources."""
    sql, values = joined(
        [source_sql(view, current.meta), point_sql(view, current.meta), settled(view)]
    )
    found: dict[str, float] = current.query(
        f"""SELECT count(x) AS n, coalesce(stddev_pop(x), 0) AS x, coalesce(stddev_pop(y), 0) AS y
        FROM {{facts}} WHERE {sql}""",
        values,
    ).to_pylist()[0]
    return found
