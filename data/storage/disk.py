"""Files on the disk, whole or not at all: written beside, synced, renamed."""

import contextlib
import os
import threading
import zlib
from pathlib import Path

State = tuple[int, int, int]


def sync(path: Path) -> None:
    """Return when a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(
    content: bytes, target: Path, *, at: float | None = None, mode: int | None = None
) -> None:
    """Write a small file so that a reader sees the old content or the new.

    `at` is the time of change that the file shows (seconds since 1970), `mode` its permissions.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    if mode is not None:  # nobody else reads it even while it is written
        beside.touch(mode)
    beside.write_bytes(content)
    if at is not None:
        os.utime(beside, (at, at))
    sync(beside)
    beside.rename(target)
    sync(target.parent)


def write_new(content: bytes, target: Path) -> None:
    """Write a small file whole, unless there is one: of several who try, one does."""
    beside = target.with_name(f".{target.name}.{os.getpid()}{threading.get_ident()}")
    beside.write_bytes(content)
    sync(beside)
    with contextlib.suppress(FileExistsError):
        os.link(beside, target)
    beside.unlink()
    sync(target.parent)


def move(file: Path, target: Path) -> None:
    """Move a finished file into the store, whole and on the disk."""
    sync(file)
    file.rename(target)
    sync(target.parent)


def checksum(file: Path) -> list[int]:
    """Size and checksum of a file."""
    total = size = 0
    with file.open("rb") as opened:
        while piece := opened.read(1 << 20):
            total, size = zlib.crc32(piece, total), size + len(piece)
    return [size, total]


def state(file: Path) -> State:
    """Time of change, size and number of a file: they tell a changed file from the same one."""
    with contextlib.suppress(OSError):
        found = file.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino
    return 0, 0, 0
