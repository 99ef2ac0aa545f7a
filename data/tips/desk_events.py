"""Events of the desk: a dataclass for each thing that was done to a tip, and how it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from data.tips.desk_log import LogRow


@dataclass(frozen=True, kw_only=True)
class DeskEvent:
    """One thing done to a tip ("" for what is about no tip), by somebody ("" for the desk itself).

    `who` is a keyed pseudonym, `at` UTC in ISO 8601 to the second.
    """

    seq: int = 0
    at: str = ""
    tip: str = ""
    who: str = ""


@dataclass(frozen=True)
class TipReceived(DeskEvent):
    """A tip came in. `says` is the tip without its raw texts; `near` a key of its words, alike for
    near-copies; `answer` the right verdict of a known-answer tip, "" for all others."""

    channel: str
    received: str
    says: Mapping[str, Any]
    near: str = ""
    message: str = ""
    receipt: str = ""
    answer: str = ""


@dataclass(frozen=True)
class RawKept(DeskEvent):
    """The raw texts of a tip: text, cross streets, links. They go after the outcome."""

    says: Mapping[str, Any]


@dataclass(frozen=True)
class OriginKept(DeskEvent):
    """The keyed hash of who sent a tip. It goes when its quarter has been counted."""

    origin: str


@dataclass(frozen=True)
class TipDealt(DeskEvent):
    """A tip was dealt to a reviewer, who reads it, and beside it those that may be the same."""

    beside: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TipRead(DeskEvent):
    """Somebody read a tip, `part` says on what screen."""

    part: str


@dataclass(frozen=True)
class DealReturned(DeskEvent):
    """A dealt tip went back: the reviewer gave it back, or (`lapsed`) their time ran out."""

    reviewer: str
    lapsed: bool = False


@dataclass(frozen=True)
class TipGraded(DeskEvent):
    """A reviewer graded a tip."""

    grade: str
    reason: str
    same_as: str = ""  # the tip that it is the same event as


@dataclass(frozen=True)
class NoteWritten(DeskEvent):
    """A masked note of somebody on a tip. It goes with the raw texts."""

    text: str


@dataclass(frozen=True)
class TipApproved(DeskEvent):
    """An editor let a tip become a record."""


@dataclass(frozen=True)
class TipDeclined(DeskEvent):
    """An editor let a tip become no record, whatever its graders agreed on: it cannot be told."""


@dataclass(frozen=True)
class TipReopened(DeskEvent):
    """An editor sent a tip back to be graded anew: its grades count no longer."""


@dataclass(frozen=True)
class MergeProposed(DeskEvent):
    """Somebody said that a tip is the same event as another."""

    into: str


@dataclass(frozen=True)
class MergeConfirmed(DeskEvent):
    """An editor confirmed that a tip is the same event as another: it becomes no record."""

    into: str


@dataclass(frozen=True)
class TipUnmerged(DeskEvent):
    """An editor took a merge back: both stand as before."""


@dataclass(frozen=True)
class TipCorrected(DeskEvent):
    """An editor corrected what a record says: `says` holds the entries that changed."""

    says: Mapping[str, Any]


@dataclass(frozen=True)
class TipRetracted(DeskEvent):
    """An editor took a record back, for a reason of the list."""

    reason: str


@dataclass(frozen=True)
class TipWithdrawn(DeskEvent):
    """Whoever sent a tip took it back."""


@dataclass(frozen=True)
class StepUndone(DeskEvent):
    """An earlier event (its number) counts no longer."""

    undone: int


@dataclass(frozen=True)
class ContentForgotten(DeskEvent):
    """The desk destroyed contents: of what sort, and how many."""

    sort: str
    count: int


@dataclass(frozen=True)
class HoldSet(DeskEvent):
    """Nothing is removed from now on (`on`), or removal begins again."""

    on: bool


@dataclass(frozen=True)
class ShiftClaimed(DeskEvent):
    """Somebody said when they will be at the desk: from and until, UTC in ISO 8601."""

    begins: str
    ends: str


@dataclass(frozen=True)
class HandOver(DeskEvent):
    """A note to the next shift, masked."""

    text: str = field(default="")


_VERBS: dict[type[DeskEvent], str] = {
    TipReceived: "received",
    RawKept: "raw",
    OriginKept: "origin",
    TipDealt: "dealt",
    TipRead: "read",
    DealReturned: "returned",
    TipGraded: "graded",
    NoteWritten: "note",
    TipApproved: "approved",
    TipDeclined: "declined",
    TipReopened: "reopened",
    MergeProposed: "merge proposed",
    MergeConfirmed: "merged",
    TipUnmerged: "unmerged",
    TipCorrected: "corrected",
    TipRetracted: "retracted",
    TipWithdrawn: "withdrawn",
    StepUndone: "undone",
    ContentForgotten: "forgotten",
    HoldSet: "hold",
    ShiftClaimed: "shift",
    HandOver: "hand-over",
}
_KINDS = {verb: kind for kind, verb in _VERBS.items()}
_LEFT_OUT: dict[str, Any] = {"says": {}, "beside": [], "lapsed": False, "on": False}
_OWN = {kind: [f.name for f in fields(kind) if not f.kw_only] for kind in _VERBS}


def to_log(event: DeskEvent) -> LogRow:
    """The row of an event; `from_log` gives it again."""
    detail = {name: getattr(event, name) for name in _OWN[type(event)]}
    detail = {name: value for name, value in detail.items() if value not in ("", False, [])}
    return LogRow(event.seq, event.at, _VERBS[type(event)], event.tip, event.who, detail)


def from_log(row: LogRow) -> DeskEvent | None:
    """The event of a row; None where its content is forgotten or its verb is of a newer version.

    Of a long text that was not read, the event says nothing.
    """
    kind = _KINDS.get(row.verb)
    if kind is None:
        return None
    own: dict[str, Any] = row.detail or {}
    stated = {name: own.get(name, _LEFT_OUT.get(name, "")) for name in _OWN[kind]}
    return kind(**stated, seq=row.seq, at=row.at, tip=row.tip, who=row.who)
