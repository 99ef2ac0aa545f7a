"""The look of the Map and the Time page: nothing covered, clipped or unreadable, wide and phone."""

from typing import Any

import pytest

from data.palette import DARK, LIGHT
from tests.pages.test_browser import PHONE, WIDE, Open, drawn, opened, settled, text

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

FRAME = "document.querySelector('[class*=\"st-key-map\"] iframe')"
CHART = '[data-testid="stVegaLiteChart"]'


def inside(page: Any, script: str, given: Any = None) -> Any:
    """The result of a function of (the map's window, what is given)."""
    return page.evaluate(f"given => ({script})({FRAME}.contentWindow, given)", given)


def laid_out(page: Any) -> Any:
    """The frame of the map, once it is drawn and fitted into its box."""
    drawn(page)
    settled(page)
    page.wait_for_function(
        f"() => {{ const w = {FRAME}.contentWindow, m = w.porch.map, c = m.getContainer();"
        " const now = [c.clientWidth, c.clientHeight, m.getZoom(),"
        " w.porch.legend.offsetHeight].join(); const same = w.seen === now && c.clientHeight > 80;"
        " w.seen = now; return same; }",
        polling=300,
    )
    return page.frame_locator('[class*="st-key-map"] iframe')


def contrast(one: str, two: str) -> float:
    """The contrast of two colors as WCAG counts it."""

    def light(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_tip_lies_above_the_legend_and_within_the_frame(
    opened: Open, size: dict[str, int]
) -> None:
    page = opened("/?at=44.95,-93.27,13.5", size)  # areas fill the frame, also below the legend
    frame = laid_out(page)
    outer = page.locator('[class*="st-key-map"] iframe').bounding_box()
    legend = frame.locator(".porch-legend").bounding_box()
    right, bottom = outer["x"] + outer["width"], outer["y"] + outer["height"]
    below = 12 if size == WIDE else 80  # there the button of the whole place stands
    spots = [(legend["x"] + 30, legend["y"] - 5), (right - 8, outer["y"] + below)]
    if size == WIDE:  # on a phone the legend lies along the whole edge
        spots.append((right - 8, bottom - 8))
    for x, y in spots:
        page.mouse.move(right - 120, outer["y"] + 120)
        page.mouse.move(x, y)
        tip = frame.locator(".porch-tip")
        tip.wait_for()
        assert "incidents" in tip.inner_text()
        box = tip.bounding_box()
        assert box["x"] >= outer["x"] and box["x"] + box["width"] <= right
        assert box["y"] >= outer["y"] and box["y"] + box["height"] <= bottom
        topmost = """w => { const tip = w.document.querySelector(".porch-tip"),
            b = tip.getBoundingClientRect(); tip.style.pointerEvents = "auto";
            const all = [[b.left + 3, b.top + 3], [b.right - 3, b.bottom - 3],
              [b.left + 3, b.bottom - 3]].map(p => w.document.elementFromPoint(...p));
            tip.style.pointerEvents = ""; return all.every(e => tip.contains(e)); }"""
        assert inside(page, topmost)


@pytest.mark.parametrize("link", ["/", "/?layer=heat", "/?layer=hexagons"])
def test_on_a_phone_the_legend_covers_nothing_of_the_place(opened: Open, link: str) -> None:
    page = opened(link, PHONE)
    laid_out(page)
    gap = inside(
        page,
        """w => { const below = e => e.getBoundingClientRect().bottom;
        const places = [...w.document.querySelectorAll("path.leaflet-interactive")];
        return w.porch.legend.getBoundingClientRect().top - Math.max(...places.map(below)); }""",
    )
    assert gap > -12  # hexagons may stand out of the place a little
    assert inside(page, "w => w.porch.map.getSize().y / w.porch.legend.offsetHeight") > 3


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_names_are_read_on_the_area_that_they_stand_on(opened: Open, dark: bool) -> None:
    page = opened("/", dark=dark)
    laid_out(page)
    names = inside(
        page,
        """w => [...w.document.querySelectorAll(".area-name")].map(e => [e.innerText,
        w.getComputedStyle(e).color.match(/\\d+/g).slice(0, 3).map(Number),
        w.porch.told.fills[e.dataset.unit]])""",
    )
    assert len(names) > 8
    assert {"Whittier", "Near North"} <= {" ".join(name.split()) for name, *_ in names}
    for name, rgb, fill in names:
        color = "#" + "".join(f"{part:02x}" for part in rgb)
        paper = (DARK if dark else LIGHT).paper  # a hatch is drawn on it
        assert contrast(color, fill if fill[0] == "#" else paper) >= 3.5, name


def test_the_keyboards_focus_is_seen_on_the_map(opened: Open) -> None:
    page = opened("/")
    frame = laid_out(page)
    frame.get_by_role("button", name="Zoom in").focus()  # the first thing on the map
    page.keyboard.press("Shift+Tab")
    outline = inside(
        page,
        """w => { const e = w.document.activeElement, s = w.getComputedStyle(e);
        return [e.className.includes("leaflet-container"), s.outlineStyle, s.outlineWidth]; }""",
    )
    assert outline == [True, "solid", "2px"]


def test_the_first_tap_tells_and_the_second_opens(browser: Any, app: str) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(app)
    page.locator("h1").first.wait_for()
    frame = laid_out(page)
    box = frame.locator(".area-name", has_text="Jordan").first.bounding_box()
    page.touchscreen.tap(box["x"] + 8, box["y"] + 6)
    tip = frame.locator(".porch-tip", has_text="Tap again")
    tip.wait_for()
    assert "Jordan" in tip.inner_text() and "/area" not in page.url
    page.touchscreen.tap(box["x"] + 8, box["y"] + 6)
    page.wait_for_url("**/area?**")
    context.close()


@pytest.mark.parametrize("link", ["/time?since=2099-01-01", "/time?from=2018-06-01&to=2018-08-31"])
def test_nothing_to_show_is_one_sentence(opened: Open, link: str) -> None:
    page = opened(link)
    said = text(page)
    assert "so there is nothing to draw" in page.locator("h1").inner_text()
    assert not page.locator(CHART).count()
    assert "NaN" not in said and "By kind" not in said and "0 of 60,237" in said


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_chart_of_the_time_page_fits_its_screen(opened: Open, size: dict[str, int]) -> None:
    page = opened("/time", size)
    page.wait_for_function(
        "css => document.querySelectorAll(css).length === 15", arg=f"{CHART} svg"
    )
    assert "all on one scale from 0 to 132" in text(page)
    boxes = [c.bounding_box() for c in page.locator(f"{CHART} svg").all()]
    assert all(b["x"] >= 0 and b["x"] + b["width"] <= size["width"] for b in boxes)
    small = boxes[3:]
    assert len({round(b["height"]) for b in small}) == 1  # one scale is one height too
    assert len({round(b["y"]) for b in small}) == (3 if size == WIDE else 6)
    assert all(b["width"] > 130 for b in small)
    clipped = page.evaluate(
        """css => [...document.querySelectorAll(css)].flatMap(svg => {
        const a = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")].filter(t => t.getAttribute("opacity") !== "0")
          .filter(t => { const b = t.getBoundingClientRect(); return b.width &&
            (b.left < a.left - 1 || b.right > a.right + 1 || b.bottom > a.bottom + 1); })
          .map(t => t.textContent); })""",
        f"{CHART} svg",
    )
    assert not clipped
