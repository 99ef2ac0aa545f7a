"""The heat surface of a View: counts by map pixel of a window, smoothed on the ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage

from data.maps import outlines
from data.storage.store import Current
from data.views import pixel_counts
from data.views.coverage import cover
from data.views.view import View
from geo import density, mercator
from geo.area_index import AreaIndex, index_areas
from geo.mercator import Grid

MOST_PIXELS = 640  # pixels along a side of a picture
FINE = 4  # pixels that a bandwidth has at least, where the picture does not grow too large
CRISP = 1000  # of its pixels a picture has at most, a few for each of the surface
_MARGIN = 0.02  # of the place's size, on every side
PADDED = 0.5  # of what is seen, on every side: small pans need nothing new
_SCREEN = 22  # a world of pixels this much coarser than WORLD is the screen's at zoom 0
STEP = 64  # pixels that windows begin at, so that near ones are the same
NEAR = 1.5  # pixels outside the outline from which counts are brought in


class Seen(NamedTuple):
    """The sight of a map: its corners in degrees, and its zoom."""

    west: float
    south: float
    east: float
    north: float
    zoom: float


@dataclass(frozen=True)
class Extent:
    """The outline of the place in WGS 84, and the same ready to be asked for points."""

    outline: Any
    index: AreaIndex


def extent(
    current: Current,
    settled_by: datetime | None = None,
    drawn: Any = None,
    sources: Sequence[str] | None = None,
) -> Extent | None:
    """The place of a store, where incidents of some sources are (None: of all); None where
    nothing has a coordinate.

    With a polygon that a reader has drawn (WGS 84), what of the place lies in it.
    """
    outline = outlines.outline(current, settled_by, sources)
    if drawn is not None:
        outline = shapely.intersection(outline, drawn)
    if outline.is_empty:
        return None
    whole = gpd.GeoDataFrame({"name": ["place"]}, geometry=[outline], crs=4326)
    return Extent(outline, index_areas(whole))


@dataclass(frozen=True)
class Window:
    """The pixels that a heat surface is made for, and those around that it needs.

    `inside` tells which of `around` lie in the place; `bring` are pixels at its outline whose
    counts are moved to the nearest one inside, as (from, to) flat positions. `crisp` is
    `inside` of the shown ones a few times as fine, so that a picture ends at the outline.
    """

    shown: Grid
    around: Grid
    inside: npt.NDArray[np.bool_]
    bring: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    crisp: npt.NDArray[np.bool_]


def bounds(over: Extent) -> list[list[float]]:
    """[[south, west], [north, east]] of the place and a little around it, in degrees."""
    west, south, east, north = over.outline.bounds
    dx, dy = (east - west) * _MARGIN, (north - south) * _MARGIN
    return [[south - dy, west - dx], [north + dy, east + dx]]


def visible_window(over: Extent, bandwidth: float, seen: Seen | None = None) -> tuple[Grid, bool]:
    """The pixels for a bandwidth, and whether no others are ever needed.

    Over the whole place where that is small enough, else over what is seen and half as much
    around, no finer than the screen.
    """
    whole, shift = bounds(over), _shift(over, bandwidth)
    every = mercator.grid_over(whole, shift)
    if max(every.width, every.height) <= MOST_PIXELS:
        return every, True
    padded = about(seen, whole) if seen else None
    if seen is None or padded is None:
        return _fitting(whole, shift), False
    return _stepped(_fitting(padded, max(shift, _SCREEN - int(seen.zoom)))), False


def _shift(over: Extent, bandwidth: float) -> int:
    _, south, _, north = over.outline.bounds
    return mercator.shift_for(bandwidth / FINE, (south + north) / 2)


def about(seen: Seen, whole: list[list[float]]) -> list[list[float]] | None:
    """The corners of what is seen and half as much on every side, within bounds; else None."""
    high, wide = seen.north - seen.south, seen.east - seen.west
    (south, west), (north, east) = whole
    low = [max(seen.south - PADDED * high, south), max(seen.west - PADDED * wide, west)]
    top = [min(seen.north + PADDED * high, north), min(seen.east + PADDED * wide, east)]
    return [low, top] if low[0] < top[0] and low[1] < top[1] else None


def _fitting(bounds: list[list[float]], shift: int) -> Grid:
    """The finest grid over the bounds, from a shift on, that is not too large."""
    while True:
        grid = mercator.grid_over(bounds, shift)
        if max(grid.width, grid.height) <= MOST_PIXELS:
            return grid
        shift += 1


def _stepped(grid: Grid) -> Grid:
    """The grid made a little larger, beginning and ending at whole steps."""
    left, top = grid.column // STEP * STEP, grid.row // STEP * STEP
    right = -(-(grid.column + grid.width) // STEP) * STEP
    bottom = -(-(grid.row + grid.height) // STEP) * STEP
    return Grid(grid.shift, left, top, bottom - top, right - left)


def window(over: Extent, grid: Grid, bandwidth: float) -> Window:
    """A window of these pixels, with what its kernel reaches around them."""
    reach = density.REACH * bandwidth / float(grid.metres.min())
    around = grid.padded(int(np.ceil(reach)) + 1)
    inside = _held(around, over.index)
    finer = max(k for k in (0, 1, 2) if max(grid.width, grid.height) << k <= CRISP or not k)
    crisp = _held(grid.finer(finer), over.index)
    return Window(grid, around, inside, _brought(inside), crisp)


def _held(grid: Grid, place: AreaIndex) -> npt.NDArray[np.bool_]:
    """Mask of the pixels that have their center in the place."""
    lon, lat = np.meshgrid(*grid.centres)
    held: npt.NDArray[np.bool_] = place.locate(lon.ravel(), lat.ravel()) == 0
    return held.reshape(lat.shape)


def _brought(inside: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    if not inside.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    far, nearest = ndimage.distance_transform_edt(~inside, return_indices=True)
    taken = np.flatnonzero((far > 0) & (far <= NEAR))
    rows, columns = (nearest[k].ravel()[taken] for k in (0, 1))
    return taken, rows.astype(np.int64) * inside.shape[1] + columns


def with_border_counts(counts: npt.NDArray[Any], over: Window) -> npt.NDArray[Any]:
    """Counts (..., rows, columns) with those just outside the outline brought in.

    A street along the border is the place's own, though a pixel's centre may lie beyond.
    """
    taken, to = over.bring
    flat = counts.reshape(*counts.shape[:-2], -1)
    moved = flat.copy()
    np.add.at(moved.T, to, flat.T[taken])
    return np.where(over.inside, moved.reshape(counts.shape), 0)


def surface(
    current: Current, view: View, bandwidth: float, over: Window
) -> npt.NDArray[np.float64]:
    """Incidents per km2 per week over the window's shown pixels; NaN outside the place."""
    around = over.around
    found = pixel_counts.counts(current, view, around)
    column, row, n, east, south = (c.to_numpy() for c in found.columns)
    counts, spread = density.counted(column, row, n, east, south, around)
    values = density.per_km2_per_week(
        with_border_counts(counts, over),
        over.inside,
        around.metres,
        bandwidth,
        covered_weeks(view, current),
        spread,
    )
    return np.asarray(values[over.shown.within(around)])


def covered_weeks(view: View, current: Current) -> float:
    """The weeks of the View that its sources cover; a seventh at the least.

    Only the days and hours that it asks for count: a week of Friday nights is still a week.
    A last night of which the hours after midnight are not covered counts in part.
    """
    found = cover(view, current.meta)
    first, last = found.first, found.last
    days: float = (min(view.end, last) - max(view.start, first)).days + 1
    if view.start <= last <= view.end:
        days -= view.early_hours / len(view.asked_hours)
    return max(days, 1) / 7


def usual_bandwidth(current: Current, view: View) -> int:
    """The bandwidth to begin with, in metres: by the spread of all records of the View's sources.

    Its other filters have no part in it: they must not change what the heat means.
    """
    found = pixel_counts.spread(current, view)
    return density.usual_bandwidth(found["x"], found["y"], int(found["n"]))
