"""What a reader prints: one page of title, picture with its legend, table and source."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from tests.pages.test_browser import Open, opened, settled

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

# of a page: its title and the head of its table, what its legend says, and how many of the
# areas' names are in its table
PAPERS = {
    "/": (["Police stops were most", "per 1,000"], "Incidents per 1,000 residents", 10),
    "/areas": (["Police stops were most", "87 neighborhoods"], "Incidents per 1,000", 80),
    "/area?name=Whittier": (["Whittier: 3,328 police stops", "Neighbors"], "all areas", 6),
}
CONTROLS = ("Share", "Reset", "More", "Find a neighborhood", "Play", "Heat", "CSV", "Method, param")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAPERS)
def test_a_page_prints_on_one_page_without_controls(opened: Open, path: str, dark: bool) -> None:
    page = opened(path, dark=dark)
    drawn(page)
    paper = PdfReader(io.BytesIO(page.pdf(print_background=True)))
    assert len(paper.pages) == 1
    says = " ".join(paper.pages[0].extract_text().split())
    words, legend, areas = PAPERS[path]
    if not dark:  # what was drawn for a dark screen is turned into an image
        words = [*words, legend]
    for word in [*words, "What these numbers cover: Stops of vehicles", "times in America/Chicago"]:
        assert word in says, word
    for control in CONTROLS:
        assert control not in says, control
    names = page.evaluate(
        "[...document.querySelectorAll('.porch-ranks .name, .porch-table td:first-child')].map(e => e.textContent)"
    )
    assert len([name for name in names if name.split()[0] in says]) >= areas


def drawn(page: Any) -> None:
    """Return when the page's map, or its chart, is drawn."""
    settled(page)
    if page.locator('[class*="st-key-map"] iframe').count():
        page.frame_locator('[class*="st-key-map"] iframe').locator(".area-name").first.wait_for()
    else:
        page.locator('[data-testid="stVegaLiteChart"] svg').first.wait_for()


def test_the_printed_map_is_the_one_on_the_screen_made_smaller(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    map_ = page.locator('[class*="st-key-map"] iframe')
    wide = map_.bounding_box()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    small = map_.bounding_box()
    assert small["height"] == pytest.approx(380, abs=1) and small["width"] <= 690
    assert small["width"] / small["height"] == pytest.approx(wide["width"] / wide["height"], 0.01)
    page.emulate_media(media="screen")
    assert map_.bounding_box() == wide
