"""The page Compare in a real browser: it draws, and it fits wide and on a phone."""

import pytest

from tests.pages.test_browser import PHONE, WIDE, Open, copied_link, keep, opened, text
from tests.pages.test_browser_look import CHART

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_compare_is_drawn_and_fits(opened: Open, size: dict[str, int]) -> None:
    page = opened("/compare", size)
    page.wait_for_function(
        "css => document.querySelectorAll(css).length === 13", arg=f"{CHART} svg"
    )  # the forest plot and twelve small ones
    assert "None of 86 neighborhoods changed" in text(page)
    boxes = [c.bounding_box() for c in page.locator(f"{CHART} svg").all()]
    assert all(b["x"] >= 0 and b["x"] + b["width"] <= size["width"] for b in boxes)
    assert boxes[0]["height"] > 40 * 15 and boxes[0]["width"] > 300
    overflow = """() => { const e = document.querySelector('[data-testid="stMain"]');
        return e.scrollWidth - e.clientWidth; }"""
    assert page.evaluate(overflow) <= 0
    names = page.evaluate(
        "css => [...document.querySelector(css).querySelectorAll('text')].map(t => t.textContent)",
        f"{CHART} svg",
    )
    assert {"All together", "Downtown West", "same", "half", "twice", "no clear change"} <= set(
        names
    )
    clipped = page.evaluate(
        """css => { const svg = document.querySelector(css), a = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")].filter(t => t.getAttribute("opacity") !== "0")
          .filter(t => { const b = t.getBoundingClientRect(); return b.width &&
            (b.left < a.left - 1 || b.right > a.right + 1); }).map(t => t.textContent); }""",
        f"{CHART} svg",
    )
    assert not clipped
    keep(page, f"compare-{size['width']}")


def test_the_other_modes_are_drawn_and_copied(opened: Open) -> None:
    page = opened("/compare?against=two+sets+of+areas&these=Whittier&these=Jordan", PHONE)
    page.locator(f"{CHART} svg").first.wait_for()
    assert "in Whittier and Jordan as in all other areas" in page.locator("h1").inner_text()
    assert "these=Whittier&these=Jordan" in copied_link(page)
