"""The table that screens read, built from all batches, and again after a new one, against one pass
over all rows."""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bench import made, stores
from bench.made import NAME
from bench.plain.build import build_facts
from data.imports import importer
from data.imports.importer import Options
from data.settings import ROOT, Settings, load_settings
from data.storage.database import literal
from data.storage.store import Store
from data.tables import build, cube_files

ROWS = 1_000_000
MOST_MB = 600
MOST_LOAD, ROUNDS = 1.3, 5
BATCH_S, ROW_S = 5.0, 2.0  # a batch of one month and one row more, until readers have them
BATCHES, CORRECTED = 16, 100  # batches of the second store, and of how many rows one is corrected
BATCH, AGAIN = 8_841, 200  # rows of a new batch, and how many of them replace earlier ones


def run(rows: int | None) -> list[dict[str, Any]]:
    """The whole build of one batch and of many, then a new batch of one month, then one row more."""
    rows = rows or ROWS
    kept = Store(stores.kept(rows))
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        work = Path(folder)
        root = shutil.copytree(kept.root, work / "store", symlinks=True)
        shutil.rmtree(root / "current")
        shutil.rmtree(root / "derived")
        one = [_whole(root, work, rows, "all rows of one batch"), _load(root, work, rows)]
        _corrected(kept, work / "corrected")
        many = f"all rows of {BATCHES} batches, 1 % of them corrections"
        return [
            *one,
            _whole(work / "corrected", work, rows, many),
            *(_more(what, most, root, work, rows) for what, most in MORE.items()),
        ]


def _whole(root: Path, work: Path, rows: int, name: str) -> dict[str, Any]:
    """Everything built anew, and whether it is as in one pass."""
    ours = _child("whole", root, work)
    peer = _child("plain", root, work)
    found = {
        "name": f"build: {name}",
        "rows": rows,
        "ours_s": ours["cpu_s"],
        "peer_s": peer["cpu_s"],
        "ratio": peer["cpu_s"] / ours["cpu_s"],
        "equal": _equal(Store(root), work / "plain.parquet"),
        "seconds": ours["seconds"],
        "cubes_s": ours["cubes_s"],
        "peak_mb": ours["peak_mb"],
        "peer_peak_mb": peer["peak_mb"],
        "spilled": ours["spilled"],
        "peer_spilled": peer["spilled"],
        "goal": f"CPU seconds at most the peer's, equal, under {MOST_MB} MB, nothing spilled",
    }
    fits = ours["peak_mb"] <= MOST_MB and not ours["spilled"]
    return {**found, "ok": found["equal"] and found["ratio"] >= 1 and fits}


def _load(root: Path, work: Path, rows: int) -> dict[str, Any]:
    """The time to hold the table in memory, block by block, against that of one file."""
    store, plain = Store(root), f"FROM {literal(work / 'plain.parquet')}"
    blocks = [block.facts_sql for block in store.at(str(store.stamp())).layout.blocks]
    taken: dict[str, list[float]] = {"ours_s": [], "peer_s": []}
    for _ in range(ROUNDS):
        for name, parts in (("ours_s", blocks), ("peer_s", [plain])):
            with duckdb.connect(config={"memory_limit": "4GB"}) as connection:
                connection.execute("SET preserve_insertion_order = false")
                start = time.perf_counter()
                for i, part in enumerate(parts):
                    connection.execute(f"CREATE TABLE part{i} AS {part}")
                taken[name].append(time.perf_counter() - start)
    ours_s, peer_s = (median(seconds) for seconds in taken.values())
    found = {"name": "build: load into memory", "rows": rows, "ours_s": ours_s, "peer_s": peer_s}
    goal = f"at most {MOST_LOAD:g} times as long as one file"
    return {**found, "ratio": peer_s / ours_s, "goal": goal, "ok": ours_s <= MOST_LOAD * peer_s}


def _corrected(given: Store, root: Path) -> None:
    """A store with the rows of another in many batches, one after the other in time; each but the
    first begins with some rows of the one before, which it replaces."""
    store = Store(root)
    (file,) = given.batches.glob("*.parquet")
    source = pq.ParquetFile(file)
    every = source.metadata.num_rows
    with store.writing() as scratch:
        made.keep_areas(store, given)
        crs = str(given.at(str(given.stamp())).meta["place"]["crs"])
        held, number, done, again = list[pa.Table](), 0, 0, None
        for batch in source.iter_batches(100_000):
            held.append(pa.Table.from_batches([batch]))
            done += batch.num_rows
            if done * BATCHES // every > number:
                rows = pa.concat_tables(held)
                parts = [rows] if again is None else [again, rows]
                made.keep_batch(store, scratch, f"{number:024d}", made.SOURCE, parts, crs)
                again = rows.take(list(range(0, len(rows), CORRECTED)))
                held, number = [], done * BATCHES // every


MORE = {"batch": BATCH_S, "row": ROW_S}


def _more(what: str, most: float, root: Path, work: Path, rows: int) -> dict[str, Any]:
    """A build after a new batch or row, and whether what readers see is as in one pass."""
    ours = _child(what, root, work)
    peer = _child("plain", root, work)
    equal = _equal(Store(root), work / "plain.parquet")
    said = {"batch": f"a batch of one month ({BATCH:,} rows)", "row": "one row"}[what]
    return {
        "name": f"build: {said} more",
        "rows": rows,
        "ours_s": ours["seconds"],
        "peer_s": peer["seconds"],
        "ratio": peer["seconds"] / ours["seconds"],
        "equal": equal,
        "peak_mb": ours["peak_mb"],
        "made_again": ours["made"],
        "goal": f"in what readers see within {most:g} s, equal",
        "ok": equal and ours["seconds"] <= most,
    }


def _equal(store: Store, plain: Path) -> bool:
    """Return whether two tables hold the same rows in the same order, column by column."""
    ours, theirs = pq.ParquetFile(plain), store.at(str(store.stamp()))
    at = 0
    parts = iter(theirs.partitions)
    held: Any = None
    for batch in ours.iter_batches(100_000):
        rest = batch
        while rest.num_rows:
            if held is None or at == len(held):
                part = next(parts, None)
                if part is None:
                    return False
                sql = "* REPLACE ((" + str(list(part.batches)) + ")[batch + 1]::USMALLINT AS batch)"
                held, at = duckdb.sql(f"SELECT {sql} FROM {literal(part.file)}").to_arrow_table(), 0
            n = min(rest.num_rows, len(held) - at)
            own = held.slice(at, n).combine_chunks().to_batches()
            if n and (not own or not own[0].equals(rest.slice(0, n).cast(own[0].schema))):
                return False
            rest, at = rest.slice(n), at + n
    return next(parts, None) is None and (held is None or at == len(held))


def _child(what: str, root: Path, work: Path) -> dict[str, Any]:
    """One side in a process of its own."""
    command = [sys.executable, "-m", "bench.build", what, str(root), str(work)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _import_more(store: Store, place: Settings, work: Path, what: str) -> None:
    """Import some rows of a month anew: the first ones by ids that the store has."""
    (first, *_) = sorted(store.batches.glob("*.parquet"), key=lambda file: -file.stat().st_size)
    number = BATCH if what == "batch" else 1
    again = AGAIN if what == "batch" else 0
    rows = duckdb.sql(
        f"SELECT incident_id, local_date, lat, lon FROM {literal(first)} WHERE lat IS NOT NULL "
        f"AND local_date BETWEEN '2018-03-02' AND '2018-03-30' LIMIT {number}"
    ).fetchall()
    file = work / f"{what}.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("id", "time", "lat", "lon", "kind"))
        for i, (name, day, lat, lon) in enumerate(rows):
            own = name.removeprefix(f"{NAME}:") if i < again else f"{what}-{i}"
            writer.writerow((own, f"{day} 12:00", lat, lon, "sighting"))
    importer.import_file(store, place, file, Options(source=NAME), say=lambda _: None)


def _peak_mb() -> float:
    """The most memory that this process has held; that of whoever started it does not count."""
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024


def _watch(root: Path, work: Path, ended: threading.Event, found: list[Path]) -> None:
    """Find files that are spilled while something runs."""
    while not ended.wait(0.05):
        found += [*root.glob(".scratch-*/spill/*"), *(work / "spill").glob("*")]


def main(what: str, root: Path, work: Path) -> dict[str, Any]:
    """Build, and tell seconds, CPU seconds, memory, what was spilled and how much was made."""
    store, place = Store(root), replace(load_settings(), store=root)
    if what in MORE:
        _import_more(store, place, work, what)
    before = set((root / "derived").rglob("*.parquet"))
    cubes_s, make_file = 0.0, cube_files.make_file

    def timed(*args: Any) -> dict[str, Any]:
        nonlocal cubes_s
        begun = time.process_time()
        note = make_file(*args)
        cubes_s += time.process_time() - begun
        return note

    cube_files.make_file = timed
    ended, spilled = threading.Event(), list[Path]()
    watch = threading.Thread(target=_watch, args=(root, work, ended, spilled))
    watch.start()
    start, cpu = time.perf_counter(), time.process_time()
    if what == "plain":
        build_facts(store, place, work / "plain.parquet", work / "spill")
    else:
        build.rebuild(store, place)
    taken = {"seconds": time.perf_counter() - start, "cpu_s": time.process_time() - cpu}
    ended.set()
    watch.join()
    new = set((root / "derived").rglob("*.parquet")) - before
    return {
        **taken,
        "cubes_s": cubes_s,
        "peak_mb": _peak_mb(),
        "spilled": bool(spilled),
        "made": len([file for file in new if file.parent.name == "facts"]),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
