"""The page of near repeats: a table of bands as a matrix of colors."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise
from typing import Any, ClassVar, Self

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import words
from data.palette import Theme
from data.patterns import power
from data.patterns.episodes import PAIR_METRES
from data.patterns.near_repeats import (
    LEAST_PAIRED,
    METRIC,
    MOST_PAIRED,
    POWER_BAND,
    REPLICATES,
    SPACE,
    TIME,
    WITHIN,
    Near,
)
from data.views import recording
from data.views.filters import period
from data.views.view import View
from geo.hot_areas import LEVEL
from ui.cached import findings, views
from ui.frame import frame, method_note
from ui.frame.method_note import MethodNote
from ui.parts import charts, pictures, tables
from ui.patterns.pattern_page import PatternPage, ask_one

# the upper edge of a band, in words; days are whole ones
_PLACES = {1.0: "at the same place", 100.0: "up to 100 m apart"} | {
    high: f"{low:g} to {high:g} m apart" for low, high in pairwise(SPACE) if low >= 100
}
_DAYS = {0.0: "on the same day", 1.0: "a day apart"} | {
    high: f"{low + 1:g} to {high:g} days apart" for low, high in pairwise(TIME) if low >= 1
}
_SHORT_DAYS = {_DAYS[0.0]: "0", _DAYS[1.0]: "1"} | {
    _DAYS[high]: f"{low + 1:g}–{high:g}" for low, high in pairwise(TIME) if low >= 1
}


class NoRepeats(Enum):
    """A reason why no near repeats of a kind can be told."""

    NO_COUNT = auto()
    RECORDS = auto()  # too few with a place and a day
    EVENTS = auto()  # too few where second records of one event count once


@dataclass(frozen=True)
class NearRepeatsPage(PatternPage):
    """The near repeats among a View's records of one kind, as readers say it, on a seed.

    `found` is None where there is too little to look through.
    """

    METHOD = "Near repeats"
    COLUMNS: ClassVar[tables.Columns] = {
        "far": (
            "Place",
            "",
            "How far apart, measured along a street grid: east-west plus north-south.",
        ),
        "when": ("Time", "", "How many days apart."),
        "observed": ("Pairs", "localized", "Pairs of records so far apart in place and time."),
        "expected": (
            "By chance",
            "%.1f",
            "Pairs expected if place and day had nothing to do with each other.",
        ),
        "ratio": ("Times chance", "%.2f", "Pairs divided by those expected by chance."),
        "p": (
            "p",
            "%.4f",
            "The chance of so many pairs if days were shuffled among the places: one-sided.",
        ),
        "q": (
            "q",
            "%.4f",
            "p, corrected because many cells are tested at once; the same day and later days apart (Benjamini-Hochberg).",
        ),
    }

    view: View
    kind: str
    seed: int
    found: Near | None = None

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:
        """Ask for one of the kinds that can be paired, and for the seed."""
        spoken = {words.spoken(kind): kind for kind in findings.pairable_kinds(view)}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if not spoken:
                return cls(view, "", method_note.SEED)
            kind: str = ask_one(
                "Kind",
                list(spoken),
                word="of_kind",
                width=250,
                help="Repeats are looked for among records of one kind.",
            )
            seed = method_note.ask_seed(fold)
        page = cls(replace(view, kinds=(spoken[kind],)), kind, seed)
        return page if page.why_not() else replace(page, found=findings.near(page.view, seed))

    def why_not(self) -> NoRepeats | None:
        """Return why no near repeats can be told; None where they can."""
        if self.found is not None:
            return NoRepeats.EVENTS if self.found.records < LEAST_PAIRED else None
        if not recording.is_count(self.view, views.meta(self.view.stamp)):
            return NoRepeats.NO_COUNT
        kinds = findings.pairable_kinds(self.view)
        enough = self.kind and kinds.get(self.view.kinds[0], 0) >= LEAST_PAIRED
        return None if enough else NoRepeats.RECORDS

    def title(self) -> str:
        """Return the finding in one sentence."""
        why, what = self.why_not(), words.sentence_case(self.kind)
        if why is NoRepeats.NO_COUNT:
            return "No near repeats can be looked for here"
        if self.found is None:
            return "Too few records with an exact place and a day for near repeats"
        if why is NoRepeats.EVENTS:
            return f"{what}: too few events for near repeats"
        best = self.found.strongest
        if best is None:
            return f"{what}: no clear near repeats on later days"
        return (
            f"{what}: {best['ratio']:.1f} times as many pairs {_place(best)} and {_time(best)} as by "
            "chance"
        )

    def sentences(self) -> list[str]:
        """Return how many were paired, and what is left out; or why none can be."""
        why, found = self.why_not(), self.found
        changes = frame.change_words(self.view)
        if why is NoRepeats.NO_COUNT:
            return ["These records do not count what happened, so they have no pattern."]
        if found is None:
            line = f"It takes {LEAST_PAIRED} records of one kind whose place is known to the block."
            if frame.changes(self.view):
                line = " ".join((line, *changes, "Only records since then are paired."))
            return [line]
        lines = [*_worth(found), _describe_pairs(found, self.kind), *changes]
        if found.stretch.begun:
            lines.append("Only records since then are paired, so that all were recorded alike.")
        if left := _left_out(found):
            lines.append(f"Left out: {'; '.join(left)}.")
        if why is NoRepeats.EVENTS:
            lines.append(
                f"{words.counted(found.records, 'event')} in {found.records + found.doubles} records: "
                f"the others may be the same ones. It takes {LEAST_PAIRED}."
            )
        return lines

    def _bands(self) -> pd.DataFrame:
        """Return what was found, with distance and time in words."""
        if self.found is None:
            raise ValueError(f"no near repeats were looked for: {self.why_not()}")
        rows = [row for _, row in self.found.table.iterrows()]
        return self.found.table.assign(
            far=[_place(row) for row in rows], when=[_time(row) for row in rows]
        )

    def picture(self, theme: Theme) -> alt.LayerChart:
        """Return bands of distance down, of time across, colored where clearly more than chance."""
        rows = self._bands()
        stands = rows["q"] <= LEVEL
        log = np.log2(rows["ratio"].replace(0, np.nan))
        rows = rows.assign(
            told=[f"{r:.2f}×" if np.isfinite(r) else "-" for r in rows["ratio"]],
            stands=stands,
            strength=log.where(stands & (rows["ratio"] > 1)),
        )
        far, when = list(dict.fromkeys(rows["far"])), list(dict.fromkeys(rows["when"]))
        top = float(max(1.0, rows["strength"].max() if rows["strength"].notna().any() else 1.0))
        short = {w: _SHORT_DAYS[w] for w in when}
        days = alt.Axis(
            orient="top",
            labelAngle=0,
            ticks=False,
            labelExpr=f"({short})[datum.value]",
            labelFontSize=12,
        )
        base = alt.Chart(rows).encode(
            x=alt.X("when:O", title="days apart", sort=when, axis=days),
            y=alt.Y("far:O", title=None, sort=far, axis=alt.Axis(ticks=False, labelLimit=150)),
            tooltip=[
                alt.Tooltip("far:N", title="place"),
                alt.Tooltip("when:N", title="time"),
                alt.Tooltip("observed:Q", title="pairs", format=","),
                alt.Tooltip("expected:Q", title="by chance", format=",.1f"),
                alt.Tooltip("ratio:Q", title="times chance", format=".2f"),
                alt.Tooltip("q:Q", title="q", format=".3f"),
            ],
        )
        cell = base.mark_rect(fill=theme.paper, stroke=theme.pale_edge, strokeWidth=0.7)
        ramp = alt.Scale(range=list(theme.ramp), domain=[0, top])
        full = base.transform_filter("datum.strength > 0").mark_rect()
        full = full.encode(
            color=alt.Color("strength:Q", legend=None, scale=ramp),
            stroke=charts.edges("strength", top, theme),
        )
        strong = f"datum.strength > {top * 0.5}"  # the ramp ends far from the paper
        text = base.mark_text(fontSize=14).encode(
            text="told:N",
            color=alt.when(strong)
            .then(alt.value(theme.paper))
            .when("datum.stands")
            .then(alt.value(theme.ink))
            .otherwise(alt.value(theme.quiet)),
        )
        return alt.LayerChart(layer=[cell, full, text]).properties(height=52 * len(far) + 40)

    def table(self) -> pd.DataFrame:
        """Return a row each pair of bands."""
        return self._bands()[list(self.COLUMNS)]

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show the matrix, and how to read its colors."""
        if self.why_not():
            return None
        alt_text = "Squares, ratio of pairs to chance, by distance and time apart."
        pictures.show_chart(self.picture(theme), "Pairs", alt_text, says=self.title())
        st.text(
            "How many times as many pairs as by chance. Colored cells are clearly more, with all "
            "cells judged together (the same day apart); pale numbers could be chance."
        )
        return self.table()

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        return MethodNote(
            self.METHOD,
            (
                "2.0× in a cell: twice as many pairs of records are so near each other in place and "
                "time as if days had nothing to do with places.",
                "Records within 150 m and an hour of each other (of the same day, where no hour is "
                "known) may be one event reported twice, and count once.",
                "Only what repeats faster than a season shows up: days are shuffled within four "
                "weeks, so a place that has more for a month is not a near repeat.",
                "This shows how records clustered in the past. It does not say what or who comes "
                "next, and where police look more often more is recorded.",
            ),
            {
                "Kind": self.kind,
                "Distance": f"{METRIC} metric",
                "Shuffles": f"{REPLICATES:,}",
                "Days shuffled within": f"{WITHIN:g} days",
                "Records paired at most": f"{MOST_PAIRED:,}",
                "Seed": str(self.seed),
            },
            {"of_kind": self.kind, "seed": str(self.seed)},
        )


def _place(row: Any) -> str:
    """Return a band of distance in words."""
    return _PLACES[float(row["space_to"])]


def _time(row: Any) -> str:
    """Return a band of time in words."""
    return _DAYS[float(row["time_to"])]


def _worth(found: Near) -> list[str]:
    """Return what finding none is worth, and what the same day holds beyond chance."""
    lines = []
    if found.strongest is None:
        far, apart = POWER_BAND
        where = f"among pairs {_PLACES[far]} and {_DAYS[apart]}"
        lines.append(power.words_of(found.smallest, where))
    if day := found.same_day:
        lines.append(
            f"On the same day there are up to {day['ratio']:.1f} times as many pairs ("
            f"{_place(day)}) as by chance: one event, or one crew's work, can last a day."
        )
    return lines


def _describe_pairs(found: Near, kind: str) -> str:
    """Return how many events of a kind were paired, and what chance is."""
    line = (
        f"Pairs of {found.records:,} events of {kind}, {period(found.first, found.stretch.last)}. "
        "By chance means: the same events with their days shuffled within each "
        f"{WITHIN / 7:g} weeks, so that every place keeps its season."
    )
    if found.doubles:
        line += (
            f" {words.counted(found.doubles, 'more record')} within {PAIR_METRES:g} m and an hour of "
            "another may be the same event and count once (see the page “Same event?”)."
        )
    return line


def _left_out(found: Near) -> list[str]:
    """Return which records were not paired."""
    left = []
    if found.older:
        left.append(
            f"{found.older:,} older ones, because only the latest {MOST_PAIRED:,} are paired"
        )
    if found.without:
        left.append(f"{words.counted(found.without, 'record')} without an exact place or day")
    return left
