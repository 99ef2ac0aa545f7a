"""The store: one folder of immutable files, a ledger, and the table that Views ask."""

import contextlib
import fcntl
import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from data import own_kinds, settings
from data.settings import Problem
from data.storage import damaged, derived_files, disk
from data.storage.events import Event
from data.storage.history import History, fold_events
from data.storage.ledger import Ledger, Lost, open_ledger
from data.storage.meta_types import TableMeta

IN_MEMORY = 20_000_000  # rows: about 60 MB a million
KEPT_STAMPS = 3  # a reader in the middle of a run still finds the stamp it began with
SUMS = "files.json"  # size and checksum of every other file of a stamp
RECOVER = "Nothing was changed. Put its copy back, or rebuild it: python -m data recover"
REBUILD = "Build the table that screens read anew: python -m data rebuild"


class Gone(Problem):
    """The table that somebody reads gave way to a newer one: to be asked again."""


class Store:
    """The folders of a store. Nothing is made on the disk until something is written."""

    def __init__(self, root: Path | None = None, ledger: Ledger | None = None) -> None:
        self.root = (root or settings.load_settings().store).resolve()
        self.batches = self.root / "batches"
        self.rejected = self.root / "rejected"
        self.areas = self.root / "areas"
        self.current = self.root / "current"
        self.derived = self.root / "derived"
        self.release_events = self.root / "release-events"
        self.ledger = open_ledger(self.root) if ledger is None else ledger
        own_kinds.use_kinds_of(self.root)

    def events(self) -> list[Event]:
        """Everything that was done to this store, in order.

        Lost where the store holds what its ledger does not tell of.
        """
        try:
            found = self.ledger.events()
        except Lost as lost:
            if self._holds():
                raise Lost(f"{lost} {RECOVER}") from None
            return []
        if not found and self._holds():
            if not self.ledger.exists():
                raise Lost(f"The ledger {self.ledger} is missing. {RECOVER}")
            # a first command that was killed leaves one file and no event
            if self.built_from() or self._holds() > 1:
                raise Lost(f"The ledger {self.ledger} is empty. {RECOVER}")
        if found and self.built_from() > found[-1].seq:
            raise Lost(f"The ledger {self.ledger} is older than the table built from it. {RECOVER}")
        return found

    def history(self) -> History:
        """The state that the events leave: what counts now. Lost as for the events."""
        return fold_events(self.events())

    def _holds(self) -> int:
        """Count the files that only the ledger gives a meaning."""
        kinds = ((self.batches, "*.parquet"), (self.areas, "*.parquet"))
        found = sum(len(list(folder.glob(pattern))) for folder, pattern in kinds)
        return found + len(list((self.root / "releases").glob("*"))) + bool(self.built_from())

    def built_from(self) -> int:
        """The number of the last event that went into what readers see; 0 if not known."""
        with contextlib.suppress(OSError, ValueError, LookupError, AttributeError, TypeError):
            meta = json.loads((self.current / str(self.now()) / "meta.json").read_bytes())
            return int(meta.get("events", len(meta["batches"])))
        return 0

    def now(self) -> str | None:
        """The id of the table that readers are pointed to, whether it is whole or not."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return (self.current / "now").read_text().strip() or None
        return None

    def stamp(self) -> str | None:
        """The id of the table that readers see now; None before the first import.

        Problem where the ledger is lost, or the table was not built.
        """
        name = self.now()
        imported = _imported(self, (name, self.ledger.state()))
        if name and (self.current / name / "meta.json").exists():
            return name
        if name or imported:
            raise Problem(f"The table that screens read is missing. {REBUILD}")
        return None

    def next_number(self) -> int:
        """The number that the next event gets: what a file keeps to tell when it was made."""
        return self.history().last + 1

    def taken_back(self, batch: str) -> Path:
        """The mark beside a batch that does not count: what tells so where no ledger does."""
        return self.batches / f"{batch}.unimported"

    def at(self, stamp: str) -> "Current":
        """The derived table of one stamp."""
        own_kinds.use_kinds_of(self.root)  # another process may have imported with new ones
        return Current(self, stamp)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Path]:
        """A scratch folder inside the store, for the only writer; gone afterwards.

        The lock ends with its process, also a killed one; what such a process left
        behind is swept away here.
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.root, self.batches, self.rejected, self.areas, self.current):
            folder.mkdir(exist_ok=True, mode=0o700)
            if folder.stat().st_mode & 0o077:  # made by an earlier version or by hand
                folder.chmod(0o700)
        with (self.root / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                print("Another command is writing to this store: waiting for it ...")
                fcntl.flock(lock, fcntl.LOCK_EX)
            for left in self.root.glob(".scratch-*"):
                shutil.rmtree(left, ignore_errors=True)
            for left in self.root.rglob(".*.[0-9]*"):  # half-written by a killed command
                left.unlink(missing_ok=True)
            if not self._holds():
                self.ledger.begin()  # before the first file: without it, it was lost
            scratch = Path(tempfile.mkdtemp(prefix=".scratch-", dir=self.root))
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)

    def swap(self, built: Path, stamp: str) -> None:
        """Make a finished folder the one that readers see: old or new, never a mix.

        A damaged table of the same stamp gets its files back one by one: it is never away.
        """
        files = sorted(p for p in built.iterdir() if p.is_file())
        sums = built / SUMS
        sums.write_text(json.dumps({file.name: disk.checksum(file) for file in files}))
        for file in (*files, sums):
            disk.sync(file)
        disk.sync(built)
        target = self.current / stamp
        if target.is_dir():
            for file in (*files, sums):
                file.rename(target / file.name)
            disk.sync(target)
        else:
            built.rename(target)
        disk.sync(self.current)
        disk.write_whole(stamp.encode(), self.current / "now")
        stamps = [p for p in self.current.iterdir() if p.is_dir() and p.name != stamp]
        stamps.sort(key=lambda p: p.stat().st_mtime, reverse=True)
        for old in stamps[KEPT_STAMPS - 1 :]:
            shutil.rmtree(old, ignore_errors=True)


class Partition(NamedTuple):
    """A file of the narrow table, and the batches that its own numbers stand for."""

    file: Path
    batches: tuple[int, ...]


def facts_of(parts: Sequence[Partition]) -> str:
    """SQL for the rows of partitions, in their order; `batch` counts all batches of the table."""
    selected = []
    for part in parts:
        same = part.batches == tuple(range(len(part.batches)))
        numbers = ", ".join(map(str, part.batches))
        own = "*" if same else f"* REPLACE (([{numbers}])[batch + 1]::USMALLINT AS batch)"
        selected.append(f"SELECT {own} FROM {literal(part.file)}")
    return " UNION ALL ".join(selected)


class Current:
    """The narrow table `facts` that Views are answered from, and its `meta`."""

    def __init__(self, store: Store, stamp: str) -> None:
        self.store, self.stamp = store, stamp
        self.folder = store.current / stamp

    @cached_property
    def meta(self) -> TableMeta:
        """Place, sources with their coverage and counts, area sets, row counts."""
        with self.reading():
            meta: TableMeta = json.loads((self.folder / "meta.json").read_bytes())
        return meta

    def whole(self) -> bool:
        """Return whether every file of this table is as it was written."""
        try:
            sums = json.loads((self.folder / SUMS).read_bytes())
            return (
                "meta.json" in sums
                and all(disk.checksum(self.folder / name) == told for name, told in sums.items())
                and all(derived_files.is_whole(part.file) for part in self.partitions)
            )
        except (OSError, ValueError, TypeError, KeyError):
            return False

    @property
    def partitions(self) -> list[Partition]:
        """The files of the narrow table, in order of time: only these count."""
        folder = self.store.derived / "facts"
        meta: TableMeta = json.loads((self.folder / "meta.json").read_bytes())
        return [
            Partition(folder / f"{part['name']}.parquet", tuple(part["batches"]))
            for part in meta["partitions"]
        ]

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Errors of files become Gone where a newer table took the place of this one, or a
        Problem that says which file cannot be read and what to do."""
        try:
            yield
        except (duckdb.Error, pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, Problem):
                raise
            if not self.folder.exists():
                raise Gone("The data was replaced while it was read: ask again.") from None
            if not self.whole():
                raise Problem(f"The table that screens read is damaged. {REBUILD}") from None
            for file in self.batches:
                if not damaged.is_whole(file):
                    raise damaged.problem(file, counts=True) from None
            raise

    def facts_sql(self) -> str:
        """The narrow table in SQL: all partitions, one after the other."""
        return facts_of(self.partitions)

    @property
    def meridian(self) -> float:
        """The longitude that all that is drawn lies within 180 degrees of."""
        return float(self.meta["place"].get("meridian", 0.0))

    @property
    def batches(self) -> list[Path]:
        """The batches that the facts point into, in the order that they count them."""
        return [self.store.batches / f"{name}.parquet" for name in self.meta["batches"]]

    def query(self, sql: str, params: Sequence[object] = ()) -> pa.Table:
        """The answer of one read-only query; {facts} stands for the narrow table.

        It is held in memory from the first query on unless it is huge.
        """
        held = "" if self.meta["rows"] > IN_MEMORY else self.stamp
        with self.reading():
            return query(self.store.root, sql, params, held, self.facts_sql())


class _Database:
    """A database in memory that can read Parquet below one folder and nothing else."""

    def __init__(self, root: Path) -> None:
        self.connection = duckdb.connect(
            config={"autoinstall_known_extensions": False, "memory_limit": "4GB"}
        )
        self.tables: dict[str, str] = {}
        self.connection.execute("SET allowed_directories = [" + literal(root).strip() + "]")
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET parquet_metadata_cache = true")
        self.connection.execute("SET lock_configuration = true")

    def table(self, stamp: str, facts: str) -> str:
        """The name of a stamp's table in memory, of this SQL; older stamps make room."""
        if stamp not in self.tables:
            name = f"facts_{stamp}"
            self.connection.execute(f"CREATE TABLE {name} AS {facts}")
            self.tables[stamp] = name
            for old in list(self.tables)[:-KEPT_STAMPS]:
                self.connection.execute(f"DROP TABLE {self.tables.pop(old)}")
        return self.tables[stamp]


_database = lru_cache(maxsize=8)(_Database)
_opening = threading.Lock()


def query(
    root: Path, sql: str, params: Sequence[object] = (), stamp: str = "", facts: str | None = None
) -> pa.Table:
    """The answer as an Arrow table; a connection of its own for each query.

    {facts} stands for the table of a stamp, whose SQL `facts` is: held in memory where `stamp`
    is given, else its files.
    """
    with _opening:
        database = _database(root)
        if facts is not None:
            table = database.table(stamp, facts) if stamp else f"({facts})"
            sql = sql.replace("{facts}", table)
        connection = database.connection.cursor()
    sql, rest = inline_numbers(sql, params)
    try:
        return connection.sql(sql, params=rest).to_arrow_table()
    finally:
        connection.close()


WRITTEN: dict[type, Callable[[Any], str]] = {
    int: str,
    date: lambda day: f"DATE '{day.isoformat()}'",
    datetime: lambda moment: f"TIMESTAMP '{moment.isoformat()}'",
}


def inline_numbers(sql: str, params: Sequence[object]) -> tuple[str, list[object]]:
    """The statement with whole numbers and dates written in, and the parameters left.

    A planner that knows them skips rows that cannot match: a third less time. Only these
    types, by exact type; texts and all else stay parameters.
    """
    parts, rest = sql.split("?"), []
    out = [parts[0]]
    for value, part in zip(params, parts[1:], strict=True):
        write = WRITTEN.get(type(value))
        if write is None:
            rest.append(value)
        out += [write(value) if write else "?", part]
    return "".join(out), rest


@lru_cache(maxsize=8)
def _imported(store: Store, state: tuple[object, ...]) -> bool:
    """Return whether the ledger tells of an import; asked once of each of its states."""
    return bool(state) and bool(store.history().every_import)


def literal(path: Path) -> str:
    """A path as a SQL string; paths are ours, values always go as parameters."""
    return "'" + str(path).replace("'", "''") + "'"
