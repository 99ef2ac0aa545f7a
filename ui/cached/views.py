"""Answers kept between reruns: the only door of pages to the store."""

from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from data import settings
from data.maps import heat_surface, outlines
from data.numbers import measures
from data.settings import STATIC
from data.storage.disk import write_whole
from data.storage.history import FeedState
from data.storage.meta_types import TableMeta
from data.storage.store import Current, Store
from data.views import (
    answers,
    breakdowns,
    periods,
    shape_filter,
    timelines,
    view_counts,
    whole_records,
)
from data.views.breakdowns import Answers, Breakdown
from data.views.coverage import Coverage, cover
from data.views.view import WEEK, View
from geo import drawn_shape
from geo.mercator import Grid

KEPT = 128
# a View is frozen and says all of itself: far quicker to read than to walk through
BY_REPR: dict[str | type, Any] = {View: repr, Grid: repr}


@st.cache_resource(show_spinner="Loading the records")
def current_settings() -> settings.Settings:
    """The settings that this dashboard was started with."""
    return settings.load_settings()


@st.cache_resource(show_spinner="Loading the records")
def store() -> Store:
    """The store that this dashboard was started with: the public has none."""
    if settings.read_audience() != "team":
        raise settings.Problem("The public dashboard opens no store.")
    return Store(current_settings().store)


def stamp() -> str | None:
    """The stamp that readers see now; it changes when the store is rebuilt."""
    return store().stamp()


def feeds() -> dict[str, FeedState]:
    """How each feed stands, by the ledger as it is now."""
    return _feeds(store().ledger.state())


@st.cache_resource(max_entries=2, show_spinner=False)
def _feeds(state: tuple[object, ...]) -> dict[str, FeedState]:  # noqa: ARG001
    return store().history().feeds


@st.cache_resource(max_entries=4, show_spinner="Loading the records")
def current(stamp: str) -> Current:
    """The derived table of one stamp. Do not change it."""
    return store().at(stamp)


def meta(stamp: str) -> TableMeta:
    """The metadata of the store. Do not change it."""
    return current(stamp).meta


def measured(view: View) -> View:
    """The View as it can be measured (`data.numbers.measures.by_layer`)."""
    return measures.by_layer(view, meta(view.stamp))


def now() -> datetime:
    """The clock, in UTC: the only place that screens read it."""
    return datetime.now(UTC)


@st.cache_resource(max_entries=8, show_spinner=False)
def units_of(stamp: str, area_set: str, settled_by: datetime | None) -> gpd.GeoDataFrame:
    """The units of an area set, of hexagons those settled by a moment. Do not change them."""
    return outlines.units(current(stamp), area_set, settled_by)


def units(view: View) -> gpd.GeoDataFrame:
    """The units of the View's area set. Do not change them."""
    return units_of(view.stamp, view.area_set, view.settled_by)


@st.cache_resource(max_entries=8, show_spinner=False)
def _shapes_url(
    stamp: str, area_set: str, settled_by: datetime | None, sources: tuple[str, ...]
) -> str:
    over = _place(stamp, settled_by, sources, "", "")
    whole = over.outline if over else None
    name, text = outlines.script(current(stamp), area_set, settled_by, sources, whole)
    folder = STATIC / "areas"
    folder.mkdir(exist_ok=True)
    if not (folder / name).exists():
        write_whole(text.encode(), folder / name)
    return f"/app/static/areas/{name}"


def shapes_url(view: View) -> str:
    """The address of a set's shapes; the file is written when it is first asked for."""
    return _shapes_url(view.stamp, view.area_set, view.settled_by, view.sources)


@st.cache_resource(max_entries=8, show_spinner=False)
def _place(
    stamp: str, settled_by: datetime | None, sources: tuple[str, ...], shape: str, area_set: str
) -> heat_surface.Extent | None:
    here = current(stamp)
    if not shape:
        return heat_surface.extent(here, settled_by, None, sources)
    found = shape_filter.shape(shape, here.meta, area_set)
    drawing = drawn_shape.outline(found, here.meta["place"]["crs"], here.meridian)
    return heat_surface.extent(here, settled_by, drawing, sources)


def place_of(view: View) -> tuple[str, datetime | None, tuple[str, ...], str, str]:
    """What of a View its place depends on."""
    area_set = view.area_set if view.shape else ""
    return view.stamp, view.settled_by, view.sources, view.shape, area_set


def outline(view: View) -> heat_surface.Extent | None:
    """The outline of the place, or of a drawn shape in it, ready to be asked for points."""
    return _place(*place_of(view))


def bounds(view: View) -> list[list[float]]:
    """South-west and north-east of the place; the whole world where nothing is known."""
    over = _place(view.stamp, view.settled_by, view.sources, "", "")
    return heat_surface.bounds(over) if over else [[-60.0, -170.0], [75.0, 170.0]]


@st.cache_resource(max_entries=8, hash_funcs=BY_REPR, show_spinner=False)
def _counted(view: View) -> answers.Counted:
    return answers.count_view(current(view.stamp), view)


def coverage(view: View) -> Coverage:
    """What the View's sources cover of its period: known without counting."""
    return cover(view, meta(view.stamp))


def step(view: View) -> int:
    """The step of time that the View's `answer` is counted by, which takes longer."""
    return _counted(view).step


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner=False)
def answer(view: View) -> answers.Answer:
    """The View counted by area and time. Do not change it."""
    return answers.area_table(current(view.stamp), view, units(view), _counted(view))


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner=False)
def _timeline(every: View) -> timelines.Timeline:
    return timelines.count_timeline(current(every.stamp), every)


def timeline(view: View) -> timelines.Timeline:
    """The View's other filters counted over all that its sources cover. Do not change it.

    Where the View asks for all of it, it is counted already.
    """
    every = timelines.over_coverage(view, meta(view.stamp))
    if (view.start, view.end) == (every.start, every.end):
        counted = answer(view)
        if counted.step == timelines.choose_step(current(view.stamp), every):
            return timelines.make_timeline(every, meta(view.stamp), counted.step, counted.series)
    return _timeline(every)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner=False)
def headline(view: View) -> dict[str, int]:
    """Counts of what the View shows and leaves out: known long before its `answer`. Do not
    change them."""
    return _counted(view).headline


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def series(view: View, column: str, step: int = WEEK) -> pd.DataFrame:
    """Counts by step and by a column of codes."""
    return view_counts.count_series(current(view.stamp), view, column, step)


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def covered_hours(view: View) -> pd.DataFrame:
    """The hours of each weekday and hour of the clock that are covered."""
    return periods.covered_hours(coverage(view), current(view.stamp))


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def hours_by_weekday(view: View) -> pd.DataFrame:
    """Counts by weekday and hour."""
    return view_counts.hours_by_weekday(current(view.stamp), view)


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def daily(view: View) -> pd.DataFrame:
    """Counts by day."""
    return view_counts.daily(current(view.stamp), view)


def is_recorded(view: View, row: Breakdown) -> bool:
    """Return whether the View's source says anything in the column of a breakdown."""
    return breakdowns.is_recorded(row, view, meta(view.stamp))


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def breakdown(view: View, row: Breakdown) -> Answers:
    """The View by the words of a column."""
    return breakdowns.answers(current(view.stamp), view, row)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_REPR)
def newest(view: View, limit: int, search: str) -> pd.DataFrame:
    """The newest records of a View."""
    found: pd.DataFrame = whole_records.newest_records(
        current(view.stamp), view, limit, search
    ).to_pandas()
    return found


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_REPR)
def attribute_names(view: View) -> list[str]:
    """The names of the source's other columns, as the newest records have them."""
    return whole_records.attribute_names(current(view.stamp), view)
