"""Who is at the desk when, and the note that one shift leaves the next."""

from datetime import datetime
from typing import NamedTuple

from data.desk.desk import Desk
from data.people.actor import EDITOR, REVIEWER, STEWARD, Actor, require
from data.settings import Problem
from data.tips.desk_events import HandOver, ShiftClaimed

LONGEST = 1000  # characters of a note


class Shift(NamedTuple):
    """Hours that somebody claimed (UTC in ISO 8601); `own` where it is who asks."""

    who: str
    begins: str
    ends: str
    own: bool


def claim(desk: Desk, actor: Actor, begins: datetime, ends: datetime) -> None:
    """Say when one is at the desk. Problem where it ends before it begins."""
    require(actor, REVIEWER, EDITOR)
    if ends <= begins:
        raise Problem("A shift ends after it begins.")
    first, last = (t.isoformat(timespec="seconds") for t in (begins, ends))
    desk.act(lambda _: [ShiftClaimed(first, last, who=actor.who)])


def coming(desk: Desk, actor: Actor) -> list[Shift]:
    """The shifts that have not ended, in order."""
    require(actor, REVIEWER, EDITOR, STEWARD)
    now = desk.now()
    with desk.lock:
        left = [s for s in desk.state().shifts if s.ends > now]
    return [Shift(s.who, s.begins, s.ends, s.who == actor.who) for s in sorted(left, key=_begins)]


def _begins(shift: ShiftClaimed) -> str:
    return shift.begins


def hand_over(desk: Desk, actor: Actor, note: str) -> None:
    """Leave a note (masked already) for the next shift."""
    require(actor, REVIEWER, EDITOR)
    if not note.strip():
        raise Problem("The note is empty.")
    desk.act(lambda _: [HandOver(note.strip()[:LONGEST], who=actor.who)])


def hand_over_note(desk: Desk) -> str:
    """The latest note of a shift; "" where there is none."""
    seq = desk.state().hand_over
    return str(desk.log.detail(seq).get(seq, {}).get("text", "")) if seq else ""
