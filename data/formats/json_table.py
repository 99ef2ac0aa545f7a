"""JSON, JSON Lines and GeoJSON as a table: keys are columns, nested ones as `a/b`."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.files import text_file
from data.files.column_names import MOST_COLUMNS, unique
from data.files.csv_rows import Broken
from data.files.form import Form
from data.files.row_reasons import RowReason
from data.files.text_file import BOMS, Progress
from data.formats.geometry_columns import METERS, geometry_columns
from data.formats.json_layout import Layout, find_layout, has_more
from data.formats.json_shapes import Shape, shapes_of
from data.formats.typed_table import HEAD_ROWS, ROWS, Batch, TypedTable
from data.json_text.cut import Cut
from data.json_text.flat import has_only, read_flat
from data.json_text.values import (
    BETWEEN,
    LATITUDE,
    LONGITUDE,
    Fault,
    Header,
    NoRecord,
    Record,
    read_record,
)
from data.settings import Problem

_SHOWN = 2000  # bytes of a broken record that are kept with the rejected rows
_CELL = re.compile(r'"((?:[^"\\]|\\.)*)"|[^\s{}\[\]:,"]+')
_BEGINS = re.compile(r"\s*(\x1e?\s*\{\s*[\"}]|\[\s*[\[{\]])")
_SUFFIXES = (".json", ".geojson", ".jsonl", ".ndjson", ".geojsonl", ".geojsonseq")
# KoboToolbox's list of the latitude and longitude of a form's first point; what a point is there
PAIR = "_geolocation"
_POINT = re.compile(r"[+-]?\d+\.\d+ [+-]?\d+\.\d+( [+-]?\d+(\.\d+)?){0,2}")
_OPENED = re.compile(r"(?i)start[_\s-]*(geopoint|location|gps)|geopoint[_\s-]*start")
_SHAPES = 1000  # that are looked at to tell degrees from meters
_GZIP = b"\x1f\x8b"
_REASONS = {
    Fault.NO_JSON: RowReason.NO_JSON,
    Fault.NO_OBJECT: RowReason.NO_OBJECT,
    Fault.TOO_DEEP: RowReason.TOO_DEEP,
    Fault.TOO_LONG: RowReason.TOO_LONG,
    Fault.CELLS: RowReason.CELLS,
}


class JsonTable(TypedTable):
    """A table of JSON: a TableFile."""

    def cells(self, text: str) -> list[str]:
        """The texts and numbers of a broken record."""
        return [found[1] or found[0] for found in _CELL.finditer(text)]


def is_json(head: bytes, suffix: str) -> bool:
    """Return whether a file is JSON by its first bytes, packed or not, or by its name."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, len(head))
        except zlib.error:
            return False
    encoding = next((name for mark, name in BOMS if head.startswith(mark)), "utf-8")
    text = head.decode(encoding, errors="replace").lstrip("\ufeff")
    return suffix in _SUFFIXES or _BEGINS.match(text.replace("\x00", "")) is not None


def open_json(file: Path, form: Form) -> JsonTable:
    """The records of a file as a table. Problem says what to mend or to state."""
    survey = text_file.survey(file, form.encoding, form.most_bytes)
    layout = find_layout(file, form, survey)
    found = _Found(layout.header)
    for cut in _parts(layout.cuts()):
        found.add(cut)
    reader = _reader(layout, found)
    notes = layout.notes
    if found.repeated:
        notes += ("a key that stands twice in a record: its last value counts",)
    if has_more(layout.around):
        notes += ("the server says that it has more records than this file holds",)
    return JsonTable(
        file=file,
        sha256=survey.sha256,
        form=f"{survey.encoding}, {layout.words}",
        names=reader.names,
        head=tuple(zip(*(array.to_pylist() for array in reader.arrays(found.head)))),
        read=reader.read,
        notes=notes,
        no_header=layout.no_header,
        shaped=reader.names[len(reader.paths) :],
    )


def _reader(layout: Layout, found: "_Found") -> "_Reader":
    name, paths = layout.file.name, found.paths()
    own = unique(paths)
    shaped = geometry_columns(shapes_of(found.shapes), layout.crs, own, name).names
    if not found.shapes:
        shaped = ()
    if not own and not shaped:
        raise Problem(f"{name} holds no records: nothing in it is an object of keys and values.")
    if len(own) > MOST_COLUMNS:
        raise Problem(
            f"{name} has records of {len(own):,} different keys; a table has {MOST_COLUMNS:,} "
            "columns at most. State where its records are with --records, or split it."
        )
    projected = bool(shaped) and shaped[0].startswith(METERS[0])
    if found.precision and len(shaped) == len(METERS):
        shaped = geometry_columns(
            [], layout.crs, own, name, precision=True, projected=projected
        ).names
    return _Reader(layout, paths, (*own, *shaped), len(shaped), projected)


@dataclass
class _Found:
    """What one pass over all records finds: their keys in order, and whether a key ever has a
    value; the first records and shapes."""

    header: Header | None
    keys: dict[str, bool] = field(default_factory=dict)
    head: list[Record] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)  # paths of shapes and pairs of coordinates
    listed: bool = False  # whether PAIR is a list
    points: set[str] = field(default_factory=set)  # questions of a survey form that hold a point
    precision: bool = False  # whether a shape is no point
    repeated: bool = False

    def add(self, cut: Cut) -> None:
        """Look at some records."""
        if len(self.head) >= HEAD_ROWS and not self.header:
            if all(self.keys.values()) and has_only(cut, list(self.keys)):
                return
            if (table := read_flat(cut, list(self.keys))) is not None:
                for key, has_text in self.keys.items():
                    self.keys[key] = has_text or table[key].null_count < table.num_rows
                return
        for text in cut.records():
            try:
                self._add(read_record(text, self.header))
            except NoRecord:
                continue  # it is rejected when rows are read

    def _add(self, record: Record) -> None:
        if PAIR in record.cells:
            self.points |= {k for k, text in record.cells.items() if _is_point(k, text)}
            self.listed |= BETWEEN in (record.cells[PAIR] or "")
        for key, cell in record.cells.items():
            if cell is not None or key not in self.keys:
                self.keys[key] = cell is not None
        self.repeated |= record.repeated
        if len(self.head) < HEAD_ROWS:
            self.head.append(record)
        if record.placed_at:
            self.placed.add(record.placed_at)
        if record.shape is not None:
            self.precision |= record.shape["type"] != "Point"
            if len(self.shapes) < _SHAPES:
                self.shapes.append(record.shape)

    def paths(self) -> tuple[str, ...]:
        """The keys that are columns: not those that are null where they are no object or place."""
        parents = {key[:at] for key in self.keys for at in _slashes(key)} | self.placed
        paths = [key for key, full in self.keys.items() if full or key not in parents]
        if self.has_pair():
            paths = [key for key in paths if key != PAIR] + [LATITUDE, LONGITUDE]
        return tuple(paths)

    def has_pair(self) -> bool:
        """Return whether the pair of a survey form is where it happened: no other point is there,
        and none of where the form was opened."""
        own = self.keys.keys() & {LATITUDE, LONGITUDE}
        opened = any(_OPENED.search(key) for key in self.points)
        return self.listed and not own and not opened and len(self.points) < 2


def _is_point(key: str, text: str | None) -> bool:
    return bool(text and (_POINT.fullmatch(text) or _OPENED.search(key)))


def _slashes(key: str) -> list[int]:
    return [at for at, letter in enumerate(key) if letter == "/"]


@dataclass(frozen=True)
class _Reader:
    """The reader of all records of a file into columns: those of `paths`, then of shapes."""

    layout: Layout
    paths: tuple[str, ...]
    names: tuple[str, ...]
    shaped: int  # columns of shapes
    projected: bool

    def read(self, progress: Progress | None) -> Iterator[Batch]:
        """All records, and what cannot be one."""
        for cut in _parts(self.layout.cuts(progress)):
            table = None if self.layout.header else read_flat(cut, self.paths)
            if table is None:
                yield self._one_by_one(cut)
                continue
            columns = [pc.fill_null(table[path], "") for path in self.paths]
            shapes = self._shapes([None] * table.num_rows)
            yield Batch([*columns, *shapes], cut.numbers, self._too_long(cut), cut.blank)

    def _one_by_one(self, cut: Cut) -> Batch:
        records, lines, broken = [], [], self._too_long(cut)
        for line, text in zip(cut.numbers.tolist(), cut.records()):
            try:
                records.append(read_record(text, self.layout.header))
                lines.append(line)
            except NoRecord as found:
                broken.append(self._broken(line, found, text))
        return Batch(self.arrays(records), np.array(lines, np.int64), broken, cut.blank)

    def arrays(self, records: list[Record]) -> list[pa.Array]:
        """The columns of some records."""
        columns = [[""] * len(records) for _ in self.paths]
        places = dict(zip(self.paths, columns))
        for row, record in enumerate(records):
            for path, cell in record.cells.items():
                if path == PAIR and path not in places:
                    pair = (cell or "").split(BETWEEN)
                    for name, text in zip((LATITUDE, LONGITUDE), pair if len(pair) == 2 else ()):
                        places[name][row] = text
                elif cell:
                    places[path][row] = cell
        shapes = self._shapes([record.shape for record in records])
        return [*(pa.array(column, pa.string()) for column in columns), *shapes]

    def _shapes(self, shapes: list[Shape | None]) -> tuple[pa.Array, ...]:
        if not self.shaped:
            return ()
        layout, own = self.layout, self.names[: len(self.paths)]
        return geometry_columns(
            shapes_of(shapes),
            layout.crs,
            own,
            layout.file.name,
            precision=self.shaped > len(METERS),
            projected=self.projected,
        ).arrays

    def _broken(self, line: int, found: NoRecord, text: bytes) -> Broken:
        kind = _REASONS[found.fault]
        width = len(self.layout.header.names) if self.layout.header else 0
        cells = f"{found.cells:,} cells where the header has {width:,}"
        reason = cells if kind is RowReason.CELLS else kind.value
        return Broken(line, kind, reason, text[:_SHOWN].decode(errors="replace"))

    def _too_long(self, cut: Cut) -> list[Broken]:
        fault = NoRecord(Fault.TOO_LONG)
        return [self._broken(line, fault, text) for line, text in cut.too_long]


def _parts(cuts: Iterator[Cut]) -> Iterator[Cut]:
    """Some records at a time: first those that are looked at before a file is read."""
    most = HEAD_ROWS
    for cut in cuts:
        begin = 0
        while begin < len(cut.numbers) or begin == 0:
            yield cut.part(begin, begin + most)
            begin, most = begin + most, ROWS
