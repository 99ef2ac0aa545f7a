"""The rows of records as they stand with their corrections, and the batches that bring them into
`current`: one for each source and month that has any, in the place of what was imported."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.correction_terms import Correction, CorrectionKind, CorrectionStage
from data.corrections.changeable import Values
from data.corrections.contents import Content, read_content, sweep_contents
from data.record import SCHEMA
from data.storage import damaged
from data.storage.database import literal
from data.storage.disk import move
from data.storage.events import DerivedBegun, Imported
from data.storage.store import Store

CORRECTIONS = "corrections"  # what the batches follow from
RecordRow = dict[str, Any]
_NOTHING = dict.fromkeys(SCHEMA.names)


class Standing(NamedTuple):
    """A correction that counts, and what it says."""

    correction: Correction
    content: Content


class Corrected(NamedTuple):
    """The rows of a source with its corrections, as imported and as they stand.

    A retracted record has a row of nothing but its id: no table counts it, and it takes the place of
    what was imported. `codes` are the corrections that the source itself has since said otherwise of.
    """

    imported: dict[str, RecordRow]
    now: dict[str, RecordRow]
    contradicted: list[str]


def standing_corrections(store: Store, source: str = "") -> list[Standing]:
    """The corrections that count, of a source or of all, oldest first by when they began to."""
    found = [c for c in store.history().corrections.values() if c.stage is CorrectionStage.STANDS]
    found = sorted(found, key=lambda one: one.counts_from)  # stable
    return [
        Standing(one, read_content(store, one.code)) for one in found if source in ("", one.source)
    ]


def imported_rows(store: Store, bases: Iterable[str], source: str = "") -> dict[str, RecordRow]:
    """The rows by id of some ids (without counters), as the newest import that has each brought
    them; of one source or of any."""
    wanted = sorted(set(bases))
    imports = [
        name
        for name, event in store.history().imports.items()
        if event.follows is None and source in ("", event.source)
    ]
    files = damaged.checked((store.batches / f"{name}.parquet" for name in imports), counts=True)
    newest: dict[str, tuple[int, list[RecordRow]]] = {}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for at, file in enumerate(files):
            own = "same_id" in pq.read_schema(file).names
            base = "coalesce(same_id, incident_id)" if own else "incident_id"
            sql = f"SELECT {base} AS base, * FROM {literal(file)} WHERE list_contains(?, {base})"
            found = connection.sql(sql, params=[wanted]).to_arrow_table()
            for row in found.to_pylist():
                name = row.pop("base")
                if newest.get(name, (-1, []))[0] < at:
                    newest[name] = (at, [])
                newest[name][1].append(_NOTHING | row)
    return {row["incident_id"]: row for _, rows in newest.values() for row in rows}


def correct_rows(store: Store, source: str, also: Sequence[str] = ()) -> Corrected:
    """The rows of a source that corrections speak of, and those of `also` (ids without counters)."""
    changes = standing_corrections(store, source)
    bases = [*(change.content.base for change in changes), *also]
    imported = imported_rows(store, bases, source) if bases else {}
    now, contradicted = dict(imported), list[str]()
    for correction, content in changes:
        row = now.get(content.incident_id)
        if row is None:  # its import was taken back: it comes back with it
            continue
        if _is_contradicted(imported[content.incident_id], content):
            contradicted.append(correction.code)
        if correction.kind is CorrectionKind.RETRACTION:
            own = content.base if content.base != content.incident_id else None
            now[content.incident_id] = _NOTHING | {
                "incident_id": content.incident_id, "same_id": own
            }  # fmt: skip
        else:
            now[content.incident_id] = row | {c: typed(c, v) for c, v in content.after.items()}
    return Corrected(imported, now, contradicted)


def _is_contradicted(row: RecordRow, content: Content) -> bool:
    """Return whether the source says now what was neither there before nor what is right."""
    return any(
        plain_value(row[column]) not in (content.imported[column], value)
        for column, value in content.after.items()
    )


def plain_value(value: Any) -> Any:
    """A value of a record as a plain JSON value."""
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def typed(column: str, value: Any) -> Any:
    """A plain JSON value as its column of the record has it."""
    kind = SCHEMA.field(column).type
    if value is None or not isinstance(value, str):
        return value
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value).astimezone(UTC)
    return date.fromisoformat(value) if pa.types.is_date(kind) else value


def values_of(row: RecordRow, columns: Iterable[str]) -> Values:
    """Some columns of a row as plain JSON values."""
    return {column: plain_value(row[column]) for column in columns}


def write_batches(store: Store) -> None:
    """Let the batches of corrections say what stands now; for the only writer.

    Each is named by its content, so that what did not change is not made anew. Batches that no
    longer count stay until no table names them.
    """
    sweep_contents(store)
    before = {e.batch: e for e in store.derived_imports() if e.follows == CORRECTIONS}
    wanted: dict[str, Imported] = {}
    sources = sorted({one.correction.source for one in standing_corrections(store)})
    for source in sources:
        for month, rows in _by_month(correct_rows(store, source)).items():
            event = _write_batch(store, source, month, rows)
            wanted[event.batch] = before.get(event.batch, event)
    if gone := [name for name in before if name not in wanted]:
        store.keep_derived(None, gone)
    for name, event in wanted.items():
        if name not in before:
            if CORRECTIONS not in store.history().derived:
                store.ledger.append(DerivedBegun(CORRECTIONS))
            store.keep_derived(event)


def _by_month(corrected: Corrected) -> dict[str, list[RecordRow]]:
    """The rows as they stand, by the month of the rows as imported, in order of time and id."""
    months: dict[str, list[RecordRow]] = {}
    for name, row in sorted(corrected.now.items()):
        months.setdefault(f"{corrected.imported[name]['occurred_at']:%Y-%m}", []).append(row)
    return {
        month: sorted(rows, key=lambda row: row["occurred_at"] or datetime.max.replace(tzinfo=UTC))
        for month, rows in months.items()
    }


def _write_batch(store: Store, source: str, month: str, rows: list[RecordRow]) -> Imported:
    """The batch of a source's corrected rows of a month, written where it is not there yet."""
    sha256 = hashlib.sha256(repr((source, month, rows)).encode()).hexdigest()
    name, target = sha256[:24], store.batches / f"{sha256[:24]}.parquet"
    days = [row["local_date"] for row in rows if row["local_date"]]
    event = Imported(
        batch=name,
        file=f"corrections {month}",
        source=source,
        source_kind=next((row["source_kind"] for row in rows if row["source_kind"]), ""),
        rows=len(rows),
        kept=len(rows),
        first=min(days).isoformat() if days else None,
        last=max(days).isoformat() if days else None,
        sha256=sha256,
        imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        follows=CORRECTIONS,
    )
    if not target.exists():
        about = {
            "batch": name,
            "source": source,
            "derived": CORRECTIONS,
            "order": store.next_number(),
        }
        table = pa.Table.from_pylist(rows, SCHEMA.with_metadata({"porchlight": json.dumps(about)}))
        beside = target.with_name(f".{target.name}.0")  # swept by the next writer
        pq.write_table(table, beside, compression="zstd")
        move(beside, target)
    return event
