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
    assert area_proposals.propose_population_columns(found) == ([people] if people else [])


RESIDENTS = """
POP2020;residents;POPULACAO;Población;habitantes;inhabitants;Einwohner;pop_total;population_2021;TOTPOP;tot_pop;
population;Total Population;Pop;POP100;Einwohnerzahl;Bevölkerung;2020 Population;Pop_2020_est;Resident population
"""
NONE = """
pop_density;popdens;population change;pop_change_pct;Pop per km2;pop_black;population_under_18;Einwohnerdichte;
popup;popular name;households;pop_growth;perc_pop;PopPct;male_pop;nonresidents
"""


@pytest.mark.parametrize("header", RESIDENTS.replace("\n", "").split(";"))
def test_columns_of_residents_are_found_in_several_languages(header: str) -> None:
    found = features(**{"name": ["A", "B", "C"], header: [1200, 900, 0], "pop_density": [9, 8, 7]})
    assert area_proposals.propose_population_columns(found) == [header]
    written = features(**{header: ["1,200", "900", ""]})
    assert area_proposals.propose_population_columns(written) == [header]
    for percent in ([33.3, 33.3, 33.4], [20, 30, 50], ["20%", "30%", "50%"], [-2, 5, 900]):
        assert area_proposals.propose_population_columns(features(**{header: percent})) == []


@pytest.mark.parametrize("header", NONE.replace("\n", "").split(";"))
def test_densities_changes_and_parts_are_no_residents(header: str) -> None:
    assert area_proposals.propose_population_columns(features(**{header: [1200, 900]})) == []


@pytest.mark.parametrize(
    ("headers", "column"),
    [
        (["POP2010", "POP2020", "POP2000"], ["POP2020"]),
        (["population_2011", "pop_density", "population_2021"], ["population_2021"]),
        (["pop_2010", "population"], ["population"]),
        (["residents", "population"], ["residents", "population"]),
    ],
)
def test_of_several_the_plain_or_newest_one_is_taken(headers: list[str], column: list[str]) -> None:
    found = features(**{header: [100 + at, 200] for at, header in enumerate(headers)})
    assert area_proposals.propose_population_columns(found) == column
    equal = features(**{header: [700, 900] for header in headers})
    assert area_proposals.propose_population_columns(equal) == column[:1]


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
