"""Map answers kept between reruns; with ui.cached.views the only door of pages to the store."""

from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from data.maps import basemap, frames, heat_change, heat_surface, hexagons, incidents, street_index
from data.palette import Theme
from data.settings import STATIC
from data.storage.disk import write_whole
from data.views import paired_periods, view_counts, whole_records
from data.views.view import View
from geo import density
from geo.difference import Difference
from geo.mercator import Grid
from ui import raster
from ui.cached.views import (
    BY_REPR,
    KEPT,
    _place,
    answer,
    current,
    current_settings,
    outline,
    place_of,
    units,
)

PICTURES = 380_000  # bytes of all pictures of a player: they are there before they are asked for


@st.cache_resource(show_spinner="Loading the map")
def _local_map() -> tuple[basemap.Local, list[str]] | None:
    """The local map, and the names under which it and its streets, if there are any, are served."""
    found = basemap.local(current_settings().basemap)
    if found is None:
        return None
    beside = street_index.index_path(found.file)
    files = [found.file, beside] if beside.is_file() else [found.file]
    return found, [basemap.serve(file, STATIC / "basemap") for file in files]


def _served() -> tuple[basemap.Local, list[str]] | None:
    found = _local_map()
    if found and not all((STATIC / "basemap" / name).exists() for name in found[1]):
        _local_map.clear()  # another dashboard tidied up
        found = _local_map()
    return (found[0], [f"/app/static/basemap/{name}" for name in found[1]]) if found else None


def local_map() -> tuple[basemap.Local, str] | None:
    """The local map that the settings name, and its address; served once it is asked for."""
    found = _served()
    return (found[0], found[1][0]) if found else None


def streets_url() -> str | None:
    """The address of the streets of the local map; None where it has no index."""
    found = _served()
    return found[1][1] if found and len(found[1]) > 1 else None


@st.cache_resource(show_spinner="Loading the map")
def tiles() -> basemap.Tiles | None:
    """The tiles of others that the settings name. Nothing is asked of them here."""
    return basemap.tiles(current_settings().basemap)


@st.cache_resource(show_spinner="Loading the map")
def water_url() -> str | None:
    """The address of our own water; the file is written when it is first asked for."""
    center = current_settings().center
    found = basemap.water(current_settings().basemap, center[1] if center else None)
    if found is None:
        return None
    (STATIC / "basemap").mkdir(exist_ok=True)
    write_whole(found[1].encode(), STATIC / "basemap" / found[0])
    return f"/app/static/basemap/{found[0]}"


@st.cache_resource(max_entries=16, hash_funcs=BY_REPR, show_spinner="Loading the map")
def _window(
    where: tuple[str, datetime | None, tuple[str, ...], str, str], grid: Grid, bandwidth: int
) -> heat_surface.Window:
    over = _place(*where)
    assert over is not None
    return heat_surface.window(over, grid, bandwidth)


def window(view: View, grid: Grid, bandwidth: int) -> heat_surface.Window:
    """The pixels of a heat surface with what is around them. Do not change it."""
    return _window(place_of(view), grid, bandwidth)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Loading the map")
def heat(view: View, grid: Grid, bandwidth: int) -> npt.NDArray[Any]:
    """The heat surface of a View in incidents per km2 per week. Do not change it."""
    over = window(view, grid, bandwidth)
    found = heat_surface.surface(current(view.stamp), view, bandwidth, over)
    return found.astype(np.float32)


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def heat_top(view: View, grid: Grid, bandwidth: int) -> float:
    """The top of the color scale of a View's heat, and of the period it is compared with."""
    other = view.compared()
    both = [view] if other is None or answer(view).comparison is None else [view, other]
    return density.nice_top(*(heat(v, grid, bandwidth) for v in both))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _usual_bandwidth(stamp: str, sources: tuple[str, ...], settled_by: datetime | None) -> int:
    every = View(stamp, sources, date.min, date.max, settled_by=settled_by)
    return heat_surface.usual_bandwidth(current(stamp), every)


def usual_bandwidth(view: View) -> int:
    """The bandwidth to begin with, in metres: one for all Views of a source."""
    return _usual_bandwidth(view.stamp, view.sources, view.settled_by)


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def pair(view: View) -> tuple[View, View] | None:
    """A View and what it is compared with, whole steps only; None where it cannot be."""
    return paired_periods.pair(view, current(view.stamp))


@st.cache_resource(max_entries=16, hash_funcs=BY_REPR, show_spinner="Loading the map")
def difference(found: tuple[View, View], grid: Grid, bandwidth: int) -> Difference:
    """The difference of the heat of two Views beyond chance. Do not change it."""
    over = window(found[0], grid, bandwidth)
    place = outline(found[0])
    assert place is not None
    return heat_change.between(current(found[0].stamp), found, bandwidth, over, place)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Loading the map")
def hexes(view: View, resolution: int, grid: Grid | None) -> hexagons.HexagonCounts:
    """The View counted by hexagons. Do not change it."""
    return hexagons.count_hexagons(current(view.stamp), view, resolution, grid)


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def located(view: View, grid: Grid | None = None) -> int:
    """Count the incidents of a View that have a point, everywhere or within a grid."""
    return incidents.located(current(view.stamp), view, grid)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Loading the map")
def cells(view: View, grid: Grid, but: Grid | None) -> incidents.Cells:
    """The View counted by the pixels of a grid and by kind. Do not change it."""
    return incidents.count_cells(current(view.stamp), view, grid, but)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_REPR)
def records_in_sight(view: View, grid: Grid) -> pd.DataFrame:
    """The newest records of a View within the pixels of a grid."""
    limit = 2 * incidents.FEW
    found: pd.DataFrame = whole_records.newest_records(
        current(view.stamp), view, limit, "", grid
    ).to_pandas()
    return found


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def is_by_month(view: View) -> bool:
    """Return whether most of a View's records are known only to the month."""
    return view_counts.mostly_months(current(view.stamp), view)


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def steps(view: View, unit: str, width: int) -> frames.Steps:
    """The units and frames of a View."""
    return frames.steps(current(view.stamp), view, unit, width)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Loading the map")
def framed(view: View, steps: frames.Steps) -> frames.FrameCounts:
    """The View counted by unit, and by area and frame. Do not change it."""
    return frames.count_frames(current(view.stamp), view, steps, units(view))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_REPR)
def pictures(
    view: View, steps: frames.Steps, bandwidth: int, scale: float | None, theme: Theme
) -> tuple[list[str], list[list[float]], float]:
    """The pictures of all frames, their bounds, and where their colors end.

    As fine as all of them together stay small.
    """
    over = outline(view)
    assert over is not None
    grid, _ = heat_surface.visible_window(over, bandwidth)
    while True:
        held = window(view, grid, bandwidth)
        values = frames.heat(current(view.stamp), view, steps, bandwidth, held)
        top = scale or density.nice_top(values)
        urls = [raster.heat_picture(one, top, theme) for one in values]
        if sum(map(len, urls)) <= PICTURES or min(grid.height, grid.width) < 40:
            return urls, grid.bounds, top
        grid = grid.coarser()
