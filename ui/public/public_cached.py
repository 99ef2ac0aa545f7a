"""The published release, kept between reruns: the public's only door to what it shows."""

import json
from pathlib import Path
from typing import NamedTuple

import shapely
import streamlit as st

from data.maps.outlines import MapArea, name_area
from data.published import grids, released
from data.published.grids import Sort
from data.published.released import Release
from data.release.tables import ReleasedArea, Tables
from geo.geojson import Feature, FeatureCollection
from geo.label_point import label_point
from geo.longitude import framed
from ui.map.patch import Corners


class Kept(NamedTuple):
    """A release with its tables, areas and grids. Do not change them."""

    release: Release
    tables: Tables
    areas: list[Feature[ReleasedArea]]
    sorts: dict[str, Sort]


@st.cache_resource(max_entries=3, show_spinner="Loading the release")
def _kept(folder: Path) -> Kept:
    return read_release(released.load_release(folder))


def read_release(release: Release) -> Kept:
    """A release with all that its readers see."""
    tables, areas = released.tables(release), released.area_features(release)
    codes = [int(area["properties"]["area"]) for area in areas]
    return Kept(release, tables, areas, grids.read_sorts(tables, codes, release.manifest))


def current_release() -> Kept:
    """The release that is published now; another one where that has changed."""
    return _kept(released.current())


@st.cache_resource(max_entries=3, show_spinner="Loading the release")
def shapes(folder: Path) -> tuple[FeatureCollection[MapArea], Corners]:
    """The areas as the map draws them, with the outline of the place, and the bounds."""
    features: list[Feature[MapArea]] = []
    areas = _kept(folder).areas
    forms = framed(shapely.from_geojson(json.dumps(area["geometry"])) for area in areas)
    for i, (area, form) in enumerate(zip(areas, forms)):
        geometry = json.loads(shapely.to_geojson(form), parse_float=_short)
        name = name_area(area["properties"]["name"])
        told: MapArea = {"i": i, **name, "at": label_point(form)}
        features.append({"type": "Feature", "properties": told, "geometry": geometry})
    whole = shapely.union_all(shapely.make_valid(forms)).buffer(0.0002).buffer(-0.0002)
    outline = shapely.set_precision(whole.simplify(0.0001), 1e-5, mode="pointwise")
    told = {"outline": True}
    form = json.loads(shapely.to_geojson(outline), parse_float=_short)
    features.append({"type": "Feature", "properties": told, "geometry": form})
    west, south, east, north = shapely.total_bounds(forms).round(5).tolist()
    body: FeatureCollection[MapArea] = {"type": "FeatureCollection", "features": features}
    return body, [[south, west], [north, east]]


def _short(number: str) -> float:
    return round(float(number), 5)
