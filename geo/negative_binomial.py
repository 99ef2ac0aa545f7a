"""Negative binomial counts from chances: exact quantiles, many draws of one distribution at once."""

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]

_LARGEST = float(np.nextafter(1, 0))  # no count has a chance of 1 to be reached
_SPARE = 3.0  # counts more than the guessed ends of a window


def quantiles(chance: Array, mean: float, factor: float) -> Array:
    """The smallest counts that are reached with these chances, of any shape.

    Counts have this mean above 0 and `factor` times its variance, above 1. The distribution is
    summed up once, between the smallest and the largest count that the chances ask for: its ends
    are exact (the incomplete beta function), what lies between comes from the ratios of
    neighbors. `scipy.special.nbdtrik` searches anew for each chance.
    """
    first, below = _window(mean, factor, float(chance.min()), float(chance.max()))
    return np.asarray(first + np.searchsorted(below, np.minimum(chance, _LARGEST)), float)


def _window(mean: float, factor: float, low: float, high: float) -> tuple[int, Array]:
    """A count, and the chances of it and those that follow, or of fewer.

    Of the count before the first, if there is any, the chance is below `low`; of the last it is
    `high` or more.
    """
    size, sd = mean / (factor - 1), np.sqrt(mean * factor)
    z = special.ndtri(np.clip([low, high], 1e-300, _LARGEST))
    first = int(max(mean + z[0] * sd - _SPARE, 0))  # the lower tail is lighter than the normal's
    before = special.betainc(size, first, 1 / factor) if first else 0.0
    if before >= low:
        first, before = 0, 0.0
    # Cornish and Fisher's correction for the skew, and half of it more
    more = z[1] * sd + (z[1] ** 2 + 1) / 4 * (2 * factor - 1) + _SPARE
    last = first + 1 + int(max(mean + more - first, 0))
    while (upto := special.betainc(size, last + 1.0, 1 / factor)) < min(high, _LARGEST):
        last += last - first + 1
    k = np.arange(first + 1.0, last + 1)
    ratio = np.concatenate([[0.0], np.cumsum(np.log((k - 1 + size) / k * (1 - 1 / factor)))])
    part = np.exp(ratio - ratio.max())
    part *= (upto - before) / part.sum()
    below, above = before + np.cumsum(part), np.cumsum(part[::-1])[::-1]
    # from the nearer end: a chance of nearly 1 has no digits left for what is beyond it
    below[:-1] = np.where(below[:-1] < 0.5, below[:-1], upto - above[1:])
    below[-1] = upto
    return first, np.asarray(below, float)
