"""The releases of a store in order: which are whole, published, recalled, and came before."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from data.privacy import budget
from data.privacy.tables import ESTIMATE, MEASURED, Tables
from data.release.release_manifest import verify
from data.settings import Problem
from data.storage.events import ReleaseBuilt
from data.storage.store import Store


class Past(NamedTuple):
    """One release of the ledger that is still on the disk."""

    id: str
    as_of: date
    built: ReleaseBuilt


def folder(store: Store, name: str) -> Path:
    """The folder of a release in the store."""
    return store.root / "releases" / name


def keep_events(store: Store, name: str) -> None:
    """Write what the ledger tells of a release, and of the budget, into files of their own, for a
    lost ledger."""
    budget.write_events(store, name, store.history().releases.get(name, ()))
    budget.keep_budget(store)


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


def require_newest(store: Store, as_of: date) -> None:
    """Problem where a release as of a later date was published: its numbers are out."""
    shown = store.history().standing
    if shown and shown[-1][:10] > as_of.isoformat():
        raise Problem(
            f"Release {shown[-1]} is newer than {as_of}: what it shows is not taken back by an older "
            "one. Give a later date."
        )


def latest_estimates(store: Store) -> Tables:
    """The estimates of the newest release on the disk that was not recalled; none without one."""
    gone = store.history().recalled
    kept = [p for p in past(store) if p.id not in gone and p.built.issues]
    return tables(folder(store, kept[-1].id), ESTIMATE) if kept else {}


def tables(place: Path, of: str = MEASURED) -> Tables:
    """The measured (or estimated) tables of a release's folder, checked against its manifest."""
    paths = [path for path in verify(place)["tables"] if path.startswith(f"{of}/")]
    return {path: read_table(place, path) for path in paths}


def read_table(place: Path, path: str) -> pd.DataFrame:
    """A table of a release's folder as it is."""
    frame: pd.DataFrame = pq.read_table(place / f"{path}.parquet").to_pandas()
    return frame
