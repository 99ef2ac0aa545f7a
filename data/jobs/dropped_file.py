"""A file that somebody dropped on a page: taken to the disk, and read by a child with limits."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from data.jobs.confined import SECONDS
from data.jobs.job_messages import Job, Message, Said, Stopped, decode
from data.settings import ROOT

DROPPED_MB = 200  # on this machine, where nobody is asked who they are
SIGNED_IN_MB = 10  # where others sign in: what is dropped waits in memory
_TOO_LONG = f"Reading took longer than {SECONDS // 60} minutes and was stopped. Nothing was changed."
_DIED = "Reading the file took more memory or time than it may, and was stopped. Nothing was changed."


def keep_dropped(name: str, content: BinaryIO, folder: Path) -> Path:
    """Write a dropped file into a folder, piece by piece, under its name made plain."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name).lstrip("-.") or "file.csv"
    file = folder / plain[-120:].lstrip("-.")
    content.seek(0)
    with file.open("wb") as target:
        shutil.copyfileobj(content, target, 1 << 20)
    return file


def run_job(job: Job, environment: Mapping[str, str] | None = None) -> Iterator[Message]:
    """Do a job in a child process, and yield what it tells, as it tells it.

    The child has limits on memory and time and no network. It ends with the iterator. The last
    message is Stopped where it did not end well; paths are told as names.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "data.jobs.confined"],
        cwd=ROOT,
        env=os.environ | {"NO_COLOR": "1"} | dict(environment or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    late = threading.Timer(SECONDS, process.kill)
    late.start()
    stopped = False
    try:
        assert process.stdin and process.stdout
        with contextlib.suppress(BrokenPipeError):  # it ended before it read: said below
            process.stdin.write(json.dumps(asdict(job)))
            process.stdin.close()
        folder = f"{Path(job.file).parent}/" if job.file else ""
        for line in process.stdout:
            message = decode(line.rstrip("\n"))
            if isinstance(message, Said | Stopped) and folder:
                message = type(message)(message.text.replace(folder, ""))
            stopped |= isinstance(message, Stopped)
            yield message
        if process.wait() and not stopped:
            yield Stopped(_DIED if late.is_alive() else _TOO_LONG)
    finally:
        late.cancel()
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
