"""Zips: one table, many of one shape, and what is refused; through the importer."""

import csv
import io
import json
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from data.files.form import Form, NeedsChoice
from data.formats.open_table import open_table
from data.formats.zip_members import tell_apart
from data.imports import importer
from data.imports.importer import Options, Report
from data.settings import Problem, Settings
from data.storage.store import Store
from data.upkeep import purge

PLACE = Settings(name="London", zone="Europe/London", crs="EPSG:27700", center=(51.5, -0.12))
HEAD = "Incident ID,Date,Longitude,Latitude,Crime type\n"
STREET = (
    HEAD + "a1,2024-01-03 10:00,-0.12,51.5,arrest operation\n,2024-01-04 11:00,-0.13,51.51,other\n"
)
SEARCH = "Type,Date,Latitude,Longitude,Gender\nPerson search,2024-01-03 10:00,51.5,-0.12,Male\n"


def pack(folder: Path, files: Mapping[str, str | bytes], name: str = "police.zip") -> Path:
    file = folder / name
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return file


def take(tmp_path: Path, file: Path, **options: str) -> tuple[Store, Report]:
    store = Store(tmp_path / "store")
    stated = Options(**({"source": "police"} | options))  # type: ignore[arg-type]
    return store, importer.import_file(store, PLACE, file, stated, say=lambda _: None)


def rejects(report: Report) -> list[dict[str, str]]:
    assert report.rejected_file
    with Path(report.rejected_file).open(newline="") as file:
        return list(csv.DictReader(file))


def test_one_table_beside_other_files(tmp_path: Path) -> None:
    junk = {"readme.txt": "Hello, this is\nnot, a table", "LICENSE": "MIT", "__MACOSX/._a.csv": "x"}
    file = pack(tmp_path, {**junk, "data/a.csv": STREET + "x,never,0,0,other\n"})
    _, report = take(tmp_path, file)
    assert (report.rows, report.kept) == (3, 2)
    assert "not read of the zip: LICENSE, readme.txt" in report.notes
    assert [row["line"] for row in rejects(report)] == ["4"]
    assert "member" not in rejects(report)[0]


def test_a_text_file_alone_is_a_table(tmp_path: Path) -> None:
    _, report = take(tmp_path, pack(tmp_path, {"README.txt": "Read me", "a.txt": STREET}))
    assert report.kept == 2


def test_members_of_one_shape_are_one_table_whatever_the_order_of_columns(tmp_path: Path) -> None:
    other = "crime type;LATITUDE;Longitude;Date;Incident ID\r\nother;51.52;-0.1;2024-02-01 09:00;b1\r\nother;51.5;-0.1;never;b2\r\n"
    files: dict[str, str | bytes] = {
        "2024-02/2024-02-met-street.csv": other.encode("utf-16"),
        "2024-01/2024-01-met-street.csv": STREET,
    }
    file = pack(tmp_path, files)
    table = open_table(file)
    assert table.names == ("Incident ID", "Date", "Longitude", "Latitude", "Crime type")
    frames = [f for f in table.frames(["Latitude", "Incident ID"]) if f.table.num_rows]
    assert [f.member for f in frames] == sorted(files)
    assert frames[1].table.to_pydict() == {
        "Latitude": ["51.52", "51.5"],
        "Incident ID": ["b1", "b2"],
    }
    _, report = take(tmp_path, file)
    assert (report.rows, report.kept) == (4, 3)
    (row,) = rejects(report)
    assert (row["member"], row["line"]) == ("2024-02/2024-02-met-street.csv", "3")
    assert row["Incident ID"] == "b2"
    # the same content packed in another order: the same records
    again = pack(tmp_path, dict(sorted(files.items())), "again.zip")
    first = [f.table.to_pydict() for f in table.frames()]
    assert first == [f.table.to_pydict() for f in open_table(again).frames()]


def test_a_purge_finds_the_rejected_row_of_a_member(tmp_path: Path) -> None:
    """The member stands before the columns that are ours: those of the source move with it."""
    later = HEAD + "a1,never,-0.12,51.5,other\nc1,never,-0.12,51.5,a1\n"
    store, report = take(tmp_path, pack(tmp_path, {"1.csv": STREET, "2.csv": later}))
    assert [row["Incident ID"] for row in rejects(report)] == ["a1", "c1"]
    purge.purge(store, "police:a1")
    (live,) = store.history().live
    with (store.rejected / f"{live}.csv").open(newline="") as file:
        assert [row["Incident ID"] for row in csv.DictReader(file)] == ["c1"]


UK = {
    "2024-01/2024-01-metropolitan-street.csv": STREET,
    "2024-01/2024-01-city-of-london-street.csv": STREET,
    "2024-01/2024-01-metropolitan-stop-and-search.csv": SEARCH,
}


def test_several_shapes_are_asked_for_by_patterns_that_tell_them_apart(tmp_path: Path) -> None:
    file = pack(tmp_path, UK)
    with pytest.raises(NeedsChoice) as asked:
        take(tmp_path, file)
    assert asked.value.word == "member"
    assert asked.value.choices == (
        "*-street.csv",
        "2024-01/2024-01-metropolitan-stop-and-search.csv",
    )
    assert '--member "*-street.csv"' in str(asked.value) and "*-street.csv (2)" in str(asked.value)
    for choice, rows in zip(asked.value.choices, (4, 1)):
        table = open_table(file, Form(member=choice))
        assert sum(f.table.num_rows for f in table.frames()) == rows
    _, report = take(tmp_path, file, member="*-street.csv")
    assert report.kept == 4


def test_patterns_hold_also_where_no_end_is_shared() -> None:
    groups = (["a[1].csv", "b.csv"], ["c.csv", "b.tsv"])
    patterns = tell_apart(groups)
    found = [[n for g in groups for n in g if _fits(n, p)] for p in patterns]
    assert found == [list(group) for group in groups]


def _fits(name: str, pattern: str) -> bool:
    from data.formats import zip_members

    return zip_members._matches(name, pattern)


def test_a_pattern_that_fits_nothing_shows_the_names(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"fits none of its files: 2024-01/2024-01-city"):
        open_table(pack(tmp_path, UK), Form(member="*.xlsx"))


def test_a_packed_file_in_a_zip(tmp_path: Path) -> None:
    import gzip

    _, report = take(tmp_path, pack(tmp_path, {"a.csv.gz": gzip.compress(STREET.encode())}))
    assert report.kept == 2


def test_the_hash_is_of_the_zip_and_another_zip_is_another_batch(tmp_path: Path) -> None:
    import hashlib

    file = pack(tmp_path, {"a.csv": STREET})
    assert open_table(file).sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "name", ["../a.csv", "/etc/a.csv", "a/../../b.csv", "C:\\a.csv", "..\\a.csv"]
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem, match="leads out of the archive"):
        open_table(pack(tmp_path, {name: STREET}))


def test_links_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    info = zipfile.ZipInfo("a.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(Problem, match="holds a link"):
        open_table(file)


def test_encrypted_members_get_a_sentence(tmp_path: Path) -> None:
    file = pack(tmp_path, {"a.csv": STREET})
    content = bytearray(file.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.index(mark) + at
        content[start : start + 2] = struct.pack("<H", 1)
    file.write_bytes(content)
    with pytest.raises(Problem, match="encrypted"):
        open_table(file)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = pack(tmp_path, {"a.csv": HEAD + "a" * 40_000_000})
    with pytest.raises(Problem, match="250 times its size"):
        open_table(file)
    many = pack(tmp_path, {f"{i}.csv": HEAD + "a" * 9_000_000 for i in range(8)}, "many.zip")
    with pytest.raises(Problem, match="250 times its size"):
        open_table(many)
    with pytest.raises(Problem, match="more than 100 bytes"):
        open_table(pack(tmp_path, {"a.csv": STREET}, "b.zip"), Form(most_bytes=100))


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from data.formats import zip_members

    monkeypatch.setattr(zip_members, "MOST_MEMBERS", 2)
    with pytest.raises(Problem, match="holds 3 files"):
        open_table(pack(tmp_path, UK))


@pytest.mark.parametrize("name", ["inner.zip", "inner.csv"])
def test_a_zip_in_a_zip_is_refused(tmp_path: Path, name: str) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", STREET)
    with pytest.raises(Problem, match=r"another archive|zip archive"):
        open_table(pack(tmp_path, {"a.csv": STREET, name: inner.getvalue()}))


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.99])
def test_a_zip_that_is_cut_off_is_a_sentence(tmp_path: Path, cut: float) -> None:
    file = pack(tmp_path, {"a.csv": STREET})
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * cut)])
    with pytest.raises(Problem, match="cut off or damaged"):
        open_table(file)


def test_a_damaged_byte_anywhere_is_a_sentence_or_harmless(tmp_path: Path) -> None:
    file = pack(tmp_path, {"a.csv": STREET * 3})
    whole = file.read_bytes()
    for at in range(len(whole)):
        broken = bytearray(whole)
        broken[at] ^= 0x55
        file.write_bytes(broken)
        try:
            rows = sum(f.table.num_rows for f in open_table(file).frames())
        except Problem:
            continue
        assert rows == 8  # the whole table: a byte that says nothing of its content


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"holds no table that can be read: a\.pdf"):
        open_table(pack(tmp_path, {"a.pdf": "%PDF"}))
    with pytest.raises(Problem, match="holds no table that can be read: nothing"):
        open_table(pack(tmp_path, {}))
    with pytest.raises(Problem, match="office program"):
        document = {"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}
        open_table(pack(tmp_path, document, "calls.docx"))


def test_the_member_is_kept_in_the_mapping(tmp_path: Path) -> None:
    """What was stated once is stated in the mapping that the store keeps: it imports again."""
    file = pack(tmp_path, UK)
    store, report = take(tmp_path, file, member="*-street.csv")
    assert report.mapping_file
    again = importer.import_file(
        store, PLACE, file, Options(map=Path(report.mapping_file)), say=lambda _: None
    )
    assert again.unchanged
    assert json.loads(json.dumps(again.rows)) == 4
