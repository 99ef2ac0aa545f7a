"""The page Trend: the weekly series, its expected band, alarms and breaks."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any, ClassVar, Self

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from data import words
from data.palette import Theme
from data.patterns import power
from data.patterns.weekly_trend import LEVEL, PAST, SEASONS, Trend, Unsought
from data.views import recording
from data.views.filters import period
from data.views.recording import KnownChange
from data.views.view import MONTH, View
from geo.breaks import FEWEST
from ui.cached import findings, views
from ui.frame import frame, method_note
from ui.frame.method_note import MethodNote
from ui.parts import headline, intervals, tables
from ui.parts.area_lack import Lack
from ui.patterns import season, trend_chart
from ui.patterns.alarms import how_often
from ui.patterns.pattern_page import NoAnswer, PatternPage

_LISTED = 4  # weeks that a sentence names
_LEAST = 16  # whole weeks, to seek a break at all
_EVERYWHERE = 2 / 3  # of the areas moved the same way: as a change of recording would
_NEAR = 21  # days between a break and a known change of recording
_LASTING: dict[Unsought | None, str] = {
    Unsought.SEASON: "too short to tell a break from a season",
    Unsought.SPARSE: "too few to tell of a break",
}
_METHODS = {
    "farrington": "expected from the same season of up to five years before",
    "short": "expected from the 13 weeks before alone, because the past is short: a season can alarm",
}


@dataclass(frozen=True)
class TrendPage(PatternPage):
    """The whole weeks of a View against their past, on a seed, and known changes of recording."""

    METHOD = "Trend"
    COLUMNS: ClassVar[tables.Columns] = {
        "start": ("Week from", "", "Its Monday."),
        "n": ("Incidents", "localized", "How many in the week."),
        "expected": ("Expected", "%.1f", "What its past lets expect."),
        "lower": ("from", "%.0f", "Lower end of the 99% band."),
        "upper": ("to", "%.0f", "Upper end of the 99% band: above it is an alarm."),
        "alarm": ("Alarm", "", "Whether the week lies above the band."),
        "method": ("By", "", "farrington: the season of years before; short: the 13 weeks before."),
        "level": ("Level", "%.1f", "The mean between breaks and known changes of recording."),
    }
    BREAKS: ClassVar[tables.Columns] = {
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

    view: View
    seed: int
    found: Trend
    changes: list[KnownChange]

    @classmethod
    def refuse(cls, view: View) -> NoAnswer | None:
        """Return why no trend of a View can be told at all."""
        answer = views.answer(view)
        if not recording.is_count(view, views.meta(view.stamp)):
            what = headline.sentence_case(headline.noun(view))
            return NoAnswer(f"{what}: no count, so no trend")
        if not answer.covered:
            return NoAnswer("No data in this period, so no trend")
        if answer.step == MONTH:
            month = "Most records of this View are known only to the month: no trend by weeks"
            return NoAnswer(month)
        return None

    @classmethod
    def ask(cls, view: View) -> Self:
        """Ask for the seed."""
        seed = method_note.ask_seed()
        return cls(view, seed, findings.trend(view, seed), frame.changes(view))

    def why_not(self) -> Lack | None:
        """Return that there is too short a time for a trend; None where there is not."""
        return Lack.TIME if len(self.found.table) < _LEAST else None

    def title(self) -> str:
        """Return the finding in one sentence."""
        if self.why_not():
            return "Too short a time for a trend"
        what, found = headline.sentence_case(headline.noun(self.view)), self.found
        if found.breaks.empty:
            clear = int(found.table["clear"].sum())
            above = words.counted(clear, "week") if clear else "no week"
            lasting = _LASTING.get(found.unsought, "no lasting break")
            if found.drifts:
                lasting = f"a slow drift, {_many(found.drifts[0][2])} at its end; no dated break"
            return f"{what}: {lasting}; {above} clearly above what was expected"
        rows: list[Any] = list(found.breaks.itertuples())
        row = max(rows, key=lambda one: abs(np.log(one.ratio)))
        since = f"from the week of {_day(row.at)}"
        if row.known:  # what is recorded otherwise is no finding of what happened
            return f"{what}: {_many(row.ratio)} recorded {since}, where recording changed"
        doubt = self._change_near(row.at) or _everywhere(row)
        return (
            f"{what}: {_many(row.ratio)} {since}{'; recording may have changed' if doubt else ''}"
        )

    def sentences(self) -> list[str]:
        """Return each break in words, what it may be, and how many alarms chance gives."""
        if self.why_not():
            weeks = words.counted(len(self.found.table), "whole week")
            return [f"{weeks} in this View: it takes {_LEAST} to speak of a trend."]
        breaks = [self._break(row) for row in self.found.breaks.itertuples()]
        drifts = [
            f"A slow drift, no dated break: from the week of {_day(first)} to that of {_day(last)} the "
            f"level moved to {_many(float(ratio))}. A step does not fit clearly better than a slope."
            for first, last, ratio in self.found.drifts
        ]
        return [*breaks, *drifts, *self._without_break(), *self._across(), self._alarms()]

    def _break(self, row: Any) -> str:
        """Return one break in words, and what it may be besides a change of what happened."""
        where = f"; 95% interval of the week {period(row.low, row.high)}"
        within = intervals.ratio_interval(row.ratio_low, row.ratio_high)
        may_be = ""
        if change := self._change_near(row.at):
            may_be = f" Known: {change.what}"
        elif _everywhere(row):
            may_be = " A break across all areas at once can be a change of recording."
        return (
            f"From the week of {_day(row.at)} on, {_many(row.ratio)} {'as' if row.ratio > 1 else 'than'} "
            f"just before (ratio {row.ratio:.2f}, 95% interval {within}"
            f"{'' if row.low == row.high else where}). "
            f"{row.same} of {row.judged} areas moved the same way.{may_be}"
        )

    def _change_near(self, at: date) -> KnownChange | None:
        """Return a known change of recording that a break may be."""
        return next((one for one in self.changes if abs((one.day - at).days) <= _NEAR), None)

    def _without_break(self) -> list[str]:
        """Return why no break was sought, or what finding none is worth."""
        found = self.found
        if found.unsought is Unsought.SEASON:
            return [
                f"No break is sought: season and break cannot be told apart in {len(found.table)} whole "
                f"weeks; it takes {SEASONS}, two years."
            ]
        if found.unsought is Unsought.SPARSE and not (each := found.table["n"].mean()):
            return ["No incident in these weeks, so no break and no rise can be told."]
        if found.unsought is Unsought.SPARSE:
            return [
                f"{each:.1f} incidents a week are too few to seek a break in: it takes {FEWEST:.0f}. "
                "A break may be there all the same."
            ]
        if found.breaks.empty:
            worth = power.words_of(
                found.smallest_break, "lasting for the later half of these weeks"
            )
            return [f"No lasting change of level beyond what chance and season can do. {worth}"]
        return []

    def _across(self) -> list[str]:
        """Return each known change of recording that bears on the weeks, and what is left of them."""
        table, lines = self.found.table, []
        breaks: list[Any] = self.found.breaks["at"][
            self.found.breaks["known"].astype(bool)
        ].tolist()
        weeks = [start.date() for start in table["start"]]
        for change, after in zip_longest(self.found.changes, self.found.changes[1:]):
            until = after.day if after else date.max
            own = [change.day <= start + timedelta(days=6) and start < until for start in weeks]
            bare = int((table["method"][own] == "").sum())
            if not bare and (self.view.start - change.day).days > recording.JUST_BEFORE:
                continue
            above = any(0 <= (at - change.day).days <= 7 for at in breaks)  # said with its break
            line = f"Recording changed on {_day(change.day)}." if above else frame.changed(change)
            if not above and self.view.start < change.day:
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

    def _alarms(self) -> str:
        """Return how many weeks lie above their band, how many by chance, and what that is worth."""
        found, table = self.found, self.found.table
        alarms, judged = int(table["alarm"].sum()), int((table["method"] != "").sum())
        often = found.false_a_month
        chance = f"; chance alone would give {how_often(often)}" if np.isfinite(often) else ""
        named = f" ({_weeks(table['alarm'], found)})" if alarms else ""
        return (
            f"{words.counted(alarms, 'week')} of {judged} judged {'lies' if alarms == 1 else 'lie'} "
            f"above the expected band{named}{chance}.{self._worth(alarms, judged)} Whole weeks only: "
            f"{words.counted(len(table), 'week')}, {period(*found.span)}."
        )

    def _worth(self, alarms: int, judged: int) -> str:
        """Return which alarms stand out, or what finding none is worth."""
        table = self.found.table
        if clear := int(table["clear"].sum()):
            which = "" if clear == alarms else f": {_weeks(table['clear'], self.found)}"
            return f" {clear} {'stands' if clear == 1 else 'stand'} out among so many{which}."
        if alarms:
            return " None stands out: so many weeks bring as much by chance in one look of twenty."
        if judged and table["n"].any():
            return f" {power.words_of(self.found.smallest_alarm, 'in one week')}"
        return ""

    def picture(self, theme: Theme) -> alt.LayerChart:
        """Return the series on its expected band; alarms as dots, breaks with their dates."""
        return trend_chart.draw_trend(self.found, self.changes, theme)

    def table(self) -> pd.DataFrame:
        """Return the series as a table, newest first."""
        rows = self.found.table.assign(
            start=self.found.table["start"].dt.strftime("%Y-%m-%d"),
            alarm=np.where(self.found.table["alarm"], "alarm", ""),
        )
        return rows[list(self.COLUMNS)].iloc[::-1]

    def _breaks(self) -> pd.DataFrame:
        """Return the breaks as a table."""
        rows = self.found.breaks
        days = {c: [_day(v) for v in rows[c]] for c in ("at", "low", "high")}
        known = np.where(rows["known"], "recording", "")
        return rows.assign(**days, known=known)[list(self.BREAKS)]

    def show_top(self, theme: Theme) -> None:
        """Show the chart, then the sentences."""
        if not self.why_not():
            st.altair_chart(self.picture(theme), alt="Weeks on their expected band, with breaks")
        super().show_top(theme)

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show the season where it is asked for, and tables of breaks and weeks."""
        if self.why_not():
            return None
        season.show_season(self.view, self.found, theme)
        if many := len(self.found.breaks):
            st.markdown("**Breaks**")
            tables.finding(self._breaks(), self.BREAKS, 36 * (many + 1) + 6, "breaks")
        st.markdown("**Weeks**")
        rows = self.table()
        tables.finding(rows, self.COLUMNS, 300, "weeks")
        return rows

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        used = sorted(set(self.found.table["method"]) - {""})
        return MethodNote(
            self.METHOD,
            (
                "A dot is a week with more than its past lets expect; the grey band is what it lets "
                f"expect in {LEVEL:.0%} of weeks. "
                + "; ".join(f"{m}: {_METHODS[m]}" for m in used)
                + ".",
                "A break is where the level changed at once and stayed changed; what moves slowly is "
                "called a drift and has no date. The stripe is where its date "
                "may lie. The thick line is the mean between breaks.",
                "A break across all areas at once can be a change of recording: a new form, a new "
                "rule, another system. Known ones are drawn as dashed lines: there the level may change "
                "in any case, and no week is judged by weeks on the other side.",
                "More records are not more events, and fewer are not fewer.",
            ),
            {
                "Band": f"{LEVEL:.0%}",
                "Breaks": "5% in a series without any, at least 8 weeks apart, sought from 104 weeks on",
                "Weeks": str(len(self.found.table)),
                "Seed": str(self.seed),
                "Period": period(*self.found.span) if len(self.found.table) else "none",
            },
            {"seed": str(self.seed)},
        )


def _many(ratio: float) -> str:
    """Return a ratio of weeks as readers want it."""
    if ratio > 1:
        return f"{ratio:.1f} times as many a week"
    return f"{(1 - ratio) * 100:.0f}% fewer a week"


def _day(when: Any) -> str:
    return period(when, when)


def _everywhere(row: Any) -> bool:
    """Return whether a break moved so many areas as a change of recording would."""
    return bool(row.judged and row.same / row.judged >= _EVERYWHERE)


def _weeks(which: "pd.Series[bool]", found: Trend) -> str:
    """Return some of the weeks by their Mondays, the newest few where they are many."""
    starts = found.table.loc[which, "start"]
    more = f"and {len(starts) - _LISTED} more, " if len(starts) > _LISTED else ""
    return f"{more}{', '.join(_day(start) for start in starts.tail(_LISTED))}"
