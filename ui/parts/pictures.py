"""The pictures of a page: each chart and map with its words and numbers, which Share offers as files."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

import altair as alt
import pandas as pd
import streamlit as st

from data.pictures.figure import Chart, Figure
from data.pictures.light import spec_in_light
from data.views.view import View


class PagePicture(NamedTuple):
    """A picture of a page: a short name, the sentence it says ("" where that is the page's), its
    measure and unit, what somebody hears who cannot see it, and the figure, made when asked.
    `view` is the View that it is of, where that is not the page's."""

    name: str
    says: str
    measure: str
    alt: str
    figure: Callable[[], Figure]
    view: View | None = None


class PagePictures:
    """What the page of this run shows: its headline and its pictures, in their order."""

    def __init__(self) -> None:
        self.headline = ""
        self.pictures: list[PagePicture] = []


_PAGE: ContextVar[PagePictures | None] = ContextVar("pictures", default=None)  # of this run


def start_page() -> None:
    """Begin the list of a run's pictures."""
    _PAGE.set(PagePictures())


def page_pictures() -> PagePictures:
    """The pictures of the run that goes on; none where a part of a page reruns alone."""
    return _PAGE.get() or PagePictures()


def name_page(headline: str) -> None:
    """State the sentence that the page says."""
    page_pictures().headline = headline


def add_picture(picture: PagePicture) -> None:
    """Put a picture into the list of the page."""
    page_pictures().pictures.append(picture)


def show_chart(
    chart: Any, name: str, alt_text: str, numbers: pd.DataFrame | None = None, *, says: str = ""
) -> None:
    """Draw a chart, and list it under a name. `alt_text` says what is seen, not only what it is.

    `numbers` are folded below it, with the headers that readers see, where the page has no table
    of them; `says` is the sentence of its picture, where that is not the page's headline.
    """
    st.altair_chart(chart, alt=alt_text)
    add_picture(
        PagePicture(
            name,
            says or name,
            measure_of(chart),
            alt_text,
            lambda: Chart(spec_in_light(chart.to_dict())),
        )
    )
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
