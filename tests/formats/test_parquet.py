"""Parquet and GeoParquet through the import: every type as text, shapes as places."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from data.formats import parquet_table
from data.formats.open_table import open_table
from data.settings import Problem
from tests.formats.made_workbooks import (
    BAD_TIME,
    HEADER,
    NULL_ISLAND,
    ROWS,
    records,
    rejected,
    take,
    write_csv,
)
from tests.formats.test_workbooks import same, sentence

FRAME = pd.DataFrame([list(row) for row in ROWS], columns=list(HEADER))
FRAME["officers"] = FRAME["officers"].astype("Int64")
SHAPES = geopandas.GeoDataFrame(
    FRAME.drop(columns=["latitude", "longitude"]),
    geometry=geopandas.points_from_xy(FRAME["longitude"], FRAME["latitude"], crs="EPSG:4326"),
)


def write(file: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), file, **options)
    return file


def written(folder: Path) -> list[Path]:
    """The same table in the ways that people write it."""
    ways = {
        "plain": lambda f: FRAME.to_parquet(f),
        "words": lambda f: FRAME.astype({"kind": "category"}).to_parquet(f, index=True),
        "parts": lambda f: FRAME.to_parquet(f, row_group_size=2, compression="zstd"),
        "geo": lambda f: SHAPES.to_parquet(f),
        "meters": lambda f: SHAPES.drop(index=NULL_ISLAND).to_crs("EPSG:26915").to_parquet(f),
        "box": lambda f: SHAPES.to_parquet(f, schema_version="1.1.0", write_covering_bbox=True),
        "native": lambda f: SHAPES.to_parquet(
            f, schema_version="1.1.0", geometry_encoding="geoarrow"
        ),
    }
    for name, way in ways.items():
        way(folder / f"{name}.parquet")
    return [folder / f"{name}.parquet" for name in ways]


def test_records_are_the_same_from_csv_and_parquet(tmp_path: Path) -> None:
    plain = write_csv(tmp_path / "calls.csv", [HEADER, *ROWS])
    expected = same(records(tmp_path, plain, take(tmp_path, plain)))
    assert len(expected) == 4
    for file in written(tmp_path):
        report = take(tmp_path, file)
        assert same(records(tmp_path, file, report)) == expected, file
        rows = len(ROWS) - (file.stem == "meters")
        assert report.rows == rows == report.kept + sum(report.rejected.values())
        lines = {row["line"]: row["reason"] for row in rejected(report)}
        wanted = {f"{BAD_TIME + 1}": "no time", f"{NULL_ISLAND + 1}": "the coordinate is 0/0"}
        assert lines == {k: v for k, v in wanted.items() if int(k) <= 3 or rows == len(ROWS)}, file


def test_every_type_is_a_text(tmp_path: Path) -> None:
    moment = dt.datetime(2024, 7, 4, 12, 0, 0)
    columns = {
        "zoned": (
            pa.array([moment], pa.timestamp("ms", "America/Chicago")),
            "2024-07-04T07:00:00-05:00",
        ),
        "utc": (pa.array([moment], pa.timestamp("us", "UTC")), "2024-07-04T12:00:00+00:00"),
        "local": (pa.array([moment], pa.timestamp("ns")), "2024-07-04T12:00:00"),
        "fine": (pa.array([moment.replace(microsecond=5)]), "2024-07-04T12:00:00.000005"),
        "day": (pa.array([moment.date()]), "2024-07-04"),
        "clock": (pa.array([dt.time(8, 5)]), "08:05:00"),
        "money": (pa.array([Decimal("12.50")]), "12.5"),
        "large": (pa.array([Decimal("12300")], pa.decimal128(20, 0)), "12300"),
        "whole": (pa.array([2**60 + 1]), "1152921504606846977"),
        "float": (pa.array([3.0]), "3"),
        "short": (pa.array([44.97], pa.float32()), "44.97"),
        "half": (pa.array(np.array([1.5], np.float16)), "1.5"),
        "nan": (pa.array([float("nan")]), ""),
        "infinite": (pa.array([float("-inf")]), ""),
        "flag": (pa.array([True]), "true"),
        "word": (pa.array(["a"]).dictionary_encode(), "a"),
        "coded": (pa.array([7]).dictionary_encode(), "7"),
        "view": (pa.array(["a\x00b\x1fc\td"], pa.string_view()), "abc\td"),
        "bytes": (pa.array([b"old \xff text"]), "old \ufffd text"),
        "list": (pa.array([["a", "ä"]]), '["a", "ä"]'),
        "struct": (pa.array([{"when": moment, "n": 1}]), '{"when": "2024-07-04T12:00:00", "n": 1}'),
        "length": (pa.array([dt.timedelta(hours=26)]), "26:00:00"),
        "id": (pa.array([UUID(int=7).bytes], pa.uuid()), str(UUID(int=7))),
        "null": (pa.nulls(1), ""),
        "empty": (pa.nulls(1, pa.string()), ""),
    }
    file = write(tmp_path / "a.parquet", {name: array for name, (array, _) in columns.items()})
    table = open_table(file)
    assert table.names == tuple(columns)
    assert dict(zip(table.names, table.head[0])) == {n: text for n, (_, text) in columns.items()}
    (frame,) = table.frames()
    assert [column[0].as_py() for column in frame.table.columns] == list(table.head[0])


def test_lines_and_polygons_say_how_well_they_tell_the_place(tmp_path: Path) -> None:
    shapes = [
        shapely.Point(-93.26, 44.97),
        shapely.LineString([(-93.27, 44.97), (-93.26, 44.97)]),
        None,
        shapely.box(-93.28, 44.96, -93.27, 44.97),
    ]
    frame = pd.DataFrame({"date": ["2024-01-05 13:00"] * 4, "kind": "sighting"})
    file = tmp_path / "a.geoparquet"
    geopandas.GeoDataFrame(frame, geometry=shapes, crs=4326).to_parquet(file, row_group_size=1)
    table = open_table(file)
    assert table.names == ("date", "kind", "latitude", "longitude", "place_precision")
    report = take(tmp_path, file)
    assert (report.rows, report.kept, sum(report.rejected.values())) == (4, 3, 1)
    assert table.values("place_precision") == ["exact", "block", "", "locality"]
    assert [frame.table.num_rows for frame in table.frames()] == [1] * 4


def test_shapes_in_parquets_own_type(tmp_path: Path) -> None:
    """A column of Parquet's type GEOMETRY says nothing in GeoParquet's metadata."""

    class Wkb(pa.ExtensionType):  # by this name Arrow writes the type
        def __init__(self) -> None:
            super().__init__(pa.binary(), "geoarrow.wkb")

        def __arrow_ext_serialize__(self) -> bytes:
            return b"{}"

        @classmethod
        def __arrow_ext_deserialize__(cls, _storage: pa.DataType, _: bytes) -> "Wkb":
            return cls()

    pa.register_extension_type(Wkb())
    try:
        wkb = pa.array(shapely.to_wkb(SHAPES.geometry.to_numpy()))
        points = pa.ExtensionArray.from_storage(Wkb(), wkb)
        file = write(tmp_path / "a.parquet", {"id": FRAME["case id"], "geometry": points})
    finally:
        pa.unregister_extension_type("geoarrow.wkb")
    assert open_table(file).names == ("id", "latitude", "longitude")
    assert open_table(file).head[0] == ("101", "44.97", "-93.26")


def test_names_that_are_there_already_are_numbered(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    SHAPES.assign(latitude=1.0, longitude=2.0).to_parquet(file)
    assert open_table(file).names[-4:] == ("latitude", "longitude", "latitude (2)", "longitude (2)")


def test_what_python_wrote_into_the_file_is_not_run(tmp_path: Path) -> None:
    """Metadata of pandas and of Python's own types is bytes of a stranger."""

    bad = f"cos\nsystem\n(S'touch {tmp_path / 'ran'}'\ntR.".encode()  # pickled: run this
    field = pa.field(
        "kind",
        pa.string(),
        metadata={
            b"ARROW:extension:name": b"arrow.py_extension_type",
            b"ARROW:extension:metadata": bad,
        },
    )
    about = {b"pandas": b"{not json", b"geo": b"\xff{"}
    schema = pa.schema([field, pa.field("date", pa.string())], metadata=about)
    table = pa.table([["sighting"], ["2024-01-05"]], schema=schema)
    pq.write_table(table, tmp_path / "a.parquet")
    assert open_table(tmp_path / "a.parquet").head == (("sighting", "2024-01-05"),)
    assert not (tmp_path / "ran").exists()


def test_shapes_of_a_way_that_is_not_read_are_said(tmp_path: Path) -> None:
    lines = geopandas.GeoDataFrame(
        {"id": [1]}, geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4326
    )
    lines.to_parquet(tmp_path / "a.parquet", geometry_encoding="geoarrow")
    table = open_table(tmp_path / "a.parquet")
    assert table.names == ("id",)
    assert table.notes == ("shapes written as 'linestring' were not read: save them as WKB",)


def test_what_is_no_table_is_said(tmp_path: Path) -> None:
    file = tmp_path / "calls.parquet"
    FRAME.to_parquet(file)
    good = file.read_bytes()
    file.write_bytes(good[: len(good) // 2])
    assert "damaged" in sentence(file)
    middle = len(good) // 4
    file.write_bytes(good[:4] + b"\xff" * middle + good[4 + middle :])
    assert "damaged" in sentence(file)
    file.write_bytes(b"PARE" + good[4:-4] + b"PARE")
    assert "encrypted" in sentence(file)
    FRAME.head(0).to_parquet(file)
    assert "no rows" in sentence(file)
    file.write_bytes(b"PAR1")
    assert "damaged" in sentence(file)
    write(file, {f"c{i}": [1] for i in range(5000)})
    assert "5,000 columns" in sentence(file)
    write(file, {"kind": ["x" * 100] * 5_000_000}, use_dictionary=False, compression="zstd")
    assert "which no table does" in sentence(file)


def test_a_text_that_is_often_there_is_held_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a few bytes may stand for much text: it comes in pieces, long rows are rejected."""
    long, text = "y" * (1 << 20), "x" * 100_000
    kinds = [text, text, long + "y", *[text] * 30]
    file = write(tmp_path / "a.parquet", {"kind": kinds, "date": ["2024-01-05"] * len(kinds)})
    monkeypatch.setattr(parquet_table, "_MOST_PIECE", 1 << 20)
    frames = list(open_table(file).frames())
    assert len(frames) > 3
    assert max(frame.table.nbytes for frame in frames) < 3 << 20
    assert [int(line) for frame in frames for line in frame.lines] == [1, 2, *range(4, 34)]
    (broken,) = [row for frame in frames for row in frame.broken]
    assert (broken.line, len(broken.text)) == (3, 2000)


def test_names_are_those_of_the_file(tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(Problem, match="leave --columns out"):
        take(tmp_path, tmp_path / "a.parquet", columns=HEADER)


def test_a_crs_that_nobody_knows_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    SHAPES.to_parquet(file)
    table = pq.read_table(file)
    about = json.loads(table.schema.metadata[b"geo"])
    about["columns"]["geometry"]["crs"] = {"name": "Ours", "type": "GeographicCRS"}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), file)
    with pytest.raises(Problem, match="coordinate system"):
        open_table(file)
