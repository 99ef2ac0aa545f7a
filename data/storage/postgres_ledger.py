"""A ledger in a database on PostgreSQL: a schema for each store, which a mark in its folder names."""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from data.settings import Problem, place_slug, read_toml
from data.storage.disk import write_new
from data.storage.events import Event, EventRow, to_row
from data.storage.ledger import Lost, parse_stored
from data.storage.sql_engine import Unusable, append_only, name_engine, postgres_engine, read, write

LEDGER_MARK = "ledger.toml"
_META = sa.MetaData()
_EVENTS = sa.Table(
    "events",
    _META,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("verb", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("written_by", sa.Uuid, nullable=False),  # of one append: tells whether it is there
)
_ABOUT = sa.Table(
    "about",
    _META,
    sa.Column("store", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
)
_STORED = [_EVENTS.c[name] for name in EventRow._fields]
for table in (_EVENTS, _ABOUT):
    append_only(table, "the ledger is append-only")
_ABSENT = ("42P01", "3F000")  # a table, a schema
_LOST = (*_ABSENT, "42703", "42883", "XX001", "XX002")  # a column; damaged pages, indexes


class SchemaMark(NamedTuple):
    """What a folder says of its ledger: the schema, and the number of the store in it."""

    schema: str
    store: str


def read_mark(root: Path) -> SchemaMark | None:
    """The mark of a folder whose events are in a database; None where there is none."""
    try:
        table = read_toml(root / LEDGER_MARK)
    except FileNotFoundError:
        return None
    mark = SchemaMark(str(table.get("schema", "")), str(table.get("store", "")))
    if not mark.store or not mark.schema.replace("_", "").isalnum() or not mark.schema.isascii():
        raise Problem(
            f"{root / LEDGER_MARK} does not name a schema and a store: put its copy back."
        )
    return mark


class PostgresLedger:
    """The ledger of a store's folder in a database; of the schema `porchlight_` and its place."""

    def __init__(self, root: Path, address: str, place: str) -> None:
        self.root, self.address, self.place = root, address, place
        slug = place_slug(place).replace("-", "_")[:40]
        self._mark = SchemaMark(f"porchlight_{slug}", "")

    @property
    def mark(self) -> SchemaMark:
        """The mark of its folder; without the number of a store where it has none yet."""
        if not self._mark.store:  # another process may have begun it
            self._mark = read_mark(self.root) or self._mark
        return self._mark

    @property
    def engine(self) -> Engine:
        """The connections to its schema."""
        return postgres_engine(self.address, self.mark.schema)

    def __str__(self) -> str:
        return f"{name_engine(self.engine)} (schema {self.mark.schema})"

    def exists(self) -> bool:
        """Return whether there is a ledger, be it empty."""
        return read(self.engine, self._exists)

    def begin(self) -> None:
        """Make an empty ledger where there is none."""
        if not self.exists():
            self._write_mark()
            write(self.engine, "events", lambda connection, again: self._make(connection))

    def events(self) -> list[Event]:
        """Return all events in order; none where there is no ledger. Lost for a damaged one."""

        def ask(connection: Connection) -> Sequence[Any]:
            if not self._exists(connection):
                return []
            return connection.execute(sa.select(*_STORED).order_by(_EVENTS.c.seq)).all()

        try:
            return parse_stored(read(self.engine, ask), str(self))
        except Unusable as error:
            if error.sqlstate in _LOST:
                raise Lost(f"The ledger {self} is damaged: {error}") from None
            raise

    def append(self, *events: Event) -> None:
        """Add events, all of them or none; they are on the server's disk when this returns."""
        self.begin()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows, append = [to_row(e)._replace(at=e.at or now) for e in events], uuid4()

        def add(connection: Connection, again: bool) -> None:
            if not again or not _is_written(connection, append):
                last = connection.scalar(sa.select(sa.func.max(_EVENTS.c.seq))) or 0
                _insert(connection, rows, last + 1, append)

        write(self.engine, "events", add)

    def renew(self, events: Sequence[Event], first: int) -> None:
        """Write a lost ledger anew, numbers from `first` on; what is left of it is kept in a
        schema beside."""
        self._write_mark()
        rows, append = [to_row(event) for event in events], uuid4()
        aside = f"{self.mark.schema}_lost_{datetime.now(UTC):%Y%m%d_%H%M%S}"

        def renew(connection: Connection, again: bool) -> None:
            there = self._exists(connection)
            if again and there and _is_written(connection, append):
                return
            if there:
                connection.execute(sa.schema.CreateSchema(aside))
                connection.execute(sa.text(f"ALTER TABLE events SET SCHEMA {aside}"))
            self._make(connection)
            _insert(connection, rows, first, append)

        write(self.engine, "events", renew)

    def state(self) -> tuple[object, ...]:
        """Return what changes whenever the ledger does: its table, and the last number in it."""

        def ask(connection: Connection) -> tuple[object, ...]:
            table = sa.literal_column("'events'::regclass::oid::bigint", sa.BigInteger)
            last = sa.select(sa.func.max(_EVENTS.c.seq)).scalar_subquery()
            store = sa.select(sa.func.max(_ABOUT.c.store)).scalar_subquery()
            row = connection.execute(sa.select(table, last, store)).one()
            self._check(row[2])
            return tuple(row[:2])

        try:
            return read(self.engine, ask, patient=False)
        except Unusable as error:
            if error.sqlstate in _ABSENT:
                return (0, 0)
            raise

    def _exists(self, connection: Connection) -> bool:
        """Return whether the table of events is there. Problem where it is another store's."""
        about, events = (sa.func.to_regclass(t.name).is_not(None) for t in (_ABOUT, _EVENTS))
        has_about, has_events = connection.execute(sa.select(about, events)).one()
        if has_about:
            self._check(connection.scalar(sa.select(sa.func.max(_ABOUT.c.store))))
        return bool(has_events)

    def _check(self, store: str | None) -> None:
        """Problem where the schema is the ledger of another store than this folder."""
        if store not in (None, self.mark.store):
            raise Problem(
                f"The ledger {self} belongs to another store, and {self.root} is not marked as "
                "that one: two stores never share a ledger. Name another database with `ledger` in "
                "porchlight.toml. If this folder is that store, put its file "
                f"{self.root / LEDGER_MARK} back, or write into it:\n"
                f'schema = "{self.mark.schema}"\nstore = "{store}"'
            )

    def _write_mark(self) -> None:
        """Mark the folder, before anything of it is in the database."""
        if not self.mark.store:
            self.exists()  # another's is left alone
            lines = [
                "# The events of this store are in PostgreSQL: `ledger` in porchlight.toml says where.",
                f'schema = "{self.mark.schema}"',
                f'store = "{secrets.token_hex(16)}"',
                "",
            ]
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_new("\n".join(lines).encode(), self.root / LEDGER_MARK)

    def _make(self, connection: Connection) -> None:
        """Make what is missing of schema and tables."""
        schema = self.mark.schema
        if connection.scalar(sa.select(sa.func.to_regnamespace(schema).is_(None))):
            connection.execute(sa.schema.CreateSchema(schema))
        _META.create_all(connection)
        if connection.scalar(sa.select(sa.func.count()).select_from(_ABOUT)) == 0:
            about = {"store": self.mark.store, "place": self.place}
            connection.execute(_ABOUT.insert(), about)
        self._exists(connection)  # somebody may have been first


def _is_written(connection: Connection, append: UUID) -> bool:
    found = sa.select(_EVENTS.c.seq).where(_EVENTS.c.written_by == append).limit(1)
    return connection.scalar(found) is not None


def _insert(connection: Connection, rows: Sequence[EventRow], first: int, append: UUID) -> None:
    stored = [
        row._asdict()
        | {
            "seq": first + i,
            "detail": json.dumps(row.detail, ensure_ascii=False),
            "written_by": append,
        }
        for i, row in enumerate(rows)
    ]
    if stored:
        connection.execute(_EVENTS.insert(), stored)
