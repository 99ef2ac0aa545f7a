"""The interval of a ratio of two counts, of any shape, beside one found by plain root finding."""

import numpy as np
import pytest
from scipy import optimize, stats

from geo import rates


def reference(n: int, m: int, level: float = 0.95) -> tuple[float, float]:
    """Both ends of the ratio by binomial tails, half of n itself counted (mid-p)."""
    tail = (1 - level) / 2

    def above(share: float) -> float:
        return float(stats.binom.sf(n, n + m, share) + stats.binom.pmf(n, n + m, share) / 2)

    low = optimize.brentq(lambda s: above(s) - tail, 1e-12, 1 - 1e-12, xtol=1e-14) if n else 0.0
    high = (
        optimize.brentq(lambda s: above(s) - 1 + tail, 1e-12, 1 - 1e-12, xtol=1e-14) if m else 1.0
    )
    return low / (1 - low), high / (1 - high) if high < 1 else np.inf


def test_every_cell_is_the_interval_of_its_two_counts() -> None:
    n = np.array([[0, 1, 5], [20, 300, 7]])
    m = np.array([[4, 3, 0], [2, 100, 7]])
    ratio, low, high = rates.conditional_ratio(n, m)
    assert ratio.shape == low.shape == high.shape == n.shape
    for at in np.ndindex(n.shape):
        ends = reference(int(n[at]), int(m[at]))
        assert (low[at], high[at]) == pytest.approx(ends, rel=1e-5), at
    assert ratio[1, 0] == 10 and np.isinf(ratio[0, 2]) and np.isinf(high[0, 2])


def test_counts_thinned_are_those_of_fewer_records() -> None:
    _, low, high = rates.conditional_ratio([40, 40], [80, 80], [1.0, 4.0])
    plain = rates.conditional_ratio([40, 10], [80, 20])
    assert low == pytest.approx(plain[1]) and high == pytest.approx(plain[2])
    assert low[1] < low[0] < 0.5 < high[0] < high[1]
    less = rates.conditional_ratio(40, 80, 0.2)  # never narrower than that of the counts
    assert less[1] == pytest.approx(low[0])


def test_without_a_count_nothing_is_said() -> None:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio, low, high = rates.conditional_ratio(0, 0)
    assert np.isnan(ratio) and low == 0 and np.isinf(high)
