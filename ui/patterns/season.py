"""Trend and season of a weekly series, where the reader asks for them."""

import altair as alt
import pandas as pd
import streamlit as st

from data import words
from data.palette import Theme
from data.patterns.weekly_trend import Trend
from data.views.filters import period
from data.views.view import View
from ui.cached import findings
from ui.parts import charts, pictures

_PARTS = {
    "trend": "Trend: incidents in a usual week",
    "season": "Season: more or fewer incidents a week at that time of the year",
    "rest": "Rest: incidents a week that are neither",
}


def show_season(view: View, found: Trend, theme: Theme) -> None:
    """A switch, and the three parts of the series below it: they add up to its counts."""
    asked = st.toggle(
        "Split into trend and season",
        key="season",
        bind="query-params",
        help="Shows how much of the weekly count is the time of the year. It needs two whole years "
        "(STL, Cleveland et al. 1990).",
    )
    if not asked:
        return
    sought = findings.seasons(view)
    parts = sought.parts
    between = " between two known changes of recording" if found.changes else ""
    if parts is None:
        st.text(
            f"To see the season it takes {sought.needed} whole weeks{between}, two years; there are "
            f"at most {sought.weeks}."
        )
        return
    if sought.span and sought.weeks < len(found.table):
        st.text(
            f"Only {words.counted(sought.weeks, 'whole week')} are used, {period(*sought.span)}, "
            "because a change of recording is known between them and the others."
        )
    for name, told in _PARTS.items():
        rows = pd.DataFrame({"start": found.table["start"], "n": getattr(parts, name)})
        line = alt.Chart(rows).mark_line(color=theme.accent, strokeWidth=1.6)
        drawn = line.encode(
            x=alt.X("start:T", title=None, axis=charts.dates(rows["start"])),
            y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=3, format=".0f")),
            tooltip=[
                alt.Tooltip("start:T", title="week from", format="%b %-d, %Y"),
                alt.Tooltip("n:Q", title=name, format=".1f"),
            ],
        )
        title = alt.TitleParams(**charts.chart_title(told, theme))
        said = f"{told}. {pictures.spread_words(rows, 'start', 'n')}"
        chart = drawn.properties(height=110, title=title)
        pictures.show_chart(chart, told.partition(":")[0], said, _table(rows, told), says=told)


def _table(rows: pd.DataFrame, what: str) -> pd.DataFrame:
    return rows.rename(columns={"start": "week from", "n": what})
