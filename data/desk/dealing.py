"""A tip dealt, graded blind, or handed back: what a reviewer does.

A reviewer chooses nothing: the channel is the one that had least of its share lately, the tip one
of its oldest by chance, so that nobody waits for a tip of their own, and none of their own.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from data.desk.desk import Desk
from data.desk.duplicates import likely_same
from data.people.actor import REVIEWER, Actor, require
from data.settings import Problem
from data.tips.desk_events import (
    DealReturned,
    DeskEvent,
    MergeProposed,
    NoteWritten,
    StepUndone,
    TipDealt,
    TipGraded,
)
from data.tips.desk_state import KNOWN_ANSWER, DeskState
from data.tips.reasons import BY_CODE, Reason
from data.tips.tip_state import Stage, TipState

_OLDEST = 20  # of the tips that wait: one of them by chance
_LOOKED_AT = 400  # tips of a channel, where a reviewer has graded many that still wait
LONGEST_NOTE = 1000  # characters
_chance = random.SystemRandom()


def deal(desk: Desk, actor: Actor) -> TipState | None:
    """The tip in a reviewer's hands, dealt now where they have none; None where none waits."""
    require(actor, REVIEWER)
    with desk.lock:
        state = desk.state()
        if in_hands := _in_hands(desk, state, actor.who):
            return in_hands
    done = desk.act(lambda state: _dealt(desk, state, actor.who))
    dealt = next((e.tip for e in done if isinstance(e, TipDealt)), None)
    return desk.tip(dealt) if dealt else None


def give_back(desk: Desk, actor: Actor) -> None:
    """Hand the tip back that a reviewer has: somebody else is dealt it."""
    require(actor, REVIEWER)
    desk.act(
        lambda state: (
            [DealReturned(actor.who, tip=state.deals[actor.who].tip, who=actor.who)]
            if actor.who in state.deals
            else []
        )
    )


def grade(
    desk: Desk, actor: Actor, tip: str, code: str, reason: str, same_as: str = "", note: str = ""
) -> None:
    """Grade the tip that a reviewer was dealt. `note` is masked already.

    Problem where they were not dealt it, or no longer, or a grade does not go with its reason.
    """
    require(actor, REVIEWER)
    note = note.strip()[:LONGEST_NOTE]

    def choose(state: DeskState) -> list[DeskEvent]:
        deal = state.deals.get(actor.who)
        if deal is None or deal.tip != tip:
            raise Problem("This tip is no longer yours: it went back, or was graded already.")
        if state.tips[tip].stage is not Stage.WAITING:
            raise Problem("This tip needs no grade any more: it was withdrawn, or is decided.")
        _check(state, state.tips[tip], code, reason, same_as)
        chosen: list[DeskEvent] = [TipGraded(code, reason, same_as, tip=tip, who=actor.who)]
        if note:
            chosen.append(NoteWritten(note, tip=tip, who=actor.who))
        if same_as and reason == Reason.SAME_EVENT:
            chosen.append(MergeProposed(same_as, tip=tip, who=actor.who))
        return chosen

    desk.act(choose)


def undo_grade(desk: Desk, actor: Actor, tip: str) -> None:
    """Take one's own grade back, as long as the tip is not with an editor or further."""
    require(actor, REVIEWER)

    def choose(state: DeskState) -> list[DeskEvent]:
        found = state.tips.get(tip)
        own = [g for g in found.grades if g.who == actor.who] if found else []
        if found is None or not own or found.stage is not Stage.WAITING:
            raise Problem("There is no grade of yours that can be taken back.")
        return [StepUndone(own[-1].seq, tip=tip, who=actor.who)]

    desk.act(choose)


def last_graded(state: DeskState, who: str, latest: Iterable[str]) -> str:
    """Of the tips that somebody graded latest, the one whose grade may still be taken back."""
    for tip in latest:
        found = state.tips.get(tip)
        if found and found.stage is Stage.WAITING and who in found.graders:
            return tip
    return ""


def _check(state: DeskState, tip: TipState, code: str, reason: str, same_as: str) -> None:
    grade = BY_CODE.get(code)
    if grade is None or reason not in grade.reasons:
        raise Problem("Choose a grade, and one of its reasons.")
    if reason not in (Reason.SAME_EVENT, Reason.TWO_ORIGINS):
        return
    other = state.tips.get(same_as)
    if other is None or other is tip or same_as not in tip.beside:
        raise Problem("Say which of the tips beside this one it is.")
    if reason == Reason.TWO_ORIGINS and not _independent(tip, other):
        raise Problem(
            "These two are not known to come from two origins: the form has none, forwards of one "
            "text are one, and an origin counts once."
        )


def _independent(tip: TipState, other: TipState) -> bool:
    """Return whether two tips are known to come from two who do not repeat each other."""
    alike = bool(tip.near) and tip.near == other.near
    return bool(tip.origin and other.origin) and tip.origin != other.origin and not alike


def _in_hands(desk: Desk, state: DeskState, who: str) -> TipState | None:
    """The tip that somebody has, unless their time ran out or it needs no grade any more."""
    deal = state.deals.get(who)
    if deal is None or _lapsed(desk, deal.at):
        return None
    tip = state.tips[deal.tip]
    return tip if tip.stage is Stage.WAITING else None


def _lapsed(desk: Desk, since: str) -> bool:
    age = desk.clock() - datetime.fromisoformat(since)
    return age > timedelta(minutes=desk.rules.deal_minutes)


def _dealt(desk: Desk, state: DeskState, who: str) -> list[DeskEvent]:
    """The events that deal somebody a tip; none where nothing waits for them."""
    chosen: list[DeskEvent] = []
    if old := state.deals.get(who):
        chosen.append(DealReturned(who, lapsed=True, tip=old.tip, who=""))
    tip = _next(desk, state, who)
    if tip is None:
        return chosen
    for other, since in state.in_hands.get(tip.id, {}).items():
        if other != who and _lapsed(desk, since):
            chosen.append(DealReturned(other, lapsed=True, tip=tip.id))
    beside = [] if tip.answer else likely_same(desk, state, tip)
    return [*chosen, TipDealt(beside, tip=tip.id, who=who)]


def _next(desk: Desk, state: DeskState, who: str) -> TipState | None:
    drawn = _chance.random() * 100 < desk.rules.known_percent
    if drawn and (known := _of_channel(desk, state, who, KNOWN_ANSWER)):
        return known
    for channel in by_share(desk, state):
        if found := _of_channel(desk, state, who, channel):
            return found
    return _of_channel(desk, state, who, KNOWN_ANSWER)


def by_share(desk: Desk, state: DeskState) -> list[str]:
    """The channels in which something waits, the one that had least of its share lately first."""
    waiting = {
        channel
        for lists in (state.begun, state.fresh)
        for channel, tips in lists.items()
        if tips and channel != KNOWN_ANSWER
    }
    served = dict.fromkeys(waiting, 0)
    for channel in state.served:
        if channel in served:
            served[channel] += 1
    return sorted(waiting, key=lambda c: (served[c] / desk.rules.weight(c), c))


def _of_channel(desk: Desk, state: DeskState, who: str, channel: str) -> TipState | None:
    """A tip of a channel for somebody: first what one more grade ends."""
    for lists in (state.begun, state.fresh):
        some = islice(_open_to(desk, state, who, lists.get(channel, {})), _OLDEST)
        if found := list(some):
            return _chance.choice(found)
    return None


def _open_to(desk: Desk, state: DeskState, who: str, tips: Iterable[str]) -> Iterator[TipState]:
    """The tips that somebody may be dealt: neither theirs, nor graded by them, nor in others' hands.

    A tip that nobody graded may be in two hands at once: the two do not know of each other.
    """
    for tip_id in islice(tips, _LOOKED_AT):
        tip = state.tips[tip_id]
        if tip.author == who or who in tip.graders:
            continue
        hands = state.in_hands.get(tip_id, {})
        busy = sum(other != who and not _lapsed(desk, at) for other, at in hands.items())
        if busy + len(tip.grades) < max(2, len(tip.grades) + 1):
            yield tip
