"""Who a row is: its own id or a hash of its content; origins as keyed hashes."""

import hashlib
import hmac
import secrets
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import store
from data.intake import cells
from data.intake.missing import missing

HASH_DIGITS = 20  # 80 bits: two of a billion different rows meet once in a million years
SEPARATOR = "chr(31)"  # a control character, which no cell holds

# what a purge leaves of a record beside the hash of its id: counters differ from file to
# file, its own id, time and place do not
MARK = f"""sha256(concat_ws({SEPARATOR}, {{own}}, epoch_us(occurred_at),
    coalesce(lon::VARCHAR, ''), coalesce(lat::VARCHAR, ''), coalesce(area_label, '')))"""


class Identify:
    """Gives each row an id; `content` are the columns that make two rows alike."""

    def __init__(
        self,
        source: str,
        id_column: str | None,
        content: tuple[str, ...],
        connection: duckdb.DuckDBPyConnection,
    ) -> None:
        self.source, self.id_column, self.content = source, id_column, content
        self.connection = connection

    def ids(self, table: pa.Table) -> tuple[pa.StringArray, pa.Array]:
        """The id of each row, repeats not yet told apart, and a hash of its content.

        A row without an id of its own is named by its content.
        """
        own = pa.nulls(table.num_rows, pa.string())
        if self.id_column:
            own = cells.labels(table[self.id_column])
        nameless = bool(own.null_count)
        columns = [f"c{place}" for place in range(len(self.content))]
        row = ", ".join(columns)
        digest = f"substr(sha256(concat_ws({SEPARATOR}, {row})), 1, {HASH_DIGITS})"
        wanted = digest if nameless else "NULL::VARCHAR"
        numbered = table.select(list(self.content)).rename_columns(columns)
        self.connection.register("numbered", numbered)
        sql = f"SELECT hash({row}) AS content, {wanted} AS digest FROM numbered"
        found = self.connection.sql(sql).to_arrow_table()
        self.connection.unregister("numbered")
        named = pc.coalesce(own, cells.plain(found["digest"]))
        ids = pc.binary_join_element_wise(self.source, named, ":")
        return ids, cells.plain(found["content"])


def subject(incident_id: str) -> str:
    """What the ledger calls a purged incident."""
    return hashlib.sha256(incident_id.encode()).hexdigest()


def origins(column: pa.ChunkedArray, key: bytes) -> pa.StringArray:
    """A keyed hash of who sent each row; null where nobody is named."""
    texts = cells.Dictionary(column)

    def keyed(text: str) -> str | None:
        if missing(text):
            return None
        plain = " ".join(text.casefold().split())
        return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:32]

    return texts.array(texts.each(keyed), pa.string())


def origin_key(root: Path) -> bytes:
    """The store's key for origins, made on first use and readable by its owner only."""
    file = root / "origin.key"
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        store.sync(fresh)
        fresh.rename(file)
        store.sync(root)
    return file.read_bytes()


def purged_rows(ids: pa.StringArray, purged: frozenset[str]) -> cells.Flags:
    """Which of some ids were purged; costs nothing in a store where none was."""
    if not purged:
        return np.zeros(len(ids), bool)
    return np.array([subject(text) in purged for text in ids.to_pylist()], bool)
