"""The door's own process: what it serves and refuses, what it can read, and what a kill leaves."""

import http.client
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.reports.door_settings import load_door
from data.reports.spool import SUFFIX, make_keys, read_key, unsealed
from tests.conftest import ROOT, free_port
from tests.door.doors import LEAST, Sender, door_process, wait_for, write_door
from tests.door.killed_door import serve_door
from tests.publics import as_nobody
from ui.app import gate
from ui.door import tokens
from ui.door.tokens import hash_code


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("door")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    with door_process(folder) as door:
        yield door


@pytest.fixture(scope="module")
def crowd(running: tuple[int, object]) -> tuple[float, list[tuple[Sender, str]]]:
    """Forty people who have the page open, and since when; other tests run while they type."""
    tickets = [(sender := Sender(running[0]), sender.token()) for _ in range(40)]
    return time.monotonic(), tickets


@pytest.mark.usefixtures("crowd")
def test_it_serves_the_form_and_nothing_else(running: tuple[int, object]) -> None:
    sender = Sender(running[0])
    for path, status in [
        ("/report", 200),
        ("/report/withdraw", 200),
        ("/favicon.ico", 200),
        ("/", 404),
        ("/records", 404),
        ("/sign-in", 404),
        ("/_stcore/health", 404),
        ("/_stcore/stream", 404),
        ("/app/static/porchlight.js", 404),
        ("/static/door/form.html", 404),
        ("/embed/", 404),
        ("/report/", 404),
        ("/report/..%2f..%2fstore/door.key", 404),
        ("/report/sent/../../store/door.key", 404),
    ]:
        assert sender.ask("GET", path)[0] == status, path
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
        assert sender.ask(method, "/report")[0] == 405
    assert sender.ask("POST", "/healthz", "a=b")[0] == 405


def test_other_pages_other_names_and_large_bodies_are_refused(running: tuple[int, object]) -> None:
    port = running[0]
    for status, other in [
        (403, {"Origin": "https://elsewhere.example"}),
        (403, {"Origin": "null"}),
        (421, {"Host": "elsewhere.example"}),
    ]:
        assert Sender(port).ask("POST", "/report/sent", "token=x", **other)[0] == status
    assert Sender(port).ask("POST", "/report/sent", "a" * (20 << 10))[0] == 422
    assert Sender(port).ask("POST", "/report/sent", "a" * ((20 << 10) + 1))[0] == 413


def test_every_answer_forbids_scripts_and_leaves_nothing(running: tuple[int, object]) -> None:
    for method, path in (("GET", "/report"), ("POST", "/report/sent"), ("GET", "/report/withdraw")):
        _, _, headers = Sender(running[0]).ask(method, path, "token=x" if method == "POST" else "")
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy
        assert "form-action 'self'" in policy and "frame-ancestors 'none'" in policy
        assert headers["Cache-Control"] == "no-store" and "Set-Cookie" not in headers
        assert headers["Referrer-Policy"] == "same-origin" and "server" not in headers


def test_it_never_loads_what_opens_a_store() -> None:
    asked = (
        "import sys, ui.app.door_start as d; from data.site import Site; "
        "from data.reports.door_settings import DoorSettings; "
        "d.make(Site(), 8503, DoorSettings('', 'UTC')); "
        "print([n for n in ('streamlit', 'duckdb', 'pyarrow', 'pandas', 'sqlite3', 'sqlalchemy', "
        "'data.storage.store', 'data.storage.ledger', 'data.people.roster') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_door_of_its_own_user_seals_and_can_read_neither_store_nor_key(tmp_path: Path) -> None:
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from ui.door.door import Door

    settings = load_door(write_door(tmp_path))
    settings.spool.mkdir()
    (tmp_path / "store").chmod(0o700)
    for parent in tmp_path.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    tmp_path.chmod(0o711)
    door = Door(lambda: settings)
    client = TestClient(Starlette(routes=door.routes()))
    client.get("/report")
    if os.geteuid() == 0:
        os.chown(settings.spool, 65534, -1)
    with as_nobody():
        token = door.tokens.issue()
        early, tokens.EARLY_SECONDS = tokens.EARLY_SECONDS, 0
        try:
            answer = client.post("/report/sent", data={"token": token, **LEAST})
        finally:
            tokens.EARLY_SECONDS = early
        assert answer.status_code == 200
        for attempt in (
            lambda: list((tmp_path / "store").iterdir()),
            lambda: (tmp_path / "store/door.key").read_bytes(),
            lambda: read_key(tmp_path / "store"),
            lambda: make_keys(tmp_path / "store"),
        ):
            with pytest.raises(PermissionError):
                attempt()
    assert len(list(unsealed(settings.spool, read_key(tmp_path / "store")))) == 1


@pytest.mark.parametrize(
    ("words", "config", "says"),
    [
        ((), "", "needs [door] with recipient and spool"),
        (("--address", "0.0.0.0"), "door", "[site], door ="),
        ((), "spool", "cannot be used"),
    ],
)
def test_a_door_that_cannot_serve_says_why(
    tmp_path: Path, words: tuple[str, ...], config: str, says: str
) -> None:
    file = write_door(tmp_path)
    if not config:
        file.write_text('[place]\nname = "x"\nzone = "UTC"\n')
    if config == "spool":
        (tmp_path / "spool").write_text("a file")
    done = subprocess.run(
        [sys.executable, "-m", "ui.app.door_start", "--port", str(free_port()), *words],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_CONFIG": str(file)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1 and says in done.stderr and "Traceback" not in done.stderr


def test_a_crowd_is_taken_in_and_nothing_of_it_is_written_down(
    running: tuple[int, "subprocess.Popen[bytes]"],
    crowd: tuple[float, list[tuple[Sender, str]]],
    folder: Path,
) -> None:
    """More at once than the bodies of uploads that a dashboard takes in."""
    process, (since, tickets) = running[1], crowd
    early = tokens.EARLY_SECONDS + 1  # a token counts whole seconds
    time.sleep(max(0.0, since + early - time.monotonic()))
    codes: list[tuple[int, str]] = []
    senders = [
        threading.Thread(target=lambda s=s, t=t: codes.append(s.send(t, text="what I saw")))
        for s, t in tickets
    ]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert {status for status, _ in codes} == {200} and len({code for _, code in codes}) == 40
    door = load_door(folder / "porchlight.toml")
    held = {
        own.incoming.receipt
        for own in unsealed(door.spool, read_key(folder / "store"))
        if own.incoming
    }
    assert {hash_code(code) for _, code in codes} <= held
    for file in door.spool.glob(f"*{SUFFIX}"):
        assert file.stat().st_mode & 0o777 == 0o640  # the desk's group, and nobody else
    log = (folder / "log").read_text()
    assert log.count("\n") == 1 and "/report (" in log and "127.0.0.1" not in log
    assert process.poll() is None
    status = Path(f"/proc/{process.pid}/status").read_text()
    resident = int(status.partition("VmRSS:")[2].split()[0])
    assert resident < 120_000  # kB


def test_public_and_team_have_the_form_as_the_tables_say() -> None:
    """The public's process has no form; in the team's one signs in first."""
    areas = gate.DOOR_AREAS
    assert set(areas) >= {"/report", "/report/sent", "/report/withdraw", "/healthz"}
    assert "/report".startswith(gate.TEAM_ONLY)
    assert not gate.AREAS["/report"].anybody
    for area in (areas["/report"], gate.AREAS["/report/sent"]):
        assert area.policy == "form" and area.keeps == "no-store"


# --- kills


def people(port: int, until: threading.Event, codes: list[str]) -> None:
    """Send reports until the door is gone; what was acknowledged is in `codes`."""
    sender = Sender(port)
    while not until.is_set():
        try:
            status, code = sender.send(sender.token(), text="what I saw")
        except (OSError, AssertionError, http.client.HTTPException):  # it was killed
            return
        if status == 200:
            codes.append(code)


@pytest.mark.parametrize("kills", [5, pytest.param(1000, marks=pytest.mark.prove)])
def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path, kills: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ui.app.door_start", "tests.door.killed_door"])
    file, chance = write_door(tmp_path), random.Random(18)
    codes: list[str] = []
    for _ in range(kills):
        port, over = free_port(), threading.Event()
        process = context.Process(target=serve_door, args=(str(file), port), daemon=True)
        process.start()
        wait_for(port)
        crowd = [threading.Thread(target=people, args=(port, over, codes)) for _ in range(3)]
        for one in crowd:
            one.start()
        before, patience = len(codes), time.monotonic() + 30
        while len(codes) == before and time.monotonic() < patience:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.1))
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        over.set()
        process.join(10)
        for one in crowd:
            one.join(30)
    held = list(unsealed(tmp_path / "spool", read_key(tmp_path / "store")))
    assert all(own.incoming for own in held)  # nothing half there
    receipts = [own.incoming.receipt for own in held if own.incoming]
    assert len(codes) >= kills and len(set(receipts)) == len(receipts)
    assert {hash_code(code) for code in codes} <= set(receipts)
