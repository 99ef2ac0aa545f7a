"""The embed: its bytes, its first picture on a slow phone, requests a second from a plain server."""

import contextlib
import gzip
import http.client
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench import start
from data.embed import embed_files
from data.embed.released_pictures import SIZES
from data.settings import Problem
from tests.made_release import make_release

BYTES, SECONDS, RATE = 150 * 1024, 1.0, 2_000
ROUNDS = 5
SLOWER = 4  # times: the processor of a phone
LINE_KBIT, DELAY_MS = 1_600, 40
CLIENTS, LASTS = 8, 5.0  # threads that ask, seconds
PHONE = {"width": 390, "height": 844}
# nginx as Debian packs it: one process; `taskset` keeps it on one core
SETTINGS = """
daemon off; master_process off; worker_processes 1; pid {root}/pid; error_log {root}/error.log;
events {{ worker_connections 512; }}
http {{
  include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  gzip on; gzip_static on; gzip_types text/css application/javascript application/json image/svg+xml;
  open_file_cache max=100; server_tokens off;
  client_body_temp_path {root}/a; proxy_temp_path {root}/b; fastcgi_temp_path {root}/c;
  uwsgi_temp_path {root}/d; scgi_temp_path {root}/e;
  server {{ listen 127.0.0.1:{port}; root {site}; }}
}}
"""


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for the bytes, one for the first picture, one for requests a second."""
    if rows:
        print("embed measures a made place of medium size: --rows says nothing.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        site = Path(folder) / "site"
        embed_files.write_embed(site, *make_release("medium"))
        found = [_bytes(site)]
        for file in list(site.rglob("*")):
            if file.suffix in (".html", ".js", ".css", ".svg", ".json", ".csv"):
                file.with_name(f"{file.name}.gz").write_bytes(_packed(file))
        with _nginx(site, Path(folder)) as port:
            found += [_first(port), _rate(port)]
    return found


def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)


def _line(name: str, value: float, goal: str, ok: bool, **more: Any) -> dict[str, Any]:
    return {
        "name": f"embed: {name}",
        "ours_s": value,
        "equal": True,
        "goal": goal,
        "ok": ok,
        **more,
    }


def _bytes(site: Path) -> dict[str, Any]:
    sizes = {
        str(f.relative_to(site)): min(len(_packed(f)), f.stat().st_size)
        for f in site.rglob("*")
        # pictures to take away are loaded by no page
        if f.is_file() and not f.stem.endswith(tuple(f"-{size}" for size in SIZES))
    }
    total = sum(sizes.values())
    first = sum(
        sizes[n] for n in ("index.html", "style.css", "data.js", "en.js", "app.js", "font.woff2")
    )
    goal = f"under {BYTES} bytes compressed in all"
    return _line("bytes", 0.0, goal, total < BYTES, bytes=total, page_bytes=first, files=len(sizes))


@contextlib.contextmanager
def _nginx(site: Path, root: Path) -> Iterator[int]:
    """The port of one nginx process on one core that serves a folder."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise Problem("nginx is not installed: apt-get install nginx-light.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = root / "nginx.conf"
    settings.write_text(SETTINGS.format(root=root, site=site, port=port))
    root.chmod(0o755)
    pinned = ["taskset", "-c", "0"] if shutil.which("taskset") else []
    server = subprocess.Popen(
        [*pinned, program, "-e", str(root / "error.log"), "-c", str(settings)]
    )
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                _get(port, "/index.html")
                break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _get(port: int, path: str) -> bytes:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    line.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise Problem(f"nginx answers {answer.status}.")
    line.close()
    return body


def _first(port: int) -> dict[str, Any]:
    """Seconds to the first contentful paint, and to the drawn script, on a slow phone."""
    program = next(filter(None, map(shutil.which, start.BROWSERS)), None)
    if program is None or not importlib.util.find_spec("playwright"):
        raise Problem("Chromium or playwright is not installed: see make test.")
    from playwright.sync_api import sync_playwright

    painted, drawn = [], []
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=list(start.CALM))
        for _ in range(1 + ROUNDS):
            context = chromium.new_context(
                viewport=PHONE, device_scale_factor=2, is_mobile=True, bypass_csp=True
            )
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            per_second = LINE_KBIT * 1000 / 8
            session.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": DELAY_MS,
                    "downloadThroughput": per_second,
                    "uploadThroughput": per_second,
                },
            )
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            page.goto(f"http://127.0.0.1:{port}/index.html")
            page.wait_for_function("document.documentElement.dataset.drawn")
            painted.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                / 1000
            )
            drawn.append(page.evaluate("performance.now()") / 1000)
            context.close()
        chromium.close()
    first = median(painted[1:])
    goal = f"first picture under {SECONDS:g} s at {SLOWER}x slower, {LINE_KBIT} kbit/s"
    return _line(
        "first picture",
        first,
        goal,
        first < SECONDS,
        slowest_s=max(painted[1:]),
        script_s=median(drawn[1:]),
    )


def _rate(port: int) -> dict[str, Any]:
    """Answers a second to index.html, from threads that keep their connections."""
    helper = [sys.executable, "-c", ASK, str(port), str(LASTS)]
    asking = [
        subprocess.Popen(helper, stdout=subprocess.PIPE, text=True)
        for _ in range(max(1, (os.cpu_count() or 2) - 1))
    ]
    answers = sum(int(p.communicate()[0]) for p in asking)
    rate = answers / LASTS
    goal = f"at least {RATE} requests a second from one process on one core"
    return _line(
        "requests",
        1 / max(rate, 1e-9),
        goal,
        rate >= RATE,
        requests_s=rate,
        clients=CLIENTS * len(asking),
    )


# one process that asks: raw sockets, a few requests on the way at once, counted by their ends
ASK = f"""
import selectors, socket, sys, time
port, lasts = int(sys.argv[1]), float(sys.argv[2])
ask = b"GET /index.html HTTP/1.1\\r\\nHost: x\\r\\nAccept-Encoding: gzip\\r\\n\\r\\n"
one = socket.create_connection(("127.0.0.1", port)); one.sendall(ask); time.sleep(.3)
head = one.recv(1 << 20); size = len(head); assert b" 200 " in head[:20]
while True:
    at = head.index(b"\\r\\n\\r\\n") + 4
    whole = at + int([l for l in head.split(b"\\r\\n") if l.lower().startswith(b"content-length")][0].split(b":")[1])
    if len(head) >= whole: break
    head += one.recv(1 << 20)
pick, got, answers = selectors.DefaultSelector(), {{}}, 0
for _ in range({CLIENTS}):
    line = socket.create_connection(("127.0.0.1", port)); pick.register(line, selectors.EVENT_READ); got[line] = 0; line.sendall(ask)
end = time.monotonic() + lasts
while time.monotonic() < end:
    for key, _ in pick.select(1):
        line = key.fileobj
        got[line] += len(line.recv(1 << 20))
        if got[line] >= whole:
            got[line] -= whole; answers += 1; line.sendall(ask)
print(answers)
"""
