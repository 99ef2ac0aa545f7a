"""The release of a million reports of five years: the job, and thresholds and rounding instead."""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from bench import made, made_network, utility
from bench.plain import suppression
from data.privacy.policy import volume_of
from data.release.release_files import write_release
from data.settings import ROOT, load_settings
from data.storage.store import Store

ROWS = 1_000_000
YEARS = (2021, 2022, 2023, 2024, 2025)
AS_OF = date(2026, 7, 1)  # all years are closed for good
MOST_S, MOST_MB = 60.0, 2_000.0


def run(rows: int | None) -> list[dict[str, Any]]:
    """A figure: seconds and memory for a million reports, and the peer's seconds."""
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        root = Path(folder)
        given = made.sample_store(root / "given")
        fill(root, given, rows or ROWS)
        return [_figure(rows or ROWS, *(_alone(root, job) for job in ("ours", "peer")))]


def fill(root: Path, given: Store, rows: int) -> None:
    """Put into a folder what both jobs start from: a store, its settings, and records as a file."""
    city, yearly = utility.city_of(given), rows // len(YEARS)
    records = made_network.reports(city.areas, yearly, 1, YEARS)
    records = records.assign(group=city.group[records["area"]])
    made_network.fill(root / "store", given, city.areas, records)
    records.to_parquet(root / "records.parquet")
    text = (ROOT / "porchlight.toml").read_text("utf-8")
    declared = f'volume = "{volume_of(yearly)}"\nexpected = {yearly}'
    text = re.sub(r"(?m)^volume = .*\nexpected = .*$", declared, text)
    (root / "porchlight.toml").write_text(text, "utf-8")


def environment(root: Path) -> dict[str, str]:
    """The variables with which a job finds a folder's store, settings and keys."""
    return {
        "PORCHLIGHT_STORE": str(root / "store"),
        "PORCHLIGHT_CONFIG": str(root / "porchlight.toml"),
        "PORCHLIGHT_KEYS": str(root / "keys"),
    }


def measure(root: Path, job: str) -> dict[str, Any]:
    """Seconds of one job, "ours" or "peer", on a filled folder, and this process's memory.

    Ours is the whole release: records read from the store, decided, measured, fitted, written. The
    peer has its records in memory and writes nothing.
    """
    if job == "ours":
        place = load_settings()
        start = time.perf_counter()
        release = write_release(Store(place.store), place, AS_OF)
        taken = time.perf_counter() - start
        tables = len(release.manifest["tables"])
    else:
        records = pd.read_parquet(root / "records.parquet")
        groups = sorted(set(records["group"].tolist()))
        start = time.perf_counter()
        tables = len(
            suppression.build(records, groups, utility.SECRET, date(YEARS[0], 1, 1), AS_OF)
        )
        taken = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"s": taken, "mb": peak, "tables": tables}


def _alone(root: Path, job: str) -> dict[str, Any]:
    """The same in a process of its own, so that its memory is that of the job alone."""
    asked = [sys.executable, "-m", "bench.release", str(root), job]
    env = os.environ | environment(root)
    done = subprocess.run(asked, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figure(rows: int, ours: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": f"release: {len(YEARS)} years",
        "rows": rows,
        "ours_s": ours["s"],
        "peer_s": peer["s"],
        "ratio": peer["s"] / ours["s"],
        "peak_mb": ours["mb"],
        "goal": f"under {MOST_S:g} s and {MOST_MB / 1000:g} GB",
        "ok": ours["s"] < MOST_S and ours["mb"] < MOST_MB,
        "tables": ours["tables"],
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), sys.argv[2])))
