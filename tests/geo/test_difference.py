"""The difference of two heats: what is planted is found, what chance makes is not."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from data.maps import heat_surface
from data.storage.store import Store
from data.views import pixel_counts
from data.views.view import View
from geo import density
from geo.difference import REACH, Period, difference, dispersion

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
    reach = (
        np.exp(
            -((np.mgrid[:60, :70] - np.array([30, 35])[:, None, None]) ** 2 * 1e4).sum(0)
            / BANDWIDTH**2
        )
        / (2 * np.pi * BANDWIDTH**2) ** 2
    )
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
    found = difference(
        Period(rng.poisson(risen), 1.0), Period(rng.poisson(MEAN), 1.0), INSIDE, METRES, BANDWIDTH
    )
    assert found.sure[22:28, 42:48].all() and (found.change[found.sure] > 0).all()
    assert not found.sure[45:, :20].any()


@pytest.mark.parametrize(("mean", "weeks"), [(0.5, 1.0), (0.2, 2.0)])
def test_the_smallest_rise_is_found_four_times_in_five(mean: float, weeks: float) -> None:
    """Within two bandwidths of a pixel; a rise by half of that much more is mostly missed."""
    rng = np.random.default_rng(7)
    level = np.full(SHAPE, mean)
    middle = np.hypot(*(np.mgrid[:60, :70] - np.array([30, 35])[:, None, None])) * METRES
    near = middle <= REACH * BANDWIDTH

    def found(factor: float) -> tuple[float, float]:
        runs = [
            difference(
                Period(rng.poisson(level * weeks * np.where(near, factor, 1)), weeks),
                Period(rng.poisson(level), 1.0),
                INSIDE,
                METRES,
                BANDWIDTH,
            )
            for _ in range(40)
        ]
        share = np.mean([(one.sure & near).any() for one in runs])
        return float(share), float(np.median([one.smallest for one in runs]))

    smallest = found(1.0)[1]
    assert 1 < smallest < 5
    assert found(smallest)[0] >= 0.7  # 80%, less two standard errors
    assert found(1 + (smallest - 1) / 3)[0] <= 0.6
    few = np.zeros(SHAPE)
    nothing = difference(Period(few, 1.0), Period(few, 1.0), INSIDE, METRES, BANDWIDTH)
    assert np.isnan(nothing.smallest)


def test_nothing_is_said_where_there_is_little_or_nothing() -> None:
    few = np.zeros(SHAPE)
    few[30, 30] = 8
    found = difference(Period(few, 1.0), Period(np.zeros(SHAPE), 1.0), INSIDE, METRES, BANDWIDTH)
    assert not found.sure.any()
    inside = INSIDE.copy()
    inside[:, :20] = False
    found = difference(Period(few, 1.0), Period(few, 1.0), inside, METRES, BANDWIDTH, degrees=20)
    assert np.isnan(found.change[:, :20]).all() and not found.sure.any()


def test_dispersion_sees_what_neighbors_do_together() -> None:
    rng = np.random.default_rng(5)
    usual = rng.poisson(MEAN, (30, *SHAPE))
    factor, degrees = dispersion(usual[:15], usual[15:], INSIDE, METRES, BANDWIDTH)
    assert degrees == 28 + 10 and factor[20:40, 25:45].mean() == pytest.approx(1.1, abs=0.15)
    weeks = rng.gamma(20, 1 / 20, (30, 1, 1))  # the whole place has busy and quiet weeks
    moved = rng.poisson(MEAN * weeks)
    small, large = (
        dispersion(moved[:15], moved[15:], INSIDE, METRES, width)[0][30, 35] for width in (200, 800)
    )
    assert 1.2 < small < large  # the more is seen together, the more


@pytest.mark.parametrize("runs", [16, pytest.param(40, marks=pytest.mark.prove)])
def test_shuffled_weeks_of_the_sample_flag_nothing(sample_store: Path, runs: int) -> None:
    """Real stops, weeks dealt to two periods at random: at most one run in twenty may flag."""
    current = Store(sample_store).at(str(Store(sample_store).stamp()))
    asked = View(current.stamp, ("police-stops",), date(2017, 1, 2), date(2017, 12, 31))
    place = heat_surface.extent(current)
    assert place is not None
    rng = np.random.default_rng(6)
    bandwidth, flagged = 800, 0
    over = heat_surface.window(
        place, heat_surface.visible_window(place, 2 * bandwidth)[0], bandwidth
    )
    grid = over.around
    weekly = heat_surface.with_border_counts(pixel_counts.by_step(current, asked, grid, 7), over)
    assert weekly.shape[0] == 52 and weekly.sum() > 50_000
    for _ in range(runs):
        order = rng.permutation(52)
        dealt = (weekly[order[:20]], weekly[order[20:40]])
        factor, degrees = dispersion(*dealt, over.inside, grid.metres, bandwidth)
        periods = [Period(part.sum(axis=0), 20.0) for part in dealt]
        found = difference(*periods, over.inside, grid.metres, bandwidth, factor, degrees)
        flagged += found.sure.any()
    assert flagged <= runs / 8  # so many by chance
