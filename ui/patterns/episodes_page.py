"""The page of episodes: groups of records that look like one event."""

import altair as alt
import pandas as pd
import streamlit as st

from data import palette, words
from data.palette import Theme
from data.patterns import episodes
from data.patterns.episodes import (
    HOURS,
    LEAST_RECORDS,
    METRES,
    PAIR_HOURS,
    PAIR_METRES,
    USUAL,
    Episodes,
)
from data.views.filters import period
from data.views.sql import chosen_sources
from data.views.view import View
from ui.cached import views
from ui.frame.method_note import MethodNote
from ui.map.patch import Legend, LegendRow, Picture
from ui.parts import charts, headline, tables

_METHOD = "Episode"
GROUPED = episodes.MOST_GROUPED
MOST = 300  # groups on the map and in the list: the largest


def choose(view: View) -> tuple[int, int, int]:
    """Ask how near in meters and hours records of one event lie, and how many make one."""
    sources = chosen_sources(view, views.meta(view.stamp))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metres = st.selectbox(
            "Metres apart, at most", METRES, METRES.index(USUAL[0]), key="metres",
            bind="query-params", width=190,
            help="Records belong together where each has enough others within this distance and "
            "time; a chain of them can reach farther.",
        )  # fmt: skip
        hours = st.selectbox(
            "Hours apart, at most", HOURS, HOURS.index(USUAL[1]), key="within",
            bind="query-params", width=190,
        )  # fmt: skip
        # two reports that people send are a group; official records are many, so it takes more
        official = all(s["kind"] == "official" for s in sources)
        usual = USUAL[2] if official else LEAST_RECORDS[0]
        least = st.selectbox(
            "Records, at least", LEAST_RECORDS, LEAST_RECORDS.index(usual), key="least", bind="query-params",
            width=160, help="How many within that distance and time, itself counted, make a core.",
        )  # fmt: skip
    return int(metres), int(hours), int(least)


def title(view: View, found: Episodes) -> str:
    """The finding in one sentence."""
    what = headline.sentence_case(headline.noun(view))
    if not len(found.records):
        return f"{what}: no record with a place and an hour, so no episodes"
    if found.table.empty:
        return f"{what}: no group that looks like one event"
    many = words.counted(len(found.table), "group")
    top = found.table.iloc[0]
    where = f" in {top['area']}" if top["area"] else ""
    return (
        f"{what}: {many} look like one event each; the largest, {int(top['size'])} records{where}"
    )


def said(view: View, found: Episodes) -> list[str]:
    """Sentences on how many records were grouped, and which are left out."""
    inside = int((found.records["episode"] >= 0).sum())
    lines = [
        f"{inside:,} of {len(found.records):,} records lie in a group, "
        f"{span(view, found)}. To look like one event is a proposal: read the records "
        "before saying so."
    ]
    if found.without:
        older = (
            f" Only the newest {GROUPED:,} are grouped." if len(found.records) == GROUPED else ""
        )
        many = words.counted(found.without, "record")
        lines.append(
            f"Left out: {many} whose place is not known to the block, or time to the "
            f"hour, or older.{older}"
        )
    return lines


def span(view: View, found: Episodes) -> str:
    """The days that were looked at: those of the newest records where only they are grouped."""
    if len(found.records) < GROUPED:
        return period(view.start, view.end)
    days = found.records["occurred_at"].dt.tz_convert(views.current_settings().zone).dt.date
    return period(days.min(), days.max())


def picture(view: View, found: Episodes, theme: Theme) -> Picture:
    """The map's patch: a ring an episode, by kind, with how many records it holds."""
    kinds = found.records["kind"].value_counts().index.tolist()
    codes = {kind: words.CODES["kind"][kind] for kind in kinds}
    hexes = palette.DARK_KINDS if theme.dark else palette.KINDS
    colors = dict(zip(codes.values(), hexes))
    cells = _cells(found, codes)
    rows: list[LegendRow] = [
        {"color": colors[c], "text": words.spoken(k)} for k, c in codes.items() if c in colors
    ]
    if len(codes) > len(colors):
        rows.append({"color": palette.REST, "text": "other kinds"})
    every = f". The largest {MOST} groups" if len(found.table) > MOST else ""
    note = f"{span(view, found)}{every}. A ring is a group; in it, its records"
    legend: Legend = {"title": "Groups", "rows": rows, "note": note}
    places = [(c[0], c[1]) for c in cells] or [(0, 0)]
    left, top = (min(p[i] for p in places) for i in (0, 1))
    right, bottom = (max(p[i] for p in places) for i in (0, 1))
    return {
        "incidents": {
            "view": "episodes", "level": found.shift, "held": None, "single": False,
            "box": [left, top, right - left + 1, bottom - top + 1],
            "cells": cells, "colors": colors, "rest": palette.REST,
            "kinds": {c: words.spoken(k) for k, c in codes.items()},
            "of": len(found.records),
        },
        "fills": None, "edge": theme.quiet, "legend": legend, "order": [], "opens": False,
        "tips": [[] for _ in range(len(views.units(view)))],
    }  # fmt: skip


def _cells(found: Episodes, codes: dict[str, int]) -> list[list[int]]:
    """A row a pixel with episodes: column, row, its middle, precision, kind and count by turns."""
    size = 1 << found.shift
    held: dict[tuple[int, int], dict[str, int]] = {}
    for column, row, kinds in zip(*(found.table[c].head(MOST) for c in ("column", "row", "kinds"))):
        told = held.setdefault((int(column), int(row)), {})
        for kind, n in kinds.items():
            told[kind] = told.get(kind, 0) + int(n)
    return [
        [x, y, x * size + size // 2, y * size + size // 2, 0,
         *(v for kind, n in sorted(told.items(), key=lambda kn: -kn[1]) for v in (codes[kind], n))]
        for (x, y), told in held.items()
    ]  # fmt: skip


def timeline(view: View, found: Episodes, theme: Theme) -> None:
    """Every episode at its time, as high as it has records."""
    zone = views.meta(view.stamp)["place"]["zone"]
    rows = pd.DataFrame(
        {
            "start": pd.to_datetime(found.table["start"], utc=True).dt.tz_convert(zone).dt.tz_localize(None),
            "size": found.table["size"], "area": found.table["area"],
            "hours": _hours(found.table), "sources": found.table["sources"],
        }
    )  # fmt: skip
    span = pd.Series(pd.date_range(view.start, view.end, freq="D"))
    ends = [span.iloc[0].isoformat(), (span.iloc[-1] + pd.Timedelta(days=1)).isoformat()]
    chart = (
        alt.Chart(rows, title=charts.chart_title("Groups by their first record: records in each", theme))
        .mark_circle(color=theme.accent, opacity=0.65, size=70)
        .encode(
            x=alt.X("start:T", title=None, axis=charts.dates(span), scale=alt.Scale(domain=ends)),
            y=alt.Y("size:Q", title=None, axis=charts.COUNTS,
                    scale=alt.Scale(zero=True)),
            tooltip=[
                alt.Tooltip("start:T", title="began", format="%a %b %-d, %Y %H:%M"),
                alt.Tooltip("area:N"), alt.Tooltip("size:Q", title="records"),
                alt.Tooltip("hours:Q", title="hours", format=".1f"),
                alt.Tooltip("sources:Q", title="independent sources, at least"),
            ],
        )
        .properties(height=charts.LOW)
    )  # fmt: skip
    st.altair_chart(chart, alt="Groups over time by how many records they hold")


def _hours(table: pd.DataFrame) -> pd.Series:
    lasted = pd.to_datetime(table["end"], utc=True) - pd.to_datetime(table["start"], utc=True)
    return lasted.dt.total_seconds() / 3600


COLUMNS: tables.Columns = {
    "began": ("Began", "", "The first record, on the place's clock."),
    "area": ("Area", "", "Where most of its records lie."),
    "size": ("Records", "localized", "How many look like one event."),
    "sources": (
        "Independent",
        "%d",
        "Independent sources, at least: different senders where they are known, else one for each source.",
    ),
    "hours": ("Hours", "%.1f", "From the first to the last record."),
    "extent": ("Metres", "%.0f", "From the middle to the farthest record."),
    "what": ("Kinds", "", "How many of which kind."),
}


def listed(view: View, found: Episodes) -> pd.DataFrame:
    """The list of episodes, the largest first."""
    zone = views.meta(view.stamp)["place"]["zone"]
    began = pd.to_datetime(found.table["start"], utc=True).dt.tz_convert(zone)
    what = [
        ", ".join(f"{words.spoken(kind)} {n}" for kind, n in kinds.items())
        for kinds in found.table["kinds"]
    ]
    rows = found.table.assign(
        began=began.dt.strftime("%Y-%m-%d %H:%M").to_numpy(), hours=_hours(found.table), what=what
    )
    return rows[list(COLUMNS)]


def made(metres: int, hours: int, least: int) -> MethodNote:
    """The finding's method note, which stands below the page."""
    usual = f"{metres} m, {hours} h, {least} records"
    return MethodNote(
        _METHOD,
        (
            "A group is a chain of records: each core has enough others within the metres and "
            "hours chosen. Where much is recorded, groups form by chance: with official stops "
            "choose fewer metres and hours, and look at what the records say.",
            "Independent: how many senders, or sources, are known to be different. Three reports "
            "by one caller are one.",
            "Places of reports that no authority publishes are drawn no finer than a block.",
        ),
        {"Parameters": usual, "Duplicates": f"{PAIR_METRES:.0f} m, {PAIR_HOURS:.0f} h, same kind",
         "Records at most": f"{GROUPED:,}", "Seed": "none: nothing is drawn by chance"},
        {"metres": str(metres), "within": str(hours), "least": str(least)},
    )  # fmt: skip
