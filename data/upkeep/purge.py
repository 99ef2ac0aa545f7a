"""Taking things back: one record everywhere, with its repeats if asked, or a whole import."""

import json
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow.parquet as pq

from data.corrections.contents import drop_contents
from data.corrections.corrected_rows import CORRECTIONS
from data.imports import purged_rows
from data.imports.purged_rows import ALL_REPEATS
from data.settings import Problem
from data.storage import batches, damaged, identity
from data.storage.database import literal
from data.storage.disk import move, write_whole
from data.storage.events import BatchRewritten, Imported, RecordPurged, Unimported, to_row
from data.storage.identity import BASE, PurgedIds
from data.storage.store import Store
from data.upkeep import purged_copies, purged_rejects

_LISTED = 5  # ids that a sentence names

_Ask = Callable[[str], bool]
Key = tuple[str, int]  # the hash of a row and which of equal rows; the id where no hash is known


class _Row(NamedTuple):
    """One record of a batch, with what tells it from others of the same id."""

    batch: str
    incident_id: str
    base: str  # the id without its counter
    hash: str | None
    which: int  # of rows that are equal in the file
    mark: str | None  # keyed hash of source, time and place

    @property
    def key(self) -> Key:
        return (self.hash or self.incident_id, self.which)

    def event(self, which: int, last: bool, columns: str, key: bytes, at: str) -> RecordPurged:
        """The event that the ledger keeps of its purge; of fewer hashes where none is known."""
        subject, key_mark = identity.subject(self.incident_id, key), identity.key_mark(key)
        if self.hash is None:
            return RecordPurged(subject, key=key_mark, at=at)
        own = not self.base.endswith(f":{self.hash}")
        return RecordPurged(
            subject,
            base=identity.subject(self.base, key),
            row=self.hash,
            repeat=which,
            last=last,
            key=key_mark,
            mark=None if own else self.mark,
            columns=None if own else columns,
            at=at,
        )


def purge(store: Store, incident_id: str, *, repeats: bool = False, ask: _Ask | None = None) -> str:
    """Rewrite batches and rejected rows without one record; a sentence on what was done.

    Rows of its file that equal it in every column go with it only with `repeats`, or if
    `ask` says yes. Other rows of the same id stay. The caller rebuilds `current`, which
    also removes the older tables and batches.
    """
    with store.writing() as scratch:
        rows, key = _rows(store, incident_id), identity.store_key(store.root)
        purges = store.history().purged
        done = [e for e in purges if incident_id in PurgedIds(frozenset({e.subject}), key)]
        named = {incident_id, *(row.base for row in rows if row.incident_id == incident_id)}
        purged_copies.drop_copies(store, scratch, named)
        if done:
            drop_contents(store, {incident_id})
        if left := _unfinished(store, rows, done):
            _without(store, scratch, left, {}, done)
            return f"{incident_id} was purged before, not everywhere: that is done now."
        ours = _standing(store, rows)
        target = next((r for r in (*ours, *rows) if r.incident_id == incident_id), None)
        equal = _equal(ours, target, done)
        every = repeats or bool(equal and target and ask and ask(_question(incident_id, equal)))
        gone = [*([target] if target else []), *(equal if every else [])]
        cleaned = purged_rejects.drop_rejects(
            store, scratch, {incident_id, *(row.base for row in gone)}, _imports(store)
        )
        if not gone and not cleaned:
            return _nothing(done, incident_id, equal)
        staying = [row for row in ours if row not in gone]
        told = _events(store, gone, incident_id, every, not staying)
        # hashes first: whatever stops the rest, no import brings the record back
        store.ledger.append(*told)
        drop_contents(store, {incident_id, *(row.incident_id for row in gone)})
        left = _removed(rows, _keys(rows, told), {row.key for row in staying})
        left += [row for row in gone if row.hash is None]
        _without(store, scratch, left, {f: made for f, (made, _) in cleaned.items()}, told)
    dropped = sum(n for _, n in cleaned.values())
    return _sentence(gone, dropped, [] if every else equal, staying)


def _files(store: Store) -> list[Path]:
    """All batches on the disk, also those that no longer count, but not what was rewritten."""
    gone = set(batches.rewritten(store))
    found = [f for f in sorted(store.batches.glob("*.parquet")) if f.stem not in gone]
    live = set(batches.live(store))  # one that cannot be read may hold what is to go
    for counts in (True, False):
        damaged.checked([f for f in found if (f.stem in live) == counts], counts)
    # those of corrections are made anew from what is left
    return [file for file in found if batches.follows(file) != CORRECTIONS]


def _rows(store: Store, incident_id: str) -> list[_Row]:
    """The records of all batches that have the id of a record, whatever their counters are."""
    file = identity.key_file(store.root)
    mark = identity.mark_sql(file.read_bytes()) if file.exists() else "NULL"
    found: list[_Row] = []
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        parts = {
            f.stem: f"SELECT incident_id, {BASE} AS base, row_hash, coalesce(repeat, 1), {mark} "
            if purged_rows.has_rows(f)
            else "SELECT incident_id, incident_id AS base, NULL, 1, NULL "
            for f in _files(store)
        }
        wanted = {incident_id}
        for by in ("incident_id", "base"):  # first the id without counter, then all that have it
            found = []
            for name, select in parts.items():
                table = f"FROM {literal(store.batches / f'{name}.parquet')}"
                sql = f"FROM ({select} {table}) WHERE list_contains(?, {by})"
                found += [
                    _Row(name, *row) for row in connection.execute(sql, [[*wanted]]).fetchall()
                ]
            wanted |= {row.base for row in found}
    return found


def _standing(store: Store, rows: list[_Row]) -> list[_Row]:
    """The rows of one id that readers see: those of the newest batch that has any."""
    history = store.history()
    imported = sorted(history.every_import, key=lambda name: history.every_import[name].seq)
    order = [*imported, *history.live]
    newest = max((row.batch for row in rows), key=lambda n: _last(order, n), default="")
    return [row for row in rows if row.batch == newest]


def _last(names: list[str], name: str) -> int:
    """The last position of a name in a list; -1 where it is not in it."""
    return max((i for i, n in enumerate(names) if n == name), default=-1)


def _keys(rows: list[_Row], told: Iterable[RecordPurged]) -> set[Key]:
    """The rows that purges name, of some: one, or all that are equal."""
    named = [event for event in told if event.row]
    return {
        row.key
        for row in rows
        for event in named
        if row.hash == event.row and event.repeat in (ALL_REPEATS, row.which)
    }


def _removed(rows: list[_Row], gone: set[Key], staying: set[Key]) -> list[_Row]:
    """The rows that hold what goes. Where a batch has not the very row, those of its rows that
    do not stay may be an older writing of it: readers see none of them."""
    left, hashes = list[_Row](), {key[0] for key in gone}
    for batch in {row.batch for row in rows} if gone else ():
        held = [row for row in rows if row.batch == batch]
        exact = any(row.hash in hashes for row in held)
        out = [r for r in held if (r.key in gone if exact else r.key not in staying)]
        left += [row for row in out if row.hash is not None]
    return left


def _unfinished(store: Store, rows: list[_Row], done: list[RecordPurged]) -> list[_Row]:
    """The rows of one id that a purge that was killed has left, by its events in the ledger."""
    history, left = store.history(), list[_Row]()
    for event in done:
        before = [row for row in rows if history.import_of(row.batch).seq < event.seq]
        gone = _keys(before, [event])
        staying = [] if event.last else _standing(store, rows)
        if event.row:
            gone = gone or {(event.row, ALL_REPEATS)}
            left += _removed(before, gone, {row.key for row in staying} - gone)
        else:
            this = PurgedIds(frozenset({event.subject}), identity.store_key(store.root))
            left += [row for row in before if row.incident_id in this]
    return list(dict.fromkeys(left))


def _equal(ours: list[_Row], target: _Row | None, done: list[RecordPurged]) -> list[_Row]:
    """The rows that equal a record, or one that was purged, in every column of the file."""
    hashes = {e.row for e in done} if target is None else {target.hash}
    return [row for row in ours if row.hash and row.hash in hashes and row != target]


def _events(
    store: Store, gone: list[_Row], incident_id: str, every: bool, last: bool
) -> list[RecordPurged]:
    """The events that the ledger keeps of what goes: hashes."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    key = identity.store_key(store.root)
    named = RecordPurged(identity.subject(incident_id, key), key=identity.key_mark(key), at=now)
    told = {named.subject: named}
    for row in gone:
        # the last of equal rows: whoever brings more of them brings the same again
        which = ALL_REPEATS if every or last else row.which
        columns = str(_about(store.batches / f"{row.batch}.parquet").get("columns", ""))
        event = row.event(which, last, columns, key, now)
        told[event.subject] = event
    return list(told.values())


def _about(file: Path) -> dict[str, Any]:
    """The facts that a batch states of itself."""
    told = (pq.read_metadata(file).metadata or {}).get(b"porchlight", b"{}")
    about: dict[str, Any] = json.loads(told)
    return about


def _without(
    store: Store,
    scratch: Path,
    left: Iterable[_Row],
    cleaned: dict[Path, Path],
    told: list[RecordPurged],
) -> None:
    """Write batches anew without some rows, also those whose rejected rows were cleaned."""
    gone: dict[str, set[str]] = {file.stem: set() for file in cleaned}
    for row in left:
        gone.setdefault(row.batch, set()).add(row.incident_id)
    for name, ids in sorted(gone.items()):
        rejected = store.rejected / f"{name}.csv"
        _rewrite(store, scratch, name, ids, cleaned.get(rejected, rejected), told)


def _rewrite(
    store: Store,
    scratch: Path,
    name: str,
    gone: Collection[str],
    rejected: Path,
    told: list[RecordPurged],
) -> None:
    """A new batch without some records, and its ledger entry. The old file stays for those who
    read it until the table is built anew; the new one tells what was purged."""
    file = store.batches / f"{name}.parquet"
    if not file.exists():
        return
    about = _about(file)
    number = store.next_number()
    about["was"] = [*about.get("was", ()), [name, number]]
    about["rewritten"] = number
    about["purges"] = [*about.get("purges", ()), *(to_row(event)[1:] for event in told)]
    parts = "\n".join((name, *(event.subject for event in told), *sorted(gone)))
    called = identity.subject(parts, identity.store_key(store.root))[:16]
    made = scratch / f"{called}.parquet"
    geo = (pq.read_metadata(file).metadata or {}).get(b"geo", b"{}").decode()
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM {literal(file)} WHERE NOT list_contains(?, incident_id)) "
            f"TO {literal(made)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, "
            "KV_METADATA {geo: ?, porchlight: ?})",
            [sorted(gone), geo, json.dumps(about, ensure_ascii=False)],
        )
    if rejected.exists():
        beside = scratch / f"{called}.csv"
        if beside != rejected:
            beside.write_bytes(rejected.read_bytes())
        move(beside, store.rejected / beside.name)
    move(made, store.batches / made.name)
    if store.taken_back(name).exists():
        _mark(store, called)
    store.ledger.append(BatchRewritten(called, name, called))


def _mark(store: Store, batch: str) -> None:
    """Leave a mark beside a batch that does not count."""
    write_whole(str(store.next_number()).encode(), store.taken_back(batch))


def _imports(store: Store) -> dict[str, Imported]:
    """The import of each batch on the disk."""
    history = store.history()
    return {file.stem: history.import_of(file.stem) for file in _files(store)}


def _question(incident_id: str, equal: list[_Row]) -> str:
    return (
        f"{_counted(len(equal), 'row')} of the file {_are(equal)} equal to {incident_id} in every "
        f"column ({_listed(equal)}). Remove {'it' if len(equal) == 1 else 'them'} too?"
    )


def _nothing(done: list[RecordPurged], incident_id: str, equal: list[_Row]) -> str:
    """The sentence on a record that was purged before; Problem where no record has the id."""
    if done:
        told = (
            f"{incident_id} was purged before: nothing of it is left in batches or rejected rows."
        )
        return told + _remaining(equal)
    raise Problem(
        f"No record of this store has the id {incident_id!r}. "
        "Records and exports show ids as source:number."
    )


def _sentence(gone: list[_Row], dropped: int, equal: list[_Row], staying: list[_Row]) -> str:
    """The sentence on a purge: every id that is gone, and what it left."""
    ids = sorted((row.incident_id for row in gone), key=lambda n: (len(n), n))
    listed = f" ({', '.join(ids)})" if ids else ""
    told = (
        f"Removed {_counted(len(gone), 'record')}{listed} and "
        f"{_counted(dropped, 'rejected row')}; only hashes stay."
    )
    if others := [row for row in staying if row not in equal]:
        told += f" Still here, of the same id but another row of the file: {_listed(others)}."
    return told + _remaining(equal)


def _remaining(equal: list[_Row]) -> str:
    """The sentence that repeats are still there, and how to remove them; empty without any."""
    if not equal:
        return ""
    return (
        f" Still here: {_counted(len(equal), 'row')} of the file that {_are(equal)} equal to it in "
        f"every column ({_listed(equal)}). To remove {'it' if len(equal) == 1 else 'them'} too: "
        f"python -m data purge {equal[0].incident_id} --repeats"
    )


def _are(rows: list[_Row]) -> str:
    return "is" if len(rows) == 1 else "are"


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"


def _listed(rows: list[_Row]) -> str:
    more = f" and {len(rows) - _LISTED:,} more" if len(rows) > _LISTED else ""
    return ", ".join(row.incident_id for row in rows[:_LISTED]) + more


def unimport(store: Store, batch: str) -> str:
    """Take one import back; a sentence on what was done. Typed again it finishes."""
    with store.writing():
        history = store.history()
        derived = {event.batch for event in store.derived_imports()}
        names = [n for n in history.live if n.startswith(batch) and n not in derived]
        before = history.unimported - history.imports.keys()
        again = sorted(name for name in before if name.startswith(batch))
        if not names and len(again) == 1:
            _mark(store, again[0])
            return f"Batch {again[0]} was taken back before: it does not count."
        if len(names) != 1:
            known = ", ".join(n for n in history.live if n not in derived) or "none"
            raise Problem(f"No single batch is called {batch!r}. Batches: {known}.")
        store.ledger.append(Unimported(names[0]))
        _mark(store, names[0])
    return f"Batch {names[0]} no longer counts. Importing its file again brings it back."
