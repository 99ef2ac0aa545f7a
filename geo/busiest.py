"""The hours, weekdays or areas that have most, where chance does not explain it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special  # the same functions as scipy.stats, loaded in a fifth of the time

from geo import rates

LEVEL = 0.01  # hours, or weekdays, that are alike are called different in one look of a hundred
OF_MAPS = 0.05  # maps of areas that are alike of which any is named
MOST_FIRST = 3  # classes at the head of a ranking that can be told from the rest

Array = npt.NDArray[np.float64]


class Spread(NamedTuple):
    """How many times as much as chance daily counts vary, of so many degrees of freedom."""

    factor: float
    degrees: int


class Busiest(NamedTuple):
    """Whether classes of time differ, and which have most.

    `p` is the probability of such differences where there are none, NaN where there are too few
    days to tell. `first` are the positions of up to three classes each clearly above each of the
    others, the largest mean first; `above` all that are clearly above the mean of all. Both are
    empty where classes do not differ.
    """

    p: float
    first: tuple[int, ...] = ()
    above: tuple[int, ...] = ()


def measure_spread(counts: npt.ArrayLike, weekday: npt.ArrayLike) -> Spread:
    """The dispersion of daily counts around the means of their weekdays, at least 1.

    Pearson's statistic by its degrees of freedom (McCullagh and Nelder 1989, section 6.2), with
    the mean of all days below it. 1 without a record, or where no weekday comes twice.
    """
    n = np.asarray(counts, float)
    _, group = np.unique(np.asarray(weekday), return_inverse=True)
    of = np.bincount(group)
    degrees = len(n) - len(of)
    if degrees < 1 or not n.any():
        return Spread(1.0, max(degrees, 0))
    around = ((n - (np.bincount(group, n) / of)[group]) ** 2).sum()
    return Spread(max(float(around / n.mean() / degrees), 1.0), degrees)


def find_busiest(counts: npt.ArrayLike, exposure: npt.ArrayLike, spread: Spread) -> Busiest:
    """The classes with most: counts of each, and how many such days or hours were covered.

    Chi-square of the counts against their exposure, by its degrees of freedom and the spread of
    days, so that an event with many records counts as one; the F distribution allows for days
    too few to know that spread. A burst within an hour varies a day's count as much as that of its
    hour; what fills several hours of a day varies the day more, so that differences of hours are
    called rather too seldom. Where classes differ, each is held against the mean of all, and the
    first against each other, all together at `LEVEL` (Bonferroni).
    """
    n, of = np.asarray(counts, float), np.asarray(exposure, float)
    if len(n) < 2 or spread.degrees < 1 or not n.any():
        return Busiest(np.nan)
    rate = n.sum() / of.sum()
    others = len(n) - 1
    chi_square = ((n - of * rate) ** 2 / (of * rate)).sum()
    p = float(special.fdtrc(others, spread.degrees, chi_square / others / spread.factor))
    if p >= LEVEL:
        return Busiest(p)
    far = -float(special.stdtrit(spread.degrees, LEVEL / len(n)))
    above = (n / of - rate) > far * np.sqrt(spread.factor * rate / of)
    pairs = -float(special.stdtrit(spread.degrees, LEVEL / 2 / others))
    return Busiest(
        p,
        tuple(find_first(n, of, spread.factor, pairs).tolist()),
        tuple(np.flatnonzero(above).tolist()),
    )


class Standing(NamedTuple):
    """The positions of areas that stand out beyond chance, the highest rate first.

    `first` are up to three each clearly above each of the others, `above` all that are clearly
    above all of them together.
    """

    first: tuple[int, ...]
    above: tuple[int, ...]


def find_standing(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    steps: npt.ArrayLike,
    *,
    most: int = MOST_FIRST,
    reliable: bool = True,
) -> Standing:
    """The areas that stand out: counts of each, its residents (or 1), and counts (areas, steps).

    Above: the exact Poisson interval lies above the rate of all, at 95% for all of them at once
    (Bonferroni), because the highest of many is high by chance. First: above each of the others
    by as rare a difference; with `reliable` those of fewer than 20 incidents are not held against
    it. Counts are divided by how many are worth one (`geo.rates.thinning` of the steps), so that
    an event with many records counts as one. Nothing stands out where there is one step or none.
    """
    n, by = np.asarray(counts, float), np.asarray(exposure, float)
    if not n.any():
        return Standing((), ())
    level = 1 - OF_MAPS / len(n)
    thin = rates.thinning(steps, level)
    low, _ = rates.poisson_interval(n / thin, level)
    enough = n >= rates.UNRELIABLE
    clear = (low * thin / by > n.sum() / by.sum()) & enough
    above = np.flatnonzero(clear)
    above = above[np.argsort(-(n / by)[above], kind="stable")]
    held = np.flatnonzero(enough) if reliable else np.arange(len(n))
    far = float(special.ndtri((1 + level) / 2))
    first = held[find_first(n[held], by[held], thin[held], far, most)]
    return Standing(tuple(first.tolist()) if clear[first].all() else (), tuple(above.tolist()))


def find_first(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    factor: npt.ArrayLike,
    errors: float,
    most: int = MOST_FIRST,
) -> npt.NDArray[np.intp]:
    """The positions of the classes with the highest rates, each above each of the others by so
    many standard errors; at most `most`, the highest first, and none where no such few are.

    Rates are compared by their square roots, whose variance is a fourth of `factor` (the
    dispersion of counts, one or one each) by exposure, however high the rate.
    """
    n, of = np.asarray(counts, float), np.asarray(exposure, float)
    root = np.sqrt(n / of)
    variance = np.broadcast_to(np.asarray(factor, float), n.shape) / of / 4
    order = np.argsort(-root, kind="stable")
    for many in range(min(most, len(n) - 1), 0, -1):
        head, rest = order[:many, None], order[None, many:]
        if (root[head] - root[rest] > errors * np.sqrt(variance[head] + variance[rest])).all():
            return np.asarray(order[:many])
    return np.asarray(order[:0])
