"""What people and commands did, as events that are only ever appended (SQLite)."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

SCHEMA = """
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


@contextmanager
def _connect(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(SCHEMA)
        yield connection
    finally:
        connection.close()


def append(file: Path, verb: str, subject: str, /, **detail: Any) -> None:
    """Add one event. It is on the disk when this returns."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with _connect(file) as connection:
        connection.execute(
            "INSERT INTO events (at, verb, subject, detail) VALUES (?, ?, ?, ?)",
            (now, verb, subject, json.dumps(detail, ensure_ascii=False)),
        )


def events(file: Path) -> list[Event]:
    """All events in order; none where there is no ledger yet."""
    if not file.exists():
        return []
    with _connect(file) as connection:
        rows = connection.execute("SELECT * FROM events ORDER BY seq").fetchall()
    return [Event(seq, at, verb, what, json.loads(told)) for seq, at, verb, what, told in rows]
