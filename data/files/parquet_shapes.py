"""The shapes of a Parquet file: which column they stand in, how, and in what coordinate system."""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from data.files.geometry_columns import CRS84

Geometries = npt.NDArray[Any]
_SCAN = 50_000  # shapes at once
_MULTIPOINT = 4


@dataclass(frozen=True)
class Shapes:
    """The column of the shapes (None: there are none) and its CRS, as GeoParquet writes it.

    `dropped` are the columns that are read as shapes or not at all, `several_kinds` says whether
    some shapes are no points.
    """

    column: str | None = None
    way: Callable[[pa.Array], Geometries] | None = None
    crs: str | Mapping[str, Any] | None = None
    several_kinds: bool = False
    dropped: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def read(self, batch: pa.RecordBatch) -> Geometries:
        """The shapes of some rows; None where there is none."""
        assert self.column is not None
        assert self.way is not None
        return self.way(batch.column(self.column))


def find_shapes(opened: pq.ParquetFile) -> Shapes:
    """What the file says of its shapes: by its GeoParquet metadata, else by the column's type."""
    about = _described(opened) or _typed(opened)
    schema = opened.schema_arrow
    primary = next((n for n in about if schema.names.count(n) == 1), None)
    if primary is None:
        return Shapes()
    crs, encoding = about[primary]
    way = _WAYS.get(encoding)
    if way is None or not _fits(schema.field(primary).type, encoding):
        note = f"shapes written as {encoding!r:.40} were not read: save them as WKB"
        return Shapes(dropped=frozenset(about), notes=(note,))
    several = any(
        _are_no_points(way(batch.column(0)))
        for batch in opened.iter_batches(_SCAN, columns=[primary])
    )
    return Shapes(primary, way, crs, several, frozenset(about))


def _described(opened: pq.ParquetFile) -> dict[str, tuple[Any, str]]:
    """CRS and encoding of each column of shapes by GeoParquet's metadata, the primary one first."""
    with contextlib.suppress(ValueError, TypeError, AttributeError, KeyError):
        about = json.loads((opened.metadata.metadata or {})[b"geo"])
        columns = about["columns"]
        names = sorted(columns, key=lambda name: name != about.get("primary_column"))
        return {
            name: (columns[name].get("crs", CRS84), str(columns[name].get("encoding", "WKB")))
            for name in names
        }
    return {}


def _typed(opened: pq.ParquetFile) -> dict[str, tuple[Any, str]]:
    """The same by Parquet's own types of shapes."""
    found: dict[str, tuple[Any, str]] = {}
    for i in range(len(opened.schema)):
        column = opened.schema.column(i)
        about = json.loads(column.logical_type.to_json())
        if about.get("Type") in ("Geometry", "Geography"):
            found[column.path] = (_plain_crs(about.get("crs"), opened), "WKB")
    return found


def _plain_crs(crs: str | None, opened: pq.ParquetFile) -> Any:
    """A CRS as Parquet's types name it: a code, a number of EPSG, or a key of the metadata."""
    if not crs:
        return CRS84
    kind, _, what = crs.partition(":")
    if kind == "srid":
        return f"EPSG:{what}"
    if kind == "projjson":
        with contextlib.suppress(ValueError):
            return json.loads((opened.metadata.metadata or {}).get(what.encode(), b""))
    with contextlib.suppress(ValueError):
        return json.loads(crs)
    return crs


def _from_wkb(column: pa.Array) -> Geometries:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values: Geometries = np.array([None, *column.to_pylist()], object)[1:]
    found: Geometries = shapely.from_wkb(values, on_invalid="ignore")
    return found


def _from_point(column: pa.Array) -> Geometries:
    x, y = (pc.struct_field(column, name).to_numpy(zero_copy_only=False) for name in "xy")
    found: Geometries = shapely.points(x.astype(float), y.astype(float))
    found[pc.is_null(column).to_numpy(zero_copy_only=False) | np.isnan(x) & np.isnan(y)] = None
    return found


_WAYS: dict[str, Callable[[pa.Array], Geometries]] = {"WKB": _from_wkb, "point": _from_point}


def _fits(kind: pa.DataType, encoding: str) -> bool:
    """Return whether a column is made as its encoding says."""
    if encoding == "point":
        fields = [kind.field(i).name for i in range(kind.num_fields)]
        return bool(pa.types.is_struct(kind)) and {"x", "y"} <= {*fields}
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_binary(value) or pa.types.is_large_binary(value))


def _are_no_points(shapes: Geometries) -> bool:
    several = shapely.get_type_id(shapes) == _MULTIPOINT
    return bool((several | (shapely.get_dimensions(shapes) > 0)).any())
