"""The place on the ground: one UTM zone for a point, for many, and across 180 degrees."""

import pytest

from data.storage import projection


@pytest.mark.parametrize(
    ("lat", "lon", "crs"),
    [
        (44.95, -93.09, "EPSG:32615"),
        (-33.9, 151.2, "EPSG:32756"),
        (52.5, 373.4, "EPSG:32633"),  # counted on beyond 180 degrees
        (0.0, 180.0, "EPSG:32660"),
        ([10.0, 11.0, 80.0], [13.0, 14.0, 99.0], "EPSG:32633"),  # medians: one stray does nothing
        ([-17.0, -17.5, -16.9], [179.7, -179.9, -179.8], "EPSG:32701"),
        ([-17.0, -17.5, -16.9], [179.7, 179.9, -179.8], "EPSG:32760"),
        ([-17.0, -17.5, -16.9], [179.7, 179.9, 180.2], "EPSG:32760"),
    ],
)
def test_one_point_or_many_have_one_utm_zone(
    lat: float | list[float], lon: float | list[float], crs: str
) -> None:
    assert projection.utm_zone(lat, lon) == crs
