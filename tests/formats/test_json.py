"""JSON, JSON Lines and GeoJSON through the importer: the same records as from CSV, none lost."""

import csv
import gzip
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from data.files.form import Form, NeedsChoice
from data.files.table_file import TableFile
from data.formats.json_table import is_json
from data.formats.open_table import open_table
from data.formats.typed_table import HEAD_ROWS
from data.imports import importer
from data.imports.importer import Options
from data.json_text import cut, flat
from data.settings import Problem
from data.storage.store import Store
from tests.formats.made_tables import (
    PLACE,
    ROWS,
    Rows,
    as_arcgis,
    as_compact_lines,
    as_lines,
    plain,
    pretty,
    rows_of,
    take,
)


def opened(
    tmp_path: Path, content: str | bytes, name: str = "calls.json", **form: Any
) -> TableFile:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(file, Form(**form))


def lines_of(table: TableFile) -> list[int]:
    return [line for frame in table.frames() for line in frame.lines.tolist()]


def broken_of(table: TableFile) -> list[tuple[int, str]]:
    return [(b.line, b.reason) for frame in table.frames() for b in frame.broken]


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
