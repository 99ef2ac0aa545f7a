"""Workbooks through the import: which sheet, which header, which texts, and what is refused."""

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.files.form import Form, NeedsChoice
from data.formats.header_rows import find_header
from data.formats.open_table import open_table
from data.jobs import dropped_file
from data.jobs.job_messages import Job, RecordsRead, TableOpened
from data.settings import Problem
from data.storage.store import Store
from tests.formats.made_workbooks import (
    BAD_TIME,
    HEADER,
    NULL_ISLAND,
    ROWS,
    Row,
    records,
    rejected,
    take,
    write_csv,
    write_ods,
    write_xls,
    write_xlsb,
    write_xlsx,
)

TABLE: tuple[Row, ...] = (HEADER, *ROWS)


def same(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records without what the hour and the key of a store make different."""
    return [{k: v for k, v in r.items() if k not in ("row_hash", "received_at")} for r in rows]


def test_records_are_the_same_from_csv_and_workbooks(tmp_path: Path) -> None:
    files = (
        write_csv(tmp_path / "calls.csv", TABLE),
        write_xlsx(tmp_path / "calls.xlsx", {"Calls": TABLE}),
        write_ods(tmp_path / "calls.ods", {"Calls": TABLE}),
        write_xls(tmp_path / "calls.xls", TABLE),
        write_xlsb(tmp_path / "calls.xlsb", TABLE),
    )
    reports = [take(tmp_path, file) for file in files]
    found = [same(records(tmp_path, f, r)) for f, r in zip(files, reports)]
    assert len(found[0]) == 4
    assert all(rows == found[0] for rows in found)
    for file, report in zip(files, reports):
        assert (report.rows, report.kept) == (len(ROWS), 4)
        assert report.kept + sum(report.rejected.values()) == report.rows
        lines = {row["line"]: row["reason"] for row in rejected(report)}
        assert lines == {
            f"{BAD_TIME + 2}": "no time",
            f"{NULL_ISLAND + 2}": "the coordinate is 0/0",
        }
        assert report.source == "calls", file


def test_the_name_of_the_source_is_that_of_the_file(tmp_path: Path) -> None:
    report = take(tmp_path, write_xlsx(tmp_path / "Stops 2024.xlsx", {"A": TABLE}), source=None)
    assert report.source == "stops-2024"


def test_rows_above_the_header_are_skipped_and_rows_keep_their_number(tmp_path: Path) -> None:
    rows = [("Calls of 2024",), ("as of 2024-12-31",), HEADER, ROWS[0], (), *ROWS[1:]]
    file = write_xlsx(tmp_path / "calls.xlsx", {"A": rows}, merged={"A": ("A1:G1", "A2:G2")})
    report = take(tmp_path, file)
    assert (report.rows, report.kept) == (len(ROWS), 4)
    assert "2 rows above the header were skipped" in report.notes
    assert report.notes["blank lines, which are no rows"] == 1
    # two titles, the header and a blank row stand before
    assert [row["line"] for row in rejected(report)] == [f"{BAD_TIME + 5}", f"{NULL_ISLAND + 5}"]


def test_a_table_may_begin_anywhere(tmp_path: Path) -> None:
    rows = [(), (), *[(None, None, *row) for row in TABLE]]
    table = open_table(write_xlsx(tmp_path / "a.xlsx", {"A": rows}))
    assert table.names == HEADER
    assert [int(line) for frame in table.frames() for line in frame.lines] == [*range(4, 10)]


def test_two_rows_of_headers_become_one(tmp_path: Path) -> None:
    over = ("Case", None, "Where", None, None, "What", None)
    names = ("number", "date", "latitude", "longitude", "neighborhood", "kind", "officers")
    rows = [[r[0], r[1], r[2], r[3], r[5], r[4], r[6]] for r in ROWS]
    merged = {"A": ("A1:B1", "C1:E1", "F1:G1")}
    for name, looks in (("merged", {"merged": merged}), ("plain", {})):
        file = write_xlsx(tmp_path / f"{name}.xlsx", {"A": [over, names, *rows]}, **looks)
        table = open_table(file)
        assert table.names[:3] == ("Case / number", "Case / date", "Where / latitude")
        assert table.names[-1] == "What / officers"
        report = take(tmp_path, file)
        assert report.kept == 4
        assert "two rows of headers were joined" in report.notes
        assert {row["area_label"] for row in records(tmp_path, file, report)} == {
            "Near North",
            "Kenwood",
            "Äß “hood”",
        }


def test_a_name_may_stand_over_both_rows_of_a_header(tmp_path: Path) -> None:
    over = ("case id", "date", "Where", None, None, "kind")
    names = (None, None, "latitude", "longitude", "neighborhood", None)
    rows = [[r[0], r[1], r[2], r[3], r[5], r[4]] for r in ROWS]
    merged = {"A": ("A1:A2", "B1:B2", "C1:E1", "F1:F2")}
    wanted = ("case id", "date", "Where / latitude", "Where / longitude", "Where / neighborhood")
    for name, looks in (("merged", {"merged": merged}), ("plain", {})):
        file = write_xlsx(tmp_path / f"{name}.xlsx", {"A": [over, names, *rows]}, **looks)
        assert open_table(file).names == (*wanted, "kind")
        assert take(tmp_path, file).kept == 4


@pytest.mark.parametrize(
    "rows",
    [
        [["id", "when", ""], ["a", "2024-01-05", "x"], ["b", "2024-01-06", "y"]],
        [["id", "", "note", ""], ["1", "", "x", "z"], ["2", "", "y", "z"]],
        [["id", "kind", "note"], ["a", "b", "c"], ["d", "e", "f"]],
        [["id", "kind", "hood"], ["", "sighting", "x"], ["", "sighting", "x"]],
    ],
)
def test_a_row_of_values_is_no_second_header(rows: list[list[str]]) -> None:
    header = find_header(rows)
    assert header is not None
    assert (header.first, header.last, header.labels) == (0, 0, tuple(rows[0]))


def test_headers_with_line_ends_are_one_line(tmp_path: Path) -> None:
    header = [name.replace(" ", "\n").replace("latitude", "lati\u200btude\n") for name in HEADER]
    table = open_table(write_xlsx(tmp_path / "a.xlsx", {"A": [header, *ROWS]}))
    assert table.names == HEADER
    assert take(tmp_path, table.file).kept == 4


def test_several_sheets_are_asked_for_once(tmp_path: Path) -> None:
    other = [HEADER, *(row for row in ROWS if row[0] > 104)]
    sheets = {"Read me": [("About",), ("Nothing here",)], "Calls": TABLE, "Old calls": other}
    file = write_xlsx(tmp_path / "calls.xlsx", {**sheets, "Codes": TABLE}, hidden=("Codes",))
    with pytest.raises(NeedsChoice) as several:
        take(tmp_path, file)
    assert (several.value.word, several.value.choices) == (
        "sheet",
        ("Read me", "Calls", "Old calls"),
    )
    assert '"Calls" (7 rows), "Old calls" (3 rows)' in str(several.value)
    assert "Codes" not in str(several.value)
    asked: list[list[str]] = []

    def ask(question: str, choices: list[str]) -> str:
        asked.append(choices)
        return "Old calls" if "Old calls" in choices else "community"

    report = take(tmp_path, file, ask)
    assert (report.rows, report.kept) == (2, 1)
    assert sum("Old calls" in choices for choices in asked) == 1
    assert take(tmp_path, file, sheet=" old CALLS").rows == 2
    assert take(tmp_path, file, sheet="2").rows == len(ROWS)
    with pytest.raises(Problem, match='no sheet "5"'):
        take(tmp_path, file, sheet="5")
    assert take(tmp_path, file, sheet="Codes").rows == len(ROWS)


def test_two_sheets_of_a_workbook_are_two_imports(tmp_path: Path) -> None:
    first, second = [HEADER, *ROWS[:2]], [HEADER, *ROWS[3:]]
    file = write_xlsx(tmp_path / "calls.xlsx", {"2023": first, "2024": second})
    one = take(tmp_path, file, sheet="2023")
    two = take(tmp_path, file, sheet="2024")
    assert (one.kept, two.kept, two.replaces) == (2, 2, ())
    assert len(Store(tmp_path / "store-of-calls.xlsx").history().imports) == 2


def test_one_sheet_with_a_table_needs_no_question(tmp_path: Path) -> None:
    sheets = {"Read me": [("About",), ("Nothing",)], "Calls": TABLE, "Empty": []}
    file = write_xlsx(tmp_path / "calls.xlsx", {**sheets, "Codes": TABLE}, hidden=("Codes",))
    report = take(tmp_path, file)
    assert report.rows == len(ROWS)
    assert "hidden sheets (1) were not looked at" in report.notes


def test_cells_are_texts_as_a_careful_person_writes_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows: list[tuple[Any, str]] = [
        (dt.datetime(2024, 1, 5, 13, 0), "2024-01-05T13:00:00"),
        (dt.datetime(2024, 1, 5), "2024-01-05T00:00:00"),  # midnight beside times
        (45296.555555555555, "45296.555555555555"),
        (dt.timedelta(hours=26, minutes=30), "26:30:00"),
        (dt.time(8, 5), "08:05:00"),
        (True, "true"),
        (12, "12"),
        (-93.2600001, "-93.2600001"),
        (12345678901234, "12345678901234"),
        ("#N/A", ""),
        ("#REF!", ""),
        ("00123", "00123"),
        (" said\nso\u0009", " said\nso\t"),
    ]
    sheet.append(["kind", "location"])
    for value, _ in rows:
        sheet.append([value, "x"])
    serial = sheet.cell(4, 1)
    serial.number_format = "yyyy-mm-dd hh:mm"  # a number that only its format makes a time
    rows[2] = (serial, "2024-01-05T13:20:00")
    book.save(tmp_path / "a.xlsx")
    assert open_table(tmp_path / "a.xlsx").values("kind") == [text.strip() for _, text in rows]


def test_a_column_of_days_stays_one_of_days(tmp_path: Path) -> None:
    rows = [[row[0], row[1] and row[1].date(), *row[2:]] for row in ROWS]
    file = write_xlsx(tmp_path / "a.xlsx", {"A": [HEADER, *rows]})
    assert open_table(file).values("date")[:2] == ["2024-01-05", "2024-01-06"]
    report = take(tmp_path, file)
    assert {row["time_precision"] for row in records(tmp_path, file, report)} == {"day"}


def test_dates_counted_from_1904(tmp_path: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for row in TABLE:
        sheet.append(list(row))
    book.save(tmp_path / "mac.xlsx")
    with zipfile.ZipFile(tmp_path / "mac.xlsx") as packed:
        assert b'date1904="1"' in packed.read("xl/workbook.xml")
    report = take(tmp_path, tmp_path / "mac.xlsx")
    plain = write_xlsx(tmp_path / "plain.xlsx", {"A": TABLE})
    expected = records(tmp_path, plain, take(tmp_path, plain))
    assert same(records(tmp_path, tmp_path / "mac.xlsx", report)) == same(expected)


def test_formulas_have_their_kept_values(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "a.xlsx", {"A": TABLE})
    edit(file, "xl/worksheets/sheet1.xml", b"<v>44.97</v>", b"<f>44+0.97</f><v>44.97</v>")
    assert open_table(file).values("latitude")[0] == "44.97"


def edit(file: Path, member: str, old: bytes, new: bytes) -> None:
    """Change a part of a workbook."""
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name, body)


def test_a_workbook_may_be_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of a dropped file has limits, below which those of the reader's must stay."""
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "store"))
    file = write_xlsx(tmp_path / "calls.xlsx", {"A": TABLE})
    job = Job("records", str(file), {"source": "calls", "source-kind": "official"}, dry_run=True)
    told = list(dropped_file.run_job(job))
    (opened,) = (message for message in told if isinstance(message, TableOpened))
    assert 'sheet "A"' in opened.form
    assert isinstance(told[-1], RecordsRead) and told[-1].rows == len(TABLE) - 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_without_a_header_is_asked_for_names_once(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"calls.{kind}"
    file = write_csv(file, ROWS) if kind == "csv" else write_xlsx(file, {"A": ROWS})
    with pytest.raises(Problem, match="no header"):
        take(tmp_path, file)
    asked: list[str] = []

    def ask(question: str, choices: list[str]) -> str:
        asked.append(question)
        return choices[0] if choices else ", ".join(HEADER)

    report = take(tmp_path, file, ask)
    assert sum("columns called" in question for question in asked) == 1, asked
    assert len(asked) == 2, asked  # and who stands behind the source
    assert (report.rows, report.kept) == (len(ROWS), 4)
    assert [row["line"] for row in rejected(report)] == [f"{BAD_TIME + 1}", f"{NULL_ISLAND + 1}"]


def sentence(file: Path) -> str:
    with pytest.raises(Problem) as problem:
        open_table(file)
    said = str(problem.value)
    assert said.startswith(file.name)
    return said


def test_what_is_no_workbook_is_said(tmp_path: Path) -> None:
    file = tmp_path / "calls.xlsx"
    good = write_xlsx(file, {"A": TABLE}).read_bytes()
    file.write_bytes(good[: len(good) // 2])
    assert "damaged" in sentence(file)
    file.write_bytes(b"PK\x03\x04" + b"\x00" * 400)
    assert "damaged" in sentence(file)
    file.write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 2000)
    assert "damaged" in sentence(file)
    file.write_bytes(b"")
    assert "is empty" in sentence(file)
    assert "none of its sheets" in sentence(write_xlsx(file, {"A": [], "B": []}))
    assert "no rows below a header" in sentence(write_xlsx(file, {"A": [HEADER]}))


def test_a_reader_that_fails_is_a_damaged_workbook(tmp_path: Path) -> None:
    """The end of the list of sheets is missing: the reader panics."""
    file = write_xlsb(tmp_path / "calls.xlsb", TABLE)
    with zipfile.ZipFile(file) as packed:
        book = packed.read("xl/workbook.bin")
    edit(file, "xl/workbook.bin", book, book[:-5])
    assert "damaged" in sentence(file)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("report.doc", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "Word"),
        ("calls.xls", b"\xef\xbb\xbf\n<HTML><body><table>", "web page"),
        ("calls.xls", b"<table><tr><td>date</td></tr>", "web page"),
        ("calls.csv", b"%PDF-1.4", "PDF"),
    ],
)
def test_other_files_are_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert says in sentence(tmp_path / name)


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "calls.csv", {"A": TABLE})
    assert take(tmp_path, file).rows == len(ROWS)
    text = write_csv(tmp_path / "calls.xls", TABLE)  # as many programs name their text
    assert take(tmp_path, text).rows == len(ROWS)


def test_a_damaged_sheet_is_said(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "calls.xlsx", {"A": TABLE})
    edit(file, "xl/worksheets/sheet1.xml", b"</sheetData>", b"</row></sheetDat")
    assert "damaged" in sentence(file)


def test_a_workbook_with_a_password_is_said(tmp_path: Path) -> None:
    """An encrypted workbook is an old file with a stream of this name: its directory, by hand."""
    name = "EncryptedPackage".encode("utf-16-le")
    file = tmp_path / "calls.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1016 + name + b"\x00" * 2000)
    assert "password" in sentence(file)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "calls.xlsx", {"A": TABLE})
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/more.xml", io.BytesIO(b"\x00" * (40 << 20)).getvalue())
    assert "which no table does" in sentence(file)


def test_a_cell_far_out_does_not_end_the_process(tmp_path: Path) -> None:
    """Two cells can claim 17 billion: the reader would end its process."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "kind", "x"
    book.save(tmp_path / "wide.xlsx")
    assert "does not fit in memory" in sentence(tmp_path / "wide.xlsx")


def test_too_many_columns_are_said(tmp_path: Path) -> None:
    rows = [[f"c{i}" for i in range(5000)], [1] * 5000]
    assert "5,000 columns" in sentence(write_xlsx(tmp_path / "wide.xlsx", {"A": rows}))


def test_a_sheet_in_a_mapping_is_that_of_the_import(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "calls.xlsx", {"A": TABLE, "B": TABLE[:3]})
    report = take(tmp_path, file, sheet="B")
    assert report.mapping_file
    assert 'sheet = "B"' in Path(report.mapping_file).read_text()
    again = take(tmp_path, file, map=Path(report.mapping_file))
    assert again.unchanged
    assert open_table(file, Form(sheet="B")).form == 'Excel workbook, sheet "B"'


def test_a_text_too_long_is_a_rejected_row(tmp_path: Path) -> None:
    rows = [*ROWS[:1], [*ROWS[1][:5], "x" * 32000, 1]]
    wide = [[*row, *["y" * 32000] * 40] if row is rows[1] else [*row, *[""] * 40] for row in rows]
    header = [*HEADER, *[f"note {i}" for i in range(40)]]
    report = take(tmp_path, write_xlsx(tmp_path / "calls.xlsx", {"A": [header, *wide]}))
    assert (report.rows, report.kept) == (2, 1)
    assert [row["line"] for row in rejected(report)] == ["3"]
