"""Which rows of earlier imports a later import of the same source replaces: those of the same id."""

import math
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.storage import derived_files
from data.storage.database import literal
from data.storage.store import Store
from data.tables import batch_index
from data.tables.batch_index import BatchCounts

BUCKET = 1_500_000  # ids that are held at once
_SCHEMA = pa.schema([("batch", pa.uint32()), ("day", pa.date32()), ("row", pa.uint32())])
NOTHING = _SCHEMA.empty_table()


def replaced_rows(
    connection: duckdb.DuckDBPyConnection, store: Store, batches: Sequence[BatchCounts]
) -> pa.Table:
    """The replaced rows of a source: batch (its position), day and row, in this order.

    `batches` are those of the source, oldest first. Where all but the last were looked at
    before, only the ids of the last are sought.
    """
    if len(batches) < 2:
        return NOTHING
    keys = [batch.key for batch in batches]

    def write(target: Path) -> dict[str, object]:
        before = named_file(store, keys[:-1])
        if len(batches) == 2 or derived_files.note_of(before):
            found = _of_last(connection, batches, before if len(batches) > 2 else None)
        else:
            ids = [batch_index.index_ids(connection, store, batch) for batch in batches]
            found = _of_all(connection, ids, sum(batch.rows for batch in batches))
        pq.write_table(found.cast(_SCHEMA), target, compression="lz4")
        return {}

    file = named_file(store, keys)
    derived_files.make(file, write)
    return pq.read_table(file)


def named_file(store: Store, keys: Sequence[str]) -> Path:
    """Where the replaced rows of a source are kept, of batches with these keys."""
    return store.derived / "replaced" / f"{derived_files.digest(list(keys))}.parquet"


def _of_last(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[BatchCounts], before: Path | None
) -> pa.Table:
    """What was known, and the rows of earlier batches whose ids the last one has."""
    *earlier, last = (batch_index.ids_sql(connection, batch) for batch in batches)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE new AS SELECT DISTINCT base FROM ({last})")
    parts = " UNION ALL ".join(
        f"SELECT {i}::UINTEGER AS batch, day, row FROM ({ids}) SEMI JOIN new USING (base)"
        for i, ids in enumerate(earlier)
    )
    known = f"UNION SELECT batch, day, row FROM {literal(before)}" if before else ""
    sql = f"SELECT batch, day, row FROM ({parts} {known}) GROUP BY ALL ORDER BY batch, row"
    found = connection.sql(sql).to_arrow_table()
    connection.execute("DROP TABLE new")
    return found


def _of_all(connection: duckdb.DuckDBPyConnection, ids: list[Path], rows: int) -> pa.Table:
    """The same from nothing: so many ids at once as memory holds, by their hashes."""
    count = math.ceil(rows / BUCKET)
    found = []
    for bucket in range(count):
        low, high = ((2**64 * edge) // count for edge in (bucket, bucket + 1))
        parts = " UNION ALL ".join(
            f"SELECT {i}::UINTEGER AS batch, hash, base, day, row FROM {literal(file)} "
            f"WHERE hash BETWEEN {low}::UBIGINT AND {high - 1}::UBIGINT"
            for i, file in enumerate(ids)
        )
        # numbers are grouped far faster than ids: these are compared of the few that are left
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE twice AS SELECT hash FROM ({parts}) "
            "GROUP BY hash HAVING min(batch) < max(batch)"
        )
        found.append(
            connection.sql(
                "SELECT batch, day, row FROM (SELECT batch, day, row, "
                "max(batch) OVER (PARTITION BY hash, base) AS last "
                f"FROM ({parts}) SEMI JOIN twice USING (hash)) WHERE batch < last"
            ).to_arrow_table()
        )
    connection.execute("DROP TABLE IF EXISTS twice")
    return pa.concat_tables(found).sort_by([("batch", "ascending"), ("row", "ascending")])
