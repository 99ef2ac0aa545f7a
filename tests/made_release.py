"""A release's folder made from made records by the pure functions of a release, without a store.

Only for tests of what reads a release: the key is written here, so that all bytes stay the same.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data import words
from data.attacks.made_records import history, records_known_on
from data.embed import embed_files
from data.privacy import closed_periods, decided_events, measured_tables, tables
from data.privacy.decided_events import Sensitive
from data.privacy.estimated_tables import estimate
from data.privacy.measured_tables import Axes
from data.privacy.policy import Policy, policy_entries
from data.privacy.tables import Manifest
from data.release import release_manifest
from geo import partition

AS_OF = date(2025, 12, 20)  # a year is closed, three quarters and a month of the next
SINCE = date(2024, 1, 1)
YEARLY = {
    "tiny": 340,
    "small": 1000,
    "medium": 10_000,
    "large": 50_000,
}  # received; a fifth are ordinary events
GROUPS = 74
KEY = b"no secret: only made records ..."
_HISTORY = 5  # years from 2021 on
_NAMES = [
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elm",
    "Fir",
    "Grove",
    "Hazel",
    "Ivy",
    "Juniper",
    "Kinnick",
    "Linden",
    "Maple",
]
_ENDS = ["Hill", "Park", "Lake", "Heights", "Bend", "Field"]


class Made(NamedTuple):
    """What a release's folder holds, before it is written."""

    tables: tables.Tables
    areas: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    manifest: Manifest


class _Counted(NamedTuple):
    rules: Policy
    axes: Axes
    tables: tables.Tables
    spent: dict[str, dict[str, float]]


@lru_cache(maxsize=32)
def make_release(
    volume: str = "medium",
    yearly: int = 0,
    as_of: date = AS_OF,
    *,
    areas: bool = True,
    official: bool = True,
    made: bool = True,
) -> Made:
    """The release of a made place; `yearly` is how many records really come, where that is not
    what the volume says. Do not change it: it is kept."""
    groups, districts, _ = made_areas()
    own = _count(volume, yearly or YEARLY[volume], as_of, areas)
    more = _official() | {tables.ARTICLES: _articles()} if official else {}
    found = own.tables | more
    manifest = _manifest(own, as_of, groups, found, official, made)
    return Made(found, groups, districts, manifest if areas else {**manifest, "residents": None})


@lru_cache(maxsize=32)
def _count(volume: str, yearly: int, as_of: date, areas: bool) -> _Counted:
    """What takes long: community tables, measured and estimated."""
    rules = Policy(volume=volume, since=SINCE)
    axes = Axes(
        tuple(made_areas()[2] if areas else ()),
        tuple(sorted(k.code for k in words.KINDS)),
        tuple(sorted(rules.kept_apart)),
        tuple(sorted(rules.sensitive_settings)),
    )
    records = records_known_on(history(yearly, _HISTORY), as_of)
    records = records[pd.to_datetime(records["local_date"]).ge(pd.Timestamp(rules.since))]
    sensitive = Sensitive(rules.kept_apart, rules.sensitive_settings)
    events = decided_events.admitted(records, rules.grades, axes.kinds, sensitive)
    late = pd.to_datetime(events["day"]).dt.day.eq(9)  # as if graded too late
    events = events if areas else events.assign(area=np.int32(0))
    events = events.assign(sort=events["sort"].mask(late, tables.LATE))
    found: tables.Tables = {}
    shares = tables.profile(volume, areas=areas)
    months = closed_periods.decided_months(as_of, rules)
    budget = {table.name: float(share) for table, share in shares.items()}
    spent = {month[:4]: budget for month in months}  # fixed when a year begins
    for table, share in shares.items():
        periods = closed_periods.closed(table, as_of, rules)
        own = measured_tables.measure(events, table, periods, axes, share, KEY, "1")
        if len(own):
            found[tables.measured_path(table)] = own
    years = sorted(spent)
    found |= estimate(found, dict.fromkeys(years, volume), dict.fromkeys(years, axes), areas)
    return _Counted(rules, axes, found, spent)


@lru_cache(maxsize=1)
def made_areas() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[int]]:
    """Groups and districts in WGS 84, and the district of each group."""
    rng = np.random.default_rng(7)
    outline = shapely.simplify(shapely.Point(0, 0).buffer(6000), 60)
    outline = shapely.transform(
        outline, lambda p: p * [0.75, 1.0] + 700 * np.sin(p[:, ::-1] / 1500)
    )
    points = shapely.MultiPoint(_spread(rng, outline))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=outline))
    shapes = [shapely.intersection(cell, outline) for cell in cells]
    shapes.sort(key=lambda s: (-s.centroid.y, s.centroid.x))
    people = (2000 + 1500 * rng.lognormal(0.5, 0.7, GROUPS)).round().astype(int)
    names = [f"{a} {b}" for b in _ENDS for a in _NAMES][:GROUPS]
    names[5] += " + Nokomis Flats"
    codes = np.arange(1, GROUPS + 1)
    own = partition.merge(np.array(shapes), people, codes, 15_000) + 1
    frame = gpd.GeoDataFrame(
        {"area": codes, "name": names, "residents": people, "district": own},
        geometry=gpd.GeoSeries(shapes, crs=32615).translate(478_000, 4_980_000),
        crs=32615,
    )
    joined = frame.dissolve("district", aggfunc={"residents": "sum"}).reset_index()
    joined["area"] = joined["district"]
    # a district is called after its largest groups
    largest = frame.sort_values("residents", ascending=False).groupby("district")["name"]
    joined["name"] = [" + ".join(sorted(largest.get_group(d).head(2))) for d in joined["area"]]
    joined = joined[["area", "name", "residents", "district", "geometry"]]
    return frame.to_crs(4326), joined.to_crs(4326), own.tolist()


def _spread(rng: np.random.Generator, outline: Any) -> list[tuple[float, float]]:
    """Points that keep some distance from each other."""
    found: list[tuple[float, float]] = []
    while len(found) < GROUPS:
        x, y = rng.uniform(-7000, 7000, 2)
        near = any((x - a) ** 2 + (y - b) ** 2 < 800**2 for a, b in found)
        if not near and shapely.contains_xy(outline, x, y):
            found.append((x, y))
    return found


def _official() -> tables.Tables:
    """Exact calls of two kinds for the months that are closed."""
    rng = np.random.default_rng(11)
    days = pd.date_range("2023-01-01", "2025-11-30")
    n = 30_000
    rows = pd.DataFrame(
        {
            "day": rng.choice(days, n),
            "area": rng.choice(np.arange(GROUPS + 1), n),
            "kind": rng.choice(["call_911", "traffic_stop"], n, p=[0.8, 0.2]),
        }
    )
    month = rows.assign(period=rows["day"].dt.strftime("%Y-%m"))
    month = month[month["period"] <= "2025-09"]
    city = rows.assign(period=rows["day"].dt.strftime("%Y-%m-%d"))
    return {
        tables.OFFICIAL_AREA: _counted(month, ["period", "area", "kind"]),
        tables.OFFICIAL_CITY: _counted(city[city["period"] <= "2025-10-31"], ["period", "kind"]),
    }


def _counted(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return rows.groupby(keys).size().rename("n").astype("int32").reset_index()


def _articles() -> pd.DataFrame:
    rows = [
        ("2025-06", "The Made Tribune", "Agents seen near two schools", "sighting", "Elm Park", ""),
        ("2025-07-04", "Made Weekly", "Crowd held back downtown", "crowd_control", "downtown",
         "https://example.org/2025/crowd"),
        ("2025-08", "The Made Tribune", "A raid at a bakery", "search_or_raid", "", ""),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=tables.COLUMNS[tables.ARTICLES])


def _manifest(
    own: _Counted,
    as_of: date,
    groups: gpd.GeoDataFrame,
    found: tables.Tables,
    official: bool,
    made: bool,
) -> Manifest:
    rules = own.rules
    source = {
        "name": "made-calls",
        "title": "Made calls of Madeville",
        "kind": "official",
        "says": "What the dispatch center wrote.",
        "covers": "All calls since 2023.",
        "licence": "CC0",
        "url": "https://example.org/calls",
    }
    press = {**source, "name": "made-news", "title": "Made newsrooms", "kind": "press"}
    return {
        "place": {"name": "Madeville", "zone": "America/Chicago"},
        "as_of": as_of.isoformat(),
        "code": "0.1.0",
        "volume": rules.volume,
        "declared": tables.ordinary_events(rules.volume, rules.expected),
        "epsilon": rules.epsilon,
        "made": made,
        "residents": int(groups["residents"].sum()),
        "policy": policy_entries(rules),
        "warnings": [],
        "years": own.spent,
        "budgets": {year: _budget(rules, own.axes) for year in own.spent},
        "redone": [],
        "sources": [source, press] if official else [],  # type: ignore[list-item]
        "tables": {
            path: {"columns": list(t), "rows": len(t), "what": tables.DESCRIBED[path]}
            for path, t in sorted(found.items())
        },
    }


def _budget(rules: Policy, axes: Axes) -> dict[str, Any]:
    return {
        "series": "made",
        "volume": rules.volume,
        "epsilon": rules.epsilon,
        "partition": "made",
        **{name: list(values) for name, values in axes._asdict().items()},
    }


def write_release(made: Made, parent: Path, *, embed: bool = True) -> Path:
    """The folder of a release under `parent`, named as its manifest says; with its embed."""
    folder = parent / "building"
    folder.mkdir(parents=True)
    for path, frame in made.tables.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), f"{file}.parquet")
        frame.to_csv(f"{file}.csv", index=False, lineterminator="\n")
        frame.to_json(f"{file}.json", orient="records")
    if made.manifest["residents"]:
        _features(made.areas, folder / "areas.geojson")
        _features(made.districts, folder / "districts.geojson")
    if embed:
        embed_files.write_release_embed(folder, made.manifest)
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    manifest: Manifest = {**made.manifest, "files": files}
    manifest = {**manifest, "id": release_manifest.release_id(manifest)}
    body = release_manifest.manifest_bytes(manifest)
    (folder / release_manifest.MANIFEST).write_bytes(body)
    return folder.rename(parent / manifest["id"])


def publish_release(made: Made, public: Path) -> Path:
    """A public folder as `publish` leaves it: the release, and `current` that leads to it."""
    folder = write_release(made, public / "releases")
    current = public / "current"
    current.unlink(missing_ok=True)
    current.symlink_to(f"releases/{folder.name}")
    for path in [public, *public.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def _features(areas: gpd.GeoDataFrame, file: Path) -> None:
    body = json.loads(areas.to_json(drop_id=True))
    body.pop("crs", None)
    file.write_text(json.dumps(body))


def area_codes(frame: gpd.GeoDataFrame) -> Sequence[int]:
    """The numbers of areas in their order."""
    return [int(code) for code in frame["area"]]
