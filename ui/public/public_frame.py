"""The frame of every public page: what can be chosen, the sentence, the link."""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import words
from data.languages import FIRST, PUBLIC, languages
from data.published import opening, release_words, released, released_cells
from data.published.released import MadeShare, Release
from data.published.released_cells import Choice
from data.release.tables import Tables
from data.settings import Problem
from ui.frame import language, look, menu, notices, share, top_bar
from ui.frame.language import count, say
from ui.map import leaflet
from ui.public import public_cached
from ui.public.public_cached import Kept

_STEPS = look.steps(("at", "release"))
_MOST_LETTERS = 30  # in a pill
TIME = "time"  # the page on which every kind of the city can be chosen


class Misread(NamedTuple):
    """What a link says in vain: its words, whether there are others that nobody knows, and the
    state of the release that it names ("" where it names this one or none)."""

    words: tuple[str, ...]
    others: bool
    release: str


class Shown(NamedTuple):
    """The content of a public page: the release, the choice, and its cells, one row an area."""

    kept: Kept
    choice: Choice
    rows: pd.DataFrame
    led: bool

    @property
    def release(self) -> Release:
        """The published release."""
        return self.kept.release

    @property
    def tables(self) -> Tables:
        """Its tables."""
        return self.kept.tables

    @property
    def path(self) -> str:
        """The table that the cells of areas are in."""
        choice = self.choice
        return released_cells.table_path(choice.source, choice.by, choice.kind) or ""

    @property
    def asked(self) -> pd.DataFrame:
        """The rows of the areas that were asked for."""
        return self.rows[self.rows["asked"].astype(bool)]


def begin(page: str) -> None:
    """Draw the frame and ask what to show; every choice is bound to the link."""
    language.begin_language()
    st.html(language.mark_language() + look.STYLE + _STEPS, unsafe_allow_javascript=True)
    try:
        kept = public_cached.current_release()
    except Problem as problem:
        top_bar.show_top_bar("", page)
        st.title(say("empty.title"), anchor=False)
        st.text(str(problem))
        st.stop()
    link = {word: st.query_params.get_all(word) for word in st.query_params}
    bar = top_bar.show_top_bar(kept.release.manifest["place"]["name"], page)
    st.html(f"<style>{bar.marks}</style>")
    with bar.search:
        language.show_chooser()
    names = [str(f["properties"]["name"]) for f in kept.areas]
    offered: dict[str, list[str]] = {"area": names}
    offered[language.WORD] = languages(domain=PUBLIC)
    choice, led = _choose(kept, page, offered)
    if "public_seen" not in st.session_state:  # later a choice may leave a word behind
        st.session_state["public_seen"] = True
        st.session_state["public_told"] = (choice, _misread(kept, link, offered))
    rows = released_cells.rows(kept.sorts, choice, kept.areas)
    st.session_state["public"] = Shown(kept, choice, rows, led)


def _begun(word: str, options: list[str], usual: str) -> str:
    """What is chosen of a word as this run begins: nothing but what is offered."""
    asked = st.session_state.get(word) or st.query_params.get(word)
    return str(asked) if asked in options else usual


def _pill(key: str, name: str) -> DeltaGenerator:
    """A pill of the bar of filters, named by what is chosen."""
    shown = look.plain(words.sentence_case(name)[:_MOST_LETTERS])
    return st.popover(shown, key=f"open_{key}", width="content")


def _choose(kept: Kept, page: str, offered: dict[str, list[str]]) -> tuple[Choice, bool]:
    """The widgets, each offering what is released for those above it."""

    def put(word: str, options: list[str]) -> list[str]:
        offered[word] = options
        return options

    with st.container(key="filters", horizontal=True, vertical_alignment="center", wrap=False):
        sources = put("source", list(released_cells.SOURCES))
        first = released_cells.SOURCE_NAMES[opening.opening_sort(kept.sorts).name]
        with _pill("source", _source_words(_begun("source", sources, first))):
            source = _one("source", sources, first)
        by, kind, led = opening_choice(kept, source)
        if page == TIME and not led:  # a year would be one point
            by, kind = "quarter", released_cells.ALL_KINDS
        grains = put("by", list(released_cells.grains(source)))
        of = None if page == TIME else _begun("by", grains, by)
        kinds = released_cells.released_kinds(kept.sorts, source, of)
        what = _begun("kind", kinds, kind if kind in kinds else next(iter(kinds), ""))
        spans = released_cells.periods(kept.sorts, source, of or by, what)
        usual = _usual_period(kept, source, of or by, what)
        when = _period_words(_begun("period", spans, usual)) if spans else say("empty.when")
        with _pill("when", when):
            by = _one("by", grains, by)
            slot = st.container()
        with _pill("what", _kind_words(what) if what else say("empty.what")):
            kinds = put("kind", kinds)
            kind = _one("kind", kinds, kind)
        with slot:
            periods = put("period", released_cells.periods(kept.sorts, source, by, kind))
            newest = _usual_period(kept, source, by, kind)
            period = _one("period", periods, newest)
        many = len(st.session_state.get("area") or st.query_params.get_all("area"))
        with _pill("where", count("areas.counted", many) if many else say("choose.all")):
            areas = st.multiselect(
                say("label.area"),
                offered["area"],
                key="area",
                bind="query-params",
                placeholder=say("areas.all"),
                help=say("help.area"),
            )
    return Choice(source, by, period or "", kind or "", tuple(areas)), led


def _usual_period(kept: Kept, source: str, by: str, kind: str) -> str:
    """The newest period that has most to show; empty where none has."""
    grid = released_cells.grid_of(kept.sorts, source, by, kind)
    return grid.periods[opening.opening_period(grid)] if grid else ""


def _source_words(source: str) -> str:
    return say(f"sort.{released_cells.SOURCES[source]}")


def _kind_words(kind: str) -> str:
    return say(f"kind.{released_cells.kind_code(kind)}")


def _period_words(period: str) -> str:
    return language.speak().period(period)


def _one(word: str, options: list[str], usual: str) -> str:
    """One of what is released, bound to the link. The link names an option as the screen does
    (Streamlit's rule), so the options stay English: a link means the same in each language."""
    label, help = say(f"label.{word}"), say(f"help.{word}")
    index = options.index(usual) if usual in options else 0
    chosen: str
    if word == "source":  # few: all in sight
        chosen = st.radio(label, options, index=index, key=word, bind="query-params", help=help)
    else:
        chosen = st.selectbox(label, options, index=index, key=word, bind="query-params", help=help)
    return chosen


def opening_choice(kept: Kept, source: str) -> tuple[str, str, bool]:
    """Grain and kind that a source opens on, and whether half of the areas have a number there."""
    sort = kept.sorts.get(released_cells.SOURCES[source])
    if sort is None:
        return "year", "", False
    opens, full = opening.opening_of(sort)
    return opens.every, released_cells.kind_words(opens.kind), full


def _misread(kept: Kept, link: dict[str, list[str]], offered: dict[str, list[str]]) -> Misread:
    """What a link says in vain, as values that repeat nothing of it."""
    known = {*menu.PUBLIC_WORDS, *menu.EMBED}
    _, bounds = public_cached.shapes(kept.release.folder)
    fits: dict[str, Callable[[str], bool]]
    fits = {word: set(options).__contains__ for word, options in offered.items()}
    fits["at"] = lambda text: leaflet.position(text, bounds) is not None
    wrong = tuple(w for w, fit in fits.items() if not all(map(fit, link.get(w, []))))
    others = link.keys() - known
    for word in others:
        del st.query_params[word]
    asked = link.get("release", [kept.release.id])[-1]
    state = (released.release_state(asked) or "none") if asked != kept.release.id else ""
    return Misread(wrong, bool(others), state)


def _link_notices(vain: Misread) -> list[str]:
    """Sentences on what a link says in vain."""
    named = [say(f"label.{word}") for word in vain.words]
    ignored = [*named, *([say("link.word")] if vain.others else [])]
    told = [say("link.ignored", ignored=", ".join(ignored))] if ignored else []
    return [*told, *([say(f"link.release.{vain.release}")] if vain.release else [])]


def _made_notice(found: Shown) -> str:
    """The notice that a source holds records that nobody reported; "" for none."""
    share = released.made_share(found.release.manifest, released_cells.SOURCES[found.choice.source])
    return "" if share is MadeShare.NONE else say(f"note.made.{share.value}")


def read_choice() -> Shown:
    """The content that was asked for. Every public page starts here.

    Streamlit may look into pages/ before dashboard.py ran: then the menu comes first.
    """
    if "public" not in st.session_state:
        menu.navigation()
        st.rerun()
    found: Shown = st.session_state.pop("public")
    choice, vain = st.session_state["public_told"]
    said = (*(_link_notices(vain) if choice == found.choice else ()), _made_notice(found))
    notices.show_notices([sentence for sentence in said if sentence])
    return found


def head(title: str) -> None:
    """The title of a page: the sentence that its picture says. It names the browser's tab too."""
    st.set_page_config(page_title=f"{title} - Porchlight")
    language.show_unread()
    st.title(look.plain(title), anchor=False)


def public_title(found: Shown) -> str:
    """The title: what the map says, in a sentence."""
    asked = found.asked
    some = asked[(asked["n"] > 0).fillna(False).astype(bool)]
    what = release_words.spell_choice(found.choice)
    if some.empty:
        return f"No area has a number: {what}"
    top = some.sort_values("n", ascending=False, kind="stable").head(2)
    said = [f"{words.spell_area(name)} ({n:,})" for name, n in zip(top["name"], top["n"])]
    if len(some) > 2:
        return f"{words.sentence_case(what)}: most in {' and '.join(said)}"
    hidden = 0 if found.choice.exact else len(asked) - release_words.numbered(asked, found.choice)
    rest = f"; {words.counted(hidden, 'area')} not shown" if hidden else ""
    return f"{words.sentence_case(what)}: {' and '.join(said)}{rest}"


def public_sentence(found: Shown) -> str:
    """N of M areas, and what was asked for."""
    return (
        f"{release_words.cells_sentence(found.asked, 'areas', found.choice)} "
        f"{words.sentence_case(release_words.spell_choice(found.choice))}."
    )


def public_foot(found: Shown, paths: tuple[str, ...]) -> None:
    """Show how the numbers are made, what they cover, and the link."""
    for text in notes(found, paths):
        st.text(text)
    with share.slot():
        share.show_link(link(found), say("bar.holds"))


def notes(found: Shown, paths: tuple[str, ...]) -> list[str]:
    """Sentences on a page's numbers, for the page and its files."""
    source = found.choice.source
    told = [
        text for path in paths if path for text in release_words.how(found.release, source, path)
    ]
    return [
        *dict.fromkeys(told),
        *(f"Source: {text}" for text in release_words.covers(found.release, source)),
        release_words.stamp(found.release),
    ]


def link(found: Shown) -> str:
    """The address of this page with every choice: made of what is released only."""
    choice = found.choice
    words = {
        "source": choice.source,
        "by": choice.by,
        "kind": choice.kind,
        "period": choice.period,
        "area": list(choice.areas),
        "release": found.release.id,
        language.WORD: language.speak().language if language.speak().language != FIRST else "",
    }
    query = urlencode({k: v for k, v in words.items() if v}, doseq=True)
    return f"{st.context.url or ''}?{query}"
