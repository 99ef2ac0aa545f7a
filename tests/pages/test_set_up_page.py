"""The first page of an empty store: its states, and the whole way from no folder to a Map."""

import base64
import json
import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data import settings
from data.jobs.job_messages import AreasAdded
from data.palette import LIGHT
from data.people.actor import Actor
from tests.conftest import ROOT, dashboard
from ui.files.set_up_page import areas_picture

NAMES = ("North Side", "Hill", "Harbor", "Old Town")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the settings that come with Porchlight, and no store."""
    shutil.copy(ROOT / "porchlight.toml", tmp_path / "porchlight.toml")
    monkeypatch.setenv("PORCHLIGHT_CONFIG", str(tmp_path / "porchlight.toml"))
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "place" / "store"))
    st.cache_resource.clear()
    st.cache_data.clear()
    return tmp_path


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=90).run()
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.text, *app.error))


def areas() -> bytes:
    """Four squares near Halifax."""
    features = []
    for i, name in enumerate(NAMES):
        x, y = -63.6 + 0.02 * (i % 2), 44.64 + 0.02 * (i // 2)
        ring = [[x, y], [x + 0.02, y], [x + 0.02, y + 0.02], [x, y + 0.02], [x, y]]
        properties = {"FID": i, "COMMUNITY": name, "Residents": 2_000 + i}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def records(rows: int = 60) -> bytes:
    """Rows within the squares; of the last the date is none."""
    chance, lines = random.Random(16), ["case,when,latitude,longitude,incident type"]
    for i in range(rows):
        at = f"{44.641 + chance.random() * 0.038:.5f},{-63.599 + chance.random() * 0.038:.5f}"
        lines.append(f"{i},2024-{i % 12 + 1:02d}-{i % 28 + 1:02d} {i % 24:02d}:15,{at},sighting")
    lines.append("x,2024-13-45 10:00,44.65,-63.59,sighting")
    return ("\n".join(lines) + "\n").encode()


def test_an_empty_store_asks_for_a_place(empty: Path) -> None:
    app = opened()
    assert app.title[0].value == "Set up your place"
    assert [one.label for one in app.file_uploader] == ["File of areas", "File of records"]
    sample = "Look around with the sample place instead"
    assert sample in [button.label for button in app.button]
    assert not (empty / "place" / "store").exists()


def test_another_place_is_not_offered_the_sample(empty: Path) -> None:
    file = empty / "porchlight.toml"
    file.write_text(file.read_text().replace("sample = true", "sample = false"))
    assert "set_up_sample" not in [button.key for button in opened().button]


def test_only_a_steward_sees_it(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ui.app.access.person", lambda: Actor("ed", frozenset({"viewer", "editor"}))
    )
    app = opened()
    assert app.title[0].value == "No records yet" and not app.file_uploader
    assert "A steward of this Porchlight" in texts(app)


def test_where_people_sign_in_a_steward_cannot_rename_the_place(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.app.access.person", lambda: Actor("stew", frozenset({"steward"})))
    monkeypatch.setattr("ui.arrival.arrival.provider", lambda: True)
    app = opened()
    assert "Minneapolis, in the time zone America/Chicago" in texts(app)
    assert not [one for one in app.text_input if one.key == "set_up_name"]


def test_a_name_and_a_center_that_cannot_be_are_said_beside_their_fields(empty: Path) -> None:
    app = opened()
    app.text_input(key="set_up_name").set_value('The "Hill"')
    app.text_input(key="set_up_center").set_value("here").run()
    assert "without quotes" in app.error[0].value
    assert "Write latitude" in app.error[1].value


def test_a_bad_file_is_a_sentence_and_changes_nothing(empty: Path) -> None:
    before = (empty / "porchlight.toml").read_bytes()
    app = opened()
    app.file_uploader[0].set_value(("areas.geojson", b"{ no json", "")).run()
    assert "line 1, column 3" in app.error[0].value.replace("\\", "")
    app.file_uploader[0].set_value(("calls.csv", b"\x89PNG\r\n\x1a\n" + bytes(600), "")).run()
    assert len(app.error) == 2 and "Traceback" not in texts(app)
    finish = app.button(key="set_up_finish")
    assert finish.disabled and "Still needed: a name (step 1)" in texts(app)
    assert not (empty / "place" / "store").exists()
    assert (empty / "porchlight.toml").read_bytes() == before


def test_files_propose_zone_and_center_and_a_column_is_corrected(empty: Path) -> None:
    app = opened()
    app.text_input(key="set_up_name").set_value("Harbor City")
    content = records(6).replace(b"incident type", b"what").replace(b"sighting", b"seen")
    app.file_uploader[1].set_value(("calls.csv", content, "")).run()
    app.radio(key="set_up_records_answer0").set_value("community").run()
    # nothing is a kind of ours: it asks which kind the rows have
    app.selectbox(key="set_up_records_answer1").set_value("sighting").run()
    assert app.selectbox(key="set_up_zone").value == "America/Halifax"
    assert app.text_input(key="set_up_center").value.startswith("44.6")
    assert "6 kept + 1 rejected = 7 rows" in texts(app)
    rows = app.dataframe[0].value
    assert rows["When (when)"].tolist()[:1] == ["2024-01-01 00:15"] and len(rows) == 3
    app.selectbox(key="set_up_records_column_lat").set_value("no column").run()
    assert not app.exception and not app.dataframe  # without a latitude nothing says where
    assert app.error and app.button(key="set_up_finish").disabled
    app.selectbox(key="set_up_records_column_lat").set_value("latitude").run()
    assert "6 kept + 1 rejected = 7 rows" in texts(app)


def test_the_files_own_words_get_kinds_of_ours(empty: Path) -> None:
    app = opened()
    app.text_input(key="set_up_name").set_value("Harbor City")
    content = records(6).replace(b"sighting", b"Diebstahl")
    app.file_uploader[1].set_value(("calls.csv", content, "")).run()
    app.radio(key="set_up_records_answer0").set_value("official").run()
    assert "what the file's words mean" in texts(app) and not app.error
    word = app.selectbox(key="set_up_records_kind0")
    assert word.label.replace("\\", "") == "Diebstahl (7 rows)" and "theft" not in word.options
    app.checkbox(key="set_up_records_crime").check().run()
    assert "6 kept + 1 rejected = 7 rows" in texts(app), "German words are in the table of kinds"
    assert app.dataframe[0].value["What happened (incident type)"].tolist()[0] == "Diebstahl"
    app.checkbox(key="set_up_records_crime").uncheck().run()
    app.selectbox(key="set_up_records_kind0").set_value("other").run()
    assert "6 kept + 1 rejected = 7 rows" in texts(app)


def test_words_that_no_table_knows_are_answered_beside_those_it_knows(empty: Path) -> None:
    app = opened()
    content = records(6).replace(b"sighting", b"Diebstahl").replace(b"Diebstahl", b"Mumpitz", 1)
    app.file_uploader[1].set_value(("calls.csv", content, "")).run()
    app.radio(key="set_up_records_answer0").set_value("official").run()
    app.checkbox(key="set_up_records_crime").check().run()
    assert "5 kept + 2 rejected = 7 rows" in texts(app)
    word = app.selectbox(key="set_up_records_kind0")
    assert word.label.startswith("Mumpitz") and "theft" in word.options
    word.set_value("assault").run()
    assert "6 kept + 1 rejected = 7 rows" in texts(app)


def test_a_picture_holds_numbers_only() -> None:
    drawn = AreasAdded(2, [], 10, 10, ["M0 0l1 0 0 1z", '"/><script>x</script>'], [], 40.0, "")
    picture = areas_picture(drawn, LIGHT)
    svg = base64.b64decode(picture.partition("base64,")[2].partition('"')[0]).decode()
    assert "M0 0l1 0 0 1z" in svg and "script" not in svg


@pytest.mark.browser
def test_from_an_empty_folder_to_a_map(browser: Any, tmp_path: Path) -> None:
    config = tmp_path / "porchlight.toml"
    shutil.copy(ROOT / "porchlight.toml", config)
    (tmp_path / "areas.geojson").write_bytes(areas())
    (tmp_path / "calls.csv").write_bytes(records())
    store, log = tmp_path / "place" / "store", tmp_path / "log"
    begun = time.monotonic()
    with dashboard(store, log, PORCHLIGHT_CONFIG=str(config)) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.get_by_label("Name of the place").fill("Harbor City")
        page.get_by_label("Name of the place").press("Enter")
        page.locator('input[type="file"]').first.set_input_files(str(tmp_path / "areas.geojson"))
        page.get_by_text("4 areas: Harbor, Hill, North Side, Old Town").wait_for()
        page.locator("img.porch-areas").wait_for()
        page.locator('input[type="file"]').first.set_input_files(str(tmp_path / "calls.csv"))
        page.locator("label", has_text="official").click()
        page.get_by_text("60 kept + 1 rejected = 61 rows").first.wait_for()
        page.get_by_role("button", name="Import and open the map").click()
        page.get_by_text("60 of 60").first.wait_for()
        assert page.locator(".porch-brand").inner_text().split("\n")[-1] == "Harbor City"
        page.locator('[class*="st-key-map"] iframe').wait_for()
        page.close()
    print(f"From an empty folder to a Map: {time.monotonic() - begun:.0f} s")
    place = settings.load_settings(config)
    assert (place.name, place.zone) == ("Harbor City", "America/Halifax")
    assert (tmp_path / "porchlight.minneapolis.toml").exists()
    assert not list(store.parent.glob(".set-up-*"))
    assert "Traceback" not in log.read_text()
