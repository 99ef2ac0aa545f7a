"""What the desk forgets, when, and what it would hold: expiry, hold, exposure."""

from collections.abc import Iterable
from datetime import timedelta

from data.desk.desk import Desk
from data.people.actor import STEWARD, Actor, require
from data.settings import Problem
from data.tips.desk_events import ContentForgotten, HoldSet
from data.tips.tip_state import TipState

RAW, ORIGIN, TIP = "raw", "origin", "tip"
HELD = (
    "A hold is on: nothing is removed. A legal demand makes deletion a crime; ask a lawyer before "
    "you take it off."
)


def forget_tips(desk: Desk, tips: Iterable[str]) -> int:
    """Destroy the raw texts, notes and origins of tips that were taken back, unless a hold is on."""
    with desk.lock:
        state = desk.state()
        if state.hold:
            return 0
        seqs = [s for i in tips for s in (*_raw_seqs(state.tips[i]), state.tips[i].origin_seq) if s]
    gone = desk.log.forget(seqs)
    if gone:
        desk.act(lambda _: [ContentForgotten(RAW, gone)])
    return gone


def expire(desk: Desk) -> dict[str, int]:
    """Destroy what is older than [desk] says, after the outcome; how many of what sort.

    Nothing where a hold is on. It runs by itself, and as often as one likes.
    """
    with desk.lock:
        state = desk.state()
        if state.hold:
            return {}
        due: dict[str, list[int]] = {RAW: [], ORIGIN: []}
        for tip in state.tips.values():
            if _is_due(desk, tip, desk.rules.raw_days):
                due[RAW] += _raw_seqs(tip)
                tip.raw, tip.notes = 0, []
            if tip.origin and _is_due(desk, tip, desk.rules.origin_days):
                due[ORIGIN].append(tip.origin_seq)
                state.changed.add(tip.month)  # a record is written anew without it
                tip.origin, tip.origin_seq = "", 0
    counts = {sort: desk.log.forget(seqs) for sort, seqs in due.items() if seqs}
    counts = {sort: count for sort, count in counts.items() if count}
    if counts:
        desk.act(lambda _: [ContentForgotten(sort, count) for sort, count in counts.items()])
    return counts


def purge_tip(desk: Desk, tip: str) -> int:
    """Destroy all that every event of a tip says; how many events. Only their commitments stay.

    Problem where a hold is on. Other processes know of the tip until they begin anew.
    """
    if desk.state(at_once=True).hold:
        raise Problem(HELD)
    gone = desk.log.forget([row.seq for row in desk.history(tip)])
    if gone:
        desk.act(lambda _: [ContentForgotten(TIP, gone)])
        desk.begin_anew()
    return gone


def _is_due(desk: Desk, tip: TipState, days: float) -> bool:
    """Return whether an outcome is so many days past; what was withdrawn is due at once."""
    before = (desk.clock() - timedelta(days=days)).isoformat(timespec="seconds")
    return bool(tip.ended) and (tip.withdrawn or tip.ended < before)


def _raw_seqs(tip: TipState) -> list[int]:
    return [seq for seq in (tip.raw, *tip.notes) if seq]


def set_hold(desk: Desk, actor: Actor, *, on: bool) -> None:
    """Stop all removal, or let it begin again. Problem where it is so already."""
    require(actor, STEWARD)
    if desk.state().hold == on:
        raise Problem("A hold is on already." if on else "There is no hold.")
    desk.act(lambda _: [HoldSet(on, who=actor.who)])
