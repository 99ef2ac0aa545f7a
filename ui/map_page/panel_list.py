"""The list beside the map: what the picture shows, ranked, in words and numbers."""

from dataclasses import replace
from html import escape

import streamlit as st

from data import words
from data.numbers import measures
from data.views.answers import Answer
from data.views.view import View
from ui.cached import views
from ui.map import cluster_layer, events
from ui.map.choices import MapChoices
from ui.parts import ranks

_TOGGLE = "measure_switch"
_SHORT = {"per 1,000": measures.RATE, "count": measures.COUNT}


def ask_measure(view: View, answer: Answer) -> None:
    """Ask whether areas are ranked by rate or by count, where there are rates."""
    if not is_asked(view, answer):
        return
    short = {word: name for name, word in _SHORT.items()}
    st.session_state[_TOGGLE] = short[view.measure]
    st.segmented_control(
        "Numbers",
        list(_SHORT),
        key=_TOGGLE,
        label_visibility="collapsed",
        required=True,
        on_change=_choose,
    )


def is_asked(view: View, answer: Answer) -> bool:
    """Return whether there are rates to choose."""
    rated = views.measured(replace(view, measure=measures.RATE))
    return rated.measure == measures.RATE and bool(answer.table["rate"].notna().any())


def _choose() -> None:
    st.session_state["measure"] = _SHORT[st.session_state[_TOGGLE]]
    events.ask_again()


def show_ranks(view: View, answer: Answer) -> None:
    """The first areas of the list, each with a bar, and the way to all of them."""
    rows = ranks.ranked_rows(answer, view)
    if not rows:
        return
    query = {word: st.query_params.get_all(word) for word in st.query_params}
    st.html(ranks.ranks_html(rows[: ranks.FIRST], view, len(rows), query))
    if len(rows) > ranks.FIRST:
        st.page_link("pages/areas.py", label=f"All {len(rows):,}")


def show_clusters(view: View, asked: MapChoices) -> None:
    """The areas that are clusters, with their own number and the one with their neighbors."""
    for line in cluster_layer.cluster_sentences(view, asked):
        st.text(line)
    clear = [row for row in cluster_layer.cluster_rows(view, asked) if row.clear]
    if clear:
        noun = words.name_units(view.area_set, 1)
        st.html(_table(clear, noun, cluster_layer.short_unit(view, asked)))
    st.page_link("pages/hot_spots.py", label="The whole table and the method")


def _table(rows: list[cluster_layer.Cluster], noun: str, unit: str) -> str:
    heads = (words.sentence_case(noun), unit, "with neighbors")
    lines = [
        f'<tr data-area="{row.row}"><td title="{escape(row.finding)}">{escape(row.name)}</td>'
        f"<td>{measures.number(row.own)}</td><td>{measures.number(row.with_neighbors)}</td></tr>"
        for row in rows
    ]
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    return f'<table class="porch-table"><tr>{head}</tr>{"".join(lines)}</table>'
