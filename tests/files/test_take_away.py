"""Workbooks, KML and GeoPackages: what goes in comes out, and nothing runs."""

import io
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pytest

from data.files import geopackage, kml_writer, workbook
from data.settings import Problem
from data.views import whole_records

HOSTILE = [
    "=cmd()",
    "+1",
    "@SUM(A1)",
    "http://example.com",
    "<script>",
    "{{7*7}}",
    "\x00\x1f",
    "é",
    "",
]
NOTES = {"Team only, not for publication": "it holds community reports", "View": "=1+1"}
ZONE = "America/Chicago"


@pytest.fixture
def table() -> pa.Table:
    """Rows with texts that would do harm, moments on both sides of a change of the clock."""
    n = len(HOSTILE)
    moments = [datetime(2017, 3, 12, 7 + i % 3, 59, tzinfo=UTC) for i in range(n)]
    return pa.table(
        {
            "incident_id": HOSTILE,
            "=kind": pa.array(["&x", None] * (n // 2) + ["y"]).dictionary_encode(),
            "occurred_at": pa.array(moments, pa.timestamp("us", "UTC")),
            "local_date": [date(2017, 3, 12)] * n,
            "n": pa.array([2**60, None, *range(n - 2)], pa.int64()),
            "injured": pa.array([True, False, None] * (n // 3)),
            "force": pa.array([["taser", "body"]] * n, pa.list_(pa.string())),
            "lon": pa.array([-93.25, None, *[-93.5] * (n - 2)], pa.float64()),
            "lat": pa.array([44.9, None, *[45.0] * (n - 2)], pa.float64()),
        }
    )


def book_of(table: pa.Table) -> openpyxl.Workbook:
    body = workbook.as_workbook(table, NOTES, {"n": "how many"}, ZONE)
    assert body == workbook.as_workbook(table, NOTES, {"n": "how many"}, ZONE)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert not [name for name in packed.namelist() if "externalLink" in name]
        sheets = [packed.read(n) for n in packed.namelist() if n.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3 and not any(b"<f>" in s or b"hyperlink" in s for s in sheets)
    return openpyxl.load_workbook(io.BytesIO(body))


def test_a_workbook_holds_what_it_was_given(table: pa.Table) -> None:
    book = book_of(table)
    assert book.sheetnames == ["data", "notes", "dictionary"]
    head, *rows = book["data"].values
    columns = {name: [row[i] for row in rows] for i, name in enumerate(head)}
    assert len(rows) == table.num_rows
    assert columns["incident_id"] == [*HOSTILE[:6], "\ufffd\ufffd", "é", ""]
    assert columns["=kind"][:2] == ["&x", None]
    assert columns["n"][:4] == [str(2**60), None, 0, 1]
    assert columns["injured"][:3] == [True, False, None]
    assert columns["force"][0] == "taser; body"
    assert columns["lon"][:2] == [-93.25, None]
    assert columns["occurred_at"][:2] == ["2017-03-12T07:59:00Z", "2017-03-12T08:59:00Z"]
    # the clock went from 1:59 to 3:00 between the two
    assert columns["occurred_at_local"][0] == datetime(2017, 3, 12, 1, 59)
    assert columns["occurred_at_local"][1] == datetime(2017, 3, 12, 3, 59)
    assert columns["local_date"][0] == datetime(2017, 3, 12)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert [*book["notes"].values] == [*NOTES.items()]
    assert NOTES.keys() >= {book["data"].oddHeader.center.text}
    assert ("n", "whole number", "how many") in [*book["dictionary"].values]


def test_a_formula_would_have_been_seen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").active["A1"].data_type == "f"


def test_what_a_workbook_cannot_hold_is_said() -> None:
    with pytest.raises(Problem, match="32,768 characters; a cell"):
        workbook.as_workbook(pa.table({"a": ["x" * 32_768]}), {}, {})
    with pytest.raises(Problem, match="1,048,576 rows are more"):
        workbook.as_workbook(pa.table({"a": pa.nulls(1_048_576)}), {}, {})
    assert len([*book_of(pa.table({"a": pa.array([], pa.string())}))["data"].values]) == 1


def test_kml_holds_the_points_and_says_what_it_has_not(table: pa.Table) -> None:
    body = kml_writer.as_kml(table, NOTES, "incident_id", "occurred_at")
    root = ET.fromstring(body)
    k = "{http://www.opengis.net/kml/2.2}"
    marks = root.findall(f".//{k}Placemark")
    assert len(marks) == table.num_rows - 1
    assert [m.findtext(f"{k}name") for m in marks][:3] == [
        "=cmd()",
        "@SUM(A1)",
        "http://example.com",
    ]
    assert marks[0].findtext(f".//{k}coordinates") == "-93.25,44.9"
    assert marks[0].findtext(f".//{k}when") == "2017-03-12T07:59:00Z"
    about = root.findtext(f"{k}Document/{k}description") or ""
    assert about.startswith("Team only") and "1 of 9 records have no point" in about
    assert b"<script>" not in body


def test_a_geopackage_holds_all_rows(table: pa.Table, tmp_path: Path) -> None:
    body = geopackage.as_geopackage(table, NOTES, {"n": "how many"})
    assert body == geopackage.as_geopackage(table, NOTES, {"n": "how many"})
    file = tmp_path / "x.gpkg"
    file.write_bytes(body)
    back = gpd.read_file(file, layer="records")
    assert len(back) == table.num_rows and back.crs.to_epsg() == 4326
    assert back["incident_id"].fillna("").tolist()[:6] == HOSTILE[:6]
    assert back.geometry.isna().tolist()[:3] == [False, True, False]
    assert back["force"][0] == "taser; body"
    assert str(back["occurred_at"].dt.tz_convert("UTC")[0]) == "2017-03-12 07:59:00+00:00"
    with sqlite3.connect(file) as base:
        assert base.execute("SELECT note, text FROM notes").fetchall() == [*NOTES.items()]
        assert ("n", "whole number", "how many") in base.execute(
            "SELECT column, type, meaning FROM dictionary"
        ).fetchall()


def test_zero_rows_are_a_file_too(table: pa.Table) -> None:
    about = {**NOTES, "Time zone": ZONE}
    empty = table.slice(0, 0).append_column("kind", pa.array([], pa.string()))
    for suffix, _, write in whole_records.FORMATS.values():
        assert write(empty, about) or suffix == "csv"
