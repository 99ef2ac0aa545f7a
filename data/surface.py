"""The heat surface of a View: counts by map pixel, smoothed on the ground."""

from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from data import links, questions, shapes
from data.store import Current
from data.view import View
from geo import density, mercator
from geo.area_index import locate

PIXELS = 512  # the longer side of the grid has at least half as many
MARGIN = 0.02  # of the place's size, on every side


@dataclass(frozen=True)
class Window:
    """A grid of map pixels over the place; rows count from the north."""

    shift: int
    column: int
    row: int
    inside: npt.NDArray[np.bool_]
    metres: npt.NDArray[np.float64]  # ground size of a pixel, one a row
    bounds: list[list[float]]  # [[south, west], [north, east]]


def window(current: Current, settled_by: datetime | None = None) -> Window | None:
    """The grid over the whole place; None where nothing has a coordinate."""
    outline = shapes.outline(current, settled_by)
    if outline.is_empty:
        return None
    west, south, east, north = outline.bounds
    dx, dy = (east - west) * MARGIN, (north - south) * MARGIN
    xs, ys = mercator.fractions([west - dx, east + dx], [north + dy, south - dy])
    span = max(xs[1] - xs[0], ys[1] - ys[0]) * mercator.WORLD
    shift = max(0, int(np.ceil(np.log2(span / PIXELS))))
    size = mercator.WORLD >> shift
    left, right = (int(np.floor(x * size)) for x in xs)
    top, bottom = (int(np.floor(y * size)) for y in ys)
    lon, _ = mercator.to_degrees((np.arange(left, right + 1) + 0.5) / size, 0.5)
    _, lat = mercator.to_degrees(0.5, (np.arange(top, bottom + 1) + 0.5) / size)
    grid_lon, grid_lat = np.meshgrid(lon, lat)
    place = gpd.GeoDataFrame({"name": ["place"]}, geometry=[outline], crs=4326)
    inside = locate(grid_lon.ravel(), grid_lat.ravel(), place) == 0
    ends = mercator.to_degrees(
        np.array([left, right + 1]) / size, np.array([bottom + 1, top]) / size
    )
    return Window(
        shift,
        left,
        top,
        inside.reshape(grid_lat.shape),
        np.array([mercator.ground_metres(v) / size for v in lat]),
        [
            [float(ends[1][0]), float(ends[0][0])],
            [float(ends[1][1]), float(ends[0][1])],
        ],
    )


def surface(
    current: Current, view: View, bandwidth: float, over: Window
) -> npt.NDArray[np.float64]:
    """Incidents per km2 per week over the window; NaN outside the place."""
    found = questions.pixels(current, view, over.shift)
    counts = np.zeros(over.inside.shape)
    column = found["mx"].to_numpy() - over.column
    row = found["my"].to_numpy() - over.row
    high, wide = (int(n) for n in over.inside.shape)
    held = (column >= 0) & (row >= 0)
    held &= (column < wide) & (row < high)
    counts[row[held], column[held]] = found["n"].to_numpy()[held]
    return density.per_km2_per_week(
        counts, over.inside, over.metres, bandwidth, weeks(view, current)
    )


def weeks(view: View, current: Current) -> float:
    """How many weeks of the View its sources cover; a seventh at the least."""
    first, last = links.coverage(view.sources, current.meta)
    days = (min(view.end, last) - max(view.start, first)).days + 1
    return max(days, 1) / 7
