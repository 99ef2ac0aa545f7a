"""Public numbers over time: gaps where nothing is shown, never a line through them."""

import altair as alt
import pandas as pd
import streamlit as st

from data import palette
from data.palette import Theme
from data.published import release_words, released_cells
from data.published.period_names import first_day, period_words
from data.published.released_cells import BANDS_SAID, SOURCES
from data.release.tables import OFFICIAL, table_name
from ui.frame import look
from ui.parts import charts
from ui.public import public_tables
from ui.public.public_frame import Shown

_CITY, _BANDS = table_name("week", "kind"), table_name("quarter", "band")
_SENSITIVE = table_name("year", "kind", sensitive=True)


def city_path(found: Shown) -> str:
    """The table of the whole city by week."""
    folder = SOURCES[found.choice.source]
    return OFFICIAL if found.choice.exact else f"{folder}/{_CITY}"


def city(found: Shown, height: int = 170) -> pd.DataFrame:
    """The whole city by week, as a chart; what it shows."""
    frame = released_cells.weekly(found.kept.sorts, found.choice.source, found.choice.kind)
    where = "all areas together" if found.choice.exact else "the whole city"
    heading = f"{found.choice.source.capitalize()} a week, {where}: {found.choice.kind}"
    if frame["n"].notna().any():
        told = frame.assign(group=where)
        st.altair_chart(
            line_chart(told, [where], heading, height),
            alt=f"{heading}. Gaps are {release_words.HIDDEN}.",
        )
    return frame


def explain_lone_city(frame: pd.DataFrame) -> None:
    """Say why the whole city stands above a map on which few areas have a number."""
    if frame["n"].notna().any():
        st.text("Few areas have a number yet, so the whole city by week says more than the map.")
    else:
        st.text(
            f"No number of this kind is shown yet, of areas or of the city: {release_words.HIDDEN}."
        )


def line_chart(
    frame: pd.DataFrame, order: list[str], title: str, height: int = 220
) -> alt.LayerChart:
    """Lines with gaps. Columns: period, group, n. Ticks below mark what is not shown."""
    theme: Theme = look.theme()
    told = pd.DataFrame(
        {
            "start": pd.to_datetime([first_day(p) for p in frame["period"]]),
            "group": frame["group"],
            "n": frame["n"].astype("float64"),
            "when": [period_words(p) for p in frame["period"]],
            "said": [f"{n:,}" if pd.notna(n) else release_words.HIDDEN for n in frame["n"]],
        }
    )
    colors = [theme.accent] if len(order) == 1 else palette_of(theme, len(order))
    lines = alt.Legend(
        title=None,
        orient="top",
        columns=2,
        labelLimit=135,
        symbolType="stroke",
        symbolStrokeWidth=3,
        offset=2,
    )
    legend = None if len(order) == 1 else lines
    base = alt.Chart(told).encode(
        x=alt.X("start:T", title=None, axis=charts.dates(told["start"])),
        color=alt.Color(
            "group:N", scale=alt.Scale(domain=order, range=colors), legend=legend, title=None
        ),
        tooltip=[
            alt.Tooltip("group:N", title="where"),
            alt.Tooltip("when:N", title="period"),
            alt.Tooltip("said:N", title="number"),
        ],
    )
    top = alt.Y("n:Q", title=None, scale=alt.Scale(domainMin=0), axis=charts.COUNTS)
    many = told["start"].nunique() > 150
    line = base.mark_line(strokeWidth=1.8, invalid="break-paths-filter-domains").encode(y=top)
    dots = base.mark_circle(size=12 if many else 34, opacity=1).encode(y=top)
    dots = dots.transform_filter("isValid(datum.n)")
    layers = [line, dots]
    if len(order) == 1 and told["n"].isna().any():
        gaps = base.mark_tick(color=theme.quiet, thickness=1, size=7, opacity=0.7)
        gaps = gaps.encode(y=alt.datum(0), color=alt.value(theme.quiet))
        layers.append(gaps.transform_filter("!isValid(datum.n)"))
    said = alt.TitleParams(**charts.chart_title(title, theme))
    return alt.LayerChart(layer=layers, title=said).properties(height=height)


def palette_of(theme: Theme, n: int) -> list[str]:
    """Colors of a few lines."""
    return list((palette.DARK_KIND_COLORS if theme.dark else palette.KIND_COLORS)[:n])


def cells_note(found: Shown, frame: pd.DataFrame, what: str, path: str, key: str) -> None:
    """N of M, and the table as CSV."""
    st.text(release_words.cells_sentence(frame, what, found.choice))
    public_tables.take(found, frame, path, key)


def draw_areas(found: Shown) -> None:
    """Some areas through the released periods."""
    choice = found.choice
    if not found.path:
        st.text(
            f"By area and {choice.by} there is no table of {choice.kind}: choose another "
            "kind, or other periods."
        )
        return
    frame = released_cells.area_series(found.kept.sorts, choice, found.kept.areas)
    order = list(dict.fromkeys(frame["name"]))
    if not order:
        st.text(f"No area has a number by {choice.by}: all are {release_words.HIDDEN}.")
        return
    title = f"{choice.source.capitalize()} a {choice.by}: {choice.kind}"
    if frame["n"].notna().any():
        told = frame.rename(columns={"name": "group"})
        st.altair_chart(
            line_chart(told, order, title), alt=f"{title}. Gaps are {release_words.HIDDEN}."
        )
    if not choice.areas:
        st.text("The areas with most to show. Choose others under “Areas”.")
    cells_note(found, frame, "cells", found.path, "areas_time")


def bands(found: Shown) -> None:
    """The whole city by quarter and six hours of the day."""
    path = f"{SOURCES[found.choice.source]}/{_BANDS}"
    frame = found.tables.get(path)
    if frame is None:
        return
    st.header("Hours of the day, all kinds together", anchor=False)
    if frame["n"].notna().any():
        told = frame.assign(group=frame["band"].map(BANDS_SAID))
        title = f"{found.choice.source.capitalize()} a quarter, the whole city"
        order = list(BANDS_SAID.values())
        st.altair_chart(line_chart(told, order, title), alt=f"{title}, by six hours of the day")
    cells_note(found, frame, "cells", path, "hours")


def sensitive(found: Shown) -> None:
    """Sensitive kinds and places: the whole city and the year only."""
    path = f"{SOURCES[found.choice.source]}/{_SENSITIVE}"
    frame = found.tables.get(path)
    if frame is None:
        return
    st.header("Sensitive kinds, and reports at sensitive places, by year", anchor=False)
    told = frame.assign(kind=frame["kind"].str.replace("_", " "))
    public_tables.show_area_table(
        told, found.choice, min(30 * (len(told) + 1) + 12, 380), "sensitive"
    )
    cells_note(found, frame, "cells", path, "sensitive_csv")
