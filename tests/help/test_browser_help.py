"""The help page in a real browser: no barrier, no overflow, one sheet; and the links that lead there."""

import datetime as dt
import io
import tomllib
from typing import Any

import pytest
from pypdf import PdfReader

from data.help.help_page import help_page
from data.help.help_table import SAMPLE, HelpTable, read_help
from data.languages import HELP, languages
from tests.conftest import ROOT, SHOTS
from tests.publics import public, published

__all__ = ["public", "published"]  # the fixtures
pytestmark = pytest.mark.browser

AXE = ROOT / "static/vendor/axe/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {"phone": (320, 640), "wide": (1280, 900)}
LANGUAGES = languages(domain=HELP)
TABLE = HelpTable(
    "Minneapolis", "America/Chicago", read_help(tomllib.loads(SAMPLE.read_text()), SAMPLE)
)


def shown(browser: Any, language: str, **options: Any) -> Any:
    """A tab with the page as it is sent."""
    page = browser.new_context(**options).new_page()
    page.set_content(help_page(TABLE, language, dt.date(2026, 11, 27)))
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_no_barrier_and_nothing_is_cut_off(browser: Any, language: str) -> None:
    page = shown(browser, language)
    page.add_script_tag(path=str(AXE))
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/help-{language}-{name}-{theme}.png", full_page=True)
            found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            assert found["passes"]
            wrong = [(v["id"], v["nodes"][0]["html"][:160]) for v in found["violations"]]
            assert wrong == [], (name, theme)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, name
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_on_one_sheet_that_says_when(browser: Any, language: str) -> None:
    page = shown(browser, language, color_scheme="dark")
    for paper in ("A4", "Letter"):
        sheet = PdfReader(io.BytesIO(page.pdf(format=paper, print_background=True)))
        assert len(sheet.pages) == 1, paper
        says = " ".join(sheet.pages[0].extract_text().split())
        for word in ("911", "612-441-2881", "612-255-3112", "2026"):
            assert word in says, word
        assert "Español" not in says  # the links to other languages
    page.close()


def test_the_card_for_reviewers_prints_on_one_sheet(browser: Any) -> None:
    page = browser.new_page()
    page.goto((ROOT / "docs/desk-card.html").as_uri())
    for paper in ("A4", "Letter"):
        assert len(PdfReader(io.BytesIO(page.pdf(format=paper))).pages) == 1, paper
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/desk-card.png", full_page=True)
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_number_is_seen_and_touched_on_a_phone_at_once(
    browser: Any, language: str
) -> None:
    page = shown(browser, language, viewport={"width": 390, "height": 844})
    boxes = [one.bounding_box() for one in page.locator("a[href^='tel:']").all()]
    assert len(boxes) == 3 and all(box["height"] >= 44 for box in boxes)
    assert boxes[1]["y"] + boxes[1]["height"] < 844  # 911, and the first line of the place
    assert all(one.bounding_box()["height"] >= 44 for one in page.locator("nav a").all())
    page.close()


@pytest.mark.parametrize("audience", ["team", "public"])
@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "wide"])
def test_a_link_leads_there_from_the_bar_or_the_menu(
    request: pytest.FixtureRequest, browser: Any, audience: str, size: tuple[int, int]
) -> None:
    address = request.getfixturevalue("app" if audience == "team" else "public")
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    more = "?lang=so" if audience == "public" else ""
    page.goto(f"{address}/methods{more}")
    page.locator("h1").first.wait_for()
    if size[0] < 700:
        page.locator(".st-key-menu button").click()
    link = page.locator(".porch-help:visible")
    link.wait_for()
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/help-link-{audience}-{size[0]}.png")
    if size[0] < 700:
        assert link.bounding_box()["height"] >= 44
    link.click()
    page.wait_for_url(f"**/help{more}")
    assert page.locator("h1").inner_text() == (
        "Help in Minneapolis" if audience == "team" else "Caawimo: Minneapolis"
    )
    page.close()
