"""Comparisons kept between reruns."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from data.patterns import compare, sides
from data.patterns.compare import Pair
from data.patterns.sides import Sides
from data.views.periods import NoComparison
from data.views.view import View
from ui.cached import views
from ui.cached.views import BY_REPR

_KEPT = 32


def _asked(view: View) -> npt.NDArray[np.bool_]:
    if not view.areas and not view.shape:  # all are, and nothing needs to be counted to know it
        return np.ones(len(views.units(view)), bool)
    return views.answer(view).table["asked"].to_numpy(bool)


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Comparing")
def halves(view: View) -> View | None:
    """The later half of a View that has nothing before it."""
    return compare.halves(view, views.current(view.stamp))


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Comparing")
def two_periods(view: View) -> Pair | NoComparison:
    """A View against the period before. Do not change it."""
    units = views.units(view)
    return compare.two_periods(views.current(view.stamp), view, units, _asked(view))


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Comparing")
def two_sets(view: View, these: tuple[str, ...], those: tuple[str, ...]) -> Pair | NoComparison:
    """Two sets of a View's areas. Do not change it."""
    units = views.units(view)
    masks = (units["name"].isin(names).to_numpy(bool) for names in (these, those))
    return compare.two_sets(views.current(view.stamp), view, units, *masks)


def asked_of(view: View, source: str) -> View:
    """The View that asks the same of another source."""
    settled = st.query_params.get("settled", "")
    meta, place = views.meta(view.stamp), views.current_settings()
    return compare.asked_of(view, source, meta, place, views.now(), settled)


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Comparing")
def two_sources(view: View, other: View) -> Pair | NoComparison:
    """A View of one source against that of another. Do not change it."""
    units = views.units(view)
    return compare.two_sources(views.current(view.stamp), view, other, units, _asked(view))


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner="Comparing")
def side_by_side(view: View, other: View) -> Sides | NoComparison:
    """An official source and a community one side by side. Do not change them."""
    units = views.units(view)
    return sides.side_by_side(views.current(view.stamp), view, other, units, _asked(view))
