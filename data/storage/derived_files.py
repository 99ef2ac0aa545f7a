"""Files made from batches, each named by what it is made from: the same name, the same content.

Each has a note beside it, JSON that is written last: a file counts when its note is there.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data.storage import disk
from data.storage.table_format import FORMAT

_VERSIONS = (FORMAT, duckdb.__version__, pa.__version__)


def digest(*made_of: Any) -> str:
    """A short name for content that is made of these JSON values by this version."""
    text = json.dumps([_VERSIONS, made_of], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def note_of(file: Path) -> dict[str, Any] | None:
    """What is told of a derived file; None where it is not there."""
    with contextlib.suppress(OSError, ValueError):
        note: dict[str, Any] = json.loads(file.with_suffix(".json").read_bytes())
        if file.stat().st_size == note["sum"][0]:
            return note
    return None


def make(file: Path, write: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """The note of a derived file, which is written if it is not there yet.

    `write` writes it to a path beside it and returns the note, to which size and checksum come.
    """
    if note := note_of(file):
        return note
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    note = write(beside)
    note["sum"] = disk.checksum(beside)
    disk.sync(beside)
    beside.rename(file)
    # a note that is lost with the power is made anew: whoever names the file syncs its folder first
    beside.write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
    beside.rename(file.with_suffix(".json"))
    return note


def is_whole(file: Path) -> bool:
    """Return whether a derived file is as it was written."""
    note = note_of(file)
    return note is not None and disk.checksum(file) == note["sum"]


def remove(file: Path) -> None:
    """Remove a derived file: its note first."""
    file.with_suffix(".json").unlink(missing_ok=True)
    file.unlink(missing_ok=True)


def collect(folder: Path, used: Iterable[Path]) -> None:
    """Remove all derived files of a folder but those in use."""
    kept = {file.stem for file in used}
    for file in folder.glob("*.parquet"):
        if file.stem not in kept:
            remove(file)
