"""The desk of a store: its state, kept up with the log, and the one way to add to it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.desk.desk_settings import DeskSettings, load_desk_settings
from data.messages.near_copies import CopyIndex
from data.settings import Problem, Settings
from data.storage.area_sets import area_names_of
from data.storage.identity import store_key
from data.storage.store import Store
from data.tips.desk_events import DeskEvent, to_log
from data.tips.desk_log import DeskLog, LogRow, open_log
from data.tips.desk_state import DeskState
from data.tips.tip_state import TipState

_LATE = 0.1
_TRIES = 50  # appends of others that came first, one after the other
Choose = Callable[[DeskState], Sequence[DeskEvent]]


class Desk:
    """The desk of one store. Its methods may be called from many threads at once.

    `clock` gives the time now, in UTC.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        log: DeskLog | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        rules: DeskSettings | None = None,
    ) -> None:
        self.store, self.settings, self.clock = store, settings, clock
        self.log = log or open_log(store.root)
        self.rules = rules or load_desk_settings()
        self.lock = threading.RLock()
        self._state = DeskState(self.log.of_tip)
        self.key = store_key(store.root)
        self._index: CopyIndex | None = None
        self._read = -1.0  # when the log was read last

    def now(self) -> str:
        """The time now: UTC in ISO 8601, to the second."""
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")

    def state(self, *, at_once: bool = False) -> DeskState:
        """The state now; of other processes' events at most _LATE seconds old, unless `at_once`.

        To be read under `lock` where more than one thing is read.
        """
        with self.lock:
            if at_once or time.monotonic() - self._read > _LATE:
                self._state.take(self.log.read(self._state.last))
                self._read = time.monotonic()
            return self._state

    def begin_anew(self) -> None:
        """Fold all events again: what they said may be gone."""
        with self.lock:
            self._state, self._index, self._read = DeskState(self.log.of_tip), None, -1.0

    def copy_index(self, state: DeskState) -> CopyIndex:
        """The near-copies met so far, those of the log among them."""
        if self._index is None:
            self._index = CopyIndex()
            for key in state.copies:
                self._index.match(key)
        return self._index

    def act(self, choose: Choose) -> list[DeskEvent]:
        """Append the events that somebody chooses by the state as it is; they come back numbered.

        Where another process was first, the choice is made anew. Problems of the choice pass on.
        """
        for _ in range(_TRIES):
            with self.lock:
                state = self.state(at_once=True)
                before = state.last
                now = self.now()
                chosen = [replace(event, at=event.at or now) for event in choose(state)]
                if not chosen:
                    return []
                rows = [to_log(event) for event in chosen]
                if self.log.append(rows, after=before) is None:
                    continue
                numbered = [replace(e, seq=before + i) for i, e in enumerate(chosen, 1)]
                for event in numbered:
                    state.apply(event)
                return numbered
        raise Problem("The desk is too busy. Try it again in a moment.")

    def tip(self, tip: str) -> TipState:
        """A tip as it stands. Problem where there is none."""
        found = self.state().tips.get(tip)
        if found is None or not found.channel:
            raise Problem("There is no such tip, or it was purged.")
        return found

    def areas(self) -> list[str]:
        """The names of the place's areas; none where it has no areas."""
        return _areas(self.store, self.store.ledger.state())

    def check_said(self, says: Mapping[str, Any]) -> None:
        """Problem where a day, an hour or an area cannot be."""
        if day := says.get("day"):
            try:
                said = date.fromisoformat(str(day))
            except ValueError:
                raise Problem(f"{day!r} is no day: write it as 2026-01-17.") from None
            if said > (self.clock() + timedelta(days=1)).date():
                raise Problem(f"{day} has not come yet.")
        hour = says.get("hour")
        if hour is not None and hour not in range(24):
            raise Problem("An hour is from 0 to 23.")
        area, names = says.get("area"), self.areas()
        if area and names and area not in names:
            raise Problem(f"There is no area called {area!r} here.")

    def raw(self, tip: TipState) -> dict[str, Any]:
        """The raw texts of a tip; empty where it has none or they are gone."""
        return dict(self.log.detail(tip.raw).get(tip.raw, {}).get("says", {})) if tip.raw else {}

    def history(self, tip: str) -> list[LogRow]:
        """All that was done to a tip and is not forgotten, in order."""
        return self.log.of_tip(tip)


@lru_cache(maxsize=4)
def _areas(store: Store, _changed: object) -> list[str]:
    return list(area_names_of(store))


_desks: dict[Path, Desk] = {}
_opening = threading.Lock()


def open_desk(store: Store, settings: Settings) -> Desk:
    """The desk of a store: one in a process."""
    with _opening:
        if store.root not in _desks:
            _desks[store.root] = Desk(store, settings)
        return _desks[store.root]
