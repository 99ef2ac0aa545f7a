"""Rates and changes with their uncertainty: counts, residents and weeks in, intervals out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special  # the same functions as scipy.stats, loaded in a fifth of the time

from geo.smoothing import empirical_bayes as empirical_bayes
from geo.smoothing import spread as spread
from geo.smoothing import standardized as standardized

UNRELIABLE = 20  # events: below this a rate is flagged, after the CDC's rule for rates

Array = npt.NDArray[np.float64]


def poisson_interval(events: npt.ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Exact lower and upper bound of the mean of a Poisson count.

    Garwood (1936): the lower bound of 0 is 0.
    """
    n = np.asarray(events, float)
    tail = (1 - level) / 2
    lower = np.where(n > 0, special.gammaincinv(np.maximum(n, 1), tail), 0.0)
    return np.asarray(lower, float), np.asarray(special.gammaincinv(n + 1, 1 - tail), float)


def dispersion(*periods: npt.ArrayLike) -> tuple[Array, int]:
    """The dispersion of weekly counts beyond chance, and the degrees of freedom.

    Each period is (areas, weeks). Pearson's statistic around each period's own mean,
    divided by its degrees of freedom (McCullagh and Nelder 1989, section 6.2). An area
    without events gives 1. Never below 1.
    """
    own, free = _spread(*(np.atleast_2d(np.asarray(p, float)) for p in periods))
    return np.maximum(own, 1.0), free


class Change(NamedTuple):
    """Rate ratio of a period to the one before, with its interval, one an area.

    `ratio` and bounds are NaN where nothing can be said, `upper` also where there was
    nothing before, because then no ratio is too large. `sure` is +1 where the whole
    interval lies above 1, -1 below, 0 otherwise. `factor` is the dispersion used,
    of so many `degrees` of freedom.
    """

    ratio: Array
    lower: Array
    upper: Array
    sure: npt.NDArray[np.int8]
    factor: Array
    degrees: int


def change(
    now: npt.ArrayLike,
    before: npt.ArrayLike,
    exposure: npt.ArrayLike | None = None,
    exposure_before: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
    paired: bool = False,
    inflation: npt.ArrayLike = 1.0,
    beside: Sequence[npt.ArrayLike] = (),
) -> Change:
    """The ratio of rates of weekly counts (areas, weeks): one period to another, or A to B.

    Rates are events a week by `exposure` (residents or km2, one number or one a row; without
    it 1), so that `now` and `before` may be two periods of the same areas or two sets of
    areas or sources. Nothing is said where an exposure is 0 or not known, or with one week
    in each period.

    The interval is the exact conditional one of n given n + n' (Przyborowski and Wilenski
    1940) with mid-p (Berry and Armitage 1995), on counts divided by how much more weekly
    counts vary than chance and by what t is wider than the normal (as Korn and Graubard
    1998 do), never narrower than that of Poisson counts. The factor is the area's own drawn
    towards what areas of its size have, because a few weeks tell little of it, and t has the
    degrees of freedom of both (a moderated t with a trend; Smyth 2004). With fewer than 6
    events in two periods of the same length even all in one is no evidence at 5%, or nearly
    so: areas of few events are called changed less often than the level says.

    Weeks count as independent, unless `inflation` (a number, or one a row) says how many times
    the variance is more for weeks that resemble the next (`geo.memory.inflation`).
    `beside` are other weeks of the same rows (tables, each around its own mean) that tell how
    much weeks vary. A season is
    a change to it: whether season can do as much, `geo.forest.ratios` asks. Rows of the same
    weeks that rise together
    are safe to compare as if independent: the interval is too wide. With `paired` (same weeks
    in both) it is narrower: the factor is then that of the weekly share of `now` in both.
    """
    a = np.atleast_2d(np.asarray(now, float))
    b = np.atleast_2d(np.asarray(before, float))
    if len(a) != len(b):
        raise ValueError(f"{len(a)} rows cannot be compared with {len(b)}: give the same areas.")
    if paired and a.shape != b.shape:
        raise ValueError("Paired series must have the same weeks: cut both to those they share.")
    n, m = a.sum(axis=1), b.sum(axis=1)
    scale = _exposed(exposure_before, len(b)) * b.shape[1]
    scale = scale / (_exposed(exposure, len(a)) * a.shape[1])
    own, free = (
        _share_spread(a, b)
        if paired
        else _spread(a, b, *(np.atleast_2d(np.asarray(table, float)) for table in beside))
    )
    factor, known = _drawn_together(own, free, (n + m) / (a.shape[1] + b.shape[1]))
    factor = factor * np.asarray(inflation, float)
    thin = factor * widened(known, (1 - level) / 2)
    ratio, lower, upper = (scale * v for v in conditional_ratio(n, m, thin, level))
    nothing = (n + m == 0) | (free < 1) | ~np.isfinite(scale)
    ratio, lower, upper = (np.where(nothing, np.nan, v) for v in (ratio, lower, upper))
    sure = (lower > 1).astype(np.int8) - (upper < 1).astype(np.int8)
    ratio, upper = (np.where(m == 0, np.nan, v) for v in (ratio, upper))
    return Change(ratio, lower, upper, sure, np.maximum(factor, 1.0), max(known, 1))


def conditional_ratio(
    n: npt.ArrayLike, m: npt.ArrayLike, thin: npt.ArrayLike = 1.0, level: float = 0.95
) -> tuple[Array, Array, Array]:
    """The ratio of two counts and its interval: the conditional one of n given n + m, mid-p, on
    counts divided by `thin` (at least 1), of any shape.

    Where m is 0 the ratio is infinite and so is the upper end; where both are, nothing can be
    said: NaN, from 0 to infinity.
    """
    thinned = np.maximum(np.asarray(thin, float), 1.0)
    a, b = (np.asarray(v, float) / thinned for v in (n, m))
    tail = (1 - level) / 2
    low, high = _least_share(a, b, tail), 1 - _least_share(b, a, tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(n, float) / np.asarray(m, float)
        return np.asarray(ratio), np.asarray(low / (1 - low)), np.asarray(high / (1 - high))


def thinning(counts: npt.ArrayLike, level: float = 0.95) -> Array:
    """How many incidents of each row of (areas, steps) are worth one that comes alone, at least 1.

    The dispersion of its steps, drawn towards that of areas of its size, times what t is wider
    than the normal at this level, squared: as in `change`. Intervals of Poisson counts hold for
    counts divided by it. NaN where there is one step or none, which tells nothing of bursts.
    """
    table = np.atleast_2d(np.asarray(counts, float))
    own, free = _spread(table)
    factor, known = _drawn_together(own, free, table.sum(axis=1) / max(table.shape[1], 1))
    return np.maximum(factor * widened(known, (1 - level) / 2), 1.0)


def widened(degrees: int, tail: float) -> float:
    """Return how many times the variance of the normal that of t seems at its tail."""
    return float((special.stdtrit(max(degrees, 1), tail) / special.ndtri(tail)) ** 2)


BORROWED = 10  # weeks' worth of trust in the other areas' factor


def _spread(*tables: Array) -> tuple[Array, int]:
    """Pearson's statistic by its degrees of freedom; 1 is chance, and may be less by chance."""
    free = sum(table.shape[1] - 1 for table in tables)
    if free < 1:
        return np.full(len(tables[0]), np.nan), 0
    statistic = np.zeros(len(tables[0]))
    for table in tables:
        mean = table.mean(axis=1)
        around = ((table - mean[:, None]) ** 2).sum(axis=1)
        # a period without events says nothing: it counts as chance
        told = around / np.where(mean > 0, mean, 1)
        statistic += np.where(mean > 0, told, table.shape[1] - 1)
    return statistic / free, free


def _share_spread(a: Array, b: Array) -> tuple[Array, int]:
    """The dispersion of the weekly share of `a` in both: what they do together cancels.

    The variance of a ratio estimator by that of a binomial share (the design effect of Korn
    and Graubard 1998), so that weeks of many events count as much as they matter.
    """
    both, weeks = a + b, a.shape[1]
    if weeks < 2:
        return np.full(len(a), np.nan), 0
    total = both.sum(axis=1)
    share = a.sum(axis=1) / np.maximum(total, 1)
    chance = total * share * (1 - share)
    around = ((a - both * share[:, None]) ** 2).sum(axis=1) * weeks / (weeks - 1)
    return np.where(chance > 0, around / np.where(chance > 0, chance, 1), 1.0), weeks - 1


def _drawn_together(own: Array, free: int, size: Array) -> tuple[Array, int]:
    """Each area's factor drawn towards that of areas of its size, and its degrees of freedom.

    What a factor has above 1 grows with the square root of the weekly count: smaller areas
    vary more like chance. The others count as ten weeks: enough to calm a factor from a
    handful of weeks, little against a year of them.
    """
    if len(own) < 2 or free < 1:
        return own, free
    root = np.sqrt(size)
    usual = 1 + max((own - 1).sum() / max(root.sum(), 1e-9), 0.0) * root
    return np.asarray((free * own + BORROWED * usual) / (free + BORROWED)), free + BORROWED


def _exposed(exposure: npt.ArrayLike | None, rows: int) -> Array:
    """Exposures of rows, NaN where there is none or it is not known."""
    given = np.broadcast_to(np.asarray(1.0 if exposure is None else exposure, float), rows)
    return np.where(given > 0, given, np.nan)


def _least_share(n: Array, m: Array, tail: float) -> Array:
    """The smallest share at which n or more of n + m has the probability `tail`, mid-p.

    Half of the probability of exactly n counts; n and m need not be whole. 0 where n is 0.
    """
    n, m = np.broadcast_arrays(np.maximum(n, 1e-9), np.maximum(m, 1e-9))
    # between the bound where n counts whole and the one where it does not count
    low, high = special.betaincinv(n, m + 1, tail), special.betaincinv(n + 1, m, tail)
    share = (low + high) / 2
    for _ in range(8):  # Newton, and halves where that leaves the bounds
        over = special.betainc(n, m + 1, share) + special.betainc(n + 1, m, share) - 2 * tail
        low, high = np.where(over > 0, low, share), np.where(over > 0, share, high)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            density = special.xlogy(n - 1, share) + special.xlog1py(m - 1, -share)
            density = np.exp(density - special.betaln(n, m))
            slope = density * (n + m) * ((1 - share) / m + share / n)
            step = share - over / slope
        share = np.where((step >= low) & (step <= high), step, (low + high) / 2)
    # counts far below 1 may not get there: the lower bound is a safe one
    share = np.where(np.abs(over) < 1e-6, share, low)
    return np.asarray(np.where(n > 1e-9, share, 0.0))


def per_thousand(events: npt.ArrayLike, residents: npt.ArrayLike) -> tuple[Array, Array, Array]:
    """Events per 1,000 residents and its exact Poisson interval; NaN without residents."""
    people = np.asarray(residents, float)
    people = np.where(people > 0, people, np.nan)
    lower, upper = poisson_interval(events)
    rate = 1000 * np.asarray(events, float) / people
    return rate, 1000 * lower / people, 1000 * upper / people


def unreliable(events: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Mask of the rates that rest on fewer than 20 events."""
    return np.asarray(np.asarray(events, float) < UNRELIABLE)
