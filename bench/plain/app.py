"""The Map screen as a careful analyst writes it with Streamlit, pandas and folium."""

import sys
from pathlib import Path

import altair as alt
import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from bench import made
from bench.plain import screen
from data.views.filters import HOURS, parse_hours
from data.views.view import COMPARED, MEASURES, View

COLORS = ("#f9ecc9", "#f0c572", "#e5894f", "#b24f46", "#5b2c2e")
NONE = "#ffffff"
KINDS = ("traffic stop", "suspicious person stop")

# Leaflet from our own server: the page works without a network
folium.Map.default_js = [("leaflet", "/app/static/vendor/leaflet.js")]
folium.Map.default_css = [("leaflet_css", "/app/static/vendor/leaflet.css")]


@st.cache_resource
def loaded() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """All records in memory, and the areas."""
    return screen.load(*map(Path, sys.argv[1:]))


@st.cache_data(max_entries=128, show_spinner=False)
def counted(view: View) -> screen.Counted:
    """A View counted."""
    return screen.count(loaded()[0], view, loaded()[1])


def asked(names: list[str]) -> View:
    """The filters, bound to the link."""
    link = {"bind": "query-params"}
    with st.sidebar:
        start = st.date_input("From", value=None, key="from", **link)
        end = st.date_input("To", value=None, key="to", **link)
        hours = st.selectbox("Hours", HOURS, key="hours", **link)
        night = st.toggle("Count 00-06 to the evening before", key="night", **link)
        weekdays = st.multiselect("Weekdays", screen.WEEKDAYS, key="weekday", **link)
        kinds = st.multiselect("Kinds", KINDS, key="kind", **link)
        areas = st.multiselect("Areas", names, key="area", **link)
        measure = st.selectbox("Measure", MEASURES, key="measure", **link)
        compare = st.selectbox("Compared with", COMPARED[1:], key="compare", **link)
    return View(
        "",
        (made.NAME,),
        start or made.FIRST,
        end or made.LAST,
        hours=parse_hours(hours),
        night=night,
        weekdays=tuple(screen.WEEKDAYS.index(day) for day in weekdays),
        kinds=tuple(kind.replace(" ", "_") for kind in kinds),
        areas=tuple(areas),
        measure=measure,
        compare=compare,
    )


def choropleth(table: pd.DataFrame, areas: gpd.GeoDataFrame, by: str) -> folium.Map:
    """A map of the areas in five classes of equal size."""
    shown = areas[["name", "geometry"]].merge(table, left_on="name", right_on="area")
    some = shown.loc[shown[by] > 0, by]
    limits = np.quantile(some, [0.2, 0.4, 0.6, 0.8]) if len(some) else np.zeros(4)

    def style(feature: dict) -> dict:
        value = feature["properties"][by]
        color = COLORS[int(np.searchsorted(limits, value))] if value else NONE
        return {"fillColor": color, "fillOpacity": 0.85, "color": "#555555", "weight": 1}

    west, south, east, north = areas.total_bounds
    drawn = folium.Map([(south + north) / 2, (west + east) / 2], zoom_start=11, tiles=None)
    tip = folium.GeoJsonTooltip(["area", "n", "rate"], ["Area", "Incidents", "Per 1,000"])
    told = shown[["area", "n", "rate", "geometry"]].round({"rate": 1})
    folium.GeoJson(told, style_function=style, tooltip=tip).add_to(drawn)
    drawn.fit_bounds([[south, west], [north, east]])
    return drawn


st.set_page_config("Incidents", layout="wide")
frame, areas = loaded()
view = asked(areas["name"].tolist())
told = counted(view)
by = "n" if view.measure == MEASURES[0] else "rate"
st.subheader(f"Made stops: most in {', '.join(told.table['area'].head(3))}", anchor=False)
st.text(f"{told.n:,} of {len(frame):,} incidents")
if told.before is not None:
    st.text(f"{told.before:,} in the period before")
left, right = st.columns([1.55, 1])
with left, st.container(key="map"):
    st_folium(
        choropleth(told.table, areas, by),
        key="choropleth",
        height=460,
        use_container_width=True,
        returned_objects=[],
    )
columns = ["area", "n", "rate", *(["change"] if "change" in told.table else [])]
with right:
    st.dataframe(told.table[columns], hide_index=True, height=430)
steps = told.series.rename_axis("start").rename("n").reset_index()
trend = alt.Chart(steps).mark_line().encode(x="start:T", y="n:Q", tooltip=["start:T", "n:Q"])
st.altair_chart(trend.properties(height=140))
