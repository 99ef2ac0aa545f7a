"""Rates and changes with their uncertainty: counts, residents and weeks in, intervals out."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import (
    special,
)  # the same functions as scipy.stats, loaded in a fifth of the time

UNRELIABLE = 20  # events: below this a rate is flagged, after the CDC's rule for rates
PLAIN = 1.2  # weekly counts that vary at most this much more than chance are Poisson

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
    """How much more weekly counts vary than chance, and the degrees of freedom.

    Each period is (areas, weeks). Pearson's statistic around each period's own mean,
    divided by its degrees of freedom (McCullagh and Nelder 1989, section 6.2). An area
    without events gives 1. Never below 1.
    """
    tables = [np.atleast_2d(np.asarray(p, float)) for p in periods]
    free = sum(table.shape[1] - 1 for table in tables)
    statistic = np.zeros(len(tables[0]))
    for table in tables:
        mean = table.mean(axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            statistic += np.nansum((table - mean) ** 2 / mean, axis=1)
    if free < 1:
        return np.full(len(tables[0]), np.nan), 0
    return np.maximum(statistic / free, 1.0), free


class Change(NamedTuple):
    """Rate ratio of a period to the one before, with its interval, one an area.

    `ratio` and bounds are NaN where nothing can be said, `upper` also where there was
    nothing before, because then no ratio is too large. `sure` is +1 where the whole
    interval lies above 1, -1 below, 0 otherwise. `factor` is the dispersion used.
    """

    ratio: Array
    lower: Array
    upper: Array
    sure: npt.NDArray[np.int8]
    factor: Array


def change(now: npt.ArrayLike, before: npt.ArrayLike, level: float = 0.95) -> Change:
    """The change of weekly counts (areas, weeks) from one period to another.

    Where weekly counts vary more than chance (factor above 1.2) the interval is
    quasi-Poisson: the log ratio's variance is the factor times (1/n + 1/n'), with
    Student's t. The factor is the area's own drawn towards that of all areas, because a
    few weeks tell little of it, and t has the degrees of freedom of both (a moderated
    t, Smyth 2004). Otherwise it is the exact conditional one (Clopper-Pearson on n given
    n + n'; Przyborowski and Wilenski 1940). With one week in each period nothing is said.
    """
    a = np.atleast_2d(np.asarray(now, float))
    b = np.atleast_2d(np.asarray(before, float))
    n, m = a.sum(axis=1), b.sum(axis=1)
    weeks, weeks_before = a.shape[1], b.shape[1]
    own, free = dispersion(a, b)
    factor, known = _drawn_together(own, free)
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (n / weeks) / (m / weeks_before)
        # half an event where a period has none: the interval stays finite
        middle = np.log((n + 0.5 * (n == 0)) / weeks)
        middle -= np.log((m + 0.5 * (m == 0)) / weeks_before)
        spread = np.sqrt(factor * (1 / np.maximum(n, 0.5) + 1 / np.maximum(m, 0.5)))
        reach = special.stdtrit(max(known, 1), 1 - tail) * spread
        lower, upper = np.exp(middle - reach), np.exp(middle + reach)
        exact = factor <= PLAIN
        scale = weeks_before / weeks
        low = special.betaincinv(np.maximum(n, 0.5), m + 1, tail)
        high = special.betaincinv(n + 1, np.maximum(m, 0.5), 1 - tail)
        low, high = np.where(n > 0, low, 0.0), np.where(m > 0, high, 1.0)
        lower = np.where(exact, scale * low / (1 - low), lower)
        upper = np.where(exact, scale * high / (1 - high), upper)
    nothing = (n + m == 0) | (free < 1)
    ratio, lower, upper = (np.where(nothing, np.nan, v) for v in (ratio, lower, upper))
    sure = (lower > 1).astype(np.int8) - (upper < 1).astype(np.int8)
    ratio, upper = (np.where(m == 0, np.nan, v) for v in (ratio, upper))
    lower = np.where(n == 0, np.minimum(lower, 0.0), lower)
    return Change(ratio, lower, upper, sure, factor)


BORROWED = 10  # weeks' worth of trust in the other areas' factor


def _drawn_together(own: Array, free: int) -> tuple[Array, int]:
    """Each area's factor drawn towards the mean of all, and its degrees of freedom.

    The others count as ten: enough to calm a factor from a handful of weeks, little
    against a year of them.
    """
    if len(own) < 2 or free < 1:
        return own, free
    drawn = (free * own + BORROWED * own.mean()) / (free + BORROWED)
    return np.asarray(drawn), free + BORROWED


def per_thousand(events: npt.ArrayLike, residents: npt.ArrayLike) -> tuple[Array, Array, Array]:
    """Events per 1,000 residents and its exact Poisson interval; NaN without residents."""
    people = np.asarray(residents, float)
    people = np.where(people > 0, people, np.nan)
    lower, upper = poisson_interval(events)
    rate = 1000 * np.asarray(events, float) / people
    return rate, 1000 * lower / people, 1000 * upper / people


def empirical_bayes(events: npt.ArrayLike, population: npt.ArrayLike) -> Array:
    """Rates drawn towards the overall rate, the more so the fewer the residents.

    Per resident, NaN where the population is 0 or not known. Global method of moments
    (Marshall 1991), as in PySAL's Empirical_Bayes.
    """
    n, people = np.asarray(events, float), np.asarray(population, float)
    held = people > 0
    out = np.full(len(n), np.nan)
    if not held.any():
        return out
    x, w = n[held], people[held]
    rate, mean = x / w, x.sum() / w.sum()
    between = (w * (rate - mean) ** 2).sum() / w.sum() - mean / w.mean()
    variance = max(float(between), 0.0)
    weight = variance / (variance + mean / w) if mean > 0 else np.zeros(len(w))
    out[held] = weight * rate + (1 - weight) * mean
    return out


def words_for(change: Any) -> list[str]:
    """What each area's change may be called: higher, lower, not clear, or none."""
    said = {1: "higher", -1: "lower", 0: "not clear"}
    return [
        said[int(s)] if np.isfinite(low) else "none" for s, low in zip(change.sure, change.lower)
    ]
