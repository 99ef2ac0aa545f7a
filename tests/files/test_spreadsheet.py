"""No file that leaves runs anything in a spreadsheet, whatever type its texts have."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from data.files import spreadsheet

RISKY = ["=1+1", "+1+cmd", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "\x00=1"]
PLAIN = ["-93.26", "+1,5", "-1e5", "+4%", "plain", "it's", "a=1", "", "12:30-", "# note"]
TYPES = {
    "string": lambda texts: pa.array(texts, pa.string()),
    "large string": lambda texts: pa.array(texts, pa.large_string()),
    "string view": lambda texts: pa.array(texts, pa.string_view()),
    "dictionary": lambda texts: pa.array(texts, pa.string()).dictionary_encode(),
    "large dictionary": lambda texts: pa.array(texts, pa.large_string()).dictionary_encode(),
    "list": lambda texts: pa.array([[t] for t in texts], pa.list_(pa.string())),
    "list of large": lambda texts: pa.array([[t, "b"] for t in texts], pa.list_(pa.large_string())),
    "pandas": lambda texts: pa.Array.from_pandas(pd.Series(texts, dtype="str")),
}


def opened_as_sheet(body: bytes, file: Path) -> list[list[openpyxl.cell.Cell]]:
    """A CSV as a spreadsheet takes it in: each cell typed anew, saved and opened again."""
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")):
        # the library takes no control characters at all
        book.active.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
    book.save(file)
    return [list(row) for row in openpyxl.load_workbook(file).active.iter_rows()]


def test_a_spreadsheet_library_takes_what_is_not_guarded_for_a_formula(tmp_path: Path) -> None:
    cells = opened_as_sheet(b"a\n=1+1\n", tmp_path / "x.xlsx")
    assert cells[1][0].data_type == "f"  # so this test can fail


@pytest.mark.parametrize("kind", TYPES)
def test_no_text_is_a_formula(kind: str, tmp_path: Path) -> None:
    texts = [*RISKY, *PLAIN]
    table = pa.table({"=cmd()": TYPES[kind](texts), "n": list(range(len(texts)))})
    body = spreadsheet.as_csv(table)
    cells = opened_as_sheet(body, tmp_path / "x.xlsx")
    assert len(cells) == len(texts) + 1
    assert not [c.value for row in cells for c in row if c.data_type == "f"]
    back = [row["'=cmd()"] for row in csv.DictReader(io.StringIO(body.decode(), newline=""))]
    tail = "; b" if kind == "list of large" else ""
    assert back[: len(RISKY)] == [f"'{text}{tail}" for text in RISKY]
    assert back[len(RISKY) :] == [
        (f"'{text}{tail}" if tail and text[:1] in tuple("+-") else f"{text}{tail}")
        for text in PLAIN
    ]
    assert spreadsheet.guard("=1") == "'=1" and spreadsheet.guard("-93.26") == "-93.26"


def test_the_header_comes_first_and_notes_stand_beside(tmp_path: Path) -> None:
    table = pa.table({"area": ["=A", "B"], "n": pa.array([10, None], pa.int32())})
    notes = ["View: a, comma, =cmd()", "two\nlines"]
    meanings = {"area": "The area.", "n": "=how many"}
    body = spreadsheet.as_zip("areas", table, notes, meanings)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert list(files) == ["areas.csv", "areas-notes.txt", "areas-columns.csv"]
    assert files["areas.csv"] == spreadsheet.as_csv(table)
    assert files["areas.csv"].decode().splitlines() == ['"area","n"', '"\'=A",10', '"B",']
    assert files["areas-notes.txt"].decode().splitlines() == [notes[0], "two lines"]
    told = list(csv.DictReader(io.StringIO(files["areas-columns.csv"].decode())))
    assert told[0] == {"column": "area", "type": "text", "meaning": "The area."}
    assert told[1] == {"column": "n", "type": "whole number", "meaning": "'=how many"}
    assert body == spreadsheet.as_zip(
        "areas", table, notes, {"area": "The area.", "n": "=how many"}
    )


def test_the_mark_for_excel_is_a_choice() -> None:
    table = pa.table({"a": ["é"]})
    assert spreadsheet.as_csv(table, marked=True) == b"\xef\xbb\xbf" + spreadsheet.as_csv(table)


def test_every_file_that_is_written_goes_through_the_one_guard() -> None:
    """No other module writes texts from outside as CSV with a writer of its own."""
    root = Path(spreadsheet.__file__).parents[2]
    own = {
        "data/files/spreadsheet.py",
        "data/imports/rejects.py",
        "data/upkeep/purged_rejects.py",
        "data/release/table_files.py",
        "data/privacy/budget.py",  # hashed, not written
        "data/desk/desk_records.py",
        "data/sample/rdata.py",
        "data/sample/sample.py",
    }  # files that are read again, in a folder that goes
    writers = ("csv.writer(", "DictWriter(", ".to_csv(", "write_csv(")
    found = {
        str(file.relative_to(root))
        for part in ("data", "ui", "pages")
        for file in (root / part).rglob("*.py")
        if any(writer in file.read_text() for writer in writers)
    }
    assert {f for f in found if not f.startswith("data/attacks/")} <= own
    for file in (
        "data/imports/rejects.py",
        "data/upkeep/purged_rejects.py",
        "data/release/table_files.py",
    ):
        assert "import guard" in (root / file).read_text()


def test_a_cell_and_a_column_are_guarded_alike() -> None:
    """One rule, asked by Python and by arrow: their words for blanks and digits differ."""
    blanks = [
        *map(chr, range(0x21)),
        "\x7f",
        "\x85",
        "\xa0",
        "\u1680",
        "\u2003",
        "\u200b",
        "\u2028",
        "\u202f",
        "\u2060",
        "\u3000",
        "\ufeff",
        "  ",
        "\x0b\u3000",
    ]
    texts = [*RISKY, *PLAIN, "-١", "-１", "-1\n", "+1%\r", "1-1", "a\n=1", "-", "+", "=", "\n", "."]
    texts += [f"{blank}{sign}1" for blank in blanks for sign in "=+-@＝"]
    whole = spreadsheet.guard_table(pa.table({"a": texts}))["a"].to_pylist()
    assert whole == [spreadsheet.guard(text) for text in texts]
    for text in texts[len(RISKY) + len(PLAIN) + 11 :]:
        assert spreadsheet.guard(text) == f"'{text}"
    for text in ("-١", "-１", "-1\n", "+1%\r"):  # no number that every program takes for one
        assert spreadsheet.guard(text) == f"'{text}"
