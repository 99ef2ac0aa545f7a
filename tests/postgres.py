"""A real PostgreSQL for tests: an ordinary user's, on a socket in a temporary folder, fsync on."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import ROOT

FETCHED = ROOT / ".venv" / "postgres-fetched"
USER = "nobody"  # whom the server runs as where the tests are root's, whom it refuses
DATABASE = "postgres"


def programs() -> Path:
    """The folder with initdb and postgres; `make test` fetches them, so CI fails without them."""
    folders = [Path(p) for p in os.environ.get("PATH", "").split(os.pathsep)]
    for base in (Path("/"), FETCHED):
        folders += sorted(base.glob("usr/lib/postgresql/*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return (folder / "postgres").resolve().parent
    if os.environ.get("CI"):
        pytest.fail("PostgreSQL is not there: make .venv/postgres fetches it")
    pytest.skip("PostgreSQL is not there: make .venv/postgres fetches it")


class Server:
    """A server in a folder, with one database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.bin, self.environment = programs(), dict(os.environ, LC_ALL="C")
        folder.chmod(0o755)
        self.data.mkdir(mode=0o700)
        self.as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self.as_user = {"user": USER, "group": _group(), "extra_groups": []}
            shutil.chown(self.data, USER, _group())
            shutil.chown(folder, USER, _group())
        if FETCHED in self.bin.parents:
            self._bring_programs()
        words = [self.bin / "initdb", "-D", self.data, "-U", "porchlight", "-A", "trust", "-N"]
        subprocess.run([*words, "-E", "UTF8", "--locale=C"], check=True, **self._child())
        self.start()

    def _bring_programs(self) -> None:
        """Take what was fetched to where the other user may read it."""
        for part in ("usr/lib", "usr/share/postgresql", "lib"):
            if (FETCHED / part).is_dir() and not (FETCHED / part).is_symlink():
                leave = shutil.ignore_patterns("perl*", "libLLVM*")
                shutil.copytree(
                    FETCHED / part,
                    self.folder / part,
                    ignore=leave,
                    copy_function=_link,
                    symlinks=True,
                )
        self.bin = self.folder / self.bin.relative_to(FETCHED)
        libraries = {str(p.parent) for p in self.folder.glob("**/*-linux-gnu/lib*.so*")}
        self.environment["LD_LIBRARY_PATH"] = os.pathsep.join(sorted(libraries))

    def _child(self) -> dict[str, Any]:
        log = (self.folder / "log").open("ab")
        out = {"stdout": log, "stderr": log, "stdin": subprocess.DEVNULL, "cwd": self.folder}
        return {**out, "env": self.environment, **self.as_user}

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=on")
        words = [str(self.bin / "postgres"), "-D", str(self.data)]
        for setting in (*settings, "max_connections=60", "recovery_init_sync_method=syncfs"):
            words += ["-c", setting]
        self.process = subprocess.Popen(words, preexec_fn=_end_with_parent, **self._child())
        for _ in range(1200):
            with contextlib.suppress(psycopg.OperationalError), self.connect():
                return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)
        pytest.fail("PostgreSQL does not start: " + (self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop it in good order, cutting off who is connected."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End it at once, without a checkpoint: pg_ctl stop -m immediate."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(30)

    def connect(self, database: str = DATABASE) -> "psycopg.Connection[Any]":
        """A connection of the tests' own, of which each statement is one transaction."""
        return psycopg.connect(
            host=str(self.folder), user="porchlight", dbname=database, autocommit=True
        )

    def address(self) -> str:
        """The address of its database, emptied."""
        with self.connect() as connection:
            drop = "SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace "
            for (words,) in connection.execute(
                f"{drop} WHERE nspname LIKE 'porchlight%'"
            ).fetchall():
                connection.execute(words)
        return f"postgresql://porchlight@/{DATABASE}?host={self.folder}"


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


def _group() -> int:
    return pwd.getpwnam(USER).pw_gid


def _end_with_parent() -> None:
    """Let the server end with the tests, however they end."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server, stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pl-"))  # short: the path of a socket has 107 letters
    try:
        server = Server(folder)
        try:
            yield server
        finally:
            server.crash()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
