"""The area sets that a store holds: their files, polygons and metadata."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from data.files.cells import is_missing
from data.storage import area_names
from data.storage.meta_types import AreaFileMeta
from data.storage.store import Store
from geo import longitude

KEY = b"porchlight"
ORDER = b"porchlight order"  # when it was chosen: the number of its event in the ledger
PLACE_BY = b"porchlight place_by"  # what decides, by source, between label and point


def current_sets(store: Store) -> dict[str, Path]:
    """The newest file of each area set; the sets in the order of their first."""
    return {
        name: store.areas / f"{of.id}.parquet" for name, of in store.history().area_sets.items()
    }


def area_names_of(store: Store) -> tuple[str, ...]:
    """The names of the areas of a store's first set, sorted; none where it has no areas."""
    for file in current_sets(store).values():
        names = pq.read_table(file, columns=["name"])["name"].to_pylist()
        return tuple(sorted(names, key=str.casefold))
    return ()


def names_like_empty_cells(store: Store) -> frozenset[str]:
    """The names and old names of areas that a cell would not be believed, such as NA."""
    found: set[str] = set()
    for file in current_sets(store).values():
        held = pq.read_table(file, columns=["name"])
        aliases = json.loads(held.schema.metadata[KEY]).get("aliases", {})
        found |= {*held["name"].to_pylist(), *aliases}
    return frozenset(name.casefold() for name in found if is_missing(name))


def read_areas(path: Path) -> tuple[gpd.GeoDataFrame, AreaFileMeta]:
    """An area set [code, name, population, geometry] and its metadata."""
    return gpd.read_parquet(path), read_metadata(path)


def read_metadata(path: Path) -> AreaFileMeta:
    """The metadata of an area set."""
    meta: AreaFileMeta = json.loads(pq.read_schema(path).metadata[KEY])
    return meta


def write_areas(
    areas: gpd.GeoDataFrame, meta: AreaFileMeta, target: Path, more: Mapping[bytes, bytes]
) -> None:
    """Write an area set with its metadata, and `more` beside it."""
    areas.to_parquet(target)
    table = pq.read_table(target)
    held = {**table.schema.metadata, KEY: json.dumps(meta).encode(), **more}
    pq.write_table(table.replace_schema_metadata(held), target, compression="zstd")


def meridian(store: Store) -> float:
    """The middle longitude of the first area set; 0 without one."""
    for file in current_sets(store).values():
        west, _, east, _ = read_areas(file)[0].total_bounds
        return float(west + east) / 2
    return 0.0


def copy(file: Path, target: Path, meridian: float) -> None:
    """Write an area set with its longitudes within 180 degrees of a meridian."""
    areas, meta = read_areas(file)
    west, _, east, _ = areas.total_bounds
    if max(meridian - west, east - meridian) <= 180:
        target.write_bytes(file.read_bytes())
    else:
        shapes = longitude.shapes_near(areas.geometry, meridian)
        write_areas(areas.set_geometry(gpd.GeoSeries(shapes, crs=areas.crs)), meta, target, {})


def label_codes(
    areas: gpd.GeoDataFrame, metadata: AreaFileMeta, labels: Sequence[str]
) -> npt.NDArray[np.int32]:
    """The row of the area that each label names, also by an alias; -1 for none."""
    lookup = area_names.Lookup(areas["name"].tolist(), metadata.get("aliases", {}))
    return np.array([lookup.row(label) for label in labels], dtype=np.int32)
