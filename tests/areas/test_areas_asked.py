"""What a command for areas finds by itself: names, residents, swapped shapes, archives, KML."""

import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from data.areas import area_import, residents
from data.settings import Problem, Settings
from data.storage import area_sets
from data.storage.store import Store
from tests.areas.test_boundaries import added, geojson, same, square
from tests.conftest import command

NOWHERE = Settings(name="Toytown", zone="America/Chicago")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def names(areas: gpd.GeoDataFrame) -> list[str]:
    return list(areas["name"])


def never(question: str, choices: list[str]) -> str:
    raise AssertionError(question)


# one column of texts


def test_one_column_of_texts_asks_nothing(store: Store, tmp_path: Path) -> None:
    file = geojson(
        tmp_path / "t.geojson",
        ({"id": 1, "hood": "North", "city": "Toytown", "n": "12", "notes text": "a"}, square(0, 0)),
        ({"id": 2, "hood": "South", "city": "Toytown", "n": "7", "notes text": "b"}, square(1, 0)),
    )
    areas, _, said = added(store, file, name_column=None, ask=never)
    assert names(areas) == ["North", "South"]
    assert "Names are from the column hood." in said


def test_several_columns_of_texts_are_asked_about(store: Store, tmp_path: Path) -> None:
    file = geojson(
        tmp_path / "t.geojson",
        ({"hood": "North", "ward": "One", "n": 1}, square(0, 0)),
        ({"hood": "South", "ward": "Two", "n": 2}, square(1, 0)),
    )
    with pytest.raises(Problem, match=r"which column of t\.geojson.*--name-column.*hood, ward, n"):
        added(store, file, name_column=None)
    asked: list[Any] = []
    areas, *_ = added(
        store, file, name_column=None, ask=lambda q, choices: asked.append(choices) or choices[1]
    )
    assert names(areas) == ["One", "Two"] and asked == [["hood", "ward"]]
    numbers = geojson(tmp_path / "n.geojson", ({"ward": 1}, square(0, 0)))
    with pytest.raises(Problem, match="which column"):
        added(store, numbers, name_column=None)


def test_the_command_needs_no_column(store: Store, tmp_path: Path) -> None:
    file = geojson(
        tmp_path / "t.geojson", ({"hood": "North"}, square(0, 0)), ({"hood": "South"}, square(1, 0))
    )
    done = command("areas", str(file), store=store.root)
    assert done.returncode == 0 and "2 official areas" in done.stdout


# residents


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return geojson(
        tmp_path / "town.geojson",
        ({"name": "North", "code": "01"}, square(0, 0)),
        ({"name": "Étang", "code": "02"}, square(1, 0)),
    )


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Stadtteil;Einwohner\nNorth;1.234\nEtang;12.345.678\n", [1234, 12345678]),
        ('hood,year,total population\nnorth,2020,"1,234"\nETANG,2020,5\n', [1234, 5]),
        ("n,area\n1 234,North\n5,Étang\n", [1234, 5]),
        ("GEO,what\n01,7\n02,8\n", [7, 8]),  # by their codes
        ("name,households,population\nNorth,1,2\nÉtang,3,4\n", [2, 4]),
        ("name,remark,n\nNorth,old,\nÉtang,new,4\n", [-1, 4]),
        ("name,n\nNorth,1234.0\nÉtang,1e3\n", [1234, 1000]),
    ],
)
def test_residents_by_any_columns(
    store: Store, tmp_path: Path, town: Path, text: str, people: list[int]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(text)
    areas, *_ = added(store, town, code_column="code", population_file=file, ask=never)
    by_name = dict(zip(areas["name"], areas["population"].astype(object).fillna(-1)))
    assert [by_name["North"], by_name["Étang"]] == people


def test_several_columns_of_residents_are_asked_about(
    store: Store, tmp_path: Path, town: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,y2010,y2020\nNorth,1,2\nÉtang,3,4\n")
    with pytest.raises(Problem, match=r"y2010, y2020.*--population-column NAME"):
        added(store, town, population_file=file)
    for options in ({"population_column": "y2020"}, {"ask": lambda q, choices: choices[1]}):
        areas, *_ = added(store, town, population_file=file, **options)
        assert sorted(areas["population"]) == [2, 4]
    with pytest.raises(Problem, match=r'no column "y2030". It has: name, y2010, y2020'):
        added(store, town, population_file=file, population_column="y2030")


@pytest.mark.parametrize("text", ["1,5", "1.5.3", "12,34", "1 23", "-4", "0x10"])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no number of residents"):
        residents.number(text)


# latitude first


def turned(shape: Any) -> Any:
    return shapely.transform(shape, lambda at: at[:, ::-1])


def test_swapped_shapes_among_others_are_named(store: Store, tmp_path: Path) -> None:
    features = [({"name": f"a{i}"}, square(i, 0)) for i in range(4)]
    features[2] = (features[2][0], turned(features[2][1]))
    file = geojson(tmp_path / "t.geojson", *features)
    areas, _, said = added(store, file)
    assert "Latitude and longitude are swapped in 1 of 4 features" in said
    assert "near the others: a2." in said
    assert same(areas.geometry[2], square(2, 0))


def test_without_a_center_the_others_tell(store: Store, tmp_path: Path) -> None:
    """In London latitude and longitude could both be either."""
    shapes = [shapely.box(-0.1 + i / 100, 51.5, -0.09 + i / 100, 51.51) for i in range(5)]
    shapes[4] = turned(shapes[4])
    file = geojson(tmp_path / "t.geojson", *(({"name": f"a{i}"}, s) for i, s in enumerate(shapes)))
    said: list[str] = []
    area_import.add(store, NOWHERE, file, name_column="name", say=said.append)
    assert any("swapped in 1 of 5" in line and "near the others: a4." in line for line in said)
    set_file = area_sets.current_sets(store)["neighborhoods"]
    before = area_sets.read_areas(set_file)[0]
    assert before.total_bounds[1] > 51
    # and now the areas that are there tell of a file that is swapped as a whole
    whole = geojson(tmp_path / "u.geojson", ({"name": "b"}, turned(shapes[0])))
    area_import.add(store, NOWHERE, whole, set_name="wards", name_column="name", say=said.append)
    assert any("swapped in the file" in line for line in said)


# KML and archives

KML = (
    """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>{}</Folder></Document></kml>"""
)


def placemark(name: str, shape: Any) -> str:
    corners = " ".join(f"{x},{y},0" for x, y in shapely.get_coordinates(shape))
    return (
        f"<Placemark><name>{name}</name><description>About {name}</description><Polygon>"
        f"<outerBoundaryIs><LinearRing><coordinates>{corners}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark>"
    )


def zipped(file: Path, **members: bytes | str) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def test_kml_and_kmz(store: Store, tmp_path: Path) -> None:
    label = (
        "<Placemark><name>A label</name><Point><coordinates>0,0</coordinates></Point></Placemark>"
    )
    text = KML.format(placemark("Nord", square(0, 0)) + placemark("Sud", square(1, 0)) + label)
    plain = tmp_path / "town.kml"
    plain.write_text(text)
    for file in (
        plain,
        zipped(tmp_path / "town.kmz", **{"doc.kml": text}),
        zipped(tmp_path / "town.zip", **{"a/doc.kml": text}),
    ):
        areas, _, said = added(store, file, name_column=None)
        assert names(areas) == ["Nord", "Sud"] and same(areas.geometry[0], square(0, 0))
        assert "A label" in said
    plain.write_text(text[:200])
    with pytest.raises(Problem, match=r"town\.kml, line 1, column .*no KML"):
        added(store, plain)


@pytest.fixture
def shapefile(tmp_path: Path) -> dict[str, bytes]:
    folder = tmp_path / "shp"
    folder.mkdir()
    frame = gpd.GeoDataFrame(
        {"hood": ["Sø", "Nord"]}, geometry=[square(0, 0), square(0, 1)], crs=4326
    )
    frame.to_crs("EPSG:26915").to_file(folder / "Town.shp")
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_shapefile_in_a_zip(store: Store, tmp_path: Path, shapefile: dict[str, bytes]) -> None:
    for way in ("{}", "a folder/{}", "../{}"):
        members = {way.format(name): content for name, content in shapefile.items()}
        file = zipped(
            tmp_path / "town.zip", **{"readme.txt": "x", "__MACOSX/._Town.shp": "x"}, **members
        )
        if way.startswith(".."):
            with pytest.raises(Problem, match="leads out of the archive"):
                added(store, file)
            continue
        areas, *_ = added(store, file, name_column=None)
        assert names(areas) == ["Nord", "Sø"] and same(areas.geometry[1], square(0, 0))
    loud = {name.upper(): content for name, content in shapefile.items()}
    assert len(added(store, zipped(tmp_path / "up.zip", **loud), name_column=None)[0]) == 2


def test_archives_that_cannot_be_read(
    store: Store, tmp_path: Path, shapefile: dict[str, bytes]
) -> None:
    shp = shapefile["Town.shp"]
    wrong = {
        "holds 0: none": {"a.txt": b"x"},
        "holds 2: a.shp, b.shp": {"a.shp": shp, "b.shp": shp},
        "250 times": {"a.geojson": b" " * (40 << 20)},
        "could not be read as a Shapefile": {"a.shp": shp[:150]},
        "its content is something else": {"a.shp": b"<VRT/>"},
        "town.zip, what is in it: .*no JSON": {"a.geojson": b"{"},
    }
    for says, members in wrong.items():
        with pytest.raises(Problem, match=says):
            added(store, zipped(tmp_path / "town.zip", **members))
    file = zipped(tmp_path / "town.zip", **shapefile)
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(Problem, match="cut off or damaged"):
        added(store, file)
    content = bytearray(zipped(file, **shapefile).read_bytes())
    content[60:90] = b"\0" * 30
    file.write_bytes(bytes(content))
    with pytest.raises(Problem, match=r"damaged|could not be read"):
        added(store, file)


# residents by their header


def test_residents_are_found_by_their_header(store: Store, tmp_path: Path) -> None:
    shapes = [square(0, 0), square(1, 0)]
    rows = [
        {"name": f"A{i}", "POP2010": 500 + i, "POP2020": 700 + i, "pop_density": 9} for i in (0, 1)
    ]
    file = geojson(tmp_path / "t.geojson", *zip(rows, shapes))
    areas, _, said = added(store, file, ask=never)
    assert list(areas["population"]) == [700, 701]
    assert "Residents are from the column POP2020." in said


def test_columns_that_could_all_be_residents_are_named(store: Store, tmp_path: Path) -> None:
    rows = [{"name": f"A{i}", "residents": 500 + i, "population": 700 + i} for i in (0, 1)]
    file = geojson(tmp_path / "t.geojson", *zip(rows, [square(0, 0), square(1, 0)]))
    areas, _, said = added(store, file)
    assert areas["population"].isna().all()
    assert "residents: residents, population. Name one: --population-column." in said
    areas, *_ = added(store, file, ask=lambda _, choices: choices[1])
    assert list(areas["population"]) == [700, 701]


def test_a_file_without_residents_says_how_to_give_them(store: Store, tmp_path: Path) -> None:
    file = geojson(tmp_path / "t.geojson", ({"name": "A", "popdens": 7}, square(0, 0)))
    _, _, said = added(store, file)
    assert (
        "Residents are not known: no rates can be given. Name a column with --population-column, "
        "or a table with --population-file."
    ) in said
