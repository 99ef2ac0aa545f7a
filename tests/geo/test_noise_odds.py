"""What noise tells of one event: against sums over the law itself, and release.md's figures."""

import numpy as np
import pytest

from data.privacy.tables import PROFILES
from geo import discrete_laplace, noise_odds


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1.0, 2.0])
def test_the_law_sums_to_one_and_has_its_variance(epsilon: float) -> None:
    p, k = noise_odds.probabilities(epsilon, 600), np.arange(-600, 601)
    assert p.sum() == pytest.approx(1) and (p * k).sum() == pytest.approx(0, abs=1e-9)
    assert (p * k**2).sum() == pytest.approx(discrete_laplace.variance(epsilon))


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1.0, 2.0])
def test_the_half_width_is_the_least(epsilon: float) -> None:
    q = noise_odds.half_width(epsilon)
    assert noise_odds.probabilities(epsilon, q).sum() >= 0.9
    assert noise_odds.probabilities(epsilon, q - 1).sum() < 0.9


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1.0])
def test_one_table_tells_what_its_two_laws_differ_by(epsilon: float) -> None:
    p = noise_odds.probabilities(epsilon, 600)
    without, one_more = np.r_[p, 0], np.r_[0, p]
    differ = np.maximum(one_more - without, 0).sum()
    assert noise_odds.right_guesses([epsilon]) == pytest.approx((1 + differ) / 2)


def test_two_tables_tell_what_both_laws_differ_by() -> None:
    p, q = noise_odds.probabilities(0.3, 200), noise_odds.probabilities(0.45, 200)
    without = np.outer(np.r_[p, 0], np.r_[q, 0])
    one_more = np.outer(np.r_[0, p], np.r_[0, q])
    differ = np.maximum(one_more - without, 0).sum()
    assert noise_odds.right_guesses([0.3, 0.45]) == pytest.approx((1 + differ) / 2)


@pytest.mark.parametrize(
    ("volume", "epsilon", "advantage"),
    [
        ("small", 0.5, 0.12),
        ("small", 1, 0.23),
        ("medium", 1, 0.24),
        ("large", 1, 0.23),
        ("medium", 2, 0.46),
    ],
)
def test_a_profile_tells_what_the_specification_says(
    volume: str, epsilon: float, advantage: float
) -> None:
    shares = [float(share) * epsilon for share in PROFILES[volume].values()]
    right = noise_odds.right_guesses(shares)
    assert 2 * right - 1 == pytest.approx(advantage, abs=0.006)
    assert right <= noise_odds.right_at_most(epsilon)


def test_nobody_is_right_more_often_than_the_bound() -> None:
    assert noise_odds.right_at_most(1) == pytest.approx((1 + 0.46) / 2, abs=0.002)
    assert noise_odds.right_guesses([1.0]) == pytest.approx(noise_odds.right_at_most(1.0))
