"""The clock of a time zone over whole arrays: local to UTC and back."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from geo.arrays import Flags

SECOND = 1_000_000  # all times are whole microseconds since 1970
DAY = 86_400 * SECOND
FIRST_YEAR, LAST_YEAR = 1899, 2101

Micros = npt.NDArray[np.int64]


class Instants(NamedTuple):
    """UTC times, and which local times did not exist or existed twice."""

    utc: Micros
    skipped: Flags
    twice: Flags


class _Table(NamedTuple):
    """A zone's changes: when (UTC), the local bounds of each, offsets around them."""

    at: Micros
    first: Micros
    second: Micros
    offsets: Micros


def to_utc(local: Micros, zone: str) -> Instants:
    """UTC of times on a zone's clock.

    A time that the clock skipped is moved forward by the gap; one that it showed twice
    is the first (PEP 495, fold 0: both take the offset that held before the change).
    """
    table = _table(zone)
    change = np.searchsorted(table.second, local, side="right")
    utc = local - table.offsets[change]
    within = np.zeros(len(local), bool)
    later = np.minimum(change, max(len(table.at) - 1, 0))
    if len(table.at):
        within = (local >= table.first[later]) & (local < table.second[later])
    forward = table.offsets[later + 1] > table.offsets[later] if len(table.at) else within
    return Instants(utc, within & forward, within & ~forward)


def to_local(utc: Micros, zone: str) -> Micros:
    """The times that a zone's clock showed at UTC times, as microseconds of that clock."""
    table = _table(zone)
    local: Micros = utc + table.offsets[np.searchsorted(table.at, utc, side="right")]
    return local


@lru_cache(maxsize=64)
def _table(zone: str) -> _Table:
    clock = ZoneInfo(zone)
    day = timedelta(days=1)
    at = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    offset = at.astimezone(clock).utcoffset()
    changes, offsets = [], [offset]
    while at < end:
        following = at + day
        later = following.astimezone(clock).utcoffset()
        if later != offset:
            changes.append(_change(clock, at, following))
            offsets.append(later)
        at, offset = following, later
    whole = np.array([_micros(o or timedelta()) for o in offsets], np.int64)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    when = np.array([_micros(c - epoch) for c in changes], np.int64)
    low = when + np.minimum(whole[:-1], whole[1:])
    return _Table(when, low, when + np.maximum(whole[:-1], whole[1:]), whole)


def _change(clock: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The second at which the offset changes, within a day of one change."""
    before = low.astimezone(clock).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        if middle.astimezone(clock).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
