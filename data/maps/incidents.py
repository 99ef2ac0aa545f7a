"""Incidents of a View on a map: counts by cells of a grid that nests from zoom to zoom."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.maps.heat_surface import Seen
from data.storage.store import Current
from data.views import conditions, fewest_rows, pixel_counts
from data.views.sql import chosen_sources
from data.views.view import View
from geo.mercator import WORLD, Grid, fractions, grid_over

FEW = 300  # fewer than this in sight are shown one by one
CELL = 64  # pixels of the screen along a side of a cluster's cell
DOT = 8  # the same where incidents are shown one by one
BLOCK = 12  # a world of pixels 2**12 coarser than ours: about 100 m at 45 degrees
_SCREEN = 22  # a world of pixels this much coarser than ours is the screen's at zoom 0


class Cells(NamedTuple):
    """Cells of a grid with incidents: one entry a cell and kind, in order of the cell.

    `x`, `y` is the cell; `east`, `south` where its incidents lie, in pixels of the finest
    world rounded to those of the screen; `kind` is a code, `n` a count, `precision` how
    well the place of the least known of them is known.
    """

    x: npt.NDArray[np.int64]
    y: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    n: npt.NDArray[np.int64]
    east: npt.NDArray[np.int64]
    south: npt.NDArray[np.int64]
    precision: npt.NDArray[np.int64]


def coarse(view: View, current: Current) -> bool:
    """Return whether incidents of a View are drawn no finer than a block.

    So are those that no authority publishes: a point on a map must not lead to a door.
    """
    return any(s["kind"] != "official" for s in chosen_sources(view, current.meta))


def level(zoom: float, single: bool, view: View, current: Current) -> int:
    """The shift of the cells at a zoom: whole zooms, so that cells nest."""
    pixels = DOT if single else CELL
    shift = _SCREEN - int(np.floor(zoom + 0.5)) + int(np.log2(pixels))
    return max(shift, BLOCK if coarse(view, current) else 0)


def located(current: Current, view: View, grid: Grid | None = None) -> int:
    """Count the incidents of a View that have a point, everywhere or within a grid's pixels."""
    clause = pixel_counts.within(grid) if grid else ("mx IS NOT NULL", [])
    sql, values = conditions.joined([conditions.where(view, current), clause])
    shift = int(grid.shift) if grid else fewest_rows.ANY_PIXEL
    asked = f"SELECT coalesce({{n}}, 0) AS n FROM {{facts}} WHERE {sql}"
    found = fewest_rows.count_rows(current, asked, values, view, shift=shift)
    return int(found["n"][0].as_py())


def sight(seen: Seen, view: View, current: Current) -> Grid:
    """The pixels whose incidents are in sight, on the map and in the list beside it.

    What is drawn to the block is in sight where the middle of its block is: by moving the
    window's edge over the points themselves a reader could find the door.
    """
    if not coarse(view, current):
        return grid_over([[seen.south, seen.west], [seen.north, seen.east]], 0)
    x, y = fractions([seen.west, seen.east], [seen.north, seen.south])
    size = WORLD >> BLOCK
    left, top = (int(np.ceil(v[0] * size - 0.5)) for v in (x, y))
    right, bottom = (int(np.ceil(v[1] * size - 0.5)) for v in (x, y))
    return Grid(BLOCK, left, top, bottom - top, right - left)


def count_cells(current: Current, view: View, grid: Grid, but: Grid | None = None) -> Cells:
    """The View counted by the pixels of a grid and by kind, without those of another."""
    clauses = [conditions.where(view, current), pixel_counts.within(grid)]
    if but is not None:
        sql, values = pixel_counts.within(but)
        clauses.append((f"NOT ({sql})", values))
    sql, values = conditions.joined(clauses)
    shift, size = int(grid.shift), 1 << int(grid.shift)
    table = fewest_rows.count_rows(
        current,
        f"""SELECT mx >> {shift} AS x, my >> {shift} AS y, kind, {{n}} AS n,
            sum((mx & {size - 1}) * {{one}} + {{east}})::BIGINT AS east,
            sum((my & {size - 1}) * {{one}} + {{south}})::BIGINT AS south,
            max(place_precision) AS precision
        FROM {{facts}} WHERE {sql} GROUP BY ALL ORDER BY ALL""",
        values,
        view,
        shift=min(shift, int(but.shift)) if but else shift,
    )
    return _placed(table, shift, coarse(view, current))


def _placed(table: pa.Table, shift: int, centred: bool) -> Cells:
    x, y, kind, n, east, south, precision = (
        column.to_numpy().astype(np.int64) for column in table.columns
    )
    step = max(1 << shift >> 6, 1)  # a pixel of the screen, or an eighth of one
    if centred:
        east, south = (np.full(len(n), 1 << shift >> 1) for _ in "xy")
    else:
        east, south = (v // np.maximum(n, 1) // step * step for v in (east, south))
    return Cells(x, y, kind, n, (x << shift) + east, (y << shift) + south, precision)
