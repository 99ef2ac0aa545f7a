"""Questions in SQL over the files of a store, and tables that a process holds in memory."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

KEPT_STAMPS = 3  # a reader in the middle of a run still finds the table it began with


class Rows(NamedTuple):
    """Rows in SQL, and whether they are held in memory from the first query on."""

    sql: str
    held: bool = True


class _Database:
    """A database in memory that can read Parquet below one folder and nothing else."""

    def __init__(self, root: Path, in_order: bool) -> None:
        self.connection = duckdb.connect(
            config={"autoinstall_known_extensions": False, "memory_limit": "4GB"}
        )
        self.root = root
        self.names: dict[str, str] = {}  # of tables in memory, by the SQL of their rows
        self.used: dict[str, set[str]] = {}  # those that each stamp has asked for
        self.connection.execute("SET allowed_directories = [" + literal(root).strip() + "]")
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET parquet_metadata_cache = true")
        # where rows need not stay as they stand, many files are read into memory in half the time
        self.connection.execute(f"SET preserve_insertion_order = {in_order}")
        self.connection.execute("SET lock_configuration = true")

    def held(self, stamp: str, rows: str) -> str:
        """The name of a table in memory with these rows (SQL), read when first asked for.

        What only older stamps asked for makes room, at once where their tables are no more.
        """
        used = self.used.setdefault(stamp, set())
        if rows not in self.names:
            name = "held_" + hashlib.sha256(rows.encode()).hexdigest()[:16]
            self.connection.execute(f"CREATE TABLE {name} AS {rows}")
            self.names[rows] = name
        used.add(rows)
        there = [old for old in self.used if (self.root / "current" / old).exists()]
        for old in self.used.keys() - {stamp, *there[-KEPT_STAMPS:]}:
            for gone in self.used.pop(old) - set().union(*self.used.values()):
                self.connection.execute(f"DROP TABLE {self.names.pop(gone)}")
        return self.names[rows]


_database = lru_cache(maxsize=8)(_Database)
_opening = threading.Lock()


def query(
    root: Path,
    sql: str,
    params: Sequence[object] = (),
    stamp: str = "",
    tables: Mapping[str, Sequence[Rows]] | None = None,
) -> pa.Table:
    """The answer as an Arrow table; a connection of its own for each query.

    `tables` are those of a stamp whose names stand in braces in the SQL, part by part; of them a
    query must ask for an order that it needs. Without them rows stay as they stand in files.
    """
    if "{facts}" in sql:
        list_query(sql.replace(f"{root}/", ""), params)  # where the store lies is nobody's business
    with _opening:
        database = _database(root, in_order=tables is None)
        for name, parts in (tables or {}).items():
            read = [f"FROM {database.held(stamp, p.sql)}" if p.held else p.sql for p in parts]
            sql = sql.replace("{" + name + "}", f"({' UNION ALL '.join(read)})")
        connection = database.connection.cursor()
    sql, rest = inline_numbers(sql, params)
    try:
        return connection.sql(sql, params=rest).to_arrow_table()
    finally:
        connection.close()


_LISTED: ContextVar[list[str] | None] = ContextVar("listed queries", default=None)


@contextmanager
def listing_queries() -> Iterator[list[str]]:
    """The list that every query asked within goes to, as SQL over `facts` with all values in it."""
    queries: list[str] = []
    token = _LISTED.set(queries)
    try:
        yield queries
    finally:
        _LISTED.reset(token)


def list_query(sql: str, params: Sequence[object]) -> None:
    """Put a query over the narrow table on the list, where one is kept."""
    queries = _LISTED.get()
    if queries is not None and (text := spell_query(sql, params)) not in queries:
        queries.append(text)


def spell_query(sql: str, params: Sequence[object]) -> str:
    """A query with its parameters written in, on lines of its own without needless spaces."""
    sql, rest = inline_numbers(sql.replace("{facts}", "facts"), params)
    parts = sql.split("?")
    text = parts[0]
    for value, part in zip(rest, parts[1:], strict=True):
        text += "'" + str(value).replace("'", "''") + "'" + part
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


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


def literal(path: Path) -> str:
    """A path as a SQL string; paths are ours, values always go as parameters."""
    return "'" + str(path).replace("'", "''") + "'"
