"""Ratios for a forest plot: each with its interval, and a test controlled over all of them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from geo import rates
from geo.hot_spots import benjamini_hochberg

Array = npt.NDArray[np.float64]

LEVEL = 0.05
HIGHER, LOWER, UNCLEAR, FEW, NONE = "higher", "lower", "not clear", "too few", "none"
LEAST_P = 1e-12


class Ratios(NamedTuple):
    """`geo.rates.change` of each row, with p, q over all rows tested, and what may be said.

    `finding` is "higher" or "lower" where q is at most 5 %, "not clear" where chance can
    explain the ratio, "too few" where a row was not tested for want of events (no p, no q),
    "none" where no ratio can be told at all.
    """

    ratio: Array
    lower: Array
    upper: Array
    factor: Array
    p: Array
    q: Array
    finding: npt.NDArray[np.object_]


def ratios(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    exposure_a: npt.ArrayLike | None = None,
    exposure_b: npt.ArrayLike | None = None,
    *,
    paired: bool = False,
    events: npt.ArrayLike | None = None,
) -> Ratios:
    """The ratio of a's rate to b's, weekly counts (rows, weeks) as for `rates.change`.

    `events` decides which rows have enough to be tested (20); without it a's and b's together.
    Rows left out by it do not count among the tests.
    """
    now = np.atleast_2d(np.asarray(a, float))
    before = np.atleast_2d(np.asarray(b, float))
    found = rates.change(now, before, exposure_a, exposure_b, paired=paired)
    both = now.sum(axis=1) + before.sum(axis=1)
    enough = ~rates.unreliable(both if events is None else events)
    p = np.where(enough, _p(now, before, exposure_a, exposure_b, found, paired), np.nan)
    q = benjamini_hochberg(p)
    finding = np.where(np.isfinite(found.lower), UNCLEAR, NONE).astype(object)
    finding[(finding == UNCLEAR) & ~enough] = FEW
    with np.errstate(invalid="ignore"):
        stands = q <= LEVEL
    finding[stands & (found.sure > 0)] = HIGHER
    finding[stands & (found.sure < 0)] = LOWER
    return Ratios(found.ratio, found.lower, found.upper, found.factor, p, q, finding)


def _p(
    a: Array,
    b: Array,
    exposure_a: npt.ArrayLike | None,
    exposure_b: npt.ArrayLike | None,
    found: rates.Change,
    paired: bool,
) -> Array:
    """Two-sided p of a ratio of 1: one minus the level whose interval ends there.

    The same mid-p on thinned counts as the interval. How much counts are thinned depends on
    the level (t is wider than the normal far out), so the level is found by halving.
    """
    n, m = a.sum(axis=1), b.sum(axis=1)
    free = a.shape[1] - 1 if paired else a.shape[1] + b.shape[1] - 2
    known = max(free + (rates.BORROWED if len(a) > 1 else 0), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = _weeks(exposure_a, a) / _weeks(exposure_b, b)
    share = odds / (1 + odds)  # of a in both, were the rates the same
    low, high = np.full(len(n), np.log(LEAST_P)), np.zeros(len(n))
    for _ in range(50):
        middle = (low + high) / 2
        tail = np.exp(middle) / 2
        normal = special.ndtri(tail)
        far = normal < -1e-9
        wider = np.where(far, special.stdtrit(known, tail) / np.where(far, normal, -1.0), 1.0)
        thin = np.maximum(found.factor * wider**2, 1.0)
        above = _tails(n / thin, m / thin, share) > np.exp(middle)
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(np.where(np.isfinite(found.lower), np.exp(high), np.nan))


def _weeks(exposure: npt.ArrayLike | None, counts: Array) -> Array:
    """Exposure of each row over its weeks; NaN where there is none."""
    given = np.broadcast_to(np.asarray(1.0 if exposure is None else exposure, float), len(counts))
    return np.asarray(np.where(given > 0, given, np.nan) * counts.shape[1])


def _tails(n: Array, m: Array, share: Array) -> Array:
    """Twice the smaller tail of n in n + m at a share, half of n itself counted (mid-p)."""
    n, m = np.maximum(n, 1e-9), np.maximum(m, 1e-9)
    above = (special.betainc(n, m + 1, share) + special.betainc(n + 1, m, share)) / 2
    return np.asarray(2 * np.minimum(above, 1 - above))
