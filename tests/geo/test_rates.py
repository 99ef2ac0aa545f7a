"""Rates and changes: against exact values, and against what chance does."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, special, stats

from bench.calibrations import change
from data.views import coverage
from geo import forest, rates, tabulate


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
    # no variation at all: exact conditional, mid-p; 60 of 80 with 2/3 of the time
    odds = change.lower[0] / 0.5, change.upper[0] / 0.5
    low, high = (odd / (1 + odd) for odd in odds)
    half = stats.binom.pmf(60, 80, low) / 2, stats.binom.pmf(60, 80, high) / 2
    assert stats.binom.sf(60, 80, low) + half[0] == pytest.approx(0.025, abs=1e-6)
    assert stats.binom.cdf(59, 80, high) + half[1] == pytest.approx(0.025, abs=1e-6)
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


PERIODS = [(4, 4), (13, 13), (26, 26), (8, 44), (44, 8), (2, 26)]


@pytest.mark.parametrize("weeks", PERIODS)
def test_shuffled_weeks_flag_five_percent(weeks: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    size = rng.gamma(1.2, 10, 87)[:, None]
    swing = rng.gamma(12, 1 / 12, 52)[None, :]  # weeks that rise and fall together
    counts = rng.poisson(size * swing * rng.gamma(8, 1 / 8, (87, 52)))
    assert _flagged(counts, *weeks, runs=60, seed=6) == pytest.approx(0.05, abs=0.02)
    # one row has no other to borrow from
    assert _flagged(counts[80:81], *weeks, runs=500, seed=7) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("weeks", PERIODS[:4])
def test_shuffled_weeks_of_the_sample(sample_weeks: dict[str, np.ndarray], weeks: tuple) -> None:
    cities = []
    for source, counts in sample_weeks.items():
        flagged = _flagged(counts, *weeks, runs=40, seed=8)
        # few events cannot show a change, and must not show one that is none
        assert flagged <= 0.07, source
        if source == "police-stops":
            assert flagged == pytest.approx(0.05, abs=0.02)
        few = counts[counts.mean(axis=1) * sum(weeks) < 10]
        if len(few):
            assert _flagged(few, *weeks, runs=40, seed=10) <= 0.05, source
        cities.append(_flagged(counts.sum(axis=0, keepdims=True), *weeks, runs=400, seed=11))
    # one row a source, alone. A source's own share is known to 1.1% only, so they are taken
    # together; 20,000 shuffles of 13 and 13 weeks gave 4.8, 5.5 and 6.2%
    assert np.mean(cities) == pytest.approx(0.05, abs=0.02)


@pytest.fixture(scope="module")
def sample_weeks(sample_store: Path) -> dict[str, np.ndarray]:
    """Counts of whole weeks by neighborhood of three sources of the sample."""
    from data.maps import outlines
    from data.storage.store import Store
    from data.views import view_counts
    from tests.views.test_view import view

    store = Store(sample_store)
    stamp = store.stamp()
    assert stamp
    current = store.at(stamp)
    units = outlines.units(current, "neighborhoods")["unit"]
    out = {}
    for source in ("police-stops", "use-of-force", "community-made"):
        asked = view(current, source=[source.replace("-", " ")])
        found = view_counts.by_area_and_step(current, asked, 7)
        rows = tabulate.aligned(units, found.units, found.counts)
        out[source] = rows[:, coverage.cover(asked, current.meta).whole(7)]
    return out


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.5, 1.0, 7.0]))
def test_the_interval_turns_with_its_sides(n: int, m: int, exposure: float) -> None:
    rng = np.random.default_rng(n * 41 + m)
    a, b = rng.multinomial(n, [0.25] * 4)[None], rng.multinomial(m, [0.1] * 10)[None]
    one, other = rates.change(a, b, exposure, 2.0), rates.change(b, a, 2.0, exposure)
    assert one.sure[0] == -other.sure[0]
    if n and m:
        for side, turned in ((one.lower, other.upper), (one.ratio, other.ratio)):
            assert side[0] == pytest.approx(1 / turned[0])
        assert one.lower[0] <= one.ratio[0] <= one.upper[0]


@given(st.floats(0.1, 1e5), st.floats(0.1, 1e5), st.sampled_from([0.025, 0.005]))
def test_the_least_share_is_mid_p(n: float, m: float, tail: float) -> None:
    share = rates._least_share(np.array([n]), np.array([m]), tail)[0]
    half = special.betainc(n, m + 1, share) / 2 + special.betainc(n + 1, m, share) / 2
    assert half <= tail + 1e-6
    assert min(n, m) < 1 or half == pytest.approx(tail, rel=1e-6)


def test_exposure_makes_rates() -> None:
    rng = np.random.default_rng(12)
    a, b = rng.poisson(30, (5, 10)), rng.poisson(20, (5, 8))
    plain = rates.change(a, b)
    by = rates.change(a, b, exposure=[3000, 1000, 0, np.nan, 1000], exposure_before=1000)
    np.testing.assert_allclose(by.ratio[[0, 1, 4]], plain.ratio[[0, 1, 4]] / [3, 1, 1])
    np.testing.assert_allclose(by.upper[[0, 1, 4]], plain.upper[[0, 1, 4]] / [3, 1, 1])
    assert np.isnan([by.ratio[2:4], by.lower[2:4], by.upper[2:4]]).all()
    assert (by.sure[2:4] == 0).all()
    assert (forest.ratios(a, b, [3000, 1000, 0, np.nan, 1000]).finding[2:4] == "none").all()


def test_the_interval_covers_the_ratio() -> None:
    rng = np.random.default_rng(13)
    size = rng.gamma(1.5, 20, (400, 1))
    a = rng.poisson(size * 1.7 * rng.gamma(5, 1 / 5, (400, 12)))
    b = rng.poisson(size * rng.gamma(5, 1 / 5, (400, 30)))
    change = rates.change(a, b)
    assert ((change.lower <= 1.7) & (change.upper >= 1.7)).mean() == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("weeks", [4, 13, 52])
def test_paired_weeks_cancel_what_both_do(weeks: int) -> None:
    rng = np.random.default_rng(14)
    flagged: dict[bool, list[float]] = {True: [], False: []}
    width: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(60):
        size = rng.gamma(1.5, 20, (40, 1)) * rng.gamma(4, 1 / 4, (1, weeks))
        a = rng.poisson(size * rng.gamma(8, 1 / 8, (40, weeks)))
        b = rng.poisson(3 * size * rng.gamma(8, 1 / 8, (40, weeks)))
        for paired in (True, False):
            change = rates.change(a, b, 1, 3, paired=paired)
            flagged[paired].append(np.mean(change.sure != 0))
            width[paired].append(np.median(np.log(change.upper[a.sum(axis=1) > 5])))
    assert np.mean(flagged[True]) == pytest.approx(0.05, abs=0.02)
    assert np.mean(flagged[False]) < 0.02  # as if independent: too wide, never too narrow
    assert np.mean(width[True]) < np.mean(width[False])


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(ValueError, match="same areas"):
        rates.change(np.ones((2, 5)), np.ones((3, 5)))
    with pytest.raises(ValueError, match="same weeks"):
        rates.change(np.ones((2, 5)), np.ones((2, 4)), paired=True)


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


def _somewhere(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, sparse.csr_matrix]:
    """Events, residents and neighbors of made areas."""
    rng = np.random.default_rng(seed)
    people = rng.integers(200, 20_000, n).astype(float)
    events = rng.poisson(people * rng.gamma(3, 1 / 3000, n))
    near = np.triu(rng.random((n, n)) < 5 / n, 1)
    return events, people, sparse.csr_matrix((near | near.T).astype(float))


@pytest.mark.parametrize("seed", range(4))
def test_empirical_bayes_is_that_of_pysal(seed: int) -> None:
    smoothing = pytest.importorskip("esda.smoothing")
    weights = pytest.importorskip("libpysal.weights")
    events, people, near = _somewhere(60, seed)
    theirs = smoothing.Empirical_Bayes(events, people).r.ravel()
    np.testing.assert_allclose(rates.empirical_bayes(events, people), theirs)
    held = np.flatnonzero(near.sum(axis=1).A1 > 0)  # PySAL warns of islands
    events, people, near = events[held], people[held], near[held][:, held]
    w = weights.W({i: near[i].indices.tolist() for i in range(len(held))}, silence_warnings=True)
    w.id_order = list(range(len(held)))
    theirs = smoothing.Spatial_Empirical_Bayes(events, people, w).r.ravel()
    np.testing.assert_allclose(rates.empirical_bayes(events, people, near), theirs, rtol=1e-9)


def test_neighbors_without_population_are_not_used() -> None:
    events, people, near = _somewhere(30, 9)
    people[[3, 7]] = 0, np.nan
    smooth = rates.empirical_bayes(events, people, near)
    held = people > 0
    rest = rates.empirical_bayes(events[held], people[held], near[held][:, held])
    assert np.isnan(smooth[~held]).all()
    np.testing.assert_array_equal(smooth[held], rest)


def test_an_area_without_neighbors_keeps_its_rate() -> None:
    alone = rates.empirical_bayes([3, 0, 9], [100.0, 50, 300], sparse.csr_matrix((3, 3)))
    np.testing.assert_allclose(alone, [0.03, 0, 0.03])


@pytest.mark.parametrize("near", [np.eye(3), 2 * (1 - np.eye(3)), np.zeros((2, 2))])
def test_weights_that_are_no_neighbors_are_refused(near: np.ndarray) -> None:
    with pytest.raises(ValueError, match="weights"):
        rates.empirical_bayes([1, 2, 3], [10, 10, 10], sparse.csr_matrix(near))


def test_fewer_than_twenty_events_are_unreliable() -> None:
    assert rates.unreliable([0, 19, 20, 400]).tolist() == [True, True, False, False]


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


def test_no_season_and_no_memory_passes_for_a_change() -> None:
    """The bench's cases with few runs: what pages call higher or lower where nothing changed."""
    for case in change.CASES:
        if not case.power and ("26 weeks" in case.data or "13 weeks" in case.data):
            runs = 10 if "87" in case.data else 30
            found = sum(case.trial(np.random.default_rng([3, i]))[0] for i in range(runs))
            assert found <= stats.binom.ppf(0.999, runs, 0.05), case.data
