"""Forecasts of a week from its past: seasonal quasi-Poisson levels, many series at once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from geo.arrays import Ints

Array = npt.NDArray[np.float64]

ROUNDS = 4  # Newton steps for the slope
STEEPEST = 2.0  # a slope is at most e^2 a year
UNUSUAL = 2.58  # residuals beyond it count less, after Noufaily et al. (2013)
HALF = 0.5  # an event, where a season has none: the interval stays finite
CELLS = 30_000  # past weeks worked on at once: they stay in the cache


class Past(NamedTuple):
    """The weeks that a week is judged by: their `lag`, a season each (0 is its own), and
    the time in years before it."""

    lag: npt.NDArray[np.int64]
    season: Array  # (weeks, seasons), one 1 a row
    years: Array


class Forecast(NamedTuple):
    """The mean of the next week, the variance of its log, the dispersion, its degrees."""

    mean: Array
    variance: Array
    factor: Array
    free: Array


class Fit(NamedTuple):
    mean: Array  # of each past week
    slope: Array
    slope_error: Array
    leverage: Array
    forecast: Forecast


def forecast(counts: Array, past: Past, trend: bool) -> Forecast:
    """The forecast from each row of past counts (series, weeks; NaN not known).

    A quasi-Poisson regression with a level a season and, where `trend`, a slope: fitted,
    fitted again with unusual weeks weighing less (squared inverse of their Anscombe
    residual), and without the slope where it is not significant at 5% or leads above
    everything seen (Farrington et al. 1996, Noufaily et al. 2013).
    """
    step = max(CELLS // len(past.lag), 1)
    parts = [
        _forecast(counts[at : at + step], past, trend) for at in range(0, max(len(counts), 1), step)
    ]
    return Forecast(*map(np.concatenate, zip(*parts)))


def _forecast(counts: Array, past: Past, trend: bool) -> Forecast:
    """`forecast` of a few series."""
    level = _reweighted(counts, past, slope=False).forecast
    if not trend:
        return level
    fit = _reweighted(counts, past, slope=True)
    sloped = fit.forecast
    clear = np.abs(fit.slope) > special.ndtri(0.975) * fit.slope_error
    kept = clear & (sloped.mean <= np.nanmax(counts, axis=1, initial=0))
    return Forecast(*(np.where(kept, a, b) for a, b in zip(sloped, level)))


def _reweighted(counts: Array, past: Past, slope: bool) -> Fit:
    """The regression with unusual weeks weighing less."""
    known = np.isfinite(counts).astype(float)
    y = np.where(known > 0, counts, 0.0)
    first = _fit(y, known, past, slope)
    weight = known.copy()
    row, week = _high(y, known, first)
    mean = first.mean[row, week]
    sixth = np.sqrt(np.cbrt(mean))
    residual = 1.5 * (np.cbrt(y[row, week]) ** 2 / sixth - sixth**3)
    spread = first.forecast.factor[row] * np.maximum(1 - first.leverage[row, week], 1e-9)
    residual /= np.sqrt(spread)
    weight[row, week] = np.where(residual > UNUSUAL, np.maximum(residual, 1) ** -2.0, 1.0)
    weight *= (known.sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9))[:, None]
    return _fit(y, weight, past, slope)


def _high(y: Array, known: Array, fit: Fit) -> tuple[Ints, Ints]:
    """Row and week of all weeks whose Anscombe residual can be unusual, and of few others.

    It is never above Pearson's where a count is above its mean: two thirds are a concave power.
    """
    above = y - fit.mean
    spread = np.maximum(1 - fit.leverage, 1e-9)
    spread *= fit.mean
    spread *= (UNUSUAL**2 * (1 - 1e-9)) * fit.forecast.factor[:, None]
    row, week = np.nonzero((above > 0) & (fit.mean > 0) & (known > 0) & (above * above >= spread))
    return row, week


def _fit(y: Array, weight: Array, past: Past, slope: bool) -> Fit:
    """Weighted quasi-Poisson regression on seasons and perhaps a slope.

    For a given slope the levels are ratios of sums, so only the slope needs iteration.
    """
    season, years = past.season, past.years
    events = (weight * y) @ season
    steep = np.zeros(len(y))
    moment = (weight * y) @ years
    for _ in range(ROUNDS if slope else 0):
        level, middle, spread = _levels(events, weight, past, steep)[:3]
        score = moment - (level * middle).sum(axis=1)
        steep = np.clip(steep + score / np.maximum(spread, 1e-9), -STEEPEST, STEEPEST)
    level, _, spread, exposed, centre = _levels(events, weight, past, steep)
    mean, mass, certain = level @ season.T, np.maximum(events, HALF), np.full(len(y), np.inf)
    leverage = (1 / mass) @ season.T
    if slope:
        certain = np.maximum(spread, 1e-9)
        mean *= np.exp(steep[:, None] * years)
        leverage += (years - centre @ season.T) ** 2 / certain[:, None]
    leverage *= weight * mean
    free = (weight > 0).sum(axis=1) - ((weight > 0) @ season > 0).sum(axis=1) - slope
    with np.errstate(divide="ignore", invalid="ignore"):
        around = y - mean
        around *= around
        around *= weight
        np.divide(around, mean, out=around, where=mean > 0)  # nothing is known to be 0 else
        pearson = around.sum(axis=1)
        factor = np.where(free > 0, np.maximum(pearson / np.maximum(free, 1), 1.0), np.nan)
        now = np.where(exposed[:, 0] > 0, mass[:, 0] / exposed[:, 0], np.nan)
    of_log = factor * (1 / mass[:, 0] + centre[:, 0] ** 2 / certain)
    ahead = Forecast(now, of_log, factor, free.astype(float))
    return Fit(mean, steep, np.sqrt(factor / certain), leverage, ahead)


def _levels(
    events: Array, weight: Array, past: Past, slope: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Levels for a slope, the mean's moment, the slope's information, exposure and centre."""
    grown = weight * np.exp(slope[:, None] * past.years) if slope.any() else weight
    powers = past.years[:, None, None] ** np.arange(3)[:, None] * past.season[:, None, :]
    sums = (grown @ powers.reshape(len(powers), -1)).reshape(len(weight), 3, -1)
    exposed, middle, square = sums.transpose(1, 0, 2)
    safe = np.where(exposed > 0, exposed, 1.0)
    level = events / safe
    spread = (level * (square - middle**2 / safe)).sum(axis=1)
    return level, middle, spread, exposed, middle / safe
