"""The page Trend: the weekly series, its expected band, alarms and breaks."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any, ClassVar, Self

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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
from ui.parts import headline, intervals, pictures, tables
from ui.parts.area_lack import Lack
from ui.patterns import season, trend_chart
from ui.patterns.alarms import how_often
from ui.patterns.pattern_page import NoAnswer, PatternPage

_LISTED = 4  # weeks that a sentence names
_LEAST = 16  # whole weeks, to seek a break at all
_EVERYWHERE = 2 / 3  # of the areas moved the same way: as a change of recording would
_NEAR = 21  # days between a break and a known change of recording
_LASTING: dict[Unsought | None, str] = {
    Unsought.SEASON: "too short a time to tell a lasting change from a season",
    Unsought.SPARSE: "too few records to tell whether the level changed",
}
_METHODS = {
    "farrington": "expected from the same season in up to five earlier years",
    "short": "expected from the 13 weeks before only, because there are no earlier years: a season can make a week look busy",
}


@dataclass(frozen=True)
class TrendPage(PatternPage):
    """The whole weeks of a View against their past, on a seed, and known changes of recording."""

    METHOD = "Trend"
    COLUMNS: ClassVar[tables.Columns] = {
        "start": ("Week from", "", "The Monday it starts on."),
        "n": ("Incidents", "localized", "Incidents in the week."),
        "expected": ("Expected", "%.1f", "Incidents expected in that week, from the weeks before."),
        "lower": (
            "Expected from",
            "localized",
            "Lower end of the expected range, incidents a week (99% band).",
        ),
        "upper": (
            "Expected to",
            "localized",
            "Upper end of the expected range, incidents a week (99% band). A week above it is unusually busy.",
        ),
        "alarm": ("Unusual", "", "Whether the week is above the expected range."),
        "method": (
            "Expected by",
            "",
            "farrington: from the same season of earlier years. short: from the 13 weeks before.",
        ),
        "level": (
            "Level",
            "%.1f",
            "Mean incidents a week between lasting changes and known changes of recording.",
        ),
    }
    BREAKS: ClassVar[tables.Columns] = {
        "at": ("From the week of", "", "The first week of the new level."),
        "low": ("Earliest", "", "The change may have been as early as this week (95% interval)."),
        "high": ("Latest", "", "The change may have been as late as this week (95% interval)."),
        "ratio": (
            "Times before",
            "%.2f",
            "The level after the change divided by the level before.",
        ),
        "ratio_low": ("Times, from", "%.2f", "Lower end of the 95% interval of times before."),
        "ratio_high": ("Times, to", "%.2f", "Upper end of the 95% interval of times before."),
        "p": ("p", "%.3f", "The chance of as clear a change if the level had not changed."),
        "same": ("Areas alike", "%d", "Areas that changed in the same direction."),
        "judged": ("of areas", "%d", "Areas with any incident before or after."),
        "known": (
            "Known",
            "",
            "Recording is known to have changed then, so the week is given and was not searched for.",
        ),
    }

    view: View
    seed: int
    found: Trend
    changes: list[KnownChange]

    @classmethod
    def refuse(cls, view: View) -> NoAnswer | None:
        """Return why no trend of a View can be told at all."""
        if not recording.is_count(view, views.meta(view.stamp)):
            what = words.sentence_case(headline.noun(view))
            return NoAnswer(f"{what}: not a count, so there is no trend")
        if not views.coverage(view).some:
            return NoAnswer("No data in this period, so there is no trend")
        if views.step(view) == MONTH:
            month = "Most of these records are known only to the month, so there is no weekly trend"
            return NoAnswer(month)
        return None

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:
        """Ask for the seed."""
        seed = method_note.ask_seed(fold)
        return cls(view, seed, findings.trend(view, seed), frame.changes(view))

    def why_not(self) -> Lack | None:
        """Return that there is too short a time for a trend; None where there is not."""
        return Lack.TIME if len(self.found.table) < _LEAST else None

    def title(self) -> str:
        """Return the finding in one sentence."""
        if self.why_not():
            return "Too short a period for a trend"
        what, found = words.sentence_case(headline.noun(self.view)), self.found
        if found.breaks.empty:
            clear = int(found.table["clear"].sum())
            above = words.counted(clear, "week") if clear else "no week"
            lasting = _LASTING.get(found.unsought, "the weekly level did not change")
            if found.drifts:
                lasting = f"a slow change, {_many(found.drifts[0][2])} at its end"
            return f"{what}: {lasting}; {above} clearly busier than expected"
        rows: list[Any] = list(found.breaks.itertuples())
        row = max(rows, key=lambda one: abs(np.log(one.ratio)))
        since = f"from the week of {_day(row.at)}"
        if row.known:  # what is recorded otherwise is no finding of what happened
            return f"{what}: {_many(row.ratio)} recorded {since}, where recording may have changed"
        doubt = self._change_near(row.at) or _everywhere(row)
        return (
            f"{what}: {_many(row.ratio)} {since}{'; recording may have changed' if doubt else ''}"
        )

    def sentences(self) -> list[str]:
        """Return each break in words, what it may be, and how many alarms chance gives."""
        if self.why_not():
            weeks = words.counted(len(self.found.table), "whole week")
            return [f"{weeks} in this period: it takes at least {_LEAST} to speak of a trend."]
        breaks = [self._break(row) for row in self.found.breaks.itertuples()]
        drifts = [
            f"The level changed slowly from the week of {_day(first)} to that of {_day(last)}, to "
            f"{_many(float(ratio))}. It was not a jump that could be dated."
            for first, last, ratio in self.found.drifts
        ]
        return [*breaks, *drifts, *self._without_break(), *self._across(), self._alarms()]

    def _break(self, row: Any) -> str:
        """Return one break in words, and what it may be besides a change of what happened."""
        where = f"; the change came between the weeks of {_day(row.low)} and {_day(row.high)} (95% interval)"
        within = intervals.ratio_interval(row.ratio_low, row.ratio_high)
        may_be = ""
        if change := self._change_near(row.at):
            may_be = f" {frame.changed(change)}"
        elif _everywhere(row):
            may_be = " A change in all areas at once can be a change of recording."
        return (
            f"From the week of {_day(row.at)} on, {_many(row.ratio)} {'as' if row.ratio > 1 else 'than'} "
            f"in {period(row.before_from, row.before_to)} ({row.ratio:.2f} times, 95% interval {within})"
            f"{'' if row.low == row.high else where}. "
            f"{row.same} of {row.judged} areas changed in the same direction.{may_be}"
        )

    def _change_near(self, at: date) -> KnownChange | None:
        """Return a known change of recording that a break may be."""
        return next((one for one in self.changes if abs((one.day - at).days) <= _NEAR), None)

    def _without_break(self) -> list[str]:
        """Return why no break was sought, or what finding none is worth."""
        found = self.found
        if found.unsought is Unsought.SEASON:
            return [
                f"No lasting change is looked for: in {len(found.table)} whole weeks it cannot be told "
                f"from a season. That takes {SEASONS} weeks, two years."
            ]
        if found.unsought is Unsought.SPARSE and not (each := found.table["n"].mean()):
            return ["No incident in these weeks, so no change can be told."]
        if found.unsought is Unsought.SPARSE:
            return [
                f"{each:.1f} incidents a week are too few to look for a lasting change: it takes "
                f"{FEWEST:.0f}. There may be one all the same."
            ]
        if found.breaks.empty:
            worth = power.words_of(
                found.smallest_break, "lasting for the later half of these weeks"
            )
            return [f"The weekly level did not change beyond chance and season. {worth}"]
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
            line = "" if above else frame.changed(change)
            if not above and self.view.start < change.day:
                line += (
                    " The weekly level before and after differs no more than by chance, or one side "
                    "has too few weeks to tell."
                )
            if bare:
                have = "has" if bare == 1 else "have"
                line += (
                    f" Weeks before {_day(change.day)} cannot say what to expect after it, so "
                    f"{words.counted(bare, 'week')} after it {have} no expected range: it takes {PAST} "
                    "whole weeks."
                )
            lines += [line.strip()] if line else []
        return lines

    def _alarms(self) -> str:
        """Return how many weeks lie above their band, how many by chance, and what that is worth."""
        found, table = self.found, self.found.table
        alarms, judged = int(table["alarm"].sum()), int((table["method"] != "").sum())
        often = found.false_a_month
        chance = (
            f" By chance alone there would be {how_often(often)}." if np.isfinite(often) else ""
        )
        named = f" ({_weeks(table['alarm'], found)})" if alarms else ""
        return (
            f"{alarms or 'None'} of {words.counted(judged, 'week')} {'were' if alarms > 1 else 'was'} "
            f"above the expected range{named}.{chance}{self._worth(alarms, judged)} Whole weeks only: "
            f"{words.counted(len(table), 'week')}, {period(*found.span)}."
        )

    def _worth(self, alarms: int, judged: int) -> str:
        """Return which alarms stand out, or what finding none is worth."""
        table = self.found.table
        if clear := int(table["clear"].sum()):
            which = "" if clear == alarms else f": {_weeks(table['clear'], self.found)}"
            return f" {clear} {'stands' if clear == 1 else 'stand'} out even among so many weeks{which}."
        if alarms:
            return " All of these could be chance, because so many weeks were checked."
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
            alarm=np.where(self.found.table["alarm"], "busy", ""),
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
            said = pictures.spread_words(self.found.table, "start", "n")
            told = f"Incidents a week with their expected range and lasting changes. {said}"
            pictures.show_chart(self.picture(theme), "The weekly series", told, says=self.title())
        super().show_top(theme)

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show the season where it is asked for, and tables of breaks and weeks."""
        if self.why_not():
            return None
        season.show_season(self.view, self.found, theme)
        if many := len(self.found.breaks):
            st.header("Lasting changes", anchor=False)
            tables.finding(self._breaks(), self.BREAKS, 36 * (many + 1) + 6, "breaks")
        st.header("Weeks", anchor=False)
        rows = self.table()
        shown = rows.round({"lower": 0, "upper": 0})
        tables.finding(shown, self.COLUMNS, 300, "weeks")
        return rows

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        used = sorted(set(self.found.table["method"]) - {""})
        return MethodNote(
            self.METHOD,
            (
                "A dot is an unusually busy week. The gray band is the expected range: "
                f"{LEVEL:.0%} of weeks would be in it if nothing changed. "
                + "; ".join(f"{m}: {_METHODS[m]}" for m in used)
                + ".",
                "A lasting change (a break) is where the level jumped and stayed there; a slow change "
                "(a drift) has no date. The stripe shows when the jump may have been. The thick line "
                "is the mean between such changes.",
                "A change in all areas at once can be a change of recording: a new form, a new "
                "rule, another system. Known ones are drawn as dashed lines. The level may change "
                "there in any case, and weeks on one side do not say what to expect on the other.",
                "More records do not mean more events, and fewer records do not mean fewer.",
            ),
            {
                "Band": f"{LEVEL:.0%}",
                "Breaks": "a false one in 5% of series without any, at least 8 weeks apart, looked for from 104 weeks on",
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
