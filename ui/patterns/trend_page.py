"""The page Trend: the weekly series, its expected band, alarms and breaks."""

from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from data import palette, words
from data.palette import Theme
from data.patterns import power
from data.patterns.weekly_trend import LEVEL, PAST, SEASONS, Trend, Unsought
from data.views import coverage, recording
from data.views.answers import Answer
from data.views.filters import period
from data.views.view import MONTH, View
from geo.breaks import FEWEST
from ui.cached import views
from ui.frame import frame
from ui.frame.method_note import MethodNote
from ui.parts import charts, headline, intervals, tables

_METHOD = "Trend"
LISTED = 4  # weeks that a sentence names
_LEAST = 16  # whole weeks, to seek a break at all
EVERYWHERE = 2 / 3  # of the areas moved the same way: as a change of recording would
NEAR = 21  # days between a break and a known change of recording
LASTING: dict[Unsought | None, str] = {
    Unsought.SEASON: "too short to tell a break from a season",
    Unsought.SPARSE: "too few to tell of a break",
}
METHODS = {
    "farrington": "expected from the same season of up to five years before",
    "short": "expected from the 13 weeks before alone, because the past is short: a season can alarm",
}


def never(view: View, answer: Answer) -> str:
    """The title where no trend of a View can be told at all; empty where one can."""
    if not recording.is_count(view, views.meta(view.stamp)):
        return f"{headline.sentence_case(headline.noun(view))}: no count, so no trend"
    if not answer.covered:
        return "No data in this period, so no trend"
    if answer.step == coverage.STEPS[MONTH]:
        return "Most records of this View are known only to the month: no trend by weeks"
    return ""


def why_not(found: Trend) -> str:
    """The reason why nothing can be said; empty where something can."""
    n = len(found.table)
    if n < _LEAST:
        return (
            f"{words.counted(n, 'whole week')} in this View: it takes {_LEAST} to speak of a trend."
        )
    return ""


def title(view: View, found: Trend, changes: list[tuple[date, str]]) -> str:
    """The finding in one sentence."""
    what = headline.sentence_case(headline.noun(view))
    if found.breaks.empty:
        clear = int(found.table["clear"].sum())
        above = words.counted(clear, "week") if clear else "no week"
        lasting = LASTING.get(found.unsought, "no lasting break")
        if found.drifts:
            lasting = f"a slow drift, {times(found.drifts[0][2])} at its end; no dated break"
        return f"{what}: {lasting}; {above} clearly above what was expected"
    rows: list[Any] = list(found.breaks.itertuples())
    row = max(rows, key=lambda one: abs(np.log(one.ratio)))
    since = f"from the week of {day(row.at)}"
    if row.known:  # what is recorded otherwise is no finding of what happened
        return f"{what}: {times(row.ratio)} recorded {since}, where recording changed"
    doubt = "; recording may have changed" if _recording(row, changes) else ""
    return f"{what}: {times(row.ratio)} {since}{doubt}"


def times(ratio: float) -> str:
    """A ratio of weeks as readers want it."""
    if ratio > 1:
        return f"{ratio:.1f} times as many a week"
    return f"{(1 - ratio) * 100:.0f}% fewer a week"


def _than(ratio: float) -> str:
    """The word between `times` and what it is held against."""
    return "as" if ratio > 1 else "than"


def how_often(a_month: float) -> str:
    """A rate as readers say it: 1.2 a month, one in 17 months, fewer than one in ten years."""
    if a_month >= 0.95:
        return f"{a_month:.1f} a month"
    months = round(1 / max(a_month, 1e-6))
    return (
        f"one in {words.counted(months, 'month')}"
        if months <= 120
        else "fewer than one in ten years"
    )


def day(when: Any) -> str:
    """A day as readers write it."""
    return period(when, when)


def said(view: View, found: Trend, changes: list[tuple[date, str]]) -> list[str]:
    """Each break in words, what it may be, and how many alarms chance gives."""
    lines = []
    row: Any
    for row in found.breaks.itertuples():
        where = f"; 95% interval of the week {period(row.low, row.high)}"
        within = intervals.ratio_interval(row.ratio_low, row.ratio_high)
        lines.append(
            f"From the week of {day(row.at)} on, {times(float(row.ratio))} {_than(float(row.ratio))} just "
            f"before (ratio {row.ratio:.2f}, 95% interval {within}{'' if row.low == row.high else where}). "
            f"{row.same} of {row.judged} areas moved the same way.{_recording(row, changes)}"
        )
    for first, last, ratio in found.drifts:
        lines.append(
            f"A slow drift, no dated break: from the week of {day(first)} to that of {day(last)} the "
            f"level moved to {times(float(ratio))}. A step does not fit clearly better than a slope."
        )
    if found.unsought is Unsought.SEASON:
        lines.append(
            f"No break is sought: season and break cannot be told apart in {len(found.table)} whole "
            f"weeks; it takes {SEASONS}, two years."
        )
    elif found.unsought is Unsought.SPARSE:
        each = found.table["n"].mean()
        lines.append(
            f"{each:.1f} incidents a week are too few to seek a break in: it takes {FEWEST:.0f}. A "
            "break may be there all the same."
            if each
            else "No incident in these weeks, so no break and no rise can be told."
        )
    elif found.breaks.empty:
        worth = power.words_of(found.smallest_break, "lasting for the later half of these weeks")
        lines.append(f"No lasting change of level beyond what chance and season can do. {worth}")
    lines += _across(view, found)
    alarms = int(found.table["alarm"].sum())
    judged = int((found.table["method"] != "").sum())
    often = found.false_a_month
    chance = f"; chance alone would give {how_often(often)}" if np.isfinite(often) else ""
    worth, clear = "", int(found.table["clear"].sum())
    if clear:
        verb = "stands" if clear == 1 else "stand"
        which = "" if clear == alarms else f": {_weeks(found.table['clear'], found)}"
        worth = f" {clear} {verb} out among so many{which}."
    elif alarms:
        worth = " None stands out: so many weeks bring as much by chance in one look of twenty."
    if judged and not alarms and found.table["n"].any():
        worth = f" {power.words_of(found.smallest_alarm, 'in one week')}"
    named = f" ({_weeks(found.table['alarm'], found)})" if alarms else ""
    verb = "lies" if alarms == 1 else "lie"
    lines.append(
        f"{words.counted(alarms, 'week')} of {judged} judged {verb} above the expected "
        f"band{named}{chance}.{worth} Whole weeks only: {words.counted(len(found.table), 'week')}, "
        f"{period(*found.span)}."
    )
    return lines


def _weeks(which: "pd.Series[bool]", found: Trend) -> str:
    """Some of the weeks by their Mondays, the newest few where they are many."""
    starts = found.table.loc[which, "start"]
    more = f"and {len(starts) - LISTED} more, " if len(starts) > LISTED else ""
    return f"{more}{', '.join(day(start) for start in starts.tail(LISTED))}"


def _across(view: View, found: Trend) -> list[str]:
    """Each known change of recording that bears on the View's weeks, and what is left of them."""
    lines = []
    known: list[Any] = found.breaks["at"][found.breaks["known"].astype(bool)].tolist()
    weeks = [start.date() for start in found.table["start"]]
    for change, after in zip_longest(found.changes, found.changes[1:]):
        until = after.day if after else date.max
        own = [change.day <= start + timedelta(days=6) and start < until for start in weeks]
        bare = int((found.table["method"][own] == "").sum())
        if not bare and (view.start - change.day).days > recording.JUST_BEFORE:
            continue
        told = any(0 <= (at - change.day).days <= 7 for at in known)  # with its break, above
        line = f"Recording changed on {day(change.day)}." if told else frame.changed(change)
        if not told and view.start < change.day:
            line += (
                " Across it the level of weeks differs no more than chance can do, or too few "
                "weeks lie on one side to tell."
            )
        if bare:
            have = "has" if bare == 1 else "have"
            line += (
                f" No past reaches across it, so {words.counted(bare, 'week')} after it {have} no "
                f"expected band: it takes {PAST} whole weeks before one."
            )
        lines.append(line)
    return lines


def _recording(row: Any, changes: list[tuple[date, str]]) -> str:
    """A sentence on what a break may be besides a change of what happened; else empty."""
    for when, what in changes:
        if abs((when - row.at).days) <= NEAR:
            return f" Known: {what}"
    if row.judged and row.same / row.judged >= EVERYWHERE:
        return " A break across all areas at once can be a change of recording."
    return ""


def chart(found: Trend, theme: Theme, changes: list[tuple[date, str]]) -> alt.LayerChart:
    """The series on its expected band; alarms as dots, breaks as lines with their dates."""
    rows = found.table.assign(
        state=np.where(found.table["alarm"], "above expected", "as expected"),
    )
    x = alt.X("start:T", title=None, axis=charts.dates(rows["start"]))
    y = alt.Y("n:Q", title=None, axis=charts.COUNTS)
    tips = [
        alt.Tooltip("start:T", title="week from", format="%b %-d, %Y"), charts.INCIDENTS,
        alt.Tooltip("expected:Q", format=",.1f"), alt.Tooltip("upper:Q", title="up to", format=",.0f"),
    ]  # fmt: skip
    # a band is drawn for each run of judged weeks: it never bridges weeks that have none
    judged = found.table["method"] != ""
    rows = rows.assign(run=(judged != judged.shift()).cumsum())
    base = alt.Chart(rows).encode(x=x)
    band = base.transform_filter("isValid(datum.upper)").mark_area(color=theme.quiet, opacity=0.22)
    layers = [
        band.encode(y=alt.Y("lower:Q", title=None), y2="upper:Q", detail="run:N"),
        base.mark_line(color=theme.ink, strokeWidth=1, opacity=0.7).encode(y=y),
        base.mark_line(color=theme.accent, strokeWidth=2.5, interpolate="step-after").encode(
            y=alt.Y("level:Q", title=None)
        ),
        base.transform_filter("datum.alarm").mark_circle(color=palette.HIGHER, size=42, opacity=1)
        .encode(y=y, tooltip=tips),
        base.mark_circle(size=120, opacity=0).encode(y=y, tooltip=tips),
    ]  # fmt: skip
    if len(found.breaks):
        layers += _breaks(found.breaks, theme)
    layers += charts.marked(changes, theme)
    text = [
        "Incidents a week (thin), mean between breaks (thick),",
        "expected band (grey), alarms (dots)",
    ]
    above = (
        charts.chart_title("", theme)
        | {"text": text}
        | {"offset": 8 + 14 * min(len(found.breaks), 3)}
    )
    return alt.LayerChart(layer=layers, title=above).properties(height=340)


def _breaks(breaks: pd.DataFrame, theme: Theme) -> list[alt.Chart]:
    """The interval of each break's date as a stripe, and its date."""
    rows = pd.DataFrame(
        {
            "low": pd.to_datetime(breaks["low"]),
            "high": pd.to_datetime(breaks["high"]) + pd.Timedelta(days=7),
            "at": pd.to_datetime(breaks["at"]),
            "told": [f"{pd.Timestamp(v):%b %-d %Y}" for v in breaks["at"]],
            "line": [-14 * (i % 3) for i in range(len(breaks))],  # else near ones overlap
        }
    )
    base = alt.Chart(rows)
    stripe = base.mark_rect(color=theme.accent, opacity=0.18).encode(x="low:T", x2="high:T")
    labels = [
        base.transform_filter(f"datum.line == {line}")
        .mark_text(align="left", dx=2, dy=line, baseline="bottom", color=theme.accent, fontSize=11)
        .encode(x="at:T", y=alt.value(-2), text="told:N")
        for line in sorted(set(rows["line"]))
    ]
    return [stripe, *labels]


BREAKS: tables.Columns = {
    "at": ("From the week of", "", "The first week of the new level."),
    "low": ("earliest", "", "Where the 95% interval of the date begins."),
    "high": ("latest", "", "Where the 95% interval of the date ends."),
    "ratio": ("Ratio", "%.2f", "The level after divided by that before."),
    "ratio_low": ("from", "%.2f", "Lower end of its 95% interval."),
    "ratio_high": ("to", "%.2f", "Upper end of its 95% interval."),
    "p": ("p", "%.3f", "The chance of as clear a break where there is none."),
    "same": ("Same way", "%d", "Areas that moved the same way."),
    "judged": ("of areas", "%d", "Areas with any incident in the two stretches."),
    "known": ("Known", "", "Recording is known to have changed then: the week was not sought."),
}
WEEKS: tables.Columns = {
    "start": ("Week from", "", "Its Monday."),
    "n": ("Incidents", "localized", "How many in the week."),
    "expected": ("Expected", "%.1f", "What its past lets expect."),
    "lower": ("from", "%.0f", "Lower end of the 99% band."),
    "upper": ("to", "%.0f", "Upper end of the 99% band: above it is an alarm."),
    "alarm": ("Alarm", "", "Whether the week lies above the band."),
    "method": ("By", "", "farrington: the season of years before; short: the 13 weeks before."),
    "level": ("Level", "%.1f", "The mean between breaks and known changes of recording."),
}


def weeks(found: Trend) -> pd.DataFrame:
    """The series as a table, newest first."""
    rows = found.table.assign(
        start=found.table["start"].dt.strftime("%Y-%m-%d"),
        alarm=np.where(found.table["alarm"], "alarm", ""),
    )
    return rows[list(WEEKS)].iloc[::-1]


def breaks(found: Trend) -> pd.DataFrame:
    """The breaks as a table."""
    told = {c: [day(v) for v in found.breaks[c]] for c in ("at", "low", "high")}
    known = np.where(found.breaks["known"], "recording", "")
    return found.breaks.assign(**told, known=known)[list(BREAKS)]


def made(found: Trend, seed: int) -> MethodNote:
    """The finding's method note, which stands below the page."""
    used = sorted(set(found.table["method"]) - {""})
    return MethodNote(
        _METHOD,
        (
            "A dot is a week with more than its past lets expect; the grey band is what it lets "
            f"expect in {LEVEL:.0%} of weeks. " + "; ".join(f"{m}: {METHODS[m]}" for m in used) + ".",
            "A break is where the level changed at once and stayed changed; what moves slowly is "
            "called a drift and has no date. The stripe is where its date "
            "may lie. The thick line is the mean between breaks.",
            "A break across all areas at once can be a change of recording: a new form, a new "
            "rule, another system. Known ones are drawn as dashed lines: there the level may change "
            "in any case, and no week is judged by weeks on the other side.",
            "More records are not more events, and fewer are not fewer.",
        ),
        {"Band": f"{LEVEL:.0%}", "Breaks": "5% in a series without any, at least 8 weeks apart, sought from 104 weeks on",
         "Weeks": str(len(found.table)), "Seed": str(seed),
         "Period": period(*found.span) if len(found.table) else "none"},
        {"seed": str(seed)},
    )  # fmt: skip


def listed(found: Trend) -> pd.DataFrame:
    """Tables below the chart: the breaks, then the weeks; what comes back is the latter."""
    if len(found.breaks):
        st.markdown("**Breaks**")
        tables.finding(breaks(found), BREAKS, 36 * (len(found.breaks) + 1) + 6, "breaks")
    st.markdown("**Weeks**")
    rows = weeks(found)
    tables.finding(rows, WEEKS, 300, "weeks")
    return rows
