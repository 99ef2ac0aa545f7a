"""A dropped file is read by a child that can do little else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ui.frame.upload import fields_named

from data.commands import dropped_file
from tests.conftest import ROOT

GOOD = b"id,time,lat,lon,kind\n1,2024-03-01 10:00,44.97,-93.27,sighting\n"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def test_trial_writes_nothing_and_import_does(store: Path) -> None:
    done, said = dropped_file.import_dropped("a.csv", GOOD, {"source": "tips"}, dry_run=True)
    assert done and "nothing was written" in said and not list(store.rglob("*.parquet"))
    done, said = dropped_file.import_dropped("a.csv", GOOD, {"source": "tips"}, dry_run=False)
    assert done and "1 kept + 0 rejected = 1 rows" in said
    assert list(store.rglob("batches/*.parquet"))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "--source=x.csv", "a b;c.csv", "\u202egpj.csv", ""]
)
def test_a_strange_name_is_only_a_name(name: str) -> None:
    done, said = dropped_file.import_dropped(name, GOOD, {"source": "tips"}, dry_run=True)
    assert done, said


def test_too_large_is_a_sentence() -> None:
    done, said = dropped_file.import_dropped(
        "a.csv", b"x" * (dropped_file.MOST_DROPPED_BYTES + 1), {}, dry_run=True
    )
    assert not done and "bytes" in said


def test_no_csv_is_a_sentence() -> None:
    done, said = dropped_file.import_dropped(
        "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(600), {}, dry_run=True
    )
    assert not done and said.startswith("Stopped:") and "Traceback" not in said


@pytest.mark.skipif(os.name != "posix" or sys.platform != "linux", reason="Linux only")
def test_the_child_has_no_network() -> None:
    code = (
        "from data.commands.confined import confine; confine(); import socket; s = socket.socket(); "
        "s.settimeout(2); s.connect(('127.0.0.1', 9))"
    )
    tried = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    # in a network of its own even the loopback is down
    if "Connection refused" in tried.stderr:
        pytest.skip("this system does not let a process leave the network")
    assert "Network is unreachable" in tried.stderr


def test_the_child_has_a_memory_limit() -> None:
    code = "from data.commands.confined import confine; confine(); b = bytearray(6 << 30)"
    tried = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "MemoryError" in tried.stderr


def test_a_dropped_mapping_is_used() -> None:
    content = GOOD.replace(b"kind", b"what").replace(b"sighting", b"seen")
    rules = b"""[columns]
        occurred_at = "time"
        lat = "lat"
        lon = "lon"
        kind = "what"
        [time]
        format = "%Y-%m-%d %H:%M"
        [values.kind]
        seen = "sighting"
        """
    done, said = dropped_file.import_dropped(
        "a.csv", content, {"source": "tips"}, mapping=rules, dry_run=True
    )
    assert done and "1 kept + 0 rejected = 1 rows" in said, said


def test_options_of_the_command_line_are_fields_of_the_page() -> None:
    said = fields_named("Say how, e.g. --date-format, or --kind KIND for all; --no-header.")
    assert said == "Say how, e.g. “Date format”, or “Kind of all rows” KIND for all; --no-header."
    said = fields_named(
        "Stopped: so. A mapping to edit is written with --save-map FILE.\nUse --map."
    )
    assert said == "Stopped: so.\nUse “Mapping (TOML)”."
