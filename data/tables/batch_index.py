"""What is counted of a batch once: its rows by day, its labels and kinds; and its ids by hash."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from data.storage import derived_files
from data.storage.batches import CITY, columns_sql
from data.storage.database import literal
from data.storage.identity import BASE
from data.storage.store import Store

_ROW_GROUP = 32_768


class BatchCounts(NamedTuple):
    """A batch that counts: its source, its file, a name for what it holds now, rows by day (UTC),
    labels of areas, kinds, cities (those of most records first)."""

    source: str
    file: Path
    key: str
    days: dict[date, int]
    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    cities: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All its rows."""
        return sum(self.days.values())


def key_of(file: Path) -> str:
    """A name for what a batch holds now: one of the same name may come back without what was
    purged."""
    return f"{file.stem}-{derived_files.digest(file.stat().st_size)}"


def count_batch(
    connection: duckdb.DuckDBPyConnection, store: Store, file: Path, source: str
) -> BatchCounts:
    """The counts of a batch, kept from the first time on. `connection` is on UTC."""
    key = key_of(file)
    kept = store.derived / "days" / f"{key}.parquet"

    def write(target: Path) -> dict[str, object]:
        connection.execute(
            f"COPY (SELECT occurred_at::DATE AS day, count(*) AS n FROM {literal(file)} "
            # a row without a time says that a record was retracted
            f"WHERE occurred_at IS NOT NULL GROUP BY day ORDER BY day) TO {literal(target)} (FORMAT parquet)"
        )
        told = {name: _different(connection, file, name) for name in ("area_label", "kind")}
        return {**told, "city": _cities(connection, file)}

    note = derived_files.make(kept, write)
    days = dict(connection.execute(f"FROM {literal(kept)}").fetchall())
    listed = (tuple(note[name]) for name in ("area_label", "kind", "city"))
    return BatchCounts(source, file, key, days, *listed)


def _different(connection: duckdb.DuckDBPyConnection, file: Path, column: str) -> list[str]:
    sql = f"SELECT DISTINCT {column} FROM {literal(file)} WHERE {column} IS NOT NULL ORDER BY 1"
    return [value for (value,) in connection.execute(sql).fetchall()]


def _cities(connection: duckdb.DuckDBPyConnection, file: Path) -> list[str]:
    own = columns_sql(file, ("city", "place_precision", "area_label"))
    sql = f"""SELECT {CITY} AS name FROM (SELECT {own} FROM {literal(file)})
        WHERE name IS NOT NULL GROUP BY name ORDER BY count(*) DESC, name"""
    return [name for (name,) in connection.execute(sql).fetchall()]


def ids_file(store: Store, key: str) -> Path:
    """Where the ids of a batch are kept."""
    return store.derived / "ids" / f"{key}.parquet"


def ids_sql(connection: duckdb.DuckDBPyConnection, batch: BatchCounts) -> str:
    """SQL for the ids of a batch without their counters (base), the day and row of each."""
    described = connection.execute(f"DESCRIBE FROM {literal(batch.file)}").fetchall()
    # batches of earlier versions have no such column
    base = BASE if any(row[0] == "same_id" for row in described) else "incident_id"
    rows = f"read_parquet({literal(batch.file)}, file_row_number = true)"
    day = "occurred_at::DATE AS day"
    return f"SELECT {base} AS base, {day}, file_row_number::UINTEGER AS row FROM {rows}"


def index_ids(connection: duckdb.DuckDBPyConnection, store: Store, batch: BatchCounts) -> Path:
    """The file of the ids of a batch by their hashes, with the day and row of each."""

    def write(target: Path) -> dict[str, object]:
        connection.execute(
            f"COPY (SELECT hash(base) AS hash, * FROM ({ids_sql(connection, batch)}) "
            f"ORDER BY hash, row) TO {literal(target)} "
            f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {_ROW_GROUP})"
        )
        return {}

    file = ids_file(store, batch.key)
    derived_files.make(file, write)
    return file
