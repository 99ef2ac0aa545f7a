"""SQLite and PostgreSQL by the same statements: commits are on the disk, errors are sentences.

What differs between the two stands here, so that who stores events asks for neither.
"""

import os
import time
import weakref
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from data.settings import Problem

Answer = TypeVar("Answer")
LEAST_VERSION = 15  # of PostgreSQL
LOCK_TIMEOUT = 30  # seconds
_CONNECT_TIMEOUT = 3  # seconds: a gate waits for it
_MOST_WAIT = 2  # seconds that readers may be kept waiting for the cleaning of a table
_LOCKED = "55P03"
_PAUSE = 1.0  # seconds until a server that went away is asked once more
_LOCAL = ("", "localhost", "127.0.0.1", "::1")
_LOOK_AT = (
    "Look at `ledger` in porchlight.toml (or PORCHLIGHT_LEDGER), at the password (PGPASSWORD or "
    "~/.pgpass), and whether the server runs."
)
# codes of PostgreSQL that somebody can do something about
_ADVICE = {
    "42501": "Its user may not do this. For a first start: GRANT CREATE ON DATABASE ... TO ...",
    "25006": "It can only be read: `ledger` in porchlight.toml must name the server that is written to.",
    _LOCKED: "Somebody else has been writing for a long time. Try it again.",
    "53100": "The disk of its server is full.",
    "53300": "It has too many connections. Try it again, or raise max_connections.",
}
_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{says}'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{says}')",
        "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_{verb}",  # for replicas, too
    ),
}
_MISSING = {"sqlite": ("TRUNCATE",), "postgresql": ()}  # what a database has no word for
_ENGINES: "weakref.WeakSet[Engine]" = weakref.WeakSet()


class Unusable(Problem):
    """A database cannot be used, or not now. `sqlstate` is PostgreSQL's code of why, else ""."""

    def __init__(self, says: str, sqlstate: str = "") -> None:
        super().__init__(says)
        self.sqlstate = sqlstate


def sqlite_engine(file: Path) -> Engine:
    """An engine for a file: every commit is on the disk, what is deleted is overwritten."""
    engine = sa.create_engine(f"sqlite:///{file}", connect_args={"timeout": LOCK_TIMEOUT})

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


@cache
def postgres_engine(address: str, schema: str) -> Engine:
    """An engine for a schema of a database, one a process; nothing is connected yet.

    Every commit is on the server's disk. Connections to another machine are encrypted, unless the
    address says otherwise by `sslmode`. Problem where the address is none.
    """
    try:
        url = sa.make_url(address).set(drivername="postgresql+psycopg")
    except (sa.exc.ArgumentError, ValueError):
        raise Problem(f"The ledger's address cannot be read. {_LOOK_AT}") from None
    engine = sa.create_engine(
        url.update_query_dict(_usual(url)), pool_size=5, max_overflow=15, pool_use_lifo=True
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: psycopg.Connection[Any], _record: object) -> None:
        version = connection.info.server_version // 10_000
        encoding = connection.info.parameter_status("server_encoding")
        if version < LEAST_VERSION or encoding != "UTF8":
            raise Problem(
                f"{name_engine(engine)} is of PostgreSQL {version} in {encoding}. Porchlight needs "
                f"version {LEAST_VERSION} or later and a database in UTF8."
            )
        connection.execute(
            f"SET search_path = {schema}; SET synchronous_commit = on; "
            f"SET lock_timeout = '{LOCK_TIMEOUT}s'"
        )
        connection.commit()

    _ENGINES.add(engine)
    return engine


def _usual(url: URL) -> dict[str, str]:
    """What an address leaves open."""
    host = str(url.query.get("host", url.host or ""))
    usual = {"connect_timeout": str(_CONNECT_TIMEOUT), "application_name": "porchlight"}
    if not host.startswith("/") and host not in _LOCAL:
        usual["sslmode"] = "require"
    return {name: value for name, value in usual.items() if name not in url.query}


def _forget_connections() -> None:
    for engine in list(_ENGINES):
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)  # connections stay with the parent


def name_engine(engine: Engine) -> str:
    """The name of a database in sentences; never with a password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    url = engine.url.set(drivername="postgresql", password=None, query={})
    return url.render_as_string()


def append_only(table: sa.Table, says: str, verbs: Sequence[str] = ()) -> None:
    """Let the table refuse UPDATE, DELETE and TRUNCATE (or only some) from when it is made."""

    def guard(target: sa.Table, connection: Connection, **_: object) -> None:
        dialect = connection.dialect.name
        for verb in verbs or ("UPDATE", "DELETE", "TRUNCATE"):
            if verb not in _MISSING[dialect]:
                for statement in _GUARDS[dialect]:
                    words = statement.format(table=target.name, verb=verb, says=says)
                    connection.execute(sa.text(words))

    sa.event.listen(table, "after_create", guard)


def read(engine: Engine, ask: Callable[[Connection], Answer], *, patient: bool = True) -> Answer:
    """What `ask` reads; asked once more where the server went away meanwhile. Unusable else."""
    for pause in (_PAUSE if patient else 0.0, None):
        try:
            with engine.connect() as connection:
                return ask(connection.execution_options(isolation_level="AUTOCOMMIT"))
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            if pause is None or not _went_away(error):
                raise _unusable(engine, error) from None
            time.sleep(pause)
    raise AssertionError


def write(engine: Engine, topic: str, do: Callable[[Connection, bool], Answer]) -> Answer:
    """What `do` gives back; its changes are on the disk then, all of them or none.

    Nobody else writes on the topic meanwhile. Where the server goes away, `do` is called once more
    with True: it looks whether its changes are there already, and makes them only if not. Unusable
    says where that cannot be found out.
    """
    unsure = False
    for again in (False, True):
        try:
            with engine.begin() as connection:
                _lock(connection, topic)
                answer = do(connection, again)
                unsure = True  # from here on: the commit
            return answer
        except sa.exc.IntegrityError:
            raise  # a mistake of ours, not of the database
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            if again or not _went_away(error):
                raise _unusable(engine, error, unsure) from None
            time.sleep(_PAUSE)
    raise AssertionError


def overwrite_deleted(engine: Engine, table: sa.Table) -> None:
    """Let nothing of the deleted rows of a table stay in its files.

    On PostgreSQL the table is written anew, which nobody may read meanwhile; where somebody reads
    it for long (a backup), that is left to the next time.
    """

    def overwrite(connection: Connection) -> None:
        if engine.dialect.name == "sqlite":  # or the pages before stay in the log beside
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        connection.exec_driver_sql(f"SET lock_timeout = '{_MOST_WAIT}s'")
        try:
            connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
        finally:
            connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}s'")

    try:
        read(engine, overwrite)
    except Unusable as error:
        if error.sqlstate != _LOCKED:
            raise


def _lock(connection: Connection, topic: str) -> None:
    """Wait until nobody else writes on a topic, until this transaction ends.

    SQLite began the transaction so. No lock of a table, which the server's own cleaning takes too.
    """
    if connection.dialect.name == "postgresql":
        name = sa.func.current_setting("search_path") + f".{topic}"
        key = sa.func.hashtextextended(name, 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _went_away(error: Exception) -> bool:
    """Return whether a server cut a connection, or did not take one."""
    cause = getattr(error, "orig", None)
    return isinstance(cause, psycopg.OperationalError) and (
        bool(getattr(error, "connection_invalidated", False)) or cause.sqlstate is None
    )


def _unusable(engine: Engine, error: Exception, unsure: bool = False) -> Unusable:
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlstate", None) or ""
    said = str(cause).strip().splitlines() or [type(cause).__name__]
    advice = _LOOK_AT if _went_away(error) else _ADVICE.get(code, "Try it again.")
    if unsure and _went_away(error):
        advice += " Whether the last step was written is not certain: look before you repeat it."
    return Unusable(
        f"The database {name_engine(engine)} cannot be used now ({said[0].rstrip('.')}). {advice}",
        code,
    )
