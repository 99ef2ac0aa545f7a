"""GeoPackages through the import: features are rows, one layer a table, read by the child alone."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from data.files.form import Form, NeedsChoice
from data.formats import gdal_child, gdal_file
from data.formats.open_table import open_table
from data.settings import Problem
from data.storage.store import Store
from tests.formats.test_kml import take

HOME = shapely.Point(-93.265, 44.978)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def calls(*shapes: Any, crs: Any = 4326, **columns: Any) -> gpd.GeoDataFrame:
    n = len(shapes)
    own = {"when": [datetime(2024, 3, 1 + i % 28, 13) for i in range(n)], "n": [12.0] * n}
    return gpd.GeoDataFrame({**own, **columns}, geometry=list(shapes), crs=crs)


def write(folder: Path, frame: gpd.GeoDataFrame, layer: str = "calls", **how: Any) -> Path:
    file = folder / "calls.gpkg"
    frame.to_file(file, layer=layer, driver="GPKG", **how)
    return file


def texts(file: Path, form: Form = Form()) -> dict[str, list[str]]:  # noqa: B008
    table = open_table(file, form)
    frames = list(table.frames())
    whole = {n: [v for f in frames for v in f.table[n].to_pylist()] for n in table.names}
    assert table.head == tuple(zip(*whole.values()))[: len(table.head)]
    return whole


def test_points_in_another_system_become_records(store: Store, tmp_path: Path) -> None:
    frame = calls(HOME, None, shapely.Point(0, 0)).to_crs("EPSG:26915")
    file = write(tmp_path, frame)
    found = texts(file)
    assert found["when"][0] == "2024-03-01T13:00:00" and found["n"] == ["12"] * 3
    assert (found["latitude"][:2], found["longitude"][:2]) == (["44.978", ""], ["-93.265", ""])
    report, rows = take(store, file)
    assert (report.rows, report.kept) == (3, 1)
    assert rows[0]["hour"] == 13 and (rows[0]["lat"], rows[0]["lon"]) == (44.978, -93.265)
    assert take(store, file)[0].kept == 1
    with pytest.raises(Problem, match=r'"latitude" and "longitude" are degrees already.*--crs'):
        take(store, file, crs="EPSG:26915")  # it was asked for of the file, which says it itself


def test_lines_and_polygons_say_how_well_they_are_known(store: Store, tmp_path: Path) -> None:
    line = shapely.LineString([HOME, (-93.26, 44.98)])
    file = write(tmp_path, calls(line, HOME.buffer(0.01), HOME))
    assert texts(file)["place_precision"] == ["block", "area", "exact"]
    report, rows = take(store, file)
    assert report.kept == 3 and sum(row["lon"] is not None for row in rows) == 2


def test_one_of_several_layers_has_to_be_named(tmp_path: Path) -> None:
    file = write(tmp_path, calls(HOME), "a")
    write(tmp_path, calls(HOME, HOME), "b")
    with sqlite3.connect(file) as opened:  # as programs add it for their styles
        opened.execute("CREATE TABLE styles (id INTEGER PRIMARY KEY, css TEXT)")
        opened.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('styles', 'attributes', 'styles', 0)"
        )
    with pytest.raises(NeedsChoice, match=r'2 layers: a, b.*--sheet "a"') as asked:
        open_table(file)
    assert (asked.value.word, asked.value.choices) == ("sheet", ("a", "b"))
    assert len(texts(file, Form(sheet="b"))["when"]) == 2
    assert len(texts(file, Form(sheet="1"))["when"]) == 1
    with pytest.raises(NeedsChoice, match='no layer "c" but a, b, styles'):
        open_table(file, Form(sheet="c"))


def test_meters_without_a_system_are_asked_for(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path, calls(HOME).to_crs("EPSG:26915").set_crs(None, allow_override=True))
    assert list(texts(file))[-2:] == ["y", "x"]
    with pytest.raises(Problem, match=r"meters or feet.*--crs EPSG"):
        take(store, file)
    report, rows = take(store, file, crs="EPSG:26915")
    assert report.kept == 1 and rows[0]["lat"] == pytest.approx(44.978, abs=1e-6)


def test_large_layers_come_in_batches(tmp_path: Path) -> None:
    many = gdal_child.ROWS * 2 + 5
    file = write(tmp_path, gpd.GeoDataFrame({"n": range(many)}, geometry=[HOME] * many, crs=4326))
    frames = list(open_table(file).frames(["n", "latitude"]))
    assert len(frames) == 3 and sum(len(f.table) for f in frames) == many
    assert frames[2].lines[-1] == many and frames[2].table["n"][-1].as_py() == str(many - 1)


def test_a_table_left_in_the_middle_ends_its_child(tmp_path: Path) -> None:
    many = gdal_child.ROWS * 20
    file = write(tmp_path, gpd.GeoDataFrame({"n": range(many)}, geometry=[HOME] * many, crs=4326))
    with gdal_file.open_layer(file, gdal_file.GEOPACKAGE, "calls") as features:
        assert len(next(features.batches)) == gdal_child.ROWS


def test_a_name_of_the_file_is_not_taken(tmp_path: Path) -> None:
    file = write(tmp_path, calls(HOME, latitude=["north"]))
    with sqlite3.connect(file) as opened:
        opened.execute("ALTER TABLE calls ADD COLUMN raw BLOB DEFAULT x'0001'")
    found = texts(file)
    assert found["latitude"] == ["north"] and found["latitude (2)"] == ["44.978"]
    assert "raw" not in found  # bytes are no text


def test_damaged_and_other_files_are_a_sentence(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path, calls(*[HOME] * 3000))
    whole = file.read_bytes()
    for content in (whole[:150], whole[:60_000], whole[:5000] + b"\xff" * (len(whole) - 5000)):
        file.write_bytes(content)
        with pytest.raises(Problem, match=r"calls\.gpkg"):
            take(store, file)
    file.write_bytes(b"SQLite format 3\0" + b"\0" * 5000)
    with pytest.raises(Problem, match=r"could not be read as a GeoPackage|no layer"):
        take(store, file)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as opened:
        opened.execute("CREATE TABLE t (a)")
    with pytest.raises(Problem, match="an SQLite database"):
        open_table(other)
    empty = write(tmp_path / ".", calls(HOME).iloc[:0])
    with pytest.raises(Problem, match="holds no features"):
        open_table(empty)


def test_a_child_that_takes_too_long_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, calls(HOME))
    monkeypatch.setattr(gdal_file, "SECONDS", 0.01)
    monkeypatch.setattr(gdal_file, "_limit", lambda seconds: None)
    with pytest.raises(Problem, match=r"took longer than 0\.01 seconds and was stopped"):
        open_table(file)
