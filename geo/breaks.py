"""Where the level of a weekly series breaks, with intervals of the date and of the ratio."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST = 8  # weeks between two breaks
WAVES = 2  # harmonics of the season
COLUMNS = ("at", "low", "high", "ratio", "ratio_low", "ratio_high", "p")


def change_points(
    counts: npt.ArrayLike,
    level: float = 0.05,
    period: float = 365.25 / 7,
    replicates: int = 499,
    seed: int = 0,
) -> pd.DataFrame:
    """Breaks of the level of weekly counts (weeks,), NaN where not known; a row each.

    `at` is the position of the first week of the new level, `low` to `high` its 95 %
    interval; `ratio` is the level after by that before, up to the next breaks, with its 95 %
    interval; `p` the chance of as clear a break where there is none.

    One break at a time is added, where the quasi-Poisson likelihood gains most over the
    dispersion within segments, as long as that is significant (sequentially, as Bai and
    Perron 1998): so a series without breaks shows any in 5 % of cases. Chance is simulated:
    negative binomial weeks of the same levels and dispersion, their normal scores an
    autoregression of the weeks' own correlation. Over two years or more a yearly wave is
    taken out; over less, season and break cannot be told apart. Across weeks not known,
    neighbors count as next to each other.
    """
    given = np.asarray(counts, float)
    if given.ndim != 1:
        raise ValueError("Breaks are sought in one series of weekly counts.")
    at = np.flatnonzero(np.isfinite(given))
    y, rng = given[at], np.random.default_rng(seed)
    p: list[float] = []
    edges = [0, len(y)]
    while (new := _best(y, season := _season(y, at, edges, period), edges)) is not None:
        tried = sorted({*edges, new})
        season = _season(y, at, tried, period)
        noise = _noise(y, season, tried)
        here = _gains(y[None], season, edges).max()
        drawn = _weeks(rng, replicates, _levels(y, season, edges), noise)
        chance = _gains(drawn, np.ones(len(y)), edges).max(axis=1)
        p_new = float((1 + (chance >= here).sum()) / (replicates + 1))
        if p_new > level:
            break
        p.insert(tried.index(new) - 1, p_new)
        edges = _settled(y, season, tried)
    season = _season(y, at, edges, period)
    noise = _noise(y, season, edges)
    rows = []
    for i, p_one in enumerate(p):
        low, high, ratio = _intervals(y, season, edges[i : i + 3], noise, replicates, rng)
        rows.append((at[edges[i + 1]], at[low], at[high], *ratio, p_one))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = {name: np.int64 if name in COLUMNS[:3] else np.float64 for name in COLUMNS}
    return frame.astype(kinds)


class Noise(NamedTuple):
    """How much more weeks vary than chance, and how much each resembles the last."""

    factor: float
    memory: float


def _levels(y: Array, season: Array, edges: list[int]) -> Array:
    """Each week's level: that of its segment, without the season."""
    out = np.empty(len(y))
    for a, b in pairwise(edges):
        out[a:b] = y[a:b].sum() / season[a:b].sum()
    return out


def _noise(y: Array, season: Array, edges: list[int]) -> Noise:
    """Dispersion and correlation of neighboring weeks within segments.

    The correlation of residuals is too low by (1 + 4 r) / n for each mean taken out
    (Kendall 1954), and one below 0 is not believed.
    """
    mean = np.maximum(_levels(y, season, edges) * season, 1e-9)
    residual = (y - mean) / np.sqrt(mean)
    parts = len(edges) - 1 + (2 * WAVES if np.ptp(season) > 0 else 0)
    square = float((residual**2).sum())
    factor = square / max(len(y) - parts, 1)
    r = float((residual[1:] * residual[:-1]).sum()) / max(square, 1e-9)
    r += parts * (1 + 4 * r) / max(len(y), 1)
    return Noise(max(factor, 1.001), float(np.clip(r, 0.0, 0.9)))


def _gains(y: Array, season: Array, edges: list[int]) -> Array:
    """What a break before each week gains: deviance over the dispersion left, a row a series.

    Where a break would lie nearer than 8 weeks to another or to an end, it gains nothing.
    """
    weeks = y.shape[1]
    sums, exposed, square = (_running(v) for v in (y, season[None], y**2 / season))
    gain, left = np.zeros(y.shape), np.zeros(y.shape)
    whole = np.zeros((len(y), 1))
    for a, b in pairwise(edges):
        n, e, q = (v[:, [b]] - v[:, [a]] for v in (sums, exposed, square))
        lost = _pearson(n, e, q)
        whole += lost
        at = slice(a + LEAST, max(b - LEAST + 1, a + LEAST))
        before = [v[:, at] - v[:, [a]] for v in (sums, exposed, square)]
        after = [v - w for v, w in zip((n, e, q), before)]
        held = _likelihood(*before[:2]) + _likelihood(*after[:2]) - _likelihood(n, e)
        gain[:, at] = 2 * held
        left[:, at] = _pearson(*before) + _pearson(*after) - lost
    factor = (whole + left) / max(weeks - len(edges), 1)
    return np.asarray(gain / np.maximum(factor, 1.0))


def _running(v: Array) -> Array:
    return np.pad(np.cumsum(v, axis=1), ((0, 0), (1, 0)))


def _likelihood(n: Array, exposed: Array) -> Array:
    return np.asarray(special.xlogy(n, n / np.maximum(exposed, 1e-9)))


def _pearson(n: Array, exposed: Array, square: Array) -> Array:
    """Pearson's statistic around one level, from the sums of y, season and y^2 / season."""
    return np.asarray(np.where(n > 0, square * exposed / np.maximum(n, 1e-9) - n, 0.0))


def _best(y: Array, season: Array, edges: list[int]) -> int | None:
    """Where one more break gains most; None where there is no room or nothing to gain."""
    if len(y) < 2 * LEAST:
        return None
    gains = _gains(y[None], season, edges)[0]
    return int(gains.argmax()) if gains.max() > 0 else None


def _settled(y: Array, season: Array, edges: list[int]) -> list[int]:
    """Each break moved to where it gains most between its neighbors, until none moves."""
    for _ in range(10):
        before = list(edges)
        for i in range(1, len(edges) - 1):
            edges = sorted({*edges[:i], *edges[i + 1 :]})
            a, b = edges[i - 1], edges[i]
            gains = _gains(y[None, a:b], season[a:b], [0, b - a])[0]
            edges.insert(i, a + int(gains.argmax()))
        if edges == before:
            break
    return edges


def _season(y: Array, at: Ints, edges: list[int], period: float) -> Array:
    """The yearly wave beside the segments' levels, mean 1: quasi-Poisson on two harmonics."""
    if not len(y) or at[-1] - at[0] + 1 < 2 * period or y.sum() == 0:
        return np.ones(len(y))
    angle = 2 * np.pi * np.outer(at / period, np.arange(1, WAVES + 1))
    wave = np.hstack([np.cos(angle), np.sin(angle)])
    weights, out = np.zeros(2 * WAVES), np.ones(len(y))
    for _ in range(8):
        mean = _levels(y, out, edges) * out
        inner = wave.copy()  # less its mean within each segment
        for a, b in pairwise(edges):
            inner[a:b] -= mean[a:b] @ wave[a:b] / max(mean[a:b].sum(), 1e-9)
        curved = inner.T @ (mean[:, None] * inner) + 1e-6 * np.eye(2 * WAVES)
        weights = np.clip(weights + np.linalg.solve(curved, inner.T @ (y - mean)), -1, 1)
        out = np.exp(wave @ weights)
        out /= out.mean()
    return np.asarray(out)


def _weeks(rng: np.random.Generator, replicates: int, levels: Array, noise: Noise) -> Array:
    """Negative binomial weeks of given levels whose normal scores follow an autoregression."""
    score = rng.standard_normal((len(levels), replicates))
    for i in range(1, len(score)):
        score[i] = noise.memory * score[i - 1] + np.sqrt(1 - noise.memory**2) * score[i]
    chance = special.ndtr(score)
    out = np.zeros((replicates, len(levels)))
    for value in np.unique(levels[levels > 0]):
        size = value / (noise.factor - 1)
        top = int(value + 12 * np.sqrt(value * noise.factor) + 20 * noise.factor)
        table = special.betainc(size, np.arange(top) + 1.0, 1 / noise.factor)
        same = levels == value
        out[:, same] = np.searchsorted(table, chance[same]).T
    return out


def _intervals(
    y: Array,
    season: Array,
    around: list[int],
    noise: Noise,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[int, int, tuple[float, float, float]]:
    """95 % intervals of one break's week and ratio, its neighbors taken as given.

    The weeks whose likelihood falls short of the best by no more than that of the true week
    does in 95 % of simulated series; the ratio less what simulated ratios err by.
    """
    a, at, b = around
    y, season, cut = y[a:b], season[a:b], at - a
    levels = np.maximum(_levels(y, season, [0, cut, b - a]), 0.5 / (b - a))
    drawn, even = _weeks(rng, replicates, levels, noise), np.ones(b - a)
    gains = _gains(drawn, even, [0, b - a])
    short = np.quantile(gains.max(axis=1) - gains[:, cut], 0.95)
    own = _gains(y[None], season, [0, b - a])[0]
    held = np.flatnonzero((own >= own[cut] - short) & (own > 0))
    middle = _log_ratio(y[None], season, np.array([cut]))[0]
    erred = _log_ratio(drawn, even, gains.argmax(axis=1)) - np.log(levels[-1] / levels[0])
    ends = middle - np.quantile(erred, [0.975, 0.025])
    ratio = np.exp([middle, *ends])
    return a + int(held[0]), a + int(held[-1]), (ratio[0], ratio[1], ratio[2])


def _log_ratio(y: Array, season: Array, cut: Ints) -> Array:
    """The log of the level after by that before; half an event where there is none."""
    sums, exposed = _running(y), np.concatenate([[0], np.cumsum(season)])
    before, e = np.take_along_axis(sums, cut[:, None], axis=1)[:, 0], exposed[cut]
    after = sums[:, -1] - before
    return np.asarray(
        np.log(np.maximum(after, 0.5) / (exposed[-1] - e) / (np.maximum(before, 0.5) / e))
    )
