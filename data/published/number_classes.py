"""Classes of numbers on a map: a number has one color in every period and wherever it is drawn.

Reports are compared with what is expected of so many residents: the declared number of events a
year, which people state before anything is counted. A range that reaches into three classes or
more is drawn in stripes of the first and the last of them. Exact counts have classes of their own.
"""

from typing import Any, NamedTuple

import numpy as np

from data.published.grid import Grid
from geo.arrays import Floats

TIMES = (0.5, 1.0, 2.0, 4.0)  # of what is expected: the edges of five classes
LIKELY = 1.2816  # standard deviations: eight of ten such ranges hold
CLASS_LOOKS = ("r0", "r1", "r2", "r3", "r4")  # of the classes, pale to deep
STRIPES = tuple(f"s{a}{b}" for a in range(5) for b in range(a + 2, 5))  # the first and last class
ZERO = "zero"  # the look of an exact zero
# number of classes -> the positions of their colors among the five, pale to deep
SPREAD = {1: (1,), 2: (1, 3), 3: (0, 2, 3), 4: (0, 1, 2, 3), 5: (0, 1, 2, 3, 4)}
_MOST = 5
_STEPS = [*(s * 10**e for e in range(7) for s in (1, 2, 3, 4, 5, 6, 8)), 15, 25, 150, 250]


class Classes(NamedTuple):
    """The classes of a map: `edges` (between classes, for each area) are numbers; `shown` are the
    edges as a legend says them: per 1,000 residents where `by_rate`. `expected` is what a year
    of the whole place is compared with, None for exact counts."""

    edges: Floats
    shown: tuple[float, ...]
    by_rate: bool
    expected: float | None

    @property
    def exact(self) -> bool:
        """Return whether they are those of exact counts."""
        return self.expected is None


class ClassRow(NamedTuple):
    """A row of a legend: look, from (None: open) and below (None: open)."""

    look: str
    low: float | None
    high: float | None


def expected_classes(expected: float, parts: int, residents: tuple[int | None, ...]) -> Classes:
    """Classes of a map whose place has `expected` events a year, of which a period is one of `parts`.

    By rate where the residents of every area are known, else all areas are expected to be equal.
    """
    people = np.array([float(r or 0) for r in residents])
    by_rate = bool((people > 0).all())
    share = people / people.sum() if by_rate else np.full(len(people), 1 / max(1, len(people)))
    times = np.array(TIMES)
    mean = expected / parts
    one = 1000 * mean / people.sum() if by_rate else mean / max(1, len(people))
    return Classes(times[:, None] * share * mean, tuple((times * one).tolist()), by_rate, expected)


def exact_classes(n: Floats) -> Classes:
    """Classes of exact counts of all periods: near the fifths of those above zero, round."""
    breaks = _class_breaks(n)
    edges = np.repeat(np.array(breaks[1:], float)[:, None], n.shape[1], axis=1)
    return Classes(edges, tuple(map(float, breaks)), False, None)


def class_looks(grid: Grid, classes: Classes) -> Any:
    """The look of every cell of a grid: its class, the stripes of a range that reaches into three
    or more, or ZERO of an exact zero."""
    own = [CLASS_LOOKS[at] for at in SPREAD[len(classes.edges) + 1]]
    at, low, high = (
        _class_of(grid.number + times * grid.sd, classes.edges) for times in (0, -LIKELY, LIKELY)
    )
    looks = np.array(own, object)[at]
    if classes.exact:
        return np.where(grid.number == 0, ZERO, looks)
    striped = np.array([[f"s{a}{b}" for b in range(5)] for a in range(5)], object)[low, high]
    return np.where(high - low >= 2, striped, looks)


def _class_of(value: Floats, edges: Floats) -> Any:
    return (value[:, None, :] >= edges[None]).sum(axis=1)


def class_rows(classes: Classes, most: int) -> list[ClassRow]:
    """The rows of a legend, pale first. Exact counts: whole numbers up to the largest; without
    a count none."""
    if not classes.exact:
        ends = [None, *classes.shown, None]
        return [ClassRow(*row) for row in zip(CLASS_LOOKS, ends[:-1], ends[1:])]
    if not classes.shown:
        return []
    looks = [CLASS_LOOKS[at] for at in SPREAD[len(classes.shown)]]
    tops = [*(low - 1 for low in classes.shown[1:]), float(most)]
    return [ClassRow(*row) for row in zip(looks, classes.shown, tops)]


def _class_breaks(n: Floats) -> tuple[int, ...]:
    """The least number of each class; at most five, none where all are zero."""
    some = np.sort(n[n > 0])
    if not len(some):
        return ()
    found, high = [int(some[0])], int(some[-1])
    for share in np.arange(1, _MOST) / _MOST:
        cut = _round_number(float(np.quantile(some, share)))
        if found[-1] < cut <= high:
            found.append(cut)
    while len(found) < _MOST:  # most numbers are small: the large ones get classes too
        cut = _round_number(float(np.sqrt(found[-1] * high)))
        if not found[-1] < cut < high:
            break
        found.append(cut)
    return tuple(found)


def _round_number(value: float) -> int:
    return int(min(_STEPS, key=lambda s: (abs(s - value), s)))
