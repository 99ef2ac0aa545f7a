"""Numbers whose thousands are parted, as spreadsheets show them, where an import needs numbers."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyproj import Transformer

from data.files import cells
from data.files.column_names import is_header
from data.values import coordinates
from tests.formats.made_workbooks import Row, records, take, write_csv

LON, LAT = -93.26, 44.97
X, Y = Transformer.from_crs("EPSG:4326", "EPSG:26915", always_xy=True).transform(LON, LAT)


def grouped(number: float, parting: str, decimal: str, digits: int) -> str:
    text = f"{number:,.{digits}f}"
    return text.replace(",", "_").replace(".", decimal).replace("_", parting)


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("parting", "decimal"),
    [(",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", "."), ("", "."), ("", ",")],
)
def test_meters_with_parted_thousands(
    tmp_path: Path, parting: str, decimal: str, digits: int
) -> None:
    places = [(X + i * 10, Y + i * 10) for i in range(4)]
    rows: list[Row] = [("date", "x", "y", "kind")]
    for x, y in places:
        x_text, y_text = (grouped(n, parting, decimal, digits) for n in (x, y))
        rows.append(("2024-01-05 13:00", x_text, y_text, "sighting"))
    file = write_csv(tmp_path / "calls.csv", rows)
    report = take(tmp_path, file, crs="EPSG:26915")
    assert (report.rows, report.kept) == (4, 4), report.rejected
    found = records(tmp_path, file, report)
    ours = np.array([[row["x"], row["y"]] for row in found])
    assert np.abs(np.sort(ours, axis=0) - np.array(places)).max() < 0.6


def test_degrees_keep_their_decimal_comma(tmp_path: Path) -> None:
    rows = [("date", "lat", "lon", "kind"), ("2024-01-05 13:00", "44,970", "-93,260", "sighting")]
    file = write_csv(tmp_path / "calls.csv", rows)
    (row,) = records(tmp_path, file, take(tmp_path, file))
    assert (row["lat"], row["lon"]) == (44.97, -93.26)


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("4,979,650.5", ".", 4979650.5),
        ("-1,234", ".", -1234),
        ("4.979.650,5", ",", 4979650.5),
        ("4.979.650", ",", 4979650),
        ("479 497,5", ",", 479497.5),
        ("44.970", ",", 44.97),
        ("1,23,456", ".", np.nan),
        ("12,34", ".", np.nan),
    ],
)
def test_numbers(text: str, decimal: str, value: float) -> None:
    found = coordinates.numbers(pa.array([text, "1"]), decimal)
    assert np.array_equal(found.values, [value, 1], equal_nan=True)
    assert found.ok.tolist() == [not np.isnan(value), True]


def test_counts_and_parts_of_dates(tmp_path: Path) -> None:
    assert cells.count("1,234") == "1234"
    assert cells.count("1,23") is None
    rows = [
        ("year", "month", "day", "hour", "neighborhood", "kind", "officers"),
        ("2,024", "1", "5", "13", "Kenwood", "sighting", "1,234"),
    ]
    file = write_csv(tmp_path / "calls.csv", rows)
    (row,) = records(tmp_path, file, take(tmp_path, file))
    assert (row["local_date"].isoformat(), row["hour"], row["officers"]) == ("2024-01-05", 13, 1234)


@pytest.mark.parametrize(
    "date",
    ["5 Jan 2024", "05-Jan-24", "5. Januar 2024", "Fri, 5 Jan 2024 13:00", "January 5, 2024"],
)
def test_dates_in_words_are_no_header(tmp_path: Path, date: str) -> None:
    assert not is_header([date, "Kenwood", "sighting"])
    file = write_csv(tmp_path / "calls.csv", [(date, "Kenwood", "sighting")] * 2)
    asked: list[str] = []

    def ask(question: str, choices: list[str]) -> str:
        asked.append(question)
        return choices[0] if choices else "date, neighborhood, kind"

    report = take(tmp_path, file, ask)
    assert report.kept == 2
    assert sum("columns called" in question for question in asked) == 1


@pytest.mark.parametrize("name", ["Date of call", "2 or more officers", "Calls in May", "May"])
def test_names_with_words_of_dates_are_a_header(name: str) -> None:
    assert is_header([name, "neighborhood"])
