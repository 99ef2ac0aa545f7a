"""The choices of the page Compare: which two, and what a link said of them in vain."""

from typing import Any, NamedTuple

import streamlit as st

from data.patterns.compare import AREAS, PERIODS, SOURCES, WHAT, Pair
from data.views import coverage, links
from data.views.filters import period, source_option
from data.views.sql import chosen_sources, says
from data.views.view import View
from ui.cached import comparisons, views
from ui.explore import area_page
from ui.frame import frame
from ui.frame.method_note import MethodNote

_METHOD = "Comparison"
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


def ask(view: View) -> ComparisonChoice:
    """Ask for the two that the reader wants side by side."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    what = row.segmented_control(
        "Compare", WHAT, default=PERIODS, key="against", bind="query-params", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return ASK[what](view, row)


def _periods(view: View, row: Any) -> ComparisonChoice:
    half = comparisons.halves(view)
    if half is None:
        return ComparisonChoice(PERIODS, view)
    meta = views.meta(view.stamp)
    span = period(*coverage.source_days(view.sources, meta))
    told = (
        f"The records of {says(view, meta)} cover {span}: nothing lies before, so the later half "
        "stands against the half before."
    )
    return ComparisonChoice(PERIODS, half, notices=(told,))


def _areas(view: View, row: Any) -> ComparisonChoice:
    whole = area_page.polygons(view)  # hexagons have no residents
    names = views.units(whole)["name"].tolist()
    these = view.areas
    left, right = st.columns(2)
    if these:
        left.text(f"A, chosen under “Areas” on the left: {', '.join(these)}")
    else:
        picked = left.multiselect(
            "A: these areas", names, key="these", bind="query-params", placeholder="choose areas",
        )  # fmt: skip
        these = tuple(picked)
    others = [name for name in names if name not in these]
    twice = [v for v in st.query_params.get_all("those") if v in these]
    vain = tuple(f"{name} is in A already, so it is not in B." for name in twice)
    those = right.multiselect(
        "B: those areas", others, key="those", bind="query-params", placeholder=OTHERS
    )
    if view.area_set != whole.area_set:
        vain += (f"Hexagons have no residents: compared are {whole.area_set}.",)
    chosen = those or others
    return ComparisonChoice(AREAS, whole, these, tuple(chosen), not those, notices=vain)


def _sources(view: View, row: Any) -> ComparisonChoice:
    meta = views.meta(view.stamp)
    own = view.sources[0]
    named = {source_option(s["name"]): s["name"] for s in meta["sources"] if s["rows"]}
    mine = source_option(own)
    said = st.query_params.get("other")
    vain: tuple[str, ...] = ()
    options = [option for option in named if option != mine]
    if said == mine:
        vain += (f"{mine} twice is no comparison: shown is another source.",)
    if not options:
        return ComparisonChoice(SOURCES, view, notices=vain)
    first, last = coverage.source_days(view.sources, meta)
    spans = [coverage.source_days((named[option],), meta) for option in options]
    shared = [min(e, last, view.end) >= max(s, first, view.start) for s, e in spans]
    picked = row.selectbox(
        f"A is {mine}, B is", options, index=shared.index(True) if any(shared) else 0,
        key="other", bind="query-params", width=260,
    )  # fmt: skip
    other = comparisons.asked_of(view, named[str(picked)])
    return ComparisonChoice(SOURCES, view, other=other, notices=vain)


ASK = {PERIODS: _periods, AREAS: _areas, SOURCES: _sources}


def pair(view: View, asked: ComparisonChoice) -> Pair | str:
    """The two side by side, or why they are not."""
    if asked.what == PERIODS:
        return comparisons.two_periods(asked.view)
    if asked.what == SOURCES:
        if asked.other is None:
            return "There is no other source in the store to compare with."
        return comparisons.two_sources(view, asked.other)
    if views.units(asked.view).empty:
        return "There are no areas yet: bring or learn some (see the page Area)."
    if not asked.these:
        return "Choose the areas of A: here, or under “Areas” on the left."
    if not asked.those:
        return "All areas are in A, so nothing is left for B: choose fewer."
    return comparisons.two_sets(asked.view, asked.these, asked.those)


def told(view: View, asked: ComparisonChoice, pair: Pair | str) -> list[str]:
    """Sentences that stand before any number."""
    refused = isinstance(pair, str) and asked.what == PERIODS  # then no half stands against one
    lines = [*(() if refused else asked.notices), *([_MEANS] if asked.what == SOURCES else [])]
    if isinstance(pair, str):
        lines.append(pair)
        if asked.what == PERIODS:
            lines.append("Choose both under “From”, “To” and “Compared with” on the left.")
    else:
        sides = (pair.b.view, pair.a.view)
        lines += dict.fromkeys(line for side in sides for line in frame.change_words(side))
    made = chosen_sources(asked.other, views.meta(view.stamp)) if asked.other else []
    if any(s["made"] for s in made):
        st.warning("Made data: no line of the other source happened.")
    return lines


READ = {
    PERIODS: (
        "Each row is one area: the dot is its incidents a week in the later period divided by "
        "those in the other, the bar the 95% interval. Right of the line: more; left: fewer.",
        "Only whole weeks (or days) count on both sides: partial ones are cut.",
        "A ratio tells of the records, not why: seasons, other tasks of those who record, and a "
        "change of recording look the same.",
    ),
    AREAS: (
        "Each row is one area of A: the dot is its incidents per resident divided by those of all "
        "of B together, the bar the 95% interval. Right of the line: more; left: fewer.",
        "Where people work, shop and drive, a rate per resident is high without more being done "
        "to those who live there.",
        "The interval holds what weeks bring by chance. That A and B are different places with "
        "different people it does not know.",
    ),
    SOURCES: (
        "Each row is one area: its share of all records of A divided by its share of all of B. "
        "At the line an area has the same share of both.",
        "Sources are never added up, and their counts are not compared: one records more things "
        "than another. Only how each spreads over the areas is compared.",
        "A difference can mean that more of the one happens there, or that more of it is seen, "
        "reported or logged there. It cannot say which, nor that anybody left something out.",
    ),
}  # fmt: skip
_MEANS = (
    "A difference can come from what happens there, or from what is seen, reported and logged "
    "there: these numbers cannot say which. Sources are never added up."
)
CLEAR = (
    "Colored is only what stands after control over all areas tested (Benjamini-Hochberg, 5%): "
    "of the areas colored about 1 in 20 is expected to be chance. A grey bar can miss the line: "
    "of 87 areas about 4 do so by chance alone."
)


def made(asked: ComparisonChoice, pair: Pair | str) -> MethodNote:
    """The finding's method note, which stands below the page."""
    words = {"against": asked.what}
    parameters = {"Compared": asked.what}
    if not isinstance(pair, str):
        parameters["Whole steps"] = f"{len(pair.a.starts)} and {len(pair.b.starts)} {pair.unit}s"
        parameters["A"] = f"{', '.join(pair.a.view.sources)}, {pair.a.period}"
        parameters["B"] = f"{', '.join(pair.b.view.sources)}, {pair.b.period}"
    if asked.what == AREAS and asked.these:
        parameters["A"] = parameters.get("A", "") + f": {', '.join(asked.these)}"
        rest = OTHERS if asked.rest else ", ".join(asked.those)
        parameters["B"] = parameters.get("B", "") + f": {rest}"
    if asked.other is not None:
        words["other"] = source_option(asked.other.sources[0])
        parameters["B asked"] = links.sentence(
            asked.other, views.meta(asked.view.stamp), views.headline(asked.other)
        )
        if asked.other.settled_by and not asked.view.settled_by:
            words[links.SETTLED] = asked.other.settled_by.isoformat(timespec="minutes")
        covers = chosen_sources(asked.other, views.meta(asked.view.stamp))
        parameters["B covers"] = " ".join(s["covers"] for s in covers)
    return MethodNote(_METHOD, (*READ[asked.what], CLEAR), parameters, words)
