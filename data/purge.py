"""Taking things back: one record everywhere, or a whole import."""

import csv
import hashlib
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from data import build, ledger
from data.settings import Problem
from data.store import Store, literal, move


def fingerprint(incident_id: str) -> str:
    """What the ledger keeps of a purged record."""
    return hashlib.sha256(incident_id.encode()).hexdigest()


def purge(store: Store, incident_id: str) -> str:
    """Rewrite batches and rejected rows without a record; a sentence on what was done.

    The caller rebuilds `current`, which also removes the older tables.
    """
    own_id = incident_id.partition(":")[2]
    found = 0
    with store.writing() as scratch:
        for file in build.batches(store):
            with duckdb.connect() as connection:
                held = connection.execute(
                    f"SELECT count(*) FROM {literal(file)} WHERE incident_id = ?",
                    [incident_id],
                ).fetchone()
            if not held or not held[0]:
                continue
            found += held[0]
            _rewrite(store, scratch, file, incident_id)
        dropped = sum(
            _rewrite_rejected(scratch, file, own_id)
            for file in store.rejected.glob("*.csv")
            if own_id
        )
        if not found and not dropped:
            raise Problem(
                f"No record of this store has the id {incident_id!r}. "
                "Records and exports show ids as source:number."
            )
        if not found:
            ledger.append(store.ledger, "purge", fingerprint(incident_id))
    return f"Removed {found} record and {dropped} rejected rows; a hash of the id stays."


def _rewrite(store: Store, scratch: Path, file: Path, incident_id: str) -> None:
    """A new batch without the record, its ledger entry, then the old file is gone."""
    told = pq.read_metadata(file).metadata or {}
    kept = {key.decode(): told[key].decode() for key in (b"geo", b"porchlight") if key in told}
    name = hashlib.sha256(f"{file.stem}-{fingerprint(incident_id)}".encode()).hexdigest()[:16]
    made = scratch / f"{name}.parquet"
    values = ", ".join(f"{key}: ?" for key in kept)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM {literal(file)} WHERE incident_id <> ?) TO {literal(made)} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, KV_METADATA {{{values}}})",
            [incident_id, *kept.values()],
        )
    move(made, store.batches / made.name)
    rejected = store.rejected / f"{file.stem}.csv"
    if rejected.exists():
        rejected.rename(store.rejected / f"{name}.csv")
    ledger.append(store.ledger, "purge", fingerprint(incident_id), batch=file.stem, became=name)
    file.unlink()


def _rewrite_rejected(scratch: Path, file: Path, own_id: str) -> int:
    """How many rejected rows held the id as one of their values; they are removed."""
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.reader(opened))
    kept = [row for row in rows if own_id not in row]
    if len(kept) == len(rows):
        return 0
    made = scratch / file.name
    with made.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows(kept)
    move(made, file)
    return len(rows) - len(kept)


def unimport(store: Store, batch: str) -> str:
    """Take one import back; a sentence on what was done."""
    names = [name for name in build.live(store) if name.startswith(batch)]
    if len(names) != 1:
        known = ", ".join(build.live(store)) or "none"
        raise Problem(f"No single batch is called {batch!r}. Batches: {known}.")
    ledger.append(store.ledger, "unimport", names[0])
    return f"Batch {names[0]} no longer counts. Importing its file again brings it back."
