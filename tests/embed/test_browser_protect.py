""" "How we protect people" in a browser: the slider moves both laws, and nothing else is asked."""

from pathlib import Path
from typing import Any

import pytest

from data.embed import protect, protect_pages
from data.embed.language import load_texts
from data.embed.protection import read_protection
from data.embed.protection_pictures import OPENS, ranges
from data.embed.style import style
from data.languages import languages, protect_name
from tests.made_release import make_release
from tests.pages.test_browser import PHONE, WIDE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the page, as they stand beside an embed."""
    made = tmp_path_factory.mktemp("protect")
    files = protect_pages.write_pages(make_release("medium").manifest, languages())
    for name, body in {**files, "style.css": style().encode()}.items():
        (made / name).write_bytes(body)
    return made


def shifts(page: Any) -> list[str]:
    groups = page.locator(".law g").all()
    return [group.get_attribute("transform") for group in groups]


def test_the_slider_moves_both_laws_and_says_their_ranges(browser: Any, folder: Path) -> None:
    shown, speak = read_protection(make_release("medium").manifest), load_texts("en")
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "protect.html").as_uri())
    slider = page.get_by_role("slider")
    for n in (OPENS, 0, 20):
        slider.fill(str(n))
        said = page.locator("p.said").inner_text()
        assert said == speak("protect.try.said", **ranges(shown, n))
        assert page.locator("output").inner_text() == str(n)
        html = protect.answer(shown, n, speak)
        assert all(f'transform="{shift}"' in html for shift in shifts(page))
    slider.press("ArrowLeft")  # keys move it too
    assert page.locator("output").inner_text() == "19"
    assert all(url.startswith("file:") for url in asked)
    page.close()


def test_without_scripts_the_picture_is_there_and_no_dead_slider(
    browser: Any, folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "protect.html").as_uri())
    assert page.get_by_role("slider").count() == 0
    assert page.locator(".law rect").first.is_visible()
    assert "3 to 13 without your report" in page.locator("p.said").inner_text()
    context.close()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_text_is_cut_in_any_language(
    browser: Any, folder: Path, language: str, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size, color_scheme="dark")
    page = context.new_page()
    page.goto((folder / protect_name(language)).as_uri())
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(e =>
             e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1
             && getComputedStyle(e).overflow !== "visible" && !e.closest("svg")).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
