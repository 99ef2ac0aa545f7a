"""The pictures of a page: each chart and map with its words and numbers, which Share offers as files."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, NamedTuple

import altair as alt
import pandas as pd
import streamlit as st

from data.pictures.figure import Chart, Figure
from data.pictures.light import spec_in_light
from data.views.view import View


class PagePicture(NamedTuple):
    """A picture of a page: a short name, what it is a picture of ("" where it says what the page
    says), its measure and unit, what somebody hears who cannot see it, and the figure, made when
    asked. `view` is the View that it is of, and `says` its own sentence, where these are not the
    page's."""

    name: str
    of: str
    measure: str
    alt: str
    figure: Callable[[], Figure]
    view: View | None = None
    says: str = ""


PictureMaker = Callable[[], PagePicture | None]  # None where there is nothing to draw


class PagePictures:
    """What the page of this run shows: its headline, its pictures in their order, and the Views of
    other sources whose records stand in them too; and if the screen is dark, which pictures never
    are."""

    def __init__(self, dark: bool = False) -> None:
        self.dark = dark
        self.headline = ""
        self.makers: list[PictureMaker] = []
        self.others: list[View] = []

    def pictures(self) -> list[PagePicture]:
        """The pictures of the page, described now."""
        made = (make() for make in self.makers)
        return [picture for picture in made if picture is not None]


_PAGE: ContextVar[PagePictures | None] = ContextVar("pictures", default=None)  # of this run


def start_page(dark: bool) -> None:
    """Begin the list of a run's pictures."""
    _PAGE.set(PagePictures(dark))


def page_pictures() -> PagePictures:
    """The pictures of the run that goes on; none where a part of a page reruns alone."""
    return _PAGE.get() or PagePictures()


def name_page(headline: str) -> None:
    """State the sentence that the page says."""
    page_pictures().headline = headline


def add_other(other: View) -> None:
    """State that the page's pictures and tables hold records of another View too."""
    page_pictures().others.append(other)


def with_others(view: View) -> View:
    """A page's View with the sources of all that its pictures hold: who recorded them, and whether
    they may be published."""
    others = (name for other in page_pictures().others for name in other.sources)
    return replace(view, sources=tuple(dict.fromkeys((*view.sources, *others))))


def add_picture(make: PictureMaker) -> None:
    """Put a picture into the list of the page; it is described when the page is whole."""
    page_pictures().makers.append(make)


def show_chart(
    chart: Any,
    name: str,
    alt_text: str,
    numbers: pd.DataFrame | None = None,
    *,
    of: str | None = None,
) -> None:
    """Draw a chart, and list it under a name. `alt_text` says what is seen, not only what it is.

    `numbers` are folded below it, with the headers that readers see, where the page has no table
    of them. `of` says what it is a picture of, where that is not its name; "" stands for the
    sentence of the page.
    """
    st.altair_chart(chart, alt=alt_text)
    dark = page_pictures().dark
    picture = PagePicture(
        name,
        name if of is None else of,
        measure_of(chart),
        alt_text,
        lambda: Chart(spec_in_light(chart.to_dict()) if dark else chart.to_dict()),
    )
    add_picture(lambda: picture)
    if numbers is not None and len(numbers):
        with st.expander("Numbers of this picture"):
            st.dataframe(numbers, hide_index=True, alt=f"Numbers of this picture: {name}")


def measure_of(chart: Any) -> str:
    """The words in a chart's own title: what is counted, and in which unit."""
    title = chart.title
    if title is alt.Undefined or title is None:
        return ""
    text = title["text"] if isinstance(title, dict) else getattr(title, "text", title)
    return " ".join(text) if isinstance(text, list) else str(text or "")


def spread_words(frame: pd.DataFrame, name: str, value: str, form: str = ",.0f") -> str:
    """Where a column is highest and where lowest, as a sentence; `name` says of what its rows are."""
    rows = frame[[name, value]].dropna()
    if rows.empty:
        return "There is no number to show."
    high, low = rows.iloc[rows[value].argmax()], rows.iloc[rows[value].argmin()]
    if high[value] == low[value]:
        return f"{len(rows):,} values, all {high[value]:{form}}."
    return (
        f"{len(rows):,} values. Highest: {_spoken(high[name])}, {high[value]:{form}}. "
        f"Lowest: {_spoken(low[name])}, {low[value]:{form}}."
    )


def _spoken(value: object) -> str:
    return f"{value:%B %-d, %Y}" if isinstance(value, pd.Timestamp) else str(value)
