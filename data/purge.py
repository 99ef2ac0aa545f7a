"""Taking things back: one record with its repeats everywhere, or a whole import."""

import csv
import hashlib
import re
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow.parquet as pq

from data import build, ledger
from data.intake.identity import MARK
from data.intake.rejects import safe
from data.settings import Problem
from data.store import Store, literal, move

COUNTER = r"(-([2-9]|[1-9][0-9]+))+"  # what the import puts behind an id that it met before
BETWEEN = re.compile(r"[,;|\t]")  # cells of a row that could not be cut into columns
TOLD = 3  # columns of a rejected row that are ours: line, column, reason
STAYING = 5  # ids named of records that a purge leaves


class _Row(NamedTuple):
    """One record of a batch: its id, and a hash of its own id, time and place."""

    incident_id: str
    mark: str


def fingerprint(incident_id: str) -> str:
    """What the ledger keeps of a purged record."""
    return hashlib.sha256(incident_id.encode()).hexdigest()


def purge(store: Store, incident_id: str) -> str:
    """Rewrite batches and rejected rows without a record; a sentence on what was done.

    Its repeats go with it: one person's row that a file holds three times is one record
    to who asks for its removal. The caller rebuilds `current`, which also removes the
    older tables.
    """
    with store.writing() as scratch:
        rows = _namesakes(store, _base(store, incident_id))
        gone = _repeats(rows, incident_id)
        cleaned, dropped = _rejected(store, scratch, gone)
        found = sorted(gone & {row.incident_id for row in rows}, key=lambda n: (len(n), n))
        if not found and not dropped:
            return _nothing(store, incident_id)
        # hashes first: whatever stops the rest, no import brings the record back
        marks = {row.mark for row in rows if row.incident_id in gone}
        for left in sorted({*map(fingerprint, gone), *marks}):
            ledger.append(store.ledger, "purge", left)
        for file, made in cleaned.items():
            move(made, file)
        for file in _holding(store, gone):
            _rewrite(store, scratch, file, gone)
    return _sentence(found, dropped, sorted({row.incident_id for row in rows} - gone))


def _files(store: Store) -> list[Path]:
    """All batches on the disk, also those that no longer count."""
    return sorted(store.batches.glob("*.parquet"))


def _base(store: Store, incident_id: str) -> str:
    """The id that a repeat was counted from; the id itself where it is no repeat.

    `calls:24-2` repeats `calls:24` only where there is, or was, such a record: a source
    may number its own records so.
    """
    known = {event.subject for event in store.events() if event.verb == "purge"}
    parts = incident_id.split("-")
    for i in range(1, len(parts)):
        base = "-".join(parts[:i])
        if re.fullmatch(COUNTER, incident_id[len(base) :]) and (
            fingerprint(base) in known or _holding(store, {base})
        ):
            return base
    return incident_id


def _namesakes(store: Store, base: str) -> list[_Row]:
    """The records of all batches whose id is the base, or the base with a counter."""
    found = []
    with duckdb.connect() as connection:
        for file in _files(store):
            rows = connection.execute(
                f"""SELECT incident_id, {MARK.format(own="$base")} FROM {literal(file)}
                WHERE incident_id = $base OR (starts_with(incident_id, $base || '-') AND
                    regexp_full_match(substr(incident_id, length($base) + 1), $counter))""",
                {"base": base, "counter": COUNTER},
            ).fetchall()
            found += [_Row(*row) for row in rows]
    return found


def _repeats(rows: list[_Row], incident_id: str) -> set[str]:
    """The ids that go: the one asked for, and those of the same time and place."""
    gone, before = {incident_id}, set[str]()
    while gone != before:
        before = gone
        marks = {row.mark for row in rows if row.incident_id in gone}
        gone = gone | {row.incident_id for row in rows if row.mark in marks}
    return gone


def _holding(store: Store, ids: Collection[str]) -> list[Path]:
    """The batches that hold one of some ids."""
    with duckdb.connect() as connection:
        return [
            file
            for file in _files(store)
            if connection.execute(
                f"SELECT 1 FROM {literal(file)} WHERE list_contains(?, incident_id) LIMIT 1",
                [sorted(ids)],
            ).fetchone()
        ]


def _rewrite(store: Store, scratch: Path, file: Path, gone: Collection[str]) -> None:
    """A new batch without some records, its ledger entry, then the old file is gone."""
    told = pq.read_metadata(file).metadata or {}
    kept = {key.decode(): told[key].decode() for key in (b"geo", b"porchlight") if key in told}
    purged = fingerprint("\n".join(sorted(gone)))
    name = hashlib.sha256(f"{file.stem}-{purged}".encode()).hexdigest()[:16]
    made = scratch / f"{name}.parquet"
    values = ", ".join(f"{key}: ?" for key in kept)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM {literal(file)} WHERE NOT list_contains(?, incident_id)) "
            f"TO {literal(made)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, "
            f"KV_METADATA {{{values}}})",
            [sorted(gone), *kept.values()],
        )
    move(made, store.batches / made.name)
    rejected = store.rejected / f"{file.stem}.csv"
    if rejected.exists():
        rejected.rename(store.rejected / f"{name}.csv")
    ledger.append(store.ledger, "purge", purged, batch=file.stem, became=name)
    file.unlink()


def _imports(store: Store) -> dict[str, dict[str, Any]]:
    """What the ledger tells of every import, by each name that its batch has had."""
    told: dict[str, dict[str, Any]] = {}
    for event in store.events():
        if event.verb == "import":
            told[event.subject] = event.detail
        elif event.verb == "purge" and event.detail.get("became"):
            told[event.detail["became"]] = told.get(event.detail["batch"], {})
    return told


def _rejected(store: Store, scratch: Path, gone: Collection[str]) -> tuple[dict[Path, Path], int]:
    """New contents of the files of rejected rows that hold one of some ids; how many rows."""
    cleaned: dict[Path, Path] = {}
    dropped, imports = 0, _imports(store)
    for file in sorted(store.rejected.glob("*.csv")):
        told = imports.get(file.stem, {})
        source = told.get("source", "")
        own = {n.partition(":")[2] for n in gone if not source or n.startswith(f"{source}:")}
        column = told["mapping"]["columns"].get("incident_id") if "mapping" in told else ""
        made = scratch / file.name
        # without a column of ids a record is named by its content: no rejected row has it
        if own and column is not None and (n := _copied(file, made, own, column)):
            cleaned[file] = made
            dropped += n
    return cleaned, dropped


def _copied(file: Path, made: Path, own: Collection[str], column: str) -> int:
    """How many rejected rows hold one of some ids; they are left out of the copy."""
    csv.field_size_limit(sys.maxsize)  # a row that never closes its quotes is one cell
    sought, left_out = {_plain(name) for name in own} - {""}, 0
    with (
        file.open(newline="", encoding="utf-8") as old,
        made.open("w", newline="", encoding="utf-8") as new,
    ):
        rows, writer = csv.reader(old), csv.writer(new, lineterminator="\n")
        header = next(rows, [])
        where = _cells(header, column)
        writer.writerow(header)
        for row in rows:
            if any(_plain(cell) in sought for cell in (*row[where], *BETWEEN.split(row[-1]))):
                left_out += 1
            else:
                writer.writerow(row)
    return left_out


def _cells(header: list[str], column: str) -> slice:
    """Where rejected rows have the id; all cells of the source where that is not known."""
    names = header[TOLD:-1]
    if safe(column) not in names:
        return slice(TOLD, -1)
    at = TOLD + names.index(safe(column))
    return slice(at, at + 1)


def _plain(cell: str) -> str:
    """A cell as the import reads ids: without quotes, invisible marks and outer spaces."""
    seen = "".join(c for c in cell if c.isprintable() or c.isspace())
    return " ".join(seen.strip("'\" ").split())


def _nothing(store: Store, incident_id: str) -> str:
    """That a record was purged before: the caller still rebuilds. Problem for any other."""
    if any(event.subject == fingerprint(incident_id) for event in store.events()):
        return (
            f"{incident_id} was purged before: nothing of it is left in batches or rejected rows."
        )
    raise Problem(
        f"No record of this store has the id {incident_id!r}. "
        "Records and exports show ids as source:number."
    )


def _sentence(found: list[str], dropped: int, staying: list[str]) -> str:
    """What a purge did, with every id that is gone."""
    records = f"{len(found):,} record{'s' * (len(found) != 1)}"
    rejected = f"{dropped:,} rejected row{'s' * (dropped != 1)}"
    listed = f" ({', '.join(found)})" if found else ""
    told = f"Removed {records}{listed} and {rejected}; only a hash of each id stays."
    if len(found) > 1:
        told += " They repeat each other: the same id, time and place."
    if staying:
        more = f" and {len(staying) - STAYING:,} more" if len(staying) > STAYING else ""
        told += (
            f" Still here, of the same id but another time or place: "
            f"{', '.join(staying[:STAYING])}{more}."
        )
    return told


def unimport(store: Store, batch: str) -> str:
    """Take one import back; a sentence on what was done."""
    names = [name for name in build.live(store) if name.startswith(batch)]
    if len(names) != 1:
        known = ", ".join(build.live(store)) or "none"
        raise Problem(f"No single batch is called {batch!r}. Batches: {known}.")
    ledger.append(store.ledger, "unimport", names[0])
    return f"Batch {names[0]} no longer counts. Importing its file again brings it back."
