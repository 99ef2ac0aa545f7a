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
    lower = classes.limits(v)
    found = classes.assign(v, lower)
    assert len(lower) <= 5 and lower == sorted(set(lower)) and lower[:1] == [0.0][: len(lower)]
    assert ((found >= 0) == (v > 0)).all()
    ends = [*lower[1:], np.inf]
    assert all(lower[c] <= x < ends[c] for x, c in zip(v, found) if c >= 0)
    assert set(found[found >= 0]) == set(range(len(lower)))  # no class holds nothing


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=300))
def test_limits_of_counts_are_whole(values: list[int]) -> None:
    assert all(limit == int(limit) for limit in classes.limits(values))


@pytest.mark.parametrize("seed", range(8))
def test_limits_are_round_and_part_what_natural_breaks_part(seed: int) -> None:
    """Two figures at most; a value changes its class only within the step of two figures."""
    values = np.random.default_rng(seed).gamma(0.8, 300, 87)
    lower = classes.limits(values)
    assert [float(f"{limit:.2g}") for limit in lower] == lower
    theirs = np.searchsorted(classes.natural(values, 5), values)
    ours = classes.assign(values, lower)
    moved = values[ours != theirs]
    assert len(moved) <= 3
    for value in moved:
        assert min(abs(value / limit - 1) for limit in lower[1:]) < 0.05


def test_few_values_are_their_own_classes() -> None:
    assert classes.limits([3, 3, 0, 7, np.nan]) == [0, 5]
    assert classes.assign([3, 5, 7, 0, np.nan], [0, 5]).tolist() == [0, 1, 1, -1, -1]
    assert classes.limits([1, 2, 3, 40, 500]) == [0, 2, 3, 20, 300]
    assert classes.limits([7]) == [0]
    assert classes.limits([]) == []


def test_many_of_few_values_are_quick_and_have_the_breaks_of_all() -> None:
    rng = np.random.default_rng(8)
    counts = rng.poisson(rng.gamma(1, 6, 200_000))  # its square would fill the memory
    found = classes.limits(counts)
    some = classes.limits(rng.choice(counts, 900))
    assert len(found) == 5 and found[-1] <= counts.max()
    assert np.abs(np.log(np.array(found[1:4]) / np.array(some[1:4]))).max() < 0.35
