"""`python -m data basemap get`: an archive is read in parts, copied, checked; faults are sentences."""

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pmtiles import reader
from pmtiles.tile import tileid_to_zxy

from data import settings
from data.maps import archive_source, basemap, basemap_copy, pmtiles_archive, tile_cover
from data.maps.archive_source import FileSource, WebSource, open_source
from data.maps.pmtiles_archive import Span
from data.maps.tile_cover import Box
from data.settings import Basemap, Problem
from tests import ranges
from tests.conftest import command
from tests.ranges import TOWN, Web

OSM = "© OpenStreetMap contributors"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive; it is only read."""
    made = tmp_path_factory.mktemp("web")
    ranges.archive(made / "planet.pmtiles")
    return made


@pytest.fixture
def web(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A server of this folder; nobody waits long for it."""
    monkeypatch.setattr(archive_source, "PAUSE", 0.01)
    with ranges.serving(folder) as found:
        yield found


def nothing(done: int, total: int) -> None:
    """Show no progress."""


def copied(source: archive_source.ArchiveSource, target: Path, bounds: Box = TOWN) -> list[int]:
    """Copy; what is said on the way."""
    steps: list[int] = []
    plan = basemap_copy.plan_copy(source, bounds)
    basemap_copy.copy_tiles(plan, target, lambda done, total: steps.append(done))
    assert steps[-1] == plan.size
    return steps


def tiles_of(file: Path) -> dict[int, bytes]:
    """All tiles of an archive, as the reader of `pmtiles` has them."""
    source = reader.MemorySource(file.read_bytes())
    return {ranges.number(*zxy): body for zxy, body in reader.all_tiles(source)}


def expected(folder: Path) -> dict[int, bytes]:
    """The tiles that the town's copy has to have."""
    wanted = set(tile_cover.tile_numbers(TOWN, 0, ranges.FINEST))
    return {n: body for n, body in tiles_of(folder / "planet.pmtiles").items() if n in wanted}


def test_exactly_the_tiles_of_the_place_come_in_few_requests(web: Web, tmp_path: Path) -> None:
    target = tmp_path / "basemap" / "town.pmtiles"
    copied(WebSource(web.address("planet.pmtiles")), target)
    want = expected(web.folder)
    assert tiles_of(target) == want and 50 < len(want) < len(
        tiles_of(web.folder / "planet.pmtiles")
    )
    assert len(web.asked) < 8
    assert [f.name for f in target.parent.iterdir()] == ["town.pmtiles"]
    found = basemap.local(Basemap(file=target))  # and the app takes it, with its credit
    assert found == basemap.Local(target, ranges.FINEST, OSM)
    told = reader.Reader(reader.MemorySource(target.read_bytes())).metadata()
    assert told == {"attribution": OSM, "name": "Town", "license": "ODbL-1.0"}


def test_a_file_is_copied_as_an_address_is(folder: Path, tmp_path: Path) -> None:
    copied(open_source(str(folder / "planet.pmtiles")), tmp_path / "town.pmtiles")
    assert tiles_of(tmp_path / "town.pmtiles") == expected(folder)


@pytest.mark.parametrize("fault", ["cut", "less", "503", "429", "500", "again"])
def test_a_fault_that_passes_is_overcome(web: Web, tmp_path: Path, fault: str) -> None:
    web.fault, web.left = fault, 3
    copied(WebSource(web.address("planet.pmtiles")), tmp_path / "town.pmtiles")
    assert web.left == 0
    assert tiles_of(tmp_path / "town.pmtiles") == expected(web.folder)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("whole", r"127.0.0.1 does not answer range requests \(it sent HTTP 200.*--from"),
        ("no range", "does not answer range requests"),
        ("packed", "does not answer range requests"),
        ("shifted", "sends other bytes than those asked for"),
        ("403", "refuses .*planet.pmtiles: HTTP 403"),
        ("416", "is not whole"),
        ("503", "does not answer as it should: HTTP 503. What came is kept"),
        ("redirect", r"sends on to another address, http://localhost:.*Nothing was asked there"),
        ("changed", "changed while it was read"),
    ],
)
def test_a_fault_that_stays_is_a_sentence(web: Web, tmp_path: Path, fault: str, says: str) -> None:
    web.fault, web.left = fault, 1000
    with pytest.raises(Problem, match=says):
        copied(WebSource(web.address("planet.pmtiles")), tmp_path / "town.pmtiles")
    assert not (tmp_path / "town.pmtiles").exists()
    assert not any(path.startswith("/again") for path, *_ in web.asked)


@pytest.mark.parametrize("fault", ["whole", "no range", "403", "503", "redirect"])
def test_it_is_said_also_of_the_first_answer(web: Web, fault: str) -> None:
    web.fault, web.left, web.after = fault, 1000, 1
    with pytest.raises(Problem, match=r"127\.0\.0\.1"):
        basemap_copy.plan_copy(WebSource(web.address("planet.pmtiles")), TOWN)


def test_nothing_there_and_nobody_there(web: Web) -> None:
    with pytest.raises(Problem, match=r"There is nothing at .*/none.pmtiles \(HTTP 404\)"):
        basemap_copy.plan_copy(WebSource(web.address("none.pmtiles")), TOWN)
    with ranges.serving(web.folder) as gone:
        address = gone.address("planet.pmtiles")
    with pytest.raises(Problem, match="does not answer as it should: Connection refused"):
        basemap_copy.plan_copy(WebSource(address), TOWN)
    for wrong in ("ftp://x/y.pmtiles", "file:///etc/passwd", "https://", "https://me:word@x/y"):
        with pytest.raises(Problem, match="neither a file nor an address"):
            open_source(wrong)
    with pytest.raises(Problem, match=r"none\.pmtiles cannot be read: No such file"):
        open_source("none.pmtiles")


def test_what_came_is_not_fetched_again(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basemap_copy, "_MOST", 400)
    target = tmp_path / "town.pmtiles"
    web.fault, web.left, web.after = "503", 1000, 12
    with pytest.raises(Problem, match="goes on from there"):
        copied(WebSource(web.address("planet.pmtiles")), target)
    part = basemap_copy.part_path(target)
    held = part.stat().st_size
    assert held > 1_000 and not target.exists()
    assert basemap_copy.begun_from(target) == web.address("planet.pmtiles")
    part.write_bytes(part.read_bytes()[:-5])  # a machine that went down while it wrote
    first, web.asked, web.fault = set(web.asked[:-6]), [], ""
    steps = copied(WebSource(web.address("planet.pmtiles")), target)
    assert steps[0] > 1_000
    again = {asked for asked in web.asked if asked in first}
    assert len(again) <= 5  # header, metadata, directory; and the run that was cut
    assert tiles_of(target) == expected(web.folder) and not part.exists()


def test_what_came_of_another_archive_is_not_taken(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "town.pmtiles"
    number = max(expected(folder))
    other = ranges.archive(
        tmp_path / "other.pmtiles", {number: gzip.compress(ranges.mvt("New", [(0, 0), (1, 1)]))}
    )
    source = FileSource(other)
    part = basemap_copy.PartFile(basemap_copy.part_path(target), source)
    for span in basemap_copy.plan_copy(source, TOWN).tiles.values():
        if span not in part:
            part.add(span, source.read(*span))
    part.close(done=False)
    steps = copied(FileSource(folder / "planet.pmtiles"), target)
    assert steps[0] == 0 and tiles_of(target) == expected(folder)


def damaged(name: str, whole: bytes) -> bytes:
    """An archive as it should not be."""
    patched = bytearray(whole)
    for at, value in {"old": (7, 2), "raster": (99, 2), "brotli": (98, 3), "odd": (99, 77)}.items():
        if name == at:
            patched[value[0]] = value[1]
    if name == "directory":
        patched[135:145] = bytes(10)
    return {
        "text": b"tiles are fine things " * 20,
        "short": whole[:60],
        "empty": b"",
        "cut": whole[: len(whole) // 2],
    }.get(name, bytes(patched))


@pytest.mark.parametrize("away", [False, True], ids=["file", "web"])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("text", "is no PMTiles archive"),
        ("short", "is not whole|sends other bytes"),
        ("empty", "is not whole|is no PMTiles|range requests|other bytes"),
        ("old", "of version 2; version 3 is read"),
        ("raster", "holds PNG tiles"),
        ("brotli", "packed with brotli"),
        ("odd", "a header that says nothing we know"),
        ("directory", "a directory that cannot be read"),
        ("cut", "is not whole"),
    ],
)
def test_a_damaged_archive_is_a_sentence(
    folder: Path, tmp_path: Path, name: str, says: str, away: bool
) -> None:
    file = tmp_path / "planet.pmtiles"
    file.write_bytes(damaged(name, (folder / "planet.pmtiles").read_bytes()))
    with ranges.serving(tmp_path) as web, pytest.raises(Problem, match=says):
        source = WebSource(web.address(file.name)) if away else FileSource(file)
        copied(source, tmp_path / "town.pmtiles")


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"x" * 100)[:-9],
        b"\x1f\x8b" + bytes(40),
        gzip.compress(b"\x1a\xff"),
        gzip.compress(bytes(17_000_000)),
    ],
    ids=["cut", "damaged", "no tile", "bomb"],
)
def test_a_tile_that_cannot_be_unpacked_is_a_sentence(tmp_path: Path, body: bytes) -> None:
    file = ranges.archive(tmp_path / "planet.pmtiles", {0: body})
    with pytest.raises(Problem, match="holds a tile that cannot be unpacked"):
        copied(FileSource(file), tmp_path / "town.pmtiles")
    assert not (tmp_path / "town.pmtiles").exists()


def test_another_region_and_too_large_a_place(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ranges.archive(tmp_path / "planet.pmtiles")
    head = bytearray(file.read_bytes())
    source = FileSource(file)
    header = pmtiles_archive.read_header(source)
    assert head[100] == 0 and header["max_zoom"] == ranges.FINEST
    whole = basemap_copy.plan_copy(source, TOWN)
    monkeypatch.setattr(basemap_copy, "MOST_SERVED_BYTES", whole.size // 2)
    less = basemap_copy.plan_copy(source, TOWN)  # a coarser map that can be served, and it says so
    assert less.zoom < whole.zoom and less.size <= whole.size // 2
    assert less.left_out > whole.size and whole.left_out == 0
    basemap_copy.copy_tiles(less, tmp_path / "town.pmtiles", nothing)
    assert {tileid_to_zxy(n)[0] for n in tiles_of(tmp_path / "town.pmtiles")} == set(
        range(less.zoom + 1)
    )
    monkeypatch.setattr(basemap_copy, "MOST_SERVED_BYTES", 10)
    with pytest.raises(Problem, match="too large"):
        basemap_copy.plan_copy(source, TOWN)


def test_an_archive_without_tiles_here_is_a_sentence(tmp_path: Path) -> None:
    from pmtiles import writer
    from pmtiles.tile import Compression, TileType

    with writer.write(str(tmp_path / "far.pmtiles")) as out:
        out.write_tile(ranges.number(12, 5, 5), gzip.compress(b""))
        out.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}, {})
    with pytest.raises(Problem, match="of another region"):
        basemap_copy.plan_copy(FileSource(tmp_path / "far.pmtiles"), TOWN)


def test_a_full_disk_is_a_sentence_and_keeps_what_came(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(basemap_copy.writer.Writer, "write_tile", full)
        with pytest.raises(Problem, match=r"The disk is full: .*What came is kept"):
            copied(FileSource(folder / "planet.pmtiles"), tmp_path / "town.pmtiles")
    assert [f.name for f in tmp_path.iterdir()] == ["town.pmtiles.part"]
    steps = copied(FileSource(folder / "planet.pmtiles"), tmp_path / "town.pmtiles")
    assert len(steps) == 1  # all was there


def test_neighbors_are_merged_far_and_large_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = [Span(0, 10), Span(10, 10), Span(500, 10), Span(100_000, 10)]
    assert [len(run) for run in basemap_copy.merged(spans)] == [3, 1]
    many = [Span(i * 1_000_000, 1_000_000) for i in range(10)]
    assert [len(run) for run in basemap_copy.merged(many)] == [4, 4, 2]
    assert list(basemap_copy.merged([])) == []


def test_the_newest_build_that_is_there(
    web: Web, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(archive_source, "BUILDS", web.address("{day:%Y%m%d}.pmtiles"))
    with pytest.raises(Problem, match="no build of the last 10 days"):
        archive_source.newest_build(date(2026, 3, 2))
    assert len(web.asked) == 10
    copy = folder / "20260228.pmtiles"
    try:
        shutil.copyfile(folder / "planet.pmtiles", copy)
        assert archive_source.newest_build(date(2026, 3, 2)).name == web.address(copy.name)
    finally:
        copy.unlink()
    assert archive_source.BUILDS != "" and "build.protomaps.com" not in web.address("")


def test_tiles_around_the_place_and_over_the_date_line() -> None:
    numbers = tile_cover.tile_numbers(TOWN, 0, 15)
    at = [tileid_to_zxy(n) for n in numbers]
    assert len(at) == len(set(at)) and {z for z, *_ in at} == set(range(16))
    assert (
        15,
        7899,
        11788,
    ) in at  # 44.97 N, 93.22 W, after the tile numbers of OpenStreetMap's wiki
    fine = [x for z, x, _ in at if z == 15]
    assert 15 <= max(fine) - min(fine) + 1 <= 22  # 0.16 degrees are 14.6 tiles, and some around
    fiji = tile_cover.numbers_at(Box(179.9, -17, 180.1, -16.9), 8)
    assert {x for _, x, _ in map(tileid_to_zxy, fiji)} == {0, 255}
    assert len(tile_cover.numbers_at(Box(-180, -90, 180, 90), 3)) == 64
    assert len(tile_cover.tile_numbers(Box(-180, -80, 180, 80), 0, 15)) <= tile_cover.MOST_TILES


def written(folder: Path, lines: str = "") -> dict[str, str]:
    """Settings of the town, as the environment names them."""
    file = folder / "porchlight.toml"
    file.write_text(
        f'[place]\nname = "Twin Town"\nzone = "UTC"\ncenter = [44.97, -93.265]\n{lines}'
    )
    return {"PORCHLIGHT_CONFIG": str(file)}


def test_the_command_from_the_first_word_to_the_settings(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = written(tmp_path)
    store, archive = tmp_path / "store", str(folder / "planet.pmtiles")
    asked = command("basemap", "get", "--from", archive, store=store, **told)
    assert asked.returncode == 1 and "Add --yes" in asked.stderr
    for word in (
        "tiles to zoom 13",
        " MB, into ",
        "Open Database License (ODbL)",
        f"credits: {OSM}",
    ):
        assert word in asked.stdout  # before anything is fetched
    target = tmp_path / "basemap" / "twin-town.pmtiles"
    assert not target.exists()
    done = command("basemap", "get", "--from", archive, "--yes", store=store, **told)
    assert done.returncode == 0, done.stderr
    assert "each was checked" in done.stdout and "streets for the search" in done.stdout
    monkeypatch.setenv("PORCHLIGHT_STORE", str(store))
    found = settings.load_settings(tmp_path / "porchlight.toml").basemap  # no edit is needed
    assert found.file == target and basemap.local(found) == basemap.Local(target, 13, OSM)
    assert json.loads((target.parent / "twin-town.streets.json").read_text())
    told = written(tmp_path, '[basemap]\nfile = "mine.pmtiles"\n')
    again = command("basemap", "get", "--from", archive, "--yes", store=store, **told)
    assert again.returncode == 0 and "mine.pmtiles" in again.stdout
    assert f'file = "{target}"' in again.stdout


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    told = written(tmp_path)
    done = command(
        "basemap", "get", "--from", "none.pmtiles", "--yes", store=tmp_path / "s", **told
    )
    assert done.returncode == 1 and done.stderr.strip().endswith("No such file or directory.")
    (tmp_path / "porchlight.toml").write_text('[place]\nname = "Town"\nzone = "UTC"\n')
    done = command(
        "basemap", "get", "--from", "none.pmtiles", "--yes", store=tmp_path / "s", **told
    )
    assert done.returncode == 1 and "Where the place lies is not known yet" in done.stderr
