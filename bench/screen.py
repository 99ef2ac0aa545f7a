"""From a filter's change to the finished rerun of the Map screen, against the plain one; and every
page alone, also in a place of thousands of areas."""

import asyncio
from pathlib import Path
from statistics import median
from typing import Any

from bench import asked, metro, pages, servers, stores
from bench.client import Reader, Screen, reader
from data.settings import Problem

ROWS = 1_000_000
VIEWS, OF_BOTH = 60, 9
LIMITS = ((1_000_000, 0.250), (10_000_000, 0.700))  # up to so many rows: seconds
LEAST, LEAST_AT = 8.0, 1_000_000  # how many times as fast, and at how many rows


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict of the times of Views that nobody has asked before, and one for each page."""
    rows = rows or ROWS
    few, many = stores.kept(rows), stores.kept(rows, "bench.metro")
    screens = figures(few, rows, VIEWS, OF_BOTH)
    return screens + pages.of_stores(few, many, rows, metro.AREAS)


def figures(root: Path, rows: int, views: int, of_both: int) -> list[dict[str, Any]]:
    """The figures on a store that `bench.made` has made, with so many Views."""
    with servers.ours(root) as ours, servers.plain(root) as plain:
        taken, plains, wrong, busy = asyncio.run(_measured(ours, plain, views, of_both))
        peaks = ours.peak_mb, plain.peak_mb
    floor_s = asyncio.run(_floor(taken[-1], of_both))
    seconds = [one.seconds for one in taken]
    # both dashboards were asked for the first `of_both` Views
    ours_s, peer_s = (median(one.seconds for one in x) for x in (taken[:of_both], plains))
    ratio = peer_s / ours_s
    p95 = asked.quantile(seconds, 0.95)
    limit = next((s for most, s in LIMITS if rows <= most), LIMITS[-1][1])
    needed = LEAST if rows == LEAST_AT else 0
    faster = f"at least {LEAST:g} times as fast, " if needed else ""
    return [
        {
            "name": "screen",
            "rows": rows,
            "ours_s": ours_s,
            "peer_s": peer_s,
            "ratio": ratio,
            "floor_s": floor_s,  # Streamlit alone, with as many elements
            "floor_ratio": peer_s / floor_s,
            "equal": not wrong,
            "peak_mb": peaks[0],
            "goal": f"p95_s under {1000 * limit:.0f} ms, {faster}every number equal",
            "ok": not wrong and p95 < limit and ratio >= needed,
            "p95_s": p95,
            "middle_s": median(seconds),
            "views": len(taken),
            "peer_views": len(plains),
            "cpu_s": busy / len(taken),
            "sent_kb": median(one.size for one in taken) / 1024,
            "peer_sent_kb": median(one.size for one in plains) / 1024,
            "peer_peak_mb": peaks[1],
            "different": wrong,
        }
    ]


async def _measured(
    ours: servers.Server, plain: servers.Server, views: int, of_both: int
) -> tuple[list[Screen], list[Screen], list[str], float]:
    """The screens of ours and of the plain one, asked in turn, where they differ, and how
    long ours computed."""
    order = asked.shuffled()
    async with reader(ours.port) as our_reader, reader(plain.port) as plain_reader:
        # not counted: the first loads the incidents, the second is the first of its kind
        for query in ("", order[-1]):
            await our_reader.ask(query)
            await plain_reader.ask(query)
        taken, plains, wrong = [], [], []
        busy = ours.cpu_s
        for i, query in enumerate(order[:views]):
            taken.append(await changed(our_reader, query, taken))
            if i < of_both:
                plains.append(await plain_reader.ask(query))
                if told := asked.differs(taken[-1], plains[-1]):
                    wrong.append(f"{query}: {told}")
        return taken, plains, wrong, ours.cpu_s - busy


async def _floor(screen: Screen, asks: int) -> float:
    """The seconds of Streamlit alone: as many elements of each kind as a screen has, constant."""
    kinds = {kind: (len(n), sum(n) // len(n)) for kind, n in screen.sizes.items()}
    with servers.floor(kinds) as server:
        async with reader(server.port) as one:
            for query in ("", "first=1"):  # not counted, as with the others
                await one.ask(query)
            taken = [await one.ask(f"at={i}") for i in range(asks)]
    found = {kind: len(n) for kind, n in taken[-1].sizes.items()}
    if taken[-1].errors or found != {kind: len(n) for kind, n in screen.sizes.items()}:
        raise Problem(f"The floor is not whole: {taken[-1].errors or found}")
    return median(one.seconds for one in taken)


async def changed(one: Reader, query: str, before: list[Screen]) -> Screen:
    """The screen of a query. Problem where it is the one of before: nothing was measured."""
    screen = await one.ask(query)
    if screen.errors or not screen.sentence:
        raise Problem(f"The screen of {query!r} is not whole: {screen.errors or 'no sentence'}")
    if before and screen.sentence == before[-1].sentence:
        raise Problem(f"The filters of {query!r} changed nothing: {screen.sentence}")
    return screen
