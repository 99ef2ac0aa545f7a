"""The Protocol that the pages of patterns meet, and the one function that draws such a page."""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.palette import Theme
from data.views.view import View
from ui.cached import views
from ui.filters import way_out
from ui.frame import downloads, frame, method_note
from ui.frame.method_note import MethodNote
from ui.map import layers, leaflet, map_picture
from ui.map.patch import Picture
from ui.parts import pictures, tables


class NoAnswer(NamedTuple):
    """The title and the reason of a page on which there is nothing to choose and to find."""

    title: str
    reason: str = ""


class PatternPage(Protocol):
    """A finding on a View as a page: a frozen dataclass of the View, what was chosen and found.

    `METHOD` is the number of data.methods that it is, `COLUMNS` are those of its table.
    """

    METHOD: ClassVar[str]
    COLUMNS: ClassVar[tables.Columns]
    view: View

    @classmethod
    def refuse(cls, view: View) -> NoAnswer | None:  # noqa: ARG003
        """Return why nothing can be looked for in a View, before anything is chosen."""
        return None

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:
        """Ask for the page's own choices, and find what they lead to.

        What only repeats a finding, the seed, is asked for in the `fold` of the method.
        """
        ...

    def why_not(self) -> object | None:
        """Return a value that is the reason why nothing can be said; None where something can."""
        return None

    def title(self) -> str:
        """Return the finding, or that there can be none, in one sentence."""
        ...

    def sentences(self) -> list[str]:
        """Return what was found, what that is worth, and what was left out."""
        ...

    def table(self) -> pd.DataFrame:
        """Return the rows of the finding, which readers take away too."""
        ...

    def columns(self) -> tables.Columns:
        """Return the words for the columns of `table`."""
        return self.COLUMNS

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        ...

    def show_top(self, theme: Theme) -> None:  # noqa: ARG002
        """Show what stands under the title, above the choices."""
        say(self.sentences())

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show picture and table below the choices; return the rows to take away, if any."""
        ...

    def show_more(self) -> None:
        """Show what stands below the buttons of the table."""
        return


class MapPage(PatternPage, Protocol):
    """A page of patterns whose finding is drawn on the map of areas."""

    def picture(self, theme: Theme) -> Picture:
        """Return what differs on the map from one on which nothing is drawn."""
        ...


def show_pattern_page(kind: type[PatternPage]) -> None:
    """Draw a page of patterns in the frame, from its title to its link."""
    view, theme = frame.view(), frame.theme()
    if why := kind.refuse(view):
        frame.head(why.title)
        say([why.reason] if why.reason else [])
        way_out.show_way_out(view)
        frame.foot(view)
        return
    top, body, folds = st.container(), st.container(), method_note.open_folds()
    with body:
        page = kind.ask(view, folds.method)
        note = page.method_note()
        with top:
            frame.head(page.title())
            page.show_top(theme)
        if page.why_not():
            way_out.show_way_out(view)
        rows = page.show(theme)
        if rows is not None:
            downloads.finding_buttons(page.view, rows, page.columns(), note)
        page.show_more()
    method_note.show_method_note(page.view, note, folds)


def say(lines: list[str]) -> None:
    """Show sentences, one below another, as plain text."""
    for line in lines:
        st.text(line)


def show_map(page: MapPage, theme: Theme, key: str, wide: float = 0.68) -> DeltaGenerator:
    """Draw a page's picture on a map, `wide` times the column beside it, which comes back."""
    left, beside = st.columns([wide, 1])
    view = page.view
    with left:
        patch = layers.still(view, views.answer(view), theme, **page.picture(theme))
        pictures.add_picture(lambda: map_picture.map_picture(view, patch, theme.dark))
        leaflet.draw(key, frame.map_title(view), views.bounds(view), patch)
    return beside


def ask_one(
    label: str, options: Sequence[Any], *, usual: Any = None, word: str, width: int, help: str = ""
) -> Any:
    """Ask for one of some options in a list; the link's `word` restores what was chosen."""
    return st.selectbox(
        label,
        options,
        0 if usual is None else options.index(usual),
        key=word,
        bind="query-params",
        width=width,
        help=help or None,
    )
