"""The narrow table that Views ask: its columns, and rows of batches turned into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data import words
from data.words import CITY_NOT_KNOWN
from geo import hexagons, mercator
from geo.area_index import AreaIndex, locate_points
from geo.longitude import near

ENUMS = ("kind", "grade", "via", "setting", "response", "time_precision", "place_precision")
NOT_SET = 255
FIRST_MONDAY = 4  # January 5, 1970, in days since the first of that month


@dataclass(frozen=True)
class Areas:
    """One area set, ready to place rows: its index, and its row of each source label.

    `by_point` are the codes of sources whose labels name no area here.
    """

    index: AreaIndex
    rows: dict[str, int]
    by_point: tuple[int, ...] = ()


def schema(n_sets: int) -> pa.Schema:
    """The columns of the narrow table, with a pair for each area set."""
    tiny = [*ENUMS, "source", "hour", "weekday", "city", "harm"]
    fields = [pa.field(name, pa.uint8()) for name in tiny]
    fields += [pa.field("force", pa.uint16()), pa.field("day", pa.date32())]
    fields += [pa.field("week", pa.int16())]
    fields += [pa.field("received", pa.date32()), pa.field("settled_at", pa.timestamp("us"))]
    fields += [pa.field("x", pa.float32()), pa.field("y", pa.float32())]
    fields += [pa.field("mx", pa.int32()), pa.field("my", pa.int32())]
    fields += [pa.field("cell", pa.uint64())]
    for i in range(n_sets):
        fields += [pa.field(f"area{i}", pa.int32()), pa.field(f"by{i}", pa.uint8())]
    fields += [pa.field("batch", pa.uint16()), pa.field("row", pa.uint32())]
    return pa.schema(fields)


def week_numbers(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int16]:
    """The week of each day, Monday to Sunday, counted from January 5, 1970."""
    since = days.astype("datetime64[D]").astype(np.int64) - FIRST_MONDAY
    return np.asarray(np.floor_divide(since, 7), np.int16)


def code_sql(column: str, codes: dict[str, int]) -> str:
    """SQL for the position of a word in its table; 255 where there is none."""
    whens = " ".join(
        f"WHEN '{word.replace(chr(39), chr(39) * 2)}' THEN {code}" for word, code in codes.items()
    )
    return f"(CASE {column} {whens} ELSE {NOT_SET} END)::UTINYINT"


def mask_sql(column: str, value: str = "") -> str:
    """SQL for a set of words as bits, the first word of the table the lowest.

    `value` is SQL for the set, where it is not the column itself.
    """
    bits = " + ".join(
        f"(CASE WHEN list_contains({value or column}, '{word}') THEN {1 << code} ELSE 0 END)"
        for word, code in words.CODES[column].items()
    )
    return f"coalesce({bits}, 0)::USMALLINT"


def narrowed(
    rows: pa.Table, sets: Sequence[Areas], cities: Mapping[str, int], meridian: float = 0.0
) -> pa.Table:
    """The rows with their areas, city, cell and map pixel, without what Views never ask.

    `cities` are the codes of the texts that name one. Map pixels are of longitudes within 180
    degrees of the meridian.
    """
    lon = near(rows["lon"].to_numpy(), meridian)
    lat = rows["lat"].to_numpy()
    mx, my = mercator.to_pixels(lon, lat)
    columns: dict[str, Any] = {name: rows[name] for name in rows.column_names}
    missing = np.isnan(lon)
    columns["week"] = pa.array(week_numbers(rows["day"].to_numpy()))
    columns["mx"] = pa.array(mx, mask=missing)
    columns["my"] = pa.array(my, mask=missing)
    columns["cell"] = pa.array(hexagons.cells(lon, lat))
    only_city = rows["place_precision"].to_numpy() == words.CODES["place_precision"]["city"]
    labels, position = _encoded(rows["area_label"])
    placed = np.zeros(len(lon), bool)
    for i, areas in enumerate(sets):
        named = np.array([*(areas.rows.get(label, -1) for label in labels), -1])[position]
        named[only_city] = -1  # a city may be called like one of the areas
        points_decide = np.isin(rows["source"].to_numpy(), areas.by_point)
        area, by = _area(named, locate_points(lon, lat, areas.index), points_decide)
        columns[f"area{i}"], columns[f"by{i}"] = area, by
        placed |= area >= 0
    columns["city"] = _city(rows["city"], cities, placed)
    wanted = schema(len(sets))
    return pa.table({name: columns[name] for name in wanted.names}).cast(wanted)


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], npt.NDArray[Any]]:
    """The different texts of a column, and the position of each row's; -1 where it has none."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.dictionary.to_pylist(), encoded.indices.fill_null(-1).to_numpy()


def _city(
    column: pa.ChunkedArray, cities: Mapping[str, int], placed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint8]:
    """The city of each record: what it says itself, else the place where it lies in its areas."""
    texts, position = _encoded(column)
    codes = [*(cities[text] for text in texts), CITY_NOT_KNOWN]
    own = np.array(codes, np.uint8)[position]
    return np.where((own == CITY_NOT_KNOWN) & placed, 0, own).astype(np.uint8)


def _area(
    named: npt.NDArray[Any], located: npt.NDArray[np.int32], points_decide: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Area and how it was found: the label wins where it names one, unless points decide."""
    codes = words.CODES["area_by"]
    labelled = (named >= 0) & ~points_decide
    differ = (named >= 0) & (located >= 0) & (named != located)
    area = np.where(labelled, named, located).astype(np.int32)
    by = np.full(len(area), codes["none"], np.uint8)
    by[located >= 0] = codes["point"]
    by[labelled] = codes["label"]
    by[differ] = codes["label_not_point"]
    by[differ & points_decide] = codes["point_not_label"]
    return area, by
