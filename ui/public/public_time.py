"""Public numbers over time: a line through the numbers and a band for their ranges."""

import altair as alt
import pandas as pd
import streamlit as st

from data import words
from data.palette import Theme
from data.published import release_words
from data.published.grid import Grid
from data.published.levels import CITY
from data.published.period_names import first_day, period_words
from data.release.tables import (
    ARTICLES,
    BANDS,
    LATE,
    OTHER_SETTING,
    PROVISIONAL,
    SENSITIVE,
    UNKNOWN_BAND,
    Table,
    estimate_path,
)
from ui.frame import look
from ui.parts import charts
from ui.public import public_choice, public_frame, public_tables, public_words
from ui.public.public_frame import Shown

_MOST_AREAS = 7  # through time at once
_FIRST_AREAS = 3  # by name, where none is chosen
_HOURS: dict[int | str, str] = {
    **{band: f"{band[:2]}:00 to {band[3:]}:00" for band in BANDS},
    UNKNOWN_BAND: "no hour known",
}
KEY = "The line is the number, the band its range: nine of ten hold."
HOLLOW = "Hollow dots are provisional."


def city_path(found: Shown) -> str:
    """The table of the whole city over time."""
    return public_choice.city_path(found.choice, found.city_unit)


def city(found: Shown, height: int = 170) -> pd.DataFrame:
    """The whole city over time, as a chart; what it shows."""
    unit = found.city_unit
    grid = public_choice.city_grid(found.kept.numbers, found.choice, unit)
    if grid is None:
        return pd.DataFrame()
    frame = public_choice.series(grid, {grid.columns[0]: "whole city"})
    heading = f"The whole city, each {unit}: {found.choice.kind}"
    _show(frame, heading, height, found.choice.exact)
    return frame


def _show(frame: pd.DataFrame, heading: str, height: int, exact: bool) -> None:
    key = "Exact counts." if exact else KEY
    hollow = f" {HOLLOW}" if (frame["status"] == PROVISIONAL).any() else ""
    st.altair_chart(band_chart(frame, heading, height), alt=f"{heading}. {key}{hollow}")
    st.caption(f"{key}{hollow}")


def band_chart(frame: pd.DataFrame, title: str, height: int) -> alt.LayerChart:
    """A line with a band. Columns: period, number, low, high, status."""
    theme: Theme = look.theme()
    exact = bool((frame["low"] == frame["high"]).all())
    told = pd.DataFrame(
        {
            "start": pd.to_datetime([first_day(p) for p in frame["period"]]),
            "number": frame["number"].astype(float),
            "low": frame["low"].astype(float),
            "high": frame["high"].astype(float),
            "when": [period_words(p) for p in frame["period"]],
            "said": [
                release_words.number_words(*ends, exact=exact)
                for ends in zip(frame["number"], frame["low"], frame["high"])
            ],
            "hollow": frame["status"] == PROVISIONAL,
        }
    )
    base = alt.Chart(told).encode(
        x=alt.X("start:T", title=None, axis=charts.dates(told["start"])),
        tooltip=[alt.Tooltip("when:N", title="period"), alt.Tooltip("said:N", title="number")],
    )
    number = alt.Y("number:Q", title=None, scale=alt.Scale(domainMin=0), axis=charts.COUNTS)
    band = base.mark_area(color=theme.accent, opacity=0.22).encode(y=alt.Y("low:Q"), y2="high:Q")
    line = base.mark_line(strokeWidth=1.8, color=theme.accent).encode(y=number)
    many = len(told) > 150
    dots = base.mark_point(size=14 if many else 34, opacity=1, strokeWidth=1.6, color=theme.accent)
    fill = alt.condition("datum.hollow", alt.value(theme.paper), alt.value(theme.accent))
    layers = [*([] if exact else [band]), line, dots.encode(y=number, fill=fill)]
    said = alt.TitleParams(**charts.chart_title(title, theme))
    return alt.LayerChart(layer=layers, title=said).properties(height=height)


def range_chart(frame: pd.DataFrame, title: str) -> alt.LayerChart:
    """A dot and its range in a row for each name, in the order of the rows."""
    theme: Theme = look.theme()
    told = frame.assign(
        said=[
            release_words.number_words(*ends, exact=False)
            for ends in zip(frame["number"], frame["low"], frame["high"])
        ]
    )
    label = alt.Axis(labelLimit=170, labelOverlap=False, ticks=False, domain=False)
    base = alt.Chart(told).encode(
        y=alt.Y("name:N", title=None, sort=list(told["name"]), axis=label),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title="number")],
    )
    across = alt.X("low:Q", title=None, scale=alt.Scale(domainMin=0), axis=charts.COUNTS)
    spans = base.mark_rule(strokeWidth=7, color=theme.accent, opacity=0.3)
    dots = base.mark_circle(size=60, color=theme.accent, opacity=1).encode(x="number:Q")
    said = alt.TitleParams(**charts.chart_title(title, theme))
    layers = [spans.encode(x=across, x2="high:Q"), dots]
    return alt.LayerChart(layer=layers, title=said).properties(height=26 * len(told) + 20)


def take_series(found: Shown, frame: pd.DataFrame, path: str, key: str) -> None:
    """The table of a chart as CSV."""
    if not frame.empty:
        columns = ["period", "name", "number", *([] if found.choice.exact else ["low", "high"])]
        more = [] if found.choice.exact else ["status"]
        public_tables.take(found, frame[[*columns, *more]], path, key)


def draw_areas(found: Shown) -> None:
    """Some areas through the released periods, one chart below the other."""
    choice = found.choice
    if choice.where == CITY:
        return
    st.header("By area", anchor=False)
    own, level = (
        public_choice.area_map(found.kept.numbers, choice),
        found.kept.levels.get(choice.where),
    )
    if own is None or level is None:
        st.text(f"There is no number of {choice.kind} for {choice.by}: choose another map or kind.")
        return
    codes: dict[int | str, str] = dict(zip(level.codes, level.names))
    first: dict[int | str, str] = dict(
        sorted(codes.items(), key=lambda pair: pair[1])[:_FIRST_AREAS]
    )
    named: dict[int | str, str] = {
        c: n for c, n in codes.items() if n in choice.areas[:_MOST_AREAS]
    }
    chosen = named or first
    frame = public_choice.series(own.grid, chosen)
    for area in chosen.values():
        mine = frame[frame["name"] == area]
        st.altair_chart(
            band_chart(mine, words.spell_area(area), 110),
            alt=f"{area}: {choice.source} a {choice.unit}. {KEY}",
        )
    if not choice.areas:
        st.text("The first areas by name. Choose others under “All areas”.")
    elif len(choice.areas) > _MOST_AREAS:
        st.text(f"The first {_MOST_AREAS} of {len(choice.areas)} areas.")
    take_series(found, frame, found.path, "areas_time")


def hours(found: Shown) -> None:
    """The whole city by six hours of the day, in the newest period."""
    if found.choice.exact or not found.kept.numbers.hours:
        return
    unit = next(unit for unit in ("quarter", "year") if unit in found.kept.numbers.hours)
    grid = found.kept.numbers.hours[unit]
    st.header("Hours of the day, all kinds together", anchor=False)
    frame = public_choice.series(grid, _HOURS)
    newest = frame[frame["period"] == grid.periods[-1]]
    title = f"The whole city, {period_words(grid.periods[-1])}"
    st.altair_chart(range_chart(newest, title), alt=f"{title}, by six hours of the day")
    take_series(found, frame, estimate_path(Table("city", unit, "band")), "hours")


def sensitive(found: Shown) -> None:
    """Sensitive kinds and places: the whole city and the year only."""
    if found.choice.exact or not found.kept.numbers.sensitive:
        return
    st.header("Sensitive kinds and places: the whole city and the year only", anchor=False)
    st.text("These reports are in no other number here.")
    for by, grid in found.kept.numbers.sensitive.items():
        names: dict[int | str, str] = {code: _spoken(str(code), by) for code in grid.columns}
        frame = public_choice.series(grid, names)
        newest = frame[frame["period"] == grid.periods[-1]]
        title = f"{'Kind' if by == 'kind' else 'Where'}, {grid.periods[-1]}"
        st.altair_chart(range_chart(newest, title), alt=f"{title}: sensitive reports")
        path = estimate_path(Table("city", "year", by, SENSITIVE))
        take_series(found, frame, path, f"sensitive_{by}")


def _spoken(code: str, by: str) -> str:
    elsewhere = by == "setting" and code == OTHER_SETTING
    return "another place; the kind is sensitive" if elsewhere else words.spoken(code)


def late(found: Shown) -> None:
    """How many events of each year were graded too late for the other tables."""
    grid = found.kept.numbers.late
    if found.choice.exact or grid is None:
        return
    st.header("Graded too late to be counted", anchor=False)
    for text in late_sentences(grid):
        st.text(text)
    frame = public_choice.series(grid, {grid.columns[0]: "whole city"})
    take_series(found, frame, estimate_path(Table("city", "year", "", LATE)), "late")


def late_sentences(grid: Grid) -> list[str]:
    """A sentence for each year."""
    told = (
        (period, release_words.number_words(*grid.range(at), exact=False))
        for at, period in enumerate(grid.periods)
    )
    return [f"{period}: {said}. In no other number here." for period, said in told]


def articles(found: Shown) -> None:
    """What newsrooms wrote: never added to numbers, and never matched with them."""
    frame = found.kept.numbers.articles
    if frame is None or frame.empty:
        return
    st.header("Articles that newsrooms published", anchor=False)
    st.text("As they wrote them; never added to reports, and never matched with them.")
    shown = frame.assign(
        kind=frame["kind"].map(words.spoken), period=frame["period"].map(period_words)
    )
    columns = {
        "period": st.column_config.TextColumn("When", width="small"),
        "paper": st.column_config.TextColumn("Paper"),
        "title": st.column_config.TextColumn("Title", width="large"),
        "kind": st.column_config.TextColumn("Kind"),
        "area_written": st.column_config.TextColumn("Where, as written"),
        "url": st.column_config.LinkColumn("Link"),
    }
    st.dataframe(
        shown,
        hide_index=True,
        key="articles",
        row_height=30,
        height=min(30 * (len(shown) + 1) + 12, 380),
        column_config=columns,
    )
    public_tables.take(found, frame, ARTICLES, "articles")


def heading(found: Shown) -> str:
    """The title of the page."""
    return f"When: {public_words.subject(found.choice)}"


def foot(found: Shown) -> None:
    """How the numbers are made, and the link."""
    public_frame.public_foot(found, (city_path(found),))
