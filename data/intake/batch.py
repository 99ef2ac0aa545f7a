"""Runs of records made one batch: ids told apart, sorted, written as GeoParquet."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.intake.identity import MARK
from data.intake.rows import CONTENT, LINE
from data.intake.runs import Runs, ahead
from data.places import MIDDLE
from data.record import SCHEMA, last_of_month

ROW_GROUP = 122_880
STRETCH_BYTES = 128 << 20  # of records that are sorted at once
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
    return connection


def median_place(connection: duckdb.DuckDBPyConnection, runs: Runs) -> tuple[float, float] | None:
    """The middle latitude and longitude of the records; None where none has any."""
    # a place across 180 degrees has its median there, not on the other side of the globe
    turns = "CASE WHEN r.lon < m.lon - 180 THEN 1 WHEN r.lon > m.lon + 180 THEN -1 ELSE 0 END"
    sql = f"""WITH m AS (SELECT {MIDDLE} FROM {runs.table})
        SELECT median(r.lat), median(r.lon + 360 * {turns}) FROM {runs.table} AS r, m"""
    lat, lon = connection.sql(sql).fetchall()[0]
    return None if lat is None else (lat, lon)


def write(
    connection: duckdb.DuckDBPyConnection,
    runs: Runs,
    target: Path,
    purged: frozenset[str],
    about: Mapping[str, object],
) -> Written:
    """One file of all runs. The order is by time, then id; repeats carry a counter.

    Stretch by stretch of time, so that memory does not grow with the file.
    """
    repeats, same_id = _tell_apart(connection, runs)
    connection.execute("CREATE OR REPLACE TEMP TABLE purged (subject VARCHAR)")
    for subject in purged:
        connection.execute("INSERT INTO purged VALUES (?)", [subject])
    metadata = {"geo": json.dumps(GEO), "porchlight": json.dumps(about)}
    schema = SCHEMA.with_metadata(metadata)
    kept, days = 0, list[date]()
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for table in ahead(_stretches(connection, runs, bool(purged))):
            writer.write_table(table.cast(schema), row_group_size=ROW_GROUP)
            kept += len(table)
            days += _first_and_last(table)
    first, last = min(days, default=None), max(days, default=None)
    return Written(kept, runs.rows - kept, repeats, same_id, first, last)


def _first_and_last(table: pa.Table) -> list[date]:
    """The first and last day of records; what is known only to the month may be of its last."""
    monthly = pc.equal(table["time_precision"], "month")
    known = pc.min_max(table["local_date"]).as_py()
    latest = pc.max(table["local_date"].filter(monthly)).as_py()
    days = [day for day in known.values() if day]
    return [*days, last_of_month(latest)] if latest else days


def _stretches(
    connection: duckdb.DuckDBPyConnection, runs: Runs, purging: bool
) -> Iterator[pa.Table]:
    """All records in order, in tables of a size that fits in memory."""
    name = "coalesce(new_id, incident_id)"
    columns = ", ".join(f'"{column}"' for column in SCHEMA.names[1:])
    marks = (f"sha256({name})", MARK.format(own="runs.incident_id"))
    wanted = [f"{mark} NOT IN (FROM purged)" for mark in marks if purging]
    cuts = runs.cuts(STRETCH_BYTES)
    for low, high in zip([None, *cuts], [*cuts, None]):
        params: list[object] = []
        where = list(wanted)
        for mark, beyond, side in ((low, ">", ">="), (high, "<", "<")):
            if mark is not None:
                moment = "make_timestamptz(?)"
                where.append(f"occurred_at {beyond}= {moment}")
                where.append(f"(occurred_at {beyond} {moment} OR {name} {side} ?)")
                params += [mark.micros, mark.micros, mark.incident_id]
        yield connection.sql(
            f"SELECT {name} AS incident_id, {columns} FROM {runs.table} AS runs "
            f"LEFT JOIN renamed USING ({LINE}) "
            f"{'WHERE ' + ' AND '.join(where) if where else ''} "
            "ORDER BY occurred_at, 1",
            params=params,
        ).to_arrow_table()


def _tell_apart(connection: duckdb.DuckDBPyConnection, runs: Runs) -> tuple[int, int]:
    """Name repeated ids in the table `renamed`; repeats, and other rows of one id."""
    rows = runs.table
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
    repeats, other = connection.sql(counts).fetchall()[0]
    return int(repeats), int(other)
