"""From process start to the first complete page and drawn map, and what a visitor's browser loads."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import made
from data.settings import ROOT, Problem

ROUNDS = 5  # counted; one more goes before, so that files are in the system's cache
GOAL = 4.0
SHOWN = "51,920 of "  # how the sentence of the sample's first View begins
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CALM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
PAGE = f"""
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard.py", default_timeout=60).run()
told = [text.value for text in app.text]
print(not app.exception and any(line.startswith({SHOWN!r}) for line in told), flush=True)
"""
DRAWN = """() => {
    const map = document.querySelector('[class*="st-key-map"] iframe');
    const drawn = map?.contentDocument?.documentElement?.dataset?.drawn;
    return drawn && drawn !== 'failed';
}"""


class Taken(NamedTuple):
    """One start: seconds, whether the page was the right one, peak memory."""

    seconds: float
    right: bool
    peak_mb: float


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for the page and, where Chromium is installed, one for the drawn map and one for
    each visit of `bench.first_load`."""
    if rows:
        print("start measures the sample as it is: --rows says nothing.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        store = Path(folder) / "store"
        made.sample_store(store)
        found = [_line("start: first complete page", _pages(store))]
        found += _in_chromium(store)
    return found


def _line(name: str, taken: list[Taken]) -> dict[str, Any]:
    counted = taken[1:]
    seconds = median(one.seconds for one in counted)
    right = all(one.right for one in taken)
    return {
        "name": name,
        "rows": None,
        "ours_s": seconds,
        "peer_s": None,
        "ratio": None,
        "equal": right,
        "peak_mb": max(one.peak_mb for one in counted),
        "goal": f"median at most {GOAL:g} s, the page complete",
        "ok": right and seconds <= GOAL,
        "slowest_s": max(one.seconds for one in counted),
    }


def _pages(store: Path) -> list[Taken]:
    """Fresh processes that run the whole first page, without a browser."""
    return [_page(store) for _ in range(1 + ROUNDS)]


def _page(store: Path) -> Taken:
    start = time.perf_counter()
    process = _started(store, "-c", PAGE)
    assert process.stdout is not None
    said = process.stdout.readline()
    seconds = time.perf_counter() - start
    return Taken(seconds, said.strip() == "True", _ended(process))


def _in_chromium(store: Path) -> list[dict[str, Any]]:
    """Fresh dashboards, each seen by a new visitor, then what a visit loads; none without Chromium."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None or not importlib.util.find_spec("playwright"):
        told = "Chromium or playwright is not installed: the drawn map is not measured."
        print(told, file=sys.stderr)
        return []
    from playwright.sync_api import Error, sync_playwright

    from bench import first_load  # it measures servers that are started as here

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=CALM)
        try:
            maps = [_map(store, chromium) for _ in range(1 + ROUNDS)]
            visits = first_load.figures(store, chromium)
        except Error as error:
            raise Problem(f"Chromium: {str(error).splitlines()[0]}") from None
        finally:
            chromium.close()
    return [_line("start: first drawn map in Chromium", maps), *visits]


def _map(store: Path, chromium: Any) -> Taken:
    from playwright.sync_api import Error  # it is installed where this is reached

    context = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    port = free_port()
    start = time.perf_counter()
    process = _started(store, "-m", "ui.app.start", "--port", str(port))
    try:
        answers(f"http://localhost:{port}/_stcore/health", process)
        page.goto(f"http://localhost:{port}", wait_until="commit")
        page.wait_for_function(DRAWN)
        seconds = time.perf_counter() - start
        page.get_by_text(SHOWN).first.wait_for()
        right = True
    except Error:
        seconds, right = time.perf_counter() - start, False
    finally:
        process.terminate()
        peak = _ended(process)
        context.close()
    return Taken(seconds, right, peak)


def _started(store: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(store)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _ended(process: subprocess.Popen[str]) -> float:
    """The peak memory in MB of a process, once it has ended."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024


def answers(url: str, process: subprocess.Popen[str]) -> None:
    """Return when a dashboard answers. Asked often: waiting between is measured too."""
    for _ in range(3000):
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise RuntimeError(f"the dashboard of process {process.pid} did not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
