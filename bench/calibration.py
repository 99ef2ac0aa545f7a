"""Each method where nothing is to be found, and where something is: stated against measured.

A false finding is one more than chance explains if the measured share lies above the stated one
by more than Monte Carlo error: 2.58 standard errors of a mean of independent trials (99%), where
a trial that came out alike each time has the error of a share of the stated size.
"""

import importlib
import sys
import time
from typing import Any

import numpy as np

from bench.calibrations.case import Case
from data.settings import Problem

MODULES = ("now", "trend", "change", "busiest", "emerging", "hot", "near")
SEED = 20_261_126
SURE = 2.58


def run(rows: int | None, runs: int | None = None, only: str | None = None) -> list[dict[str, Any]]:
    """A dict for each case: `runs` trials of each (a number of their own where not given)."""
    if rows:
        print("calibration makes data of its own: --rows says nothing.", file=sys.stderr)
    if only not in (None, *MODULES):
        raise Problem(f"There is no method {only!r}: use {', '.join(MODULES)}.")
    found = []
    for name in MODULES:
        if only in (None, name):
            cases: tuple[Case, ...] = importlib.import_module(f"bench.calibrations.{name}").CASES
            found += [measured(case, runs or case.runs) for case in cases]
    return found


def measured(case: Case, runs: int) -> dict[str, Any]:
    """The share of findings of a case, its Monte Carlo error, and whether the claim holds."""
    start = time.perf_counter()
    rng = np.random.default_rng([SEED, *case.method.encode(), *case.data.encode()])
    trials = np.array([case.trial(rng) for _ in range(runs)], float)
    flagged, looks = trials.T
    share = flagged.sum() / looks.sum()
    # the error of a ratio of sums: trials are independent, findings within one are not
    spread = np.sqrt(((flagged - share * looks) ** 2).sum()) / looks.sum()
    alone = np.sqrt(case.stated * max(1 - case.stated, 0.01) / runs)
    error = SURE * max(spread, alone / np.sqrt(looks.mean()) if spread == 0 else 0)
    ok = share + error >= case.stated if case.power else share - error <= case.stated
    kind = "power" if case.power else "false findings"
    return {
        "name": f"{case.method}: {case.data}: {kind}",
        "runs": runs,
        "stated": case.stated,
        "measured": float(share),
        "error": float(error),
        "goal": f"{case.stated:g} at " + ("least" if case.power else "most"),
        "ok": bool(ok),
        "ours_s": time.perf_counter() - start,
    }
