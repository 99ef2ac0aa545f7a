"""Scan statistics: ours against plain numpy that loops over replicates and centres."""

import resource
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from bench.plain import scan as plain
from geo import scan

ROUNDS = 3
REPLICATES = 999
AREAS, DAYS, CASES, NEWEST = 87, 365, 20_000, 30
TRACTS, SICK = 281, 552  # the size of Kulldorff's leukemia example
MOST_S = 3.0
FASTER = 8.0


def run(rows: int | None) -> list[dict[str, Any]]:
    """Measure 999 replicates, both in full; `rows` is the number of cases in space and time."""
    return [_in_time(rows or CASES), _in_space()]


def _in_time(cases: int) -> dict[str, Any]:
    counts, x, y = _days(cases)
    ours_s, found = _timed(
        lambda: scan.space_time_permutation(counts, x, y, NEWEST, replicates=REPLICATES, seed=1),
        ROUNDS,
    )
    peer_s, peer = _timed(
        lambda: plain.space_time_permutation(counts, x, y, NEWEST, REPLICATES, seed=2), 1
    )
    top = found.iloc[0]
    equal = _same(top, peer) and int(top["days"]) == peer["length"]
    name = f"scan: {AREAS} areas, {DAYS} days, windows to {NEWEST}"
    figure = _figure(name, cases, ours_s, peer_s, equal, FASTER)
    return figure | {"llr": top["llr"], "p": top["p"], "peer_p": peer["p"]}


def _in_space() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 100, (2, TRACTS))
    people = rng.integers(500, 8000, TRACTS).astype(float)
    near = np.hypot(x - 40, y - 60) < 12
    cases = rng.multinomial(SICK, people * (1 + near) / (people * (1 + near)).sum())
    ours_s, found = _timed(
        lambda: scan.poisson(cases, people, x, y, replicates=REPLICATES, seed=1), ROUNDS
    )
    peer_s, peer = _timed(lambda: plain.poisson(cases, people, x, y, REPLICATES, seed=2), 1)
    top = found.iloc[0]
    name = f"scan: {TRACTS} areas and their population"
    figure = _figure(name, SICK, ours_s, peer_s, _same(top, peer), FASTER)
    return figure | {"llr": top["llr"], "p": top["p"], "peer_p": peer["p"]}


def _days(cases: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cases of areas of unlike size on unlike days, somewhat more around one in the last week."""
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 10_000, (2, AREAS))
    often = rng.gamma(1.2, 1, AREAS)[:, None] * rng.gamma(12, 1 / 12, DAYS)
    often[np.hypot(x - 5000, y - 5000) < 2000, -7:] *= 1.8
    counts = rng.multinomial(cases, (often / often.sum()).ravel())
    return counts.reshape(AREAS, DAYS), x, y


def _same(top: Any, peer: dict[str, Any]) -> bool:
    """Return whether both found the same cluster, and p as near as two draws of replicates are."""
    p = (top["p"] + peer["p"]) / 2
    chance = 4 * np.sqrt(2 * p * (1 - p) / REPLICATES)
    return bool(
        abs(top["llr"] - peer["llr"]) < 1e-9
        and top["members"] == peer["members"]
        and abs(top["p"] - peer["p"]) <= chance
    )


def _figure(
    name: str, rows: int, ours_s: float, peer_s: float, equal: bool, faster: float
) -> dict[str, Any]:
    ratio = peer_s / ours_s
    return {
        "name": name,
        "rows": rows,
        "ours_s": ours_s,
        "peer_s": peer_s,
        "ratio": ratio,
        "equal": equal,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "goal": f"under {MOST_S:g} s and {faster:g} times as fast, {REPLICATES} replicates, "
        "the same cluster within 1e-9",
        "ok": equal and ours_s < MOST_S and ratio >= faster,
    }


def _timed(one: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """Median seconds, and what came out."""
    found, seconds = None, []
    for _ in range(rounds):
        start = time.perf_counter()
        found = one()
        seconds.append(time.perf_counter() - start)
    return median(seconds), found
