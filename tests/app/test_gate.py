"""The gate: every row of what may be asked, by whom, and with which headers it is answered."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from data.jobs.dropped_file import DROPPED_MB
from data.maps import basemap
from data.site import Site
from ui.app import gate, sign_in
from ui.app.access import LOOPBACK, start_refusal
from ui.app.gate import Gate, Refusal
from ui.frame import menu

OWN = "localhost:8501"
PAGES = frozenset(f"/{path}" if path else "" for _, _, path, *_ in menu.PAGES)
STRANGER = Refusal(401, "Sign in first.")
FROM_LINK = {"accept": "text/html", "sec-fetch-mode": "navigate"}


async def _all(request: Request) -> Response:
    await request.body()
    path = request.url.path.rstrip("/")
    kind = "text/html" if path in PAGES or path.endswith(".html") else "application/json"
    held = HTMLResponse("all", headers={"access-control-allow-origin": "*"}, media_type=kind)
    held.set_cookie("a", "b")
    return held


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("in")
    await socket.close()


def client(host: str = OWN, **more: Any) -> TestClient:
    """A client of a gate before an app that answers everything."""
    every = ["GET", "POST", "PUT", "DELETE"]
    app = Starlette(
        routes=[WebSocketRoute("/{path:path}", _socket), Route("/{path:path}", _all, methods=every)]
    )
    usual = {"hosts": Site().hosts(8501), "pages": PAGES, "public": False, "released": True}
    guarded = Gate(app, **{**usual, **more})
    scheme = "https" if more.get("hosts", {}).get(host, "").startswith("https") else "http"
    return TestClient(guarded, f"{scheme}://{host}")


def opened(one: TestClient, path: str = "/_stcore/stream", **headers: str) -> str | int:
    """Open a socket; return what it hears first, or the status with which it is refused."""
    try:
        with one.websocket_connect(path, headers={"host": OWN, **headers}) as socket:
            return str(socket.receive_text())
    except WebSocketDenialResponse as refused:
        return int(refused.status_code)


@pytest.mark.parametrize(
    "host", ["evil.example:8501", "evil.example", "localhost:9999", "localhost", ""]
)
def test_another_host_is_refused(host: str) -> None:
    """H1, H3: a name of somebody else that points to this machine (DNS rebinding)."""
    one = client()
    assert one.get("/", headers={"host": host}).status_code == 421
    assert opened(one, host=host, origin=f"http://{host}") == 421


@pytest.mark.parametrize(
    ("origin", "want"),
    [
        (f"http://{OWN}", "in"),
        ("http://localhost:9999", 403),
        ("http://127.0.0.1:9999", 403),
        ("http://127.0.0.1:8501", 403),  # not the origin of the page that was opened
        ("https://localhost:8501", 403),
        ("http://localhost", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_a_socket_opens_for_our_own_page_only(origin: str, want: str | int) -> None:
    """H2: another port of this machine, or no origin at all."""
    assert opened(client(), **({"origin": origin} if origin else {})) == want


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/nothing",
        "/_stcore/script-health-check",
        "/_stcore/stream",
        "/areas/_stcore/health",
        "/.git/config",
        "/static/.hidden",
        "/app/static/../x",
        "/releases/.tmp-1/x",
        "/embed/../../x",
    ],
)
def test_what_nobody_needs_is_not_there(path: str) -> None:
    """H4, and every address that no table names."""
    assert client().get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/areas", "/areas/", "/near_repeats", "/healthz", "/static/a.js", "/embed/"]
)
def test_what_there_is_is_there(path: str) -> None:
    assert client().get(path).status_code == 200


def test_nothing_is_read_across_origins_but_releases() -> None:
    """H5: the team's shapes were open to every page."""
    one = client()
    for path in ("/", "/app/static/areas/1.json", "/_stcore/health", "/media/1.csv"):
        answer = one.get(path)
        assert "access-control-allow-origin" not in answer.headers, path
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        for site in ("cross-site", "same-site"):
            told = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
            assert one.get(path, headers=told).status_code == 403
    for path in ("/embed/index.html", "/releases/2026-01-31-0a/x.csv"):
        answer = one.get(path, headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"})
        assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"
    assert client(released=False).get("/embed/").status_code == 404


def test_a_link_elsewhere_leads_here_but_signs_nobody_out() -> None:
    told = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client().get("/records", headers=told).status_code == 200
    assert client().get("/auth/logout", headers=told).status_code == 403


def test_writing_is_for_uploads_from_our_page() -> None:
    one, own = client(), {"origin": f"http://{OWN}"}
    assert one.put("/_stcore/upload_file/a/b", headers=own).status_code == 200
    assert one.put("/_stcore/upload_file/a/b").status_code == 403
    assert (
        one.put("/_stcore/upload_file/a/b", headers={"origin": "http://localhost:1"}).status_code
        == 403
    )
    for path in ("/", "/areas", "/embed/", "/healthz", "/_stcore/health"):
        assert one.post(path, headers=own).status_code == 405


def test_a_machine_of_its_own_takes_larger_files(monkeypatch: pytest.MonkeyPatch) -> None:
    own, much = {"origin": f"http://{OWN}"}, b"x" * (gate.MOST_BYTES + 1)
    assert gate.MOST_BYTES_ALONE >= 1_000_000 * DROPPED_MB > gate.MOST_BYTES
    assert client().put("/_stcore/upload_file/a/b", headers=own, content=much).status_code == 200
    monkeypatch.setattr(gate, "MOST_BYTES_ALONE", gate.MOST_BYTES)
    one = client()
    assert one.put("/_stcore/upload_file/a/b", headers=own, content=much).status_code == 413


def test_a_large_body_is_refused_said_or_not() -> None:
    """Where people sign in; a machine of its own takes more."""
    own = {"origin": f"http://{OWN}"}
    much = gate.MOST_BYTES + 1
    assert (
        client(person=lambda _: None)
        .put("/_stcore/upload_file/a/b", headers=own, content=b"x" * much)
        .status_code
        == 413
    )

    def pieces() -> Any:
        for _ in range(13):
            yield b"x" * (1 << 20)

    assert (
        client(person=lambda _: None)
        .put("/_stcore/upload_file/a/b", headers=own, content=pieces())
        .status_code
        == 413
    )


def test_so_many_files_at_once_and_no_more() -> None:
    import asyncio

    async def waiting(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    guarded = Gate(waiting, hosts=Site().hosts(8501), pages=PAGES, public=False)
    scope = {
        "type": "http",
        "path": "/_stcore/upload_file/a/b",
        "method": "PUT",
        "query_string": b"",
        "headers": [(b"host", OWN.encode()), (b"origin", f"http://{OWN}".encode())],
    }

    async def tried() -> tuple[list[int], int]:
        go, statuses = asyncio.Event(), list[int]()

        async def receive() -> Any:
            await go.wait()
            return {"type": "http.request", "body": b"x"}

        async def send(message: Any) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        many = [guarded(dict(scope), receive, send) for _ in range(gate.MOST_AT_ONCE + 1)]
        running = [asyncio.ensure_future(one) for one in many]
        await asyncio.sleep(0.05)
        first = list(statuses)
        go.set()
        await asyncio.gather(*running)
        await guarded(dict(scope), receive, send)  # and again, once they are done
        return first, statuses[-1]

    assert asyncio.run(tried()) == ([429], 204)


def test_two_hosts_are_no_request() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "path": "/",
        "method": "GET",
        "query_string": b"",
        "headers": [(b"host", OWN.encode()), (b"host", b"evil.example")],
    }
    asyncio.run(client().app(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 400


@pytest.mark.parametrize("header", gate.FORWARDED)
def test_what_another_server_sends_on_is_refused_where_nobody_is_asked(header: str) -> None:
    """A web server before it would open the team's records to whoever finds its name."""
    assert client().get("/", headers={header: "10.1.1.1"}).status_code == 421
    asked = client(person=lambda _: None)
    assert asked.get("/", headers={header: "10.1.1.1"}).status_code == 200
    assert client(public=True).get("/", headers={header: "10.1.1.1"}).status_code == 200


OPEN = (
    "/healthz",
    "/embed/index.html",
    "/releases/a/b",
    "/sign-in",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
)


def test_everybody_signs_in_for_everything_but_what_is_public() -> None:
    """Whatever the address or the headers: H5 and the downloads of section 2 too."""
    one = client(person=lambda _: STRANGER)
    for path in OPEN:
        assert one.get(path).status_code == 200, path
    closed = [page or "/" for page in PAGES] + [
        path + "x" * path.endswith("/") for path, area in gate.AREAS.items() if not area.anybody
    ]
    for path in closed:
        if path == "/_stcore/stream":
            assert opened(one, origin=f"http://{OWN}") == 401
            continue
        for headers in ({}, {"x-forwarded-for": "127.0.0.1"}, {"x-real-ip": "127.0.0.1"}):
            answer = one.get(path, headers=headers)
            assert (answer.status_code, answer.text) == (401, "Sign in first."), path


def test_a_stranger_is_led_to_the_sign_in_with_the_page_they_wanted() -> None:
    page = client(person=lambda _: STRANGER).get('/records?kind=a&q="><b>', headers=FROM_LINK)
    assert page.status_code == 401 and page.headers["cache-control"] == "no-store"
    assert 'href="/sign-in?to=/records%3Fkind%3Da' in page.text
    assert "<b>" not in page.text and "script" not in page.headers["content-security-policy"]
    other = client(person=lambda _: Refusal(403, "Not <listed>.")).get("/", headers=FROM_LINK)
    assert "Sign out" in other.text and "Not &lt;listed&gt;." in other.text


def test_every_answer_has_its_headers() -> None:
    one = client()
    for path in ("/", "/nothing", "/healthz", "/static/a.js", "/embed/x", "/media/x"):
        answer = one.get(path)
        for name, value in gate.HEADERS.items():
            assert answer.headers[name] == value
        assert "strict-transport-security" not in answer.headers
    media = one.get("/media/x").headers
    assert media["content-security-policy"] == "sandbox; default-src 'none'"
    assert media["cache-control"] == "private, no-store"


def test_https_comes_from_the_settings() -> None:
    team = "team.example.org"
    named = Site(f"https://{team}")
    answer = client(team, hosts=named.hosts(8501)).get("/")
    assert answer.headers["strict-transport-security"] == gate.HSTS
    assert "; Secure" in answer.headers["set-cookie"]
    plain = client(hosts=named.hosts(8501)).get(
        "/", headers={"x-forwarded-proto": "https", "x-scheme": "https"}
    )
    assert plain.status_code == 421 or "; Secure" not in plain.headers["set-cookie"]
    asked = client(hosts=named.hosts(8501), person=lambda _: None)
    plain = asked.get("/", headers={"x-forwarded-proto": "https"})
    assert "; Secure" not in plain.headers["set-cookie"]


def policy(path: str, **more: Any) -> dict[str, str]:
    """The rules of a page's content security policy."""
    text = client(**more).get(path).headers["content-security-policy"]
    return dict((*part.strip().split(" ", 1), "")[:2] for part in text.split(";"))


def test_policies_keep_pages_to_themselves() -> None:
    hashes = gate.script_hashes("let own = 1")
    rules = policy("/areas", scripts=hashes)
    assert rules["default-src"] == rules["form-action"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == f"'self' {hashes}" and hashes.count("sha256-") == 2
    assert not any("http" in value or "*" in value for value in rules.values())
    shown = policy("/areas", public=True, frames=("https://news.example.org",))
    assert shown["frame-ancestors"] == "'self' https://news.example.org"


def test_only_the_map_may_show_tiles_of_others() -> None:
    named = basemap.Tiles("T", "https://{s}.tiles.example/{z}/{x}/{y}.png", "ab", 19, "", "")
    assert named.hosts == ("https://a.tiles.example", "https://b.tiles.example")
    frame = "/component/streamlit_folium.st_folium/index.html"
    shown = policy(frame, tiles=named.hosts)["img-src"].split()
    assert shown == ["'self'", "data:", "blob:", *named.hosts]
    assert policy(frame)["img-src"].split() == ["'self'", "data:", "blob:"]
    assert "tiles.example" not in str(policy("/areas", tiles=named.hosts))


def test_the_public_has_no_sign_in_and_no_uploads() -> None:
    one = client(public=True)
    for path in gate.TEAM_ONLY:
        assert one.get(path + "x" * path.endswith("/")).status_code == 404, path
    assert one.get("/").status_code == 200


@pytest.mark.parametrize("link", ["/records?a=b", "/", "/time?source=x%2Fy"])
def test_a_page_of_ours_is_remembered(link: str) -> None:
    assert sign_in.is_own_page(link)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "records",
        "/a\nb",
        "/\t/evil.example",
    ],
)
def test_another_site_is_not(link: str) -> None:
    assert not sign_in.is_own_page(link)


def test_where_a_dashboard_must_not_start() -> None:
    for address in ("", "0.0.0.0", "192.168.1.4", "::", "example.org"):
        assert "nobody is asked" in start_refusal("team", address, "", False)
        assert "[site]" in start_refusal("team", address, "", True)
        assert "[site]" in start_refusal("public", address, "", False)
        assert not start_refusal("public", address, "https://a.example", False)
        assert not start_refusal("team", address, "https://a.example", True)
    for address in LOOPBACK:
        assert not start_refusal("team", address, "", False)
        assert "nobody is asked" in start_refusal("team", address, "https://a.example", False)
        assert "[site]" in start_refusal("team", address, "", True)
        assert not start_refusal("public", address, "", False)
