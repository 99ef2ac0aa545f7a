"""The streets of a base map: names and where they lie, read from real tiles."""

import gzip
import json
import time
from pathlib import Path

import pytest

from data.maps import street_index, vector_tiles
from data.maps.street_index import Street
from data.maps.tile_cover import Box
from data.settings import Basemap, Problem
from tests import ranges, streets
from tests.ranges import TOWN, mvt


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real PMTiles file with its index."""
    file = streets.make(tmp_path_factory.mktemp("town"))
    assert street_index.write_index(file, TOWN) == (133, 133)
    return file


def of(town: Path, name: str) -> list[Street]:
    """The streets of a name."""
    return [s for s in street_index.streets(Basemap(file=town)) if s.name == name]


def test_the_streets_of_a_real_map(town: Path) -> None:
    found = street_index.streets(Basemap(file=town))
    names = [s.name for s in found]
    assert names == sorted(names, key=str.casefold) and len(found) == 133
    assert "Old Railway" not in names and "Far Road" not in names
    [(_, ((south, west), (north, east)))] = of(town, streets.AVENUE)
    x = streets.WEST + 0.0025 * 28
    assert (south, west) == pytest.approx((streets.SOUTH, x), abs=2e-4)
    assert (north, east) == pytest.approx((streets.NORTH, x), abs=2e-4)
    assert len(of(town, "Long Highway")) == 1  # two lines that cross


def test_far_apart_is_two_streets(town: Path) -> None:
    first, second = (s.bounds for s in of(town, "Mill Lane"))
    assert first[0] == pytest.approx((streets.SOUTH + 0.01, streets.WEST + 0.01), abs=2e-4)
    assert second[1] == pytest.approx((streets.NORTH - 0.01, streets.EAST - 0.008), abs=2e-4)


def test_the_index_is_what_the_search_reads(town: Path) -> None:
    file = street_index.index_path(town)
    assert file.name == "town.streets.json"
    entry = json.loads(file.read_text())[0]
    assert entry.keys() == {"name", "bounds"}
    (south, west), (north, east) = entry["bounds"]
    assert south <= north and west <= east


def test_no_map_no_index_and_a_broken_one(tmp_path: Path) -> None:
    assert street_index.streets(Basemap()) == []
    assert street_index.streets(Basemap(file=tmp_path / "town.pmtiles")) == []
    for text in ("[", "[1]", '[{"name": "A"}]', '[{"name": "A", "bounds": [1]}]'):
        (tmp_path / "town.streets.json").write_text(text)
        with pytest.raises(Problem, match="Write them anew"):
            street_index.streets(Basemap(file=tmp_path / "town.pmtiles"))


@pytest.mark.parametrize(
    ("name", "kind", "layer", "kept"),
    [
        ("Rue d\u2019\u00c9t\u00e9", "minor_road", "roads", ["Rue d\u2019\u00c9t\u00e9"]),
        ("Main\u202e\n Street", "primary", "transportation_name", ["Main Street"]),
        ("Line 4", "rail", "roads", []),
        ("x" * 81, "minor_road", "roads", []),
        ("\u200b ", "minor_road", "roads", []),
        ("Lake", "lake", "water", []),
    ],
)
def test_what_is_a_name_of_a_street(
    tmp_path: Path, name: str, kind: str, layer: str, kept: list[str]
) -> None:
    tile = gzip.compress(mvt(name, [(0, 0), (4096, 4096)], kind, layer))
    number = ranges.number(13, 1975, 2947)
    file = ranges.archive(tmp_path / "town.pmtiles", {number: tile})
    street_index.write_index(file, Box(-93.2, 44.96, -93.19, 44.97))
    found = [s.name for s in street_index.streets(Basemap(file=file))]
    assert [n for n in found if not n.startswith("Street ")] == kept


def test_of_too_many_the_longest_stay(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "town.pmtiles"
    file.write_bytes(town.read_bytes())
    monkeypatch.setattr(street_index, "MOST_STREETS", 2)
    assert street_index.write_index(file, TOWN) == (2, 133)
    assert street_index.streets(Basemap(file=file))[0].name != "Mill Lane"


def test_a_tile_is_read_after_the_specification() -> None:
    line = [(100, 4000), (2048, 3000), (10, 5000)]
    [found] = vector_tiles.named_lines(mvt("A", line), {b"roads"})
    assert found == ("A", "minor_road", (10 / 4096, 3000 / 4096, 2048 / 4096, 5000 / 4096))
    assert list(vector_tiles.named_lines(mvt("A", line), {b"water"})) == []
    assert list(vector_tiles.named_lines(b"", {b"roads"})) == []


def test_shapes_that_say_nonsense_do_no_harm() -> None:
    for geometry in ([], [9], [9, 2], [0xFFFFFFFF, 1, 1], [15], [9, 2, 2, 7]):
        shape = b"".join(map(ranges.varint, geometry))
        feature = ranges.part(2, bytes([0, 0, 9, 9])) + b"\x18\x02" + ranges.part(4, shape)
        layer = ranges.part(1, b"roads") + ranges.part(2, feature) + ranges.part(3, b"name")
        layer += ranges.part(4, ranges.part(1, b"A"))
        started = time.perf_counter()
        assert len(list(vector_tiles.named_lines(ranges.part(3, layer), {b"roads"}))) <= 1
        assert time.perf_counter() - started < 1
