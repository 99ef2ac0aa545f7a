"""The pages of patterns in a real browser: what they find is drawn, and its link repeats it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.pages.test_browser import PHONE, WIDE, Open, copied_link, keep, opened, text
from tests.pages.test_browser_look import CHART, inside, laid_out

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

FILLS = "w => w.porch.told.fills"
TITLE = "w => w.porch.legend.querySelector('strong').textContent"


def wide_enough(page: object) -> bool:
    """Return whether nothing lies beyond the page's right edge."""
    script = "() => { const e = document.querySelector('[data-testid=stMain]'); return e.scrollWidth <= e.clientWidth; }"
    return bool(page.evaluate(script))  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_hot_spots_color_only_what_stands(opened: Open, size: dict[str, int]) -> None:
    page = opened("/hot_spots?source=use+of+force", size)
    laid_out(page)
    fills = inside(page, FILLS)
    colored = [f for f in fills if f.startswith("#")]
    assert len(fills) == 87 and 0 < len(colored) < 30 and fills.count("nodata") == 3
    assert fills.count("chance") == 87 - len(colored) - 3
    assert "Loring Park and its 6 neighbors together have 3.8 times the citywide rate" in text(page)
    assert "About 1 in 20 of the areas colored is expected to be chance" in text(page)
    assert wide_enough(page)
    keep(page, f"hot-{size['width']}")


def test_a_finding_is_repeated_by_its_link(opened: Open) -> None:
    page = opened("/now?source=community+made&to=2026-01-25&seed=7&days=14", WIDE)
    laid_out(page)
    title = page.locator("h1").first.inner_text()
    assert "Powderhorn Park" in title
    link = copied_link(page)
    query = parse_qs(urlsplit(link).query)
    assert query["seed"] == ["7"] and query["days"] == ["14"] and query["settled"]
    again = opened("/now?" + urlsplit(link).query, WIDE)
    laid_out(again)
    assert again.locator("h1").first.inner_text() == title
    assert inside(again, FILLS) == inside(page, FILLS)
    keep(page, "now-1280")


def test_how_to_read_and_method_stand_below(opened: Open) -> None:
    page = opened("/near_repeats?source=community+made", WIDE)
    page.locator(f"{CHART} svg, {CHART} canvas").first.wait_for()
    page.get_by_text("How to read this").click()
    page.get_by_text("Method", exact=True).click()
    page.get_by_text("Ratcliffe and Rengert (2008)").wait_for()
    assert "Shuffles: 999" in text(page) and "Seed: 1" in text(page)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_trend_shows_its_break_and_the_known_change(opened: Open, size: dict[str, int]) -> None:
    page = opened("/trend?source=use+of+force", size)
    page.locator(f"{CHART} svg").first.wait_for()
    assert "Sep 7, 2020" in page.locator("h1").first.inner_text()
    assert "a change of recording is likely" in text(page)
    marks = page.evaluate(
        "css => [...document.querySelector(css).querySelectorAll('text')].map(t => t.textContent)",
        f"{CHART} svg",
    )
    assert "Sep 7, 2020" in marks
    dashed = f"{CHART} svg .mark-rule line[stroke-dasharray]"
    assert page.locator(dashed).count() >= 1  # the known change of recording
    assert wide_enough(page)
    keep(page, f"trend-{size['width']}")


def test_episodes_are_drawn_and_read(opened: Open) -> None:
    page = opened("/episodes?source=community+made", WIDE)
    frame = laid_out(page)
    assert "groups look like one event each" in page.locator("h1").first.inner_text()
    assert frame.locator(".porch-dot").count() > 50
    assert inside(page, TITLE) == "Groups"  # how many there are stands in the title above
    table = page.locator(".st-key-episodes [data-testid=stDataFrame] canvas").first.bounding_box()
    page.mouse.click(table["x"] + 16, table["y"] + 50)
    page.get_by_text("Pick a group in the list").wait_for(state="detached")
    assert page.locator("[data-testid=stDataFrame]").count() == 3  # groups, records, duplicates
    assert "Possible duplicates" in text(page)


def test_the_history_of_areas_is_drawn(opened: Open) -> None:
    page = opened("/emerging", WIDE)
    laid_out(page)
    page.locator(f"{CHART} svg").first.wait_for()
    assert "in each of 12 months" in text(page) and "one strip each" in text(page)
    names = page.evaluate(
        "css => [...document.querySelector(css).querySelectorAll('text')].map(t => t.textContent)",
        f"{CHART} svg",
    )
    assert "Hale" in names and "quiet" in names
