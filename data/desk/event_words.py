"""Events of the desk in words, for its history."""

from collections.abc import Callable
from typing import Any

from data.desk import desk_events as events
from data.desk.desk_events import DeskEvent
from data.desk.reasons import BY_CODE, REASONS, Reason

_WORDS: dict[type[DeskEvent], str | Callable[[Any], str]] = {
    events.TipReceived: lambda e: f"came in by {e.channel.replace('_', ' ')}",
    events.RawKept: "its texts were kept apart",
    events.OriginKept: "who sent it, as a keyed hash",
    events.TipDealt: lambda e: (
        f"was dealt it{f' and {len(e.beside)} beside it' if e.beside else ''}: read it"
    ),
    events.TipRead: lambda e: f"read it ({e.part})",
    events.DealReturned: lambda e: "time ran out: it went back" if e.lapsed else "gave it back",
    events.TipGraded: lambda e: (
        f"graded it {BY_CODE[e.grade].label.lower()}: {REASONS[Reason(e.reason)].lower()}"
    ),
    events.NoteWritten: lambda e: f"noted: {e.text}",
    events.TipApproved: "approved it",
    events.TipDeclined: "said that it cannot be told",
    events.TipReopened: "sent it back to be graded anew",
    events.MergeProposed: "said that it is the same event as another",
    events.MergeConfirmed: "confirmed that it is the same event as another",
    events.TipUnmerged: "said that they are two events",
    events.TipCorrected: lambda e: (
        "corrected: "
        + ", ".join(f"{name} is {value or 'not known'}" for name, value in e.says.items())
    ),
    events.TipRetracted: lambda e: f"took it back: {REASONS[Reason(e.reason)].lower()}",
    events.TipWithdrawn: "was withdrawn by who sent it",
    events.StepUndone: "undid an earlier step",
}


def spell_event(event: DeskEvent) -> str:
    """What an event was, in words."""
    spelled = _WORDS.get(type(event), "")
    return spelled if isinstance(spelled, str) else spelled(event)
