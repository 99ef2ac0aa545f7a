"""Where messages are read from: a file, a folder, or a zip; its text as pieces, lines or a stream."""

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from data.files import text_file
from data.files.form import Form
from data.files.text_file import ByteSource, Progress
from data.formats.zip_members import OR, choose_members, open_archive
from data.formats.zip_table import ZippedFile
from data.settings import Problem

MOST_LINE = 1 << 20  # bytes of a line that are kept


class Line(NamedTuple):
    """A line of a text, without its end, and its number."""

    number: int
    text: str


def member_names(path: Path) -> list[str]:
    """The names of the files in a folder or zip, with slashes; [] for a single file."""
    if path.is_dir():
        return [file.relative_to(path).as_posix() for file in _files(path)]
    try:
        with ZipFile(path) as archive:
            return [name.replace("\\", "/") for name in archive.namelist()]
    except (BadZipFile, NotImplementedError, ValueError):
        return []


def matches(name: str, pattern: str) -> bool:
    """Return whether a name fits one of the patterns, which "|" parts."""
    return any(fnmatchcase(name, one) for one in pattern.split(OR))


@contextmanager
def open_members(path: Path, pattern: str) -> Iterator[list[ByteSource]]:
    """A file itself, or the files of a folder or zip whose names fit, by name.

    Problem where none fits, or a zip could do harm.
    """
    if path.is_dir():
        yield _of_folder(path, pattern)
    elif member_names(path):
        with open_archive(path) as archive:
            chosen, _ = choose_members(path.name, archive, Form(member=pattern))
            yield [ZippedFile(archive, info, name) for name, info in chosen]
    else:
        yield [path]


def _of_folder(path: Path, pattern: str) -> list[ByteSource]:
    fitting = [f for f in _files(path) if matches(f.relative_to(path).as_posix(), pattern)]
    if not fitting:
        raise Problem(f"{path} holds no file that fits {pattern}.")
    if not all(file.resolve().is_relative_to(path.resolve()) for file in fitting):
        raise Problem(f"{path} holds a link that leads out of it: nothing was read.")
    return [*fitting]


def _files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file())


def pieces_of(source: ByteSource, progress: Progress | None = None) -> Iterator[bytes]:
    """A text of any encoding, packed by gzip or not, as pieces of UTF-8."""
    encoding = text_file.survey(source).encoding
    return text_file.pieces(source, encoding, progress=progress)


def lines_of(source: ByteSource, progress: Progress | None = None) -> Iterator[Line]:
    """The lines of a text; of one that is longer than MOST_LINE only its beginning."""
    rest, first = b"", 1
    for piece in pieces_of(source, progress):
        *whole, rest = (rest + piece).split(b"\n")
        yield from (_line(number, line) for number, line in enumerate(whole, first))
        first, rest = first + len(whole), rest[:MOST_LINE]
    if rest:
        yield _line(first, rest)


def _line(number: int, line: bytes) -> Line:
    text = line[:MOST_LINE].rstrip(b"\r").decode(errors="replace")
    return Line(number, text.replace("\x00", ""))


class TextStream:
    """A text as a stream that a parser reads from, as pieces of UTF-8."""

    def __init__(self, source: ByteSource, progress: Progress | None = None) -> None:
        self._pieces = pieces_of(source, progress)
        self._piece = BytesIO()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; b"" at the end."""
        while not (taken := self._piece.read(size)) and size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._piece = BytesIO(piece)
        return taken
