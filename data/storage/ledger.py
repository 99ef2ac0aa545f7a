"""The ledger: what people and commands did, as events that are only ever appended.

`Ledger` is all that a store asks of one. A file of SQLite is behind it here, a database on
PostgreSQL in data.storage.postgres_ledger.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from data.settings import Problem
from data.storage import disk
from data.storage.events import Event, EventRow, parse_row, to_row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS events_are_not_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_are_not_removed BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""
_LOST = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Lost(Problem):
    """The ledger is gone, emptied, damaged, or no ledger."""


class Ledger(Protocol):
    """The events of one store. `str` of it names it in sentences."""

    def exists(self) -> bool:
        """Return whether there is a ledger, be it empty."""

    def begin(self) -> None:
        """Make an empty ledger where there is none."""

    def events(self) -> list[Event]:
        """Return all events in order; none where there is no ledger. Lost for a damaged one."""

    def append(self, *events: Event) -> None:
        """Add events, all of them or none; they are kept when this returns.

        Their numbers follow the last one; an event without a time is of now.
        """

    def renew(self, events: Sequence[Event], first: int) -> None:
        """Write a lost ledger anew, numbers from `first` on; what is left of it is kept beside."""

    def state(self) -> tuple[object, ...]:
        """Return what changes whenever the ledger does; quick."""


class SqliteLedger:
    """A ledger in one SQLite file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._wal = file.with_name(f"{file.name}-wal")

    def __str__(self) -> str:
        return str(self.file)

    def exists(self) -> bool:
        """Return whether there is a ledger, be it empty."""
        return self.file.exists()

    def begin(self) -> None:
        """Make an empty ledger where there is none."""
        if not self.exists():
            with _writing(self.file):
                pass

    def events(self) -> list[Event]:
        """Return all events in order; none where there is no ledger. Lost for a damaged one."""
        if not self.exists():
            return []
        with _connect(self.file) as connection:
            damage = connection.execute("PRAGMA quick_check(1)").fetchone()
            if damage != ("ok",):
                raise Lost(f"The ledger {self} is damaged ({damage[0]}).")
            rows = connection.execute(
                "SELECT seq, at, verb, subject, detail FROM events ORDER BY seq"
            ).fetchall()
        return parse_stored(rows, str(self))

    def append(self, *events: Event) -> None:
        """Add events, all of them or none; they are on the disk when this returns."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        _insert(self.file, [to_row(e)._replace(at=e.at or now) for e in events], None)

    def renew(self, events: Sequence[Event], first: int) -> None:
        """Write a lost ledger anew, numbers from `first` on; what is left of it is kept beside."""
        # the next writer sweeps such a folder, if this one is killed
        with tempfile.TemporaryDirectory(prefix=".scratch-", dir=self.file.parent) as folder:
            made = Path(folder) / self.file.name
            _insert(made, [to_row(event) for event in events], first)
            self._put_aside()
            disk.move(made, self.file)

    def _put_aside(self) -> None:
        if self.exists():
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
            kept = self.file.with_name(f"{self.file.stem}.lost-{stamp}{self.file.suffix}")
            kept.write_bytes(self.file.read_bytes())
            kept.chmod(0o600)
            disk.sync(kept)
        for end in ("-wal", "-shm"):
            self.file.with_name(self.file.name + end).unlink(missing_ok=True)

    def state(self) -> tuple[object, ...]:
        """Return what changes whenever the ledger does: the state of its two files."""
        return disk.state(self.file), disk.state(self._wal)


def file_ledger(root: Path) -> SqliteLedger:
    """The ledger that is a file of a store's folder. Nothing is made until something is appended."""
    return SqliteLedger(root / "ledger.db")


def parse_stored(rows: Iterable[Sequence[Any]], name: str) -> list[Event]:
    """The events of a ledger's rows, whose details are texts. Lost where one cannot be read, or
    is missing between others."""
    try:
        found = [parse_row(EventRow._make((*row[:4], json.loads(row[4])))) for row in rows]
    except (ValueError, TypeError, AttributeError):
        raise Lost(f"The ledger {name} is damaged: an event cannot be read.") from None
    if found and found[-1].seq - found[0].seq != len(found) - 1:
        raise Lost(f"The ledger {name} is damaged: an event is missing.")
    return found


@contextmanager
def _connect(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection; Lost for a file that is no whole ledger."""
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    try:
        yield connection
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _LOST and not isinstance(error, sqlite3.IntegrityError):
            raise Lost(f"The ledger {file} cannot be read ({error}).") from None
        raise Problem(f"The ledger {file} cannot be used now ({error}). Try it again.") from None
    finally:
        connection.close()


@contextmanager
def _writing(file: Path) -> Iterator[sqlite3.Connection]:
    if not file.exists():  # whole at once: nobody reads a ledger without its table
        disk.write_new(_empty(), file)
    with _connect(file) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_SCHEMA)
        yield connection


def _empty() -> bytes:
    """An empty ledger, as a file holds it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        return connection.serialize()


def _insert(file: Path, events: Sequence[EventRow], first: int | None) -> None:
    """Add rows, all of them or none; `first` is the number of the first, else the next."""
    rows = [
        (
            None if first is None else first + i,
            *row[1:4],
            json.dumps(row.detail, ensure_ascii=False),
        )
        for i, row in enumerate(events)
    ]
    with _writing(file) as connection:
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO events (seq, at, verb, subject, detail) VALUES (?, ?, ?, ?, ?)", rows
        )
        connection.execute("COMMIT")
