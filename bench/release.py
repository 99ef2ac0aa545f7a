"""The release of a million reports, and the cells that networks of three sizes can publish."""

import json
import subprocess
import sys
from typing import Any

from data.settings import ROOT

ROWS = 1_000_000
YEARS = 5
SIZES = (300, 3_000, 20_000)  # reports a year
MOST_S, MOST_MB = 60.0, 2_000.0
# run in a process of its own, so that its memory is that of the job alone
JOB = """
import json, resource, sys, time
from dataclasses import replace
from datetime import date
from data.attacks import made_records as made
from data.release import release_numbers
from data.release.policy import Policy
yearly, years = (int(v) for v in sys.argv[1:])
records = made.records_known_on(made.history(yearly, years), date(2100, 1, 1))
policy = replace(Policy(zone="America/Chicago"), years=years)
asked = records, made.groups(), policy, b"made records only, made secret"
start = time.perf_counter()
tables = release_numbers.build(*asked, date(made.FIRST_DAY.year + years, 2, 1)).tables
taken = time.perf_counter() - start
shown = {
    path.split("/")[1]: float(frame["n"].notna().mean())
    for path, frame in tables.items() if path.startswith("community/")
}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": len(records), "s": taken, "mb": peak, "shown": shown}))
"""


def run(rows: int | None) -> list[dict[str, Any]]:
    """The job at a million reports, and the share of cells shown for networks of three sizes."""
    large = _job((rows or ROWS) // YEARS, YEARS)
    told = [large] + ([] if rows else [_job(size, 1) for size in SIZES])
    names = ["release: the job", *(f"release: {size:,} reports a year" for size in SIZES)]
    return [_figure(name, one) for name, one in zip(names, told)]


def _job(yearly: int, years: int) -> dict[str, Any]:
    asked = [sys.executable, "-c", JOB, str(yearly), str(years)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figure(name: str, one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "rows": one["rows"],
        "ours_s": one["s"],
        "peak_mb": one["mb"],
        "goal": f"under {MOST_S:g} s and {MOST_MB / 1000:g} GB",
        "ok": one["s"] < MOST_S and one["mb"] < MOST_MB,
        "cells_shown": {table: round(share, 4) for table, share in one["shown"].items()},
    }
