"""Files of polygons as features: GeoJSON by a reader of our own, others by a child."""

import base64
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape as to_shape

from data import coordinate_system
from data.settings import ROOT, Problem

MOST_BYTES = 200_000_000
MOST_FEATURES = 30_000  # the table that screens read numbers areas in 16 bits
_SECONDS = 120
_MEMORY = 4 << 30
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


class Format(NamedTuple):
    """A file format that GDAL may read: what people call it, its first bytes, its driver."""

    called: str
    magic: bytes
    driver: str


_FORMATS = {
    ".gpkg": Format("GeoPackage", b"SQLite format 3\0", "GPKG"),
    ".shp": Format("Shapefile", b"\x00\x00\x27\x0a", "ESRI Shapefile"),
}


def _by_child(file: Path) -> Features:
    kind = _FORMATS[file.suffix.lower()]
    with file.open("rb") as opened:
        magic = opened.read(len(kind.magic))
    if magic != kind.magic:
        raise Problem(
            f"{file.name} is no {kind.called}: its content is something else, and is not opened."
        )
    child = [sys.executable, "-m", "data.areas.gdal_child"]
    try:
        done = subprocess.run(
            [*child, str(file.resolve()), kind.driver, str(MOST_FEATURES)],
            cwd=ROOT,
            env=_environment(kind.driver),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            preexec_fn=_limits,
            check=False,
        )
        found = json.loads(done.stdout) if not done.returncode else None
    except subprocess.TimeoutExpired:
        raise Problem(
            f"Reading {file.name} took longer than {_SECONDS} seconds and was stopped."
        ) from None
    if found is None:
        raise Problem(
            f"{file.name} could not be read as a {kind.called}. A Shapefile needs its "
            ".shx, .dbf and .prj files beside it."
        )
    if not found["layers"]:
        raise Problem(f"{file.name} holds no layer of polygons.")
    wkb = [None if text is None else base64.b64decode(text) for text in found["shapes"]]
    shapes = shapely.from_wkb(np.array([None, *wkb], dtype=object)[1:], on_invalid="ignore")
    rows = [dict(zip(found["columns"], values, strict=True)) for values in found["rows"]]
    return Features(found["columns"], rows, shapes, found["crs"], _layers(found["layers"]))


def _layers(names: list[str]) -> list[str]:
    if len(names) == 1:
        return []
    return [f"The file has {len(names)} layers of polygons; the first was read."]


def _environment(driver: str) -> dict[str, str]:
    """The environment for GDAL: ours without its settings, every driver but one switched off."""
    import pyogrio  # loads GDAL: only when such a file is read

    steers = ("GDAL", "OGR", "CPL", "PROJ")
    ours = {k: v for k, v in os.environ.items() if not k.startswith(steers)}
    others = sorted(set(pyogrio.list_drivers()) - {driver})
    return ours | {"GDAL_SKIP": ",".join(others), "PROJ_NETWORK": "OFF"}


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


READERS: dict[str, Callable[[Path], Features]] = {
    ".geojson": _geojson,
    ".json": _geojson,
    ".gpkg": _by_child,
    ".shp": _by_child,
}
