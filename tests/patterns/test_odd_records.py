"""Pages on records that allow little: one huge day, nothing at all, one area."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from tests.conftest import KEPT, command, once
from tests.pages.test_pages import opened, said

SIDE = 4  # areas east to west and north to south
STEP = 0.02  # degrees
WEST, SOUTH = -93.32, 44.90
BEGIN, WEEKS = date(2021, 1, 4), 120
HUGE, MANY = date(2022, 6, 15), 600  # the day and its records, in one area
USUAL = 3  # days between two records of an area, about


def _squares() -> str:
    """The areas, with residents, as GeoJSON."""
    features = []
    for i in range(SIDE * SIDE):
        west, south = WEST + STEP * (i % SIDE), SOUTH + STEP * (i // SIDE)
        east, north = west + STEP, south + STEP
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        told = {"name": f"Area {i + 1}", "people": 3000 + 100 * i}
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": told, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features})


def _rows() -> str:
    """Sightings all over the place, and one day with very many in one area."""
    rng, rows = np.random.default_rng(11), ["id,time,kind,lat,lon"]
    span = WEEKS * 7

    def add(day: int, area: int) -> None:
        lon = WEST + STEP * (area % SIDE + rng.uniform(0.1, 0.9))
        lat = SOUTH + STEP * (area // SIDE + rng.uniform(0.1, 0.9))
        when = f"{BEGIN + timedelta(days=day)}T{rng.integers(24):02d}:{rng.integers(60):02d}"
        rows.append(f"{len(rows)},{when},sighting,{lat:.5f},{lon:.5f}")

    for area in range(SIDE * SIDE):
        for day in rng.integers(0, span, span // USUAL):
            add(int(day), area)
    for _ in range(MANY):
        add((HUGE - BEGIN).days, 5)
    return "\n".join(rows) + "\n"


def _make(folder: Path) -> None:
    (folder / "areas.geojson").write_text(_squares())
    (folder / "calls.csv").write_text(_rows())
    areas = ("--name-column", "name", "--population-column", "people")
    for words in (
        ("areas", str(folder / "areas.geojson"), *areas),
        ("import", str(folder / "calls.csv"), "--source", "calls"),
    ):
        done = command(*words, store=folder / "store")
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of sixteen areas, made once; what pages worked out of it stays for this file."""
    KEPT.clear()
    st.cache_data.clear()
    st.cache_resource.clear()
    yield once(tmp_path_factory, "odd", _make) / "store"
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def store(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages show these records."""
    monkeypatch.setenv("PORCHLIGHT_STORE", str(odd))


NOTHING = {"since": "2099-01-01"}  # nothing was received since
TO_THE_DAY = {"to": HUGE.isoformat()}
ZEROS = [
    ("now", "Too few records to know what is usual", "so no week can be checked"),
    ("trend", "too few records to tell whether the level changed", "No incident in these weeks"),
    ("hot_spots", "too few incidents for hot spots", "so nothing can be called hot or cold"),
    ("emerging", "too few incidents for patterns", "so nothing can be called hot or cold"),
    ("near_repeats", "Too few records", "It takes 30 records of one kind"),
    ("areas", "none with these filters", "so none is tested"),
]


@pytest.mark.parametrize(("page", "title", "why"), ZEROS)
def test_nothing_at_all_is_said_and_finds_nothing(page: str, title: str, why: str) -> None:
    period = {"from": "2022-07-04", "compare": "same period a year before"}
    app = opened(f"pages/{page}.py", **NOTHING, **(period if page == "areas" else {}))
    text = said(app)
    assert title in app.title[0].value.replace("\\", "") and why in text, text
    assert not re.search(r"\bnan\b", text)


# one huge day is a finding of that day alone: no lasting break, no pattern over time, no pairs on
# later days
HUGE_DAY = [
    ("now", TO_THE_DAY, "unusually many around Area 6 since Jun 15, 2022"),
    ("trend", {}, "the weekly level did not change; 1 week clearly busier than expected"),
    ("hot_spots", {}, "hot spot"),
    ("emerging", {}, "no clear pattern over time"),
    ("near_repeats", {}, "no clear near repeats on later days"),
]


@pytest.mark.parametrize(("page", "link", "title"), HUGE_DAY)
def test_one_huge_day_is_no_more_than_one_day(page: str, link: dict[str, str], title: str) -> None:
    app = opened(f"pages/{page}.py", **link)
    assert title in app.title[0].value.replace("\\", "")
    assert not re.search(r"\bnan\b", said(app))
    if page == "hot_spots":  # extreme alone, among ordinary neighbors
        rows = app.dataframe[0].value.set_index("area")
        assert rows.loc["Area 6", "finding"] == "No clear cluster"


def test_a_single_area_is_said() -> None:
    for page, why in (
        ("now", "are in one area"),
        ("hot_spots", "it takes at least 8"),
        ("emerging", "it takes at least 8"),
    ):
        app = opened(f"pages/{page}.py", area="Area 6")
        assert why in said(app), page


@pytest.mark.parametrize("page", ["trend", "emerging"])
def test_a_day_has_no_whole_week_and_says_so(page: str) -> None:
    """A page that counts whole weeks or months has none of either here."""
    day = HUGE.isoformat()
    app = opened(f"pages/{page}.py", **{"from": day, "to": day})
    assert "too short" in app.title[0].value.lower()
