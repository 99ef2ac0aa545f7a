"""The heat surface: against a direct sum, and what must not change."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod, Transformer

from geo import density, mercator


def direct(x: np.ndarray, y: np.ndarray, at: np.ndarray, bandwidth: float) -> np.ndarray:
    """Gaussian kernel sum at points `at` (metres), in incidents per km2."""
    d2 = (at[:, None, 0] - x) ** 2 + (at[:, None, 1] - y) ** 2
    return np.exp(-d2 / (2 * bandwidth**2)).sum(1) / (2 * np.pi * bandwidth**2) * 1e6


@pytest.mark.parametrize("pixels", [4, 8])
def test_equals_a_direct_sum(pixels: int) -> None:
    rng = np.random.default_rng(3)
    size, n, metres = 400, 10_000, 50.0
    x, y = (rng.normal(size * metres / 2, 1800, n) for _ in "xy")
    counts = np.zeros((size, size))
    np.add.at(counts, ((y / metres).astype(int), (x / metres).astype(int)), 1)
    inside = np.ones((size, size), bool)
    bandwidth = pixels * metres
    found = density.per_km2_per_week(counts, inside, metres, bandwidth, weeks=2)
    rows, columns = np.divmod(rng.choice(size * size, 4000), size)
    at = np.column_stack([(columns + 0.5) * metres, (rows + 0.5) * metres])
    wanted = direct(x, y, at, bandwidth) / 2
    busy = wanted > wanted.max() / 50
    assert busy.sum() > 300
    error = np.abs(found[rows, columns] - wanted)[busy] / wanted.max()
    assert error.max() < 0.01


def kept(lon: np.ndarray, lat: np.ndarray, grid: mercator.Grid) -> tuple[np.ndarray, float]:
    """Counts as the store makes them: a count and mean place for each pixel."""
    size = 1 << grid.shift
    mx, my = mercator.to_pixels(lon, lat)
    frame = pd.DataFrame(
        {"c": mx >> grid.shift, "r": my >> grid.shift, "e": mx % size, "s": my % size}
    )
    found = frame.groupby(["c", "r"]).agg(n=("e", "size"), e=("e", "mean"), s=("s", "mean"))
    column, row = (found.index.get_level_values(name) for name in "cr")
    return density.counted(column, row, found["n"], found["e"] / size, found["s"] / size, grid)


@pytest.mark.parametrize("latitude", [0.0, 44.97, 60.2])
@pytest.mark.parametrize("pixels", [4.0, 6.1])
def test_every_value_is_within_a_percent_of_the_direct_sum(latitude: float, pixels: float) -> None:
    """10,000 points, distances by a metric projection; not only where it is dense."""
    rng = np.random.default_rng(7)
    n, lon0 = 10_000, -93.27
    to_metres = Transformer.from_crs(
        4326, f"+proj=tmerc +lat_0={latitude} +lon_0={lon0} +ellps=WGS84", always_xy=True
    )
    to_degrees = partial(to_metres.transform, direction="INVERSE")
    x, y = rng.normal(0, 2500, n), rng.normal(0, 2500, n)
    lon, lat = to_degrees(x, y)
    corners = to_degrees([-11_000, 11_000], [-11_000, 11_000])
    bounds = [[corners[1][0], corners[0][0]], [corners[1][1], corners[0][1]]]
    grid = mercator.grid_over(bounds, mercator.shift_for(100, latitude))
    bandwidth = pixels * float(grid.metres.max())
    counts, spread = kept(lon, lat, grid)
    every = np.ones(counts.shape, bool)
    found = density.smoothed(counts, grid.metres, bandwidth, spread) * 1e6
    at = rng.choice(counts.size, 5000)
    row, column = np.divmod(at, grid.width)
    px, py = to_metres.transform(grid.centres[0][column], grid.centres[1][row])
    wanted = direct(x, y, np.column_stack([px, py]), bandwidth)
    busy = wanted > wanted.max() / 100
    assert busy.sum() > 500
    np.testing.assert_allclose(found[row, column][busy], wanted[busy], rtol=0.01)
    whole = density.per_km2_per_week(counts, every, grid.metres, bandwidth, 2.0, spread)
    middle = (np.abs(px) < 5000) & (np.abs(py) < 5000) & busy  # the outline is far
    np.testing.assert_allclose(whole[row, column][middle], wanted[middle] / 2, rtol=0.01)


def test_counting_keeps_every_incident_and_its_place() -> None:
    rng = np.random.default_rng(2)
    grid = mercator.Grid(12, 63_000, 94_000, 40, 50)
    lon = rng.uniform(grid.bounds[0][1] + 0.002, grid.bounds[1][1] - 0.002, 3000)
    lat = rng.uniform(grid.bounds[0][0] + 0.002, grid.bounds[1][0] - 0.002, 3000)
    counts, spread = kept(lon, lat, grid)
    assert counts.sum() == pytest.approx(3000) and -1 / 12 <= spread <= 1 / 6
    mx, my = mercator.to_pixels(lon, lat)
    row, column = np.mgrid[: grid.height, : grid.width]
    size = 1 << grid.shift
    east = ((column + 0.5 + grid.column) * size * counts).sum() / 3000
    south = ((row + 0.5 + grid.row) * size * counts).sum() / 3000
    assert east == pytest.approx(mx.mean(), abs=1) and south == pytest.approx(my.mean(), abs=1)
    outside, _ = density.counted([10], [10], [5], [0.5], [0.5], grid)
    assert outside.sum() == 0


def test_a_stack_is_each_of_its_grids() -> None:
    rng = np.random.default_rng(4)
    stack = rng.poisson(1, (5, 30, 40)).astype(np.float32)
    inside = rng.random((30, 40)) < 0.8
    metres = np.linspace(48, 52, 30)
    every = density.per_km2_per_week(stack, inside, metres, 200, 1)
    assert every.dtype == np.float32
    for one, grid in zip(every, stack):
        alone = density.per_km2_per_week(grid.astype(float), inside, metres, 200, 1)
        np.testing.assert_allclose(one, alone, rtol=1e-4)


def test_the_usual_bandwidth_follows_scott() -> None:
    n = 50_000
    wanted = 3000 * n ** (-1 / 6)
    found = density.usual_bandwidth(3000, 3000, n)
    assert found in density.BANDWIDTHS
    assert abs(np.log(found / wanted)) == min(abs(np.log(b / wanted)) for b in density.BANDWIDTHS)
    assert density.usual_bandwidth(1e9, 1e9, 2) == 1500 and density.usual_bandwidth(1, 1, 9) == 150
    assert density.usual_bandwidth(0, 0, 9) == density.usual_bandwidth(5, 5, 0) == 400


def test_ground_size_is_that_of_the_ellipsoid() -> None:
    grid = mercator.grid_over([[44.9, -93.3], [45.0, -93.2]], 12)
    lon, lat = grid.centres
    geod = Geod(ellps="WGS84")
    _, _, across = geod.inv(lon[0], lat[5], lon[1], lat[5])
    _, _, along = geod.inv(lon[0], lat[4], lon[0], lat[6])
    np.testing.assert_allclose(grid.metres[5], (across, along / 2), rtol=1e-6)


def test_grids_nest_and_cover() -> None:
    bounds = [[44.89, -93.33], [45.05, -93.19]]
    grid = mercator.grid_over(bounds, 12)
    (south, west), (north, east) = grid.bounds
    assert south <= bounds[0][0] and west <= bounds[0][1]
    assert north >= bounds[1][0] and east >= bounds[1][1]
    np.testing.assert_allclose(grid.finer(2).bounds, grid.bounds, rtol=1e-12)
    rows, columns = grid.within(grid.padded(7))
    assert (rows.start, columns.start) == (7, 7) and rows.stop - rows.start == grid.height
    metres = mercator.shift_for(100, 45.0)
    assert 50 < mercator.ground_metres(45.0) / (mercator.WORLD >> metres) <= 100


def test_uniform_density_is_flat_up_to_the_outline() -> None:
    counts = np.full((80, 80), 3.0)
    inside = np.zeros((80, 80), bool)
    inside[20:60, 10:70] = True
    found = density.per_km2_per_week(counts, inside, 100.0, 600.0, weeks=4)
    np.testing.assert_allclose(found[inside], 3 / 0.01 / 4, rtol=1e-9)
    assert np.isnan(found[~inside]).all()


def test_nothing_inside_is_nothing() -> None:
    found = density.per_km2_per_week(np.zeros((9, 9)), np.ones((9, 9), bool), 50, 200, 1)
    assert (found == 0).all() and density.nice_top(found) == 1


def test_wrong_arguments_say_so() -> None:
    with pytest.raises(ValueError, match="one shape"):
        density.per_km2_per_week(np.zeros((3, 3)), np.ones((2, 3), bool), 1, 1, 1)
    with pytest.raises(ValueError, match="more than 0"):
        density.per_km2_per_week(np.zeros((3, 3)), np.ones((3, 3), bool), 1, 0, 1)


@pytest.mark.parametrize("top", [0.013, 1.0, 4.2, 740.0])
def test_nice_top_is_above_almost_all(top: float) -> None:
    nice = density.nice_top(np.linspace(0, top, 500))
    assert top * 0.99 <= nice <= top * 2


def test_mercator_goes_there_and_back() -> None:
    lon, lat = np.array([-93.27, 0, 179.9, -180]), np.array([44.98, 0, -80, 85])
    back = mercator.to_degrees(*mercator.fractions(lon, lat))
    np.testing.assert_allclose(back, (lon, lat), atol=1e-9)


def test_mercator_equals_proj() -> None:
    from pyproj import Transformer

    lon, lat = np.array([-93.27, 13.4]), np.array([44.98, 52.5])
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    half = np.pi * 6_378_137
    u, v = mercator.fractions(lon, lat)
    np.testing.assert_allclose(u, (x + half) / (2 * half), rtol=1e-12)
    np.testing.assert_allclose(v, (half - y) / (2 * half), rtol=1e-12)
    column, row = mercator.to_pixels([np.nan, -180], [0, 90])
    assert column.tolist() == [0, 0] and row[1] == 0
