"""Tips taken in: what is the same message is taken once, what was taken back goes."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from data.desk.desk import Desk
from data.desk.forgetting import forget_tips
from data.messages.near_copies import near_key
from data.reports.tip import RAW, Incoming, to_plain
from data.tips.desk_events import DeskEvent, OriginKept, RawKept, TipReceived, TipWithdrawn
from data.tips.desk_state import DeskState
from data.tips.tip_state import Stage

_TOGETHER = 500  # tips in one transaction


class Received(NamedTuple):
    """How many tips were new, how many there already, and how many were taken back."""

    new: int
    again: int
    withdrawn: int


def receive_tips(desk: Desk, incoming: Iterable[Incoming]) -> Received:
    """Take tips in. They are on the disk when this returns; texts of what was taken back are gone."""
    new = again = withdrawn = 0
    for some in _batches(incoming):
        gone: list[str] = []

        def choose(state: DeskState, some: Sequence[Incoming] = some) -> list[DeskEvent]:
            nonlocal gone
            chosen, gone = _chosen(desk, state, some)
            return chosen

        done = desk.act(choose)
        count = sum(isinstance(event, TipReceived) for event in done)
        back = sum(one.withdraws for one in some)
        new, again = new + count, again + len(some) - count - back
        withdrawn += len(gone)
        forget_tips(desk, gone)
    return Received(new, again, withdrawn)


def _batches(incoming: Iterable[Incoming]) -> Iterator[tuple[Incoming, ...]]:
    some: list[Incoming] = []
    for one in incoming:
        some.append(one)
        if len(some) == _TOGETHER:
            yield tuple(some)
            some = []
    if some:
        yield tuple(some)


def _chosen(
    desk: Desk, state: DeskState, some: Sequence[Incoming]
) -> tuple[list[DeskEvent], list[str]]:
    """The events of some tips, and the tips that are taken back."""
    chosen: list[DeskEvent] = []
    gone: list[str] = []
    new: dict[str, str] = {}  # by receipt or message, of these
    for one in some:
        before = _before(state, new, one)
        if one.withdraws:
            if before and before not in gone and _is_open(state, before):
                chosen.append(TipWithdrawn(tip=before))
                gone.append(before)
        elif not before:
            tip = secrets.token_hex(6)  # tells nothing of its order
            key = near_key(one.tip.text, one.tip.area, desk.key)
            chosen += tip_events(one, tip, desk.copy_index(state).match(key))
            new |= {name: tip for name in (one.receipt, one.message) if name}
    return chosen, gone


def _before(state: DeskState, new: dict[str, str], one: Incoming) -> str | None:
    """The tip that came in before by the same message or receipt."""
    for name, known in ((one.receipt, state.receipts), (one.message, state.messages)):
        if name and (tip := new.get(name) or known.get(name)):
            return tip
    if one.withdraws and one.message.endswith("-"):  # says which it was, and not its text
        alike = state.parts.get(one.message.removesuffix("-"), [])
        return alike[0] if len(alike) == 1 else None
    return None


def _is_open(state: DeskState, tip: str) -> bool:
    return tip not in state.tips or state.tips[tip].stage is not Stage.WITHDRAWN


def tip_events(one: Incoming, tip: str, near: str = "", answer: str = "") -> list[DeskEvent]:
    """The events of one tip that came in, with the key of its near-copies; `answer` is the right
    verdict of a known-answer tip."""
    every = to_plain(one.tip)
    raw = {name: every.pop(name) for name in RAW if name in every}
    found: list[DeskEvent] = [
        TipReceived(
            one.channel, one.received, every, near, one.message, one.receipt, answer,
            tip=tip, who=one.author,
        )
    ]  # fmt: skip
    if raw:
        found.append(RawKept(raw, tip=tip))
    if one.origin:
        found.append(OriginKept(one.origin, tip=tip))
    return found
