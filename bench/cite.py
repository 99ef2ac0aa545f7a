"""A cite of the Map screen, picture included, on the sample; its page; the same counts in pandas."""

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

ROUNDS = 3
CITED, PAGE_BYTES = 1.0, 100_000
# each in a process of its own: libraries are loaded as in a dashboard, nothing was cited yet
ASKED = """
import io, json, resource, time
import pandas as pd
from data.cites.cite_folder import CITES, read_cite
from data.cites.cite_link import current_table
from data.cites.make_cite import cite_link
from data.numbers.pages import ask_numbers
from data.settings import load_settings
from data.storage.store import Store
from ui.app import team_cites
settings = load_settings()
store = Store(settings.store)
link = "/?source=police+stops&from=2017-01-01&to=2017-12-31"
start = time.perf_counter()
name = cite_link(store, settings, link, ask_numbers).name
cited = time.perf_counter() - start
start = time.perf_counter()
page = team_cites.team_reader(ask_numbers)(name, "", "http://localhost")
shown = time.perf_counter() - start
current = current_table(store, settings)
start = time.perf_counter()
facts = pd.concat([pd.read_parquet(part.file) for part in current.partitions])
sources = [source["name"] for source in current.meta["sources"]]
facts = facts[facts["source"] == sources.index("police-stops")]
names = pd.read_parquet(current.folder / "areas0.parquet", columns=["name"])["name"]
counted = facts["area0"][facts["area0"].between(0, len(names) - 1)].map(names).value_counts()
peer = time.perf_counter() - start
numbers = read_cite(store.root / CITES, name).numbers
ours = pd.read_csv(io.BytesIO(numbers)).set_index("area")["n"]
equal = ours[ours > 0].sort_index().to_dict() == counted.sort_index().to_dict()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([cited, shown, len(page), peer, equal, len(facts), peak]))
"""


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for a cite of the Map screen, and one for its page."""
    if rows:
        print("cite measures the sample as it is: --rows says nothing.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        store = Path(folder) / "store"
        made.sample_store(store)
        taken = [_once(store) for _ in range(ROUNDS)]
    cited, shown, size, peer, equal, n, peak = zip(*taken)
    ours, page = median(cited), median(shown)
    goal = f"under {CITED:g} s, picture included"
    return [
        {
            "name": "cite: the Map screen",
            "rows": n[0],
            "ours_s": ours,
            "peer_s": median(peer),
            "equal": all(equal),
            "peak_mb": max(peak),
            "goal": goal,
            "ok": all(equal) and ours < CITED,
        },
        {
            "name": f"cite: its page, {max(size):,} bytes",
            "rows": n[0],
            "ours_s": page,
            "goal": f"under {PAGE_BYTES:,} bytes",
            "ok": max(size) < PAGE_BYTES,
        },
    ]


def _once(store: Path) -> Any:
    env = os.environ | {"PORCHLIGHT_STORE": str(store)}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    cites = store / "cites"
    for folder in sorted(cites.glob("[0-9a-f]*")):  # each round cites anew
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    return json.loads(done.stdout.splitlines()[-1])
