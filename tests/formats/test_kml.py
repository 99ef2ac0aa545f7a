"""KML and KMZ through the import: every placemark a record or a rejected row, nothing else read."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from data.files.form import Form
from data.formats import kml_file, kml_table
from data.formats.open_table import open_table
from data.imports import importer
from data.imports.importer import Options, Report
from data.settings import Problem
from data.storage.store import Store
from tests.imports.test_import import PLACE, records, rejected

NAMESPACE = "http://www.opengis.net/kml/2.2"
POINT = "<Point><coordinates>-93.265,44.978,0</coordinates></Point>"
WHEN = "<TimeStamp><when>2024-03-01T13:00:00Z</when></TimeStamp>"
MAPPING = '[source]\nname = "calls"\nkind = "official"\nurl = "https://example.org"\n'


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def kml(*placemarks: str, head: str = "", namespace: str = NAMESPACE) -> str:
    inside = "\n".join(f"<Placemark>{text}</Placemark>" for text in placemarks)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<kml xmlns="{namespace}">'
        f"<Document><name>Calls</name>{inside}</Document></kml>"
    )


def data(**values: str) -> str:
    each = "".join(f'<Data name="{n}"><value>{v}</value></Data>' for n, v in values.items())
    return f"<ExtendedData>{each}</ExtendedData>"


def write(folder: Path, text: str | bytes, name: str = "calls.kml") -> Path:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def pack(folder: Path, members: dict[str, str], name: str = "calls.kmz") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return folder / name


def take(
    store: Store, file: Path, mapping: str = "", **stated: Any
) -> tuple[Report, list[dict[str, Any]]]:
    if mapping:
        (file.parent / "mapping.toml").write_text(mapping)
        stated["map"] = file.parent / "mapping.toml"
    options = Options(**{"source": "calls", "kind": "call_911", **stated})
    report = importer.import_file(store, PLACE, file, options, say=lambda _: None)
    assert report.kept + sum(report.rejected.values()) == report.rows
    return report, records(store, report)


def texts(file: Path) -> dict[str, list[str]]:
    table = open_table(file)
    (frame,) = table.frames()
    assert tuple(frame.table.column_names) == table.names
    assert table.head == tuple(zip(*frame.table.to_pydict().values()))
    return dict(frame.table.to_pydict())


def test_placemarks_become_records(store: Store, tmp_path: Path) -> None:
    span = "<TimeSpan><begin>2024-03-02</begin><end>2024-03-03</end></TimeSpan>"
    line = "<LineString><coordinates>-93.26,44.97 -93.25,44.97</coordinates></LineString>"
    file = write(
        tmp_path,
        kml(
            f"<name>Ann Smith</name><description>She <b>said</b> so</description>{WHEN}{POINT}",
            f"{span}{line}{data(beat='12')}",
        ),
    )
    found = texts(file)
    assert found["title text"] == ["Ann Smith", ""]
    assert found["description"] == ["She said so", ""]
    assert found["when"] == ["2024-03-01T13:00:00Z", "2024-03-02"]
    assert found["end"] == ["", "2024-03-03"] and found["beat"] == ["", "12"]
    assert (found["latitude"][0], found["longitude"][0]) == ("44.978", "-93.265")
    assert found["place_precision"] == ["exact", "block"]
    report, rows = take(store, file)
    assert report.rows == report.kept == 2
    by_hour = {row["hour"]: row for row in rows}
    assert by_hour[7]["lat"] == 44.978 and by_hour[7]["place_precision"] == "exact"
    assert by_hour[None]["place_precision"] == "block"
    assert "Smith" not in str(rows) and "said" not in str(rows)


def test_names_of_data_and_folders_and_every_namespace(tmp_path: Path) -> None:
    schema = (
        '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="name">a</SimpleData>'
        '<SimpleData name="kind">b</SimpleData></SchemaData></ExtendedData>'
    )
    inside = (
        f"<Folder><name>Thefts</name><Placemark><name>x</name>{schema}{POINT}</Placemark></Folder>"
    )
    for namespace in (NAMESPACE, "http://earth.google.com/kml/2.1"):
        text = f'<kml xmlns="{namespace}"><Document>{inside}<Placemark>{POINT}</Placemark></Document></kml>'
        found = texts(write(tmp_path, text))
        assert found["title text"] == ["x", ""] and found["name"] == ["a", ""]
        assert found["kind"] == ["b", ""] and found["folder"] == ["Thefts", ""]
    assert texts(write(tmp_path, text.replace(f' xmlns="{namespace}"', "").encode("utf-16")))[
        "kind"
    ]


def test_shapes_of_all_sorts(tmp_path: Path) -> None:
    ring = "<LinearRing><coordinates>0,0 4,0 4,4 0,4 0,0</coordinates></LinearRing>"
    hole = ring.replace("4", "3").replace("0", "1")
    polygon = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs><innerBoundaryIs>{hole}</innerBoundaryIs></Polygon>"
    several = f"<MultiGeometry>{POINT}<MultiGeometry>{polygon}</MultiGeometry></MultiGeometry>"
    found = texts(write(tmp_path, kml(POINT, ring, polygon, several, "<name>none</name>")))
    assert found["place_precision"] == ["exact", "block", "area", "area", ""]
    lat, lon = float(found["latitude"][2]), float(found["longitude"][2])
    assert 0 < lat < 4 and 0 < lon < 4 and not (1 < lat < 3 and 1 < lon < 3)
    assert found["latitude"][4] == ""


@pytest.mark.parametrize(
    ("coordinates", "reason"),
    [
        ("somewhere", "cannot be read as a number"),
        ("-93.2", "cannot be read as a number"),
        ("-93.2;44.9", "cannot be read as a number"),
        ("1,2,3,4", "cannot be read as a number"),
        ("nan,44.9", "NaN"),
        ("0,0", "0/0"),
        ("44.978,-93.265", "swapped"),
        ("-193.2,44.9", "out of range"),
        ("", "no place at all"),
    ],
)
def test_coordinates_that_cannot_be_are_rejected_by_number(
    store: Store, tmp_path: Path, coordinates: str, reason: str
) -> None:
    bad = f"{WHEN}<Point><coordinates>{coordinates}</coordinates></Point>"
    report, rows = take(store, write(tmp_path, kml(WHEN + POINT, bad, WHEN + POINT)))
    assert (report.rows, report.kept, len(rows)) == (3, 2, 2)
    assert [reason in str(r) for r in report.rejected] == [True]
    assert [row["line"] for row in rejected(report)] == ["2"]


@pytest.mark.parametrize(
    "shape",
    [
        "<Model><Location/></Model>",
        "<LineString><coordinates>-93,44</coordinates></LineString>",
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>-93,44 -93,45</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon>",
    ],
)
def test_a_shape_that_is_none_is_rejected(store: Store, tmp_path: Path, shape: str) -> None:
    report, _ = take(store, write(tmp_path, kml(WHEN + POINT, WHEN + shape)))
    assert (report.rows, report.kept) == (2, 1)


def test_blanks_after_commas_are_read(tmp_path: Path) -> None:
    spaced = "<Point><coordinates>\n -93.265, 44.978, 0 \n</coordinates></Point>"
    assert texts(write(tmp_path, kml(spaced)))["latitude"] == ["44.978"]


def test_a_title_can_be_mapped(store: Store, tmp_path: Path) -> None:
    mapping = (
        MAPPING + '[columns]\noccurred_at = "when"\nlat = "latitude"\nlon = "longitude"\n'
        'kind = "title text"\n[values.kind]\nBurglary = "other"\n'
    )
    file = write(tmp_path, kml(f"<name>Burglary</name>{WHEN}{POINT}"))
    assert take(store, file, mapping, kind=None)[1][0]["kind"] == "other"


def test_an_archive_is_read_whatever_its_name(store: Store, tmp_path: Path) -> None:
    text = kml(WHEN + POINT)
    for name in ("calls.kmz", "calls.zip"):
        found = texts(pack(tmp_path, {"doc.kml": text, "images/a.png": "x"}, name))
        assert found["latitude"] == ["44.978"]
    members = {"z/other.kml": kml(), "layer.kml": text}
    assert texts(pack(tmp_path, members))["latitude"] == ["44.978"]
    report, _ = take(store, pack(tmp_path, {"doc.kml": text}))
    assert report.kept == 1


BOMB = "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 10 if i else "ha"}">' for i in range(9))
HARMFUL = {
    "a bomb": (kml("<name>&b8;</name>", head=f"<!DOCTYPE kml [{BOMB}]>"), "document type or ent"),
    "a file": (
        kml("<name>&f;</name>", head='<!DOCTYPE k [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
        "document type or entities",
    ),
    "a document type": (
        kml(POINT, head='<!DOCTYPE kml SYSTEM "http://x.invalid/k">'),
        "document t",
    ),
    "cut off": (kml(POINT, POINT)[:-30], r"line 3, column \d+: this is no KML"),
    "a page": ("<html><body><p>Log in</body></html>", "this is no KML"),
    "nothing": (kml(), "holds no placemark"),
    "a link": (
        "<kml><NetworkLink><Link><href>http://x.invalid/</href></Link></NetworkLink></kml>",
        "only links",
    ),
    "levels": ("<kml>" + "<Folder>" * 100_000, "more than 64 levels"),
    "an encoding": ('<?xml version="1.0" encoding="nowhere"?><kml/>', "encoding|no KML"),
    "columns": (kml(data(**{f"c{i}": "1" for i in range(4001)})), "4,000 columns"),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_harmful_and_damaged_files_are_a_sentence(store: Store, tmp_path: Path, what: str) -> None:
    text, sentence = HARMFUL[what]
    with pytest.raises(Problem, match=sentence):
        take(store, write(tmp_path, text))
    with pytest.raises(Problem, match=sentence):
        take(store, pack(tmp_path, {"doc.kml": text}))


def test_harmful_archives_are_a_sentence(tmp_path: Path) -> None:
    text = kml(POINT)
    with pytest.raises(Problem, match="leads out of the archive"):
        open_table(pack(tmp_path, {"doc.kml": text, "../../x.kml": text}))
    with pytest.raises(Problem, match="250 times"):
        open_table(pack(tmp_path, {"doc.kml": text + " " * (60 << 20)}))
    with pytest.raises(Problem, match="cut off or damaged"):
        open_table(write(tmp_path, pack(tmp_path, {"doc.kml": text}).read_bytes()[:-30], "a.kmz"))
    with pytest.raises(Problem, match="no KML"):
        open_table(pack(tmp_path, {"a.csv": "a,b\n1,2\n"}))
    with pytest.raises(Problem, match=r"larger than|more than 100 bytes"):
        open_table(pack(tmp_path, {"doc.kml": text}), Form(most_bytes=100))
    with pytest.raises(Problem, match="larger than 100 bytes"):
        open_table(write(tmp_path, text), Form(most_bytes=100))


def test_one_element_cannot_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kml_file, "MOST_ELEMENT", 1 << 20)
    with pytest.raises(Problem, match="an element of more than 1,048,576 bytes"):
        open_table(write(tmp_path, kml(f"<name>{'x' * (2 << 20)}</name>")))
    many = kml(*[f"<name>{'x' * 1000}</name>{POINT}"] * 3000)
    assert sum(len(f.table) for f in open_table(write(tmp_path, many)).frames()) == 3000


def test_a_value_as_long_as_no_row_is_rejected(store: Store, tmp_path: Path) -> None:
    long = f"{WHEN}{POINT}{data(a='x' * (1 << 21))}"
    report, _ = take(store, write(tmp_path, kml(WHEN + POINT, long)))
    assert (report.rows, report.kept) == (2, 1)
    assert "longer than 1,048,576 bytes" in str(report.rejected)


def test_large_files_come_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kml_table, "ROWS", 100)
    table = open_table(write(tmp_path, kml(*[WHEN + POINT] * 250, "")))
    seen: list[tuple[int, int]] = []
    frames = list(table.frames(["when"], lambda done, size: seen.append((done, size))))
    assert [len(f.table) for f in frames] == [100, 100, 50]
    assert frames[1].lines[0] == 101 and frames[2].blank == 1
    assert seen[-1][0] == seen[-1][1] == table.file.stat().st_size
