"""axe finds no barrier on any page, of the team or of the public, in both themes."""

from pathlib import Path
from typing import Any

import pytest

from tests.pages.test_browser import PHONE, WIDE, close_pill, keep, open_pill, settled
from tests.publics import public, published
from ui.frame.menu import PAGES, PUBLIC_PAGES

__all__ = ["public", "published"]  # the fixtures
pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "static/vendor/axe/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# axe takes its time over each of the thousand marks of a chart, which are all alike
FEW = """document.querySelectorAll("svg [class*=mark-] > path:nth-child(n+3)")
  .forEach(mark => mark.remove())"""
# the contrast of the words of charts, which axe does not look at
WORDS = """() => {
  const light = color => { const [r, g, b] = color.match(/[\\d.]+/g).map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const app = document.querySelector("[data-testid=stApp]");
  const paper = light(getComputedStyle(app).backgroundColor);
  const parts = ["axis-label", "axis-title", "legend-label", "legend-title"];
  const words = parts.map(part => `[data-testid=stVegaLiteChart] .role-${part} text`).join();
  return [...document.querySelectorAll(words)].map(word => {
    const ink = light(getComputedStyle(word).fill);
    return [word.textContent, (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05)]; }); }"""
PATHS = {"team": [row.path for row in PAGES], "public": [row.path for row in PUBLIC_PAGES]}


def barriers(
    browser: Any, address: str, size: dict[str, int] = WIDE, opened: str = ""
) -> list[Any]:
    """What axe finds on a page, light and dark, and each word of its charts that is too pale."""
    context = browser.new_context(viewport=size)
    page = context.new_page()
    page.goto(address)
    page.locator("h1").first.wait_for()
    page.add_script_tag(path=str(AXE))
    wrong: list[Any] = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(
            "theme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"
            " === theme",
            arg=theme,
        )
        page.wait_for_timeout(300)
        settled(page)
        if opened:
            open_pill(page, opened)
        page.evaluate(FEW)
        keep(page, f"axe-{address.rpartition('/')[2] or 'map'}-{theme}")
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert found["passes"]
        wrong += [(theme, v["id"], v["nodes"][0]["html"][:160]) for v in found["violations"]]
        if opened:
            assert page.locator("[data-tag]").count()
            close_pill(page)
        wrong += [(theme, word, n) for word, n in page.evaluate(WORDS) if n < 4.5]
    context.close()
    return wrong


@pytest.mark.parametrize("path", PATHS["team"])
def test_axe_finds_no_barrier_for_the_team(browser: Any, app: str, path: str) -> None:
    assert barriers(browser, f"{app}/{path}") == []


def test_axe_finds_no_barrier_on_a_phone(browser: Any, app: str) -> None:
    assert barriers(browser, f"{app}/", PHONE) == []


def test_axe_finds_no_barrier_in_what_is_chosen_of_several(browser: Any, app: str) -> None:
    assert barriers(browser, f"{app}/?kind=traffic+stop", opened="kind") == []


@pytest.mark.parametrize("path", PATHS["public"])
def test_axe_finds_no_barrier_for_the_public(browser: Any, public: str, path: str) -> None:
    assert barriers(browser, f"{public}/{path}") == []
