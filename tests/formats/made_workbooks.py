"""Workbooks of the tests, and the import of a file of any format into a small store."""

import csv
import datetime as dt
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from struct import pack
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


def write_xls(file: Path, rows: Sequence[Row]) -> Path:
    """A workbook of Excel 97-2003 with one sheet, by hand: its records in a compound file."""
    cells = b"".join(_xls_cell(i, j, v) for i, row in enumerate(rows) for j, v in enumerate(row))
    size = pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    sheet = _xls(0x809, pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + _xls(0x200, size) + cells
    sheet += _xls(0x0A, b"")
    book = _xls(0x809, pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    for shown in (0, 22):  # as numbers, and as date and time
        book += _xls(0xE0, pack("<HHH", 0, shown, 0) + bytes(14))
    start = len(book) + 4 + 8 + 5 + 4  # of the sheet: behind its own name and the end
    book += _xls(0x85, pack("<IHBB", start, 0, 5, 0) + b"Calls") + _xls(0x0A, b"")
    stream = (book + sheet).ljust(4096, b"\0")
    stream += bytes(-len(stream) % 512)
    sectors = len(stream) // 512
    chain = [*range(1, sectors), -2, -2, -3]  # the stream, the directory, this table
    table = pack(f"<{len(chain)}i", *chain).ljust(512, b"\xff")
    entries = _entry("Root Entry", 5, 1, -2, 0) + _entry("Workbook", 2, -1, 0, len(stream))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += pack("<HHHHH6xIIIIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, sectors, 0, 4096, -2, 0, -2, 0)
    head += pack("<i", sectors + 1)
    file.write_bytes(head.ljust(512, b"\xff") + stream + entries.ljust(512, b"\0") + table)
    return file


def _xls(kind: int, body: bytes) -> bytes:
    return pack("<HH", kind, len(body)) + body


def _xls_cell(row: int, column: int, value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return _xls(0x204, pack("<HHHHB", row, column, 0, len(value), 1) + text)
    looks = int(isinstance(value, dt.datetime))
    return _xls(0x203, pack("<HHHd", row, column, looks, _number(value)))


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    """An entry of the directory of a compound file."""
    text = name.encode("utf-16-le") + b"\0\0"
    place = pack("<BBiii36xiII", kind, 1, -1, -1, child, start, size, 0)
    return text.ljust(64, b"\0") + pack("<H", len(text)) + place


def write_xlsb(file: Path, rows: Sequence[Row]) -> Path:
    """A binary workbook with one sheet, by hand."""
    body = _xlsb(129) + _xlsb(148, pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + _xlsb(145)
    for i, row in enumerate(rows):
        body += _xlsb(0, pack("<3I", i, 0, 0) + bytes(13))
        body += b"".join(_xlsb_cell(j, value) for j, value in enumerate(row))
    sheet = _xlsb(156, pack("<II", 0, 1) + _wide("rId1") + _wide("Calls"))
    looks = b"".join(_xlsb(47, pack("<HH", 0, shown) + bytes(12)) for shown in (0, 22))
    start = "http://schemas.openxmlformats.org/"
    relation = (
        f'<Relationships xmlns="{start}package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{start}officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.bin"/></Relationships>'
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        types = f'<Types xmlns="{start}package/2006/content-types"/>'
        packed.writestr("[Content_Types].xml", types)
        packed.writestr("xl/_rels/workbook.bin.rels", relation)
        packed.writestr(
            "xl/workbook.bin", _xlsb(131) + _xlsb(143) + sheet + _xlsb(144) + _xlsb(132)
        )
        packed.writestr(
            "xl/styles.bin", _xlsb(278) + _xlsb(617, pack("<I", 2)) + looks + _xlsb(618)
        )
        packed.writestr("xl/worksheets/sheet1.bin", body + _xlsb(146) + _xlsb(130))
    return file


def _xlsb(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size, length = len(body), b""
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return head + length + bytes([size]) + body


def _xlsb_cell(column: int, value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return _xlsb(6, pack("<II", column, 0) + _wide(value))
    return _xlsb(5, pack("<IId", column, int(isinstance(value, dt.datetime)), _number(value)))


def _number(value: Any) -> float:
    """A number, or a time as the days since the end of 1899."""
    is_time = isinstance(value, dt.datetime)
    return float((value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1) if is_time else value)


def _wide(text: str) -> bytes:
    return pack("<I", len(text)) + text.encode("utf-16-le")
