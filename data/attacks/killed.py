"""A release made or published in a process of its own that is killed at a step of writing.

A step is whatever the disk must hold before the next one: an fsync, a rename, a removal, a folder,
an event of the ledger. Run as `python -m data.attacks.killed`: it loads everything once, and for a
JSON line [what, environment, name, step] on stdin forks a child that does it and is killed at that
step (-1: never). A line on stdout says how many steps it came to and how it ended (below 0: killed).
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from data.attacks.made_place import LATER
from data.release import publish, release_files
from data.settings import ROOT, load_settings
from data.storage import ledger
from data.storage.store import Store

STEPS = ("fsync", "rename", "replace", "unlink", "rmdir", "mkdir", "link", "symlink")
Run = Callable[[str, dict[str, str], str, int], tuple[int, int]]


@contextlib.contextmanager
def runs(log: Path) -> Iterator[Run]:
    """A function that makes (`release`) or publishes (`publish`) a release and kills it at a step:
    steps, and how it ended. What it prints goes to the end of a file."""
    with (
        log.open("ab") as opened,
        subprocess.Popen(
            [sys.executable, "-m", "data.attacks.killed"],
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=opened,
            text=True,
        ) as process,
    ):
        assert process.stdin and process.stdout

        def run(what: str, variables: dict[str, str], name: str, step: int) -> tuple[int, int]:
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps([what, variables, name, step]) + "\n")
            process.stdin.flush()
            steps, code = json.loads(process.stdout.readline())
            return steps, code

        yield run
        process.stdin.close()


def _die(what: str, variables: dict[str, str], name: str, at: int, out: int) -> None:
    """Do it here and kill this process at a step; never returns."""
    done = 0

    def stepping(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            nonlocal done
            if done == at:
                os.write(out, json.dumps(done).encode())
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            return real(*args, **named)

        return call

    os.environ.update(variables)
    for step in STEPS:
        setattr(os, step, stepping(getattr(os, step)))
    ledger._insert = stepping(ledger._insert)  # SQLite's own steps cannot be seen from here
    os.dup2(2, 1)
    code = 1
    try:
        write(what, name)
        code = 0
    except ValueError as error:  # refused
        print(error, file=sys.stderr)
        code = 2
    finally:
        sys.stderr.flush()
        os.write(out, json.dumps(done).encode())
        os._exit(code)


def write(what: str, name: str) -> None:
    """Make the release as of a date (`release`), or publish one of a name (`publish`), in the store
    that the environment names."""
    settings = load_settings()
    store, public = Store(settings.store), publish.public(settings)
    if what == "release":
        as_of = date.fromisoformat(name)
        release_files.write_release(store, settings, as_of, now=LATER, public=public)
    else:
        publish.publish(store, settings, name, public)


def serve_forks() -> None:
    """Fork a child for each line of stdin."""
    for line in sys.stdin:
        what, variables, name, at = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            _die(what, variables, name, at, write)
        os.close(write)
        with os.fdopen(read, "rb") as told:
            steps = json.loads(told.read())
        status = os.waitpid(child, 0)[1]
        print(json.dumps([steps, os.waitstatus_to_exitcode(status)]), flush=True)


if __name__ == "__main__":
    serve_forks()
