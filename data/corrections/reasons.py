"""What happened to the data between two moments, or two events of the ledger."""

from datetime import datetime

from data.storage.history import ChangeKind, DataChange
from data.storage.store import Store

CHANGES: dict[ChangeKind, str] = {
    ChangeKind.IMPORTED: "records were imported",
    ChangeKind.REPLACED: "a file was read anew",
    ChangeKind.UNIMPORTED: "an import was taken back",
    ChangeKind.PURGED: "a record was removed for good",
    ChangeKind.AREAS: "the borders of areas changed",
    ChangeKind.DESK: "the desk approved, corrected or took back community reports",
    ChangeKind.CORRECTION: "a record was corrected",
    ChangeKind.UPDATE: "something became known later about a record",
    ChangeKind.RETRACTION: "a record was retracted",
    ChangeKind.CORRECTION_UNDONE: "a correction, update or retraction was taken back",
}


def reasons_between(store: Store, first: int | datetime, last: int | datetime) -> list[DataChange]:
    """What changed the data after `first` and up to `last`, in order.

    Both are numbers of events (`meta["events"]` of a table is the last one that went into it), or
    both are moments. What the desk did has no number in this ledger: only moments find it.
    `CHANGES` has the words for a kind, `data.correction_terms.spell_reason` for a reason. Lost
    where the ledger is.
    """
    if isinstance(first, int) and isinstance(last, int):
        return [c for c in store.history().changes if c.seq and first < c.seq <= last]
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        raise TypeError("two numbers of events, or two moments")
    return sorted(
        (
            c
            for c in store.history().changes
            if c.at and first < datetime.fromisoformat(c.at) <= last
        ),
        key=lambda change: change.at,
    )
