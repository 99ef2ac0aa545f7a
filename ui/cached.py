"""Answers kept between reruns: the only door of pages to the store."""

from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from data import (
    answers,
    basemap,
    change,
    details,
    incidents,
    pairs,
    questions,
    settings,
    shapes,
    surface,
)
from data import hexes as data_hexes
from data.store import Current, Store
from data.store import place as store_file
from data.view import View
from geo import density
from geo.difference import Difference
from geo.mercator import Grid
from ui.maps import STATIC

KEPT = 128


@st.cache_resource
def place() -> settings.Settings:
    """The settings that this dashboard was started with."""
    return settings.load()


@st.cache_resource
def store() -> Store:
    """The store that this dashboard was started with."""
    return Store(place().store)


def stamp() -> str | None:
    """The stamp that readers see now; it changes when the store is rebuilt."""
    return store().stamp()


@st.cache_resource(max_entries=4)
def current(stamp: str) -> Current:
    """The derived table of one stamp. Do not change it."""
    return store().at(stamp)


def meta(stamp: str) -> dict[str, Any]:
    """What the store says of itself. Do not change it."""
    return current(stamp).meta


def now() -> datetime:
    """The clock, in UTC: the only place that screens read it."""
    return datetime.now(UTC)


@st.cache_resource(max_entries=8)
def _units(stamp: str, area_set: str, settled_by: datetime | None) -> gpd.GeoDataFrame:
    return shapes.units(current(stamp), area_set, settled_by)


def units(view: View) -> gpd.GeoDataFrame:
    """The units of the View's area set. Do not change them."""
    return _units(view.stamp, view.area_set, view.settled_by)


@st.cache_resource(max_entries=8)
def _shapes_url(stamp: str, area_set: str, settled_by: datetime | None) -> str:
    name, text = shapes.script(current(stamp), area_set, settled_by)
    folder = STATIC / "areas"
    folder.mkdir(exist_ok=True)
    if not (folder / name).exists():
        store_file(text.encode(), folder / name)
    return f"/app/static/areas/{name}"


def shapes_url(view: View) -> str:
    """The address of a set's shapes; the file is written when it is first asked for."""
    return _shapes_url(view.stamp, view.area_set, view.settled_by)


@st.cache_resource
def _local_map() -> tuple[basemap.Local, str] | None:
    found = basemap.local(place().basemap)
    return (found, basemap.serve(found.file, STATIC / "basemap")) if found else None


def local_map() -> tuple[basemap.Local, str] | None:
    """The local map that the settings name, and its address; served once it is asked for."""
    found = _local_map()
    if found and not (STATIC / "basemap" / found[1]).exists():  # another dashboard tidied up
        _local_map.clear()
        found = _local_map()
    return (found[0], f"/app/static/basemap/{found[1]}") if found else None


@st.cache_resource
def tiles() -> basemap.Tiles | None:
    """The tiles of others that the settings name. Nothing is asked of them here."""
    return basemap.tiles(place().basemap)


@st.cache_resource
def water_url() -> str | None:
    """The address of our own water; the file is written when it is first asked for."""
    found = basemap.water(place().basemap)
    if found is None:
        return None
    (STATIC / "basemap").mkdir(exist_ok=True)
    store_file(found[1].encode(), STATIC / "basemap" / found[0])
    return f"/app/static/basemap/{found[0]}"


@st.cache_resource(max_entries=4)
def _place(stamp: str, settled_by: datetime | None) -> surface.Place | None:
    return surface.place(current(stamp), settled_by)


def outline(view: View) -> surface.Place | None:
    """The outline of the place, ready to be asked for points. Do not change it."""
    return _place(view.stamp, view.settled_by)


def bounds(view: View) -> list[list[float]]:
    """South-west and north-east of the place; the whole world where nothing is known."""
    over = outline(view)
    return surface.bounds(over) if over else [[-60.0, -170.0], [75.0, 170.0]]


@st.cache_resource(max_entries=16)
def _window(stamp: str, settled_by: datetime | None, grid: Grid, bandwidth: int) -> surface.Window:
    over = _place(stamp, settled_by)
    assert over is not None
    return surface.window(over, grid, bandwidth)


def window(view: View, grid: Grid, bandwidth: int) -> surface.Window:
    """The pixels of a heat surface with what is around them. Do not change it."""
    return _window(view.stamp, view.settled_by, grid, bandwidth)


@st.cache_resource(max_entries=KEPT)
def heat(view: View, grid: Grid, bandwidth: int) -> npt.NDArray[Any]:
    """The heat surface of a View in incidents per km2 per week. Do not change it."""
    over = window(view, grid, bandwidth)
    found = surface.surface(current(view.stamp), view, bandwidth, over)
    return found.astype(np.float32)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def heat_top(view: View, grid: Grid, bandwidth: int) -> float:
    """Where the colors of a View's heat end, and of the period it is compared with."""
    other = view.compared()
    both = [view] if other is None or answer(view).comparison is None else [view, other]
    return density.nice_top(*(heat(v, grid, bandwidth) for v in both))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _usual_bandwidth(stamp: str, sources: tuple[str, ...], settled_by: datetime | None) -> int:
    every = View(stamp, sources, date.min, date.max, settled_by=settled_by)
    return surface.usual_bandwidth(current(stamp), every)


def usual_bandwidth(view: View) -> int:
    """The bandwidth to begin with, in metres: one for all Views of a source."""
    return _usual_bandwidth(view.stamp, view.sources, view.settled_by)


@st.cache_resource(max_entries=KEPT)
def answer(view: View) -> answers.Answer:
    """The View counted by area and time. Do not change it."""
    return answers.areas(current(view.stamp), view, units(view))


def headline(view: View) -> dict[str, int]:
    """Counts of what the View shows and leaves out."""
    return answer(view).headline


@st.cache_data(max_entries=KEPT, show_spinner=False)
def series(view: View, column: str) -> pd.DataFrame:
    """Weekly counts by a column of codes."""
    return questions.series(current(view.stamp), view, column)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def hours_by_weekday(view: View) -> pd.DataFrame:
    """Counts by weekday and hour."""
    return questions.hours_by_weekday(current(view.stamp), view)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def daily(view: View) -> pd.DataFrame:
    """Counts by day."""
    return questions.daily(current(view.stamp), view)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def pair(view: View) -> tuple[View, View] | None:
    """A View and what it is compared with, whole steps only; None where it cannot be."""
    return pairs.pair(view, current(view.stamp))


@st.cache_resource(max_entries=16)
def difference(found: tuple[View, View], grid: Grid, bandwidth: int) -> Difference:
    """Where the heat of two Views differs by more than chance. Do not change it."""
    over = window(found[0], grid, bandwidth)
    place = outline(found[0])
    assert place is not None
    return change.between(current(found[0].stamp), found, bandwidth, over, place)


@st.cache_resource(max_entries=KEPT)
def hexes(view: View, resolution: int, grid: Grid | None) -> data_hexes.Counted:
    """The View counted by hexagons. Do not change it."""
    return data_hexes.counted(current(view.stamp), view, resolution, grid)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def located(view: View, grid: Grid | None = None) -> int:
    """How many incidents of a View have a point, everywhere or within a grid."""
    return incidents.located(current(view.stamp), view, grid)


@st.cache_resource(max_entries=KEPT)
def cells(view: View, grid: Grid, but: Grid | None) -> incidents.Cells:
    """The View counted by the pixels of a grid and by kind. Do not change it."""
    return incidents.cells(current(view.stamp), view, grid, but)


@st.cache_data(max_entries=16, show_spinner=False)
def newest(view: View, limit: int, search: str) -> pd.DataFrame:
    """The newest records of a View."""
    found: pd.DataFrame = details.newest(current(view.stamp), view, limit, search).to_pandas()
    return found


@st.cache_data(max_entries=16, show_spinner=False)
def in_sight(view: View, grid: Grid) -> pd.DataFrame:
    """The newest records of a View within the pixels of a grid."""
    limit = 2 * incidents.FEW
    found: pd.DataFrame = details.newest(current(view.stamp), view, limit, "", grid).to_pandas()
    return found


@st.cache_data(max_entries=16, show_spinner=False)
def attribute_names(view: View) -> list[str]:
    """The names of the source's other columns, as the newest records have them."""
    return details.attribute_names(current(view.stamp), view)
