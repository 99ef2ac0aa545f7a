"""A table whose cells have types (a workbook, JSON, Parquet, features) as the import reads it.

Every cell becomes text as a careful person would write it, so that what is guessed and tested of a
CSV file (columns, dates, kinds, people) is guessed and tested of it alike.
"""

import datetime as dt
import hashlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from data.files.csv_rows import Broken, Frame
from data.files.first_rows import FirstRows
from data.files.row_marks import Places
from data.files.text_file import Progress

ROWS = 50_000  # of a batch
HEAD_ROWS = 200  # that are looked at before a file is read
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"  # what text_file.CONTROLS takes out
_CONTROL = re.compile(CONTROL)


class Batch(NamedTuple):
    """Rows of a typed table: its columns as arrays of texts in the order of the names, where each
    row stands in the file, what cannot be a row, and how many rows are blank. `member` is the file
    of an archive that they are from, where it has several."""

    columns: Sequence[pa.Array]
    lines: Places
    broken: list[Broken]
    blank: int = 0
    member: str = ""


@dataclass(frozen=True)
class TypedTable(FirstRows):
    """One file whose cells have types, and how it is read: a TableFile.

    `read` reads all its rows anew, each time it is called. `shaped` are the columns that its shapes
    became: two of coordinates, and of how well they tell the place where not all are points.
    """

    file: Path
    sha256: str
    form: str
    names: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]
    read: Callable[[Progress | None], Iterator[Batch]] = field(compare=False)
    notes: tuple[str, ...] = ()
    no_header: bool = False
    shaped: tuple[str, ...] = ()

    def frames(
        self, include: Sequence[str] | None = None, progress: Progress | None = None
    ) -> Iterator[Frame]:
        """All rows in order; of the columns only those of `include`."""
        wanted = list(self.names if include is None else include)
        at = [self.names.index(name) for name in wanted]
        for batch in self.read(progress):
            table = pa.table({name: batch.columns[i] for name, i in zip(wanted, at)})
            yield Frame(table, batch.lines, batch.broken, batch.blank, member=batch.member)

    def cells(self, text: str) -> list[str]:
        """The text of a broken row: it cannot be cut."""
        return [text]


def text_of(value: Any) -> str:
    """A cell as text: dates in ISO 8601, whole numbers without a point, "" for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value == int(value) else repr(float(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="microseconds" if value.microsecond else "seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _length(value)
    return str(value)


def _length(value: dt.timedelta) -> str:
    """A length of time as hours, minutes and seconds: 26:30:00."""
    minutes, seconds = divmod(abs(value), dt.timedelta(minutes=1))
    rest = f"{seconds.total_seconds():09.6f}".removesuffix(".000000")
    return f"{'-' if value < dt.timedelta() else ''}{minutes // 60}:{minutes % 60:02}:{rest}"


def batches(
    rows: Iterable[tuple[int, Sequence[str] | Broken]], width: int, member: str = ""
) -> Iterator[Batch]:
    """Rows of texts, each with its line, cut into batches; rows without a text are blank."""
    cells: list[Sequence[str]] = []
    lines: list[int] = []
    broken: list[Broken] = []
    blank = 0
    for line, row in rows:
        if isinstance(row, Broken):
            broken.append(row)
        elif any(row):
            cells.append(row)
            lines.append(line)
        else:
            blank += 1
        if len(cells) + len(broken) >= ROWS:
            yield _batch(cells, lines, broken, blank, width, member)
            cells, lines, broken, blank = [], [], [], 0
    yield _batch(cells, lines, broken, blank, width, member)


def _batch(
    cells: list[Sequence[str]],
    lines: list[int],
    broken: list[Broken],
    blank: int,
    width: int,
    member: str,
) -> Batch:
    columns = zip(*cells) if cells else [()] * width
    arrays = [pa.array(column, pa.string()) for column in columns]
    return Batch(arrays, np.array(lines, np.int64), broken, blank, member)


def hash_file(file: Path, progress: Progress | None = None) -> str:
    """The SHA-256 of a file's bytes."""
    size, done, digest = file.stat().st_size, 0, hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(1 << 24):
            digest.update(piece)
            done += len(piece)
            if progress:
                progress(done, size)
    return digest.hexdigest()
