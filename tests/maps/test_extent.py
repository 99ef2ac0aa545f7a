"""The map shows where the incidents and their areas are, not all areas of the file."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from data.areas import area_import
from data.imports import importer
from data.maps import heat_surface, outlines, sketch
from data.settings import Settings
from data.storage.store import Current, Store
from data.tables import build
from tests.areas.test_boundaries import geojson

WEST, SOUTH, SIDE, MANY = -94.0, 44.0, 0.1, 10
PLACE = Settings(name="Toytown", zone="America/Chicago", center=(44.1, -93.9), reach_km=0)


def county(*, share: int = MANY) -> list[tuple[dict[str, str], shapely.Geometry]]:
    """A county of 10 by 10 townships."""
    return [
        (
            {"name": f"T {i} {j}"},
            shapely.box(
                WEST + i * SIDE, SOUTH + j * SIDE, WEST + (i + 1) * SIDE, SOUTH + (j + 1) * SIDE
            ),
        )
        for i in range(share)
        for j in range(share)
    ]


def calls(store: Store, source: str, *spots: tuple[float, float], kind: str = "official") -> None:
    lines = ["id,time,lat,lon,kind"]
    for i, (x, y) in enumerate(spots):
        at = f"{SOUTH + y * SIDE:.6f},{WEST + x * SIDE:.6f}"
        lines.append(f"{i},2025-01-{i % 28 + 1:02} 12:00,{at},call_911")
    file = store.root.parent / f"{source}.csv"
    file.write_text("\n".join(lines))
    (store.root.parent / "map.toml").write_text(
        f'[source]\nname = "{source}"\nkind = "{kind}"\n[columns]\nincident_id = "id"\n'
        'occurred_at = "time"\nlat = "lat"\nlon = "lon"\nkind = "kind"\n'
    )
    options = importer.Options(source=source, map=store.root.parent / "map.toml")
    report = importer.import_file(store, PLACE, file, options, say=lambda _: None)
    assert report.kept == len(spots)


CITY = [(0.5, 0.5), (1.5, 0.5), (0.5, 1.5), (1.5, 1.5), (0.2, 1.7)]


def opened(store: Store, share: int = MANY) -> Current:
    file = geojson(store.root.parent / "county.geojson", *county(share=share))
    area_import.add(store, PLACE, file, name_column="name", say=lambda _: None)
    return store.at(build.rebuild(store, PLACE))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def townships(current: Current, sources: list[str] | None = None) -> tuple[float, float]:
    west, south, east, north = outlines.outline(current, None, sources).bounds
    assert (west, south) == pytest.approx((WEST, SOUTH))
    return round((east - west) / SIDE, 6), round((north - south) / SIDE, 6)


def test_a_city_in_a_county_fills_the_map(store: Store) -> None:
    calls(store, "city", *CITY)
    current = opened(store)
    assert townships(current) == (2, 2)
    over = heat_surface.extent(current)
    assert over is not None
    assert shapely.box(*over.outline.bounds).area == pytest.approx((2 * SIDE) ** 2)
    picture = sketch.sketch(current, "neighborhoods")
    assert picture is not None and len(picture.areas) == MANY**2


def test_the_browser_knows_how_far_there_are_areas(store: Store) -> None:
    calls(store, "city", *CITY)
    _, text = outlines.script(opened(store), "neighborhoods")
    features = json.loads(text.split(",", 1)[1].removesuffix(");\n"))["features"]
    assert len(features) == MANY**2 + 1
    far = WEST + MANY * SIDE, SOUTH + MANY * SIDE
    assert features[-1]["properties"]["within"] == pytest.approx([WEST, SOUTH, *far], abs=0.01)
    corners = np.array(features[-1]["geometry"]["coordinates"][0])
    assert corners.max(axis=0) == pytest.approx([WEST + 2 * SIDE, SOUTH + 2 * SIDE], abs=0.01)


def test_areas_between_and_beside_stay(store: Store) -> None:
    calls(store, "city", (0.5, 0.5), (3.5, 0.5), (0.5, 3.5))
    current = opened(store)
    assert townships(current) == (4, 4)
    assert outlines.outline(current).area == pytest.approx(16 * SIDE**2)


def test_sources_of_the_view_decide(store: Store) -> None:
    calls(store, "city", *CITY)
    calls(store, "state", (0.5, 0.5), (9.5, 9.5))
    current = opened(store)
    assert townships(current) == townships(current, ["state"]) == (MANY, MANY)
    assert townships(current, ["city"]) == (2, 2)
    assert townships(current, []) == (MANY, MANY)


def test_what_community_reports_say_too_early_moves_no_border(store: Store) -> None:
    calls(store, "city", *CITY)
    calls(store, "hotline", (5.5, 0.5), kind="community")
    current = opened(store)
    assert townships(current) == (2, 2)
    west, _, east, _ = outlines.outline(current, datetime(2100, 1, 1, tzinfo=UTC)).bounds
    assert round((east - west) / SIDE) == 7  # and the township beside


def test_a_map_that_is_nearly_full_stays_whole(store: Store) -> None:
    calls(store, "city", *CITY)
    assert townships(opened(store, share=3)) == (2, 2)
    calls(store, "more", (2.5, 2.5))
    assert townships(opened(store, share=3)) == (3, 3)


def test_without_incidents_all_areas_are_the_place(store: Store) -> None:
    assert townships(opened(store)) == (MANY, MANY)


def test_the_map_of_the_sample_is_all_its_areas(current: Current) -> None:
    areas = outlines.units(current, current.meta["sets"][0]["name"])
    whole = shapely.union_all(shapely.make_valid(areas.geometry.values))
    assert outlines.outline(current).equals_exact(whole)
    assert outlines.whole_bounds(current) == pytest.approx(whole.bounds)
