"""The choices of the page Compare: which two, and what a link said of them in vain."""

from enum import Enum
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import words
from data.patterns.compare import AREAS, PERIODS, SOURCES, WHAT, Pair
from data.views import coverage
from data.views.filters import period, source_option
from data.views.periods import NoComparison, Obstacle
from data.views.sql import says
from data.views.view import View
from ui.cached import comparisons, views
from ui.explore import area_page
from ui.frame.feed_notices import feed_notices
from ui.patterns.pattern_page import ask_one

OTHERS = "all other areas"


class ComparisonChoice(NamedTuple):
    """A comparison: the View as it is compared, and the other side where it is chosen here.

    `these` and `those` are sets of areas, `other` is the View of another source; `notices`
    are to be said to the reader.
    """

    what: str
    view: View
    these: tuple[str, ...] = ()
    those: tuple[str, ...] = ()
    rest: bool = True
    other: View | None = None
    notices: tuple[str, ...] = ()


class Missing(Enum):
    """A thing that a comparison still lacks, as readers read it."""

    OTHER_SOURCE = "There is no other source to compare with."
    AREAS = "There are no areas yet. The page “One area” says how to add them."
    THESE = "Choose the areas of A: here, or in the filter “Areas”."
    THOSE = "All areas are in A, so none is left for B. Choose fewer."


def ask_comparison(view: View) -> ComparisonChoice:
    """Ask for the two that the reader wants side by side."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    what = row.segmented_control(
        "Compare",
        WHAT,
        default=PERIODS,
        key="against",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    if what == PERIODS:
        return _ask_periods(view)
    return _ask_areas(view) if what == AREAS else _ask_sources(view, row)


def _ask_periods(view: View) -> ComparisonChoice:
    half = comparisons.halves(view)
    if half is None:
        return ComparisonChoice(PERIODS, view)
    meta = views.meta(view.stamp)
    span = period(*coverage.source_days(view.sources, meta))
    told = (
        f"{words.sentence_case(says(view, meta))} cover {span}. There are no earlier records, so we "
        "compare the second half with the first."
    )
    return ComparisonChoice(PERIODS, half, notices=(told,))


def _ask_areas(view: View) -> ComparisonChoice:
    whole = area_page.polygons(view)  # hexagons have no residents
    names = views.units(whole)["name"].tolist()
    these = view.areas
    left, right = st.columns(2)
    if these:
        left.text(f"A, chosen in the filter “Areas”: {', '.join(map(words.spell_area, these))}")
    else:
        picked = left.multiselect(
            "A: these areas", names, key="these", bind="query-params", placeholder="choose areas"
        )
        these = tuple(picked)
    others = [name for name in names if name not in these]
    twice = [v for v in st.query_params.get_all("those") if v in these]
    vain = tuple(f"{words.spell_area(name)} is in A already, so it is not in B." for name in twice)
    those = right.multiselect(
        "B: those areas", others, key="those", bind="query-params", placeholder=OTHERS
    )
    if view.area_set != whole.area_set:
        vain += (f"Hexagons have no residents, so {whole.area_set} are compared.",)
    chosen = those or others
    return ComparisonChoice(AREAS, whole, these, tuple(chosen), not those, notices=vain)


def _ask_sources(view: View, row: DeltaGenerator) -> ComparisonChoice:
    meta = views.meta(view.stamp)
    own = view.sources[0]
    named = {source_option(s["name"]): s["name"] for s in meta["sources"] if s["rows"]}
    mine = source_option(own)
    said = st.query_params.get("other")
    vain: tuple[str, ...] = ()
    options = [option for option in named if option != mine]
    if said == mine:
        vain += (f"{mine} cannot be compared with itself, so another source is shown.",)
    if not options:
        return ComparisonChoice(SOURCES, view, notices=vain)
    first, last = coverage.source_days(view.sources, meta)
    spans = [coverage.source_days((named[option],), meta) for option in options]
    shared = [min(e, last, view.end) >= max(s, first, view.start) for s, e in spans]
    usual = options[shared.index(True)] if any(shared) else None
    with row:
        picked = ask_one(f"A is {mine}, B is", options, usual=usual, word="other", width=260)
    other = comparisons.asked_of(view, named[str(picked)])
    notices = (*vain, *feed_notices(other.sources))
    return ComparisonChoice(SOURCES, view, other=other, notices=notices)


def find_missing(choice: ComparisonChoice) -> Missing | None:
    """Return what is still to be chosen; None where there are two to compare."""
    if choice.what == SOURCES and choice.other is None:
        return Missing.OTHER_SOURCE
    if choice.what != AREAS:
        return None
    if views.units(choice.view).empty:
        return Missing.AREAS
    if not choice.these:
        return Missing.THESE
    return None if choice.those else Missing.THOSE


def find_pair(view: View, choice: ComparisonChoice) -> Pair | NoComparison:
    """Find the two side by side, or why they are not."""
    if missing := find_missing(choice):
        return NoComparison(Obstacle.NOT_ASKED, missing.value)
    if choice.what == PERIODS:
        return comparisons.two_periods(choice.view)
    if choice.other is not None:
        return comparisons.two_sources(view, choice.other)
    return comparisons.two_sets(choice.view, choice.these, choice.those)
