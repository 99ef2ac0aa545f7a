"""The difference of two heats: what is planted is found, what chance makes is not."""

import numpy as np
import pytest

from geo import density
from geo.difference import Period, difference

SHAPE, METRES, BANDWIDTH = (60, 70), 100.0, 500.0
INSIDE = np.ones(SHAPE, bool)
MEAN = 20 * np.exp(-((np.mgrid[:60, :70] - 30.0) ** 2).sum(axis=0) / 500)


def test_the_change_is_that_of_the_surfaces() -> None:
    rng = np.random.default_rng(0)
    now, before = (rng.poisson(MEAN) for _ in "ab")
    found = difference(Period(now, 4.0), Period(before, 8.0), INSIDE, METRES, BANDWIDTH)
    surfaces = [
        density.per_km2_per_week(counts, INSIDE, METRES, BANDWIDTH, weeks)
        for counts, weeks in ((now, 4.0), (before, 8.0))
    ]
    np.testing.assert_allclose(found.change, surfaces[0] - surfaces[1], rtol=1e-9)


def test_variance_is_that_of_the_kernel_squared() -> None:
    """The spread of many differences of chance is what the test believes."""
    rng = np.random.default_rng(1)
    changes = []
    for _ in range(200):
        a, b = (Period(rng.poisson(MEAN), 1.0) for _ in "ab")
        changes.append(difference(a, b, INSIDE, METRES, BANDWIDTH).change[30, 35])
    reach = np.exp(-((np.mgrid[:60, :70] - np.array([30, 35])[:, None, None]) ** 2 * 1e4).sum(0)
                   / BANDWIDTH**2) / (2 * np.pi * BANDWIDTH**2) ** 2  # fmt: skip
    believed = np.sqrt(2 * (reach * MEAN).sum()) * 1e6
    assert np.std(changes) == pytest.approx(believed, rel=0.2)


def test_chance_alone_flags_at_most_one_run_in_twenty() -> None:
    rng = np.random.default_rng(2)
    flagged = 0
    for _ in range(200):
        a, b = (Period(rng.poisson(MEAN), 1.0) for _ in "ab")
        flagged += difference(a, b, INSIDE, METRES, BANDWIDTH).sure.any()
    assert flagged <= 0.05 * 200 + 3 * np.sqrt(200 * 0.05 * 0.95)


def test_counts_that_vary_more_need_more() -> None:
    rng = np.random.default_rng(3)

    def wild(mean: np.ndarray) -> np.ndarray:
        return 9 * rng.poisson(mean / 9)  # nine of each: nine times the variance

    naive = widened = 0
    for _ in range(60):
        a, b = (Period(wild(MEAN), 1.0) for _ in "ab")
        naive += difference(a, b, INSIDE, METRES, BANDWIDTH).sure.any()
        widened += difference(a, b, INSIDE, METRES, BANDWIDTH, 9.0).sure.any()
    assert naive > 50 and widened <= 7


def test_a_planted_rise_is_found_where_it_is() -> None:
    rng = np.random.default_rng(4)
    risen = MEAN.copy()
    risen[20:30, 40:50] += 12
    found = difference(Period(rng.poisson(risen), 1.0), Period(rng.poisson(MEAN), 1.0),
                       INSIDE, METRES, BANDWIDTH)  # fmt: skip
    assert found.sure[22:28, 42:48].all() and (found.change[found.sure] > 0).all()
    assert not found.sure[45:, :20].any()


def test_nothing_is_said_where_there_is_little_or_nothing() -> None:
    few = np.zeros(SHAPE)
    few[30, 30] = 8
    found = difference(Period(few, 1.0), Period(np.zeros(SHAPE), 1.0), INSIDE, METRES, BANDWIDTH)
    assert not found.sure.any()
    inside = INSIDE.copy()
    inside[:, :20] = False
    found = difference(Period(few, 1.0), Period(few, 1.0), inside, METRES, BANDWIDTH, degrees=20)
    assert np.isnan(found.change[:, :20]).all() and not found.sure.any()
