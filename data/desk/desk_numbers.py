"""What the desk found: of its tips, how many were confirmed, false, or could not be told.

Intervals are Wilson's (1927) 95%. Known-answer tips are in none of these numbers: they measure the
graders, by channel of nobody.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from data.desk.desk import Desk
from data.people.actor import EDITOR, STEWARD, Actor, require
from data.tips.reasons import BY_CODE, Reason, Verdict
from data.tips.tip_state import Stage, TipState

_Z = 1.959964
_SHOWN = (Verdict.CONFIRMED, Verdict.FALSE, Verdict.CANNOT_TELL, Verdict.DISPUTED)


class Share(NamedTuple):
    """A count of so many, as percent with its 95% interval; None of nothing."""

    n: int
    of: int
    percent: float | None
    low: float | None
    high: float | None


class Outcomes(NamedTuple):
    """What became of the tips of a channel and a month that have an outcome, and how many wait."""

    channel: str
    month: str
    confirmed: Share
    false: Share
    cannot_tell: Share
    disputed: Share
    waiting: int


class GraderQuality(NamedTuple):
    """How known-answer tips were graded: right, wrong, and cannot tell, of so many grades."""

    right: Share
    wrong: Share
    cannot_tell: Share


def outcomes(desk: Desk, actor: Actor) -> list[Outcomes]:
    """The outcomes by channel and month of receipt, newest month first."""
    require(actor, EDITOR, STEWARD)
    with desk.lock:
        counts: dict[tuple[str, str], Counter[str]] = {}
        for tip in desk.state().tips.values():
            if tip.channel and not tip.answer and tip.stage is not Stage.WITHDRAWN:
                key = (tip.channel, tip.received[:7])
                counts.setdefault(key, Counter())[_outcome(tip)] += 1
    rows = sorted(counts.items(), key=lambda item: (item[0][1], item[0][0]), reverse=True)
    return [_row(channel, month, count) for (channel, month), count in rows]


def _outcome(tip: TipState) -> str:
    """What became of a tip: a verdict, or "" while it waits; a merged one counts as what it is."""
    if tip.stage in (Stage.WAITING, Stage.AGREED):
        return ""
    if tip.stage is Stage.RETRACTED:
        return Verdict.FALSE
    if tip.stage is Stage.MERGED or tip.decision.reason == Reason.SAME_EVENT:
        return "same"
    verdict = tip.verdict or Verdict.CANNOT_TELL
    return Verdict.CANNOT_TELL if verdict is Verdict.OPEN else verdict


def _row(channel: str, month: str, count: Counter[str]) -> Outcomes:
    waiting, done = count[""], sum(count.values()) - count[""] - count["same"]
    confirmed, false, unsure, disputed = (share(count[v], done) for v in _SHOWN)
    return Outcomes(channel, month, confirmed, false, unsure, disputed, waiting)


def share(n: int, of: int) -> Share:
    """A share in percent with Wilson's interval."""
    if not of:
        return Share(n, of, None, None, None)
    p, z2 = n / of, _Z * _Z / of
    middle = (p + z2 / 2) / (1 + z2)
    half = _Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of)) / (1 + z2)
    return Share(n, of, 100 * p, 100 * max(0.0, middle - half), 100 * min(1.0, middle + half))


def grader_quality(desk: Desk, actor: Actor) -> GraderQuality:
    """How tips with a known answer were graded, all graders together."""
    require(actor, EDITOR, STEWARD)
    with desk.lock:
        known = [tip for tip in desk.state().tips.values() if tip.answer]
        given = [(BY_CODE[g.grade].verdict, tip.answer) for tip in known for g in tip.grades]
    unsure = (Verdict.CANNOT_TELL, Verdict.OPEN)
    right = sum(verdict == answer for verdict, answer in given)
    cannot = sum(verdict != answer and verdict in unsure for verdict, answer in given)
    counts = (right, len(given) - right - cannot, cannot)
    return GraderQuality(*(share(n, len(given)) for n in counts))


def records_like(desk: Desk, tip: TipState) -> int:
    """How many records of the desk there are of the area and month of a tip."""
    with desk.lock:
        state = desk.state()
        area = tip.says.get("area", "")
        same: Iterable[str] = state.records.get(tip.month, {})
        return sum(state.tips[i].says.get("area", "") == area for i in same)


def total(rows: list[Outcomes]) -> Outcomes | None:
    """All channels and months as one; None of nothing."""
    if not rows:
        return None
    done = sum(row.confirmed.of for row in rows)
    parts = zip(*((r.confirmed, r.false, r.cannot_tell, r.disputed) for r in rows))
    confirmed, false, unsure, disputed = (share(sum(s.n for s in part), done) for part in parts)
    waiting = sum(row.waiting for row in rows)
    return Outcomes("", "", confirmed, false, unsure, disputed, waiting)
