"""Vector tiles (MVT 2): unpacked, looked into, and the named lines in them.

The tile's message is described here rather than generated; protobuf reads it in C.
"""

import zlib
from collections.abc import Container, Iterator
from typing import Any, NamedTuple

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

MOST_UNPACKED = 16_000_000  # bytes of one tile: those of the densest cities have a tenth
GZIPPED = b"\x1f\x8b"
_LINE = 2  # the number of lines among the types of shapes
_CLOSE = 7  # the one command without parameters
_FIELD = descriptor_pb2.FieldDescriptorProto
_BYTES, _NUMBER = _FIELD.TYPE_BYTES, _FIELD.TYPE_UINT32
_ONE, _MANY = _FIELD.LABEL_OPTIONAL, _FIELD.LABEL_REPEATED
# message -> its fields: name, number, type, how many. Texts are bytes: who reads them decides
# what becomes of bytes that are no text. What is not named here is passed over.
_MESSAGES: dict[str, list[tuple[str, int, Any, Any]]] = {
    "Value": [("text", 1, _BYTES, _ONE)],
    "Feature": [
        ("tags", 2, _NUMBER, _MANY),
        ("type", 3, _NUMBER, _ONE),
        ("geometry", 4, _NUMBER, _MANY),
    ],
    "Layer": [
        ("name", 1, _BYTES, _ONE),
        ("features", 2, "Feature", _MANY),
        ("keys", 3, _BYTES, _MANY),
        ("values", 4, "Value", _MANY),
        ("extent", 5, _NUMBER, _ONE),
    ],
    "Tile": [("layers", 3, "Layer", _MANY)],
}


class NamedLine(NamedTuple):
    """A line of a tile: name, kind, and west, north, east, south as parts of the tile."""

    name: str
    kind: str
    box: tuple[float, float, float, float]


def _tile_class() -> Any:
    """The class of a tile's message."""
    file = descriptor_pb2.FileDescriptorProto(
        name="porchlight_vector_tile.proto", package="porchlight_vector_tile", syntax="proto2"
    )
    for message, fields in _MESSAGES.items():
        made = file.message_type.add(name=message)
        for name, number, kind, many in fields:
            field = made.field.add(name=name, number=number, label=many)
            if isinstance(kind, str):
                field.type, field.type_name = _FIELD.TYPE_MESSAGE, f".{file.package}.{kind}"
            else:
                field.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.Tile"))


_TILE = _tile_class()


def unpack(data: bytes, most: int = MOST_UNPACKED) -> bytes:
    """The contents of something gzipped, or the bytes themselves where they are not.

    ValueError where they are cut, damaged, or unpack to more than `most` bytes.
    """
    if data[:2] != GZIPPED:
        return data
    opened = zlib.decompressobj(wbits=31)
    try:
        found = opened.decompress(data, most)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not opened.eof:
        raise ValueError("it is cut, or unpacks to more than it may")
    return found


def read_tile(data: bytes) -> Any:
    """The message of a tile, gzipped or not. ValueError where it is none."""
    tile = _TILE()
    try:
        tile.ParseFromString(unpack(data))
    except DecodeError:
        raise ValueError("it is no vector tile") from None
    return tile


def named_lines(data: bytes, layers: Container[bytes]) -> Iterator[NamedLine]:
    """The lines with a name in these layers of a tile."""
    for layer in read_tile(data).layers:
        if layer.name not in layers:
            continue
        keys, values, extent = list(layer.keys), layer.values, layer.extent or 4096
        for feature in layer.features:
            if feature.type != _LINE:
                continue
            tags = list(feature.tags)
            told = {
                keys[k]: values[v].text
                for k, v in zip(tags[::2], tags[1::2], strict=False)
                if k < len(keys) and v < len(values)
            }
            box = _box(feature.geometry, extent) if told.get(b"name") else None
            if box:
                kind = told.get(b"kind") or told.get(b"class") or b""
                yield NamedLine(_text(told[b"name"]), _text(kind), box)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _box(geometry: Any, extent: int) -> tuple[float, float, float, float] | None:
    """West, north, east and south of a line as parts of its tile; None of one without points."""
    numbers, at = np.fromiter(geometry, np.int64, len(geometry)), 0
    steps = []
    while at < len(numbers):
        command, count = int(numbers[at]) & 7, int(numbers[at]) >> 3
        parameters = 0 if command == _CLOSE else 2 * count
        steps.append(numbers[at + 1 : at + 1 + parameters])
        at += 1 + parameters
    moved = np.concatenate(steps) if steps else numbers
    if not len(moved) or len(moved) % 2:
        return None
    points = ((moved >> 1) ^ -(moved & 1)).reshape(-1, 2).cumsum(axis=0) / extent
    (west, north), (east, south) = points.min(axis=0), points.max(axis=0)
    return float(west), float(north), float(east), float(south)
