"""Levels, season and noise of weekly counts, many series at once, and weeks made like them."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from geo import negative_binomial
from geo.arrays import Ints

Array = npt.NDArray[np.float64]

WAVES = 2  # harmonics of the season
STRETCH = 52  # weeks over which a level is taken for constant: memory of a season shows in no fewer
MOST = 0.95  # of memory


class Noise(NamedTuple):
    """The noise of weeks: the factor by which they vary more than chance, and their correlation."""

    factor: float
    memory: float
    behind: bool = True

    @property
    def fade(self) -> float:
        """The share of the resemblance of neighboring weeks that is left a week later.

        What weeks vary by more than chance is taken for a level behind the counts that
        remembers: chance hides that from neighbors, so it fades more slowly than they show.
        """
        if not self.behind:  # counts are an autoregression themselves
            return self.memory
        behind = max(1 - 1 / self.factor, 1e-3)
        return float(np.clip(self.memory / behind, self.memory, MOST))


def levels(y: Array, season: Array, edges: list[int], cut: Ints | None = None) -> Array:
    """Each week's level without the season: that of its segment. Rows are series.

    With `cut` each row's segments are cut once more, before that week.
    """
    level = _levels(np.add.reduceat(y, edges[:-1], axis=1), season, edges)
    level = np.broadcast_to(level, (len(level), edges[-1]))
    if cut is None:
        return level
    week, part = np.arange(y.shape[1]), np.searchsorted(edges, cut, side="right") - 1
    a, b, c = np.array(edges)[part][:, None], np.array(edges)[part + 1][:, None], cut[:, None]
    for inside in ((week >= a) & (week < c), (week >= c) & (week < b)):
        exposed = (inside * season).sum(axis=1, keepdims=True)
        own = (inside * y).sum(axis=1, keepdims=True) / np.maximum(exposed, 1e-9)
        level = np.where(inside, own, level)
    return level


def waves(at: Ints, period: float) -> Array:
    """Harmonics of a period at some weeks (weeks, 4); none where it does not come twice."""
    if not len(at) or at[-1] - at[0] + 1 < 2 * period:
        return np.zeros((len(at), 0))
    angle = 2 * np.pi * np.outer(at / period, np.arange(1, WAVES + 1))
    return np.hstack([np.cos(angle), np.sin(angle)])


def season(
    y: Array, wave: Array, edges: list[int], begin: Array, rounds: int = 8, cut: Ints | None = None
) -> Array:
    """Each row's season beside its segments' levels, mean 1: quasi-Poisson on the waves.

    Newton's steps from a season `begin`, all rows by the information of their mean.
    """
    weights, out = np.zeros((len(y), wave.shape[1])), np.broadcast_to(begin, y.shape)
    total = np.add.reduceat(y, edges[:-1], axis=1)
    for _ in range(rounds if wave.shape[1] else 0):
        mean = (_levels(total, out, edges) if cut is None else levels(y, out, edges, cut)) * out
        usual = mean.mean(axis=0)
        inner = wave - _within(wave * usual[:, None], edges) / np.maximum(
            _within(usual[:, None], edges), 1e-9
        )
        curved = inner.T @ (usual[:, None] * inner) + 1e-6 * np.eye(wave.shape[1])
        left = np.subtract(y, mean, out=mean)
        weights = np.clip(weights + np.linalg.solve(curved, inner.T @ left.T).T, -1, 1)
        out = weights @ wave.T
        np.exp(out, out=out)
        out *= begin
        out /= out.mean(axis=1, keepdims=True)
    return out


def _levels(total: Array, season: Array, edges: list[int]) -> Array:
    """The levels of segments with such totals, in each of their weeks; one column for all where
    there is one segment."""
    level: Array = total / np.add.reduceat(season, edges[:-1], axis=1)
    return level if level.shape[1] == 1 else np.repeat(level, np.diff(edges), axis=1)


def _within(values: Array, edges: list[int]) -> Array:
    """Each segment's sum, in each of its weeks."""
    return np.repeat(np.add.reduceat(values, edges[:-1], axis=0), np.diff(edges), axis=0)


def seen(y: Array, season: Array, edges: list[int]) -> tuple[Array, Array]:
    """Dispersion and correlation of neighbors within stretches of about a year, a row each.

    In stretches, because breaks not yet found would pass for correlation; for which the
    quarter of stretches that vary most is left out. Both are too low for that, which `closer`
    mends.
    """
    parts = [np.linspace(a, b, max(round((b - a) / STRETCH), 1) + 1) for a, b in pairwise(edges)]
    cuts = sorted({int(v) for part in parts for v in part})
    mean = np.maximum(levels(y, season, cuts) * season, 1e-9)
    residual = (y - mean) / np.sqrt(mean)
    square = np.add.reduceat(residual**2, cuts[:-1], axis=1)
    follows = np.pad(residual[:, 1:] * residual[:, :-1], ((0, 0), (0, 1)))
    follows[:, np.array(cuts[1:-1], int) - 1] = 0  # neighbors of two stretches
    product = np.add.reduceat(follows, cuts[:-1], axis=1)
    calm = square.argsort(axis=1)[:, : len(cuts) - 1 - (len(cuts) - 1) // 4]
    held = (np.take_along_axis(v, calm, axis=1).sum(axis=1) for v in (product, square))
    return square.sum(axis=1) / y.shape[1], next(held) / np.maximum(next(held), 1e-9)


def weeks(normal: Array, mean: Array, noise: Noise) -> Array:
    """Negative binomial weeks whose normal scores are an autoregression and chance beside it.

    (series, weeks). `normal` are independent standard normal numbers of that shape.
    """
    score = np.ascontiguousarray(normal.T)
    fade = noise.fade
    for i in range(1, len(score)):
        score[i] = fade * score[i - 1] + np.sqrt(1 - fade**2) * score[i]
    share = noise.memory / fade if fade else 0.0
    beside = np.roll(normal, 1, axis=0).T  # those of another series
    score = np.sqrt(share) * score + np.sqrt(1 - share) * beside
    chance = special.ndtr(score)
    out = np.zeros(chance.shape)
    for value in np.unique(mean[mean > 0]):
        same = mean == value
        out[same] = negative_binomial.quantiles(chance[same], value, noise.factor)
    return out.T


def closer(noise: Noise, wanted: tuple[Array, Array], got: tuple[Array, Array]) -> Noise:
    """The noise corrected by what simulated series with it look like, and should.

    A level behind the counts can make no more memory than there is more than chance.
    """
    factor = float(np.clip(noise.factor * wanted[0].mean() / max(got[0].mean(), 1e-9), 1.001, 1e3))
    memory = noise.memory + wanted[1].mean() - got[1].mean()
    most = max(MOST * (1 - 1 / factor), float(wanted[1].mean()), 0.0)
    return Noise(factor, float(np.clip(memory, 0.0, min(most, MOST))))
