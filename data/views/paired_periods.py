"""Two periods made comparable: each cut to its whole weeks or days."""

from dataclasses import replace

from data import words
from data.storage.store import Current
from data.views import periods, view_counts
from data.views.coverage import Coverage, cover, last_day
from data.views.sql import has_months
from data.views.view import MONTH, NOTHING, View


def pair(view: View, current: Current) -> tuple[View, View] | None:
    """The View and what it is compared with, whole steps only; None where it cannot be."""
    other = view.compared()
    if other is None:
        return None
    now, before = cover(view, current.meta), cover(other, current.meta)
    step = view_counts.choose_step(now, before, current)
    if periods.find_obstacle(now, before, step, current):
        return None
    return _cut(now, step, current), _cut(before, step, current)


def _cut(coverage: Coverage, step: int, current: Current) -> View:
    view, held = coverage.view, coverage.whole_starts(step)
    last = last_day(held[-1], step)
    whole = replace(view, start=held[0], end=last, compare=NOTHING)
    if step == MONTH or not has_months(view, current.meta):
        return whole
    # records known only to the month are in no week or day, so on no map of them
    known = view.time_precisions or tuple(words.CODES["time_precision"])
    return replace(whole, time_precisions=tuple(w for w in known if w != "month"))
