"""The page Now: what is unusual in the newest days, and what it is worth."""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import palette, words
from data.palette import Theme
from data.patterns import power, space_time_scan
from data.patterns.space_time_scan import RARE, REPLICATES, SHARE, Daily, Unusual
from data.patterns.weekly_trend import NEXT_TO_NONE, Alarms
from data.views.filters import period
from data.views.view import View
from geo import prospective
from ui.cached import findings
from ui.frame import frame, method_note
from ui.frame.method_note import MethodNote
from ui.map import area_layer
from ui.map.patch import MapLegendRow, Picture
from ui.parts import headline, tables
from ui.patterns import area_patterns
from ui.patterns.alarms import show_alarms, title_weeks
from ui.patterns.cluster_words import describe_cluster, describe_events, describe_expected
from ui.patterns.pattern_page import MapPage, NoAnswer, say, show_map

_MARKS = "①②③④⑤⑥⑦"
_LEAST = 20  # incidents before the newest days: of fewer no place has a usual that could be departed from
_MANY_AREAS = 400  # of fewer the scan is done before anybody could read something else
_SCANNED = "now_scanned"  # in the session: what was scanned last, and is known the next time
_FEW = 3  # clusters that are not unusual and are listed all the same


class NoUsual(Enum):
    """A reason why it cannot be told what is usual."""

    NO_RECORD = auto()  # in an area and with a known day
    RECORDS = auto()
    EARLIER_RECORDS = auto()  # before the newest days
    DAYS = auto()
    ONE_AREA = auto()  # holds them all


@dataclass(frozen=True)
class NowPage(MapPage):
    """The unusual clusters in a View's newest days, at most so many, and weeks above expected.

    `newest` is None where there is too little to scan.
    """

    METHOD = "Unusual now"
    COLUMNS: ClassVar[tables.Columns] = {
        "area": ("Around", "", "The area in the middle of the cluster."),
        "since": ("Since", "", "First day of the cluster; it ends with the latest day."),
        "ratio": (
            "Times the usual",
            "%.1f",
            "Incidents divided by those expected; empty where almost none were expected.",
        ),
        "cases": ("Incidents", "localized", "Incidents in the cluster since then."),
        "expected": (
            "Expected",
            "%.1f",
            "What this place usually has, and the whole city had on these days. Both totals include these incidents.",
        ),
        "areas": ("Areas", "%d", "Areas in the cluster."),
        "recurrence_interval": (
            "Expected once every ... days",
            "%.0f",
            "If nothing had changed and you looked every day, a cluster this strong would come up once in so many days.",
        ),
        "p": (
            "p",
            "%.3f",
            "The chance of a cluster this strong if nothing had changed: the larger of two values, "
            f"from the same look at earlier days and from {REPLICATES} shuffles of the weeks before.",
        ),
    }

    SEEN: ClassVar = ("area", "since", "ratio", "cases", "expected", "recurrence_interval")

    view: View
    longest: int
    seed: int
    found: Daily
    weeks: Alarms
    newest: Unusual | None = None

    @classmethod
    def refuse(cls, view: View) -> NoAnswer | None:
        """Return why nothing unusual can be looked for in a View."""
        return area_patterns.refuse_areas(view, "Nothing unusual can be looked for here")

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:
        """Ask how far back the newest windows may reach, in days, and for the seed."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            longest = st.segmented_control(
                "Look back (days)",
                space_time_scan.DAYS,
                default=space_time_scan.USUAL_DAYS,
                key="days",
                bind="query-params",
                required=True,
                help="Clusters of the latest 1, 2, 3 ... up to this many days are looked for, in circles of areas (a space-time scan).",
            )
            seed = method_note.ask_seed(fold)
        page = cls(view, int(longest), seed, findings.daily(view), findings.alarms(view, seed))
        if page.why_not():
            return page
        first = page._show_weeks_first()
        newest = findings.unusual(view, page.longest, seed)
        first.empty()
        return replace(page, newest=newest)

    def _show_weeks_first(self) -> DeltaGenerator:
        """Show what is known already where the scan of many areas takes seconds; return its place."""
        first, asked = st.empty(), (self.view, self.longest, self.seed)
        if len(self.found.counts) > _MANY_AREAS and st.session_state.get(_SCANNED) != asked:
            st.session_state[_SCANNED] = asked
            with first.container():
                say(["The latest days are still being checked. Busy weeks are known already:"])
                show_alarms(self.weeks, "alarms_table_first")
        return first

    def _usual(self) -> slice:
        """Return the days before the newest, which tell what is usual."""
        return slice(-prospective.baseline_days(len(self.found.days), self.longest), -self.longest)

    def why_not(self) -> NoUsual | None:
        """Return why it cannot be told what is usual; None where it can."""
        counts, days = self.found.counts, len(self.found.days)
        if days and not counts.sum():
            return NoUsual.NO_RECORD
        if days and counts.sum() < _LEAST:
            return NoUsual.RECORDS
        if days < prospective.least_days(self.longest):
            return NoUsual.DAYS
        if counts[:, self._usual()].sum() < _LEAST:
            return NoUsual.EARLIER_RECORDS
        return NoUsual.ONE_AREA if np.count_nonzero(counts.sum(axis=1)) < 2 else None

    def title(self) -> str:
        """Return the finding in one sentence."""
        if self.newest is None:
            return "Too few records to know what is usual"
        what = words.sentence_case(headline.noun(self.view))
        unusual = _unusual(self.newest)
        if not unusual:
            return f"{what}: {title_weeks(self.weeks, _day(self.found.days[-1]))}"
        top, more = unusual[0], f", and {len(unusual) - 1} more" if len(unusual) > 1 else ""
        return f"{what}: unusually many around {words.spell_area(top.area)} since {_day(top.since)}{more}"

    def sentences(self) -> list[str]:
        """Return each unusual place and how rare it is, or what finding none is worth."""
        if self.newest is None:
            return [self._explain()]
        newest = self.newest
        unusual = _unusual(newest)
        lines = [f"{mark} {describe_cluster(row, newest)}" for mark, row in zip(_MARKS, unusual)]
        if not unusual:
            lines = [
                f"No {words.name_units(self.view.area_set, 1)} has had more than usual in the latest "
                f"{self.longest} days. That does not mean that nothing happened. {self._worth(newest)}"
            ]
        return [*lines, _by_the_past(newest)]

    def _explain(self) -> str:
        """Return a sentence on why it cannot be told what is usual."""
        found, what = self.found, self._what()
        every = int(found.counts.sum())
        many, span = words.counted(every, what), _span(found.days)
        match self.why_not():
            case NoUsual.NO_RECORD:
                return "None of the chosen records has both an area and a known day."
            case NoUsual.DAYS:
                return self._too_few_days()
            case NoUsual.ONE_AREA:
                return (
                    f"All {every:,} {what}s, {span}, are in one area, so there is no other to compare "
                    "it with. The page “Is it rising?” says whether there are more than before."
                )
            case NoUsual.EARLIER_RECORDS:
                usual = self._usual()
                many = f"{found.counts[:, usual].sum():,} of the {every:,} {what}s"
                span = _span(found.days[usual])
        return (
            f"{many} in areas with a known day, {span}, are too few to know what is usual: it takes "
            f"{_LEAST} before the latest {self.longest} days. Something unusual could still be there."
        )

    def _too_few_days(self) -> str:
        """Return a sentence on days too few to tell what is usual."""
        found, days = self.found, len(self.found.days)
        since, advice = "", " Set From earlier to add days, if the source has them."
        if (change := found.changed) and days and found.days[0] >= change.day:
            since = f"{frame.changed(change)} Earlier days cannot say what is usual since then. "
            advice = ""
        enough = [d for d in space_time_scan.DAYS if days >= prospective.least_days(d)]
        if enough:
            advice += f" There are enough to look back {max(enough)} days."
        return (
            f"{since}{words.counted(days, 'day')} with data are too few to know what is usual: it takes "
            f"{prospective.least_days(self.longest)} to look back {self.longest} days.{advice}"
        )

    def _what(self) -> str:
        """Return the word for what is counted."""
        return "event" if self.found.again else "incident"

    def _worth(self, newest: Unusual) -> str:
        """Return what a finding of nothing is worth: the smallest rise that would have shown."""
        days = min(space_time_scan.RISE_DAYS, self.longest)
        weeks = "two weeks" if days == 2 * prospective.WEEK else "a week"
        many = min(space_time_scan.RISE_AREAS, len(self.found.counts))
        return power.words_of(newest.least_rise, f"for {weeks} in {many} areas next to each other")

    def looked_at(self) -> list[str]:
        """Return what was looked at, what counts as unusual, and what was left out."""
        found = self.found
        lines = [self._scanned()]
        if found.again is not None:
            lines.append(describe_events(found, found.again))
        if found.changed:
            lines.append(f"{frame.changed(found.changed)} Only days since then are used.")
        if found.without:
            many = words.counted(found.without, "incident")
            lines.append(f"Left out: {many} of this period without an exact day or an area.")
        return lines

    def _scanned(self) -> str:
        """Return what was looked at, and what unusual means."""
        many = words.counted(int(self.found.counts.sum()), self._what())
        return (
            f"Checked: {many} in areas, {_span(self.found.days)}. The latest 1 to {self.longest} days "
            f"of groups of areas are compared with the {self._scan().baseline} days before. A cluster "
            f"is called unusual only if one this strong would come up at most once in {RARE} days "
            "when nothing changes. To look at an earlier day, set To."
        )

    def _scan(self) -> Unusual:
        """Return what the scan found; a page that could not scan shows nothing of it."""
        if self.newest is None:
            raise ValueError(f"the newest days were not scanned: {self.why_not()}")
        return self.newest

    def picture(self, theme: Theme) -> Picture:
        """Return the map's patch: the areas of each unusual cluster."""
        _, _, _, high, high2 = palette.diverging(theme)
        fills = [theme.paper] * len(self.found.counts)
        tips: list[list[str]] = [["nothing unusual"] for _ in fills]
        rows: list[MapLegendRow] = []
        order: list[int] = []
        for i, row in enumerate(_unusual(self._scan())):
            color = high if i else high2
            many = f"{row.cases:,.0f}, {describe_expected(row)}"
            for member in map(int, row.members):
                fills[member] = color
                tips[member] = [
                    f"unusual since {_day(row.since)}",
                    many,
                    f"in {words.counted(len(row.members), 'area')} together",
                ]
            mark = _MARKS[min(i, len(_MARKS) - 1)]
            rows.append({"color": color, "text": f"{mark} {words.spell_area(row.area)}: {many}"})
            order += [int(m) for m in (row.centre, *row.members)]
        rows.append({"color": theme.paper, "text": "nothing unusual"})
        note = f"up to {_day(self.found.days[-1])}{area_layer.approximate(self.view)}"
        return {
            "fills": fills,
            "legend": {"title": "Unusual lately", "rows": rows, "note": note},
            "edge": theme.quiet,
            "tips": tips,
            "order": list(dict.fromkeys(order)),
        }

    def _listed(self) -> pd.DataFrame:
        """Return the highest clusters, also of those that are not unusual."""
        clusters = self._scan().table
        return clusters[clusters["unusual"] | (np.arange(len(clusters)) < _FEW)]

    def table(self) -> pd.DataFrame:
        """Return the highest clusters in words."""
        rows = self._listed()
        rows = rows.assign(
            areas=[len(m) for m in rows["members"]], since=[_day(d) for d in rows["since"]]
        )
        return rows[list(self.COLUMNS)]

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show the map, clusters and weeks beside it, and what was looked at."""
        if self.why_not():
            show_alarms(self.weeks)
            return None
        rows = self.table()
        with show_map(self, theme, "map_now"):
            # next to none expected: any number of times it is chance
            told = rows.assign(ratio=rows["ratio"].where(rows["expected"] >= NEXT_TO_NONE))
            say(self._by_chance())  # before the numbers that it is about
            tables.finding(told[list(self.SEEN)], self.COLUMNS, 150, "now_table")
            show_alarms(self.weeks)
        say(self.looked_at())
        return rows

    def _by_chance(self) -> list[str]:
        """Return how many of the clusters listed are not unusual."""
        unusual = self._listed()["unusual"]
        chance, many = int((~unusual).sum()), len(unusual)
        if not chance:
            return []
        if chance == many:
            return [
                f"All of these could be chance: as strong a one comes up more than once in {RARE} days."
            ]
        return [
            f"{chance} of these {many} could be chance: as strong a one comes up more than once in "
            f"{RARE} days."
        ]

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        return MethodNote(
            self.METHOD,
            (
                "A group of areas is unusual if it had more in the latest days than it usually has, "
                "beyond what the whole city had on those days. A busy place or a busy day alone is not "
                "unusual.",
                "Expected comes from the totals of the area and of these days. Both include the cluster "
                "itself, so a place that had almost nothing before rose by more than “times the usual” "
                "says. The busy weeks show what it had before.",
                "How rare: how often a cluster this strong would come up if nothing had changed. It is "
                "measured on the records themselves in two ways, and the more cautious one counts: the "
                "same look at each earlier day, and the weeks before in shuffled order. Incidents that "
                "come in clumps, seasons of a place and slow change count as usual.",
                "If there was a real rise earlier, the next one looks more usual.",
                "The latest days fill up late: records that have not come in cannot be found. Reports "
                "of one event that are far apart or hours apart still count as several: look at the "
                "page “Same event?” before speaking of a rise.",
                "This cannot be used to follow anybody: it shows whole areas over days, and reports "
                "only once they are old enough to be shown.",
            ),
            {
                "Days checked": _span(self.found.days) or "none",
                "Longest look back": f"{self.longest} days",
                "Largest cluster": f"{SHARE:.0%} of the incidents",
                "Shuffles": f"{REPLICATES:,}",
                "Seed": str(self.seed),
            },
            {"days": str(self.longest), "seed": str(self.seed)},
        )


def _day(when: Any) -> str:
    return period(when, when)


def _span(days: list[date]) -> str:
    """Return the first and last of some days, as readers write them; nothing of none."""
    return period(days[0], days[-1]) if days else ""


def _unusual(newest: Unusual) -> list[Any]:
    """Return the clusters that are unusual, whose values have names."""
    return list(newest.table[newest.table["unusual"]].itertuples())


def _by_the_past(newest: Unusual) -> str:
    """Return how often the source would have been called unusual before."""
    share = f"{newest.called / newest.earlier:.0%}; " if newest.called else ""
    return (
        f"Tried on {newest.earlier:,} earlier days in the same way, it would have called something "
        f"unusual on {newest.called or 'none'} ({share}up to {1 / RARE:.0%} is expected by chance)."
    )
