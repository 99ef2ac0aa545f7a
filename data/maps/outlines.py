"""The shapes that maps draw: units of an area set, their labels' places, the outline."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data import words
from data.storage import projection
from data.storage.meta_types import SourceMeta
from data.storage.store import Current
from data.views import fewest_rows
from data.views.conditions import joined
from data.views.points import COMMUNITY
from data.views.sql import Clause, hexagon_sql, listed_sql, polygon_set
from data.views.view import HEXAGON_OF
from data.words import HEXAGONS
from geo import hexagons
from geo.area_index import locate_points
from geo.arrays import Flags
from geo.geojson import Feature, FeatureCollection
from geo.label_point import label_point
from geo.longitude import shapes_near

_TOLERANCE = 8.0  # metres: finer than a screen shows, and a fifth of the bytes
_DECIMALS = 5  # of a degree: about a metre
_LONG = re.compile(rf"\.\d{{{_DECIMALS + 1}}}|e-")  # a number with more of them
_NEAR = 0.1  # of the size of the areas with incidents: areas so near them are of the place
_MOST = 0.75  # of the size of all areas, both ways: where those are larger, all are shown


class MapArea(TypedDict, total=False):
    """The properties of a shape on a map: those of a unit, or `outline`, which is the place's.

    `i` is the position among the units, `at` where a label has most room (lon, lat). `name` is
    the one that links hold; `shown` the one that screens show, where that is another. `within`
    are the west, south, east and north of all shapes, beyond which there is nothing to see.
    """

    i: int
    name: str
    shown: str
    at: list[float]
    outline: bool
    within: list[float]


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


def outline(
    current: Current, settled_by: datetime | None = None, sources: Sequence[str] | None = None
) -> Any:
    """The place: the union of its areas, else of the hexagons that hold incidents.

    Where the incidents of some sources (None: of all) lie in one part of the areas, as a city's
    calls in a county's, the areas far from them are left out, so that maps show what there is.
    """
    names = [s["name"] for s in current.meta["sets"]] or list(HEXAGONS)
    held = units(current, names[0], settled_by)
    if held.empty:
        return shapely.Polygon()
    shapes = shapely.make_valid(held.geometry.values)
    if current.meta["sets"]:
        shapes = shapes[_near_incidents(current, shapes, settled_by, sources)]
    whole: Any = shapely.union_all(shapes)
    return whole


def whole_bounds(current: Current) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all areas, else of all hexagons that hold incidents."""
    names = [s["name"] for s in current.meta["sets"]] or list(HEXAGONS)
    held = units(current, names[0])
    if held.empty:
        return None
    west, south, east, north = held.total_bounds.tolist()
    return west, south, east, north


def _near_incidents(
    current: Current,
    shapes: npt.NDArray[Any],
    settled_by: datetime | None,
    sources: Sequence[str] | None,
) -> Flags:
    """Mask of the areas that hold an incident or lie near such; all where that is most of them."""
    every = np.ones(len(shapes), bool)
    chosen = [s for s in current.meta["sources"] if sources is None or s["name"] in sources]
    if not chosen:
        return every
    sql, values = joined([_shown(current, chosen, settled_by), ("area0 >= 0", [])])
    asked = f"SELECT DISTINCT area0 AS area FROM {{facts}} WHERE {sql}"
    table = fewest_rows.count_rows(current, asked, values)
    busy = np.zeros(len(shapes), bool)
    busy[table["area"].to_numpy()] = True
    if not busy.any():
        return every
    west, south, east, north = shapely.total_bounds(shapes[busy])
    reach = _NEAR * max(east - west, north - south)
    box = shapely.box(west - reach, south - reach, east + reach, north + reach)
    near: Flags = busy | shapely.intersects(box, shapely.point_on_surface(shapes))
    part, whole = (np.reshape(shapely.total_bounds(s), (2, 2)) for s in (shapes[near], shapes))
    return near if ((part[1] - part[0]) < _MOST * (whole[1] - whole[0])).all() else every


def _shown(
    current: Current, chosen: Sequence[SourceMeta], settled_by: datetime | None
) -> Clause | None:
    """SQL for the rows of some sources that readers may see: community reports once they are old
    enough, where it is told what is."""
    by_clock = any(s["kind"] == COMMUNITY and s["rows"] for s in chosen)
    own = [s for s in chosen if settled_by is not None or s["kind"] != COMMUNITY]
    codes = [i for i, s in enumerate(current.meta["sources"]) if s in own]
    listed = listed_sql("source", codes) or ("false", [])
    if settled_by is None or not by_clock:
        return listed
    return joined([listed, ("(settled_at IS NULL OR settled_at <= ?)", [settled_by])])


def _hexagons(current: Current, resolution: int, settled_by: datetime | None) -> gpd.GeoDataFrame:
    number = hexagon_sql(resolution)
    sql, values = joined([_shown(current, current.meta["sources"], settled_by), ("cell <> 0", [])])
    asked = f"SELECT DISTINCT {number} AS number FROM {{facts}} WHERE {sql}"
    table = fewest_rows.count_rows(current, asked, values, resolution=resolution)
    numbers = np.sort(table["number"].to_numpy())
    shapes = hexagons.outlines(numbers.astype(np.uint64), current.meridian)
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


def script(
    current: Current,
    area_set: str,
    settled_by: datetime | None = None,
    sources: Sequence[str] | None = None,
    whole: Any = None,
) -> tuple[str, str]:
    """Name and text of the file that brings a set's shapes to the browser.

    Each feature carries its position `i` among the units, its name and the point where
    a label has most room. The last one is the outline of the place (see outline); `whole` is
    that, where it is known already.
    """
    held = units(current, area_set, settled_by)
    crs = projection.metric_crs_of(current, held)
    simple = held.geometry.to_numpy()
    if area_set not in HEXAGONS and len(held):
        metres = held.to_crs(crs).geometry.values
        fewer = gpd.GeoSeries(shapely.coverage_simplify(metres, _TOLERANCE), crs=crs)
        simple = shapes_near(fewer.to_crs(4326), current.meridian)
    about: list[MapArea] = [
        {"i": i, **name_area(name), "at": label_point(shape)}
        for i, (shape, name) in enumerate(zip(simple, held["name"]))
    ]
    whole = outline(current, settled_by, sources) if whole is None else whole
    if not whole.is_empty:
        rings = gpd.GeoSeries([whole], crs=4326).to_crs(crs)
        rings = rings.buffer(30).buffer(-30).simplify(_TOLERANCE).to_crs(4326)
        place = shapes_near(rings, current.meridian)[0]
        within = np.round(shapely.total_bounds([place, *simple]), _DECIMALS).tolist()
        about.append({"outline": True, "within": within})
        simple = np.array([*simple, place], object)
    drawn: FeatureCollection[MapArea] = {
        "type": "FeatureCollection",
        "features": _features(simple, about),
    }
    body = json.dumps(drawn, separators=(",", ":"), ensure_ascii=False)
    name = f"{hashlib.sha256(body.encode()).hexdigest()[:16]}.js"
    url = f"/app/static/areas/{name}"
    return name, f"porchlight.shapes({json.dumps(url)},{body});\n"


def name_area(name: str) -> MapArea:
    """The names of an area: the stored one, and the one that screens show where it differs."""
    shown = words.spell_area(name)
    return {"name": name} if shown == name else {"name": name, "shown": shown}


def _features(shapes: npt.NDArray[np.object_], about: list[MapArea]) -> list[Feature[MapArea]]:
    """Shapes with numbers as short as their precision, and what is said of each."""
    rounded = shapely.set_precision(shapes, 10.0**-_DECIMALS, mode="pointwise")
    found: list[Feature[MapArea]] = []
    for text, properties in zip(shapely.to_geojson(rounded), about):
        geometry = json.loads(text)
        if _LONG.search(text):
            geometry["coordinates"] = _trimmed(geometry["coordinates"])
        found.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return found


def _trimmed(values: Any) -> Any:
    """The nested lists with numbers as short as their precision."""
    if values and isinstance(values[0], float | int):
        return [round(v, _DECIMALS) for v in values]
    return [_trimmed(v) for v in values]
