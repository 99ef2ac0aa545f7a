"""Base maps: files and providers are looked into, one is served, water is drawn."""

import json
import os
import struct
from pathlib import Path

import pytest

from data import settings
from data.maps import basemap
from data.palette import LIGHT
from data.settings import Basemap, Problem
from tests import streets
from tests.conftest import ROOT, command
from ui.map import basemap as screen

TABLE = '[place]\nname = "Town"\nzone = "UTC"\n[basemap]\n'


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real PMTiles file."""
    return streets.make(tmp_path_factory.mktemp("town"))


def written(folder: Path, lines: str) -> settings.Settings:
    """The settings that a table [basemap] makes."""
    file = folder / "porchlight.toml"
    file.write_text(TABLE + lines)
    return settings.load_settings(file)


def test_none_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "store"))  # nothing was fetched here
    for lines in ("", 'file = ""\nprovider = ""\nwater = ""\nattribution = ""\n'):
        asked = written(tmp_path, lines).basemap
        assert basemap.local(asked) is basemap.tiles(asked) is basemap.water(asked) is None
    shipped = settings.load_settings(ROOT / "porchlight.toml").basemap
    assert shipped == Basemap()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("file = 7", "basemap.file is text, not 7"),
        ("provider = 7", "basemap.provider is text or a table"),
        ("provder = 'x'", "basemap.provder means nothing"),
    ],
)
def test_an_entry_that_is_wrong_is_named(tmp_path: Path, lines: str, says: str) -> None:
    with pytest.raises(Problem, match=says):
        written(tmp_path, lines)


def test_a_path_is_relative_to_the_project(tmp_path: Path, town: Path) -> None:
    assert written(tmp_path, 'file = "city.pmtiles"').basemap.file == ROOT / "city.pmtiles"
    assert written(tmp_path, f'file = "{town}"').basemap.file == town


def test_a_real_map_is_read(town: Path) -> None:
    found = basemap.local(Basemap(file=town, attribution="(C) <b>Us</b>\n and all"))
    assert found == basemap.Local(town, 14, "© Us and all")


def broken(name: str, whole: bytes) -> bytes:
    """A map as it should not be."""
    patched = bytearray(whole)
    if name == "old":
        patched[7] = 2
    elif name == "raster":
        patched[99] = 2
    elif name == "brotli":
        patched[98] = 3
    return {
        "empty": b"",
        "text": b"PMTiles are fine things " * 20,
        "short": whole[:100],
        "cut": whole[:-200],
    }.get(name, bytes(patched))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("empty", "no PMTiles file of version 3"),
        ("text", "no PMTiles file of version 3"),
        ("short", "no PMTiles file of version 3"),
        ("old", "no PMTiles file of version 3"),
        ("cut", "not whole"),
        ("raster", "no vector tiles"),
        ("brotli", "no vector tiles"),
    ],
)
def test_a_broken_map_is_a_sentence(tmp_path: Path, town: Path, name: str, says: str) -> None:
    file = tmp_path / "city.pmtiles"
    file.write_bytes(broken(name, town.read_bytes()))
    with pytest.raises(Problem, match=says):
        basemap.local(Basemap(file=file))


def test_a_map_that_is_missing_or_too_large_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be read"):
        basemap.local(Basemap(file=tmp_path / "city.pmtiles"))
    large = tmp_path / "large.pmtiles"
    with large.open("wb") as out:  # sparse: takes no room
        out.truncate(basemap.MOST_SERVED_BYTES + 1)
    with pytest.raises(Problem, match="209,715,200 can be served"):
        basemap.local(Basemap(file=large))


def test_the_start_says_it_and_other_commands_run(tmp_path: Path) -> None:
    import subprocess
    import sys

    file = tmp_path / "porchlight.toml"
    file.write_text(TABLE + 'file = "not-there.pmtiles"\n')
    told = {"PORCHLIGHT_CONFIG": str(file), "PORCHLIGHT_STORE": str(tmp_path / "store")}
    done = subprocess.run(
        [sys.executable, "-m", "ui.app.start", "--port", "8999"],
        cwd=ROOT,
        env=os.environ | told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "not-there.pmtiles cannot be read" in done.stderr
    status = command("status", store=tmp_path / "store", PORCHLIGHT_CONFIG=str(file))
    assert "not-there" not in status.stdout + status.stderr


def test_served_under_its_content(tmp_path: Path, town: Path) -> None:
    file, folder = tmp_path / "city.pmtiles", tmp_path / "served"
    file.write_bytes(town.read_bytes())
    name = basemap.serve(file, folder)
    assert (folder / name).samefile(file)  # a link: takes no room
    assert basemap.serve(file, folder) == name
    assert [f.name for f in folder.iterdir()] == [name]
    # what was rewritten in place is not what its old name says: a new start mends it
    file.write_bytes(town.read_bytes() + b"more")
    second = basemap.serve(file, folder, keep=-1)
    assert second != name
    assert [f.name for f in folder.iterdir()] == [second]


def test_served_from_another_disk_as_a_copy(
    tmp_path: Path, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    name = basemap.serve(town, tmp_path / "served")
    made = tmp_path / "served" / name
    assert made.read_bytes() == town.read_bytes() and not made.samefile(town)


def test_a_map_of_today_is_not_taken_from_another_dashboard(tmp_path: Path, town: Path) -> None:
    folder = tmp_path / "served"
    folder.mkdir()
    other = folder / "0123456789abcdef.pmtiles"
    other.write_bytes(b"another dashboard's")
    basemap.serve(town, folder)
    assert other.exists()


def test_a_provider_of_xyzservices() -> None:
    found = basemap.tiles(Basemap(provider="Esri.WorldGrayCanvas"))
    assert found is not None
    assert found.url.startswith("https://server.arcgisonline.com/") and "{z}/{y}/{x}" in found.url
    assert found.zoom == 16 and "Esri" in found.credit
    for word in ("Esri", "server.arcgisonline.com", "network address", "which part of the map"):
        assert word in found.learns


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Esri.WorldGreyCanvas", "Near it: Esri.WorldGrayCanvas"),
        ("nothing like it at all", "knows no 'nothing like it at all'.$"),
        ("MapBox", "needs a key"),
        ("Gaode.Normal", "unencrypted"),
        ("NASAGIBS.BlueMarble3413", "another projection"),
    ],
)
def test_a_provider_that_cannot_be_used_is_a_sentence(name: str, says: str) -> None:
    with pytest.raises(Problem, match=says):
        basemap.tiles(Basemap(provider=name))


def test_no_provider_leaves_markup_or_an_open_place() -> None:
    from xyzservices import providers

    usable = 0
    for name in providers.flatten():
        try:
            found = basemap.tiles(Basemap(provider=name))
        except Problem:
            continue
        assert found is not None
        usable += 1
        left = found.url.replace("{s}", "").replace("{r}", "")
        for place in ("{z}", "{x}", "{y}"):
            assert place in left, name
            left = left.replace(place, "")
        assert "{" not in left, found.url
        assert "<" not in found.credit and found.credit, name
        assert found.url.startswith("https://")
    assert usable > 300


SERVER = {"name": "Ours", "url": "https://t.example.org/{z}/{x}/{y}{r}.png", "attribution": "us"}


def test_a_tile_server_of_the_team(tmp_path: Path) -> None:
    lines = "provider = {" + ", ".join(f'{k} = "{v}"' for k, v in SERVER.items()) + "}"
    found = basemap.tiles(written(tmp_path, lines).basemap)
    assert found is not None
    assert (found.name, found.zoom, found.credit) == ("Ours", 19, "us")
    assert "Ours (t.example.org)" in found.learns
    told = basemap.tiles(Basemap(server=SERVER | {"learns": "Nothing <i>new</i>.", "max_zoom": 12}))
    assert told is not None and (told.learns, told.zoom) == ("Nothing new .", 12)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": "ftp://t/{z}/{x}/{y}"}, "begins with https"),
        ({"url": "/{z}/{x}/{y}"}, "begins with https"),
        ({"url": "https://t/{z}/{x}"}, "holds {z}"),
        ({"url": "https://t/{z}/{x}/{y}?k={key}"}, "no other"),
        ({"name": "![x](https://y)"}, "letters, digits"),
        ({"max_zoom": 99}, "max_zoom"),
        ({"max_zoom": "9"}, "max_zoom"),
        ({"colour": "red"}, "a table of name, url, attribution"),
    ],
)
def test_a_tile_server_that_is_wrong_is_a_sentence(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(Problem, match=says):
        basemap.tiles(Basemap(server=SERVER | wrong))


def water_file(folder: Path, crs: str | None = None, grow: float = 1.0) -> Path:
    """A lake, a stream and a point as GeoJSON."""
    lake = streets.feature("lake", "Polygon", streets.disc(-93.31 * grow, 44.94 * grow, 0.01))
    stream = streets.feature("river", "LineString", [(-93.3 * grow, 44.9 * grow), (-93.2, 44.95)])
    point = streets.feature("spring", "Point", (-93.3, 44.9))
    content = {"type": "FeatureCollection", "features": [lake, stream, point]}
    if crs:
        content["crs"] = {"type": "name", "properties": {"name": crs}}  # type: ignore[assignment]
    file = folder / "water.geojson"
    file.write_text(json.dumps(content))
    return file


def test_water_of_our_own(tmp_path: Path) -> None:
    found = basemap.water(Basemap(water=water_file(tmp_path)))
    assert found is not None
    name, text = found
    assert text.startswith(f'porchlight.shapes("/app/static/basemap/{name}",{{')
    features = json.loads(text[text.index("{") : -3])["features"]
    assert [f["geometry"]["type"] for f in features] == ["Polygon", "LineString"]
    assert all(f["properties"] == {} for f in features)  # names stay at home


def test_water_that_cannot_be_drawn_is_a_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "water.gpkg"
    with pytest.raises(Problem, match="no GeoJSON"):
        basemap.water(Basemap(water=wrong))
    with pytest.raises(Problem, match="is missing"):
        basemap.water(Basemap(water=tmp_path / "water.geojson"))
    with pytest.raises(Problem, match="another coordinate system"):
        basemap.water(Basemap(water=water_file(tmp_path, grow=10)))
    (tmp_path / "dots.geojson").write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [streets.feature("spring", "Point", (-93.3, 44.9))],
            }
        )
    )
    with pytest.raises(Problem, match="no line and no polygon"):
        basemap.water(Basemap(water=tmp_path / "dots.geojson"))


def test_water_in_metres_is_moved_to_degrees(tmp_path: Path) -> None:
    file = tmp_path / "water.geojson"
    ring = [(478000, 4980000), (479000, 4980000), (479000, 4981000), (478000, 4980000)]
    file.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::26915"}},
                "features": [streets.feature("lake", "Polygon", [ring])],
            }
        )
    )
    found = basemap.water(Basemap(water=file))
    assert found is not None
    lon, lat = json.loads(found[1][found[1].index("{") : -3])["features"][0]["geometry"][
        "coordinates"
    ][0][0]
    assert -93.4 < lon < -93.1 and 44.9 < lat < 45.1


def test_init_writes_settings_that_name_no_base_map(tmp_path: Path) -> None:
    file = tmp_path / "porchlight.toml"
    done = command("init", "Town", "--zone", "UTC", store=tmp_path, PORCHLIGHT_CONFIG=str(file))
    assert done.returncode == 0, done.stderr
    assert settings.load_settings(file).basemap == Basemap()
    # what stands there as a comment works once the mark before it goes
    text = file.read_text()
    for word in ("file", "attribution", "water", "provider = {"):
        text = text.replace(f"# {word}", word)
    file.write_text(text)
    asked = settings.load_settings(file).basemap
    assert asked.file == ROOT / "city.pmtiles" and asked.attribution
    found = basemap.tiles(asked)
    assert found is not None and found.name == "Our tiles"


def test_the_page_is_told_nothing_without_a_base_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        screen.map_layers, "current_settings", lambda: settings.Settings("Town", "UTC")
    )
    screen.map_layers.tiles.clear()
    screen.map_layers.water_url.clear()
    told = screen.basemap_patch(screen.NONE, LIGHT)
    assert told == {"base": None, "cover": None, "blend": None, "water": None}


def test_header_is_read_as_the_specification_has_it(town: Path) -> None:
    """Our reader looks where tippecanoe wrote: layout of PMTiles version 3."""
    head = town.read_bytes()[:127]
    root, length = struct.unpack_from("<QQ", head, 8)
    assert root == 127 and 0 < length < 16384 - 127
    assert head[97:102] == bytes([2, 2, 1, 8, 14])
