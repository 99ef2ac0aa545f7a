"""Where each row happened, from its coordinates or its labels, by one rule."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data import words
from data.intake import cells
from data.intake.cells import Flags
from data.intake.coordinates import PAIRS, POINTS, Floats, Numbers, numbers, pairs
from data.intake.mapping import Mapping as Rules
from data.intake.verdicts import Verdicts
from data.places import WGS84, Bounds, transformer

POINT, AREA, CITY = 0, 3, 4  # exact, area, city in words.PLACE_PRECISIONS
FINER = "a stated precision of place was finer than the row: the row's own holds"
NO_LABEL = "the place is stated to an area that has no name: taken as the city"
ONE_ONLY = "only one of latitude and longitude is given"
SWAPPED = "latitude and longitude are swapped (exchanged they lie in the place)"


@dataclass(frozen=True)
class Spots:
    """Places of all rows; NaN where there is no coordinate."""

    lon: Floats
    lat: Floats
    precision: npt.NDArray[np.uint8]
    label: pa.StringArray


def located(table: pa.Table, rules: Rules, bounds: Bounds, verdicts: Verdicts) -> Spots:
    """Where the rows happened. Rows without a place, or an impossible one, go."""
    rows = len(table)
    label = _label(table, rules, "area_label")
    city = _label(table, rules, "city")
    lat, lon, given = _coordinates(table, rules, bounds, verdicts)
    labelled = cells.flags(label.is_valid())
    own = np.where(given, POINT, np.where(labelled, AREA, CITY)).astype(np.int8)
    nowhere = ~given & ~labelled & ~cells.flags(city.is_valid())
    ways = ("lat", "lat_lon", "point", "x", "area_label", "city")
    column = next((rules.columns[way] for way in ways if way in rules.columns), "")
    verdicts.reject(nowhere, "no place at all", column)
    stated = _stated(table, rules, rows)
    verdicts.note((stated >= 0) & (stated < own), FINER)
    least = words.CODES["place_precision"].get(rules.place.precision or "", POINT)
    precision = np.maximum(np.maximum(own, stated), least)
    unnamed = (precision == AREA) & ~labelled
    verdicts.note(unnamed, NO_LABEL)
    precision = np.where(unnamed, CITY, precision).astype(np.uint8)
    coarse = precision >= AREA
    # nothing finer known: the city is what the source calls the place, and can be listed
    called = pc.if_else(pa.array(~given & ~labelled), city, label)
    return Spots(np.where(coarse, np.nan, lon), np.where(coarse, np.nan, lat), precision, called)


def _label(table: pa.Table, rules: Rules, target: str) -> pa.StringArray:
    constant = rules.constant.get(target)
    if target not in rules.columns:
        return pa.array([constant], pa.string()).take(pa.array(np.zeros(len(table), int)))
    found = cells.labels(table[rules.columns[target]])
    return found.fill_null(constant) if constant else found


def _coordinates(
    table: pa.Table, rules: Rules, bounds: Bounds, verdicts: Verdicts
) -> tuple[Floats, Floats, Flags]:
    """Latitude, longitude, and where both are given and possible."""
    columns = rules.columns
    decimal = rules.place.decimal or "."
    if "x" in columns:
        lon = numbers(table[columns["x"]], decimal)
        lat = numbers(table[columns["y"]], decimal)
        names = columns["y"], columns["x"]
    elif "lat" in columns:
        lat = numbers(table[columns["lat"]], decimal)
        lon = numbers(table[columns["lon"]], decimal)
        names = columns["lat"], columns["lon"]
    elif target := next((t for t in ("lat_lon", "point") if t in columns), None):
        ways = PAIRS if target == "lat_lon" else POINTS
        lat, lon = pairs(table[columns[target]], ways)
        names = columns[target], columns[target]
    else:
        nothing = np.full(len(table), np.nan)
        return nothing, nothing, np.zeros(len(table), bool)
    if rules.place.swapped:
        lat, lon = lon, lat
    crs = rules.place.crs
    return _checked(lat, lon, names, crs, bounds, verdicts)


def _checked(
    lat: Numbers,
    lon: Numbers,
    names: tuple[str, str],
    crs: str | None,
    bounds: Bounds,
    verdicts: Verdicts,
) -> tuple[Floats, Floats, Flags]:
    """Coordinates in degrees where both are given; impossible ones are rejected."""
    both, one = lat.said & lon.said, lat.said ^ lon.said
    where = names[0]
    verdicts.reject(one & lat.said, ONE_ONLY, names[1])
    verdicts.reject(one & lon.said, ONE_ONLY, where)
    unread = "the coordinate cannot be read as a number"
    verdicts.reject(both & ~lat.ok, unread, where)
    verdicts.reject(both & ~lon.ok, unread, names[1])
    finite = np.isfinite(lat.values) & np.isfinite(lon.values)
    verdicts.reject(both & ~finite, "the coordinate is NaN or infinite", where)
    usable = both & finite
    north, east = np.where(usable, lat.values, 0.0), np.where(usable, lon.values, 0.0)
    verdicts.reject(usable & (north == 0) & (east == 0), "the coordinate is 0/0", where)
    if crs:
        east, north = transformer(crs, WGS84).transform(east, north)
        finite = np.isfinite(north) & np.isfinite(east)
        north, east = np.where(finite, north, 999.0), np.where(finite, east, 999.0)
    east = bounds.wrapped(north, east)  # longitudes of 0 to 360 degrees
    within = (np.abs(north) <= 90) & (np.abs(east) <= 180)
    if bounds.known:
        turned = usable & (np.abs(east) <= 90) & ~bounds.far(east, north)
        far = ~within | bounds.far(north, east)
        verdicts.reject(turned & far, SWAPPED, where)
    verdicts.reject(usable & ~within, "the coordinate is out of range", where)
    if bounds.known:
        verdicts.reject(usable & far, "far outside the place", where)
    nan = np.full(len(north), np.nan)
    return np.where(usable, north, nan), np.where(usable, east, nan), usable


def _stated(table: pa.Table, rules: Rules, rows: int) -> npt.NDArray[np.int8]:
    """The precision that a column states; -1 where it does not."""
    codes = words.CODES["place_precision"]
    stated = np.full(rows, -1, np.int8)
    if column := rules.columns.get("place_precision"):
        known = rules.values.get("place_precision", {})
        texts = cells.Dictionary(table[column])
        each = texts.each(cells.translate("place_precision", known))
        found = np.array([codes.get(str(word), -1) for word in each], np.int8)
        stated = found[texts.which]
    return stated
