"""The files of a release's tables, and the package that describes them, read by other programs."""

import csv
import hashlib
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.privacy.tables import COLUMNS, ReleasedSource, TableEntry
from data.release import data_package, released_columns, table_files
from data.release.data_package import PACKAGE
from data.release.released_columns import RELEASED_COLUMNS
from tests.conftest import ROOT
from tests.release.test_publish import Place, filled, place

__all__ = ["filled", "place"]  # the fixtures

PERIODS = ["2026-01-26/2026-01-31", "2026-02-01/2026-02-01"]
MEASURED = pd.DataFrame({"period": PERIODS, "n": [-3, 12], "epsilon": [0.15, 0.15]})
ESTIMATE = pd.DataFrame(
    {
        "period": ["2026-Q1", "2026-Q1", "2026-Q1"],
        "area": [0, 1, 2],
        "number": [0, 12, 40],
        "low": [0, 7, 31],
        "high": [5, 17, 49],
        "sd": [2.75, 2.8, 2.8],
        "status": ["quarter", "quarter", "provisional"],
    }
)
OFFICIAL = pd.DataFrame(
    {"period": ["2026-01", "2026-01"], "area": [1, 0], "kind": ["call_911", "other"], "n": [3, 1]}
)
ARTICLES = pd.DataFrame(
    {
        "period": ["2025-12", "2025-12-06"],
        "paper": ["The Paper, Daily", "Ñandú"],
        "title": ['=HYPERLINK("https://evil.example")', None],
        "kind": ["sighting", "shooting"],
        "area_written": [None, "+1 Lake Street"],
        "url": [None, "https://news.example/a,b"],
    }
)
TABLES = {
    "community/measured/city-week-part": MEASURED,
    "community/estimate/group-quarter": ESTIMATE,
    "official/area-month": OFFICIAL,
    "press/articles": ARTICLES,
}
SOURCES: list[ReleasedSource] = [
    {
        "name": "calls",
        "title": "Calls to 911",
        "kind": "official",
        "says": "calls",
        "covers": "Calls.",
        "licence": "Open data of the city",
        "url": "https://city.example/calls",
    },
    {
        "name": "papers",
        "title": "Papers",
        "kind": "press",
        "says": "incidents in the press",
        "covers": "Seven.",
        "licence": "ours",
        "url": "",
    },
]
KEYS = ("period", "district", "area", "kind", "band", "setting")
CREATED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def made(folder: Path) -> Path:
    """A folder with the tables, a map and the package."""
    for path, frame in TABLES.items():
        table_files.write_table(folder, path, frame)
    (folder / "areas.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    entries: dict[str, TableEntry] = {
        path: {"columns": list(frame), "rows": len(frame), "what": f"What {path} is."}
        for path, frame in TABLES.items()
    }
    place, told = {"name": "São Paul – Test", "zone": "UTC"}, entries
    body = data_package.data_package(folder, place, CREATED, told, SOURCES)  # type: ignore[arg-type]
    (folder / PACKAGE).write_bytes(body)
    return folder


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def package(release: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((release / PACKAGE).read_text("utf-8"))
    return read


def test_the_same_numbers_are_the_same_bytes_whatever_holds_them(tmp_path: Path) -> None:
    """Wider integers, categories, another index: only the numbers count (A5)."""
    plain = table_files.write_table(tmp_path / "a", "official/area-month", OFFICIAL)
    odd = OFFICIAL.astype({"n": "Int64", "area": "int64", "kind": "category", "period": "str"})
    odd = odd.set_index(pd.Index([7, 9], name="kept"))
    other = table_files.write_table(tmp_path / "b", "official/area-month", odd)
    assert [file.read_bytes() for file in plain] == [file.read_bytes() for file in other]
    assert [file.suffix for file in plain] == [".parquet", ".csv", ".json"]


def test_parquet_has_a_fixed_schema_and_says_nothing_of_pandas(release: Path) -> None:
    file = pq.ParquetFile(release / "community/estimate/group-quarter.parquet")
    types = [str(field.type) for field in file.schema_arrow]
    assert types == ["string", "int32", "int32", "int32", "int32", "double", "string"]
    assert file.metadata.metadata is None
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    pd.testing.assert_frame_equal(file.read().to_pandas(), ESTIMATE, check_dtype=False)


def test_csv_is_utf8_with_lf_and_no_spreadsheet_runs_it(release: Path) -> None:
    assert (release / "community/measured/city-week-part.csv").read_bytes() == (
        b"period,n,epsilon\n2026-01-26/2026-01-31,-3,0.15\n2026-02-01/2026-02-01,12,0.15\n"
    )
    body = (release / "press/articles.csv").read_bytes()
    assert b"\r" not in body and "Ñandú".encode() in body
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert rows[0]["title"] == '\'=HYPERLINK("https://evil.example")'
    assert rows[1]["area_written"] == "'+1 Lake Street" and rows[1]["title"] == ""
    assert rows[0]["paper"] == "The Paper, Daily" and rows[1]["url"] == "https://news.example/a,b"


def test_json_is_a_list_of_rows_as_they_are(release: Path) -> None:
    """Where nothing is run nothing is changed: the text is the paper's."""
    text = (release / "press/articles.json").read_text("utf-8")
    assert json.loads(text) == ARTICLES.astype(object).where(ARTICLES.notna(), None).to_dict(
        "records"
    )
    assert len(text.splitlines()) == len(ARTICLES) + 2
    numbers = json.loads((release / "community/measured/city-week-part.json").read_bytes())
    assert numbers[0] == {"period": PERIODS[0], "n": -3, "epsilon": 0.15}


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    for file in table_files.write_table(tmp_path, "press/articles", ARTICLES[:0]):
        assert file.exists()
    assert json.loads((tmp_path / "press/articles.json").read_text()) == []
    assert (tmp_path / "press/articles.csv").read_text().count("\n") == 1
    assert pq.read_schema(tmp_path / "press/articles.parquet").names == list(ARTICLES)


@pytest.mark.parametrize(
    ("column", "values", "error"),
    [
        ("n", [2**31, 1], pa.ArrowInvalid),  # does not fit: not cut off
        ("n", [1.5, 1], pa.ArrowInvalid),
        ("n", pd.array([None, 1], "Int32"), ValueError),  # a number is missing
        ("kind", ["call_911", None], ValueError),
        ("secret", [1, 2], KeyError),  # no such column: a release has the listed ones only
    ],
)
def test_what_does_not_fit_is_no_file(
    tmp_path: Path, column: str, values: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        table_files.write_table(
            tmp_path, "official/area-month", OFFICIAL.assign(**{column: values})
        )
    assert not list(tmp_path.rglob("*.*"))


def report(folder: Path) -> Any:
    """What `frictionless validate datapackage.json` finds."""
    from frictionless import Package, system

    with system.use_context(trusted=True):
        return Package(str(folder / PACKAGE)).validate()


def test_frictionless_validates_the_package(release: Path) -> None:
    found = report(release)
    assert found.valid, found.to_summary()
    assert len(found.tasks) == 3 * len(TABLES) + 1


def test_frictionless_validates_each_file_as_the_table_it_describes(
    release: Path, tmp_path: Path
) -> None:
    """Parquet and JSON, too, where a validator has the libraries for them."""
    from frictionless import Schema, system
    from frictionless.resources import TableResource

    package = json.loads((release / PACKAGE).read_text())
    with system.use_context(trusted=True):
        for one in package["resources"]:
            if "schema" not in one:
                continue
            schema = Schema.from_descriptor(one["schema"])
            file = TableResource(path=str(release / one["path"]), schema=schema)
            assert (checked := file.validate()).valid, (one["path"], checked.to_summary())
            assert [f.name for f in schema.fields] == file.read_rows()[0].field_names


def test_a_release_as_it_is_written_is_valid(place: Place) -> None:
    """Every table of the place's volume, with its maps, and each in every format."""
    written = place.release()
    found = report(written.folder)
    assert found.valid, found.to_summary()
    tables = written.manifest["tables"]
    paths = {f"{path}.{suffix}" for path in tables for suffix in table_files.TABLE_FORMATS}
    assert {task.place for task in found.tasks} == paths | {"areas.geojson", "districts.geojson"}


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("official/area-month.csv", b"call_911", b"call_912", "constraint-error"),
        ("official/area-month.csv", b",3\n", b",x\n", "type-error"),
        ("official/area-month.csv", b"2026-01,0,other,1", b"2026-01,1,call_911,3", "primary-key"),
        ("official/area-month.json", b"call_911", b"call_912", "hash-count"),
        ("official/area-month.parquet", b"PAR1", b"PAR2", "hash-count"),
    ],
)
def test_frictionless_finds_what_is_wrong(
    tmp_path: Path, name: str, old: bytes, new: bytes, why: str
) -> None:
    folder = made(tmp_path)
    body = (folder / name).read_bytes()
    assert old in body
    (folder / name).write_bytes(body.replace(old, new, 1))
    types = [kind for (kind,) in report(folder).flatten(["type"])]
    assert why in types


def test_the_package_is_made_of_public_bytes_only(release: Path, tmp_path: Path) -> None:
    again = made(tmp_path)
    assert (again / PACKAGE).read_bytes() == (release / PACKAGE).read_bytes()


def test_the_package_names_terms_lengths_and_hashes(release: Path, package: dict[str, Any]) -> None:
    assert package["name"] == "porchlight-sao-paul-test" and package["version"] == "2026-03-01"
    assert package["created"] == "2026-03-01T12:00:00+00:00"
    by_path = {one["path"]: one for one in package["resources"]}
    assert len(by_path) == len(package["resources"]) == 13
    assert len({one["name"] for one in package["resources"]}) == 13
    for path, one in by_path.items():
        body = (release / path).read_bytes()
        assert one["bytes"] == len(body)
        assert one["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        assert re.fullmatch(r"[-a-z0-9._/]+", one["name"]), one["name"]
    calls = by_path["official/area-month.csv"]
    assert calls["sources"] == [{"title": "Calls to 911", "path": "https://city.example/calls"}]
    assert calls["licenses"] == [
        {"title": "Open data of the city", "path": "https://city.example/calls"}
    ]
    assert calls["schema"]["primaryKey"] == ["period", "area", "kind"]
    for path, one in by_path.items():
        assert not path.startswith("community") or not {"sources", "licenses"} & one.keys()
    assert "primaryKey" not in by_path["press/articles.csv"]["schema"]


def test_a_number_means_what_its_table_says() -> None:
    noisy, exact = (
        released_columns.released_column(path, "n")
        for path in ("community/measured/city-month", "official/city-day")
    )
    assert "chance" in noisy.meaning and noisy.least is None
    assert "exact" in exact.meaning and exact.least == 1


def test_every_table_of_a_release_has_its_columns_described() -> None:
    for path, columns in COLUMNS.items():
        described = table_files.table_schema(path, columns)
        assert described.names == columns
        keys = released_columns.key_columns(path, columns)
        assert keys == [c for c in columns if c in KEYS] * (not path.startswith("press/"))


def test_maps_of_older_years_are_in_the_package(tmp_path: Path) -> None:
    """A year that began with other areas keeps them."""
    folder, body = made(tmp_path), '{"type":"FeatureCollection","features":[]}'
    for name in ("districts", "areas-0a1b", "districts-0a1b"):
        (folder / f"{name}.geojson").write_text(body)
    place: Any = {"name": "A", "zone": "UTC"}
    package = json.loads(data_package.data_package(folder, place, CREATED, {}, []))
    assert [one["path"] for one in package["resources"]] == [
        *("areas-0a1b.geojson", "areas.geojson"),
        *("districts-0a1b.geojson", "districts.geojson"),
    ]


def test_the_page_on_tables_has_the_meanings_of_the_columns() -> None:
    """One place: the page repeats it, and this test holds them together."""
    text = (ROOT / "docs/public.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.M))
    for name, column in RELEASED_COLUMNS.items():
        assert rows.get(name) == column.meaning, name
