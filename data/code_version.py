"""The version of the code: what git calls it, else the package's number."""

import subprocess
import tomllib
from functools import cache

from data.settings import ROOT


@cache
def code_version() -> str:
    """The version of the code that this process began with."""
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        return done.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return str(project["version"])
