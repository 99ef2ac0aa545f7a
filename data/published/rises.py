"""Which areas had more than a year before: only where chance can hardly have made it.

Counts the added noise and the counts' own variance, which is larger than Poisson's: events come in
bursts. Benjamini & Hochberg (1995) over all areas shown.
"""

import numpy as np
from scipy import stats

from data.published.grid import Grid
from data.published.period_names import year_before
from geo.arrays import Flags, Floats
from geo.hot_spots import benjamini_hochberg

FALSE = 0.05  # share of false alarms over the areas shown
_LEAST = 1.5  # dispersion: variance of counts by their mean, where little is known of it
_KURTOSIS = 1.5  # excess of the difference of two discrete Laplace numbers


def more_than_before(grid: Grid, period: str) -> Flags:
    """Return for each column whether it had more in a period than in the same one a year before;
    nothing where there is no year before."""
    now, before = grid.at(period), grid.at(year_before(period))
    if now < 0 or before < 0 or not grid.sd.any():
        return np.zeros(len(grid.columns), bool)
    return np.asarray(benjamini_hochberg(p_values(grid, now, before)) <= FALSE)


def p_values(grid: Grid, now: int, before: int) -> Floats:
    """One-sided p of each column: of a rise as large from chance alone."""
    noise = grid.sd[now] ** 2 + grid.sd[before] ** 2
    counts = dispersion(grid) * np.maximum(grid.number[now] + grid.number[before], 1)
    z = (grid.number[now] - grid.number[before]) / np.sqrt(noise + counts)
    # noise has longer tails than the normal: a t distribution of the same kurtosis
    share = noise / (noise + counts)
    degrees = 4 + 6 / np.maximum(_KURTOSIS * share**2, 1e-9)
    return np.asarray(stats.t.sf(z * np.sqrt(degrees / (degrees - 2)), degrees))


def dispersion(grid: Grid) -> float:
    """The variance of counts by their mean, from all pairs of periods a year apart; rather too
    large, so that few pairs give no false alarms.

    What all areas share (a year with more reports everywhere) is a change, not chance: of each
    pair the areas are compared with the share of the whole. One area alone has only itself.
    """
    pairs = [(i, grid.at(year_before(p))) for i, p in enumerate(grid.periods)]
    now, before = np.array([pair for pair in pairs if pair[1] >= 0], int).reshape(-1, 2).T
    if not len(now):
        return _LEAST
    total = grid.number[now] + grid.number[before]
    many = total.shape[1]
    whole = np.maximum(total.sum(axis=1, keepdims=True), 1)
    share = grid.number[now].sum(axis=1, keepdims=True) / whole if many > 1 else 0.5
    square = (grid.number[now] - share * total) ** 2 * many / max(many - 1, 1)
    noise = (1 - share) ** 2 * grid.sd[now] ** 2 + share**2 * grid.sd[before] ** 2
    expected = float((share * (1 - share) * total).sum())
    found = float((square - noise).sum()) / max(expected, 1.0)
    return float(max(_LEAST, found * (1 + 3 * np.sqrt(2 / square.size))))
