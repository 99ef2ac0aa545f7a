"""The gate before every request, Streamlit's too: who may ask, for what, from where.

Deny by default: a host, a path, a method, an origin or a person that no table here names gets a
sentence and the right status. Pure ASGI, so sockets pass through it as well.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.app.refusals import FROM_ELSEWHERE, Refusal, refusal_page

MOST_BYTES = 12 << 20  # of one request: an upload of 10 MB and what is around it
MOST_BYTES_ALONE = 212 << 20  # the same where only this machine comes in: an upload of 200 MB
MOST_BYTES_FORM = 20 << 10  # of a report that somebody typed
MOST_AT_ONCE = 8  # bodies that are taken in: each may fill memory up to its size
READING = ("GET", "HEAD")
ACROSS = ("GET", "HEAD", "OPTIONS")  # a browser asks first whether a page elsewhere may
UPLOADS = ("GET", "HEAD", "PUT", "DELETE")
SENDING = ("GET", "HEAD", "POST")
# headers that a server before ours adds, and that no browser on this machine sends
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True)
class Area:
    """A part of the address space: who may ask for it, and which policy it gets."""

    methods: tuple[str, ...] = READING
    anybody: bool = False  # whoever it is, signed in or not
    across: bool = False  # pages of other sites may read it
    policy: str = "page"  # a row of POLICIES
    keeps: str = ""  # Cache-Control
    most_bytes: int = 0  # of a body that is small: any number of them is taken in at once


PAGE = Area()
REFUSED = Area(policy="plain", keeps="no-store")
FILES = Area(policy="")
FORM = Area(SENDING, policy="form", keeps="no-store", most_bytes=MOST_BYTES_FORM)
RELEASED = Area(ACROSS, anybody=True, across=True, policy="released", keeps="no-cache")
# start of a path -> its area; the first that fits counts
AREAS: Mapping[str, Area] = {
    "/healthz": Area(anybody=True, policy="", keeps="no-store"),
    "/embed/": RELEASED,
    "/current/": RELEASED,
    "/releases/": RELEASED,
    "/corrections.html": RELEASED,
    "/corrections.xml": RELEASED,
    "/corrections.css": RELEASED,
    "/help": Area(anybody=True, policy="plain", keeps="no-store"),
    # released cites are for anybody; of the team's the route itself asks who is there
    "/c/": Area(anybody=True, policy="pictured", keeps="no-store"),
    "/sign-in": Area(anybody=True, policy="plain", keeps="no-store"),
    "/auth/login": Area(anybody=True, policy="plain", keeps="no-store"),
    "/auth/logout": Area(anybody=True, policy="plain", keeps="no-store"),
    "/oauth2callback": Area(anybody=True, policy="plain", keeps="no-store"),
    "/static/": FILES,
    "/s/": FILES,
    "/app/static/": FILES,
    "/favicon.png": FILES,
    "/favicon.ico": FILES,
    "/manifest.json": FILES,
    "/media/": Area(policy="sandbox", keeps="private, no-store"),
    "/component/": Area(policy="component"),
    "/_stcore/health": FILES,
    "/_stcore/host-config": FILES,
    "/_stcore/stream": FILES,
    "/_stcore/bidi-components/": FILES,
    "/_stcore/upload_file/": Area(methods=UPLOADS, policy=""),
    "/report": FORM,
    "/report/sent": FORM,
    "/report/withdraw": FORM,
}
# those that the public's process does not serve
TEAM_ONLY = (
    "/sign-in",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/_stcore/upload_file/",
    "/app/static/areas/",
    "/app/static/basemap/",
    "/report",
)
# all that a door's process serves: it has no store, no pages of Streamlit, and asks nobody who
# they are
DOOR_AREAS = {path: area for path, area in AREAS.items() if area is FORM} | {
    path: AREAS[path] for path in ("/healthz", "/favicon.ico", "/help") if path in AREAS
}
PRIVATE = {
    "default-src": "'none'",
    "script-src": "'self' {scripts}",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'none'",
    "frame-ancestors": "{frames}",
}
# the map's frame makes its script in the page, and shows the tiles of others that a reader may
# switch on; no other page may
INNER = {
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "img-src": "'self' data: blob: {tiles}",
    "frame-ancestors": "'self'",
}
RELEASED_PAGES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "*",
}
PLAIN = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
PICTURED = {**PLAIN, "img-src": "'self'"}
# one may send what one typed, to where the page is from; nothing runs in it
SENT = {**PLAIN, "img-src": "'self'", "form-action": "'self'"}
POLICIES = {
    "page": PRIVATE,
    "released": RELEASED_PAGES,
    "component": {**PRIVATE, **INNER},
    "plain": PLAIN,
    "pictured": PICTURED,
    "form": SENT,
    "sandbox": {"sandbox": "", "default-src": "'none'"},
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # with no-referrer a browser sends the form of our own page with Origin: null
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000"
ANOTHER_NAME = Refusal(421, "This is not the name of this Porchlight.")
_NOTHING = Refusal(404, "Nothing is here.")
FORWARDED_HERE = Refusal(
    421,
    "This Porchlight serves its own machine only, and another server sent this request on. "
    "Name who may sign in first: docs/deploy.md.",
)
NOT_THIS_WAY = Refusal(405, "This address is for reading.")
TWO_HOSTS = Refusal(400, "A request names one host.")
TOO_MANY = Refusal(429, "Too many files at once. Try it again in a moment.")


class Gate:
    """ASGI middleware around an app; everything it asks about comes in by its arguments.

    `hosts` are the Host headers that are answered, with the origin of each. `pages` are the
    addresses of pages. `person` says whether who asks may come in; None where nobody is asked,
    which only this machine itself may be. `frames` may show pages in a frame, and `tiles` are the
    hosts whose pictures the map may show.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Mapping[str, str],
        pages: frozenset[str],
        public: bool,
        person: Callable[[HTTPConnection], Refusal | None] | None = None,
        frames: tuple[str, ...] = (),
        tiles: tuple[str, ...] = (),
        scripts: str = "",
        released: bool = False,
        areas: Mapping[str, Area] = AREAS,
    ) -> None:
        self.app, self.hosts, self.pages, self.public = app, hosts, pages, public
        self.person, self.released, self.areas = person, released, areas
        self.closed = TEAM_ONLY if public and areas is AREAS else ()
        alone = person is None and not public
        self.most_bytes = MOST_BYTES_ALONE if alone else MOST_BYTES
        self._writing = 0  # requests whose bodies are being taken in
        shown = " ".join(("'self'", *frames)) if public else "'none'"
        others = " ".join(tiles)
        self.policies = {
            name: "; ".join(
                f"{rule} {value.format(scripts=scripts, frames=shown, tiles=others)}".strip()
                for rule, value in rules.items()
            )
            for name, rules in POLICIES.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or hand on."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        area = self._area(scope["path"])
        refused = self._refusal(scope, headers, area)
        if scope["type"] == "websocket":
            if refused:
                return await _refuse_socket(scope, send, refused)
            return await self.app(scope, receive, send)
        https = self.hosts.get(headers.get("host", "").lower(), "").startswith("https://")

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                shown = area if area and not refused else REFUSED
                self._head(MutableHeaders(scope=message), shown, https)
            await send(message)

        if refused:
            return await refusal_page(refused, scope, headers)(scope, receive, sent)
        if scope["method"] in ACROSS:
            return await self.app(scope, receive, sent)
        if area and area.most_bytes:
            return await self._limited(scope, receive, sent, area.most_bytes)
        if self._writing >= MOST_AT_ONCE:
            return await refusal_page(TOO_MANY, scope, headers)(scope, receive, sent)
        self._writing += 1
        try:
            return await self._limited(scope, receive, sent, self.most_bytes)
        finally:
            self._writing -= 1

    def _area(self, path: str) -> Area | None:
        """The area of a path; None where nothing is. Without its trailing slash: / is a page."""
        if path.startswith(self.closed):
            return None
        if any(part.startswith(".") for part in path.split("/")):
            return None
        if path.rstrip("/") in self.pages:
            return PAGE
        for start, area in self.areas.items():
            if path == start or (start.endswith("/") and path.startswith(start)):
                return area if self.released or area is not RELEASED else None
        return None

    def _refusal(self, scope: Scope, headers: Headers, area: Area | None) -> Refusal | None:
        """The refusal of a request; None where it goes on."""
        if len(headers.getlist("host")) != 1:
            return TWO_HOSTS
        host = headers["host"].lower()
        if host not in self.hosts:
            return ANOTHER_NAME
        if self.person is None and not self.public and any(n in headers for n in FORWARDED):
            return FORWARDED_HERE
        if area is None:
            return _NOTHING
        socket = scope["type"] == "websocket"
        if socket != (scope["path"] == "/_stcore/stream"):
            return _NOTHING
        method = "GET" if socket else scope["method"]
        if method not in area.methods:
            return NOT_THIS_WAY
        if not area.across and self._from_elsewhere(scope, headers, host, socket):
            return FROM_ELSEWHERE
        if _stated(headers) > (most := area.most_bytes or self.most_bytes):
            return _too_large(most)
        if area.anybody or self.person is None:
            return None
        return self.person(HTTPConnection(scope))

    def _from_elsewhere(self, scope: Scope, headers: Headers, host: str, socket: bool) -> bool:
        """Return whether a page of another origin asks.

        Exact in scheme, name and port: Streamlit's own rule takes every port of localhost, and
        a socket that names no origin at all.
        """
        if (socket or scope["method"] not in READING) and headers.get("origin") != self.hosts[host]:
            return True
        leaves = scope["path"] == "/auth/logout"  # a link elsewhere must not sign anybody out
        follows_link = headers.get("sec-fetch-mode") == "navigate" and not leaves
        other = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        return other and not follows_link

    async def _limited(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        """Hand a request on, and stop it where its body is longer than it may be."""
        taken, begun = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(*_too_large(most))
            return message

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, counted, sent)
        except HTTPException as refused:
            if not begun:
                await PlainTextResponse(refused.detail, refused.status_code)(scope, receive, send)

    def _head(self, headers: MutableHeaders, area: Area, https: bool) -> None:
        """The headers that every answer has, and the policy of its part."""
        policy = self.policies.get(area.policy)
        markup = headers.get("content-type", "").startswith("text/html")
        if policy and (markup or area.policy == "sandbox"):
            headers["Content-Security-Policy"] = policy
        if area.keeps and not (area.across and "cache-control" in headers):
            headers["Cache-Control"] = area.keeps  # the released files say for themselves
        for name, value in HEADERS.items():
            headers[name] = value
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if area.across else "same-origin"
        if area.across:
            headers["Access-Control-Allow-Origin"] = "*"
        elif "access-control-allow-origin" in headers:
            del headers["Access-Control-Allow-Origin"]
        if https:
            headers["Strict-Transport-Security"] = HSTS
            headers.raw[:] = [_secured(name, value) for name, value in headers.raw]


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header; a cookie only ever goes through an encrypted connection again."""
    if name == b"set-cookie" and b"; secure" not in value.lower():
        value += b"; Secure"
    return name, value


_flag = False


def raise_flag() -> None:
    """Say that this process serves through a gate."""
    global _flag
    _flag = True


def stands() -> bool:
    """Return whether pages run behind a gate, or without any server (in tests of a page)."""
    from streamlit import config

    return _flag or config._server_mode is None


def script_hashes(*scripts: str) -> str:
    """The hashes that let the inline scripts of Streamlit's page, and some of ours, run."""
    import streamlit  # the door's process never loads it

    index = (Path(streamlit.__file__).parent / "static/index.html").read_text(encoding="utf-8")
    inline = [*re.findall(r"<script>(.*?)</script>", index, re.S), *scripts]
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in inline)
    return " ".join(f"'sha256-{digest.decode()}'" for digest in digests)


def _stated(headers: Headers) -> int:
    """The stated length of a request's body; 0 where it is not stated."""
    stated = headers.get("content-length", "0")
    return int(stated) if stated.isascii() and stated.isdigit() else 0


def _too_large(most: int) -> Refusal:
    size = f"{most >> 20} MB" if most >> 20 else f"{most >> 10} kB"
    return Refusal(413, f"What is sent may have {size} at most.")


async def _refuse_socket(scope: Scope, send: Send, refused: Refusal) -> None:
    """Close a socket before it is open, with the status where the server can send one."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        return await send({"type": "websocket.close", "code": 1008, "reason": refused.says})
    start = {"type": "websocket.http.response.start", "status": refused.status}
    await send({**start, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
    await send({"type": "websocket.http.response.body", "body": refused.says.encode()})
