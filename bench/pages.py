"""Every page of the dashboard: its first load, and Views that nobody has asked for before.

In a dashboard that has shown its Map to somebody: what a process loads once is told beside the
Map's own line, and is the claim of `bench start`. Each page is opened by a reader of its own.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import servers
from bench.client import Screen, reader
from data.settings import Problem
from ui.frame.menu import VIEW_PAGES, PageRow

LIMIT = 1.0
# pages that take longer among thousands of areas, and say so while they do: seconds
LONGER = {"now": 20.0}  # a scan of 64,000 circles, 999 times over, and bands of 2,000 series
# nearly all that a made store holds, and nights of a year; in the days that {} stands for each page
# has its own, so that no page gets what another has counted
VIEWS = (
    "from=2012-02-{0:02d}&to=2021-11-{0:02d}",
    "from=2019-02-{0:02d}&to=2020-01-31&hours=22-06",
)


@dataclass(frozen=True)
class Opened:
    """The seconds of a page's first load and of the slower new View, and its kilobytes then."""

    first_s: float
    new_s: float
    sent_kb: float

    @property
    def slowest(self) -> float:
        """The longer of both."""
        return max(self.first_s, self.new_s)


@dataclass(frozen=True)
class Dashboard:
    """All pages of a dashboard by address, its very first load, and the most memory it held."""

    pages: dict[str, Opened]
    start_s: float
    peak_mb: float


async def opened(server: servers.Server, rows: Sequence[PageRow] = VIEW_PAGES) -> Dashboard:
    """Open every page of a dashboard that nobody has opened before."""
    async with reader(server.port) as one:
        start = await one.ask("")
    found = {row.path: await _open(server, row, i + 1) for i, row in enumerate(rows)}
    return Dashboard(found, start.seconds, server.peak_mb)


async def _open(server: servers.Server, row: PageRow, day: int) -> Opened:
    async with reader(server.port) as one:
        screens = [_whole(await one.ask("", row.path), row, "its first load")]
        for view in VIEWS:
            query = view.format(day)
            screens.append(_whole(await one.ask(query, row.path), row, query))
            if screens[-1].sentence == screens[-2].sentence:
                raise Problem(f"The filters of {query!r} changed nothing on {row.title}.")
    new = max(screen.seconds for screen in screens[1:])
    return Opened(screens[0].seconds, new, max(screen.size for screen in screens) / 1024)


def _whole(screen: Screen, row: PageRow, what: str) -> Screen:
    """A screen that came whole. Problem where it did not."""
    if screen.errors or not screen.sentence:
        raise Problem(f"{row.title} is not whole at {what}: {screen.errors or 'no sentence'}")
    return screen


def figures(few: Dashboard, many: Dashboard, rows: int, areas: int) -> list[dict[str, Any]]:
    """A dict for each page: of the usual place, and of one of so many areas."""
    titles = {row.path: row.title for row in VIEW_PAGES}
    return [
        _figure(titles[path], few, many, path, rows, areas)
        for path in few.pages
        if path in many.pages
    ]


def _figure(
    title: str, few: Dashboard, many: Dashboard, path: str, rows: int, areas: int
) -> dict[str, Any]:
    one, other = few.pages[path], many.pages[path]
    longer = LONGER.get(path, LIMIT)
    but = f", among {areas:,} areas {longer:g} s" if longer != LIMIT else ""
    line = {
        "name": f"page: {title}",
        "rows": rows,
        "ours_s": one.slowest,
        "peak_mb": max(few.peak_mb, many.peak_mb),
        "goal": f"first load and a new View under {LIMIT:g} s{but}",
        "ok": one.slowest < LIMIT and other.slowest < longer,
        "first_s": one.first_s,
        "new_view_s": one.new_s,
        "areas": areas,
        "areas_first_s": other.first_s,
        "areas_new_view_s": other.new_s,
        "sent_kb": one.sent_kb,
        "areas_sent_kb": other.sent_kb,
    }
    if not path:  # not promised here
        line |= {"start_s": few.start_s, "areas_start_s": many.start_s}
    return line


def of_stores(few: Path, many: Path, rows: int, areas: int) -> list[dict[str, Any]]:
    """The figures of two stores that `bench.made` and `bench.metro` have made."""
    found = []
    for root in (few, many):
        with servers.ours(root) as server:
            found.append(asyncio.run(opened(server)))
    return figures(*found, rows, areas)
