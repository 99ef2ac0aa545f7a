"""A place's own kinds in a release: in its tables, the sensitive one apart; fixed for a year."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from data import words
from data.attacks import schema
from data.embed import embed_files
from data.release import release_files
from tests.conftest import command
from tests.release.test_publish import NOW, YEAR_OVER, Place, areas, reports

TABLE = """
["eviction watch"]
definition = "Officers came to an eviction."
sensitive = true
texts = ["EVICT"]
["bike stop"]
definition = "Police stopped somebody on a bicycle."
sensitive = false
texts = ["BIKE"]
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    filled, table = tmp_path / "filled", tmp_path / "mine.toml"
    table.write_text(TABLE)
    rows = pd.read_csv(reports(tmp_path / "a.csv"))
    rows.assign(kind=["EVICT", "BIKE", "sighting"] * 200).to_csv(tmp_path / "a.csv", index=False)
    for line in (
        ("import", str(tmp_path / "a.csv"), "--community", "--kinds", str(table)),
        ("areas", str(areas(tmp_path / "a.geojson")), "--name-column", "name"),
    ):
        done = command(
            *line, *(["--population-column", "people"] * ("areas" in line)), store=filled
        )
        assert done.returncode == 0, done.stdout + done.stderr
    made = Place(tmp_path, filled)
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    yield made
    words.use_kinds(())


def test_own_kinds_are_released_and_the_sensitive_one_apart(place: Place, tmp_path: Path) -> None:
    done = release_files.write_release(
        place.store,
        place.settings(),
        YEAR_OVER,
        now=NOW,
        public=place.public,
        embed=embed_files.write_release_embed,
    )
    read = {
        name: pd.read_parquet(done.folder / f"community/measured/city-year{name}.parquet")
        for name in ("-kind", "-sensitive-kind")
    }
    ordinary, apart = (
        frame[frame["period"] == "2025"].set_index("kind") for frame in read.values()
    )
    assert "bike_stop" in ordinary.index and "eviction_watch" not in ordinary.index
    assert "eviction_watch" in apart.index
    assert abs(apart.loc["eviction_watch", "n"] - 160) < 60  # two thirds of a year's 200, and noise
    # the attack's own list of what a table may say knows them
    assert not list(schema._table("community/measured/city-year-kind", read["-kind"]))
    # nowhere finer than the city and the year
    for file in done.folder.rglob("*.csv"):
        if "city-year" not in file.name:
            assert "eviction" not in file.read_text(), file
    package = json.loads((done.folder / "datapackage.json").read_text())
    enums = [
        field["constraints"]["enum"]
        for resource in package["resources"]
        for field in resource.get("schema", {}).get("fields", [])
        if field["name"] == "kind"
    ]
    assert enums and all("bike_stop" in enum for enum in enums)
    for language in ("en", "es", "so"):
        script = (done.folder / f"embed/{language}.js").read_text()
        assert '"kind.bike_stop":["bike stop"]' in script
        assert re.search(r'"count\.bike_stop":\["\{n\} [^"]*\(bike stop\)"', script), language
    assert (
        "bike stop" in (done.folder / "embed/data.js").read_text()
        or "bike_stop" in (done.folder / "embed/data.js").read_text()
    )


def test_what_is_new_in_a_fixed_year_is_said(place: Place, tmp_path: Path) -> None:
    place.release(YEAR_OVER)
    later = tmp_path / "later.toml"
    later.write_text(
        TABLE.replace("sensitive = false", "sensitive = true")
        + '["night raid"]\ndefinition = "At night."\nsensitive = true\n'
    )
    done = command(
        *("import", str(tmp_path / "a.csv"), "--dry-run", "--kinds", str(later)),
        store=place.store.root,
        **place.env,
    )
    assert "community reports of night raid are in releases of a later year only" in done.stdout
    assert "bike stop: sensitive from now on, but fixed as an ordinary kind" in done.stdout
