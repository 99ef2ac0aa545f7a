"""The p of Gi* by conditional permutation, against esda.G_Local: warm, and in a new process."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from bench.gi import AREAS, SEED, made_map, made_values, peak
from data.settings import ROOT

PERMUTATIONS = 9999
WARM, COLD = 1.0, 50.0
WITHIN = 5.0  # standard errors between the p of two runs: there are 87 areas
STARTS = 3  # of ours; one of the peer's, which compiles for many seconds
OURS = """
from scipy import sparse
from geo.hot_spots import permutation_p
ones = np.ones(len(given["to"]))
weights = sparse.csr_array((ones, given["to"], given["start"]))
def once():
    return permutation_p(given["values"], weights, permutations, seed)
"""
PEER = """
import warnings
warnings.simplefilter("ignore")
from esda import G_Local
from libpysal.weights import W, fill_diagonal
start, to = given["start"], given["to"].tolist()
lists = {i: to[start[i] : start[i + 1]] for i in range(len(start) - 1)}
weights = fill_diagonal(W(lists, silence_warnings=True), 1)
asked = {"star": True, "transform": "B", "n_jobs": 1, "seed": seed}
def once():
    return G_Local(given["values"], weights, permutations=permutations, **asked).p_sim
"""
# the input of both; loading it, and numpy for it, is not counted
AROUND = """
import json, statistics, sys, time
import numpy as np
with np.load(sys.argv[1]) as file:
    given = dict(file)
permutations, seed = int(sys.argv[2]), int(sys.argv[3])
seconds, began = [], time.perf_counter()
{body}
for _ in range(1 + 9):
    p = once()
    seconds.append(time.perf_counter() - began)
    began = time.perf_counter()
print(json.dumps([seconds[0], statistics.median(seconds[1:]), p.tolist()]))
"""


def run(rows: int | None) -> list[dict[str, Any]]:
    """Measure ours and esda's in processes of their own; a row is one permutation of all areas."""
    permutations = rows or PERMUTATIONS
    neighbors, values = made_map(), made_values(1)[:, 0]
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        file = Path(folder) / "given.npz"
        np.savez(file, values=values, start=neighbors.indptr, to=neighbors.indices)
        starts = [_start(OURS, file, permutations) for _ in range(STARTS)]
        peer = _start(PEER, file, permutations)
    ours = Taken(median(s.cold for s in starts), median(s.warm for s in starts), starts[0].p)
    apart = _apart(ours.p, peer.p, permutations)
    return [
        _line("warm", WARM, (ours.warm, peer.warm), apart, permutations),
        _line("cold", COLD, (ours.cold, peer.cold), apart, permutations),
    ]


class Taken(NamedTuple):
    """Seconds of the import and first call, of a later call, and the p of each area."""

    cold: float
    warm: float
    p: np.ndarray


def _line(
    kind: str, goal: float, seconds: tuple[float, float], apart: float, rows: int
) -> dict[str, Any]:
    ours_s, peer_s = seconds
    ratio = peer_s / ours_s
    return {
        "name": f"gi_permute: esda.G_Local, {kind}",
        "rows": rows,
        "ours_s": ours_s,
        "peer_s": peer_s,
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
    """Calls in a process of its own, the first from the import on."""
    words = [sys.executable, "-c", AROUND.format(body=body), str(file)]
    done = subprocess.run(
        [*words, str(permutations), str(SEED)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    cold, warm, p = json.loads(done.stdout)
    return Taken(cold, warm, np.array(p))
