"""The queue in numbers: how many tips wait by channel, how old, in what languages, and floods."""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from scipy.stats import nbinom

from data.desk.desk import Desk
from data.people.actor import EDITOR, REVIEWER, STEWARD, Actor, require
from data.tips.desk_state import KNOWN_ANSWER, DeskState

_PAST_DAYS = 28  # that the usual of a channel is of
SHOWN_HOURS = 72
_ONE_IN = 10_000  # hours of an unflooded channel that would be called a flood
_LEAST = 10  # tips of an hour: fewer are never a flood
_SHORT_PAST = 72  # hours: of a younger channel nobody knows what is usual
_WITHOUT_PAST = 60  # tips of an hour that are a flood there


class Waiting(NamedTuple):
    """A channel: tips that nobody graded, that need one more grade, near-copies behind them, hours
    since the oldest came in, tips of the last hour, the most that is usual, and languages."""

    channel: str
    fresh: int
    begun: int
    copies: int
    oldest_hours: int
    last_hour: int
    usual_most: int
    flood: bool
    languages: dict[str, int]
    hours: tuple[int, ...]  # tips of each of the latest SHOWN_HOURS hours, this one last


def queue(desk: Desk, actor: Actor) -> list[Waiting]:
    """The channels in which something waits or came in lately; known-answer tips are in none."""
    require(actor, REVIEWER, EDITOR, STEWARD)
    with desk.lock:
        state, now = desk.state(), desk.clock()
        by_hour = _by_hour(state, now)
        names = {*state.fresh, *state.begun, *by_hour} - {KNOWN_ANSWER}
        found = [_waiting(state, name, by_hour.get(name, Counter()), now) for name in sorted(names)]
    return [row for row in found if row.fresh or row.begun or row.last_hour]


def _by_hour(state: DeskState, now: datetime) -> dict[str, Counter[int]]:
    """Tips of each channel by whole hours ago, of the latest days."""
    since = (now - timedelta(days=_PAST_DAYS)).isoformat(timespec="seconds")
    many = Counter(
        (tip.channel, tip.received)
        for tip in state.tips.values()
        if tip.received >= since and not tip.answer
    )
    found: dict[str, Counter[int]] = {}
    for (channel, received), n in many.items():  # few: they are cut to the hour
        ago = int((now - datetime.fromisoformat(received)).total_seconds() // 3600)
        found.setdefault(channel, Counter())[ago] += n
    return found


def _waiting(state: DeskState, channel: str, hours: Counter[int], now: datetime) -> Waiting:
    lists = [lists.get(channel, {}) for lists in (state.fresh, state.begun)]
    tips = [state.tips[i] for some in lists for i in some]
    most = usual_most(hours)
    oldest = min((t.received for t in tips), default="")
    age = (now - datetime.fromisoformat(oldest)).total_seconds() // 3600 if oldest else 0
    languages = Counter(str(t.says.get("language", "")) or "not known" for t in tips)
    copies = sum(len(state.copies.get(t.near, ())) - 1 for t in tips if t.near)
    flood = hours[0] >= _LEAST and hours[0] > most
    return Waiting(
        channel, len(lists[0]), len(lists[1]), copies, int(age), hours[0], most, flood,
        dict(languages.most_common()), tuple(hours[ago] for ago in reversed(range(SHOWN_HOURS))),
    )  # fmt: skip


def usual_most(hours: Counter[int]) -> int:
    """The most tips an hour that one unflooded hour in 10,000 passes, by the hours before this one.

    A negative binomial of their mean and variance: calls come in clumps, so a Poisson law would cry
    flood too often.
    """
    past = [hours[ago] for ago in range(1, min(max(hours, default=0), _PAST_DAYS * 24) + 1)]
    if len(past) < _SHORT_PAST:
        return _WITHOUT_PAST
    mean = max(sum(past) / len(past), 1 / len(past))
    variance = sum((n - mean) ** 2 for n in past) / len(past)
    if variance <= mean:
        variance = mean * 1.05
    p = mean / variance
    return int(nbinom.ppf(1 - 1 / _ONE_IN, mean * p / (1 - p), p))
