"""The page Police response: how local police responded, by city and month, for each source."""

from collections.abc import Iterator
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from data import words
from data.newsroom import month_chart, sentences
from data.newsroom.responses import POLICE, Responses, records_response, view_of_responses
from data.numbers import newsroom_numbers
from data.views.view import View
from ui.cached import newsroom, views
from ui.frame import frame
from ui.frame.method_note import MethodNote
from ui.newsroom.cell_table import Cell, Row, legend_html, show_cells
from ui.newsroom.source_panels import PanelPage, say_lines, show_panels
from ui.parts import pictures
from ui.parts.pictures import PagePicture

METHOD = "Police response by city and month"
_CITIES = 6  # that have a chart of their own
_MONTHS = 36  # newest months of a city in the table
_ORDER = [word.code for word in words.TABLES["response"]]
_READ = (
    "A bar is a month; its parts are what the records say local police did. Gray: the record does not say.",
    "A number in the table opens the records that it counts.",
    "A record is in the city that it names, else in the place itself where it lies in its areas.",
    "Months and cities without a bar have no record: that is not the same as nothing happened.",
)


def show() -> None:
    """Draw the page."""
    show_panels(
        PanelPage(
            sentences.WHAT,
            records_response,
            lambda view: sentences.title_responses(
                newsroom.count_responses(view), views.meta(view.stamp)
            ),
            _draw,
            ("responses",),
            MethodNote(METHOD, _READ, {}, {}),
            "Import one whose mapping names a column for the response of local police.",
        )
    )


def _draw(view: View) -> None:
    found = newsroom.count_responses(view)
    say_lines(sentences.say_responses(found))
    if found.answers.of:
        _offer_picture(found)
        _show_charts(found)
        _show_table(found)


def _offer_picture(found: Responses) -> None:
    """List the panel's charts as one picture, which Share offers."""
    meta = views.meta(found.view.stamp)
    pictures.add_picture(
        lambda: PagePicture(
            f"Police response: {sentences.name_records(found.view, meta)}",
            "",
            newsroom_numbers.RESPONSE_MEASURE,
            " ".join(sentences.say_responses(found)),
            lambda: newsroom_numbers.draw_responses(meta, found),
            found.view,
            sentences.title_responses(found, meta),
        )
    )


def _used(found: Responses) -> list[str]:
    """The responses that some record has, the silent one first."""
    here = set(found.counts["response"])
    return [code for code in _ORDER if code in here]


def _label(code: str) -> str:
    return words.sentence_case(words.label(POLICE.column, code))


def _show_charts(found: Responses) -> None:
    """Stacked bars by month, a chart for each of the cities with most records, on one scale."""
    theme, used = frame.theme(), _used(found)
    every = month_chart.color_words(_ORDER[1:] + _ORDER[:1], POLICE.silent, theme.dark)
    colors = {_label(code): color for code, color in every.items() if code in used}
    drawn = found.cities[:_CITIES]
    shown = found.counts[found.counts["city"].isin(drawn)]
    span = (found.counts["month"].min(), found.counts["month"].max())
    top = int(shown.groupby(["city", "month"])["n"].sum().max())
    st.html(legend_html(colors))
    for city in drawn:
        rows = shown[shown["city"] == city]
        rows = rows.drop(columns="city").assign(what=rows["response"].map(_label))
        spec = month_chart.stacked_months(rows, colors, frame.changes(found.view), theme, span, top)
        st.html(f'<p class="porch-chart-name">{escape(city)}<span>records a month</span></p>')
        name = f"What local police did in {city}: records by month"
        st.vega_lite_chart({**spec, "height": 220 if len(drawn) == 1 else 84}, alt=name)
    if rest := len(found.cities) - len(drawn):
        st.text(f"Drawn: the {_CITIES} cities with most records. {rest} more are in the table.")


def _show_table(found: Responses) -> None:
    used = _used(found)
    heads = ["City", "Month", "All", *map(_label, used)]
    rows = list(_rows(found, used))
    show_cells(heads, rows, 2, "Records by city, month and what local police did")
    months = found.counts.groupby("city")["month"].nunique()
    if len(months) and (most := int(months.max())) > _MONTHS:
        st.text(
            f"The newest {_MONTHS} of {most:,} months of a city; choose a period under When for the others."
        )
    never = [_label(code).lower() for code in _ORDER if code not in used]
    if never:
        st.text(f"No record says: {', '.join(never)}.")


def _rows(found: Responses, used: list[str]) -> Iterator[Row]:
    """The rows of each city: all its months, then each, the newest first."""
    for city in found.cities:
        own = found.counts[found.counts["city"] == city]
        yield _counted(found.view, city, None, own, used)
        months = sorted(own["month"].dt.date.unique(), reverse=True)
        for month in months[:_MONTHS]:
            yield _counted(found.view, city, month, own[own["month"].dt.date == month], used)


def _counted(
    view: View, city: str, month: date | None, counts: pd.DataFrame, used: list[str]
) -> Row:
    when = f"{month:%b %Y}" if month else "all months"
    often = counts.groupby("response")["n"].sum()
    cells = [
        Cell(
            int(often.get(code, 0)),
            view_of_responses(view, city, month, code),
            f"{city}, {when}, {_label(code)}",
        )
        for code in used
    ]
    every = Cell(int(often.sum()), view_of_responses(view, city, month), f"{city}, {when}")
    return Row((city, when), [every, *cells], month is None)
