"""Runs of records made one batch: ids told apart, sorted, written as GeoParquet."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq

from data import places
from data.record import SCHEMA
from data.rows import CONTENT, LINE
from data.store import literal

ROW_GROUP = 122_880
MEMORY = "600MB"
GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}


@dataclass(frozen=True)
class Written:
    """What a batch holds. `repeats` equal an earlier row in every column."""

    kept: int
    purged: int
    repeats: int
    same_id: int  # an id used before, for a row that says something else
    first: date | None
    last: date | None


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into the scratch folder."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "memory_limit": MEMORY,
            "temp_directory": str(scratch / "spill"),
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    # it marks columns that happen to hold no null as never null: another schema
    connection.execute("SET disabled_optimizers = 'statistics_propagation'")
    return connection


def median_place(
    connection: duckdb.DuckDBPyConnection, runs: Path
) -> tuple[float, float] | None:
    """The middle latitude and longitude of the records; None where none has any."""
    sql = f"SELECT median(lat), median(lon) FROM {_table(runs)}"
    lat, lon = connection.sql(sql).fetchall()[0]
    return None if lat is None else (lat, lon)


def add_metres(runs: Path, crs: str) -> None:
    """Fill x and y of all runs."""
    for file in sorted(runs.glob("*.parquet")):
        table = pq.read_table(file)
        lon, lat = (
            table[name].to_numpy(zero_copy_only=False).astype(np.float64)
            for name in ("lon", "lat")
        )
        for name, values in zip("xy", places.metres(lon, lat, crs), strict=True):
            table = table.set_column(table.schema.get_field_index(name), name, values)
        pq.write_table(table, file, compression="lz4")


def write(
    connection: duckdb.DuckDBPyConnection,
    runs: Path,
    target: Path,
    purged: frozenset[str],
    about: Mapping[str, object],
) -> Written:
    """One file of all runs. The order is by time, then id; repeats carry a counter."""
    before = connection.sql(f"SELECT count(*) FROM {_table(runs)}").fetchall()[0][0]
    repeats, same_id = _tell_apart(connection, runs)
    connection.execute("CREATE OR REPLACE TEMP TABLE purged (subject VARCHAR)")
    for subject in purged:
        connection.execute("INSERT INTO purged VALUES (?)", [subject])
    columns = ", ".join(f'"{name}"' for name in SCHEMA.names[1:])
    renamed = f"LEFT JOIN renamed USING ({LINE})" if repeats + same_id else ""
    name = "coalesce(new_id, incident_id)" if renamed else "incident_id"
    gone = f"WHERE sha256({name}) NOT IN (FROM purged)" if purged else ""
    metadata = {"geo": GEO, "porchlight": about}
    stated = ", ".join(
        f"{key}: {literal(Path(json.dumps(value)))}" for key, value in metadata.items()
    )
    connection.execute(
        f"COPY (SELECT {name} AS incident_id, {columns} FROM {_table(runs)} {renamed} "
        f"{gone} ORDER BY occurred_at, 1) TO {literal(target)} (FORMAT parquet, "
        f"COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, KV_METADATA {{{stated}}})"
    )
    sql = f"SELECT count(*), min(local_date), max(local_date) FROM {literal(target)}"
    kept, first, last = connection.sql(sql).fetchall()[0]
    return Written(kept, before - kept, repeats, same_id, first, last)


def _tell_apart(connection: duckdb.DuckDBPyConnection, runs: Path) -> tuple[int, int]:
    """Name repeated ids in the table `renamed`; repeats, and other rows of one id."""
    rows = _table(runs)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE again AS SELECT incident_id FROM {rows} "
        "GROUP BY incident_id HAVING count(*) > 1"
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE renamed AS
        SELECT {LINE}, incident_id || '-' || place AS new_id, alike FROM (
            SELECT {LINE}, incident_id,
                row_number() OVER (PARTITION BY incident_id ORDER BY {LINE}) AS place,
                row_number() OVER (
                    PARTITION BY incident_id, {CONTENT} ORDER BY {LINE}) > 1 AS alike
            FROM {rows} SEMI JOIN again USING (incident_id))
        WHERE place > 1"""
    )
    # a counter may make an id that the source itself uses: count on until none does
    clash = f"""UPDATE renamed SET new_id = new_id || '-2' WHERE {LINE} IN (
        SELECT {LINE} FROM (
            SELECT {LINE}, new_id,
                row_number() OVER (PARTITION BY new_id ORDER BY {LINE}) AS place
            FROM renamed)
        WHERE place > 1 OR new_id IN (SELECT incident_id FROM {rows}))"""
    some = connection.sql("SELECT count(*) FROM renamed").fetchall()[0][0]
    while some and connection.execute(clash).fetchall()[0][0]:
        pass
    counts = "SELECT count(*) FILTER (alike), count(*) FILTER (NOT alike) FROM renamed"
    repeats, same_id = connection.sql(counts).fetchall()[0]
    return int(repeats), int(same_id)


def _table(runs: Path) -> str:
    return f"read_parquet({literal(runs / '*.parquet')})"
