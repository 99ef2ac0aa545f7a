"""Every page in a browser, under the content security policy that the gate gives it."""

from typing import Any

import pytest

from tests.pages.test_browser import WIDE
from tests.publics import public, published
from tests.tabs import PATIENCE
from ui.frame.menu import PAGES, PUBLIC_PAGES

__all__ = ["public", "published"]  # the fixtures
pytestmark = pytest.mark.browser


def walked(browser: Any, address: str, paths: list[str]) -> dict[str, list[str]]:
    """The refusals of each page, where it had any; maps are drawn all the same."""
    found = {}
    for path in paths:
        page = browser.new_page(viewport=WIDE, bypass_csp=False)
        page.set_default_timeout(PATIENCE)
        said: list[str] = []
        page.on("console", lambda line, said=said: said.append(line.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.goto(f"{address}/{path}")
        page.locator("h1").first.wait_for()
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
        page.close()
    return found


def test_public_pages_work_under_their_policy(browser: Any, public: str) -> None:
    paths = [path for _, _, path, *_ in PUBLIC_PAGES] + ["?embed=true"]
    assert walked(browser, public, paths) == {}


def test_team_pages_work_under_their_policy(browser: Any, app: str) -> None:
    paths = [path for _, _, path, *_ in PAGES] + ["?layer=heat&play=automatic", "?layer=points"]
    assert walked(browser, app, paths) == {}


def test_the_policy_can_refuse(browser: Any, app: str) -> None:
    page = browser.new_page(viewport=WIDE, bypass_csp=False)
    page.goto(f"{app}/healthz")
    page.goto(f"{app}/")
    page.locator("h1").first.wait_for()
    with page.expect_console_message(lambda line: "Content Security Policy" in line.text):
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
        )
    page.close()
