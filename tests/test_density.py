"""The heat surface: against a direct sum, and what must not change."""

import numpy as np
import pytest

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
