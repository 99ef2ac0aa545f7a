"""Many people at once, each with a filter change in ten seconds, on two cores."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench import asked, servers, stores
from bench.client import Reader, Screen, reader
from data.settings import Problem

ROWS = 1_000_000
SESSIONS, PEERS = 50, 5  # the plain one with a tenth: it would not be ready in time
EVERY = 10.0  # seconds between the changes of one person, in the mean
SHORT, LONG = 12.0, 60.0  # seconds of measuring; long where a number of people is given
CORES = 2
LIMIT, MOST_MB = 1.0, 1500.0
COMPARED = 8  # Views compared with the plain one, the most asked first
PATIENCE = 300.0


@dataclass(frozen=True)
class Change:
    """One filter change: the View's query, seconds from its moment to its end, what came."""

    query: str
    seconds: float
    screen: Screen


@dataclass(frozen=True)
class Load:
    """The changes that a number of people made on a server, and what that cost it."""

    changes: list[Change]
    peak_mb: float
    cores: float  # how many of them it kept busy

    def seconds(self, share: float) -> float:
        """The time within which that share of all changes was done."""
        return asked.quantile([change.seconds for change in self.changes], share)


def run(rows: int | None, sessions: int | None = None) -> list[dict[str, Any]]:
    """One dict: by default 50 people of ours and a tenth of the plain one, for a short time."""
    rows = rows or ROWS
    people = sessions or SESSIONS
    span = LONG if sessions else SHORT
    return figures(stores.kept(rows), rows, people, sessions or PEERS, span)


def figures(root: Path, rows: int, people: int, peers: int, span: float) -> list[dict[str, Any]]:
    """The figures on a store that `bench.made` has made, over a span of seconds."""
    with _cores():
        with servers.ours(root) as ours:
            load = asyncio.run(_loaded(ours, people, span))
        with servers.plain(root) as plain:
            peer = asyncio.run(_loaded(plain, peers, min(span, EVERY)))
            wrong = asyncio.run(_different(plain, load.changes))
    told = [change.query for change in load.changes]
    p95 = load.seconds(0.95)
    needed = people <= SESSIONS
    goal = f"p95_s under {LIMIT:g} s, under {MOST_MB:g} MB, " if needed else ""
    return [
        {
            "name": f"sessions: {people} people (the plain one {peers})",
            "rows": rows,
            "ours_s": median(change.seconds for change in load.changes),
            "peer_s": median(change.seconds for change in peer.changes),
            # a ratio for another number of people would mean nothing
            "ratio": peer.seconds(0.5) / load.seconds(0.5) if peers == people else None,
            "equal": not wrong,
            "peak_mb": load.peak_mb,
            "goal": f"{goal}every number equal",
            "ok": not wrong and (not needed or (p95 < LIMIT and load.peak_mb < MOST_MB)),
            "p95_s": p95,
            "slowest_s": load.seconds(1.0),
            "sessions": people,
            "changes": len(told),
            "views": len(set(told)),
            "hit_rate": 1 - len(set(told)) / len(told),
            "cores": load.cores,
            "peer_p95_s": peer.seconds(0.95),
            "peer_sessions": peers,
            "peer_changes": len(peer.changes),
            "peer_cores": peer.cores,
            "peer_peak_mb": peer.peak_mb,
            "different": wrong,
        }
    ]


@contextmanager
def _cores() -> Iterator[None]:
    """Two cores for all that is started here, servers and readers."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def _loaded(server: servers.Server, people: int, span: float) -> Load:
    """So many people with pages open; then each changes filters by chance in time."""
    rng = np.random.default_rng(asked.SEED)
    moments = _moments(people, span, rng)
    drawn = iter(asked.zipf(sum(map(len, moments))))
    # drawn in the order of time, whoever asks
    order = sorted((moment, i) for i, own in enumerate(moments) for moment in own)
    turns: list[list[tuple[float, str]]] = [[] for _ in range(people)]
    for moment, i in order:
        turns[i].append((moment, next(drawn)))
    async with AsyncExitStack() as stack:
        readers = []
        for _ in range(people):
            readers.append(await stack.enter_async_context(reader(server.port)))
            await readers[-1].ask("")  # the first page is not counted
        clock = asyncio.get_running_loop().time
        start, busy = clock(), server.cpu_s
        async with asyncio.timeout(PATIENCE):
            told = await asyncio.gather(
                *(_person(one, turn, start) for one, turn in zip(readers, turns))
            )
        cores = (server.cpu_s - busy) / (clock() - start)
        return Load([change for own in told for change in own], server.peak_mb, cores)


def _moments(people: int, span: float, rng: np.random.Generator) -> list[list[float]]:
    """The times at which each person changes a filter: as often in any stretch (Poisson)."""
    return [sorted(rng.uniform(0, span, rng.poisson(span / EVERY)).tolist()) for _ in range(people)]


async def _person(one: Reader, turns: list[tuple[float, str]], start: float) -> list[Change]:
    """The changes of one person. Who waits for an answer asks later: that counts too."""
    clock = asyncio.get_running_loop().time
    found = []
    for moment, query in turns:
        await asyncio.sleep(max(start + moment - clock(), 0))
        screen = await one.ask(query)
        found.append(Change(query, clock() - start - moment, screen))
    return found


async def _different(plain: servers.Server, changes: list[Change]) -> list[str]:
    """Sentences where a person got another answer than others, or than the plain one gives."""
    wrong = []
    seen: dict[str, list[Screen]] = {}
    for change in changes:
        seen.setdefault(change.query, []).append(change.screen)
    for query, screens in seen.items():
        told = {(screen.sentence, screen.ranked.to_json()) for screen in screens}
        errors = [error for screen in screens for error in screen.errors]
        if len(told) > 1 or errors or not screens[0].sentence:
            wrong.append(f"{query}: not one answer to all: {errors}")
    most = sorted(seen, key=lambda query: -len(seen[query]))[:COMPARED]
    if not most:
        raise Problem("Nobody changed a filter: measure longer, or more people.")
    async with reader(plain.port) as one:
        for query in most:
            if different := asked.differs(seen[query][0], await one.ask(query)):
                wrong.append(f"{query}: {different}")
    return wrong
