"""The cost of the gate to a request: the same app with and without it, in turn, in one process.

Behind it stands what Streamlit answers a page's address with, its whole middleware included. The
request is the dearest there is: a signed session, lists of people, a page with its policy.
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.gi import peak

REQUESTS = 4_000
LIMIT_MS = 1.0
SECRET = "0123456789abcdef0123456789abcdef"
HOST = "localhost:8501"
ROLES = '[roles]\nviewer = ["group:desk"]\n'


def run(rows: int | None) -> list[dict[str, Any]]:
    """Measure the gate; a row is one request."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "porchlight.toml"
        file.write_text(ROLES)
        ours, peer, equal = asyncio.run(_measured(rows or REQUESTS, Path(folder), file))
    found = []
    for name, percent in (("p50", 50), ("p99", 99)):
        with_gate, without = (float(np.percentile(times, percent)) for times in (ours, peer))
        added = (with_gate - without) * 1000
        found.append(
            {
                "name": f"entrance: {name} of a request with the gate and without",
                "rows": len(ours),
                "ours_s": with_gate,
                "peer_s": without,
                "ratio": without / with_gate,
                "equal": equal,
                "peak_mb": peak(),
                "goal": f"the gate adds less than {LIMIT_MS:g} ms",
                "ok": equal and added < LIMIT_MS,
                "added_ms": added,
            }
        )
    return found


async def _measured(requests: int, store: Path, file: Path) -> tuple[np.ndarray, np.ndarray, bool]:
    """Seconds of each request with the gate and without it, and whether bodies are equal."""
    from starlette.applications import Starlette
    from streamlit.web.server.starlette.starlette_app import create_streamlit_middleware
    from streamlit.web.server.starlette.starlette_static_routes import (
        create_streamlit_static_assets_routes,
    )

    from data.people import roster
    from data.site import Site
    from ui.app import access, gate, sign_in
    from ui.frame import look

    plain = Starlette(
        routes=create_streamlit_static_assets_routes(base_url=""),
        middleware=create_streamlit_middleware(),
    )
    asks = _person(access.Person(store), roster, file)
    guarded = gate.Gate(
        sign_in.BackToPage(plain),
        hosts=Site().hosts(8501),
        pages=frozenset({"", "/areas"}),
        public=False,
        person=asks,
        scripts=gate.script_hashes(look.SCRIPT),
    )
    scope = _scope()
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    bodies = {}
    for turn in range(requests + 20):
        for name, app in (("ours", guarded), ("peer", plain)):
            start = time.perf_counter()
            bodies[name] = await _asked(app, dict(scope))
            if turn >= 20:  # the first ones load what is loaded once
                times[name].append(time.perf_counter() - start)
    equal = bodies["ours"] == bodies["peer"] and len(bodies["ours"]) > 1000
    return np.array(times["ours"]), np.array(times["peer"]), equal


def _person(person: Any, people: Any, file: Path) -> Any:
    """The gate's question of who asks, with lists of this bench."""
    usual = people.roster
    people.roster = lambda root: usual(root, file)
    return person


def _scope() -> dict[str, Any]:
    from streamlit import config
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    config.set_option("server.cookieSecret", SECRET)
    claims = {
        "is_logged_in": True,
        "iat": time.time(),
        "email": "editor@example.org",
        "email_verified": True,
        "groups": ["desk"],
    }
    cookie = create_signed_value(SECRET, "_streamlit_user", json.dumps(claims))
    headers = [
        (b"host", HOST.encode()),
        (b"cookie", b"_streamlit_user=" + cookie),
        (b"sec-fetch-site", b"none"),
        (b"sec-fetch-mode", b"navigate"),
        (b"accept", b"text/html"),
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/areas",
        "raw_path": b"/areas",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8501),
    }


async def _asked(app: Any, scope: dict[str, Any]) -> bytes:
    body, told = b"", False

    async def receive() -> dict[str, Any]:
        nonlocal told
        if told:  # a response listens for the end of the connection
            await asyncio.Event().wait()
        told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal body
        if message["type"] == "http.response.start":
            assert message["status"] == 200, message
        body += message.get("body", b"")

    await app(scope, receive, send)
    return body
