"""Knox and near repeats: against R, against every pair counted plainly, against chance."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.calibrations import near as cases
from bench.calibrations import towns
from geo import interaction
from geo.episodes import first_reports
from geo.interaction import knox, near_repeat

BANDS = [0, 0, 100, 200], [0, 7, 14]


def test_knox_is_that_of_r(shared: Path) -> None:
    folder = shared / "reference" / "knox-burkitt"
    cases = pd.read_csv(folder / "burkitt.csv")
    table = pd.read_csv(folder / "R_knox_burkitt_table.csv")
    assert len(table) == 24
    for row in table.itertuples():
        ours = knox(cases["x"], cases["y"], cases["t"], row.eps_s, row.eps_t, 1, seed=1)
        assert ours.observed == row.observed
        assert ours.expected == pytest.approx(row.expected, abs=1e-6)
        # surveillance gives the chance of more than observed, we that of as many or more
        more = ours.p_poisson - stats.poisson.pmf(ours.observed, ours.expected)
        assert more == pytest.approx(row.p_poisson, abs=1e-9)


def test_p_of_permuted_times_agrees_with_plain_permutations(shared: Path) -> None:
    cases = pd.read_csv(shared / "reference" / "knox-burkitt" / "burkitt.csv")
    x, y, t = (cases[c].to_numpy(float) for c in "xyt")
    i, j = np.triu_indices(len(x), 1)
    near = np.hypot(x[i] - x[j], y[i] - y[j]) <= 5
    i, j = i[near], j[near]
    rng = np.random.default_rng(3)
    made = [(np.abs(s[i] - s[j]) <= 90).sum() for s in (rng.permutation(t) for _ in range(4000))]
    ours = knox(x, y, t, 5, 90, 4000, seed=4)
    assert ours.p == pytest.approx((np.array(made) >= ours.observed).mean(), abs=0.02)


def pairs(x: np.ndarray, y: np.ndarray, t: np.ndarray, metric: str) -> tuple[np.ndarray, ...]:
    """Distance and time between every two, plainly."""
    i, j = np.triu_indices(len(x), 1)
    dx, dy = np.abs(x[i] - x[j]), np.abs(y[i] - y[j])
    distance = np.hypot(dx, dy) if metric == "euclidean" else dx + dy
    return distance, np.abs(t[i] - t[j])


def made(data: st.DataObject) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole numbers close together: many ties in place, time and at the thresholds."""
    n = data.draw(st.integers(0, 40))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    x, y, t = rng.integers(0, [[8], [8], [10]], (3, n)).astype(float)
    return x, y, t


metrics = st.sampled_from(["euclidean", "manhattan"])
# thresholds at which floats are off by their last digit: 0.1 is exact enough, 0.7 is not
units = st.sampled_from([1.0, 0.1, 0.7, 100 / 3])
shifts = st.sampled_from([0.0, 4_980_000.3, -93.27])


@settings(max_examples=120, deadline=None)
@given(st.data(), metrics, units, shifts, st.sampled_from([3, 10**6]))
def test_every_pair_counted_plainly(
    data: st.DataObject, metric: str, unit: float, shift: float, at_once: int
) -> None:
    x, y, t = made(data)
    distance, gap = pairs(x, y, t, metric)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interaction, "AT_ONCE", at_once)  # many chunks, or one
        table = near_repeat(
            x * unit + shift,
            y * unit - shift,
            t * unit + 17_000.1,
            np.array([0, 0, 1, 2, 5]) * unit,
            np.array([0, 0, 3, 4]) * unit,
            3,
            seed=5,
            metric=metric,
        )
        ours = knox(x * unit + shift, y * unit, t * unit, 5 * unit, 3 * unit, 3, 5, metric)
    for row in table.itertuples():
        low, high = row.space_from / unit, row.space_to / unit
        first, last = row.time_from / unit, row.time_to / unit
        # whole numbers: half way between them nothing is close to an edge
        inside = (distance > low + 1e-6) | ((low == 0) & (high == 0))
        inside &= (distance <= high + 1e-6) & (gap <= last + 1e-6)
        inside &= (gap > first + 1e-6) | ((first == 0) & (last == 0))
        assert row.observed == inside.sum()
    close = (distance <= 5 + 1e-6).sum(), (gap <= 3).sum()
    assert ours.observed == ((distance <= 5 + 1e-6) & (gap <= 3)).sum()
    assert ours.expected == pytest.approx(close[0] * close[1] / max(len(gap), 1))


@settings(max_examples=40, deadline=None)
@given(st.data(), metrics)
def test_the_first_band_holds_its_lower_edge(data: st.DataObject, metric: str) -> None:
    x, y, t = made(data)
    distance, gap = pairs(x, y, t, metric)
    table = near_repeat(x, y, t, [1, 3], [2, 4], 1, 0, metric)
    inside = (distance >= 1) & (distance <= 3) & (gap >= 2) & (gap <= 4)
    assert table["observed"].tolist() == [inside.sum()]


def test_chunks_see_the_same_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y, t = np.random.default_rng(1).uniform(0, 500, (3, 200))
    whole = near_repeat(x, y, t, *BANDS, 30, seed=2)
    monkeypatch.setattr(interaction, "AT_ONCE", 500)
    pd.testing.assert_frame_equal(whole, near_repeat(x, y, t, *BANDS, 30, seed=2))


def test_a_pile_of_one_place_is_worked_through_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    held = []
    plain = interaction._counted

    def counted(days: np.ndarray, pairs: interaction._Pairs, limits: np.ndarray) -> np.ndarray:
        held.append(len(pairs.first))
        return plain(days, pairs, limits)

    monkeypatch.setattr(interaction, "_counted", counted)
    monkeypatch.setattr(interaction, "AT_ONCE", 20_000)
    n = 1000
    ours = knox(np.zeros(n), np.zeros(n), np.arange(n), 100, 7, 1, seed=1)
    assert ours.observed == ours.expected == sum(n - k for k in range(1, 8))
    assert max(held) <= 20_000 + n and sum(held) == n * (n - 1)  # as observed and permuted


def test_p_is_uniform_where_nothing_is_near() -> None:
    rng = np.random.default_rng(7)
    found, coarse = [], []
    for run in range(200):
        x, y, t = rng.uniform(0, [[2000], [2000], [365]], (3, 160))
        # a thousand pairs: few permutations tie with what is observed
        found.append(knox(x, y, t, 400, 60, 99, seed=run).p)
        # a dozen: ties count against a finding, so p is larger than uniform, never smaller
        coarse.append(knox(x, y, t, 80, 14, 99, seed=run).p)
    assert stats.kstest(found, "uniform").pvalue > 0.01
    assert np.mean(np.array(found) <= 0.1) == pytest.approx(0.1, abs=0.05)
    assert stats.kstest(coarse, "uniform", alternative="greater").pvalue > 0.01


def test_clusters_of_place_or_time_alone_are_no_interaction() -> None:
    rng = np.random.default_rng(8)
    found = []
    for run in range(100):
        x, y = rng.normal(rng.choice([0, 5000], (2, 150)), 100)
        t = rng.normal(rng.choice([0, 200], 150), 10)
        found.append(near_repeat(x, y, t, *BANDS, 99, seed=run)["p"].to_numpy())
    assert (np.array(found) <= 0.05).mean() < 0.06


def test_planted_near_repeats_are_found() -> None:
    rng = np.random.default_rng(9)
    x, y, t = rng.uniform(0, [[4000], [4000], [365]], (3, 400))
    again = rng.choice(400, 40, replace=False)
    x = np.append(x, x[again] + rng.uniform(-40, 40, 40))
    y = np.append(y, y[again] + rng.uniform(-40, 40, 40))
    t = np.append(t, t[again] + rng.uniform(0, 7, 40))
    table = near_repeat(x, y, t, *BANDS, 199, seed=1)
    hit = table[(table["space_to"] == 100) & (table["time_to"] == 7)].iloc[0]
    assert hit["observed"] >= 40 and hit["ratio"] > 5 and hit["q"] <= 0.05
    rest = table[(table["space_from"] >= 100) | (table["time_from"] >= 7)]
    assert rest["q"].min() > 0.05
    assert knox(x, y, t, 100, 7, 199, seed=1).p == pytest.approx(1 / 200)


def test_shift_and_scale_change_nothing() -> None:
    rng = np.random.default_rng(10)
    x, y, t = rng.integers(0, [[20], [20], [60]], (3, 200)).astype(float)
    plain = near_repeat(x, y, t, [0, 0, 2, 4], [0, 7, 14], 50, seed=3)
    moved = near_repeat(
        y * 30.48 + 5e5, x * 30.48, t / 7 - 9, np.array([0, 0, 2, 4]) * 30.48, [0, 1, 2], 50, 3
    )
    for column in ("observed", "expected", "ratio", "p", "q"):
        np.testing.assert_array_equal(plain[column], moved[column])


def test_a_seed_repeats_and_another_does_not() -> None:
    x, y, t = np.random.default_rng(11).uniform(0, 800, (3, 300))
    one, same, other = (near_repeat(x, y, t, *BANDS, 40, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert (one["expected"] != other["expected"]).any()
    assert (one["observed"] == other["observed"]).all()


def test_rows_without_place_or_time_leave() -> None:
    x, y, t = np.random.default_rng(13).uniform(0, 500, (3, 60))
    holes = np.column_stack([(x, y, t), np.where(np.eye(3) > 0, np.nan, 5.0)])
    assert knox(*holes, 100, 30, 20, seed=1) == knox(x, y, t, 100, 30, 20, seed=1)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_incidents_make_no_pair(n: int) -> None:
    x = np.zeros(n)
    assert knox(x, x, x, 100, 7, 9, seed=1) == (0, 0.0, 1.0, 1.0)
    table = near_repeat(x, x, x, *BANDS, 9, seed=1)
    assert len(table) == 6 and (table["observed"] == 0).all() and (table["p"] == 1).all()
    assert table["ratio"].isna().all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"metric": "great circle"}, "metric"),
        ({"replicates": 0}, "replicates"),
        ({"space_bands": [0, 200, 100]}, "space_bands"),
        ({"space_bands": [0, 100, 100]}, "space_bands"),
        ({"time_bands": [7]}, "time_bands"),
        ({"time_bands": [0, np.nan]}, "time_bands"),
        ({"time_bands": [-1, 7]}, "time_bands"),
        ({"t": [1, 2, 3]}, "same length"),
    ],
)
def test_what_is_wrong_is_said(wrong: dict[str, object], said: str) -> None:
    asked = {"x": [0, 1], "y": [0, 1], "t": [0, 1], "space_bands": [0, 1], "time_bands": [0, 1]}
    with pytest.raises(ValueError, match=said):
        near_repeat(**asked | wrong)  # type: ignore[arg-type]


def test_times_stay_within_their_stretch() -> None:
    days = np.random.default_rng(14).permutation(np.repeat(np.arange(100.0), 3))
    strata = interaction._strata(days, 28.0)
    assert strata is not None and strata.number.max() == 2  # the last takes in what is left over
    found = interaction._permuted(np.random.default_rng(1), days, strata)
    assert (found != days).mean() > 0.9
    for number in range(3):
        here = strata.number == number
        assert sorted(found[here]) == sorted(days[here])
    assert interaction._strata(days, np.inf) is None and interaction._strata(days, 99.0) is None
    with pytest.raises(ValueError, match="more than 0"):
        near_repeat(days, days, days, *BANDS, 9, within=0)


@pytest.mark.parametrize(("columns", "rows"), [(2, 1), (8, 5)])
def test_local_seasons_are_no_near_repeats(columns: int, rows: int) -> None:
    """With times permuted over all incidents 98 and 75% of such tables find some."""
    rng = np.random.default_rng(15)
    found = [cases.tables(columns, rows, 0.9, 700)(rng)[0] for _ in range(12)]
    assert sum(found) <= 3
    x, y, day = towns.events(rng, 1500, columns, rows, 0.9)
    plain = near_repeat(x, y, day, [0, 1, 100, 200, 300, 400], [0, 0, 1, 3, 7, 14], 199, seed=1)
    part = near_repeat(
        x, y, day, [0, 1, 100, 200, 300, 400], [0, 0, 1, 3, 7, 14], 199, seed=1, within=28
    )
    # what chance is said to bring is more where each place keeps its season
    assert part["expected"].sum() > plain["expected"].sum()
    assert (plain["observed"] == part["observed"]).all()


def test_double_reports_are_no_near_repeats_and_true_ones_are() -> None:
    rng = np.random.default_rng(16)
    doubled, again = (
        cases.tables(1, 1, 0.0, 700, doubled=0.05),
        cases.tables(1, 1, 0.0, 1000, again=0.1),
    )
    assert sum(doubled(rng)[0] for _ in range(10)) <= 3
    assert sum(again(rng)[0] for _ in range(6)) >= 4


def test_so_many_pairs_as_needed_stand_alone() -> None:
    x, y, t = np.random.default_rng(17).uniform(0, 1500, (3, 300))
    table = near_repeat(x, y, t, *BANDS, 999, seed=1)
    assert (table["needed"] > table["expected"]).all()
    reached = table["observed"] >= table["needed"]
    assert (table.loc[reached, "p"] <= 0.05 / len(table)).all()
    assert (table.loc[~reached, "p"] > 0.05 / len(table)).all()


def test_reports_of_one_event_count_once() -> None:
    """By steps of metres and hours; where no hour is known by the day, among those alone."""
    x = np.array([0.0, 100, 200, 900, 0, 0, 50, np.nan])
    hour = np.array([30.0, 29.5, 30.2, 30, 40, np.nan, np.nan, 30])
    day = np.array([1.0, 1, 1, 1, 1, 1, 1, 1])
    first = first_reports(x, np.zeros(8), day, hour, 150, 1)
    assert first.tolist() == [False, True, False, True, True, True, False, True]
    assert first_reports([], [], [], [], 150, 1).tolist() == []
