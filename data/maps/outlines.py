"""The shapes that maps draw: units of an area set, their labels' places, the outline."""

import hashlib
import json
from datetime import datetime
from typing import Any, TypedDict

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data import words
from data.storage import projection
from data.storage.store import Current
from data.views.sql import polygon_set
from data.views.view import HEXAGON_OF
from data.words import HEXAGONS
from geo import hexagons
from geo.area_index import locate_points
from geo.geojson import Feature, FeatureCollection
from geo.label_point import label_point
from geo.longitude import shapes_near

_TOLERANCE = 8.0  # metres: finer than a screen shows, and a fifth of the bytes
_DECIMALS = 5  # of a degree: about a metre


class MapArea(TypedDict, total=False):
    """The properties of a shape on a map: those of a unit, or `outline`, which is the place's.

    `i` is the position among the units, `at` where a label has most room (lon, lat). `name` is
    the one that links hold; `shown` the one that screens show, where that is another.
    """

    i: int
    name: str
    shown: str
    at: list[float]
    outline: bool


def units(current: Current, area_set: str, settled_by: datetime | None = None) -> gpd.GeoDataFrame:
    """The units of a set: unit (what queries return), name, population, geometry.

    WGS 84. Population is NaN where it is not known; hexagons have none, and are those
    that hold an incident: of community reports only those settled by a moment, because
    a hexagon that stands on the map says that something happened there.
    """
    if area_set in HEXAGONS:
        return _hexagons(current, HEXAGONS[area_set], settled_by)
    found = polygon_set(area_set, current.meta)
    if found is None:
        empty: dict[str, list[Any]] = {"unit": [], "name": [], "population": [], "geometry": []}
        return gpd.GeoDataFrame(empty, crs=4326)
    with current.reading():
        areas = gpd.read_parquet(current.folder / f"areas{found[0]}.parquet")
    people = pd.to_numeric(areas["population"], errors="coerce").astype(float)
    return gpd.GeoDataFrame(
        {"unit": np.arange(len(areas)), "name": areas["name"], "population": people},
        geometry=areas.geometry,
        crs=4326,
    )


def outline(current: Current, settled_by: datetime | None = None) -> Any:
    """The place: the union of its areas, else of the hexagons that hold incidents."""
    names = [s["name"] for s in current.meta["sets"]] or list(HEXAGONS)
    held = units(current, names[0], settled_by)
    if held.empty:
        return shapely.Polygon()
    whole: Any = shapely.union_all(shapely.make_valid(held.geometry.values))
    return whole


def _hexagons(current: Current, resolution: int, settled_by: datetime | None) -> gpd.GeoDataFrame:
    number = f"hex{resolution}"
    table = current.query(
        f"""SELECT DISTINCT {number} AS number FROM {{facts}}
        WHERE {number} >= 0 AND (settled_at IS NULL OR settled_at <= ?)""",
        [settled_by],
    )
    numbers = np.sort(table["number"].to_numpy())
    shapes = hexagons.outlines(current.cells(resolution)[numbers], current.meridian)
    found = polygon_set("", current.meta)
    codes = [code[: -len("ffff")][-5:] for code in shapes["code"]]
    names = [f"Hexagon {code}" for code in codes]
    if found is not None and len(shapes):
        with current.reading():
            areas = gpd.read_parquet(current.folder / "areas0.parquet")
        centres = shapely.centroid(shapes.geometry.values)
        rows = locate_points(shapely.get_x(centres), shapely.get_y(centres), areas)
        near = [areas["name"].iloc[r] if r >= 0 else "outside" for r in rows]
        names = [f"{n}{HEXAGON_OF}{hexagon}" for n, hexagon in zip(near, codes)]
    return gpd.GeoDataFrame(
        {"unit": numbers, "name": names, "population": np.nan}, geometry=shapes.geometry, crs=4326
    )


def script(current: Current, area_set: str, settled_by: datetime | None = None) -> tuple[str, str]:
    """Name and text of the file that brings a set's shapes to the browser.

    Each feature carries its position `i` among the units, its name and the point where
    a label has most room. The last one is the outline of the place.
    """
    held = units(current, area_set, settled_by)
    crs = projection.metric_crs_of(current, held)
    simple = held.geometry.to_numpy()
    if area_set not in HEXAGONS and len(held):
        metres = held.to_crs(crs).geometry.values
        fewer = gpd.GeoSeries(shapely.coverage_simplify(metres, _TOLERANCE), crs=crs)
        simple = shapes_near(fewer.to_crs(4326), current.meridian)
    features = [
        _feature(shape, {"i": i, **name_area(name), "at": label_point(shape)})
        for i, (shape, name) in enumerate(zip(simple, held["name"]))
    ]
    whole = outline(current, settled_by)
    if not whole.is_empty:
        rings = gpd.GeoSeries([whole], crs=4326).to_crs(crs)
        rings = rings.buffer(30).buffer(-30).simplify(_TOLERANCE).to_crs(4326)
        features.append(_feature(shapes_near(rings, current.meridian)[0], {"outline": True}))
    drawn: FeatureCollection[MapArea] = {"type": "FeatureCollection", "features": features}
    body = json.dumps(drawn, separators=(",", ":"), ensure_ascii=False)
    name = f"{hashlib.sha256(body.encode()).hexdigest()[:16]}.js"
    url = f"/app/static/areas/{name}"
    return name, f"porchlight.shapes({json.dumps(url)},{body});\n"


def name_area(name: str) -> MapArea:
    """The names of an area: the stored one, and the one that screens show where it differs."""
    shown = words.spell_area(name)
    return {"name": name} if shown == name else {"name": name, "shown": shown}


def _feature(shape: shapely.Geometry, properties: MapArea) -> Feature[MapArea]:
    rounded = shapely.set_precision(shape, 10.0**-_DECIMALS, mode="pointwise")
    geometry = json.loads(shapely.to_geojson(rounded))
    geometry["coordinates"] = _trimmed(geometry["coordinates"])
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _trimmed(values: Any) -> Any:
    """The nested lists with numbers as short as their precision."""
    if isinstance(values, float | int):
        return round(values, _DECIMALS)
    return [_trimmed(v) for v in values]
