"""Classes of a table's numbers: a number has one color in every period and wherever it is drawn."""

from typing import Any

import numpy as np

from geo.arrays import Floats

_MOST = 5
LOOKS = ("r0", "r1", "r2", "r3", "r4")  # of the classes, pale to deep
HIDDEN, ZERO = "none", "zero"  # looks of a cell that is in no class
# number of classes -> the positions of their colors among the five, pale to deep
SPREAD = {1: (1,), 2: (1, 3), 3: (0, 2, 3), 4: (0, 1, 2, 3), 5: (0, 1, 2, 3, 4)}
_STEPS = [*(s * 10**e for e in range(7) for s in (1, 2, 3, 4, 5, 6, 8)), 15, 25, 150, 250]


def class_breaks(n: Any, base: int) -> tuple[int, ...]:
    """The least number of each class of a table: near the fifths of its numbers above zero, round.

    `n` holds all periods of a table, NaN where nothing is shown; its numbers are multiples of
    `base`. At most five classes; none without a number.
    """
    shown = np.sort(n[n > 0])
    if not len(shown):
        return ()
    found, high = [int(shown[0])], int(shown[-1])
    for share in np.arange(1, _MOST) / _MOST:
        cut = _round_number(float(np.quantile(shown, share)), base)
        if found[-1] < cut <= high:
            found.append(cut)
    while len(found) < _MOST:  # most numbers are small: the large ones get classes too
        cut = _round_number(float(np.sqrt(found[-1] * high)), base)
        if not found[-1] < cut < high:
            break
        found.append(cut)
    return tuple(found)


def _round_number(value: float, base: int) -> int:
    fits = [s for s in _STEPS if s % base == 0] or [s * base for s in _STEPS]
    return int(min(fits, key=lambda s: (abs(s - value), s)))


def look_of(n: float, breaks: tuple[int, ...]) -> str:
    """The look of a number of a table: its class, ZERO, or HIDDEN where it is not shown (NaN)."""
    if not n > 0:
        return ZERO if n == 0 else HIDDEN
    return LOOKS[SPREAD[len(breaks)][sum(n >= b for b in breaks[1:])]]


def class_ranges(n: Floats, breaks: tuple[int, ...], step: int) -> list[tuple[str, int, int]]:
    """The look, the least and the largest number of each class, pale first; ZERO where there is
    one. Numbers are multiples of `step`."""
    zero = [(ZERO, 0, 0)] if (n == 0).any() else []
    if not breaks:
        return zero
    tops = [b - step for b in breaks[1:]] + [int(np.nanmax(n))]
    looks = [LOOKS[at] for at in SPREAD[len(breaks)]]
    return [*zero, *zip(looks, breaks, tops)]
