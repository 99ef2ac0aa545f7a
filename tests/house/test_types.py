"""Types are right everywhere: `make check` without the tests around it."""

import subprocess
import sys

from tests.conftest import ROOT


def test_mypy_finds_nothing() -> None:
    # half a minute where nothing was checked before; here the other worker goes on meanwhile
    words = [sys.executable, "-m", "mypy", "geo", "data", "ui"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
