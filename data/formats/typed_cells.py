"""A column of cells of many types made texts, most of them a whole column at a time."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.formats.typed_table import CONTROL, text_of
from geo.arrays import Flags

_MIDNIGHT = "T00:00:00"
_WHOLE = 2.0**53  # whole numbers up to here are exact


class CellColumn:
    """The cells of one column of a sheet, taken in piece by piece.

    A spreadsheet keeps midnight as a date alone: where other cells of the column have a time, so
    has it.
    """

    def __init__(self) -> None:
        self._pieces: list[pa.Array] = []
        self._dates: list[Flags | None] = []
        self._timed = False

    def add(self, values: Sequence[Any]) -> None:
        """Take in the next cells; "" is an empty one."""
        kinds = list(dict.fromkeys(map(type, values)))
        self._timed |= dt.datetime in kinds
        dated = np.array([type(value) is dt.date for value in values]) if dt.date in kinds else None
        self._dates.append(dated)
        if len(kinds) == 1:
            self._pieces.append(_texts(kinds[0], values))
            return
        which = np.fromiter((kinds.index(type(value)) for value in values), np.int8, len(values))
        order = np.argsort(which, kind="stable")
        parts = [_texts(kind, [v for v in values if type(v) is kind]) for kind in kinds]
        self._pieces.append(pa.concat_arrays(parts).take(pa.array(np.argsort(order))))

    def texts(self) -> pa.ChunkedArray:
        """All cells as texts."""
        pieces = [
            pc.if_else(pa.array(dated), pc.binary_join_element_wise(piece, _MIDNIGHT, ""), piece)
            if self._timed and dated is not None
            else piece
            for piece, dated in zip(self._pieces, self._dates)
        ]
        return pa.chunked_array(pieces, pa.string())


def without_controls(texts: pa.StringArray) -> pa.StringArray:
    """Texts without control characters, but for tabs and line ends."""
    if not pc.any(pc.match_substring_regex(texts, CONTROL), min_count=0).as_py():
        return texts
    return pc.replace_substring_regex(texts, CONTROL, "")


def number_texts(numbers: pa.Array) -> pa.StringArray:
    """Numbers as texts, whole ones without a point; null where one is none."""
    values = numbers.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    whole = (values == np.trunc(values)) & (np.abs(values) < _WHOLE)
    plain = pa.array(np.where(whole, values, 0).astype(np.int64)).cast(pa.string())
    texts = pc.if_else(pa.array(whole), plain, numbers.cast(pa.string()))
    return pc.if_else(pa.array(np.isfinite(values)), texts, pa.scalar(None, pa.string()))


def time_texts(times: pa.Array) -> pa.StringArray:
    """Times in ISO 8601, with their offset where they have a zone; microseconds if there are any."""
    zone = times.type.tz
    times = times.cast(pa.timestamp("us", zone), safe=False)
    texts = pc.strftime(times, "%Y-%m-%dT%H:%M:%S" + ("%z" if zone else ""))
    texts = pc.replace_substring_regex(texts, r"\.000000([+-].*)?$", r"\1")
    return pc.replace_substring_regex(texts, r"([+-]\d\d)(\d\d)$", r"\1:\2") if zone else texts


def column_texts(column: pa.Array) -> pa.StringArray:
    """A column of any type as texts, "" for nothing: whole columns at a time where Arrow can."""
    return _column(column).fill_null("")


def _column(column: pa.Array) -> pa.StringArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _column(column.dictionary).take(column.indices)
    if isinstance(column, pa.ExtensionArray) and not isinstance(kind, pa.UuidType):
        return _column(column.storage)
    way = next((way for test, way in _WAYS if test(kind)), _one_by_one)
    return way(column)


def _decoded(column: pa.Array) -> pa.StringArray:
    """Texts; bytes that are no UTF-8 become U+FFFD."""
    try:
        return without_controls(column.cast(pa.string()))
    except pa.ArrowInvalid:
        values = column.cast(pa.large_binary()).to_pylist()
        texts = [None if v is None else v.decode("utf-8", errors="replace") for v in values]
        return without_controls(pa.array(texts, pa.string()))


def _decimals(column: pa.Array) -> pa.StringArray:
    texts = column.cast(pa.string())
    pointed = pc.match_substring(texts, ".")
    return pc.if_else(pointed, pc.replace_substring_regex(texts, r"\.?0+$", ""), texts)


def _clocks(column: pa.Array) -> pa.StringArray:
    return pc.replace_substring_regex(column.cast(pa.string()), r"\.0+$", "")


def _cast(column: pa.Array) -> pa.StringArray:
    return column.cast(pa.string())


def _halves(column: pa.Array) -> pa.StringArray:
    return number_texts(column.cast(pa.float32()))


def _one_by_one(column: pa.Array) -> pa.StringArray:
    """Lists, structures and maps as JSON, anything else as text_of writes it."""
    nested = pa.types.is_nested(column.type)
    return pa.array([_written(value, nested) for value in column.to_pylist()], pa.string())


def _written(value: Any, nested: bool) -> str | None:
    if value is None or not nested:
        return None if value is None else text_of(value)
    return json.dumps(value, ensure_ascii=False, default=text_of)


_WAYS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.StringArray]], ...] = (
    (pa.types.is_string, without_controls),
    (pa.types.is_large_string, _decoded),
    (pa.types.is_string_view, _decoded),
    (pa.types.is_binary, _decoded),
    (pa.types.is_large_binary, _decoded),
    (pa.types.is_binary_view, _decoded),
    (pa.types.is_fixed_size_binary, _decoded),
    (pa.types.is_boolean, _cast),
    (pa.types.is_integer, _cast),
    (pa.types.is_float16, _halves),
    (pa.types.is_floating, number_texts),
    (pa.types.is_decimal, _decimals),
    (pa.types.is_date, _cast),
    (pa.types.is_timestamp, time_texts),
    (pa.types.is_time, _clocks),
    (pa.types.is_null, _cast),
)


def _texts(kind: type, values: Sequence[Any]) -> pa.StringArray:
    """Cells of one type as texts."""
    if kind is str:
        return without_controls(pa.array(values, pa.string()))
    if kind is float:
        return number_texts(pa.array(values, pa.float64())).fill_null("")
    if kind is dt.datetime:
        return time_texts(pa.array(values, pa.timestamp("us")))
    return pa.array(map(text_of, values), pa.string())
