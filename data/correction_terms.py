"""The words for what may happen to a record after it was imported: what was done, why, how it stands.

A correction: a value was wrong. An update: something became known later, and what stood there before
was not wrong. A retraction: the record should not be there.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class CorrectionKind(StrEnum):
    """What was done to a record."""

    CORRECTION = "correction"
    UPDATE = "update"
    RETRACTION = "retraction"


class CorrectionReason(StrEnum):
    """Why it was done."""

    ENTRY_ERROR = "entry_error"
    READING_ERROR = "reading_error"
    SOURCE_CORRECTED = "source_corrected"
    SOURCE_ADDED = "source_added"
    NEW_EVIDENCE = "new_evidence"
    OUTCOME_KNOWN = "outcome_known"
    SAME_EVENT = "same_event"
    NOT_AN_INCIDENT = "not_an_incident"
    OUTSIDE = "outside"
    SOURCE_RETRACTED = "source_retracted"
    CANNOT_STAND = "cannot_stand"


class CorrectionStage(StrEnum):
    """How a correction, update or retraction stands."""

    WAITS = "waits"  # for a second person
    STANDS = "stands"
    DECLINED = "declined"
    UNDONE = "undone"  # it counted, and counts no longer
    PURGED = "purged"  # its record was purged: what it said is gone


@dataclass(frozen=True)
class Correction:
    """A correction, update or retraction of one record, and how it stands.

    `record` is the keyed hash of the record's id; moments are UTC in ISO 8601, "" where there is
    none. It counted from `counts_from` on; `decided_at` is when it was approved, declined or undone.
    `number` is that of the event from which it counts, else of the one that proposed it, and
    `decided_number` that of the last decision on it; `counts_by` is who let it count.
    """

    code: str
    kind: CorrectionKind
    record: str
    source: str
    reason: str
    columns: tuple[str, ...]
    proposed_at: str
    proposed_by: str
    stage: CorrectionStage
    counts_from: str = ""
    decided_at: str = ""
    decided_by: str = ""
    counts_by: str = ""
    number: int = 0
    decided_number: int = 0


class ReasonWords(NamedTuple):
    """A reason as readers see it, and what it may be given for."""

    label: str
    kinds: tuple[CorrectionKind, ...]


_C, _U, _R = CorrectionKind.CORRECTION, CorrectionKind.UPDATE, CorrectionKind.RETRACTION
CORRECTION_REASONS: dict[str, ReasonWords] = {
    CorrectionReason.ENTRY_ERROR: ReasonWords("a mistake when it was written down", (_C,)),
    CorrectionReason.READING_ERROR: ReasonWords("we read the source wrongly", (_C, _R)),
    CorrectionReason.SOURCE_CORRECTED: ReasonWords("the source corrected itself", (_C,)),
    CorrectionReason.SOURCE_ADDED: ReasonWords("the source added to what it said", (_U,)),
    CorrectionReason.NEW_EVIDENCE: ReasonWords("new evidence", (_C, _U)),
    CorrectionReason.OUTCOME_KNOWN: ReasonWords("the outcome became known", (_U,)),
    CorrectionReason.SAME_EVENT: ReasonWords("two reports were one event", (_R,)),
    CorrectionReason.NOT_AN_INCIDENT: ReasonWords("it was not an incident", (_R,)),
    CorrectionReason.OUTSIDE: ReasonWords("it happened outside the place", (_R,)),
    CorrectionReason.SOURCE_RETRACTED: ReasonWords("the source took it back", (_R,)),
    CorrectionReason.CANNOT_STAND: ReasonWords("what it says cannot be upheld", (_R,)),
}
KIND_MEANINGS: dict[CorrectionKind, str] = {
    CorrectionKind.CORRECTION: "A value was wrong. It says now what is right.",
    CorrectionKind.UPDATE: "Something became known later. What stood there before was not wrong.",
    CorrectionKind.RETRACTION: "The record should not be there. It no longer counts.",
}


_STAGES: dict[CorrectionStage, str] = {
    CorrectionStage.WAITS: "waits for a second person",
    CorrectionStage.STANDS: "counts",
    CorrectionStage.DECLINED: "declined",
    CorrectionStage.UNDONE: "taken back",
    CorrectionStage.PURGED: "record purged",
}


def spell_stage(kind: CorrectionKind, stage: CorrectionStage) -> str:
    """How a correction stands, in words; of a retraction nothing counts."""
    if kind is CorrectionKind.RETRACTION and stage is CorrectionStage.STANDS:
        return "stands"
    return _STAGES[stage]


def reasons_for(kind: CorrectionKind) -> list[str]:
    """The reasons that a kind of correction may be given for."""
    return [str(reason) for reason, row in CORRECTION_REASONS.items() if kind in row.kinds]


def spell_reason(reason: str) -> str:
    """A reason in words; the code of one that another version wrote."""
    row = CORRECTION_REASONS.get(reason)
    return row.label if row else reason.replace("_", " ")
