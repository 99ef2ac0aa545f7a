"""The bar of filters: five pills, each with what it asks for as its name and its filters inside.

What a pill holds always runs, closed or open: a widget that does not run loses its word in the link.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import streamlit as st

from data import words
from data.settings import Settings
from data.storage.meta_types import SourceMeta, TableMeta
from data.views.filters import FILTERS, Filter, period, source_option
from data.views.links import opening_sources, usual_measure
from data.views.sql import chosen_sources
from data.views.view import COMPARED, OWN, View
from ui.filters import source_choice, when_choice, where_choice
from ui.filters.filter_widgets import EMPTY, WIDGETS
from ui.frame.look import plain

ROWS = {row.word: row for row in FILTERS}
MOST_LETTERS = 24  # in a pill: what is longer is cut


class Asking(NamedTuple):
    """What filters are asked for with.

    `begun` is the View as this run begins; `before` and `usual` are the values of filters now and
    where nothing is chosen, by filter word; `widget` asks for the filter of a word.
    """

    meta: TableMeta
    begun: View
    before: Mapping[str, Any]
    usual: Mapping[str, Any]
    widget: Callable[..., None]


class Pill(NamedTuple):
    """A pill: its key, the filters in it, its name for a View, and how these are asked for."""

    key: str
    words: tuple[str, ...]
    name: Callable[[View, TableMeta], str]
    ask: Callable[["Pill", Asking], None]


def _source(view: View, meta: TableMeta) -> str:
    return words.sentence_case(source_option(view.sources[0])) if view.sources else "Source"


def _when(view: View, meta: TableMeta) -> str:
    first, last = view.start, view.end
    year = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    span = f"{first.year}" if first.year == last.year else f"{first.year} to {last.year}"
    if not year:
        span = period(first, last)
        if len(span) > MOST_LETTERS:  # over years the days matter least
            span = f"{first:%b %Y}\u2013{last:%b %Y}"
    more = [f"{view.hours[0]:02d}-{view.hours[1]:02d}"] if view.hours else []
    more += [words.counted(len(view.weekdays), "weekday")] if view.weekdays else []
    return ", ".join([span, *more])


def _what(view: View, meta: TableMeta) -> str:
    if len(view.kinds) == 1:
        return words.sentence_case(words.label("kind", view.kinds[0]))
    return f"{len(view.kinds)} kinds" if view.kinds else "All kinds"


def _where(view: View, meta: TableMeta) -> str:
    if view.shape:
        return "Inside a shape"
    if len(view.areas) == 1:
        return words.spell_area(view.areas[0])
    return f"{len(view.areas)} areas" if view.areas else f"All of {meta['place']['name']}"


def _more(view: View, meta: TableMeta) -> str:
    return "More"


def _ask_source(pill: Pill, asking: Asking) -> None:
    options = tuple(ROWS["source"].options(asking.meta))
    asking.widget("source", captions=source_choice.source_captions(asking.meta, options))


def _ask_when(pill: Pill, asking: Asking) -> None:
    widget = asking.widget
    when_choice.show_ranges(asking.begun, asking.meta)
    with st.container(key="dates", horizontal=True):
        widget("from")
        widget("to")
    with st.expander("Hours and weekdays"):
        for word in ("hours", "weekday", "night"):
            widget(word)
    widget("compare", disabled=when_choice.begins_first(asking.begun))
    if reason := when_choice.no_comparison(asking.begun):
        st.text(reason)
    if asking.before.get("compare") == OWN:  # asked for only where they are used
        widget("versus_from")
        widget("versus_to")


def _ask_all(pill: Pill, asking: Asking) -> None:
    for word in pill.words:
        asking.widget(word)


def _ask_where(pill: Pill, asking: Asking) -> None:
    asking.widget("area")
    where_choice.ask_around(ROWS["area"].options(asking.meta))
    where_choice.show_tools()
    asking.widget("shape")


def _ask_more(pill: Pill, asking: Asking) -> None:
    sources = chosen_sources(asking.begun, asking.meta)
    for word in pill.words:
        changed = is_set(word, asking.before, asking.usual)
        if changed or not says_one_thing(ROWS[word], sources):
            asking.widget(word)


PILLS = (
    Pill("source", ("source",), _source, _ask_source),
    Pill(
        "when",
        ("from", "to", "hours", "weekday", "night", "compare", "versus_from", "versus_to"),
        _when,
        _ask_when,
    ),
    Pill("what", ("kind",), _what, _ask_all),
    Pill("where", ("area", "shape"), _where, _ask_where),
    Pill(
        "more",
        (
            "measure",
            "set",
            "since",
            "via",
            "response",
            "force",
            "harm",
            "city",
            "setting",
            "grade",
            "place",
            "time",
        ),
        _more,
        _ask_more,
    ),
)


def defaults(meta: TableMeta, settings: Settings, sources: tuple[str, ...] = ()) -> dict[str, Any]:
    """The value of every widget before the reader chooses more than the sources, by filter word."""
    found = {
        row.word: EMPTY[row.widget] if row.widget in EMPTY else row.options(meta)[0]
        for row in FILTERS
    }
    opens = opening_sources(meta, settings)
    area_set = meta.get("chosen_set", "") or found["set"]
    return found | {
        "source": source_option(opens[0]) if opens else "",
        "compare": COMPARED[0],
        "measure": usual_measure(meta, sources or opens, area_set),
    }


def clear_filters(usual: Mapping[str, Any], only: tuple[str, ...] = tuple(ROWS)) -> None:
    """Put the widgets of some filters, or of all, back to what they are before a choice."""
    for word in only:
        if word in st.session_state:
            st.session_state[word] = usual[word]


def now_chosen() -> dict[str, Any]:
    """What is chosen as this run begins, by filter word: in a widget, else in the link."""
    found: dict[str, Any] = {}
    for word, row in ROWS.items():
        if word in st.session_state:
            found[word] = st.session_state[word]
        elif texts := st.query_params.get_all(word):
            found[word] = texts if row.widget == "several" else texts[-1]
    return found


def is_set(word: str, chosen: Mapping[str, Any], usual: Mapping[str, Any]) -> bool:
    """Return whether a filter asks for something else than it usually does."""
    return chosen.get(word) not in (None, "", [], "false", False, usual[word])


def ask_filters(
    meta: TableMeta, settings: Settings, begun: View, counted: Mapping[str, int]
) -> tuple[dict[str, Any], str]:
    """Ask for the reader's choices; return them by filter word, and the style of the pills.

    `begun` is the View as this run begins: it names the pills; `counted` its counts.
    """
    known: TableMeta = {**meta, "chosen_set": st.session_state.get("set", begun.area_set)}
    usual, before = defaults(known, settings, begun.sources), now_chosen()
    chosen: dict[str, Any] = {}
    marked: list[str] = []

    def widget(word: str, **more: Any) -> None:
        row = ROWS[word]
        chosen[word] = WIDGETS[row.widget](row, tuple(row.options(known)), usual[word], **more)

    asking = Asking(known, begun, before, usual, widget)
    with st.container(key="filters", horizontal=True, vertical_alignment="center", wrap=False):
        for pill in PILLS:
            changed = [word for word in pill.words if is_set(word, before, usual)]
            marked += [pill.key] if changed else []
            name = pill.name(begun, known)
            name += f" ({len(changed)})" if pill.key == "more" and changed else ""
            with st.container(key=f"pill_{pill.key}", horizontal=True, gap=None, width="content"):
                with st.popover(plain(_cut(name)), key=f"open_{pill.key}", width="content"):
                    pill.ask(pill, asking)
                if changed:
                    st.button(
                        "×",
                        key=f"clear_{pill.key}",
                        help=f"Take back: {plain(name)}",
                        on_click=clear_filters,
                        args=(usual, pill.words),
                    )
            if pill.key == "when":
                many = len([p for p in PILLS[2:] if any(is_set(w, before, usual) for w in p.words)])
                st.html(_more_filters(many), width="content")
        st.button("Reset", key="reset", on_click=clear_filters, args=(usual,), type="tertiary")
        st.html(count_html(counted["n"], begun, meta), width="content")
    return chosen, _style(marked)


def count_html(shown: int, view: View, meta: TableMeta) -> str:
    """How many records a View shows, of all those of its source."""
    every = sum(source["rows"] for source in chosen_sources(view, meta))
    return f'<p class="porch-count"><b>{shown:,}</b> of {every:,}</p>'


def pill_names(view: View, meta: TableMeta) -> list[str]:
    """The names of the pills of a View on which no filter is set."""
    return [_cut(pill.name(view, meta)) for pill in PILLS]


def _cut(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else name[: MOST_LETTERS - 1].rstrip() + "…"


def _more_filters(many: int) -> str:
    """The button that opens the other pills on a phone: what it does is the page's own script."""
    count = f" ({many})" if many else ""
    return (
        '<button type="button" class="porch-filters" data-fold="filters" '
        f'aria-expanded="false">Filters{count}</button>'
    )


def _style(marked: list[str]) -> str:
    """The style that tints the pills which are set, and shows what takes them back."""
    if not marked:
        return ""
    tinted = ", ".join(f".st-key-pill_{key} button" for key in marked)
    crossed = ", ".join(f".st-key-pill_{key} .st-key-clear_{key}" for key in marked)
    return (
        f"{tinted} {{ background: var(--porch-tint) !important; "
        f"border-color: var(--porch-accent) !important; }} {crossed}, "
        ".st-key-filters .st-key-reset { display: flex !important; }"
    )


def says_one_thing(row: Filter, sources: list[SourceMeta]) -> bool:
    """Return whether all records of the sources have one value in a filter's column: nothing to
    choose."""
    counts = [source["counts"].get(row.column) for source in sources]
    if not row.column or None in counts:
        return False
    return len({word for count in counts if count for word, n in count.items() if n}) <= 1
