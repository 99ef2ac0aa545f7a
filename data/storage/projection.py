"""The place: how far it reaches, its metric CRS, and points in metres and as WKB."""

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import Transformer

from data import coordinate_system
from data.settings import Settings
from data.storage.batches import live_files
from data.storage.database import literal, query
from data.storage.store import Current, Store
from geo.arrays import Flags, Floats
from geo.longitude import mean, near

WGS84, WEB_MERCATOR = "EPSG:4326", "EPSG:3857"
EARTH_KM = 6371.0088
# SQL for the middle of columns lat and lon; the mean direction: across 180 degrees, too
MIDDLE = """median(lat) AS lat,
    degrees(atan2(avg(sin(radians(lon))), avg(cos(radians(lon))))) AS lon"""


@dataclass(frozen=True)
class Bounds:
    """The bounds of coordinates: within `reach_km` of the center; 0 is anywhere."""

    center: tuple[float, float] | None
    reach_km: float

    @property
    def known(self) -> bool:
        """Return whether there is a limit at all."""
        return self.center is not None and self.reach_km > 0

    def far(self, lat: Floats, lon: Floats) -> Flags:
        """Mask of the coordinates that lie outside (haversine distance)."""
        assert self.center is not None
        here_lat, here_lon = np.radians(self.center)
        there_lat, there_lon = np.radians(lat), np.radians(lon)
        half = np.sin((there_lat - here_lat) / 2) ** 2
        half += np.cos(here_lat) * np.cos(there_lat) * (np.sin((there_lon - here_lon) / 2) ** 2)
        far: Flags = 2 * EARTH_KM * np.arcsin(np.sqrt(half.clip(0, 1))) > self.reach_km
        return far

    def wrapped(self, lat: Floats, lon: Floats) -> Floats:
        """Longitudes of 0 to 360 degrees as -180 to 180, where they then lie inside."""
        turned = near(lon, 0.0)
        fits = self.known and (np.abs(lon) <= 360) & ~self.far(lat, turned)
        return np.where(fits, turned, lon)


def middle(store: Store, settings: Settings) -> tuple[float, float] | None:
    """Latitude and longitude of the middle of the place: as stated, else of its records.

    None where neither is known. Longitudes are kept within 180 degrees of it.
    """
    if settings.center is not None:
        return settings.center
    if not (files := ", ".join(literal(file) for file in live_files(store))):
        return None
    found = query(store.root, f"SELECT {MIDDLE} FROM read_parquet([{files}])").to_pylist()[0]
    return None if found["lat"] is None else (found["lat"], found["lon"])


def metric_crs(store: Store, settings: Settings) -> str | None:
    """The CRS in metres that x and y are in; None where no import has fixed one yet."""
    if settings.crs != "auto":
        return coordinate_system.check_crs(settings.crs, "place.crs of the settings")
    return store.history().crs


def utm_zone(lat: npt.ArrayLike, lon: npt.ArrayLike) -> str:
    """Return the UTM zone of one or many points on WGS 84, as an EPSG code (the regular grid).

    Of many points it is the zone of their medians, longitudes counted around their mean
    direction, so that points on both sides of 180 degrees have a middle between them.
    """
    around = near(lon, mean(lon) or 0.0)
    zone = min(int((float(near(np.median(around), 0.0)) + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if np.median(np.asarray(lat, float)) >= 0 else 32700) + zone}"


def metric_crs_of(current: Current, shapes: gpd.GeoDataFrame) -> str:
    """The CRS in metres that shapes on WGS 84 are measured in: the place's, which x and y are in,
    else (no record has a point yet) the UTM zone of the shapes."""
    if crs := current.meta["place"]["crs"]:
        return crs
    x, y = shapely.get_coordinates(shapely.centroid(shapes.geometry.to_numpy())).T
    return utm_zone(y, x) if len(x) else WEB_MERCATOR


def metres(lon: Floats, lat: Floats, crs: str) -> tuple[pa.Array, pa.Array]:
    """x and y as float32; null where there is no coordinate."""
    missing = np.isnan(lon)
    x, y = transformer(WGS84, crs).transform(lon, lat)
    x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
    return tuple(
        pa.array(np.where(missing, 0, v), pa.float32(), mask=missing | ~np.isfinite(v))
        for v in (x, y)
    )


def wkb(lon: Floats, lat: Floats) -> pa.BinaryArray:
    """Points as well-known binary; null where there is no coordinate."""
    point = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
    points = np.zeros(len(lon), point)
    points["order"], points["type"] = 1, 1
    points["x"], points["y"] = lon, lat
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(point.itemsize), len(points), [None, pa.py_buffer(points.tobytes())]
    )
    missing = pa.array(np.isnan(lon))
    return pc.if_else(missing, None, fixed.cast(pa.binary()))


@lru_cache(maxsize=16)
def transformer(source: str, target: str) -> Transformer:
    """A transformer from one CRS to another, always as easting, northing."""
    return Transformer.from_crs(source, target, always_xy=True)
