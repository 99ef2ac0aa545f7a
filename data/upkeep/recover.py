"""A lost ledger written anew from what batches, area sets and releases tell of themselves."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data.corrections.contents import kept_events
from data.privacy.budget import BUDGET
from data.release.publish import STONE
from data.release.release_manifest import TOMBSTONE
from data.storage import area_sets, events
from data.storage.events import (
    AreasSet,
    BatchRewritten,
    CrsFixed,
    DerivedBegun,
    Event,
    EventRow,
    LedgerRecovered,
    ReleasePublished,
    ReleaseRecalled,
    Unimported,
)
from data.storage.history import fold_events
from data.storage.ledger import Lost
from data.storage.store import Store

Sentences = list[str]


def recover(store: Store, public: Path | None) -> Sentences:
    """Write the ledger anew where it is lost; what was found, and what cannot be known.

    `public` is the folder of what is published: it shows what was recalled. The lost file
    is kept beside. The caller rebuilds `current`.
    """
    with store.writing():
        with contextlib.suppress(Lost):
            n = store.history().count
            return [f"The ledger is whole ({n:,} events): there is nothing to recover."]
        notes: Sentences = []
        found = [*_batches(store, notes), *_areas(store), *_releases(store, public, notes)]
        found += kept_events(store)
        found = sorted(found, key=lambda event: event.seq)  # stable: renames follow their purge
        now = datetime.now(UTC).isoformat(timespec="seconds")
        counts = events.count_verbs(found, _COUNTED)
        # numbers go on after the lost ones: what was built from those is older
        last = max([store.built_from(), *(event.seq for event in found)])
        store.ledger.renew([*found, LedgerRecovered("ledger", counts, at=now)], first=last + 1)
    listed = (
        ", ".join(f"{n:,} {_COUNTED[verb][n != 1]}" for verb, n in counts.items() if n) or "nothing"
    )
    return [f"The ledger was written anew from the files of the store: {listed}.", *notes]


# event -> the noun for one of them, and for several
_COUNTED = {
    "import": ("import", "imports"),
    "unimport": ("import taken back", "imports taken back"),
    "purge": ("hash of what was purged", "hashes of what was purged"),
    "areas": ("area set", "area sets"),
    "release": ("release", "releases"),
    "publish": ("of them published", "of them published"),
    "recall": ("of them recalled", "of them recalled"),
    "correct": ("correction", "corrections"),
    "update": ("update of a record", "updates of records"),
    "retract": ("retraction", "retractions"),
}


def _batches(store: Store, notes: Sentences) -> Iterator[Event]:
    """The imports, purges and imports taken back that batches tell of."""
    abouts: dict[str, dict[str, Any]] = {}
    for file in sorted(store.batches.glob("*.parquet")):
        try:
            abouts[file.stem] = json.loads((pq.read_metadata(file).metadata or {})[b"porchlight"])
        except (OSError, ValueError, KeyError, pa.ArrowException):
            notes.append(f"{file} cannot be read: put its copy back, or import its file again.")
    latest = _latest(abouts)
    purges: set[str] = set()
    crs: list[CrsFixed] = []
    logs: dict[str, int] = {}
    for name, about in abouts.items():
        detail, was = about.get("import"), about.get("was", [])
        names = [w for w, _ in was]
        if was and (other := latest[names[-1]]) != name:  # of a purge that was stopped
            yield BatchRewritten(name, name, other, seq=was[-1][1])
            continue
        if log := about.get("derived"):  # made anew from its own log
            logs.setdefault(log, int(about["order"]))
            continue
        if not detail:
            notes.append(_incomplete(store, name, about))
            continue
        order, at = int(about["order"]), str(detail["imported_at"])
        if about.get("crs_of_x_y"):
            crs.append(CrsFixed(about["crs_of_x_y"], seq=order, at=at))
        yield events.parse_row(EventRow(order, at, "import", about["batch"], detail))
        for row in about.get("purges", ()):
            at = row[0]  # the batch is written anew with the last of them
            mark = json.dumps(row, sort_keys=True)
            if mark not in purges:
                purges.add(mark)
                yield events.parse_row(EventRow(was[-1][1], *row))
        for (old, number), new in zip(was, [*names[1:], name]):
            yield BatchRewritten(new, old, new, seq=number, at=at)
        if store.taken_back(name).exists():
            yield Unimported(name, seq=_number(store.taken_back(name)), at=at)
    yield from (DerivedBegun(log, seq=order) for log, order in logs.items())
    yield from sorted(crs, key=lambda event: event.seq)[:1]


def _latest(abouts: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The newest batch that stands for each batch that was written anew, by its old name."""
    latest: dict[str, str] = {}
    for name, about in sorted(abouts.items(), key=lambda item: item[1].get("rewritten", 0)):
        for was, _ in about.get("was", []):
            latest[was] = name
    return latest


def _incomplete(store: Store, name: str, about: dict[str, Any]) -> str:
    """A sentence that a batch tells too little of itself, and which file it was made from."""
    rows = pq.read_metadata(store.batches / f"{name}.parquet").num_rows
    digest = f" with the SHA-256 {about['file_sha256']}" if about.get("file_sha256") else ""
    return (
        f"The batch {name} ({rows:,} records of {about.get('source', 'a source')}) was made by an "
        f"earlier version and cannot be recovered: import its file{digest} again. What was purged "
        "from it is not known: purge it again."
    )


def _number(file: Path) -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(file.read_text() or 0)
    return 0


def _areas(store: Store) -> Iterator[Event]:
    """The area sets, the one that was chosen last at the end."""
    for file in sorted(store.areas.glob("*.parquet"), key=lambda f: f.stat().st_mtime_ns):
        with contextlib.suppress(OSError, ValueError, KeyError, pa.ArrowException):
            held = pq.read_schema(file).metadata
            meta = json.loads(held[area_sets.KEY])
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")
            deciders = json.loads(held.get(area_sets.PLACE_BY, b"{}")) or None
            number = int(held.get(area_sets.ORDER, b"0"))
            yield AreasSet(file.stem, meta["set"], meta["how"], deciders, seq=number, at=at)


def _releases(store: Store, public: Path | None, notes: Sentences) -> Iterator[Event]:
    """Yield the events of releases, by the store's files and the public folder."""
    kept: dict[str, list[Event]] = {}
    for file in store.release_events.glob("*.json"):
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            rows = json.loads(file.read_bytes())
            kept[file.stem] = [events.parse_row(EventRow(*row)) for row in rows]
    made = {folder.name for folder in (store.root / "releases").glob("*")}
    shown, gone = _public(public)
    yield from kept.pop(BUDGET, [])
    for name in sorted(made | kept.keys() | shown | gone):
        yield from kept.get(name, [])
        known = fold_events(kept.get(name, []))
        if name in shown | gone and name not in known.published:
            yield ReleasePublished(name, seq=known.last)
        if name in gone and name not in known.recalled:
            yield ReleaseRecalled(name, seq=known.last)
        if name not in known.built:
            notes.append(
                f"Release {name} does not tell how it was made: it cannot be published again"
                + (", and no later one is made without it." if name in shown else ".")
            )
    if made and public is None:
        notes.append(
            "PORCHLIGHT_PUBLIC is not set: what was published or recalled is taken from the store "
            "alone."
        )


def _public(public: Path | None) -> tuple[set[str], set[str]]:
    """The releases that the public folder shows, and those with a tombstone."""
    shown, gone = set[str](), set[str]()
    folders: Iterable[Path] = public.glob("releases/[!.]*") if public else ()
    for folder in folders:
        if folder.name != STONE:
            (gone if (folder / TOMBSTONE).exists() else shown).add(folder.name)
    return shown, gone
