"""From an import of one day's records to the next click on a Map that was open before it."""

import asyncio
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from bench import servers, stores
from bench.client import reader
from bench.made import LAST, NAME
from bench.screen import changed
from data.settings import ROOT
from data.storage.database import literal

ROWS, DAY_ROWS = 10_000_000, 2_500
MOST_S = 5.0


def run(rows: int | None) -> list[dict[str, Any]]:
    """One dict: the import, and the first and a later click after it."""
    rows = rows or ROWS
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        work = Path(folder)
        root = shutil.copytree(stores.kept(rows), work / "store", symlinks=True)
        day = _day(root, work / "day.csv")
        with servers.ours(root) as server:
            before, click, later, imported_s = asyncio.run(
                _clicks(server.port, lambda: _import(root, day))
            )
        right = click.count == before.count + DAY_ROWS
        return [
            {
                "name": "after_import: the next click on an open Map",
                "rows": rows,
                "ours_s": click.seconds,
                "equal": right,
                "import_s": imported_s,
                "later_click_s": later.seconds,
                "goal": f"the new records are counted at the next click, within {MOST_S:g} s",
                "ok": right and click.seconds <= MOST_S,
            }
        ]


async def _clicks(port: int, bring: Callable[[], float]) -> tuple[Any, Any, Any, float]:
    """An open Map before an import, at the next click, and at one more; how long it took."""
    async with reader(port) as one:
        await one.ask("")
        before = await one.ask("measure=density+per+km²")
        imported_s = await asyncio.to_thread(bring)
        click = await changed(one, "", [before])
        return before, click, await changed(one, "kind=traffic+stop", [click]), imported_s


def _day(root: Path, file: Path) -> Path:
    """A file of new records of the last day, at places of older ones."""
    (batch,) = (root / "batches").glob("*.parquet")
    places = duckdb.sql(
        f"SELECT lat, lon FROM {literal(batch)} WHERE lat IS NOT NULL LIMIT {DAY_ROWS}"
    ).fetchall()
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("id", "time", "lat", "lon", "kind"))
        for i, (lat, lon) in enumerate(places):
            at = f"{LAST} {i % 24:02d}:{i % 60:02d}"
            writer.writerow((f"new-{i}", at, lat, lon, "traffic stop"))
    return file


def _import(root: Path, file: Path) -> float:
    """Import as a person does, in a process of its own; how long it took."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "data", "import", str(file), "--source", NAME],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(root), "NO_COLOR": "1"},
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - start
