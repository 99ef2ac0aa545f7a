"""The time player in a browser: map, strip and table show the same frame, on a laptop and a phone."""

from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from tests.pages.test_browser import (
    PHONE,
    WIDE,
    Open,
    choose,
    drawn,
    keep,
    map_pixels,
    opened,
    settled,
)
from tests.pages.test_browser_look import inside

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

WEEKS = "/?layer=heat&play=by+week"


def slider(page: Any) -> Any:
    """The frame on show, on the strip."""
    return page.get_by_role("slider", name="Frame, by")


def frames(page: Any) -> tuple[str, str, str]:
    """The frame that map, strip and table say that they show."""
    on_map = inside(page, "w => w.document.documentElement.dataset.frame")
    shown = page.locator(".strip").get_attribute("data-frame")
    caption = page.locator("caption").inner_text()
    return on_map, shown, caption


def playing(open_: Open, link: str = WEEKS, size: dict[str, int] = WIDE) -> Any:
    page = open_(link, size)
    drawn(page)
    if size == PHONE:
        page.get_by_role("button", name="Over time").click()
    slider(page).wait_for()
    page.wait_for_function("window.porchTime?.count > 1")
    page.wait_for_timeout(300)
    return page


def press(page: Any, name: str) -> None:
    """Click a button of the strip."""
    page.locator(".strip").get_by_role("button", name=name, exact=True).click()


def test_map_strip_and_table_show_the_same_week(opened: Open) -> None:
    page = playing(opened)
    assert frames(page)[:2] == ("2017-01-02", "2017-01-02")
    assert frames(page)[2] == "Jan 2 to Jan 8, 2017: the 15 areas with most"
    first = map_pixels(page)
    press(page, "One frame on")
    page.wait_for_timeout(200)
    assert frames(page)[:2] == ("2017-01-09", "2017-01-09") and "Jan 9 to Jan 15" in frames(page)[2]
    assert (np.abs(map_pixels(page) - first).max(axis=2) > 6).mean() > 0.003
    assert parse_qs(urlsplit(page.url).query)["frame"] == ["2017-01-09"]
    keep(page, "player")


def test_it_plays_smoothly_and_a_filter_does_not_stop_it(opened: Open) -> None:
    page = playing(opened)
    inside(page, "w => { w.marked = 7; }")
    count = """() => new Promise(done => { const seen = []; const hear = e => seen.push(e.detail);
        porchTime.addEventListener('frame', hear);
        setTimeout(() => { porchTime.removeEventListener('frame', hear); done(seen); }, 2000); })"""
    press(page, "Play")
    shown = page.evaluate(count)
    assert len(shown) >= 10 and all((b - a) % 52 == 1 for a, b in pairwise(shown))
    old = drawn(page)
    choose(page, "weekday", "Fri")
    drawn(page, but=old)
    settled(page)
    assert len(page.evaluate(count)) >= 8  # it plays on
    press(page, "Pause")
    page.wait_for_timeout(200)
    assert len(set(frames(page)[:2])) == 1 and inside(page, "w => w.marked") == 7


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["laptop", "phone"])
def test_it_is_dragged_across_a_year(opened: Open, size: dict[str, int]) -> None:
    page = playing(opened, size=size)
    slider(page).scroll_into_view_if_needed()
    box = slider(page).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
    y = box["y"] + box["height"] / 2
    seen = set()
    page.mouse.move(box["x"] + 4, y)
    page.mouse.down()
    for share in np.linspace(0.02, 0.98, 25):
        page.mouse.move(box["x"] + share * box["width"], y)
        page.wait_for_timeout(20)
        seen.add(inside(page, "w => w.document.documentElement.dataset.frame"))
    page.mouse.up()
    page.wait_for_timeout(200)
    assert len(seen) >= 20
    on_map, in_strip, _ = frames(page)
    assert on_map == in_strip >= "2017-12-11" and f"frame={on_map}" in page.url
    assert "from=" not in page.url  # while it plays, a drag moves through time


def test_it_goes_by_keys_alone(opened: Open) -> None:
    page = playing(opened)
    slider(page).focus()
    for key in ("ArrowRight", "ArrowRight", "PageDown", "PageUp", "ArrowLeft"):
        page.keyboard.press(key)
    assert slider(page).get_attribute("aria-valuenow") == "4"  # 1, 2, 3, 1, 5, 4
    page.keyboard.press("End")
    page.wait_for_timeout(150)
    assert frames(page)[0] == "2017-12-25"
    assert "Dec 25 to Dec 31, 2017" in slider(page).get_attribute("aria-valuetext")
    page.keyboard.press("Space")
    page.wait_for_timeout(600)
    page.keyboard.press("Space")
    page.wait_for_timeout(150)
    assert frames(page)[0] < "2017-12-25"


@pytest.mark.parametrize("width", ["4+a+frame", "4+weeks+per+frame"], ids=["old", "new"])
def test_a_link_opens_the_frame_and_one_scale_holds(opened: Open, width: str) -> None:
    page = playing(opened, f"{WEEKS}&frame=2017-06-05&width={width}")
    assert frames(page)[0] == "2017-06-05" and "Jun 5 to Jul 2, 2017" in frames(page)[2]
    legend = inside(page, "w => w.porch.legend.innerText")
    assert "One scale for all 49 frames" in legend and "per km² per week" in legend
    pictures = inside(page, "w => w.porch.told.frames.pictures.reduce((n, p) => n + p.length, 0)")
    assert pictures < 400_000
    press(page, "One frame back")
    assert inside(page, "w => w.porch.legend.innerText") == legend


def test_less_motion_is_honored(opened: Open) -> None:
    page = playing(opened)
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    drawn(page)
    page.wait_for_function("window.porchTime?.count > 1")
    page.get_by_role("button", name="Play, slowly").click()
    page.wait_for_timeout(1900)
    press(page, "Pause")
    assert int(slider(page).get_attribute("aria-valuenow")) <= 3


def test_areas_play_from_one_click_and_are_still_again(opened: Open) -> None:
    page = opened("/")
    first = drawn(page)
    assert slider(page).count() == 0 and "frame=" not in page.url
    press(page, "Play")
    drawn(page, but=first)
    page.wait_for_function("window.porchTime?.timer && porchTime.frame > 1")
    assert "play=automatic" in page.url
    press(page, "Pause")
    fills = "w => w.porch.scene.layer.getLayers().map(l => l.options.fillColor).join()"
    before = inside(page, fills)
    press(page, "One frame on")
    page.wait_for_timeout(200)
    assert inside(page, fills) != before
    assert "a frame" in inside(page, "w => w.porch.legend.innerText")
    playing_ = drawn(page)
    press(page, "Still: show the whole period")
    drawn(page, but=playing_)
    settled(page)
    slider(page).wait_for(state="detached")
    page.wait_for_function(
        "!location.search.includes('frame') && !location.search.includes('play')"
    )
    assert page.locator('[data-testid="stVegaLiteChart"]').count() == 0
    page.go_back()  # one step
    slider(page).wait_for()
    assert "play=automatic" in page.url
