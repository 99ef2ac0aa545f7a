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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from data.settings import Problem

_META = sa.MetaData()
EVENTS = sa.Table(
    "desk_events",
    _META,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("commitment", sa.LargeBinary, nullable=False),
    sa.Column("chain", sa.LargeBinary, nullable=False),
)
CONTENTS = sa.Table(
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
RAW_VERBS = ("raw", "note")  # long texts: read one by one, when somebody needs them
START = b"\0" * 32  # what the first event is chained to
_CHUNK = 20_000  # events that are read at once
_MOST = 500  # numbers in one question
_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS desk_events_are_not_changed BEFORE UPDATE ON desk_events "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
        "CREATE TRIGGER IF NOT EXISTS desk_events_are_not_removed BEFORE DELETE ON desk_events "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
        "CREATE TRIGGER IF NOT EXISTS desk_contents_are_not_changed BEFORE UPDATE ON desk_contents "
        "BEGIN SELECT RAISE(ABORT, 'contents are only forgotten'); END",
    )
}


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
        with engine.begin() as connection:
            _META.create_all(connection)
            for guard in _GUARDS.get(engine.dialect.name, ()):
                connection.execute(sa.text(guard))

    def append(self, rows: Sequence[LogRow], after: int | None = None) -> int | None:
        """Add events, all of them or none; they are on the disk when this returns.

        Their numbers follow the last one, and the last number comes back; None, and nothing is
        written, where the last one is not `after` (somebody was first).
        """
        with self.engine.begin() as connection:
            self._lock(connection)
            last, chain = self._end(connection)
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
                connection.execute(EVENTS.insert(), events)
                connection.execute(CONTENTS.insert(), contents)
        return last

    def _lock(self, connection: Connection) -> None:
        """Let nobody else append until this transaction ends (SQLite began it so)."""
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("LOCK TABLE desk_events IN EXCLUSIVE MODE"))

    def _end(self, connection: Connection) -> tuple[int, bytes]:
        """The number and the chain of the last event."""
        newest = sa.select(EVENTS.c.seq, EVENTS.c.chain).order_by(EVENTS.c.seq.desc()).limit(1)
        row = connection.execute(newest).first()
        return (row.seq, bytes(row.chain)) if row else (0, START)

    def read(self, after: int = 0) -> Iterator[LogRow]:
        """The events behind a number, in order; long texts are left out."""
        joined = EVENTS.outerjoin(CONTENTS, EVENTS.c.seq == CONTENTS.c.seq)
        short = sa.case((CONTENTS.c.verb.in_(RAW_VERBS), None), else_=CONTENTS.c.detail)
        columns = (EVENTS.c.seq, CONTENTS.c.at, CONTENTS.c.verb, CONTENTS.c.tip, CONTENTS.c.who)
        query = sa.select(*columns, short.label("detail")).select_from(joined)
        while True:
            chunk = query.where(EVENTS.c.seq > after).order_by(EVENTS.c.seq).limit(_CHUNK)
            with self._reading() as connection:
                rows = connection.execute(chunk).all()
            yield from map(_row, rows)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].seq

    def of_tip(self, tip: str) -> list[LogRow]:
        """All events of one tip that are not forgotten, in order, with their texts."""
        columns = (CONTENTS.c[name] for name in LogRow._fields)
        query = sa.select(*columns).where(CONTENTS.c.tip == tip).order_by(CONTENTS.c.seq)
        with self._reading() as connection:
            return [_row(row) for row in connection.execute(query)]

    def detail(self, *seqs: int) -> dict[int, dict[str, Any]]:
        """What some events say, by number; those that are forgotten are left out."""
        found: dict[int, dict[str, Any]] = {}
        with self._reading() as connection:
            for at in range(0, len(seqs), _MOST):
                some = CONTENTS.c.seq.in_(seqs[at : at + _MOST])
                query = sa.select(CONTENTS.c.seq, CONTENTS.c.detail).where(some)
                found |= {row.seq: json.loads(row.detail) for row in connection.execute(query)}
        return found

    def of_verb(self, verb: str) -> list[LogRow]:
        """All events of a verb that are not forgotten, in order."""
        columns = (CONTENTS.c[name] for name in LogRow._fields)
        query = sa.select(*columns).where(CONTENTS.c.verb == verb).order_by(CONTENTS.c.seq)
        with self._reading() as connection:
            return [_row(row) for row in connection.execute(query)]

    def forget(self, seqs: Sequence[int]) -> int:
        """Destroy what some events say, and their salts; how many there were."""
        gone = 0
        with self.engine.begin() as connection:
            for at in range(0, len(seqs), _MOST):
                some = CONTENTS.c.seq.in_(seqs[at : at + _MOST])
                gone += connection.execute(CONTENTS.delete().where(some)).rowcount
        if gone and self.engine.dialect.name == "sqlite":
            with self._reading() as connection:  # or the pages before stay in the log beside
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def last(self) -> int:
        """The number of the last event; 0 where there is none."""
        with self._reading() as connection:
            return connection.execute(sa.select(sa.func.max(EVENTS.c.seq))).scalar() or 0

    def verify(self) -> "Verified":
        """Go through the whole chain. Problem at the first event that is not as it was written."""
        joined = EVENTS.outerjoin(CONTENTS, EVENTS.c.seq == CONTENTS.c.seq)
        own = [c for c in CONTENTS.c if c.name != "seq"]
        query = sa.select(EVENTS, *own).select_from(joined).order_by(EVENTS.c.seq)
        chain, number, forgotten = START, 0, 0
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=_CHUNK).execute(query):
                number += 1
                if row.seq != number:
                    raise Problem(f"Event {number} of the desk is missing.")
                if row.salt is None:
                    forgotten += 1
                elif not hmac.compare_digest(
                    bytes(row.commitment),
                    _commitment(bytes(row.salt), row.at, row.verb, row.tip, row.who, row.detail),
                ):
                    raise Problem(f"Event {number} of the desk says something else than it did.")
                chain = _link(chain, number, bytes(row.commitment))
                if chain != bytes(row.chain):
                    raise Problem(f"Event {number} of the desk is not the one that stood there.")
        return Verified(number, forgotten, chain.hex())

    def _reading(self) -> Connection:
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


class Verified(NamedTuple):
    """How many events a chain holds, how many of them are forgotten, and its head (hex)."""

    events: int
    forgotten: int
    head: str


def sqlite_engine(file: Path) -> Engine:
    """An engine for a file: every commit is on the disk, what is deleted is overwritten."""
    engine = sa.create_engine(f"sqlite:///{file}", connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin as we say, below
        for name, value in (("journal_mode", "WAL"), ("synchronous", "FULL"), ("secure_delete", 1)):
            connection.execute(f"PRAGMA {name} = {value}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def open_log(root: Path) -> DeskLog:
    """The desk's log of a store."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return DeskLog(sqlite_engine(root / "desk.db"))


def _json(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _commitment(salt: bytes, *texts: str) -> bytes:
    return hashlib.sha256(salt + json.dumps(texts, ensure_ascii=False).encode()).digest()


def _link(chain: bytes, seq: int, commitment: bytes) -> bytes:
    return hashlib.sha256(chain + seq.to_bytes(8, "big") + commitment).digest()


def _row(row: Any) -> LogRow:
    detail = None if row.detail is None else json.loads(row.detail)
    return LogRow(row.seq, row.at or "", row.verb or "", row.tip or "", row.who or "", detail)
