"""Breaks of the level of a weekly series, with intervals of the date and of the ratio."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from geo import weekly_noise
from geo.arrays import Ints
from geo.weekly_noise import Array, Noise

LEAST = 8  # weeks between two breaks
FEWEST = 1.0  # events a week, on average: of fewer no break is said
MATCHED, MATCHING = 3, 150  # rounds, and series each, that match simulated noise to what is seen
MARGIN = 2.0  # standard errors
ROUNDS = 12  # Newton steps for a slope
STEEPEST = 3.0  # a slope is at most e^3 over its stretch
COLUMNS = ("at", "low", "high", "ratio", "ratio_low", "ratio_high", "p", "known")


class Drift(NamedTuple):
    """A stretch whose level moves, where no step is clearly better than a slope.

    `first` and `last` are positions of weeks; `ratio` is the fitted level of the last by that of
    the first.
    """

    first: int
    last: int
    ratio: float


class Levels(NamedTuple):
    """Breaks as `change_points` gives them, and the drifts that are none."""

    breaks: pd.DataFrame
    drifts: tuple[Drift, ...]


def change_points(
    counts: npt.ArrayLike,
    level: float = 0.05,
    period: float = 365.25 / 7,
    replicates: int = 499,
    seed: int = 0,
    known: Sequence[int] = (),
) -> pd.DataFrame:
    """Breaks of the level of weekly counts (weeks,), NaN where not known; a row each.

    `at` is the position of the first week of the new level, `low` to `high` its 95%
    interval; `ratio` is the level after by that before, up to the next breaks, with its 95%
    interval; `p` the chance of as clear a break where there is none.

    One break at a time is added, where the quasi-Poisson likelihood gains most over the
    dispersion within segments, as long as that is significant (sequentially, as Bai and
    Perron 1998): so a series without breaks shows any in 5% of cases or
    fewer. A step must also fit its stretch more clearly better than a slope does than it would
    in simulated weeks of that slope (a likelihood ratio): what moves slowly is a drift
    (`levels`), not a break, and `p` is the larger of both. Chance is simulated:
    negative binomial weeks of the same levels and season, whose dispersion and correlation
    of neighbors are such that simulated series show, fitted alike, what this one shows; what
    they vary by more than chance is taken for a level that remembers. Over
    two years or more a yearly wave is taken out; over less, season and break cannot be told
    apart: ask for breaks of a series that has a season only over two years. Across weeks not
    known, neighbors count as next to each other. Of series with
    less than an event a week nothing is said: there 5% would not hold.

    `known` are positions where a level may change for a reason that is known: levels never
    reach across them, and they are not sought. One is a row (`known` is true) where the
    series does change there; its `p` is for that week alone, its `low` to `high` where the
    counts alone would put it. One nearer than 8 weeks to an end or another break has no row.
    """
    return levels(counts, level, period, replicates, seed, known).breaks


def levels(
    counts: npt.ArrayLike,
    level: float = 0.05,
    period: float = 365.25 / 7,
    replicates: int = 499,
    seed: int = 0,
    known: Sequence[int] = (),
) -> Levels:
    """The breaks of `change_points`, and the drift that ended the search where one did."""
    given = np.asarray(counts, float)
    if given.ndim != 1:
        raise ValueError("Breaks are sought in one series of weekly counts.")
    at = np.flatnonzero(np.isfinite(given))
    y, wave = given[at][None], weekly_noise.waves(at, period)
    normal = np.random.default_rng(seed).standard_normal((replicates, len(at)))
    fixed = sorted({int(i) for i in np.searchsorted(at, known) if 0 < i < len(at)})
    edges, noise, p = [0, *fixed, len(at)], Noise(1.001, 0.0), [np.nan] * len(fixed)
    drifts: list[Drift] = []
    while len(at) >= 2 * LEAST and y.mean() >= FEWEST:
        season = _season(y, wave, edges)
        gains = _gains(y, season, edges)[0]
        noise = _matched(y, season, wave, edges, normal)
        if gains.max() <= 0:
            break
        drawn, own = _like(y, season, wave, edges, normal, noise)
        chance = _gains(drawn, own, edges).max(axis=1)
        p_new = float((1 + (chance >= gains.max()).sum()) / (replicates + 1))
        if p_new > level:
            break
        cut = int(gains.argmax())
        a, b = next((a, b) for a, b in pairwise(edges) if a < cut < b)
        against, ratio = _p_against_slope(y, wave, edges, (a, cut, b), normal)
        if against > level:
            drifts.append(Drift(int(at[a]), int(at[b - 1]), ratio))
            break
        p_new = max(p_new, against)
        tried = sorted({*edges, cut})
        p.insert(tried.index(cut) - 1, p_new)
        edges = _settled(y, wave, tried, fixed)
    if y.size and y.mean() >= FEWEST:
        p = [
            _p_there(y, wave, edges, cut, normal) if cut in fixed else one
            for cut, one in zip(edges[1:-1], p)
        ]
    shown = [cut for cut, one in zip(edges[1:-1], p) if one <= level]
    if shown:  # of the date and the ratio: what is left beside all breaks
        noise = _matched(y, _season(y, wave, edges), wave, edges, normal, margin=0.0)
        noise = noise._replace(behind=False)
    rows = _intervals(y, wave, edges, normal, noise, shown)
    stand = [one for one in p if one <= level]
    frame = pd.DataFrame(
        [
            (*at[list(where)], *ratio, p_one, where[0] in fixed)
            for (where, ratio), p_one in zip(rows, stand)
        ],
        columns=list(COLUMNS),
    )
    kinds = {name: np.int64 if name in COLUMNS[:3] else np.float64 for name in COLUMNS}
    return Levels(frame.astype(kinds | {"known": bool}), tuple(drifts))


def share_found(
    counts: npt.ArrayLike,
    factor: float,
    level: float = 0.05,
    period: float = 365.25 / 7,
    replicates: int = 99,
    seed: int = 0,
) -> float:
    """The share of series like this one, without its breaks, in which a step by a factor for the
    later half of the weeks would be found and called a break."""
    given = np.asarray(counts, float)
    at = np.flatnonzero(np.isfinite(given))
    y, wave, edges = given[at][None], weekly_noise.waves(at, period), [0, len(at)]
    if len(at) < 2 * LEAST or y.mean() < FEWEST:
        return 0.0
    normal = np.random.default_rng(seed).standard_normal((2 * replicates, len(at)))
    season = _season(y, wave, edges)
    noise = _matched(y, season, wave, edges, normal)
    drawn, own = _like(y, season, wave, edges, normal[replicates:], noise)
    limit = np.quantile(_gains(drawn, own, edges).max(axis=1), 1 - level)
    half = np.where(np.arange(len(at)) < len(at) // 2, 1.0, factor)
    mean = (weekly_noise.levels(y, season, edges) * season)[0] * half / half.mean()
    planted = weekly_noise.weeks(normal[:replicates], mean.round(6), noise)
    beside = weekly_noise.season(planted, wave, edges, season, rounds=1)
    seen = _gains(planted, beside, edges).max(axis=1) > limit
    _, slope = _sloped(mean[None], season)
    null = _step_less_slope(
        weekly_noise.weeks(normal[replicates:], slope[0].round(6), noise), season
    )
    seen &= _step_less_slope(planted, season) > np.quantile(null, 1 - level)
    return float(seen.mean())


def _p_against_slope(
    y: Array, wave: Array, edges: list[int], part: tuple[int, int, int], normal: Array
) -> tuple[float, float]:
    """The chance that the best step of a stretch fits so much better than a slope, where there
    is a slope and no step; and the fitted level of its last week by that of its first."""
    a, cut, b = part
    tried = sorted({*edges, cut})
    season = _season(y, wave, tried)
    noise = _matched(y, season, wave, tried, normal, margin=0.0)  # the step alone had its own
    own, by = y[:, a:b], season[:, a:b]
    steep, mean = _sloped(own, by)
    drawn = weekly_noise.weeks(normal[:, a:b], mean[0].round(6), noise)
    seen = _step_less_slope(np.vstack([own, drawn]), by)
    chance = (1 + (seen[1:] >= seen[0]).sum()) / len(seen)
    return float(chance), float(np.exp(steep[0]))


def _sloped(y: Array, season: Array) -> tuple[Array, Array]:
    """The slope of the log level over a stretch, and its fitted weeks, a row each: Poisson."""
    t = np.linspace(-0.5, 0.5, y.shape[1])
    steep, total = np.zeros((len(y), 1)), np.maximum(y.sum(axis=1, keepdims=True), 1e-9)
    for _ in range(ROUNDS):
        mean = season * np.exp(steep * t)
        mean *= total / mean.sum(axis=1, keepdims=True)
        centre = (mean * t).sum(axis=1, keepdims=True) / total
        spread = (mean * (t - centre) ** 2).sum(axis=1, keepdims=True)
        step = ((y - mean) * t).sum(axis=1, keepdims=True) / spread
        steep = np.clip(steep + step, -STEEPEST, STEEPEST)
    return steep[:, 0], mean


def _step_less_slope(y: Array, season: Array) -> Array:
    """The likelihood of the best step less that of a slope, by the dispersion around the step."""
    rows, weeks = y.shape
    by = np.broadcast_to(season, y.shape)
    sums, exposed = _running(y), _running(by)
    cuts = slice(LEAST, weeks - LEAST + 1)
    step = _likelihood(sums[:, cuts], exposed[:, cuts])
    step = step + _likelihood(*(v[:, [-1]] - v[:, cuts] for v in (sums, exposed)))
    at = LEAST + step.argmax(axis=1)
    _, mean = _sloped(y, by)
    slope = special.xlogy(y, mean / by).sum(axis=1)
    around = weekly_noise.levels(y, by, [0, weeks], at) * by
    left = ((y - around) ** 2 / np.maximum(around, 1e-9)).sum(axis=1) / max(weeks - 2, 1)
    return np.asarray(2 * (step[np.arange(rows), at - LEAST] - slope) / np.maximum(left, 1e-9))


def _p_there(y: Array, wave: Array, edges: list[int], cut: int, normal: Array) -> float:
    """The chance of as much gain at one edge that was not sought; 1 where it cannot be told."""
    i = edges.index(cut)
    if min(cut - edges[i - 1], edges[i + 1] - cut) < LEAST:
        return 1.0
    without = [edge for edge in edges if edge != cut]
    season = _season(y, wave, without)
    noise = _matched(y, season, wave, without, normal)
    drawn, own = _like(y, season, wave, without, normal, noise)
    gain, chance = _gains(y, season, without)[0, cut], _gains(drawn, own, without)[:, cut]
    return float((1 + (chance >= gain).sum()) / (len(normal) + 1)) if gain > 0 else 1.0


def _season(y: Array, wave: Array, edges: list[int]) -> Array:
    return weekly_noise.season(y, wave, edges, np.ones((1, y.shape[1])))


def _like(
    y: Array, season: Array, wave: Array, edges: list[int], normal: Array, noise: Noise
) -> tuple[Array, Array]:
    """Series like this one without further breaks, and the season fitted to each of them."""
    drawn = weekly_noise.weeks(
        normal, (weekly_noise.levels(y, season, edges) * season)[0].round(6), noise
    )
    return drawn, weekly_noise.season(drawn, wave, edges, season, rounds=1)


def _matched(
    y: Array, season: Array, wave: Array, edges: list[int], normal: Array, margin: float = MARGIN
) -> Noise:
    """The noise of simulated series that show, fitted alike, what this one shows.

    A `margin` of standard errors is added to the memory: too little makes breaks of chance.
    """
    wanted = weekly_noise.seen(_flattened(y, season, edges), season, edges)
    noise = weekly_noise.closer(Noise(1.0, 0.0), wanted, (np.ones(1), np.zeros(1)))
    for _ in range(MATCHED):
        drawn, own = _like(y, season, wave, edges, normal[:MATCHING], noise)
        got = weekly_noise.seen(_flattened(drawn, own, edges), own, edges)
        noise = weekly_noise.closer(noise, wanted, got)
    doubt = margin * float(got[1].std())
    return Noise(noise.factor, min(noise.memory + doubt, weekly_noise.MOST))


def _flattened(y: Array, season: Array, edges: list[int]) -> Array:
    """The weeks without their two clearest steps, a row each: those may be breaks."""
    whole = weekly_noise.levels(y, season, edges)
    for _ in range(2):
        cut = _gains(y, season, edges)[:, : y.shape[1]].argmax(axis=1)
        level = weekly_noise.levels(y, season, edges, cut)
        y = np.where(level > 0, y * whole / np.maximum(level, 1e-9), y)
    return y


def _gains(y: Array, season: Array, edges: list[int]) -> Array:
    """The gain of a break before each week: deviance over the dispersion left, a row a series.

    Where a break would lie nearer than 8 weeks to another or to an end, it gains nothing.
    """
    sums, exposed, square = (_running(v) for v in (y, season, y**2 / season))
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
    factor = (whole + left) / max(y.shape[1] - len(edges), 1)
    return np.asarray(gain / np.maximum(factor, 1.0))


def _running(v: Array) -> Array:
    return np.pad(np.cumsum(v, axis=1), ((0, 0), (1, 0)))


def _likelihood(n: Array, exposed: Array) -> Array:
    return np.asarray(special.xlogy(n, n / np.maximum(exposed, 1e-9)))


def _pearson(n: Array, exposed: Array, square: Array) -> Array:
    """Pearson's statistic around one level, from the sums of y, season and y^2 / season."""
    return np.asarray(np.where(n > 0, square * exposed / np.maximum(n, 1e-9) - n, 0.0))


def _settled(y: Array, wave: Array, edges: list[int], fixed: list[int]) -> list[int]:
    """Each break moved to where it gains most between its neighbors, until none moves.

    Those that are `fixed` stay.
    """
    for _ in range(10):
        before, season = list(edges), _season(y, wave, edges)
        for i in range(1, len(edges) - 1):
            if edges[i] in fixed:
                continue
            a, b = edges[i - 1], edges[i + 1]
            gains = _gains(y[:, a:b], season[:, a:b], [0, b - a])[0]
            edges = [*edges[:i], a + int(gains.argmax()), *edges[i + 1 :]]
        if edges == before:
            break
    return edges


def _intervals(
    y: Array, wave: Array, edges: list[int], normal: Array, noise: Noise, shown: list[int]
) -> list[tuple[tuple[int, int, int], tuple[float, float, float]]]:
    """The week and ratio of each edge `shown` with 95% intervals, its neighbors taken as given.

    The weeks whose gain falls short of the best by no more than that of the true week does
    in 95% of simulated series; the ratio less what simulated ratios err by.
    """
    if not shown:
        return []
    season, out = _season(y, wave, edges), []
    level = weekly_noise.levels(y, season, edges)[0]
    drawn, _ = _like(y, season, wave, edges, normal, noise)
    for a, cut, b in zip(edges, edges[1:], edges[2:]):
        if cut not in shown:
            continue
        found, own = _sought(drawn, season, wave, edges, cut)
        gains = _gains(drawn[:, a:b], own[:, a:b], [0, b - a])
        short = np.quantile(gains.max(axis=1) - gains[:, cut - a], 0.95)
        seen = _gains(y[:, a:b], season[:, a:b], [0, b - a])[0]
        held = a + np.flatnonzero((seen >= seen[cut - a] - short) & (seen > 0))
        middle = _log_ratio(y[:, a:b], season[:, a:b], np.array([cut - a]))[0]
        least = 0.5 / (b - a)
        true = np.log(max(level[cut], least) / max(level[cut - 1], least))
        erred = _log_ratio(drawn[:, a:b], own[:, a:b], found - a) - true
        low, high = np.exp(middle - np.quantile(erred, [0.975, 0.025]))
        ends = (int(held[0]), int(held[-1])) if len(held) else (cut, cut)
        where = (cut, *ends)
        out.append((where, (float(np.exp(middle)), float(low), float(high))))
    return out


def _sought(
    drawn: Array, season: Array, wave: Array, edges: list[int], cut: int
) -> tuple[Ints, Array]:
    """The week of one break found in simulated series, sought as in ours, and their seasons.

    The season follows the break that is believed, and the break the season.
    """
    i = edges.index(cut)
    a, b, without = edges[i - 1], edges[i + 1], [*edges[:i], *edges[i + 1 :]]
    found: Ints | None = None
    for _ in range(3):
        own = weekly_noise.season(drawn, wave, without, season, rounds=2, cut=found)
        gains = _gains(drawn[:, a:b], own[:, a:b], [0, b - a])
        found = np.where(gains.max(axis=1) > 0, a + gains.argmax(axis=1), cut)
    return np.asarray(found), own


def _log_ratio(y: Array, season: Array, cut: Ints) -> Array:
    """The log of the level after by that before; half an event where there is none."""
    n, exposed = _running(y), _running(season)
    before, e = (np.take_along_axis(v, cut[:, None], axis=1)[:, 0] for v in (n, exposed))
    after, f = n[:, -1] - before, exposed[:, -1] - e
    return np.asarray(np.log(np.maximum(after, 0.5) / f * e / np.maximum(before, 0.5)))
