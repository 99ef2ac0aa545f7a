"""The filters of the frame: one widget a row, bound to the link."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from data.settings import Settings
from data.storage.meta_types import TableMeta
from data.views.filters import FILTERS, Filter, source_option
from data.views.links import newest_day, opening_sources, usual_measure
from data.views.view import COMPARED, OWN

# the other filters are folded below; a fold opens when the link sets one of its filters
FIRST = ("source", "from", "to", "hours", "night", "weekday", "kind", "area", "shape")
THEN = ("measure", "compare")
VERSUS = ("versus_from", "versus_to")  # asked for only where they are used
QUICK = {"7 days": 7, "30 days": 30, "90 days": 90, "year": 365, "all": 0}
RADII = (200, 300, 400, 500, 600, 800, 1000, 1500, 2000, 3000, 5000)
EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)


def several(row: Filter, options: tuple[str, ...], default: Any) -> Any:
    """Any number of the options."""
    return st.multiselect(
        row.label,
        options,
        default=default or None,
        key=row.word,
        bind="query-params",
        help=row.help,
        placeholder="all" if row.word != "source" else f"{default[0]}",
    )


def one(row: Filter, options: tuple[str, ...], default: Any) -> Any:
    """Exactly one of the options."""
    index = options.index(default) if default in options else 0
    return st.selectbox(
        row.label, options, index=index, key=row.word, bind="query-params", help=row.help
    )


def typed(row: Filter, options: tuple[str, ...], default: Any) -> Any:
    """One of the options, or what the reader types."""
    return st.selectbox(
        row.label,
        options,
        key=row.word,
        bind="query-params",
        help=row.help,
        accept_new_options=True,
    )


def day(row: Filter, options: tuple[str, ...], default: Any) -> Any:
    """A date, or none."""
    return st.date_input(
        row.label,
        value=None,
        key=row.word,
        bind="query-params",
        help=row.help,
        min_value=EARLIEST,
        max_value=LATEST,
        format="YYYY-MM-DD",
    )


def switch(row: Filter, options: tuple[str, ...], default: Any) -> Any:
    """Yes or no."""
    return st.toggle(row.label, key=row.word, bind="query-params", help=row.help)


def text(row: Filter, options: tuple[str, ...], default: Any) -> Any:
    """A few words."""
    return st.text_input(row.label, key=row.word, bind="query-params", help=row.help)


WIDGETS: dict[str, Callable[[Filter, tuple[str, ...], Any], Any]] = {
    "several": several,
    "one": one,
    "typed": typed,
    "date": day,
    "switch": switch,
    "text": text,
}


def defaults(meta: TableMeta, settings: Settings) -> dict[str, Any]:
    """The value of every widget before the reader chooses, by filter word."""
    empty: dict[str, Any] = {"several": [], "date": None, "switch": False, "text": ""}
    found = {
        row.word: empty[row.widget] if row.widget in empty else row.options(meta)[0]
        for row in FILTERS
    }
    sources = opening_sources(meta, settings)
    opens = [source_option(name) for name in sources]
    usual = usual_measure(meta, sources, meta.get("chosen_set", "") or found["set"])
    return found | {"source": opens, "compare": COMPARED[0], "measure": usual}


def ask_filters(meta: TableMeta, settings: Settings) -> dict[str, Any]:
    """Ask for the reader's choices; return them by filter word."""
    rows = {row.word: row for row in FILTERS}
    known: TableMeta = {**meta, "chosen_set": st.session_state.get("set", "")}
    usual = defaults(known, settings)

    def widget(word: str) -> Any:
        row = rows[word]
        return WIDGETS[row.widget](row, tuple(row.options(known)), usual[word])

    def clear() -> None:
        for word, value in {**usual, "quick": None}.items():
            if word in st.session_state:
                st.session_state[word] = value

    chosen: dict[str, Any] = {}
    with st.sidebar:
        chosen["source"] = widget("source")
        _quick(chosen["source"], meta, settings)
        for word in FIRST[1:] + THEN:
            chosen[word] = widget(word)
            if word == "shape":
                _around(rows["area"].options(known))
        if chosen["compare"] == OWN:
            for word in VERSUS:
                chosen[word] = widget(word)
        rest = [word for word in rows if word not in (*FIRST, *THEN, *VERSUS)]
        # made only when opened or set: half of the widgets are seldom asked for
        box = st.expander("More filters", on_change="rerun", key="more")
        if box.open or _any_set(rest):
            with box:
                for word in rest:
                    chosen[word] = widget(word)
        st.button("Clear all filters", on_click=clear, width="stretch")
    return chosen


def _around(names: Sequence[str]) -> None:
    """A circle around an area: the way to draw without a mouse."""

    def draw() -> None:
        state = st.session_state
        state["shape"] = f"{state['around_metres']} m around {state['around_area']}"

    with st.popover("Around an area", width="stretch", disabled=not names):
        st.selectbox("Area in the middle", names, key="around_area")
        st.select_slider("Metres around its centre", RADII, value=800, key="around_metres")
        st.button("Show only this circle", on_click=draw, disabled=not names)


def _any_set(found: list[str]) -> bool:
    """Return whether the link or the reader has set one of these filters."""
    return any(word in st.query_params for word in found)


def _quick(sources: list[str], meta: TableMeta, settings: Settings) -> None:
    names = tuple(
        s["name"] for s in meta["sources"] if source_option(s["name"]) in sources
    ) or opening_sources(meta, settings)

    def choose() -> None:
        picked = st.session_state.get("quick")
        if picked is None:
            return
        last = newest_day(names, meta)
        count = QUICK[picked]
        st.session_state["from"] = last - timedelta(days=count - 1) if count else None
        st.session_state["to"] = last if count else None

    st.segmented_control(
        "Last days of the records",
        list(QUICK),
        key="quick",
        on_change=choose,
        help="Counted back from the newest record of the sources chosen.",
    )
