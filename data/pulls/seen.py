"""What a feed gave so far, as keyed hashes: tells new, changed and gone records of the next pull."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from data.storage import disk
from data.storage.evidence import SEEN
from geo.arrays import Flags

Hashes = npt.NDArray[np.uint64]
_ABOUT = b"about"


class Records(NamedTuple):
    """One entry a record, all hashes: the server's own number, the id that the mapping names, and
    all that it says."""

    rows: Hashes
    ids: Hashes
    contents: Hashes

    @classmethod
    def empty(cls) -> "Records":
        """No records."""
        none = np.zeros(0, np.uint64)
        return cls(none, none, none)

    def only(self, mask: Flags) -> "Records":
        """The records of a mask."""
        return Records(self.rows[mask], self.ids[mask], self.contents[mask])

    def and_also(self, others: "Records") -> "Records":
        """These records and others."""
        return Records(*(np.concatenate(pair) for pair in zip(self, others)))

    def by_id(self) -> tuple[Hashes, Hashes]:
        """Each id once, sorted, and a hash of all that its records say, in whatever order."""
        if not len(self.ids):
            return self.ids, self.contents
        order = np.argsort(self.ids, kind="stable")
        ids, starts = np.unique(self.ids[order], return_index=True)
        with np.errstate(over="ignore"):
            return ids, np.add.reduceat(self.contents[order] | np.uint64(1), starts)


@dataclass(frozen=True)
class Seen:
    """The state after a pull that came to its end.

    `meaning` is the digest of the settings and mapping that it was by, `key` that of the hashes,
    `newest` the latest mark of a change; `whole_at` is when all records were asked for last.
    `batches` are what came of it, `mapping` the file of the mapping as the import decided it.
    """

    meaning: str
    key: str
    newest: str = ""
    whole_at: str = ""
    names: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    batches: tuple[str, ...] = ()
    mapping: str = ""
    records: Records = field(default_factory=Records.empty)


class Difference(NamedTuple):
    """How what came differs from what was seen: which records are to be imported (a mask), how
    many ids are new, changed or gone, and what is known afterwards."""

    imported: Flags
    new: int
    changed: int
    gone: int
    after: Records


def compare_whole(came: Records, seen: Records) -> Difference:
    """The difference where all records came. All records of a changed id are imported, because
    they replace all that the store has of it."""
    ids, said = came.by_id()
    before, said_before = seen.by_id()
    at = np.searchsorted(before, ids)
    known = np.isin(ids, before)
    same = known.copy()
    same[known] = said_before[at[known]] == said[known]
    imported = ~np.isin(came.ids, ids[same])
    gone = int((~np.isin(before, ids)).sum())
    return Difference(imported, int((~known).sum()), int((known & ~same).sum()), gone, came)


def compare_new(came: Records, seen: Records) -> Difference | None:
    """The difference where only new and changed records came; None where they cannot stand alone:
    several records share an id, of which some may be missing."""
    every = seen.only(~np.isin(seen.rows, came.rows)).and_also(came)
    if len(np.unique(every.ids)) < len(every.ids):
        return None
    known = np.isin(came.rows, seen.rows)
    order = np.argsort(seen.rows)
    at = order[np.searchsorted(seen.rows[order], came.rows[known])]
    same = known.copy()
    same[known] = seen.contents[at] == came.contents[known]
    return Difference(~same, int((~known).sum()), int((known & ~same).sum()), 0, every)


def last_of_each(came: Records) -> Flags:
    """Mask of the records that count where a number came twice: the later one."""
    _, at = np.unique(came.rows[::-1], return_index=True)
    mask = np.zeros(len(came.rows), bool)
    mask[len(came.rows) - 1 - at] = True
    return mask


def read_seen(folder: Path) -> Seen | None:
    """The state of a feed; None where it has none that can be read: all is then asked anew."""
    with contextlib.suppress(OSError, pa.ArrowException, ValueError, TypeError, KeyError):
        table = pq.read_table(folder / SEEN)
        about = json.loads(table.schema.metadata[_ABOUT])
        columns = (table[name].to_numpy() for name in Records._fields)
        for name in ("names", "batches"):
            about[name] = tuple(about[name])
        return Seen(**about, records=Records(*columns))
    return None


def write_seen(folder: Path, seen: Seen) -> None:
    """Keep the state of a feed."""
    about = {name: value for name, value in vars(seen).items() if name != "records"}
    table = pa.table(dict(zip(Records._fields, seen.records)))
    table = table.replace_schema_metadata({_ABOUT: json.dumps(about).encode()})
    beside = folder / f".{SEEN}.new"
    beside.touch(mode=0o600)
    pq.write_table(table, beside)
    disk.move(beside, folder / SEEN)
