"""What happens within the map's frame: fit, limits, wheel, fingers, drawing, rows, edges, names."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from data import palette
from data.palette import DARK, LIGHT
from tests.pages.test_browser import PHONE, WIDE, Open, drawn, keep, opened, settled
from tests.pages.test_browser_look import FRAME, contrast, inside
from tests.pages.test_browser_map import COMPARED, move

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

SIZES = {"wide": WIDE, "phone": PHONE}
SHARE = {"wide": 0.18, "phone": 0.40}  # of the screen that the sample's city takes at least

# every box that lies over the map and the place's outline, in the page's pixels
LAID = """w => { const f = w.frameElement.getBoundingClientRect(), box = (e, x = 0, y = 0) => {
        const r = e.getBoundingClientRect(); return [r.left + x, r.top + y, r.right + x, r.bottom + y]; };
    const own = [...w.document.querySelectorAll(".leaflet-control, .porch-captions span")]
        .map(e => box(e, f.left, f.top)).filter(b => b[2] > b[0] && b[3] > b[1]);
    const page = [...document.querySelectorAll('[class*="st-key-over_"], .st-key-panel')]
        .map(e => box(e));
    const all = [...w.document.querySelectorAll(".leaflet-overlay-pane path")];
    const path = all.find(p => p.getAttribute("fill") === "none"), long = path.getTotalLength();
    const at = path.getScreenCTM(), ring = [];
    for (let k = 0; k < 600; k++) { const p = path.getPointAtLength(k / 600 * long).matrixTransform(at);
        ring.push([p.x + f.left, p.y + f.top]); }
    return {own, page, ring, screen: [innerWidth, innerHeight], frame: box(w.frameElement)}; }"""


def calm(page: Any) -> None:
    """Return when the map stands still: twice the same from now on, not since an earlier call."""
    page.evaluate(f"() => {{ const w = {FRAME}?.contentWindow; if (w) w.calm = null; }}")
    page.wait_for_function(
        f"""() => {{ const w = {FRAME}?.contentWindow, m = w?.porch?.map; if (!m) return false;
        const now = [m.getZoom(), Object.values(m.getCenter()), Object.values(m.getSize()),
          innerWidth].join();
        const same = w.calm === now; w.calm = now; return same; }}""",
        polling=350,
    )


def becomes(page: Any, script: str) -> None:
    """Return when a sentence about the map's window ``w`` is true; fails where it never is."""
    page.wait_for_function(f"() => {{ const w = {FRAME}?.contentWindow; return {script}; }}")


def laid(page: Any) -> dict[str, Any]:
    """The boxes over the map, the ring of the place, the part of the frame that is seen."""
    found: dict[str, Any] = inside(page, LAID)
    ring = np.array(found["ring"])
    left, top, right, bottom = found["frame"]
    for box in found["own"] + found["page"]:  # what lies along the whole width takes its part
        if box[2] - box[0] >= 0.9 * (right - left):
            top, bottom = (
                (box[3], bottom) if box[1] < (top + bottom) / 3 else (top, min(bottom, box[1]))
            )
    low, high = ring.min(axis=0), ring.max(axis=0)
    size, screen = high - low, found["screen"]
    return found | {
        "ring": ring,
        "middle": (low + high) / 2,
        "size": size,
        "share": size[0] * size[1] / (screen[0] * screen[1]),
        "seen": (left, top, right, bottom),
    }


def covered(found: dict[str, Any]) -> list[list[float]]:
    """The boxes that cover something of the place."""
    x, y = found["ring"].T
    return [
        box
        for box in found["own"] + found["page"]
        if ((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).any()
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", SIZES)
def test_the_place_takes_its_share_in_the_middle_and_nothing_covers_it(
    opened: Open, kind: str, dark: bool
) -> None:
    page = opened("/", SIZES[kind], dark)
    drawn(page)
    calm(page)
    found = laid(page)
    left, top, right, bottom = found["seen"]
    assert found["share"] >= SHARE[kind]
    assert found["middle"] == pytest.approx([(left + right) / 2, (top + bottom) / 2], abs=2)
    assert not covered(found)
    keep(page, f"frame-{kind}{'-dark' if dark else ''}")


def test_the_fit_follows_what_lies_over_the_map_until_the_reader_moves_it(opened: Open) -> None:
    page = opened("/", PHONE)
    drawn(page)
    calm(page)
    before = laid(page)
    sheet = page.get_by_role("button", name="Show more")
    sheet.press("ArrowDown")
    sheet.press("ArrowUp")  # the sheet is pulled up to its half
    page.wait_for_timeout(600)
    calm(page)
    up = laid(page)
    assert up["size"][1] < before["size"][1] - 90 and not covered(up)
    at = "w => { const m = w.porch.map; return [m.getCenter().lat, m.getCenter().lng, m.getZoom()]; }"
    move(page, "w.porch.map.setView([44.96, -93.27], 14, {animate: false});")
    sheet.press("ArrowDown")
    page.wait_for_timeout(600)
    calm(page)
    np.testing.assert_allclose(inside(page, at), [44.96, -93.27, 14], atol=6e-4)  # some pixels


def test_a_wide_place_gives_way_to_the_legend_but_stays_large(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    page.add_style_tag(content=".st-key-over_layers { display: none !important; }")
    page.wait_for_timeout(300)
    calm(page)
    sizes = inside(
        page,
        """w => { const {porch: {place, fit, map}, L} = w, found = [];
        for (const [wide, high] of [[0.85, 1], [1, 1], [4, 1]]) {
          const c = place.bounds.getCenter(), s = 100, ring = [[-wide, -high], [-wide, high],
            [wide, high], [wide, -high], [-wide, -high]].map(([x, y]) => L.point(c.x + x * s, c.y + y * s));
          Object.assign(place, {rings: [ring], bounds: L.bounds(ring)});
          fit();
          const k = map.getZoomScale(map.getZoom(), 10), box = [2 * wide * s * k, 2 * high * s * k];
          const full = Math.min(940 / box[0], 624 / box[1]);
          const hit = w.porchlight.fit.obstacles(w.porch).filter(b => b.intersects(L.bounds(
            [470 - box[0] / 2, 312 - box[1] / 2], [470 + box[0] / 2, 312 + box[1] / 2]))).length;
          found.push([box[0] * box[1] / 1280 / 800, 1 / full, hit]); }
        return found; }""",
    )
    for share, side, _ in sizes:
        assert share > 0.18 and side >= 0.79
    upright, square, strip = sizes
    assert upright[1] < 0.9 and not upright[2]  # it gives way, and nothing covers it
    assert square[1] > 0.98 and square[2]  # giving way so far would not help it
    assert strip[1] > 0.9  # to clear the tools it would fall below its share


def test_a_reader_cannot_lose_the_place(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    calm(page)
    fit = inside(page, "w => w.porch.map.getZoom()")
    move(page, "w.porch.map.setZoom(2, {animate: false});")
    assert inside(page, "w => w.porch.map.getZoom()") == pytest.approx(fit - 0.5, abs=0.011)
    move(page, f"w.porch.map.setView([44.97, -93.27], {fit + 2}, {{animate: false}});")
    for x, y in ((5000, 0), (0, 5000), (-9000, -9000)):
        move(page, f"w.porch.map.panBy([{x}, {y}], {{animate: false}});")
        page.wait_for_timeout(500)
        beyond = inside(
            page,
            """w => { const b = w.porch.map.getBounds(), [[s, west], [n, e]] = w.porch.bounds;
            const high = n - s, wide = e - west; return [(s - b.getSouth()) / high, (b.getNorth() - n) / high,
            (west - b.getWest()) / wide, (b.getEast() - e) / wide]; }""",
        )
        assert max(beyond) < 0.36  # a third beyond the place, and what the bounds round


def test_home_shows_the_whole_place_and_forgets_where_the_map_was(opened: Open) -> None:
    page = opened("/?at=44.95,-93.28,13.5")
    drawn(page)
    calm(page)
    move(page, "w.porch.map.setView([44.94, -93.26], 15, {animate: false});")
    page.wait_for_url("**at=44.94**")
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    home = frame.get_by_role("button", name="Whole place")
    below = [home.bounding_box(), frame.get_by_role("button", name="Zoom out").bounding_box()]
    assert below[0]["y"] >= below[1]["y"] + below[1]["height"] - 1 and below[0]["width"] == 36
    home.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("!location.search.includes('at=')")
    calm(page)
    assert laid(page)["share"] >= 0.18
    page.get_by_role("link", name="Trends", exact=True).click()
    page.wait_for_url("**/time**")
    settled(page)
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_function("location.pathname === '/'")
    drawn(page)
    calm(page)
    assert laid(page)["share"] >= 0.18 and "at=" not in page.url


def test_the_wheel_scrolls_the_page_and_zooms_only_with_ctrl(opened: Open) -> None:
    page = opened("/areas", {"width": 1280, "height": 520})  # the Map page itself cannot scroll
    drawn(page)
    calm(page)
    box = page.locator('[class*="st-key-map"] iframe').bounding_box()
    zoom = "w => w.porch.map.getZoom()"
    before = inside(page, zoom)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 120)
    page.mouse.wheel(0, 200)
    hint = page.frame_locator('[class*="st-key-map"] iframe').locator(".porch-aside.on")
    hint.wait_for()
    assert hint.inner_text() == "Hold Ctrl to zoom the map"
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 60")
    assert inside(page, zoom) == before
    hint.wait_for(state="detached")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"{FRAME}.contentWindow.porch.map.getZoom() > {before} + 0.2")
    page.keyboard.up("Control")


class Fingers:
    """Fingers on a screen, as the browser gets them."""

    def __init__(self, page: Any) -> None:
        self.page, self.session = page, page.context.new_cdp_session(page)

    def send(self, kind: str, *at: tuple[float, float]) -> None:
        """Put fingers down, move or lift them."""
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(at)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pull(self, *ways: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Move each finger from one point to another."""
        self.send("touchStart", *(way[0] for way in ways))
        for k in range(1, 9):
            at = [tuple(np.array(a) + (np.array(b) - a) * k / 8) for a, b in ways]
            self.send("touchMove", *at)  # type: ignore[arg-type]
            self.page.wait_for_timeout(20)
        self.send("touchEnd")

    def tap(self, x: float, y: float) -> None:
        """Tap a point."""
        self.send("touchStart", (x, y))
        self.send("touchEnd")
        self.page.wait_for_timeout(120)


@pytest.fixture
def touched(opened: Open) -> Any:
    """Open a page with a map on a phone with fingers."""

    def go(path: str = "/") -> Any:
        page = opened(path, PHONE, fingers=True)
        drawn(page)
        settled(page)
        return page

    return go


WHERE = "w => { const m = w.porch.map, c = m.getCenter(); return [c.lat, c.lng, m.getZoom()]; }"


def test_one_finger_scrolls_the_page_and_two_move_the_map(touched: Any) -> None:
    page = touched("/areas")
    calm(page)
    fingers = Fingers(page)
    box = page.locator('[class*="st-key-map"] iframe').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers.pull(((x, y), (x, y - 160)))
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 60")
    assert not inside(page, "w => w.porch.moved")
    page = touched("/")  # here nothing can be scrolled
    calm(page)
    fingers = Fingers(page)
    hint = page.frame_locator('[class*="st-key-map"] iframe').locator(".porch-aside")
    before = inside(page, WHERE)
    fingers.pull(((200, 300), (120, 340)))
    assert hint.inner_text() == "Use two fingers to move the map"
    page.wait_for_timeout(300)
    assert inside(page, WHERE) == before
    fingers.pull(((160, 300), (100, 260)), ((240, 340), (300, 400)))
    page.wait_for_timeout(500)
    after = inside(page, WHERE)
    assert after[2] > before[2] + 0.4 and inside(page, "w => w.porch.moved")


@pytest.mark.parametrize("tool", ["polygon", "rectangle", "circle"])
def test_a_finger_draws_every_shape(touched: Any, tool: str) -> None:
    page = touched("/")
    calm(page)
    first, fingers, before = drawn(page), Fingers(page), inside(page, WHERE)
    inside(page, f"w => w.porch.draw({tool!r})")
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    frame.locator(".porch-hint").wait_for()
    if tool == "polygon":
        for x, y in ((150, 250), (240, 260), (230, 380), (156, 258)):  # the last is near the first
            fingers.tap(x, y)
    else:
        fingers.pull(((150, 250), (230, 360)))
    drawn(page, but=first)
    page.wait_for_function("location.search.includes('shape=')")
    shape = parse_qs(urlsplit(page.url).query)["shape"][0]
    assert shape[0] == ("c" if tool == "circle" else "p")
    corners = {"polygon": 3, "rectangle": 4}
    if tool in corners:
        assert shape.count(".") == 2 * corners[tool] - 1
    np.testing.assert_allclose(inside(page, WHERE), before, atol=1e-6)  # the map stood still
    assert "/area" not in page.url  # and no area was tapped
    assert not frame.locator(".porch-hint").is_visible()


def test_a_drawing_is_given_up_without_keys_and_two_fingers_still_move_the_map(
    touched: Any,
) -> None:
    page = touched("/")
    calm(page)
    inside(page, "w => w.porch.draw('circle')")
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    cancel = frame.get_by_role("button", name="Cancel")
    assert cancel.bounding_box()["height"] >= 44
    before = inside(page, WHERE)
    Fingers(page).pull(((160, 300), (110, 260)), ((240, 340), (290, 390)))
    page.wait_for_timeout(500)
    assert inside(page, WHERE)[2] > before[2] + 0.3 and inside(page, "w => !!w.porch.drawing")
    cancel.tap()
    assert inside(page, "w => !w.porch.drawing") and "shape=" not in page.url


def test_what_a_finger_taps_on_the_map_is_large_enough(touched: Any) -> None:
    page = touched("/")
    calm(page)
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    for name in ("Zoom in", "Zoom out", "Draw a circle"):  # fingers zoom, and the filter draws
        assert not frame.get_by_label(name, exact=True).is_visible()
    for name in ("Whole place", "Show the whole legend"):
        box = frame.get_by_role("button", name=name).bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44, name
    frame.get_by_role("button", name="Show the whole legend").tap()
    frame.locator(".porch-legend .row").first.wait_for()
    frame.get_by_role("button", name="Fold the legend").tap()
    assert not frame.locator(".porch-legend .row").first.is_visible()
    page.set_viewport_size({"width": 900, "height": 844})  # a tablet
    for name in ("Zoom in", "Zoom out", "Whole place", "Draw a circle"):
        box = frame.get_by_label(name, exact=True).bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44, name


def test_an_area_and_its_row_show_each_other(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    calm(page)
    rows = page.locator(".porch-ranks [data-area]")
    one, other = (int(rows.nth(k).get_attribute("data-area")) for k in (2, 4))
    mark = """w => { const p = w.document.querySelector(".leaflet-marked-pane path");
        const one = w.porch.marked?.getLayers()[0].feature.properties.i;
        return p && [one, p.getAttribute("stroke-width"), p.getAttribute("stroke")]; }"""
    rows.nth(2).hover()
    assert inside(page, mark) == [one, "2.5", LIGHT.ink]
    page.mouse.move(600, 780)
    assert inside(page, mark) is None
    rows.nth(4).focus()
    assert inside(page, mark)[0] == other
    rows.nth(4).blur()
    spot = inside(
        page,
        """(w, i) => { let at; w.porch.scene.layer.eachLayer(l => { const p = l.feature.properties;
        if (p.i === i) at = w.porch.map.latLngToContainerPoint([p.at[1], p.at[0]]); });
        return [at.x, at.y]; }""",
        one,
    )
    page.mouse.move(340 + spot[0], 92 + spot[1])
    page.wait_for_function("document.querySelectorAll('[data-area].on').length === 1")
    assert "on" in rows.nth(2).get_attribute("class").split()
    tip = page.frame_locator('[class*="st-key-map"] iframe').locator(".porch-tip")
    assert inside(page, mark)[0] == one and "incidents" in tip.inner_text()
    page.mouse.move(400, 500)
    page.wait_for_function("!document.querySelector('[data-area].on')")


def test_the_page_says_where_the_map_looks(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    calm(page)
    inside(page, "w => w.porch.look({at: [44.95, -93.27], zoom: 15})")
    page.wait_for_url("**at=44.95**")
    calm(page)
    np.testing.assert_allclose(inside(page, WHERE), [44.95, -93.27, 15], atol=2e-4)
    inside(page, "w => w.porch.look({area: 40})")
    becomes(page, "w.porch.marked !== null")
    calm(page)
    within = """w => { let b; w.porch.scene.layer.eachLayer(l => {
        if (l.feature.properties.i === 40) b = l.getBounds(); });
        const m = w.porch.map.getBounds(); return [m.contains(b), w.porch.marked !== null,
        (b.getNorth() - b.getSouth()) / (m.getNorth() - m.getSouth())]; }"""
    inner, marked, part = inside(page, within)
    assert inner and marked and part > 0.3
    bounds = "[[44.9, -93.3], [44.95, -93.25]]"
    inside(page, f"w => w.porch.look({{bounds: {bounds}}})")
    becomes(page, f"w.porch.map.getBounds().contains({bounds})")
    inside(page, "w => w.porch.look('all')")
    page.wait_for_function("!location.search.includes('at=')")
    calm(page)
    assert laid(page)["share"] >= 0.18


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pale_areas_have_edges_that_are_seen(opened: Open, dark: bool) -> None:
    page, theme = opened("/", dark=dark), DARK if dark else LIGHT
    drawn(page)
    edges = inside(
        page,
        """w => w.porch.scene.layer.getLayers().filter(l => !l.feature.properties.outline)
        .map(l => [w.porch.told.fills[l.feature.properties.i], l.options.color])""",
    )
    pale = {*theme.ramp[:2], theme.paper}
    assert {fill for fill, _ in edges} & pale and {fill for fill, _ in edges} - pale
    for fill, color in edges:
        unfilled = fill[0] not in "#~"  # a hatch on paper
        faint = unfilled or fill in palette.pale_edges(theme)
        assert color == (theme.pale_edge if faint else theme.edge), fill
    assert min(contrast(theme.pale_edge, fill) for fill in (theme.ramp[0], theme.paper)) >= 3
    whole = inside(
        page,
        """w => { const p = [...w.document.querySelectorAll(".leaflet-overlay-pane path")]
        .find(p => p.getAttribute("fill") === "none");
        return [p.getAttribute("stroke"), p.getAttribute("stroke-width")]; }""",
    )
    assert whole == [theme.ink, "1.5"]
    assert set(palette.pale_edges(theme)) >= pale


def test_what_is_not_chosen_is_pale_grey_with_an_entry_of_its_own(opened: Open) -> None:
    page = opened("/?area=Whittier")
    drawn(page)
    found = inside(
        page,
        """w => [...w.document.querySelectorAll(".leaflet-overlay-pane path")]
        .map(p => [p.getAttribute("fill"), p.getAttribute("fill-opacity")])""",
    )
    assert sum(one == [LIGHT.control, "0.35"] for one in found) > 80
    assert "not chosen" in inside(page, "w => w.porch.legend.innerText")


@pytest.mark.parametrize("zoomed", [0, 1.5, 3])
def test_names_are_whole_and_nothing_lies_over_them(opened: Open, zoomed: float) -> None:
    page = opened("/")
    drawn(page)
    calm(page)
    zoom = inside(page, "w => w.porch.map.getZoom()") + zoomed
    move(page, f"w.porch.map.setView([44.965, -93.27], {zoom}, {{animate: false}});")
    move(page, "w.porch.map.panBy([37, -53], {animate: false});")
    page.wait_for_timeout(300)
    names = inside(
        page,
        """w => { const f = w.frameElement.getBoundingClientRect(); return [...w.document
        .querySelectorAll(".area-name")].map(e => { const r = e.getBoundingClientRect();
        return [r.left + f.left, r.top + f.top, r.right + f.left, r.bottom + f.top]; }); }""",
    )
    found = laid(page)
    left, top, right, bottom = found["frame"]
    assert len(names) > (10 if zoomed < 3 else 1)
    for name in names:
        assert name[0] >= left and name[1] >= top and name[2] <= right and name[3] <= bottom
        for box in found["own"] + found["page"]:
            assert name[2] <= box[0] or name[0] >= box[2] or name[3] <= box[1] or name[1] >= box[3]
    keep(page, f"names-{zoomed}")


@pytest.mark.parametrize("kind", SIZES)
def test_the_swipe_starts_at_the_place_s_middle_and_its_labels_stand_beside_it(
    opened: Open, kind: str
) -> None:
    page = opened(f"/?beside=swipe&{COMPARED}", SIZES[kind])
    drawn(page)
    calm(page)
    found = laid(page)
    left = found["frame"][0]
    handle = inside(
        page,
        "w => { const r = w.porch.versus.handle.getBoundingClientRect(); return r.left + r.width / 2; }",
    )
    assert left + handle == pytest.approx(found["middle"][0], abs=4)
    assert not covered(found)
    labels = inside(page, "w => [...w.porch.captions.children].map(e => e.textContent)")
    assert [label.split(":")[0] for label in labels] == ["before", "now"]
    keep(page, f"swipe-{kind}")
