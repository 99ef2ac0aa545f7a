"""What feeds left in the store, without purged records: frozen copies, pages of a pull under way."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from data.storage import evidence
from data.storage.events import EvidenceRewritten
from data.storage.store import Store


def drop_copies(store: Store, scratch: Path, ids: Collection[str]) -> None:
    """Write the frozen copies that hold records of some ids anew without them. Pulls that broke
    off begin anew: their pages are removed."""
    evidence.remove_unfinished_pulls(store)
    imports = store.history().every_import.values()
    for source in evidence.sources_of(store):
        own = {name.removeprefix(f"{source}:") for name in ids if name.startswith(f"{source}:")}
        columns = {
            event.mapping["columns"].get("incident_id")
            for event in imports
            if event.source == source and event.mapping
        }
        if not own:
            continue

        def goes(record: dict[str, Any], own: set[str] = own, columns: set[Any] = columns) -> bool:
            return any(str(record.get(column)) in own for column in columns)

        became = evidence.rewrite_evidence(store, source, goes, scratch)
        if became:
            store.ledger.append(*(EvidenceRewritten(old, new) for old, new in became.items()))
        for old in became:
            evidence.remove_evidence(store, source, old)
