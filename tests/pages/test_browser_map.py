"""The fast map in a browser: one picture, steady, in real units, asking only for what it lacks."""

import base64
import re
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
    share_of,
    text,
)
from tests.pages.test_browser_look import FRAME, inside

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

MOVED = "w => w.porch.map.getContainer().dispatchEvent(new Event('mousedown'))"
COMPARED = (
    "from=2017-09-04&to=2017-11-26&compare=own+period&versus_from=2017-03-06&versus_to=2017-05-28"
)


class Wire:
    """The messages that a page sends and gets over its websocket, from now on."""

    def __init__(self, page: Any) -> None:
        self.sent: list[int] = []
        self.got: list[bytes | str] = []
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameSent", lambda e: self.sent.append(1))
        session.on(
            "Network.webSocketFrameReceived",
            lambda e: self.got.append(e["response"]["payloadData"]),
        )


def move(page: Any, script: str) -> None:
    """Move the map as a script says, as if the reader had."""
    inside(page, MOVED)
    inside(page, f"w => new Promise(r => {{ w.porch.map.once('moveend', r); {script} }})")


def pan(page: Any, x: int, y: int) -> None:
    move(page, f"w.porch.map.panBy([{x}, {y}], {{animate: false}});")


def zoom(page: Any, level: float) -> None:
    move(page, f"w.porch.map.setZoom({level}, {{animate: false}});")


def told(page: Any, script: str) -> Any:
    return inside(page, f"w => {script}")


TITLE = "w.porch.legend.querySelector('strong').textContent"


# the number of the map, where legend, list and map say the same one
ONE_NUMBER = """() => { const w = document.querySelector('[class*="st-key-map"] iframe')?.contentWindow;
    const n = w?.porch?.n, list = document.body.innerText.match(/([\\d,]+) in sight, newest first/);
    return Number.isInteger(n) && list && list[1] === n.toLocaleString("en") && w.porch.legend
        .querySelector('strong').textContent.includes(` ${list[1]} of `) && {n}; }"""


def in_sight(page: Any) -> int:
    """The number of incidents that the legend says are in sight, once they are counted."""
    counted = """() => { const w = document.querySelector('[class*="st-key-map"] iframe');
        const n = w?.contentWindow?.porch?.n; return Number.isInteger(n) && {n}; }"""
    return int(page.wait_for_function(counted).json_value()["n"])


def test_heat_keeps_its_scale_and_is_not_asked_again_on_pan_and_zoom(opened: Open) -> None:
    page = opened("/?layer=heat")
    first = drawn(page)
    legend = told(page, "w.porch.legend.innerText")
    assert "per km² per week" in legend and "500 m" in legend
    wire = Wire(page)
    for step in (lambda: pan(page, 60, 20), lambda: zoom(page, 13), lambda: pan(page, -200, 90)):
        step()
    page.wait_for_timeout(700)
    assert drawn(page) == first and not wire.sent  # the whole place fits into one small picture
    assert told(page, "w.porch.legend.innerText") == legend
    choose(page, "weekday", "Fri")
    drawn(page, but=first)
    assert told(page, "w.porch.map.getZoom()") == 13


def test_heat_sends_no_coordinate_of_an_incident(opened: Open) -> None:
    page = opened("/?layer=areas")
    first = drawn(page)
    wire = Wire(page)
    page.get_by_role("radio", name="heat").click()
    drawn(page, but=first)
    settled(page)
    got = b"".join(base64.b64decode(part) for part in wire.got).decode("latin-1")
    assert "data:image/png" in got  # what travelled can be read here
    corners = told(page, "w.porch.told.heat.bounds")
    low, high = told(page, "w.porch.bounds")
    allowed = {v for corner in (*corners, low, high) for v in corner}
    allowed |= {(a + b) / 2 for a, b in zip(low, high)}  # the middle that the map opens on
    numbers = {float(n) for n in re.findall(r"-9[34]\.[0-9]{2,}|4[45]\.[0-9]{2,}", got)}
    assert numbers and all(min(abs(n - a) for a in allowed) < 1e-6 for n in numbers)
    assert told(page, "w.porch.told.incidents") is None


def test_the_scale_is_refitted_only_when_asked_and_stands_in_the_link(opened: Open) -> None:
    page = opened("/?layer=heat&at=44.90,-93.30,14")
    first = drawn(page)
    assert "50 or more" in told(page, "w.porch.legend.innerText")
    pan(page, 5, 5)
    page.frame_locator('[class*="st-key-map"] iframe').get_by_role("button", name="Rescale").click()
    drawn(page, but=first)
    page.wait_for_url("**scale=**")
    scale = parse_qs(urlsplit(page.url).query)["scale"][0]
    legend = told(page, "w.porch.legend.innerText")
    assert 0 < float(scale) < 50 and f"{float(scale):g} or more" in legend


@pytest.mark.parametrize("layer", ["areas", "heat", "hexagons", "incidents"])
def test_no_layer_or_filter_remounts_flashes_or_moves_the_map(opened: Open, layer: str) -> None:
    page = opened(f"/?layer={layer}")
    first = drawn(page)
    told(page, "{ w.marked = 7; }")
    zoom(page, 12.4)
    pan(page, 30, -40)
    page.wait_for_timeout(600)
    at = told(
        page, "[w.porch.map.getCenter().lat, w.porch.map.getCenter().lng, w.porch.map.getZoom()]"
    )
    blank = """() => { window.blanks = 0; window.looks = 0; const look = () => {
        const w = document.querySelector('[class*="st-key-map"] iframe')?.contentWindow;
        window.looks += 1;
        if (!w?.document.querySelector('.leaflet-overlay-pane path') || !w.porch) window.blanks += 1;
        window.looking = requestAnimationFrame(look); }; look(); }"""
    page.evaluate(blank)
    choose(page, "weekday", "Sat")
    second = drawn(page, but=first)
    page.get_by_role("radio", name="areas" if layer != "areas" else "heat").click()
    drawn(page, but=second)
    page.wait_for_timeout(300)
    assert page.evaluate("window.blanks") == 0 and page.evaluate("window.looks") > 20
    assert told(page, "w.marked") == 7
    now = told(
        page, "[w.porch.map.getCenter().lat, w.porch.map.getCenter().lng, w.porch.map.getZoom()]"
    )
    assert now == at


def test_incidents_are_clusters_then_single_and_a_pan_asks_only_for_the_new(opened: Open) -> None:
    page = opened("/?layer=incidents")
    drawn(page)
    settled(page)
    page.wait_for_timeout(600)  # the legend has its size, and the place its room beside it
    assert in_sight(page) == 51_920
    assert told(page, TITLE) == "Showing 51,920 of 51,920 incidents"
    assert told(page, "w.document.querySelectorAll('.porch-dot').length") < 80
    before = drawn(page)
    move(page, "w.porch.map.setView([44.965, -93.27], 14, {animate: false});")
    second = drawn(page, but=before)
    in_sight(page)
    cells = told(page, "[...w.porch.points.cells.values()].map(c => c.marker._leaflet_id)")
    wire = Wire(page)
    pan(page, 40, 0)
    n = in_sight(page)
    page.wait_for_timeout(500)
    assert len(wire.sent) == 1 and in_sight(page) == n  # only how many are in sight is asked
    still = told(page, "[...w.porch.points.cells.values()].map(c => c.marker._leaflet_id)")
    assert len(set(cells) & set(still)) > 0.5 * len(cells)  # and what is drawn stays as it is
    second = drawn(page)
    pan(page, 0, 300)
    drawn(page, but=second)
    in_sight(page)
    assert told(page, "w.porch.told.incidents.held !== null")
    fresh = told(page, "w.porch.told.incidents.cells.length")
    held = told(page, "w.porch.points.cells.size")
    assert 0 < fresh < held


@pytest.mark.parametrize(("source", "close"), [("police stops", 17.8), ("community made", 16.3)])
def test_the_legend_and_the_list_show_one_number(opened: Open, source: str, close: float) -> None:
    named = source.replace(" ", "+")
    page = opened(f"/?layer=incidents&at=44.951,-93.255,{close}&source={named}")
    drawn(page)
    numbers = []
    steps = [
        lambda: pan(page, 260, 0),
        lambda: pan(page, -35, 48),
        lambda: zoom(page, close + 0.2),
        lambda: choose(page, "weekday", "Sat"),
        lambda: pan(page, 90, -70),
    ]
    for step in (lambda: None, *steps):
        step()
        page.wait_for_timeout(300)  # until the step has begun to change what is counted
        settled(page)
        numbers.append(page.wait_for_function(ONE_NUMBER).json_value()["n"])
    assert len(set(numbers)) > 2 and max(numbers) < 300


def test_a_map_that_gets_another_size_keeps_its_middle(opened: Open) -> None:
    page = opened("/?at=44.95,-93.28,13.5")
    drawn(page)
    where = "[w.porch.map.getCenter().lat, w.porch.map.getCenter().lng, w.porch.map.getZoom()]"
    for high in (300, 640, 420):
        told(page, f"w.frameElement.style.setProperty('height', '{high}px', 'important')")
        page.wait_for_function(
            f"""() => document.querySelector('[class*="st-key-map"] iframe')
            .contentWindow.porch.map.getSize().y === {high}"""
        )
        np.testing.assert_allclose(told(page, where), [44.95, -93.28, 13.5], atol=1e-4)


def stands(page: Any, where: str, left: list[float]) -> None:
    """Wait until the page's map stands where one was left: a page that is going has its own."""
    page.wait_for_function(
        f"""left => {{ const w = document.querySelector('[class*="st-key-map"] iframe')
        ?.contentWindow; return w?.porch?.map && w.porch.told?.hexes && {where}.every(
        (value, i) => Math.abs(value - left[i]) < 1e-4); }}""",
        arg=left,
    )


@pytest.mark.parametrize(("by", "path"), [("Trends", "time"), ("Records", "records")])
def test_the_map_is_found_as_it_was_left(opened: Open, by: str, path: str) -> None:
    page = opened("/?weekday=Fri")
    first = drawn(page)
    page.get_by_role("radio", name="hexagons").click()
    drawn(page, but=first)
    page.wait_for_url("**layer=hexagons**")
    settled(page)
    move(page, "w.porch.map.setView([44.95, -93.28], 13.5, {animate: false});")
    where = "[w.porch.map.getCenter().lat, w.porch.map.getCenter().lng, w.porch.map.getZoom()]"
    left = told(page, where)
    page.wait_for_url("**at=44.95**")
    for _ in range(2):  # and once more
        page.locator(".st-key-sections").get_by_role("link", name=by, exact=True).click()
        page.wait_for_url(f"**/{path}?**")
        settled(page)
        assert "ignored" not in text(page) and "layer=" not in page.url
        page.locator(".st-key-sections").get_by_role("link", name="Map", exact=True).click()
        page.wait_for_function("location.pathname === '/'")
        drawn(page)
        settled(page)
        page.wait_for_url("**at=44.95**")
        stands(page, where, left)
        checked = page.get_by_role("radio", name="hexagons").get_attribute("aria-checked")
        assert checked == "true"
        assert "layer=hexagons" in page.url and "weekday=Fri" in page.url
    page.go_back()
    page.wait_for_url(f"**/{path}?**")  # one step of the back button a page
    page.go_back()
    page.wait_for_function("location.pathname === '/'")
    drawn(page)
    settled(page)
    stands(page, where, left)


def test_single_incidents_are_read_beside_the_map(opened: Open) -> None:
    page = opened("/?layer=incidents&at=44.951,-93.255,17.8")
    page.get_by_text("in sight, newest first").wait_for()
    page.wait_for_function(f"{FRAME}.contentWindow.porch.told.incidents.single")
    n = int(re.search(r"([\d,]+) in sight", text(page))[1].replace(",", ""))  # type: ignore[index]
    assert 0 < n < 300
    seen = told(
        page,
        """{ const size = w.porch.map.getSize(), from = w.frameElement.getBoundingClientRect();
        const all = [...w.document.querySelectorAll('.porch-dot')].map(e => e.getBoundingClientRect())
          .map(r => [r.left + r.width / 2, r.top + r.height / 2]);
        const [x, y] = all.find(([x, y]) => x > size.x / 3 && x < size.x * 0.8 && y > 60 &&
          y < size.y - 60); return [x + from.left, y + from.top]; }""",
    )
    page.mouse.click(*seen)
    page.get_by_text("at this place, newest first").wait_for()
    keep(page, "incidents")


def test_hexagons_grow_finer_and_keep_their_classes(opened: Open) -> None:
    page = opened("/?layer=hexagons")
    first = drawn(page)
    rows = told(page, "[...w.porch.legend.querySelectorAll('.row')].map(r => r.innerText)")
    assert "0.74 km²" in told(page, "w.porch.legend.innerText")
    size = told(page, "w.porch.scene.hexes.getLayers().length")
    zoom(page, 12.6)
    second = drawn(page, but=first)
    assert "0.11 km²" in told(page, "w.porch.legend.innerText")
    finer = told(page, "[...w.porch.legend.querySelectorAll('.row')].map(r => r.innerText)")
    assert finer[: len(rows)] == rows and size < told(
        page, "w.porch.scene.hexes.getLayers().length"
    )
    page.locator(".st-key-hexagons").get_by_role("radio", name="count").click()
    drawn(page, but=second)
    assert "hexagons=count" in page.url


def test_the_link_says_no_more_than_the_window(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    for zoomed in (11.5, 12, 14, 16.5, 18):
        move(
            page,
            f"w.porch.map.setView([44.961234567, -93.271234567], {zoomed}, {{animate: false}});",
        )
        page.wait_for_function(f"/at=[^&]*(,|%2C){zoomed}(&|$)/.test(location.search)")
        lat, lon, level = parse_qs(urlsplit(page.url).query)["at"][0].split(",")
        places = [len(v.partition(".")[2]) for v in (lat, lon)]
        window = told(page, "w.porch.map.getBounds().getEast() - w.porch.map.getBounds().getWest()")
        assert places[0] == places[1] and 10 ** -places[0] > window / 200 and float(level) == zoomed


def test_a_moving_map_is_no_step_of_the_back_button(opened: Open) -> None:
    page = opened("/")
    first = drawn(page)
    choose(page, "weekday", "Fri")
    drawn(page, but=first)
    page.wait_for_url("**weekday=Fri**")
    steps = page.evaluate("history.length")
    for _ in range(3):
        pan(page, 50, 30)
        zoom(page, told(page, "w.porch.map.getZoom()") + 0.5)
    assert page.evaluate("history.length") == steps and "at=" in page.url


@pytest.mark.parametrize("layer", ["areas", "heat", "hexagons"])
def test_two_periods_are_swiped_on_one_scale(opened: Open, layer: str) -> None:
    page = opened(f"/?layer={layer}&beside=swipe&{COMPARED}")
    drawn(page)
    captions = told(
        page, "[...w.document.querySelectorAll('.porch-captions span')].map(s => s.textContent)"
    )
    assert captions == ["before: Mar 6 to May 28, 2017", "now: Sep 4 to Nov 26, 2017"]
    assert "one scale" in told(page, "w.porch.legend.innerText")
    before = map_pixels(page)
    handle = page.frame_locator('[class*="st-key-map"] iframe').get_by_role("slider")
    handle.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    changed = (np.abs(map_pixels(page) - before).max(axis=2) > 20).mean()
    assert 0.003 < changed < 0.3


def test_side_by_side_moves_together_and_ends_well(opened: Open) -> None:
    page = opened(f"/?layer=heat&beside=side+by+side&{COMPARED}")
    first = drawn(page)
    zoom(page, 12.5)
    pan(page, 40, 60)
    both = told(
        page,
        "[w.porch.map, w.porch.versus.map].map(m => [m.getZoom(), ...Object.values(m.getCenter())])",
    )
    np.testing.assert_allclose(both[0], both[1], atol=1e-6)
    keep(page, "side")
    choose(page, "beside", "This period")
    drawn(page, but=first)
    page.wait_for_timeout(300)
    wide = told(page, "[w.porch.map.getContainer().clientWidth, w.innerWidth]")
    assert wide[0] == wide[1] and told(page, "w.porch.map.getZoom()") == 12.5


@pytest.mark.parametrize("layer", ["areas", "heat"])
def test_a_difference_says_what_chance_explains(opened: Open, layer: str) -> None:
    page = opened(f"/?layer={layer}&beside=difference&{COMPARED}")
    drawn(page)
    page.wait_for_timeout(300)
    legend = told(page, "w.porch.legend.innerText")
    assert "chance" in legend and "2017, compared with Mar 6 to May 28, 2017" in legend
    if layer == "areas":  # their rates did not change clearly anywhere: each is hatched
        assert "none of 84 neighborhoods changed clearly" in page.locator("h1").inner_text()
        fills = told(page, "w.porch.told.fills")
        assert fills.count("chance") == 84 and not [f for f in fills if f[0] == "#"]
    else:
        assert share_of(map_pixels(page), "#1a5a8c", 40) > 0.0002  # fewer, in blue


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_circle_is_drawn_with_the_mouse(opened: Open, size: dict[str, int]) -> None:
    page = opened("/", size)
    first = drawn(page)
    told(page, "{ w.marked = 7; }")
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    if size == WIDE:
        frame.get_by_role("button", name="Draw a circle").click()
    else:  # there the page's own button begins it
        told(page, "w.porch.draw('circle')")
    frame.locator(".porch-hint", has_text="Press on the center").wait_for()
    middle = told(
        page,
        "{ const p = w.porch.map.latLngToContainerPoint([44.965, -93.27]); return [p.x, p.y]; }",
    )
    box = page.locator('[class*="st-key-map"] iframe').bounding_box()
    x, y = box["x"] + middle[0], box["y"] + middle[1]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25, y, steps=4)
    page.mouse.up()
    drawn(page, but=first)
    page.wait_for_url("**shape=c**")
    assert "within a drawn circle of" in text(page) and told(page, "w.marked") == 7
    metres = int(re.search(r"circle of ([\d,]+) m", text(page))[1].replace(",", ""))  # type: ignore[index]
    ground = told(
        page,
        f"w.porch.map.distance(w.porch.map.containerPointToLatLng([{middle[0]}, {middle[1]}]),"
        f" w.porch.map.containerPointToLatLng([{middle[0] + 25}, {middle[1]}]))",
    )
    assert abs(metres - ground) <= 60
    page.go_back()
    page.wait_for_function("!location.search.includes('shape')")
    # the address changes before the rerun that takes the circle away has begun
    page.wait_for_function(
        "!document.querySelector('[data-testid=stMain]').innerText.includes('drawn circle')"
    )


def test_a_rectangle_is_drawn_by_keys_alone_and_removed(opened: Open) -> None:
    page = opened("/?at=44.96,-93.27,12.5")
    first = drawn(page)
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    frame.get_by_role("button", name="Draw a rectangle").focus()
    page.keyboard.press("Enter")
    frame.locator(".porch-cross").wait_for()
    page.keyboard.press("Enter")
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    second = drawn(page, but=first)
    page.wait_for_url("**shape=p**")
    assert "within a drawn shape of" in text(page)
    frame.get_by_role("button", name="Remove the drawn shape").click()
    drawn(page, but=second)
    page.wait_for_function("!location.search.includes('shape')")


def test_too_small_a_shape_is_a_sentence(opened: Open) -> None:
    page = opened("/?at=44.96,-93.27,17")
    drawn(page)
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    frame.get_by_role("button", name="Draw a circle").click()
    frame.locator(".porch-cross").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    inside(page, "w => w.porch.map.getContainer().focus()")
    page.keyboard.press("Enter")
    page.get_by_text("which house is meant").wait_for()
    assert "shape=" not in page.url


def test_a_circle_around_an_area_needs_no_mouse_on_the_map(opened: Open) -> None:
    page = opened("/")
    first = drawn(page)
    page.locator(".st-key-open_where button").first.click()
    page.get_by_text("Around an area").click()
    page.get_by_role("button", name="Show only this circle").click()
    drawn(page, but=first)
    page.wait_for_url("**shape=800+m+around+**")
    assert "within 800 m of the center of" in text(page)
