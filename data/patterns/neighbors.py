"""Neighbors of areas, and the measures that incidents of an area are divided by."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from data.storage import projection
from data.storage.store import Current
from data.views.view import View
from data.words import HEXAGONS
from geo import weights

NEAREST = 6
_METRES = 2000


def _middles(areas: gpd.GeoSeries) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    middle = areas.centroid
    return middle.x.to_numpy(float), middle.y.to_numpy(float)


# as readers and links say it, and how it is made of areas in metres
WEIGHTS: dict[str, Callable[[gpd.GeoSeries], Any]] = {
    "touching areas": lambda areas: weights.contiguity(areas, "queen"),
    "areas with a common border": lambda areas: weights.contiguity(areas, "rook"),
    "the 6 nearest areas": lambda areas: weights.k_nearest(
        *_middles(areas), min(6, len(areas) - 1)
    ),
    "areas within 2 km": lambda areas: weights.distance_band(*_middles(areas), _METRES),
}
TOUCHING = next(iter(WEIGHTS))

RESIDENTS, GROUND = "rate per 1,000 residents", "density per km²"
_MEASURES = (RESIDENTS, GROUND)


def between(current: Current, units: gpd.GeoDataFrame, how: str) -> Any:
    """The weights of a set's units as a sparse matrix: 1 for a neighbor."""
    return WEIGHTS[how](units.to_crs(projection.metric_crs_of(current, units)).geometry)


def measures(view: View) -> tuple[str, ...]:
    """The measures that incidents can be divided by: hexagons have no residents."""
    return (GROUND,) if view.area_set in HEXAGONS else _MEASURES


def exposure(current: Current, units: gpd.GeoDataFrame, of: str) -> npt.NDArray[np.float64]:
    """The divisor of each unit's incidents: thousands of residents, or km2.

    NaN where there is none or it is not known.
    """
    if of == GROUND:
        square = units.to_crs(projection.metric_crs_of(current, units)).area.to_numpy(float) / 1e6
        return np.where(square > 0, square, np.nan)
    people = units["population"].to_numpy(float)
    return np.where(people > 0, people, np.nan) / 1000
