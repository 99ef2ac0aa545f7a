"""Quantiles of negative binomial counts are those of scipy, which searches for each anew."""

import numpy as np
import pytest
from scipy import special, stats

from geo import negative_binomial, outbreak_bands, weekly_noise
from geo.weekly_noise import Noise


@pytest.mark.parametrize("mean", [1e-6, 0.003, 0.5, 1.3, 40.0, 2000.0, 50_000.0])
@pytest.mark.parametrize("factor", [1.001, 1.3, 5.0, 30.0, 1000.0])
def test_quantiles_are_those_of_scipy(mean: float, factor: float) -> None:
    chance = np.random.default_rng(1).random((40, 25))
    chance[0, :4] = [1e-12, 1e-4, 1 - 1e-9, 1 - 1e-12]
    found = negative_binomial.quantiles(chance, mean, factor)
    expected = stats.nbinom.ppf(chance, mean / (factor - 1), 1 / factor)
    assert np.array_equal(found, expected)


def test_certain_and_impossible_chances_have_an_end() -> None:
    none, every = negative_binomial.quantiles(np.array([0.0, 1.0]), 3.0, 2.0)
    assert none == 0 and 60 < every < 200
    assert stats.nbinom.sf(every, 3.0, 0.5) < 1e-15


def test_weeks_are_those_of_whole_tables() -> None:
    """The weeks of one mean from a table of all counts up to far beyond it."""
    rng, noise = np.random.default_rng(2), Noise(4.0, 0.3, behind=False)
    normal = rng.standard_normal((50, 6))
    mean = np.array([0.0, 7.5, 7.5, 300.0, 300.0, 0.2])
    score = normal.T.copy()
    for i in range(1, 6):
        score[i] = 0.3 * score[i - 1] + np.sqrt(1 - 0.3**2) * score[i]
    chance = special.ndtr(score)
    found = weekly_noise.weeks(normal, mean, noise)
    for week, value in enumerate(mean):
        table = special.betainc(value / 3, np.arange(3000) + 1.0, 1 / 4) if value else np.ones(1)
        assert np.array_equal(found[:, week], np.searchsorted(table, chance[week]))


@pytest.mark.parametrize(
    ("weeks", "a_month", "clear_from"),
    [(1, 0.6902717479452244, 1.8293808784015144), (4, 0.6902717479452244, 2.2212021354933813)],
)
def test_false_alarms_are_those_worked_out_all_at_once(
    weeks: int, a_month: float, clear_from: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures are of the version that held all replicates of all series in memory."""
    rng = np.random.default_rng(1)
    table = rng.negative_binomial(3, 3 / (3 + rng.gamma(1, 1, (40, 1))), (40, 313)).astype(float)
    table[:3, :100], table[4] = np.nan, 0
    found = outbreak_bands.false_alarms(table, weeks, seed=3)
    assert found.a_month == pytest.approx(a_month) and found.clear_from == pytest.approx(clear_from)
    monkeypatch.setattr(outbreak_bands, "AT_ONCE", 500_000)
    assert outbreak_bands.false_alarms(table, weeks, seed=3) == pytest.approx(found)
