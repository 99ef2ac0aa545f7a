"""PMTiles version 3: the header, the metadata, and where in an archive tiles lie."""

import gzip
import json
from typing import Any, NamedTuple

from pmtiles import tile
from pmtiles.tile import Compression, HeaderDict, TileType

from data.maps.archive_source import ArchiveSource
from data.maps.vector_tiles import unpack
from data.settings import Problem

HEADER_BYTES = 127
MOST_METADATA = 10_000_000  # bytes, unpacked
MOST_DIRECTORY = 50_000_000  # likewise: a million tiles and more in one directory
DEPTH = 4  # directories below each other
_READABLE = {Compression.NONE, Compression.GZIP}  # a browser unpacks them too


class Span(NamedTuple):
    """Bytes of an archive."""

    offset: int
    length: int


def read_header(source: ArchiveSource) -> HeaderDict:
    """The header. Problem where this is no archive of vector tiles that we and browsers read."""
    raw = source.read(0, HEADER_BYTES)
    if raw[:7] != b"PMTiles":
        raise Problem(f"{source.name} is no PMTiles archive: it does not begin as one.")
    if raw[7] != 3:
        raise Problem(
            f"{source.name} is a PMTiles archive of version {raw[7]}; version 3 is read. "
            "`pmtiles convert` makes one of it."
        )
    try:
        found = tile.deserialize_header(raw)
    except (ValueError, IndexError):
        raise Problem(f"{source.name} has a header that says nothing we know.") from None
    if found["tile_type"] is not TileType.MVT:
        kind = found["tile_type"].name
        raise Problem(
            f"{source.name} holds {kind} tiles, pictures perhaps; vector tiles (MVT) are drawn."
        )
    packed = {found["internal_compression"], found["tile_compression"]}
    if not packed <= _READABLE:
        names = ", ".join(sorted(p.name.lower() for p in packed - _READABLE))
        raise Problem(f"{source.name} is packed with {names}; gzip is read.")
    return found


def read_metadata(source: ArchiveSource, header: HeaderDict) -> dict[str, Any]:
    """What the archive says of itself. Problem where it cannot be read."""
    start, length = header["metadata_offset"], header["metadata_length"]
    if not length:
        return {}
    if length > MOST_METADATA:
        raise Problem(f"{source.name} has metadata of {length:,} bytes: it is damaged.")
    try:
        found = json.loads(unpack(source.read(start, length), MOST_METADATA))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem(f"{source.name} has metadata that cannot be read: it is damaged.")
    return found


def locate(source: ArchiveSource, header: HeaderDict, ids: list[int]) -> dict[int, Span]:
    """Where the tiles of these numbers lie; those that the archive does not have are left out.

    Only the directories on the way are read.
    """
    found: dict[int, Span] = {}
    level = {Span(header["root_offset"], header["root_length"]): sorted(ids)}
    for _ in range(DEPTH):
        below: dict[Span, list[int]] = {}
        for place, wanted in sorted(level.items()):
            entries = _directory(source, place)
            for number in wanted:
                entry = tile.find_tile(entries, number)
                if entry is None:
                    continue
                span = Span(entry.offset, entry.length)
                if entry.run_length == 0:
                    leaf = Span(header["leaf_directory_offset"] + span.offset, span.length)
                    below.setdefault(leaf, []).append(number)
                elif span.length:
                    found[number] = Span(header["tile_data_offset"] + span.offset, span.length)
        level = below
    if level:
        raise Problem(f"{source.name} has directories deeper than {DEPTH}: it is damaged.")
    return found


def _directory(source: ArchiveSource, span: Span) -> list[tile.Entry]:
    """The entries of a directory."""
    if span.length > MOST_DIRECTORY:
        raise Problem(f"{source.name} has a directory of {span.length:,} bytes: it is damaged.")
    try:
        plain = unpack(source.read(*span), MOST_DIRECTORY)
        return tile.deserialize_directory(gzip.compress(plain, 1))  # it unpacks without a limit
    except Problem:
        raise
    except (ValueError, EOFError, IndexError):
        raise Problem(
            f"{source.name} has a directory that cannot be read: it is damaged."
        ) from None
