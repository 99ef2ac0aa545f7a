"""The one fold of the desk's events: every tip as it stands, and the lists that the desk works by."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

from data.tips import desk_events
from data.tips.desk_events import DeskEvent, from_log
from data.tips.desk_log import LogRow
from data.tips.tip_state import Stage, TipState, step

WINDOW = 200  # deals that a channel's share is counted over
KNOWN_ANSWER = "known answer"  # in place of a channel's name, where known-answer tips wait
Tips = dict[str, None]  # ids in order


class Deal(NamedTuple):
    """A tip in somebody's hands, since when (UTC in ISO 8601)."""

    tip: str
    at: str


class DeskState:
    """Everything that the events of a desk leave. `history` gives all events of one tip."""

    def __init__(self, history: Callable[[str], Iterable[LogRow]]) -> None:
        self._history = history
        self.last = 0
        self.tips: dict[str, TipState] = {}
        self.fresh: dict[str, Tips] = {}  # by channel: waiting, nobody graded them
        self.begun: dict[str, Tips] = {}  # by channel: waiting for one more grade
        self.agreed: Tips = {}
        self.proposed: Tips = {}  # merges that nobody confirmed
        self.records: dict[str, Tips] = {}  # by month of the incident
        self.changed: set[str] = set()  # months with records that changed since somebody asked
        self.deals: dict[str, Deal] = {}  # by reviewer
        self.in_hands: dict[str, dict[str, str]] = {}  # tip -> who has it -> since when
        self.served: deque[str] = deque(maxlen=WINDOW)  # channels of the latest deals
        self.receipts: dict[str, str] = {}
        self.messages: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}  # by what a message says of itself besides its text
        self.copies: dict[str, list[str]] = {}  # by key of words: the tips alike, the first leads
        self.by_day: dict[tuple[str, str], list[str]] = {}  # by day and area
        self.hold = False
        self.shifts: list[desk_events.ShiftClaimed] = []
        self.hand_over: int = 0  # the number of the latest note to the next shift
        self._lists: dict[str, tuple[Tips, ...]] = {}  # tip -> the lists that it stands in

    def take(self, rows: Iterable[LogRow]) -> None:
        """Take rows of the log in, in order."""
        for row in rows:
            if event := from_log(row):
                self.apply(event)
            self.last = row.seq

    def apply(self, event: DeskEvent) -> None:
        """Take one event in."""
        self.last = event.seq
        tip = self.tips.get(event.tip)
        if tip is None and event.tip:
            tip = self.tips[event.tip] = TipState(event.tip)
        if own := _OF_DESK.get(type(event)):
            own(self, event)
        if tip is None or isinstance(event, desk_events.TipRead):
            return
        month = tip.month if tip.stage is Stage.RECORD else ""
        if isinstance(event, desk_events.StepUndone):
            tip = self._anew(event)
        else:
            step(tip, event)
        if isinstance(event, desk_events.TipReceived):
            self._enter(tip)
        self._sort(tip)
        self.changed |= {month, tip.month if tip.stage is Stage.RECORD else ""} - {""}

    def leads(self, tip: TipState) -> bool:
        """Return whether a tip is the first of its near-copies: the only one that is dealt."""
        return not tip.near or self.leader(tip) == tip.id

    def leader(self, tip: TipState) -> str:
        """The first of the near-copies of a tip that was not withdrawn."""
        alike = self.copies.get(tip.near, [tip.id])
        return next((i for i in alike if not self.tips[i].withdrawn), tip.id)

    def _anew(self, event: desk_events.StepUndone) -> TipState:
        """The state of a tip from all its events up to one, without those that are undone."""
        rows = [row for row in self._history(event.tip) if row.seq <= event.seq]
        every = [told for row in rows if (told := from_log(row))]
        undone = {e.undone for e in every if isinstance(e, desk_events.StepUndone)}
        tip = self.tips[event.tip] = TipState(event.tip)
        for one in every:
            if one.seq not in undone:
                step(tip, one)
        return tip

    def _enter(self, tip: TipState) -> None:
        if tip.receipt:
            self.receipts[tip.receipt] = tip.id
        if tip.message:
            self.messages[tip.message] = tip.id
            self.parts.setdefault(tip.message.partition("-")[0], []).append(tip.id)
        if tip.near and not tip.answer:
            self.copies.setdefault(tip.near, []).append(tip.id)
        if not tip.answer:
            self.by_day.setdefault(_day_and_area(tip), []).append(tip.id)

    def _sort(self, tip: TipState) -> None:
        """Put a tip into the lists of its stage, and take it out of all others."""
        wanted = self._wanted(tip)
        before = self._lists.get(tip.id, ())
        for old in before:
            if not any(old is new for new in wanted):
                old.pop(tip.id, None)
        for new in wanted:
            new.setdefault(tip.id)
        self._lists[tip.id] = wanted
        if tip.withdrawn and tip.near:  # the next of its near-copies leads now
            follower = self.tips[self.leader(tip)]
            if follower is not tip:
                self._sort(follower)

    def _wanted(self, tip: TipState) -> tuple[Tips, ...]:
        stage, found = tip.stage, []
        if stage is Stage.WAITING and self.leads(tip):
            lists = self.begun if tip.grades else self.fresh
            found.append(lists.setdefault(KNOWN_ANSWER if tip.answer else tip.channel, {}))
        if stage is Stage.AGREED:
            found.append(self.agreed)
        if stage is Stage.RECORD:
            found.append(self.records.setdefault(tip.month, {}))
        if tip.proposed and stage not in (Stage.MERGED, Stage.WITHDRAWN):
            found.append(self.proposed)
        return tuple(found)

    def take_back(self, who: str) -> None:
        """Nobody has what somebody had."""
        if deal := self.deals.pop(who, None):
            hands = self.in_hands.get(deal.tip, {})
            hands.pop(who, None)
            if not hands:
                self.in_hands.pop(deal.tip, None)


def _dealt(desk: DeskState, event: desk_events.TipDealt) -> None:
    desk.take_back(event.who)
    desk.deals[event.who] = Deal(event.tip, event.at)
    desk.in_hands.setdefault(event.tip, {})[event.who] = event.at
    tip = desk.tips[event.tip]
    if not tip.answer:
        desk.served.append(tip.channel)


def _returned(desk: DeskState, event: desk_events.DealReturned) -> None:
    desk.take_back(event.reviewer)


def _graded(desk: DeskState, event: desk_events.TipGraded) -> None:
    if (deal := desk.deals.get(event.who)) and deal.tip == event.tip:
        desk.take_back(event.who)


def _held(desk: DeskState, event: desk_events.HoldSet) -> None:
    desk.hold = event.on


def _shift(desk: DeskState, event: desk_events.ShiftClaimed) -> None:
    desk.shifts.append(event)


def _hand_over(desk: DeskState, event: desk_events.HandOver) -> None:
    desk.hand_over = event.seq


_OF_DESK: dict[type[DeskEvent], Callable[..., None]] = {
    desk_events.TipDealt: _dealt,
    desk_events.DealReturned: _returned,
    desk_events.TipGraded: _graded,
    desk_events.HoldSet: _held,
    desk_events.ShiftClaimed: _shift,
    desk_events.HandOver: _hand_over,
}


def _day_and_area(tip: TipState) -> tuple[str, str]:
    return str(tip.says.get("day", "")) or tip.received[:10], str(tip.says.get("area", ""))
