"""Workbooks of the tests, and the import of a file of any format into a small store."""

import csv
import datetime as dt
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pyarrow.parquet as pq

from data.imports import importer
from data.imports.importer import Options, Report
from data.parse.date_order import Ask
from data.settings import Settings
from data.storage.store import Store

PLACE = Settings(
    name="Minneapolis", zone="America/Chicago", crs="EPSG:26915", center=(44.98, -93.27)
)
Row = Sequence[Any]
HEADER = ("case id", "date", "latitude", "longitude", "kind", "neighborhood", "officers")
ROWS: tuple[Row, ...] = (
    (101, dt.datetime(2024, 1, 5, 13, 0), 44.97, -93.26, "sighting", "Near North", 3),
    (102, dt.datetime(2024, 1, 6, 0, 0), 44.98, -93.27, "use_of_force", "Kenwood", None),
    (103, None, 44.96, -93.25, "use_of_force", "Kenwood", 1),
    (104, dt.datetime(2024, 7, 4, 23, 59, 59), 44.95, -93.28, "sighting", "Äß “hood”", 12),
    (105, dt.datetime(2024, 3, 1, 8, 30), 0.0, 0.0, "sighting", None, 2),
    (106, dt.datetime(2024, 12, 31, 7, 15), 44.9701234, -93.2600001, "sighting", "Near North", 2),
)
BAD_TIME, NULL_ISLAND = 2, 4  # of ROWS


def write_xlsx(file: Path, sheets: Mapping[str, Sequence[Row]], **looks: Any) -> Path:
    """A workbook; `looks` are merged cells ("A1:C1") and hidden sheets, by sheet."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in looks.get("merged", {}).get(name, ()):
            sheet.merge_cells(cells)
        if name in looks.get("hidden", ()):
            sheet.sheet_state = "hidden"
    book.save(file)
    return file


def write_ods(file: Path, sheets: Mapping[str, Sequence[Row]]) -> Path:
    """An OpenDocument spreadsheet, by hand."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" '
        f'xmlns:office="{names}office:1.0" xmlns:table="{names}table:1.0" '
        f'xmlns:text="{names}text:1.0"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{names}manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", kind)
        packed.writestr("META-INF/manifest.xml", manifest)
        packed.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return file


def _ods_row(row: Row) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    said = f"<text:p>{escape(str(value))}</text:p>"
    if isinstance(value, dt.datetime | dt.date):
        held = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        held = f'office:value-type="float" office:value="{value!r}"'
    else:
        held = 'office:value-type="string"'
    return f"<table:table-cell {held}>{said}</table:table-cell>"


def write_csv(file: Path, rows: Sequence[Row]) -> Path:
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows(
            ["" if cell is None else str(cell) for cell in row] for row in rows
        )
    return file


def take(folder: Path, file: Path, ask: Ask | None = None, **options: Any) -> Report:
    """Import a file into a store of its own."""
    store = Store(folder / f"store-of-{file.name}")
    options.setdefault("source", "calls")
    return importer.import_file(store, PLACE, file, Options(**options), ask=ask, say=lambda _: None)


def records(folder: Path, file: Path, report: Report) -> list[dict[str, Any]]:
    """The records of an import, without what is of the file itself."""
    batch = folder / f"store-of-{file.name}" / "batches" / f"{report.batch}.parquet"
    rows: list[dict[str, Any]] = pq.read_table(batch).to_pylist()
    return [{k: v for k, v in row.items() if k not in ("batch", "line")} for row in rows]


def rejected(report: Report) -> list[dict[str, str]]:
    """The rejected rows, as the import wrote them."""
    assert report.rejected_file
    with Path(report.rejected_file).open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))
