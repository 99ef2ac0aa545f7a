"""The page Now: what is unusual in the newest days, and what it is worth."""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import streamlit as st

from data import palette, words
from data.palette import Theme
from data.patterns import power, space_time_scan
from data.patterns.episodes import PAIR_HOURS, PAIR_METRES
from data.patterns.space_time_scan import RARE, REPLICATES, SHARE, Daily, Unusual
from data.patterns.weekly_trend import NEXT_TO_NONE, Alarms
from data.views.filters import period
from data.views.view import View
from geo import prospective
from ui.cached import findings
from ui.frame import frame, method_note
from ui.frame.method_note import MethodNote
from ui.map import area_layer
from ui.map.patch import LegendRow, Picture
from ui.parts import headline, tables
from ui.patterns import area_patterns
from ui.patterns.alarms import show_alarms, title_weeks
from ui.patterns.pattern_page import MapPage, NoAnswer, say, show_map

_MARKS = "①②③④⑤⑥⑦"
_LEAST = 20  # incidents before the newest days: of fewer no place has a usual that could be departed from
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
        "area": ("Around", "", "The area in the middle of the circle."),
        "since": ("Since", "", "The first day of the window; it ends with the newest day."),
        "ratio": (
            "Times",
            "%.1f",
            "Incidents divided by those expected; empty where next to none were.",
        ),
        "cases": ("Incidents", "localized", "In the circle since then."),
        "expected": (
            "Expected",
            "%.1f",
            "What the totals of the place and of the days lead to; both hold these incidents too.",
        ),
        "areas": ("Areas", "%d", "How many areas the circle holds."),
        "recurrence_interval": (
            "Once in days",
            "%.0f",
            "Looking every day, something as unlikely comes up here once in so many days.",
        ),
        "p": (
            "p",
            "%.3f",
            "The larger of two: among earlier days looked at in the same way, and among "
            f"{REPLICATES} deals of the weeks before.",
        ),
    }

    view: View
    longest: int
    seed: int
    found: Daily
    weeks: Alarms
    newest: Unusual | None = None

    @classmethod
    def refuse(cls, view: View) -> NoAnswer | None:
        """Return why nothing unusual can be looked for in a View."""
        return area_patterns.refuse_areas(view, "Nothing can be looked for here")

    @classmethod
    def ask(cls, view: View) -> Self:
        """Ask how far back the newest windows may reach, in days, and for the seed."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            longest = st.segmented_control(
                "Began at most so many days ago",
                space_time_scan.DAYS,
                default=space_time_scan.USUAL_DAYS,
                key="days",
                bind="query-params",
                required=True,
                help="The scan looks for circles of areas and the newest 1, 2, 3 ... of these days.",
            )
            seed = method_note.ask_seed()
        page = cls(view, int(longest), seed, findings.daily(view), findings.alarms(view, seed))
        if page.why_not():
            return page
        return replace(page, newest=findings.unusual(view, page.longest, seed))

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
            return "Too little to tell what is usual"
        what = headline.sentence_case(headline.noun(self.view))
        unusual = _unusual(self.newest)
        if not unusual:
            return f"{what}: {title_weeks(self.weeks, _day(self.found.days[-1]))}"
        top, more = unusual[0], f", and {len(unusual) - 1} more" if len(unusual) > 1 else ""
        return f"{what}: unusually many around {top.area} since {_day(top.since)}{more}"

    def sentences(self) -> list[str]:
        """Return each unusual place and how rare it is, or what finding none is worth."""
        if self.newest is None:
            return [self._explain()]
        newest = self.newest
        unusual = _unusual(newest)
        lines = [f"{mark} {_sentence(row, newest)}" for mark, row in zip(_MARKS, unusual)]
        if not unusual:
            lines = [
                "No place has more in the newest days than its usual ups and downs bring once in "
                f"{RARE} looks. That does not say that nothing happened. {self._worth(newest)}"
            ]
        return [*lines, _by_the_past(newest)]

    def _explain(self) -> str:
        """Return a sentence on why it cannot be told what is usual."""
        found, what = self.found, self._what()
        every = int(found.counts.sum())
        many, span = words.counted(every, what), _span(found.days)
        match self.why_not():
            case NoUsual.NO_RECORD:
                return "No record of this View lies in an area and has a known day."
            case NoUsual.DAYS:
                return self._too_few_days()
            case NoUsual.ONE_AREA:
                return (
                    f"All {every:,} {what}s, {span}, lie in one area: what is unusual in a place is "
                    "told by the others. Whether there are more than there were, the page Trend says."
                )
            case NoUsual.EARLIER_RECORDS:
                usual = self._usual()
                many = f"{found.counts[:, usual].sum():,} of the {every:,} {what}s"
                span = _span(found.days[usual])
        return (
            f"{many} in areas with a known day, {span}, are too few to tell what is usual: it takes "
            f"{_LEAST} before the newest {self.longest} days. That nothing unusual is named does not "
            "say that nothing is."
        )

    def _too_few_days(self) -> str:
        """Return a sentence on days too few to tell what is usual."""
        found, days = self.found, len(self.found.days)
        since, advice = "", " An earlier From adds days, where the source has them."
        if (change := found.changed) and days and found.days[0] >= change.day:
            since = (
                f"{frame.changed(change)} Nothing before that is a baseline for what came after. "
            )
            advice = ""
        enough = [d for d in space_time_scan.DAYS if days >= prospective.least_days(d)]
        if enough:
            advice += f" For the newest {max(enough)} there are enough."
        return (
            f"{since}{words.counted(days, 'day')} with data are too few to say what comes up here "
            f"less than once in {RARE} looks: it takes {prospective.least_days(self.longest)} where "
            f"the newest {self.longest} are looked at.{advice}"
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
            lines.append(_events(found, found.again))
        if found.changed:
            lines.append(f"{frame.changed(found.changed)} Only days since then are looked at.")
        if found.without:
            many = words.counted(found.without, "incident")
            lines.append(f"Left out: {many} of this time without an exact day or in no area.")
        return lines

    def _scanned(self) -> str:
        """Return what was looked at, and what unusual means."""
        many = words.counted(int(self.found.counts.sum()), self._what())
        return (
            f"Looked at {many} in areas, {_span(self.found.days)}: circles of areas over the newest 1 "
            f"to {self.longest} days, against {self._scan().baseline} days as their usual. Unusual is "
            f"only what comes up at most once in {RARE} looks, both among the same looks at earlier "
            f"days and where the weeks before the newest {self.longest} days are dealt anew. To look "
            "at an earlier day, set To."
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
        tips: list[list[str]] = [["nothing unusual here"] for _ in fills]
        rows: list[LegendRow] = []
        order: list[int] = []
        for i, row in enumerate(_unusual(self._scan())):
            color = high if i else high2
            many = f"{row.cases:,.0f} where {_expected(row)}"
            for member in map(int, row.members):
                fills[member] = color
                tips[member] = [
                    f"unusual since {_day(row.since)}",
                    many,
                    f"in {words.counted(len(row.members), 'area')} together",
                ]
            mark = _MARKS[min(i, len(_MARKS) - 1)]
            rows.append({"color": color, "text": f"{mark} {row.area}: {many}"})
            order += [int(m) for m in (row.centre, *row.members)]
        rows.append({"color": theme.paper, "text": "nothing unusual"})
        note = f"up to {_day(self.found.days[-1])}{area_layer.approximate(self.view)}"
        return {
            "fills": fills,
            "legend": {"title": "Unusual in the newest days", "rows": rows, "note": note},
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
            tables.finding(told, self.COLUMNS, 150, "now_table")
            say(self._by_chance())
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
            return [f"None of these is unusual: each comes up more than once in {RARE} looks here."]
        return [
            f"{chance} of these {many} come up more than once in {RARE} looks here, so they are not "
            "called unusual."
        ]

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        return MethodNote(
            self.METHOD,
            (
                "A circle of areas is unusual where more came together in the newest days than that "
                "place usually has and the whole place had on those days. A busy place or a busy day "
                "alone is not unusual.",
                "Expected is what the totals of the place and of these days lead to, and both totals "
                "hold the cluster itself. So a place that had next to nothing before rose by more than "
                "the number of times says: what its weeks were before, the alarms tell.",
                "How unusual: how often something as unlikely comes up here, looked at every day. It "
                "follows from this View's own past, in two ways of which the more cautious holds: the "
                "same look at each earlier day, and the weeks before dealt anew. Incidents that come in "
                "clumps, seasons of a place and slow change are usual where they always were so.",
                "A past that holds a real rise makes the next one look more usual.",
                "The newest days fill up late: what is not there yet cannot be found. Reports "
                "of one event that are far apart or hours apart still count as several: see the page "
                "Episodes before speaking of a rise.",
                "Not made to follow anybody: it shows whole areas over days, and reports only once "
                "they are old enough to be shown.",
            ),
            {
                "Days looked at": _span(self.found.days) or "none",
                "Longest window": f"{self.longest} days",
                "Largest circle": f"{SHARE:.0%} of the incidents",
                "Replicates": str(REPLICATES),
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
    share = f"{newest.called / newest.earlier:.0%}, where" if newest.called else "where"
    return (
        f"On {newest.called or 'none'} of the {newest.earlier} earlier days looked at in the same way "
        f"something would have been called unusual ({share} up to {1 / RARE:.0%} is expected when "
        "nothing but the usual happens)."
    )


def _events(found: Daily, again: int) -> str:
    """Return how many reports were taken as how many events."""
    what = "reports" if found.only_reports else "records"
    near = f"{PAIR_METRES:.0f} m and {PAIR_HOURS:.0f} hour"
    if not again:
        return f"No two reports of one kind lie within {near} of each other: each counts."
    events = int(found.counts.sum())
    return (
        f"{events + again:,} {what} taken as {events:,} events: reports of one kind, each within "
        f"{near} of another, count once (proposed on the page Episodes; nobody has checked them all)."
    )


def _sentence(row: Any, newest: Unusual) -> str:
    """Return one cluster in words."""
    others = len(row.members) - 1
    where = row.area + (f" and {words.counted(others, 'area')} around it" if others else "")
    least = " or more" if row.p <= newest.least_p else ""
    return (
        f"{where}, since {_day(row.since)} ({words.counted(int(row.days), 'day')}): "
        f"{row.cases:,.0f} incidents where {_expected(row)}. Looking every day, something as unlikely "
        f"comes up here about once in {row.recurrence_interval:,.0f} days{least} (p {row.p:.3f})."
    )


def _expected(row: Any) -> str:
    """Return the expected count and the ratio to it; no number where it is next to none."""
    if row.expected < NEXT_TO_NONE:
        return "next to none are expected"
    return f"{row.expected:,.1f} are expected, {row.ratio:.1f} times as many"
