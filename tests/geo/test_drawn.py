"""Drawn shapes: coarse, true in metres, short in a link, the same in SQL."""

from dataclasses import replace

import duckdb
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from data.maps import heat_surface, outlines
from data.storage.store import Current
from data.views import answers, conditions, links, shape_filter, view_counts
from data.views.filters import FILTERS
from data.views.view import View
from geo import drawn_shape
from geo.drawn_shape import Shape
from tests.views.test_view import NOW, PLACE

X, Y = 478_000.0, 4_980_000.0  # about the middle of the sample, EPSG:26915
CRS = "EPSG:26915"


def view(current: Current, **choices: object) -> View:
    return links.view(choices, current.meta, PLACE, NOW)[0]


def far(corners: list[tuple[float, float]]) -> Shape:
    xy = np.array(corners) + np.array([X, Y])
    return drawn_shape.polygon(xy[:, 0], xy[:, 1])


corners = st.lists(st.tuples(st.integers(-9000, 9000), st.integers(-9000, 9000)), min_size=3)


@given(corners)
def test_a_polygon_goes_into_a_link_and_back(given: list[tuple[int, int]]) -> None:
    try:
        made = far(given)
    except ValueError as problem:
        assert str(problem).endswith(".")
        return
    text = drawn_shape.encode(made)
    assert drawn_shape.decode(text) == made and len(text) < 12 + 6 * len(made.points)
    assert set(text) <= set(drawn_shape.DIGITS + ".-p") and made.area_km2 >= 0.05


@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(150, 50_000))
def test_a_circle_goes_into_a_link_and_back(x: float, y: float, radius: float) -> None:
    made = drawn_shape.circle(X + x, Y + y, radius)
    assert drawn_shape.decode(drawn_shape.encode(made)) == made and made.radius % 50 == 0
    assert np.abs(made.metres[0] - (X + x, Y + y)).max() <= 25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read"),
        ("p", "cannot be read"),
        ("pzz!", "cannot be read"),
        ("c1.2", "cannot be read"),
        ("p1.2.3", "cannot be read"),
        ("x1.2.3", "cannot be read"),
        ("c" + "z" * 40 + ".1.1", "cannot be read"),
        ("c1.1.0", "which house"),
        ("c1.1.-3", "which house"),
        ("c7dk.24uo.2", "which house"),
        ("c7dk.24uo.zzz", "50 km"),
        ("p0.0.1.0.0.1", "which house"),
        ("p0.0.10.10.0.-10.-10.10", "cross"),
        ("p0.0.1.1", "corners"),
        ("p" + ".".join(["1"] * 99 + ["2"]), "corners"),
    ],
)
def test_a_bad_link_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        drawn_shape.decode(text)


def test_what_would_say_which_house_is_refused_or_rounded() -> None:
    with pytest.raises(ValueError, match="which house"):
        drawn_shape.circle(X, Y, 100)
    with pytest.raises(ValueError, match="which house"):
        far([(0, 0), (200, 0), (200, 200), (0, 200)])
    one, two = (drawn_shape.circle(X + d, Y + d, 400 + d) for d in (3, 20))
    assert one == two == Shape(((9560, 99600),), 400)


def test_contains_equals_shapely_and_the_circle_is_round() -> None:
    rng = np.random.default_rng(0)
    x, y = X + rng.uniform(-500, 2500, 20_000), Y + rng.uniform(-500, 2500, 20_000)
    bent = far([(0, 0), (2000, 0), (2000, 2000), (1000, 600), (0, 2000)])
    polygon = shapely.Polygon(bent.metres)
    near = polygon.boundary.distance(shapely.points(x, y)) < 1e-6
    assert (drawn_shape.contains(bent, x, y) == shapely.contains_xy(polygon, x, y))[~near].all()
    round_ = drawn_shape.circle(X, Y, 800)
    assert (drawn_shape.contains(round_, x, y) == (np.hypot(x - X, y - Y) <= 800)).all()
    lon, lat = np.array(drawn_shape.outline(round_, CRS).exterior.coords).T
    middle = drawn_shape.outline(round_, CRS).centroid
    _, _, metres = Geod(ellps="WGS84").inv([middle.x] * len(lon), [middle.y] * len(lat), lon, lat)
    np.testing.assert_allclose(metres, 800, rtol=1e-3)  # true on the ground, not on the screen


SHAPES = (
    "c7eb.24uk.11",
    "p7eb.24uk.1x.-1.-b.-29",
    "800 m around Whittier",
    "p7dk.24uo.14.0.0.14.-14.0",
)


@pytest.mark.parametrize("text", SHAPES)
def test_sql_holds_for_the_same_records(current: Current, text: str) -> None:
    asked = view(current, shape=text)
    assert asked.shape == text
    shape = shape_filter.shape(text, current.meta)
    everywhere = replace(asked, shape="")
    sql, values = conditions.where(everywhere, current)
    rows = duckdb.connect().execute(
        f"SELECT x, y FROM ({current.facts_sql()}) WHERE {sql} AND x IS NOT NULL", values
    )
    x, y = (np.asarray(v, np.float64) for v in zip(*rows.fetchall()))
    wanted = int(drawn_shape.contains(shape, x, y).sum())
    counted = view_counts.headline(current, asked)
    assert 100 < wanted == counted["n"] < len(x)


def test_records_without_a_point_are_counted(current: Current) -> None:
    asked = view(current, source=["use of force"], shape=SHAPES[0])
    counted = view_counts.headline(current, asked)
    every = view_counts.headline(current, replace(asked, shape=""))["n"]
    assert counted["n"] == 0 and counted["no_place"] == every == 5310
    said = links.sentence(asked, current.meta, counted)
    assert "5,310 more have no exact place, so the drawn shape leaves them out." in said


def test_words_and_link_go_there_and_back(current: Current) -> None:
    for text in SHAPES:
        asked = view(current, shape=text)
        query = dict(part.split("=") for part in links.query(asked, current.meta).split("&"))
        from urllib.parse import unquote_plus

        again = view(current, shape=unquote_plus(query["shape"]))
        assert again.shape == asked.shape
    assert "within 800 m of the center of Whittier" in said(current, SHAPES[2])
    assert "within a drawn circle of 1,850 m" in said(current, SHAPES[0])
    assert "within a drawn shape of" in said(current, SHAPES[1])


def said(current: Current, text: str) -> str:
    asked = view(current, shape=text)
    return links.sentence(asked, current.meta, view_counts.headline(current, asked))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("c1.1.1", "which house"),
        ("800 m around Atlantis", "no area called"),
        ("nonsense", "cannot be read"),
        ("100 m around Whittier", "which house"),
        ("99999 m around Whittier", "50 km"),
    ],
)
def test_a_bad_shape_is_said_and_ignored(current: Current, text: str, why: str) -> None:
    found, wrong = links.view({"shape": text}, current.meta, PLACE, NOW)
    assert found.shape == "" and any(why in sentence for sentence in wrong)


def test_a_cut_area_has_no_rate_and_only_what_is_touched_is_asked(current: Current) -> None:
    asked = view(current, shape=SHAPES[2], measure="per 1,000 residents")
    units = outlines.units(current, asked.area_set)
    table = answers.area_table(current, asked, units).table.set_index("area")
    assert table["rate"].isna().all() and table["cut"].all()
    assert table.loc["Whittier", "asked"] and not table.loc["Fulton", "asked"]
    assert (table.loc[table["n"] > 0, "asked"]).all()


def test_heat_ends_at_the_shape(current: Current) -> None:
    asked = view(current, shape=SHAPES[2])
    outline = drawn_shape.outline(shape_filter.shape(asked.shape, current.meta), CRS)
    place = heat_surface.extent(current, None, outline)
    assert place is not None
    grid, whole = heat_surface.visible_window(place, 200)
    values = heat_surface.surface(current, asked, 200, heat_surface.window(place, grid, 200))
    lon, lat = np.meshgrid(*grid.centres)
    inside = shapely.contains_xy(place.outline, lon.ravel(), lat.ravel()).reshape(lat.shape)
    assert whole and (np.isfinite(values) == inside).all() and np.nanmax(values) > 10


def test_the_filter_is_one_row() -> None:
    (row,) = [f for f in FILTERS if f.field == "shape"]
    assert row.word == "shape" and "one house" in row.help
