"""The highest scores of a scan are those of all windows, though few windows are worked out."""

from collections.abc import Callable

import numpy as np
import pytest

from geo import highest_scores, prospective, scan_windows, window_scores
from geo.scan_windows import Circles

LONGEST, SHARE = 14, 0.5


def counts(seed: int, areas: int = 30, days: int = 220) -> np.ndarray:
    rng = np.random.default_rng(seed)
    table = rng.negative_binomial(1, 0.6, (areas, days))
    table[:3, -6:] += rng.poisson(2, (3, 6))
    return table


def looked(table: np.ndarray, longest: int = LONGEST) -> window_scores.Look:
    x, y = np.random.default_rng(len(table)).uniform(0, 1e4, (2, len(table)))
    return prospective.looking(table, x, y, longest, 98, SHARE)


@pytest.mark.parametrize("seed", range(3))
def test_of_days_is_the_maximum_of_all_circles(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = counts(seed)
    look, last = looked(table), np.arange(97, 220)
    every, length = window_scores.scores(table, look, last)
    for cells in (2_000, 10**9):
        monkeypatch.setattr(highest_scores, "MOST_CELLS", cells)
        highest, newest, which = highest_scores.of_days(table, look, last)
        assert np.array_equal(highest, every.max(axis=0))
        assert np.array_equal(newest, every[:, -1]) and np.array_equal(which, length[:, -1])


@pytest.mark.parametrize("longest", [7, 14, 42])
def test_of_replicates_is_the_maximum_of_all_circles(
    longest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against every window of every dealt order, and the weeks before the newest days."""
    table, many = counts(7), 20
    look = looked(table, longest)
    monkeypatch.setattr(highest_scores, "MOST_CELLS", 5_000)
    monkeypatch.setattr(highest_scores, "CELLS", 100)
    found = highest_scores.of_replicates(table, look, many, np.random.default_rng(3))
    base = table[:, -look.baseline :]
    held = scan_windows.held(look.circles, base).astype(float)
    every = base.sum(axis=0).astype(float)
    ends = window_scores.week_ends(look, many, np.random.default_rng(3))
    newest = -(-longest // 7)
    days = window_scores.days_of(ends[:, :newest], look.baseline)
    share = held.sum(axis=1) / every.sum()
    for i in range(many):
        best = np.zeros(len(held))
        for length in look.lengths:
            some = days[i, :length]
            mean = share * every[some].sum()
            best = np.maximum(best, window_scores.likelihood(held[:, some].sum(axis=1), mean))
        assert found[i] == pytest.approx((best / spread(held, every, ends[i, :newest])).max())


def spread(held: np.ndarray, every: np.ndarray, dealt: np.ndarray) -> np.ndarray:
    """The dispersion of all weeks of the circle of days but, seven times over, those dealt."""
    day = np.arange(held.shape[1])
    week = np.add.outer(day, -np.arange(7)) % held.shape[1]
    inside, outside = held[:, week].sum(axis=2), every[week].sum(axis=1)
    weight = np.ones(held.shape[1])
    np.subtract.at(weight, dealt, 7)
    n, c = (outside * weight).sum(), (inside * weight).sum(axis=1)
    chi = (inside**2 / outside * weight).sum(axis=1) / (c / n) - c
    return np.maximum(chi / weight.sum() / (1 - c / n), 1.0)


def test_circles_that_grow_are_those_picked_one_by_one() -> None:
    table = counts(4, areas=60)
    x, y = np.random.default_rng(60).uniform(0, 1e4, (2, 60))
    found = scan_windows.circles(scan_windows.distances(x, y), table.sum(axis=1), SHARE)
    kept = []
    for start, stop in found.by_centre():
        before = 0.0
        for window in range(start, stop):
            if found.end[window] >= before * prospective.GROWTH:
                kept.append(window)
                before = float(found.end[window])
    assert np.array_equal(looked(table).circles.end, found.end[kept])
    assert np.array_equal(looked(table).circles.centre, found.centre[kept])


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.float64])
def test_what_circles_hold_is_the_sum_of_their_areas(kind: Callable[..., object]) -> None:
    table = counts(5)
    circles: Circles = looked(table).circles
    found = scan_windows.held(circles, table.astype(kind))  # type: ignore[call-overload]
    assert found.dtype == kind
    for window in range(len(circles.end)):
        assert np.array_equal(found[window], table[circles.members(window)].sum(axis=0))


def test_three_steps_are_the_scan() -> None:
    table = counts(6)
    x, y = np.random.default_rng(30).uniform(0, 1e4, (2, 30))
    whole = prospective.scan(table, x, y, LONGEST, SHARE, 49, 1)
    seen = prospective.look_back(table, x, y, LONGEST, SHARE)
    steps = prospective.conclude(table, x, y, seen, prospective.deal(table, seen.look, 49, 1))
    assert np.array_equal(whole.past, steps.past) and np.array_equal(whole.dealt, steps.dealt)
    assert whole.clusters.equals(steps.clusters) and len(whole.clusters)
