"""Stores whose events are in a file or in PostgreSQL, for the tests that hold for both."""

import contextlib
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.settings import Problem
from data.storage.events import Event, SessionsRevoked
from data.storage.ledger import Ledger, file_ledger
from data.storage.postgres_ledger import PostgresLedger, read_mark
from tests.postgres import Server

KINDS = ("sqlite", "postgresql")
PLACE = "Saint Paul"
Step = Callable[[int], None]


@dataclass
class Place:
    """The folder of a store, and where its events are: `server` is None where in a file."""

    root: Path
    address: str = ""
    server: Server | None = None

    def ledger(self) -> Ledger:
        """Its ledger, opened anew."""
        if not self.server:
            return file_ledger(self.root)
        return PostgresLedger(self.root, self.address, PLACE)

    def run(self, words: str, file: str = "ledger.db") -> list[Any]:
        """Run SQL past the ledger, as somebody with all rights would."""
        if self.server:
            with self.server.connect() as connection:
                mark = read_mark(self.root)
                connection.execute(f"SET search_path = {mark and mark.schema}")  # type: ignore[arg-type]
                done = connection.execute(words)  # type: ignore[arg-type]
                return done.fetchall() if done.description else []
        with contextlib.closing(sqlite3.connect(self.root / file)) as other:
            rows = other.execute(words).fetchall()
            other.commit()
            return rows

    def unguard(self, table: str, file: str = "ledger.db") -> None:
        """Take the triggers of a table away, as somebody with all rights could."""
        if self.server:
            self.run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            return
        named = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
        for (name,) in self.run(named, file):
            self.run(f"DROP TRIGGER {name}", file)

    def on_disk(self, text: str) -> bool:
        """Return whether a text stands anywhere in the files of the tables."""
        if self.server:
            with self.server.connect() as connection:
                connection.execute("CHECKPOINT")
        files = (self.server.data / "base").rglob("*") if self.server else self.root.glob("*.db*")
        return any(text.encode() in file.read_bytes() for file in files if file.is_file())

    def settle(self) -> None:
        """Wait until the server has done what a killed process had still sent to it."""
        if self.server:
            with self.server.connect() as connection:
                busy = (
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE application_name = 'porchlight' AND state <> 'idle'"
                )
                for _ in range(500):
                    if connection.execute(busy).fetchall() == [(0,)]:
                        return
                    time.sleep(0.01)
            raise AssertionError("the server has work left")

    def cut_off(self) -> None:
        """Let the server end all connections to the database."""
        assert self.server
        with self.server.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'porchlight'"
            )


def make_place(kind: str, root: Path, server: Callable[[], Server]) -> Place:
    """A place of a kind with a new folder; `server` gives the running PostgreSQL."""
    root.mkdir()
    if kind == "sqlite":
        return Place(root)
    return Place(root, server().address(), server())


def made_events(count: int) -> list[Event]:
    """Events of no effect."""
    return [SessionsRevoked(f"somebody {number}") for number in range(count)]


def in_processes(count: int, work: Callable[[int], None]) -> None:
    """Do some work in forks of this process at once; fails where one fails."""
    children = []
    for number in range(count):
        if not (child := os.fork()):
            code = 1
            try:
                work(number)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * count


def acknowledged_until_killed(step: Step, first: int, rng: random.Random) -> int:
    """Take steps from `first` on in a fork that is killed at some moment: the last step that it
    said was done."""
    read, write = os.pipe()
    if not (child := os.fork()):
        with contextlib.suppress(BaseException):
            for number in range(first, first + 10_000):
                step(number)
                os.write(write, b"%d\n" % number)
        os._exit(1)
    os.close(write)
    with os.fdopen(read) as said:
        lines = [said.readline()]  # the first: loading and connecting are behind it
        time.sleep(rng.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines += said.readlines()
    return int([line for line in lines if line.endswith("\n")][-1])


def acknowledged_over_crashes(server: Server, step: Step, crashes: int) -> tuple[list[int], int]:
    """Take steps while the server is ended without a checkpoint and started again, some times: the
    steps that were acknowledged, and how many were refused by a Problem."""
    done, refused, rng, ended = list[int](), list[str](), random.Random(crashes), threading.Event()

    def work() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            try:
                step(number)
                done.append(number)
            except Problem as problem:
                refused.append(str(problem))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(
            crashes
        ):  # not from another thread: the server ends with the one it began in
            time.sleep(rng.uniform(0.05, 0.3))
            server.crash()
            server.start()
        time.sleep(0.1)
    finally:
        ended.set()
        thread.join()
    assert all("porchlight.toml" in text for text in refused), refused
    return done, len(refused)
