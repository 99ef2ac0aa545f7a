"""The page Now: what is unusual in the newest days, and what it is worth."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data import palette, words
from data.palette import Theme
from data.patterns import power, space_time_scan
from data.patterns.episodes import PAIR_HOURS, PAIR_METRES
from data.patterns.space_time_scan import RARE, REPLICATES, SHARE, Daily, Unusual
from data.patterns.weekly_trend import ALL_AREAS, NEXT_TO_NONE, PAST, Alarms
from data.views.filters import period
from data.views.view import View
from geo import prospective
from ui.frame import frame, method_note
from ui.frame.method_note import MethodNote
from ui.map import area_layer
from ui.map.patch import Legend, LegendRow, Picture
from ui.parts import headline, tables
from ui.patterns import trend_page

_METHOD = "Unusual now"
_NUMBERS = "①②③④⑤⑥⑦"
_LEAST = 20  # incidents before the newest days: of fewer no place has a usual that could be departed from
_FEW = 3  # clusters that are not unusual and are listed all the same


def choose() -> tuple[int, int]:
    """Ask how far back the newest windows may reach, in days, and for the seed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        longest = st.segmented_control(
            "Began at most so many days ago", space_time_scan.DAYS, default=space_time_scan.USUAL_DAYS,
            key="days", bind="query-params", required=True,
            help="The scan looks for circles of areas and the newest 1, 2, 3 ... of these days.",
        )  # fmt: skip
        return int(longest), method_note.seed()


def why_not(found: Daily, longest: int) -> str:
    """The reason why nothing can be said; empty where something can."""
    least = prospective.least_days(longest)
    held = int(found.counts.sum())
    span = period(found.days[0], found.days[-1]) if found.days else ""
    what = "event" if found.again else "incident"
    if found.days and not held:
        return "No record of this View lies in an area and has a known day."
    if found.days and held < _LEAST:
        return _few(words.counted(held, what), span, longest)
    if len(found.days) < least:
        return _short(found, longest, least)
    usual = slice(-prospective.baseline_days(len(found.days), longest), -longest)
    if (before := int(found.counts[:, usual].sum())) < _LEAST:
        earlier = period(found.days[usual][0], found.days[usual][-1])
        return _few(f"{before:,} of the {held:,} {what}s", earlier, longest)
    if np.count_nonzero(found.counts.sum(axis=1)) < 2:
        return (
            f"All {held:,} {what}s, {span}, lie in one area: what is unusual in a place is told "
            "by the others. Whether there are more than there were, the page Trend says."
        )
    return ""


def _few(many: str, span: str, longest: int) -> str:
    """The reason why so few incidents say nothing."""
    return (
        f"{many} in areas with a known day, {span}, are too few to tell what is usual: it takes "
        f"{_LEAST} before the newest {longest} days. That nothing unusual is named does not say "
        "that nothing is."
    )


def _short(found: Daily, longest: int, least: int) -> str:
    """The reason why so few days say nothing."""
    since, advice = "", " An earlier From adds days, where the source has them."
    if (change := found.changed) and found.days and found.days[0] >= change.day:
        since = f"{frame.changed(change)} Nothing before that is a baseline for what came after. "
        advice = ""
    enough = [d for d in space_time_scan.DAYS if len(found.days) >= prospective.least_days(d)]
    if enough:
        advice += f" For the newest {max(enough)} there are enough."
    return (
        f"{since}{words.counted(len(found.days), 'day')} with data are too few to say what comes "
        f"up here less than once in {RARE} looks: it takes {least} where the newest {longest} are "
        f"looked at.{advice}"
    )


def title(view: View, found: Daily, newest: Unusual, weeks: Alarms) -> str:
    """The finding in one sentence."""
    what = headline.sentence_case(headline.noun(view))
    unusual = newest.table[newest.table["unusual"]]
    if unusual.empty:
        return f"{what}: {_without_place(found, weeks)}"
    top = unusual.iloc[0]
    more = f", and {len(unusual) - 1} more" if len(unusual) > 1 else ""
    return (
        f"{what}: unusually many around {top['area']} since {period(top['since'], top['since'])}"
        f"{more}"
    )


def _without_place(found: Daily, weeks: Alarms) -> str:
    """The finding where no place stands out: the weeks may."""
    newest = period(found.days[-1], found.days[-1])
    clear = weeks.table[weeks.table["clear"]]
    everywhere = clear[clear["area"] == ALL_AREAS]
    if len(everywhere):
        row = everywhere.iloc[0]
        return (
            f"{row['n']:,} in the week of {period(row['week'], row['week'])}, where "
            f"{row['expected']:,.0f} were expected; no place stands out"
        )
    if len(clear):
        names = list(dict.fromkeys(clear["area"]))
        return f"no lasting cluster up to {newest}; single weeks above expected in {names[0]}" + (
            f" and {len(names) - 1} more" if len(names) > 1 else ""
        )
    return f"nothing unusual in the newest days up to {newest}"


def said(found: Daily, newest: Unusual, longest: int) -> list[str]:
    """The finding in words: each unusual place and how rare it is, or what finding none is worth."""
    unusual = each(newest.table[newest.table["unusual"]])
    lines = [f"{mark} {sentence(row, newest)}" for mark, row in zip(_NUMBERS, unusual)]
    if not unusual:
        lines = [
            "No place has more in the newest days than its usual ups and downs bring once in "
            f"{RARE} looks. That does not say that nothing happened. "
            f"{_worth(newest, len(found.counts), longest)}"
        ]
    return [*lines, _by_the_past(newest)]


def looked_at(found: Daily, newest: Unusual, longest: int) -> list[str]:
    """Sentences on what was looked at, what counts as unusual, and what was left out."""
    lines = [_looked_at(found, newest, longest)]
    if found.again is not None:
        lines.append(_events(found))
    if found.changed:
        lines.append(f"{frame.changed(found.changed)} Only days since then are looked at.")
    if found.without:
        many = words.counted(found.without, "incident")
        lines.append(f"Left out: {many} of this time without an exact day or in no area.")
    return lines


def _worth(newest: Unusual, areas: int, longest: int) -> str:
    """The worth of a finding of nothing: the smallest rise that would have shown."""
    days = min(space_time_scan.RISE_DAYS, longest)
    weeks = "two weeks" if days == 2 * prospective.WEEK else "a week"
    many = min(space_time_scan.RISE_AREAS, areas)
    return power.words_of(newest.least_rise, f"for {weeks} in {many} areas next to each other")


def _looked_at(found: Daily, newest: Unusual, longest: int) -> str:
    """Sentences on what was looked at, and what unusual means."""
    span = period(found.days[0], found.days[-1])
    many = words.counted(int(found.counts.sum()), "event" if found.again else "incident")
    return (
        f"Looked at {many} in areas, {span}: circles of areas over the newest 1 to {longest} days, "
        f"against {newest.baseline} days as their usual. Unusual is only what comes up at most once "
        f"in {RARE} looks, both among the same looks at earlier days and where the weeks before the "
        f"newest {longest} days are dealt anew. To look at an earlier day, set To."
    )


def _by_the_past(newest: Unusual) -> str:
    """A sentence on how often the source would have been called unusual before."""
    share = f"{newest.called / newest.earlier:.0%}, where" if newest.called else "where"
    return (
        f"On {newest.called or 'none'} of the {newest.earlier} earlier days looked at in the same way "
        f"something would have been called unusual ({share} up to {1 / RARE:.0%} is expected when "
        "nothing but the usual happens)."
    )


def _events(found: Daily) -> str:
    """A sentence on how many reports were taken as how many events."""
    told = "reports" if found.only_reports else "records"
    near = f"{PAIR_METRES:.0f} m and {PAIR_HOURS:.0f} hour"
    if not found.again:
        return f"No two reports of one kind lie within {near} of each other: each counts."
    events = int(found.counts.sum())
    return (
        f"{events + found.again:,} {told} taken as {events:,} events: reports of one kind, each "
        f"within {near} of another, count once (proposed on the page Episodes; nobody has checked "
        "them all)."
    )


def each(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, whose values have names."""
    return list(table.itertuples())


def sentence(row: Any, newest: Unusual) -> str:
    """One cluster in words."""
    others = len(row.members) - 1
    where = row.area + (f" and {words.counted(others, 'area')} around it" if others else "")
    return (
        f"{where}, since {period(row.since, row.since)} ({words.counted(int(row.days), 'day')}): "
        f"{row.cases:,.0f} incidents where {expected(row)}. {rare(row, newest)}"
    )


def expected(row: Any) -> str:
    """The expected count and the ratio to it, in words; no number where it is next to none."""
    if row.expected < NEXT_TO_NONE:
        return "next to none are expected"
    return f"{row.expected:,.1f} are expected, {row.ratio:.1f} times as many"


def rare(row: Any, newest: Unusual) -> str:
    """A sentence on how unusual a cluster is."""
    least = " or more" if row.p <= newest.least_p else ""
    return (
        "Looking every day, something as unlikely comes up here about once in "
        f"{row.recurrence_interval:,.0f} days{least} (p {row.p:.3f})."
    )


def picture(view: View, found: Daily, clusters: pd.DataFrame, theme: Theme) -> Picture:
    """The map's patch: the areas of each unusual cluster."""
    _, _, _, high, high2 = palette.diverging(theme)
    fills = [theme.paper] * len(found.counts)
    lines: list[list[str]] = [["nothing unusual here"] for _ in fills]
    rows: list[LegendRow] = []
    unusual = each(clusters[clusters["unusual"]])
    for i, row in enumerate(unusual):
        color = high2 if i == 0 else high
        for member in row.members:
            fills[int(member)] = color
            lines[int(member)] = [
                f"unusual since {period(row.since, row.since)}",
                f"{row.cases:,.0f} where {expected(row)}",
                f"in {words.counted(len(row.members), 'area')} together",
            ]
        mark = _NUMBERS[min(i, len(_NUMBERS) - 1)]
        rows.append(
            {"color": color, "text": f"{mark} {row.area}: {row.cases:,.0f} where {expected(row)}"}
        )
    rows.append({"color": theme.paper, "text": "nothing unusual"})
    legend: Legend = {
        "title": "Unusual in the newest days", "rows": rows,
        "note": f"up to {period(found.days[-1], found.days[-1])}{area_layer.approximate(view)}",
    }  # fmt: skip
    order = [int(m) for row in unusual for m in (row.centre, *row.members)]
    return {"fills": fills, "legend": legend, "edge": theme.quiet, "tips": lines,
            "order": list(dict.fromkeys(order))}  # fmt: skip


COLUMNS: tables.Columns = {
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


def table(clusters: pd.DataFrame, height: int) -> pd.DataFrame:
    """The highest clusters, also of those that are not unusual."""
    kept = clusters[clusters["unusual"] | (np.arange(len(clusters)) < _FEW)]
    rows = kept.assign(areas=[len(m) for m in kept["members"]])[list(COLUMNS)]
    rows = rows.assign(since=[period(d, d) for d in rows["since"]])
    looked_at = rows.assign(ratio=rows["ratio"].where(rows["expected"] >= NEXT_TO_NONE))
    tables.finding(looked_at, COLUMNS, height, "now_table")
    chance = int((~kept["unusual"]).sum())
    if chance:
        st.text(
            f"{chance} of these {len(kept)} come up more than once in {RARE} looks here, so they are "
            "not called unusual."
            if chance < len(kept)
            else f"None of these is unusual: each comes up more than once in {RARE} looks here."
        )
    return rows


ALARMS: tables.Columns = {
    "area": ("Where", "", "An area, or all of them together."),
    "week": ("Week from", "", "Its Monday; whole weeks only."),
    "n": ("Incidents", "localized", "How many in the week."),
    "expected": ("Expected", "%.1f", "What its past lets expect."),
    "clear": ("Beyond chance", "", "Whether it stands out among all series and weeks judged here."),
    "upper": ("Up to", "%.0f", "Upper end of the 99% band: above it is an alarm."),
    "times": (
        "Times",
        "%.1f",
        "Incidents divided by those expected; empty where next to none were.",
    ),
}


def alarms(found: Alarms) -> None:
    """The newest weeks that lie above their expected band, and how many chance would give."""
    st.markdown("**Weeks above what was to be expected**")
    if not found.series:
        st.text("No record of this View lies in a whole week, so no week can be judged.")
        return
    since = ""
    if found.changed:  # what changed is said with the days
        since = f"Recording changed on {period(found.changed.day, found.changed.day)}. "
    left = f"{words.counted(found.weeks, 'whole week')} since then"
    if not found.judged or found.first is None or found.last is None:
        left = f", and there are {left}" if found.changed else ""
        st.text(
            f"{since}No whole week has a past long enough: it takes {PAST} whole weeks before "
            f"it{left}."
        )
        return
    if found.changed and found.changed.day > found.last:
        st.text(
            f"{since}Judged are weeks before it, by their own past: {left} are too few, it takes "
            f"{PAST} before a week."
        )
    elif found.changed:
        st.text(f"{since}Weeks are judged by the {left} alone.")
    many = len(found.table)
    said = words.counted(many, "alarm") if many else "No alarm"
    st.text(
        f"{said}, {period(found.first, found.last)}, in {found.series:,} series (each area and all "
        f"together). When nothing changes, chance gives {trend_page.how_often(found.false_a_month)} in so many."
    )
    clear = int(found.table["clear"].sum())
    if not many:
        st.text(power.words_of(found.smallest, "in one week in a typical area"))
    elif not clear:
        st.text("None stands out: so many series bring as much by chance in one look of twenty.")
    else:
        st.text(
            f"{clear} of {many} {'stands' if clear == 1 else 'stand'} out among so many series."
        )
    if many:
        names = np.where(found.table["clear"], "stands out", "as chance brings")
        rows = found.table.assign(week=[period(d, d) for d in found.table["week"]], clear=names)
        tables.finding(rows[list(ALARMS)], ALARMS, min(36 * (many + 1) + 6, 300), "alarms_table")


def made(found: Daily, longest: int, seed: int) -> MethodNote:
    """The finding's method note, which stands below the page."""
    return MethodNote(
        _METHOD,
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
        {"Days looked at": period(found.days[0], found.days[-1]) if found.days else "none",
         "Longest window": f"{longest} days", "Largest circle": f"{SHARE:.0%} of the incidents",
         "Replicates": str(REPLICATES), "Seed": str(seed)},
        {"days": str(longest), "seed": str(seed)},
    )  # fmt: skip
