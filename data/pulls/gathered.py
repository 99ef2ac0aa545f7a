"""The pages of a pull under way, kept on the disk until it came to its end."""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from data.files.column_names import clean_label
from data.personal_columns import is_forbidden
from data.pulls.protocol import Page, Record
from data.pulls.seen import Records
from geo.arrays import Flags

_STATE = "state.json"
_HASH = 8  # bytes
_encode = msgspec.json.Encoder(enc_hook=str).encode


def to_line(record: Record) -> bytes:
    """A record as JSON in UTF-8, without a line end; halves of characters become "?"."""
    try:
        return _encode(record)
    except UnicodeEncodeError:
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=str)
        return text.encode("utf-8", "replace")


@dataclass
class PullProgress:
    """How far a pull came. `meaning` is the digest of what it is by, `after` where the next page
    begins, `done` whether there is none."""

    meaning: str
    began: str  # UTC in ISO 8601
    key: str
    since: str = ""
    after: Any = None
    done: bool = False
    newest: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)  # of each page
    sizes: list[int] = field(default_factory=list)  # bytes of each page


@dataclass(frozen=True)
class Columns:
    """Which columns stay: the server's number, the id that the mapping names, those that it
    `uses`, and, with `others`, all that cannot tell who somebody is. Never those of `never`.

    Case and blanks of names do not matter.
    """

    row_id: str
    id: str
    uses: frozenset[str]
    never: frozenset[str]
    others: bool

    def keeps(self, name: str) -> bool:
        """Return whether a column stays."""
        if name in self.never:
            return False
        named = label_key(name) in {label_key(other) for other in (self.id, *self.uses)}
        return name == self.row_id or named or (self.others and not is_forbidden(name))


def label_key(name: str) -> str:
    """A column's name without what does not matter."""
    return clean_label(name).casefold()


class Gathered:
    """The records that came so far, with the columns that `columns` says."""

    def __init__(self, folder: Path, columns: Columns) -> None:
        self.folder, self.columns = folder, columns
        self.row_id, self.id_column = columns.row_id, ""
        self._kept: dict[str, bool] = {}
        self.names: dict[str, None] = {}
        self.progress = PullProgress("", "", "")
        self.no_id = 0  # records without an id
        self._shape: tuple[str, ...] = ()
        self._whole = True
        self._clear()

    @property
    def dropped(self) -> tuple[str, ...]:
        """The columns that came and were not kept."""
        return tuple(name for name, kept in self._kept.items() if not kept)

    def begin(self, progress: PullProgress) -> None:
        """Begin anew; what an earlier pull left is removed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        self.progress = progress
        self.names, self._shape = {}, ()
        self._clear()
        self._save()

    def resume(self, meaning: str) -> bool:
        """Go on with what an earlier pull left; False where there is nothing, or not the same."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            progress = PullProgress(**json.loads((self.folder / _STATE).read_bytes()))
            if progress.meaning != meaning or self._files(progress) is None:
                return False
            self.progress = progress
            for file in self._files(progress) or ():
                lines = file.read_bytes().splitlines()
                self._hash([self._without(json.loads(line)) for line in lines], lines)
            return True
        return False

    def add(self, page: Page) -> None:
        """Keep a page, and where the next one begins."""
        progress = self.progress
        kept = [self._without(record) for record in page.records]
        lines = list(map(to_line, kept))
        self._hash(kept, lines)
        if lines:
            body = b"\n".join(lines) + b"\n"
            progress.lines.append(len(lines))
            progress.sizes.append(len(body))
            with _private(self._file(len(progress.lines))) as out:
                out.write(body)
        progress.after, progress.done = page.after, page.after is None
        progress.newest = max(progress.newest, page.newest)
        self._save()

    def records(self) -> Records:
        """What came, as hashes, in the order in which it came."""
        return Records(*(np.frombuffer(a, np.uint64).copy() for a in self._hashes))

    def has(self) -> Callable[[str], bool]:
        """Return what tells whether a record of the server's number came."""
        rows = set(self._hashes[0])
        return lambda row: self._digest(row) in rows

    def pieces(self, mask: Flags) -> Iterator[bytes]:
        """The records of a mask as lines of JSON, those of a page in one piece."""
        at = 0
        for number, count in enumerate(self.progress.lines, 1):
            wanted = mask[at : at + count]
            if wanted.all():
                yield self._file(number).read_bytes()
            elif wanted.any():
                every = self._file(number).read_bytes().splitlines(keepends=True)
                yield b"".join(every[i] for i in np.flatnonzero(wanted))
            at += count

    def remove(self) -> None:
        """Remove all pages."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _without(self, record: Record) -> Record:
        """A record without what is not kept."""
        shape = tuple(record)
        if shape != self._shape:
            self._shape = shape
            for name in shape:
                if name not in self._kept:
                    self._kept[name] = self.columns.keeps(name)
                    if label_key(name) == label_key(self.columns.id):
                        self.id_column = name
                if self._kept[name]:
                    self.names.setdefault(name)
            self._whole = all(map(self._kept.__getitem__, shape))
        if self._whole:
            return record
        return {name: cell for name, cell in record.items() if self._kept[name]}

    def _hash(self, records: list[Record], lines: list[bytes]) -> None:
        """Note records and the lines that they are written as."""
        start, row_id, id_column = len(self._hashes[0]), self.row_id, self.id_column
        numbers = [str(r.get(row_id) if row_id else start + i) for i, r in enumerate(records)]
        own = [record.get(id_column) for record in records]
        if missing := sum(value is None or value == "" for value in own):
            self.no_id += missing
            pairs = zip(own, numbers)
            own = [f"\0{number}" if value in (None, "") else value for value, number in pairs]
        rows = self._digests([number.encode("utf-8", "replace") for number in numbers])
        same = row_id == id_column and not missing
        ids = rows if same else self._digests([str(v).encode("utf-8", "replace") for v in own])
        for hashes, more in zip(self._hashes, (rows, ids, self._digests(lines))):
            hashes.frombytes(more)

    def _digests(self, texts: list[bytes]) -> bytes:
        """Keyed hashes, one after the other."""
        key, blake = bytes.fromhex(self.progress.key), hashlib.blake2b
        return b"".join([blake(text, digest_size=_HASH, key=key).digest() for text in texts])

    def _digest(self, text: str) -> int:
        return int(np.frombuffer(self._digests([text.encode("utf-8", "replace")]), np.uint64)[0])

    def _clear(self) -> None:
        self._hashes = (array("Q"), array("Q"), array("Q"))
        self.no_id = 0

    def _file(self, number: int) -> Path:
        return self.folder / f"page-{number:06d}.jsonl"

    def _files(self, progress: PullProgress) -> list[Path] | None:
        """The files of the pages; None where one is not as it was written."""
        files = [self._file(number) for number in range(1, len(progress.lines) + 1)]
        sizes = [file.stat().st_size for file in files]
        return files if sizes == progress.sizes else None

    def _save(self) -> None:
        # not synced: what a power cut leaves is checked by its sizes, else it is asked anew
        beside = self.folder / f"{_STATE}.new"
        with _private(beside) as out:
            out.write(json.dumps(asdict(self.progress)).encode())
        beside.rename(self.folder / _STATE)


def new_key() -> str:
    """A key for hashes that nobody can work out without it."""
    return secrets.token_hex(16)


def _private(target: Path) -> Any:
    return open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")  # noqa: PTH123
