"""The release of a million reports of five years: the job, and thresholds and rounding instead."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench import made, made_network, utility
from bench.plain import suppression
from data.settings import ROOT
from data.storage.store import Store

ROWS = 1_000_000
YEARS = (2021, 2022, 2023, 2024, 2025)
MOST_S, MOST_MB = 60.0, 2_000.0


def run(rows: int | None) -> list[dict[str, Any]]:
    """A figure: seconds and memory for a million reports, and the peer's seconds."""
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        store = made.sample_store(Path(folder) / "store").root
        return [_figure(*(_alone(store, job, rows or ROWS) for job in ("ours", "peer")))]


def measure(store: Store, job: str, rows: int) -> dict[str, Any]:
    """Seconds of one job with so many reports in the areas of a store, and this process's memory.

    `job` is "ours" or "peer".
    """
    city, yearly = utility.city_of(store), rows // len(YEARS)
    records = made_network.reports(city.areas, yearly, 1, YEARS)
    records = records.assign(group=city.group[records["area"]])
    start = time.perf_counter()
    if job == "ours":
        tables = utility.estimates(records, city, utility.volume_of(yearly), 1, YEARS)
    else:
        closed = date(YEARS[0], 1, 1), date(YEARS[-1] + 1, 7, 1)
        groups = sorted(set(city.group.tolist()))
        tables = suppression.build(records, groups, utility.SECRET, *closed)
    taken = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": len(records), "s": taken, "mb": peak, "tables": len(tables)}


def _alone(store: Path, job: str, rows: int) -> dict[str, Any]:
    """The same in a process of its own, so that its memory is that of the job alone."""
    asked = [sys.executable, "-m", "bench.release", str(store), job, str(rows)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figure(ours: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": f"release: {len(YEARS)} years",
        "rows": ours["rows"],
        "ours_s": ours["s"],
        "peer_s": peer["s"],
        "ratio": peer["s"] / ours["s"],
        "peak_mb": ours["mb"],
        "goal": f"under {MOST_S:g} s and {MOST_MB / 1000:g} GB",
        "ok": ours["s"] < MOST_S and ours["mb"] < MOST_MB,
        "tables": ours["tables"],
    }


if __name__ == "__main__":
    print(json.dumps(measure(Store(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]))))
