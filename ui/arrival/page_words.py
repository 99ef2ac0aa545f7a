"""Words that pages themselves put into a link, beside the filters: one row each, with its check.

A widget that is bound to the link drops what it does not know without a word, and forgets its
value when the reader leaves the page. Both are mended here, for all pages.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data import words
from data.patterns import episodes, neighbors, sides, space_time_scan
from data.patterns.compare import WHAT
from data.views import links
from data.views.filters import FILTERS, source_option
from data.views.sql import polygon_set
from data.views.view import View
from geo import density
from ui.cached import findings, map_layers, views
from ui.explore import areas_page
from ui.frame import method_note
from ui.map import basemap, controls, hexagon_layer, layers, leaflet, player, two_periods
from ui.patterns import emerging_page, forest

STATE = "page_words"  # in the session: the page, what its link said in vain, what pages keep
_SWITCH = ("true", "false")
FRAME = re.compile(r"\d{4}-\d\d-\d\d|([01]\d|2[0-3])h")  # a day, or an hour of the day
Link = Mapping[str, Sequence[str]]


class Arrival(NamedTuple):
    """A link that a page is opened by, and the View that its filters ask for."""

    view: View
    link: Link

    def said(self, word: str, usual: str = "") -> str:
        """The link's text for a word, or what a page takes without it."""
        return next(iter(self.link.get(word, ())), usual)

    @property
    def areas(self) -> Sequence[str]:
        """The names of the areas that can be chosen."""
        found = polygon_set(self.view.area_set, views.meta(self.view.stamp))
        return found[1]["names"] if found else ()


Check = Callable[[str, Arrival], bool]


class Word(NamedTuple):
    """A word of some pages: its name in the link, what readers call it, and its check.

    `pages` are addresses; None means every page. `many` may be given more than once. What a
    reader chose of a `keeps` word is still chosen when the page is opened again. `was` are words
    of older links, and what they are called now.
    """

    word: str
    label: str
    pages: tuple[str, ...] | None
    fits: Check
    many: bool = False
    keeps: bool = False
    was: Mapping[str, str] = MappingProxyType({})


def one_of(values: Sequence[Any]) -> Check:
    """A check whether a text is one of these."""
    known = {str(value) for value in values}
    return lambda text, at: text in known


def _number(least: float, most: float, kind: type = float) -> Check:
    def fits(text: str, at: Arrival) -> bool:  # noqa: ARG001
        try:
            return bool(least <= kind(text) <= most)
        except ValueError:
            return False

    return fits


def _beside(text: str, at: Arrival) -> bool:
    modes = two_periods.modes(at.view, at.said("layer", "areas"))
    return text in (modes if len(modes) > 1 else two_periods.MODES)  # it waits for another layer


def _frame(text: str, at: Arrival) -> bool:
    unit = player.UNITS.get(player.resolve(at.said("play"), at.view))
    if unit is None:
        return FRAME.fullmatch(text) is not None
    width = player.read_width(at.said("width")) or 1
    frames: list[str] = map_layers.steps(at.view, unit, width).keys()
    return text in frames


def _base(text: str, at: Arrival) -> bool:  # noqa: ARG001
    return text == basemap.NONE or (text == basemap.LOCAL and basemap.has_local())


def _position(text: str, at: Arrival) -> bool:
    return leaflet.position(text, views.bounds(at.view)) is not None


def _kind(text: str, at: Arrival) -> bool:
    return text in map(words.spoken, findings.pairable_kinds(at.view))


def _source(text: str, at: Arrival) -> bool:
    meta = views.meta(at.view.stamp)
    return text in [source_option(s["name"]) for s in meta["sources"] if s["rows"]]


def _partner(text: str, at: Arrival) -> bool:
    found = sides.partners(at.view, views.meta(at.view.stamp))
    return text in [source_option(s["name"]) for s in found]


def _moment(text: str, at: Arrival) -> bool:  # noqa: ARG001
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


MAP, COMPARE, EPISODES = ("",), ("compare",), ("episodes",)
HOT = ("hot_spots", "emerging")
WITH_MAP = ("", "areas", "now", "episodes", *HOT)
WITH_SEED = ("now", "trend", "near_repeats", *HOT)

WORDS = (
    Word("layer", "Layer", MAP, one_of(list(layers.LAYERS)), keeps=True),
    Word(
        "bandwidth",
        "Bandwidth",
        MAP,
        one_of((controls.BY_RULE, *density.BANDWIDTHS)),
        keeps=True,
        was={"by rule": controls.BY_RULE},
    ),
    Word("scale", "Colors end at", MAP, _number(controls.LEAST_SCALE, 1e12), keeps=True),
    Word("hexagons", "Hexagons show", MAP, one_of(hexagon_layer.MEASURES), keeps=True),
    Word("beside", "Two periods", MAP, _beside, keeps=True, was={"one period": two_periods.ONE}),
    Word("play", "Play", MAP, one_of(player.PLAYS), keeps=True, was={"one picture": player.STILL}),
    Word("width", "Frame", MAP, lambda text, at: player.read_width(text) is not None, keeps=True),
    Word("frame", "Frame", MAP, _frame),
    Word("base", "Base map", MAP, _base, keeps=True),
    Word("at", "Position of the map", WITH_MAP, _position),
    Word("name", "Area", ("area",), lambda text, at: text in at.areas),
    Word("list", "List", ("areas",), one_of(list(areas_page.LISTS)), keeps=True),
    Word("seed", "Seed", WITH_SEED, _number(0, method_note.MOST_SEED, int), keeps=True),
    Word(
        "of",
        "Measure",
        (*MAP, *HOT),
        lambda text, at: text in neighbors.measures(at.view),
        keeps=True,
    ),
    Word("neighbors", "Neighbors", HOT, one_of(list(neighbors.WEIGHTS)), keeps=True),
    Word("by", "By", ("emerging",), one_of(list(emerging_page.BY)), keeps=True),
    Word("days", "Look back (days)", ("now",), one_of(space_time_scan.DAYS), keeps=True),
    Word("of_kind", "Kind", ("near_repeats",), _kind),
    Word("metres", "Meters apart", EPISODES, one_of(episodes.METRES), keeps=True),
    Word("within", "Hours apart", EPISODES, one_of(episodes.HOURS), keeps=True),
    Word("least", "Records in a group", EPISODES, one_of(episodes.LEAST_RECORDS), keeps=True),
    Word("against", "Compare", COMPARE, one_of(WHAT), keeps=True),
    Word("these", "A", COMPARE, lambda text, at: text in at.areas, many=True),
    Word("those", "B", COMPARE, lambda text, at: text in at.areas, many=True),
    Word("other", "Against", COMPARE, _source),
    Word("with", "Beside", ("sides",), _partner),
    Word("order", "Order", COMPARE, one_of(forest.ORDERS), keeps=True),
    Word("every", "All areas", COMPARE, one_of(_SWITCH), keeps=True),
    Word("season", "Trend and season", ("trend",), one_of(_SWITCH), keeps=True),
    Word(links.SETTLED, "Settled", None, _moment),
)


# a choice of older links that has become several: word and text, to words and texts
RENAMED: dict[tuple[str, str], dict[str, str]] = {
    ("layer", "change"): {"layer": "areas", "beside": two_periods.DIFFERENCE}
}


NAMES = tuple(row.word for row in WORDS if row.word != links.SETTLED)


def of_page(page: str) -> list[Word]:
    """The words of the page at an address."""
    return [row for row in WORDS if row.pages is None or page in row.pages]


class Vain(NamedTuple):
    """A word that a link gives in vain, its texts, and what the reader must know of it."""

    word: str
    texts: tuple[str, ...]
    told: links.Told


def misread(page: str, at: Arrival) -> list[Vain]:
    """The words of a link that mean nothing on a page."""
    rows = {row.word: row for row in of_page(page)}
    found = []
    for word, texts in at.link.items():
        if row := rows.get(word):
            wrong = [text for text in texts if not row.fits(row.was.get(text, text), at)]
            said: list[links.Told] = [links.unknown(row.word, text) for text in wrong]
            if len(texts) > 1 and not row.many:
                said.append(links.repeated(row.label))
        else:
            said = [links.no_word(word)] if word in NAMES else []
        found += [Vain(word, tuple(texts), told) for told in said]
    return found


def restore_link(page: str) -> None:
    """Put back into the address what Streamlit took out of it as the page before went: words of
    the page that is opened, which widgets of both are bound to."""
    run = get_script_run_ctx()
    if run is None or st.session_state.get(STATE, {}).get("page") == page:
        return
    ours = {row.word for row in FILTERS} | {row.word for row in of_page(page)}
    asked = parse_qs(run.query_string)
    lost = {word: asked[word] for word in asked.keys() & ours - set(st.query_params)}
    if lost:
        st.query_params.update(lost)


def arrive(page: str, at: Arrival) -> list[links.Told]:
    """What the link of a page says in vain, until the reader asks otherwise.

    A link is read where a page is opened by it: later the reader's own choices stand in it,
    and may have outlived what they were chosen for. What was chosen on a page before is put
    back into its widgets, unless the link says something else.
    """
    at = _renew(at)
    state = st.session_state.setdefault(STATE, {"page": None, "view": None, "vain": [], "kept": {}})
    if state["page"] != page:
        state |= {"page": page, "view": at.view, "vain": misread(page, at)}
        for row in of_page(page):
            if (text := at.said(row.word)) in row.was:
                st.session_state[row.word] = row.was[text]
    if state["view"] != at.view:
        state |= {"view": at.view, "vain": []}
    # a widget drops a value it does not know from the link; a new one is the reader's own
    state["vain"] = [v for v in state["vain"] if tuple(at.link.get(v.word, v.texts)) == v.texts]
    _keep(page, at, state["kept"].setdefault(page, {}))
    return [v.told for v in state["vain"]]


def _renew(at: Arrival) -> Arrival:
    """The arrival in today's words. What an older link says is put into the widgets here: bound
    to the link they would drop what they do not know."""
    new: dict[str, Sequence[str]] = {}
    for word, texts in at.link.items():
        renamed = RENAMED.get((word, texts[0])) if len(texts) == 1 else None
        new |= {word: texts} if renamed is None else {}
        for name, text in (renamed or {}).items():
            new[name] = [text]
            st.session_state[name] = text
    return at._replace(link=new)


def _keep(page: str, at: Arrival, kept: dict[str, object]) -> None:
    """Note what a page's widgets hold; give it back to those that a visit elsewhere emptied."""
    for row in of_page(page):
        if not row.keeps:
            continue
        if row.word in st.session_state:
            kept[row.word] = st.session_state[row.word]
        elif row.word in kept and row.word not in at.link and row.fits(_text(kept[row.word]), at):
            st.session_state[row.word] = kept[row.word]


def _text(value: Any) -> str:
    """A widget's value as it stands in a link."""
    return str(value).lower() if isinstance(value, bool) else str(value)
