"""The p of Gi* by conditional permutation, against esda.G_Local: warm, and in a new process."""

import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.gi import AREAS, SEED, made_map, made_values, peak, peer_weights, timed
from data.settings import ROOT
from geo.hot_spots import permutation_p

PERMUTATIONS = 9999
WARM, COLD = 1.0, 50.0
WITHIN = 5.0  # standard errors between the p of two runs: there are 87 areas
STARTS = 3  # of ours; one of the peer's, which compiles for many seconds
OURS = """
from scipy import sparse
from geo.hot_spots import permutation_p
ones = np.ones(len(given["to"]))
weights = sparse.csr_array((ones, given["to"], given["start"]))
p = permutation_p(given["values"], weights, permutations, seed)
"""
PEER = """
import warnings
warnings.simplefilter("ignore")
from esda import G_Local
from libpysal.weights import W, fill_diagonal
start, to = given["start"], given["to"].tolist()
lists = {i: to[start[i] : start[i + 1]] for i in range(len(start) - 1)}
weights = fill_diagonal(W(lists, silence_warnings=True), 1)
p = G_Local(
    given["values"], weights, star=True, transform="B", permutations=permutations, n_jobs=1,
    seed=seed,
).p_sim
"""
# what both get; loading it, and numpy for it, is not counted
AROUND = """
import json, sys, time
import numpy as np
with np.load(sys.argv[1]) as file:
    given = dict(file)
permutations, seed = int(sys.argv[2]), int(sys.argv[3])
began = time.perf_counter()
{body}
print(json.dumps([time.perf_counter() - began, p.tolist()]))
"""


def run(rows: int | None) -> list[dict[str, Any]]:
    """A row is one permutation of all areas; both with the same number."""
    permutations = rows or PERMUTATIONS
    neighbors, values = made_map(), made_values(1)[:, 0]
    peer_map = peer_weights(neighbors)

    def ours() -> np.ndarray:
        return permutation_p(values, neighbors, permutations, SEED)

    def peer() -> np.ndarray:
        from esda import G_Local

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asked = {"star": True, "transform": "B", "n_jobs": 1, "seed": SEED}
            return np.asarray(G_Local(values, peer_map, permutations=permutations, **asked).p_sim)

    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        file = Path(folder) / "given.npz"
        np.savez(file, values=values, start=neighbors.indptr, to=neighbors.indices)
        starts = [_start(OURS, file, permutations) for _ in range(STARTS)]
        peer_start = _start(PEER, file, permutations)
    cold = median(seconds for seconds, _ in starts), starts[0][1]
    return [
        _line("warm", WARM, timed(ours), timed(peer), permutations),
        _line("cold", COLD, cold, peer_start, permutations),
    ]


Taken = tuple[float, np.ndarray]  # seconds, and the p of each area


def _line(kind: str, goal: float, ours: Taken, peer: Taken, rows: int) -> dict[str, Any]:
    apart = _apart(ours[1], peer[1], rows)
    ratio = peer[0] / ours[0]
    return {
        "name": f"gi_permute: esda.G_Local, {kind}",
        "rows": rows,
        "ours_s": ours[0],
        "peer_s": peer[0],
        "ratio": ratio,
        "equal": apart <= WITHIN,
        "peak_mb": peak(),
        "goal": f"{goal:g} times as fast, p within {WITHIN:g} standard errors of chance",
        "ok": apart <= WITHIN and ratio >= goal,
        "areas": AREAS,
        "largest_apart": apart,
    }


def _apart(ours: np.ndarray, peer: np.ndarray, permutations: int) -> float:
    """The largest difference of the smaller tails in standard errors of two runs.

    The peer's p is one-sided: the smaller tail itself. Ours is twice that.
    """
    one, other = ours / 2, np.minimum(peer, 0.5)
    share = (one + other) / 2
    error = np.sqrt(2 * share * (1 - share) / permutations) + 1 / permutations
    return float((np.abs(one - other) / error).max())


def _start(body: str, file: Path, permutations: int) -> Taken:
    """A first call in a process of its own, from the import on."""
    words = [sys.executable, "-c", AROUND.format(body=body), str(file)]
    done = subprocess.run(
        [*words, str(permutations), str(SEED)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    seconds, p = json.loads(done.stdout)
    return seconds, np.array(p)
