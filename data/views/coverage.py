"""Coverage: the days that a View's sources have records of, and the whole steps within them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from data.record import last_of_month
from data.storage.meta_types import TableMeta
from data.views.filters import period
from data.views.sql import chosen_sources, covered_days
from data.views.view import DAY, MONTH, WEEK, View

STEPS = {WEEK: "week", DAY: "day", MONTH: "month"}


class Extent(Enum):
    """How much of a View's period its sources cover."""

    WHOLE = "all of it"
    PART = "a part of it"
    NONE = "none of it"


@dataclass(frozen=True)
class SourceDays:
    """One source of a View: what its records are called, and its first and last day."""

    says: str
    first: date
    last: date


@dataclass(frozen=True)
class Coverage:
    """The days that the sources of a View cover; `first` and `last` are those of any of them."""

    view: View
    first: date
    last: date
    sources: tuple[SourceDays, ...]

    @property
    def extent(self) -> Extent:
        """How much of the View's period is covered: zeros are data only where some of it is."""
        if self.view.start > self.last or self.view.end < self.first:
            return Extent.NONE
        within = self.first <= self.view.start and self.view.end <= self.last
        return Extent.WHOLE if within else Extent.PART

    @property
    def some(self) -> bool:
        """Return whether any of the period is covered: else zeros are no zeros."""
        return self.extent is not Extent.NONE

    @property
    def gap(self) -> str:
        """The part of the period that is not covered, in words; empty where all of it is."""
        of = " and ".join(source.says for source in self.sources)
        covers = f"{of} cover {period(self.first, self.last)}."
        return {
            Extent.WHOLE: "",
            Extent.PART: f"Only part of this period has data: {covers}",
            Extent.NONE: f"No data: {covers}",
        }[self.extent]

    def span(self, step: int = DAY) -> tuple[date, date]:
        """First and last day of the View that are covered whole; the first lies after the last
        where there is none.

        Where hours before 06:00 count to the evening before, a day is a night: the last covered
        one goes on into a day without data, so it is not whole, and the first covered day's
        early hours belong to one that began before. For months a few hours make no difference.
        """
        night = self.view.early_hours and step != MONTH
        last = self.last - timedelta(days=1) if night else self.last
        return max(self.view.start, self.first), min(self.view.end, last)

    def whole(self, step: int) -> npt.NDArray[np.bool_]:
        """Mask of the steps that lie wholly in the View's period, its weekdays and the coverage."""
        return self._within(step, *self.span(step))

    def touched(self, step: int) -> npt.NDArray[np.bool_]:
        """Mask of the steps of which at least a part is covered."""
        steps = _steps(self.view, step)
        within = (steps.last >= self.first.toordinal()) & (steps.first <= self.last.toordinal())
        return np.asarray(within, bool)

    def whole_starts(self, step: int) -> list[date]:
        """The first days of the whole steps."""
        every = zip(starts(self.view, step), self.whole(step))
        return [start for start, is_whole in every if is_whole]

    def ends(self, step: int) -> str:
        """First and last day of the whole steps, as readers write them."""
        held = self.whole_starts(step)
        return period(held[0], last_day(held[-1], step))

    def length(self, step: int) -> float:
        """The mean length of the whole steps in days: months differ."""
        if step != MONTH:
            return float(step)
        held = self.whole_starts(step)
        return float(np.mean([last_day(s, step).day for s in held])) if held else float(MONTH)

    def uncovered(self, step: int) -> SourceDays | None:
        """The source that does not cover all whole steps of the View; None where all do.

        Days that the cutting to whole steps leaves out need no record.
        """
        wanted = self._within(step, self.view.start, self.view.end)
        for source in self.sources:
            first, last = max(self.view.start, source.first), min(self.view.end, source.last)
            if (wanted & ~self._within(step, first, last)).any():
                return source
        return None

    def _within(self, step: int, first: date, last: date) -> npt.NDArray[np.bool_]:
        """Mask of the steps that lie wholly in the View's weekdays and between two days."""
        steps = _steps(self.view, step)
        within = (steps.first >= first.toordinal()) & (steps.last <= last.toordinal())
        if step == DAY and self.view.weekdays:
            within &= np.isin((steps.first - 1) % 7, self.view.weekdays)  # ordinal 1 is a Monday
        return np.asarray(within, bool)


def cover(view: View, meta: TableMeta) -> Coverage:
    """Return the coverage of a View: computed once, and handed on."""
    sources = tuple(
        SourceDays(s["says"], *days)
        for s in chosen_sources(view, meta)
        if (days := covered_days(s))
    )
    if not sources:
        today = local_today(meta)
        return Coverage(view, today, today, sources)
    return Coverage(view, min(s.first for s in sources), max(s.last for s in sources), sources)


def source_days(names: tuple[str, ...], meta: TableMeta) -> tuple[date, date]:
    """First and last day that any of these sources covers; today where none does."""
    today = local_today(meta)
    found = cover(View(meta.get("stamp", ""), names, today, today), meta)
    return found.first, found.last


def local_today(meta: TableMeta) -> date:
    """The date on the place's clock."""
    return datetime.now(ZoneInfo(meta["place"]["zone"])).date()


def origin(view: View, step: int) -> date:
    """The day that the first step begins: the Monday on or before the View for weeks, the
    first of its month for months."""
    if step == MONTH:
        return view.start.replace(day=1)
    return view.start - timedelta(days=view.start.weekday() if step == WEEK else 0)


class _Steps(NamedTuple):
    """The steps of a period: their first days, and the ordinals of their first and last days."""

    starts: tuple[date, ...]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]


@lru_cache(maxsize=64)  # a screen asks for the same few steps dozens of times
def _steps_until(first: date, end: date, step: int) -> _Steps:
    days, day = [], first
    while day <= end:
        days.append(day)
        day = last_day(day, step) + timedelta(days=1)
    ordinals = np.array([day.toordinal() for day in days], np.int64)
    last = np.array([last_day(day, step).toordinal() for day in days], np.int64)
    return _Steps(tuple(days), ordinals, last)


def _steps(view: View, step: int) -> _Steps:
    return _steps_until(origin(view, step), view.end, step)


def starts(view: View, step: int) -> list[date]:
    """The first day of each step of a View; the first and last step may be cut."""
    return list(_steps(view, step).starts)


def last_day(start: date, step: int) -> date:
    """The last day of the step that begins on a day."""
    if step == MONTH:
        return last_of_month(start)
    return start + timedelta(days=step - 1)


def step_name(view: View, step: int) -> str:
    """The name of a step: a day that ends in the morning is a night."""
    return "night" if step == DAY and view.early_hours else STEPS[step]
