"""The page Force and harm: kinds of force and what harm was done, by month and area, for each source."""

from collections.abc import Iterator, Sequence
from html import escape

import pandas as pd
import streamlit as st

from data import words
from data.newsroom import month_chart, sentences
from data.newsroom.harms import CellOf, Harms, WordColumn, records_harm, view_of_harms
from data.numbers import newsroom_numbers
from data.views.view import View
from ui.cached import newsroom, views
from ui.frame import frame
from ui.frame.method_note import MethodNote
from ui.newsroom.cell_table import Cell, Row, show_cells
from ui.newsroom.source_panels import PanelPage, say_lines, show_panels
from ui.parts import pictures
from ui.parts.pictures import PagePicture

METHOD = "Force and harm"
_MONTHS, _AREAS = 24, 15  # rows of the tables
_READ = (
    "A small chart is one kind of force or harm: records a month that have it, all of a source on one scale.",
    "One record may have several kinds, so the charts and columns do not add up to the records.",
    "A number in a table opens the records that it counts.",
    "Months without a bar have no such record: that is not the same as nothing happened.",
)


def show() -> None:
    """Draw the page."""
    show_panels(
        PanelPage(
            "what force was used or what harm was done",
            records_harm,
            lambda view: sentences.title_harms(newsroom.count_harms(view), views.meta(view.stamp)),
            _draw,
            ("forces", "harms"),
            MethodNote(METHOD, _READ, {}, {}),
            "Import one whose mapping names a column for force, injured or harm.",
        )
    )


def _draw(view: View) -> None:
    found = newsroom.count_harms(view)
    say_lines(sentences.say_harms(found))
    if not int(found.total["of"]):
        return
    _offer_picture(found)
    used = [*found.used("harm"), *found.used("force")]
    _show_charts(found, [one for one in used if one.word not in (words.NOT_RECORDED, "none")])
    _show_table(
        "Month", list(_month_rows(found, used)), used, _rest(found.months, _MONTHS, "month")
    )
    if len(found.areas):
        _show_table("Area", list(_area_rows(found, used)), used, _rest(found.areas, _AREAS, "area"))
    if len(found.cities) > 1 or not len(found.areas):
        _show_table("City", list(_city_rows(found, used)), used, "")
    if found.outside and len(found.areas):
        st.text(
            f"{found.outside:,} of {int(found.total['of']):,} records are in no area of the map."
        )


def _offer_picture(found: Harms) -> None:
    """List the panel's kinds of force and harm as one picture, which Share offers."""
    meta = views.meta(found.view.stamp)
    pictures.add_picture(
        PagePicture(
            f"Force and harm: {sentences.name_records(found.view, meta)}",
            sentences.title_harms(found, meta),
            newsroom_numbers.HARM_MEASURE,
            " ".join(sentences.say_harms(found)),
            lambda: newsroom_numbers.draw_harms(found),
            found.view,
        )
    )


def _rest(frame: pd.DataFrame, most: int, noun: str) -> str:
    """What a table leaves out; empty where nothing."""
    if len(frame) <= most:
        return ""
    which = "newest" if noun == "month" else "first"
    how = "choose a period under When" if noun == "month" else "choose one under Where"
    return f"The {which} {most} of {len(frame):,} {noun}s; {how} for the others."


def _show_charts(found: Harms, used: Sequence[WordColumn]) -> None:
    """One small chart a kind of force or harm, on one scale."""
    theme, months = frame.theme(), found.months["month"]
    if not used:
        return
    span = (months.min(), months.max())
    top = max(int(found.months[one.name].max()) for one in used)
    st.text(f"Records a month, all on one scale from 0 to {top:,}.")
    with st.container(horizontal=True):
        for one in used:
            rows = found.months[["month", one.name]].set_axis(["month", "n"], axis=1)
            label = words.sentence_case(one.label)
            with st.container(width=250):
                st.html(f'<p class="porch-chart-name">{escape(label)}</p>')
                spec = month_chart.stacked_months(
                    rows[rows["n"] > 0].assign(what=label),
                    {label: theme.accent},
                    frame.changes(found.view),
                    theme,
                    span,
                    top,
                )
                st.vega_lite_chart({**spec, "height": 84}, alt=f"{label}: records by month")


def _show_table(head: str, rows: list[Row], used: Sequence[WordColumn], rest: str) -> None:
    heads = [head, "All", *(words.sentence_case(one.label) for one in used)]
    show_cells(heads, rows, 1, f"Records by {head.lower()}, harm and force")
    if rest:
        st.text(rest)


def _month_rows(found: Harms, used: Sequence[WordColumn]) -> Iterator[Row]:
    """All months, then each, the newest first."""
    yield _counted(found, "All months", found.total, used, CellOf())
    for _, row in found.months.iloc[::-1].head(_MONTHS).iterrows():
        at = CellOf(month=row["month"].date())
        yield _counted(found, f"{row['month']:%b %Y}", row, used, at)


def _area_rows(found: Harms, used: Sequence[WordColumn]) -> Iterator[Row]:
    """The areas with most records first."""
    for _, row in found.areas.head(_AREAS).iterrows():
        yield _counted(found, words.spell_area(row["area"]), row, used, CellOf(area=row["area"]))


def _city_rows(found: Harms, used: Sequence[WordColumn]) -> Iterator[Row]:
    """The cities with most records first."""
    for _, row in found.cities.iterrows():
        yield _counted(found, row["city"], row, used, CellOf(city=row["city"]))


def _counted(
    found: Harms, name: str, counts: pd.Series, used: Sequence[WordColumn], at: CellOf
) -> Row:
    cells = [Cell(int(counts["of"]), view_of_harms(found.view, None, at), name)]
    for one in used:
        view = view_of_harms(found.view, one, at)
        cells.append(Cell(int(counts[one.name]), view, f"{name}, {one.label}"))
    return Row((name,), cells, at == CellOf())
