"""Purged rows of a file: those that must not come back, and those that cannot be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from data.imports.record_reader import LINE
from data.storage.database import literal
from data.storage.events import RecordPurged
from data.storage.identity import BASE, MARK, mark_sql, subjects_sql

OLD_MARK = MARK.format(own="incident_id")  # what earlier versions kept of time and place
ALL_REPEATS = 0  # in place of the number of one repeat: every row that is equal
_COLUMNS = ("same_id", "repeat", "row_hash")  # which batches of earlier versions lack


@dataclass(frozen=True)
class Purges:
    """The purges of a store, all as hashes.

    `subjects` are of ids; `old` those of earlier versions, that know no rows. `rows` are row
    hashes and which of equal rows (`ALL`, or one); `bases` ids without counter and the rows
    purged of them; `marks` time and place of rows without an id of their own, with the
    columns that their file had.
    """

    subjects: frozenset[str]
    old: tuple[str, ...] = ()
    rows: tuple[tuple[str, int], ...] = ()
    bases: tuple[tuple[str, str], ...] = ()
    marks: tuple[tuple[str, str], ...] = ()


def purges_of(purged: Sequence[RecordPurged]) -> Purges:
    """The purges that the ledger tells of."""
    told = [e for e in purged if e.row]
    bases = [(e.base or "", e.row or "") for e in told]
    return Purges(
        frozenset([*(e.subject for e in purged), *(base for base, _ in bases)]),
        tuple(e.subject for e in purged if not e.row),
        tuple((e.row or "", e.repeat or ALL_REPEATS) for e in told),
        tuple(bases),
        tuple((e.mark, e.columns or "") for e in told if e.mark),
    )


def drop(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    purges: Purges,
    batches: Sequence[Path],
    key: bytes,
    columns: str,
) -> None:
    """Fill the table `dropped` with the lines of rows that must not come back.

    `unsure` are rows that may be what was purged, written anew: their id was purged and the
    file has no longer the row that was, or their time and place, and the file has other
    columns. A row that an earlier batch holds is another one for sure. `rows` is SQL;
    `renamed` tells repeats; `key` is the store's, `columns` of the file.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE dropped ({LINE} BIGINT, unsure BOOLEAN)")
    if not purges.subjects:
        return
    _table(connection, "purged_old (subject VARCHAR)", [(s,) for s in purges.old])
    _table(connection, "purged_rows (hash VARCHAR, which INTEGER)", purges.rows)
    _table(connection, "purged_bases (base VARCHAR, hash VARCHAR)", purges.bases)
    _table(connection, "purged_marks (mark VARCHAR, columns VARCHAR)", purges.marks)
    mark, own = mark_sql(key), "coalesce(new_id, incident_id)"
    subject, plain = subjects_sql(own, key)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE rest AS
        SELECT {LINE}, incident_id AS base, rows.row_hash AS hash, {mark} AS mark,
            {subject} AS subject, {plain} AS plain, {OLD_MARK} AS old_mark,
            coalesce(renamed.repeat, 1) AS which
        FROM {rows} AS rows LEFT JOIN renamed USING ({LINE})
        WHERE {_among("incident_id", "SELECT base FROM purged_bases", key)}
            OR {_among(own, "FROM purged_old", key)}
            OR {OLD_MARK} IN (FROM purged_old)
            OR rows.row_hash IN (SELECT hash FROM purged_rows)
            OR {mark} IN (SELECT mark FROM purged_marks)"""
    )
    connection.execute(
        f"""INSERT INTO dropped SELECT {LINE}, false FROM rest
        WHERE subject IN (FROM purged_old) OR plain IN (FROM purged_old)
            OR old_mark IN (FROM purged_old) OR EXISTS (
            FROM purged_rows AS p WHERE p.hash = rest.hash AND p.which IN ({ALL_REPEATS}, rest.which))"""
    )
    _missing(connection, key)
    # a row without an id of its own has another hash, and so another id, by other columns
    connection.execute(
        f"""INSERT INTO dropped SELECT {LINE}, true FROM rest
        WHERE {LINE} NOT IN (SELECT {LINE} FROM dropped) AND (
            ({_among("base", "FROM missing", key)} AND hash NOT IN ({_known(batches, key)}))
            OR (ends_with(base, ':' || hash) AND mark IN (
                SELECT mark FROM purged_marks WHERE columns <> ?)))""",
        [columns],
    )


def _among(text: str, hashes: str, key: bytes) -> str:
    """SQL for whether the hash of an id is one of some, also as earlier versions made it."""
    return "(" + " OR ".join(f"{made} IN ({hashes})" for made in subjects_sql(text, key)) + ")"


def _missing(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """The table `missing`: purged ids of the file of which it has not every purged row."""
    now, before = subjects_sql("base", key)
    here = " OR ".join(f"{made} = p.base" for made in subjects_sql("r.base", key))
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE missing AS
        SELECT DISTINCT base FROM purged_bases AS p
        WHERE base IN (SELECT {now} FROM rest UNION ALL SELECT {before} FROM rest)
            AND NOT EXISTS (FROM rest AS r WHERE ({here}) AND r.hash = p.hash)"""
    )


def _known(batches: Sequence[Path], key: bytes) -> str:
    """SQL for the hashes of rows that batches hold of the ids in `missing`."""
    parts = [
        f"SELECT row_hash FROM {literal(file)} "
        f"WHERE row_hash IS NOT NULL AND {_among(BASE, 'FROM missing', key)}"
        for file in batches
        if has_rows(file)
    ]
    return " UNION ALL ".join(parts) or "SELECT NULL::VARCHAR WHERE false"


def has_rows(file: Path) -> bool:
    """Return whether a batch knows the hash of each row; those of earlier versions do not."""
    return set(_COLUMNS) <= set(pq.read_schema(file).names)


def _table(
    connection: duckdb.DuckDBPyConnection, told: str, values: Sequence[Sequence[object]]
) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {told}")
    if values:
        marks = ", ".join("?" * len(values[0]))
        connection.executemany(f"INSERT INTO {told.split()[0]} VALUES ({marks})", list(values))
