"""Commands in forks of one process that has imported everything, killed at a step of writing.

A step is whatever the disk must hold before the next one: an fsync, a rename, a removal, a
folder, an event of the ledger. Run as `python -m tests.kills`: a JSON line [words, environment,
step] on stdin runs a command and kills it at that step (-1: never); a line on stdout tells
how many steps it came to and how it ended (below 0: killed).
"""

import contextlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

STEPS = ("fsync", "rename", "replace", "unlink", "rmdir", "mkdir", "link", "symlink")
SAMPLE = "PORCHLIGHT_TEST_SAMPLE"  # a folder of small files in place of the data package's
ROOT = Path(__file__).resolve().parent.parent


def die(words: list[str], told: dict[str, str], at: int, out: int) -> None:
    """Run a command here and kill this process at a step; never returns."""
    from data.__main__ import app
    from data.corrections import changes
    from data.sample import sample
    from data.storage import ledger

    done, loaded = 0, set(sys.modules)

    def step() -> None:
        nonlocal done
        if done == at:
            os.write(out, json.dumps([done, []]).encode())
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1

    def stepping(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            step()
            return real(*args, **named)

        return call

    os.environ.update(told)
    for name in STEPS:
        setattr(os, name, stepping(getattr(os, name)))
    ledger._insert = stepping(ledger._insert)  # SQLite's own steps cannot be seen from here
    # random otherwise: the stamps of two runs, which are compared, would differ
    changes._new_code = lambda store: f"{len(store.history().corrections):012x}"
    if SAMPLE in told:

        def small(folder: Path) -> None:
            for file in Path(told[SAMPLE]).iterdir():
                shutil.copyfile(file, folder / file.name)

        sample._records = small
    nothing = os.open(os.devnull, os.O_RDWR)
    log = os.open(told["LOG"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(nothing, 0), os.dup2(log, 1), os.dup2(log, 2)
    code = 1
    try:
        app(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout.flush(), sys.stderr.flush()
        os.write(out, json.dumps([done, sorted(set(sys.modules) - loaded)]).encode())
        os._exit(code)


def main() -> None:
    """Fork a child for each line of stdin."""
    import data.areas.area_import
    import data.cites.make_cite
    import data.cites.publish_cites
    import data.embed.embed_files
    import data.imports.importer
    import data.release.publish
    import data.release.release_files
    import data.sample.sample
    import data.upkeep.purge
    import data.upkeep.recover  # noqa: F401
    from data.storage import projection

    projection.transformer(projection.WGS84, "EPSG:26915")  # opened once instead of in each child
    for line in sys.stdin:
        words, told, at = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            die(words, told, at, write)
        os.close(write)
        with os.fdopen(read, "rb") as told_by:
            steps, more = json.loads(told_by.read())
        status = os.waitpid(child, 0)[1]
        for name in more:  # what a child had to load, the next ones find
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        print(json.dumps([steps, os.waitstatus_to_exitcode(status)]), flush=True)


@contextlib.contextmanager
def forks() -> Iterator[Callable[[list[str], dict[str, str], int], tuple[int, int]]]:
    """A function that runs a command and kills it at a step: steps, and how it ended."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kills"],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "NO_COLOR": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout

        def run(words: list[str], told: dict[str, str], at: int = -1) -> tuple[int, int]:
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps([words, told, at]) + "\n")
            process.stdin.flush()
            steps, code = json.loads(process.stdout.readline())
            return steps, code

        yield run
        process.stdin.close()


if __name__ == "__main__":
    main()
