"""Placemarks of KML and KMZ as rows of a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from data.files.column_names import MOST_COLUMNS, unique
from data.files.csv_grammar import MOST_ROW_BYTES
from data.files.csv_rows import Broken
from data.files.form import Form
from data.files.row_reasons import RowReason
from data.files.text_file import Progress
from data.formats.geometry_columns import CRS84, DEGREES, geometry_columns
from data.formats.kml_file import Key, Placemark, is_zip, read_placemarks
from data.formats.typed_table import HEAD_ROWS, ROWS, Batch, TypedTable, hash_file
from data.settings import Problem

_CORNERS = 2_000_000  # of the shapes of a batch
_SHOWN = 60  # characters of a placemark that is too long
# a title is free text, as a description is: a placemark may be called after a person
_CALLED = {"name": "title text", "Snippet": "summary"}


def open_kml(file: Path, form: Form) -> TypedTable:
    """A KML or KMZ file as a table of its placemarks. Problem says what to mend.

    Titles and descriptions are free text. Where a placemark lies is `latitude`, `longitude` and,
    if not all are points, `place_precision`; folders are a column, too.
    """
    survey = _Survey()
    for placemark in read_placemarks(file, form.most_bytes):
        survey.add(placemark, file.name)
    if not survey.count:
        raise Problem(
            f"{file.name} holds no placemark. If it only links to another address, open that in a "
            "program for maps and save what it shows."
        )
    table = _Table(file, form.most_bytes, tuple(survey.keys), survey.precise, survey.shaped)
    head = next(table.batches(survey.head)).columns
    return TypedTable(
        file=file,
        sha256=hash_file(file),
        form="KMZ" if is_zip(file) else "KML",
        names=table.names,
        head=tuple(zip(*(column.to_pylist() for column in head))),
        read=table.read,
        shaped=table.names[len(table.keys) :],
    )


@dataclass
class _Survey:
    """What one pass over a file finds: its keys, whether it has shapes and such as are no points."""

    keys: dict[Key, None] = field(default_factory=dict)
    head: list[Placemark] = field(default_factory=list)
    count: int = 0
    shaped: bool = False
    precise: bool = False

    def add(self, placemark: Placemark, name: str) -> None:
        self.count += 1
        self.keys.update(dict.fromkeys(placemark.values))
        if len(self.keys) > MOST_COLUMNS:
            raise Problem(f"{name} has more than {MOST_COLUMNS:,} columns: that is no table.")
        self.shaped = self.shaped or bool(placemark.shape or placemark.unread)
        self.precise = self.precise or bool(
            placemark.shape and placemark.shape.geom_type != "Point"
        )
        if len(self.head) < HEAD_ROWS:
            self.head.append(placemark)


@dataclass(frozen=True)
class _Table:
    """The placemarks of a file as rows: `keys` are their columns, then those of the shapes."""

    file: Path
    most: int
    keys: tuple[Key, ...]
    precise: bool
    shaped: bool

    @property
    def names(self) -> tuple[str, ...]:
        labels = unique([k.name if k.added else _CALLED.get(k.name, k.name) for k in self.keys])
        return (*labels, *self._geometry([], labels).names) if self.shaped else labels

    def read(self, progress: Progress | None = None) -> Iterator[Batch]:
        yield from self.batches(read_placemarks(self.file, self.most, progress))

    def batches(self, placemarks: Iterable[Placemark]) -> Iterator[Batch]:
        """Placemarks cut into batches of at most ROWS, smaller where their shapes are large."""
        rows: list[Placemark] = []
        corners = 0
        for placemark in placemarks:
            rows.append(placemark)
            corners += int(shapely.get_num_coordinates(placemark.shape))
            if len(rows) >= ROWS or corners >= _CORNERS:
                yield self._batch(rows)
                rows, corners = [], 0
        yield self._batch(rows)

    def _batch(self, rows: Sequence[Placemark]) -> Batch:
        whole = [p for p in rows if max(map(len, p.values.values()), default=0) <= MOST_ROW_BYTES]
        fit = [p for p in whole if any(p.values.values()) or p.shape or p.unread]
        columns = [pa.array([p.values.get(k, "") for p in fit], pa.string()) for k in self.keys]
        if self.shaped:
            columns += self._places(fit)
        broken = [_too_long(p) for p in rows if p not in whole] if len(whole) < len(rows) else []
        lines = np.array([p.number for p in fit], np.int64)
        return Batch(columns, lines, broken, len(whole) - len(fit))

    def _places(self, rows: Sequence[Placemark]) -> list[pa.Array]:
        """The columns of the shapes; coordinates that cannot be read stand there as they are."""
        columns = self._geometry([p.shape for p in rows], ()).arrays
        unread = {i: f'coordinates "{p.unread}"' for i, p in enumerate(rows) if p.unread}
        if not unread:
            return list(columns)
        texts = [column.to_pylist() for column in columns]
        for i, text in unread.items():
            for place in range(len(DEGREES)):
                texts[place][i] = text
        return [pa.array(column, pa.string()) for column in texts]

    def _geometry(self, shapes: Sequence[Any], names: Sequence[str]) -> Any:
        return geometry_columns(
            shapes, CRS84, names, self.file.name, precision=self.precise, projected=False
        )


def _too_long(placemark: Placemark) -> Broken:
    text = next(iter(placemark.values.values()))[:_SHOWN]
    return Broken(placemark.number, RowReason.TOO_LONG, RowReason.TOO_LONG, text)
