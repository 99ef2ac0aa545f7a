"""Classes of the map: the same as mapclassify's, and a legend that says what is colored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import classes


def squares(values: np.ndarray, upper: np.ndarray) -> float:
    """Sum of squares around class means: what natural breaks make least."""
    found = np.searchsorted(upper, values)
    groups = [values[found == c] for c in range(len(upper))]
    return float(sum(((g - g.mean()) ** 2).sum() for g in groups if len(g)))


@pytest.mark.filterwarnings("ignore:Numba not installed")
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("k", [3, 5])
def test_natural_breaks_equal_mapclassify(seed: int, k: int) -> None:
    import mapclassify

    values = np.random.default_rng(seed).gamma(0.8, 300, 87)
    theirs = mapclassify.FisherJenks(values, k=k).bins
    np.testing.assert_allclose(classes.natural(values, k), theirs)


@given(st.lists(st.integers(1, 60), min_size=7, max_size=14), st.integers(2, 4))
def test_natural_breaks_are_the_best_there_are(values: list[int], k: int) -> None:
    from itertools import combinations

    v = np.sort(np.array(values, float))
    best = min(
        squares(v, np.array([*(v[list(cut)]), v[-1]]))
        for cut in combinations(range(len(v) - 1), k - 1)
    )
    assert squares(v, classes.natural(v, k)) <= best + 1e-6


def test_quantiles_equal_mapclassify() -> None:
    import mapclassify

    values = np.random.default_rng(3).gamma(1, 9, 1500)
    theirs = mapclassify.Quantiles(values, k=5).bins
    np.testing.assert_allclose(classes.quantiles(values, 5), theirs)


@given(st.lists(st.floats(0, 1e6) | st.just(float("nan")), max_size=300))
def test_every_positive_value_has_a_class(values: list[float]) -> None:
    v = np.array(values, float)
    upper = classes.limits(v)
    found = classes.assign(v, upper)
    assert len(upper) <= 5 and upper == sorted(upper)
    assert ((found >= 0) == (v > 0)).all()
    assert all(x <= upper[c] for x, c in zip(v, found) if c >= 0)


def test_few_values_are_their_own_classes() -> None:
    assert classes.limits([3, 3, 0, 7, np.nan]) == [3, 7]
    assert classes.limits([]) == []


def test_many_of_few_values_are_quick_and_have_the_breaks_of_all() -> None:
    rng = np.random.default_rng(8)
    counts = rng.poisson(rng.gamma(1, 6, 200_000))  # its square would fill the memory
    found = classes.limits(counts)
    some = classes.limits(rng.choice(counts, 900))
    assert len(found) == 5 and found[-1] >= counts.max()
    assert np.abs(np.log(np.array(found[:3]) / np.array(some[:3]))).max() < 0.35
