"""The comparison of the release with the old policy: its scores, and one small run."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from bench import made_network, release, scores, utility
from bench.plain import suppression
from bench.scores import Score
from data.sample import made_reports
from data.storage.store import Store


@pytest.fixture(scope="module")
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("partition") / "store"
    shutil.copytree(sample_store, root, symlinks=True)
    return Store(root)


@pytest.fixture(scope="module")
def city(store: Store) -> utility.City:
    return utility.city_of(store)


def test_a_score_has_right_values() -> None:
    table = pd.DataFrame(
        {
            "period": "2025",
            "area": [1, 2, 3, 4, 5],
            "true": [100, 20, 10, 5, 0],
            "number": [120, 25, 5, None, 2],
            "low": [110, 15, 2, 0, 0],
            "high": [130, 35, 9, 9, 4],
        }
    )
    found = scores.score([table])
    assert found.cells == 5 and found.shown == 0.8
    assert found.within_20 == 0.5  # 120 of 100; 25 of 20 is too far
    assert found.within_50 == 0.75  # the hidden one of 5 is not within
    assert found.median == 5 and found.p90 == pytest.approx(15.5)  # 20, 5, 5 and 2
    assert found.holds == 0.6
    assert found.rank == pytest.approx(0.9)  # hidden is lowest: 5 4 3 1 2 of 5 4 3 2 1
    assert found.top == pytest.approx(0.6)  # of five, one is hidden and one is truly none


def test_a_table_that_shows_nothing_has_a_score() -> None:
    table = pd.DataFrame({"period": "2025", "area": [1, 2], "true": [3, 4], "number": [None, None]})
    found = scores.score([table])
    assert (found.shown, found.rank, found.top) == (0, 0, 0)
    assert found.within_20 is found.within_50 is found.median is found.holds is None


def test_true_numbers_are_those_of_the_cell() -> None:
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1)]
    events = pd.DataFrame(
        {
            "local_date": days,
            "hour": pd.array([0, 6, 17, 23], "UInt8"),
            "area": [1, 1, 2, 2],
            "district": [1, 1, 1, 1],
            "kind": "sighting",
            "setting": ["street", "street", "home", "street"],
            "sensitive": [False, False, True, False],
        }
    )

    def true(name: str, **columns: list[object]) -> list[int]:
        table = pd.DataFrame(columns)
        return scores.with_truth(name, table, events)["true"].astype(int).tolist()

    parts = ["2024-12-30/2024-12-31", "2025-01-01/2025-01-05", "2025-01-27/2025-01-31"]
    parts += ["2025-02-01/2025-02-02"]
    assert true("city-week-part", period=parts) == [1, 1, 0, 1]
    assert true("city-week", period=["2025-W01", "2025-W05", "2025-W06"]) == [2, 1, 0]
    assert true("city-year", period=["2024", "2025"]) == [1, 2]
    where = {"period": ["2024-Q4", "2025-Q1", "2025-Q1"], "area": [1, 1, 2]}
    assert true("group-quarter", **where) == [1, 1, 1]
    bands = {"period": ["2025-Q1"] * 2, "band": ["06-12", "18-24"]}
    assert true("city-quarter-band", **bands) == [1, 1]
    setting = {"period": ["2025"] * 2, "setting": ["home", "school"]}
    assert true("city-year-sensitive-setting", **setting) == [1, 0]
    assert true("city-year-late", period=["2025"]) == [0]


def test_the_made_network_is_skewed_in_place_and_time(city: utility.City) -> None:
    assert (city.group.max(), city.districts.max()) == (73, 13)
    found = made_network.reports(city.areas, 20_000, 1)
    day = pd.to_datetime(found["local_date"])
    assert (day.dt.year.value_counts() == 20_000).all() and found["incident_id"].is_unique
    winter = day.dt.month.isin([1, 12]).mean() / day.dt.month.isin([6, 7]).mean()
    assert winter > 2 and 0.17 < (day.dt.day_of_week > 4).mean() < 0.21
    assert found["area"].value_counts().iloc[:9].sum() > 0.3 * len(found)
    usual = made_reports.KINDS["sighting"]
    assert abs((found["kind"] == "sighting").mean() - usual) < 0.02
    apart = found["setting"].isin(["school", "clinic", "worship", "shelter", "home"]).mean()
    assert abs(apart - 0.32) < 0.02
    inside = city.areas.geometry.iloc[found["area"].to_numpy()[:99]]
    assert inside.contains(_points(found[:99], inside)).all()


def _points(found: pd.DataFrame, like: object) -> object:
    import geopandas as gpd

    return gpd.GeoSeries.from_xy(found["x"], found["y"], index=like.index, crs=like.crs)  # type: ignore[attr-defined]


def test_one_small_run(city: utility.City) -> None:
    """Every table has a number and a range in every cell; the old policy showed almost none."""
    both = utility.compare(city, 3_000, 1)
    ours, peer = both["group-quarter"]
    assert ours.cells == 74 * 8 and peer is not None and peer.cells == ours.cells
    assert ours.shown == 1 and peer.shown < 0.25
    assert ours.rank and peer.rank and ours.rank > peer.rank
    assert {*utility.PEERS} - {"group-month", "group-year-kind"} == {
        name for name, (_, other) in both.items() if other
    }
    found = utility.figures(3_000, both)
    asked = {f["name"].split(": ", 2)[2]: f["ok"] for f in found if "goal" in f}
    assert asked.pop("group-quarter within_20") and asked.pop("group-quarter within_50")
    assert len(asked) == 2 and all(name.startswith("ranges hold") for name in asked)
    text = utility.readable(3_000, 1, both)
    assert text.startswith("3,000 reports a year, 1 data set.")
    assert len(text.splitlines()) == 2 + len(both)


def test_what_is_missed_is_not_ok() -> None:
    good = Score(100, 1, 0.9, 0.85, 1, 3, 0.9, 0.8, 0.8)

    def ok(score: Score) -> list[bool]:
        return [f["ok"] for f in utility.figures(3_000, {"group-quarter": (score, None)})[1:]]

    assert ok(good) == [True, True, True, True]
    assert ok(good._replace(within_20=0.89)) == [False, True, True, True]
    assert ok(good._replace(within_50=None)) == [True, False, True, True]
    assert ok(good._replace(holds=0.87)) == [True, True, False, True]
    assert ok(good._replace(holds=0.98)) == [True, True, False, True]
    poor = {"a": (good._replace(holds=0.7), None), "b": (good, None), "c": (good, None)}
    *_, mean, least = utility.figures(
        300, poor | {name: (good._replace(holds=0.97), None) for name in "def"}
    )
    assert mean["ok"] and not least["ok"] and least["name"].endswith("least: a")
    assert len(utility.figures(300, {"a": (good._replace(cells=99), None)})) == 2


def test_the_release_of_a_few_reports(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of a year in which nothing happened: the last one has closed quarters and no report."""
    release.fill(tmp_path, store, 500)
    for name, value in release.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    ours, peer = (release.measure(tmp_path, job) for job in ("ours", "peer"))
    assert ours["tables"] > peer["tables"] == len(suppression.TABLES)
    assert release._figure(500, ours | {"s": 59.0, "mb": 1999.0}, peer)["ok"]
    for missed in ({"s": 61.0}, {"mb": 2001.0}):
        assert not release._figure(500, ours | {"mb": 1000.0} | missed, peer)["ok"]
