"""Episodes: a million records, and fewer of them against scikit-learn's DBSCAN."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy import sparse

from geo.episodes import Clusters, st_dbscan_core

FEW, MANY = 20_000, 1_000_000
ROUNDS = 9
EPS = ((300.0, 2.0), (200.0, 0.25))  # metres, days
LEAST = 5
FASTER, MOST_S, MOST_MB = 3.0, 10.0, 4096
DENSITY = MANY / 3650  # records a day, however many there are
SIDE = 12_250  # metres: a city of 150 km2
HOODS = 87
ALONE = "import sys; from bench import episodes; episodes.alone(*map(float, sys.argv[1:]))"
Points = tuple[np.ndarray, np.ndarray, np.ndarray]


def run(rows: int | None) -> list[dict[str, Any]]:
    """Measure against scikit-learn with 20,000 records, and by fixed limits with a million."""
    found = [_against_peer(rows or FEW, *eps) for eps in EPS]
    return found + [_large(rows or MANY, *eps) for eps in EPS]


def made(rows: int) -> Points:
    """Metres and days of records as a city has them, as many a day for any number.

    Neighborhoods of unequal size, six in ten records on a corner, evenings busier than
    mornings, and one in fifty in a burst of about ten.
    """
    rng = np.random.default_rng(1)
    share = rng.lognormal(0, 1, HOODS)
    middle = rng.uniform(0, SIDE, (HOODS, 2))
    at = middle[rng.choice(HOODS, rows, p=share / share.sum())] + rng.normal(0, 600, (rows, 2))
    corner = rng.random(rows) < 0.6
    at[corner] = np.round(at[corner], -2)
    t = np.floor(rng.uniform(0, rows / DENSITY, rows)) + rng.normal(20, 5, rows) % 24 / 24
    burst = rows // 50
    first = rng.integers(0, rows, burst // 10 + 1)[rng.integers(0, burst // 10 + 1, burst)]
    at[:burst] = at[first] + rng.normal(0, 80, (burst, 2))
    t[:burst] = t[first] + rng.exponential(0.1, burst)
    return at[:, 0].copy(), at[:, 1].copy(), t


def peer(x: np.ndarray, y: np.ndarray, t: np.ndarray, metres: float, days: float) -> Clusters:
    """DBSCAN on the graph of neighbors: by a tree in scaled space and time, then exactly."""
    from scipy.spatial import cKDTree
    from sklearn.cluster import DBSCAN

    # a box around each record holds its neighbors, and few others
    scaled = np.column_stack((x / metres, y / metres, t / days))
    a, b = cKDTree(scaled).query_pairs(1 + 1e-9, p=np.inf, output_type="ndarray").T
    dx, dy = x[a] - x[b], y[a] - y[b]
    near = (dx * dx + dy * dy <= metres * metres) & (np.abs(t[a] - t[b]) <= days)
    a, b = a[near], b[near]
    own = np.arange(len(x))
    first, second = np.concatenate((a, b, own)), np.concatenate((b, a, own))
    # a neighbor is 0 away, and said so: what a sparse graph leaves out is far
    graph = sparse.csr_array((np.zeros(len(first)), (first, second)), (len(x), len(x)))
    found = DBSCAN(eps=0.5, min_samples=LEAST, metric="precomputed").fit(graph)
    core = np.zeros(len(x), dtype=bool)
    core[found.core_sample_indices_] = True
    return Clusters(found.labels_.astype(np.int64), core)


def _against_peer(rows: int, metres: float, days: float) -> dict[str, Any]:
    points = made(rows)
    (ours_s, ours), (peer_s, theirs) = _in_turn(
        lambda: st_dbscan_core(*points, metres, days, LEAST), lambda: peer(*points, metres, days)
    )
    equal = bool((ours.core == theirs.core).all()) and _alike(
        ours.labels[ours.core], theirs.labels[ours.core]
    )
    ratio = peer_s / ours_s
    return {
        "name": f"episodes: scikit-learn, {_said(metres, days)}",
        "rows": rows,
        "ours_s": ours_s,
        "peer_s": peer_s,
        "ratio": ratio,
        "equal": equal,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "goal": f"at least {FASTER:g} times as fast, the same core points and clusters of them",
        "ok": equal and ratio >= FASTER,
        "clusters": int(ours.labels.max()) + 1,
        "core_share": float(ours.core.mean()),
    }


def _large(rows: int, metres: float, days: float) -> dict[str, Any]:
    """Measure so many records in a process of its own, so that the memory is its own too."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(rows), str(metres), str(days)],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(done.stdout)
    return {
        "name": f"episodes: many, {_said(metres, days)}",
        "rows": rows,
        "goal": f"under {MOST_S:g} s and {MOST_MB:,} MB",
        "ok": figures["ours_s"] < MOST_S and figures["peak_mb"] < MOST_MB,
    } | figures


def alone(rows: float, metres: float, days: float) -> None:
    """Print the seconds and memory of one run as a line of JSON."""
    points = made(int(rows))
    start = time.perf_counter()
    found = st_dbscan_core(*points, metres, days, LEAST)
    figures = {
        "ours_s": time.perf_counter() - start,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "clusters": int(found.labels.max()) + 1,
        "core_share": float(found.core.mean()),
    }
    print(json.dumps(figures))


def _in_turn(*runs: Callable[[], Clusters]) -> list[tuple[float, Clusters]]:
    """Median seconds of each and what came out; the first time is not counted."""
    found, seconds = [one() for one in runs], np.zeros((len(runs), ROUNDS))
    for k in range(ROUNDS):
        for mine, one in zip(seconds, runs):
            start = time.perf_counter()
            one()
            mine[k] = time.perf_counter() - start
    return [(median(mine.tolist()), one) for mine, one in zip(seconds, found)]


def _alike(one: np.ndarray, two: np.ndarray) -> bool:
    """Return whether both tell the same clusters apart, whatever their numbers."""
    both = len(set(zip(one.tolist(), two.tolist())))
    return both == len(set(one.tolist())) == len(set(two.tolist()))


def _said(metres: float, days: float) -> str:
    return f"{metres:g} m and {24 * days:g} h"
