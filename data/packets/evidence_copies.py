"""Evidence in a packet: a copy byte for byte, and of pictures a working copy without metadata.

A picture is read by Pillow in a process of its own, with limits and without a network.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from data.settings import ROOT, Problem

MOST_OF_FILE = 200 << 20  # of one file
MOST_TOGETHER = 500 << 20
_SECONDS = 60  # that a picture may take
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")  # JPEG, PNG, WebP


class Evidence(NamedTuple):
    """A file of evidence in a packet: where its two copies are, its hash and size, when the file was
    last changed (UTC) and how it was obtained; `working` is "" where there is no working copy."""

    name: str
    original: str
    working: str
    sha256: str
    bytes: int
    changed_at: str
    obtained: str
    working_note: str


def require_files(files: Sequence[Path]) -> None:
    """Problem where a file is missing, no file, or too large."""
    total = 0
    for file in files:
        if not file.is_file():
            raise Problem(f"There is no file {file}: no packet was made.")
        size = file.stat().st_size
        total += size
        if size > MOST_OF_FILE or total > MOST_TOGETHER:
            raise Problem(
                f"{file} is too large: a file may have {MOST_OF_FILE >> 20} MB, all together "
                f"{MOST_TOGETHER >> 20} MB. No packet was made."
            )


def copy_evidence(files: Sequence[Path], folder: Path, obtained: str) -> list[Evidence]:
    """Copies of files in `folder`/evidence and `folder`/working, and what is to be said of each."""
    found = []
    for number, file in enumerate(files, 1):
        name = f"{number:02d}{_ending(file)}"
        original = folder / "evidence" / name
        original.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, original)
        working, note = _working_copy(original, folder / "working")
        changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")
        found.append(
            Evidence(
                file.name,
                f"evidence/{name}",
                f"working/{working}" if working else "",
                hashlib.sha256(original.read_bytes()).hexdigest(),
                original.stat().st_size,
                changed,
                obtained,
                note,
            )
        )
    return found


def _ending(file: Path) -> str:
    """The ending of a file's name, where it is a plain one."""
    return file.suffix.lower() if re.fullmatch(r"\.[a-zA-Z0-9]{1,8}", file.suffix) else ""


def _working_copy(original: Path, folder: Path) -> tuple[str, str]:
    """The name of the working copy of a picture, and a note; "" where there is none."""
    with original.open("rb") as opened:
        if not opened.read(16).startswith(_PICTURES):
            return "", "no working copy: it is no JPEG, PNG or WebP picture"
    folder.mkdir(exist_ok=True)
    target = folder / f"{original.stem}.png"
    words = [sys.executable, "-m", "data.packets.picture_child", str(original), str(target)]
    try:
        done = subprocess.run(
            words, cwd=ROOT, capture_output=True, timeout=_SECONDS, check=False,
            env={"PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        fine = done.returncode == 0 and target.is_file()
    except subprocess.TimeoutExpired:
        fine = False
    if not fine:
        target.unlink(missing_ok=True)
        return "", "no working copy: it cannot be read as a picture"
    return target.name, "pixels only, turned upright; without metadata"
