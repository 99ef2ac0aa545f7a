"""The part of an archive of vector tiles that shows a place: planned, fetched, checked, written."""

import errno
import html
import json
import os
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pmtiles import tile, writer
from pmtiles.tile import HeaderDict

from data.maps import pmtiles_archive, tile_cover
from data.maps.archive_source import ArchiveSource, FileSource
from data.maps.basemap import MOST_SERVED_BYTES, plain_text
from data.maps.pmtiles_archive import Span
from data.maps.tile_cover import Box
from data.maps.vector_tiles import read_tile
from data.settings import Problem

FINEST_ZOOM = 15
OPENSTREETMAP = "© OpenStreetMap contributors"
PER_TILE = 40  # bytes of a directory for each tile, at most
_GAP, _MOST = 64_000, 4_000_000  # bytes between two tiles that are read at once; bytes read at once
_RECORD = struct.Struct("<QII")  # in the file of what came: offset, length, checksum
_KEPT_METADATA = ("name", "description", "version", "type", "vector_layers")
DATED = "planetiler:osm:osmosisreplicationtime"  # the time of OpenStreetMap that a build shows


class CopyPlan(NamedTuple):
    """What is to be copied: `tiles` by number, up to a zoom, `size` bytes in all.

    `left_out` is the size with all zooms where that is more than can be served, else 0.
    """

    source: ArchiveSource
    header: HeaderDict
    metadata: dict[str, Any]
    bounds: Box
    tiles: dict[int, Span]
    zoom: int
    size: int
    left_out: int

    @property
    def credit(self) -> str:
        """Whom the map credits: whom the archive names, else OpenStreetMap."""
        return plain_text(html.unescape(str(self.metadata.get("attribution") or OPENSTREETMAP)))


def plan_copy(source: ArchiveSource, bounds: Box) -> CopyPlan:
    """Look up the tiles of a place; nothing of them is fetched yet."""
    header = pmtiles_archive.read_header(source)
    metadata = pmtiles_archive.read_metadata(source, header)
    finest = min(FINEST_ZOOM, header["max_zoom"])
    wanted = tile_cover.tile_numbers(bounds, header["min_zoom"], finest)
    found = pmtiles_archive.locate(source, header, wanted)
    sizes = _sizes(found, finest)
    fitting = [z for z, size in enumerate(sizes) if size <= MOST_SERVED_BYTES]
    if not found:
        raise Problem(f"{source.name} holds no tile of this place: it is of another region.")
    if not fitting or not sizes[fitting[-1]]:
        raise Problem(f"The place is too large: its tiles are over {MOST_SERVED_BYTES:,} bytes.")
    zoom = fitting[-1]
    tiles = {n: span for n, span in found.items() if tile.tileid_to_zxy(n)[0] <= zoom}
    size = sum(span.length for span in set(tiles.values()))
    left_out = sizes[-1] if zoom < finest else 0
    return CopyPlan(source, header, metadata, bounds, tiles, zoom, size, left_out)


def _sizes(tiles: dict[int, Span], finest: int) -> list[int]:
    """The size of a copy up to each zoom."""
    sizes, seen = [0] * (finest + 1), set()
    for number, span in sorted(tiles.items()):
        zoom = tile.tileid_to_zxy(number)[0]
        sizes[zoom] += PER_TILE + (0 if span in seen else span.length)
        seen.add(span)
    return [sum(sizes[: z + 1]) for z in range(finest + 1)]


class PartFile:
    """What came of an archive so far: it stands until the copy is whole.

    A line that says of which archive, then offset, length, checksum and bytes of each tile.
    """

    def __init__(self, path: Path, source: ArchiveSource) -> None:
        self.path = path
        self._at: dict[Span, int] = {}
        told = {"from": source.name, "identity": source.identity()}
        first = json.dumps(told).encode() + b"\n"
        self._file = path.open("a+b")
        self._file.seek(0)
        if self._file.readline() != first:
            self._file.truncate(0)
            self._file.write(first)
            return
        good = self._file.tell()
        while len(head := self._file.read(_RECORD.size)) == _RECORD.size:
            offset, length, checksum = _RECORD.unpack(head)
            body = self._file.read(length)
            if len(body) < length or zlib.crc32(body) != checksum:
                break
            self._at[Span(offset, length)] = good + _RECORD.size
            good = self._file.tell()
        self._file.truncate(good)  # a record that was cut, and what came after it

    def __contains__(self, span: Span) -> bool:
        return span in self._at

    def add(self, span: Span, body: bytes) -> None:
        """Keep the bytes of a tile."""
        self._file.seek(0, os.SEEK_END)
        position = self._file.tell() + _RECORD.size
        self._file.write(_RECORD.pack(*span, zlib.crc32(body)) + body)
        self._file.flush()
        self._at[span] = position

    def get(self, span: Span) -> bytes:
        """The bytes of a tile that was added."""
        self._file.seek(self._at[span])
        return self._file.read(span.length)

    def close(self, *, done: bool) -> None:
        """Close the file; remove it where the copy is done."""
        self._file.close()
        if done:
            self.path.unlink()


def part_path(target: Path) -> Path:
    """The file beside a copy that holds what came so far."""
    return target.with_name(f"{target.name}.part")


def begun_from(target: Path) -> str:
    """The file or address of a copy that broke off; "" where there is none."""
    try:
        with part_path(target).open("rb") as held:
            return str(json.loads(held.readline())["from"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def copy_tiles(plan: CopyPlan, target: Path, moved: Callable[[int, int], None]) -> int:
    """Fetch what is not there yet, check it, write the archive; return the bytes it has.

    `moved` is told how many bytes of how many are there. What came stays for the next try
    where this one breaks off.
    """
    done = False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = PartFile(part_path(target), plan.source)
        try:
            _fetch(plan, part, moved)
            _write(plan, part, target)
            done = True
        finally:
            part.close(done=done)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Problem(
            f"The disk is full: {2 * plan.size:,} bytes are needed in {target.parent}, and "
            f"{plan.size:,} in {tempfile.gettempdir()}. What came is kept: make room, and the "
            "same command goes on from there."
        ) from None
    return target.stat().st_size


def _fetch(plan: CopyPlan, part: PartFile, moved: Callable[[int, int], None]) -> None:
    every = set(plan.tiles.values())
    lacking = sorted(span for span in every if span not in part)
    there = plan.size - sum(span.length for span in lacking)
    moved(there, plan.size)
    for run in merged(lacking):
        start = run[0].offset
        body = plan.source.read(start, max(s.offset + s.length for s in run) - start)
        for span in run:
            piece = body[span.offset - start :][: span.length]
            try:
                read_tile(piece)
            except ValueError as error:
                raise Problem(
                    f"{plan.source.name} holds a tile that cannot be unpacked: {error}."
                ) from None
            part.add(span, piece)
            there += span.length
        moved(there, plan.size)


def merged(spans: list[Span]) -> Iterator[list[Span]]:
    """Sorted spans in runs that one request brings: no large gap, no large request."""
    run: list[Span] = []
    for span in spans:
        end = max((s.offset + s.length for s in run[-1:]), default=0)
        if run and (span.offset > end + _GAP or span.offset + span.length > run[0].offset + _MOST):
            yield run
            run = []
        run.append(span)
    if run:
        yield run


def _write(plan: CopyPlan, part: PartFile, target: Path) -> None:
    """Write the archive beside its place, check it there, and move it."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("wb") as out:
            made = writer.Writer(out)
            for number in sorted(plan.tiles):
                made.write_tile(number, part.get(plan.tiles[number]))
            made.finalize(_header(plan), _metadata(plan))
            out.flush()
            os.fsync(out.fileno())
        _check(plan, part, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _check(plan: CopyPlan, part: PartFile, file: Path) -> None:
    """Problem where the archive that was written does not hold every tile as it came."""
    if file.stat().st_size > MOST_SERVED_BYTES:
        raise Problem(f"The copy is over {MOST_SERVED_BYTES:,} bytes, which cannot be served.")
    copy = FileSource(file)
    header = pmtiles_archive.read_header(copy)
    held = pmtiles_archive.locate(copy, header, list(plan.tiles))
    for number, span in plan.tiles.items():
        if number not in held or copy.read(*held[number]) != part.get(span):
            raise Problem("The copy is not what came: the disk may be failing. Try again.")


def _header(plan: CopyPlan) -> HeaderDict:
    west, south, east, north = (round(v * 1e7) for v in plan.bounds)
    header = plan.header.copy()
    header["min_lon_e7"], header["min_lat_e7"] = west, south
    header["max_lon_e7"], header["max_lat_e7"] = east, north
    header["center_lon_e7"], header["center_lat_e7"] = (west + east) // 2, (south + north) // 2
    header["center_zoom"] = min(12, plan.zoom)
    return header


def _metadata(plan: CopyPlan) -> dict[str, Any]:
    kept = {word: plan.metadata[word] for word in (*_KEPT_METADATA, DATED) if word in plan.metadata}
    licence = {"license": "ODbL-1.0"} if "OpenStreetMap" in plan.credit else {}
    return {**kept, **licence, "attribution": plan.credit}


def tiles_at(file: Path, zoom: int, bounds: Box) -> Iterator[tuple[int, int, bytes]]:
    """The tiles of a copy at one zoom that touch a box: x, y, and the tile as it is packed."""
    copy = FileSource(file)
    header = pmtiles_archive.read_header(copy)
    numbers = tile_cover.numbers_at(bounds, zoom)
    for number, span in sorted(pmtiles_archive.locate(copy, header, numbers).items()):
        _, x, y = tile.tileid_to_zxy(number)
        yield x, y, copy.read(*span)
