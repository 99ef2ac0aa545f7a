"""Answers kept between reruns for the pages of patterns."""

from datetime import datetime
from typing import Any

import streamlit as st

from data.patterns import (
    episodes,
    hot_spots,
    near_repeats,
    neighbors,
    space_time_scan,
    weekly_trend,
)
from data.views.view import View
from geo import prospective
from geo.arrays import Floats
from ui.cached import views
from ui.cached.views import BY_REPR

_KEPT = 32


@st.cache_resource(max_entries=8, show_spinner=False)
def _neighbors(stamp: str, area_set: str, settled_by: datetime | None, how: str) -> Any:
    """Who neighbors whom in a set of areas, the same in all its Views. Do not change it."""
    units = views.units_of(stamp, area_set, settled_by)
    return neighbors.between(views.current(stamp), units, how)


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Looking for clusters")
def hot_areas(view: View, of: str, how: str, seed: int) -> hot_spots.Hot:
    """The hot spots of a View. Do not change them."""
    answer = views.answer(view)
    n, asked = (answer.table[c].to_numpy() for c in ("n", "asked"))
    near = _neighbors(view.stamp, view.area_set, view.settled_by, how)
    return hot_spots.hot(views.current(view.stamp), views.units(view), n, asked, of, near, seed)


@st.cache_data(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Testing what would have shown")
def smallest_hot(view: View, of: str, how: str, seed: int) -> float | None:
    """The smallest rise that would usually have been a hot spot of a View (data.patterns.power)."""
    answer = views.answer(view)
    n, asked = (answer.table[c].to_numpy() for c in ("n", "asked"))
    near = _neighbors(view.stamp, view.area_set, view.settled_by, how)
    current, units = views.current(view.stamp), views.units(view)
    return hot_spots.smallest(current, units, n, asked, of, near, seed)


@st.cache_data(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Testing what would have shown")
def smallest_new(view: View, of: str, how: str, unit: str, seed: int) -> float | None:
    """The smallest rise in the newest step of a View that would usually have been hot."""
    newest = emerging(view, of, how, unit, seed).counts[:, -1]
    asked = views.answer(view).table["asked"].to_numpy(bool)
    current, units = views.current(view.stamp), views.units(view)
    near = _neighbors(view.stamp, view.area_set, view.settled_by, how)
    return hot_spots.smallest(current, units, newest, asked, of, near, seed, families=2)


@st.cache_resource(
    max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Looking for patterns over time"
)
def emerging(view: View, of: str, how: str, unit: str, seed: int) -> hot_spots.Emerging:
    """The hot spots of a View over time. Do not change them."""
    current, units = views.current(view.stamp), views.units(view)
    asked = views.answer(view).table["asked"].to_numpy(bool)
    near = _neighbors(view.stamp, view.area_set, view.settled_by, how)
    return hot_spots.over_time(current, view, units, asked, of, near, unit, seed)


@st.cache_resource(
    max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Looking for patterns over time"
)
def daily(view: View) -> space_time_scan.Daily:
    """The newest days of a View by area. Do not change them."""
    return space_time_scan.daily(views.current(view.stamp), view, views.units(view))


@st.cache_resource(
    max_entries=_KEPT,
    hash_funcs=BY_REPR,
    show_spinner="Checking the latest days (1 of 3): the past",
)
def _look_back(view: View, longest: int) -> prospective.LookBack:
    current, units = views.current(view.stamp), views.units(view)
    return space_time_scan.look_back(current, daily(view), units, longest)


@st.cache_resource(
    max_entries=_KEPT,
    hash_funcs=BY_REPR,
    show_spinner="Checking the latest days (2 of 3): shuffled weeks",
)
def _dealt(view: View, longest: int, seed: int) -> Floats:
    return space_time_scan.deal(daily(view), _look_back(view, longest), seed)


@st.cache_resource(
    max_entries=_KEPT,
    hash_funcs=BY_REPR,
    show_spinner="Checking the latest days (3 of 3): what would have shown",
)
def _judged(view: View, longest: int, seed: int) -> space_time_scan.Unusual:
    current, units = views.current(view.stamp), views.units(view)
    seen, dealt = _look_back(view, longest), _dealt(view, longest, seed)
    return space_time_scan.judge(current, daily(view), units, seen, dealt, seed)


def unusual(view: View, longest: int, seed: int) -> space_time_scan.Unusual:
    """The unusual clusters in the newest days of a View. Do not change them.

    Made in three steps, each of which says on the screen that it runs: among thousands of areas
    they take seconds.
    """
    _look_back(view, longest)
    _dealt(view, longest, seed)
    return _judged(view, longest, seed)


@st.cache_data(max_entries=_KEPT, show_spinner=False, hash_funcs=BY_REPR)
def pairable_kinds(view: View) -> dict[str, int]:
    """The kinds of a View's records with a place and a day, and how many of each."""
    return near_repeats.pairable_kinds(views.current(view.stamp), view)


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Looking for repeats")
def near(view: View, seed: int) -> near_repeats.Near:
    """The near repeats of a View. Do not change them."""
    return near_repeats.repeats(views.current(view.stamp), view, seed)


@st.cache_resource(max_entries=8, hash_funcs=BY_REPR, show_spinner="Grouping records")
def episode_groups(view: View, metres: int, hours: int, least: int) -> episodes.Episodes:
    """The episodes of a View. Do not change them."""
    return episodes.find_episodes(views.current(view.stamp), view, metres, hours, least)


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Checking the latest weeks")
def alarms(view: View, seed: int) -> weekly_trend.Alarms:
    """The newest weeks above what their past lets expect. Do not change them."""
    return weekly_trend.alarms(views.current(view.stamp), view, views.units(view), seed)


@st.cache_resource(
    max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Looking for lasting changes"
)
def trend(view: View, seed: int) -> weekly_trend.Trend:
    """The whole weeks of a View against their past, and their breaks. Do not change them."""
    return weekly_trend.trend(views.current(view.stamp), view, views.units(view), seed)


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Splitting off the season")
def seasons(view: View) -> weekly_trend.Seasons:
    """Trend, season and rest of a View's whole weeks. Do not change them."""
    return weekly_trend.seasons(views.current(view.stamp), view, views.units(view))
