"""Discrete Laplace draws: the law itself, at its thresholds and over many draws."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chisquare

from geo import discrete_laplace as laplace

HALF = Fraction(1, 2)


def words(*bits: int) -> laplace.Words:
    """Draws' bits from whole numbers below 2^192."""
    body = b"".join(b.to_bytes(24, "big") for b in bits)
    return np.frombuffer(body, ">u8").astype(np.uint64).reshape(-1, 3)


@pytest.mark.parametrize(
    "epsilon", [Fraction(1, 20), Fraction("0.45"), HALF, Fraction(1), Fraction(4)]
)
def test_thresholds_are_the_distribution_function(epsilon: Fraction) -> None:
    """Each to a unit of 2^-192, by P(X <= k + 1) - P(X <= k) = P(X = k + 1) in exact ratios."""
    law = laplace.thresholds(epsilon)
    whole = np.array(law.whole, object)
    assert (np.diff(whole) >= 0).all() and 0 < whole[0] < whole[-1] < 2**192
    share = np.diff(whole) / 2**192  # of -last + 1 ... last - 1
    k = np.arange(-law.last + 1, law.last)
    a = np.exp(-float(epsilon))
    np.testing.assert_allclose(share.astype(float), (1 - a) / (1 + a) * a ** abs(k), atol=1e-14)
    # symmetric: what lies at or below -k is what lies at or above k
    for j in (0, law.last // 2, law.last - 1):
        assert abs(whole[j] + whole[2 * law.last - 1 - j] - 2**192) <= 1
    # of everything beyond the last there is less than a unit
    assert a**law.last * 2**192 / (1 + a) < 1 / a + 1


def test_the_lowest_bits_decide_where_the_highest_are_those_of_a_threshold() -> None:
    law = laplace.thresholds(HALF)
    for j in (law.last - 40, law.last - 1, law.last, law.last + 40):
        at = law.whole[j]
        assert laplace.draw(words(at - 1, at), HALF).tolist() == [j - law.last, j - law.last + 1]
    assert laplace.draw(words(0, 2**192 - 1), HALF).tolist() == [-law.last, law.last]


@pytest.mark.parametrize("epsilon", [Fraction("0.38"), HALF, Fraction(2)])
def test_many_draws_follow_the_law(epsilon: Fraction) -> None:
    n = 60_000
    told = laplace.keyed_words(b"a key of thirty-two bytes in all", (b"%d" % i for i in range(n)))
    x = laplace.draw(told, epsilon)
    a, most = np.exp(-float(epsilon)), 8
    k = np.arange(-most, most + 1)
    p = (1 - a) / (1 + a) * a ** abs(k)
    seen = [*((x == v).sum() for v in k), (abs(x) > most).sum()]
    assert chisquare(seen, np.append(p, 1 - p.sum()) * n).pvalue > 1e-4
    assert x.var() == pytest.approx(laplace.variance(float(epsilon)), rel=0.05)


def test_names_and_keys_decide_and_nothing_else() -> None:
    one = laplace.keyed_words(b"k" * 32, [b"a", b"b", b"a"])
    assert (one[0] == one[2]).all() and (one[0] != one[1]).all()
    assert (laplace.keyed_words(b"l" * 32, [b"a"])[0] != one[0]).all()
    # HMAC-SHA256 of RFC 4231, test case 2, the first 24 bytes
    known = laplace.keyed_words(b"Jefe", [b"what do ya want for nothing?"])
    assert [f"{w:016x}" for w in known[0]] == [
        "5bdcc146bf60754e",
        "6a042426089575c7",
        "5a003f089d273983",
    ]
    with pytest.raises(ValueError, match="above 0"):
        laplace.draw(one, Fraction(0))
