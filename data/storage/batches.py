"""The batches that count, and those that a purge wrote anew."""

from pathlib import Path

from data.storage import damaged
from data.storage.store import Store


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
