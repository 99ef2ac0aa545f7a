"""What a file of areas proposes: the columns, the middle, the reach and the clock."""

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from data.areas import area_proposals
from data.areas.boundary_files import Features


def features(**columns: list[object]) -> Features:
    rows = [dict(zip(columns, values)) for values in zip(*columns.values())]
    return Features(list(columns), rows, np.array([None] * len(rows)), "EPSG:4326", [])


@pytest.mark.parametrize(
    ("columns", "name", "people"),
    [
        ({"OBJECTID": [1, 2], "BDNAME": ["A", "B"], "Pop2020": [10, 20]}, "BDNAME", "Pop2020"),
        # the header says more than the values
        (
            {"link": ["http://a", "http://b"], "editor": ["x", "y"], "barrio": ["A", "B"]},
            "barrio",
            None,
        ),
        # without a word that is known, the text that tells the areas apart
        ({"kind": ["ward", "ward"], "what": ["A", "B"]}, "what", None),
        ({"id": [1, 2], "population": ["10", "many"]}, None, None),
        ({"id": [1, 2]}, None, None),
    ],
)
def test_columns(columns: dict[str, list[object]], name: str | None, people: str | None) -> None:
    found = features(**columns)
    assert area_proposals.propose_name_column(found) == name
    assert area_proposals.propose_population_column(found) == people


def test_center_is_the_middle_and_the_reach_holds_every_area() -> None:
    areas = gpd.GeoDataFrame(geometry=[box(-93.4, 44.8, -93.2, 45.0)], crs=4326)
    assert area_proposals.propose_center(areas) == ((44.9, -93.3), 40.0)
    state = gpd.GeoDataFrame(geometry=[box(-97, 43, -89, 49)], crs=4326)
    (lat, lon), reach = area_proposals.propose_center(state)
    assert (lat, lon) == (46.0, -93.0) and 600 < reach < 800


def test_center_across_the_antimeridian() -> None:
    areas = gpd.GeoDataFrame(
        geometry=[box(179, -17, 180, -16), box(-180, -17, -179, -16)], crs=4326
    )
    (lat, lon), reach = area_proposals.propose_center(areas)
    assert lat == -16.5 and abs(lon) == 180.0 and reach < 300


@pytest.mark.parametrize(
    ("lat", "lon", "zone"),
    [
        (44.98, -93.27, "America/Chicago"),
        (51.5, -0.1, "Europe/London"),
        (39.77, -86.16, "America/Indiana/Indianapolis"),
        (0.0, -30.0, ""),
    ],
)
def test_zone_without_a_network(lat: float, lon: float, zone: str) -> None:
    assert area_proposals.propose_zone(lat, lon) == zone
