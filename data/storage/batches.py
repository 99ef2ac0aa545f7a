"""The batches that count, and those that a purge wrote anew."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from data.storage import damaged
from data.storage.store import Store

# columns that batches of earlier versions do not have, and what stands there in SQL
LATER = {"city": "NULL::VARCHAR", "harm": "NULL::VARCHAR[]"}
# who was hurt, where a batch tells it in no other way
HARM = """coalesce(harm, CASE WHEN injured THEN ['hurt'] WHEN NOT injured THEN ['none'] END)"""
# what a source calls a place that is known only to the city is the city's name
CITY = "coalesce(city, CASE WHEN place_precision = 'city' THEN area_label END)"


def live(store: Store) -> list[str]:
    """The ids of the batches that count: imported, not taken back, as last purged."""
    return store.history().live


def live_files(store: Store) -> list[Path]:
    """The batch files that count, oldest import first. Problem where one is not there or whole."""
    files = [store.batches / f"{name}.parquet" for name in live(store)]
    return damaged.checked(files, counts=True)


def rewritten(store: Store) -> list[str]:
    """The ids of batches that a purge wrote anew without some records: to be deleted."""
    names = store.history().rewritten
    return [name for name in names if (store.batches / f"{name}.parquet").exists()]


def follows(batch: Path) -> str:
    """The log that a batch follows from; "" for one of a file. Problem for a damaged batch."""
    damaged.checked([batch], counts=True)
    about = json.loads((pq.read_metadata(batch).metadata or {}).get(b"porchlight", b"{}"))
    return str(about.get("derived") or "")


def unnamed(store: Store, log: str) -> list[Path]:
    """The batches of a log that neither count nor stand in a table that somebody may read."""
    named = set(live(store))
    for table in store.current.glob("*/meta.json"):
        named |= {*json.loads(table.read_bytes()).get("batches", ())}
    return [file for file in _of_log(store, log) if file.stem not in named]


def _of_log(store: Store, log: str) -> Iterator[Path]:
    if log in store.history().derived:
        for file in sorted(store.batches.glob("*.parquet")):
            if damaged.has_footer(file) and follows(file) == log:
                yield file


def remove_unnamed(store: Store, log: str) -> None:
    """Remove the batches of a log that no table names: they may hold what was taken back."""
    for file in unnamed(store, log):
        file.unlink()
        (store.rejected / f"{file.stem}.csv").unlink(missing_ok=True)
        store.taken_back(file.stem).unlink(missing_ok=True)


@lru_cache(maxsize=4096)
def _columns_of(file: Path, size: int) -> frozenset[str]:
    return frozenset(pq.read_schema(file).names) if size else frozenset()


def all_columns_sql(file: Path) -> str:
    """SQL for all columns of a batch, also those that its version did not write yet."""
    own = _columns_of(file, file.stat().st_size)
    return ", ".join(["*", *(f"{LATER[c]} AS {c}" for c in LATER if c not in own)])


def columns_sql(file: Path, columns: Iterable[str]) -> str:
    """SQL for columns of a batch; those that its version did not write yet are empty."""
    own = _columns_of(file, file.stat().st_size)
    return ", ".join(c if c in own else f"{LATER.get(c, c)} AS {c}" for c in columns)
