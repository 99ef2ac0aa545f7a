"""Runs of records made one batch: ids told apart, sorted, written as GeoParquet."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.imports.record_reader import LINE
from data.imports.sorted_runs import Runs, ahead
from data.record import SCHEMA
from data.storage.projection import MIDDLE

ROW_GROUP = 122_880
STRETCH_BYTES = 128 << 20  # of records that are sorted at once
_MEMORY = "600MB"
GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}


@dataclass(frozen=True)
class BatchContent:
    """The counts and dates of a batch. `repeats` equal an earlier row in every column."""

    kept: int
    purged: int
    unsure: int  # may be what was purged, written anew
    repeats: int
    same_id: int  # an id used before, for a row that says something else
    first: date | None
    last: date | None


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into the scratch folder."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "memory_limit": _MEMORY,
            "temp_directory": str(scratch / "spill"),
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def median_place(connection: duckdb.DuckDBPyConnection, runs: Runs) -> tuple[float, float] | None:
    """The middle latitude and longitude of the records; None where none has any."""
    # a place across 180 degrees has its median there, not on the other side of the globe
    turns = "CASE WHEN r.lon < m.lon - 180 THEN 1 WHEN r.lon > m.lon + 180 THEN -1 ELSE 0 END"
    sql = f"""WITH m AS (SELECT {MIDDLE} FROM {runs.table})
        SELECT median(r.lat), median(r.lon + 360 * {turns}) FROM {runs.table} AS r, m"""
    lat, lon = connection.sql(sql).fetchall()[0]
    return None if lat is None else (lat, lon)


def write_batch(
    connection: duckdb.DuckDBPyConnection,
    runs: Runs,
    target: Path,
    drop: Callable[[], None],
    about: Callable[[BatchContent], dict[str, Any]],
) -> BatchContent:
    """One file of all runs. The order is by time, then as in the file; ids carry a counter.

    `drop` fills the table `dropped` with lines that are left out. Stretch by stretch of
    time, so that memory does not grow with the file. `about` is what the file says of itself.
    """
    repeats, same_id = _tell_apart(connection, runs)
    drop()
    # a record known only to the month may be of its last day
    latest = "CASE WHEN time_precision = 'month' THEN last_day(local_date) ELSE local_date END"
    kept, first, last = connection.sql(
        f"SELECT count(*), min(local_date), max({latest}) "
        f"FROM {runs.table} ANTI JOIN dropped USING ({LINE})"
    ).fetchall()[0]
    ((unsure,),) = connection.sql("SELECT count(*) FILTER (unsure) FROM dropped").fetchall()
    written = BatchContent(kept, runs.rows - kept - unsure, unsure, repeats, same_id, first, last)
    told = json.dumps(about(written), ensure_ascii=False)
    schema = SCHEMA.with_metadata({"geo": json.dumps(GEO), "porchlight": told})
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for table in ahead(_stretches(connection, runs)):
            writer.write_table(table.cast(schema), row_group_size=ROW_GROUP)
            kept -= len(table)
    if kept:
        raise RuntimeError("an import lost count of its rows: nothing was written")
    return written


def _stretches(connection: duckdb.DuckDBPyConnection, runs: Runs) -> Iterator[pa.Table]:
    """All records in order, in tables of a size that fits in memory."""
    made = {"incident_id": "coalesce(new_id, runs.incident_id)"}
    made |= {name: f"renamed.{name}" for name in ("same_id", "repeat")}
    columns = ", ".join(f'{made.get(c, f"runs.{c}")} AS "{c}"' for c in SCHEMA.names)
    cuts = runs.cuts(STRETCH_BYTES)
    for low, high in zip([None, *cuts], [*cuts, None]):
        params: list[object] = []
        where = ["true"]
        for mark, beyond, side in ((low, ">", ">="), (high, "<", "<")):
            if mark is not None:
                moment = "make_timestamptz(?)"
                where.append(f"occurred_at {beyond}= {moment}")
                where.append(f"(occurred_at {beyond} {moment} OR {LINE} {side} ?)")
                params += [mark.micros, mark.micros, mark.line]
        yield connection.sql(
            f"SELECT {columns} FROM {runs.table} AS runs LEFT JOIN renamed USING ({LINE}) "
            f"ANTI JOIN dropped USING ({LINE}) WHERE {' AND '.join(where)} "
            f"ORDER BY occurred_at, {LINE}",
            params=params,
        ).to_arrow_table()


def _tell_apart(connection: duckdb.DuckDBPyConnection, runs: Runs) -> tuple[int, int]:
    """Tell rows of one id apart in the table `renamed`; repeats, and other rows of one id."""
    rows = runs.table
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE again AS SELECT incident_id FROM {rows} "
        "GROUP BY incident_id HAVING count(*) > 1"
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE renamed AS
        SELECT {LINE}, IF(place > 1, incident_id || '-' || place, NULL) AS new_id,
            IF(place > 1, incident_id, NULL) AS same_id, nullif(which, 1)::INTEGER AS repeat
        FROM (SELECT {LINE}, incident_id,
                row_number() OVER (PARTITION BY incident_id ORDER BY {LINE}) AS place,
                row_number() OVER (PARTITION BY incident_id, row_hash ORDER BY {LINE}) AS which
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
    counts = "SELECT count(repeat), count(*) - count(repeat) FROM renamed"
    repeats, other = connection.sql(counts).fetchall()[0]
    return int(repeats), int(other)
