"""The scan of the newest days: every window by plain loops, and silence where nothing changed."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from geo import highest_scores, prospective, scan_windows, window_scores

SIDE, DAYS, LONGEST = 6, 210, 14
X, Y = (v.ravel().astype(float) for v in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
MIDDLE = np.hypot(X - 2, Y - 3) <= 1
RARE = 0.01


def means(rng: np.random.Generator) -> np.ndarray:
    return rng.gamma(1.5, 0.3, (SIDE * SIDE, 1)) * np.ones(DAYS)


def clumped(rng: np.random.Generator) -> np.ndarray:
    mean = means(rng)
    return rng.poisson(mean * rng.gamma(0.5, 2, mean.shape))


def retold(rng: np.random.Generator) -> np.ndarray:
    events = rng.poisson(means(rng) / 2)
    return events + rng.poisson(events)


def drifting(rng: np.random.Generator) -> np.ndarray:
    walk = np.cumsum(rng.normal(0, 0.1, (SIDE * SIDE, DAYS // 7)), axis=1)
    return rng.poisson(means(rng) * np.exp(np.repeat(walk, 7, axis=1)))


def seasonal(rng: np.random.Generator) -> np.ndarray:
    phase = rng.uniform(0, 2 * np.pi, (SIDE * SIDE, 1)) + 2 * np.pi * np.arange(DAYS) / 365
    return rng.poisson(means(rng) * (1 + 0.5 * np.sin(phase)))


def risen(rng: np.random.Generator, times: float) -> np.ndarray:
    mean = means(rng)
    mean[MIDDLE, -7:] *= times
    return rng.poisson(mean)


def scan(counts: np.ndarray, seed: int = 1, replicates: int = 199) -> prospective.Scan:
    return prospective.scan(counts, X, Y, LONGEST, 0.5, replicates, seed)


def by_loops(counts: np.ndarray, look: window_scores.Look, last: int) -> list[float]:
    """The score of each circle on a day, as the module says it in words."""
    base = counts[:, last + 1 - look.baseline : last + 1].astype(float)
    every, out = base.sum(axis=0), []
    for window in range(len(look.circles.end)):
        inside = base[look.circles.members(window)].sum(axis=0)
        part, best = inside.sum() / every.sum(), 0.0
        for days in look.lengths:
            c, mu = inside[-days:].sum(), part * every[-days:].sum()
            if c > mu + 1e-9:
                best = max(best, c * math.log(c / mu) - (c - mu))
        ends = range(7, look.baseline - look.longest + 1)  # each week before the newest days
        weeks = [(inside[e - 7 : e].sum(), every[e - 7 : e].sum()) for e in ends]
        before = sum(c for c, _ in weeks) / sum(n for _, n in weeks)
        chi = sum((c - before * n) ** 2 / (before * n) for c, n in weeks if before * n)
        out.append(best / max(chi / len(weeks) / (1 - before), 1.0))
    return out


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_every_window_tried(seed: int) -> None:
    counts = clumped(np.random.default_rng(seed))
    look = prospective.looking(counts, X, Y, LONGEST, 98, 0.5)
    last = np.array([97, 150, DAYS - 1])
    got = window_scores.scores(counts, look, last)[0]
    for column, day in enumerate(last):
        assert got[:, column] == pytest.approx(by_loops(counts, look, day), abs=1e-9)
    found = scan(counts)
    first = found.clusters.iloc[0]
    assert first["score"] == pytest.approx(max(by_loops(counts, found.look, DAYS - 1)))
    assert found.past[-1] == pytest.approx(first["score"])
    assert first["cases"] == counts[first["members"], first["start"] :].sum()
    assert first["start"] + first["days"] == DAYS
    assert first["p"] == max(first["p_dealt"], first["p_past"])


def test_circles_grow_by_a_fifth() -> None:
    look = prospective.looking(clumped(np.random.default_rng(1)), X, Y, 14, 98, 0.5)
    for start, stop in look.circles.by_centre():
        end = look.circles.end[start:stop]
        assert end[0] == 1 and (end[1:] >= end[:-1] * prospective.GROWTH).all()
    assert look.lengths == (1, 2, 3, 5, 7, 10, 14)


@pytest.mark.parametrize("make", [clumped, retold, drifting, seasonal])
def test_nothing_is_unusual_where_nothing_changed(make: Callable[..., np.ndarray]) -> None:
    """One look in a hundred may be: three of 25 come up in 1 of 500 such tests. Incidents dealt
    one by one called 21, 96, 5 and 7 of 100 looks unusual."""
    rng = np.random.default_rng(12)
    called = sum((scan(make(rng), run).clusters["p"] <= RARE).any() for run in range(25))
    assert called <= 2


def test_whole_days_dealt_anew_are_not_unusual() -> None:
    """Days that are huge in one place come in any order."""
    rng = np.random.default_rng(13)
    counts = clumped(rng)
    counts[rng.integers(0, 36, 12), rng.integers(0, DAYS, 12)] += rng.integers(5, 30, 12)
    dealt = [counts[:, rng.permutation(DAYS)] for _ in range(30)]
    assert sum((scan(c, i).clusters["p"] <= RARE).any() for i, c in enumerate(dealt)) <= 2


def test_a_rise_is_found_where_and_when_it_was_planted() -> None:
    counts = risen(np.random.default_rng(3), 5)
    first = scan(counts).clusters.iloc[0]
    assert first["p"] <= RARE and set(np.flatnonzero(MIDDLE)) <= set(first["members"])
    assert 5 <= first["days"] <= 10 and first["recurrence_interval"] == 1 / first["p"]
    before = scan(counts[:, :-7]).clusters.iloc[0]
    assert before["p"] > 0.05


def test_names_of_areas_change_nothing() -> None:
    counts, order = risen(np.random.default_rng(3), 5), np.random.default_rng(4).permutation(36)
    one, other = scan(counts), prospective.scan(counts[order], X[order], Y[order], 14, 0.5, 199, 1)
    assert other.past == pytest.approx(one.past) and other.dealt == pytest.approx(one.dealt)
    assert sorted(order[other.clusters["members"][0]]) == one.clusters["members"][0]


def test_rarity_is_the_more_cautious_of_rank_and_curve() -> None:
    rng = np.random.default_rng(5)
    past = rng.gumbel(4, 1, 20_000)
    for p in (0.2, 0.01, 0.002):
        score = stats.gumbel_r.isf(p, 4, 1)
        assert prospective.rarity(score, past, 14)[0] == pytest.approx(p, rel=0.3)
    few = past[:120]
    top = few.max() + 0.001
    by_rank = 1 / 121
    assert prospective.rarity(top + 100, few, 28)[0] == pytest.approx(by_rank)
    # a little above the highest of so few says little
    assert prospective.rarity(top, few, 28)[0] > by_rank
    scores = np.linspace(0, 30, 50)
    assert (np.diff(prospective.rarity(scores, few, 28)) <= 0).all()


def test_earlier_days_are_judged_by_days_that_share_nothing_with_them() -> None:
    found = scan(clumped(np.random.default_rng(6)))
    p = prospective.p_of_each_day(found)
    assert len(p) == len(found.past) - 1
    at = 40
    far = [s for i, s in enumerate(found.past) if abs(i - at) >= LONGEST]
    wanted = max(
        prospective.rarity(found.past[at], np.array(far), LONGEST)[0],
        prospective.p_dealt(found.past[at], found.dealt)[0],
    )
    assert p[at] == wanted
    newest = prospective.p_of(found.past[-1], found)[0]
    assert newest == found.clusters["p"][0]


def test_power_grows_with_the_rise_and_is_what_scans_find() -> None:
    counts = risen(np.random.default_rng(7), 1)
    found = scan(counts)
    share = prospective.power(counts, found, 5, 14, RARE, 30, 1)
    got = [share(times) for times in (1.0, 2.0, 4.0, 10.0)]
    assert got[0] <= 0.1 and got == sorted(got) and got[-1] >= 0.8
    rng, hits = np.random.default_rng(8), 0
    for run in range(15):
        mean = means(np.random.default_rng(7))
        block = found.look.circles.order[rng.choice(36, p=mean[:, 0] / mean[:, 0].sum()), :5]
        mean[block, -14:] *= 4
        hits += (scan(rng.poisson(mean), run).clusters["p"] <= RARE).any()
    assert hits / 15 == pytest.approx(got[2], abs=0.35)


@pytest.mark.parametrize("longest", [7, 14, 28, 42])
def test_how_long_a_past_it_takes(longest: int) -> None:
    least = prospective.least_days(longest)
    assert prospective.baseline_days(least - 1, longest) == 0
    for days in (least, least + 30, 365, 5000):
        baseline = prospective.baseline_days(days, longest)
        assert baseline >= max(2 * longest, prospective.LEAST_BASELINE) and baseline % 7 == 0
        looks = days - baseline + 1 - longest  # that share nothing with the newest day
        assert looks >= prospective.EARLIER and 1 / (1 + looks) <= RARE
    assert prospective.baseline_days(5000, longest) == 364
    with pytest.raises(ValueError, match=f"it takes {least}"):
        prospective.scan(np.ones((4, least - 1), int), [0, 1, 2, 3], [0] * 4, longest, 0.5, 9, 1)


@pytest.mark.parametrize(
    "counts",
    [
        np.zeros((36, DAYS), int),
        np.ones((36, DAYS), int),
        np.eye(36, DAYS, dtype=int),
        np.eye(36, DAYS, DAYS - 36, dtype=int)[:, ::-1],
    ],
)
def test_strange_pasts_are_not_unusual(counts: np.ndarray) -> None:
    with np.errstate(all="raise"):
        found = scan(counts, replicates=99)
    assert not (found.clusters["p"] <= RARE).any()
    assert np.isfinite(found.past).all() and np.isfinite(found.dealt).all()


def test_one_huge_day_everywhere_is_expected() -> None:
    counts = risen(np.random.default_rng(9), 1)
    counts[:, -1] = counts.sum(axis=1)
    assert not (scan(counts).clusters["p"] <= RARE).any()


def test_one_area_has_no_circle() -> None:
    counts: Any = np.ones((1, DAYS), int)
    found = prospective.scan(counts, [0], [0], LONGEST, 0.5, 9, 1)
    assert found.clusters.empty and tuple(found.clusters.columns) == prospective.COLUMNS
    assert scan_windows.circles(np.zeros((1, 1)), [1], 0.5).end.size == 0


def test_circles_in_parts_are_all_circles(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = risen(np.random.default_rng(3), 5)
    whole = scan(counts)
    monkeypatch.setattr(highest_scores, "MOST_CELLS", 3000)
    parts = highest_scores.parts(whole.look.circles, DAYS)
    assert len(parts) > 5 and sum(len(p.end) for p in parts) == len(whole.look.circles.end)
    assert scan(counts).past == pytest.approx(whole.past)
