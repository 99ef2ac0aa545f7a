"""Scans: against SaTScan's numbers, against every window by plain loops, against chance."""

import math
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geo import scan, scan_windows

Window = tuple[float, frozenset[int], int]


def leukemia(shared: Path) -> tuple[np.ndarray, ...]:
    folder = shared / "reference/scan-ny-leukemia"
    cases, people, at = (
        pd.read_csv(folder / f"satscan_ny_{name}.txt", sep=r"\s+", header=None)
        for name in ("cases", "pop", "coords")
    )
    assert cases[0].equals(people[0]) and cases[0].equals(at[0])
    return cases[1].to_numpy(), people[2].to_numpy(), at[1].to_numpy(), at[2].to_numpy()


def small(seed: int, areas: int = 9, days: int = 8, cases: int = 60) -> Any:
    """Counts (areas, days) of a small map on a lattice, where many distances are equal."""
    rng = np.random.default_rng(seed)
    spot = rng.choice(16, areas, replace=False)
    often = rng.gamma(1, 1, (areas, 1)) * rng.gamma(3, 1, days)
    often[rng.integers(areas), -3:] *= 4
    counts = rng.multinomial(cases, (often / often.sum()).ravel()).reshape(areas, days)
    return counts, (spot % 4).astype(float), (spot // 4).astype(float)


def ratio(c: float, mu: float, total: float) -> float:
    """The log likelihood ratio as it is printed in the papers."""
    if c <= mu + 1e-9:
        return 0.0
    outside = (total - c) * math.log((total - c) / (total - mu)) if c < total else 0.0
    return c * math.log(c / mu) + outside


def circles(x: Any, y: Any, weight: Any, share: float = 0.5) -> set[frozenset[int]]:
    """Every set of areas within some distance of one that holds no more than its share."""
    areas, found = range(len(x)), set()
    for i, j in product(areas, areas):
        reach = math.dist((x[i], y[i]), (x[j], y[j])) + 1e-7
        inside = [k for k in areas if math.dist((x[i], y[i]), (x[k], y[k])) <= reach]
        if sum(weight[k] for k in inside) <= share * sum(weight) + 1e-9:
            found.add(frozenset(inside))
    return found


def every_in_space(cases: Any, people: Any, x: Any, y: Any, share: float) -> list[Window]:
    total, all_people = sum(cases), sum(people)
    found = []
    for inside in circles(x, y, people, share):
        c, mu = sum(cases[k] for k in inside), total * sum(people[k] for k in inside) / all_people
        found.append((ratio(c, mu, total), inside, 1))
    return found


def every_in_time(counts: Any, x: Any, y: Any, max_days: int, share: float) -> list[Window]:
    total = counts.sum()
    found = []
    for inside in circles(x, y, counts.sum(axis=1), share):
        for days in range(1, min(max_days, counts.shape[1]) + 1):
            c = sum(counts[k, -d] for k in inside for d in range(1, days + 1))
            here = sum(counts[k].sum() for k in inside)
            mu = here * sum(counts[:, -d].sum() for d in range(1, days + 1)) / total
            found.append((ratio(c, mu, total), inside, days))
    return found


def check(found: pd.DataFrame, every: list[Window]) -> None:
    """Each row is the best of the windows that share no area with the rows before."""
    taken: frozenset[int] = frozenset()
    for row in found.itertuples():
        left = [window for window in every if not window[1] & taken]
        assert row.llr == pytest.approx(max(left)[0], abs=1e-9)
        best = [window for window in left if window[0] > row.llr - 1e-9]
        assert (frozenset(row.members), getattr(row, "days", 1)) in [w[1:] for w in best]
        assert len(row.members) == min(len(window[1]) for window in best)
        assert row.centre in row.members
        taken |= frozenset(row.members)
    assert all(llr < 1e-9 for llr, inside, _ in every if not inside & taken)


def test_new_york_leukemia_as_satscan(shared: Path) -> None:
    cases, people, x, y = leukemia(shared)
    found = scan.poisson(cases, people, x, y, replicates=1999, seed=1)
    first, second = found.iloc[0], found.iloc[1]
    assert (first["centre"], len(first["members"])) == (51, 28)
    assert (first["population"], first["cases"]) == (111_674, 100)
    assert first["expected"] == pytest.approx(58.28, abs=0.005)
    assert first["llr"] == pytest.approx(14.083511, abs=5e-7)
    assert second["llr"] == pytest.approx(9.019716, abs=5e-7)
    inside, outside = 100 / first["expected"], 452 / (552 - first["expected"])
    assert first["relative_risk"] == pytest.approx(inside / outside)
    # SaTScan: 0.00015 and 0.016
    assert first["p"] <= 0.002
    assert second["p"] == pytest.approx(0.016, abs=4 * math.sqrt(0.016 / 2000))


@pytest.mark.parametrize("seed", range(12))
def test_poisson_is_every_window_tried(seed: int) -> None:
    counts, x, y = small(seed)
    cases, share = counts.sum(axis=1), (0.5, 0.3)[seed % 2]
    people = np.random.default_rng(seed).integers(1, 9, len(cases)) * 10.0
    found = scan.poisson(cases, people, x, y, share, replicates=9, seed=0)
    assert len(found)
    check(found, every_in_space(cases, people, x, y, share))
    for row in found.itertuples():
        assert row.population == people[row.members].sum()
        assert row.expected == pytest.approx(cases.sum() * row.population / people.sum())
        assert row.cases == cases[row.members].sum() > row.expected


@pytest.mark.parametrize("seed", range(12))
def test_space_time_is_every_window_tried(seed: int) -> None:
    counts, x, y = small(seed)
    max_days, share = (3, 30)[seed % 2], (0.5, 0.3)[seed // 2 % 2]
    found = scan.space_time_permutation(counts, x, y, max_days, share, replicates=9, seed=0)
    assert len(found)
    check(found, every_in_time(counts, x, y, max_days, share))
    total = counts.sum()
    for row in found.itertuples():
        assert row.start + row.days == counts.shape[1]
        assert row.cases == counts[row.members, row.start :].sum()
        mu = counts[row.members].sum() * counts[:, row.start :].sum() / total
        assert (row.expected, row.ratio) == pytest.approx((mu, row.cases / mu))


@pytest.mark.parametrize("cases", [3, 60, 2000, 300_000])
def test_highest_is_the_highest_of_all(cases: int) -> None:
    """Also where the highest is low, and where sums need wider numbers."""
    counts, x, y = small(4, cases=cases)
    by_area, by_day = counts.sum(axis=1), counts.sum(axis=0)[:-4:-1]
    found = scan_windows.circles(scan_windows.distances(x, y), by_area, 0.5)
    tables = scan.permuted(by_area, by_day, 40, np.random.default_rng(1))
    level = np.broadcast_to(np.outer(by_area, by_day)[:, :, None] // cases, (*tables.shape[:2], 2))
    tables = np.cumsum(np.concatenate([tables, level, 0 * level], axis=2), axis=1)
    expected = scan_windows.held(found, by_area[:, None]) * (np.cumsum(by_day) / cases)
    best = scan_windows.highest(found, tables, expected, cases)
    for table, got in zip(np.moveaxis(tables, 2, 0), best):
        c = scan_windows.held(found, np.ascontiguousarray(table))
        every = [ratio(*pair, cases) for pair in zip(c.ravel(), expected.ravel())]
        assert got == pytest.approx(max(every, default=0), abs=1e-9)


def test_equally_far_enters_together() -> None:
    #  a centre, four areas at 0.1 (a number that sums do not hit exactly), one outside
    x = 0.3 + np.array([0, 0.1, -0.1, 0, 0, 5])
    y = 0.7 + np.array([0, 0, 0, 0.1, -0.1, 5])
    found = scan_windows.circles(scan_windows.distances(x, y), np.ones(6), 0.5)
    of_middle = found.end[found.centre == 0]
    assert of_middle.tolist() == [1]  # all five would be more than half
    found = scan_windows.circles(scan_windows.distances(x, y), np.array([1, 1, 1, 1, 1, 9]), 0.5)
    assert found.end[found.centre == 0].tolist() == [1, 5]


def test_the_same_place_enters_together() -> None:
    x, y = np.array([1.0, 1, 2, 9, 9]), np.zeros(5)
    found = scan_windows.circles(scan_windows.distances(x, y), np.ones(5), 0.5)
    held = {tuple(found.members(i).tolist()) for i in range(len(found.end))}
    assert held == {(0, 1), (2,), (3, 4)}
    cases = np.array([40, 0, 5, 5, 5])
    first = scan.poisson(cases, np.full(5, 100), x, y, replicates=9, seed=0).iloc[0]
    assert first["members"] == [0, 1]


@pytest.mark.parametrize("seed", range(6))
def test_names_and_units_change_nothing(seed: int) -> None:
    counts, x, y = small(seed)
    people = np.random.default_rng(seed).integers(1, 9, len(x)) * 10.0
    order = np.random.default_rng(seed).permutation(len(x))

    def told(found: pd.DataFrame, names: Any) -> list[Any]:
        return [
            (names[row.centre], {names[k] for k in row.members}, round(row.llr, 9))
            for row in found.itertuples()
        ]

    def both(counts: Any, people: Any, x: Any, y: Any, names: Any) -> list[Any]:
        space = scan.poisson(counts.sum(axis=1), people, x, y, replicates=1, seed=0)
        time = scan.space_time_permutation(counts, x, y, replicates=1, seed=0)
        return told(space, names) + told(time, names)

    plain = both(counts, people, x, y, np.arange(len(x)))
    assert both(counts, people, 0.1 * x + 1e4 / 3, 0.1 * y - 7e3, np.arange(len(x))) == plain
    assert both(counts[order], people[order], x[order], y[order], order) == plain


def test_great_circle_is_the_map_of_a_small_region() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-8, 8, (2, 60))  # km around 45 degrees north
    lat = 45 + np.degrees(y / scan_windows.EARTH_KM)
    lon = -93 + np.degrees(x / scan_windows.EARTH_KM / np.cos(np.radians(lat)))
    people = np.full(60, 1000.0)
    cases = rng.poisson(np.where(np.hypot(x - 2, y - 3) < 3, 12, 6))
    flat = scan.poisson(cases, people, x, y, replicates=99, seed=1)
    round_ = scan.poisson(cases, people, lon, lat, replicates=99, seed=1, distance="great_circle")
    assert flat["members"][0] == round_["members"][0]
    assert (flat["centre"][0], flat["p"][0]) == (round_["centre"][0], round_["p"][0])
    # as degrees on a plane the circles would be ellipses
    assert scan_windows.distances([0, 90, 180], [0, 0, 0], "great_circle")[0] == pytest.approx(
        np.array([0, 0.5, 1]) * np.pi * scan_windows.EARTH_KM
    )


def test_poisson_cries_wolf_one_time_in_twenty() -> None:
    rng = np.random.default_rng(6)
    x, y = rng.uniform(0, 1, (2, 12))
    people = rng.integers(50, 500, 12).astype(float)
    p = []
    for run in range(200):
        cases = rng.multinomial(40, people / people.sum())
        p.append(scan.poisson(cases, people, x, y, replicates=99, seed=run)["p"].iloc[0])
    _uniform(p)


def test_space_time_cries_wolf_one_time_in_twenty() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.uniform(0, 1, (2, 8))
    place = np.repeat(np.arange(8), [9, 2, 14, 6, 4, 11, 8, 6])
    busy = rng.gamma(4, 1, 20)
    p = []
    for run in range(200):
        counts = np.zeros((8, 20), int)
        np.add.at(counts, (place, rng.choice(20, len(place), p=busy / busy.sum())), 1)
        found = scan.space_time_permutation(counts, x, y, 7, replicates=99, seed=run)
        p.append(found["p"].iloc[0] if len(found) else 1.0)
    _uniform(p)


def _uniform(p: list[float]) -> None:
    """As often as chance allows at 5, 20 and 50%; few ties with so many windows."""
    for level in (0.05, 0.2, 0.5):
        low, high = stats.binom.ppf([0.001, 0.999], len(p), level)
        assert low <= sum(value <= level for value in p) <= high, level


@pytest.mark.parametrize("many", [1, 40])
def test_permuted_keeps_both_sums(many: int) -> None:
    """With labels for few cases and with draws for many: one distribution."""
    by_area = many * np.array([5, 0, 12, 3, 30])
    by_day = many * np.array([4, 0, 9])
    total, size = int(by_area.sum()), 4000
    tables = scan.permuted(by_area, by_day, size, np.random.default_rng(8))
    assert (by_day.sum() > 2 * tables[:, :, 0].size) == (many > 1)  # which way it is made
    assert tables.shape == (5, 3, size) and tables.min() == 0
    assert (tables.sum(axis=0) == by_day[:, None]).all()
    assert (tables.sum(axis=1) <= by_area[:, None]).all()
    every = scan.permuted(by_area, many * np.array([20, 30]), 50, np.random.default_rng(8))
    assert (every.sum(axis=1) == by_area[:, None]).all()
    for (a, area), (d, day) in product(enumerate(by_area), enumerate(by_day)):
        # mean and variance of the hypergeometric distribution
        got, mean = tables[a, d], area * day / total
        variance = mean * (1 - area / total) * (total - day) / (total - 1)
        assert got.mean() == pytest.approx(mean, abs=5 * (variance / size) ** 0.5 + 1e-12)
        assert got.var() == pytest.approx(variance, rel=0.15)
    # two days take from the same cases: hypergeometric covariance
    apart = np.cov(tables[4, 0], tables[4, 2])[0, 1]
    share = by_area[4] / total
    wanted = -share * (1 - share) * by_day[0] * by_day[2] / (total - 1)
    assert apart == pytest.approx(wanted, rel=0.3)


def test_a_rise_is_found_where_and_when_it_was_planted() -> None:
    rng = np.random.default_rng(9)
    x, y = (v.ravel().astype(float) for v in np.meshgrid(np.arange(7), np.arange(7)))
    weekly = 1 + 0.5 * np.sin(np.arange(120) * 2 * np.pi / 7)
    often = rng.gamma(2, 1, (49, 1)) * weekly
    planted = np.flatnonzero(np.hypot(x - 2, y - 4) <= 1)
    often[planted, -6:] *= 5
    counts = rng.poisson(often / 3)
    found = scan.space_time_permutation(counts, x, y, seed=1)
    first = found.iloc[0]
    assert set(first["members"]) >= set(planted) and len(first["members"]) <= 7
    assert abs(first["days"] - 6) <= 1 and first["p"] == 0.001
    assert first["recurrence_interval"] == pytest.approx(1000)
    assert (found["p"].iloc[1:] > 0.05).all()
    before = scan.space_time_permutation(counts[:, :-6], x, y, seed=1)
    assert before["p"].iloc[0] > 0.05


def test_busy_places_and_busy_days_are_expected() -> None:
    """Everywhere as many times more: no case is out of place."""
    counts = np.outer([1, 5, 20, 3, 9, 12], [1, 2, 1, 1, 1, 6])
    found = scan.space_time_permutation(counts, range(6), [0] * 6, replicates=9, seed=0)
    assert found.empty and tuple(found.columns) == scan.IN_TIME


def test_areas_without_population_are_left_out_and_told() -> None:
    rng = np.random.default_rng(10)
    x, y = rng.uniform(0, 1, (2, 20))
    people = rng.integers(100, 900, 20).astype(float)
    cases = rng.poisson(people / 50)
    cases[[2, 3]] += 30
    missing = [0, 7, 11]
    holed = people.copy()
    holed[missing] = [np.nan, 0, np.nan]
    found = scan.poisson(cases, holed, x, y, replicates=99, seed=0)
    assert found.attrs == {"left_out_areas": 3, "left_out_cases": cases[missing].sum()}
    kept = np.setdiff1d(np.arange(20), missing)
    alone = scan.poisson(cases[kept], people[kept], x[kept], y[kept], replicates=99, seed=0)
    assert alone.attrs == {"left_out_areas": 0, "left_out_cases": 0}
    assert found["members"].tolist() == [kept[m].tolist() for m in alone["members"]]
    assert found["centre"].tolist() == kept[alone["centre"]].tolist()
    same = ["population", "cases", "expected", "relative_risk", "llr", "p"]
    pd.testing.assert_frame_equal(found[same], alone[same])


def test_no_cases_no_rows() -> None:
    x, y = np.arange(4.0), np.zeros(4)
    for people in (np.ones(4), np.full(4, np.nan)):
        found = scan.poisson([0] * 4, people, x, y, seed=0)
        assert found.empty and tuple(found.columns) == scan.IN_SPACE
    for counts in (np.zeros((4, 9)), np.eye(4, 60), np.zeros((4, 0))):
        found = scan.space_time_permutation(counts, x, y, seed=0)
        assert found.empty and tuple(found.columns) == scan.IN_TIME


def test_risk_without_a_case_outside() -> None:
    first = scan.poisson([9, 0, 0, 0], [10] * 4, [0, 5, 6, 8], [0] * 4, replicates=99, seed=0)
    assert first["relative_risk"].tolist() == [np.inf]
    assert first["llr"][0] == pytest.approx(9 * math.log(4))


def test_the_same_seed_gives_the_same_rows() -> None:
    counts, x, y = small(3, cases=200)
    one, same, other = (scan.space_time_permutation(counts, x, y, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one["p"].equals(other["p"])
    chance = ["p", "recurrence_interval"]
    pd.testing.assert_frame_equal(one.drop(columns=chance), other.drop(columns=chance))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cases": [1, 2.5, 3]}, "not whole numbers"),
        ({"cases": [1, -2, 3]}, "not whole numbers"),
        ({"cases": [[1, 2, 3]]}, "one number an area"),
        ({"population": [1, 2]}, "one number an area"),
        ({"population": [1, -2, 3]}, "NaN where it is not known"),
        ({"x": [1, np.nan, 3]}, "1 of 3 areas have no coordinates"),
        ({"y": [0, 91, 0], "distance": "great_circle"}, "x is the longitude"),
        ({"distance": "miles"}, "use 'euclidean' or 'great_circle'"),
        ({"max_share": 0}, "above 0 and up to 0.5"),
        ({"max_share": 0.9}, "above 0 and up to 0.5"),
        ({"replicates": 0}, "use 1 or more"),
    ],
)
def test_what_cannot_be_is_a_sentence(change: dict[str, Any], said: str) -> None:
    given = {"cases": [1, 2, 3], "population": [4, 5, 6], "x": [0, 1, 2], "y": [0, 0, 0]}
    with pytest.raises(ValueError, match=said):
        scan.poisson(**(given | {"seed": 0} | change))


def test_what_days_cannot_be_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="max_days is 0"):
        scan.space_time_permutation(np.ones((2, 3)), [0, 1], [0, 0], max_days=0)
    with pytest.raises(ValueError, match=r"\(areas, days\)"):
        scan.space_time_permutation([1, 2], [0, 1], [0, 0])
    with pytest.raises(ValueError, match="counts has 2 areas"):
        scan.space_time_permutation(np.ones((2, 3)), [0, 1, 2], [0, 0, 0])
