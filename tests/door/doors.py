"""Doors for tests: settings of a door in a folder, its process, and a sender over real HTTP."""

import contextlib
import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from data.reports.spool import make_keys
from tests.conftest import ROOT, free_port

AREAS = ("Near - North", "Phillips West", "Whittier")
LEAST = {"kind": "sighting", "area": "Whittier", "day": "2026-01-17"}


def write_door(folder: Path) -> Path:
    """The settings of a door with all languages; its key stands in `folder/store`."""
    (folder / "areas.txt").write_text("\n".join(AREAS))
    file = folder / "porchlight.toml"
    file.write_text(
        'audience = "door"\n[place]\nname = "Minneapolis"\nzone = "America/Chicago"\n'
        f'[door]\nrecipient = "{make_keys(folder / "store")}"\nspool = "spool"\n'
        'areas = "areas.txt"\nlanguages = ["es", "so", "hmn"]\n'
    )
    return file


@contextlib.contextmanager
def door_process(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A door started as a host starts it, with its port; `folder/log` is what it writes."""
    port = free_port()
    more = {"PORCHLIGHT_CONFIG": str(write_door(folder))}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.app.start", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | more,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        try:
            wait_for(port)
        except AssertionError:
            raise AssertionError((folder / "log").read_text()) from None
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Return when a door answers."""
    for _ in range(600):
        with contextlib.suppress(OSError):
            if Sender(port).ask("GET", "/healthz")[0] == 200:
                return
        time.sleep(0.02)
    raise AssertionError("the door does not answer")


class Sender:
    """One person's connection to a door."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.own = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}

    def ask(
        self, method: str, path: str, body: str = "", **other: str
    ) -> tuple[int, str, http.client.HTTPMessage]:
        """Status, text and headers of one answer."""
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self.line.request(method, path, body or None, self.own | form | other)
        answer = self.line.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace"), answer.headers

    def token(self) -> str:
        """A token from a new page."""
        found = re.search(r'name="token" value="([^"]+)"', self.ask("GET", "/report")[1])
        assert found
        return found[1]

    def send(self, token: str, **form: str) -> tuple[int, str]:
        """Send a report; the status, and its receipt code or ""."""
        body = urlencode({"token": token, **LEAST, **form})
        status, page, _ = self.ask("POST", "/report/sent?lang=en", body)
        code = re.search(r'class="code">([A-Z ]+)<', page)
        return status, code[1].replace(" ", "") if code else ""
