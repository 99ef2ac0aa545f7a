"""One record of JSON as texts: nested keys joined by "/", numbers as they are written."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, NamedTuple

from data.words import listed

MOST_DEEP = 64  # objects and arrays in each other
MOST_LETTERS = 1 << 20  # of a cell
BETWEEN = "; "  # the members of a list
LATITUDE, LONGITUDE = "latitude", "longitude"
SHAPES = listed(
    "Point MultiPoint LineString MultiLineString Polygon MultiPolygon GeometryCollection"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HALVES = re.compile("[\ud800-\udfff]")  # of a character beyond 16 bits, alone


class Fault(Enum):
    """Why a text is no record."""

    NO_JSON = auto()
    NO_OBJECT = auto()
    TOO_DEEP = auto()
    TOO_LONG = auto()
    CELLS = auto()


class NoRecord(Exception):
    """A text that is no record."""

    def __init__(self, fault: Fault, cells: int = 0) -> None:
        super().__init__(fault)
        self.fault, self.cells = fault, cells


class Header(NamedTuple):
    """The columns of records that are arrays; and of each the parts that an array in it has."""

    names: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    skipped: frozenset[int] = frozenset()  # columns that are about the row, not of it


@dataclass
class Record:
    """The texts of a record by path (None where null stands), and its shape as GeoJSON; the path
    where its place was found; whether a key repeats."""

    cells: dict[str, str | None] = field(default_factory=dict)
    shape: Mapping[str, Any] | None = None
    placed_at: str = ""
    repeated: bool = False


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Repeated(dict[str, Any]):
    """An object in which a key stands twice: the last one counts."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated(found)


_DECODER = json.JSONDecoder(
    parse_float=_Number,
    parse_int=_Number,
    parse_constant=lambda _: None,  # NaN and Infinity, which Python writes
    object_pairs_hook=_object,
    strict=False,
)


def load(text: bytes) -> Any:
    """The value of a text, numbers as texts. NoRecord where it is no JSON."""
    try:
        return _DECODER.decode(text.decode("utf-8", errors="replace"))
    except RecursionError:
        raise NoRecord(Fault.TOO_DEEP) from None
    except ValueError:
        raise NoRecord(Fault.NO_JSON) from None


def read_record(text: bytes, header: Header | None = None) -> Record:
    """The texts of one record, which is an object or, with a header, an array. Else NoRecord."""
    value = load(text)
    if header:
        value = _named(value, header)
    if not isinstance(value, dict):
        raise NoRecord(Fault.NO_OBJECT)
    record = Record(repeated=isinstance(value, _Repeated))
    own, shape = _unwrapped(value)
    if is_shape(shape):
        record.shape, record.placed_at = shape, "geometry"
    _put_all(record, "", own, 1)
    return record


def _named(value: Any, header: Header) -> dict[str, Any]:
    if not isinstance(value, list):
        raise NoRecord(Fault.NO_OBJECT)
    if len(value) != len(header.names):
        raise NoRecord(Fault.CELLS, len(value))
    found = {}
    for at, (name, cell) in enumerate(zip(header.names, value)):
        if at not in header.skipped:
            parts = header.parts[at]
            nested = isinstance(cell, list) and len(cell) == len(parts)
            found[name] = dict(zip(parts, cell)) if nested else cell
    return found


def _unwrapped(value: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """The own keys and the shape of a feature of GeoJSON or ArcGIS; of others all keys, none."""
    if value.get("type") == "Feature" and "properties" in value:
        own = value["properties"]
        own = own if isinstance(own, dict) else {}
        around = {k: v for k, v in value.items() if k not in _AROUND and k not in own}
        return _like(own, {**around, **own}), value.get("geometry")
    own = value.get("attributes")
    if isinstance(own, dict) and value.keys() <= {"attributes", "geometry", "centroid"}:
        return own, _esri_shape(value.get("geometry"))
    return value, None


_AROUND = ("type", "properties", "geometry", "bbox")


def _like(own: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    return _Repeated(found) if isinstance(own, _Repeated) else found


def _esri_shape(shape: Any) -> Mapping[str, Any] | None:
    """A shape of ArcGIS as GeoJSON; rings are lines around an `area`."""
    if not isinstance(shape, dict):
        return None
    if "x" in shape and "y" in shape:
        return {"type": "Point", "coordinates": [shape["x"], shape["y"]]}
    if "rings" in shape:
        return {"type": "MultiLineString", "coordinates": shape["rings"], "area": True}
    for key, kind in (("paths", "MultiLineString"), ("points", "MultiPoint")):
        if key in shape:
            return {"type": kind, "coordinates": shape[key]}
    return None


def is_shape(value: Any) -> bool:
    """Return whether a value is a geometry of GeoJSON."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and value["type"] in SHAPES
        and isinstance(value.get("coordinates", value.get("geometries")), list)
    )


def _put_all(record: Record, path: str, value: dict[str, Any], deep: int) -> None:
    if deep > MOST_DEEP:
        raise NoRecord(Fault.TOO_DEEP)
    record.repeated |= isinstance(value, _Repeated)
    for key, inner in value.items():
        name = f"{path}/{key}" if path else key
        if isinstance(inner, dict):
            _put_object(record, name, inner, deep + 1)
        elif isinstance(inner, list):
            _put_list(record, name, inner, deep + 1)
        else:
            _put(record, name, None if inner is None else text_of_value(inner))


def _put_object(record: Record, name: str, value: dict[str, Any], deep: int) -> None:
    if record.shape is None and is_shape(value):
        record.shape, record.placed_at = value, name
    elif is_shape(value):  # a second one: only the first is the place
        _put(record, name, json_text(value, deep))
    elif not value:
        _put(record, name, None)
    elif {LATITUDE, LONGITUDE} <= value.keys():
        others = {k: v for k, v in value.items() if k not in (LATITUDE, LONGITUDE)}
        _put_pair(record, name, value[LATITUDE], value[LONGITUDE])
        _put_all(record, name, others, deep)
    else:
        _put_all(record, name, value, deep)


def _put_list(record: Record, name: str, value: list[Any], deep: int) -> None:
    if any(isinstance(one, dict | list) for one in value):
        _put(record, name, json_text(value, deep))
    else:
        _put(record, name, BETWEEN.join(text_of_value(one) for one in value if one is not None))


def _put_pair(record: Record, name: str, lat: Any, lon: Any) -> None:
    """Put coordinates into the columns that the import knows, unless the record has its own."""
    free = LATITUDE not in record.cells and LONGITUDE not in record.cells
    before = "" if free else f"{name}/"
    record.placed_at = record.placed_at or name
    for key, value in ((LATITUDE, lat), (LONGITUDE, lon)):
        plain = not isinstance(value, dict | list)
        _put(record, before + key, text_of_value(value) if plain else json_text(value, 1))


def _put(record: Record, name: str, text: str | None) -> None:
    if text is not None and len(text) > MOST_LETTERS:
        raise NoRecord(Fault.TOO_LONG)
    record.repeated |= name in record.cells
    record.cells[name] = text


def text_of_value(value: Any) -> str:
    """A text, number, true, false or null as a cell holds it, without control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    return _HALVES.sub("\ufffd", _CONTROLS.sub("", text))


def json_text(value: Any, deep: int = 1) -> str:
    """A value as JSON, numbers as they were written."""
    if deep > MOST_DEEP:
        raise NoRecord(Fault.TOO_DEEP)
    if isinstance(value, dict):
        inner = (f"{_quoted(k)}: {json_text(v, deep + 1)}" for k, v in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(json_text(one, deep + 1) for one in value) + "]"
    if value is None:
        return "null"
    return text_of_value(value) if isinstance(value, _Number | bool) else _quoted(value)


def _quoted(text: str) -> str:
    return json.dumps(text_of_value(text), ensure_ascii=False)


def header_texts(value: Any) -> tuple[str, ...] | None:
    """The texts of a header row; None where it is no list of plain values."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    if any(isinstance(one, dict | list) for one in value):
        return None
    return tuple(map(text_of_value, value))
