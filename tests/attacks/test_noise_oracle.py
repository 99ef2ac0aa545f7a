"""Our discrete Laplace noise, in large numbers, against the exact law and against OpenDP's."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chi2_contingency, chisquare

from geo import discrete_laplace
from tests.conftest import PROVE

MANY, BATCHES = 250_000, 8
EPSILONS = [Fraction("0.05"), Fraction("0.38"), Fraction("0.5"), Fraction(1), Fraction(2)]
LEAST = 5  # expected in each class of a chi-square test


def drawn(epsilon: Fraction, batch: int) -> np.ndarray:
    names = (b"%d\0%d" % (batch, i) for i in range(MANY))
    words = discrete_laplace.keyed_words(b"a key of the tests of noise.....", names)
    return discrete_laplace.draw(words, epsilon)


def law(epsilon: Fraction, k: np.ndarray) -> np.ndarray:
    a = np.exp(-float(epsilon))
    return (1 - a) / (1 + a) * a ** np.abs(k)


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="two million draws a law")
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_draws_follow_the_exact_law(epsilon: Fraction) -> None:
    far = np.arange(-1000, 1001)
    k = far[law(epsilon, far) * MANY >= LEAST]
    p = np.append(law(epsilon, k), 1 - law(epsilon, k).sum())
    values = []
    for batch in range(BATCHES):
        x = drawn(epsilon, batch)
        seen = np.append([(x == v).sum() for v in k], np.abs(x) > k.max())
        seen = np.array([*seen[: len(k)], len(x) - seen[: len(k)].sum()], float)
        values.append(chisquare(seen, p * len(x)).pvalue)
    print(f"epsilon {float(epsilon):g}: p of {BATCHES} batches {np.round(values, 3).tolist()}")
    assert min(values) > 0.001 / BATCHES, values


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="a million draws of another library")
@pytest.mark.parametrize("epsilon", [Fraction("0.38"), Fraction(1)])
def test_draws_are_like_those_of_opendp(epsilon: Fraction) -> None:
    reason = "OpenDP is not installed: pip install -r requirements-prove.txt"
    dp = pytest.importorskip("opendp.prelude", reason=reason)
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i32")), dp.l1_distance(T="i32")
    laplace = dp.m.make_laplace(*space, scale=1 / float(epsilon))
    theirs = np.array(laplace([0] * MANY))
    ours = drawn(epsilon, 99)
    far = np.arange(-200, 201)
    edge = int(far[law(epsilon, far) * MANY >= LEAST].max())
    both = [
        np.bincount(np.clip(x, -edge, edge) + edge, minlength=2 * edge + 1) for x in (ours, theirs)
    ]
    found = chi2_contingency(np.array(both))
    print(
        f"epsilon {float(epsilon):g}: chi-square {found.statistic:.1f} on {found.dof}, p {found.pvalue:.3f}"
    )
    assert found.pvalue > 0.001
