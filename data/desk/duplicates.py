"""Tips that may tell of the same event: proposed, never joined by machine."""

from datetime import date, timedelta
from itertools import islice
from math import cos, hypot, radians
from typing import NamedTuple

from rapidfuzz import fuzz

from data.desk.desk import Desk
from data.reports.tip import Channel
from data.tips.desk_state import DeskState
from data.tips.tip_state import Stage, TipState

_MOST = 3  # beside one tip
_HOURS = 3  # apart at most, where both hours are known
_METERS = 800.0  # apart at most, where both points are known
_LIKE = 60.0  # of 100: words alike enough to propose without an hour (token set ratio)
_LOOKED_AT = 300  # of one day and area
_EARTH = 6_371_008.8  # meters
_SHORT = 6  # words: shorter texts say nothing of likeness


class Likeness(NamedTuple):
    """How near two tips are: hours and meters apart and words alike, None where not known."""

    hours: int | None
    meters: float | None
    words: float | None


def likely_same(desk: Desk, state: DeskState, tip: TipState) -> list[str]:
    """Tips of the same day and area that may tell of the same event, the likeliest first.

    Observers' reports come first. Tips with a known answer are never among them.
    """
    near = [state.tips[other] for other in islice(_around(state, tip), _LOOKED_AT)]
    near = [o for o in near if o.id != tip.id and o.stage is not Stage.WITHDRAWN]
    texts = desk.log.detail(*(t.raw for t in (tip, *near) if t.raw))
    words = {t.id: _text(texts, t) for t in (tip, *near)}
    scored: list[tuple[bool, tuple[float, ...], str]] = []
    for other in near:
        like = _likeness(tip, other, words[tip.id], words[other.id])
        if _is_likely(like):
            scored.append((other.channel != Channel.OBSERVERS, _order(like), other.id))
    return [other for _, _, other in sorted(scored)[:_MOST]]


def _around(state: DeskState, tip: TipState) -> list[str]:
    """Tips of a tip's day and area, of the days beside it, and those without an area."""
    day, area = str(tip.says.get("day", "")) or tip.received[:10], str(tip.says.get("area", ""))
    try:
        first = date.fromisoformat(day)
    except ValueError:
        return []
    days = [(first + timedelta(days=apart)).isoformat() for apart in (0, -1, 1)]
    areas = (area, "") if area else ("",)
    return [i for a in areas for d in days for i in reversed(state.by_day.get((d, a), []))]


def _likeness(tip: TipState, other: TipState, text: str, other_text: str) -> Likeness:
    hours = _hours(tip, other)
    meters = _meters(tip.says, other.says)
    short = min(len(text.split()), len(other_text.split())) < _SHORT
    words = None if short else fuzz.token_set_ratio(text.casefold(), other_text.casefold())
    return Likeness(hours, meters, words)


def _is_likely(like: Likeness) -> bool:
    """Return whether two tips are worth a look side by side."""
    if like.meters is not None and like.meters > _METERS:
        return False
    if like.hours is not None:
        return like.hours <= _HOURS
    return like.words is not None and like.words >= _LIKE


def _order(like: Likeness) -> tuple[float, ...]:
    far = _METERS if like.meters is None else like.meters
    return -(like.words or 0), _HOURS if like.hours is None else like.hours, far


def _hours(tip: TipState, other: TipState) -> int | None:
    """Hours apart; None where one of the hours is not known."""
    hour, later = tip.says.get("hour"), other.says.get("hour")
    days = [t.says.get("day") for t in (tip, other)]
    if hour is None or later is None or None in days:
        return None
    first, second = (date.fromisoformat(str(day)) for day in days)
    return abs((second - first).days * 24 + int(later) - int(hour))


def _meters(a: dict[str, object], b: dict[str, object]) -> float | None:
    """Meters apart; None where one of the points is not known."""
    points = [said.get(name) for said in (a, b) for name in ("lat", "lon")]
    if None in points:
        return None
    lat, lon, lat2, lon2 = (radians(float(str(value))) for value in points)
    return _EARTH * hypot(lat2 - lat, (lon2 - lon) * cos((lat + lat2) / 2))


def _text(texts: dict[int, dict[str, object]], tip: TipState) -> str:
    says = texts.get(tip.raw, {}).get("says", {})
    return str(says.get("text", "")) if isinstance(says, dict) else ""
