"""The strip below the map: counts over all that is recorded, the period chosen, the player."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from data.views import recording
from data.views.answers import Answer
from data.views.sql import says
from data.views.view import View
from ui.cached import views
from ui.frame import frame
from ui.map import player
from ui.map.choices import MapChoices
from ui.map.patch import TimelineFrames, TimelineMark, TimelineStrip
from ui.map.player import Played
from ui.parts import charts, component

HEIGHT = 84  # px
STRIP = "timeline_strip"  # in the session: what the strip has to say
_MOST_TICKS = 14


def ask_play(view: View, layer: str) -> MapChoices:
    """Ask whether the map plays through time, by which unit, and how many a frame spans."""
    if layer not in player.LAYERS:
        return MapChoices()
    # its name is set in static/components/timeline.js; with a `help` there would be two buttons
    with st.popover("\u00b7\u00b7\u00b7", key="play_options"):
        chosen = st.selectbox(
            "Play",
            player.PLAYS,
            key="play",
            bind="query-params",
            help="Still shows the whole period; automatic takes days, weeks or months by its length.",
        )
        play = player.resolve(str(chosen), view)
        if play == player.STILL:
            return MapChoices()
        return MapChoices(play=play, width=_ask_width(player.UNITS[play]))


def _ask_width(unit: str) -> int:
    """Ask how many units a frame spans; a number chosen for another unit stays."""
    widths = player.width_words(unit)
    said = st.session_state.get("width") or st.query_params.get("width", "")
    if said not in widths and (n := player.read_width(said)):
        st.session_state["width"] = list(widths)[player.WIDTHS.index(n)]
    width = st.selectbox(
        "Frame",
        list(widths),
        key="width",
        bind="query-params",
        help="How much time a frame spans: with more, the picture moves more calmly.",
    )
    return widths[str(width)]


def show_timeline(view: View, answer: Answer, layer: str, asked: MapChoices) -> None:
    """The strip; what a reader chooses on it becomes the View's period, as by its filters."""
    found = player.played(view, asked) if player.playing(asked, layer) else None
    component.component("timeline")(
        key=STRIP,
        data=strip(view, answer, layer, found),
        height=HEIGHT,
        on_period_change=lambda: _choose_period(view),
        on_play_change=_choose_play,
    )


def strip(view: View, answer: Answer, layer: str, found: Played | None) -> TimelineStrip:
    """Everything that the strip shows of a View; `found` is what it plays."""
    why = player.why_nothing(found) if found else ""
    if found and not why and found.steps.unit == "hour":
        made = _hours(view, found)
    else:
        made = _days(view)
    if found and not why:
        made["frames"] = _frames(answer, found, made["first"])
        made["frame"] = st.query_params.get("frame", "")
    if layer not in player.LAYERS:
        why = "Only areas and heat can be played"
    return {**made, "plays": why}


def _days(view: View) -> TimelineStrip:
    """The counts of the View's other filters over all covered days."""
    line, meta = views.timeline(view), views.meta(view.stamp)
    days = (line.last - line.first).days + 1
    begins = line.series["start"]
    at = [(start.date() - line.first).days for start in begins]
    ends = [(end - line.first).days + 1 for end in _ends(begins, line.step)]
    held = view.start <= line.last and view.end >= line.first
    changes: list[TimelineMark] = [
        {"at": (one.day - line.first).days, "text": frame.changed(one)}
        for one in recording.known_changes(view, meta)
        if line.first <= one.day <= line.last
    ]
    what = says(view, meta)
    return {
        "title": f"{what[:1].upper()}{what[1:]} a {line.step}",
        "step": line.step,
        "first": line.first.isoformat(),
        "days": days,
        "at": [max(a, 0) for a in at],
        "long": [min(e, days) - max(a, 0) for a, e in zip(at, ends)],
        "n": line.series["n"].tolist(),
        "whole": line.series["whole"].tolist(),
        "chosen": [
            max((view.start - line.first).days, 0),
            min((view.end - line.first).days, days - 1),
        ]
        if held
        else None,
        "ticks": _ticks(begins, line.first, line.step),
        "changes": changes,
        "plays": "",
        "frames": None,
        "frame": "",
    }


def _ends(begins: pd.Series, step: str) -> list[date]:
    """The last days of steps."""
    if step == "month":
        return [(start + pd.offsets.MonthEnd(0)).date() for start in begins]
    return [start.date() + timedelta(days=6 if step == "week" else 0) for start in begins]


def _ticks(begins: pd.Series, first: date, step: str) -> list[TimelineMark]:
    """The words of the axis, where steps begin."""
    marks = charts.ticks(begins, _MOST_TICKS)
    years = len(marks) > 1 and all(one.month == 1 for one in marks)
    by_month = step == "month" or (
        len(begins) > 1 and (begins.iloc[-1] - begins.iloc[0]).days > charts.LONG
    )
    found: list[TimelineMark] = []
    for i, one in enumerate(marks):
        if years:
            text = f"{one:%Y}"
        elif by_month:
            text = f"{one:%b %Y}" if i == 0 or one.month == 1 else f"{one:%b}"
        else:
            text = f"{one:%b} {one.day}"
        found.append({"at": max((one.date() - first).days, 0), "text": text})
    return found


def _hours(view: View, found: Played) -> TimelineStrip:
    """The counts by hour of the day: what is played where a frame is one."""
    what = says(view, views.meta(view.stamp))
    return {
        "title": f"{what[:1].upper()}{what[1:]} by hour of the day",
        "step": "hour",
        "first": "",
        "days": 24,
        "at": list(range(24)),
        "long": [1] * 24,
        "n": found.counted.n.tolist(),
        "whole": [True] * 24,
        "chosen": None,
        "ticks": [{"at": hour, "text": f"{hour:02d}:00"} for hour in range(0, 24, 3)],
        "changes": [],
        "plays": "",
        "frames": None,
        "frame": "",
    }


def _frames(answer: Answer, found: Played, first: str) -> TimelineFrames:
    """The frames, each with its first and last day (or hour) on the strip."""
    steps = found.steps
    if steps.unit == "hour":
        spans = [(k, k + steps.width - 1) for k in range(steps.frames)]
    else:
        begin = date.fromisoformat(first)
        days = [(start - begin).days for start in steps.starts]
        last = [day + length - 1 for day, length in zip(days, steps.days)]
        spans = list(zip(days, last[steps.width - 1 :]))
    return {
        "labels": found.labels,
        "keys": steps.keys(),
        "counts": found.totals,
        "spans": spans,
        "of": answer.headline["n"],
        "unit": steps.unit,
    }


def _choose_period(view: View) -> None:
    """Take the days that were dragged over as the filters From and To; all of them are none."""
    line = views.timeline(view)
    days = read_period(st.session_state[STRIP].get("period"), line.first, line.last)
    if days is None:
        return  # no browser of ours says so
    whole = days == (line.first, line.last)
    st.session_state["from"], st.session_state["to"] = (None, None) if whole else days


def read_period(said: Any, first: date, last: date) -> tuple[date, date] | None:
    """First and last day of a period as a browser says it, within two days; None for no such."""
    if not isinstance(said, Sequence) or len(said) != 2:
        return None
    try:
        start, end = (first + timedelta(days=int(day)) for day in said)
    except (TypeError, ValueError, OverflowError):
        return None
    return (start, end) if first <= start <= end <= last else None


def _choose_play() -> None:
    """Begin to play, or show the whole period again."""
    on = st.session_state[STRIP].get("play") == "start"
    st.session_state["play"] = player.AUTOMATIC if on else player.STILL
