"""Two periods made comparable: each cut to its whole weeks or days."""

from dataclasses import replace
from datetime import timedelta

from data import periods
from data.store import Current
from data.view import NOTHING, View


def pair(view: View, current: Current) -> tuple[View, View] | None:
    """The View and what it is compared with, whole steps only; None where it cannot be."""
    other = view.compared()
    step = periods.step(view, other, current)
    if other is None or periods.why_not(view, other, step, current):
        return None
    return _cut(view, step, current), _cut(other, step, current)


def _cut(view: View, step: int, current: Current) -> View:
    held = [
        start
        for start, whole in zip(periods.starts(view, step), periods.whole(view, step, current))
        if whole
    ]
    last = held[-1] + timedelta(days=step - 1)
    return replace(view, start=held[0], end=last, compare=NOTHING)
