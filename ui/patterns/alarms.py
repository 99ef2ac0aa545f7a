"""The newest weeks above their expected band, as the page Now lists them."""

from datetime import date

import numpy as np
import streamlit as st

from data import words
from data.patterns import power
from data.patterns.weekly_trend import ALL_AREAS, PAST, Alarms
from data.views.filters import period
from ui.parts import tables
from ui.patterns.pattern_page import say

_COLUMNS: tables.Columns = {
    "area": ("Where", "", "An area, or all areas together."),
    "week": ("Week from", "", "The Monday it starts on. Whole weeks only."),
    "n": ("Incidents", "localized", "Incidents in the week."),
    "expected": ("Expected", "%.1f", "Incidents expected in that week, from the weeks before."),
    "clear": (
        "Beyond chance",
        "",
        "Whether it is clear even though so many weeks and areas were checked.",
    ),
    "upper": (
        "Usual up to",
        "%.0f",
        "Upper end of the expected range (99% band). A week above it is unusually busy.",
    ),
    "times": (
        "Times the usual",
        "%.1f",
        "Incidents divided by those expected; empty where almost none were expected.",
    ),
}


def how_often(a_month: float) -> str:
    """Return a rate as readers say it: 1.2 a month, one in 17 months, fewer than one in ten years."""
    if a_month >= 0.95:
        return f"{a_month:.1f} a month"
    months = round(1 / max(a_month, 1e-6))
    if months > 120:
        return "fewer than one in ten years"
    return f"one in {words.counted(months, 'month')}"


def title_weeks(found: Alarms, newest: str) -> str:
    """Return the finding where no place stands out up to the newest day: weeks may."""
    clear = found.table[found.table["clear"]]
    everywhere = clear[clear["area"] == ALL_AREAS]
    if len(everywhere):
        row = everywhere.iloc[0]
        return (
            f"{row['n']:,} in the week of {period(row['week'], row['week'])}, about "
            f"{row['expected']:,.0f} expected; no place stands out"
        )
    if len(clear):
        names = [words.spell_area(name) for name in dict.fromkeys(clear["area"])]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        return f"no cluster up to {newest}, but single busy weeks in {names[0]}{more}"
    return f"nothing unusual in the latest days, up to {newest}"


def show_alarms(found: Alarms, key: str = "alarms_table") -> None:
    """Show the newest weeks above their expected band, and how many chance would give.

    `key` is that of their table, which a page may show in two places, one after the other.
    """
    st.header("Unusually busy weeks", anchor=False)
    if not found.series:
        st.text("No record is in a whole week, so no week can be checked.")
    elif not found.judged or found.first is None or found.last is None:
        left = f", and there are {_weeks_left(found)}" if found.changed else ""
        st.text(
            f"{_since(found)}There are too few earlier weeks to know what is usual: it takes {PAST} "
            f"whole weeks before a week{left}."
        )
    else:
        say([*_changed(found, found.last), _counted(found, found.first, found.last), _worth(found)])
        if many := len(found.table):
            rows = found.table.assign(
                week=[period(d, d) for d in found.table["week"]],
                clear=np.where(found.table["clear"], "stands out", "could be chance"),
            )
            height = min(36 * (many + 1) + 6, 300)
            tables.finding(rows[list(_COLUMNS)], _COLUMNS, height, key)


def _since(found: Alarms) -> str:
    """Return when recording changed; what changed is said with the days."""
    day = found.changed and found.changed.day
    return f"Recording changed on {period(day, day)}. " if day else ""


def _weeks_left(found: Alarms) -> str:
    """Return how many weeks there are since recording changed."""
    return f"{words.counted(found.weeks, 'whole week')} since then"


def _changed(found: Alarms, last: date) -> list[str]:
    """Return by which past the weeks up to `last` are judged, where recording changed."""
    if not found.changed:
        return []
    left = _weeks_left(found)
    if found.changed.day > last:
        return [
            f"{_since(found)}Only earlier weeks are checked here: the {left} are too few, because it "
            f"takes {PAST} before a week."
        ]
    return [f"{_since(found)}Weeks are compared only with the {left}."]


def _counted(found: Alarms, first: date, last: date) -> str:
    """Return how many weeks are alarms, and how many chance would give."""
    many = len(found.table)
    return (
        f"{words.counted(many, 'unusually busy week') if many else 'No week stood out'}, "
        f"{period(first, last)}, checked in each area and in all together ({found.series:,} series). "
        f"By chance alone there would be {how_often(found.false_a_month)}."
    )


def _worth(found: Alarms) -> str:
    """Return how many alarms stand out, or what finding none is worth."""
    many, clear = len(found.table), int(found.table["clear"].sum())
    if not many:
        return power.words_of(found.smallest, "in one week in a typical area")
    if not clear:
        return "All of these could be chance, because so many weeks were checked."
    left = many - clear
    stand = f"{clear} of {many} {'stands' if clear == 1 else 'stand'} out"
    return f"{stand}; {left} of these could be chance." if left else f"{stand}."
