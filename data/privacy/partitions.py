"""Partitions: areas joined to groups and groups to districts, by residents alone, and frozen.

Each is saved under the hash of its content; the ledger says which one the events of a year are
counted by. Another one can begin with a year that is not begun.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from data.areas.area_import import AreaFileMeta
from data.privacy.policy import Policy
from data.settings import Problem, Settings
from data.storage import area_sets, projection
from data.storage.disk import write_whole
from data.storage.store import Store
from geo import longitude, partition, polygons
from geo.arrays import Ints

SIMPLER = 15.0  # metres: far below what a map of a city shows
_DECIMALS = 5  # of a degree: about a metre
_AREAS = "neighborhoods"  # the set that is released by, where there is one of the name


class Partition(NamedTuple):
    """A saved partition: the area set's file id, the group (1, 2 ...) of each of its areas, the
    district (1, 2 ...) of each group, and the residents known, None where none are."""

    digest: str
    areas: str
    groups: list[int]
    districts: list[int]
    residents: int | None

    @property
    def has_areas(self) -> bool:
        """Return whether there are residents to form areas by; without, only the city is shown."""
        return self.residents is not None


class PlacedAreas(NamedTuple):
    """The areas of a partition: the frame, what its file says, and the CRS in metres."""

    frame: gpd.GeoDataFrame
    meta: AreaFileMeta
    crs: str


def current_partition(store: Store, settings: Settings, rules: Policy) -> Partition:
    """The partition of the areas that the store has now, saved. Problem where it has none."""
    sets = area_sets.current_sets(store)
    if not sets:
        raise Problem("There are no areas to release by. Try: python -m data areas FILE")
    file = sets.get(_AREAS) or next(iter(sets.values()))
    areas, _ = area_sets.read_areas(file)
    shapes = areas.to_crs(_metric(store, settings, areas))
    people = areas["population"].astype("Float64").to_numpy(float, na_value=np.nan)
    groups = 1 + partition.merge(shapes, people, areas["code"].to_numpy(), rules.least_residents)
    joined = _joined(shapes, groups)
    counted = np.bincount(groups, np.nan_to_num(people))[1:]
    districts = 1 + partition.merge(
        joined, counted, np.arange(1, len(joined) + 1), rules.district_residents
    )
    known = None if np.isnan(people).all() else int(np.nansum(people))
    content = {
        "areas": file.stem,
        "groups": groups.tolist(),
        "districts": districts.tolist(),
        "residents": known,
    }
    body = json.dumps(content, sort_keys=True).encode()
    digest = hashlib.sha256(body).hexdigest()[:16]
    target = _folder(store) / f"{digest}.json"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(body, target)
    return Partition(digest, **content)


def load_partition(store: Store, digest: str) -> Partition:
    """A saved partition. Problem where it is gone or not what was saved."""
    file = _folder(store) / f"{digest}.json"
    try:
        body = file.read_bytes()
        content: dict[str, Any] = json.loads(body)
        if hashlib.sha256(body).hexdigest()[:16] != digest:
            raise ValueError
        return Partition(digest, **content)
    except (OSError, ValueError, TypeError):
        raise Problem(
            f"The partition {digest} that releases are made by is missing or broken: put the copy of "
            f"{file} back."
        ) from None


def placed_areas(store: Store, settings: Settings, of: Partition) -> PlacedAreas:
    """The areas that a partition joins. Problem where their file is gone."""
    file = store.areas / f"{of.areas}.parquet"
    if not file.exists():
        raise Problem(f"The areas that releases are made by are gone: put the copy of {file} back.")
    frame, meta = area_sets.read_areas(file)
    return PlacedAreas(frame, meta, _metric(store, settings, frame))


def group_features(placed: PlacedAreas, of: Partition) -> bytes:
    """The groups as GeoJSON: area (their number), name, residents, district."""
    groups = np.asarray(of.groups)
    return _geojson(placed, groups, {i + 1: d for i, d in enumerate(of.districts)})


def district_features(placed: PlacedAreas, of: Partition) -> bytes:
    """The districts as GeoJSON: area (their number), name, residents, district."""
    districts = np.asarray(of.districts)[np.asarray(of.groups) - 1]
    return _geojson(placed, districts, {int(d): int(d) for d in np.unique(districts)})


def _geojson(placed: PlacedAreas, numbers: Ints, district: dict[int, int]) -> bytes:
    """Joined areas, simplified so that borders still meet."""
    areas, codes = placed.frame, np.unique(numbers)
    whole = _joined(areas.to_crs(placed.crs), numbers)
    simple = shapely.coverage_simplify(whole, SIMPLER)
    back = longitude.framed(gpd.GeoSeries(simple, crs=placed.crs).to_crs("EPSG:4326"))
    back = shapely.transform(np.asarray(back, dtype=object), lambda xy: xy.round(_DECIMALS))
    features = []
    for code, shape in zip(codes.tolist(), polygons.polygonal(back)[0]):
        mine = areas[numbers == code]
        properties = {
            "area": code,
            "name": " + ".join(sorted(mine["name"])),
            "residents": int(mine["population"].fillna(0).sum()),
            "district": district[code],
        }
        geometry = json.loads(shapely.to_geojson(longitude.cut(shape)))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _joined(shapes: gpd.GeoDataFrame, numbers: Ints) -> Any:
    """The union of the areas of each number, in the order of the numbers."""
    forms = np.asarray(shapes.geometry.to_numpy(), dtype=object)
    return np.array(
        [shapely.union_all(forms[numbers == n]) for n in np.unique(numbers)], dtype=object
    )


def _metric(store: Store, settings: Settings, areas: gpd.GeoDataFrame) -> str:
    """The CRS in metres that areas are measured in."""
    west, south, east, north = areas.total_bounds
    return projection.metric_crs(store, settings) or projection.utm_zone(
        (south + north) / 2, (west + east) / 2
    )


def _folder(store: Store) -> Path:
    return store.root / "release-budget" / "partitions"
