"""The page of episodes: groups of records that look like one event."""

from dataclasses import dataclass
from typing import ClassVar, Self

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import palette, words
from data.palette import Theme
from data.patterns.episodes import (
    HOURS,
    LEAST_RECORDS,
    METRES,
    MOST_GROUPED,
    PAIR_HOURS,
    PAIR_METRES,
    USUAL,
    Episodes,
)
from data.views.filters import period
from data.views.sql import chosen_sources
from data.views.view import View
from ui.cached import findings, views
from ui.frame.method_note import MethodNote
from ui.map.patch import MapLegendRow, Picture
from ui.parts import charts, headline, pictures, tables
from ui.patterns import episode_lists
from ui.patterns.episode_lists import MOST_LISTED
from ui.patterns.pattern_page import MapPage, ask_one, show_map


@dataclass(frozen=True)
class EpisodesPage(MapPage):
    """The groups of a View's records so many metres and hours apart, with so many records."""

    METHOD = "Episode"
    COLUMNS: ClassVar[tables.Columns] = {
        "began": ("Began", "", "The first record, local time."),
        "area": ("Area", "", "Where most of its records are."),
        "size": ("Records", "localized", "Records that look like one event."),
        "sources": (
            "Independent",
            "%d",
            "At least so many independent sources: different senders where they are known, else one for each source.",
        ),
        "hours": ("Hours", "%.1f", "From the first to the last record."),
        "extent": ("Meters", "%.0f", "From the middle to the farthest record."),
        "what": ("Kinds", "", "How many records of each kind."),
    }

    view: View
    metres: int
    hours: int
    least: int
    found: Episodes

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:  # noqa: ARG003
        """Ask how near in meters and hours records of one event lie, and how many make one."""
        usual_metres, usual_hours, usual_least = USUAL
        # two reports that people send are a group; official records are many, so it takes more
        sources = chosen_sources(view, views.meta(view.stamp))
        official = all(s["kind"] == "official" for s in sources)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            metres = ask_one(
                "Meters apart, at most",
                METRES,
                usual=usual_metres,
                word="metres",
                width=190,
                help="Records form a group if each has enough others within this distance "
                "and time. A chain of them can reach farther.",
            )
            hours = ask_one(
                "Hours apart, at most", HOURS, usual=usual_hours, word="within", width=190
            )
            least = ask_one(
                "Records in a group, at least",
                LEAST_RECORDS,
                usual=usual_least if official else LEAST_RECORDS[0],
                word="least",
                width=160,
                help="How many records, itself included, must be within that distance and time.",
            )
        found = findings.episode_groups(view, int(metres), int(hours), int(least))
        return cls(view, int(metres), int(hours), int(least), found)

    def title(self) -> str:
        """Return the finding in one sentence."""
        what = words.sentence_case(headline.noun(self.view))
        table = self.found.table
        if not len(self.found.records):
            return f"{what}: no record has an exact place and an hour, so nothing can be grouped"
        if table.empty:
            return f"{what}: no group that looks like one event"
        many, top = words.counted(len(table), "group"), table.iloc[0]
        where = f" in {words.spell_area(top['area'])}" if top["area"] else ""
        size = f"{int(top['size'])} records{where}"
        return f"{what}: {many} look like one event each; the largest, {size}"

    def sentences(self) -> list[str]:
        """Return how many records were grouped, and which are left out."""
        found = self.found
        inside = int((found.records["episode"] >= 0).sum())
        lines = [
            f"{inside:,} of {len(found.records):,} records are in a group, {self._span()}. These groups "
            "may be single events. Read the records first."
        ]
        if found.without:
            newest = f" Only the latest {MOST_GROUPED:,} are grouped."
            lines.append(
                f"Left out: {words.counted(found.without, 'record')} whose place is not known to the "
                "block or whose time is not known to the hour, or that are older."
                f"{newest if len(found.records) == MOST_GROUPED else ''}"
            )
        return lines

    def _span(self) -> str:
        """Return the days looked at: those of the newest records where only they are grouped."""
        if len(self.found.records) < MOST_GROUPED:
            return period(self.view.start, self.view.end)
        local = self.found.records["occurred_at"].dt.tz_convert(views.current_settings().zone)
        return period(local.dt.date.min(), local.dt.date.max())

    def picture(self, theme: Theme) -> Picture:
        """Return the map's patch: a ring an episode, by kind, with how many records it holds."""
        found = self.found
        kinds = found.records["kind"].value_counts().index.tolist()
        codes = {kind: words.CODES["kind"][kind] for kind in kinds}
        hexes = palette.DARK_KIND_COLORS if theme.dark else palette.KIND_COLORS
        colors = dict(zip(codes.values(), hexes))
        cells = _cells(found, codes)
        rows: list[MapLegendRow] = [
            {"color": colors[c], "text": words.spoken(k)} for k, c in codes.items() if c in colors
        ]
        if len(codes) > len(colors):
            rows.append({"color": palette.REST, "text": "other kinds"})
        every = f". The largest {MOST_LISTED} groups" if len(found.table) > MOST_LISTED else ""
        note = f"{self._span()}{every}. A ring is a group, the number its records"
        return {
            "incidents": {
                "view": "episodes",
                "level": found.shift,
                "held": None,
                "single": False,
                "box": _box(cells),
                "cells": cells,
                "colors": colors,
                "rest": palette.REST,
                "kinds": {c: words.spoken(k) for k, c in codes.items()},
                "of": len(found.records),
            },
            "fills": None,
            "edge": theme.quiet,
            "legend": {"title": "Groups", "rows": rows, "note": note},
            "order": [],
            "opens": False,
            "tips": [[] for _ in range(len(views.units(self.view)))],
        }

    def _local_start(self) -> "pd.Series[pd.Timestamp]":
        """Return when each episode began, on the place's clock."""
        zone = views.meta(self.view.stamp)["place"]["zone"]
        return pd.to_datetime(self.found.table["start"], utc=True).dt.tz_convert(zone)

    def table(self) -> pd.DataFrame:
        """Return the list of episodes, the largest first."""
        table = self.found.table
        rows = table.assign(
            began=self._local_start().dt.strftime("%Y-%m-%d %H:%M").to_numpy(),
            hours=_hours(table),
            what=[
                ", ".join(f"{words.spoken(kind)} {n}" for kind, n in kinds.items())
                for kinds in table["kinds"]
            ],
        )
        return rows[list(self.COLUMNS)]

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show the map, the list beside it, the records of a group, and groups over time."""
        if self.found.table.empty:
            return None
        rows = self.table()
        with show_map(self, theme, "map_episodes"):
            picked = episode_lists.pick_episode(rows, self.COLUMNS, 430)
        episode_lists.show_records(self.view, self.found, picked)
        said = pictures.spread_words(rows, "began", "size")
        told = f"Dots, one a group, at its first record, by how many records it has. {said}"
        pictures.show_chart(self._timeline(theme), "Groups over time", told, says=self.title())
        return rows

    def show_more(self) -> None:
        """Show pairs of records that may be one."""
        if len(self.found.records):
            episode_lists.show_duplicates(self.view, self.found)

    def _timeline(self, theme: Theme) -> alt.Chart:
        """Return the chart of every episode at its time, as high as it has records."""
        table = self.found.table
        rows = table[["size", "area", "sources"]].assign(
            start=self._local_start().dt.tz_localize(None), hours=_hours(table)
        )
        span = pd.Series(pd.date_range(self.view.start, self.view.end, freq="D"))
        ends = [span.iloc[0].isoformat(), (span.iloc[-1] + pd.Timedelta(days=1)).isoformat()]
        title = charts.chart_title("Groups by their first record: records in each", theme)
        chart: alt.Chart = (
            alt.Chart(rows, title=title)
            .mark_circle(color=theme.accent, opacity=0.65, size=70)
            .encode(
                x=alt.X(
                    "start:T", title=None, axis=charts.dates(span), scale=alt.Scale(domain=ends)
                ),
                y=alt.Y("size:Q", title=None, axis=charts.COUNTS, scale=alt.Scale(zero=True)),
                tooltip=[
                    alt.Tooltip("start:T", title="began", format="%a %b %-d, %Y %H:%M"),
                    alt.Tooltip("area:N"),
                    alt.Tooltip("size:Q", title="records"),
                    alt.Tooltip("hours:Q", title="hours", format=".1f"),
                    alt.Tooltip("sources:Q", title="independent sources, at least"),
                ],
            )
            .properties(height=charts.LOW)
        )
        return chart

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        return MethodNote(
            self.METHOD,
            (
                "A group is a chain of records: each has enough others within the meters and "
                "hours chosen (ST-DBSCAN). Where much is recorded, groups form by chance: with official "
                "stops choose fewer meters and hours, and read the records.",
                "Independent: how many senders, or sources, are known to be different. Three reports "
                "by one caller count as one.",
                "Community reports are drawn no finer than a block.",
            ),
            {
                "Parameters": f"{self.metres} m, {self.hours} h, {self.least} records",
                "Duplicates": f"{PAIR_METRES:.0f} m, {PAIR_HOURS:.0f} h, same kind",
                "Records at most": f"{MOST_GROUPED:,}",
                "Seed": "none: nothing is drawn by chance",
            },
            {"metres": str(self.metres), "within": str(self.hours), "least": str(self.least)},
        )


def _cells(found: Episodes, codes: dict[str, int]) -> list[list[int]]:
    """Return a row a pixel: column, row, its middle, precision, kind and count by turns."""
    size = 1 << found.shift
    pixels: dict[tuple[int, int], dict[str, int]] = {}
    columns = (found.table[c].head(MOST_LISTED) for c in ("column", "row", "kinds"))
    for column, row, kinds in zip(*columns):
        counts = pixels.setdefault((int(column), int(row)), {})
        for kind, n in kinds.items():
            counts[kind] = counts.get(kind, 0) + int(n)
    cells = []
    for (x, y), counts in pixels.items():
        largest = sorted(counts.items(), key=lambda kn: -kn[1])
        by_turns = [v for kind, n in largest for v in (codes[kind], n)]
        cells.append([x, y, x * size + size // 2, y * size + size // 2, 0, *by_turns])
    return cells


def _box(cells: list[list[int]]) -> list[int]:
    """Return the pixels that hold all cells: left, top, width and height."""
    places = [(c[0], c[1]) for c in cells] or [(0, 0)]
    left, top = (min(p[i] for p in places) for i in (0, 1))
    right, bottom = (max(p[i] for p in places) for i in (0, 1))
    return [left, top, right - left + 1, bottom - top + 1]


def _hours(table: pd.DataFrame) -> "pd.Series[float]":
    """Return how many hours each episode lasted."""
    lasted = pd.to_datetime(table["end"], utc=True) - pd.to_datetime(table["start"], utc=True)
    return lasted.dt.total_seconds() / 3600
