"""Commands as processes of their own that start at once: forked from one that has loaded the code.

`python -m data ...` takes most of its time to load pandas, DuckDB and GEOS. One process a test
worker loads them and forks for each command. A command still has its own process, environment,
streams and exit code, and runs `python -m data` from its first line.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
LOADED = ("pandas", "geopandas", "duckdb", "pyarrow.parquet", "pyarrow.dataset", "scipy.stats")
# it asks which drivers it has been left with, so it is loaded where it runs
NOT_LOADED = ("data.__main__", "data.formats.gdal_child")


class Commands:
    """Runs commands one after another; the process that forks starts with the first."""

    def __init__(self) -> None:
        self.parent: subprocess.Popen[str] | None = None
        self.one = threading.Lock()

    def run(self, words: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run `python -m data` with these words in this environment; return what it did."""
        with self.one, tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            if self.parent is None or self.parent.poll() is not None:
                self.parent = self._started()
            assert self.parent.stdin and self.parent.stdout
            self.parent.stdin.write(json.dumps([words, env, str(out), str(err)]) + "\n")
            self.parent.stdin.flush()
            code = int(self.parent.stdout.readline())
            return subprocess.CompletedProcess(words, code, out.read_text(), err.read_text())

    @staticmethod
    def _started() -> subprocess.Popen[str]:
        one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # only one thread may fork
        return subprocess.Popen(
            [sys.executable, "-m", "tests.forked"],
            cwd=ROOT,
            env=os.environ | one,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process that forks."""
        if self.parent:
            self.parent.communicate()


def _serve() -> None:
    """Fork for each line; the child runs what was asked and ends."""
    import data

    for name in LOADED:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(data.__path__, "data."):
        if module.name not in NOT_LOADED:
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()  # a child that looks through these objects would copy all of them
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _run(*json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    os._exit(0)


def _run(words: list[str], env: dict[str, str], out: str, err: str) -> NoReturn:
    """Be the command: its words, environment and streams, and its exit code."""
    os.environ.clear()
    os.environ.update(env)
    for stream, path in enumerate([os.devnull, out, err]):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(file, stream)
        os.close(file)
    sys.argv = ["data", *words]
    code: object = 0
    try:
        runpy.run_module("data", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))  # no freeing piece by piece


if __name__ == "__main__":
    _serve()
