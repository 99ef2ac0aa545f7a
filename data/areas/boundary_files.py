"""Files of polygons as features: GeoJSON and KML by readers of our own, others by a child."""

import json
import lzma
import math
import re
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from glob import escape
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely.geometry import shape as to_shape

from data import coordinate_system
from data.files.column_names import unique
from data.files.form import Form
from data.formats import gdal_file
from data.formats.geometry_columns import CRS84
from data.formats.kml_file import read_placemarks
from data.formats.zip_members import DAMAGED, OR, choose_members, open_archive
from data.settings import Problem

MOST_BYTES = 200_000_000
MOST_FEATURES = 30_000  # the table that screens read numbers areas in 16 bits


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
    """The features of a GeoJSON, KML, GeoPackage or Shapefile, also of one in a zip.

    Problem says what to mend.
    """
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise Problem(f"{file.name}: boundaries are read from {', '.join(READERS)} files.")
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


def _kml(file: Path) -> Features:
    placemarks = list(islice(read_placemarks(file, MOST_BYTES), MOST_FEATURES + 1))
    keys = list(dict.fromkeys(key for placemark in placemarks for key in placemark.values))
    columns = unique([key.name for key in keys])
    rows = [{n: p.values.get(k) for n, k in zip(columns, keys)} for p in placemarks]
    shapes = np.array([None, *(p.shape for p in placemarks)], dtype=object)[1:]
    return Features(list(columns), rows, shapes, CRS84, [])


def _zipped(file: Path) -> Features:
    """The features of the one file of boundaries in a zip, unpacked under names of our own."""
    with open_archive(file) as archive, TemporaryDirectory() as scratch:
        chosen, _ = choose_members(file.name, archive, _members(file.name, archive.namelist()))
        unpacked = [Path(scratch) / f"areas{_suffix(name)}" for name, _ in chosen]
        for (_, member), path in zip(chosen, unpacked, strict=True):
            _unpack(file.name, archive, member, path)
        first = next(path for path in unpacked if path.suffix in READERS)
        try:
            return READERS[first.suffix](first)
        except Problem as problem:
            raise Problem(f"{file.name}, what is in it: {problem}") from None


def _members(file: str, names: list[str]) -> Form:
    """The form that names the file of boundaries in a zip, with those that belong to it."""
    own = [
        n
        for n in names
        if _suffix(n) in READERS and not re.search(r"(^|/)(__MACOSX/|\.(?!\./))", n)
    ]
    maps = [name for name in own if _suffix(name) != ".zip"]
    if len(maps) != 1:
        there = ", ".join(maps[:8]) or "none"
        raise Problem(
            f"{file} has to hold one file of boundaries; it holds {len(maps)}: {there}. Unpack it "
            "and give the one that is meant."
        )
    stem = maps[0].removesuffix(PurePosixPath(maps[0]).suffix)
    beside = [n for n in names if _suffix(n) in _BESIDE and n[: -len(_suffix(n))] == stem]
    chosen = [*maps, *(beside if _suffix(maps[0]) == ".shp" else [])]
    return Form(member=OR.join(escape(name) for name in chosen), most_bytes=MOST_BYTES)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _unpack(file: str, archive: ZipFile, member: ZipInfo, path: Path) -> None:
    try:
        with archive.open(member) as packed, path.open("wb") as target:
            shutil.copyfileobj(packed, target)
    except (BadZipFile, EOFError, zlib.error, lzma.LZMAError):
        raise Problem(DAMAGED.format(file=file)) from None


_BESIDE = (".shx", ".dbf", ".prj", ".cpg")  # of a Shapefile

READERS: dict[str, Callable[[Path], Features]] = {
    ".geojson": _geojson,
    ".json": _geojson,
    ".gpkg": _by_child,
    ".shp": _by_child,
    ".kml": _kml,
    ".kmz": _kml,
    ".zip": _zipped,
}
