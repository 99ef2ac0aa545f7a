"""Rates and changes: against exact values, and against what chance does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geo import rates, tabulate


def test_poisson_interval_is_garwood() -> None:
    lower, upper = rates.poisson_interval([0, 1, 10, 100])
    # Garwood (1936), as printed in Ulm (1990), Am. J. Epidemiology 131
    np.testing.assert_allclose(lower, [0, 0.0253, 4.7954, 81.364], atol=1e-3)
    np.testing.assert_allclose(upper, [3.6889, 5.5716, 18.3904, 121.627], atol=1e-3)


@given(st.integers(0, 2000))
def test_poisson_interval_covers(n: int) -> None:
    lower, upper = rates.poisson_interval(n)
    assert lower <= n <= upper
    assert n == 0 or stats.poisson.sf(n - 1, lower) <= 0.025 + 1e-9
    assert stats.poisson.cdf(n, upper) <= 0.025 + 1e-9


def test_dispersion_of_poisson_weeks_is_one() -> None:
    rng = np.random.default_rng(1)
    factor, free = rates.dispersion(rng.poisson(50, (200, 30)), rng.poisson(80, (200, 20)))
    assert free == 48
    assert np.mean(factor) == pytest.approx(1.08, abs=0.05)  # never below 1, so a bit above


def test_dispersion_ignores_a_change_of_the_mean() -> None:
    rng = np.random.default_rng(2)
    same, _ = rates.dispersion(rng.poisson(40, (50, 26)), rng.poisson(40, (50, 26)))
    moved, _ = rates.dispersion(rng.poisson(40, (50, 26)), rng.poisson(90, (50, 26)))
    assert moved.mean() == pytest.approx(same.mean(), abs=0.1)


def test_change_by_hand() -> None:
    change = rates.change(np.full((1, 10), 6), np.full((1, 5), 4))
    assert change.ratio[0] == pytest.approx(1.5)
    # no variation at all: exact conditional; 60 of 80 with 2/3 of the time
    low = stats.beta.ppf(0.025, 60, 21)
    assert change.lower[0] == pytest.approx(0.5 * low / (1 - low))
    assert change.sure[0] == 0


def test_nothing_is_said_without_events_or_weeks() -> None:
    empty = rates.change(np.zeros((2, 8)), np.zeros((2, 8)))
    assert np.isnan(empty.ratio).all() and (empty.sure == 0).all()
    single = rates.change([[5]], [[50]])
    assert np.isnan(single.ratio[0]) and single.sure[0] == 0


def test_appearing_from_nothing_is_bounded_below_only_by_data() -> None:
    change = rates.change(np.full((1, 8), 5), np.zeros((1, 8)))
    assert np.isnan(change.ratio[0]) and change.lower[0] > 1 and change.sure[0] == 1


def _flagged(counts: np.ndarray, a: int, b: int, runs: int, seed: int) -> float:
    """Share of areas called changed when weeks are shuffled: nothing has changed."""
    rng = np.random.default_rng(seed)
    flagged = []
    for _ in range(runs):
        order = rng.permutation(counts.shape[1])
        change = rates.change(counts[:, order[:a]], counts[:, order[a : a + b]])
        flagged.append((change.sure != 0).mean())
    return float(np.mean(flagged))


@pytest.mark.parametrize("weeks", [(26, 26), (13, 13), (8, 44)])
def test_shuffled_weeks_flag_five_percent(weeks: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    size = rng.gamma(1.2, 10, 87)[:, None]
    swing = rng.gamma(12, 1 / 12, 52)[None, :]  # weeks that rise and fall together
    counts = rng.poisson(size * swing * rng.gamma(8, 1 / 8, (87, 52)))
    assert _flagged(counts, *weeks, runs=120, seed=6) == pytest.approx(0.05, abs=0.02)


def test_a_real_change_is_found() -> None:
    rng = np.random.default_rng(7)
    change = rates.change(rng.poisson(60, (40, 20)), rng.poisson(40, (40, 20)))
    assert (change.sure == 1).mean() > 0.95


def test_empirical_bayes_draws_small_places_in() -> None:
    events, people = np.array([3, 300, 10, 0]), np.array([100.0, 30_000, 1_000, 0])
    smooth = rates.empirical_bayes(events, people)
    overall = events[:3].sum() / people[:3].sum()
    raw = events[:3] / people[:3]
    assert np.isnan(smooth[3])
    assert (np.abs(smooth[:3] - overall) <= np.abs(raw - overall) + 1e-12).all()
    # the fewer the residents, the more of the way to the overall rate
    drawn = np.abs(smooth[:3] - overall) / np.abs(raw - overall)
    assert drawn[0] < drawn[2]


def test_table_of_areas() -> None:
    now, before = np.full((3, 6), 10), np.array([[5] * 6, [10] * 6, [0] * 6])
    table = tabulate.areas_table(["a", "b", "c"], [1000, 0, np.nan], now.sum(axis=1), now, before)
    assert table["n"].tolist() == [60, 60, 60]
    assert table["rate"].iloc[0] == 60 and np.isnan(table["rate"].iloc[1:]).all()
    assert table["share"].sum() == pytest.approx(100)
    assert table["change"].tolist() == ["higher", "not clear", "higher"]


@given(st.lists(st.integers(0, 50), unique=True, min_size=1, max_size=30), st.randoms())
def test_aligned_puts_counts_where_their_unit_is(units: list[int], random: object) -> None:
    rng = np.random.default_rng(len(units))
    found = rng.permutation([*units[: len(units) // 2], -1, 99])
    counts = rng.integers(0, 9, (len(found), 3))
    out = tabulate.aligned(units, found, counts)
    for unit, row in zip(units, out):
        held = np.flatnonzero(found == unit)
        assert (row == (counts[held[0]] if len(held) else 0)).all()
