"""Tables as a workbook (XLSX) in which nothing is a formula or a link: data, notes, dictionary.

The same table gives the same bytes. Moments stand twice: as UTC in text, and on the place's clock
as a date of the workbook, which knows no zones.
"""

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from data.files.spreadsheet import type_words
from data.settings import Problem

SHEET_ROWS = 1_048_576  # of a sheet, its header among them
CELL_LETTERS = 32_767  # of a cell
_MOST_WHOLE = 2**53  # beyond it a workbook's numbers are not exact
_FIRST_YEAR = 1900  # a workbook's calendar begins there
_CREATED = datetime(1980, 1, 1)  # of every workbook: the same content gives the same bytes
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LOCAL = "_local"
# characters that XML cannot hold, and that no cell may have
_NO_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")


class _Column(NamedTuple):
    """A column of a sheet: name, type in words, meaning, values, and the format of its dates."""

    name: str
    kind: str
    meaning: str
    values: pa.ChunkedArray
    form: str = ""


def as_workbook(
    table: pa.Table, notes: Mapping[str, str], meanings: Mapping[str, str], zone: str = "UTC"
) -> bytes:
    """The workbook as bytes, with what it is in `notes` (heading: text) and what each column means.

    Problem where a sheet cannot hold it; then nothing is written.
    """
    _require_room(table)
    columns = [c for field in table.schema for c in _columns(table, field, meanings, zone)]
    about = [("Column", "Type", "Meaning"), *((c.name, c.kind, c.meaning) for c in columns)]
    out = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="porchlight-workbook-") as folder:
        book = xlsxwriter.Workbook(out, {**_OPTIONS, "tmpdir": folder})
        book.set_properties({"created": _CREATED, "comments": "; ".join(list(notes)[:1])})
        _write_data(book, columns, next(iter(notes), ""))
        _write_texts(book, "notes", [*notes.items()], (24, 110))
        _write_texts(book, "dictionary", about, (24, 16, 110))
        book.close()
    return out.getvalue()


def _require_room(table: pa.Table) -> None:
    if table.num_rows >= SHEET_ROWS:
        raise Problem(
            f"{table.num_rows:,} rows are more than a sheet of a workbook holds ({SHEET_ROWS - 1:,}). "
            "Choose fewer with the filters, or take CSV or GeoParquet."
        )
    for name in table.column_names:
        texts = _texts(table[name])
        longest = max((len(text) for text in texts if text), default=0) if texts else 0
        if longest > CELL_LETTERS:
            raise Problem(
                f"A text in {name} has {longest:,} characters; a cell of a workbook holds "
                f"{CELL_LETTERS:,}. Take CSV or GeoParquet."
            )


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    """The texts of a column of texts or of lists of them; nothing of other columns."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.cast(kind.value_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        held = column.to_pylist()
        return [None if one is None else "; ".join(map(str, one)) for one in held]
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return column.to_pylist() if is_text or pa.types.is_string_view(kind) else []


def _columns(
    table: pa.Table, field: pa.Field, meanings: Mapping[str, str], zone: str
) -> list[_Column]:
    """A column as the sheet has it; a moment is two."""
    name, values, meaning = field.name, table[field.name], meanings.get(field.name, "")
    if not pa.types.is_timestamp(field.type):
        form = "yyyy-mm-dd" if pa.types.is_date(field.type) else ""
        return [_Column(name, type_words(field.type), meaning, values, form)]
    moments = [_utc(moment) for moment in values.to_pylist()]
    texts = [m and m.strftime("%Y-%m-%dT%H:%M:%SZ") for m in moments]
    clock = [m and m.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for m in moments]
    local = f"The same moment in local time ({zone}), without a zone."
    utc, own = (
        pa.chunked_array([pa.array(texts, pa.string())]),
        pa.chunked_array([pa.array(clock, pa.timestamp("us"))]),
    )
    return [
        _Column(name, "moment in UTC, as text", meaning, utc),
        _Column(name + _LOCAL, "moment", local, own, "yyyy-mm-dd hh:mm:ss"),
    ]


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _write_data(book: xlsxwriter.Workbook, columns: list[_Column], mark: str) -> None:
    sheet = book.add_worksheet("data")
    sheet.set_header(f"&C{mark.replace('&', '&&')}"[:255])  # on paper: what it may be used for
    bold = book.add_format({"bold": True})
    forms = {c.form: book.add_format({"num_format": c.form}) for c in columns if c.form}
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, min(40, max(10, len(column.name) + 2)))
        sheet.write_string(0, at, _clean(column.name), bold)
    writers = [_writer_of(column.values.type) for column in columns]
    lists = [column.values.to_pylist() for column in columns]
    ways = [(at, w, forms.get(c.form)) for at, (w, c) in enumerate(zip(writers, columns))]
    for row, cells in enumerate(zip(*lists, strict=True), 1):
        for (at, write, form), value in zip(ways, cells, strict=True):
            if value is not None:
                write(sheet, row, at, value, form)


Writer = Callable[[Worksheet, int, int, Any, Any], None]


def _writer_of(kind: pa.DataType) -> Writer:
    """What writes the cells of a type; a text is a text, whatever it begins with."""
    return next((writer for is_kind, writer in _WRITERS if is_kind(kind)), _write_text)


def _write_number(sheet: Worksheet, row: int, at: int, value: Any, form: Any) -> None:
    if value != value or value in (float("inf"), float("-inf")):
        return  # no number, as an empty cell says
    if abs(value) > _MOST_WHOLE:
        sheet.write_string(row, at, str(value))
    else:
        sheet.write_number(row, at, value, form)


def _write_date(sheet: Worksheet, row: int, at: int, value: Any, form: Any) -> None:
    if value.year < _FIRST_YEAR:
        sheet.write_string(row, at, value.isoformat())
    else:
        sheet.write_datetime(row, at, value, form)


def _write_text(sheet: Worksheet, row: int, at: int, value: Any, _: Any) -> None:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    sheet.write_string(row, at, _clean(text))


def _write_flag(sheet: Worksheet, row: int, at: int, value: Any, form: Any) -> None:
    sheet.write_boolean(row, at, value, form)


_WRITERS: tuple[tuple[Callable[[pa.DataType], bool], Writer], ...] = (
    (pa.types.is_boolean, _write_flag),
    (pa.types.is_integer, _write_number),
    (pa.types.is_floating, _write_number),
    (pa.types.is_temporal, _write_date),
)


def _write_texts(
    book: xlsxwriter.Workbook, name: str, rows: Sequence[tuple[str, ...]], widths: tuple[int, ...]
) -> None:
    sheet = book.add_worksheet(name)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    for row, cells in enumerate(rows):
        for at, text in enumerate(cells):
            sheet.write_string(row, at, _clean(text)[:CELL_LETTERS], wrapped)


def _clean(text: str) -> str:
    return text if text.isprintable() else text.translate(_NO_XML)
