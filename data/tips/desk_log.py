"""The desk's part of the ledger: events that are only appended, and contents that can be forgotten.

An event is a salted commitment to what it says, chained to the one before; what it says stands
beside, and may be destroyed together with its salt: the chain still verifies, and nobody can try
out what stood there (commitment as of a hash with a random salt, chain as of RFC 6962's order).
SQLAlchemy Core, so that SQLite and PostgreSQL run the same statements.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from data.settings import Problem
from data.storage.postgres_ledger import PostgresLedger
from data.storage.sql_engine import append_only, overwrite_deleted, read, sqlite_engine, write
from data.storage.store import open_ledger

_META = sa.MetaData()
DESK_EVENTS = sa.Table(
    "desk_events",
    _META,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("commitment", sa.LargeBinary, nullable=False),
    sa.Column("chain", sa.LargeBinary, nullable=False),
)
DESK_CONTENTS = sa.Table(
    "desk_contents",
    _META,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("verb", sa.Text, nullable=False),
    sa.Column("tip", sa.Text, nullable=False, index=True),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
DESK = "desk.db"  # the file of a log that is in no database
RAW_VERBS = ("raw", "note")  # long texts: read one by one, when somebody needs them
START = b"\0" * 32  # what the first event is chained to
_TOPIC = "desk"  # what only one writes on at a time
_CHUNK = 20_000  # events that are read at once
_MOST = 500  # numbers in one question
append_only(DESK_EVENTS, "the ledger is append-only")
append_only(DESK_CONTENTS, "contents are only forgotten", ("UPDATE", "TRUNCATE"))


class LogRow(NamedTuple):
    """An event as it is stored; `detail` is None where it was not asked for or is forgotten.

    `verb` is "" where the whole content is forgotten.
    """

    seq: int
    at: str
    verb: str
    tip: str
    who: str
    detail: dict[str, Any] | None


class DeskLog:
    """The events of one desk."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        write(engine, _TOPIC, lambda connection, again: _META.create_all(connection))

    def append(self, rows: Sequence[LogRow], after: int | None = None) -> int | None:
        """Add events, all of them or none; they are on the disk when this returns.

        Their numbers follow the last one, and the last number comes back; None, and nothing is
        written, where the last one is not `after` (somebody was first).
        """
        written: dict[str, Any] = {}  # the last of these events, when they were tried before

        def add(connection: Connection, again: bool) -> int | None:
            if again and written and _stands(connection, written):
                return int(written["seq"])
            last, chain = _end(connection)
            if after is not None and after != last:
                return None
            events, contents = [], []
            for row in rows:
                last += 1
                salt, detail = secrets.token_bytes(16), _json(row.detail or {})
                commitment = _commitment(salt, row.at, row.verb, row.tip, row.who, detail)
                chain = _link(chain, last, commitment)
                events.append({"seq": last, "commitment": commitment, "chain": chain})
                contents.append({**row._asdict(), "seq": last, "salt": salt, "detail": detail})
            if events:
                connection.execute(DESK_EVENTS.insert(), events)
                connection.execute(DESK_CONTENTS.insert(), contents)
                written.update(events[-1])
            return last

        return write(self.engine, _TOPIC, add)

    def read(self, after: int = 0) -> Iterator[LogRow]:
        """The events behind a number, in order; long texts are left out."""
        short = sa.case((DESK_CONTENTS.c.verb.in_(RAW_VERBS), None), else_=DESK_CONTENTS.c.detail)
        columns = (
            DESK_EVENTS.c.seq,
            DESK_CONTENTS.c.at,
            DESK_CONTENTS.c.verb,
            DESK_CONTENTS.c.tip,
            DESK_CONTENTS.c.who,
        )
        yield from map(_row, self._all(sa.select(*columns, short.label("detail")), after))

    def of_tip(self, tip: str) -> list[LogRow]:
        """All events of one tip that are not forgotten, in order, with their texts."""
        columns = (DESK_CONTENTS.c[name] for name in LogRow._fields)
        query = sa.select(*columns).where(DESK_CONTENTS.c.tip == tip).order_by(DESK_CONTENTS.c.seq)
        return [_row(row) for row in self._rows(query)]

    def detail(self, *seqs: int) -> dict[int, dict[str, Any]]:
        """What some events say, by number; those that are forgotten are left out."""
        found: dict[int, dict[str, Any]] = {}
        for at in range(0, len(seqs), _MOST):
            some = DESK_CONTENTS.c.seq.in_(seqs[at : at + _MOST])
            rows = self._rows(sa.select(DESK_CONTENTS.c.seq, DESK_CONTENTS.c.detail).where(some))
            found |= {row.seq: json.loads(row.detail) for row in rows}
        return found

    def of_verb(self, verb: str) -> list[LogRow]:
        """All events of a verb that are not forgotten, in order."""
        columns = (DESK_CONTENTS.c[name] for name in LogRow._fields)
        query = (
            sa.select(*columns).where(DESK_CONTENTS.c.verb == verb).order_by(DESK_CONTENTS.c.seq)
        )
        return [_row(row) for row in self._rows(query)]

    def forget(self, seqs: Sequence[int]) -> int:
        """Destroy what some events say, and their salts; how many there were."""
        gone = 0

        def remove(connection: Connection, again: bool) -> int:
            nonlocal gone
            before, gone = gone if again else 0, 0
            for at in range(0, len(seqs), _MOST):
                some = DESK_CONTENTS.c.seq.in_(seqs[at : at + _MOST])
                gone += connection.execute(DESK_CONTENTS.delete().where(some)).rowcount
            return gone or before

        gone = write(self.engine, _TOPIC, remove)
        if gone:
            overwrite_deleted(self.engine, DESK_CONTENTS)
        return gone

    def last(self) -> int:
        """The number of the last event; 0 where there is none."""
        return self._rows(sa.select(sa.func.max(DESK_EVENTS.c.seq)))[0][0] or 0

    def verify(self) -> "Verified":
        """Go through the whole chain. Problem at the first event that is not as it was written."""
        own = [c for c in DESK_CONTENTS.c if c.name != "seq"]
        chain, number, forgotten = START, 0, 0
        for row in self._all(sa.select(DESK_EVENTS, *own)):
            number += 1
            if row.seq != number:
                raise Problem(f"Event {number} of the desk is missing.")
            commitment = bytes(row.commitment)
            if row.salt is None:
                forgotten += 1
            elif not hmac.compare_digest(
                commitment,
                _commitment(bytes(row.salt), row.at, row.verb, row.tip, row.who, row.detail),
            ):
                raise Problem(f"Event {number} of the desk says something else than it did.")
            chain = _link(chain, number, commitment)
            if chain != bytes(row.chain):
                raise Problem(f"Event {number} of the desk is not the one that stood there.")
        return Verified(number, forgotten, chain.hex())

    def _all(self, query: sa.Select[Any], after: int = 0) -> Iterator[sa.Row[Any]]:
        """The rows of all events behind a number with their contents, in order, some at a time."""
        joined = DESK_EVENTS.outerjoin(DESK_CONTENTS, DESK_EVENTS.c.seq == DESK_CONTENTS.c.seq)
        query = query.select_from(joined).order_by(DESK_EVENTS.c.seq).limit(_CHUNK)
        while rows := self._rows(query.where(DESK_EVENTS.c.seq > after)):
            yield from rows
            if len(rows) < _CHUNK:
                return
            after = rows[-1].seq

    def _rows(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        return read(self.engine, lambda connection: connection.execute(query).all())


class Verified(NamedTuple):
    """How many events a chain holds, how many of them are forgotten, and its head (hex)."""

    events: int
    forgotten: int
    head: str


def open_log(root: Path) -> DeskLog:
    """The desk's log of a store: beside the ledger, in its database or in a file of its own."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = open_ledger(root)
    if isinstance(ledger, PostgresLedger):
        if (root / DESK).exists():
            raise Problem(
                f"The settings name a database for the ledger, and the desk's events are in "
                f"{root / DESK}. Take them over: python -m data ledger"
            )
        ledger.begin()
        return DeskLog(ledger.engine)
    return DeskLog(sqlite_engine(root / DESK))


def copy_log(source: DeskLog, target: DeskLog) -> int:
    """Write all events of a log into an empty one, what is forgotten without its content; how many.

    Problem where the other has events of its own.
    """

    def copy(connection: Connection, _again: bool) -> int:
        last = read(source.engine, _end)
        if (there := _end(connection)) == last:
            return last[0]
        if there[0]:
            raise Problem("The desk's log has events of its own there: nothing was copied.")
        for table in (DESK_EVENTS, DESK_CONTENTS):
            after = 0
            query = sa.select(table).order_by(table.c.seq).limit(_CHUNK)
            while rows := source._rows(query.where(table.c.seq > after)):
                connection.execute(table.insert(), [dict(row._mapping) for row in rows])
                after = rows[-1].seq
        return last[0]

    return write(target.engine, _TOPIC, copy)


def _end(connection: Connection) -> tuple[int, bytes]:
    """The number and the chain of the last event."""
    newest = (
        sa.select(DESK_EVENTS.c.seq, DESK_EVENTS.c.chain)
        .order_by(DESK_EVENTS.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(newest).first()
    return (row.seq, bytes(row.chain)) if row else (0, START)


def _stands(connection: Connection, event: Mapping[str, Any]) -> bool:
    """Return whether an event is there; no two have one chain, of which salts are a part."""
    chain = connection.scalar(
        sa.select(DESK_EVENTS.c.chain).where(DESK_EVENTS.c.seq == event["seq"])
    )
    return chain is not None and bytes(chain) == event["chain"]


def _json(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _commitment(salt: bytes, *texts: str) -> bytes:
    return hashlib.sha256(salt + json.dumps(texts, ensure_ascii=False).encode()).digest()


def _link(chain: bytes, seq: int, commitment: bytes) -> bytes:
    return hashlib.sha256(chain + seq.to_bytes(8, "big") + commitment).digest()


def _row(row: Any) -> LogRow:
    detail = None if row.detail is None else json.loads(row.detail)
    return LogRow(row.seq, row.at or "", row.verb or "", row.tip or "", row.who or "", detail)
