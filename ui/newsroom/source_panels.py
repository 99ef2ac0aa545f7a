"""A page of panels: each source by itself, side by side where there is room, never added up."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from data.newsroom import source_views
from data.storage.meta_types import SourceMeta
from data.views import links
from data.views.sql import chosen_sources
from data.views.view import View
from ui.cached import newsroom, views
from ui.frame import counting, frame, method_note
from ui.frame.look import plain
from ui.frame.method_note import MethodNote

_BESIDE = 2  # panels in a row
_OF_MAPS = ("no_point", "outside", "no_step", "cut_night")  # of no bearing here
_FILTERED = "You filter by it, so shares say nothing. Clear that filter to see all records."
_APART = "Each source by itself, never added up: they cover different times and places."


class PanelPage(NamedTuple):
    """A page of panels.

    `records_it` tells whether a source is shown, `title` the finding of the first panel, `draw` draws
    one, `fields` are those of a View that take the meaning from its shares. `lacks` is said
    where no source records it.
    """

    what: str
    records_it: Callable[[SourceMeta], bool]
    title: Callable[[View], str]
    draw: Callable[[View], None]
    fields: tuple[str, ...]
    note: MethodNote
    lacks: str


def show_panels(page: PanelPage) -> None:
    """Draw a page of panels in the frame, from its title to its link."""
    view = frame.view()
    shown = newsroom.views_by_source(view, page.records_it)
    if not shown:
        frame.head(f"No source records {page.what}")
        st.text(page.lacks)
    else:
        frame.head(page.title(source_views.first_view(shown, view)))
        st.text(_introduction(view, shown, page))
        for at in range(0, len(shown), _BESIDE):
            row = shown[at : at + _BESIDE]
            for column, one in zip(st.columns(len(row), gap="large"), row):
                with column:
                    _show_panel(one, page)
    method_note.fill_folds(page.note, method_note.open_folds())
    frozen = source_views.frozen_moment(shown)
    own = {links.SETTLED: frozen} if frozen and not view.settled_by else {}
    counting.show_counting(view, frame.page_words(own), with_method=False)
    _show_foot(view, shown)
    frame.fill_share(view, own)


def _show_foot(view: View, shown: Sequence[View]) -> None:
    """Of which data the page is; and the reader's own source where it has no panel."""
    if any(one.sources == view.sources for one in shown):
        frame.stamp_line(view)
        return
    st.text("The source that you chose does not record it, so it has no panel above:")
    frame.view_sentence(view)
    frame.source_lines(view)


def _introduction(view: View, shown: Sequence[View], page: PanelPage) -> str:
    """What the panels are of, and which sources have none."""
    own = {one.sources for one in shown}
    meta = views.meta(view.stamp)
    others = [s["says"] for s in meta["sources"] if s["rows"] and (s["name"],) not in own]
    lacks = (
        f" These do not record {page.what}: {', '.join(dict.fromkeys(others))}." if others else ""
    )
    return f"{_APART}{lacks} Each number opens its records."


def _show_panel(view: View, page: PanelPage) -> None:
    (source,) = chosen_sources(view, views.meta(view.stamp))
    st.header(plain(source["title"]), anchor=False)
    coverage = views.coverage(view)
    filtered = any(getattr(view, field) for field in page.fields)
    lines = [
        frame.DEMONSTRATION if source["made"] else "",
        _period_sentence(view),
        coverage.gap,
        _FILTERED if filtered else "",
        *frame.change_words(view),
    ]
    say_lines([line for line in lines if line])
    if coverage.some:
        page.draw(view)
    st.text(f"What these numbers cover: {source['covers']}")


def say_lines(lines: Sequence[str]) -> None:
    """Show sentences close below each other, as plain text."""
    with st.container(gap="xsmall"):
        for line in lines:
            st.text(line)


def _period_sentence(view: View) -> str:
    """The View of a panel in words: N of M, the period, and what is left out and why."""
    counted = views.headline(view)
    told = {key: n for key, n in counted.items() if key not in _OF_MAPS}
    return links.sentence(view, views.meta(view.stamp), told)
