"""The public dashboard for everybody: axe finds no barrier, in both themes."""

from pathlib import Path
from typing import Any

import pytest

from tests.pages.test_browser import WIDE, keep, settled
from tests.publics import public, published
from ui.frame.menu import PUBLIC_PAGES

__all__ = ["public", "published"]  # the fixtures
pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "static/vendor/axe/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATHS = [path for _, _, path, _ in PUBLIC_PAGES]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_no_barrier(browser: Any, public: str, path: str, dark: bool) -> None:
    context = browser.new_context(viewport=WIDE, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(f"{public}/{path}")
    page.locator("h1").first.wait_for()
    settled(page)
    page.wait_for_timeout(800)
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    keep(page, f"public-{path or 'map'}-{'dark' if dark else 'light'}")
    context.close()
    assert found["passes"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"]] == []
