"""The derived table `current`: batches joined with areas, what changed built beside and swapped in."""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import own_kinds, words
from data.corrections.corrected_rows import CORRECTIONS, write_batches
from data.settings import Problem, Settings
from data.storage import area_sets, derived_files, disk, projection
from data.storage.batches import live_files, remove_unnamed, rewritten, unnamed
from data.storage.history import History
from data.storage.meta_types import AreaFileMeta
from data.storage.store import Store
from data.tables import batch_index, cube_files, facts, partitions, replaced_rows, table_meta
from data.tables.batch_index import BatchCounts
from data.tables.city_names import list_cities
from data.tables.table_meta import Made
from geo.area_index import index_areas


def required_stamp(store: Store, settings: Settings) -> str:
    """The stamp that `current` must have: a hash of everything it is made from."""
    history = store.history()
    sets = {name: of.id for name, of in history.area_sets.items()}
    made_of: list[object] = [
        derived_files.digest(),
        history.live,
        sets,
        settings.name,
        settings.zone,
        settings.center,
    ]
    made_of.append(table_meta.sources_digest(store, history))
    made_of.append({name: history.decisions.by_point(name, history.sources) for name in sets})
    if own := [kind.code for kind in words.all_kinds()[len(words.KINDS) :]]:
        made_of.append(own)  # their order is that of the codes in the narrow table
    if counting := history.counting_corrections:
        made_of.append(counting)
    if history.kept_anew:
        made_of.append(history.kept_anew)
    text = json.dumps(made_of, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def is_behind(store: Store, settings: Settings) -> bool:
    """Return whether a command that was killed left something for `rebuild` to do."""
    return store.now() != required_stamp(store, settings) or _is_left(store)


def _is_left(store: Store) -> bool:
    """Return whether something lies there that the next writer removes."""
    scratch = any(store.root.glob(".scratch-*"))
    return bool(scratch or rewritten(store) or _older(store) or unnamed(store, CORRECTIONS))


def rebuild(
    store: Store, settings: Settings, progress: Callable[[int, int], None] = lambda done, of: None
) -> str:
    """Build `current` where it is behind, and return its stamp; readers keep the old one.

    `progress` is told rows done and rows in all.
    """
    if store.history().corrections or store.history().derived:
        with store.writing():
            write_batches(store)
    stamp = required_stamp(store, settings)
    if store.now() == stamp and store.at(stamp).whole():
        # left by a command that was killed: the next writer sweeps it
        if _is_left(store):
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
        sets = [
            area_sets.read_areas(built / f"areas{i}.parquet")
            for i in range(len(store.history().area_sets))
        ]
        _drop_damaged(store, stamp)
        made, cities = _facts(store, settings, sets, meridian, scratch, progress)
        meta = table_meta.describe(store, settings, sets, stamp, made, cities, meridian)
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
    collect(store)
    for name in rewritten(store):
        (store.rejected / f"{name}.csv").unlink(missing_ok=True)
        store.taken_back(name).unlink(missing_ok=True)
        (store.batches / f"{name}.parquet").unlink(missing_ok=True)
    remove_unnamed(store, CORRECTIONS)


def collect(store: Store) -> None:
    """Remove derived files that no table names, and those of batches that do not count."""
    used: set[Path] = set()
    for folder in store.current.glob("*/"):
        with contextlib.suppress(Problem, KeyError, TypeError):
            used.update(store.at(folder.name).files())
    for kind in ("facts", "cubes"):
        derived_files.collect(store.derived / kind, [f for f in used if f.parent.name == kind])
    by_source: dict[str, list[str]] = {}
    for name, event in store.history().imports.items():
        batch = store.batches / f"{name}.parquet"
        if batch.exists():
            by_source.setdefault(event.source, []).append(batch_index.key_of(batch))
    keys = [Path(f"{key}.parquet") for own in by_source.values() for key in own]
    for kind in ("days", "ids"):
        derived_files.collect(store.derived / kind, keys)
    told = [replaced_rows.named_file(store, own) for own in by_source.values()]
    derived_files.collect(store.derived / "replaced", told)


def _drop_damaged(store: Store, stamp: str) -> None:
    """Remove partitions and cubes that are not as they were written, where this stamp was there
    before."""
    if store.now() == stamp:
        for kind in ("facts", "cubes"):
            for file in (store.derived / kind).glob("*.parquet"):
                if not derived_files.is_whole(file):
                    derived_files.remove(file)


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
    sets: list[tuple[gpd.GeoDataFrame, AreaFileMeta]],
    meridian: float,
    scratch: Path,
    progress: Callable[[int, int], None],
) -> tuple[list[Made], list[str]]:
    """The partitions of the narrow table, in order of time, and the cities of its records; those
    partitions that changed are made."""
    history = store.history()
    with duckdb.connect(
        config={"memory_limit": "1GB", "temp_directory": str(scratch / "spill")}
    ) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        batches = [
            batch_index.count_batch(connection, store, file, history.imports[file.stem].source)
            for file in live_files(store)
        ]
        _check_kinds(batches, store)
        gone = _replaced(connection, store, batches)
        placing = _placing(history, settings, sets, batches, meridian)
        spans = partitions.cut_spans(batches)
        tasks = []
        for span in spans:
            own = gone.filter((pc.field("day") >= span.first) & (pc.field("day") <= span.last))
            file = partitions.name_partition(store, span, batches, own, placing)
            tasks.append(partitions.Task(file, span, own))
        total, done = sum(batch.rows for batch in batches), 0
        missing = [list(group) for there, group in groupby(tasks, _is_made) if not there]
        for neighbors in missing:
            for group in partitions.group_tasks(neighbors, batches):
                partitions.make_partitions(connection, group, batches, placing)
                done += 1
                progress(min(done * partitions.PASS_ROWS, total), total)
        progress(total, total)
        disk.sync(store.derived / "facts")
        return _with_cubes(connection, store, tasks, len(sets)), placing.cities.names


def _with_cubes(
    connection: duckdb.DuckDBPyConnection, store: Store, tasks: list[partitions.Task], sets: int
) -> list[Made]:
    """The partitions, with the cubes of each block of them."""
    notes = [_note(task.file) for task in tasks]
    made = []
    for block in cube_files.cut_blocks([(t.span.first, n["rows"]) for t, n in zip(tasks, notes)]):
        files = [tasks[i].file for i in block]
        file = cube_files.named_file(store, files, sets)
        cells = cube_files.make_file(connection, file, files, sets)["cells"]
        made += [Made(tasks[i].file, tasks[i].span, notes[i], file, cells) for i in block]
    disk.sync(store.derived / "cubes")
    return made


def _is_made(task: partitions.Task) -> bool:
    return derived_files.note_of(task.file) is not None


def _note(file: Path) -> dict[str, Any]:
    note = derived_files.note_of(file)
    assert note is not None
    return note


def _replaced(
    connection: duckdb.DuckDBPyConnection, store: Store, batches: list[BatchCounts]
) -> pa.Table:
    """All rows that a later import of their source replaces: batch (its position), day, row."""
    found = []
    for places in _by_source(batches):
        own = replaced_rows.replaced_rows(connection, store, [batches[i] for i in places])
        at = pa.array(np.array(places, np.uint32)[own["batch"].to_numpy()], pa.uint32())
        found.append(own.set_column(0, "batch", at))
    return pa.concat_tables(found) if found else replaced_rows.NOTHING


def _by_source(batches: list[BatchCounts]) -> list[list[int]]:
    """The positions of the batches of each source."""
    found: dict[str, list[int]] = {}
    for i, batch in enumerate(batches):
        found.setdefault(batch.source, []).append(i)
    return list(found.values())


def _placing(
    history: History,
    settings: Settings,
    sets: list[tuple[gpd.GeoDataFrame, AreaFileMeta]],
    batches: list[BatchCounts],
    meridian: float,
) -> partitions.Placing:
    names = history.sources
    labels = sorted({label for batch in batches for label in batch.labels})
    by_point = [history.decisions.by_point(meta["set"], names) for _, meta in sets]
    placed = [
        facts.Areas(
            index_areas(areas),
            dict(zip(labels, area_sets.label_codes(areas, meta, labels).tolist())),
            tuple(map(names.index, own)),
        )
        for (areas, meta), own in zip(sets, by_point)
    ]
    sources = {name: i for i, name in enumerate(names)}
    decided = {name: [i for i, own in enumerate(by_point) if name in own] for name in names}
    ids = [of.id for of in history.area_sets.values()]
    meaning = [ids, settings.zone, meridian]
    named = list(dict.fromkeys(name for batch in batches for name in batch.cities))
    cities = list_cities(settings.name, named)
    return partitions.Placing(sources, decided, placed, cities, settings.zone, meridian, meaning)


def _check_kinds(batches: list[BatchCounts], store: Store) -> None:
    """Problem where records are of kinds that nothing tells the meaning of."""
    for batch in batches:
        lost = sorted({*batch.kinds} - words.CODES["kind"].keys())
        if lost:
            raise Problem(
                f"Records are of the kind {words.spoken(lost[0])}, which "
                f"{store.root / own_kinds.FILE} does not name. Put its copy back, or add "
                f'["{words.spoken(lost[0])}"] with definition and sensitive to it.'
            )
