"""The derived table `current`: batches joined with areas, built beside and swapped in."""

import contextlib
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data import own_kinds, words
from data.settings import Problem, Settings
from data.storage import area_sets, facts, projection, table_meta
from data.storage.batches import live_files, rewritten
from data.storage.identity import BASE
from data.storage.store import Store, literal
from geo.area_index import index_areas

FORMAT = 6  # part of the stamp: a change of the narrow table makes a new one
_ROW_GROUP = 122_880


def required_stamp(store: Store, settings: Settings) -> str:
    """The stamp that `current` must have: a hash of everything it is made from."""
    history = store.history()
    sets = {name: of.id for name, of in history.area_sets.items()}
    made_of = [FORMAT, history.live, sets, settings.name, settings.zone, settings.center]
    made_of.append(table_meta.sources_digest(store, history))
    made_of.append({name: history.decisions.by_point(name, history.sources) for name in sets})
    if own := [kind.code for kind in words.all_kinds()[len(words.KINDS) :]]:
        made_of.append(own)  # their order is that of the codes in the narrow table
    if history.kept_anew:
        made_of.append(history.kept_anew)
    text = json.dumps(made_of, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def rebuild(
    store: Store, settings: Settings, progress: Callable[[int, int], None] = lambda done, of: None
) -> str:
    """Build `current` where it is behind, and return its stamp; readers keep the old one.

    `progress` is told rows done and rows in all.
    """
    stamp = required_stamp(store, settings)
    if store.now() == stamp and store.at(stamp).whole():
        # left by a command that was killed: the next writer sweeps it
        if any(store.root.glob(".scratch-*")) or rewritten(store) or _older(store):
            with store.writing():
                remove_purged(store)
        return stamp
    with store.writing() as scratch:
        built = scratch / "current"
        built.mkdir(mode=0o700)
        middle = projection.middle(store, settings)
        meridian = middle[1] if middle else area_sets.meridian(store)
        for i, file in enumerate(area_sets.current_sets(store).values()):
            area_sets.copy(file, built / f"areas{i}.parquet", meridian)
        unplaced = _facts(store, settings, built, scratch, meridian, progress)
        meta = table_meta.describe(store, settings, built, stamp, unplaced, meridian)
        (built / "meta.json").write_text(json.dumps(meta, ensure_ascii=False))
        store.swap(built, stamp)
        remove_purged(store)
    return stamp


def remove_purged(store: Store) -> None:
    """Remove what still holds purged records: older tables first, then the batches they name.

    So readers never see a table whose batch is gone. The writer calls this, after the swap.
    """
    for folder in _older(store):
        shutil.rmtree(folder, ignore_errors=True)
    for name in rewritten(store):
        (store.rejected / f"{name}.csv").unlink(missing_ok=True)
        store.taken_back(name).unlink(missing_ok=True)
        (store.batches / f"{name}.parquet").unlink(missing_ok=True)


def _older(store: Store) -> list[Path]:
    """Tables from before a purge that are not what readers see now."""
    purged, now = store.history().purges, store.now()
    found = []
    for folder in store.current.glob("*/"):
        if folder.name != now:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                if store.at(folder.name).meta["purges"] >= purged:
                    continue
            found.append(folder)
    return found


def _facts(
    store: Store,
    settings: Settings,
    built: Path,
    scratch: Path,
    meridian: float,
    progress: Callable[[int, int], None],
) -> Counter[str]:
    """Write facts.parquet: one narrow row an incident, sorted by time.

    What comes back counts the source labels of rows that no area of the first set holds.
    """
    unplaced: Counter[str] = Counter()
    history = store.history()
    names = history.sources
    files = (built / f"areas{i}.parquet" for i in range(len(history.area_sets)))
    sets = [area_sets.read_areas(file) for file in files]
    with duckdb.connect(
        config={"memory_limit": "2GB", "temp_directory": str(scratch / "spill")}
    ) as connection:
        _check_kinds(connection, store)
        labels = _labels(connection, store)
        total, reader = _sorted_rows(connection, live_files(store), names, settings)
        placing = [
            facts.Areas(
                index_areas(areas),
                dict(zip(labels, area_sets.label_codes(areas, meta, labels).tolist())),
                tuple(map(names.index, history.decisions.by_point(meta["set"], names))),
            )
            for areas, meta in sets
        ]
        with pq.ParquetWriter(
            built / "facts.parquet",
            facts.schema(len(sets)),
            compression="lz4",
            use_dictionary=False,
        ) as writer:
            done, coarser = 0, [facts.HexagonNumbers(r) for r in words.HEXAGONS.values()]
            for batch in _chunks(reader):
                table = facts.narrowed(batch, placing, coarser, meridian)
                writer.write_table(table, _ROW_GROUP)
                if placing:
                    # not of community reports: the list has no clock to hide young ones by
                    outside = table["area0"].to_numpy() < 0
                    outside &= batch["settled_at"].is_null().to_numpy()
                    unplaced.update(batch["area_label"].filter(outside).to_pylist())
                done += batch.num_rows
                progress(done, total)
    pq.write_table(pa.concat_tables([c.table() for c in coarser]), built / "cells.parquet")
    return unplaced


def _sorted_rows(
    connection: duckdb.DuckDBPyConnection, files: list[Path], names: list[str], settings: Settings
) -> tuple[int, pa.RecordBatchReader]:
    if not files:
        empty = pa.schema([(n, pa.string()) for n in ("area_label",)])
        return 0, pa.RecordBatchReader.from_batches(empty, [])
    total = sum(pq.read_metadata(file).num_rows for file in files)
    # a later import of the same source replaces all records of the same id, whatever their
    # counters are: these follow the order of a file. One batch a source has nothing to replace
    newest = (
        f"QUALIFY batch = max(batch) OVER (PARTITION BY {BASE})" if len(files) > len(names) else ""
    )
    parts = " UNION ALL BY NAME ".join(
        f"SELECT *, file_row_number AS row, {i}::USMALLINT AS batch "
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
            {facts.mask_sql("force")} AS force, local_date AS day,
            (received_at AT TIME ZONE '{settings.zone}')::DATE AS received,
            CASE WHEN source_kind = 'community'
                THEN settled_at AT TIME ZONE 'UTC' END AS settled_at,
            x, y, lon, lat, area_label, batch, row::UINTEGER AS row
        FROM ({parts}) {newest} {order}
    """
    return total, connection.sql(sql).to_arrow_reader(_ROW_GROUP)


def _check_kinds(connection: duckdb.DuckDBPyConnection, store: Store) -> None:
    """Problem where records are of kinds that nothing tells the meaning of."""
    for file in live_files(store):
        rows = connection.execute(f"SELECT DISTINCT kind FROM {literal(file)}").fetchall()
        lost = sorted({str(kind) for (kind,) in rows} - words.CODES["kind"].keys())
        if lost:
            raise Problem(
                f"Records are of the kind {words.spoken(lost[0])}, which "
                f"{store.root / own_kinds.FILE} does not name. Put its copy back, or add "
                f'["{words.spoken(lost[0])}"] with definition and sensitive to it.'
            )


def _labels(connection: duckdb.DuckDBPyConnection, store: Store) -> list[str]:
    found: set[str] = set()
    for file in live_files(store):
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
        if sum(b.num_rows for b in held) >= _ROW_GROUP:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)
