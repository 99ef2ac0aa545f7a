"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): one sheet as a table, read in a process of its own."""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.files.column_names import MOST_COLUMNS, clean_label, stated_names, unique
from data.files.csv_grammar import MOST_ROW_BYTES
from data.files.csv_rows import Broken
from data.files.form import Form, NeedsChoice
from data.files.row_reasons import RowReason
from data.files.text_file import MOST_RATIO, PIECE, Progress
from data.formats import workbook_child
from data.formats.header_rows import LOOKED_AT, Header, find_header
from data.formats.typed_table import HEAD_ROWS, ROWS, Batch, TypedTable, hash_file
from data.settings import ROOT, Problem
from geo.arrays import Flags

SUFFIXES = {
    ".xlsx": "Excel workbook",
    ".xlsm": "Excel workbook",
    ".xlsb": "Excel workbook",
    ".xls": "Excel workbook (97-2003)",
    ".ods": "OpenDocument spreadsheet",
}
OLD = b"\xd0\xcf\x11\xe0"  # an old Office file, or one with a password
ZIP = b"PK\x03\x04"
_FIRST_MEMBERS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_PASSWORD = "EncryptedPackage".encode("utf-16-le")  # in XLSX with a password, which is an old file
_MOST_UNPACKED = 4 << 30
_SHOWN = 2000  # letters of a row that is too long


def is_workbook(head: bytes, suffix: str) -> bool:
    """Return whether a file is a workbook by its first bytes or, of a zip, by its name."""
    if head.startswith(OLD):
        return suffix not in (".doc", ".msg", ".ppt")
    if not head.startswith(ZIP):
        return False
    named = head[30:].startswith(_FIRST_MEMBERS) and suffix not in (".docx", ".pptx")
    return suffix in SUFFIXES or named or head[30:].startswith(_OPEN_DOCUMENT)


def open_workbook(file: Path, form: Form = Form()) -> TypedTable:  # noqa: B008 (it is frozen)
    """One sheet of a workbook as a table; NeedsChoice where several hold tables."""
    _check_size(file, form.most_bytes)
    sheet = _read(file, form)
    head = [sheet.row(i) for i in range(min(len(sheet), LOOKED_AT))]
    stated = form.no_header or bool(form.columns)
    header = find_header(head, sheet.merged, stated)
    if header is None or (header.last + 1 >= len(sheet) and not (stated or header.is_values)):
        raise Problem(
            f'{file.name}: its sheet "{sheet.name}" holds no rows below a header: there is nothing '
            "to import. Another sheet: --sheet NAME."
        )
    used = sheet.used(header)
    if len(used) > MOST_COLUMNS:
        raise Problem(
            f'{file.name}: its sheet "{sheet.name}" has {len(used):,} columns, more than '
            f"{MOST_COLUMNS:,}: is it a table with a row for each incident?"
        )
    labels = [header.labels[i] for i in used]
    no_header = stated or header.is_values
    names = stated_names(file.name, form, labels) if no_header else unique(labels)
    rows = _Rows(sheet, used, header.first if no_header else header.last + 1)
    return TypedTable(
        file=file,
        sha256=hash_file(file),
        form=f'{SUFFIXES.get(file.suffix.lower(), "workbook")}, sheet "{sheet.name}"',
        names=names,
        head=rows.head(),
        read=rows.batches,
        notes=_notes(header, () if no_header else labels, sheet),
        no_header=no_header,
    )


@dataclass(frozen=True)
class _Sheet:
    """The cells of a sheet as texts, a row of the table for each of its rows."""

    name: str
    cells: pa.Table
    merged: Sequence[Sequence[int]]
    hidden: int  # sheets of its workbook

    def __len__(self) -> int:
        return int(self.cells.num_rows)

    def row(self, at: int) -> list[str]:
        return [column[at].as_py() for column in self.cells.columns]

    def used(self, header: Header) -> list[int]:
        """The columns that have a name or a cell below it."""
        below = self.cells.slice(header.last + 1)
        return [
            i
            for i, label in enumerate(header.labels)
            if label.strip() or pc.any(pc.not_equal(below[i], "")).as_py()
        ]


@dataclass(frozen=True)
class _Rows:
    """The rows below the header of a sheet, in the columns that are used."""

    sheet: _Sheet
    used: Sequence[int]
    start: int

    def head(self) -> tuple[tuple[str, ...], ...]:
        """The first rows that are not blank."""
        first = self.sheet.cells.select(self.used).slice(self.start, HEAD_ROWS)
        rows = zip(*(column.to_pylist() for column in first.columns))
        return tuple(row for row in rows if any(row))

    def batches(self, progress: Progress | None) -> Iterator[Batch]:
        """All rows, each with its number in the sheet."""
        total = len(self.sheet)
        for at in range(self.start, total, ROWS):
            piece = self.sheet.cells.select(self.used).slice(at, ROWS).combine_chunks()
            yield _batch([column.chunk(0) for column in piece.columns], at + 1)
            if progress:
                progress(min(at + ROWS, total), total)


def _batch(columns: list[pa.StringArray], line: int) -> Batch:
    """Rows as they stand in the sheet from `line` on, without blank ones and too long ones."""
    sizes = sum(pc.binary_length(column).to_numpy().astype(np.int64) for column in columns)
    good: Flags = (sizes > 0) & (sizes <= MOST_ROW_BYTES)
    lines = np.arange(line, line + len(good))
    broken = []
    for i in np.flatnonzero(sizes > MOST_ROW_BYTES).tolist():
        text = ",".join(column[i].as_py()[:_SHOWN] for column in columns)[:_SHOWN]
        broken.append(Broken(int(lines[i]), RowReason.TOO_LONG, RowReason.TOO_LONG, text))
    if not good.all():
        columns = [column.filter(pa.array(good)) for column in columns]
    return Batch(columns, lines[good], broken, int((sizes == 0).sum()))


def _notes(header: Header, labels: Sequence[str], sheet: _Sheet) -> tuple[str, ...]:
    notes = []
    if header.first == 1:
        notes.append("1 row above the header was skipped")
    elif header.first:
        notes.append(f"{header.first} rows above the header were skipped")
    if header.last > header.first:
        notes.append("two rows of headers were joined")
    if len(set(map(clean_label, labels))) < len(labels):
        notes.append("columns with the same header were numbered")
    if sheet.hidden:
        notes.append(f"hidden sheets ({sheet.hidden}) were not looked at")
    return tuple(notes)


def _check_size(file: Path, most: int) -> None:
    """Problem where a workbook is too large, or unpacks to far more than a table does."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        packed = stream.read(4) == ZIP
    if size > most:
        raise Problem(f"{file.name} is larger than {most:,} bytes. Import it in parts.")
    if not packed:
        return
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _damaged(file) from None
    limit = min(most, _MOST_UNPACKED, max(size * MOST_RATIO, PIECE))
    if unpacked > limit:
        raise Problem(
            f"{file.name} unpacks to {unpacked:,} bytes, from {size:,}, which no table does: it was "
            "not imported. Save the sheet as CSV if you trust it."
        )


def _damaged(file: Path) -> Problem:
    return Problem(
        f"{file.name} cannot be read as a workbook: it is damaged, cut off, or something else. "
        "Fetch it again, or open it in a spreadsheet program and save the sheet as XLSX or CSV."
    )


def _read(file: Path, form: Form) -> _Sheet:
    """The stated sheet, or the one that alone holds a table."""
    with tempfile.TemporaryDirectory(prefix="porchlight-") as folder:
        target = Path(folder) / "cells.arrow"
        found = _run_child(file, form.sheet or "", target)
        if found["chosen"] is None:
            raise _no_sheet(file, form.sheet, found["sheets"])
        with pa.OSFile(str(target)) as source:
            cells = pa.ipc.open_file(source).read_all()
    return _Sheet(found["chosen"], cells, found["merged"], found["hidden"])


def _no_sheet(file: Path, stated: str | None, sheets: list[dict[str, Any]]) -> Problem:
    """The problem of a sheet that is not there, or of several that could be meant."""
    full = [sheet for sheet in sheets if sheet["rows"]]
    listed = ", ".join(f'"{s["name"]}" ({s["rows"]:,} rows)' for s in full)
    if not full:
        return Problem(f"{file.name} is empty: none of its sheets has a row.")
    names = [sheet["name"] for sheet in full]
    if stated is not None:
        return Problem(f'{file.name} has no sheet "{stated}". It has: {listed}.')
    return NeedsChoice(f"{file.name} has several sheets: {listed}.", "sheet", names)


def _run_child(file: Path, sheet: str, target: Path) -> dict[str, Any]:
    """The sheets of a workbook, and the cells of one in the file `target`."""
    child = [sys.executable, "-m", workbook_child.__name__]
    try:
        done = subprocess.run(
            [*child, str(file.resolve()), sheet, str(target)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=workbook_child.SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Problem(
            f"Reading {file.name} took longer than {workbook_child.SECONDS} seconds and was "
            "stopped. Save the sheet as CSV."
        ) from None
    if not done.returncode:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    if done.returncode == workbook_child.PASSWORD or _has_password(file):
        raise Problem(
            f"{file.name} is protected by a password: open it in a spreadsheet program and save "
            "it without one."
        )
    if done.returncode > 0 and done.returncode != workbook_child.TOO_LARGE:
        raise _damaged(file)
    raise Problem(  # it was ended by the system, or ended itself
        f"{file.name} could not be read: a cell stands so far out, or it holds so much, that its "
        "sheet does not fit in memory. Save the sheet as CSV."
    )


def _has_password(file: Path) -> bool:
    with file.open("rb") as stream:
        start = stream.read(PIECE)
    return start.startswith(OLD) and _PASSWORD in start
