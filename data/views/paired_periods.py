"""Two periods made comparable: each cut to its whole weeks or days."""

from dataclasses import replace

from data import words
from data.storage.store import Current
from data.views import periods
from data.views.sql import has_months
from data.views.view import MONTH, NOTHING, View


def pair(view: View, current: Current) -> tuple[View, View] | None:
    """The View and what it is compared with, whole steps only; None where it cannot be."""
    other = view.compared()
    step = periods.step(view, other, current)
    if other is None or periods.why_not(view, other, step, current):
        return None
    return _cut(view, step, current), _cut(other, step, current)


def _cut(view: View, step: int, current: Current) -> View:
    held = periods.whole_starts(view, step, current)
    last = periods.last_day(held[-1], step)
    whole = replace(view, start=held[0], end=last, compare=NOTHING)
    if step == MONTH or not has_months(view, current.meta):
        return whole
    # records known only to the month are in no week or day, so on no map of them
    known = view.time_precisions or tuple(words.CODES["time_precision"])
    return replace(whole, time_precisions=tuple(w for w in known if w != "month"))
