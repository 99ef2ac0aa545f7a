"""A text file of any size as pieces of UTF-8, gzip unpacked on the way."""

import codecs
import hashlib
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from gzip import GzipFile
from io import BufferedReader
from typing import Literal, Protocol
from zipfile import BadZipFile

from data.settings import Problem

PIECE = 16 << 20
HEAD = 1 << 20
MOST_BYTES = 200 << 30  # an unpacked file larger than this is refused
CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\r") + b"\x7f"
MOST_RATIO = 250  # text packs 5 to 30 times; a bomb 1,000 times
WINDOW = 4 * PIECE  # unpacked bytes by which that is judged, wherever in a file they stand

Progress = Callable[[int, int], None]


class _Size(Protocol):
    @property
    def st_size(self) -> int: ...


class ByteSource(Protocol):
    """What bytes are read from: a Path, or a file in an archive that is read as one."""

    @property
    def name(self) -> str: ...
    def is_file(self) -> bool: ...
    def stat(self) -> _Size: ...
    def open(self, mode: Literal["rb"]) -> BufferedReader: ...


# first bytes of a file that is certainly no CSV, and what to do about it
OTHER_FILES = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive: save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file: save the sheet as CSV"),
    (b"%PDF", "a PDF: ask for the table behind it"),
    (b"PAR1", "a Parquet file: write it as CSV first"),
    (b"SQLite format 3\x00", "an SQLite database: export the table as CSV"),
)
BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Survey:
    """The findings of one pass over a whole file. The hash is of the unpacked content."""

    sha256: str
    size: int
    head: bytes
    encoding: str
    notes: tuple[str, ...] = ()


def survey(file: ByteSource, encoding: str | None = None, most: int = MOST_BYTES) -> Survey:
    """Hash, size, encoding and the first megabyte; Problem if it is no text file."""
    digest, head, size, checks = hashlib.sha256(), b"", 0, _Utf8()
    for piece in raw(file, most):
        digest.update(piece)
        if len(head) < HEAD:
            head += piece[: HEAD - len(head)]
        size += len(piece)
        checks.feed(piece)
    if not head.strip():
        raise Problem(f"{file.name} is empty: there is nothing to import.")
    _refuse_other_files(file, head)
    chosen, notes = _encoding(file, head, encoding, checks)
    return Survey(digest.hexdigest(), size, head, chosen, notes)


def raw(
    file: ByteSource, most: int = MOST_BYTES, progress: Progress | None = None
) -> Iterator[bytes]:
    """The file's bytes, unpacked if it is gzip whatever its name says."""
    if not file.is_file():
        raise Problem(f"{file} is not a file. Check the name and the folder.")
    packed_size = file.stat().st_size
    with ExitStack() as stack:
        outer = stack.enter_context(file.open("rb"))
        stream: BufferedReader | GzipFile = outer
        packed = outer.peek(2)[:2] == b"\x1f\x8b"
        if packed:
            stream = GzipFile(fileobj=outer)
            stack.callback(stream.close)
        limit = min(most, max(packed_size * MOST_RATIO, PIECE)) if packed else most
        total, marked, at = 0, 0, 0
        while piece := _read(stream, file):
            total += len(piece)
            if total > limit:
                raise Problem(_too_large(file.name, limit, packed))
            if packed and total - marked >= WINDOW:  # a bomb shows long before its end
                if total - marked > (outer.tell() - at) * MOST_RATIO:
                    raise Problem(_too_large(file.name, total, packed))
                marked, at = total, outer.tell()
            if progress:
                progress(outer.tell(), packed_size)
            yield piece


def pieces(
    file: ByteSource, encoding: str, most: int = MOST_BYTES, progress: Progress | None = None
) -> Iterator[bytes]:
    """The content as UTF-8 without a byte order mark; bad bytes become U+FFFD."""
    if encoding == "utf-8":
        yield from raw(file, most, progress)
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for piece in raw(file, most, progress):
        yield decoder.decode(piece).encode("utf-8", errors="replace")
    yield decoder.decode(b"", final=True).encode("utf-8", errors="replace")


def _too_large(name: str, limit: int, packed: bool) -> str:
    if not packed:
        return f"{name} is larger than {limit:,} bytes. Import it in parts."
    return (
        f"{name} unpacks to more than {MOST_RATIO} times its size ({limit:,} bytes were enough to "
        "see it), which no table does: it was not imported. Unpack it yourself if you trust it."
    )


class _Utf8:
    """Counts of good and bad UTF-8 beyond ASCII in the bytes seen."""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.good = self.bad = 0

    def feed(self, piece: bytes) -> None:
        if piece.isascii() and not self.decoder.getstate()[0]:
            return
        text = self.decoder.decode(piece)
        # a mark that somebody else's reader left in good UTF-8 is no fault of the file
        self.bad += max(text.count("\ufffd") - piece.count("\ufffd".encode()), 0)
        self.good += len(text) - len(text.encode("ascii", errors="ignore"))

    def close(self) -> tuple[int, int]:
        """Count the characters beyond ASCII that were read well, and those that were not."""
        bad = self.bad + len(self.decoder.decode(b"", final=True))
        return self.good - self.bad, bad


def _encoding(
    file: ByteSource, head: bytes, stated: str | None, checks: _Utf8
) -> tuple[str, tuple[str, ...]]:
    if stated:
        return _known(stated), ()
    marked = next((name for mark, name in BOMS if head.startswith(mark)), None)
    if marked and marked != "utf-8-sig":
        return marked, ()
    if len(head) - len(head.translate(None, CONTROLS)) > len(head) // 50 + 3:
        raise Problem(
            f"{file.name} is no plain text (it is full of control characters). If it "
            "is UTF-16 without a mark, give --encoding utf-16-le; else save it as CSV."
        )
    good, bad = checks.close()
    if not bad:
        return marked or "utf-8", ()
    if marked or good > 10 * bad or (bad == 1 and good):
        note = f"bytes that are no UTF-8 ({bad:,}) stand as \ufffd in the text"
        # any name but "utf-8" has bad bytes replaced
        return marked or "utf8", (note,)
    return "cp1252", ("read as Windows text (cp1252): it is no UTF-8",)


def _known(encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding)
        if not codec._is_text_encoding:
            raise LookupError
        codec.incrementaldecoder("replace")
    except (LookupError, TypeError):
        raise Problem(
            f"--encoding {encoding}: there is no such encoding. Use utf-8, cp1252, "
            "latin-1, utf-16 or another name that Python knows."
        ) from None
    return "utf-8-sig" if codec.name == "utf-8" else codec.name


def _refuse_other_files(file: ByteSource, head: bytes) -> None:
    for start, what in OTHER_FILES:
        if head.startswith(start):
            raise Problem(f"{file.name} is no CSV but {what}.")


def _read(stream: BufferedReader | GzipFile, file: ByteSource) -> bytes:
    try:
        return stream.read(PIECE)
    except (OSError, EOFError, BadZipFile, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # of the disk, not of a packer
            raise Problem(f"{file.name} cannot be read: {error.strerror}.") from None
        raise Problem(
            f"{file.name} is cut off or damaged: it cannot be unpacked to its end. "
            "Nothing was imported; fetch it again."
        ) from None
