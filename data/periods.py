"""Periods cut into whole weeks or days, and whether two of them can be compared."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from data import links, questions
from data.clauses import chosen_sources
from data.filters import period
from data.store import Current
from data.view import View

ENOUGH_WEEKS = 4  # fewer whole weeks than this in a period, and days are compared
LEAST = 2  # whole steps that a period needs
STEPS = {7: "week", 1: "day"}


def step(view: View, other: View | None, current: Current) -> int:
    """7 where the View, and what it is compared with, have enough whole weeks; else 1."""
    asked = [view]
    if other is not None and not uncovered(other, 7, current):
        asked.append(other)
    return 7 if all(whole(v, 7, current).sum() >= ENOUGH_WEEKS for v in asked) else 1


def starts(view: View, step: int) -> list[date]:
    """The first day of each step of a View; the first and last step may be cut."""
    first = questions.origin(view, step)
    count = (view.end - first).days // step + 1
    return [first + timedelta(days=step * i) for i in range(count)]


def _within(view: View, step: int, first: date, last: date) -> npt.NDArray[np.bool_]:
    """Which steps of a View lie wholly in its weekdays and between two days."""
    days = set(view.weekdays) if step == 1 and view.weekdays else set(range(7))
    return np.array(
        [
            s >= first and s + timedelta(days=step - 1) <= last and s.weekday() in days
            for s in starts(view, step)
        ],
        bool,
    )


def whole(view: View, step: int, current: Current) -> npt.NDArray[np.bool_]:
    """Which steps lie wholly in the View's period, its weekdays and what is covered."""
    first, last = links.coverage(view.sources, current.meta)
    return _within(view, step, max(view.start, first), min(view.end, last))


def uncovered(view: View, step: int, current: Current) -> str:
    """What does not cover all whole steps of a View, in words; empty where everything does.

    Days that the cutting to whole steps leaves out need no record.
    """
    wanted = _within(view, step, view.start, view.end)
    for s in chosen_sources(view, current.meta):
        first, last = date.fromisoformat(s["start"]), date.fromisoformat(s["end"])
        held = _within(view, step, max(view.start, first), min(view.end, last))
        if (wanted & ~held).any():
            return f"the records of {s['says']} cover {period(first, last)}."
    return ""


def _days(view: View, step: int, current: Current) -> list[date]:
    """The first days of the whole steps of a View."""
    return [s for s, w in zip(starts(view, step), whole(view, step, current)) if w]


def ends(view: View, step: int, current: Current) -> str:
    """First and last day of the whole steps of a View, as readers write them."""
    held = _days(view, step, current)
    return period(held[0], held[-1] + timedelta(days=step - 1))


def why_not(view: View, other: View | None, step: int, current: Current) -> str:
    """Why a View cannot be compared, in words; empty where it can.

    Only whole steps are compared, so only what lies within them can stand against it.
    """
    if other is None:
        return "Nothing to compare with was chosen."
    if why := uncovered(view, step, current):
        return f"No comparison: {why}"
    if why := uncovered(other, step, current):
        return f"No comparison with {period(other.start, other.end)}: {why}"
    now, before = (_days(v, step, current) for v in (view, other))
    if set(now) & set(before):
        return "No comparison: the two periods overlap."
    if min(len(now), len(before)) < LEAST:
        return "No comparison: it takes two whole days or more in each period."
    first, last = min(*now, *before), max(*now, *before) + timedelta(days=step - 1)
    for source in chosen_sources(view, current.meta):
        for day, what in source["changes"]:
            if first < date.fromisoformat(day) <= last:
                return f"No comparison across {period(*[date.fromisoformat(day)] * 2)}. {what}"
    return ""
