"""Shares of a count with their uncertainty."""

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]


def wilson(n: npt.ArrayLike, of: npt.ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Lower and upper bound of the share `n` of `of`, between 0 and 1 (Wilson 1927).

    NaN where `of` is 0. Each of the counted is taken to stand for itself: where several
    tell of one event the true interval is wider.
    """
    part, whole = np.broadcast_arrays(np.asarray(n, float), np.asarray(of, float))
    z2 = float(special.ndtri((1 + level) / 2)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = part / whole
        middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
        half = np.sqrt(z2 * (share * (1 - share) + z2 / (4 * whole)) / whole) / (1 + z2 / whole)
    # exact at the ends, where rounding would leave a hair below 0 or above 1
    low = np.where(part == 0, 0.0, middle - half)
    high = np.where(part == whole, 1.0, middle + half)
    nothing = whole == 0
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)
