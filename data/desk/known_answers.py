"""Tips with a known answer: made by stewards, dealt among the others, to measure the desk.

They are about days more than a week past, so that nobody acts on one; they are in no queue count, no
proposal of duplicates, no flood alarm, and never become a record.
"""

import secrets
from datetime import date, timedelta

from data.desk.desk import Desk
from data.desk.receive import tip_events
from data.people.actor import STEWARD, Actor, require
from data.reports.tip import Incoming, Tip
from data.settings import Problem
from data.tips.reasons import Verdict

ANSWERS = (Verdict.CONFIRMED, Verdict.FALSE, Verdict.CANNOT_TELL)
_PAST_DAYS = 7


def add_known(desk: Desk, actor: Actor, tip: Tip, answer: str, channel: str = "form") -> None:
    """Put a tip with a known answer among those that wait. Problem where its day is too near."""
    require(actor, STEWARD)
    if answer not in ANSWERS:
        raise Problem("Choose the right answer.")
    try:
        day = date.fromisoformat(tip.day)
    except ValueError:
        raise Problem("Write the day as 2026-01-17.") from None
    if not tip.text.strip():
        raise Problem("Write what the tip says.")
    desk.check_said({"area": tip.area})
    now = desk.clock()
    if now.date() - day <= timedelta(days=_PAST_DAYS):
        raise Problem("A tip with a known answer is about a day more than a week past.")
    received = now.replace(minute=0, second=0, microsecond=0).isoformat(timespec="seconds")
    own = Incoming(channel, tip, received, author=actor.who)
    desk.act(lambda _: tip_events(own, secrets.token_hex(6), answer=answer))


def unmasked(desk: Desk, who: str, tips: list[str]) -> list[tuple[str, str]]:
    """Of some tips, those with a known answer that somebody graded and that need no grade any more:
    with the answer. Before both graders have spoken nobody learns of it."""
    with desk.lock:
        state = desk.state()
        found = (state.tips.get(tip) for tip in tips)
        return [
            (tip.id, tip.answer)
            for tip in found
            if tip and tip.answer and not tip.decision.more and who in tip.graders
        ]
