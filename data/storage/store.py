"""The store: one folder of immutable files, a ledger, and the table that Views ask."""

import contextlib
import fcntl
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from data import own_kinds, settings
from data.settings import SQLITE, Problem
from data.storage import damaged, derived_files, disk
from data.storage.cubes import Cube, cubes_of
from data.storage.database import KEPT_STAMPS, Rows, literal, query
from data.storage.events import Event, Imported, detail_of
from data.storage.history import History, fold_events
from data.storage.ledger import Ledger, Lost, file_ledger
from data.storage.meta_types import TableMeta
from data.storage.postgres_ledger import LEDGER_MARK, PostgresLedger, read_mark
from data.storage.table_format import FORMAT

IN_MEMORY = 20_000_000  # rows: about 60 MB a million
DERIVED = "derived.json"
SUMS = "files.json"  # size and checksum of every other file of a stamp
RECOVER = "Nothing was changed. Put its copy back, or rebuild it: python -m data recover"
REBUILD = "Build the table that screens read anew: python -m data rebuild"
OUTDATED = f"The table that screens read was made by another version of Porchlight. {REBUILD}"


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
        """Everything that was done here, in order. Lost where more is here than it tells of."""
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
        """What counts now: by the events, and by another log's batches. Lost as for the events."""
        return fold_events([*self.events(), *self.derived_imports()])

    def derived_imports(self) -> list[Imported]:
        """The imports that follow from another log; the newest of each file."""
        file = self.root / DERIVED
        return [Imported(**row) for row in json.loads(file.read_bytes())] if file.exists() else []

    def keep_derived(self, event: Imported | None, instead: Iterable[str] = ()) -> None:
        """Let a batch that follows from another log count instead of some. For the only writer."""
        gone = {*instead, *((event.batch, *event.replaces) if event else ())}
        every = [*(e for e in self.derived_imports() if e.batch not in gone), event]
        rows = [{"batch": one.batch, **detail_of(one)} for one in every if one]
        disk.write_whole(json.dumps(rows, ensure_ascii=False).encode(), self.root / DERIVED)

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
        imported = _imported(self, (name, self.ledger.state(), disk.state(self.root / DERIVED)))
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


def open_ledger(root: Path) -> Ledger:
    """The ledger of the store in a folder: the database that the settings name, if the store is
    theirs, else a file in it. Nothing is made until something is appended.

    Problem where the folder's events are elsewhere than that.
    """
    address = settings.read_ledger()
    named = address != SQLITE and settings.load_settings().store == root.resolve()
    mark, file = read_mark(root), file_ledger(root)
    if mark and not named:
        raise Problem(
            f"The events of {root} are in a database on PostgreSQL ({root / LEDGER_MARK}), and `ledger` in "
            "porchlight.toml (or PORCHLIGHT_LEDGER) names none for this folder. Name it, or take "
            "them into a file: python -m data ledger --from ADDRESS"
        )
    if named and not mark and file.exists():
        raise Problem(
            f"The settings name a database for the ledger, and the events of {root} are in "
            f"{file}. Take them over: python -m data ledger"
        )
    return PostgresLedger(root, address, settings.load_settings().name) if named else file


def give_own_ledger(store: Store, copy: Path) -> None:
    """Give the copied folder of a store the events as a file of its own: what is tried out there
    stays there."""
    if (copy / LEDGER_MARK).exists():
        (copy / LEDGER_MARK).unlink()
        if events := store.ledger.events():
            file_ledger(copy).renew(events, events[0].seq)


class Partition(NamedTuple):
    """A file of the narrow table, the batches that its own numbers stand for, the days of its
    rows, and the file of the cubes that count them."""

    file: Path
    batches: tuple[int, ...]
    first: date
    last: date
    rows: int
    cubes: Path


@dataclass(frozen=True)
class Block:
    """Partitions that are read and counted together, with their first and their last day."""

    partitions: tuple[Partition, ...]
    first: date
    last: date

    @cached_property
    def facts_sql(self) -> str:
        """SQL for its rows, in their order; `batch` counts all batches of the table."""
        selected = []
        for batches, parts in groupby(self.partitions, lambda part: part.batches):
            same = batches == tuple(range(len(batches)))
            numbers = ", ".join(map(str, batches))
            own = "*" if same else f"* REPLACE (([{numbers}])[batch + 1]::USMALLINT AS batch)"
            selected.append(f"SELECT {own} FROM {_reading(p.file for p in parts)}")
        return " UNION ALL ".join(selected)

    def cube_sql(self, cube: Cube) -> str:
        """SQL for the rows of one of its cubes."""
        columns = ", ".join((*cube.dimensions, *cube.sums))
        return f"SELECT {columns} FROM {_reading([self.partitions[0].cubes])} WHERE cube = {cube.number}"


class Layout(NamedTuple):
    """How a narrow table is laid out: its blocks, in order of time, the columns that tell of a
    record, its cubes and how many rows each has, and its own rows."""

    blocks: tuple[Block, ...]
    columns: frozenset[str]
    cubes: tuple[tuple[Cube, int], ...]
    rows: int


def _reading(files: Iterable[Path]) -> str:
    return f"read_parquet([{', '.join(map(literal, files))}])"


class Current:
    """The narrow table `facts` that Views are answered from, and its `meta`."""

    def __init__(self, store: Store, stamp: str) -> None:
        self.store, self.stamp = store, stamp
        self.folder = store.current / stamp

    @cached_property
    def meta(self) -> TableMeta:
        """Place, sources with their coverage and counts, area sets, row counts. Problem where
        another version wrote it."""
        with self.reading():
            meta: TableMeta = json.loads((self.folder / "meta.json").read_bytes())
        if meta.get("format") != FORMAT:
            raise Problem(OUTDATED)
        return meta

    def whole(self) -> bool:
        """Return whether every file of this table is as it was written."""
        try:
            sums = json.loads((self.folder / SUMS).read_bytes())
            return (
                "meta.json" in sums
                and all(disk.checksum(self.folder / name) == told for name, told in sums.items())
                and all(derived_files.is_whole(file) for file in self.files())
            )
        except (OSError, ValueError, TypeError, KeyError):
            return False

    @cached_property
    def partitions(self) -> list[Partition]:
        """The files of the narrow table, in order of time: only these count."""
        folder = self.store.derived
        return [
            Partition(
                folder / "facts" / f"{part['name']}.parquet",
                tuple(part["batches"]),
                date.fromisoformat(part["days"][0]),
                date.fromisoformat(part["days"][1]),
                part["rows"],
                folder / "cubes" / f"{part['cubes']}.parquet",
            )
            for part in self.meta["partitions"]
        ]

    def files(self) -> set[Path]:
        """The derived files that it is in: of the narrow table, and of its cubes."""
        return {file for part in self.partitions for file in (part.file, part.cubes)}

    @cached_property
    def layout(self) -> Layout:
        """The narrow table in blocks, its columns and its cubes: what is new in one block leaves
        the others as they are in memory."""
        blocks = []
        for _, own in groupby(self.partitions, lambda part: part.cubes):
            parts = tuple(own)
            block = Block(parts, min(p.first for p in parts), max(p.last for p in parts))
            blocks.append(block)
        meta = self.meta
        cells = [sum(rows) for rows in zip(*meta["cells"].values())]
        cubes = tuple(zip(cubes_of(len(meta["sets"])), cells))
        columns = frozenset(meta["columns"]) - {"batch", "row"}  # these tell of no record
        return Layout(tuple(blocks), columns, cubes, meta["rows"])

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
        return " UNION ALL ".join(block.facts_sql for block in self.layout.blocks)

    @property
    def meridian(self) -> float:
        """The longitude that all that is drawn lies within 180 degrees of."""
        return float(self.meta["place"].get("meridian", 0.0))

    @property
    def batches(self) -> list[Path]:
        """The batches that the facts point into, in the order that they count them."""
        return [self.store.batches / f"{name}.parquet" for name in self.meta["batches"]]

    def rows_of(self, blocks: Iterable[Block], cube: Cube | None = None) -> list[Rows]:
        """The rows of some blocks of a cube, held in memory; or those of the narrow table, held
        unless all are very many."""
        if cube:
            return [Rows(block.cube_sql(cube)) for block in blocks]
        held = self.layout.rows <= IN_MEMORY
        return [Rows(block.facts_sql, held) for block in blocks]

    def query(
        self,
        sql: str,
        params: Sequence[object] = (),
        tables: Mapping[str, Sequence[Rows]] | None = None,
    ) -> pa.Table:
        """The answer of one read-only query; {facts} stands for the narrow table.

        Other `tables` are named where they stand in braces in its place.
        """
        with self.reading():
            if not self.folder.exists():  # also what is held in memory is gone
                raise FileNotFoundError(self.folder)
            every = tables or {"facts": self.rows_of(self.layout.blocks)}
            return query(self.store.root, sql, params, self.stamp, every)


@lru_cache(maxsize=8)
def _imported(store: Store, state: tuple[object, ...]) -> bool:
    """Return whether the ledger tells of an import; asked once of each of its states."""
    return bool(state) and bool(store.history().every_import)
