"""The commands as a stranger types them: what they say, and that nothing is a traceback."""

import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from data import begin, settings
from data.settings import Problem
from tests.conftest import ROOT, command

NAMES = (
    "init",
    "sample",
    "import",
    "areas",
    "status",
    "rebuild",
    "purge",
    "unimport",
    "export",
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
        "init", "Saint Paul", "--zone", "America/Chicago",
        store=tmp_path / "store", PORCHLIGHT_CONFIG=str(file),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    table = tomllib.loads(file.read_text())
    assert table["place"]["name"] == "Saint Paul" and table["place"]["crs"] == "auto"
    assert (tmp_path / "porchlight.minneapolis.toml").exists()
    assert settings.load(file).sample is False


@pytest.mark.parametrize(
    ("at", "crs"),
    [("44.95,-93.09", "EPSG:32615"), ("-33.9,151.2", "EPSG:32756"), ("52.5, 13.4", "EPSG:32633")],
)
def test_init_chooses_the_utm_zone(tmp_path: Path, at: str, crs: str) -> None:
    file = tmp_path / "porchlight.toml"
    begin.init(file, "Some place", "UTC", at, "", 30)
    loaded = settings.load(file)
    assert loaded.crs == crs and loaded.center is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("init", "X", "--zone", "America/Chicagoo"), "no time zone"),
        (("init", "X", "--zone", "UTC", "--at", "north"), "latitude,longitude"),
        (("init", "X", "--zone", "UTC", "--at", "91,0"), "latitude is -90 to 90"),
        (("init", "X", "--zone", "UTC", "--crs", "EPSG:4326"), "does not measure in metres"),
        (("init", "X", "--zone", "UTC", "--crs", "nonsense"), "no CRS that is known"),
        (("init", 'X"y', "--zone", "UTC"), "plain text"),
        (("import", "nowhere.csv"), "nowhere.csv"),
        (("areas",), "--learn"),
        (("areas", "nowhere.geojson", "--name-column", "n"), "nowhere.geojson"),
        (("purge", "x:1"), "No record"),
        (("unimport", "abc"), "No single batch"),
        (("export", "out.xlsx"), ".csv, .geojson or .parquet"),
        (("export", "out.csv"), "empty"),
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
    begin.init(file, "Elsewhere", "UTC", "", "", 30)
    done = command("sample", store=tmp_path / "store", PORCHLIGHT_CONFIG=str(file))
    assert done.returncode == 1 and "describes Elsewhere" in done.stderr


def test_status_of_the_sample(sample_store: Path) -> None:
    text = command("status", store=sample_store).stdout
    assert "60,237 incidents" in text
    assert "51,920 kept + 0 rejected = 51,920 rows" in text
    assert "outside the areas: 2 labelled Burnsville" in text
    assert "behind" not in text


def test_sample_again_changes_nothing(sample_store: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in sample_store.rglob("*.parquet")}
    done = command("sample", "--community", store=sample_store)
    assert done.returncode == 0 and "still" in done.stdout
    assert "7,615 rows were merged" in done.stdout
    assert {p: p.stat().st_mtime_ns for p in sample_store.rglob("*.parquet")} == before


def test_a_taken_port_is_a_clear_sentence(sample_store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "ui.start", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"PORCHLIGHT_STORE": str(sample_store)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr and "PORT=" in done.stderr


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
            settings.load(file)
    with pytest.raises(Problem, match="is missing"):
        settings.load(tmp_path / "none.toml")
