"""A file that somebody dropped on a page: imported by a child with limits."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from data.commands.confined import SECONDS
from data.own_kinds import SHIPPED
from data.settings import ROOT
from data.words import CODES

SOURCE_KIND = "source-kind"
MOST_DROPPED_BYTES = 10_000_000


def import_dropped(
    name: str, content: bytes, options: dict[str, str], *, mapping: bytes = b"", dry_run: bool
) -> tuple[bool, str]:
    """Import a dropped file by a child process; return whether it went through, and its output.

    The child has limits on memory and time and no network; the file's name is made plain.
    """
    if len(content) > MOST_DROPPED_BYTES:
        return (
            False,
            f"The file has {len(content):,} bytes; {MOST_DROPPED_BYTES:,} is the most here.",
        )
    stands = options.get(SOURCE_KIND, "").strip().lower()
    if stands and stands not in CODES["source_kind"]:
        return False, f"Who stands behind it is one of: {', '.join(CODES['source_kind'])}."
    kinds = options.get("kinds", "").strip()
    if kinds and kinds not in SHIPPED:  # no file of this machine is read for a page
        return False, f"The table of kinds is one that comes with us: {', '.join(SHIPPED)}."
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name).lstrip("-.") or "file.csv"
    with tempfile.TemporaryDirectory(prefix="porchlight-") as folder:
        file = Path(folder) / plain
        file.write_bytes(content)
        command = [sys.executable, "-m", "data.commands.confined", "import", str(file)]
        command += [_option(key, value) for key, value in options.items() if value.strip()]
        if mapping:
            (Path(folder) / "mapping.toml").write_bytes(mapping)
            command.append(f"--map={folder}/mapping.toml")
        command += ["--dry-run"] if dry_run else []
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=os.environ | {"NO_COLOR": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False, f"Reading took longer than {SECONDS} seconds and was stopped."
    text = (done.stdout + done.stderr).replace(f"{folder}/", "")
    return done.returncode == 0, text.strip()


def _option(key: str, value: str) -> str:
    """An option of the command line; who stands behind a source is a switch of its own there."""
    return f"--{value.strip().lower()}" if key == SOURCE_KIND else f"--{key}={value}"
