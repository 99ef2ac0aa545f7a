"""The releases of a store in order: which are whole, published, recalled, and came before."""

import hmac
import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from data.release.placed_records import area_set
from data.release.policy import Policy
from data.release.release_manifest import verify
from data.release.release_numbers import Cell
from data.release.tables import PATHS, TABLES, Tables
from data.settings import Problem
from data.storage.disk import write_whole
from data.storage.events import ReleaseBuilt, to_row
from data.storage.store import Store


class ReleaseBase(NamedTuple):
    """The state that a release builds on: numbers that stay, its areas, and whether a year is over.

    `held` are cells whose numbers were recalled: they are not counted again.
    """

    tables: Tables | None
    areas: Path
    reissue: bool
    held: frozenset[Cell] = frozenset()


class Past(NamedTuple):
    """One release of the ledger that is still on the disk."""

    id: str
    as_of: date
    built: ReleaseBuilt


def folder(store: Store, name: str) -> Path:
    """The folder of a release in the store."""
    return store.root / "releases" / name


def public_stamp(secret: bytes, internal: str) -> str:
    """The store's stamp as the public sees it: who knows all records but one learns nothing.

    The stamp itself is a hash of the records' files, so that a guess could be tested
    against it. The ledger keeps which is which.
    """
    return hmac.digest(secret, b"stamp\0" + internal.encode(), "sha256").hex()[:12]


def keep_events(store: Store, name: str) -> None:
    """Write what the ledger tells of a release into a file of its own, for a lost ledger."""
    told = [to_row(event) for event in store.history().releases.get(name, ())]
    store.release_events.mkdir(exist_ok=True, mode=0o700)
    write_whole(
        json.dumps(told, ensure_ascii=False).encode(), store.release_events / f"{name}.json"
    )


def known_releases(store: Store) -> list[str]:
    """The releases that were built or published, oldest first."""
    history = store.history()
    # a recovered ledger may know only that a release was published
    return [n for n in history.releases if n in history.built or n in history.published]


def past(store: Store) -> list[Past]:
    """All releases on the disk, oldest first."""
    found = [
        Past(name, date.fromisoformat(event.as_of), event)
        for name, event in store.history().built.items()
        if folder(store, name).exists()
    ]
    # stable: in the order that they were made
    return sorted(found, key=lambda p: p.as_of)


def before(store: Store, rules: Policy, as_of: date, mark: str) -> ReleaseBase:
    """The numbers and areas that a release as of a date must keep to.

    Failed releases that nobody saw do not count, nor do ones by other areas. What only a
    recalled release showed stays hidden: its numbers are neither repeated nor computed
    again, for the difference would tell what was recalled.
    """
    history = store.history()
    seen, gone = set(history.published), set(history.recalled)
    made = [p for p in past(store) if p.id in seen or not (p.id in gone or failed(store, p.id))]
    shown = [p for p in made if p.id in seen]
    if lost := sorted(seen - {p.id for p in shown}):
        raise Problem(
            f"Release {lost[0]} was published, but is no longer in the store: without it closed "
            "numbers would be computed again. Put its folder back."
        )
    areas = _areas(store, rules, shown)
    same = (areas.stem, rules.least_residents)
    made = [p for p in made if (p.built.areas, p.built.least) == same]
    if not made:
        return ReleaseBase(None, areas, False)
    if made[-1].as_of > as_of:
        raise Problem(
            f"Release {made[-1].id} is newer than {as_of}: closed numbers are never computed "
            "again. Give a later date."
        )
    if any(p.built.secret != mark for p in made):
        raise Problem(
            "This is not the secret that earlier releases were made with: with another one "
            "their noise could be taken out. Put the copy of the first one back."
        )
    kept = [p for p in made if p.id not in gone]
    recalled = [tables(folder(store, p.id)) for p in made if p.id in gone]
    base = tables(folder(store, kept[-1].id)) if kept else None
    joined = _joined([*([base] if base else []), *map(_blank, recalled)])
    reissue = bool(kept) and made[-1].as_of.year < as_of.year
    held = frozenset(cell for each in recalled for cell in _withdrawn(each, base))
    return ReleaseBase(joined, areas, reissue, held)


def _areas(store: Store, rules: Policy, shown: list[Past]) -> Path:
    """The file of the areas to release by: frozen once a release was published."""
    if not shown:
        return area_set(store)
    first = shown[0].built
    if first.least != rules.least_residents:
        raise Problem(
            f"release.least_residents is {rules.least_residents}, but releases were published "
            f"with {first.least}: two partitions would show what lies between."
        )
    return store.areas / f"{first.areas}.parquet"


def _joined(several: list[Tables]) -> Tables:
    """Tables with the cells of all of some releases; the first that has a cell tells it."""
    joined = {}
    for path in several[0] if several else ():
        frames = pd.concat([tables[path] for tables in several if path in tables])
        joined[path] = frames.drop_duplicates([c for c in frames if c != "n"])
    return joined


def _blank(tables: Tables) -> Tables:
    """Tables with the same cells, none of them shown."""
    return {path: f.assign(n=pd.array([pd.NA] * len(f), "Int32")) for path, f in tables.items()}


def _withdrawn(recalled: Tables, base: Tables | None) -> set[Cell]:
    """The cells that a recalled release shows and no standing one shows with the same number."""
    found: set[Cell] = set()
    for path, frame in recalled.items():
        keys = [c for c in frame if c != "n"]
        if base is not None:
            both = frame.merge(base[path], "left", keys, suffixes=("", "_base"))
            frame = frame[(both["n"] != both["n_base"]).fillna(True).to_numpy(bool)]
        shown = frame.dropna(subset="n")
        found |= {(path, cell) for cell in zip(*(shown[key].tolist() for key in keys))}
    return found


def failed(store: Store, name: str) -> bool:
    """Return whether an attack found something in a release."""
    file = folder(store, name) / "attack.json"
    return file.exists() and not json.loads(file.read_text()).get("passed")


def tables(place: Path) -> Tables:
    """The strict tables of a release's folder, checked against its manifest."""
    verify(place)
    found: Tables = {}
    for path in PATHS:
        for table in TABLES:
            where = f"{path}/{table.name}"
            read = pq.read_table(place / f"{where}.parquet")
            found[where] = read.to_pandas().astype({"n": "Int32"})
    return found
