"""How unusual the newest days of circles are: Poisson likelihood over their own overdispersion."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo import scan_windows
from geo.scan_windows import Array, Circles, Whole

WEEK = 7


class Look(NamedTuple):
    """The look at a day: its `circles`, and `lengths` of windows and of the `baseline` in days."""

    circles: Circles
    lengths: tuple[int, ...]
    baseline: int

    @property
    def longest(self) -> int:
        """Days of the longest window."""
        return self.lengths[-1]


class Looks(NamedTuple):
    """What the looks at some days have in common: counts up to each day (`n` of each circle,
    `every` of all areas), the days `after` those looked at, and of each circle and look its
    `share` of the baseline and the `spread` of its weeks (overdispersion)."""

    n: Array
    every: Array
    after: Whole
    share: Array
    spread: Array

    def window(self, days: int) -> tuple[Array, Array]:
        """Cases of each circle in the newest days before each look, and of all areas."""
        return _latest(self.n, self.after, days), _latest(self.every, self.after, days)


def _latest(running: Array, after: Whole, days: int) -> Array:
    """The sum of so many days before each of some."""
    if len(after) and after[-1] - after[0] == len(after) - 1:  # days that follow each other
        upto = slice(after[0], after[-1] + 1)
        return np.asarray(running[:, upto] - running[:, upto.start - days : upto.stop - days])
    return np.asarray(running[:, after] - running[:, after - days])


def looks(held: Array, every: Array, look: Look, last: Whole) -> Looks:
    """The looks at the days `last`, from counts by day of each circle and of all areas."""
    n, all_areas = sums(held), sums(every[None])
    weekly, weeks = trailing(n), trailing(all_areas)
    running = [sums(v) for v in (squares(weekly, weeks), weekly, weeks)]
    after, first = last + 1, last + 1 - look.baseline
    before = after - look.longest  # weeks that end before the longest window begins
    square, inside, outside = (s[:, before] - s[:, first + WEEK - 1] for s in running)
    spread = dispersion(square, inside, outside, look.baseline - look.longest - WEEK + 1)
    share = (n[:, after] - n[:, first]) / np.maximum(all_areas[:, after] - all_areas[:, first], 1)
    return Looks(n, all_areas, after, share, spread)


def scores(counts: Whole, look: Look, last: Whole) -> tuple[Array, Whole]:
    """The score of each circle's best window that ends on each of the days `last`, and the place
    of its length in `look.lengths`: both (circles, days)."""
    held = scan_windows.held(look.circles, counts).astype(float)
    return best(looks(held, counts.sum(axis=0).astype(float), look, last), look)


def best(found: Looks, look: Look) -> tuple[Array, Whole]:
    """The score of the best window of each circle and look, and the place of its length."""
    highest = np.zeros(found.share.shape)
    length = np.zeros(found.share.shape, np.int64)
    for i, days in enumerate(look.lengths):
        cases, all_areas = found.window(days)
        ratio = likelihood(cases, found.share * all_areas)
        higher = ratio > highest
        highest[higher], length[higher] = ratio[higher], i
    return highest / found.spread, length


def likelihood(cases: Array, mean: Array) -> Array:
    """The Poisson log likelihood ratio of a count above its mean; 0 without more."""
    above = (cases > mean * scan_windows.ABOVE) & (mean > 0)
    ratio = np.divide(cases, mean, out=np.ones_like(cases), where=above)
    np.log(ratio, out=ratio, where=above)
    ratio *= cases
    ratio -= cases
    ratio += mean
    return np.asarray(np.where(above, ratio, 0.0))


def dispersion(square: Array, inside: Array, every: Array, weeks: int) -> Array:
    """The variance of weekly counts over their mean, given what all areas had; at least 1.

    `square` is the sum of c^2 / n over the weeks, `inside` that of c and `every` that of n.
    """
    part = inside / np.maximum(every, 1)
    chi = np.divide(square, part, out=np.zeros_like(square), where=part > 0) - inside
    return np.asarray(
        np.maximum(chi / (max(weeks, 1) * np.maximum(1 - part, scan_windows.SAME)), 1.0)
    )


def squares(weekly: Array, weeks: Array) -> Array:
    """c^2 / n of each week; 0 where nothing was anywhere."""
    return np.divide(weekly**2, weeks, out=np.zeros_like(weekly), where=weeks > 0)


def sums(values: Array) -> Array:
    """Sums of all columns before each, and of all of them at the end."""
    out = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out


def trailing(running: Array, days: int = WEEK) -> Array:
    """The sum of the days (a week) that end with each; of fewer days at the beginning."""
    ends = np.arange(1, running.shape[1])
    return np.asarray(running[:, ends] - running[:, np.maximum(ends - days, 0)])


def wrapped(values: Array) -> Array:
    """The values with the newest days also before the first: days in a circle."""
    return np.hstack([values[:, 1 - WEEK :], values])


def week_ends(look: Look, size: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """The last day of each week of each replicate, newest first: (size, weeks)."""
    weeks = np.tile(np.arange(look.baseline // WEEK), (size, 1))
    cut = rng.integers(look.baseline, size=size)[:, None]
    return np.asarray((cut + rng.permuted(weeks, axis=1) * WEEK) % look.baseline)


def days_of(ends: Whole, baseline: int) -> Whole:
    """The days of weeks with such ends, newest first: (size, days)."""
    return np.asarray(((ends[:, :, None] - np.arange(WEEK)) % baseline).reshape(len(ends), -1))
