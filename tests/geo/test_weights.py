"""Neighbors: counted by hand on a grid, against libpysal on a real map, against all distances."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy import sparse

from geo import weights
from geo.weights import Weights


def grid(side: int = 3, size: float = 100.0, gap: float = 0.0) -> np.ndarray:
    """Squares from west to east, then north, so far apart."""
    row, column = np.divmod(np.arange(side * side), side)
    x, y = column * (size + gap), row * (size + gap)
    return shapely.box(x, y, x + size, y + size)


def lists(given: Weights) -> list[list[int]]:
    return [sorted(given.indices[a:b].tolist()) for a, b in zip(given.indptr, given.indptr[1:])]


def islands(given: Weights) -> np.ndarray:
    """The numbers of the areas without neighbors."""
    return np.flatnonzero(np.diff(given.indptr) == 0)


QUEEN = [
    [1, 3, 4],
    [0, 2, 3, 4, 5],
    [1, 4, 5],
    [0, 1, 4, 6, 7],
    [0, 1, 2, 3, 5, 6, 7, 8],
    [1, 2, 4, 7, 8],
    [3, 4, 7],
    [3, 4, 5, 6, 8],
    [4, 5, 7],
]
ROOK = [[1, 3], [0, 2, 4], [1, 5], [0, 4, 6], [1, 3, 5, 7], [2, 4, 8], [3, 7], [4, 6, 8], [5, 7]]


@pytest.mark.parametrize(("rule", "wanted"), [("queen", QUEEN), ("rook", ROOK)])
@pytest.mark.parametrize(("gap", "tolerance"), [(0, 0), (0, 1), (0.5, 1), (-0.5, 1)])
def test_a_grid_by_hand(rule: str, wanted: list, gap: float, tolerance: float) -> None:
    found = weights.contiguity(grid(gap=gap), rule, tolerance)
    assert lists(found) == wanted
    assert (found.data == 1).all() and (found != found.T).nnz == 0


def test_a_gap_wider_than_the_tolerance_parts() -> None:
    assert islands(weights.contiguity(grid(gap=2), "queen", 1)).tolist() == list(range(9))


def test_slanted_corners_are_no_border_and_a_short_border_is() -> None:
    # four triangles around a point: opposite ones meet at 90 degrees
    middle, corners = (0, 0), [(-50, -50), (50, -50), (50, 50), (-50, 50)]
    cut = [shapely.Polygon([middle, corners[i], corners[(i + 1) % 4]]) for i in range(4)]
    assert lists(weights.contiguity(cut, "rook")) == [[1, 3], [0, 2], [1, 3], [0, 2]]
    assert weights.contiguity(cut, "queen").nnz == 12
    offset = [shapely.box(0, 0, 100, 100), shapely.box(100, 90, 200, 190)]
    assert weights.contiguity(offset, "rook").nnz == 2


def test_areas_without_a_shape_are_islands() -> None:
    shapes = [*grid(), None, shapely.Polygon()]
    for rule in ("queen", "rook"):
        assert islands(weights.contiguity(shapes, rule)).tolist() == [9, 10]


def test_degrees_are_refused() -> None:
    areas = gpd.GeoSeries(grid(size=0.01), crs=4326)
    with pytest.raises(ValueError, match=r"in degrees .* to_crs"):
        weights.contiguity(areas)
    with pytest.raises(ValueError, match="use 'queen' or 'rook'"):
        weights.contiguity(grid(), "bishop")
    with pytest.raises(ValueError, match="0 or more meters"):
        weights.contiguity(grid(), tolerance=-1)


@pytest.mark.parametrize("rule", ["queen", "rook"])
def test_a_real_map_as_libpysal(shared: Path, rule: str) -> None:
    graph = pytest.importorskip("libpysal.graph")
    file = shared / "boundaries" / "minneapolis-neighborhoods-2022.geojson"
    areas = gpd.read_file(file).to_crs(26915)
    found = weights.contiguity(areas, rule)
    # as the file has them, in degrees, borders match to the last digit: libpysal asks for that
    wanted = graph.Graph.build_contiguity(gpd.read_file(file), rook=rule == "rook")
    theirs = {
        (i, j)
        for i, others in wanted.adjacency.groupby(level=0).groups.items()
        for _, j in others
        if i != j
    }
    ours = set(zip(*(v.tolist() for v in found.nonzero())))
    assert ours == theirs
    series = weights.contiguity(areas.geometry, rule)
    assert (found != series).nnz == 0


def test_nearest_of_all_distances() -> None:
    x, y = np.random.default_rng(1).uniform(0, 1000, (2, 60))
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    wanted = [sorted(row.tolist()) for row in np.argsort(apart, axis=1)[:, 1:6]]
    found = weights.k_nearest(x, y, 5)
    assert lists(found) == wanted
    assert (found != found.T).nnz > 0


def test_many_points_at_one_place_are_not_their_own_neighbors() -> None:
    found = weights.k_nearest(np.zeros(12), np.zeros(12), 3)
    assert (np.diff(found.indptr) == 3).all() and not found.diagonal().any()


def test_band_of_all_distances() -> None:
    x, y = np.random.default_rng(2).uniform(0, 1000, (2, 60))
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    wanted = (apart <= 150) & ~np.eye(60, dtype=bool)
    assert (weights.distance_band(x, y, 150).toarray() == wanted).all()
    assert weights.distance_band([0, 3], [0, 4], 5).nnz == 2  # exactly so far is within


def test_points_without_a_place_are_islands() -> None:
    x, y = np.array([0.0, np.nan, 1, 2, 5]), np.array([0.0, 0, 0, 0, np.nan])
    assert lists(weights.k_nearest(x, y, 1)) in ([[2], [], [0], [2], []], [[2], [], [3], [2], []])
    assert lists(weights.distance_band(x, y, 1)) == [[2], [], [0, 3], [2], []]


@pytest.mark.parametrize("k", [0, 4, 9])
def test_a_number_of_neighbors_that_cannot_be(k: int) -> None:
    with pytest.raises(ValueError, match="use a number from 1 to 3"):
        weights.k_nearest([0, 1, 2, 3], [0, 0, 0, 0], k)
    with pytest.raises(ValueError, match="more than 0 meters"):
        weights.distance_band([0, 1], [0, 0], 0)


def test_pairs_islands_and_stars() -> None:
    found = weights.from_pairs([(0, 1), (0, 1), (1, 2), (2, 2)], 4)
    assert found.toarray().tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [0] * 4, [0] * 4]
    assert islands(found).tolist() == [2, 3]
    assert (weights.star(found).toarray() == found.toarray() + np.eye(4)).all()
    assert (weights.star(weights.star(found)) != weights.star(found)).nnz == 0
    assert weights.from_pairs([], 3).nnz == 0
    with pytest.raises(ValueError, match="count them from 0"):
        weights.from_pairs([(0, 4)], 4)


def test_any_matrix_becomes_binary() -> None:
    given = np.array([[5, 0.5, 0], [-2, 0, 0], [0, 0, 1]])
    for kind in (np.asarray, sparse.csr_array, sparse.csc_array, sparse.coo_matrix):
        assert weights.binary(kind(given)).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0] * 3]
    with pytest.raises(ValueError, match="one row and column an area"):
        weights.binary(np.ones((2, 3)))
