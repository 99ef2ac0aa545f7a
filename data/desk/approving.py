"""What an editor does: approve, send back, confirm merges, correct, retract, undo.

Nobody approves what they graded; a merge takes two people; every step is an event, and undoing one
is another.
"""

from collections.abc import Callable
from typing import Any

from data import words
from data.desk.desk import Desk
from data.people.actor import EDITOR, Actor, require
from data.settings import Problem
from data.tips.desk_events import (
    DeskEvent,
    MergeConfirmed,
    MergeProposed,
    NoteWritten,
    StepUndone,
    TipApproved,
    TipCorrected,
    TipDeclined,
    TipRead,
    TipReopened,
    TipRetracted,
    TipUnmerged,
    from_log,
)
from data.tips.desk_state import DeskState
from data.tips.reasons import Reason
from data.tips.tip_state import Stage, TipState

CORRECTABLE = ("kind", "day", "hour", "area", "setting", "response", "officers", "vehicles")
UNDONE = (
    TipApproved,
    TipDeclined,
    TipReopened,
    MergeConfirmed,
    TipCorrected,
    TipRetracted,
    TipUnmerged,
)
OWN_GRADE = "You graded this tip: somebody else approves it."
Check = Callable[[DeskState, TipState], list[DeskEvent]]


def to_approve(desk: Desk, actor: Actor) -> list[TipState]:
    """Tips that wait for an editor who graded none of them, oldest first."""
    require(actor, EDITOR)
    with desk.lock:
        state = desk.state()
        every = dict.fromkeys((*state.agreed, *state.proposed))
        return [state.tips[i] for i in every if actor.who not in state.tips[i].graders]


def read_tip(desk: Desk, actor: Actor, tip: str, part: str) -> TipState:
    """A tip that an editor looks at; that they did is an event."""
    require(actor, EDITOR)
    found = desk.tip(tip)
    desk.act(lambda _: [TipRead(part, tip=tip, who=actor.who)])
    return found


def approve(desk: Desk, actor: Actor, tip: str) -> None:
    """Let a tip become a record, or confirm the merge that its graders found."""

    def check(state: DeskState, found: TipState) -> list[DeskEvent]:
        if found.stage is not Stage.AGREED:
            raise Problem("This tip does not wait for approval: somebody was first.")
        if found.decision.reason == Reason.SAME_EVENT:
            return [MergeConfirmed(_leads_to(state, found, found.same_as), tip=tip, who=actor.who)]
        return [TipApproved(tip=tip, who=actor.who)]

    _decide(desk, actor, tip, check)


def decline(desk: Desk, actor: Actor, tip: str, note: str = "") -> None:
    """Let a tip that graders agreed on become no record: it counts as cannot tell."""

    def check(_: DeskState, found: TipState) -> list[DeskEvent]:
        if found.stage is not Stage.AGREED:
            raise Problem("This tip does not wait for approval: somebody was first.")
        return [TipDeclined(tip=tip, who=actor.who), *_note(note, tip, actor)]

    _decide(desk, actor, tip, check)


def reopen(desk: Desk, actor: Actor, tip: str, note: str = "") -> None:
    """Send a tip back to be graded anew by others; a record of it goes until then."""

    def check(_: DeskState, found: TipState) -> list[DeskEvent]:
        if found.stage in (Stage.WAITING, Stage.WITHDRAWN, Stage.MERGED):
            raise Problem("This tip cannot be sent back now.")
        return [TipReopened(tip=tip, who=actor.who), *_note(note, tip, actor)]

    _decide(desk, actor, tip, check)


def propose_merge(desk: Desk, actor: Actor, tip: str, into: str) -> None:
    """Say that a tip is the same event as another; somebody else confirms it."""

    def check(state: DeskState, found: TipState) -> list[DeskEvent]:
        if found.stage in (Stage.MERGED, Stage.WITHDRAWN):
            raise Problem("This tip cannot be merged now.")
        return [MergeProposed(_leads_to(state, found, into), tip=tip, who=actor.who)]

    _decide(desk, actor, tip, check, own_grade=True)


def confirm_merge(desk: Desk, actor: Actor, tip: str) -> None:
    """Confirm that a tip is the same event as another, as somebody else said."""

    def check(state: DeskState, found: TipState) -> list[DeskEvent]:
        if not found.proposed:
            raise Problem("Nobody proposed to merge this tip, or it is done.")
        if found.proposed_by == actor.who:
            raise Problem("You proposed this merge: somebody else confirms it.")
        return [MergeConfirmed(_leads_to(state, found, found.proposed), tip=tip, who=actor.who)]

    _decide(desk, actor, tip, check)


def refuse_merge(desk: Desk, actor: Actor, tip: str) -> None:
    """Say that a proposed merge is none, or take a merge back: both stand as before."""

    def check(_: DeskState, found: TipState) -> list[DeskEvent]:
        if not found.proposed and not found.merged_into:
            raise Problem("This tip is not merged.")
        return [TipUnmerged(tip=tip, who=actor.who)]

    _decide(desk, actor, tip, check, own_grade=True)


def correct(desk: Desk, actor: Actor, tip: str, says: dict[str, Any], note: str = "") -> None:
    """Correct what a tip or its record says. Problem for an entry or a word that there is none of."""

    def check(_: DeskState, found: TipState) -> list[DeskEvent]:
        changed = {name: value for name, value in says.items() if found.says.get(name) != value}
        if not changed:
            raise Problem("Nothing was changed.")
        desk.check_said(changed)
        for name, value in changed.items():
            if name not in CORRECTABLE:
                raise Problem(f"{name} cannot be corrected.")
            if name in words.CODES and value and value not in words.CODES[name]:
                raise Problem(f"{value!r} is none of the words for {name}.")
        return [TipCorrected(changed, tip=tip, who=actor.who), *_note(note, tip, actor)]

    _decide(desk, actor, tip, check, own_grade=True)


def retract(desk: Desk, actor: Actor, tip: str, reason: str, note: str = "") -> None:
    """Take a record back, for a reason of the list."""

    def check(_: DeskState, found: TipState) -> list[DeskEvent]:
        if found.stage is not Stage.RECORD:
            raise Problem("This is no record.")
        if reason not in list(Reason):
            raise Problem("Choose a reason.")
        return [TipRetracted(reason, tip=tip, who=actor.who), *_note(note, tip, actor)]

    _decide(desk, actor, tip, check, own_grade=True)


def undo(desk: Desk, actor: Actor, tip: str, seq: int) -> None:
    """Undo an editor's step (the number of its event): as if it had not been, and itself a step."""

    def check(_: DeskState, found: TipState) -> list[DeskEvent]:
        events = [one for row in desk.history(found.id) if (one := from_log(row))]
        gone = {one.undone for one in events if isinstance(one, StepUndone)}
        target = next((one for one in events if one.seq == seq), None)
        if not isinstance(target, UNDONE) or seq in gone:
            raise Problem("This step cannot be undone, or it was already.")
        return [StepUndone(seq, tip=tip, who=actor.who)]

    _decide(desk, actor, tip, check, own_grade=True)


def _decide(desk: Desk, actor: Actor, tip: str, check: Check, *, own_grade: bool = False) -> None:
    """Append what a check chooses by the tip as it is; with `own_grade` also for its graders."""
    require(actor, EDITOR)

    def choose(state: DeskState) -> list[DeskEvent]:
        found = state.tips.get(tip)
        if found is None or found.answer:
            raise Problem("There is no such tip, or it was purged.")
        if not own_grade and actor.who in found.graders:
            raise Problem(OWN_GRADE)
        return check(state, found)

    desk.act(choose)


def _leads_to(state: DeskState, tip: TipState, into: str) -> str:
    """The tip that a merge leads to in the end. Problem where it leads back."""
    target = state.tips.get(into)
    while target and target.merged_into and target is not tip:
        target = state.tips.get(target.merged_into)
    if target is None or target is tip or target.answer:
        raise Problem("A tip cannot be merged into itself, or into one that there is none of.")
    return target.id


def _note(note: str, tip: str, actor: Actor) -> list[DeskEvent]:
    return [NoteWritten(note.strip(), tip=tip, who=actor.who)] if note.strip() else []
