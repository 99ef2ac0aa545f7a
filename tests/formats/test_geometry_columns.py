"""Shapes as columns of a table: where they lie, how well, and what cannot be said."""

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from data.formats.geometry_columns import geometry_columns
from data.settings import Problem

DEGREES = ("latitude", "longitude")


def rows(*shapes: object, crs: str | None = None, **how: bool) -> list[tuple[str, ...]]:
    arrays = geometry_columns(shapes, crs, [], **how).arrays
    return list(zip(*(array.to_pylist() for array in arrays), strict=True))


def test_points_are_two_columns_to_a_centimeter() -> None:
    made = geometry_columns([Point(-93.26512345678, 44.9), None], None, ["kind"])
    assert made.names == DEGREES
    assert [a.to_pylist() for a in made.arrays] == [["44.9", ""], ["-93.2651235", ""]]


def test_lines_and_polygons_are_a_point_inside_and_say_so() -> None:
    u = Polygon(
        [(0, 0), (9, 0), (9, 9), (8, 9), (8, 1), (1, 1), (1, 9), (0, 9)]
    )  # its middle is outside
    line = LineString([(0, 0), (1, 1), (2, 0)])
    found = rows(Point(1, 2), line, u, None)
    assert [row[2] for row in found] == ["exact", "block", "area", ""]
    assert found[0][:2] == ("2", "1") and found[3][:2] == ("", "")
    assert line.distance(Point(float(found[1][1]), float(found[1][0]))) < 1e-6
    assert u.contains(Point(float(found[2][1]), float(found[2][0])))


@pytest.mark.parametrize(
    ("shape", "precision"),
    [
        (MultiPoint([(1, 2)]), "exact"),
        (MultiPoint([(1, 2), (1, 2)]), "exact"),
        (MultiPoint([(1, 2), (3, 4)]), "block"),
        (MultiPoint([(1, 2), (3, 4), (9, 1)]), "area"),
        (MultiLineString([[(1, 2), (3, 4)]]), "block"),
        (MultiPolygon([box(0, 0, 1, 1)]), "area"),
        (GeometryCollection([Point(0, 0), LineString([(1, 2), (3, 4)])]), "block"),
        (GeometryCollection([Point(0, 0), box(1, 1, 2, 2)]), "area"),
        (Polygon([(0, 0), (2, 2), (0, 2), (2, 0)]), "area"),  # a bow tie
        (Polygon([(1, 2), (1, 2), (1, 2), (1, 2)]), "locality"),  # without an area
    ],
)
def test_shapes_of_several_parts(shape: shapely.Geometry, precision: str) -> None:
    ((lat, lon, said),) = rows(shape, precision=True)
    assert said == precision
    assert shape.envelope.buffer(1e-6).contains(Point(float(lon), float(lat)))


def test_empty_ones_are_none_and_no_numbers_are_said() -> None:
    nan = float("nan")
    found = rows(
        Point(),
        Polygon(),
        GeometryCollection(),
        Point(nan, 4),
        shapely.from_wkt("LINESTRING (0 0, NaN 1)"),
        Point(1, 2, 300),
        Point(float("inf"), 1),
        precision=False,
    )
    assert found[:3] == [("", "")] * 3
    assert found[3:] == [("nan", "nan"), ("nan", "nan"), ("2", "1"), ("nan", "nan")]
    assert rows() == [] and rows(None) == [("", "")]


def test_another_coordinate_system_is_turned_into_wgs_84() -> None:
    to = Transformer.from_crs("EPSG:4326", "EPSG:26915", always_xy=True)
    there = Point(to.transform(-93.265, 44.978))
    wkt, projjson = CRS("EPSG:26915").to_wkt(), CRS("EPSG:26915").to_json_dict()
    for crs in ("EPSG:26915", "urn:ogc:def:crs:EPSG::26915", wkt, projjson):
        made = geometry_columns([there], crs, [])
        assert made.names == DEGREES
        assert [a.to_pylist() for a in made.arrays] == [["44.978"], ["-93.265"]]
    ((lat, _),) = rows(Point(1e30, 1e30), crs="EPSG:26915")
    assert lat == "inf"  # the import rejects the row: the coordinate is infinite


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:999999", "EPSG:999999"),
        ("+proj=longlat +nadgrids=/etc/passwd", r"\+proj"),
        ({"name": "a plan of our own"}, "a plan of our own"),
        ({"id": 3}, "without a name"),
    ],
)
def test_a_system_that_is_not_understood_is_named(crs: object, said: str) -> None:
    with pytest.raises(Problem, match=rf"^town\.parquet: .*{said}.*EPSG:"):
        geometry_columns([Point(1, 2)], crs, [], "town.parquet")  # type: ignore[arg-type]


@pytest.mark.parametrize("crs", [None, "OGC:CRS84"])
def test_meters_that_nobody_names_are_x_and_y(crs: str | None) -> None:
    """The import then asks for --crs, as of any table with x and y."""
    made = geometry_columns([Point(479000.5, 4980000), None], crs, ["x"])
    assert made.names == ("y", "x (2)")
    assert [a.to_pylist() for a in made.arrays] == [["4980000", ""], ["479000.5", ""]]


def test_one_slip_among_degrees_stays_a_row() -> None:
    assert rows(Point(-9326.5, 44.9), Point(-93, 44), Point(-93, 45))[0] == ("44.9", "-9326.5")


def test_pieces_of_one_file_have_the_columns_of_the_first() -> None:
    assert geometry_columns([Point(1, 2)], None, [], precision=True).names[2] == "place_precision"
    assert rows(box(0, 0, 1, 1), precision=False) == [("0.5", "0.5")]
    assert rows(Point(1, 2), projected=True) == [("2", "1")]
    assert geometry_columns([Point(1, 2)], None, [], projected=True).names == ("y", "x")


def test_names_of_the_file_are_not_taken() -> None:
    there = ["latitude", "place_precision", "latitude (2)"]
    made = geometry_columns([box(0, 0, 1, 1)], None, there)
    assert made.names == ("latitude (3)", "longitude", "place_precision (2)")


def test_across_180_degrees_the_point_is_inside() -> None:
    jumps = Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)])
    cut = MultiPolygon([box(178, 0, 180, 1), box(-180, 0, -179, 1)])
    for lat, lon, _ in rows(jumps, cut, LineString([(179, 0), (-179, 0)])):
        assert abs(float(lon)) >= 178 and 0 <= float(lat) <= 1
    assert rows(Point(266.735, 44.9)) == [("44.9", "266.735")]  # the import knows where it is


def test_many_are_done_at_once() -> None:
    points = shapely.points(np.linspace(-94, -93, 100_000), 45.0)
    assert len(geometry_columns(points, None, []).arrays[0]) == 100_000


@pytest.mark.parametrize(("crs", "size"), [(None, 1 / 111.32), ("EPSG:26915", 1000.0)])
def test_a_small_area_tells_its_place_to_the_locality(crs: str | None, size: float) -> None:
    """A square of about a kilometer: its corners lie 700 m from its middle."""
    x, y = (0.0, 0.0) if crs is None else (480_000.0, 4_980_000.0)
    shapes = [box(x, y, x + size, y + size), box(x, y, x + 2 * size, y + 2 * size), Point(x, y)]
    made = geometry_columns(shapes, crs, [])
    assert made.arrays[2].to_pylist() == ["locality", "area", "exact"]
