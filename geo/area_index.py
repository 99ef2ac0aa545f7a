"""Look-up of the area that holds each point: a grid of certain answers, exact tests for others."""

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from scipy import ndimage

from geo import boundary_segments
from geo.arrays import Floats, Ints
from geo.longitude import near

Rows = npt.NDArray[np.int32]

CHUNK = 1 << 17  # points at a time: the scratch arrays stay in the processor's cache
SIDE = 2048  # most cells along one side of the grid
ENTRIES = 4_000_000  # about the most pairs of cell and border segment to hold
ULPS = 10_000  # fewest steps of floating point across a cell: its centre lies within
TINY = 1e-290  # below it the predicates of GEOS stop agreeing with each other
NONE = np.iinfo(np.int32).max
WGS84 = CRS.from_epsg(4326)


class AreaIndex:
    """Areas made ready for many look-ups; equal to shapely's `intersects`, lowest row.

    A cell that no border comes near lies in the same areas throughout, so its answer is
    looked up. In the other cells each area whose border passes is tested exactly.
    """

    def __init__(self, areas: gpd.GeoDataFrame, side: int = SIDE) -> None:
        # copies: preparing them must not touch the caller's
        self.areas = shapely.force_2d(_polygons(areas))
        rings, row = boundary_segments.rings(self.areas)
        self._low, self._high = _corners(rings)
        ends, row = boundary_segments.segments(rings, row)
        wide = np.maximum(self._high - self._low, 1e-300)
        ends = (ends - np.tile(self._low, 2)) / np.tile(wide, 2)
        self.side = self._affordable(ends, side)
        self._scale = self.side / wide
        self._border_cells(*boundary_segments.touched(ends * self.side, row, self.side))
        self._valid = shapely.is_valid(self.areas)
        shapely.prepare(self.areas)
        # lazy values are computed now: threads may share an index
        west, south, east, north = shapely.bounds(self.areas).T
        shapely.intersects_xy(self.areas, (west + east) / 2, (south + north) / 2)
        self._sure, self._around = self._answers()

    def _affordable(self, ends: Floats, side: int) -> int:
        """The side wished for, or less: cells cost memory, tiny ones lose meaning."""
        length = float(np.abs(ends[:, 2:] - ends[:, :2]).sum())
        pairs = max(ENTRIES - 2 * len(ends), 0) / max(length, 1.0)
        step = np.spacing(np.maximum(np.abs(self._low), np.abs(self._high)))
        steps = float(((self._high - self._low) / step).min())
        return int(np.clip(min(side, pairs, steps / ULPS), 1, SIDE))

    def _border_cells(self, cell: Ints, row: Ints) -> None:
        """Sort pairs of border cell and area so that each cell finds its areas."""
        count = max(len(self.areas), 1)
        cell, self._row = np.divmod(np.unique(cell * count + row), count)
        self._cells, first = np.unique(cell, return_index=True)
        self._first = np.append(first, len(cell))

    def _answers(self) -> tuple[Rows, Rows]:
        """The answer of each cell: its row, -1 or, with a border in it, -2 - its number.

        Then, for each cell with a border, the lowest area that holds it whole: an area
        whose own border is elsewhere.
        """
        free = np.ones(self.side * self.side, dtype=bool)
        free[self._cells] = False
        patch, count = ndimage.label(free.reshape(self.side, self.side))
        patch = patch.ravel()
        one = np.zeros(count + 1, dtype=np.int64)
        one[patch] = np.arange(len(patch))  # any one cell answers for its patch
        which, row = self._holding(one)
        sure = _named(_least(which, row, len(one)))[patch]
        sure[self._cells] = -2 - np.arange(len(self._cells), dtype=np.int32)
        which, row = self._holding(self._cells)
        own = np.repeat(self._cells, np.diff(self._first)) * len(self.areas) + self._row
        whole = ~np.isin(self._cells[which] * len(self.areas) + row, own)
        return sure, _least(which[whole], row[whole], len(self._cells))

    def _holding(self, cell: Ints) -> tuple[Ints, Ints]:
        """Pairs of a cell's place in the list and an area that holds its centre."""
        centre = np.column_stack((cell % self.side, cell // self.side)) + 0.5
        x, y = (centre / self._scale + self._low).T
        which, row = shapely.STRtree(self.areas).query(shapely.points(x, y))
        held = self._tested(which, row, x, y)
        return which[held], row[held]

    def locate(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Rows:
        """Row of the area that holds each point; -1 outside and for NaN, inf.

        A point on a border belongs to both areas: the lowest row is given. Longitudes count
        whole turns apart: areas that reach beyond 180 degrees hold points of -180 degrees.
        """
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(
                "Longitude and latitude are two lists of one length; "
                f"these have the shapes {x.shape} and {y.shape}."
            )
        if self._low[0] < -180 or self._high[0] > 180:
            x = near(x, (self._low[0] + self._high[0]) / 2)
        found = np.empty(len(x), dtype=np.int32)
        for start in range(0, len(x), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = self._chunk(x[part], y[part])
        return found

    def _chunk(self, x: Floats, y: Floats) -> Rows:
        (west, south), (east, north) = self._low, self._high
        near = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        if near.all():
            return self._near(x, y)
        found = np.full(len(x), -1, dtype=np.int32)
        found[near] = self._near(x[near], y[near])
        return found

    def _near(self, x: Floats, y: Floats) -> Rows:
        """The answer for points within the frame."""
        column = ((x - self._low[0]) * self._scale[0]).astype(np.int64)
        line = ((y - self._low[1]) * self._scale[1]).astype(np.int64)
        np.minimum(column, self.side - 1, out=column)
        np.minimum(line, self.side - 1, out=line)
        found: Rows = self._sure[line * self.side + column]
        unsure = np.flatnonzero(found < -1)
        if len(unsure):
            found[unsure] = self._exact(x[unsure], y[unsure], -2 - found[unsure])
        return found

    def _exact(self, x: Floats, y: Floats, k: Rows) -> Rows:
        """The answer for points in cells with a border, by testing each area there."""
        point, step = boundary_segments.repeated(self._first[k + 1] - self._first[k])
        row = self._row[self._first[k][point] + step]
        held = self._tested(point, row, x, y)
        tested = _least(point[held], row[held], len(k))
        return _named(np.minimum(tested, self._around[k]))

    def _tested(self, point: Ints, row: Ints, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
        """Mask of the pairs of a point and an area that holds it, by their numbers."""
        held = np.empty(len(row), dtype=bool)
        order = np.argsort(row, kind="stable")
        starts = np.flatnonzero(np.diff(row[order], prepend=-1))
        for pairs in np.split(order, starts[1:]) if len(order) else ():
            area, at = row[pairs[0]], point[pairs]
            held[pairs] = shapely.intersects_xy(self.areas[area], x[at], y[at])
        # the answer depends on the GEOS function for these: use the one that STRtree uses
        tiny = (np.abs(x) < TINY) | (np.abs(y) < TINY)
        odd = np.flatnonzero(tiny[point] | ~self._valid[row])
        points = shapely.points(x[point[odd]], y[point[odd]])
        shapely.prepare(points)
        held[odd] = shapely.intersects(points, self.areas[row[odd]])
        return held


def index_areas(areas: gpd.GeoDataFrame) -> AreaIndex:
    """Areas made ready for `locate`, to be used again and again."""
    return AreaIndex(areas)


def locate_points(
    lon: npt.ArrayLike, lat: npt.ArrayLike, areas: gpd.GeoDataFrame | AreaIndex
) -> Rows:
    """Row number of the area that holds each point; -1 outside and for NaN, inf.

    A point on a border belongs to both areas: the lowest row is given. Areas are in
    WGS 84, or ready-made by `index`.
    """
    if not isinstance(areas, AreaIndex):
        # a finer grid costs time to make and saves time for each point
        areas = AreaIndex(areas, side=int(np.sqrt(np.size(lon)) / 2))
    return areas.locate(lon, lat)


def _polygons(areas: gpd.GeoDataFrame) -> npt.NDArray[Any]:
    """The geometries, checked: polygons in WGS 84."""
    if areas.crs is None:
        raise ValueError(
            "The areas have no coordinate system. If they are in longitude and "
            "latitude, say so with areas.set_crs('EPSG:4326')."
        )
    if not CRS(areas.crs).equals(WGS84, ignore_axis_order=True):
        raise ValueError(
            f"The areas are in {CRS(areas.crs).name}, not in WGS 84. "
            "Convert them with areas.to_crs('EPSG:4326')."
        )
    shapes = areas.geometry.to_numpy()
    other = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), (-1, 3, 6)))
    if len(other):
        raise ValueError(
            f"Row {other[0]} of the areas is a {shapes[other[0]].geom_type}. "
            "An area is a Polygon or a MultiPolygon."
        )
    return shapes


def _corners(rings: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """South-west and north-east corner of all rings; a frame of nothing for none."""
    if not len(rings):
        return np.zeros(2), np.full(2, -1.0)
    west, south, east, north = shapely.total_bounds(rings)
    return np.array([west, south]), np.array([east, north])


def _least(which: Ints, row: Ints, count: int) -> Rows:
    """The smallest row given for each of `count` things, NONE where none is."""
    least = np.full(count, NONE, dtype=np.int32)
    np.minimum.at(least, which, row.astype(np.int32))
    return least


def _named(least: Rows) -> Rows:
    """Rows with -1 for NONE."""
    return np.where(least == NONE, np.int32(-1), least)
