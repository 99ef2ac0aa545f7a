"""KML and KMZ, placemark after placemark, in constant memory.

Nothing is opened but the file itself: entities and document types are refused, links are not
followed, of a KMZ only its KML is read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from glob import escape
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile

import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from data.files.form import Form
from data.files.text_file import Progress
from data.formats.typed_table import text_of
from data.formats.zip_members import DAMAGED, choose_members, open_archive
from data.settings import Problem

MOST_ELEMENT = 64 << 20  # of one element: a placemark is smaller
MOST_LEVELS = 64
_SHOWN = 60  # characters of coordinates that cannot be read
_ZIP = b"PK\x03\x04"
# elements of a placemark that are values; what else it has is how it is drawn
_PLAIN = ("name", "description", "address", "phoneNumber", "Snippet")
_TIMES = ("when", "begin", "end")
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
_UNREADABLE = ("Model", "Track", "MultiTrack")


class Key(NamedTuple):
    """A value of a placemark: of KML itself, or of the data that the file's maker added."""

    name: str
    added: bool


class Placemark(NamedTuple):
    """A placemark, by its number in the file (1 is the first); `shape` is None where there is none.

    `unread` are coordinates that cannot be read, "" where there are none of these.
    """

    number: int
    values: dict[Key, str]
    shape: Any
    unread: str


class _Unreadable(Exception):
    """Coordinates that are none."""


def is_kml(head: bytes, suffix: str) -> bool:
    """Return whether a file with these first bytes is KML, or a zip that begins with KML."""
    if head.startswith(_ZIP):
        size = int.from_bytes(head[26:28], "little")
        return suffix == ".kmz" or head[30 : 30 + size].lower().endswith(b".kml")
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain.startswith(b"<") and (
        suffix == ".kml" or re.search(rb"<(\w+:)?kml\b", plain) is not None
    )


def read_placemarks(file: Path, most: int, progress: Progress | None = None) -> Iterator[Placemark]:
    """All placemarks of a KML or KMZ file in order. Problem where it cannot be read to its end."""
    with ExitStack() as stack:
        source = _Source(*_opened(file, most, stack), file.name, most, progress)
        try:
            yield from _Reader(source).placemarks()
        except Problem:  # it is a ValueError, too
            raise
        except DefusedXmlException:
            raise Problem(
                f"{file.name} defines a document type or entities, which KML does not need and "
                "which can do harm: it was not read. Save it anew in a program for maps."
            ) from None
        except ParseError as error:
            line, column = error.position
            raise Problem(
                f"{file.name}, line {line}, column {column + 1}: this is no KML. "
                "Is the file whole? Fetch it again."
            ) from None
        except (BadZipFile, EOFError):
            raise Problem(DAMAGED.format(file=file.name)) from None
        except (LookupError, ValueError):
            raise Problem(
                f"{file.name} is in an encoding that is not known. Save it as UTF-8."
            ) from None


def is_zip(file: Path) -> bool:
    """Return whether a file is packed, as KMZ is."""
    with file.open("rb") as stream:
        return stream.read(len(_ZIP)) == _ZIP


def _opened(file: Path, most: int, stack: ExitStack) -> tuple[IO[bytes], int]:
    """The KML of a file, and its size."""
    if not is_zip(file):
        return stack.enter_context(file.open("rb")), file.stat().st_size
    archive: ZipFile = stack.enter_context(open_archive(file))
    own = [name for name in archive.namelist() if PurePosixPath(name).suffix.lower() == ".kml"]
    first = sorted(own, key=lambda name: (name != "doc.kml", "/" in name))[:1]
    form = Form(member=escape(first[0]) if first else None, most_bytes=most)
    chosen, _ = choose_members(file.name, archive, form)  # checks the names of all
    if not first:
        raise Problem(f"{file.name} holds no KML.")
    return stack.enter_context(archive.open(chosen[0][1])), chosen[0][1].file_size


class _Source:
    """The bytes of a KML, counted: of the whole, and since the last element that was done with."""

    def __init__(
        self, stream: IO[bytes], size: int, name: str, most: int, progress: Progress | None
    ) -> None:
        self.stream, self.size, self.name, self.most = stream, size, name, most
        self.progress, self.read_bytes, self.marked = progress, 0, 0

    def read(self, size: int) -> bytes:
        piece = self.stream.read(size)
        self.read_bytes += len(piece)
        if self.read_bytes > self.most:
            raise Problem(f"{self.name} is larger than {self.most:,} bytes. Import it in parts.")
        if self.read_bytes - self.marked > MOST_ELEMENT:
            raise Problem(
                f"{self.name} has an element of more than {MOST_ELEMENT:,} bytes: it was not read."
            )
        if self.progress:
            self.progress(self.read_bytes, self.size)
        return piece

    def mark(self) -> None:
        """Say that all that was read is done with."""
        self.marked = self.read_bytes


class _Reader:
    """The walk through a KML: elements that are done with are taken out of the tree."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.open: list[Element] = []
        self.inside = 0  # placemarks around what is read
        self.folders: list[str] = []
        self.number = 0

    def placemarks(self) -> Iterator[Placemark]:
        for event, element in iterparse(self.source, ("start", "end"), forbid_dtd=True):
            tag = _tag(element)
            if event == "start":
                self._start(element, tag)
                continue
            self.open.pop()
            if tag == "Placemark":
                self.inside -= 1
            if self.inside:
                continue
            if tag == "Placemark":
                self.number += 1
                yield _placemark(self.number, element, " / ".join(filter(None, self.folders)))
            self._done(element, tag)

    def _start(self, element: Element, tag: str) -> None:
        self.open.append(element)
        if len(self.open) > MOST_LEVELS:
            raise Problem(f"{self.source.name} has more than {MOST_LEVELS} levels: it is no KML.")
        self.inside += tag == "Placemark"
        if tag == "Folder" and not self.inside:
            self.folders.append("")

    def _done(self, element: Element, tag: str) -> None:
        parent = self.open[-1] if self.open else None
        if tag == "Folder":
            self.folders.pop()
        elif tag == "name" and parent is not None and _tag(parent) == "Folder":
            self.folders[-1] = _text(element)
        element.clear()
        if parent is not None:
            parent.remove(element)
        self.source.mark()


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element) -> str:
    return text_of("".join(element.itertext())).strip()


def _placemark(number: int, element: Element, folder: str) -> Placemark:
    values: dict[Key, str] = {}
    shapes: list[Any] = []
    unread = ""
    for child in element:
        tag = _tag(child)
        if tag in _PLAIN:
            values[Key(tag, False)] = _text(child)
        elif tag in ("TimeStamp", "TimeSpan"):
            values |= {Key(_time(t), False): _text(t) for t in child if _tag(t) in _TIMES}
        elif tag == "ExtendedData":
            _add_data(child, values)
        elif tag in _SHAPES or tag in _UNREADABLE:
            try:
                shapes.append(_shape(child))
            except _Unreadable as error:
                unread = str(error)
    if folder:
        values[Key("folder", False)] = folder
    there = [shape for shape in shapes if shape is not None]
    if unread or not there:
        return Placemark(number, values, None, unread)
    return Placemark(number, values, _one(there), "")


def _time(element: Element) -> str:
    """A moment and the begin of a span are one column."""
    tag = _tag(element)
    return _TIMES[0] if tag == "begin" else tag


def _add_data(element: Element, values: dict[Key, str]) -> None:
    """Add what the file's maker wrote of a placemark: Data, SimpleData or elements of their own."""
    for child in element:
        tag = _tag(child)
        if tag == "SchemaData":
            _add_data(child, values)
            continue
        named = tag in ("Data", "SimpleData", "SimpleArrayData")
        key = Key(child.get("name", "") if named else tag, True)
        value = next((v for v in child if _tag(v) == "value"), child)
        text = _text(value)
        values[key] = f"{values[key]}; {text}" if values.get(key) else text


def _one(shapes: Sequence[Any]) -> Any:
    return shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(list(shapes))


def _shape(element: Element) -> Any:
    """The shape of an element; None where it is empty. _Unreadable says what cannot be read."""
    tag = _tag(element)
    if tag in _UNREADABLE:
        raise _Unreadable(tag)
    if tag == "MultiGeometry":
        parts = [_shape(child) for child in element if _tag(child) in (*_SHAPES, *_UNREADABLE)]
        there = [part for part in parts if part is not None]
        return _one(there) if there else None
    if tag == "Polygon":
        outer = [_ring(child) for child in element if _tag(child) == "outerBoundaryIs"]
        inner = [_ring(child) for child in element if _tag(child) == "innerBoundaryIs"]
        holes = [hole for hole in inner if hole is not None]
        return _made(shapely.Polygon, outer[0], holes) if outer and outer[0] else None
    corners = _corners(element)
    if corners is None:
        return None
    if tag == "Point":
        return shapely.Point(corners[0]) if len(corners) == 1 else shapely.MultiPoint(corners)
    return _made(shapely.LineString, corners)


def _made(kind: Callable[..., Any], *parts: Any) -> Any:
    try:
        return kind(*parts)
    except (ValueError, shapely.errors.GEOSException):
        raise _Unreadable(f"too few: {len(parts[0])}") from None


def _ring(element: Element) -> list[tuple[float, float]] | None:
    ring = next((child for child in element if _tag(child) == "LinearRing"), None)
    return None if ring is None else _corners(ring)


def _corners(element: Element) -> list[tuple[float, float]] | None:
    """Longitudes and latitudes of all corners; None where there is none."""
    texts = [_text(child) for child in element if _tag(child) == "coordinates"]
    text = re.sub(r"\s*,\s*", ",", " ".join(texts))
    corners = []
    for corner in text.split():
        numbers = corner.split(",")
        try:
            if not 2 <= len(numbers) <= 3:
                raise ValueError
            corners.append((float(numbers[0]), float(numbers[1])))
        except ValueError:
            raise _Unreadable(text[:_SHOWN]) from None
    return corners or None
