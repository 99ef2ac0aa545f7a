"""Gi* of every week at once, against esda.G_Local week by week."""

import resource
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import shapely

from geo import weights
from geo.hot_spots import gi_star

AREAS, WEEKS = 87, 520
ROUNDS = 5
FASTER = 100.0
SAME = 1e-9
SEED = 2017


def run(rows: int | None) -> list[dict[str, Any]]:
    """Measure our Gi* and esda's; a row is one area's week."""
    weeks = max(1, (rows or AREAS * WEEKS) // AREAS)
    neighbors = made_map()
    values = made_values(weeks)
    peer = _Peer(neighbors)
    ours_s, ours = _timed(lambda: gi_star(values, neighbors))
    # the first week once before, so that its libraries are loaded and warm
    peer.week(values[:, 0])
    start = time.perf_counter()
    wanted = np.column_stack([peer.week(column) for column in values.T])
    peer_s = time.perf_counter() - start
    error = float(np.abs(ours - wanted).max())
    ratio = peer_s / ours_s
    return [
        {
            "name": "gi: esda.G_Local",
            "rows": AREAS * weeks,
            "ours_s": ours_s,
            "peer_s": peer_s,
            "ratio": ratio,
            "equal": error <= SAME,
            "peak_mb": peak(),
            "goal": f"{FASTER:g} times as fast, equal to {SAME:g}",
            "ok": error <= SAME and ratio >= FASTER,
            "largest_error": error,
        }
    ]


class _Peer:
    """esda's Gi*, analytical, its weights made ready once: binary, each area its own too."""

    def __init__(self, neighbors: weights.Weights):
        from esda import G_Local
        from libpysal.weights import W, fill_diagonal

        start, to = neighbors.indptr, neighbors.indices.tolist()
        lists = {i: to[start[i] : start[i + 1]] for i in range(len(start) - 1)}
        self.weights = fill_diagonal(W(lists, silence_warnings=True), 1)
        self.local = G_Local

    def week(self, values: np.ndarray) -> np.ndarray:
        asked = {"star": True, "transform": "B", "permutations": 0}
        return np.asarray(self.local(values, self.weights, **asked).Zs)


def made_map(areas: int = AREAS) -> weights.Weights:
    """Neighbors in a square town of 10 km, cut into what lies nearest each of random points."""
    points = np.random.default_rng(SEED).uniform(0, 10_000, (areas, 2))
    town = shapely.box(0, 0, 10_000, 10_000)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=town))
    return weights.contiguity(shapely.intersection(cells, town))


def made_values(weeks: int, areas: int = AREAS) -> np.ndarray:
    """Weekly rates of areas, skewed as rates are, no two equal."""
    return np.random.default_rng(SEED).gamma(2, 3, (areas, weeks))


def _timed(one: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Median seconds, and what came out; the first time is not counted."""
    found, seconds = one(), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = one()
        seconds.append(time.perf_counter() - start)
    return median(seconds), found


def peak() -> float:
    own, children = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return max(own, children) / 1024
