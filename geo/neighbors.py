"""Records near each other in space and time: cells, and stretches of time in them.

Records are sorted by cell, then by time. Those of one cell that are near a record in
time then stand in a row, from `start` to `stop`: their number is known before any is
looked at. Cells are wide where records are few: then few cells are asked. Where they are
crowded, a cell is so small that all in it are near each other in space.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.arrays import Floats, Ints
from geo.boundary_segments import repeated

Bools = npt.NDArray[np.bool_]

CHUNK = 1 << 15  # records at a time: the scratch arrays stay in the processor's cache
PAIRS = 1 << 19  # about the most pairs to hold at once
WIDE = 2.0  # side of a cell, as a share of eps: about four of nine cells are near
SMALL = (1 - 1e-6) / np.sqrt(2)  # a cell's corners are near each other, however rounded
CROWDED = 24  # records near in time in a wide cell, on average: more are crowded
TOO_MANY = 64_000_000  # of them in all: the pairs would fill the memory
LEAST = 1e-161  # metres: the square of less is 0 in floating point


class Stretch(NamedTuple):
    """For each of some records, the sorted places of those near in time in another cell."""

    record: Ints
    start: Ints
    stop: Ints
    whole: Bools  # all of them are near in space as well

    def only(self, kept: Bools | slice) -> "Stretch":
        """The stretch of some of its records."""
        return Stretch(self.record[kept], self.start[kept], self.stop[kept], self.whole[kept])


class Neighbors:
    """Records made ready to be asked for their neighbors, by sorted place.

    Near is `dx * dx + dy * dy <= eps_space * eps_space` and `abs(dt) <= eps_time`, as
    floating point has it, and the same `group` where groups are given. `order` gives the
    row of each sorted place; equal places and times keep the order of their rows.
    """

    def __init__(
        self,
        x: Floats,
        y: Floats,
        t: Floats,
        eps_space: float,
        eps_time: float,
        group: Ints | None = None,
        side: float = SMALL,
    ) -> None:
        self.eps_space, self.eps_time = eps_space, eps_time
        self._square = np.float64(eps_space) * eps_space
        column, self._columns, across = self._strips(x, side)
        line, self._lines, along = self._strips(y, side)
        if group is not None:
            column += group * self._columns
        self._strip, strip = np.unique(column, return_inverse=True)
        self._code, cell = np.unique(strip * self._lines + line, return_inverse=True)
        times, when = np.unique(t, return_inverse=True)
        self._times = max(len(times), 1)
        key = cell * self._times + when
        self.order = np.argsort(key, kind="stable")
        self._key, self.cell, self._when = key[self.order], cell[self.order], when[self.order]
        self.x, self.y, self.t = x[self.order], y[self.order], t[self.order]
        # the first time that is too late, then the first that is not too early
        self._late = _reach(times, times, eps_time, lambda d: d <= eps_time)
        self._early = np.searchsorted(self._late, np.arange(len(times)), side="right")
        self._key_or_end = np.append(self._key, np.iinfo(np.int64).max)
        self._boxes()
        steps = [(i, j) for i in range(-across, across + 1) for j in range(-along, along + 1)]
        self.steps = sorted(steps, key=lambda step: (step[0] ** 2 + step[1] ** 2, step))
        self.half = [step for step in self.steps if step > (0, 0)]

    def _strips(self, values: Floats, side: float) -> tuple[Ints, int, int]:
        """The strip of each value, how many there are, and how many away is near."""
        eps = self.eps_space
        width = max(eps * side, LEAST)
        ordered = np.sort(values)
        with np.errstate(over="ignore"):
            first = np.unique(np.floor(ordered / width), return_index=True)[1]
        low, high = ordered[first], ordered[np.append(first, len(values))[1:] - 1]
        reach = _reach(low, high, eps, lambda d: np.maximum(d, 0) ** 2 <= self._square)
        away = int((reach - 1 - np.arange(len(low))).max(initial=0))
        where = np.searchsorted(low, values, side="right") - 1
        return where, max(len(low), 1), away

    def _boxes(self) -> None:
        """South-west and north-east corner of the records of each cell."""
        first = np.flatnonzero(np.diff(self.cell, prepend=-1))
        ends = np.minimum, np.maximum
        if not len(first):
            self._box = np.zeros((4, 0))
            return
        self._box = np.stack([end.reduceat(v, first) for end in ends for v in (self.x, self.y)])
        west, south, east, north = self._box
        self.compact = self.near_by(east - west, north - south)

    def near_by(self, dx: Floats, dy: Floats) -> Bools:
        """Mask of the distances that are near: the one place where it is decided."""
        with np.errstate(over="ignore", under="ignore"):
            found: Bools = dx * dx + dy * dy <= self._square
        return found

    def _beside(self, step: tuple[int, int]) -> Ints:
        """For each cell, the one that many columns and lines away; -1 for none or too far."""
        strip, line = self._code // self._lines, self._code % self._lines + step[1]
        column = self._strip % self._columns + step[0]
        other = _place(self._strip, self._strip + step[0])
        other = np.where((column >= 0) & (column < self._columns), other, -1)[strip]
        inside = (other >= 0) & (line >= 0) & (line < self._lines)
        found = np.where(inside, _place(self._code, other * self._lines + line), -1)
        west, south, east, north = self._box
        gap = [
            np.maximum(np.maximum(low[found] - high, low - high[found]), 0)
            for low, high in ((west, east), (south, north))
        ]
        return np.where(self.near_by(*gap), found, -1)

    def stretches(self, records: Ints, step: tuple[int, int]) -> Iterator[Stretch]:
        """For some records, those near in time in the cell `step` away, where there are any."""
        beside = self._beside(step)
        for start in range(0, len(records), CHUNK):
            record = records[start : start + CHUNK]
            other = beside[self.cell[record]]
            yield self._stretch(record[other >= 0], other[other >= 0])

    def _stretch(self, record: Ints, other: Ints) -> Stretch:
        """The stretch of those near in time to each record, in the cell given for it."""
        west, south, east, north = (side[other] for side in self._box)
        x, y = self.x[record], self.y[record]
        to_west, to_south, to_east, to_north = west - x, south - y, x - east, y - north
        # a gap to a side that lies ahead, none where the record is between two sides
        gap_x = np.maximum(np.maximum(to_west, to_east), 0)
        gap_y = np.maximum(np.maximum(to_south, to_north), 0)
        kept = np.flatnonzero(self.near_by(gap_x, gap_y))
        record, base = record[kept], other[kept] * self._times
        when = self._when[record]
        start = np.searchsorted(self._key, base + self._early[when])
        end = base + self._late[when]
        some = np.flatnonzero(self._key_or_end[start] < end)
        record, start, kept = record[some], start[some], kept[some]
        stop = np.searchsorted(self._key, end[some])
        far_x = np.minimum(to_west[kept], to_east[kept])
        far_y = np.minimum(to_south[kept], to_north[kept])
        return Stretch(record, start, stop, self.near_by(far_x, far_y))

    def crowd(self) -> float:
        """The mean number of records near in time that a record has in its own cell."""
        base = self.cell * self._times
        start = np.searchsorted(self._key, base + self._early[self._when])
        stop = np.searchsorted(self._key, base + self._late[self._when])
        return float((stop - start).sum() / max(len(base), 1))

    def ahead(self, records: Ints) -> Iterator[Stretch]:
        """Stretches in which each pair of records stands once."""
        for one in self.stretches(records, (0, 0)):
            later = one._replace(start=np.maximum(one.start, one.record + 1))
            yield later.only(later.start < later.stop)
        for step in self.half:
            yield from self.stretches(records, step)

    def near(self, a: Ints, b: Ints) -> Bools:
        """Mask of the pairs of places that are near in space, for records near in time."""
        return self.near_by(self.x[a] - self.x[b], self.y[a] - self.y[b])


def prepared(
    x: Floats, y: Floats, t: Floats, eps_space: float, eps_time: float, group: Ints | None = None
) -> tuple[Neighbors, bool]:
    """Neighbors with cells as wide as the records allow, and whether they are crowded."""
    wide = Neighbors(x, y, t, eps_space, eps_time, group, WIDE)
    crowd = wide.crowd()
    if crowd <= CROWDED and crowd * len(x) <= TOO_MANY:
        return wide, False
    del wide
    return Neighbors(x, y, t, eps_space, eps_time, group, SMALL), True


def pairs(stretch: Stretch) -> Iterator[tuple[Ints, Ints]]:
    """Number in the stretch and place of each record in it, some at a time."""
    length = stretch.stop - stretch.start
    for part in parts(length):
        which, step = repeated(length[part])
        which += part.start
        yield which, stretch.start[which] + step


def parts(length: Ints) -> Iterator[slice]:
    """Slices of the list whose lengths add up to about PAIRS, or of one that is longer."""
    total = np.cumsum(length)
    start, done = 0, 0
    while start < len(length):
        stop = max(int(np.searchsorted(total, done + PAIRS, side="right")), start + 1)
        yield slice(start, stop)
        start, done = stop, int(total[stop - 1])


def _place(ordered: Ints, wanted: Ints) -> Ints:
    """The position of each number in a sorted list; -1 for those that are not in it."""
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return np.where(ordered[at] == wanted, at, -1)


def _reach(low: Floats, high: Floats, eps: float, near: Callable[[Floats], Bools]) -> Ints:
    """For each i the first j > i for which `low[j] - high[i]` is not near.

    Both lists rise. A guess is right but where floating point rounds: there, by halving.
    """
    with np.errstate(over="ignore", under="ignore"):
        guess = np.searchsorted(low, high + eps, side="right")
        first = np.arange(1, len(low) + 1)
        guess = np.maximum(guess, first)
        beyond = np.append(low, np.inf)
        right = (guess == first) | near(low[guess - 1] - high)
        right &= (guess == len(low)) | ~near(beyond[guess] - high)
        wrong = np.flatnonzero(~right)
        least, most = first[wrong], np.full(len(wrong), len(low))
        while (least < most).any():
            middle = (least + most) // 2
            inside = (least < most) & near(beyond[middle] - high[wrong])
            least = np.where(inside, middle + 1, least)
            most = np.where(inside, most, np.minimum(middle, most))
        guess[wrong] = least
    return guess
