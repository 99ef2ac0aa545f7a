"""Answers kept between reruns for the pages of patterns."""

import streamlit as st

from data import episodes as data_episodes
from data import hot, now, weekly
from data import near as data_near
from data.view import View
from ui import cached
from ui.cached import BY_REPR

KEPT = 32


@st.cache_resource(
    max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Dealing the values out anew ..."
)
def hot_spots(view: View, of: str, how: str, seed: int) -> hot.Hot:
    """The hot spots of a View. Do not change them."""
    answer = cached.answer(view)
    n, asked = (answer.table[c].to_numpy() for c in ("n", "asked"))
    return hot.hot(cached.current(view.stamp), cached.units(view), n, asked, of, how, seed)


@st.cache_data(
    max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Trying what would have shown ..."
)
def smallest_hot(view: View, of: str, how: str, seed: int) -> float | None:
    """The smallest rise that would usually have been a hot spot of a View (data.power)."""
    answer = cached.answer(view)
    n, asked = (answer.table[c].to_numpy() for c in ("n", "asked"))
    return hot.smallest(cached.current(view.stamp), cached.units(view), n, asked, of, how, seed)


@st.cache_data(
    max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Trying what would have shown ..."
)
def smallest_new(view: View, of: str, how: str, unit: str, seed: int) -> float | None:
    """The smallest rise in the newest step of a View that would usually have been hot."""
    newest = emerging(view, of, how, unit, seed).counts[:, -1]
    asked = cached.answer(view).table["asked"].to_numpy(bool)
    current, units = cached.current(view.stamp), cached.units(view)
    return hot.smallest(current, units, newest, asked, of, how, seed, families=2)


@st.cache_resource(
    max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Dealing the months out anew ..."
)
def emerging(view: View, of: str, how: str, unit: str, seed: int) -> hot.Emerging:
    """The hot spots of a View over time. Do not change them."""
    current, units = cached.current(view.stamp), cached.units(view)
    asked = cached.answer(view).table["asked"].to_numpy(bool)
    return hot.over_time(current, view, units, asked, of, how, unit, seed)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR)
def daily(view: View) -> now.Daily:
    """The newest days of a View by area. Do not change them."""
    return now.daily(cached.current(view.stamp), view, cached.units(view))


@st.cache_resource(
    max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Scanning the newest days ..."
)
def unusual(view: View, longest: int, seed: int) -> now.Unusual:
    """What is unusual in the newest days of a View. Do not change it."""
    current, units = cached.current(view.stamp), cached.units(view)
    return now.find_unusual(current, daily(view), units, longest, seed)


@st.cache_data(max_entries=KEPT, show_spinner=False, hash_funcs=BY_REPR)
def kinds(view: View) -> dict[str, int]:
    """The kinds of a View's records with a place and a day, and how many of each."""
    return data_near.kinds(cached.current(view.stamp), view)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Pairing records ...")
def near(view: View, seed: int) -> data_near.Near:
    """The near repeats of a View. Do not change them."""
    return data_near.repeats(cached.current(view.stamp), view, seed)


@st.cache_resource(max_entries=8, hash_funcs=BY_REPR, show_spinner="Grouping records ...")
def episodes(view: View, metres: int, hours: int, least: int) -> data_episodes.Episodes:
    """The episodes of a View. Do not change them."""
    return data_episodes.of(cached.current(view.stamp), view, metres, hours, least)


@st.cache_resource(
    max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Judging the newest weeks ..."
)
def alarms(view: View, seed: int) -> weekly.Alarms:
    """The newest weeks above what their past lets expect. Do not change them."""
    return weekly.alarms(cached.current(view.stamp), view, cached.units(view), seed)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Looking for breaks ...")
def trend(view: View, seed: int) -> weekly.Trend:
    """The whole weeks of a View against their past, and their breaks. Do not change them."""
    return weekly.trend(cached.current(view.stamp), view, cached.units(view), seed)


@st.cache_resource(max_entries=KEPT, hash_funcs=BY_REPR, show_spinner="Taking the season out ...")
def seasons(view: View) -> weekly.Seasons:
    """Trend, season and rest of a View's whole weeks. Do not change them."""
    return weekly.seasons(cached.current(view.stamp), view, cached.units(view))
