"""The state of one tip: what its events leave, one step after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from data.tips import desk_events
from data.tips.desk_events import DeskEvent
from data.tips.reasons import BY_CODE, UNDECIDED, Decision, Reason, Verdict, weigh_grades

RECORDS = frozenset({Verdict.CONFIRMED, Verdict.OPEN, Verdict.DISPUTED})  # may become a record


class Stage(StrEnum):
    """Where a tip is on its way."""

    WAITING = "waiting"  # for grades
    AGREED = "agreed"  # on what may be a record, or on a merge: an editor looks
    CLOSED = "closed"  # with an outcome that is no record
    RECORD = "record"
    MERGED = "merged"  # into another tip
    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"


class Given(NamedTuple):
    """A grade that counts: by whom, what, why, and the tip that it names."""

    who: str
    grade: str
    reason: str
    same_as: str
    seq: int


@dataclass(slots=True)
class TipState:
    """A tip as it stands now."""

    id: str
    channel: str = ""
    received: str = ""
    at: str = ""  # when the desk took it in
    author: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    near: str = ""
    message: str = ""
    receipt: str = ""
    answer: str = ""
    raw: int = 0  # the number of the event with its raw texts
    origin: str = ""
    origin_seq: int = 0
    notes: list[int] = field(default_factory=list)
    grades: list[Given] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)  # of the latest deal
    approved_by: str = ""
    declined: bool = False
    proposed: str = ""  # the tip that somebody says this is the same as
    proposed_by: str = ""
    merged_into: str = ""
    retracted: str = ""  # the reason
    withdrawn: bool = False
    corrected: bool = False
    ended: str = ""  # when the outcome came; "" before
    decision: Decision = UNDECIDED

    @property
    def stage(self) -> Stage:
        """Where it is."""
        if self.withdrawn:
            return Stage.WITHDRAWN
        if self.merged_into:
            return Stage.MERGED
        if self.retracted:
            return Stage.RETRACTED
        if self.approved_by:
            return Stage.RECORD
        if self.decision.more:
            return Stage.WAITING
        return Stage.AGREED if self.needs_editor and not self.declined else Stage.CLOSED

    @property
    def month(self) -> str:
        """The month of the incident, or where the tip says no day, of its receipt."""
        return str(self.says.get("day", ""))[:7] or self.received[:7]

    @property
    def verdict(self) -> Verdict | None:
        """What its grades amount to, unless an editor declined; None while one more is needed."""
        if self.declined:
            return Verdict.CANNOT_TELL
        return None if self.decision.more else BY_CODE[self.decision.grade].verdict

    @property
    def needs_editor(self) -> bool:
        """Return whether the outcome would be a record or a merge. A known-answer tip never is."""
        if self.answer:
            return False
        return self.verdict in RECORDS or self.decision.reason == Reason.SAME_EVENT

    @property
    def graders(self) -> frozenset[str]:
        """Who graded it, in whatever way it counts now."""
        return frozenset(given.who for given in self.grades)

    @property
    def same_as(self) -> str:
        """The tip that the graders say this is the same event as; "" where they name none."""
        named = [g.same_as for g in self.grades if g.same_as and g.reason == self.decision.reason]
        return named[0] if named else ""


def step(tip: TipState, event: DeskEvent) -> None:
    """Take one event into the state of its tip."""
    if change := _STEPS.get(type(event)):
        change(tip, event)
        tip.decision = weigh_grades([(g.grade, g.reason) for g in tip.grades])
        if tip.stage in (Stage.WAITING, Stage.AGREED):
            tip.ended = ""
        elif not tip.ended:
            tip.ended = event.at


def _received(tip: TipState, event: desk_events.TipReceived) -> None:
    tip.channel, tip.received, tip.at = event.channel, event.received, event.at
    tip.author, tip.says, tip.near = event.who, dict(event.says), event.near
    tip.message, tip.receipt, tip.answer = event.message, event.receipt, event.answer


def _raw(tip: TipState, event: desk_events.RawKept) -> None:
    tip.raw = event.seq


def _origin(tip: TipState, event: desk_events.OriginKept) -> None:
    tip.origin, tip.origin_seq = event.origin, event.seq


def _dealt(tip: TipState, event: desk_events.TipDealt) -> None:
    tip.beside = event.beside


def _graded(tip: TipState, event: desk_events.TipGraded) -> None:
    tip.grades.append(Given(event.who, event.grade, event.reason, event.same_as, event.seq))


def _noted(tip: TipState, event: desk_events.NoteWritten) -> None:
    tip.notes.append(event.seq)


def _approved(tip: TipState, event: desk_events.TipApproved) -> None:
    tip.approved_by, tip.retracted = event.who, ""


def _declined(tip: TipState, _: desk_events.TipDeclined) -> None:
    tip.declined = True


def _reopened(tip: TipState, _: desk_events.TipReopened) -> None:
    tip.grades, tip.approved_by, tip.retracted, tip.declined = [], "", "", False


def _proposed(tip: TipState, event: desk_events.MergeProposed) -> None:
    tip.proposed, tip.proposed_by = event.into, event.who


def _merged(tip: TipState, event: desk_events.MergeConfirmed) -> None:
    tip.merged_into, tip.proposed, tip.proposed_by = event.into, "", ""


def _unmerged(tip: TipState, _: desk_events.TipUnmerged) -> None:
    tip.merged_into = tip.proposed = tip.proposed_by = ""


def _corrected(tip: TipState, event: desk_events.TipCorrected) -> None:
    tip.says, tip.corrected = {**tip.says, **event.says}, True


def _retracted(tip: TipState, event: desk_events.TipRetracted) -> None:
    tip.retracted = event.reason


def _withdrawn(tip: TipState, _: desk_events.TipWithdrawn) -> None:
    tip.withdrawn = True


_STEPS: dict[type[DeskEvent], Callable[[TipState, Any], None]] = {
    desk_events.TipReceived: _received,
    desk_events.RawKept: _raw,
    desk_events.OriginKept: _origin,
    desk_events.TipDealt: _dealt,
    desk_events.TipGraded: _graded,
    desk_events.NoteWritten: _noted,
    desk_events.TipApproved: _approved,
    desk_events.TipDeclined: _declined,
    desk_events.TipReopened: _reopened,
    desk_events.MergeProposed: _proposed,
    desk_events.MergeConfirmed: _merged,
    desk_events.TipUnmerged: _unmerged,
    desk_events.TipCorrected: _corrected,
    desk_events.TipRetracted: _retracted,
    desk_events.TipWithdrawn: _withdrawn,
}
