"""Ratios of many rows: each with its interval, and what may be said after control over all."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from geo import rates
from geo.hot_spots import benjamini_hochberg

Array = npt.NDArray[np.float64]
Year = tuple[npt.ArrayLike, npt.ArrayLike]


class Finding(StrEnum):
    """The finding that may be told of a ratio: see `Ratios`."""

    HIGHER = "higher"
    LOWER = "lower"
    SEASON = "season"
    UNCLEAR = "not clear"
    FEW = "too few"
    NONE = "none"


LEVEL = 0.05
HIGHER, LOWER, SEASON, UNCLEAR, FEW, NONE = Finding
LEAST_P = 1e-12
HALF = 0.5  # an event, where a period has none


class Ratios(NamedTuple):
    """`geo.rates.change` of each row, with p, q over all rows tested, and what may be said.

    `finding` is "higher" or "lower" where q is at most 5%, "season" where a season can do as
    much, "not clear" where chance can explain the ratio, "too few" where a row was not tested for
    want of events (no p, no q), "none" where no ratio can be told at all. `usual` is the ratio
    that the same periods of other years had; NaN where it is not known or needs no knowing.
    `wider` is how many times the variance of the log of what exceeds it is that of the log of the
    ratio: 1 where no season is asked for, infinite where none can be told.
    """

    ratio: Array
    lower: Array
    upper: Array
    factor: Array
    p: Array
    q: Array
    finding: npt.NDArray[np.object_]
    usual: Array
    wider: Array


def ratios(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    exposure_a: npt.ArrayLike | None = None,
    exposure_b: npt.ArrayLike | None = None,
    *,
    paired: bool = False,
    events: npt.ArrayLike | None = None,
    inflation: npt.ArrayLike = 1.0,
    years: Sequence[Year] | None = None,
) -> Ratios:
    """The ratio of a's rate to b's, weekly counts (rows, weeks) as for `rates.change`.

    `events` decides which rows have enough to be tested (20); without it a's and b's together.
    Rows left out by it do not count among the tests. `inflation` is that of `rates.change`.

    `years` are the counts of both periods in other years, oldest last: what they differ by is
    what the season brings, so a row is higher or lower only where its ratio is also clear beside
    their mean ratio (a difference in differences of logs; p is the larger of both). Without any
    (`()`) no season can be told from a change, and nothing is called one. None where both
    periods have the same season: then none is asked for.
    """
    now = np.atleast_2d(np.asarray(a, float))
    before = np.atleast_2d(np.asarray(b, float))
    exposures = (exposure_a, exposure_b)
    beside = [table for year in years or () for table in year]
    found = rates.change(now, before, *exposures, paired=paired, inflation=inflation, beside=beside)
    both = now.sum(axis=1) + before.sum(axis=1)
    enough = ~rates.unreliable(both if events is None else events)
    p = _p(now, before, exposures, found, enough)
    q = benjamini_hochberg(p)
    finding = np.where(np.isfinite(found.lower), UNCLEAR, NONE).astype(object)
    finding[(finding == UNCLEAR) & ~enough] = FEW
    with np.errstate(invalid="ignore"):
        stands = q <= LEVEL
    usual, wider = np.full(len(now), np.nan), np.ones(len(now))
    moved = stands & (found.sure != 0)
    if years is not None:
        finding[moved] = SEASON
        moved &= False
        wider[:] = np.inf
    if years:
        usual, wider = _usual(now, before, years)
        by = (np.where(np.isnan(usual), 1.0, usual) * _given(exposure_a, now), exposure_b)
        beyond = rates.change(
            now, before, *by, inflation=np.asarray(inflation, float) * wider, beside=beside
        )
        p = np.fmax(p, _p(now, before, by, beyond, enough))
        q = benjamini_hochberg(p)
        with np.errstate(invalid="ignore"):
            moved = (q <= LEVEL) & (found.sure != 0) & (beyond.sure == found.sure)
    finding[moved & (found.sure > 0)] = HIGHER
    finding[moved & (found.sure < 0)] = LOWER
    told = (found.ratio, found.lower, found.upper, found.factor)
    return Ratios(*told, p, q, finding, usual, wider)


def share_found(
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    p: npt.ArrayLike,
    usual: npt.ArrayLike,
    wider: npt.ArrayLike,
    factor: float,
) -> float:
    """The chance that so many times what its season brings would be called higher in a row tested.

    Fields of `Ratios`; the mean over all rows tested, 0 where none was. A row counts as the only
    one that changed: it has to reach the level that control over all of them leaves to one. By
    the width of each row's interval (on the log, normal).
    """
    low, high, season, wide = (np.asarray(v, float) for v in (lower, upper, usual, wider))
    judged = np.isfinite(np.asarray(p, float))
    tests = int(judged.sum())
    known = judged & (low > 0) & np.isfinite(high) & (high > low)
    if not known.any():
        return 0.0
    needed = special.ndtri(1 - LEVEL / (2 * tests))
    error = np.log(high[known] / low[known]) / (2 * special.ndtri(1 - LEVEL / 2))
    above = np.log(factor * np.nan_to_num(season[known], nan=1.0)) / error - needed
    beyond = np.log(factor) / (error * np.sqrt(wide[known])) - needed
    return float(special.ndtr(np.minimum(above, beyond)).sum() / tests)


def _usual(now: Array, before: Array, years: Sequence[Year]) -> tuple[Array, Array]:
    """The mean ratio of the same periods in other years, and how many times the variance of the
    log of ours is that of what it exceeds them by."""
    logs, spread = [], np.zeros(len(now))
    for one, other in years:
        n, m = (
            np.maximum(np.atleast_2d(np.asarray(v, float)).sum(axis=1), HALF) for v in (one, other)
        )
        long = np.atleast_2d(one).shape[1] / np.atleast_2d(other).shape[1]
        logs.append(np.log(n / m / long))
        spread += 1 / n + 1 / m
    own = sum(1 / np.maximum(v.sum(axis=1), HALF) for v in (now, before))
    return np.exp(np.mean(logs, axis=0)), 1 + spread / len(years) ** 2 / own


def _p(
    a: Array,
    b: Array,
    exposures: tuple[npt.ArrayLike | None, npt.ArrayLike | None],
    found: rates.Change,
    asked: npt.NDArray[np.bool_],
) -> Array:
    """Two-sided p of a ratio of 1 of the rows asked for, NaN of others: one minus the level whose
    interval ends there.

    The same mid-p on thinned counts as the interval. How much counts are thinned depends on
    the level (t is wider than the normal far out), so the level is found by halving.
    """
    n, m = a.sum(axis=1), b.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = _weeks(exposures[0], a) / _weeks(exposures[1], b)
    share = odds / (1 + odds)  # of a in both, were the rates the same
    rows = np.flatnonzero(asked & np.isfinite(found.lower))
    n, m, share, factor = n[rows], m[rows], share[rows], found.factor[rows]
    low, high = np.full(len(n), np.log(LEAST_P)), np.zeros(len(n))
    for _ in range(50):
        middle = (low + high) / 2
        tail = np.exp(middle) / 2
        normal = special.ndtri(tail)
        far = normal < -1e-9
        wider = np.where(
            far, special.stdtrit(found.degrees, tail) / np.where(far, normal, -1.0), 1.0
        )
        thin = np.maximum(factor * wider**2, 1.0)
        above = _tails(n / thin, m / thin, share) > np.exp(middle)
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    p = np.full(len(a), np.nan)
    p[rows] = np.exp(high)
    return p


def _given(exposure: npt.ArrayLike | None, counts: Array) -> Array:
    given = np.asarray(1.0 if exposure is None else exposure, float)
    return np.broadcast_to(given, len(counts))


def _weeks(exposure: npt.ArrayLike | None, counts: Array) -> Array:
    """Exposure of each row over its weeks; NaN where there is none."""
    given = _given(exposure, counts)
    return np.asarray(np.where(given > 0, given, np.nan) * counts.shape[1])


def _tails(n: Array, m: Array, share: Array) -> Array:
    """Twice the smaller tail of n in n + m at a share, half of n itself counted (mid-p)."""
    n, m = np.maximum(n, 1e-9), np.maximum(m, 1e-9)
    above = (special.betainc(n, m + 1, share) + special.betainc(n + 1, m, share)) / 2
    return np.asarray(2 * np.minimum(above, 1 - above))
