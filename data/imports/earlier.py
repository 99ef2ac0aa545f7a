"""Earlier imports in the ledger: whether one is done, and which ones another replaces."""

from dataclasses import replace

from data.imports.report import Report, from_detail
from data.storage.ledger import Event
from data.storage.store import Store


def committed(store: Store, name: str) -> Report | None:
    """The report of a batch that is in the store; None if it is not, or no longer."""
    for now_called, event in _live(store).items():
        if event.subject == name:
            found = from_detail(name, event.detail)
            return replace(found, unchanged=True, rejected_file=rejected_file(store, now_called))
    return None


def superseded(store: Store, sha256: str, source: str, name: str) -> tuple[str, ...]:
    """Batches of the same file and source by another mapping, by their names now."""
    return tuple(
        now_called
        for now_called, event in _live(store).items()
        if event.subject != name
        and event.detail.get("sha256") == sha256
        and event.detail.get("source") == source
    )


def rejected_file(store: Store, name: str) -> str | None:
    """The file of a batch's rejected rows; None where it has none."""
    file = store.rejected / f"{name}.csv"
    return str(file) if file.exists() else None


def _live(store: Store) -> dict[str, Event]:
    """The imports that count, by what their batches are called now."""
    live: dict[str, Event] = {}
    for event in store.events():
        if event.verb == "import":
            for name in (event.subject, *event.detail.get("replaces", ())):
                live.pop(name, None)
            live[event.subject] = event
        elif event.verb == "unimport":
            live.pop(event.subject, None)
        elif event.verb == "purge" and event.detail.get("became"):
            old, new = event.detail.get("batch"), event.detail["became"]
            live = {new if name == old else name: e for name, e in live.items()}
    return live
