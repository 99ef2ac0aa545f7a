"""Features of a file made areas: named, in WGS 84, valid, and what was done for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from data import coordinate_system
from data.areas import residents, same_name
from data.areas.boundary_files import Features
from data.settings import Problem
from data.storage import area_names
from data.storage.projection import Bounds
from geo import longitude, polygons

_LISTED = 8
WORTH_TELLING = 1.0  # m2: below it an overlap or gap is how the borders were rounded


def make_areas(
    features: Features,
    columns: Mapping[str, str | None],
    crs: str | None,
    file: str,
    bounds: Bounds,
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Areas [code, name, population, geometry] in WGS 84 by name, and notes on them.

    `columns` says which column holds the name, the code and the population. Features
    of one name that touch are one area, unless a column gives them different codes; where
    they lie apart, a column of codes has to say which are one. No two areas have one name.
    `bounds` say where the place lies: longitudes are within 180 degrees of its middle.
    """
    _check_columns(features, columns, file)
    names, notes = _names(features, columns)
    shapes, more = _shapes(features, names, crs, file, bounds)
    by_name = columns["code"] == columns["name"]  # each name is one area, also in parts
    table = pd.DataFrame(
        {
            "name": names,
            "code": names if by_name else _texts(features, columns["code"]),
            "people": _texts(features, columns["population"]),
            "shape": shapes,
        }
    )
    whole = table[table["shape"].notna()]
    if whole.empty:
        raise Problem(f"{file} holds no polygon with an area.")
    same_name.require_codes(whole, features, columns, file)
    parts = [part for _, part in whole.groupby(["name", "code"], sort=True)]
    people, told = _people(parts, columns["population"])
    frame = gpd.GeoDataFrame(
        {
            "code": area_names.codes(_code(part) for part in parts),
            "name": same_name.distinct_names(parts),
            "population": pd.array(people, dtype="Int64"),
        },
        geometry=[_joined(part["shape"].to_numpy()) for part in parts],
        crs="EPSG:4326",
    )
    notes = [*features.notes, *notes, *more, *_joins(parts), *told]
    left = len(table) - len(whole)
    tail = f"; {left} left out" if left else ""
    return frame, [f"{len(table)} features are {len(frame)} areas{tail}.", *notes]


def overlap_sentences(areas: gpd.GeoDataFrame, crs: str) -> list[str]:
    """Notes for readers on overlaps and gaps of areas, measured in a CRS of meters."""
    metric = areas.to_crs(crs).geometry.to_numpy()
    pairs = [p for p in polygons.overlaps(metric) if p[2] >= WORTH_TELLING]
    holes = [size for size in polygons.gaps(metric) if size >= WORTH_TELLING]
    notes = []
    if pairs:
        one, other, _ = pairs[0]
        names = areas["name"]
        notes.append(
            f"{len(pairs)} pairs of areas overlap, {_km2([p[2] for p in pairs])} in all"
            f" (most: {names[one]} and {names[other]}). A point there counts to the "
            "first by name."
        )
    if holes:
        notes.append(
            f"{len(holes)} gaps between areas, {_km2(holes)} in all: a point there counts to none."
        )
    return notes


def _km2(sizes: Sequence[float]) -> str:
    return f"{sum(sizes) / 1e6:.6f}".rstrip("0").rstrip(".") + " km²"


def _check_columns(features: Features, columns: Mapping[str, str | None], file: str) -> None:
    there = ", ".join(area_names.printable(name) for name in features.columns)
    if columns["name"] is None:
        raise Problem(f"Say which column of {file} holds the names. It has: {there}.")
    for what, column in columns.items():
        if column is not None and column not in features.columns:
            raise Problem(
                f'{file} has no column "{area_names.printable(column)}" for the {what}. '
                f"It has: {there}."
            )


def _texts(features: Features, column: str | None) -> list[str]:
    """The values of a column as texts, empty where there is none."""
    values = [row.get(column) if column else None for row in features.rows]
    whole = [int(v) if isinstance(v, float) and v.is_integer() else v for v in values]
    return ["" if v is None or isinstance(v, dict | list) else str(v).strip() for v in whole]


def _names(features: Features, columns: Mapping[str, str | None]) -> tuple[list[str], list[str]]:
    raw = _texts(features, columns["name"])
    names = [area_names.clean_name(text) for text in raw]
    changed = {new for old, new in zip(raw, names) if new and new != old}
    nameless = [i for i, name in enumerate(names) if not name]
    for i in nameless:
        names[i] = f"Area {i + 1}"
    notes = []
    if changed:
        notes.append(f"Names written in plainer characters: {_list(sorted(changed))}.")
    if nameless:
        notes.append(f"Without a name: {_list([names[i] for i in nameless])}.")
    names, alike = same_name.unify_spelling(names)
    if alike:
        notes.append(f"Written in several ways, taken as one name: {_list(alike)}.")
    same: dict[str, set[str]] = {}
    for name in names:
        same.setdefault(area_names.fold(name), set()).add(name)
    alike = [" and ".join(sorted(group)) for group in same.values() if len(group) > 1]
    if alike:
        notes.append(f"Names that are easily taken for each other: {_list(alike)}.")
    return names, notes


def _shapes(
    features: Features, names: Sequence[str], crs: str | None, file: str, bounds: Bounds
) -> tuple[Any, list[str]]:
    """Valid polygons in WGS 84 (None where a feature has none), and notes on them."""
    source = _crs(crs or features.crs, file)
    notes = []
    if crs and features.crs and not source.equals(_crs(features.crs, file), ignore_axis_order=True):
        notes.append(f"Coordinates are taken as {source.name}, as given with --crs.")
    flat = shapely.force_2d(features.shapes)
    xy, of = shapely.get_coordinates(flat, return_index=True)
    flat[of[~np.isfinite(xy).all(axis=1)]] = None
    try:
        degrees = gpd.GeoSeries(flat, crs=source).to_crs("EPSG:4326").to_numpy()
    except ProjError:
        raise Problem(f"{file}: {source.name} cannot be turned into degrees.") from None
    degrees, told = _in_order(degrees, source, bounds)
    notes += told
    _check_degrees(degrees, source, file)
    meridian = bounds.center[1] if bounds.center else longitude.mean(_xy(degrees)[0])
    degrees = longitude.shapes_near(degrees, meridian or 0.0)
    notes += _far_away(degrees, bounds)
    shapes, repaired = polygons.polygonal(degrees)
    gone = [n for n, missing in zip(names, shapely.is_missing(shapes)) if missing]
    mended = [n for n, was in zip(names, repaired) if was]
    if mended:
        notes.append(f"Invalid shapes repaired: {_list(mended)}.")
    if gone:
        notes.append(f"Left out, for they have no polygon with an area: {_list(gone)}.")
    return shapes, notes


def _crs(stated: str | None, file: str) -> CRS:
    if not stated:
        raise Problem(f"{file} does not say its coordinate system. Give it: --crs EPSG:...")
    return coordinate_system.read_crs(stated, file)


def _in_order(degrees: Any, source: CRS, bounds: Bounds) -> tuple[Any, list[str]]:
    """The shapes with latitude and longitude exchanged where a file has them the other way.

    That is plain where only so they lie on the globe, or near the place.
    """
    x, y = _xy(degrees)
    turned_fits = bool((np.abs(x) <= 90).all() and (np.abs(y) <= 360).all())
    if not source.is_geographic or not turned_fits or not len(x):
        return degrees, []
    fits = bool((np.abs(y) <= 90).all())
    if fits and not (bounds.known and bounds.far(y, x).all() and not bounds.far(x, y).all()):
        return degrees, []
    where = "near the place" if fits else "on the globe"
    turned = shapely.transform(degrees, lambda at: at[:, ::-1])
    return turned, [
        "Latitude and longitude are swapped in the file, and were put in order: only so the "
        f"areas lie {where}."
    ]


def _far_away(degrees: Any, bounds: Bounds) -> list[str]:
    """A warning where no area comes near the place."""
    x, y = _xy(degrees)
    if not len(x) or not bounds.known or bounds.center is None or not bounds.far(y, x).all():
        return []
    lat, lon = bounds.center
    if x.min() <= lon <= x.max() and y.min() <= lat <= y.max():
        return []
    return [
        f"No area comes within {bounds.reach_km:g} km of the middle of the place "
        f"({lat:.2f}, {lon:.2f}). Is this the right file?"
    ]


def _xy(shapes: Any) -> tuple[Any, Any]:
    """Longitudes and latitudes of all corners."""
    x, y = shapely.get_coordinates(shapes).T
    return x, y


def _check_degrees(shapes: Any, source: CRS, file: str) -> None:
    xy = shapely.get_coordinates(shapes)
    wrong = ~((np.abs(xy[:, 0]) <= 360) & (np.abs(xy[:, 1]) <= 90))
    if wrong.any():
        raise Problem(
            f"{file}: taken as {source.name}, {int(wrong.sum()):,} of {len(xy):,} "
            "corners lie nowhere on the globe. Give the right one: --crs EPSG:..."
        )


def _people(
    parts: Sequence[pd.DataFrame], column: str | None
) -> tuple[list[int | None], list[str]]:
    """Residents of each area; parts that say the same say it of the whole."""
    if column is None:
        return [None] * len(parts), []
    people: list[int | None] = []
    strange, summed = [], []
    for part in parts:
        name = part["name"].iloc[0]
        try:
            said = {n for n in map(residents.number, part["people"]) if n is not None}
        except ValueError:
            strange.append(name)
            said = set()
        if len(said) > 1:
            summed.append(name)
        people.append(sum(said) if said else None)
    known = sum(count is not None for count in people)
    notes = [f"Residents are known for {known} of {len(parts)} areas."]
    if strange:
        notes.append(f"Residents that are no number are not known: {_list(strange)}.")
    if summed:
        notes.append(f"Residents of several parts were added up: {_list(summed)}.")
    return people, notes


def _code(part: pd.DataFrame) -> str:
    stated = str(part["code"].iloc[0])
    return area_names.code(stated) or area_names.slug(part["name"].iloc[0])


def _joined(shapes: Any) -> Any:
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def _joins(parts: Sequence[pd.DataFrame]) -> list[str]:
    joined = [f"{p['name'].iloc[0]} ({len(p)})" for p in parts if len(p) > 1]
    counts = Counter(part["name"].iloc[0] for part in parts)
    notes = []
    if joined:
        notes.append(f"Several features of one name are one area: {_list(joined)}.")
    if shared := sorted(name for name, n in counts.items() if n > 1):
        notes.append(
            f"Areas of one name, told apart by their codes: {_list(shared)}. A record that says "
            "only the name goes by its point; without one it counts in no area."
        )
    if apart := [
        p["name"].iloc[0] for p in parts if len(p) > 1 and not same_name.is_connected(p["shape"])
    ]:
        notes.append(f"Of these, by their codes, in parts that lie apart: {_list(apart)}.")
    return notes


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown
