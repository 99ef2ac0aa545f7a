"""All records of a feed, or all that are new: asked for page by page, and counted."""

import contextlib
import gc
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from data.imports.sorted_runs import ahead
from data.pull_faults import PullFault
from data.pulls.by_address import ByAddress
from data.pulls.feeds import Feed
from data.pulls.gathered import Gathered, PullProgress, label_key, new_key
from data.pulls.protocol import FeedProtocol, Restart
from data.pulls.seen import Difference, Records, Seen, compare_new, compare_whole, last_of_each
from data.pulls.web import PullStopped
from data.settings import Problem
from geo.arrays import Flags

WHOLE_EVERY = timedelta(days=1)  # of servers that do not tell what was changed
PAGES_LAST = timedelta(days=1)  # a pull that broke off longer ago begins anew

Say = Callable[[str], None]
Bar = Callable[[int, int], None]


class Outcome(NamedTuple):
    """How what came differs from what is known, and which of the gathered records are to be
    imported (a mask)."""

    difference: Difference
    imported: Flags


class Gathering:
    """The asking of one pull. `meaning` is what the pages depend on, `seen` what is known."""

    def __init__(
        self,
        feed: Feed,
        protocol: FeedProtocol,
        pages: Gathered,
        seen: Seen | None,
        meaning: str,
        say: Say,
        bar: Bar,
    ) -> None:
        self.feed, self.protocol, self.pages, self.seen = feed, protocol, pages, seen
        self.meaning, self.say, self.bar = meaning, say, bar
        self.now = datetime.now(UTC)

    def gather(self, whole: bool) -> Outcome:
        """Get what is new, or all. PullStopped where the server gives another number of records
        than it counts."""
        self._ask("" if whole else self._since())
        if (found := self._outcome()) is None:
            self._ask("")
            found = self._outcome()
        assert found is not None
        return found

    def _since(self) -> str:
        """The mark since when records are asked for; "" for all."""
        if self.seen is None or not self.protocol.tells_new:
            return ""
        if not self.protocol.tells_changes:
            whole_at = datetime.fromisoformat(self.seen.whole_at)
            if self.now - whole_at >= WHOLE_EVERY:
                return ""
        return self.seen.newest

    def _ask(self, since: str) -> None:
        """Get all pages since a mark, going on where an earlier pull broke off."""
        with _without_pauses():
            self._ask_pages(since)

    def _ask_pages(self, since: str) -> None:
        pages = self.pages
        if not self._resumed(since):
            self._begin(since)
        progress = pages.progress
        since = progress.since
        counted = None if progress.done else self.protocol.count(since)
        while not pages.progress.done:
            try:
                for page in ahead(self.protocol.pages(since, pages.progress.after)):
                    pages.progress.facts = dict(self.protocol.facts)
                    pages.add(page)
                    self._check_id()
                    self.bar(sum(pages.progress.lines), counted or 0)
            except Restart:  # what came says otherwise than what was learned
                since = ""
                self._begin(since)
                counted = self.protocol.count(since)
        self._check_count(since, counted)

    def _resumed(self, since: str) -> bool:
        pages = self.pages
        if not pages.resume(self.meaning):
            return False
        progress = pages.progress
        late = self.now - datetime.fromisoformat(progress.began) > PAGES_LAST
        by_file = isinstance(self.protocol, ByAddress)  # its rows are all there at once
        other = self.seen is not None and progress.key != self.seen.key
        if late or by_file or other or progress.since not in ("", since):
            return False
        if progress.lines:
            self.say(f"Going on with the pull that broke off: {sum(progress.lines):,} came.")
        self.protocol.facts = dict(progress.facts)
        return True

    def _begin(self, since: str) -> None:
        key = self.seen.key if self.seen else new_key()
        began = self.now.isoformat(timespec="microseconds")
        self.pages.begin(PullProgress(self.meaning, began, key, since))

    def _check_id(self) -> None:
        """Problem where the records have no column of the id that the mapping names."""
        pages = self.pages
        names = [*pages.names, *pages.dropped] or [*self.protocol.names]
        if names and label_key(pages.columns.id) not in map(label_key, names):
            listed = ", ".join(names)
            raise Problem(
                f'The feed {self.feed.name} has no column "{pages.columns.id}", which '
                f"{self.feed.map} names as incident_id. It has: {listed}."
            )

    def _check_count(self, since: str, before: int | None) -> None:
        """PullStopped where what came is not what the server counts.

        It may have got more while it was asked: what it counted before and counts now bound it.
        """
        now = self.protocol.count(since)
        if now is None:
            return
        came = self._came()
        if came != now:
            for page in self.protocol.missing(since, self.pages.has()):
                self.pages.add(page)
            now, came = self.protocol.count(since) or 0, self._came()
        least, most = sorted((now, now if before is None else before))
        if not least <= came <= most:
            self.pages.remove()
            raise PullStopped(
                f"The server of {self.feed.name} counts {now:,} records, and {came:,} came: "
                "nothing was imported. Try it again; if it stays so, tell the publisher.",
                PullFault.COUNT,
            )

    def _came(self) -> int:
        return len(np.unique(self.pages.records().rows))

    def _outcome(self) -> Outcome | None:
        """How what came differs from what is known; None where all records are to be asked for."""
        came = self.pages.records()
        last = last_of_each(came)
        if twice := int((~last).sum()):
            self.say(f"{twice:,} records came twice: the later one counts.")
        known = self.seen.records if self.seen else Records.empty()
        if not self.pages.progress.since:
            found = compare_whole(came.only(last), known)
        else:
            new = compare_new(came.only(last), known)
            if new is None or self.protocol.count("") != len(new.after.rows):
                self.say(
                    "Records were deleted on the server, or several share an id: all are asked for."
                )
                return None
            found = new
        imported = np.zeros(len(last), bool)
        imported[np.flatnonzero(last)[found.imported]] = True
        return Outcome(found, imported)


@contextlib.contextmanager
def _without_pauses() -> Iterator[None]:
    """Let the thread that asks for the next page go first: pages hold no cycles that Python would
    have to search for, and threads take turns ten times as often."""
    searched, turns = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(turns / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(turns)
        if searched:
            gc.enable()


def digest_of(*meaning: Any) -> str:
    """The SHA-256 of JSON values."""
    text = json.dumps(meaning, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
