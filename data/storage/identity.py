"""Ids of rows, their own or a keyed hash of the whole row; origins as keyed hashes."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.files import cells
from data.files.cells import is_missing
from data.storage import disk
from geo.arrays import Flags

HASH_DIGITS = 20  # 80 bits: two of a billion different rows meet once in a million years
SEPARATOR = "chr(31)"  # a control character, which no cell holds
BASE = "coalesce(same_id, incident_id)"  # the id without its counter

# the time and place of a record as one hash, with something before it
MARK = f"""sha256(concat_ws({SEPARATOR}, {{own}}, epoch_us(occurred_at),
    coalesce(lon::VARCHAR, ''), coalesce(lat::VARCHAR, ''), coalesce(area_label, '')))"""


class Identify:
    """Gives each row an id and a keyed hash of all its cells, also of dropped columns.

    Without the key of the store nobody can try out what a dropped cell said.
    """

    def __init__(
        self,
        source: str,
        id_column: str | None,
        names: Sequence[str],
        key: bytes,
        connection: duckdb.DuckDBPyConnection,
        old: tuple[Sequence[str], frozenset[str]] = ((), frozenset()),
    ) -> None:
        """`old` are the columns and the purges by which earlier versions named such rows."""
        self.old_columns, self.old = old
        self.source, self.id_column, self.connection = source, id_column, connection
        self.names = sorted(names)  # the same row whatever the order of columns is
        self.columns = columns_digest(names)
        self._key = keyed(key, f"rows of {self.columns}")[:32]

    def ids(self, table: pa.Table) -> tuple[pa.StringArray, pa.StringArray]:
        """The id of each row, rows of one id not yet told apart, and the hash of the row.

        A row without an id of its own is named by that hash: equal rows get one id, rows
        that differ in any column two, in whatever order the file has them.
        """
        columns = [f"c{place}" for place in range(len(self.names))]
        row = ", ".join([f"'{self._key}'", *columns])
        whole = table.select(self.names).rename_columns(columns)
        self.connection.register("whole", whole)
        digest = f"substr(sha256(concat_ws({SEPARATOR}, {row})), 1, {HASH_DIGITS})"
        found = self.connection.sql(f"SELECT {digest} AS digest FROM whole").to_arrow_table()
        self.connection.unregister("whole")
        hashes = cells.plain(found["digest"])
        named = hashes
        if self.id_column:
            named = pc.coalesce(cells.labels(table[self.id_column]), hashes)
        if self.old:
            named = pc.if_else(pc.equal(named, hashes), self._before(table, hashes), named)
        return pc.binary_join_element_wise(self.source, named, ":"), hashes

    def _before(self, table: pa.Table, hashes: pa.StringArray) -> pa.StringArray:
        """The names that earlier versions gave rows, where one is of a purge; else the hashes."""
        cut = [table[name].to_pylist() for name in self.old_columns]
        found = []
        for row, known in zip(zip(*cut), hashes.to_pylist()):
            name = hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:HASH_DIGITS]
            found.append(name if unkeyed(f"{self.source}:{name}") in self.old else known)
        return pa.array(found, pa.string()) if cut else hashes


def columns_digest(names: Sequence[str]) -> str:
    """A short hash of the columns that a file has, in whatever order."""
    return hashlib.sha256("\x1f".join(sorted(names)).encode()).hexdigest()[:16]


def keyed(key: bytes, text: str) -> str:
    """A hash that nobody can work out without the key."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def mark_sql(key: bytes) -> str:
    """SQL for a keyed hash of a record's source, time and place."""
    return MARK.format(own=f"'{keyed(key, 'time and place')[:32]}', source")


def _pepper(key: bytes) -> str:
    """The prefix of an id when it is hashed: without it nobody can try out ids."""
    return keyed(key, "purged ids")[:32]


def subject(incident_id: str, key: bytes) -> str:
    """The name of a purged incident in the ledger: a hash that nobody can work out without the key.

    Ids of sources are often numbers, so that a plain hash could be tried out in seconds.
    """
    return unkeyed(f"{_pepper(key)}\x1f{incident_id}")


def unkeyed(incident_id: str) -> str:
    """The hash of a purged incident that earlier versions kept in the ledger."""
    return hashlib.sha256(incident_id.encode()).hexdigest()


def subjects_sql(text: str, key: bytes) -> tuple[str, str]:
    """SQL for `subject` and `unkeyed` of an id."""
    return f"sha256(concat_ws({SEPARATOR}, '{_pepper(key)}', {text}))", f"sha256({text})"


@dataclass(frozen=True)
class PurgedIds:
    """The ids that were purged, by their hashes in the ledger."""

    subjects: frozenset[str]
    key: bytes

    def __bool__(self) -> bool:
        return bool(self.subjects)

    def __contains__(self, incident_id: str) -> bool:
        return bool({subject(incident_id, self.key), unkeyed(incident_id)} & self.subjects)


def origins(column: pa.ChunkedArray, key: bytes) -> pa.StringArray:
    """A keyed hash of who sent each row; null where nobody is named."""
    texts = cells.Dictionary(column)

    def hashed(text: str) -> str | None:
        if is_missing(text):
            return None
        return keyed(key, " ".join(text.casefold().split()))[:32]

    return texts.array(texts.each(hashed), pa.string())


def key_file(root: Path) -> Path:
    """The file in which a store keeps its key."""
    return root / "origin.key"


def store_key(root: Path) -> bytes:
    """The store's key for origins and rows, made on first use, readable by its owner only."""
    file = key_file(root)
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        disk.sync(fresh)
        fresh.rename(file)
        disk.sync(root)
    return file.read_bytes()


def key_mark(key: bytes) -> str:
    """A mark that a batch keeps to tell one key from another; nothing follows from it."""
    return keyed(key, "which key")[:16]


def purged_rows(ids: pa.StringArray, purged: PurgedIds) -> Flags:
    """Mask of the ids that were purged; costs nothing in a store where none was."""
    if not purged:
        return np.zeros(len(ids), bool)
    return np.array([text in purged for text in ids.to_pylist()], bool)
