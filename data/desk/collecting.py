"""Reports that the door sealed, opened and taken in."""

import hashlib
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from data.desk.desk import Desk
from data.desk.receive import receive_tips
from data.reports import spool
from data.reports.door_settings import load_own_door
from data.reports.tip import Incoming

_AT_ONCE = 200  # files
_WAITS_DAYS = 7  # that a withdrawal waits for its report, which another host may send later
_closed: dict[int, set[str]] = {}  # by desk: names of files that cannot be opened


class Collected(NamedTuple):
    """How many reports came in, were there already, were taken back, and cannot be opened."""

    new: int
    again: int
    withdrawn: int
    unopened: int


def collect_spool(desk: Desk) -> Collected:
    """Take in what lies in the spool. A file is marked as opened only when its report is on the
    disk; one that was taken in before and not marked is known by its name. Opened ones go after
    a week, unless a hold is on."""
    folder = load_own_door(desk.store.root).spool
    if not folder.is_dir():
        return Collected(0, 0, 0, 0)
    closed = _closed.setdefault(id(desk), set())
    files = spool.unsealed(folder, spool.read_key(desk.store.root), closed)
    withdrawals: list[Sealed] = []
    new = again = 0
    while some := list(islice(files, _AT_ONCE)):
        closed |= {file.name for file, incoming in some if incoming is None}
        every = [Sealed(file, incoming) for file, incoming in some if incoming]
        withdrawals += [one for one in every if one.incoming.withdraws]
        reports = [one for one in every if not one.incoming.withdraws]
        received = receive_tips(desk, map(_named, reports))
        for one in reports:
            spool.mark_opened(one.file)
        new, again = new + received.new, again + received.again
    # a report and its withdrawal may lie in the spool together, in any order
    withdrawn = receive_tips(desk, (one.incoming for one in withdrawals)).withdrawn
    for one in withdrawals:
        if one.incoming.receipt in desk.state().receipts or _is_old(one.file):
            spool.mark_opened(one.file)
    if not desk.state().hold:
        spool.remove_opened(folder)
    return Collected(new, again, withdrawn, len(closed))


class Sealed(NamedTuple):
    """A file of the spool that could be opened."""

    file: Path
    incoming: Incoming


def _named(sealed: Sealed) -> Incoming:
    """A report that is known by its file's name, where nothing else tells it from others."""
    name = hashlib.sha256(sealed.file.name.encode()).hexdigest()[:32]
    return replace(sealed.incoming, message=sealed.incoming.message or name)


def _is_old(file: Path) -> bool:
    return time.time() - file.stat().st_mtime > _WAITS_DAYS * 86400


def unopened(desk: Desk) -> int:
    """How many sealed reports the last look could not open: they stay where they are."""
    return len(_closed.get(id(desk), ()))
