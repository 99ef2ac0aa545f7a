"""Episodes: against brute force, scikit-learn, a published data set, and what was planted."""

from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geo.episodes
from geo import neighbors, st_dbscan_dense
from geo.episodes import Clusters, duplicate_pairs, episodes, st_dbscan_core

Array = np.ndarray
STEPS = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.5, -1.0, -4.0, 0.1, 0.2, 0.30000000000000004]
# numbers at which floating point is coarse, overflows or vanishes
ODD = [1e16, 1e16 + 2, -1e16, 1e308, -1e308, 1e-200, 1e-162, 5e-324, np.nan, np.inf, -np.inf]
PLAIN = st.sampled_from(STEPS)
ANY = st.one_of(PLAIN, PLAIN, st.sampled_from(ODD), st.floats(-9, 9))
EPS = st.sampled_from([0.0, 1.0, 5.0, 0.1, 0.30000000000000004, 2.5, 1e-162, 1e16, np.inf])


both_ways = pytest.mark.parametrize("crowded", [-1, 10**9], ids=["crowded", "sparse"])


def near(x: Array, y: Array, t: Array, eps_space: float, eps_time: float) -> Array:
    """Mask of the pairs of records that are neighbors, as plain numpy says it."""
    with np.errstate(all="ignore"):
        dx, dy, dt = (v[:, None] - v for v in (x, y, t))
        found = (dx * dx + dy * dy <= np.float64(eps_space) * eps_space) & (abs(dt) <= eps_time)
    finite = np.isfinite(x) & np.isfinite(y) & np.isfinite(t)
    return found & finite & finite[:, None]


def brute(x: Array, y: Array, t: Array, es: float, et: float, least: int) -> Clusters:
    """ST-DBSCAN by the book, with all pairs."""
    close = near(x, y, t, es, et)
    core = close.sum(axis=1) >= least
    labels, number = np.full(len(x), -1), 0
    for first in np.flatnonzero(core):
        if labels[first] >= 0:
            continue
        todo = [first]
        labels[first] = number
        while todo:
            reached = np.flatnonzero(close[todo.pop()] & core & (labels < 0))
            labels[reached] = number
            todo += reached.tolist()
        number += 1
    inner = labels.copy()
    with np.errstate(all="ignore"):
        for row in np.flatnonzero(~core & (close & core).any(axis=1)):
            by = np.flatnonzero(close[row] & core)
            far = (x[row] - x[by]) ** 2 + (y[row] - y[by]) ** 2
            labels[row] = inner[by[np.lexsort((inner[by], abs(t[row] - t[by]), far))[0]]]
    return Clusters(labels, core)


def same(found: Clusters, wanted: Clusters) -> bool:
    return bool((found.core == wanted.core).all() and (found.labels == wanted.labels).all())


def partition(labels: Array) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == k).tolist()) for k in set(labels.tolist())}


def town(seed: int, count: int, days: float = 60) -> tuple[Array, Array, Array]:
    """Records around a few places, many on the same corners."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 4000, (8, 2))[rng.integers(0, 8, count)] + rng.normal(0, 300, (count, 2))
    corner = rng.random(count) < 0.5
    at[corner] = np.round(at[corner], -2)
    return at[:, 0], at[:, 1], np.round(rng.uniform(0, days, count) * 24) / 24


@both_ways
@given(st.lists(st.tuples(ANY, ANY, ANY), max_size=40), EPS, EPS, st.integers(1, 6))
def test_equals_brute_force(crowded: int, rows: list, es: float, et: float, least: int) -> None:
    x, y, t = np.array(rows, float).reshape(-1, 3).T
    with mock.patch.object(neighbors, "CROWDED", crowded):
        found = st_dbscan_core(x, y, t, es, et, least)
    assert same(found, brute(x, y, t, es, et, least))


@both_ways
@given(st.lists(st.tuples(PLAIN, PLAIN, PLAIN), max_size=60), EPS, EPS, st.integers(1, 9))
def test_equals_brute_force_a_little_at_a_time(
    crowded: int, rows: list, es: float, et: float, least: int
) -> None:
    x, y, t = np.array(rows, float).reshape(-1, 3).T
    with (
        mock.patch.multiple(neighbors, CHUNK=3, PAIRS=2, CROWDED=crowded),
        mock.patch.object(st_dbscan_dense, "FIRST_LOOK", 1),
    ):
        found = st_dbscan_core(x, y, t, es, et, least)
    assert same(found, brute(x, y, t, es, et, least))


@both_ways
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("es", "et"), [(300, 2), (100, 0.25), (100, 1 / 24), (50, 90), (0, 3)])
def test_equals_brute_force_in_a_town(crowded: int, seed: int, es: float, et: float) -> None:
    x, y, t = town(seed, 900)
    for least in (2, 5, 40):
        with mock.patch.object(neighbors, "CROWDED", crowded):
            found = st_dbscan_core(x, y, t, es, et, least)
        assert same(found, brute(x, y, t, es, et, least))


@pytest.mark.parametrize("seed", range(2))
def test_equals_scikit_learn(seed: int) -> None:
    cluster = pytest.importorskip("sklearn.cluster")
    x, y, t = town(seed, 1000, 17)
    apart = np.where(near(x, y, t, 200, 1), 0.0, 1.0)
    peer = cluster.DBSCAN(eps=0.5, min_samples=5, metric="precomputed").fit(apart)
    found = st_dbscan_core(x, y, t, 200, 1, 5)
    assert np.flatnonzero(found.core).tolist() == peer.core_sample_indices_.tolist()
    assert found.labels[found.core].tolist() == peer.labels_[found.core].tolist()
    assert ((found.labels < 0) == (peer.labels_ < 0)).all()
    assert found.labels.max() > 3 and 0.1 < found.core.mean() < 0.9


def test_equals_the_published_labels(shared: Path) -> None:
    wanted = pd.read_csv(shared / "reference/st-dbscan/labels_eps0.05_t10_min5.csv.gz")
    x, y, t = (wanted[name].to_numpy() for name in ("x_norm", "y_norm", "time"))
    found = st_dbscan_core(x, y, t, 0.05, 10, 5)
    assert (found.core == wanted["is_core"]).all()
    core = found.core
    assert partition(found.labels[core]) == partition(wanted["cluster"].to_numpy()[core])
    sizes = np.bincount(found.labels)
    assert (found.labels >= 0).all() and len(sizes) == 6 and sizes.max() == 14_127


def test_order_and_origin_of_the_records_do_not_matter() -> None:
    x, y, t = (np.round(v * 64) / 64 for v in town(3, 1500))  # exact after a shift
    found = st_dbscan_core(x, y, t, 150, 1, 5)
    order = np.random.default_rng(1).permutation(len(x))
    turned = st_dbscan_core(x[order], y[order], t[order], 150, 1, 5)
    assert (turned.core == found.core[order]).all()
    back = np.empty_like(turned.labels)
    back[order] = turned.labels
    assert partition(back[found.core]) == partition(found.labels[found.core])
    assert same(st_dbscan_core(x - 5e6, y + 3e6, t - 2**20, 150, 1, 5), found)


def test_numbers_follow_the_first_core_row() -> None:
    x, y, t = town(4, 1500)
    found = st_dbscan_core(x, y, t, 150, 1, 5)
    inner = found.labels[found.core]
    _, first = np.unique(inner, return_index=True)
    assert (np.diff(first) > 0).all() and found.labels.max() + 1 == len(first)
    assert (geo.episodes.st_dbscan(x, y, t, 150, 1, 5) == found.labels).all()


@pytest.mark.parametrize(
    ("second", "when", "label"),
    [(9, 0, 1), (10, 0, 0), (10, -1, 0), (10, 1, 1)],
    ids=["nearer in space", "the lower number", "nearer in time: first", "second"],
)
@both_ways
def test_a_border_goes_to_the_nearest_core(
    crowded: int, second: float, when: float, label: int
) -> None:
    x = np.array([0, -4, -4, second, second + 4, second + 4, 5])
    t = np.array([-1, -1, -1, 1, 1, 1, when / 2]) if when else np.zeros(7)
    with mock.patch.object(neighbors, "CROWDED", crowded):
        found = st_dbscan_core(x, np.zeros(7), t, 5, 2, 4)
    assert found.core.tolist() == [True, False, False, True, False, False, False]
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1, label]


def test_no_noise_where_one_is_enough() -> None:
    x, y, t = town(5, 800)
    found = st_dbscan_core(x, y, t, 20, 0.1, 1)
    assert found.core.all() and (found.labels >= 0).all()


def test_none_one_and_unknown() -> None:
    assert st_dbscan_core([], [], [], 1, 1, 1).labels.tolist() == []
    assert st_dbscan_core([1], [1], [1], 0, 0, 1).labels.tolist() == [0]
    assert st_dbscan_core([1], [1], [1], 9, 9, 2).labels.tolist() == [-1]
    found = st_dbscan_core([0, 0, np.nan], [0, 0, 0], [0, np.nan, 0], 1, 1, 1)
    assert found.labels.tolist() == [0, -1, -1] and found.core.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        (([1, 2], [1], [1], 1, 1, 1), "lists of one length"),
        (([1], [1], [1], -1, 1, 1), "eps_space is -1"),
        (([1], [1], [1], 1, np.nan, 1), "eps_time is nan"),
        (([1], [1], [1], 1, 1, 0), "min_points is 0"),
    ],
)
def test_what_is_wrong_is_said(given_: tuple, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        st_dbscan_core(*given_)


def test_planted_episodes_are_found() -> None:
    rng = np.random.default_rng(8)
    x, y, t = rng.uniform(0, 12_000, 3000), rng.uniform(0, 12_000, 3000), rng.uniform(0, 365, 3000)
    for k in range(5):
        mine = slice(20 * k, 20 * k + 20)
        x[mine], y[mine] = rng.normal(2000 * k + 1000, 60, 20), rng.normal(3000, 60, 20)
        t[mine] = 50 * k + 20 + rng.uniform(0, 0.3, 20)
    labels = geo.episodes.st_dbscan(x, y, t, 300, 2, 10)
    assert labels[:100].tolist() == np.repeat(range(5), 20).tolist()
    assert (labels[100:] >= 0).sum() <= 2


@pytest.mark.parametrize("spread", [0.0, 30.0])
def test_a_dense_place_is_not_looked_at_pair_by_pair(spread: float) -> None:
    count, seen = 200_000, []
    rng = np.random.default_rng(9)
    x, y, t = rng.normal(0, spread, count), rng.normal(0, spread, count), rng.random(count)
    decided = neighbors.Neighbors.near_by

    def watched(self: neighbors.Neighbors, dx: Array, dy: Array) -> Array:
        seen.append(len(dx))
        return decided(self, dx, dy)

    with mock.patch.object(neighbors.Neighbors, "near_by", watched):
        found = st_dbscan_core(x, y, t, 100, 2, 5)
    assert found.labels.max() == 0 and found.core.mean() > 0.999
    assert sum(seen) < 50 * count  # all pairs would be 20,000,000,000
    assert max(seen) <= 2 * neighbors.PAIRS


def test_dense_episodes_apart_stay_apart() -> None:
    count = 100_000
    second = np.arange(count) % 2
    found = st_dbscan_core(301.0 * second, np.zeros(count), np.linspace(0, 1, count), 300, 2, 5)
    assert found.core.all() and (found.labels == second).all()


def test_episodes_by_hand() -> None:
    day = pd.Timestamp("2025-03-01", tz="UTC")
    records = pd.DataFrame(
        {
            "x": [0, 3, 0, 100, 100, 50, 900, 900],
            "y": [0, 0, 3, 0, 8, 50, 0, 0],
            "occurred_at": [day + pd.Timedelta(hours=h) for h in (5, 1, 3, 0, 2, 9, 7, 8)],
            "source": ["a", "a", "b", "a", "a", "a", "c", "c"],
            "origin": ["p", None, "p", "p", "q", "z", None, None],
        }
    )
    found = episodes(records, [0, 0, 0, 1, 1, -1, 2, 2])
    assert found["episode"].tolist() == [0, 2, 1]  # the largest, then the latest of two
    assert found["size"].tolist() == [3, 2, 2]
    # the first: p of a, and whoever sent to b; the unknown one of a may be p
    assert found["sources"].tolist() == [2, 1, 2]
    assert found["extent"].tolist() == pytest.approx([np.sqrt(5), 0, 4])
    assert found["x"].tolist() == [1, 900, 100] and found["y"].tolist() == [1, 0, 4]
    assert found["start"].iloc[0] == day + pd.Timedelta(hours=1)
    assert found["end"].iloc[0] == day + pd.Timedelta(hours=5)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_episodes_equal_a_plain_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 40))
    records = pd.DataFrame(
        {
            "x": rng.normal(0, 9, count).astype(np.float32),
            "y": rng.normal(0, 9, count).astype(np.float32),
            "t": rng.integers(0, 9, count),
            "source": rng.choice(["a", "b"], count),
            "origin": rng.choice(np.array(["p", "q", None], object), count),
        },
        index=rng.permutation(count) + 7,
    )
    labels = rng.integers(-1, 4, count)
    found = episodes(records, labels).set_index("episode")
    assert sorted(found.index) == sorted(set(labels[labels >= 0].tolist()))
    for label, row in found.iterrows():
        mine = records[labels == label]
        x, y = mine["x"].astype(float), mine["y"].astype(float)
        assert row["size"] == len(mine)
        assert (row["x"], row["y"]) == (pytest.approx(x.mean()), pytest.approx(y.mean()))
        assert row["extent"] == pytest.approx(np.hypot(x - x.mean(), y - y.mean()).max(), abs=1e-9)
        assert (row["start"], row["end"]) == (mine["t"].min(), mine["t"].max())
        each = [max(part["origin"].nunique(), 1) for _, part in mine.groupby("source")]
        assert row["sources"] == sum(each)
    order = [(-row["size"], -row["end"], label) for label, row in found.iterrows()]
    assert order == sorted(order)


def test_episodes_without_origins_or_columns() -> None:
    records = pd.DataFrame({"x": [0.0, 1], "y": [0.0, 0], "t": [1, 2], "source": ["a", "b"]})
    assert episodes(records, [0, 0])["sources"].tolist() == [2]
    assert len(episodes(records, [-1, -1])) == 0
    with pytest.raises(ValueError, match="no source"):
        episodes(records.drop(columns="source"), [0, 0])
    with pytest.raises(ValueError, match="one label a record"):
        episodes(records, [0])


def plain_pairs(
    x: Array, y: Array, t: Array, es: float, et: float, codes: list[Array]
) -> pd.DataFrame:
    """Likely duplicates with all pairs."""
    close = near(x, y, t, es, et)
    for code in codes:
        known = np.array([c is not None for c in code], dtype=bool)
        close &= (code[:, None] == code) & known
    first, second = np.nonzero(np.triu(close, 1))
    metres = np.hypot(x[first] - x[second], y[first] - y[second])
    apart = np.abs(t[first] - t[second])
    score = np.maximum(metres / es if es else 0 * metres, apart / et if et else 0 * apart)
    table = pd.DataFrame(
        {"first": first, "second": second, "metres": metres, "apart": apart, "score": score}
    )
    return table.sort_values(["score", "first", "second"], ignore_index=True)


@both_ways
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("every", [50, 10**9])
@pytest.mark.parametrize("most", [1, 30, 10**6])
def test_pairs_equal_all_pairs(crowded: int, seed: int, every: int, most: int) -> None:
    rng = np.random.default_rng(seed)
    x, y, t = town(seed, 300)
    x[5] = t[9] = np.nan
    again = rng.integers(0, 300, 100)
    x, y, t = (np.append(v, v[again]) for v in (x, y, t))
    kind = rng.choice(np.array(["stop", "call", None], object), 400)
    codes = [[], [kind], [kind, rng.integers(0, 2, 400)]][seed % 3]
    with (
        mock.patch.object(geo.episodes, "EVERY", every),
        mock.patch.object(neighbors, "CROWDED", crowded),
    ):
        for es, et in ((300.0, 4.0), (0.0, 2.0), (150.0, 0.0), (0.0, 0.0)):
            wanted = plain_pairs(x, y, t, es, et, codes)
            found = duplicate_pairs(x, y, t, es, et, codes, most)
            assert found.attrs["found"] == len(wanted)
            pd.testing.assert_frame_equal(found, wanted[:most], check_dtype=False)


def test_a_dense_place_proposes_no_more_than_asked() -> None:
    count = 50_000
    zero, t = np.zeros(count), np.random.default_rng(2).random(count)
    found = duplicate_pairs(zero, zero, t, 300, 2, most=100)
    assert found.attrs["found"] == count * (count - 1) // 2 and len(found) == 100
    apart = np.sort(np.concatenate([np.sort(t)[k:] - np.sort(t)[:-k] for k in (1, 2, 3)]))
    assert found["apart"].tolist() == pytest.approx(apart[:100].tolist())
    alike = duplicate_pairs(zero, zero, zero, 300, 2, most=100)
    assert alike["first"].eq(0).all() and alike["second"].tolist() == list(range(1, 101))


def test_pairs_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="2 codes for 1 records"):
        duplicate_pairs([1], [1], [1], 1, 1, same=[[1, 2]])
    with pytest.raises(ValueError, match="most is 0"):
        duplicate_pairs([1], [1], [1], 1, 1, most=0)
    assert duplicate_pairs([], [], [], 1, 1).attrs["found"] == 0
