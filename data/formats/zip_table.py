"""A zip with a table in it: one file, or all files of one shape as one table.

Text is read as it is unpacked; a file of another format is unpacked into a folder that goes again,
under a name of ours: no name in an archive says where anything is written.
"""

import lzma
import re
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from data.files import csv_file
from data.files.csv_rows import Frame
from data.files.first_rows import FirstRows
from data.files.form import Form, NeedsChoice
from data.files.table_file import TableFile
from data.files.text_file import Progress
from data.formats.typed_table import HEAD_ROWS, hash_file
from data.formats.zip_members import DAMAGED, choose_members, open_archive, tell_apart
from data.settings import Problem

MARKS = (b"PK\x03\x04", b"PK\x05\x06")  # of an archive, and of one without members
_TEXT = (".csv", ".tsv", ".tab", ".txt", ".gz", "")
_NO_TEXT = (b"PK", b"\xd0\xcf\x11\xe0", b"PAR1", b"SQLite format 3", b"{", b"[", b"<")
# what is raised by an archive that is damaged, whose entries may then say anything
_DAMAGE = (
    *(BadZipFile, EOFError, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, RuntimeError, ValueError, IndexError),
)
_LISTED = 5  # names in a sentence

Opener = Callable[[Path, Form], TableFile]


class _Size(NamedTuple):
    st_size: int


@dataclass(frozen=True)
class ZippedFile:
    """A member of an archive as bytes to read: a ByteSource."""

    archive: ZipFile = field(compare=False, repr=False)
    info: ZipInfo = field(compare=False, repr=False)
    name: str

    def is_file(self) -> bool:
        """Return whether it can be read: it can."""
        return True

    def stat(self) -> _Size:
        """Its size, unpacked."""
        return _Size(self.info.file_size)

    def open(self, mode: Literal["rb"] = "rb") -> BufferedReader:  # noqa: ARG002 (as of a Path)
        """Its bytes, unpacked as they are read."""
        with self._damage():
            return BufferedReader(cast(Any, self.archive.open(self.info)))

    def starts(self) -> bytes:
        """Its first bytes. Problem where it cannot be unpacked."""
        with self.open() as stream:
            return self._read(stream, 64)

    def _read(self, stream: BufferedReader, size: int = 1 << 20) -> bytes:
        with self._damage():
            return stream.read(size)

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """Unpack it whole into a folder of its own, which goes afterwards."""
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", PurePosixPath(self.name).name)[-100:].lstrip("-.")
        with tempfile.TemporaryDirectory(prefix="porchlight-") as folder:
            file = Path(folder) / (plain or "table")
            with self.open() as packed, file.open("wb") as out:
                while piece := self._read(packed):
                    out.write(piece)
            yield file

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            if isinstance(error, Problem):
                raise
            name = f"{Path(self.archive.filename or '').name}: {self.name}"
            raise Problem(DAMAGED.format(file=name)) from None


class _Member(NamedTuple):
    """A table in an archive. Text stays open to be read; what is not is unpacked each time."""

    zipped: ZippedFile
    table: TableFile
    streams: bool


@dataclass(frozen=True)
class ZipTable(FirstRows):
    """The members of one shape as one table: a TableFile. `names` are as the first writes them."""

    file: Path
    sha256: str
    form: str
    names: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]
    members: tuple[_Member, ...] = field(compare=False, repr=False)
    read_form: Form
    opener: Opener = field(compare=False, repr=False)
    notes: tuple[str, ...] = ()
    no_header: bool = False
    shaped: tuple[str, ...] = ()

    def frames(
        self, include: Sequence[str] | None = None, progress: Progress | None = None
    ) -> Iterator[Frame]:
        """All rows in order, member after member; of the columns only those of `include`."""
        wanted = list(self.names if include is None else include)
        total, done = sum(m.zipped.info.file_size for m in self.members), 0
        several = len(self.members) > 1
        for member in self.members:
            size = member.zipped.info.file_size
            for frame in self._rows(member, wanted, _part(progress, done, size, total)):
                frame.member = member.zipped.name if several else ""
                yield frame
            done += size

    def _rows(
        self, member: _Member, wanted: list[str], progress: Progress | None
    ) -> Iterator[Frame]:
        own = dict(zip(_keys(member.table.names), member.table.names))
        keys = dict(zip(self.names, _keys(self.names)))
        include = [own[keys[name]] for name in wanted]
        with _opened(member.zipped, member.streams, self.read_form, self.opener) as table:
            for frame in (member.table if member.streams else table).frames(include, progress):
                frame.table = frame.table.select(include).rename_columns(wanted)
                yield frame

    def cells(self, text: str) -> list[str]:
        """Cut a row, as some member writes it, roughly into its cells."""
        ways = {member.table.form: member.table for member in self.members}
        return list(dict.fromkeys(cell for way in ways.values() for cell in way.cells(text)))


def open_zip(file: Path, form: Form, opener: Opener) -> TableFile:
    """A zip as a table; `opener` opens a member that is unpacked. Problem says what to mend."""
    archive = open_archive(file)
    chosen, others = choose_members(file.name, archive, form)
    read_form = replace(form, member=None)
    members = []
    for name, info in chosen:
        zipped = ZippedFile(archive, info, name)
        streams = _is_text(zipped)
        with _opened(zipped, streams, read_form, opener) as table:
            members.append(_Member(zipped, table, streams))
    first = _one_shape(file, members)
    notes = [note for member in members for note in member.table.notes]
    if others:
        more = f" and {len(others) - _LISTED:,} more" if len(others) > _LISTED else ""
        notes.append(f"not read of the zip: {', '.join(others[:_LISTED])}{more}")
    many = f"zip of {len(members):,} files" if len(members) > 1 else f"zip of {first.zipped.name}"
    return ZipTable(
        file=file,
        sha256=hash_file(file),
        form=f"{many}, {first.table.form}",
        names=first.table.names,
        head=tuple(row for member in members for row in _head(member, first))[:HEAD_ROWS],
        members=tuple(members),
        read_form=read_form,
        opener=opener,
        notes=tuple(dict.fromkeys(notes)),
        no_header=first.table.no_header,
        shaped=first.table.shaped,
    )


@contextmanager
def _opened(zipped: ZippedFile, streams: bool, form: Form, opener: Opener) -> Iterator[TableFile]:
    """A member as a table, for as long as it is unpacked."""
    if streams:
        yield csv_file.sniff(Path(zipped.name), form, zipped)
        return
    with zipped.unpacked() as file:
        yield opener(file, form)


def _is_text(zipped: ZippedFile) -> bool:
    """Return whether a member can be read as it is unpacked."""
    if PurePosixPath(zipped.name).suffix.lower() not in _TEXT:
        return False
    return not zipped.starts().lstrip().startswith(_NO_TEXT)


def _one_shape(file: Path, members: list[_Member]) -> _Member:
    """The first member, if all are of its shape; else the patterns that tell shapes apart."""
    shapes: dict[tuple[str, ...], list[str]] = {}
    for member in members:
        key = tuple(sorted(_keys(member.table.names)))
        shapes.setdefault(key, []).append(member.zipped.name)
    if len(shapes) > 1:
        patterns = tell_apart(list(shapes.values()))
        listed = "; ".join(f"{p} ({len(n):,})" for p, n in zip(patterns, shapes.values()))
        raise NeedsChoice(
            f"{file.name} holds tables of {len(shapes):,} shapes, which cannot be one source (by a "
            f"pattern of their names, and how many there are): {listed}.",
            "member",
            patterns,
        )
    return members[0]


def _keys(names: Sequence[str]) -> tuple[str, ...]:
    """Names by which columns of two members are the same: case does not matter."""
    folded = tuple(name.casefold() for name in names)
    return folded if len(set(folded)) == len(folded) else tuple(names)


def _head(member: _Member, first: _Member) -> Iterator[tuple[str, ...]]:
    own = _keys(member.table.names)
    at = [own.index(key) for key in _keys(first.table.names)]
    return (tuple(row[i] for i in at) for row in member.table.head)


def _part(progress: Progress | None, done: int, size: int, total: int) -> Progress | None:
    """The progress of one member as that of all."""
    if progress is None:
        return None
    move = progress
    return lambda at, of: move(done + size * at // max(of, 1), total)
