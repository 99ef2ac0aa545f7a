"""Earlier imports in the ledger: whether one is done, and which ones another replaces."""

from dataclasses import replace

from data.imports.report import Report, from_event
from data.mappings.mapping import WHICH_TABLE, FileRule
from data.storage.store import Store


def committed(store: Store, name: str) -> Report | None:
    """The report of a batch that is in the store; None if it is not, or no longer."""
    for now_called, event in store.history().imports.items():
        if event.batch == name:
            file = rejected_file(store, now_called)
            return replace(from_event(event), unchanged=True, rejected_file=file)
    return None


def superseded(
    store: Store, sha256: str, source: str, name: str, rule: FileRule
) -> tuple[str, ...]:
    """Batches of the same table and source by another mapping, by their names now.

    Another sheet of a workbook, or other records of a file, are another table.
    """
    part = [getattr(rule, word) for word in WHICH_TABLE]
    return tuple(
        now_called
        for now_called, event in store.history().imports.items()
        if event.batch != name
        and event.sha256 == sha256
        and event.source == source
        and [(event.mapping or {}).get("file", {}).get(word) for word in WHICH_TABLE] == part
    )


def rejected_file(store: Store, name: str) -> str | None:
    """The file of a batch's rejected rows; None where it has none."""
    file = store.rejected / f"{name}.csv"
    return str(file) if file.exists() else None
