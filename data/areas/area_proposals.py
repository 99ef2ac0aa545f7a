"""What a file of areas proposes to whoever sets up a place: columns, center, reach, time zone."""

import math
from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

import geopandas as gpd
import shapely
import tzfpy

from data.areas.boundary_files import Features
from data.areas.residents import resident_columns
from geo.longitude import framed

LEAST_REACH_KM = 40.0
KM_A_DEGREE = 111.2
# words in the header of a column of names, the surest first
NAME_WORDS = (
    *(
        "neighborhood",
        "neighbourhood",
        "nbhd",
        "nhood",
        "community",
        "barrio",
        "bairro",
        "stadtteil",
    ),
    *("quartier", "name", "nombre", "nome", "nom", "label", "district", "ward", "beat", "area"),
)


def propose_name_column(features: Features) -> str | None:
    """The column that most likely holds the areas' names: texts that tell the areas apart."""
    texts = [c for c in features.columns if _share(_is_name(v) for v in _values(features, c)) > 0.5]

    def rank(column: str) -> tuple[int, float]:
        values = [v for v in _values(features, column) if v not in (None, "")]
        return _rank(column, NAME_WORDS), -len(set(map(str, values))) / max(len(values), 1)

    return min(texts, key=rank, default=None)


def propose_population_columns(features: Features) -> list[str]:
    """The columns that hold the residents of areas: one, or several where nothing tells which."""
    return resident_columns({column: _values(features, column) for column in features.columns})


def propose_center(areas: gpd.GeoDataFrame) -> tuple[tuple[float, float], float]:
    """The middle (latitude, longitude) of areas in WGS 84, and how many km around it a place is."""
    west, south, east, north = shapely.total_bounds(framed(areas.geometry))
    lat, lon = (south + north) / 2, (west + east) / 2
    wide = (east - west) * math.cos(math.radians(lat))
    reach = 1.5 * KM_A_DEGREE * math.hypot(wide, north - south) / 2
    center = (round(lat, 4), round((lon + 180) % 360 - 180, 4))
    return center, max(LEAST_REACH_KM, math.ceil(reach / 10) * 10.0)


def propose_zone(latitude: float, longitude: float) -> str:
    """The time zone at a point; "" at sea or where this machine's list does not have it."""
    zone: str = tzfpy.get_tz(longitude, latitude)
    return zone if zone in available_timezones() and not zone.startswith("Etc/") else ""


def _values(features: Features, column: str) -> list[Any]:
    return [row.get(column) for row in features.rows]


def _share(marks: Iterable[bool]) -> float:
    marked = list(marks)
    return sum(marked) / max(len(marked), 1)


def _is_name(value: Any) -> bool:
    """Return whether a value could be a name: a text with letters, and no address or date."""
    return isinstance(value, str) and any(c.isalpha() for c in value) and "://" not in value


def _rank(column: str, known: tuple[str, ...]) -> int:
    plain = column.casefold()
    return next((at for at, word in enumerate(known) if word in plain), len(known))
