"""Files of polygons as features: GeoJSON by a reader of our own, others by a child."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely.geometry import shape as to_shape

from data import coordinate_system
from data.files import gdal_file
from data.settings import Problem

MOST_BYTES = 200_000_000
MOST_FEATURES = 30_000  # the table that screens read numbers areas in 16 bits
CRS84 = "OGC:CRS84"


@dataclass(frozen=True)
class Features:
    """The features of a file: a row of values and a shape (None: unreadable) each.

    `crs` is what the file says, None where it says nothing.
    """

    columns: list[str]
    rows: list[dict[str, Any]]
    shapes: npt.NDArray[Any]
    crs: str | None
    notes: list[str]


def read_features(file: Path) -> Features:
    """The features of a GeoJSON, GeoPackage or Shapefile. Problem says what to mend."""
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise Problem(
            f"{file.name}: boundaries are read from {', '.join(READERS)} files. "
            "Unpack an archive first."
        )
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        raise Problem(f"{file} is missing.") from None
    if size > MOST_BYTES:
        raise Problem(
            f"{file.name} has {size:,} bytes; boundaries may have {MOST_BYTES:,}. "
            "Simplify it first."
        )
    features = reader(file)
    if not features.rows:
        raise Problem(f"{file.name} holds no features.")
    if len(features.rows) > MOST_FEATURES:
        raise Problem(f"{file.name} holds more than {MOST_FEATURES:,} features: too many areas.")
    return features


def _geojson(file: Path) -> Features:
    try:
        content = json.loads(file.read_bytes().decode("utf-8-sig"))
        found = content["features"] if content["type"] == "FeatureCollection" else None
    except UnicodeDecodeError as error:
        raise Problem(
            f"{file.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        ) from None
    except json.JSONDecodeError as error:
        raise Problem(
            f"{file.name}, line {error.lineno}, column {error.colno}: no JSON: "
            f"{error.msg}. Is the file whole?"
        ) from None
    except (RecursionError, KeyError, TypeError, ValueError):
        found = None
    if not isinstance(found, list):
        raise Problem(f'{file.name} is no GeoJSON: it needs a "FeatureCollection".')
    rows = [_properties(feature) for feature in found]
    shapes = np.array([None, *map(_shape, found)], dtype=object)[1:]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return Features(columns, rows, shapes, _stated_crs(content, file.name), [])


def _properties(feature: Any) -> dict[str, Any]:
    values = feature.get("properties") if isinstance(feature, dict) else None
    return values if isinstance(values, dict) else {}


def _shape(feature: Any) -> Any:
    try:
        return to_shape(feature["geometry"])
    except (
        AttributeError,
        IndexError,
        KeyError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
        shapely.errors.ShapelyError,
    ):
        return None


def _stated_crs(content: dict[str, Any], name: str) -> str | None:
    """The `crs` member of the time before RFC 7946; by that standard it is CRS84."""
    stated = content.get("crs")
    if stated is None:
        return CRS84
    try:
        values = stated["properties"]
        crs = str(values["name"] if "name" in values else f"EPSG:{int(values['code'])}")
    except (KeyError, TypeError, ValueError):
        crs = ""
    if not coordinate_system.CODE.fullmatch(crs):
        raise Problem(f"{name} does not name its coordinate system by a code such as EPSG:26915.")
    return crs


def _by_child(file: Path) -> Features:
    kind = _GDAL[file.suffix.lower()]
    layers = [one.name for one in gdal_file.list_layers(file, kind) if _areal(one.kind)]
    if not layers:
        raise Problem(f"{file.name} holds no layer of polygons.")
    with gdal_file.open_layer(file, kind, layers[0], MOST_FEATURES + 1) as found:
        rows: list[dict[str, Any]] = []
        shapes: list[Any] = []
        for batch in found.batches:
            shapes += found.shapes(batch).tolist()
            rows += _plain_rows(batch.select(found.names))
    every = np.array([None, *shapes], dtype=object)[1:]
    return Features(list(found.names), rows, every, found.crs, _layers(layers))


def _areal(kind: str | None) -> bool:
    return kind is not None and ("Polygon" in kind or "Unknown" in kind)


def _plain_rows(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    rows = batch.to_pylist() if batch.num_columns else [{} for _ in range(len(batch))]
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> str | int | float | bool | None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, str | int | float) else str(value)


def _layers(names: list[str]) -> list[str]:
    if len(names) == 1:
        return []
    return [f"The file has {len(names)} layers of polygons; the first was read."]


_GDAL = {".gpkg": gdal_file.GEOPACKAGE, ".shp": gdal_file.SHAPEFILE}
READERS: dict[str, Callable[[Path], Features]] = {
    ".geojson": _geojson,
    ".json": _geojson,
    ".gpkg": _by_child,
    ".shp": _by_child,
}
