"""A6: what a server of the public folder gives to ten thousand odd requests."""

import hashlib
import http.client
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import numpy as np

from data.attacks.case import Case, Count, Found

CANARY = "canary-4711-of-the-store"
PART = 206  # of a released file, as asked for by Range
QUIET = {301, 302, 304, 400, 403, 404, 405, 408, 413, 414, 416, 417, 431, 501, 505}
_METHODS = ("GET",) * 8 + ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "TRACE")
_STEPS = ("..", "%2e%2e", "..%2f", "%252e%252e", "....//", "..\\", ".", "~root", "%00", "//", "")
GOALS = ("secret", "store/current/now", "etc/passwd", "ledger.db", ".git/config", "porchlight.toml")
QUERIES = (
    "",
    "?area=1",
    "?area=1'--",
    "?kind=../../secret",
    "?download=1&path=/etc/passwd",
    "?%00",
    "?view=44.97,-93.27",
    "?" + "a=1&" * 200,
    "#x",
    ";v=1",
)
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Range": "bytes=0-9"},
    {"If-None-Match": "*"},
    {"X-Original-URL": "/../secret"},
    {"X-Rewrite-URL": "/secret"},
    {"Host": "127.0.0.1:1"},
    {"Host": "store.internal"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"Accept-Encoding": "gzip, br"},
    {"Cookie": "role=admin"},
    {"Authorization": "Basic cm9vdDpyb290"},
    {"X-HTTP-Method-Override": "PUT"},
    {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"Origin": "https://example.org"},
)


class Quiet(SimpleHTTPRequestHandler):
    """An HTTP handler for the files of one folder: no listing, no word of itself, no log."""

    def list_directory(self, path: Any) -> None:  # noqa: ARG002
        """Answer 404 for a folder without an index."""
        self.send_error(404)

    def translate_path(self, path: str) -> str:
        """The file of a path; one that leaves the folder, also by a link, is not there."""
        asked = unquote(urlsplit(path).path)
        root = Path(self.directory).resolve()
        try:
            file = Path(super().translate_path(path)).resolve()
        except (OSError, ValueError):
            return str(root / "not there")
        hidden = any(part.startswith(".") or "\\" in part for part in asked.split("/"))
        inside = file.is_relative_to(root) and not hidden
        return str(file) + "/" * asked.endswith("/") if inside else str(root / "not there")

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: who reads what is nobody's business."""


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve a folder on the loopback address, and yield the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def requests(case: Case, count: Count) -> Found:
    """Check that every answer is a file of the release, or says that there is none."""
    if case.folder is None:
        raise ValueError("There is no release to look at.")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        public = root / "public" / "releases"
        public.mkdir(parents=True)
        for name in ("secret", "ledger.db", "porchlight.toml"):
            (root / name).write_text(CANARY)
        target = f"releases/{case.folder.name}"
        files = copied(case.folder, public / case.folder.name)
        (root / "public" / "current").symlink_to(target)
        with serving(root / "public") as port:
            odd, got = send_odd_requests(port, target, files, count.requests)
    figure = f"{len(odd)} of {count.requests:,} answers wrong, {got:,} released files"
    return Found(not odd and got > 0, figure)


def copied(source: Path, target: Path) -> dict[str, bytes]:
    """Copy a release's files except attack.json to a folder to serve; return them by name."""
    files = contents(source)
    for name, body in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(body)
    return files


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a release by name; attack.json is not one of them."""
    found = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "attack.json")
    return {str(p.relative_to(folder)): p.read_bytes() for p in found}


def send_odd_requests(
    port: int, target: str, files: dict[str, bytes], many: int
) -> tuple[list[str], int]:
    """Send odd requests to a server; those with a wrong answer, and how many got a file."""
    rng = np.random.default_rng(6)
    hashes = {hashlib.sha256(body).digest() for body in files.values()}
    names, odd, got = sorted(files), [], 0
    for i in range(many):
        method = _METHODS[int(rng.integers(len(_METHODS)))]
        name = names[int(rng.integers(len(names)))]
        path = f"/{target}/{name}" if rng.random() < 0.5 else f"/current/{name}"
        if rng.random() < 0.5:
            path = _bent(path, rng)
        path += QUERIES[int(rng.integers(len(QUERIES)))]
        headers = HEADERS[int(rng.integers(len(HEADERS)))]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for key, value in headers.items():
                connection.putheader(key, value)
            connection.endheaders()
            answer = connection.getresponse()
            body, status = answer.read(), answer.status
        except (http.client.HTTPException, OSError):
            continue  # no answer tells nothing
        finally:
            connection.close()
        if status == 200 and method == "HEAD" and not body:
            continue
        if status == PART:
            fine = any(body in whole for whole in files.values())
        else:
            fine = status in QUIET or (status == 200 and hashlib.sha256(body).digest() in hashes)
        got += status == 200 and fine
        if not fine or CANARY.encode() in body:
            odd.append(f"{i} {method} {path} {headers} -> {status}")
    return odd, got


def _bent(path: str, rng: np.random.Generator) -> str:
    """The path with steps out of it, letters changed, or another goal at its end."""
    way = int(rng.integers(5))
    parts = path.split("/")
    if way == 0:
        steps = [
            _STEPS[int(i)] for i in rng.integers(0, len(_STEPS), max(0, int(rng.integers(-4, 9))))
        ]
        return "/" + "/".join([*steps, GOALS[int(rng.integers(len(GOALS)))]])
    if way == 1:
        at = int(rng.integers(1, len(parts)))
        return "/".join([*parts[:at], *["..", "%2e%2e"] * at, GOALS[int(rng.integers(len(GOALS)))]])
    if way == 2:
        return "/".join(parts[: int(rng.integers(1, len(parts)))]) + "/"
    if way == 3:
        letters = list(path[1:])
        letters[int(rng.integers(len(letters)))] = quote(chr(int(rng.integers(1, 0x250))), safe="")
        return "/" + "".join(letters)
    return (
        path.rsplit(".", 1)[0]
        + (".bak", "~", ".parquet.gz", "", ".csv/", ".CSV")[int(rng.integers(6))]
    )
