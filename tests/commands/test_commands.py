"""The commands as a stranger types them: what they say, and that nothing is a traceback."""

import json
import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from data import settings
from data.jobs import init
from data.settings import Problem
from tests.conftest import ROOT, command

NAMES = (
    "init",
    "sample",
    "import",
    "areas",
    "sources",
    "status",
    "rebuild",
    "purge",
    "unimport",
    "recover",
    "ledger",
    "export",
    "release",
    "publish",
    "recall",
    "attack",
)


def test_help_names_every_command(tmp_path: Path) -> None:
    done = command("--help", store=tmp_path)
    assert done.returncode == 0
    for name in NAMES:
        assert f"  {name} " in done.stdout
    for name in NAMES:
        told = command(name, "--help", store=tmp_path).stdout
        assert "Usage: python -m data" in told and len(told) > 120


def test_init_writes_settings_and_keeps_the_old(tmp_path: Path) -> None:
    file = tmp_path / "porchlight.toml"
    file.write_text((ROOT / "porchlight.toml").read_text())
    done = command(
        "init",
        "Saint Paul",
        "--zone",
        "America/Chicago",
        store=tmp_path / "store",
        PORCHLIGHT_CONFIG=str(file),
    )
    assert done.returncode == 0, done.stderr
    table = tomllib.loads(file.read_text())
    assert table["place"]["name"] == "Saint Paul" and table["place"]["crs"] == "auto"
    assert (tmp_path / "porchlight.minneapolis.toml").exists()
    assert settings.load_settings(file).sample is False


@pytest.mark.parametrize(
    ("at", "crs"),
    [("44.95,-93.09", "EPSG:32615"), ("-33.9,151.2", "EPSG:32756"), ("52.5, 13.4", "EPSG:32633")],
)
def test_init_chooses_the_utm_zone(tmp_path: Path, at: str, crs: str) -> None:
    file = tmp_path / "porchlight.toml"
    init.init(file, "Some place", "UTC", at, "", 30)
    loaded = settings.load_settings(file)
    assert loaded.crs == crs and loaded.center is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("init", "X", "--zone", "America/Chicagoo"), "no time zone"),
        (("init", "X", "--zone", "UTC", "--at", "north"), "latitude,longitude"),
        (("init", "X", "--zone", "UTC", "--at", "91,0"), "latitude is -90 to 90"),
        (("init", "X", "--zone", "UTC", "--crs", "EPSG:4326"), "does not measure in meters"),
        (("init", "X", "--zone", "UTC", "--crs", "nonsense"), "no code of a coordinate system"),
        (("init", 'X"y', "--zone", "UTC"), "plain text"),
        (("import", "nowhere.csv"), "nowhere.csv"),
        (("areas",), "--learn"),
        (("areas", "nowhere.geojson", "--name-column", "n"), "nowhere.geojson"),
        (("purge", "x:1"), "No record"),
        (("unimport", "abc"), "No single batch"),
        (("export", "out.docx"), ".gpkg or .parquet"),
        (("export", "out.csv"), "No records yet"),
    ],
)
def test_wrong_words_get_a_sentence(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    config = tmp_path / "porchlight.toml"
    config.write_text((ROOT / "porchlight.toml").read_text())
    done = command(*words, store=tmp_path / "store", PORCHLIGHT_CONFIG=str(config))
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stdout + done.stderr


def test_sample_is_only_for_its_own_place(tmp_path: Path) -> None:
    file = tmp_path / "porchlight.toml"
    init.init(file, "Elsewhere", "UTC", "", "", 30)
    done = command("sample", store=tmp_path / "store", PORCHLIGHT_CONFIG=str(file))
    assert done.returncode == 1 and "describes Elsewhere" in done.stderr


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("words", [("status",), ("export", "out.csv")])
def test_an_empty_store_names_the_step_of_its_place(
    tmp_path: Path, words: tuple[str, ...], built: bool
) -> None:
    file = tmp_path / "porchlight.toml"
    more = {"store": tmp_path / "store", "PORCHLIGHT_CONFIG": str(file)}
    init.init(file, "Elsewhere", "UTC", "", "", 30)
    if built:  # as `areas` leaves it: a table, and nothing in it
        assert command("rebuild", **more).returncode == 0
    done = command(*words, **more)
    assert "No records yet. Try: python -m data import FILE\n" in done.stdout + done.stderr
    assert "data sample" not in done.stdout + done.stderr
    file.write_text(file.read_text().replace("sample = false", "sample = true"))
    done = command(*words, **more)
    assert "Try: python -m data sample (or your own: " in done.stdout + done.stderr


def test_status_of_rows_outside_the_areas_tells_labels_from_none(tmp_path: Path) -> None:
    store, file, town = tmp_path / "store", tmp_path / "a.csv", tmp_path / "town.geojson"
    rows = [",44.99,-93.2", ",44.98,-93.2", "Elm,44.97,-93.2", ",44.97,-93.27"]
    file.write_text(
        "id,date,area,lat,lon,kind\n"
        + "".join(f"{i},2024-03-01 10:00,{row},sighting\n" for i, row in enumerate(rows))
    )
    square = [[-93.3, 44.9], [-93.25, 44.9], [-93.25, 45.0], [-93.3, 45.0], [-93.3, 44.9]]
    shape = {"type": "Polygon", "coordinates": [square]}
    feature = {"type": "Feature", "properties": {"name": "West"}, "geometry": shape}
    town.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert command("areas", str(town), store=store).returncode == 0
    done = command("import", str(file), "--official", "--place-by", "point", store=store)
    assert "4 kept" in done.stdout, done.stdout + done.stderr
    text = command("status", store=store).stdout
    assert "  outside the areas: 2 without a label\n" in text, text
    assert "  outside the areas: 1 labelled Elm\n" in text and "nothing" not in text


def test_status_of_the_sample(sample_store: Path) -> None:
    text = command("status", store=sample_store).stdout
    assert "60,237 incidents" in text
    assert "51,920 kept + 0 rejected = 51,920 rows" in text
    assert "51,920 kept = 51,920 in the store + 0 replaced by a newer import + 0 purged" in text
    assert "made from 12,925 rows of the source: 7,615 were merged into another one" in text
    assert "outside the areas: 2 labelled Burnsville" in text
    assert "behind" not in text


def test_sample_again_changes_nothing(sample_store: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in sample_store.rglob("*.parquet")}
    done = command("sample", "--community", store=sample_store)
    assert done.returncode == 0 and "still" in done.stdout
    assert "7,615 rows were merged" in done.stdout
    assert {p: p.stat().st_mtime_ns for p in sample_store.rglob("*.parquet")} == before


def started(store: Path, port: str) -> subprocess.CompletedProcess[str]:
    """Start a dashboard on a port that it cannot use; return what it said."""
    return subprocess.run(
        [sys.executable, "-m", "ui.app.start", f"--port={port}"],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(store)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_a_clear_sentence(sample_store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = started(sample_store, str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr and "PORT=" in done.stderr


@pytest.mark.parametrize("port", ["abc", "99999", "65536", "0", "-1", "-x", "", "85 01", "8501.5"])
def test_a_port_that_is_none_is_a_clear_sentence(tmp_path: Path, port: str) -> None:
    done = started(tmp_path / "store", port)
    said = f"There is no port {port!r}: use a number from 1024 to 65535.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


def test_make_hands_the_port_over_as_it_is() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "run", "PORT=85 01"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.rstrip().endswith("-m ui.app.start --port='85 01'")


def closed(*words: str, store: Path) -> tuple[int, str]:
    """The exit code of a command whose reader is gone, and what it said of that."""
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "data", *words],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(store)},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    os.close(reader)
    return process.wait(60), process.communicate()[1]


def test_a_reader_that_has_enough_is_no_fault(tmp_path: Path) -> None:
    store, file = tmp_path / "store", tmp_path / "a.csv"
    assert closed("status", store=store) == (141, "")
    shell = f"{sys.executable} -m data status | head -1"
    done = subprocess.run(
        shell,
        shell=True,
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(store)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("Place: ") and done.stderr == ""
    file.write_text("id,time,area\n1,2024-03-08 10:07,A\n2,2024-03-09 10:07,B\n")
    assert not command(
        "import", str(file), "--source", "calls", "--kind", "other", store=store
    ).returncode
    # a purge whose pipe closes is done, also for readers of the store
    assert closed("purge", "calls:1", store=store) == (141, "")
    assert "1 incidents" in command("status", store=store).stdout


def test_settings_say_which_entry_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "porchlight.toml"
    for text, said in (
        ('[place]\nname = "x"', "zone"),
        ('[place]\nname = "x"\nzone = "Nowhere/City"', "no time zone"),
        ('[place]\nname = "x"\nzone = "UTC"\ncenter = [1]', "center"),
        ('[place]\nname = "x"\nzone = "UTC"\nreach_km = "far"', "far"),
    ):
        file.write_text(text)
        with pytest.raises(Problem, match=said):
            settings.load_settings(file)
    with pytest.raises(Problem, match="is missing"):
        settings.load_settings(tmp_path / "none.toml")
