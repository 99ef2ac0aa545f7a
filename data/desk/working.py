"""What the desk does by itself beside its people: takes tips in, writes records, forgets.

One thread a desk; whatever it could not do, it does the next time.
"""

import logging
import threading
import time

from data.desk import collecting, desk_records, forgetting
from data.desk.desk import Desk, open_desk
from data.settings import Problem, Settings
from data.storage.store import Store

EVERY = 1.0  # seconds between two looks
_FORGET_EVERY = 3600.0
_log = logging.getLogger(__name__)
_running: dict[int, threading.Thread] = {}
_starting = threading.Lock()


def keep_up(desk: Desk, *, made: bool = False) -> None:
    """Let a thread of this process work for a desk, unless one does."""
    with _starting:
        thread = _running.get(id(desk))
        if thread is None or not thread.is_alive():
            thread = threading.Thread(target=_work, args=(desk, made), daemon=True, name="desk")
            _running[id(desk)] = thread
            thread.start()


def begin_work(settings: Settings) -> None:
    """Begin to work for the desk of the settings' store, in a thread: its log may be long."""

    def begin() -> None:
        try:
            keep_up(open_desk(Store(settings.store), settings))
        except Problem as problem:  # the desk's pages say so too
            _log.warning("The desk cannot be opened: %s", problem)

    threading.Thread(target=begin, daemon=True, name="desk opens").start()


def _work(desk: Desk, made: bool) -> None:
    source = desk_records.MADE if made else desk_records.SOURCE
    forgot, first, failed = 0.0, True, ""
    while True:
        begun = time.monotonic()
        try:
            collecting.collect_spool(desk)
            if first or desk.state().changed:
                desk_records.write_records(desk, source)
                first = False
            if time.monotonic() - forgot > _FORGET_EVERY or not forgot:
                forgetting.expire(desk)
                forgot = time.monotonic()
            failed = ""
        except Exception as error:  # said once: the next look tries again, whatever it was
            if str(error) != failed:
                told = error if isinstance(error, Problem) else type(error).__name__
                _log.warning("The desk could not keep up: %s", told)
            failed, first = str(error), True
        # many approvals at once are one import: pages have two thirds of the time
        time.sleep(max(EVERY, 2 * (time.monotonic() - begun)))
