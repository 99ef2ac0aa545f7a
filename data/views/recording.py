"""Recording of a View's sources: known changes, stretches between them, and what is no count.

Counts before and after a change of recording (a new form, a new rule, another system) do not
measure the same: no baseline, trend or null may span one. And a source may be no count of what
happened at all: of it there is no rate, change, trend or alarm. All that says one asks here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from data.storage.meta_types import SourceMeta, TableMeta
from data.views.coverage import cover
from data.views.sql import chosen_sources
from data.views.view import View

NO_COMPARISON = "No comparison, because these records do not count what happened."
JUST_BEFORE = 91  # days before a period in which a change still bears on what is judged in it


class KnownChange(NamedTuple):
    """From `day` on records are made in another way; `what` is the source's own sentence."""

    day: date
    what: str


@dataclass(frozen=True)
class Stretch:
    """Days, first and last, that no change cuts; `begun` is the change that it begins with.

    `begun` is None where nothing is known to have changed at its first day. A stretch that
    would begin after its last day has no days.
    """

    first: date
    last: date
    begun: KnownChange | None = None

    @property
    def days(self) -> int:
        """The number of its days."""
        return max((self.last - self.first).days + 1, 0)


def is_count(view: View, meta: TableMeta) -> bool:
    """Return whether the records of all of a View's sources count what happened."""
    return all(_counts(source) for source in chosen_sources(view, meta))


def _counts(source: SourceMeta) -> bool:
    return bool(source.get("is_count", True))  # a store built by an older version does not say


def no_count(view: View, meta: TableMeta) -> str:
    """The reason why a View has no rate, change, trend or alarm, in words; empty where it has."""
    if is_count(view, meta):
        return ""
    what = " and ".join(s["says"] for s in chosen_sources(view, meta) if not _counts(s))
    return (
        f"{what[:1].upper()}{what[1:]} do not count what happened, so they get no rate, change, trend "
        "or alarm."
    )


def known_changes(view: View, meta: TableMeta) -> tuple[KnownChange, ...]:
    """All known changes of recording of a View's sources, oldest first, whenever they were."""
    found = {
        KnownChange(date.fromisoformat(day), what)
        for source in chosen_sources(view, meta)
        for day, what in source["changes"]
    }
    return tuple(sorted(found))


def changes_between(
    view: View, meta: TableMeta, first: date, last: date
) -> tuple[KnownChange, ...]:
    """The known changes that part two days: those after the first, up to the last."""
    return tuple(one for one in known_changes(view, meta) if first < one.day <= last)


def changes_near(view: View, meta: TableMeta) -> tuple[KnownChange, ...]:
    """The known changes within a View's period or at most 91 days before it."""
    first = view.start - timedelta(days=JUST_BEFORE + 1)
    return changes_between(view, meta, first, view.end)


def newest_stretch(view: View, meta: TableMeta) -> Stretch:
    """The newest days that a View asks for and its sources cover, back to the last change."""
    start, end = cover(view, meta).span()
    begun = [one for one in known_changes(view, meta) if start <= one.day <= end]
    return Stretch(max(start, begun[-1].day), end, begun[-1]) if begun else Stretch(start, end)


def since_change(view: View, meta: TableMeta) -> View:
    """The View from the last known change within it on; the View itself where there is none."""
    found = newest_stretch(view, meta)
    return replace(view, start=found.first) if found.begun else view


def unbroken(
    starts: Sequence[date], days: int, changes: Sequence[KnownChange]
) -> tuple[slice, ...]:
    """Positions of the steps of time before, between and after the changes, oldest first.

    `starts` are the first days of steps of so many days, in order. A step that a change cuts
    is in none; where no step lies between two changes, the slice is empty.
    """
    edges = [date.min, *(one.day for one in changes), date.max]
    found = []
    for first, after in pairwise(edges):
        begin = bisect_left(starts, first)
        end = bisect_right(starts, after - timedelta(days=days))
        found.append(slice(begin, max(begin, end)))
    return tuple(found)
