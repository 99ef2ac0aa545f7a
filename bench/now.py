"""Everything that the page Now asks for, on the sample: cold, and once it is known."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench import made
from data.settings import ROOT

ROUNDS = 5
COLD, CACHED = 2.0, 0.050
# each in a process of its own: libraries are loaded as in a dashboard, no answer is kept yet
ASKED = """
import json, resource, time
from datetime import UTC, datetime
from data.patterns import space_time_scan
from data.views import links
from ui.cached import findings, views
stamp = views.stamp()
asked = {"source": ["use of force"]}
view, _ = links.view(asked, views.meta(stamp), views.current_settings(), datetime.now(UTC))
def screen():
    start = time.perf_counter()
    answer = views.answer(view)
    newest = findings.unusual(view, space_time_scan.USUAL_DAYS, 1)
    alarms = findings.alarms(view, 1)
    return time.perf_counter() - start, len(newest.table), len(alarms.table), answer.headline["n"]
cold = screen()
again = sorted(screen() for _ in range(9))[4]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([cold, again, peak]))
"""


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for the first time that the page is asked for, and one for the next."""
    if rows:
        print("now measures the sample as it is: --rows says nothing.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        store = Path(folder) / "store"
        made.sample_store(store)
        taken = [_once(store) for _ in range(ROUNDS)]
    equal = all(cold[1:] == again[1:] == taken[0][0][1:] for cold, again, _ in taken)
    n, peak = taken[0][0][3], max(peak for *_, peak in taken)
    return [
        _figure("now: cold", n, median(t[0][0] for t in taken), COLD, equal, peak),
        _figure("now: cached", n, median(t[1][0] for t in taken), CACHED, equal, peak),
    ]


def _once(store: Path) -> Any:
    env = os.environ | {"PORCHLIGHT_STORE": str(store)}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _figure(
    name: str, rows: int, seconds: float, goal: float, equal: bool, peak: float
) -> dict[str, Any]:
    return {
        "name": name,
        "rows": rows,
        "ours_s": seconds,
        "equal": equal,
        "peak_mb": peak,
        "goal": f"under {goal:g} s",
        "ok": equal and seconds < goal,
    }
