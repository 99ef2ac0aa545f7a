"""The address repeats what a reader sees, after every way of moving between pages."""

from typing import Any

import pytest

from tests.pages.test_browser import PHONE, WIDE, Open, drawn, opened, settled
from ui.filters.filter_bar import PILLS

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

CHOSEN = "source=use+of+force&from=2018-01-01&to=2018-12-31&weekday=Fri"
BODY = '[data-testid="stPopoverBody"]'


def chosen(page: Any) -> dict[str, list[str]]:
    """The filters in the address."""
    found: dict[str, list[str]] = page.evaluate(
        """words => { const said = new URLSearchParams(location.search);
        return Object.fromEntries(words.map(w => [w, said.getAll(w)]).filter(([, t]) => t.length)); }""",
        [word for pill in PILLS for word in pill.words],
    )
    return found


def shown(page: Any) -> list[str]:
    """What a page shows: its headline, and the names of the filters."""
    settled(page)
    pills = [f".st-key-open_{pill.key} button p" for pill in PILLS]
    return [page.locator(one).first.text_content() for one in ("h1", *pills)]


def at(page: Any, path: str) -> None:
    """Return when a page is there, with its filters."""
    page.wait_for_function("path => location.pathname === path", arg=path)
    settled(page)


def follow(page: Any, section: str, path: str) -> None:
    """Go to a section: by the bar, on a phone by the menu."""
    link = page.locator(".st-key-sections").get_by_role("link", name=section, exact=True)
    if not link.is_visible():
        page.locator(".st-key-menu button").first.click()
        link = page.locator(BODY).get_by_role("link", name=section, exact=True)
    link.click()
    at(page, path)


# sixteen pages are opened, four of them by a reload
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_address_holds_the_filters_after_every_move(opened: Open, size: dict[str, int]) -> None:
    page = opened(f"/time?{CHOSEN}", size, fingers=size == PHONE)
    filters = chosen(page)
    assert len(filters) == 4
    names = shown(page)[1:]

    def stays() -> None:
        page.wait_for_function("() => location.search.includes('weekday=Fri')")
        assert chosen(page) == filters
        assert shown(page)[1:] == names

    def repeats() -> None:
        stays()
        before = shown(page)
        page.reload()
        page.locator("h1").first.wait_for()
        stays()
        assert shown(page) == before

    page.locator(".st-key-tabs").get_by_role("link", name="Is it rising?").click()
    at(page, "/trend")
    repeats()
    follow(page, "What's new", "/now")
    follow(page, "Methods", "/methods")
    repeats()
    page.go_back()
    at(page, "/now")
    stays()
    page.go_forward()
    at(page, "/methods")
    stays()
    follow(page, "Map", "/")
    drawn(page)
    repeats()
    page.locator("a[data-area]").first.evaluate("row => row.click()")  # a row of the list
    at(page, "/area")
    stays()
    page.locator("[data-go='/']").first.click()
    at(page, "/")
    drawn(page)
    stays()
    follow(page, "Trends", "/time")
    follow(page, "Records", "/records")
    repeats()


def test_two_links_followed_at_once_lose_nothing(opened: Open) -> None:
    page = opened(f"/time?{CHOSEN}")
    filters = chosen(page)
    for name, path in (("Is it rising?", "/trend"), ("Compare", "/compare")):
        page.locator(".st-key-tabs").get_by_role("link", name=name).click()
        page.wait_for_function("path => location.pathname === path", arg=path)
        assert chosen(page) == filters
    settled(page)
    assert chosen(page) == filters
    page.go_back()
    at(page, "/trend")
    assert chosen(page) == filters


def test_a_pill_that_is_opened_on_the_next_page_says_what_is_chosen(opened: Open) -> None:
    page = opened(f"/time?{CHOSEN}")
    page.locator(".st-key-tabs").get_by_role("link", name="Compare").click()
    at(page, "/compare")
    page.locator(".st-key-open_source button").first.click()
    page.locator(BODY).get_by_role("radio", name="Use of force", checked=True).wait_for()
    page.keyboard.press("Escape")
    page.locator(".st-key-open_what button").first.click()
    page.locator(BODY).locator("input").first.click()
    page.get_by_role("option").first.click()  # the rest of what is chosen goes with it
    page.wait_for_function("() => location.search.includes('kind=')")
    settled(page)
    assert chosen(page).items() >= {"source": ["use of force"], "weekday": ["Fri"]}.items()
    assert shown(page)[1] == "Use of force"


def test_what_a_button_has_set_is_not_undone_by_an_older_choice(opened: Open) -> None:
    """The list in which the year before was chosen is closed: it still says that year."""
    page = opened("/time")
    settled(page)
    page.locator(".st-key-open_what button").first.click()
    page.locator(BODY).locator("input").first.click()
    page.get_by_role("option").first.click()
    page.wait_for_function("() => location.search.includes('kind=')")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(BODY).wait_for(state="hidden")
    settled(page)
    page.locator(".st-key-clear_what button").first.click()
    page.wait_for_function("() => !location.search.includes('kind=')")
    settled(page)
    page.locator(".st-key-tabs").get_by_role("link", name="Compare").click()
    at(page, "/compare")
    assert not chosen(page)
    assert shown(page)[3] == "All kinds"
    page.locator(".st-key-open_when button").first.click()
    page.locator(BODY).get_by_text("Hours and weekdays").wait_for()
    page.locator(BODY).locator("button", has_text="2017").first.click()
    settled(page)
    assert "kind" not in chosen(page)


def test_a_phone_sees_what_was_chosen_in_the_menu_and_under_source(opened: Open) -> None:
    page = opened("/?source=community+made", PHONE, fingers=True)
    drawn(page)
    notice = page.locator(".st-key-notices [data-testid=stText]").first
    assert notice.evaluate("""e => [e, ...e.querySelectorAll('*')].every(one =>
        one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1)""")
    page.locator(".st-key-open_source button").first.tap()
    page.locator(BODY).locator("label", has_text="Use of force").last.tap()
    page.locator(BODY).wait_for(state="hidden")
    page.wait_for_function("() => location.search === '?source=use+of+force'")
    settled(page)
    page.locator(".st-key-menu button").first.tap()
    page.locator(BODY).get_by_role("link", name="Trends", exact=True).tap()
    page.locator(BODY).wait_for(state="hidden")
    at(page, "/time")
    assert chosen(page) == {"source": ["use of force"]}
    page.locator(".st-key-open_when button").first.tap()
    fields = page.locator(".st-key-dates [data-testid=stDateInput]")
    fields.last.wait_for()
    assert [one.bounding_box()["width"] > 200 for one in fields.all()] == [True, True]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_first_press_on_a_map_scrolls_nothing(opened: Open, size: dict[str, int]) -> None:
    page = opened("/now", size, fingers=size == PHONE)
    drawn(page)
    box = page.locator('[class*="st-key-map"] iframe')
    before = box.bounding_box()
    assert before["y"] + before["height"] > size["height"]  # a part of it is out of sight
    where = (before["x"] + before["width"] / 2, before["y"] + 60)
    if size == PHONE:
        page.touchscreen.tap(*where)
    else:
        page.mouse.move(*where)
        page.mouse.down()
    page.wait_for_function(
        """() => { const f = document.querySelector('[class*="st-key-map"] iframe');
        return document.activeElement === f && f.contentDocument.activeElement !== f.contentDocument.body; }"""
    )
    assert box.bounding_box() == before


def test_the_words_of_a_chart_go_with_the_finger(opened: Open) -> None:
    page = opened("/time", PHONE, fingers=True)
    chart = page.locator('[data-testid="stVegaLiteChart"]').first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    shown = "document.getElementById('vg-tooltip-element')?.classList.contains('visible') ?? false"
    hand = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6

    def touch(kind: str, *points: dict[str, float]) -> None:
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 6):
        touch("touchMove", {"x": x + 4 * step, "y": y})
    page.evaluate(  # as Vega's own words were left behind by a drag
        """() => { const tip = document.getElementById('vg-tooltip-element')
        ?? document.body.appendChild(Object.assign(document.createElement('div'), {id: 'vg-tooltip-element'}));
        tip.classList.add('vg-tooltip', 'visible'); }"""
    )
    assert page.evaluate(shown)
    touch("touchEnd")
    page.wait_for_function(f"() => !({shown})")
