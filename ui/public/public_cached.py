"""The published release, kept between reruns: the public's only door to what it shows."""

import json
from pathlib import Path
from typing import NamedTuple

import shapely
import streamlit as st

from data.maps.outlines import MapArea, name_area
from data.privacy.plan import Planned
from data.privacy.tables import ReleasedArea, Tables
from data.published import grids, opening, released
from data.published.grids import Numbers
from data.published.levels import CITY, LEVEL_FILES, Levels
from data.published.released import Release
from geo.geojson import Feature, FeatureCollection
from geo.label_point import label_point
from geo.longitude import framed
from ui.map.patch import Corners


class Kept(NamedTuple):
    """A release with its tables, areas, numbers and plan. Do not change them."""

    release: Release
    tables: Tables
    levels: Levels
    numbers: Numbers
    planned: list[Planned]

    @property
    def place(self) -> str:
        """The name of the place."""
        return self.release.manifest["place"]["name"]


class Shapes(NamedTuple):
    """The areas of a level as the map draws them, with the outline of the place, and the bounds."""

    features: FeatureCollection[MapArea]
    bounds: Corners


@st.cache_resource(max_entries=3, show_spinner="Loading the release")
def _kept(folder: Path) -> Kept:
    return read_release(released.load_release(folder))


def read_release(release: Release) -> Kept:
    """A release with all that its readers see."""
    tables, levels = released.tables(release), released.read_levels(release)
    numbers = grids.read_numbers(tables, levels, release.manifest)
    return Kept(release, tables, levels, numbers, opening.planned_tables(release.manifest))


def current_release() -> Kept:
    """The release that is published now; another one where that has changed."""
    return _kept(released.current())


def shapes(release: Release, where: str) -> Shapes | None:
    """The areas of a level, or the whole city as one; None where a release has no areas."""
    return _shapes(release.folder, where)


@st.cache_resource(max_entries=6, show_spinner="Loading the release")
def _shapes(folder: Path, where: str) -> Shapes | None:
    release = released.load_release(folder)
    level = where if where in LEVEL_FILES else next(iter(LEVEL_FILES))
    areas = released.area_features(release, level)
    if not areas:
        return None
    forms = framed(shapely.from_geojson(json.dumps(area["geometry"])) for area in areas)
    whole = shapely.union_all(shapely.make_valid(forms)).buffer(0.0002).buffer(-0.0002)
    outline = shapely.set_precision(whole.simplify(0.0001), 1e-5, mode="pointwise")
    features = (
        [_feature(0, release.manifest["place"]["name"], outline)]
        if where == CITY
        else [_feature(i, _name(area), form) for i, (area, form) in enumerate(zip(areas, forms))]
    )
    form = json.loads(shapely.to_geojson(outline), parse_float=_short)
    features.append({"type": "Feature", "properties": {"outline": True}, "geometry": form})
    west, south, east, north = shapely.total_bounds(forms).round(5).tolist()
    return Shapes(
        {"type": "FeatureCollection", "features": features}, [[south, west], [north, east]]
    )


def _name(area: Feature[ReleasedArea]) -> str:
    return area["properties"]["name"]


def _feature(i: int, name: str, form: shapely.Geometry) -> Feature[MapArea]:
    geometry = json.loads(shapely.to_geojson(form), parse_float=_short)
    own: MapArea = {"i": i, **name_area(name), "at": label_point(form)}
    return {"type": "Feature", "properties": own, "geometry": geometry}


def _short(number: str) -> float:
    return round(float(number), 5)
