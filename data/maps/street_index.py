"""The names of the streets of a base map and where they lie, for the search of places."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from data.maps import basemap_copy, pmtiles_archive
from data.maps.archive_source import FileSource
from data.maps.tile_cover import Box, tile_point
from data.maps.vector_tiles import named_lines
from data.settings import Basemap, Problem
from data.storage.disk import write_whole

MOST_STREETS = 20_000
LONGEST_NAME = 80
# those of the Protomaps basemap, then those of OpenMapTiles, which has names in a layer apart
LAYERS = {b"roads", b"transportation", b"transportation_name"}
_NOT_STREETS = {"rail", "transit", "ferry", "aerialway", "aeroway", "runway", "taxiway"}
_CELL = 0.01  # degrees of latitude: parts of a street this near, or with one cell between, are one
_REACH = 2  # cells
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


class Street(NamedTuple):
    """A street: its name, and [[south, west], [north, east]] in degrees."""

    name: str
    bounds: tuple[tuple[float, float], tuple[float, float]]


def index_path(file: Path) -> Path:
    """The file beside a base map that holds its streets."""
    return file.with_name(f"{file.name.removesuffix('.pmtiles')}.streets.json")


def streets(asked: Basemap) -> list[Street]:
    """The streets of the base map that the settings name, by name; none where it has no index."""
    if asked.file is None:
        return []
    try:
        entries = json.loads(index_path(asked.file).read_bytes())
        return [Street(e["name"], _corners(e["bounds"])) for e in entries]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError):
        raise Problem(
            f"The streets in {index_path(asked.file).name} cannot be read. Write them anew: "
            "python -m data basemap get"
        ) from None


def _corners(read: list[list[float]]) -> tuple[tuple[float, float], tuple[float, float]]:
    (south, west), (north, east) = read
    return (float(south), float(west)), (float(north), float(east))


def write_index(file: Path, bounds: Box) -> tuple[int, int]:
    """Write the streets of a base map that touch a box beside it.

    How many were written, and how many there are: of more than `MOST_STREETS` the longest stay.
    """
    zoom = min(pmtiles_archive.read_header(FileSource(file))["max_zoom"], basemap_copy.FINEST_ZOOM)
    found = sorted(_streets(file, zoom, bounds), key=_length, reverse=True)
    kept = sorted(found[:MOST_STREETS], key=lambda s: (s.name.casefold(), s))
    entries = [street._asdict() for street in kept]
    body = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    write_whole(body.encode(), index_path(file))
    return len(kept), len(found)


def _length(street: Street) -> float:
    (south, west), (north, east) = street.bounds
    return math.hypot(north - south, (east - west) * math.cos(math.radians(south)))


def _streets(file: Path, zoom: int, bounds: Box) -> Iterator[Street]:
    """The streets that touch a box; those of one name that lie far apart are several."""
    parts: defaultdict[str, list[Box]] = defaultdict(list)
    for name, box in _parts(file, zoom, bounds):
        parts[name].append(box)
    narrow = max(0.1, math.cos(math.radians((bounds.south + bounds.north) / 2)))
    cell = max(_CELL, 360 / (1 << zoom) * narrow)  # a tile cuts streets: its neighbor goes on
    for name, boxes in parts.items():
        for box in _joined(boxes, cell / narrow, cell):
            if _touch(box, bounds):
                yield Street(name, ((box.south, box.west), (box.north, box.east)))


def _touch(one: Box, two: Box) -> bool:
    across = one.west <= two.east and two.west <= one.east
    return across and one.south <= two.north and two.south <= one.north


def _parts(file: Path, zoom: int, bounds: Box) -> Iterator[tuple[str, Box]]:
    """Each piece of a street in each tile: its name and its box, near the meridian of `bounds`."""
    middle = (bounds.west + bounds.east) / 2
    for x, y, packed in basemap_copy.tiles_at(file, zoom, bounds):
        for line in named_lines(packed, LAYERS):
            name = " ".join(_UNSEEN.sub(" ", line.name).split())
            if not name or len(name) > LONGEST_NAME or line.kind in _NOT_STREETS:
                continue
            left, top, right, bottom = (min(1.0, max(0.0, part)) for part in line.box)
            west, north = tile_point(zoom, x + left, y + top)
            east, south = tile_point(zoom, x + right, y + bottom)
            turn = 360 * round((middle - west) / 360)
            yield name, Box(*(round(v, 5) for v in (west + turn, south, east + turn, north)))


def _joined(boxes: list[Box], wide: float, high: float) -> Iterator[Box]:
    """Boxes that lie near each other as one: in cells of this size with at most one between."""
    cells: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for box in boxes:
        middle = (box.west + box.east) / 2 / wide, (box.south + box.north) / 2 / high
        cells[math.floor(middle[0]), math.floor(middle[1])].append(box)
    while cells:
        start, members = cells.popitem()
        ways = [start]
        while ways:
            column, row = ways.pop()
            for near in _around(column, row):
                if more := cells.pop(near, None):
                    members += more
                    ways.append(near)
        west, south, east, north = zip(*members, strict=True)
        yield Box(min(west), min(south), max(east), max(north))


def _around(column: int, row: int) -> Iterator[tuple[int, int]]:
    reach = range(-_REACH, _REACH + 1)
    return ((column + across, row + up) for across in reach for up in reach)
