"""The input of a release: the store's records, placed in the groups of a partition."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data import sources
from data.areas.area_import import AreaFileMeta
from data.settings import Problem, Settings
from data.storage import area_sets, batches, projection
from data.storage.store import Store, literal, query
from geo import longitude, partition, polygons
from geo.area_index import locate_points
from geo.arrays import Ints

REPEATED = ("kind", "source", "source_kind", "grade", "origin", "setting", "area_label")
_COLUMNS = (
    *("incident_id", "local_date", "hour", *REPEATED, "x", "y", "received_at"),
    *("lon", "lat", "place_precision"),
)
KEPT = (
    *("incident_id", "group", "local_date", "hour", "kind", "source", "source_kind"),
    *("grade", "origin", "setting", "x", "y", "already_public", "received_at"),
)
SIMPLER = 15.0  # metres: far below what a map of a city shows
_DECIMALS = 5  # of a degree: about a metre


def area_set(store: Store) -> Path:
    """The file of the area set that releases are made of: neighborhoods, else the first."""
    sets = area_sets.current_sets(store)
    if not sets:
        raise Problem("There are no areas to release by. Try: python -m data areas FILE")
    return sets.get("neighborhoods") or next(iter(sets.values()))


def groups(areas: gpd.GeoDataFrame, crs: str, least: int) -> Ints:
    """The code (1, 2 ...) of each area's group; chosen from residents only."""
    people = areas["population"].astype("Float64").to_numpy(float, na_value=np.nan)
    return 1 + partition.merge(areas.to_crs(crs), people, areas["code"].to_numpy(), least)


def geojson(areas: gpd.GeoDataFrame, group: Ints, crs: str) -> bytes:
    """The groups as GeoJSON: code, name, residents; simplified so that borders still meet."""
    shapes = np.asarray(areas.to_crs(crs).geometry.to_numpy(), dtype=object)
    codes = np.unique(group)
    whole = np.array([shapely.union_all(shapes[group == g]) for g in codes], dtype=object)
    simple = shapely.coverage_simplify(whole, SIMPLER)
    back = longitude.framed(gpd.GeoSeries(simple, crs=crs).to_crs("EPSG:4326"))
    back = shapely.transform(np.asarray(back, dtype=object), lambda xy: xy.round(_DECIMALS))
    drawn, _ = polygons.polygonal(back)
    features = []
    for code, shape in zip(codes.tolist(), drawn):
        mine = areas[group == code]
        told = {
            "area": code,
            "name": " + ".join(sorted(mine["name"])),
            "residents": int(mine["population"].fillna(0).sum()),
        }
        geometry = json.loads(shapely.to_geojson(longitude.cut(shape)))
        features.append({"type": "Feature", "properties": told, "geometry": geometry})
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def metric(store: Store, settings: Settings, areas: gpd.GeoDataFrame) -> str:
    """The CRS in metres that areas are measured in."""
    west, south, east, north = areas.total_bounds
    return projection.metric_crs(store, settings) or projection.utm_zone(
        (south + north) / 2, (west + east) / 2
    )


def records(store: Store, areas: gpd.GeoDataFrame, meta: AreaFileMeta, group: Ints) -> pd.DataFrame:
    """The records that count, the newest of each id, as data.release.release_numbers asks for them.

    An area is found as on the team's screens: the source's own label wins where it names
    one, unless it was decided that points do. Records known only to the month are left out.
    """
    frame = _read(store)
    names = frame["source"].unique().tolist()
    by_point = store.history().decisions.by_point(meta["set"], names)
    area = _areas(frame, areas, meta, by_point)
    known = sources.read_catalogue(store.root)
    public = {name: sources.source_of(name, known).already_public for name in names}
    public_rows = frame["source"].map(public).astype(bool)
    placed = frame.assign(group=np.append(group, 0)[area], already_public=public_rows)
    return placed.loc[:, list(KEPT)]


def _read(store: Store) -> pd.DataFrame:
    files = batches.live_files(store)
    if not files:
        raise Problem("No records yet: there is nothing to release.")
    parts = " UNION ALL ".join(
        f"SELECT {', '.join(_COLUMNS)}, time_precision, {i} AS batch FROM {literal(file)}"
        for i, file in enumerate(files)
    )
    table = query(
        store.root,
        f"""SELECT {", ".join(_COLUMNS)} FROM ({parts})
            QUALIFY row_number() OVER (PARTITION BY incident_id ORDER BY batch DESC) = 1
                AND time_precision <> 'month'""",
    )
    for name in (*REPEATED, "place_precision"):
        at = table.column_names.index(name)
        table = table.set_column(at, name, table[name].dictionary_encode())
    frame: pd.DataFrame = table.to_pandas()
    return frame.assign(local_date=pd.to_datetime(frame["local_date"]))


def _areas(
    frame: pd.DataFrame, areas: gpd.GeoDataFrame, meta: AreaFileMeta, by_point: list[str]
) -> Ints:
    """The row of each record's area; -1 for none."""
    labels: Any = frame["area_label"].cat
    rows = area_sets.label_codes(areas, meta, labels.categories.tolist())
    named = np.append(rows, -1)[labels.codes.to_numpy()]
    # a city may be called like one of its areas
    named[(frame["place_precision"] == "city").to_numpy()] = -1
    named[frame["source"].isin(by_point).to_numpy()] = -1
    lon, lat = (frame[c].to_numpy(float, na_value=np.nan) for c in ("lon", "lat"))
    located = locate_points(lon, lat, areas)
    return np.where(named >= 0, named, located).astype(np.int64)
