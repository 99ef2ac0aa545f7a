"""The table of cities: what each states, where it was read, and what is asked of its servers."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from data.areas.boundary_files import read_features
from data.cities import cities
from data.cities.boundaries import fetch_boundaries
from data.jobs import city_job
from data.settings import Problem, check_zone
from tests.cities.made_answers import MADE
from tests.cities.server import serving
from tests.conftest import ROOT

CITIES = cities.read_cities()
LOCAL = ("127.0.0.1",)


def test_five_cities_state_where_everything_was_read() -> None:
    assert list(CITIES) == ["minneapolis", "chicago", "new-york", "seattle", "london"]
    for city in CITIES.values():
        check_zone(city.zone, city.name)
        for address in (city.boundaries.address, city.feed["address"]):
            assert urlsplit(address).scheme == "https"
        read_at = (*city.boundaries.read_at, *city.read_at)
        assert all(urlsplit(where).scheme in ("https", "http") for where in read_at)
        assert city.boundaries.licence and city.mapping["source"]["licence"]
        assert city.mapping["source"]["kind"] == "official"
        assert "already_public" not in city.mapping["source"]  # a hand decides that


@pytest.mark.parametrize("name", CITIES)
def test_the_page_of_cities_tells_the_same(name: str) -> None:
    city, page = CITIES[name], (ROOT / "docs" / "cities.md").read_text("utf-8")
    stated = (city.boundaries.address, city.feed["address"], city.feed.get("dataset", ""))
    for text in (*stated, *city.boundaries.read_at, *city.read_at):
        assert text in page


@pytest.mark.parametrize("name", CITIES)
def test_what_nobody_tried_says_so_before_it_starts(name: str) -> None:
    city = CITIES[name]
    said = list(city_job.introduce(city))
    assert said[-1].startswith("UNTRIED") is not city.tried
    assert any(city.mapping["source"]["licence"] in line for line in said)
    assert sum(line.startswith("Read at") for line in said) >= 2


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Chicago", "chicago"),
        ("new york city", "new-york"),
        ("NEW YORK", "new-york"),
        ("london", "london"),
    ],
)
def test_a_city_is_found_however_it_is_typed(typed: str, key: str) -> None:
    assert cities.find_city(typed, CITIES) is CITIES[key]


def test_another_place_is_told_what_else_there_is() -> None:
    with pytest.raises(Problem, match=r"Minneapolis, Chicago.* find \"Denver\""):
        cities.find_city("Denver", CITIES)


def test_only_new_enough_rows_are_asked_for() -> None:
    today, day = date(2026, 11, 27), date(2025, 1, 1)
    chicago, minneapolis = CITIES["chicago"], CITIES["minneapolis"]
    assert chicago.where(chicago.since(day, today)) == "date >= '2025-01-01T00:00:00'"
    assert minneapolis.where(day) == (
        "(Type = 'Crime Offenses (NIBRS)') AND Occurred_Date >= TIMESTAMP '2025-01-01 00:00:00'"
    )
    assert minneapolis.where(None) == "Type = 'Crime Offenses (NIBRS)'"
    assert chicago.mapping_since(day)["source"]["from"] == day
    assert chicago.mapping_since(date(1990, 1, 1))["source"]["from"] == date(2001, 1, 1)
    assert "from" not in CITIES["london"].mapping_since(day)["source"]  # a file is read whole


@pytest.mark.parametrize(
    ("today", "first"), [("2026-11-27", 2026), ("2026-01-20", 2025), ("2026-03-01", 2026)]
)
def test_a_yearly_table_is_no_sparse_year_before(today: str, first: int) -> None:
    city = CITIES["new-york"]
    since = city.since(date(2020, 1, 1), date.fromisoformat(today))
    assert since == date(first, 1, 1)
    assert city.mapping_since(since)["source"]["from"] == since


@pytest.mark.parametrize("name", CITIES)
def test_boundaries_come_with_the_columns_that_name_them(name: str, tmp_path: Path) -> None:
    made = MADE[name](CITIES[name])
    with serving(CITIES[name], made) as (city, served):
        came = fetch_boundaries(city.boundaries, tmp_path / "areas.geojson", LOCAL)
    assert came == 2
    features = read_features(tmp_path / "areas.geojson")
    names = [row[city.boundaries.name_column] for row in features.rows]
    assert names == [f["properties"][city.boundaries.name_column] for f in made.features]
    if city.boundaries.where:
        assert {p["where"] for _, p in served.asked} == {city.boundaries.where}


def test_many_areas_come_page_by_page(tmp_path: Path) -> None:
    made = MADE["minneapolis"](CITIES["minneapolis"])
    made.features.extend(made.features * 30)
    with serving(CITIES["minneapolis"], made) as (city, served):
        assert fetch_boundaries(city.boundaries, tmp_path / "areas.geojson", LOCAL) == 62
    assert len(served.asked) == 4  # the count, and three pages
    assert len(json.loads((tmp_path / "areas.geojson").read_text())["features"]) == 62


def test_an_area_that_is_left_out_is_noticed(tmp_path: Path) -> None:
    made = MADE["seattle"](CITIES["seattle"])
    with serving(CITIES["seattle"], made) as (city, served):
        served.short = True
        with pytest.raises(Problem, match="counts 2 areas and gave 1"):
            fetch_boundaries(city.boundaries, tmp_path / "areas.geojson", LOCAL)
    assert not (tmp_path / "areas.geojson").exists()


def test_an_error_with_http_200_is_no_area(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(CITIES["seattle"], MADE["seattle"](CITIES["seattle"])) as (city, served):
        monkeypatch.setattr(served, "answer", lambda path, params: {"error": {"code": 400}})
        with pytest.raises(Problem, match="error 400"):
            fetch_boundaries(city.boundaries, tmp_path / "areas.geojson", LOCAL)
