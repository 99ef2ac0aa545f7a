"""The derived table `current`: batches joined with areas, built beside and swapped in."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from data import boundaries, summary, words
from data.settings import Settings
from data.store import Store, literal
from geo import areas as geo_areas
from geo import hexagons, mercator

FORMAT = 1  # part of the stamp: a change of the narrow table makes a new one
ROW_GROUP = 122_880
ENUMS = ("kind", "grade", "via", "response", "time_precision", "place_precision")
NOT_SET = 255


def batches(store: Store) -> list[Path]:
    """The batch files that count, oldest import first."""
    return [store.batches / f"{name}.parquet" for name in live(store)]


def live(store: Store) -> list[str]:
    """The ids of the batches that count: imported, not taken back, as last purged."""
    names: list[str] = []
    for event in store.events():
        if event.verb == "import":
            names = [n for n in names if n != event.subject] + [event.subject]
        elif event.verb == "unimport":
            names = [n for n in names if n != event.subject]
        elif event.verb == "purge" and event.detail.get("batch"):
            became = event.detail.get("became")
            names = [became if n == event.detail["batch"] else n for n in names]
    return [name for name in names if name]


def due(store: Store, place: Settings) -> str:
    """The stamp that `current` must have: a hash of everything it is made from."""
    sets = {name: file.stem for name, file in boundaries.current_sets(store).items()}
    made_of = [FORMAT, live(store), sets, place.name, place.zone]
    made_of.append(summary.sources_digest(store, place))
    text = json.dumps(made_of, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def rebuild(
    store: Store,
    place: Settings,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> str:
    """The stamp after building `current` where it is behind; readers keep the old one.

    `progress` is told rows done and rows in all.
    """
    stamp = due(store, place)
    if store.stamp() == stamp:
        return stamp
    with store.writing() as scratch:
        built = scratch / "current"
        built.mkdir(mode=0o700)
        sets = boundaries.current_sets(store)
        for i, file in enumerate(sets.values()):
            (built / f"areas{i}.parquet").write_bytes(file.read_bytes())
        unplaced = _facts(store, built, scratch, progress)
        meta = summary.describe(store, place, built, stamp, unplaced)
        (built / "meta.json").write_text(json.dumps(meta, ensure_ascii=False))
        store.swap(built, stamp)
    return stamp


def _facts(
    store: Store,
    built: Path,
    scratch: Path,
    progress: Callable[[int, int], None],
) -> Counter[str]:
    """Write facts.parquet: one narrow row an incident, sorted by time.

    What comes back counts the source labels of rows that no area of the first set holds.
    """
    unplaced: Counter[str] = Counter()
    sets = [boundaries.read(file) for file in boundaries.current_sets(store).values()]
    with duckdb.connect(
        config={"memory_limit": "2GB", "temp_directory": str(scratch / "spill")}
    ) as connection:
        labels = _labels(connection, store)
        total, reader = _sorted_rows(connection, store)
        lookups = [
            dict(zip(labels, boundaries.label_codes(areas, meta, labels).tolist()))
            for areas, meta in sets
        ]
        indexes = [geo_areas.index(areas) for areas, _ in sets]
        with pq.ParquetWriter(
            built / "facts.parquet", schema(len(sets)), compression="zstd"
        ) as writer:
            done = 0
            for batch in _chunks(reader):
                table = _narrow(batch, indexes, lookups)
                writer.write_table(table, ROW_GROUP)
                if indexes:
                    outside = table["area0"].to_numpy() < 0
                    unplaced.update(batch["area_label"].filter(outside).to_pylist())
                done += batch.num_rows
                progress(done, total)
    return unplaced


def schema(n_sets: int) -> pa.Schema:
    """The columns of the narrow table, with a pair for each area set."""
    tiny = [*ENUMS, "source", "hour", "weekday"]
    fields = [pa.field(name, pa.uint8()) for name in tiny]
    fields += [pa.field("force", pa.uint16()), pa.field("day", pa.date32())]
    fields += [pa.field("received", pa.date32()), pa.field("settled_at", pa.timestamp("us"))]
    fields += [pa.field("x", pa.float32()), pa.field("y", pa.float32())]
    fields += [pa.field("mx", pa.int32()), pa.field("my", pa.int32())]
    fields += [pa.field("cell", pa.uint64())]
    for i in range(n_sets):
        fields += [pa.field(f"area{i}", pa.int16()), pa.field(f"by{i}", pa.uint8())]
    fields += [pa.field("batch", pa.uint16()), pa.field("row", pa.uint32())]
    return pa.schema(fields)


def _sorted_rows(
    connection: duckdb.DuckDBPyConnection, store: Store
) -> tuple[int, pa.RecordBatchReader]:
    files = batches(store)
    names = summary.source_names(store)
    if not files:
        empty = pa.schema([(n, pa.string()) for n in ("area_label",)])
        return 0, pa.RecordBatchReader.from_batches(empty, [])
    total = sum(pq.read_metadata(file).num_rows for file in files)
    # a later import of the same source replaces what has the same id; one batch a
    # source cannot hold an id twice, so only then is there anything to look for
    newest = (
        "QUALIFY row_number() OVER (PARTITION BY incident_id ORDER BY batch DESC) = 1"
        if len(files) > len(names)
        else ""
    )
    parts = " UNION ALL ".join(
        f"SELECT *, file_row_number AS row, {i}::USMALLINT AS batch "
        f"FROM read_parquet({literal(file)}, file_row_number = true)"
        for i, file in enumerate(files)
    )
    order = "ORDER BY occurred_at, batch, row" if len(files) > 1 else ""
    enums = ", ".join(f"{_code(name, words.CODES[name])} AS {name}" for name in ENUMS)
    sources = {name: i for i, name in enumerate(names)}
    sql = f"""
        SELECT {enums}, {_code("source", sources)} AS source, hour, weekday,
            {_mask("force")} AS force, local_date AS day,
            (received_at AT TIME ZONE 'UTC')::DATE AS received,
            CASE WHEN source_kind = 'community'
                THEN settled_at AT TIME ZONE 'UTC' END AS settled_at,
            x, y, lon, lat, area_label, batch, row::UINTEGER AS row
        FROM ({parts}) {newest} {order}
    """
    return total, connection.sql(sql).to_arrow_reader(ROW_GROUP)


def _code(column: str, codes: dict[str, int]) -> str:
    """SQL for the position of a word in its table; 255 where there is none."""
    whens = " ".join(
        f"WHEN '{word.replace(chr(39), chr(39) * 2)}' THEN {code}"
        for word, code in codes.items()
    )
    return f"(CASE {column} {whens} ELSE {NOT_SET} END)::UTINYINT"


def _mask(column: str) -> str:
    """SQL for a set of words as bits, the first word of the table the lowest."""
    bits = " + ".join(
        f"(CASE WHEN list_contains({column}, '{word}') THEN {1 << code} ELSE 0 END)"
        for word, code in words.CODES[column].items()
    )
    return f"coalesce({bits}, 0)::USMALLINT"


def _labels(connection: duckdb.DuckDBPyConnection, store: Store) -> list[str]:
    found: set[str] = set()
    for file in batches(store):
        rows = connection.execute(
            f"SELECT DISTINCT area_label FROM {literal(file)} WHERE area_label IS NOT NULL"
        ).fetchall()
        found |= {label for (label,) in rows}
    return sorted(found)


def _chunks(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Tables of about one row group each: the reader hands out smaller pieces."""
    held: list[pa.RecordBatch] = []
    for batch in reader:
        held.append(batch)
        if sum(b.num_rows for b in held) >= ROW_GROUP:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _narrow(
    rows: pa.Table,
    indexes: list[geo_areas.AreaIndex],
    lookups: list[dict[str, int]],
) -> pa.Table:
    """The rows with their areas, cell and map pixel, without what Views never ask."""
    lon = rows["lon"].to_numpy()
    lat = rows["lat"].to_numpy()
    mx, my = mercator.to_pixels(lon, lat)
    columns: dict[str, Any] = {name: rows[name] for name in rows.column_names}
    missing = np.isnan(lon)
    columns["mx"] = pa.array(mx, mask=missing)
    columns["my"] = pa.array(my, mask=missing)
    columns["cell"] = pa.array(hexagons.cells(lon, lat))
    labels = rows["area_label"].combine_chunks().dictionary_encode()
    if isinstance(labels, pa.ChunkedArray):
        labels = labels.combine_chunks()
    position = labels.indices.fill_null(-1).to_numpy()
    for i, (index, lookup) in enumerate(zip(indexes, lookups)):
        by_name = [lookup.get(label, -1) for label in labels.dictionary.to_pylist()]
        named = np.array([*by_name, -1])[position]
        area, by = _area(named, geo_areas.locate(lon, lat, index))
        columns[f"area{i}"], columns[f"by{i}"] = area, by
    wanted = schema(len(indexes))
    return pa.table({name: columns[name] for name in wanted.names}).cast(wanted)


def _area(
    named: npt.NDArray[Any], located: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint8]]:
    """Area and how it was found: the source's own label wins where it names one."""
    codes = words.CODES["area_by"]
    area = np.where(named >= 0, named, located).astype(np.int16)
    by = np.full(len(area), codes["none"], np.uint8)
    by[located >= 0] = codes["point"]
    by[named >= 0] = codes["label"]
    by[(named >= 0) & (located >= 0) & (named != located)] = codes["label_not_point"]
    return area, by
