"""Every page in a browser, under the content security policy that the web servers give it."""

import http.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import CHROMIUM, chromium
from tests.publics import public, published
from tests.tabs import PATIENCE, Browser, Loop
from tests.test_browser import WIDE
from tests.test_deploy import LOCAL, refused
from ui.menu import PAGES, PUBLIC_PAGES

__all__ = ["public", "published"]  # the fixtures
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def local(playwright: tuple[Any, Loop]) -> Iterator[Browser]:
    """A Chromium that takes pages whose headers the test sets for pages of this machine."""
    play, loop = playwright
    with loop.used():
        made = play.chromium.launch(executable_path=chromium(), args=[*CHROMIUM, LOCAL])
        yield Browser(made)
        made.close()


def walked(local: Any, address: str, site: str, paths: list[str]) -> dict[str, list[str]]:
    """What each page was refused, where it was anything; maps are drawn all the same."""
    found = {}
    for path in paths:
        page = local.new_page(viewport=WIDE)
        page.set_default_timeout(PATIENCE)
        said = refused(page, site)
        page.goto(f"{address}/{path}")
        page.locator("h3").first.wait_for()
        # not by a function that waits: the policy refuses those too
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        if page.locator('[class*="st-key-map"] iframe').count():
            frame = page.frame_locator('[class*="st-key-map"] iframe')
            frame.locator("html[data-drawn]").wait_for(state="attached")
        charts = page.locator('[data-testid="stVegaLiteChart"]')
        if charts.count():
            charts.first.locator("canvas, svg").first.wait_for()
        if bad := [one for one in said if "Content Security Policy" in one]:
            found[path] = bad
        page.unroute_all(behavior="wait")
        page.close()
    return found


def test_public_pages_work_under_their_policy(local: Any, public: str) -> None:
    paths = [path for _, _, path, _ in PUBLIC_PAGES] + ["?embed=true"]
    assert walked(local, public, "dashboard", paths) == {}


def test_team_pages_work_under_their_policy(local: Any, app: str) -> None:
    paths = [path for _, _, path, _ in PAGES] + ["?layer=heat", "?layer=points"]
    assert walked(local, app, "team", paths) == {}


def test_the_policy_can_refuse(local: Any, app: str) -> None:
    page = local.new_page(viewport=WIDE)
    said = refused(page, "team")
    page.goto(f"{app}/")
    page.locator("h3").first.wait_for()
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    page.wait_for_timeout(300)
    assert [one for one in said if "Content Security Policy" in one]
    page.unroute_all(behavior="wait")
    page.close()


def test_a_page_of_another_site_is_refused(app: str, public: str) -> None:
    for address in (app, public):
        host = address.removeprefix("http://")
        ours, other = (_opened(host, f"http://{name}") for name in (host, "other.example"))
        assert (ours, other) == (101, 403)


def _opened(host: str, origin: str) -> int:
    """What the server answers to the opening of a socket; at once, without asking others."""
    line = http.client.HTTPConnection(host, timeout=0.9)
    line.request(
        "GET", "/_stcore/stream",
        headers={"Upgrade": "websocket", "Connection": "Upgrade", "Origin": origin,
                 "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"},
    )  # fmt: skip
    status = line.getresponse().status
    line.close()
    return status
