"""Events of the desk in words, for its history."""

from collections.abc import Callable
from typing import Any

from data.tips import desk_events
from data.tips.desk_events import DeskEvent
from data.tips.reasons import BY_CODE, REASONS, Reason

_WORDS: dict[type[DeskEvent], str | Callable[[Any], str]] = {
    desk_events.TipReceived: lambda e: f"came in by {e.channel.replace('_', ' ')}",
    desk_events.RawKept: "its texts were kept apart",
    desk_events.OriginKept: "who sent it, as a keyed hash",
    desk_events.TipDealt: lambda e: (
        f"was dealt it{f' and {len(e.beside)} beside it' if e.beside else ''}: read it"
    ),
    desk_events.TipRead: lambda e: f"read it ({e.part})",
    desk_events.DealReturned: lambda e: (
        "time ran out: it went back" if e.lapsed else "gave it back"
    ),
    desk_events.TipGraded: lambda e: (
        f"graded it {BY_CODE[e.grade].label.lower()}: {REASONS[Reason(e.reason)].lower()}"
    ),
    desk_events.NoteWritten: lambda e: f"noted: {e.text}",
    desk_events.TipApproved: "approved it",
    desk_events.TipDeclined: "said that it cannot be told",
    desk_events.TipReopened: "sent it back to be graded anew",
    desk_events.MergeProposed: "said that it is the same event as another",
    desk_events.MergeConfirmed: "confirmed that it is the same event as another",
    desk_events.TipUnmerged: "said that they are two events",
    desk_events.TipCorrected: lambda e: (
        "corrected: "
        + ", ".join(f"{name} is {value or 'not known'}" for name, value in e.says.items())
    ),
    desk_events.TipRetracted: lambda e: f"took it back: {REASONS[Reason(e.reason)].lower()}",
    desk_events.TipWithdrawn: "was withdrawn by who sent it",
    desk_events.StepUndone: "undid an earlier step",
}


def spell_event(event: DeskEvent) -> str:
    """What an event was, in words."""
    spelled = _WORDS.get(type(event), "")
    return spelled if isinstance(spelled, str) else spelled(event)
