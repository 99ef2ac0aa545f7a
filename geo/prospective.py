"""The newest days against the same look at earlier days: what a source's own past calls rare.

A window is a circle of areas over the newest days of a baseline. Its expected count is the share
that the circle has of the baseline times what all areas had in those days (Kulldorff and others
2005). Its score is the Poisson log likelihood ratio over the circle's own overdispersion (of its
weeks before the newest days), so that a circle whose weeks always jump about must rise by more.

How rare a score is follows from the past twice, and the larger p holds: from baselines that end
before the newest days, whose weeks of whole days are dealt anew; and from the same look at each
earlier day. Neither takes incidents, days or areas for independent of each other.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from geo import scan_windows
from geo.scan_windows import Array, Circles, Whole

WEEK = 7
GROWTH = 1.2  # a circle holds at least so many times as many areas as the one before it
LENGTHS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 42)  # days that a window may last
MOST_BASELINE, LEAST_BASELINE = 364, 56  # days
EARLIER = 99  # looks at earlier days that it takes: by fewer nothing is rarer than 1 in 100
CELLS = 60_000  # numbers that are worked on at once: they stay in the cache
MOST_CELLS = 200_000  # of circles by days that are worked on at once, for the same reason
GUMBEL_SD = np.pi / np.sqrt(6)
LEAST_P = 1e-300  # below it a normal quantile is infinite
COLUMNS = (
    "centre",
    "members",
    "days",
    "start",
    "cases",
    "expected",
    "ratio",
    "score",
    "p_dealt",
    "p_past",
    "p",
    "recurrence_interval",
)


class Look(NamedTuple):
    """The look at a day: its `circles`, and `lengths` of windows and of the `baseline` in days."""

    circles: Circles
    lengths: tuple[int, ...]
    baseline: int

    @property
    def longest(self) -> int:
        """Days of the longest window."""
        return self.lengths[-1]


class Scan(NamedTuple):
    """`clusters` has a row a cluster (COLUMNS), those that share no area, the highest score first.

    `dealt` are the highest scores of replicates and `past` those of each earlier day, oldest
    first; the last of them is the newest day itself.
    """

    look: Look
    clusters: pd.DataFrame
    dealt: Array
    past: Array


def baseline_days(days: int, longest: int) -> int:
    """Days of the baseline in a past of so many: half of them, in whole weeks, at most a year.

    It is shorter where EARLIER looks would not be left beside it, and 0 where there is no room.
    """
    room = min(MOST_BASELINE, days // 2, days - longest - EARLIER + 1)
    return room // WEEK * WEEK if days >= least_days(longest) else 0


def least_days(longest: int) -> int:
    """Days with data that it takes to say that something is rarer than 1 in 100."""
    least = max(LEAST_BASELINE, -(-2 * longest // WEEK) * WEEK)
    return least + longest + EARLIER - 1


def scan(
    counts: Whole,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    longest: int,
    share: float,
    replicates: int,
    seed: int,
) -> Scan:
    """Circles with more cases in the newest days than place and day explain, and how rarely.

    `counts` is (areas, days), oldest day first, of at least `least_days(longest)` days; a circle
    holds at most a `share` of all of them. `ratio` is cases over expected; `p_dealt` the rank
    among replicates, `p_past` that among earlier days (see `rarity`), `p` the larger of both and
    `recurrence_interval` 1 / p. `start` is the position of a window's first day.
    """
    baseline = baseline_days(counts.shape[1], longest)
    if not baseline:
        raise ValueError(
            f"counts has {counts.shape[1]} days: it takes {least_days(longest)} to tell what is "
            f"rare in the newest {longest}."
        )
    look = looking(counts, x, y, longest, baseline, share)
    every = np.arange(baseline - 1, counts.shape[1])
    if not len(look.circles.end):
        none = pd.DataFrame(columns=list(COLUMNS))
        return Scan(look, none, np.zeros(replicates), np.zeros(len(every)))
    past = np.zeros(len(every))
    for some in _parts(look.circles, counts.shape[1]):
        np.maximum(
            past, scores(counts, look._replace(circles=some), every)[0].max(axis=0), out=past
        )
    rng = np.random.default_rng(seed)
    dealt = dealt_scores(counts[:, :-longest], look, replicates, rng)
    return Scan(look, _clusters(counts, look, x, y, dealt, past), dealt, past)


def looking(
    counts: Whole, x: npt.ArrayLike, y: npt.ArrayLike, longest: int, baseline: int, share: float
) -> Look:
    """Circles that hold at most a `share` of all counts, each of a centre a fifth wider (by
    areas) than the one before it: between them lies next to nothing, and they are far fewer."""
    found = scan_windows.circles(scan_windows.distances(x, y), counts.sum(axis=1), share)
    kept: list[int] = []
    for start, stop in found.by_centre():
        before = 0.0
        for window in range(start, stop):
            if found.end[window] >= before * GROWTH:
                kept.append(window)
                before = float(found.end[window])
    thinned = Circles(found.order, found.centre[kept], found.end[kept], found.radius[kept])
    return Look(thinned, tuple(d for d in LENGTHS if d <= longest), baseline)


def scores(counts: Whole, look: Look, last: Whole) -> tuple[Array, Whole]:
    """The score of each circle's best window that ends on each of the days `last`, and the place
    of its length in `look.lengths`: both (circles, days)."""
    n = _sums(scan_windows.held(look.circles, counts).astype(float))
    every = _sums(counts.sum(axis=0)[None].astype(float))
    weekly, weeks = _trailing(n), _trailing(every)
    sums = [_sums(v) for v in (_squares(weekly, weeks), weekly, weeks)]
    after, first = last + 1, last + 1 - look.baseline
    before = after - look.longest  # weeks that end before the longest window begins
    squares, inside, outside = (s[:, before] - s[:, first + WEEK - 1] for s in sums)
    spread = _dispersion(squares, inside, outside, look.baseline - look.longest - WEEK + 1)
    part = (n[:, after] - n[:, first]) / np.maximum(every[:, after] - every[:, first], 1)
    best, length = np.zeros(part.shape), np.zeros(part.shape, np.int64)
    for i, days in enumerate(look.lengths):
        mean = part * (every[:, after] - every[:, after - days])
        ratio = likelihood(n[:, after] - n[:, after - days], mean)
        higher = ratio > best
        best[higher], length[higher] = ratio[higher], i
    return best / spread, length


def dealt_scores(counts: Whole, look: Look, replicates: int, rng: np.random.Generator) -> Array:
    """The highest score of each replicate of the newest baseline in `counts`.

    Its days are cut into weeks from a random day on, in a circle, and the weeks dealt anew: days
    stay whole over the areas, and days that follow each other stay together within a week.
    """
    base = counts[:, -look.baseline :]
    held, every = (
        scan_windows.held(look.circles, base).astype(float),
        base.sum(axis=0).astype(float),
    )
    part = held.sum(axis=1, keepdims=True) / max(every.sum(), 1)
    weekly, weeks = (_trailing(_sums(_wrapped(v)))[:, WEEK - 1 :] for v in (held, every[None]))
    # days first: what is drawn are whole days, and they lie together in memory
    held, part = np.ascontiguousarray(held.T), part.T
    parts = [np.ascontiguousarray(v.T) for v in (_squares(weekly, weeks), weekly, weeks)]
    sums = [v.sum(axis=0) for v in parts]
    ends = _week_ends(look, replicates, rng)[:, : -(-look.longest // WEEK)]
    days = _days(ends, look.baseline)[:, : look.longest]
    out, step = np.empty(replicates), max(CELLS // held.shape[1], 1)
    for at in range(0, replicates, step):
        newest, drawn = ends[at : at + step], days[at : at + step]
        squares, inside, outside = (
            total - WEEK * sum(v[week] for week in newest.T) for total, v in zip(sums, parts)
        )
        spread = _dispersion(squares, inside, outside, look.baseline - WEEK * newest.shape[1])
        best, before = np.zeros(spread.shape), 0
        c, all_areas = np.zeros(spread.shape), np.zeros((len(newest), 1))
        for length in look.lengths:
            for day in drawn[:, before:length].T:
                c += held[day]
                all_areas[:, 0] += every[day]
            np.maximum(best, likelihood(c, part * all_areas), out=best)
            before = length
        out[at : at + step] = (best / spread).max(axis=1)
    return out


def rarity(score: npt.ArrayLike, past: Array, longest: int) -> Array:
    """p of scores from those of days of the past that share no window with theirs.

    The larger of two: the rank, and what a Gumbel curve through mean and spread of the past says,
    widened as the prediction from so few independent looks must be (Student's t). Scores of
    days near each other are alike: half of the longest window, or a week, counts as one look.
    """
    value = np.atleast_1d(np.asarray(score, float))
    rank = (1 + (past[None, :] >= scan_windows.near(value)[:, None]).sum(axis=1)) / (1 + len(past))
    scale = max(float(past.std(ddof=1)), scan_windows.SAME) / GUMBEL_SD
    y = (value - past.mean()) / scale + np.euler_gamma
    above = np.maximum(-np.expm1(-np.exp(-np.maximum(y, -5))), LEAST_P)
    looks = max(len(past) / max(longest / 2, WEEK), 2)
    normal = -special.ndtri(above)
    return np.asarray(np.maximum(rank, special.stdtr(looks - 1, -normal / np.sqrt(1 + 1 / looks))))


def p_dealt(score: npt.ArrayLike, dealt: Array) -> Array:
    """The rank of scores among those of replicates."""
    value = np.atleast_1d(np.asarray(score, float))
    reached = (dealt[None, :] >= scan_windows.near(value)[:, None]).sum(axis=1)
    return np.asarray((1 + reached) / (1 + len(dealt)))


def p_of(score: npt.ArrayLike, found: Scan) -> Array:
    """p of scores on the newest day: the larger of both."""
    past = found.past[: -found.look.longest]
    return np.maximum(p_dealt(score, found.dealt), rarity(score, past, found.look.longest))


def p_of_each_day(found: Scan) -> Array:
    """p of each earlier day by the rule of the newest: of the highest score, against all days
    that share no window with it, and the replicates of the newest day."""
    far = found.look.longest
    day = np.arange(len(found.past))
    by_past = [
        rarity(score, found.past[np.abs(day - i) >= far], far)[0]
        for i, score in enumerate(found.past)
    ]
    return np.maximum(by_past, p_dealt(found.past, found.dealt))[:-1]


def power(
    counts: Whole, found: Scan, areas: int, days: int, level: float, runs: int, seed: int
) -> Callable[[float], float]:
    """A function from a rise (2 for a doubling) to the share of times that it has p <= `level`.

    Each time the newest baseline before the newest days is dealt anew, and `days` at its end have
    so many times as many cases in some `areas` that lie together, around a place where a case is.
    Only circles around these areas are looked at: so a rise may be found a little more
    often. 0 where the baseline has no case that could be more.
    """
    look, base = found.look, counts[:, : -found.look.longest][:, -found.look.baseline :]
    by_area = base.sum(axis=1)
    if not by_area.any():
        return lambda factor: 0.0
    rng = np.random.default_rng(seed)
    middle = rng.choice(len(base), runs, p=by_area / by_area.sum())
    order = _days(_week_ends(look, runs, rng), look.baseline)[:, ::-1]
    last = np.array([look.baseline - 1])

    def share(factor: float) -> float:
        best = []
        for centre, dealt in zip(middle, order):
            block = look.circles.order[centre, :areas]
            table = base[:, dealt]
            usual = by_area[block] / look.baseline
            more = np.random.default_rng([seed, centre]).poisson(
                np.repeat((factor - 1) * usual[:, None], days, axis=1)
            )
            table[block, -days:] += more
            near_ = look._replace(circles=_around(look.circles, block))
            best.append(scores(table, near_, last)[0].max(initial=0.0))
        return float((p_of(best, found) <= level).mean())

    return share


def likelihood(cases: Array, mean: Array) -> Array:
    """The Poisson log likelihood ratio of a count above its mean; 0 without more."""
    above = (cases > mean * scan_windows.ABOVE) & (mean > 0)
    ratio = np.divide(cases, mean, out=np.ones_like(cases), where=above)
    np.log(ratio, out=ratio, where=above)
    ratio *= cases
    ratio -= cases
    ratio += mean
    return np.asarray(np.where(above, ratio, 0.0))


def _clusters(
    counts: Whole, look: Look, x: npt.ArrayLike, y: npt.ArrayLike, dealt: Array, past: Array
) -> pd.DataFrame:
    """The rows of a scan's clusters."""
    newest = counts.shape[1] - 1
    every, which = scores(counts, look, np.array([newest]))
    score, length = every[:, 0], which[:, 0]
    base = counts[:, -look.baseline :]
    found = Scan(look, pd.DataFrame(), dealt, past)
    rows = []
    for window in scan_windows.apart(look.circles, score, x, y):
        members, days = look.circles.members(int(window)), look.lengths[length[window]]
        cases = int(base[members, -days:].sum())
        mean = base[members].sum() * base[:, -days:].sum() / base.sum()
        chance = p_dealt(score[window], dealt)[0]
        p = p_of(score[window], found)[0]
        by_past = rarity(score[window], past[: -look.longest], look.longest)[0]
        rows.append(
            (
                int(look.circles.centre[window]),
                members.tolist(),
                days,
                newest + 1 - days,
                cases,
                float(mean),
                float(cases / mean),
                float(score[window]),
                chance,
                by_past,
                p,
                1 / p,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _parts(circles: Circles, days: int) -> list[Circles]:
    """The circles in parts of some centres each, whose counts of so many days stay in the cache."""
    number = max(1, -(-len(circles.end) * days // MOST_CELLS))
    blocks = np.array_split(np.unique(circles.centre), number)
    return [_around(circles, block) for block in blocks if len(block)]


def _around(circles: Circles, block: Whole) -> Circles:
    """Only the circles whose centre is one of some areas."""
    bounds = circles.by_centre()
    kept = np.concatenate([np.arange(*bounds[area]) for area in block])
    centre = np.repeat(np.arange(len(block)), [bounds[a][1] - bounds[a][0] for a in block])
    return Circles(circles.order[block], centre, circles.end[kept], circles.radius[kept])


def _week_ends(look: Look, size: int, rng: np.random.Generator) -> Whole:
    """The last day of each week of each replicate, newest first: (size, weeks)."""
    weeks = np.tile(np.arange(look.baseline // WEEK), (size, 1))
    cut = rng.integers(look.baseline, size=size)[:, None]
    return np.asarray((cut + rng.permuted(weeks, axis=1) * WEEK) % look.baseline)


def _days(ends: Whole, baseline: int) -> Whole:
    """The days of weeks with such ends, newest first: (size, days)."""
    return np.asarray(((ends[:, :, None] - np.arange(WEEK)) % baseline).reshape(len(ends), -1))


def _dispersion(squares: Array, inside: Array, every: Array, weeks: int) -> Array:
    """The variance of weekly counts over their mean, given what all areas had; at least 1.

    `squares` is the sum of c^2 / n over the weeks, `inside` that of c and `every` that of n.
    """
    part = inside / np.maximum(every, 1)
    chi = np.divide(squares, part, out=np.zeros_like(squares), where=part > 0) - inside
    return np.asarray(
        np.maximum(chi / (max(weeks, 1) * np.maximum(1 - part, scan_windows.SAME)), 1.0)
    )


def _squares(weekly: Array, weeks: Array) -> Array:
    """c^2 / n of each week; 0 where nothing was anywhere."""
    return np.divide(weekly**2, weeks, out=np.zeros_like(weekly), where=weeks > 0)


def _sums(values: Array) -> Array:
    """Sums of all columns before each, and of all of them at the end."""
    out = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out


def _trailing(sums: Array) -> Array:
    """The sum of the week that ends with each day; of fewer days at the beginning."""
    ends = np.arange(1, sums.shape[1])
    return np.asarray(sums[:, ends] - sums[:, np.maximum(ends - WEEK, 0)])


def _wrapped(values: Array) -> Array:
    """The values with the newest days also before the first: days in a circle."""
    return np.hstack([values[:, 1 - WEEK :], values])
