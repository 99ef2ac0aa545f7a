"""The release of a million reports of five years: the job, and thresholds and rounding instead."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import made
from data.settings import ROOT

ROWS = 1_000_000
YEARS = (2021, 2022, 2023, 2024, 2025)
MOST_S, MOST_MB = 60.0, 2_000.0
# each in a process of its own, so that its memory is that of the job alone
JOB = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from bench import made_network, utility
from bench.plain import suppression
from data.storage.store import Store
store, job, yearly, *years = sys.argv[1:]
city, yearly, years = utility.city_of(Store(Path(store))), int(yearly), [int(y) for y in years]
records = made_network.reports(city.areas, yearly, 1, years)
records = records.assign(group=city.group[records["area"]])
groups = sorted(set(city.group.tolist()))
start = time.perf_counter()
if job == "ours":
    tables = utility.estimates(records, city, utility.volume_of(yearly), 1, years)
else:
    closed = date(years[0], 1, 1), date(years[-1] + 1, 7, 1)
    tables = suppression.build(records, groups, utility.SECRET, *closed)
taken = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": len(records), "s": taken, "mb": peak, "tables": len(tables)}))
"""


def run(rows: int | None) -> list[dict[str, Any]]:
    """A figure: seconds and memory for a million reports, and the peer's seconds."""
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        store = made.sample_store(Path(folder) / "store").root
        return [figure(store, rows or ROWS)]


def figure(store: Path, rows: int, years: Sequence[int] = YEARS) -> dict[str, Any]:
    """The figure for so many reports of some years in the areas of a store."""
    ours, peer = (_job(store, job, rows // len(years), years) for job in ("ours", "peer"))
    return {
        "name": f"release: {len(years)} years",
        "rows": ours["rows"],
        "ours_s": ours["s"],
        "peer_s": peer["s"],
        "ratio": peer["s"] / ours["s"],
        "peak_mb": ours["mb"],
        "goal": f"under {MOST_S:g} s and {MOST_MB / 1000:g} GB",
        "ok": ours["s"] < MOST_S and ours["mb"] < MOST_MB,
        "tables": ours["tables"],
    }


def _job(store: Path, job: str, yearly: int, years: Sequence[int]) -> dict[str, Any]:
    asked = [sys.executable, "-c", JOB, store, job, *map(str, (yearly, *years))]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
