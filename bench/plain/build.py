"""The narrow table made in one pass over all rows, as it was before it was made in partitions."""

import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data import words
from data.settings import Settings, load_settings
from data.storage import area_sets, projection
from data.storage.batches import CITY, HARM, all_columns_sql, live_files
from data.storage.database import literal
from data.storage.identity import BASE
from data.storage.store import Store
from data.tables import facts
from data.tables.batch_index import count_batch
from data.tables.city_names import list_cities
from data.tables.partitions import ROW_GROUP, chunks
from geo.area_index import index_areas


def build_facts(store: Store, settings: Settings, target: Path, spill: Path) -> int:
    """Write the narrow table of a store to one file; how many rows it has."""
    history = store.history()
    names, files = history.sources, live_files(store)
    middle = projection.middle(store, settings)
    meridian = middle[1] if middle else area_sets.meridian(store)
    sets = [area_sets.read_areas(file) for file in area_sets.current_sets(store).values()]
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(spill)}) as connection:
        labels = _labels(connection, files)
        batches = [count_batch(connection, store, f, history.imports[f.stem].source) for f in files]
        named = dict.fromkeys(name for batch in batches for name in batch.cities)
        cities = list_cities(settings.name, named).codes
        placing = [
            facts.Areas(
                index_areas(areas),
                dict(zip(labels, area_sets.label_codes(areas, meta, labels).tolist())),
                tuple(map(names.index, history.decisions.by_point(meta["set"], names))),
            )
            for areas, meta in sets
        ]
        reader = _sorted_rows(connection, files, names, settings)
        rows = 0
        with pq.ParquetWriter(
            target, facts.schema(len(sets)), compression="lz4", use_dictionary=False
        ) as writer:
            for batch in chunks(reader):
                writer.write_table(facts.narrowed(batch, placing, cities, meridian), ROW_GROUP)
                rows += batch.num_rows
    return rows


def _sorted_rows(
    connection: duckdb.DuckDBPyConnection, files: list[Path], names: list[str], settings: Settings
) -> pa.RecordBatchReader:
    # a later import of the same source replaces all records of the same id, whatever their
    # counters are: these follow the order of a file. One batch a source has nothing to replace
    newest = (
        f"QUALIFY batch = max(batch) OVER (PARTITION BY {BASE})" if len(files) > len(names) else ""
    )
    parts = " UNION ALL BY NAME ".join(
        f"SELECT {all_columns_sql(file)}, file_row_number AS row, {i}::USMALLINT AS batch "
        f"FROM read_parquet({literal(file)}, file_row_number = true)"
        for i, file in enumerate(files)
    )
    # batches of earlier versions have no such column
    parts += " UNION ALL BY NAME SELECT NULL::VARCHAR AS same_id WHERE false" if newest else ""
    order = "ORDER BY occurred_at, batch, row" if len(files) > 1 else ""
    enums = ", ".join(
        f"{facts.code_sql(name, words.CODES[name])} AS {name}" for name in facts.ENUMS
    )
    sources = {name: i for i, name in enumerate(names)}
    sql = f"""
        SELECT {enums}, {facts.code_sql("source", sources)} AS source, hour, weekday,
            {facts.mask_sql("force")} AS force, {facts.mask_sql("harm", HARM)} AS harm,
            {CITY} AS city, local_date AS day,
            (received_at AT TIME ZONE '{settings.zone}')::DATE AS received,
            CASE WHEN source_kind = 'community'
                THEN settled_at AT TIME ZONE 'UTC' END AS settled_at,
            x, y, lon, lat, area_label, batch, row::UINTEGER AS row
        FROM ({parts}) {newest} {order}
    """
    return connection.sql(sql).to_arrow_reader(ROW_GROUP)


def _labels(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> list[str]:
    found: set[str] = set()
    for file in files:
        rows = connection.execute(
            f"SELECT DISTINCT area_label FROM {literal(file)} WHERE area_label IS NOT NULL"
        ).fetchall()
        found |= {label for (label,) in rows}
    return sorted(found)


if __name__ == "__main__":
    place = load_settings()
    print(build_facts(Store(place.store), place, Path(sys.argv[1]), Path(sys.argv[2])))
