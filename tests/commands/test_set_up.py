"""A place that is set up: whole, or as if nobody had begun."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data import settings
from data.jobs import set_up
from data.jobs.dropped_file import keep_dropped
from data.jobs.job_messages import AreasAdded, Job, RecordsRead, Stopped
from data.jobs.set_up import SetUp, read_center
from data.settings import Problem
from data.storage.store import Store
from tests.conftest import ROOT

ROWS = b"id,time,lat,lon,kind\n1,2024-03-01 10:00,44.97,-93.27,sighting\n"
WHO = {"Who stands behind the source tips? Nothing is known of it yet.": "community"}


def square(name: str, x: float) -> dict[str, object]:
    ring = [[x, 44.9], [x + 0.1, 44.9], [x + 0.1, 45], [x, 45], [x, 44.9]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"NAME": name}, "geometry": geometry}


AREAS = json.dumps(
    {"type": "FeatureCollection", "features": [square("West", -93.3), square("East", -93.2)]}
).encode()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings that come with Porchlight, and a store that is not there yet."""
    file = tmp_path / "porchlight.toml"
    shutil.copy(ROOT / "porchlight.toml", file)
    monkeypatch.setenv("PORCHLIGHT_CONFIG", str(file))
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "place" / "store"))
    return file


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def begun(*, fixed: bool = False) -> SetUp:
    return SetUp(settings.load_settings(), fixed=fixed)


def records(place: SetUp, content: bytes = ROWS) -> Job:
    file = keep_dropped("tips.csv", io.BytesIO(content), place.folder)
    return Job("records", str(file), {"source": "tips"}, WHO, dry_run=True)


def areas(place: SetUp, content: bytes = AREAS) -> Job:
    file = keep_dropped("areas.geojson", io.BytesIO(content), place.folder)
    return Job("areas", str(file), dry_run=True)


def test_a_place_is_made_whole_and_the_settings_before_are_kept(
    config: Path, tmp_path: Path
) -> None:
    before, place = config.read_bytes(), begun()
    (added,) = [
        message
        for message in set_up.run_job(areas(place), place.environment)
        if isinstance(message, AreasAdded)
    ]
    assert (added.count, added.center, added.zone) == (2, [44.95, -93.2], "America/Chicago")
    assert files(tmp_path).keys() >= {"porchlight.toml"} and config.read_bytes() == before
    place.describe("Riverton", "America/Chicago", "44.95,-93.2", 60.0)
    assert place.replaced() == "Minneapolis"
    told = list(place.finish(None, records(place)))
    place.close()
    assert [m.kept for m in told if isinstance(m, RecordsRead)] == [1]
    now = settings.load_settings()
    assert (now.name, now.zone, now.center, now.reach_km, now.sample) == (
        *("Riverton", "America/Chicago", (44.95, -93.2), 60.0),
        False,
    )
    assert (tmp_path / "porchlight.minneapolis.toml").read_bytes() == before
    store = Store(now.store)
    assert store.at(str(store.stamp())).meta["rows"] == 1
    assert not list(now.store.parent.glob(".set-up-*"))


def test_a_bad_file_leaves_everything_as_it_was(config: Path, tmp_path: Path) -> None:
    before = files(tmp_path)
    place = begun()
    place.describe("Riverton", "America/Chicago", "", 40.0)
    told = list(place.finish(None, records(place, b"\x89PNG\r\n\x1a\n" + bytes(600))))
    assert isinstance(told[-1], Stopped) and told[-1].text.startswith("tips.csv")
    place.close()
    assert files(tmp_path) == before


def test_a_file_of_which_no_row_can_be_kept_changes_nothing(config: Path, tmp_path: Path) -> None:
    before, place = files(tmp_path), begun()
    place.describe("Riverton", "America/Chicago", "10,10", 40.0)  # far from its records
    told = list(place.finish(None, records(place)))
    place.close()
    assert [m.kept for m in told if isinstance(m, RecordsRead)] in ([0], [])
    assert files(tmp_path) == before


def test_two_places_never_share_a_store(config: Path, tmp_path: Path) -> None:
    place = begun()
    place.describe("Riverton", "America/Chicago", "", 40.0)
    other = tmp_path / "place" / "store" / "batches"
    other.mkdir(parents=True)
    (other / "theirs.parquet").write_bytes(b"theirs")
    with pytest.raises(Problem, match="never share a store: PORCHLIGHT_STORE"):
        list(place.finish(None, records(place)))
    place.close()
    assert (other / "theirs.parquet").read_bytes() == b"theirs"
    assert settings.load_settings().name == "Minneapolis"


@pytest.mark.parametrize("where", ["data.jobs.init.init", "data.jobs.set_up.shutil.move"])
def test_a_full_disk_at_the_end_takes_nothing_away(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    before, place = files(tmp_path), begun()
    place.describe("Riverton", "America/Chicago", "", 40.0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(where, full)
    with pytest.raises(OSError, match="No space"):
        list(place.finish(None, records(place)))
    assert not settings.load_settings().store.exists() and place.store.exists()
    place.close()
    assert files(tmp_path) == before


def test_where_others_sign_in_the_settings_stay(config: Path) -> None:
    config.write_text(config.read_text() + '\n[roles]\nsteward = ["group:desk"]\n')
    before, place = config.read_bytes(), begun(fixed=True)
    place.describe("Elsewhere", "Europe/Berlin", "52.5,13.4", 40.0)  # is not asked
    told = list(place.finish(areas(place), records(place)))
    place.close()
    assert not [m for m in told if isinstance(m, Stopped)] and config.read_bytes() == before
    store = Store(settings.load_settings().store)
    meta = store.at(str(store.stamp())).meta
    assert meta["rows"] == 1 and meta["place"]["name"] == "Minneapolis"


def test_what_a_process_that_is_gone_left_is_swept(config: Path, tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    parent = tmp_path / "place"
    for number in (gone.pid, os.getpid()):
        (parent / f".set-up-{number}-x").mkdir(parents=True)
    set_up.sweep(parent)
    assert [p.name for p in parent.iterdir()] == [f".set-up-{os.getpid()}-x"]


@pytest.mark.parametrize(
    ("text", "center"),
    [("44.95, -93.09", "44.95,-93.09"), ("  ", ""), ("-33.9,151.2", "-33.9,151.2")],
)
def test_a_center_is_read(text: str, center: str) -> None:
    assert read_center(text) == center


@pytest.mark.parametrize("text", ["here", "44.95", "144, 3", "1,2,3", "nan, 3"])
def test_no_center_is_a_sentence(text: str) -> None:
    with pytest.raises(Problem, match="Write latitude, longitude"):
        read_center(text)


def test_settings_that_are_not_there_yet_begin_a_place(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up.begin_settings() == ""  # these are there
    config.unlink()
    assert "first page" in set_up.begin_settings()
    place = begun()
    place.describe("Riverton", "America/Chicago", "", 40.0)
    assert place.replaced() == "", "nobody's settings need no consent"
    list(place.finish(None, records(place)))
    place.close()
    assert [file.name for file in tmp_path.glob("*.toml")] == ["porchlight.toml"]
    monkeypatch.delenv("PORCHLIGHT_STORE")  # the settings know where the store is
    now = settings.load_settings()
    assert now.name == "Riverton" and now.store == tmp_path / "place" / "store"
    assert Store(now.store).stamp()
