"""The page of near repeats: a table of bands as a matrix of colors."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from data import words
from data.palette import Theme
from data.patterns import near_repeats, power
from data.patterns.episodes import PAIR_METRES
from data.patterns.near_repeats import (
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
from ui.parts import headline, tables

_METHOD = "Near repeats"


def choose(view: View) -> tuple[View, str, int]:
    """The View of one kind, that kind as readers say it, and the seed."""
    held = findings.pairable_kinds(view)
    spoken = {words.spoken(kind): kind for kind in held}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not spoken:
            return view, "", method_note.SEED
        one = st.selectbox(
            "Kind", list(spoken), key="of_kind", bind="query-params", width=250,
            help="Near repeats are looked for among records of one kind.",
        )  # fmt: skip
        seed = method_note.seed()
    return replace(view, kinds=(spoken[str(one)],)), str(one), seed


def why_not(view: View, kind: str) -> tuple[str, str]:
    """The title and the reason where no near repeats of a kind can be told; else empty."""
    if not recording.is_count(view, views.meta(view.stamp)):
        return "No near repeats can be looked for here", "What is no count has no pattern."
    if kind and findings.pairable_kinds(view).get(view.kinds[0], 0) >= _LEAST:
        return "", ""
    lines = [f"It takes {_LEAST} records of one kind whose place is known to the block."]
    if frame.changes(view):
        lines += [*frame.change_words(view), "Only records since then are paired."]
    return "Too few records with a place and a day for near repeats", " ".join(lines)


def title(kind: str, found: Near) -> str:
    """The finding in one sentence."""
    what = headline.sentence_case(kind)
    if shown(found):
        return f"{what}: too few events for near repeats"
    best = found.strongest
    if best is None:
        return f"{what}: no near repeats on later days beyond what chance can do"
    return (
        f"{what}: {best['ratio']:.1f} times as many pairs {distance(best)} and {time(best)} "
        "as chance brings"
    )


def shown(found: Near) -> str:
    """The reason why nothing can be said of the events left; empty where something can."""
    if found.records >= _LEAST:
        return ""
    return (
        f"{words.counted(found.records, 'event')} in {found.records + found.doubles} records: the "
        f"others may tell of the same ones. It takes {_LEAST}."
    )


def distance(row: Any) -> str:
    """A band of distance in words."""
    return DISTANCE[float(row["space_to"])]


def time(row: Any) -> str:
    """A band of time in words."""
    return _DAYS[float(row["time_to"])]


# the upper edge of a band, in words; days are whole ones
DISTANCE = {1.0: "at the same place", 100.0: "up to 100 m apart"} | {
    high: f"{low:g} to {high:g} m apart" for low, high in pairwise(SPACE) if low >= 100
}
_DAYS = {0.0: "on the same day", 1.0: "a day apart"} | {
    high: f"{low + 1:g} to {high:g} days apart" for low, high in pairwise(TIME) if low >= 1
}


def said(kind: str, found: Near, view: View) -> list[str]:
    """Sentences on how many were paired, and what is left out."""
    lines = []
    if found.strongest is None:
        far, apart = POWER_BAND
        where = f"among pairs {DISTANCE[far]} and {_DAYS[apart]}"
        lines.append(power.words_of(found.smallest, where))
    if day := found.same_day:
        lines.append(
            f"On the same day there are up to {day['ratio']:.1f} times as many pairs ("
            f"{distance(day)}) as chance brings: one event, or one crew's work, can last a day."
        )
    span = period(found.first, found.stretch.last)
    lines.append(
        f"Pairs of {found.records:,} events of {kind}, {span}. Chance: the same events with their "
        f"days dealt out anew within each {WITHIN / 7:g} weeks, so that every place keeps its season."
    )
    if found.doubles:
        lines[-1] += (
            f" {words.counted(found.doubles, 'more record')} within {PAIR_METRES:g} m and an hour of "
            "another may tell of the same event and count once (see the page Episodes)."
        )
    changed = frame.change_words(view)
    if found.stretch.begun:
        changed.append(
            "Only records since then are paired: chance is told from one way of recording."
        )
    left = []
    if found.older:
        left.append(f"{found.older:,} older ones, for only the newest {MOST_PAIRED:,} are paired")
    if found.without:
        left.append(f"{words.counted(found.without, 'record')} without an exact place or day")
    return [*lines, *changed, *([f"Left out: {'; '.join(left)}."] if left else [])]


def matrix(found: Near, theme: Theme) -> None:
    """Bands of distance down, of time across; color where the ratio is more than chance can do."""
    rows = found.table.assign(
        far=[distance(r) for _, r in found.table.iterrows()],
        when=[time(r) for _, r in found.table.iterrows()],
    )
    stands = rows["q"] <= LEVEL
    times = [f"{r:.2f}×" if np.isfinite(r) else "-" for r in rows["ratio"]]
    log = np.log2(rows["ratio"].replace(0, np.nan))
    rows = rows.assign(told=times, stands=stands, strength=log.where(stands & (rows["ratio"] > 1)))
    far, when = list(dict.fromkeys(rows["far"])), list(dict.fromkeys(rows["when"]))
    top = float(max(1.0, rows["strength"].max() if rows["strength"].notna().any() else 1.0))
    short = {w: w.removesuffix(" apart").removesuffix(" days").replace(" to ", "–") for w in when}
    short |= {"on the same day": "0", "a day apart": "1"}
    said = f"({short})[datum.value]"
    base = alt.Chart(rows).encode(
        x=alt.X(
            "when:O", title="days apart", sort=when,
            axis=alt.Axis(orient="top", labelAngle=0, ticks=False, labelExpr=said, labelFontSize=12),
        ),
        y=alt.Y("far:O", title=None, sort=far, axis=alt.Axis(ticks=False, labelLimit=150)),
        tooltip=[
            alt.Tooltip("far:N", title="place"), alt.Tooltip("when:N", title="time"),
            alt.Tooltip("observed:Q", title="pairs", format=","),
            alt.Tooltip("expected:Q", title="by chance", format=",.1f"),
            alt.Tooltip("ratio:Q", title="times", format=".2f"),
            alt.Tooltip("q:Q", title="q", format=".3f"),
        ],
    )  # fmt: skip
    cell = base.mark_rect(fill=theme.paper, stroke=theme.quiet, strokeOpacity=0.35)
    full = (
        base.transform_filter("datum.strength > 0")
        .mark_rect(stroke=theme.paper)
        .encode(
            color=alt.Color(
                "strength:Q", legend=None, scale=alt.Scale(range=list(theme.ramp), domain=[0, top])
            )
        )
    )
    strong = "datum.strength > " + str(top * 0.5)  # the ramp ends far from the paper
    text = base.mark_text(fontSize=14).encode(
        text="told:N",
        color=alt.condition(strong, alt.value(theme.paper), alt.value(theme.ink)),
        opacity=alt.condition("datum.stands", alt.value(1), alt.value(0.45)),
    )
    chart = alt.LayerChart(layer=[cell, full, text]).properties(height=52 * len(far) + 40)
    st.altair_chart(chart, alt="Ratio of pairs to chance, by distance and time apart")
    st.text(
        "Times as many pairs as chance would bring. Colored where that is clearly more, all cells "
        "judged together (those of the same day apart); pale numbers may be chance."
    )


COLUMNS: tables.Columns = {
    "far": ("Place", "", "How far apart: east-west plus north-south, as streets run."),
    "when": ("Time", "", "How many days apart."),
    "observed": ("Pairs", "localized", "Pairs of records so far apart in both."),
    "expected": ("By chance", "%.1f", "The mean over all deals of days."),
    "ratio": ("Times", "%.2f", "Pairs divided by those by chance."),
    "p": ("p", "%.4f", "One-sided: the share of deals with as many pairs or more."),
    "q": (
        "q",
        "%.4f",
        "p after Benjamini and Hochberg's control, of the same day and of later days apart.",
    ),
}


def listed(found: Near) -> pd.DataFrame:
    """The bands as a table."""
    rows = found.table
    told = rows.assign(
        far=[distance(r) for _, r in rows.iterrows()], when=[time(r) for _, r in rows.iterrows()]
    )
    return told[list(COLUMNS)]


def made(kind: str, seed: int) -> MethodNote:
    """The finding's method note, which stands below the page."""
    return MethodNote(
        _METHOD,
        (
            "2.0× in a cell: twice as many pairs of records lie so near each other in place and "
            "time as if their days had nothing to do with their places.",
            "Records within 150 m and an hour of each other (of the same day, where no hour is "
            "known) may be one event told twice, and count once.",
            "Only what repeats faster than its season is seen: days are dealt anew within four "
            "weeks, so what a place has more of for a month is no near repeat.",
            "It tells how such records cluster in the past. It says nothing of what or who comes "
            "next, and where police look more often more is recorded.",
        ),
        {"Kind": kind, "Distance": f"{METRIC} metric", "Replicates": str(REPLICATES),
         "Days dealt within": f"{WITHIN:g} days",
         "Records paired at most": f"{MOST_PAIRED:,}", "Seed": str(seed)},
        {"of_kind": kind, "seed": str(seed)},
    )  # fmt: skip


_LEAST = near_repeats.LEAST_PAIRED
