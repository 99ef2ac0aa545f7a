"""A pull killed at its steps: readers see what was or what came, and pulling again finishes it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data.settings import load_settings
from data.storage.store import Store
from tests.kills import forks
from tests.pulls.case import OFFICIAL
from tests.pulls.servers import SocrataServer
from tests.storage.test_kill import Run, points, seen

Type = Callable[[Path, int], tuple[int, int]]


def row(i: int, lat: str = "44.98") -> dict[str, Any]:
    changed = "2024-02-01T10:00:00.000Z" if lat == "44.98" else "2024-03-01T10:00:00.000Z"
    return {
        ":id": f"row-{i:04d}",
        ":updated_at": changed,
        "case_number": f"C{i:03d}",
        "at": "2024-01-05T13:00:00.000",
        "lat": lat,
        "lon": "-93.27",
        "kind": "noise",
    }


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with forks() as started:
        yield started


@pytest.fixture
def typed(run: Run) -> Type:
    def pull(root: Path, at: int) -> tuple[int, int]:
        told = {
            "PORCHLIGHT_CONFIG": str(root / "porchlight.toml"),
            "PORCHLIGHT_STORE": str(root / "store"),
            "LOG": str(root / "log"),
        }
        return run(["pull", "calls"], told, at)

    return pull


def place(root: Path, address: str) -> Path:
    """A folder with the settings of a place and its feed."""
    root.mkdir()
    (root / "map.toml").write_text(
        OFFICIAL.format(id="case_number", when="at", lat="lat", lon="lon")
    )
    (root / "porchlight.toml").write_text(
        '[place]\nname = "Testville"\nzone = "America/Chicago"\ncenter = [44.98, -93.27]\n'
        f'[pull.calls]\nkind = "socrata"\naddress = "{address}"\ndataset = "abcd-1234"\n'
        'map = "map.toml"\nallow = ["127.0.0.1"]\n'
    )
    assert load_settings(root / "porchlight.toml").name == "Testville"
    return root


def readers(root: Path) -> object:
    """What readers see, whatever its stamp."""
    found = seen(Store(root / "store"))
    return found[1] if len(found) == 2 and found[0] != "refused" else found


@pytest.mark.parametrize(
    "times", [6, pytest.param(100, marks=pytest.mark.prove)], ids=["six", "hundred"]
)
def test_a_killed_pull_is_finished_by_the_next(times: int, typed: Type, tmp_path: Path) -> None:
    with SocrataServer([row(i) for i in range(20)]).running() as server:
        assert isinstance(server, SocrataServer)
        before = place(tmp_path / "before", server.address)
        assert typed(before, -1)[1] == 0, (before / "log").read_text()
        server.rows[:] = [*(row(i, "44.97" if i < 3 else "44.98") for i in range(26))]
        whole = shutil.copytree(before, tmp_path / "whole", symlinks=True)
        steps, code = typed(whole, -1)
        assert code == 0, (whole / "log").read_text()
        old, new, caught = readers(before), readers(whole), 0
        assert new == tuple(f"calls:C{i:03d}" for i in range(26))
        for at in points(steps, times):
            dying = shutil.copytree(before, tmp_path / f"dying{at}", symlinks=True)
            caught += typed(dying, at)[1] < 0
            assert readers(dying) in (old, new, ("refused", True)), at
            assert typed(dying, -1)[1] == 0, (dying / "log").read_text()
            assert readers(dying) == new, at
            feed = Store(dying / "store").history().feeds["calls"]
            assert feed.pulled and feed.pulled.records == 26, at
            shutil.rmtree(dying)
        assert caught >= min(times, steps) // 2
