"""Each city from one command to a store, against a local server that answers as the real ones do."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.cities import cities
from data.jobs import city_job, city_settings
from data.pulls.feeds import read_feeds
from data.settings import Problem, Settings, load_settings
from data.storage.store import Store
from tests.cities.made_answers import MADE, this_year
from tests.cities.server import moved, serving
from tests.conftest import command

CITIES = cities.read_cities()
LOCAL = ("127.0.0.1",)
SINCE = date(2025, 1, 1)


@contextlib.contextmanager
def no_bar(what: str) -> Iterator[object]:
    """A progress bar that draws nothing."""
    yield lambda done, of: None


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings are written; the store stands beside them."""
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "store"))
    return tmp_path / "porchlight.toml"


def batch(store: Store) -> pa.Table:
    """The records of the one import."""
    (name,) = store.history().live
    return pq.read_table(store.batches / f"{name}.parquet")


def set_up(city: cities.City, file: Path, said: list[str]) -> tuple[Store, Settings]:
    """Run the job; the store and the settings that it wrote."""
    job = city_job.CityJob(city, file, SINCE, said.append, no_bar, LOCAL)  # type: ignore[arg-type]
    return job.run(), load_settings(file)


@pytest.mark.parametrize("name", CITIES)
def test_a_city_ends_in_a_store_with_areas_and_records(name: str, file: Path) -> None:
    made, said = MADE[name](CITIES[name]), []
    with serving(CITIES[name], made) as (city, _served):
        store, settings = set_up(city, file, said)
    assert (settings.name, settings.zone, settings.center) == (city.name, city.zone, city.center)
    (event,) = store.history().imports.values()
    assert (event.source, event.source_kind, event.kept) == (city.source, "official", made.kept)
    kinds = Counter(batch(store)["kind"].to_pylist())
    assert kinds["other"] == made.other
    assert len(kinds) > 3  # their words became ours, not all the same
    current = store.at(str(store.stamp()))
    assert next(one["name"] for one in current.meta["sets"]) == city.boundaries.set
    placed = current.query("SELECT count(*) AS n FROM {facts} WHERE area0 >= 0")["n"][0].as_py()
    assert placed == made.in_areas
    assert any("make run" in line for line in said)
    assert f"pull {city.source}" in "\n".join(said)


def test_a_clock_that_is_called_utc_is_read_as_the_citys(file: Path) -> None:
    with serving(CITIES["minneapolis"], MADE["minneapolis"](CITIES["minneapolis"])) as (city, _):
        store, _settings = set_up(city, file, [])
    times = store.at(str(store.stamp())).query(
        "SELECT min(day) AS day, min(hour) AS hour FROM {facts}"
    )
    assert times.to_pylist() == [{"day": date(2025, 1, 2), "hour": 0}]  # 00:20 on the wall


def test_only_what_the_mapping_reads_is_asked_of_socrata(file: Path) -> None:
    made = MADE["new-york"](CITIES["new-york"])
    with serving(CITIES["new-york"], made) as (city, served):
        store, _settings = set_up(city, file, [])
    asked = [params for path, params in served.asked if "/resource/" in path]
    year = this_year(city)
    assert {params["$where"] for params in asked} == {f"(cmplnt_fr_dt >= '{year}-01-01T00:00:00')"}
    assert {params["$select"] for params in asked} == {
        "count(*) as count",
        ",".join((":id", ":updated_at", *city.columns)),
    }
    assert read_feeds(file)[city.source].columns == city.columns
    assert "susp_age_group" not in str(batch(store).schema)


def test_only_what_the_mapping_reads_is_asked_of_arcgis(file: Path) -> None:
    made = MADE["minneapolis"](CITIES["minneapolis"])
    with serving(CITIES["minneapolis"], made) as (city, served):
        set_up(city, file, [])
    asked = [
        params for path, params in served.asked if path.endswith("Crime_Data/FeatureServer/0/query")
    ]
    assert {params["where"] for params in asked} == {
        "((Type = 'Crime Offenses (NIBRS)') AND Occurred_Date >= TIMESTAMP '2025-01-01 00:00:00')"
    }
    pages = [params for params in asked if "outFields" in params]
    assert {params["outFields"] for params in pages} == {",".join(("OBJECTID", *city.columns))}
    assert {params["returnGeometry"] for params in pages} == {"false"}


def test_what_is_there_is_gone_on_with_and_edits_stay(file: Path) -> None:
    city = CITIES["chicago"]
    with serving(city, MADE["chicago"](city)) as (there, served):
        store, _settings = set_up(there, file, [])
        text = file.read_text().replace(
            "[pull.chicago-crime]", '[pull.chicago-crime]\nevery = "1d"'
        )
        file.write_text(text)
        served.made.rows.append(served.made.rows[5] | {"id": "13999999"})
        set_up(there, file, said := [])
    assert file.read_text() == text
    assert "1 new, 0 changed, 0 gone" in "\n".join(said)
    assert not list(file.parent.glob("porchlight.*.toml"))  # nothing was put aside
    assert [event.kept for event in store.history().imports.values()] == [60, 1]


def test_another_places_settings_are_not_touched(file: Path) -> None:
    told = command("init", "Saint Paul", "--zone", "America/Chicago", store=file.parent / "other",
                   PORCHLIGHT_CONFIG=str(file))  # fmt: skip
    assert told.returncode == 0, told.stderr
    before = file.read_bytes()
    with pytest.raises(Problem, match="describes Saint Paul, which stays as it is"):
        city_settings.check_free(CITIES["chicago"], file)
    assert file.read_bytes() == before


def test_another_places_store_is_not_filled(file: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("when,lat,lon,kind\n2025-01-02 10:00,44.98,-93.27,call_911\n")
    done = command("import", str(calls), "--source", "calls", store=tmp_path / "store")
    assert done.returncode == 0, done.stdout + done.stderr
    with pytest.raises(Problem, match="holds records of calls, not of Chicago"):
        city_settings.check_free(CITIES["chicago"], file)


def test_the_sample_is_kept_beside(file: Path) -> None:
    file.write_text('[place]\nname = "Minneapolis"\nzone = "America/Chicago"\nsample = true\n')
    city = CITIES["minneapolis"]
    with serving(city, MADE["minneapolis"](city)) as (there, _):
        _store, settings = set_up(there, file, said := [])
    assert not settings.sample
    assert any("kept as porchlight.minneapolis.toml" in line for line in said)


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("http://127.0.0.1:9", "127.0.0.1 cannot be reached: is there a network"),  # nobody listens
        (
            "http://nobody.invalid",
            "The name nobody.invalid cannot be looked up: is there a network",
        ),
    ],
)
def test_without_a_network_it_says_so_and_writes_nothing(
    base: str,
    says: str,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("data.pulls.web.PAUSE", 0.0)
    monkeypatch.setattr("data.pulls.web.TRIES", 2)
    with pytest.raises(Problem, match=says):
        set_up(moved(CITIES["seattle"], base), file, [])
    assert list(file.parent.iterdir()) == []
    assert not caplog.records  # a log of each retry would stand on the screen


def test_the_command_lists_the_cities_and_refuses_others(tmp_path: Path) -> None:
    store = tmp_path / "store"
    listed = command("city", store=store)
    assert listed.stdout.count("(untried)") == 5
    other = command("city", "Denver", store=store)
    assert other.returncode == 1
    assert 'find "Denver"' in other.stderr
    wrong = command("city", "Chicago", "--since", "yesterday", "--yes", store=store,
                    PORCHLIGHT_CONFIG=str(tmp_path / "porchlight.toml"))  # fmt: skip
    assert "--since is a day" in wrong.stderr
    assert "UNTRIED" in wrong.stdout
    assert not list(tmp_path.iterdir())
