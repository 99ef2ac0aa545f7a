"""The place of each row, from its coordinates or its labels, by one rule."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data import words
from data.files import cells
from data.files.cells import is_missing
from data.files.row_reasons import RowReason
from data.mappings.mapping import FileMapping
from data.storage.projection import WGS84, Bounds, transformer
from data.values import value_words
from data.values.coordinates import PAIRS, POINTS, Numbers, numbers, pairs
from data.values.verdicts import Verdicts
from data.values.word_columns import read_words
from geo.arrays import Flags, Floats

POINT, AREA, CITY = 0, 3, 4  # exact, area, city in words.PLACE_PRECISIONS
_FINER = "a stated precision of place was finer than the row: the row's own holds"
NO_LABEL = "the place is stated to an area that has no name: taken as the city"


@dataclass(frozen=True)
class Spots:
    """Places of all rows; NaN where there is no coordinate."""

    lon: Floats
    lat: Floats
    precision: npt.NDArray[np.uint8]
    label: pa.StringArray
    city: pa.StringArray


def located(
    table: pa.Table,
    rules: FileMapping,
    bounds: Bounds,
    verdicts: Verdicts,
    names: frozenset[str] = frozenset(),
) -> Spots:
    """The places of the rows, with their precision and their label.

    A row with an impossible coordinate goes by its area's label; without one, or without
    any place, it is rejected. `names` are areas whose name looks like an empty cell.
    """
    rows = len(table)
    label = _label(table, rules, "area_label", verdicts, names)
    city = _label(table, rules, "city", verdicts, names)
    labelled = cells.flags(label.is_valid())
    refusals = Refusals(labelled, verdicts)
    lat, lon, given = _coordinates(table, rules, bounds, refusals)
    own = np.where(given, POINT, np.where(labelled, AREA, CITY)).astype(np.int8)
    nowhere = ~given & ~labelled & ~cells.flags(city.is_valid())
    ways = ("lat", "lat_lon", "point", "x", "area_label", "city")
    column = next((rules.columns[way] for way in ways if way in rules.columns), "")
    verdicts.reject(nowhere, RowReason.NO_PLACE, column)
    stated = _stated(table, rules, rows, verdicts)
    verdicts.note((stated >= 0) & (stated < own), _FINER)
    least = words.CODES["place_precision"].get(rules.place.precision or "", POINT)
    precision = np.maximum(np.maximum(own, stated), least)
    unnamed = (precision == AREA) & ~labelled
    verdicts.note(unnamed, NO_LABEL)
    precision = np.where(unnamed, CITY, precision).astype(np.uint8)
    coarse = precision >= AREA
    # nothing finer known: the city is what the source calls the place, and can be listed
    called = pc.if_else(pa.array(~given & ~labelled), city, label)
    return Spots(
        np.where(coarse, np.nan, lon), np.where(coarse, np.nan, lat), precision, called, city
    )


class Refusals:
    """Coordinates that cannot be: their rows go by the area's label or are rejected.

    Whether the label names an area of the store is not asked: areas may come later.
    """

    def __init__(self, labelled: Flags, verdicts: Verdicts) -> None:
        self.labelled, self.verdicts = labelled, verdicts
        self.refused = np.zeros(len(labelled), bool)

    def refuse(self, rows: Flags, why: RowReason, column: str) -> None:
        """Refuse the coordinates of rows that were not refused yet."""
        fresh = rows & ~self.refused
        self.refused |= fresh
        self.verdicts.reject(fresh & ~self.labelled, why, column)
        self.verdicts.go_by_label(fresh & self.labelled, why)


def _label(
    table: pa.Table, rules: FileMapping, target: str, verdicts: Verdicts, names: frozenset[str]
) -> pa.StringArray:
    constant = rules.constant.get(target)
    if target not in rules.columns:
        return pa.array([constant], pa.string()).take(pa.array(np.zeros(len(table), int)))
    texts = cells.Dictionary(table[rules.columns[target]])
    each = texts.each(value_words.name_of(rules.values.get(target, {}), names))
    silent = [not name and is_missing(text) for name, text in zip(each, texts.texts)]
    verdicts.count_missing(target, texts.count(silent))
    return texts.array([name or constant for name in each], pa.string())


def _coordinates(
    table: pa.Table, rules: FileMapping, bounds: Bounds, refusals: Refusals
) -> tuple[Floats, Floats, Flags]:
    """Latitude, longitude, and where both are given and possible."""
    columns = rules.columns
    decimal = rules.place.decimal or "."
    if pair := next((p for p in (("y", "x"), ("lat", "lon")) if p[0] in columns), None):
        metric = pair == ("y", "x")
        lat, lon = (numbers(table[columns[target]], decimal, metric) for target in pair)
        names = columns[pair[0]], columns[pair[1]]
        for target, found in zip(pair, (lat, lon), strict=True):
            texts = cells.count_texts(table[columns[target]], ~found.said)
            refusals.verdicts.count_missing(target, texts)
    elif target := next((t for t in ("lat_lon", "point") if t in columns), ""):
        ways = PAIRS if target == "lat_lon" else POINTS
        lat, lon = pairs(table[columns[target]], ways)
        names = columns[target], columns[target]
        texts = cells.count_texts(table[columns[target]], ~lat.said)
        refusals.verdicts.count_missing(target, texts)
    else:
        nothing = np.full(len(table), np.nan)
        return nothing, nothing, np.zeros(len(table), bool)
    if rules.place.swapped:
        lat, lon = lon, lat
    return _checked(lat, lon, names, rules.place.crs, bounds, refusals)


def _checked(
    lat: Numbers,
    lon: Numbers,
    names: tuple[str, str],
    crs: str | None,
    bounds: Bounds,
    refusals: Refusals,
) -> tuple[Floats, Floats, Flags]:
    """Coordinates in degrees where both are given; impossible ones are refused."""
    both, one = lat.said & lon.said, lat.said ^ lon.said
    where = names[0]
    refusals.refuse(one & lat.said, RowReason.ONE_ONLY, names[1])
    refusals.refuse(one & lon.said, RowReason.ONE_ONLY, where)
    unread = RowReason.BAD_COORDINATE
    refusals.refuse(both & ~lat.ok, unread, where)
    refusals.refuse(both & ~lon.ok, unread, names[1])
    finite = np.isfinite(lat.values) & np.isfinite(lon.values)
    refusals.refuse(both & ~finite, RowReason.NOT_FINITE, where)
    usable = both & finite
    north, east = np.where(usable, lat.values, 0.0), np.where(usable, lon.values, 0.0)
    refusals.refuse(usable & (north == 0) & (east == 0), RowReason.NULL_ISLAND, where)
    if crs:
        east, north = transformer(crs, WGS84).transform(east, north)
        finite = np.isfinite(north) & np.isfinite(east)
        north, east = np.where(finite, north, 999.0), np.where(finite, east, 999.0)
    east = bounds.wrapped(north, east)  # longitudes of 0 to 360 degrees
    within = (np.abs(north) <= 90) & (np.abs(east) <= 180)
    if bounds.known:
        turned = usable & (np.abs(east) <= 90) & ~bounds.far(east, north)
        far = ~within | bounds.far(north, east)
        refusals.refuse(turned & far, RowReason.SWAPPED, where)
    refusals.refuse(usable & ~within, RowReason.OUT_OF_RANGE, where)
    if bounds.known:
        refusals.refuse(usable & far, RowReason.FAR_OUTSIDE, where)
    usable = usable & ~refusals.refused
    nan = np.full(len(north), np.nan)
    return np.where(usable, north, nan), np.where(usable, east, nan), usable


def _stated(
    table: pa.Table, rules: FileMapping, rows: int, verdicts: Verdicts
) -> npt.NDArray[np.int8]:
    """The precision that a column states; -1 where it does not."""
    codes = words.CODES["place_precision"]
    stated = np.full(rows, -1, np.int8)
    if "place_precision" in rules.columns:
        texts, each = read_words(table, rules, verdicts, "place_precision")
        stated = np.array([codes.get(word or "", -1) for word in each], np.int8)[texts.which]
    return stated
