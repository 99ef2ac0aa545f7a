"""Frozen copies of what official feeds gave, each called by the hash of what it holds."""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from data.storage import disk
from data.storage.store import Store

SEEN = "seen.parquet"  # of a feed: hashes of what it gave so far
KEPT = (SEEN, "lock")


def folder_of(store: Store, source: str) -> Path:
    """Where the copies of a source are."""
    return store.root / "evidence" / source


def pulls_folder(store: Store) -> Path:
    """Where feeds keep their state, a folder for each."""
    return store.root / "pulls"


def remove_unfinished_pulls(store: Store) -> None:
    """Remove what pulls that broke off left: all but the hashes of what was seen."""
    for left in pulls_folder(store).glob("*/*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif left.name not in KEPT:
            left.unlink(missing_ok=True)


def sources_of(store: Store) -> list[str]:
    """The sources that have copies."""
    return sorted(folder.name for folder in folder_of(store, "").glob("*/"))


def write_evidence(store: Store, source: str, records: Iterable[bytes], scratch: Path) -> str:
    """Keep records, a line of JSON each, and return the SHA-256 of the lines."""
    folder = folder_of(store, source)
    for made in (folder.parent, folder):
        made.mkdir(exist_ok=True, mode=0o700)
    beside, digest = scratch / "evidence.jsonl.gz", hashlib.sha256()
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        open(handle, "wb") as raw,  # noqa: PTH123
        gzip.GzipFile("", "wb", compresslevel=4, fileobj=raw, mtime=0) as out,
    ):
        for line in records:
            digest.update(line)
            out.write(line)
    disk.move(beside, folder / f"{digest.hexdigest()}.jsonl.gz")
    return digest.hexdigest()


def rewrite_evidence(
    store: Store, source: str, goes: Callable[[dict[str, Any]], bool], scratch: Path
) -> dict[str, str]:
    """Write the copies of a source anew without the records that are to go: old hash, new hash.

    The old files stay until `remove_evidence`: an event comes first.
    """
    became = {}
    for file in sorted(folder_of(store, source).glob("*.jsonl.gz")):
        with gzip.open(file) as opened:
            every = opened.readlines()
        kept = [line for line in every if not goes(json.loads(line))]
        if len(kept) < len(every):
            old = file.name.partition(".")[0]
            became[old] = write_evidence(store, source, kept, scratch)
    return became


def remove_evidence(store: Store, source: str, name: str) -> None:
    """Remove a copy that was written anew."""
    (folder_of(store, source) / f"{name}.jsonl.gz").unlink(missing_ok=True)
