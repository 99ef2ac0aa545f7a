"""JSON, JSON Lines and GeoJSON through the importer: the same records as from CSV, none lost."""

import csv
import gzip
import io
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.files.form import Form, NeedsChoice
from data.files.table_file import TableFile
from data.formats.json_table import is_json
from data.formats.open_table import open_table
from data.formats.typed_table import HEAD_ROWS
from data.imports import importer
from data.imports.importer import Options
from data.json_text import cut, flat
from data.settings import Problem, Settings
from data.storage.store import Store

PLACE = Settings(
    name="Minneapolis", zone="America/Chicago", crs="EPSG:26915", center=(44.98, -93.27)
)
MAPPING = """
[source]
name = "calls"
kind = "official"
url = "https://example.org"
[columns]
incident_id = "id"
occurred_at = "date"
lat = "latitude"
lon = "longitude"
kind = "kind"
[values.kind]
Traffic = "traffic_stop"
"""
ROWS = [
    {
        "id": f"24-{n:04}",
        "date": f"2024-03-{n % 28 + 1:02}T10:{n % 60:02}:00",
        "kind": "Traffic",
        "beat": f"{n % 7}",
        "latitude": f"44.{97000 + n}",
        "longitude": f"-93.{26000 + n}",
    }
    for n in range(300)
]
ROWS[7]["date"], ROWS[250]["latitude"] = "", "north"
Rows = list[dict[str, Any]]


def number(text: str) -> Any:
    """A number where a text is one, as a careful program writes it."""
    try:
        return float(text)
    except ValueError:
        return text


def as_csv(rows: Rows) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_lines(rows: Rows) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_compact_lines(rows: Rows) -> str:
    return "\n".join(json.dumps(row, separators=(",", ":")) for row in rows)


def plain(rows: Rows) -> str:
    return json.dumps(rows)


def pretty(rows: Rows) -> str:
    return json.dumps({"meta": {"fields": [{"n": 1}]}, "data": {"items": rows}}, indent=2)


def split(row: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    own = {k: v for k, v in row.items() if k not in ("latitude", "longitude")}
    return own, [number(row["longitude"]), number(row["latitude"])]


def as_geojson(rows: Rows) -> str:
    features = []
    for own, pair in map(split, rows):
        shape = {"type": "Point", "coordinates": pair}
        features.append({"type": "Feature", "properties": own, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features})


def as_arcgis(rows: Rows) -> str:
    features = []
    for own, (x, y) in map(split, rows):
        features.append({"attributes": own, "geometry": {"x": x, "y": y}})
    around = {"spatialReference": {"wkid": 4326}, "fields": [{"name": n} for n in rows[0]]}
    return json.dumps({**around, "features": features})


def as_socrata(rows: Rows) -> str:
    columns = [{"name": ":sid", "dataTypeName": "meta_data"}]
    columns += [{"name": n, "dataTypeName": "text"} for n in split(rows[0])[0]]
    columns += [{"name": "spot", "dataTypeName": "location"}]
    data = [
        ["row-1", *split(row)[0].values(), [None, row["latitude"], row["longitude"], None, False]]
        for row in rows
    ]
    return json.dumps({"meta": {"view": {"columns": columns}}, "data": data})


def as_arrays(rows: Rows) -> str:
    return json.dumps([list(rows[0]), *(list(row.values()) for row in rows)])


# each format that has the whole table, and its suffix: others are added here
FORMATS: dict[str, tuple[str, Callable[[Rows], str]]] = {
    "CSV": (".csv", as_csv),
    "JSON": (".json", plain),
    "JSON under keys": (".json", pretty),
    "JSON Lines": (".jsonl", as_lines),
    "compact JSON Lines": (".txt", as_compact_lines),
    "GeoJSON": (".geojson", as_geojson),
    "ArcGIS": (".json", as_arcgis),
    "Socrata": (".json", as_socrata),
    "arrays": (".json", as_arrays),
}


def opened(
    tmp_path: Path, content: str | bytes, name: str = "calls.json", **form: Any
) -> TableFile:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(file, Form(**form))


def rows_of(table: TableFile) -> list[dict[str, str]]:
    return [row for frame in table.frames() for row in frame.table.to_pylist()]


def lines_of(table: TableFile) -> list[int]:
    return [line for frame in table.frames() for line in frame.lines.tolist()]


def broken_of(table: TableFile) -> list[tuple[int, str]]:
    return [(b.line, b.reason) for frame in table.frames() for b in frame.broken]


def take(tmp_path: Path, file: Path, mapping: str = MAPPING) -> tuple[Any, list[dict[str, Any]]]:
    """Import a file into a store of its own; its report and records."""
    store = Store(tmp_path / f"store-{file.name}")
    (tmp_path / "mapping.toml").write_text(mapping)
    options = Options(map=tmp_path / "mapping.toml")
    report = importer.import_file(store, PLACE, file, options, say=lambda _: None)
    left_out = ("row_hash", "received_at", "settled_at", "attributes", "geometry")
    table = pq.read_table(store.batches / f"{report.batch}.parquet").drop_columns(list(left_out))
    return report, table.to_pylist()


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
    file.write_text(write(ROWS), encoding="utf-8")
    return file


def test_rejected_rows_have_their_line_or_number(tmp_path: Path) -> None:
    text = as_lines(ROWS[10:20]).splitlines()
    text[3:3] = ["", "cut off {", "[1, 2]"]
    file = tmp_path / "calls.jsonl"
    file.write_text("\n".join(text))
    report, found = take(tmp_path, file)
    assert (report.rows, report.kept) == (12, 10) and len(found) == 10
    assert report.rejected == {"no JSON": 1, "no object of keys and values": 1}
    (rejected,) = (tmp_path / "store-calls.jsonl" / "rejected").glob("*.csv")
    with rejected.open(newline="") as stream:
        assert [row["line"] for row in csv.DictReader(stream)] == ["5", "6"]


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)
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


@pytest.mark.parametrize("name", FORMATS)
@settings(
    max_examples=4,  # of up to 30 rows, each through the whole importer
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(table=TABLES)
def test_kept_and_rejected_are_all_rows_and_values_are_those_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, table: Rows
) -> None:
    tmp_path = tmp_path_factory.mktemp("rows")
    suffix, write = FORMATS[name]
    file = tmp_path / f"calls{suffix}"
    file.write_text(write(table), encoding="utf-8", newline="")
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


@pytest.mark.parametrize("lines", [True, False])
def test_numbers_stand_as_they_are_written(tmp_path: Path, lines: bool) -> None:
    numbers = [
        "1.50",
        "2e5",
        "-0",
        "0.0000001",
        "123456789012345678901234567890",
        "44.9000",
        "1E-7",
    ]
    texts = [f'{{"a": {one}, "b": true, "c": null, "d": "x"}}' for one in numbers] * HEAD_ROWS
    content = "\n".join(texts) if lines else "[" + ",\n ".join(texts) + "]"
    found = rows_of(opened(tmp_path, content))
    assert [row["a"] for row in found] == numbers * HEAD_ROWS
    assert {(row["b"], row["c"], row["d"]) for row in found} == {("true", "", "x")}


def test_both_ways_to_read_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flat records by Arrow, and one by one: equal, also where strings look like structure."""
    odd = [
        'a: 5, {"b": [1]}',
        "\\",
        '\\"',
        "true",
        "null",
        "12",
        "é\U0001f600\t",
        "",
        " x ",
        "{",
        '"',
    ]
    rows = [{"n": n, "text": odd[n % len(odd)], "odd": True, "none": None} for n in range(900)]
    for write in (as_lines, as_compact_lines, plain, pretty):
        with monkeypatch.context() as patch:
            fast = rows_of(opened(tmp_path, write(rows), "a.json"))
            patch.setattr(flat, "_parse", lambda *_: None)
            assert rows_of(opened(tmp_path, write(rows), "a.json")) == fast
        assert [row["text"] for row in fast] == [row["text"] for row in rows]


@pytest.mark.parametrize("step", [64, 1000])
def test_records_are_whole_wherever_a_piece_ends(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"n": str(n), "t": 'a "}]\\" é' * (n % 5), "o": {"x": [n, {"y": 1}]}} for n in range(400)
    ]
    expected = rows_of(opened(tmp_path, plain(rows)))
    monkeypatch.setattr(cut, "CUT_BYTES", step)
    for write in (as_lines, plain, pretty):
        table = opened(tmp_path, write(rows), "b.json")
        assert rows_of(table) == expected and lines_of(table) == [*range(1, 401)]


def test_nested_keys_lists_and_nothing(tmp_path: Path) -> None:
    records = [
        {"a": {"b": {"c": 1}}, "tags": ["x", 2.50, None], "people": [{"n": 1.10}], "when": None},
        {"when": {"day": "2024-01-01"}, "new": "z", "a": None},
    ]
    text = json.dumps(records).replace("2.5", "2.50").replace("1.1}", "1.10}")
    table = opened(tmp_path, text)
    assert table.names == ("a/b/c", "tags", "people", "when/day", "new")
    assert rows_of(table)[0] == {
        "a/b/c": "1",
        "tags": "x; 2.50",
        "people": '[{"n": 1.10}]',
        "when/day": "",
        "new": "",
    }
    assert rows_of(table)[1]["when/day"] == "2024-01-01"


@pytest.mark.parametrize(
    "record",
    [
        {"location": {"latitude": "44.9", "longitude": "-93.2", "human_address": "x"}},
        {"location": {"type": "Point", "coordinates": [-93.2, 44.9]}},
        {"_geolocation": [44.9, -93.2]},
    ],
)
def test_places_inside_of_records_are_latitude_and_longitude(
    tmp_path: Path, record: dict[str, Any]
) -> None:
    key = next(iter(record))
    table = opened(tmp_path, json.dumps([{key: None, "n": 1}, record]))
    assert [(row["latitude"], row["longitude"]) for row in rows_of(table)] == [
        ("", ""),
        ("44.9", "-93.2"),
    ]
    assert key not in table.names


def test_features_of_all_shapes(tmp_path: Path) -> None:
    def feature(shape: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
        return {"type": "Feature", "geometry": shape, "properties": {"a": 1}, **more}

    ring = [[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]]
    shapes: list[dict[str, Any] | None] = [
        {"type": "Point", "coordinates": [-93.25, 44.97, 250]},
        {"type": "LineString", "coordinates": [[0, 1], [2, 1]]},
        {"type": "Polygon", "coordinates": [ring]},
        None,
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": ["x", None]},
    ]
    features = [feature(shape, id=n) for n, shape in enumerate(shapes)]
    table = opened(tmp_path, json.dumps({"type": "FeatureCollection", "features": features}))
    assert table.names == ("id", "a", "latitude", "longitude", "place_precision")
    assert table.form == "utf-8, GeoJSON"
    found = rows_of(table)
    assert [row["id"] for row in found] == ["0", "1", "2", "3", "4", "5"]
    assert (found[0]["latitude"], found[0]["longitude"]) == ("44.97", "-93.25")
    assert [row["place_precision"] for row in found] == ["exact", "block", "area", "", "", ""]
    assert (found[2]["latitude"], found[2]["longitude"]) == ("2", "2")


@pytest.mark.parametrize("after", [True, False])
def test_the_crs_of_the_file_counts_wherever_it_stands(tmp_path: Path, after: bool) -> None:
    crs = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::26915"}}}
    shape = {"type": "Point", "coordinates": [478000.5, 4980000.25]}
    features = [{"type": "Feature", "properties": {"a": 1}, "geometry": shape}]
    body = {"features": features, **crs} if after else {**crs, "features": features}
    geojson = opened(tmp_path, json.dumps({"type": "FeatureCollection", **body}))
    esri = {"attributes": {"a": 1}, "geometry": {"x": 478000.5, "y": 4980000.25}}
    reference = {"spatialReference": {"wkid": 26915}}
    body = {"features": [esri], **reference} if after else {**reference, "features": [esri]}
    for table in (geojson, opened(tmp_path, json.dumps(body), "esri.json")):
        (row,) = rows_of(table)
        assert math.isclose(float(row["latitude"]), 44.9731, abs_tol=1e-4)
        assert math.isclose(float(row["longitude"]), -93.2790, abs_tol=1e-4)


def test_rings_of_arcgis_are_an_area_with_its_hole(tmp_path: Path) -> None:
    outer = [[0, 0], [0, 9], [9, 9], [9, 0], [0, 0]]
    hole = [[1, 1], [8, 1], [8, 8], [1, 8], [1, 1]]
    features = [{"attributes": {"a": 1}, "geometry": {"rings": [outer, hole]}}]
    (row,) = rows_of(opened(tmp_path, json.dumps({"features": features})))
    lat, lon = float(row["latitude"]), float(row["longitude"])
    assert row["place_precision"] == "area"
    assert 0 < lat < 9 and 0 < lon < 9 and not (1 < lat < 8 and 1 < lon < 8)


def test_what_cannot_be_a_record_is_rejected_with_its_number(tmp_path: Path) -> None:
    deep = '{"a": ' + "[" * 100 + "{}" + "]" * 100 + "}"
    deeper = '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}"
    long = json.dumps({"a": "x" * (1 << 20) + "y"})
    text = f'[null, {{"a": 1}}, 5, "x, y", {{"a": 2}}, {{"a" 3}}, [1], {deep}, {deeper}, {long}]'
    table = opened(tmp_path, text)
    assert lines_of(table) == [2, 5] and [row["a"] for row in rows_of(table)] == ["1", "2"]
    none, deep = "no object of keys and values", "more than 64 objects and lists in each other"
    assert broken_of(table) == [
        (1, none),
        (3, none),
        (4, none),
        (6, "no JSON"),
        (7, none),
        (8, deep),
        (9, deep),
        (10, "longer than 1,048,576 bytes"),
    ]


@pytest.mark.parametrize(
    ("text", "byte"),
    [
        ('[{"a":1},{"a":2},{"a', 20),
        ('[{"a":1},{"a":2}', 16),
        ('[{"a":1} {"a":2}]', 9),
        ('[{"a":1},,{"a":2}]', 9),
        ('[{"a":1},{"a":2},]', 17),
        ('{"é":1,"data":[{"a":1}],}', 25),
        ('{"data":[{"a":1}]', 17),
        ('{"data":[{"a":1}]} {"b":2}', 19),
        ('{"b" 1,"data":[{"a":1}]}', 5),
        ('[{"a":1}}', 8),
        ('{"a": 1, "b"', 12),
    ],
)
def test_a_file_that_is_cut_off_or_damaged_says_where(tmp_path: Path, text: str, byte: int) -> None:
    with pytest.raises(Problem, match=rf"breaks at byte {byte:,}, after"):
        opened(tmp_path, text)


def test_what_follows_the_records_is_checked_however_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.formats.json_layout.OUTLINE_BYTES", 50)
    monkeypatch.setattr(cut, "CUT_BYTES", 40)
    text = json.dumps({"data": [{"a": 1}, {"a": 2}], "log": ["x"] * 400})
    assert len(rows_of(opened(tmp_path, text, records="data"))) == 2
    with pytest.raises(Problem, match="breaks at byte"):
        opened(tmp_path, text[:-2], records="data")


def test_several_lists_of_records_are_asked_about(tmp_path: Path) -> None:
    two = json.dumps({"stops": [{"a": 1}], "arrests": [{"a": 2}], "n": [1, 2, 3]})
    with pytest.raises(NeedsChoice) as raised:
        opened(tmp_path, two)
    assert (raised.value.word, raised.value.choices) == ("records", ("stops", "arrests"))
    assert rows_of(opened(tmp_path, two, records="arrests")) == [{"a": "2"}]
    with pytest.raises(Problem, match=r'no list of records at "calls"\. It has: stops, arrests'):
        opened(tmp_path, two, records="calls")
    longer = opened(tmp_path, json.dumps({"a": {"b": [{"x": 1}] * 3}, "c": [{"y": 1}]}))
    assert longer.names == ("x",) and "others are not: c" in longer.notes[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "holds no records"),
        ("[1, 2]", "holds no records"),
        ('{"type": "FeatureCollection", "features": []}', "its list of them is empty"),
        ('{"error": {"code": 498, "message": "Invalid token", "details": []}}', "error message"),
    ],
)
def test_a_file_without_records_says_so(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Problem, match=words):
        opened(tmp_path, text)


def test_a_page_of_a_server_says_that_there_is_more(tmp_path: Path) -> None:
    for more in ({"exceededTransferLimit": True}, {"next": "https://example.org/?start=100"}):
        table = opened(tmp_path, json.dumps({"results": [{"a": 1}], **more}))
        assert "the server says that it has more records than this file holds" in table.notes
    assert opened(tmp_path, json.dumps({"results": [{"a": 1}], "next": None})).notes == ()


def test_keys_that_repeat_and_what_python_writes_for_no_number(tmp_path: Path) -> None:
    table = opened(tmp_path, '{"a": 1, "a": 2, "b": NaN}\n{"a": 3, "b": -Infinity}\n')
    assert rows_of(table) == [{"a": "2", "b": ""}, {"a": "3", "b": ""}]
    assert table.notes == ("a key that stands twice in a record: its last value counts",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("write", [plain, pretty, as_lines])
def test_encodings_and_gzip(
    tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes], write: Callable[[Rows], str]
) -> None:
    rows = [{"a": "é\u2019ß", "b": str(n)} for n in range(3)]
    content = pack(write(rows).encode(encoding))
    assert rows_of(opened(tmp_path, content, "calls.gz")) == rows


def test_control_characters_and_halves_of_characters(tmp_path: Path) -> None:
    text = r'[{"a": "x\u0000\u001fy\n", "b": "\ud800z"}]'
    assert rows_of(opened(tmp_path, text)) == [{"a": "xy\n", "b": "\ufffdz"}]


def test_what_is_json_by_its_content() -> None:
    for head in (b'{"a":1}', b'  [\n {"a"', b'\xef\xbb\xbf[{"a"', b"[[1", b'\x1e{"a":1}'):
        assert is_json(head, ".txt")
    for head in (b"id,date\n", b"[id],[date]\n", b'"a","b"\n', b"\x1f\x8bxx", b"{x},y\n"):
        assert not is_json(head, ".csv")


def test_more_keys_than_a_table_has_columns(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="4,001 different keys"):
        opened(tmp_path, json.dumps([{f"k{n}": 1} for n in range(4001)]))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="unpacks to more than"):
        opened(tmp_path, gzip.compress(b"[" + b" " * (40 << 20) + b"{}]"), "bomb.json.gz")


def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No piece of a text that is held is longer than a step and a record."""
    monkeypatch.setattr(cut, "CUT_BYTES", 1 << 12)
    longest = 0
    structure = cut.structure

    def seen(text: bytes) -> Any:
        nonlocal longest
        longest = max(longest, len(text))
        return structure(text)

    monkeypatch.setattr(cut, "structure", seen)
    assert len(rows_of(opened(tmp_path, plain(ROWS * 20)))) == 20 * len(ROWS)
    assert longest < 2 << 12
    monkeypatch.setattr(cut, "MOST_RECORD", 1 << 13)
    with pytest.raises(Problem, match="breaks at byte 1,"):
        opened(tmp_path, json.dumps([{"a": "x" * (1 << 14)}]))
    table = opened(tmp_path, '{"a": 1}\n' + json.dumps({"a": "x" * (1 << 14)}) + '\n{"a": 2}\n')
    assert lines_of(table) == [1, 3]
    assert broken_of(table) == [(2, "longer than 1,048,576 bytes")]


def test_dates_of_arcgis_are_moments(tmp_path: Path) -> None:
    rows = [{**row, "date": 1704067200000 + 60_000 * n} for n, row in enumerate(ROWS[20:60])]
    file = tmp_path / "calls.json"
    file.write_text(as_arcgis(rows))
    report, records = take(tmp_path, file)
    assert report.kept == 40
    assert records[1]["occurred_at"].isoformat() == "2024-01-01T00:01:00+00:00"


def test_the_import_asks_which_list_and_keeps_the_answer(tmp_path: Path) -> None:
    def ask(question: str, choices: Sequence[str]) -> str:
        return "arrests" if "arrests" in choices else "community"

    file = tmp_path / "two.json"
    file.write_text(json.dumps({"stops": ROWS[10:13], "arrests": ROWS[20:23]}))
    store = Store(tmp_path / "store")
    report = importer.import_file(
        store, PLACE, file, Options(kind="other"), ask=ask, say=lambda _: None
    )
    assert report.kept == 3
    assert 'records = "arrests"' in Path(str(report.mapping_file)).read_text()
    with pytest.raises(NeedsChoice):
        importer.import_file(store, PLACE, file, Options(kind="other"), say=lambda _: None)


def test_people_are_dropped_from_nested_records_too(tmp_path: Path) -> None:
    people = {"reporter": {"name": "Ana Smith"}, "properties": {"phone": "612-555-0142"}}
    file = tmp_path / "calls.jsonl"
    file.write_text(as_lines([{**row, **people} for row in ROWS[:50]]))
    report, _ = take(tmp_path, file)
    assert report.forbidden == ("reporter/name", "properties/phone")
    for kept in (tmp_path / "store-calls.jsonl").rglob("*"):
        assert kept.is_dir() or b"Ana Smith" not in kept.read_bytes()


def test_where_a_form_was_opened_is_not_where_it_happened(tmp_path: Path) -> None:
    """KoboToolbox's _geolocation is the first point of a form, whichever that is."""
    one = {"_geolocation": [44.9, -93.2], "where": "44.9 -93.2 0 0"}
    table = opened(tmp_path, json.dumps([one, {"_geolocation": [None, None]}]))
    assert table.names == ("where", "latitude", "longitude")
    assert [row["latitude"] for row in rows_of(table)] == ["44.9", ""]
    for more in ({"start-geopoint": "44.9 -93.2 0 0"}, {"seen": "44.8 -93.1 0 0"}):
        table = opened(tmp_path, json.dumps([one, {**one, **more}]))
        assert "latitude" not in table.names
        assert rows_of(table)[0]["_geolocation"] == "44.9; -93.2"
