"""The frame of every page as a reader uses it: bars, pills, notices, greeting, keys, fingers."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pages.test_browser import PHONE, Open, drawn, keep, opened, settled
from tests.pages.test_browser_look import FRAME, inside
from tests.tabs import PATIENCE
from ui.frame.menu import PAGES, TRENDS

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

SECTIONS = {row.section: row for row in reversed(PAGES)}  # the first page of each
MARKED = """() => [...document.querySelectorAll('.st-key-sections a')].filter(a =>
    !/rgba\\(0, 0, 0, 0\\)|transparent/.test(getComputedStyle(a).borderBottomColor))
    .map(a => a.innerText)"""


@pytest.fixture
def phone(browser: Any, app: str) -> Iterator[Any]:
    """The Map page on a phone, with fingers."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(app)
    drawn(page)
    settled(page)
    yield page
    context.close()


def test_the_bar_opens_every_section_and_says_which_is_open(opened: Open) -> None:
    page = opened("/")
    for section in ("What's new", "Trends", "Records", "Methods", "Map"):
        page.locator(".st-key-sections").get_by_role("link", name=section, exact=True).click()
        path = "/" + SECTIONS[section].path
        page.wait_for_function("path => location.pathname === path", arg=path)
        page.wait_for_function(f"name => String(({MARKED})()) === name", arg=section)
        settled(page)
        # the tab is named after the headline
        page.wait_for_function(
            """() => document.title === document.querySelector("h1").innerText.replace(/\\s+/g, " ")
            + " - Porchlight Minneapolis" """
        )
    page.goto(page.url.rstrip("/") + "/trend")  # a page within a section
    page.locator(".st-key-tabs").wait_for()
    page.wait_for_function(f"() => String(({MARKED})()) === 'Trends'")
    tabs = [row.title for row in PAGES if row.section == TRENDS]
    assert page.locator(".st-key-tabs a").all_inner_texts() == tabs and len(tabs) == 7


SMALL = """() => { const w = FRAME.contentWindow, css =
        'button, a, input, [role=radio], [role=slider], [role=button], summary';
    const of = (d) => [...d.querySelectorAll(css)].filter(e => e.checkVisibility(
        {checkOpacity: true, checkVisibilityCSS: true}) && !e.closest('.porch-skip'));
    const found = [...of(document), ...of(w.document)].map(e => [e, e.getBoundingClientRect()])
        .filter(([e, r]) => r.width && r.height);
    return [found.length, found.filter(([e, r]) => r.width < 43.5 || r.height < 43.5)
        .map(([e, r]) => `${e.innerText || e.ariaLabel || e.tagName}: ${r.width} x ${r.height}`)]; }
    """.replace("FRAME", FRAME)


def test_a_phone_is_served_by_fingers(phone: Any) -> None:
    many, small = phone.evaluate(SMALL)
    # the map's own credit is text to read, and a name in the list is as wide as its row
    assert many > 15 and not small
    panel = phone.locator(".st-key-panel")
    panel.evaluate("e => e.scrollTo(0, 300)")
    grip = phone.get_by_role("button", name="Show more")  # it stays at the sheet's edge
    assert abs(grip.bounding_box()["y"] - panel.bounding_box()["y"]) < 2
    panel.evaluate("e => e.scrollTo(0, 0)")
    assert not phone.locator(".st-key-layer").is_visible()
    phone.get_by_role("button", name="Layers of the map").tap()
    phone.locator(".st-key-layer").wait_for()
    assert not phone.evaluate(SMALL)[1]
    before = drawn(phone)
    phone.get_by_role("radio", name="heat").tap()
    drawn(phone, but=before)
    phone.locator(".st-key-layer").wait_for(state="hidden")  # it is chosen: the map is seen
    assert not phone.locator(".st-key-open_what").is_visible()
    filters = phone.locator(".porch-filters")
    filters.tap()
    for pill in ("source", "when", "what", "where", "more"):
        phone.locator(f".st-key-open_{pill} button").first.wait_for()
    assert filters.get_attribute("aria-expanded") == "true" and not phone.evaluate(SMALL)[1]
    keep(phone, "phone-filters")
    filters.tap()
    phone.locator(".st-key-open_what").wait_for(state="hidden")
    phone.locator(".st-key-menu button").tap()
    names = phone.locator('[data-testid="stPopoverBody"] a').all_inner_texts()
    assert names == ["Map", "What's new", "Trends", "Records", "Desk", "Methods", "Help"]
    phone.locator('[data-testid="stPopoverBody"]').get_by_role("link", name="Records").tap()
    phone.wait_for_function("location.pathname === '/records'")


def test_a_long_pill_leaves_room_for_the_filters_of_a_phone(opened: Open) -> None:
    page = opened("/?source=community+made&weekday=Fri&foo=1&hours=25-30", PHONE)
    drawn(page)
    box = page.locator(".porch-filters").bounding_box()
    assert box["x"] + box["width"] <= PHONE["width"]
    assert page.locator(".porch-filters").inner_text() == "Filters"
    said = page.locator(".st-key-notices [data-testid=stText]").first
    assert said.evaluate("e => e.scrollHeight <= e.clientHeight + 1")  # and the notice is read
    keep(page, "phone-notices")


def test_the_keyboard_comes_to_the_map(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    within = f"() => document.activeElement === {FRAME}"
    page.keyboard.press("Tab")
    skip = page.locator(".porch-skip")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the map"
    page.wait_for_function("document.querySelector('.porch-skip').getBoundingClientRect().top >= 0")
    assert skip.bounding_box()["width"] > 60
    page.keyboard.press("Enter")
    assert page.evaluate(within)
    page.keyboard.press("Tab")
    assert inside(page, "w => w.document.activeElement !== w.document.body")


def test_a_pill_that_is_set_is_taken_back_by_its_cross(opened: Open) -> None:
    page = opened("/?kind=traffic+stop&weekday=Fri")
    crosses = page.locator('[class*="st-key-clear_"]:visible')
    reset = page.get_by_role("button", name="Reset")
    assert crosses.count() == 2 and reset.is_visible()
    page.locator(".st-key-clear_what button:visible").click()
    page.wait_for_function("!location.search.includes('kind') && location.search.includes('Fri')")
    page.locator(".st-key-clear_what").wait_for(state="hidden")
    assert page.locator(".st-key-open_what").inner_text().startswith("All kinds")
    page.locator(".st-key-clear_when button:visible").click()
    page.wait_for_function("location.search === ''")
    reset.wait_for(state="hidden")
    assert crosses.count() == 0
    page.locator(".porch-count", has_text="51,920 of 51,920").wait_for()


def test_notices_are_one_strip_that_can_be_closed(opened: Open) -> None:
    page = opened("/?source=community+made&hours=25-30")
    drawn(page)
    strip, frame = page.locator(".st-key-notices"), page.locator(".st-key-map")
    before = frame.bounding_box()
    assert strip.bounding_box()["height"] == 32 and strip.bounding_box()["y"] == 92
    assert before["y"] == 124  # nothing of the page lies under it
    assert "hours=25-30" in strip.inner_text()
    strip.get_by_role("button", name="more").click()
    page.get_by_text("Demonstration data: none of these reports is real.").last.wait_for()
    page.keyboard.press("Escape")
    page.locator(".st-key-close_notices button:visible").click()
    strip.wait_for(state="detached")
    page.wait_for_function("document.querySelector('.st-key-map').getBoundingClientRect().y === 92")
    assert frame.bounding_box()["height"] == before["height"] + 32


def test_a_reader_is_greeted_once(opened: Open) -> None:
    page = opened("/")
    greeting = page.locator(".st-key-panel .porch-welcome")
    assert "You see 51,920 police stops" in greeting.inner_text()
    greeting.get_by_role("button", name="Find my neighborhood").click()
    field = page.get_by_role("combobox", name="Find a neighborhood")
    assert field.evaluate("e => e.getRootNode().activeElement === e")
    greeting.wait_for(state="hidden")
    page.reload()
    page.locator("h1").first.wait_for()
    settled(page)
    assert not greeting.is_visible()


def test_clusters_are_a_layer_with_their_list(opened: Open) -> None:
    page = opened("/?layer=clusters")
    drawn(page)
    assert "84 of 87 neighborhoods tested" in page.locator("h1").inner_text()
    rows = page.locator(".st-key-panel .porch-table tr[data-area]")
    assert rows.count() == 5
    fills = inside(page, "w => w.porch.told.fills")
    colored = {i for i, fill in enumerate(fills) if fill and fill[0] == "#"}
    assert colored == {int(row.get_attribute("data-area")) for row in rows.all()}
    rows.first.hover()
    marked = "w => w.porch.marked?.getLayers()[0].feature.properties.i ?? null"
    assert inside(page, marked) == int(rows.first.get_attribute("data-area"))
    keep(page, "clusters")
