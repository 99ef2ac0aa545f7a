"""The two dashboards that the benches of the screen ask: ours and the plain one."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import start, stores
from data.settings import ROOT, Problem

PLAIN = ROOT / "bench" / "plain" / "app.py"
FLOOR = ROOT / "bench" / "plain" / "floor.py"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running dashboard."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        """The address at which a browser finds it."""
        return f"http://localhost:{self.port}"

    @property
    def peak_mb(self) -> float:
        """The most memory that it has held until now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(x for x in status.splitlines() if x.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024

    @property
    def cpu_s(self) -> float:
        """Seconds of computing until now, of all cores."""
        stat = Path(f"/proc/{self.pid}/stat").read_text()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / TICKS


@contextmanager
def ours(root: Path) -> Iterator[Server]:
    """Our dashboard on a store."""
    with _served(["-m", "ui.app.start", "--port={port}"], {"PORCHLIGHT_STORE": str(root)}) as one:
        yield one


@contextmanager
def plain(root: Path) -> Iterator[Server]:
    """The plain dashboard on the same incidents and areas."""
    run = ["-m", "streamlit", "run", str(PLAIN), "--server.port={port}", "--"]
    files = [str(file) for file in stores.files(root)]
    usual = {"PYTHONPATH": str(ROOT), "STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}
    with _served([*run, *files], usual) as one:
        yield one


@contextmanager
def floor(kinds: dict[str, tuple[int, int]]) -> Iterator[Server]:
    """A dashboard of constant elements, so many of each kind and of so many bytes."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(kinds, file)
        file.flush()
        run = ["-m", "streamlit", "run", str(FLOOR), "--server.port={port}", "--", file.name]
        with _served(run, {"PYTHONPATH": str(ROOT)}) as one:
            yield one


@contextmanager
def _served(words: list[str], more: dict[str, str]) -> Iterator[Server]:
    """A server process, from its first answer on; stopped afterwards."""
    port = start.free_port()
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, *(word.format(port=port) for word in words)],
            cwd=ROOT,
            env=os.environ | more,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            start.answers(f"http://127.0.0.1:{port}/_stcore/health", process)
        except RuntimeError:
            process.kill()
            log.seek(0)
            told = log.read().strip().splitlines()
            raise Problem(f"A dashboard did not start: {' '.join(told[-1:])}") from None
        try:
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(20)
