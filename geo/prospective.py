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
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from geo import highest_scores, scan_windows, window_scores
from geo.scan_windows import Array, Circles, Whole
from geo.window_scores import WEEK, Look, days_of, week_ends

GROWTH = 1.2  # a circle holds at least so many times as many areas as the one before it
LENGTHS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 42)  # days that a window may last
MOST_BASELINE, LEAST_BASELINE = 364, 56  # days
EARLIER = 99  # looks at earlier days that it takes: by fewer nothing is rarer than 1 in 100
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


class LookBack(NamedTuple):
    """The looks at the newest day and at each earlier one: `past` are the highest scores, oldest
    first; `score` and `length` those of each circle's best window that ends on the newest day."""

    look: Look
    past: Array
    score: Array
    length: Whole


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
    seen = look_back(counts, x, y, longest, share)
    return conclude(counts, x, y, seen, deal(counts, seen.look, replicates, seed))


def look_back(
    counts: Whole, x: npt.ArrayLike, y: npt.ArrayLike, longest: int, share: float
) -> LookBack:
    """The first half of `scan`: the same look at the newest day and at each earlier one."""
    baseline = baseline_days(counts.shape[1], longest)
    if not baseline:
        raise ValueError(
            f"counts has {counts.shape[1]} days: it takes {least_days(longest)} to tell what is "
            f"rare in the newest {longest}."
        )
    look = looking(counts, x, y, longest, baseline, share)
    every = np.arange(baseline - 1, counts.shape[1])
    return LookBack(look, *highest_scores.of_days(_narrow(counts), look, every))


def deal(counts: Whole, look: Look, replicates: int, seed: int) -> Array:
    """The highest scores of replicates: the weeks before the newest days dealt anew."""
    rng = np.random.default_rng(seed)
    before = _narrow(counts[:, : -look.longest])
    return highest_scores.of_replicates(before, look, replicates, rng)


def conclude(
    counts: Whole, x: npt.ArrayLike, y: npt.ArrayLike, seen: LookBack, dealt: Array
) -> Scan:
    """The clusters of a look back, judged by it and by what was dealt."""
    return Scan(seen.look, _clusters(counts, seen, (x, y), dealt), dealt, seen.past)


def _narrow(counts: Whole) -> Whole:
    """Counts row by row in numbers as narrow as hold their sums: adding them takes the time."""
    narrow: Any = np.int32 if counts.sum() < np.iinfo(np.int32).max else np.int64
    return np.ascontiguousarray(counts, narrow)


def looking(
    counts: Whole, x: npt.ArrayLike, y: npt.ArrayLike, longest: int, baseline: int, share: float
) -> Look:
    """Circles that hold at most a `share` of all counts, each of a centre a fifth wider (by
    areas) than the one before it: between them lies next to nothing, and they are far fewer."""
    found = scan_windows.circles(scan_windows.distances(x, y), counts.sum(axis=1), share)
    kept = _growing(found)
    thinned = Circles(found.order, found.centre[kept], found.end[kept], found.radius[kept])
    return Look(thinned, tuple(d for d in LENGTHS if d <= longest), baseline)


def _growing(circles: Circles) -> Whole:
    """The positions of each centre's first circle, and of each that is by `GROWTH` wider than the
    last one before it that is among them."""
    most = len(circles.order) + 1
    key = circles.centre * most + circles.end  # centres together, growing: so all of it grows
    centre = np.unique(circles.centre)
    kept: list[Whole] = []
    least: Array = np.zeros(len(centre))
    while len(centre):
        at = np.searchsorted(key, centre * most + np.ceil(least).astype(np.int64))
        there = at < len(key)
        there[there] = circles.centre[at[there]] == centre[there]
        at, centre = at[there], centre[there]
        kept.append(at)
        least = np.asarray(circles.end[at] * GROWTH, float)
    return np.sort(np.concatenate(kept)) if kept else np.zeros(0, np.int64)


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
    counts: Whole, scanned: Scan, areas: int, days: int, level: float, runs: int, seed: int
) -> Callable[[float], float]:
    """A function from a rise (2 for a doubling) to the share of times that it has p <= `level`.

    Each time the newest baseline before the newest days is dealt anew, and `days` at its end have
    so many times as many cases in some `areas` that lie together, around a place where a case is.
    Only circles around these areas are looked at: so a rise may be found a little more
    often. 0 where the baseline has no case that could be more.
    """
    look = scanned.look
    base = counts[:, : -look.longest][:, -look.baseline :]
    by_area = base.sum(axis=1)
    if not by_area.any():
        return lambda factor: 0.0
    rng = np.random.default_rng(seed)
    middle = rng.choice(len(base), runs, p=by_area / by_area.sum())
    order = days_of(week_ends(look, runs, rng), look.baseline)[:, ::-1]
    last = np.array([look.baseline - 1])
    every = base.sum(axis=0).astype(float)
    blocks = [look.circles.order[centre, :areas] for centre in middle]
    near = [look._replace(circles=highest_scores.around(look.circles, b)) for b in blocks]
    held = [
        scan_windows.held(own.circles, base)[:, dealt].astype(float)
        for own, dealt in zip(near, order)
    ]

    def share(factor: float) -> float:
        best = []
        for centre, block, own, usual, dealt in zip(middle, blocks, near, held, order):
            more = np.random.default_rng([seed, centre]).poisson(
                np.repeat((factor - 1) * by_area[block][:, None] / look.baseline, days, axis=1)
            )
            risen = np.zeros((len(base), days), np.int64)
            risen[block] = more
            cases, all_areas = usual.copy(), every[dealt]
            cases[:, -days:] += scan_windows.held(own.circles, risen)
            all_areas[-days:] += more.sum(axis=0)
            found = window_scores.looks(cases, all_areas, own, last)
            best.append(window_scores.best(found, own)[0].max(initial=0.0))
        return float((p_of(best, scanned) <= level).mean())

    return share


def _clusters(
    counts: Whole, seen: LookBack, at: tuple[npt.ArrayLike, npt.ArrayLike], dealt: Array
) -> pd.DataFrame:
    """The rows of a scan's clusters."""
    look, past, score, length = seen
    last = counts.shape[1] - 1
    base = counts[:, -look.baseline :]
    found = Scan(look, pd.DataFrame(), dealt, past)
    rows = []
    for window in scan_windows.apart(look.circles, score, *at):
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
                last + 1 - days,
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
