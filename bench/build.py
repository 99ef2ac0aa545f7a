"""The table that screens read, built from all batches, and again after a new one, against one pass
over all rows."""

import csv
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from bench import stores
from bench.made import NAME
from bench.plain.build import build_facts
from data.imports import importer
from data.imports.importer import Options
from data.settings import ROOT, Settings, load_settings
from data.storage.database import literal
from data.storage.store import Store
from data.tables import build

ROWS = 1_000_000
MOST_MB = 600
BATCH_S, ROW_S = 5.0, 2.0  # a batch of one month and one row more, until readers have them
BATCH, AGAIN = 8_841, 200  # rows of a new batch, and how many of them replace earlier ones


def run(rows: int | None) -> list[dict[str, Any]]:
    """The whole build, then a new batch of one month, then one row more."""
    rows = rows or ROWS
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        work = Path(folder)
        root = shutil.copytree(stores.kept(rows), work / "store", symlinks=True)
        shutil.rmtree(root / "current")
        shutil.rmtree(root / "derived")
        ours = _child("whole", root, work)
        peer = _child("plain", root, work)
        whole = {
            "name": "build: all rows",
            "rows": rows,
            "ours_s": ours["cpu_s"],
            "peer_s": peer["cpu_s"],
            "ratio": peer["cpu_s"] / ours["cpu_s"],
            "equal": _equal(Store(root), work / "plain.parquet"),
            "peak_mb": ours["peak_mb"],
            "peer_peak_mb": peer["peak_mb"],
            "spilled": ours["spilled"],
            "goal": f"CPU seconds at most the peer's, equal, under {MOST_MB} MB, nothing spilled",
        }
        whole["ok"] = (
            whole["equal"] and whole["ratio"] >= 1 and ours["peak_mb"] <= MOST_MB
        ) and not ours["spilled"]
        return [whole, *(_more(what, most, root, work, rows) for what, most in MORE.items())]


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


def main(what: str, root: Path, work: Path) -> dict[str, Any]:
    """Build, and tell seconds, CPU seconds, memory, what was spilled and how much was made."""
    store, place = Store(root), replace(load_settings(), store=root)
    if what in MORE:
        _import_more(store, place, work, what)
    before = set((root / "derived").rglob("*.parquet"))
    spill = work / "spill"
    start, cpu = time.perf_counter(), time.process_time()
    if what == "plain":
        build_facts(store, place, work / "plain.parquet", spill)
    else:
        build.rebuild(store, place)
    made = set((root / "derived").rglob("*.parquet")) - before
    return {
        "seconds": time.perf_counter() - start,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "spilled": any(spill.rglob("*")) if spill.exists() else False,
        "made": len([file for file in made if file.parent.name == "facts"]),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
