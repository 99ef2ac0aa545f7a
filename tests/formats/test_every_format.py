"""Every format through the importer: the same records as from CSV, none lost."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.formats.open_table import open_table
from tests.formats.made_tables import FORMATS, MAPPING, ROWS, Rows, rows_of, take


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_records_that_csv_gives(tmp_path: Path, name: str) -> None:
    expected, records = take(tmp_path, written(tmp_path, "CSV"))
    report, found = take(tmp_path, written(tmp_path, name))
    assert (expected.rows, expected.kept) == (300, 298)
    assert (report.rows, report.kept, sum(report.rejected.values())) == (300, 298, 2)
    assert found == records


def written(tmp_path: Path, name: str) -> Path:
    suffix, write = FORMATS[name]
    file = tmp_path / f"{name.replace(' ', '-')}{suffix}"
    write(file, ROWS)
    return file


# XML has no U+FFFE and U+FFFF
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"
)
WORDS = st.text(CHARACTERS, max_size=8)
CELLS = st.one_of(WORDS.map(str.strip), st.integers().map(str), st.floats(allow_nan=False).map(str))
COLUMNS = {
    "id": st.integers(0, 10**30).map(str),
    "date": st.sampled_from(["2024-03-01 10:00", "2024-02-31", "", "soon"]),
    "kind": st.sampled_from(["Traffic", "Other"]),
    "latitude": st.sampled_from(["44.97", "44.9", "0"]),
    "longitude": st.sampled_from(["-93.26", "-93.0"]),
    "extra": CELLS,
}
ROW = st.tuples(*COLUMNS.values()).map(lambda row: dict(zip(COLUMNS, row)))
TABLES = st.lists(ROW, min_size=1, max_size=30)


def some(examples: int) -> settings:
    """So many tables of up to 30 rows, each through the whole importer."""
    return settings(
        max_examples=examples,
        phases=(Phase.explicit, Phase.generate),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "GeoPackage"])
@some(4)
@given(table=TABLES)
def test_kept_and_rejected_are_all_rows_and_values_are_those_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, table: Rows
) -> None:
    take_and_count(tmp_path_factory.mktemp("rows"), name, table)


@some(1)  # a process of its own reads it, several times
@given(table=TABLES)
def test_so_are_those_of_a_geopackage(
    tmp_path_factory: pytest.TempPathFactory, table: Rows
) -> None:
    take_and_count(tmp_path_factory.mktemp("rows"), "GeoPackage", table)


@pytest.mark.prove
@pytest.mark.parametrize("name", FORMATS)
@some(100)
@given(table=TABLES)
def test_so_are_those_of_many_tables(
    tmp_path_factory: pytest.TempPathFactory, name: str, table: Rows
) -> None:
    take_and_count(tmp_path_factory.mktemp("rows"), name, table)


def take_and_count(tmp_path: Path, name: str, table: Rows) -> None:
    suffix, write = FORMATS[name]
    file = tmp_path / f"calls{suffix}"
    write(file, table)
    found = open_table(file)
    assert [(row["id"], row["extra"]) for row in rows_of(found)] == [
        (row["id"], row["extra"]) for row in table
    ]
    for row, own in zip(rows_of(found), table):
        assert float(row["latitude"]) == float(own["latitude"])
    mapping = MAPPING + 'Other = "other"\n[time]\nformat = "%Y-%m-%d %H:%M"\n'
    report, records = take(tmp_path, file, mapping)
    assert report.rows == len(table) == report.kept + sum(report.rejected.values())
    assert (
        len(records)
        == report.kept
        == sum(row["date"] == "2024-03-01 10:00" and row["latitude"] != "0" for row in table)
    )
