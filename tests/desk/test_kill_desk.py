"""kill -9 at any moment of a desk's work: nothing that it acknowledged is lost, nothing half there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("kills", [6, pytest.param(250, marks=pytest.mark.prove)])
def test_nothing_acknowledged_is_lost(tmp_path: Path, kills: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.desk.killed", str(tmp_path / "store"), str(kills)],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(tmp_path / "store")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    print(found)
    assert found["killed"] >= kills // 2 and found["said"] > kills
