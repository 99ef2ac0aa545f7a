"""A desk in a folder of its own, and people who work at it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.made_tips import WORDS
from data.desk import dealing
from data.desk.desk import Desk
from data.desk.desk_settings import DeskSettings
from data.desk.receive import Received, receive_tips
from data.people.actor import Actor
from data.reports.tip import Incoming, Tip
from data.settings import Settings, load_settings
from data.storage.store import Store
from data.tips.tip_state import TipState

RECEIVED = "2026-01-20T15:00:00+00:00"


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 20, 16, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def person(name: str, *roles: str) -> Actor:
    return Actor(name, frozenset(roles))


ANN, BEN, CAM = (person(name, "reviewer") for name in ("ann", "ben", "cam"))
EDI, EVA = person("edi", "editor"), person("eva", "editor")
STEW = person("stew", "steward")


def make_desk(root: Path, clock: Clock, settings: Settings | None = None, **rules: Any) -> Desk:
    """An empty desk, without tips of a known answer unless `rules` say so."""
    own = DeskSettings(**{"known_percent": 1e-9, **rules})
    return Desk(Store(root), settings or load_settings(), clock=clock, rules=own)


def incoming(number: int, channel: str = "hotline", **says: Any) -> Incoming:
    """A tip whose words are like those of no other number."""
    first, second, third = (WORDS[(number // n + n) % len(WORDS)] for n in (1, 14, 196))
    text = f"{first * 2} {second * 3} {third} {first}{second} stood at {third}{first} lane{number}"
    origin = None if channel == "form" else f"origin {number}"
    own = {"day": "2026-01-20", "hour": 9, "area": "North Loop", "text": text, **says}
    return Incoming(channel, Tip(**own), RECEIVED, origin, message=f"m{number}{channel}")


def send(desk: Desk, *some: Incoming) -> list[TipState]:
    """Tips taken in, in order."""
    before = set(desk.state().tips)
    done: Received = receive_tips(desk, some)
    assert done.new == len(some)
    return [tip for tip in desk.state().tips.values() if tip.id not in before]


def graded(
    desk: Desk, actor: Actor, code: str = "verified", reason: str = "picture", same_as: str = ""
) -> str:
    """Deal somebody a tip and grade it; which it was."""
    tip = dealing.deal(desk, actor)
    assert tip is not None
    dealing.grade(desk, actor, tip.id, code, reason, same_as)
    return tip.id
