"""A column of cells of many types made texts, most of them a whole column at a time."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.files.typed_table import CONTROL, text_of
from geo.arrays import Flags

_MIDNIGHT = "T00:00:00"
_WHOLE = 2.0**53  # whole numbers up to here are exact


class Column:
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
    """Times without a zone in ISO 8601, microseconds only where there are any."""
    texts = pc.strftime(times.cast(pa.timestamp("us")), "%Y-%m-%dT%H:%M:%S")
    return pc.replace_substring_regex(texts, r"\.000000$", "")


def _texts(kind: type, values: Sequence[Any]) -> pa.StringArray:
    """Cells of one type as texts."""
    if kind is str:
        return without_controls(pa.array(values, pa.string()))
    if kind is float:
        return number_texts(pa.array(values, pa.float64())).fill_null("")
    if kind is dt.datetime:
        return time_texts(pa.array(values, pa.timestamp("us")))
    return pa.array(map(text_of, values), pa.string())
