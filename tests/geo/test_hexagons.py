"""Hexagons: cells of points, their parents in Python and SQL, their outlines."""

import duckdb
import h3ronpy
import numpy as np
import pyarrow as pa
import pytest
import shapely

from geo import hexagons
from geo.area_index import locate_points

RNG = np.random.default_rng(0)
LON = RNG.uniform(-180, 180, 20_000)
LAT = np.degrees(np.arcsin(RNG.uniform(-1, 1, 20_000)))


def test_cells_of_points_and_of_nothing() -> None:
    lon = [-93.265, np.nan, -93.265, np.inf, 0.0, 0.0]
    lat = [44.977, 44.977, np.nan, 0.0, 90.5, 90.0]
    cells = hexagons.cells(lon, lat)
    assert cells.dtype == np.uint64
    assert (cells == 0).tolist() == [False, True, True, True, True, False]
    assert pa.array(h3ronpy.cells_resolution(cells[[0, 5]])).to_pylist() == [10, 10]
    assert hexagons.cells([], []).tolist() == []


def test_a_cell_holds_its_point() -> None:
    near = (np.abs(LON) < 170) & (np.abs(LAT) < 80)
    lon, lat = LON[near][:300], LAT[near][:300]
    outlines = hexagons.outlines(hexagons.cells(lon, lat, 5))
    for i, shape in enumerate(outlines.geometry):
        # sides are arcs on the globe and lines on the map: a point may be just outside
        assert shape.distance(shapely.Point(lon[i], lat[i])) < 0.01


@pytest.mark.parametrize("resolution", range(11))
def test_parents_are_those_of_h3_in_python_and_sql(resolution: int) -> None:
    cells = hexagons.cells(LON, LAT)
    expected = pa.array(h3ronpy.change_resolution(cells, resolution)).to_numpy()
    assert (hexagons.parents(cells, resolution) == expected).all()
    none = np.zeros(1, np.uint64)
    table = pa.table({"cell": np.append(cells, none)})
    sql = hexagons.parent_sql("cell", resolution)
    with duckdb.connect() as connection:
        connection.register("points", table)
        answer = connection.sql(f"SELECT {sql} AS parent FROM points").to_arrow_table()
    assert answer["parent"].type == pa.uint64()
    assert (answer["parent"].to_numpy() == np.append(expected, none)).all()


def test_no_parent_finer_than_its_child() -> None:
    cells = hexagons.cells([-93.2], [44.9], 8)
    with pytest.raises(ValueError, match="coarser than resolution 9"):
        hexagons.parents(cells, 9)
    assert hexagons.parents(np.array([0], np.uint64), 9).tolist() == [0]


def test_outlines_carry_their_index() -> None:
    cells = hexagons.cells([-93.265, -93.2], [44.977, 44.9], 8)
    outlines = hexagons.outlines(cells)
    assert list(outlines.columns) == ["code", "geometry"]
    assert outlines.crs == "EPSG:4326"
    assert [int(code, 16) for code in outlines["code"]] == cells.tolist()
    assert all(code == code.lower() for code in outlines["code"])
    assert locate_points([-93.265, -93.2], [44.977, 44.9], outlines).tolist() == [0, 1]
    assert hexagons.outlines([]).empty


def test_sizes_are_those_of_the_grid() -> None:
    for resolution, km2 in hexagons.RESOLUTIONS.items():
        # points fall into large cells more often: the harmonic mean undoes it
        cells = hexagons.cells(LON, LAT, resolution)
        sizes = pa.array(h3ronpy.cells_area_km2(cells)).to_numpy()
        assert km2 == pytest.approx(1 / np.mean(1 / sizes), rel=0.01)
