"""Parquet and GeoParquet as tables: every column as texts, shapes as latitude and longitude.

What else a file says of itself (pandas' index, Python's types) is not looked at.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from data.files.column_names import MOST_COLUMNS, clean_label, unique
from data.files.csv_grammar import MOST_ROW_BYTES
from data.files.csv_rows import Broken
from data.files.form import Form
from data.files.row_reasons import RowReason
from data.files.text_file import MOST_RATIO, PIECE, Progress
from data.formats.geometry_columns import CRS84, geometry_columns
from data.formats.typed_cells import column_texts
from data.formats.typed_table import HEAD_ROWS, Batch, TypedTable, hash_file
from data.settings import Problem

MAGIC, SECRET = b"PAR1", b"PARE"
READ_AT_ONCE = 20_000  # that are read at once
_MOST_PIECE = 64 << 20  # bytes of texts at once, as near as whole rows come to it
_SHOWN = 2000  # letters of a row that is too long
_Geometries = npt.NDArray[Any]
_SCAN = 50_000  # shapes at once
_MULTIPOINT = 4


def is_parquet(head: bytes, _suffix: str) -> bool:
    """Return whether the first bytes are those of a Parquet file."""
    return head.startswith((MAGIC, SECRET))


def open_parquet(file: Path, form: Form = Form()) -> TypedTable:  # noqa: B008 (it is frozen)
    """A Parquet file as a table. Problem where it is damaged or unpacks to far too much."""
    if form.columns or form.no_header:
        raise Problem(f"{file.name} says itself how its columns are called: leave --columns out.")
    opened = _open(file)
    _check_size(file, opened.metadata, form.most_bytes)
    shapes = _find_shapes(opened)
    schema = opened.schema_arrow
    read = [i for i, field in enumerate(schema) if field.name not in shapes.dropped]
    own = unique([schema.names[i] for i in read])
    rows = _Rows(file, shapes, read, own)
    head = rows.head()
    if not opened.metadata.num_rows:
        raise Problem(f"{file.name} has columns and no rows: there is nothing to import.")
    notes = list(shapes.notes)
    if len({clean_label(schema.names[i]) for i in read}) < len(read):
        notes.append("columns with the same header were numbered")
    return TypedTable(
        file=file,
        sha256=hash_file(file),
        form="GeoParquet" if shapes.column else "Parquet",
        names=rows.names,
        head=head,
        read=rows.batches,
        notes=tuple(notes),
        shaped=rows.names[len(own) :],
    )


@dataclass(frozen=True)
class _Shapes:
    """The column of the shapes (None: there are none) and its CRS, as GeoParquet writes it.

    `dropped` are the columns that are read as shapes or not at all, `several_kinds` says whether
    some shapes are no points.
    """

    column: str | None = None
    way: Callable[[pa.Array], _Geometries] | None = None
    crs: str | Mapping[str, Any] | None = None
    several_kinds: bool = False
    dropped: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def read(self, batch: pa.RecordBatch) -> _Geometries:
        """The shapes of some rows; None where there is none."""
        assert self.column is not None
        assert self.way is not None
        return self.way(batch.column(self.column))


class _Rows:
    """The rows of a file, in the columns `read`, and in those that its shapes become."""

    def __init__(
        self, file: Path, shapes: _Shapes, read: Sequence[int], own: Sequence[str]
    ) -> None:
        self.file, self.shapes, self.read, self.own = file, shapes, read, tuple(own)
        self.projected: bool | None = None
        self.names = self.own

    def head(self) -> tuple[tuple[str, ...], ...]:
        """The first rows."""
        found: list[tuple[str, ...]] = []
        for batch in self.batches(None):
            found += zip(*(column[:HEAD_ROWS].to_pylist() for column in batch.columns))
            if len(found) >= HEAD_ROWS:
                break
        return tuple(found[:HEAD_ROWS])

    def batches(self, progress: Progress | None) -> Iterator[Batch]:
        """All rows as texts, numbered from 1."""
        opened = _open(self.file)
        total, done = opened.metadata.num_rows, 0
        try:
            for batch in opened.iter_batches(READ_AT_ONCE):
                for piece in _pieces(batch, self.read):
                    yield self._batch(piece, done + 1)
                    done += piece.num_rows
                if progress:
                    progress(done, total)
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, Problem):
                raise
            raise _damaged(self.file) from None

    def _batch(self, piece: pa.RecordBatch, line: int) -> Batch:
        lines = np.arange(line, line + piece.num_rows)
        long = _sizes(piece, self.read) > MOST_ROW_BYTES
        broken = [
            Broken(
                int(lines[i]), RowReason.TOO_LONG, RowReason.TOO_LONG, _start(piece, self.read, i)
            )
            for i in np.flatnonzero(long).tolist()
        ]
        if broken:
            piece, lines = piece.filter(pa.array(~long)), lines[~long]
        columns = [column_texts(piece.column(i)) for i in self.read]
        return Batch([*columns, *self._places(piece)], lines, broken)

    def _places(self, piece: pa.RecordBatch) -> Sequence[pa.Array]:
        """The columns that the shapes become; their names are those of the first rows."""
        if self.shapes.column is None:
            return ()
        found = geometry_columns(
            self.shapes.read(piece),
            self.shapes.crs,
            self.own,
            self.file.name,
            precision=self.shapes.several_kinds,
            projected=self.projected,
        )
        if self.projected is None:
            self.projected = found.names[0].startswith("y")
            self.names = (*self.own, *found.names)
        return found.arrays


def _pieces(batch: pa.RecordBatch, read: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """A batch in pieces that are not too large as texts."""
    part = np.cumsum(_sizes(batch, read)) // _MOST_PIECE
    ends = [*(np.flatnonzero(np.diff(part)) + 1).tolist(), batch.num_rows]
    start = 0
    for end in ends:
        yield batch.slice(start, end - start)
        start = end


def _sizes(batch: pa.RecordBatch, read: Sequence[int]) -> npt.NDArray[np.int64]:
    """The bytes of texts in each row."""
    sizes = np.zeros(batch.num_rows, np.int64)
    for column in (batch.column(i) for i in read):
        if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
        elif _is_text(column.type):
            lengths = pc.binary_length(column)
        else:
            continue
        sizes += lengths.fill_null(0).to_numpy(zero_copy_only=False)
    return sizes


def _is_text(kind: pa.DataType) -> bool:
    return any(
        test(kind)
        for test in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_binary,
            pa.types.is_large_binary,
        )
    )


def _start(piece: pa.RecordBatch, read: Sequence[int], row: int) -> str:
    """The first letters of a row."""
    return ",".join(str(piece.column(i)[row].as_py())[:_SHOWN] for i in read)[:_SHOWN]


def _open(file: Path) -> pq.ParquetFile:
    with file.open("rb") as stream:
        start = stream.read(len(MAGIC))
        stream.seek(-len(MAGIC), 2)
        end = stream.read()
    if SECRET in (start, end):
        raise Problem(f"{file.name} is encrypted: ask for a file that is not.")
    try:
        names = _texts(pq.read_schema(file))
        return pq.ParquetFile(
            file,
            read_dictionary=names,  # a text that is often there is held once
            coerce_int96_timestamp_unit="us",
        )
    except (pa.ArrowException, OSError, ValueError):
        raise _damaged(file) from None


def _texts(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if _is_text(field.type)]


def _check_size(file: Path, about: Any, most: int) -> None:
    """Problem where a file has too many columns, or unpacks to far more than a table does."""
    size = file.stat().st_size
    unpacked = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    if unpacked > min(most, max(size * MOST_RATIO, 4 * PIECE)):
        raise Problem(
            f"{file.name} unpacks to {unpacked:,} bytes, from {size:,}, which no table does: it was "
            "not imported. Write it as CSV if you trust it."
        )
    if about.num_columns > MOST_COLUMNS:
        raise Problem(
            f"{file.name} has {about.num_columns:,} columns, more than {MOST_COLUMNS:,}: is it a "
            "table with a row for each incident?"
        )


def _damaged(file: Path) -> Problem:
    return Problem(f"{file.name} is a damaged or cut off Parquet file. Fetch it again.")


def _find_shapes(opened: pq.ParquetFile) -> _Shapes:
    """What the file says of its shapes: by its GeoParquet metadata, else by the column's type."""
    about = _described(opened) or _typed(opened)
    schema = opened.schema_arrow
    primary = next((n for n in about if schema.names.count(n) == 1), None)
    if primary is None:
        return _Shapes()
    crs, encoding = about[primary]
    way = _WAYS.get(encoding)
    if way is None or not _fits(schema.field(primary).type, encoding):
        note = f"shapes written as {encoding!r:.40} were not read: save them as WKB"
        return _Shapes(dropped=frozenset(about), notes=(note,))
    several = any(
        _are_no_points(way(batch.column(0)))
        for batch in opened.iter_batches(_SCAN, columns=[primary])
    )
    return _Shapes(primary, way, crs, several, frozenset(about))


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


def _from_wkb(column: pa.Array) -> _Geometries:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values: _Geometries = np.array([None, *column.to_pylist()], object)[1:]
    found: _Geometries = shapely.from_wkb(values, on_invalid="ignore")
    return found


def _from_point(column: pa.Array) -> _Geometries:
    x, y = (pc.struct_field(column, name).to_numpy(zero_copy_only=False) for name in "xy")
    found: _Geometries = shapely.points(x.astype(float), y.astype(float))
    found[pc.is_null(column).to_numpy(zero_copy_only=False) | np.isnan(x) & np.isnan(y)] = None
    return found


_WAYS: dict[str, Callable[[pa.Array], _Geometries]] = {"WKB": _from_wkb, "point": _from_point}


def _fits(kind: pa.DataType, encoding: str) -> bool:
    """Return whether a column is made as its encoding says."""
    if encoding == "point":
        fields = [kind.field(i).name for i in range(kind.num_fields)]
        return bool(pa.types.is_struct(kind)) and {"x", "y"} <= {*fields}
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_binary(value) or pa.types.is_large_binary(value))


def _are_no_points(shapes: _Geometries) -> bool:
    several = shapely.get_type_id(shapes) == _MULTIPOINT
    return bool((several | (shapely.get_dimensions(shapes) > 0)).any())
