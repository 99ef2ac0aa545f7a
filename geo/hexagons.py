"""Hexagons of the H3 grid: cells of points, their parents, their outlines.

H3 index layout: https://h3geo.org/docs/core-library/h3Indexing
"""

import geopandas as gpd
import h3ronpy
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from h3ronpy import vector

from geo.longitude import near

Cells = npt.NDArray[np.uint64]

STORED = 10  # the resolution of `cells`; coarser hexagons are parents of these
# mean area of a hexagon in km2
RESOLUTIONS = {
    5: 252.903858,
    6: 36.129062,
    7: 5.161293,
    8: 0.737328,
    9: 0.105333,
    10: 0.015048,
    11: 0.002150,
}
_LEVEL_AT = 52  # four bits: the resolution
_DIGIT = 3  # bits for each resolution below the base cell; 7 stands for unused
_FINEST = 15


def cells(lon: npt.ArrayLike, lat: npt.ArrayLike, resolution: int = STORED) -> Cells:
    """The H3 index of the hexagon around each point; 0 for NaN and off the globe."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.isfinite(x) & (np.abs(y) <= 90)
    found = np.zeros(x.shape, dtype=np.uint64)
    indexed = vector.coordinates_to_cells(y[known], x[known], resolution)
    found[known] = pa.array(indexed).to_numpy()
    return found


def parents(cells: npt.ArrayLike, resolution: int) -> Cells:
    """The hexagon of a coarser resolution that each cell belongs to; 0 stays 0.

    A cell belongs to its parent by index: at the rim it can reach a little beyond it.
    """
    index = np.asarray(cells, dtype=np.uint64)
    level = (index >> np.uint64(_LEVEL_AT)) & np.uint64(15)
    if ((level < resolution) & (index != 0)).any():
        raise ValueError(f"These cells are coarser than resolution {resolution}.")
    kept, fixed = _bits(resolution)
    return np.where(index == 0, index, index & np.uint64(kept) | np.uint64(fixed))


def parent_sql(column: str, resolution: int) -> str:
    """SQL (DuckDB) for `parents` of a UBIGINT column; no cell in it may be coarser."""
    kept, fixed = _bits(resolution)
    parent = f"(({column} & {kept}::UBIGINT) | {fixed}::UBIGINT)"
    return f"(CASE WHEN {column} = 0 THEN 0::UBIGINT ELSE {parent} END)"


def outlines(cells: npt.ArrayLike, meridian: float = 0.0) -> gpd.GeoDataFrame:
    """The hexagons [code, geometry] in WGS 84; code is the index in lowercase hex.

    Their centres lie within 180 degrees of the meridian; none is torn at 180 degrees.
    """
    index = np.asarray(cells, dtype=np.uint64)
    wkb = pa.array(vector.cells_to_wkb_polygons(index)).to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(wkb)
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    if len(xy):
        xy[:, 0] = near(xy[:, 0], centres(index, meridian)[0][of])
        shapes = shapely.set_coordinates(shapes, xy)
    codes = pa.array(h3ronpy.cells_to_string(index)).to_pylist()
    return gpd.GeoDataFrame(
        {"code": np.array(codes, dtype=object)}, geometry=shapes, crs="EPSG:4326"
    )


def centres(
    cells: npt.ArrayLike, meridian: float = 0.0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitude (within 180 degrees of the meridian) and latitude of each hexagon's centre."""
    found = pa.record_batch(vector.cells_to_coordinates(np.asarray(cells, dtype=np.uint64)))
    lon, lat = (np.asarray(found[name].to_numpy(zero_copy_only=False)) for name in ("lng", "lat"))
    return near(lon, meridian), lat


def km2(cells: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The area of each hexagon on the ground: they differ by their place on the globe."""
    found = pa.array(h3ronpy.cells_area_km2(np.asarray(cells, dtype=np.uint64)))
    return np.asarray(found.to_numpy(zero_copy_only=False), float)


def _bits(resolution: int) -> tuple[int, int]:
    """The bits that a parent keeps of its child, and those that it sets."""
    unused = (1 << _DIGIT * (_FINEST - resolution)) - 1
    level = 15 << _LEVEL_AT
    return ((1 << 64) - 1) ^ level ^ unused, resolution << _LEVEL_AT | unused
