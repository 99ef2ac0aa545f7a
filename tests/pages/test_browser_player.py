"""The time player in a browser: map, bar and table show the same frame, on a laptop and a phone."""

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


def bar(page: Any) -> Any:
    """The timeline: a slider."""
    return page.get_by_role("slider", name="Frame, by")


def frames(page: Any) -> tuple[str, str, str]:
    """The frame that map, bar and table say that they show."""
    on_map = inside(page, "w => w.document.documentElement.dataset.frame")
    shown = page.locator(".st-key-player_bar .bar, .bar[data-frame]").first.get_attribute(
        "data-frame"
    )
    caption = page.locator("caption").inner_text()
    return on_map, shown, caption


def playing(open_: Open, link: str = WEEKS, size: dict[str, int] = WIDE) -> Any:
    page = open_(link, size)
    drawn(page)
    bar(page).wait_for()
    page.wait_for_function("window.porchTime?.count > 1")
    page.wait_for_timeout(300)
    return page


def test_map_bar_and_table_show_the_same_week(opened: Open) -> None:
    page = playing(opened)
    assert frames(page) == (
        "2017-01-02",
        "2017-01-02",
        "Jan 2 to Jan 8, 2017: the 15 areas with most",
    )
    first = map_pixels(page)
    page.get_by_role("button", name="One frame on").click()
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
    page.get_by_role("button", name="Play").click()
    shown = page.evaluate(count)
    assert len(shown) >= 10 and all((b - a) % 52 == 1 for a, b in pairwise(shown))
    old = drawn(page)
    choose(page, "weekday", "Fri")
    drawn(page, but=old)
    settled(page)
    assert len(page.evaluate(count)) >= 8  # it plays on
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(200)
    assert len(set(frames(page)[:2])) == 1 and inside(page, "w => w.marked") == 7


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["laptop", "phone"])
def test_it_is_dragged_across_a_year(opened: Open, size: dict[str, int]) -> None:
    page = playing(opened, size=size)
    bar(page).scroll_into_view_if_needed()
    box = bar(page).bounding_box()
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
    on_map, in_bar, _ = frames(page)
    assert on_map == in_bar >= "2017-12-11" and f"frame={on_map}" in page.url


def test_it_goes_by_keys_alone(opened: Open) -> None:
    page = playing(opened)
    bar(page).focus()
    for key in ("ArrowRight", "ArrowRight", "PageDown", "PageUp", "ArrowLeft"):
        page.keyboard.press(key)
    assert bar(page).get_attribute("aria-valuenow") == "4"  # 1, 2, 3, 1, 5, 4
    page.keyboard.press("End")
    page.wait_for_timeout(150)
    assert frames(page)[0] == "2017-12-25"
    assert "Dec 25 to Dec 31, 2017: " in bar(page).get_attribute("aria-valuetext")
    page.keyboard.press("Space")
    page.wait_for_timeout(600)
    page.keyboard.press("Space")
    page.wait_for_timeout(150)
    assert frames(page)[0] < "2017-12-25"


def test_a_link_opens_the_frame_and_one_scale_holds(opened: Open) -> None:
    page = playing(opened, WEEKS + "&frame=2017-06-05&width=4+a+frame")
    assert frames(page)[0] == "2017-06-05" and "Jun 5 to Jul 2, 2017" in frames(page)[2]
    legend = inside(page, "w => w.porch.legend.innerText")
    assert "One scale for all 49 frames" in legend and "per km² per week" in legend
    pictures = inside(page, "w => w.porch.told.frames.pictures.reduce((n, p) => n + p.length, 0)")
    assert pictures < 400_000
    page.get_by_role("button", name="One frame back").click()
    assert inside(page, "w => w.porch.legend.innerText") == legend


def test_less_motion_is_honored(opened: Open) -> None:
    page = playing(opened)
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    drawn(page)
    page.wait_for_function("window.porchTime?.count > 1")
    page.get_by_role("button", name="Play, slowly").click()
    page.wait_for_timeout(1900)
    page.get_by_role("button", name="Pause").click()
    assert int(bar(page).get_attribute("aria-valuenow")) <= 3


def test_areas_play_and_the_player_goes_away(opened: Open) -> None:
    page = playing(opened, "/?play=by+month")
    fills = "w => w.porch.scene.layer.getLayers().map(l => l.options.fillColor).join()"
    before = inside(page, fills)
    page.get_by_role("button", name="One frame on").click()
    page.wait_for_timeout(200)
    assert inside(page, fills) != before and "Incidents a frame" in inside(
        page, "w => w.porch.legend.innerText"
    )
    old = drawn(page)
    choose(page, "play", "one picture")
    drawn(page, but=old)
    settled(page)
    assert page.get_by_role("slider", name="Frame, by").count() == 0
    assert page.locator('[data-testid="stVegaLiteChart"]').count() == 1
