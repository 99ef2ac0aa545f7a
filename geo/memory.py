"""Memory: how much a step of time resembles the next, and what a mean is worth less for it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

STRETCH = 26  # steps over which a level is taken for constant
MOST = 0.95
FEWEST = 8  # steps of a stretch that tells of memory
DOUBT = 2.0  # standard errors: too little memory makes changes of chance
GRID = np.linspace(-0.5, MOST, 59)


class Memory(NamedTuple):
    """The correlation of neighboring steps of each row, and how slowly it fades.

    Steps so many apart are correlated by next * fade ** (apart - 1). `steps` told it.
    """

    next: Array
    fade: Array
    steps: int


def of_neighbors(
    counts: npt.ArrayLike, season: npt.ArrayLike = 1.0, doubt: float = DOUBT
) -> Memory:
    """The memory of counts (rows, steps), NaN where not known.

    A level is fitted to each stretch of 26 steps, so that what lasts longer is no memory; what
    that takes from the correlation is given back (by the expected ratio of an autoregression
    around its own mean). So many standard errors of `doubt` are added. Where a step two apart
    resembles a step more than an autoregression of counts lets expect, what is remembered is the
    level
    behind the counts, and it fades more slowly.
    """
    y = np.atleast_2d(np.asarray(counts, float))
    wave = np.broadcast_to(np.asarray(season, float), y.shape)
    known = np.flatnonzero(np.isfinite(y).all(axis=0))
    lengths, squares, seen = [], [], []
    for part in np.array_split(known, max(round(len(known) / STRETCH), 1)):
        if len(part) >= FEWEST:
            residual = _residual(y[:, part], wave[:, part])
            square, *products = (_products(residual, part, lag) for lag in range(3))
            lengths.append(len(part))
            squares.append(square)
            # each stretch counts alike: one that holds a jump or an odd week must not tell all
            seen.append([np.where(square > 0, p / np.maximum(square, 1e-9), 0) for p in products])
    if not lengths:
        return Memory(np.zeros(len(y)), np.zeros(len(y)), 0)
    one, two = np.mean(seen, axis=0)
    square = np.sum(squares, axis=0)
    some = square > 0
    length = round(float(np.mean(lengths)))
    usual = _seen_of(length)
    steps = sum(lengths)
    first = np.interp(one, usual[0], GRID)
    second = two + np.interp(first, GRID, GRID**2 - usual[1])
    factor = square / (steps - len(lengths))
    lag = np.where(first > 0, second / np.maximum(first, 1e-3), 0.0)
    first = first + doubt * np.sqrt(np.maximum(1 - first**2, 0.0) / steps)
    first = np.where(some, np.clip(first, 0.0, MOST), 0.0)
    slowest = first / np.maximum(1 - 1 / np.maximum(factor, 1.001), 1e-3)
    fade = np.clip(lag, first, np.maximum(slowest, first))
    clear = first > 2 / np.sqrt(steps)  # else the ratio of two small correlations is noise
    return Memory(first, np.clip(np.where(clear, fade, first), 0.0, MOST), steps)


def inflation(memory: Memory, steps: int, steps_before: int = 0, apart: int = 0) -> Array:
    """The factor on the variance of a difference of two means, for steps with memory, a row each.

    Means of so many steps of two periods, with `apart` steps between them (Andrews 1991 for the
    long run); of one mean alone where there is no other period. Two things widen it: neighbors
    that resemble each other are worth fewer steps,
    and they vary less around their own mean than around the true one, so that the dispersion
    looks too small. Never below 1.
    """
    n, m = steps, steps_before
    lengths = [v for v in (n, m) if v]
    alone = [worth(memory, v) for v in lengths]
    wide = sum(w / v for w, v in zip(alone, lengths)) / sum(1 / v for v in lengths)
    if m:
        away = np.arange(1, n + m)
        many = np.minimum(np.minimum(away, n + m - away), min(n, m))
        both = (many * _correlated(memory, away + apart)).sum(axis=1) / (n * m)
        wide -= 2 * both / (1 / n + 1 / m)
    left = (n + m - sum(alone)) / max(n + m - len(lengths), 1)
    return np.asarray(np.maximum(wide / np.maximum(left, 0.1), 1.0))


def worth(memory: Memory, steps: int) -> Array:
    """The variance of a mean of so many steps, in that of independent ones."""
    apart = np.arange(1, steps)
    return np.asarray(1 + 2 * (_correlated(memory, apart) * (1 - apart / steps)).sum(axis=1))


def _correlated(memory: Memory, apart: npt.NDArray[np.int64]) -> Array:
    """The correlation of steps so many apart: (rows, distances)."""
    return np.asarray(memory.next[:, None] * memory.fade[:, None] ** (apart - 1.0))


def _residual(y: Array, wave: Array) -> Array:
    mean = wave * (y.sum(axis=1, keepdims=True) / wave.sum(axis=1, keepdims=True))
    return np.asarray((y - mean) / np.sqrt(np.maximum(mean, 1e-9)))


def _products(residual: Array, part: npt.NDArray[np.int64], lag: int) -> Array:
    """The sum of products of steps that lie `lag` apart."""
    end = len(part) - lag
    held = part[lag:] - part[:end] == lag
    return np.asarray((residual[:, lag:] * residual[:, :end])[:, held].sum(axis=1))


def _seen_of(steps: int) -> Array:
    """The correlations that memories of `GRID` show around their own mean: lags 1, 2."""
    at = np.arange(steps)
    out = []
    for r in GRID:
        table = np.abs(r) ** np.abs(at[:, None] - at) * np.sign(r) ** np.abs(at[:, None] - at)
        around = table - table.mean(axis=0) - table.mean(axis=1)[:, None] + table.mean()
        out.append([np.trace(around, lag) / np.trace(around) for lag in (1, 2)])
    return np.asarray(out).T
