"""Access, asked of the real servers: the dashboard itself, and nginx and Caddy before it."""

import contextlib
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import entrance
from tests.conftest import CHROMIUM, ROOT, chromium, command, dashboard
from tests.entrance import FRONTS, SECRET, TEAM, Door, cookie, opened
from tests.tabs import Loop

HOUR = 3600
CLOSED = [
    "/",
    "/records",
    "/app/static/history.js",
    "/static/index.html",
    "/media/x.csv",
    "/_stcore/host-config",
    "/component/streamlit_folium.st_folium/index.html",
]
# faults of a session -> its cookie, and the status that it gets
SESSIONS = {
    "13 hours old": ({"age": 13 * HOUR}, 401),
    "without a time": ({"iat": None}, 401),
    "from the future": ({"age": -HOUR}, 401),
    "signed by another": ({"secret": SECRET[::-1]}, 401),
    "signed out": ({"is_logged_in": False}, 401),
    "not verified": ({"email_verified": False}, 403),
    "not listed": ({"groups": ["others"]}, 403),
    "without groups": ({"groups": None}, 403),
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three records: what is behind the door does not matter here."""
    folder = tmp_path_factory.mktemp("toy")
    (folder / "calls.csv").write_text(
        "id,time,lat,lon,kind\n"
        + "".join(f"{n},2026-01-0{n} 10:00,44.9{n},-93.2{n},call_911\n" for n in (1, 2, 3))
    )
    done = command("import", str(folder / "calls.csv"), "--source", "calls", store=folder / "store")
    assert done.returncode == 0, done.stderr
    return folder / "store"


@pytest.fixture(scope="module", params=FRONTS)
def door(request: Any, toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A dashboard with a provider behind each server in turn."""
    folder = tmp_path_factory.mktemp(request.param)
    with opened(request.param, toy, folder, _released(folder / "public")) as one:
        yield one
    assert "Traceback" not in one.log.read_text(), one.log.read_text()
    # H7: nobody's address, nor what they asked for
    assert "GET " not in one.log.read_text() and "127.0.0.1:" not in one.log.read_text()


def _released(public: Path) -> Path:
    """A public folder with a release in it, as `publish` leaves one."""
    for name, words in (("embed/index.html", "<!doctype html>a map"), ("manifest.json", "{}")):
        file = public / "releases/2026-01-01-abc" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(words)
    (public / "current").symlink_to("releases/2026-01-01-abc")
    (public / "secret.txt").write_text("not released")
    return public


def test_what_is_published_is_read_by_anybody_and_nothing_else(door: Door) -> None:
    for path, body in (("/embed/", b"a map"), ("/releases/2026-01-01-abc/manifest.json", b"{}")):
        answer = door.ask(path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="cors")
        assert answer.status == 200 and body in answer.read()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for path in (
        "/releases/",
        "/releases/2026-01-01-abc/",
        "/embed/../secret.txt",
        "/embed/none",
        "/releases/..%2fsecret.txt",
        "/secret.txt",
    ):
        assert door.status(path) in (400, 404), path
    assert door.status("/embed/", "POST", Origin=door.origin, Content_Length="0") == 405


def test_nobody_comes_in_without_signing_in(door: Door) -> None:
    """Behind the shipped proxy nobody was asked: it connects from this machine."""
    for path in CLOSED:
        for more in ({}, {"X_Forwarded_For": "127.0.0.1"}, {"X_Real_IP": "127.0.0.1"}):
            answer = door.ask(path, **more)
            assert (answer.status, answer.read()) == (401, b"Sign in first."), path
    assert door.open_socket(Origin=door.origin) in (401, 403)
    assert door.status("/healthz") == 200 and door.status("/sign-in") == 303


def test_who_is_listed_comes_in(door: Door) -> None:
    held = cookie(origin=door.origin)
    for path in ("/", "/records", "/app/static/history.js"):
        assert door.status(path, Cookie=held) == 200
    assert door.open_socket(Origin=door.origin, Cookie=held) == 101
    media = door.ask("/media/nothing.csv", Cookie=held)
    assert media.status == 404 and media.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("what", SESSIONS)
def test_a_session_that_does_not_count(door: Door, what: str) -> None:
    changed, want = SESSIONS[what]
    held = cookie(origin=door.origin, **changed)
    for path in CLOSED:
        assert door.status(path, Cookie=held) == want, path
    assert door.open_socket(Origin=door.origin, Cookie=held) in (want, 403)


def test_a_line_taken_out_ends_access_at_once_and_put_back_gives_it(door: Door) -> None:
    held = cookie(origin=door.origin)
    assert door.status("/", Cookie=held) == 200
    entrance.settings(door.settings, door.origin, 'viewer = ["group:nobody"]')
    assert door.status("/", Cookie=held) == door.status("/media/x", Cookie=held) == 403
    entrance.settings(door.settings, door.origin, "viewer = 1")  # no list can be read
    assert door.status("/", Cookie=held) == 503
    entrance.settings(door.settings, door.origin, entrance.ROLES)
    assert door.status("/", Cookie=held) == 200


def test_another_name_reaches_nothing(door: Door) -> None:
    """H1, H3: DNS rebinding."""
    held = cookie(origin=door.origin)
    for host in ("evil.example", f"evil.example:{door.port}", "localhost:1"):
        for path in ("/", "/records", "/embed/"):
            with contextlib.suppress(ssl.SSLError, ConnectionError):
                assert door.status(path, Host=host, Cookie=held) in (400, 403, 404, 421)
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            assert door.open_socket(Host=host, Origin=f"https://{host}", Cookie=held) != 101


def test_a_socket_opens_for_our_own_page_only(door: Door) -> None:
    """H2: another local port, or no origin."""
    held = cookie(origin=door.origin)
    for origin in ("http://localhost:9999", "http://127.0.0.1:9999", "null", f"https://{TEAM}", ""):
        told = {"Origin": origin} if origin else {}
        assert door.open_socket(Cookie=held, **told) == 403, origin


def test_what_nobody_needs_is_not_there(door: Door) -> None:
    """H4, H5, and unknown paths."""
    held = cookie(origin=door.origin)
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/nothing", "/.git/config"):
        assert door.status(path, Cookie=held) == 404
    shapes = door.ask("/app/static/history.js", Cookie=held)
    assert shapes.status == 200 and shapes.headers["Access-Control-Allow-Origin"] is None
    other = {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "no-cors"}
    assert door.status("/app/static/history.js", Cookie=held, **other) == 403
    assert door.status("/", "POST", Cookie=held, Origin=door.origin, Content_Length="0") == 405
    assert (
        door.status(
            "/_stcore/upload_file/a/b",
            "PUT",
            Cookie=held,
            Origin="http://localhost:9",
            Content_Length="0",
        )
        == 403
    )
    long, body = {"Content_Length": str(13 << 20), "Origin": door.origin}, bytes(13 << 20)
    with contextlib.suppress(ConnectionError, ssl.SSLError):  # closed before all was sent
        assert door.status("/_stcore/upload_file/a/b", "PUT", body, Cookie=held, **long) == 413


def test_paths_that_lead_out_are_refused(door: Door) -> None:
    held = cookie(origin=door.origin)
    for path in (
        "//evil.example/x",
        "/embed/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2fx",
        "/app/static/%00",
    ):
        assert door.status(path, Cookie=held) in (301, 308, 400, 404), path
        assert not (door.ask(path, Cookie=held).headers["Location"] or "/").startswith("//")


def test_https_is_told_to_browsers_where_the_settings_say_so(door: Door) -> None:
    answer = door.ask("/", Cookie=cookie(origin=door.origin), X_Forwarded_Proto="https")
    secured = door.front != "app"
    assert (answer.headers["Strict-Transport-Security"] is not None) == secured
    assert all(("Secure" in one) == secured for one in answer.headers.get_all("Set-Cookie") or [])
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_revoked_session_is_over_also_an_open_one(door: Door, toy: Path) -> None:
    held = cookie(origin=door.origin, email=f"{door.front}@example.org")
    assert door.status("/", Cookie=held) == 200
    from data.people import roster
    from data.storage.store import Store

    roster.revoke(Store(toy), f"{door.front}@example.org")
    assert door.status("/", Cookie=held) == 401
    assert door.status("/", Cookie=cookie(origin=door.origin)) == 200  # nobody else's
    fresh = cookie(age=-2, origin=door.origin, email=f"{door.front}@example.org")
    assert door.status("/", Cookie=fresh) == 200  # signed in again


@pytest.mark.browser
def test_signing_in_and_out_in_a_browser(door: Door, playwright: tuple[Any, Loop]) -> None:
    """Through the provider to the page that was asked for, a download, and out again."""
    words = [*CHROMIUM, f"--host-resolver-rules=MAP {TEAM} 127.0.0.1"]
    play, loop = playwright
    with loop.used():
        browser = play.chromium.launch(executable_path=chromium(), args=words)
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        page.set_default_timeout(60_000)
        assert page.goto(f"{door.origin}/records?from=2026-01-02").status == 401
        _signed(page, "editor")
        page.locator(".st-key-account button").first.click()
        page.get_by_text("Signed in as editor@example.org").wait_for()
        page.keyboard.press("Escape")
        assert "/records" in page.url and "from=2026-01-02" in page.url
        page.get_by_role("button", name="CSV, ").first.wait_for()
        with page.expect_download() as got:
            page.get_by_role("button", name="CSV, ").first.click()
        media = got.value.url.partition(door.host)[2]
        assert media.startswith("/media/")
        assert door.status(media) == 401
        assert door.status(media, Cookie=cookie(origin=door.origin, groups=[])) == 403
        assert door.status(media, Cookie=cookie(origin=door.origin)) == 200
        page.locator(".st-key-account button").first.click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/end_session**")
        assert page.goto(f"{door.origin}/").status == 401

        other = browser.new_context(ignore_https_errors=True).new_page()
        other.set_default_timeout(60_000)
        other.goto(f"{door.origin}/")
        _signed(other, "stranger")
        other.get_by_text("not on the list").wait_for()
        browser.close()


def _signed(page: Any, who: str) -> None:
    page.get_by_role("link", name="Sign in").click()
    page.locator("input[name=sub]").fill(who)
    page.locator("button[type=submit]").first.click()


def test_the_machine_itself_needs_no_sign_in_where_none_is_configured(
    toy: Path, tmp_path: Path
) -> None:
    with dashboard(toy, tmp_path / "log", HOME=str(tmp_path)) as address:
        one = Door("app", int(address.rpartition(":")[2]), tmp_path, tmp_path / "log")
        assert one.status("/") == 200 and one.open_socket(Origin=one.origin) == 101
        assert one.status("/", X_Forwarded_For="10.0.0.1") == 421
        assert one.open_socket(Host="evil.example:1", Origin="http://evil.example:1") == 421
        assert one.open_socket() == one.open_socket(Origin="http://localhost:9999") == 403
    log = (tmp_path / "log").read_text()
    assert "GET" not in log and log.count("\n") == 1, log


def test_error_boxes_send_nobody_elsewhere() -> None:
    """H6: no "Ask Google"."""
    import tomllib

    told = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    assert told["client"]["showErrorLinks"] is False


def test_streamlit_alone_serves_nothing(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`streamlit run dashboard.py` would stand without the gate."""
    from streamlit import config
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("PORCHLIGHT_STORE", str(toy))
    monkeypatch.setattr(config, "_server_mode", "starlette-managed")
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=30).run()
    assert [text.value for text in app.text] == [app.text[0].value] and "make run" in app.text[
        0
    ].value
    assert not app.multiselect


def test_the_time_of_a_session_is_ours() -> None:
    from data.people.roster import Roster

    listed, now = Roster(), time.time()
    assert listed.current({"iat": now - 12 * HOUR + 5}, now)
    assert not listed.current({"iat": now - 12 * HOUR - 5}, now)
    assert not any(
        listed.current({"iat": iat}, now) for iat in (None, "1", True, now + HOUR, [now])
    )
