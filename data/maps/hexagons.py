"""A View counted by hexagons of the H3 grid, as fine as the zoom asks for."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from data.storage.store import Current
from data.views import conditions, pixel_counts
from data.views.sql import point_sql
from data.views.view import View
from geo import hexagons
from geo.mercator import Grid

# zoom up to which a resolution is drawn: its hexagons are then 15 to 45 pixels wide
ZOOMS = ((10.4, 7), (11.9, 8), (13.4, 9), (30.0, 10))
KILOMETRES = {7: 2.9, 8: 1.1, 9: 0.42, 10: 0.16}  # more than a hexagon is wide


class HexagonCounts(NamedTuple):
    """Hexagons with incidents: outlines [code, geometry], counts, sizes in km2."""

    shapes: gpd.GeoDataFrame
    n: npt.NDArray[np.int64]
    km2: npt.NDArray[np.float64]


def resolution(zoom: float) -> int:
    """The resolution drawn at a zoom."""
    return next(r for most, r in ZOOMS if zoom < most)


def zooms(resolution: int) -> tuple[float, float]:
    """From which zoom to below which one a resolution is drawn."""
    ends = [0.0, *(most for most, _ in ZOOMS)]
    at = [r for _, r in ZOOMS].index(resolution)
    return ends[at], ends[at + 1]


def count_hexagons(
    current: Current, view: View, resolution: int, grid: Grid | None
) -> HexagonCounts:
    """The hexagons of a View whose centres lie within a grid's pixels, or all of them.

    Only records whose place is known to the block or better. Each is counted whole, also
    what lies beyond the grid.
    """
    clauses = [conditions.where(view, current), point_sql(view, current.meta)]
    if grid is not None:
        reach = KILOMETRES[resolution] * 1000 / float(grid.metres.min())
        clauses.append(pixel_counts.within(grid.padded(int(reach) + 1)))
    sql, values = conditions.joined([*clauses, ("cell <> 0", [])])
    table = current.query(
        f"""SELECT {hexagons.parent_sql("cell", resolution)} AS cell, count(*) AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL ORDER BY ALL""",
        values,
    )
    cells, n = table["cell"].to_numpy(), table["n"].to_numpy()
    if grid is not None:
        held = _centred(cells, grid, current.meridian)
        cells, n = cells[held], n[held]
    shapes = hexagons.outlines(cells, current.meridian)
    return HexagonCounts(shapes, n, hexagons.km2(cells))


def _centred(cells: npt.NDArray[np.uint64], grid: Grid, meridian: float) -> npt.NDArray[np.bool_]:
    """Mask of the cells that have their center within a grid's pixels."""
    lon, lat = hexagons.centres(cells, meridian)
    (south, west), (north, east) = grid.bounds
    held: npt.NDArray[np.bool_] = (lon >= west) & (lon < east) & (lat >= south) & (lat < north)
    return held
