"""The highest score of all circles, of each day or each replicate: exact, and few are worked out.

The likelihood ratio of c cases where m are expected is at most (c - m)^2 / 2m (where c is above m).
So a window whose excess is too small for the highest score found so far needs no logarithm, and
of hundreds of millions of windows hardly any does.
"""

from typing import Any

import numpy as np

from geo import scan_windows, window_scores
from geo.scan_windows import Array, Circles, Whole
from geo.window_scores import WEEK, Look, Looks

CELLS = 60_000  # numbers that are worked on at once: they stay in the cache
MOST_CELLS = 200_000  # of circles by days that are worked on at once, for the same reason
EXACT = 1 << 24  # whole numbers below it are exact in half the bytes
SURE = 1 - 1e-5  # rounding in half the bytes rules no window out


def of_days(counts: Whole, look: Look, last: Whole) -> tuple[Array, Array, Whole]:
    """The highest score of each of the days `last`, which follow each other; and of the last of
    them the score of every circle's best window, and the place of its length."""
    highest = np.zeros(len(last))
    score, length = np.zeros(len(look.circles.end)), np.zeros(len(look.circles.end), np.int64)
    every, at = counts.sum(axis=0).astype(float), 0
    for some in parts(look.circles, counts.shape[1]):
        own = look._replace(circles=some)
        held = scan_windows.held(some, counts).astype(float)
        found = window_scores.looks(held, every, own, last)
        _raise_days(highest, found, own, _narrow(counts))
        upto = at + len(some.end)
        newest = found._replace(
            after=found.after[-1:], share=found.share[:, -1:], spread=found.spread[:, -1:]
        )
        best, which = window_scores.best(newest, own)
        score[at:upto], length[at:upto] = best[:, 0], which[:, 0]
        at = upto
    return highest, score, length


def _narrow(counts: Whole) -> type[np.floating]:
    """The narrowest numbers in which sums of counts are exact."""
    return np.float32 if counts.sum() < EXACT else np.float64


def _raise_days(highest: Array, found: Looks, look: Look, narrow: type[np.floating]) -> None:
    """Take the scores of some circles into the highest of each day."""
    share, least = _screen(found.share, found.spread, highest, narrow)
    counted = found._replace(n=found.n.astype(narrow), every=found.every.astype(narrow))
    for days in look.lengths:
        cases, every = counted.window(days)
        at = _hits(cases, share, every, least)
        _raise(highest, 1, at, cases, found.share, every.astype(float), found.spread)


def _screen(
    share: Array, spread: Array, highest: Array, narrow: type[np.floating]
) -> tuple[Any, Any]:
    """What is expected of what all areas had, and what more it takes by its root to be the highest
    score: a little less of both than is true."""
    least = np.sqrt(2 * share * spread * highest)
    return (share * SURE).astype(narrow), (least * SURE).astype(narrow)


def _hits(cases: Any, share: Any, every: Any, least: Any) -> tuple[Whole, ...]:
    """The windows that may have the highest score."""
    needed = share * every
    needed += least * np.sqrt(every)
    return np.unravel_index(np.flatnonzero(cases > needed), cases.shape)


def _raise(
    highest: Array,
    axis: int,
    at: tuple[Whole, ...],
    cases: Any,
    share: Array,
    every: Any,
    spread: Array,
) -> None:
    """Take the scores of some windows of one length into the highest along an axis: `share` of
    what all areas (`every`) had is expected."""
    if not len(at[0]):
        return
    share, every = (np.broadcast_to(v, cases.shape)[at] for v in (share, every))
    score = window_scores.likelihood(cases[at].astype(float), share * every) / spread[at]
    np.maximum.at(highest, at[axis], score)


def of_replicates(counts: Whole, look: Look, replicates: int, rng: np.random.Generator) -> Array:
    """The highest score of each replicate of the newest baseline in `counts`.

    Its days are cut into weeks from a random day on, in a circle, and the weeks dealt anew: days
    stay whole over the areas, and days that follow each other stay together within a week.
    """
    base = counts[:, -look.baseline :]
    every = base.sum(axis=0).astype(float)
    ends = window_scores.week_ends(look, replicates, rng)[:, : -(-look.longest // WEEK)]
    highest = np.zeros(replicates)
    for some in parts(look.circles, look.baseline):
        held = scan_windows.held(some, base).astype(float)
        _raise_replicates(highest, held, every, look, ends, _narrow(base))
    return highest


def _raise_replicates(
    highest: Array, held: Array, every: Array, look: Look, ends: Whole, narrow: type[np.floating]
) -> None:
    """Take the scores of some circles into the highest of each replicate."""
    share = (held.sum(axis=1, keepdims=True) / max(every.sum(), 1)).T
    weekly, weeks = (_weeks(v) for v in (held, every[None]))
    # days first: what is drawn are whole weeks, and they lie together in memory
    summed = [
        np.ascontiguousarray(v.T) for v in (window_scores.squares(weekly, weeks), weekly, weeks)
    ]
    totals = [v.sum(axis=0) for v in summed]
    both = np.vstack([held, every])  # the last is all areas
    rests = {WEEK, *(days % WEEK for days in look.lengths)}
    newest = {days: _newest(both, days).astype(narrow) for days in rests}
    step = max(CELLS // len(held), 1)
    for at in range(0, len(highest), step):
        drawn, own = ends[at : at + step], highest[at : at + step]
        square, inside, outside = (
            total - WEEK * sum(v[week] for week in drawn.T) for total, v in zip(totals, summed)
        )
        spread = window_scores.dispersion(
            square, inside, outside, look.baseline - WEEK * drawn.shape[1]
        )
        screened, least = _screen(share, spread, own[:, None], narrow)
        before, cases = 0, np.zeros((len(drawn), len(both)), narrow)
        for days in look.lengths:
            whole, rest = divmod(days, WEEK)
            for week in range(before, whole):
                cases += newest[WEEK][drawn[:, week]]
            before = whole
            window = cases + newest[rest][drawn[:, whole]] if rest else cases
            held_, all_areas = window[:, :-1], window[:, -1:]
            hits = _hits(held_, screened, all_areas, least)
            _raise(own, 0, hits, held_, share, all_areas.astype(float), spread)


def _weeks(values: Array) -> Array:
    """The sum of the week that ends with each day, the days in a circle."""
    return window_scores.trailing(window_scores.sums(window_scores.wrapped(values)))[:, WEEK - 1 :]


def _newest(values: Array, days: int) -> Array:
    """The sum of so many days that end with each, in a circle: (days, rows)."""
    running = window_scores.sums(window_scores.wrapped(values))
    return np.ascontiguousarray(window_scores.trailing(running, days)[:, WEEK - 1 :].T)


def parts(circles: Circles, days: int) -> list[Circles]:
    """The circles in parts of some centres each, whose counts of so many days stay in the cache."""
    number = max(1, -(-len(circles.end) * days // MOST_CELLS))
    blocks = np.array_split(np.unique(circles.centre), number)
    return [around(circles, block) for block in blocks if len(block)]


def around(circles: Circles, block: Whole) -> Circles:
    """Only the circles whose centre is one of some areas."""
    bounds = circles.by_centre()
    kept = np.concatenate([np.arange(*bounds[area]) for area in block])
    centre = np.repeat(np.arange(len(block)), [bounds[a][1] - bounds[a][0] for a in block])
    return Circles(circles.order[block], centre, circles.end[kept], circles.radius[kept])
