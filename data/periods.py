"""Periods cut into whole weeks or days, and whether two of them can be compared."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from data import links, questions, recording
from data.filters import period
from data.store import Current
from data.view import View

ENOUGH_WEEKS = 4  # fewer whole weeks than this in a period, and days are compared
LEAST = 2  # whole steps that a period needs
STEPS = {7: "week", 1: "day"}


def step(view: View, other: View | None, current: Current) -> int:
    """7 where the View, and what it is compared with, have enough whole weeks; else 1."""
    asked = [view]
    if other is not None and not links.uncovered(other, current.meta):
        asked.append(other)
    return 7 if all(whole(v, 7, current).sum() >= ENOUGH_WEEKS for v in asked) else 1


def starts(view: View, step: int) -> list[date]:
    """The first day of each step of a View; the first and last step may be cut."""
    first = questions.origin(view, step)
    count = (view.end - first).days // step + 1
    return [first + timedelta(days=step * i) for i in range(count)]


def whole(view: View, step: int, current: Current) -> npt.NDArray[np.bool_]:
    """Which steps lie wholly in the View's period, its weekdays and what is covered."""
    first, last = links.coverage(view.sources, current.meta)
    start, end = max(view.start, first), min(view.end, last)
    days = set(view.weekdays) if step == 1 and view.weekdays else set(range(7))
    return np.array(
        [
            s >= start and s + timedelta(days=step - 1) <= end and s.weekday() in days
            for s in starts(view, step)
        ],
        bool,
    )


def ends(view: View, step: int, current: Current) -> str:
    """First and last day of the whole steps of a View, as readers write them."""
    held = [s for s, w in zip(starts(view, step), whole(view, step, current)) if w]
    return period(held[0], held[-1] + timedelta(days=step - 1))


def why_not(view: View, other: View | None, step: int, current: Current) -> str:
    """Why a View cannot be compared, in words; empty where it can."""
    if other is None:
        return "Nothing to compare with was chosen."
    if not recording.is_count(view, current.meta):
        return recording.NO_COMPARISON
    if why := links.uncovered(view, current.meta):
        return f"No comparison: {why}"
    if why := links.uncovered(other, current.meta):
        return f"No comparison with {period(other.start, other.end)}: {why}"
    if view.start <= other.end and other.start <= view.end:
        return "No comparison: the two periods overlap."
    if min(whole(v, step, current).sum() for v in (view, other)) < LEAST:
        return "No comparison: it takes two whole days or more in each period."
    first, last = min(view.start, other.start), max(view.end, other.end)
    for day, what in recording.changes_between(view, current.meta, first, last):
        return f"No comparison across {period(day, day)}. {what}"
    return ""
