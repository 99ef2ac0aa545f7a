"""A town across 180 degrees is as whole as the same town six degrees to the west."""

import io
import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry import mapping

from data.areas import area_import
from data.imports import importer
from data.maps import heat_surface, hexagons, incidents, outlines
from data.patterns import episodes
from data.privacy import placed_records
from data.privacy.partitions import Partition, group_features, placed_areas
from data.settings import Settings
from data.storage import area_sets
from data.storage.store import Current, Store
from data.tables import build
from data.views import answers, links, pixel_counts, whole_records
from data.views.view import View
from geo import drawn_shape, longitude, mercator
from tests.areas.test_boundaries import geojson

LAT = -16.8
NOW = datetime(2025, 6, 1, tzinfo=UTC)
WIDE = 0.06  # degrees: the town, its middle at the middle
RNG = np.random.default_rng(3)
EAST, NORTH = RNG.uniform(-WIDE / 2, WIDE / 2, 200), RNG.uniform(-0.02, 0.02, 200)


class Town(NamedTuple):
    """A store of 200 calls in three wards, and its first View."""

    store: Store
    place: Settings
    current: Current
    view: View
    middle: float


def wrapped(lon: float) -> float:
    return (lon + 180) % 360 - 180


def wards(middle: float) -> list[Any]:
    """West, Middle and East; Middle lies across the middle."""
    ends = middle + np.array([-0.5, -0.1, 0.1, 0.5]) * WIDE
    return [shapely.box(a, LAT - 0.02, b, LAT + 0.02) for a, b in pairwise(ends)]


WAYS = {
    "beyond": lambda shape: shape,
    "cut": longitude.cut,
    "jumping": lambda shape: shapely.transform(
        shape, lambda at: np.column_stack([[wrapped(x) for x in at[:, 0]], at[:, 1]])
    ),
}


def built(
    root: Path, middle: float, way: str = "cut", known: bool = True, learn: bool = False
) -> Town:
    center = (LAT, wrapped(middle)) if known else None
    settings = Settings(name="Toytown", zone="Pacific/Fiji", center=center)
    store = Store(root / f"{way}-{middle}")
    lines = ["id,time,lat,lon,ward,kind"]
    names = np.array(["West", "Middle", "East"])[np.digitize(EAST, np.array([-0.1, 0.1]) * WIDE)]
    for i, (e, n) in enumerate(zip(EAST, NORTH)):
        at = f"{LAT + n:.6f},{wrapped(middle + e):.6f}"
        lines.append(f"{i},2025-01-{i % 28 + 1:02} {i % 24:02}:00,{at},{names[i]},call_911")
    file = root / f"{middle}.csv"
    file.write_text("\n".join(lines))
    (root / "map.toml").write_text(
        '[source]\nname = "calls"\nkind = "official"\n[columns]\nincident_id = "id"\n'
        'occurred_at = "time"\nlat = "lat"\nlon = "lon"\nkind = "kind"\narea_label = "ward"\n'
    )
    options = importer.Options(source="calls", map=root / "map.toml")
    report = importer.import_file(store, settings, file, options, say=[].append)
    assert report.kept == 200
    if learn:
        area_import.learn(store, settings, say=[].append)
    else:
        drawn_as = [
            ({"name": n}, WAYS[way](s)) for n, s in zip(["West", "Middle", "East"], wards(middle))
        ]
        area_import.add(
            store,
            settings,
            geojson(root / "wards.geojson", *drawn_as),
            name_column="name",
            say=[].append,
        )
    current = store.at(build.rebuild(store, settings))
    return Town(store, settings, current, links.view({}, current.meta, settings, NOW)[0], middle)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return built(tmp_path_factory.mktemp("reference"), 174.0)


@pytest.fixture(scope="module", params=[180.0, 179.98, 180.02])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Its middle on 180 degrees, and a little west and east of it: center 179.98, -179.98."""
    return built(tmp_path_factory.mktemp("town"), request.param)


def counted(town: Town, **choices: object) -> dict[str, int]:
    view = links.view(choices, town.current.meta, town.place, NOW)[0]
    units = outlines.units(town.current, "neighborhoods")
    table = answers.area_table(town.current, view, units).table
    return {str(k): int(v) for k, v in zip(units["name"], table["n"])}


@pytest.mark.parametrize(("way", "known"), [*((way, True) for way in WAYS), ("cut", False)])
def test_every_way_of_drawing_a_border_is_one_place(
    tmp_path: Path, reference: Town, way: str, known: bool
) -> None:
    found = built(tmp_path, 180.0, way, known)
    assert counted(found) == counted(reference)
    over = heat_surface.extent(found.current)
    assert over is not None and over.outline.geom_type == "Polygon"
    (_, west), (_, east) = heat_surface.bounds(over)
    assert east - west < 2 * WIDE
    assert sum(counted(found).values()) == 200


def test_coordinates_are_kept_as_they_are_and_metres_are_of_one_zone(town: Town) -> None:
    table = pq.read_table(town.current.batches[0])
    lon, x = table["lon"].to_numpy(), table["x"].to_numpy()
    assert (np.abs(lon) <= 180).all()
    assert x.max() - x.min() < 7_000  # of 6.4 km


def test_the_map_is_in_one_piece(town: Town, reference: Town) -> None:
    assert counted(town) == counted(reference)
    _, text = outlines.script(town.current, "neighborhoods")
    _, plain = outlines.script(reference.current, "neighborhoods")
    drawn_here, drawn_there = (
        json.loads(t[t.index(",{") + 1 : -3])["features"] for t in (text, plain)
    )
    for one, other in zip(drawn_here, drawn_there, strict=True):
        here, there = (shapely.from_geojson(json.dumps(f["geometry"])) for f in (one, other))
        turn = round(here.centroid.x - there.centroid.x - (town.middle - 174.0)) % 360
        assert turn == 0
        assert here.geom_type == "Polygon" and here.area == pytest.approx(there.area, rel=0.01)


def test_heat_hexagons_and_incidents(town: Town, reference: Town) -> None:
    totals = []
    for one in (town, reference):
        over = heat_surface.extent(one.current)
        assert over is not None
        grid, every = heat_surface.visible_window(over, 300)
        window = heat_surface.window(over, grid, 300)
        heat = pixel_counts.counts(one.current, one.view, window.around)["n"].to_numpy().sum()
        found = hexagons.count_hexagons(one.current, one.view, 9, grid.padded(16))
        everywhere = hexagons.count_hexagons(one.current, one.view, 9, None)
        wide = np.ptp(found.shapes.total_bounds[::2])
        cells = incidents.count_cells(one.current, one.view, grid)
        seen = heat_surface.Seen(
            *np.array(heat_surface.bounds(over))[:, ::-1].ravel().tolist(), 13.0
        )
        window_of_sight = incidents.sight(seen, one.view, one.current)
        sight = incidents.located(one.current, one.view, window_of_sight)
        assert every and window.inside.sum() > 100
        assert everywhere.n.sum() == found.n.sum() == 200
        assert everywhere.shapes.is_valid.all() and wide < 2 * WIDE
        totals.append((int(heat), int(found.n.sum()), int(cells.n.sum()), sight))
    assert totals[0] == totals[1] == (200, 200, 200, 200)


def test_hexagons_as_areas(town: Town) -> None:
    units = outlines.units(town.current, "hexagons 0.7 km²")
    assert len(units) > 10
    west, _, east, _ = units.total_bounds
    assert east - west < 2 * WIDE and units.is_valid.all()


def test_a_drawn_shape(town: Town, reference: Town) -> None:
    found = []
    for one in (town, reference):
        shape = drawn_shape.encode(
            drawn_shape.circle(*one.current.meta["sets"][0]["centres"][1], 1000.0)
        )
        view = links.view({"shape": shape}, one.current.meta, one.place, NOW)[0]
        outline = drawn_shape.outline(
            drawn_shape.decode(shape), one.current.meta["place"]["crs"], one.current.meridian
        )
        assert np.ptp(outline.bounds[::2]) < WIDE
        units = outlines.units(one.current, "neighborhoods")
        table = answers.area_table(one.current, view, units).table
        asked = dict(zip(units["name"], zip(table["asked"], table["n"])))
        found.append({k: (bool(a), int(n)) for k, (a, n) in asked.items()})
        assert (
            shapely.intersection(
                heat_surface.extent(one.current, None, outline).outline, outline
            ).area
            > 0
        )
    assert sum(n for _, n in found[0].values()) > 20
    for name, (asked, n) in found[0].items():
        assert asked == found[1][name][0]
        assert abs(n - found[1][name][1]) <= 3  # zones are not the same to the metre


def test_exports_stay_within_180_degrees(town: Town) -> None:
    table = whole_records.everything(town.current, town.view)
    features = json.loads(whole_records.as_geojson(table, {}))["features"]
    lon = np.array([f["geometry"]["coordinates"][0] for f in features])
    assert (np.abs(lon) <= 180).all() and (lon > 0).any() and (lon < 0).any()
    frame = gpd.read_parquet(io.BytesIO(whole_records.as_geoparquet(table, {})))
    assert (frame.geometry.x.to_numpy() == table["lon"].to_numpy()).all()


def test_a_release_is_cut_at_180_degrees_and_joined_again(town: Town) -> None:
    file = area_sets.current_sets(town.store)["neighborhoods"].stem
    of = Partition("made", file, groups=[1, 2, 3], districts=[1, 1, 2], residents=None)
    placed = placed_areas(town.store, town.place, of)
    areas, meta = placed.frame, placed.meta
    assert placed.crs in ("EPSG:32760", "EPSG:32701")
    body = json.loads(group_features(placed, of))["features"]
    cut = [shapely.from_geojson(json.dumps(f["geometry"])) for f in body]
    for shape in cut:
        west, _, east, _ = shape.bounds
        assert west >= -180 and east <= 180 and shape.is_valid
    whole = longitude.framed(cut)
    assert [shape.geom_type for shape in whole] == ["Polygon"] * 3
    assert np.ptp(shapely.total_bounds(whole)[::2]) < 2 * WIDE
    records = placed_records.records(town.store, areas, meta, np.arange(1, 4))
    assert records["group"].value_counts().sort_index().tolist() == [
        counted(town)[name] for name in areas["name"]
    ]


def test_episodes_lie_in_the_place(town: Town) -> None:
    found = episodes.find_episodes(town.current, town.view, 800, 72, 2)
    over = heat_surface.extent(town.current)
    assert over is not None and len(found.table)
    grid = mercator.grid_over(heat_surface.bounds(over), found.shift).padded(1)
    column = found.table["column"].to_numpy() - grid.column
    assert ((column >= 0) & (column < grid.width)).all()


def test_areas_are_learned(tmp_path: Path, reference: Town) -> None:
    for known in (True, False):
        (tmp_path / str(known)).mkdir()
        found = built(tmp_path / str(known), 180.0, known=known, learn=True)
        areas, _ = area_sets.read_areas(area_sets.current_sets(found.store)["neighborhoods"])
        assert sorted(areas["name"]) == ["East", "Middle", "West"]
        assert np.ptp(areas.total_bounds[::2]) < 2 * WIDE
        assert counted(found) == counted(reference)


@pytest.mark.parametrize("meridian", [-179.98, 179.98, 0.0, -93.27, 174.0])
def test_near_and_cut(meridian: float) -> None:
    lon = np.array([-180, -179.9, -93.27, 0.1, 93.3, 179.9, 180, 181.5, np.nan, 1e300])
    found = longitude.near(lon, meridian)
    assert (np.abs(found - meridian)[:8] <= 180).all()
    turns = (found - lon)[:8] / 360
    assert turns == pytest.approx(turns.round(), abs=1e-12)
    untouched = np.abs(lon - meridian) <= 180
    assert (found[untouched] == lon[untouched]).all()  # bit for bit
    assert np.isnan(found[8])
    shape = shapely.box(179.9, -17, 180.2, -16)
    again = longitude.shapes_near([longitude.cut(shape)], 180.0)[0]
    assert again.equals(shape) or again.symmetric_difference(shape).area < 1e-12
    assert mapping(longitude.cut(shape))["type"] == "MultiPolygon"
    assert longitude.cut(shapely.box(1, 1, 2, 2)).equals_exact(shapely.box(1, 1, 2, 2))


def test_the_mean_of_longitudes() -> None:
    assert longitude.mean([179.0, -179.0]) == pytest.approx(180.0)
    assert longitude.mean([-93.0, -94.0]) == pytest.approx(-93.5)
    assert longitude.mean([np.nan]) is None


def test_longitudes_of_0_to_360_degrees(tmp_path: Path) -> None:
    settings = Settings(name="Toytown", zone="Pacific/Fiji", center=(LAT, -179.98))
    (tmp_path / "a.csv").write_text(
        f"time,lat,lon\n2025-01-01 10:00,{LAT},180.02\n2025-01-02 10:00,{LAT},-179.98\n"
        f"2025-01-03 10:00,{LAT},200.5\n"
    )
    (tmp_path / "map.toml").write_text(
        '[source]\nname = "a"\nkind = "official"\n[columns]\noccurred_at = "time"\nlat = "lat"\n'
        'lon = "lon"\n[constant]\nkind = "call_911"\n'
    )
    store = Store(tmp_path / "store")
    options = importer.Options(map=tmp_path / "map.toml")
    report = importer.import_file(store, settings, tmp_path / "a.csv", options, say=[].append)
    assert (report.kept, sum(report.rejected.values())) == (2, 1)
    lon = pq.read_table(store.batches / f"{report.batch}.parquet")["lon"].to_numpy()
    assert lon == pytest.approx([-179.98, -179.98])
