"""The frame of every public page: what can be chosen, the sentence, the link."""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import words
from data.embed.language import Words
from data.languages import FIRST, PUBLIC, languages
from data.privacy.tables import Tables
from data.published import choice_words, opening, released
from data.published.grids import ALL
from data.published.levels import CITY
from data.published.released import Release
from data.settings import Problem
from ui.frame import language, look, menu, notices, share, top_bar
from ui.frame.language import count, say
from ui.map import leaflet
from ui.public import (
    public_cached,
    public_choice,
    public_cite,
    public_notes,
    public_pictures,
    public_words,
)
from ui.public.public_cached import Kept
from ui.public.public_choice import Choice

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
    """The content of a public page: the release, the choice, and its numbers, one row an area."""

    kept: Kept
    choice: Choice
    rows: pd.DataFrame

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
        """The table that the numbers are in."""
        return public_choice.table_path(self.kept.numbers, self.choice)

    @property
    def city_unit(self) -> str:
        """The unit by which the whole city is drawn through time."""
        sort = self.kept.numbers.sorts[choice_words.SOURCES[self.choice.source]]
        code = choice_words.kind_code(self.choice.kind)
        return opening.series_unit(sort, self.kept.planned, code)

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
    bar = top_bar.show_top_bar(kept.place, page)
    st.html(f"<style>{bar.marks}</style>")
    with bar.search:
        language.show_chooser()
    offered: dict[str, list[str]] = {language.WORD: languages(domain=PUBLIC)}
    choice = _choose(kept, page, offered)
    if "public_seen" not in st.session_state:  # later a choice may leave a word behind
        st.session_state["public_seen"] = True
        st.session_state["public_told"] = (choice, _misread(kept, choice, link, offered))
    rows = public_choice.rows(kept.numbers, kept.levels, choice, kept.place)
    st.session_state["public"] = Shown(kept, choice, rows)


def _begun(word: str, options: list[str], usual: str) -> str:
    """What is chosen of a word as this run begins: nothing but what is offered."""
    asked = st.session_state.get(word) or st.query_params.get(word)
    return str(asked) if asked in options else usual


def _pill(key: str, name: str) -> DeltaGenerator:
    """A pill of the bar of filters, named by what is chosen."""
    shown = look.plain(words.sentence_case(name)[:_MOST_LETTERS])
    return st.popover(shown, key=f"open_{key}", width="content")


def _choose(kept: Kept, page: str, offered: dict[str, list[str]]) -> Choice:
    """The widgets, each offering what is released for those above it."""
    numbers = kept.numbers

    def put(word: str, options: list[str]) -> list[str]:
        offered[word] = options
        return options

    with st.container(key="filters", horizontal=True, vertical_alignment="center", wrap=False):
        sources = put("source", [choice_words.SOURCE_NAMES[name] for name in numbers.sorts])
        with _pill("source", _source_words(_begun("source", sources, sources[0]))):
            source = _one("source", sources, sources[0])
        sort = numbers.sorts[choice_words.SOURCES[source]]
        opens = opening.opening_of(sort, kept.planned)
        maps = put("by", public_choice.offered_maps(sort))
        usual = choice_words.map_words(opens.map)
        of = _begun("by", maps, usual)
        name = "" if page == TIME else Choice(source, of, "", "").map
        kinds = public_choice.offered_kinds(sort, name)
        what = _begun("kind", kinds, choice_words.kind_words(opens.kind))
        what = what if what in kinds else kinds[0]
        spans = _periods(kept, Choice(source, of, "", what))
        when = _period_words(_begun("period", spans, spans[0])) if spans else say("empty.when")
        with _pill("when", when):
            by = _one("by", maps, usual)
            slot = st.container()
        with _pill("what", _kind_words(what)):
            put("kind", kinds)
            kind = _one("kind", kinds, what)
        with slot:
            periods = put("period", _periods(kept, Choice(source, by, "", kind)))
            period = _one("period", periods, periods[0]) if periods else ""
        choice = Choice(source, by, period, kind)
        level = kept.levels.get(choice.where)
        put("area", list(level.names) if level else [])
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
    return choice._replace(areas=tuple(areas))


def _periods(kept: Kept, choice: Choice) -> list[str]:
    """The released periods of a choice, newest first."""
    grid = public_choice.grid_of(kept.numbers, choice)
    return list(grid.periods[::-1]) if grid else []


def _source_words(source: str) -> str:
    return say(f"sort.{choice_words.SOURCES[source]}")


def _kind_words(kind: str) -> str:
    return say(f"kind.{choice_words.kind_code(kind)}")


def _period_words(period: str) -> str:
    return language.speak().period(period)


def _one(word: str, options: list[str], usual: str) -> str:
    """One of what is released, bound to the link. The link names an option as the screen does
    (Streamlit's rule), so the options stay English: a link means the same in each language."""
    label, help = say(f"label.{word}"), say(f"help.{word}")
    index = options.index(usual) if usual in options else 0
    if word == "source":  # few: all in sight
        return st.radio(label, options, index=index, key=word, bind="query-params", help=help)
    return st.selectbox(label, options, index=index, key=word, bind="query-params", help=help)


def _misread(
    kept: Kept, choice: Choice, link: dict[str, list[str]], offered: dict[str, list[str]]
) -> Misread:
    """What a link says in vain, as values that repeat nothing of it."""
    known = {*menu.PUBLIC_WORDS, *menu.EMBED}
    shapes = public_cached.shapes(kept.release, choice.where)
    fits: dict[str, Callable[[str], bool]]
    fits = {word: set(options).__contains__ for word, options in offered.items()}
    fits["at"] = lambda text: bool(shapes and leaflet.position(text, shapes.bounds))
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


def read_choice() -> Shown:
    """The content that was asked for. Every public page starts here.

    Streamlit may look into pages/ before dashboard.py ran: then the menu comes first.
    """
    if "public" not in st.session_state:
        menu.navigation()
        st.rerun()
    found: Shown = st.session_state.pop("public")
    choice, vain = st.session_state["public_told"]
    exact, made = found.choice.exact, found.release.manifest["made"]
    own = say("note.official") if exact else say("note.made") if made else ""
    said = [*(_link_notices(vain) if choice == found.choice else ()), *([own] if own else [])]
    notices.show_notices(said)
    return found


def head(title: str) -> None:
    """The title of a page: the sentence that its picture says. It names the browser's tab too."""
    st.set_page_config(page_title=f"{title} - Porchlight")
    language.show_unread()
    st.title(look.plain(title), anchor=False)


def public_title(found: Shown) -> str:
    """The title: the number of the whole city, or of the one area that is chosen."""
    return public_words.title(found.kept, found.choice, found.asked)


def show_sentences(found: Shown) -> None:
    """N of M areas, what was asked for, what rose, and whether it is provisional."""
    st.text(" ".join(public_words.view_sentences(found.kept, found.choice, found.rows)))


def public_foot(found: Shown, paths: tuple[str, ...]) -> None:
    """Show how the numbers are made, what they cover, and the link."""
    for text in notes(found, paths, language.speak()):
        st.text(text)
    with share.slot():
        share.show_link(link(found), say("bar.holds"))
        public_pictures.show_pictures(found.release)
        public_cite.show_released_cite(
            found.release.folder, choice_words.choice_link(*_cited(found, paths))
        )


def _cited(found: Shown, paths: tuple[str, ...]) -> tuple[str, str, str, str]:
    """The sort, the table, the kind and the period of what a page shows and can be cited."""
    choice = found.choice
    sort, kind = choice_words.SOURCES[choice.source], choice_words.kind_code(choice.kind)
    if found.path in paths and public_choice.area_map(found.kept.numbers, choice):
        return sort, choice.map, kind, choice.period
    return sort, f"{CITY}-{found.city_unit}", kind, ""


def notes(found: Shown, paths: tuple[str, ...], words: Words) -> list[str]:
    """Sentences on a page's numbers, for the page and its files."""
    colored, exact = bool(found.kept.levels), found.choice.exact
    own = public_notes.notes(found.release, paths, words, exact=exact, colored=colored)
    one = choice_words.kind_code(found.choice.kind) != ALL and colored and not exact
    return [*own, *([words("note.expected.kind")] if one else [])]


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
