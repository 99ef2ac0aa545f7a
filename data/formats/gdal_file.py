"""GeoPackages and Shapefiles, read by a child process: the one place where GDAL opens a file."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Timer
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from data.files.column_names import MOST_COLUMNS, unique
from data.files.form import Form, NeedsChoice
from data.files.text_file import Progress
from data.formats.geometry_columns import geometry_columns
from data.formats.typed_cells import column_texts
from data.formats.typed_table import HEAD_ROWS, Batch, TypedTable, hash_file
from data.settings import ROOT, Problem

SECONDS = 120  # for boundaries and for what is listed
_LONG = 3600  # for a whole table
_MEMORY = 4 << 30
_POINTS = ("Point", "Point Z", "2.5D Point", "Point M", "Point ZM")
_IDS = (b"GPKG", b"GP10", b"GP11")  # of a GeoPackage among SQLite files


class GdalFormat(NamedTuple):
    """A format that GDAL may read: what people call it, its first bytes, its driver."""

    called: str
    magic: bytes
    driver: str


GEOPACKAGE = GdalFormat("GeoPackage", b"SQLite format 3\0", "GPKG")
SHAPEFILE = GdalFormat("Shapefile", b"\x00\x00\x27\x0a", "ESRI Shapefile")


class Layer(NamedTuple):
    """A layer of a file: its name, and its kind of shapes (None: a table without shapes)."""

    name: str
    kind: str | None


@dataclass(frozen=True)
class LayerFeatures:
    """The features of one layer: `names` are the columns beside the shapes, `crs` is what the file
    says (None: nothing). `batches` come from the child, one after the other, once."""

    crs: str | None
    names: tuple[str, ...]
    geometry: str
    batches: Iterator[pa.RecordBatch]

    def shapes(self, batch: pa.RecordBatch) -> npt.NDArray[Any]:
        """The shapes of a batch; None where there is none or it cannot be read."""
        if self.geometry not in batch.schema.names:
            return np.full(len(batch), None)
        wkb = np.array([None, *batch.column(self.geometry).to_pylist()], dtype=object)[1:]
        return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"))


def list_layers(file: Path, kind: GdalFormat) -> list[Layer]:
    """The layers of a file. Problem where it is no such file, whatever its name says."""
    with file.open("rb") as opened:
        magic = opened.read(len(kind.magic))
    if magic != kind.magic:
        raise Problem(
            f"{file.name} is no {kind.called}: its content is something else, and is not opened."
        )
    with _start(file, kind, SECONDS) as child:
        text = child.stdout.read()
        child.check()
        return [Layer(*layer) for layer in json.loads(text)]


@contextmanager
def open_layer(
    file: Path, kind: GdalFormat, layer: str, most: int = 0, seconds: int = SECONDS
) -> Iterator[LayerFeatures]:
    """The features of a layer, at most `most` of them (0: all). Problem where they are damaged."""
    with _start(file, kind, seconds, layer, str(most)) as child:
        try:
            with pa.ipc.open_stream(child.stdout) as stream:
                about = stream.schema.metadata
                geometry = about[b"geometry"].decode()
                names = tuple(name for name in stream.schema.names if name != geometry)
                crs = about[b"crs"].decode() or None
                yield LayerFeatures(crs, names, geometry, _checked(stream, child))
        except pa.ArrowException:
            child.check()
            raise child.problem() from None


def _checked(stream: pa.RecordBatchReader, child: "_Child") -> Iterator[pa.RecordBatch]:
    """The batches of the child, which read what others wrote: none is taken on trust."""
    for batch in stream:
        batch.validate(full=True)
        yield batch
    child.check()


class _Child:
    """The process in which GDAL reads one file, and what is said where it fails."""

    def __init__(self, file: Path, kind: GdalFormat, seconds: int, layer: tuple[str, ...]) -> None:
        self.file, self.kind, self.seconds, self.late = file, kind, seconds, False
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "data.formats.gdal_child",
                str(file.resolve()),
                kind.driver,
                *layer,
            ],
            cwd=ROOT,
            env=environment(kind.driver),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: _limit(seconds),
        )
        assert self.process.stdout is not None
        self.stdout: IO[bytes] = self.process.stdout
        self.watch = Timer(seconds, self._stop)
        self.watch.start()

    def _stop(self) -> None:
        self.late = True
        self.process.kill()

    def check(self) -> None:
        """Wait for its end. Problem where that is not a good one."""
        if self.process.wait():
            raise self.problem()

    def problem(self) -> Problem:
        """What to say of a file that it could not read to the end."""
        if self.late:
            return Problem(
                f"Reading {self.file.name} took longer than {self.seconds} seconds and was stopped."
            )
        return Problem(
            f"{self.file.name} could not be read as a {self.kind.called}. Is it whole? A Shapefile "
            "needs its .shx, .dbf and .prj files beside it."
        )

    def close(self) -> None:
        self.watch.cancel()
        self.process.kill()
        self.stdout.close()
        self.process.wait()


@contextmanager
def _start(file: Path, kind: GdalFormat, seconds: int, *layer: str) -> Iterator[_Child]:
    child = _Child(file, kind, seconds, layer)
    try:
        yield child
    finally:
        child.close()


@cache
def _drivers() -> tuple[str, ...]:
    import pyogrio  # loads GDAL, which opens nothing here: only when such a file is read

    return tuple(sorted(pyogrio.list_drivers()))


def environment(driver: str) -> dict[str, str]:
    """The environment for GDAL: ours without its settings, every driver but one switched off."""
    steers = ("GDAL", "OGR", "CPL", "PROJ")
    ours = {k: v for k, v in os.environ.items() if not k.startswith(steers)}
    others = [name for name in _drivers() if name != driver]
    return ours | {"GDAL_SKIP": ",".join(others), "PROJ_NETWORK": "OFF"}


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def is_geopackage(head: bytes, suffix: str) -> bool:
    """Return whether a file with these first bytes is a GeoPackage among SQLite files."""
    return head.startswith(GEOPACKAGE.magic) and (suffix == ".gpkg" or head[68:72] in _IDS)


def open_geopackage(file: Path, form: Form) -> TypedTable:
    """One layer of a GeoPackage as a table: its columns, then those of its shapes.

    Where several layers have shapes, the form has to say which: NeedsChoice. Problem says what
    to mend.
    """
    layer, notes = _choose(file, form)
    with open_layer(file, GEOPACKAGE, layer.name, HEAD_ROWS) as features:
        first = next(features.batches, None)
        if first is None or not len(first):
            raise Problem(f"{file.name}: its layer {layer.name} holds no features.")
        if len(features.names) > MOST_COLUMNS:
            raise Problem(f"{file.name} has more than {MOST_COLUMNS:,} columns: that is no table.")
        table = _LayerTable(file, layer, features, first)
    head = [column.to_pylist() for column in table.columns(features, first)]
    return TypedTable(
        file=file,
        sha256=hash_file(file),
        form=f"GeoPackage, layer {layer.name}",
        names=table.names,
        head=tuple(zip(*head)),
        read=table.read,
        notes=notes,
        shaped=table.names[len(table.own) :],
    )


def _choose(file: Path, form: Form) -> tuple[Layer, tuple[str, ...]]:
    """The layer that is meant, and what to note of the others."""
    layers = list_layers(file, GEOPACKAGE)
    shaped = [layer for layer in layers if layer.kind] or layers
    names = [layer.name for layer in layers]
    if not layers:
        raise Problem(f"{file.name} holds no layer.")
    if form.sheet is None:
        if len(shaped) > 1:
            several = ", ".join(layer.name for layer in shaped)
            raise NeedsChoice(
                f"{file.name} has {len(shaped)} layers: {several}.",
                "sheet",
                [layer.name for layer in shaped],
            )
        return shaped[0], ()
    if form.sheet in names:
        return layers[names.index(form.sheet)], ()
    if form.sheet.isdecimal() and 0 < int(form.sheet) <= len(layers):
        return layers[int(form.sheet) - 1], ()
    raise NeedsChoice(
        f'{file.name} has no layer "{form.sheet}" but {", ".join(names)}.', "sheet", names
    )


class _LayerTable:
    """A layer as rows of texts: its columns, but for bytes, and those that its shapes become."""

    def __init__(
        self, file: Path, layer: Layer, features: LayerFeatures, first: pa.RecordBatch
    ) -> None:
        self.file, self.layer = file, layer
        binary = (pa.types.is_binary, pa.types.is_large_binary)
        self.own = [n for n in features.names if not any(t(first[n].type) for t in binary)]
        self.names = unique(self.own)
        self.projected: bool | None = None
        if layer.kind:
            places = self._places(features, first)
            self.projected = places.names[0].startswith("y")
            self.names += places.names

    def _places(self, features: LayerFeatures, batch: pa.RecordBatch) -> Any:
        return geometry_columns(
            features.shapes(batch),
            features.crs,
            unique(self.own),
            self.file.name,
            precision=self.layer.kind not in _POINTS,
            projected=self.projected,
        )

    def columns(self, features: LayerFeatures, batch: pa.RecordBatch) -> list[pa.Array]:
        """The columns of a batch as texts."""
        own = [column_texts(batch[name]) for name in self.own]
        return [*own, *self._places(features, batch).arrays] if self.layer.kind else own

    def read(self, progress: Progress | None = None) -> Iterator[Batch]:
        """All features as rows, by their number: 1 is the first."""
        size, done = self.file.stat().st_size, 0
        with open_layer(self.file, GEOPACKAGE, self.layer.name, seconds=_LONG) as features:
            for batch in features.batches:
                lines = np.arange(done + 1, done + 1 + len(batch))
                yield Batch(self.columns(features, batch), lines, [])
                done += len(batch)
        if progress:
            progress(size, size)
