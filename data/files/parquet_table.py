"""Parquet and GeoParquet as tables: every column as texts, shapes as latitude and longitude.

What else a file says of itself (pandas' index, Python's types) is not looked at.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.files.column_names import MOST_COLUMNS, clean_label, unique
from data.files.csv_grammar import MOST_ROW_BYTES
from data.files.csv_rows import Broken
from data.files.form import Form
from data.files.geometry_columns import geometry_columns
from data.files.parquet_shapes import Shapes, find_shapes
from data.files.row_reasons import RowReason
from data.files.text_file import MOST_RATIO, PIECE, Progress
from data.files.typed_cells import column_texts
from data.files.typed_table import HEAD_ROWS, Batch, TypedTable, hash_file
from data.settings import Problem

MAGIC, SECRET = b"PAR1", b"PARE"
ROWS = 20_000  # that are read at once
_MOST_PIECE = 64 << 20  # bytes of texts at once, as near as whole rows come to it
_SHOWN = 2000  # letters of a row that is too long
_NOTHING: npt.NDArray[np.int64] = np.empty(0, np.int64)


def is_parquet(head: bytes, _suffix: str) -> bool:
    """Return whether the first bytes are those of a Parquet file."""
    return head.startswith((MAGIC, SECRET))


def open_parquet(file: Path, form: Form = Form()) -> TypedTable:  # noqa: B008 (it is frozen)
    """A Parquet file as a table. Problem where it is damaged or unpacks to far too much."""
    opened = _open(file)
    _check_size(file, opened.metadata, form.most_bytes)
    shapes = find_shapes(opened)
    schema = opened.schema_arrow
    read = [i for i, field in enumerate(schema) if field.name not in shapes.dropped]
    own = unique([schema.names[i] for i in read])
    rows = _Rows(file, shapes, read, own)
    first = next(rows.batches(None), None)
    if first is None:
        raise Problem(f"{file.name} has columns and no rows: there is nothing to import.")
    notes = list(shapes.notes)
    if len({clean_label(schema.names[i]) for i in read}) < len(read):
        notes.append("columns with the same header were numbered")
    head = [column[:HEAD_ROWS].to_pylist() for column in first.columns]
    return TypedTable(
        file=file,
        sha256=hash_file(file),
        form="GeoParquet" if shapes.column else "Parquet",
        names=rows.names,
        head=tuple(zip(*head)),
        read=rows.batches,
        notes=tuple(notes),
    )


class _Rows:
    """The rows of a file, in the columns `read`, and in those that its shapes become."""

    def __init__(self, file: Path, shapes: Shapes, read: Sequence[int], own: Sequence[str]) -> None:
        self.file, self.shapes, self.read, self.own = file, shapes, read, tuple(own)
        self.projected: bool | None = None
        self.names = self.own

    def batches(self, progress: Progress | None) -> Iterator[Batch]:
        """All rows as texts, numbered from 1."""
        opened = _open(self.file)
        total, done = opened.metadata.num_rows, 0
        try:
            for batch in opened.iter_batches(ROWS):
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
            Broken(int(lines[i]), RowReason.TOO_LONG, RowReason.TOO_LONG, _start(piece, i))
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


def _start(piece: pa.RecordBatch, row: int) -> str:
    """The first letters of a row."""
    return ",".join(str(column[row].as_py())[:_SHOWN] for column in piece.columns)[:_SHOWN]


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
            arrow_extensions_enabled=False,  # types stay what they are made of
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
