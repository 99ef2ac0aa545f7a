"""The ledger: what people and commands did, as events that are only ever appended (SQLite)."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from data.settings import Problem

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


class Event(NamedTuple):
    """One thing done. `at` is UTC in ISO 8601; `detail` holds plain JSON values."""

    seq: int
    at: str
    verb: str
    subject: str
    detail: dict[str, Any]


LOST = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Lost(Problem):
    """The ledger is gone, emptied, damaged, or no ledger."""


@contextmanager
def _connect(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection; Lost for a file that is no whole ledger."""
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    try:
        yield connection
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in LOST and not isinstance(error, sqlite3.IntegrityError):
            raise Lost(f"The ledger {file} cannot be read ({error}).") from None
        raise Problem(f"The ledger {file} cannot be used now ({error}). Try it again.") from None
    finally:
        connection.close()


@contextmanager
def _writing(file: Path) -> Iterator[sqlite3.Connection]:
    with _connect(file) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_SCHEMA)
        yield connection


def begin(file: Path) -> None:
    """Make an empty ledger where there is none."""
    if not file.exists():
        with _writing(file):
            pass


def append(file: Path, verb: str, subject: str, /, **detail: Any) -> None:
    """Add one event. It is on the disk when this returns."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    add(file, [(now, verb, subject, detail)])


def add(
    file: Path, told: Sequence[tuple[str, str, str, dict[str, Any]]], first: int | None = None
) -> None:
    """Add several events, each (at, verb, subject, detail): all of them or none.

    `first` is the number of the first one, where it is not the next.
    """
    rows = [
        (None if first is None else first + i, *row[:3], json.dumps(row[3], ensure_ascii=False))
        for i, row in enumerate(told)
    ]
    with _writing(file) as connection:
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO events (seq, at, verb, subject, detail) VALUES (?, ?, ?, ?, ?)", rows
        )
        connection.execute("COMMIT")


def events(file: Path) -> list[Event]:
    """All events in order; none where there is no ledger. Lost for one that is damaged."""
    if not file.exists():
        return []
    with _connect(file) as connection:
        damage = connection.execute("PRAGMA quick_check(1)").fetchone()
        if damage != ("ok",):
            raise Lost(f"The ledger {file} is damaged ({damage[0]}).")
        rows = connection.execute("SELECT * FROM events ORDER BY seq").fetchall()
    try:
        return [Event(seq, at, verb, what, json.loads(told)) for seq, at, verb, what, told in rows]
    except ValueError:
        raise Lost(f"The ledger {file} is damaged: an event cannot be read.") from None
