"""What others would get: by a subpoena or a stolen disk, and by somebody false in each role."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from data.desk.desk import Desk
from data.people.actor import EDITOR, REVIEWER, STEWARD, VIEWER, Actor, require
from data.reports.tip import RAW
from data.tips.tip_state import Stage, TipState


class Exposed(NamedTuple):
    """What somebody would get: tips, raw texts, places finer than an area, origins, and the days
    that the oldest text goes back."""

    who: str
    tips: int
    texts: int
    places: int
    origins: int
    days_back: int


class Saved(NamedTuple):
    """What an expiry of so many days would leave of the raw texts, with the setting as it is."""

    days: int
    texts: int
    now: int


DISK = "a stolen disk, or a subpoena"
_DAYS = (1, 7, 14, 30)


def exposure(desk: Desk, actor: Actor) -> list[Exposed]:
    """What each would get now, counted from what the desk holds.

    A reviewer gets the one tip in their hands (the largest number that one of them read in 30 days
    is counted), an editor what waits for one; a viewer and a steward read no tip by that role.
    """
    require(actor, STEWARD)
    with desk.lock:
        state = desk.state()
        every = [tip for tip in state.tips.values() if tip.channel]
        texts = desk.log.detail(*(tip.raw for tip in every if tip.raw))
        today = desk.clock().date()
        most = _most_read(desk)
        agreed = [tip for tip in every if tip.stage is Stage.AGREED]
        holders = {
            DISK: every,
            EDITOR: agreed,
            REVIEWER: [state.tips[i] for i in most if i in state.tips],
            STEWARD: [],
            VIEWER: [],
        }
        return [_count(who, tips, texts, today) for who, tips in holders.items()]


def _count(
    who: str, tips: list[TipState], texts: dict[int, dict[str, object]], today: date
) -> Exposed:
    own = [tip for tip in tips if tip.raw in texts]
    exact = [t for t in tips if t.says.get("lat") is not None or _has(texts, t, RAW[1])]
    days = [(today - date.fromisoformat(t.at[:10])).days for t in own]
    sent = sum(bool(tip.origin) for tip in tips) if who == DISK else 0  # nobody is shown origins
    return Exposed(who, len(tips), len(own), len(exact), sent, max(days, default=0))


def _has(texts: dict[int, dict[str, object]], tip: TipState, name: str) -> bool:
    says = texts.get(tip.raw, {}).get("says", {})
    return isinstance(says, dict) and name in says


def _most_read(desk: Desk) -> Collection[str]:
    """The tips of the reviewer who was dealt most in the latest 30 days."""
    since = (desk.clock() - timedelta(days=30)).isoformat(timespec="seconds")
    read: dict[str, set[str]] = {}
    for row in desk.log.of_verb("dealt"):
        if row.at >= since:
            read.setdefault(row.who, set()).add(row.tip)
    return max(read.values(), key=len, default=set())


def shorter(desk: Desk, actor: Actor) -> list[Saved]:
    """How many raw texts an earlier expiry would leave, for a few lengths in days."""
    require(actor, STEWARD)
    with desk.lock:
        tips = [tip for tip in desk.state().tips.values() if tip.raw]
        held = set(desk.log.detail(*(tip.raw for tip in tips)))
        ended = [tip.ended for tip in tips if tip.raw in held]
    now = desk.clock()
    rows = []
    for days in _DAYS:
        before = (now - timedelta(days=days)).isoformat(timespec="seconds")
        left = sum(not end or datetime.fromisoformat(end).isoformat() >= before for end in ended)
        rows.append(Saved(days, left, len(ended)))
    return rows
