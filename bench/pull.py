"""A feed of many ArcGIS features from a local server, beside a loop that only reads the bytes.

What is timed is the pull up to the file that is imported: asked for, checked, counted, kept on the
disk, compared with what is known. The import of it is the claim of `bench import`.
"""

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.arcgis_server import LAYER, PAGE
from bench.gi import peak
from data.pulls.arcgis import ArcGis
from data.pulls.feeds import Feed
from data.pulls.gathered import Columns, Gathered
from data.pulls.gathering import Gathering

FEATURES = 1_000_000
GOAL = 0.8  # of the pace of the bare loop
ROOT = Path(__file__).resolve().parent.parent


def run(rows: int | None) -> list[dict[str, Any]]:
    """Measure a pull and the bare loop; a row is one feature."""
    features = rows or FEATURES
    with serving(features) as port, tempfile.TemporaryDirectory() as folder:
        half = time_bare(port, features)  # the first one also warms the server
        ours, came, ids = time_pull(port, Path(folder))
        bare = (half + time_bare(port, features)) / 2
    equal = came == features and ids == features
    return [
        {
            "name": "pull: features of a layer, until they can be imported",
            "rows": features,
            "ours_s": ours,
            "peer_s": bare,
            "ratio": bare / ours,
            "equal": equal,
            "peak_mb": peak(),
            "goal": f"all features, at {GOAL:.0%} of the pace of a bare loop or more",
            "ok": equal and bare / ours >= GOAL,
        }
    ]


@contextmanager
def serving(features: int) -> Iterator[int]:
    """The port of a local server, a process of its own."""
    words = [sys.executable, "-m", "bench.arcgis_server", str(features)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def time_bare(port: int, features: int) -> float:
    """Seconds of a loop that reads the bytes of all pages and does nothing with them."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for offset in range(0, features, PAGE):
        connection.request("GET", f"{LAYER}/query?resultOffset={offset}&f=json")
        connection.getresponse().read()
    connection.close()
    return time.perf_counter() - start


def time_pull(port: int, folder: Path) -> tuple[float, int, int]:
    """Seconds of a pull, how many lines it wrote, and how many different ids they have."""
    start = time.perf_counter()
    feed = Feed(
        "calls",
        "arcgis",
        f"http://127.0.0.1:{port}{LAYER}",
        "calls",
        folder / "map.toml",
        allow=("127.0.0.1",),
    )
    protocol = ArcGis(feed)
    protocol.open({})
    columns = Columns(protocol.row_id, "CASE", frozenset(), frozenset(), others=True)
    pages = Gathered(folder / "pages", columns)
    gathering = Gathering(feed, protocol, pages, None, "", print, lambda done, of: None)
    outcome = gathering.gather(whole=True)
    file = folder / "calls.jsonl"
    with file.open("wb") as out:
        out.writelines(pages.pieces(outcome.imported))
    protocol.close()
    seconds = time.perf_counter() - start
    ids = len(np.unique(outcome.difference.after.ids))
    return seconds, file.read_bytes().count(b"\n"), ids
