"""What the page Now shows: what is unusual in the newest days, and what it is worth."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data import now as data_now
from data import power, words
from data.filters import period
from data.now import RARE, REPLICATES, SHARE, Daily
from data.view import View
from data.weekly import ALL, NEXT_TO_NONE, PAST, Alarms
from ui import claim, frame, headline, layers, palette, tables
from ui.claim import Claim
from ui.palette import Theme

METHOD = "Unusual now"
NUMBERS = "①②③④⑤⑥⑦"
MONTH = 30.4  # days
LEAST = 20  # incidents: of fewer no place has a usual that could be departed from
FEW = 3  # clusters that chance explains and that are listed all the same


def choose() -> tuple[int, int]:
    """How far back the newest windows may reach, in days, and the seed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        longest = st.segmented_control(
            "Began at most so many days ago", data_now.DAYS, default=data_now.USUAL_DAYS,
            key="days", bind="query-params", required=True,
            help="The scan looks for circles of areas and the newest 1, 2, 3 ... of these days.",
        )  # fmt: skip
        return int(longest), claim.seed()


def why_not(found: Daily, longest: int) -> str:
    """Why nothing can be said; empty where something can."""
    if len(found.days) < longest + data_now.LEAST:
        since = ""
        if (change := found.changed) and found.days and found.days[0] >= change.day:
            since = (
                f"{frame.changed(change)} Nothing before that is a baseline for what came after. "
            )
        return (
            f"{since}{words.counted(len(found.days), 'day')} with data are too few: it takes "
            f"{longest + data_now.LEAST} to tell what is usual before the newest {longest}."
        )
    held = int(found.counts.sum())
    if not held:
        return "No record of this View lies in an area and has a known day."
    if held < LEAST:
        return (
            f"{words.counted(held, 'incident')} in areas with a known day, "
            f"{period(found.days[0], found.days[-1])}, are too few to tell what is usual: it takes "
            f"{LEAST}. That nothing unusual is named does not say that nothing is."
        )
    return ""


def title(view: View, found: Daily, clusters: pd.DataFrame, weeks: Alarms) -> str:
    """The finding in one sentence."""
    what = headline.sentence_case(headline.noun(view))
    unusual = clusters[clusters["unusual"]]
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
    everywhere = weeks.table[weeks.table["area"] == ALL]
    if len(everywhere):
        row = everywhere.iloc[0]
        return (
            f"{row['n']:,} in the week of {period(row['week'], row['week'])}, where "
            f"{row['expected']:,.0f} were expected; no place stands out"
        )
    if len(weeks.table):
        names = list(dict.fromkeys(weeks.table["area"]))
        return f"no lasting cluster up to {newest}; single weeks above expected in {names[0]}" + (
            f" and {len(names) - 1} more" if len(names) > 1 else ""
        )
    return f"nothing unusual in the newest days up to {newest}"


def said(found: Daily, clusters: pd.DataFrame, longest: int) -> list[str]:
    """The finding in words: what was looked at, each unusual place, and how often by chance."""
    span = period(found.days[0], found.days[-1])
    lines = [
        f"{mark} {sentence(row)}" for mark, row in zip(NUMBERS, each(clusters[clusters["unusual"]]))
    ] or [
        "That is an answer: no place has more in the newest days than its own usual and the "
        "day explain. It does not say that nothing happened. To look at an earlier day, set To."
    ]
    lines.append(
        f"Looked at {words.counted(int(found.counts.sum()), 'incident')} in areas, {span}: circles "
        f"of areas over the newest 1 to {longest} days. Looking every day, chance alone would show "
        f"something called unusual here about {MONTH / RARE:.1f} times a month."
    )
    if found.changed:
        lines.append(f"{frame.changed(found.changed)} Only days since then are looked at.")
    if found.without:
        many = words.counted(found.without, "incident")
        lines.append(f"Left out: {many} of this time without an exact day or in no area.")
    return lines


def each(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, whose values have names."""
    return list(table.itertuples())


def sentence(row: Any) -> str:
    """One cluster in words."""
    others = len(row.members) - 1
    where = row.area + (f" and {words.counted(others, 'area')} around it" if others else "")
    return (
        f"{where}, since {period(row.since, row.since)} ({words.counted(int(row.days), 'day')}): "
        f"{row.cases:,.0f} incidents where {expected(row)}. {rare(row)}"
    )


def expected(row: Any) -> str:
    """What was expected, and how many times it there is: no number where it is next to none."""
    if row.expected < NEXT_TO_NONE:
        return "next to none are expected"
    return f"{row.expected:,.1f} are expected, {row.ratio:.1f} times as many"


def rare(row: Any) -> str:
    """How unusual a cluster is, in words."""
    least = " or more" if row.p <= 1 / (REPLICATES + 1) else ""
    return (
        f"Looking every day, chance brings one up as unlikely once in "
        f"{row.recurrence_interval:,.0f} days{least} (p {row.p:.3f})."
    )


def picture(view: View, found: Daily, clusters: pd.DataFrame, theme: Theme) -> dict[str, Any]:
    """What the map shows: the areas of each unusual cluster."""
    _, _, _, high, high2 = palette.diverging(theme)
    fills = [theme.paper] * len(found.counts)
    lines: list[list[str]] = [["nothing unusual here"] for _ in fills]
    rows = []
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
        mark = NUMBERS[min(i, len(NUMBERS) - 1)]
        rows.append(
            {"color": color, "text": f"{mark} {row.area}: {row.cases:,.0f} where {expected(row)}"}
        )
    rows.append({"color": theme.paper, "text": "nothing unusual"})
    legend = {
        "title": "Unusual in the newest days", "rows": rows,
        "note": f"up to {period(found.days[-1], found.days[-1])}{layers.approximate(view)}",
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
        "Looking every day, chance brings one up as unlikely once in so many days.",
    ),
    "p": ("p", "%.3f", "Rank among 999 tables whose days were dealt out anew."),
}


def table(clusters: pd.DataFrame, height: int) -> pd.DataFrame:
    """The most likely clusters, also of those that chance explains."""
    kept = clusters[clusters["unusual"] | (np.arange(len(clusters)) < FEW)]
    rows = kept.assign(areas=[len(m) for m in kept["members"]])[list(COLUMNS)]
    rows = rows.assign(since=[period(d, d) for d in rows["since"]])
    looked_at = rows.assign(ratio=rows["ratio"].where(rows["expected"] >= NEXT_TO_NONE))
    tables.finding(looked_at, COLUMNS, height, "now_table")
    chance = int((~kept["unusual"]).sum())
    if chance:
        st.text(
            f"{words.counted(chance, 'row')} of these chance explains: only what is rarer than "
            f"once in {RARE} days is called unusual."
        )
    return rows


ALARMS: tables.Columns = {
    "area": ("Where", "", "An area, or all of them together."),
    "week": ("Week from", "", "Its Monday; whole weeks only."),
    "n": ("Incidents", "localized", "How many in the week."),
    "expected": ("Expected", "%.1f", "What its past lets expect."),
    "upper": ("Up to", "%.0f", "Upper end of the 99 % band: above it is an alarm."),
    "times": (
        "Times",
        "%.1f",
        "Incidents divided by those expected; empty where next to none were.",
    ),
}


def alarms(found: Alarms) -> None:
    """The newest weeks that lie above their expected band, and how many chance would give."""
    st.markdown("**Weeks above what was to be expected**")
    since = f"{frame.changed(found.changed)} " if found.changed else ""
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
        st.text(f"{since}Weeks are judged by those since then alone: {left}.")
    many = len(found.table)
    said = words.counted(many, "alarm") if many else "No alarm: that is an answer too"
    st.text(
        f"{said}, {period(found.first, found.last)}, in {found.series:,} series (each area and all "
        f"together). When nothing changes, chance gives {found.false_a_month:.1f} alarms a month "
        "in so many series (simulated from weeks like their own)."
    )
    if not many:
        st.text(power.words_of(found.smallest, "in one week, in a usual area"))
    if many:
        rows = found.table.assign(week=[period(d, d) for d in found.table["week"]])
        tables.finding(rows[list(ALARMS)], ALARMS, min(36 * (many + 1) + 6, 300), "alarms_table")


def made(found: Daily, longest: int, seed: int) -> Claim:
    """What stands below the page."""
    return Claim(
        METHOD,
        (
            "A circle of areas is unusual where more came together in the newest days than that "
            "place usually has and the whole place had on those days. A busy place or a busy day "
            "alone is not unusual.",
            "Expected is what the totals of the place and of these days lead to, and both totals "
            "hold the cluster itself. So a place that had next to nothing before rose by more than "
            "the number of times says: what its weeks were before, the alarms tell.",
            "How unusual: how often chance alone, looked at every day, would bring up something as "
            f"unlikely. Only what is rarer than once in {RARE} days is called unusual here.",
            "The newest days fill up late: what is not there yet cannot be found. Two reports of "
            "one event count twice: see the page Episodes before speaking of a rise.",
            "Not made to follow anybody: it shows whole areas over days, and reports only once "
            "they are old enough to be shown.",
        ),
        {"Days looked at": period(found.days[0], found.days[-1]) if found.days else "none",
         "Longest window": f"{longest} days", "Largest circle": f"{SHARE:.0%} of the incidents",
         "Replicates": str(REPLICATES), "Seed": str(seed)},
        {"days": str(longest), "seed": str(seed)},
    )  # fmt: skip
