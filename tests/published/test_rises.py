"""More than a year before: said where chance can hardly have made it, and hardly ever falsely."""

import numpy as np
import pytest

from data.published import rises
from data.published.grid import Grid
from geo import discrete_laplace
from geo.arrays import Ints

CASES = [(73, 2040, 0.5, 4), (73, 13_600, 0.45, 12), (13, 204, 0.45, 1), (13, 2040, 0.25, 4)]
IDS = ["group-quarter", "group-month", "district-year", "district-quarter"]


def counted(rng: np.random.Generator, mean: Ints, burst: float, size: int) -> Ints:
    """Events, of which a share comes in bursts of so many at one place."""
    return rng.poisson(mean * (1 - burst)) + size * rng.poisson(mean * burst / size)


def released(rng: np.random.Generator, counts: Ints, epsilon: float, parts: int) -> Grid:
    a = np.exp(-epsilon)
    noise = rng.geometric(1 - a, counts.shape) - rng.geometric(1 - a, counts.shape)
    n = np.maximum(counts + noise, 0)
    names = {4: "{}-Q{}", 12: "{}-{:02d}", 1: "{}"}[parts]
    years = len(counts) // parts
    periods = tuple(names.format(2021 + y, q + 1) for y in range(years) for q in range(parts))
    sd = np.full(n.shape, float(np.sqrt(discrete_laplace.variance(epsilon))))
    return Grid(periods, tuple(range(n.shape[1])), n, n, n, sd, ("year",) * len(periods))


def place(rng: np.random.Generator, areas: int, total: int, parts: int, years: int) -> Ints:
    """The means of a place that does not change: skewed, and with a season."""
    weight = rng.lognormal(0, 1.1, areas)
    season = 1 + (0.8 * np.cos(2 * np.pi * np.arange(parts) / parts) if parts > 1 else 0)
    means = (total / parts) * np.tile(np.atleast_1d(season), years)[:, None] * weight
    return np.asarray(means / weight.sum())


@pytest.mark.parametrize("burst", [(0.0, 1), (0.12, 9), (0.12, 30)], ids=str)
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_at_most_one_map_in_twenty_of_an_unchanged_place_says_more(
    case: tuple[int, int, float, int], burst: tuple[float, int]
) -> None:
    areas, total, epsilon, parts = case
    rng = np.random.default_rng(5)
    wrong, maps = 0, 0
    while maps < 100:
        means = place(rng, areas, total, parts, 2 + maps % 3)
        grid = released(rng, counted(rng, means, *burst), epsilon, parts)
        for period in grid.periods[-parts:]:
            wrong += bool(rises.more_than_before(grid, period).any())
            maps += 1
    assert wrong <= 0.05 * maps, f"{wrong} of {maps}"


def test_noise_alone_flags_nothing_where_nothing_happened() -> None:
    """Empty areas are noise alone, whose tails are longer than the normal's."""
    rng = np.random.default_rng(8)
    wrong = sum(
        rises.more_than_before(released(rng, np.zeros((8, 73), int), 0.5, 4), "2022-Q3").any()
        for _ in range(100)
    )
    assert wrong <= 5, wrong


def test_a_planted_rise_is_found() -> None:
    """61 more events of one neighborhood in a quarter, as release.md plants them."""
    rng = np.random.default_rng(9)
    found = 0
    for _ in range(25):
        means = place(rng, 73, 2040, 4, 3)
        counts = counted(rng, means, 0.0, 1)
        counts[-1, 40] += 61
        more = rises.more_than_before(released(rng, counts, 0.5, 4), "2023-Q4")
        found += bool(more[40])
    assert found >= 21, found


def test_it_is_said_of_the_same_season_a_year_before_and_of_nothing_exact() -> None:
    n = np.array([[10, 10], [400, 10], [10, 10], [10, 10], [400, 10]])
    sd = np.full(n.shape, 3.0)
    periods = ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1")
    grid = Grid(periods, (1, 2), n, n, n, sd, ("year",) * 5)
    assert not rises.more_than_before(grid, "2023-Q2").any()  # no year before
    assert not rises.more_than_before(grid, "2031-Q1").any()  # no such period
    exact = grid._replace(sd=np.zeros(n.shape))
    assert not rises.more_than_before(exact, "2024-Q1").any()


def test_a_year_with_more_everywhere_is_no_chance() -> None:
    """What all areas share does not count as bursts: nearly nothing, then ten times as much."""
    rng = np.random.default_rng(10)
    means = place(rng, 13, 2040, 4, 2)
    means[:4] /= 12
    more = rises.more_than_before(released(rng, rng.poisson(means), 0.5, 4), "2022-Q1")
    assert more[means[4] > 30].all() and (means[4] > 30).sum() >= 3
