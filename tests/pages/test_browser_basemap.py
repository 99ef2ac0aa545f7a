"""A reader's browser and the base map: whom it calls, what shows, what stays where it is."""

import http.server
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from data import settings
from data.maps import street_index
from tests import streets
from tests.conftest import dashboard
from tests.maps.test_basemap import water_file
from tests.pages.test_browser import (
    PHONE,
    WIDE,
    Open,
    Seen,
    drawn,
    keep,
    map_pixels,
    opened,
    settled,
    share_of,
)
from tests.pages.test_browser_look import inside
from tests.ranges import TOWN
from tests.tabs import PATIENCE

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser

CREDIT = "Made streets, not OpenStreetMap"
WATER, TILE = "#d3d6d5", "#33aa66"
PARK, DARK_PARK = "#ecebe1", "#1f1d18"
AT = "?at=44.97,-93.26,12"


@dataclass
class Server:
    """A tile server of our own, and everything that it was asked."""

    port: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture(scope="module")
def tiles() -> Iterator[Server]:
    """A tile server on this machine that draws one color."""
    seen, out = Server(), io.BytesIO()
    Image.new("RGB", (256, 256), TILE).save(out, "PNG")

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.asked.append((self.path, dict(self.headers)))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(out.getvalue())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    seen.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield seen
    server.shutdown()


@pytest.fixture(scope="module")
def home(
    sample_store: Path, tiles: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a dashboard whose settings name a local map, water and tiles of others."""
    folder = tmp_path_factory.mktemp("basemap")
    file = folder / "porchlight.toml"
    url = f"http://127.0.0.1:{tiles.port}/{{z}}/{{x}}/{{y}}.png"
    town = streets.make(folder)
    street_index.write_index(town, TOWN)
    file.write_text(
        '[place]\nname = "Minneapolis"\nzone = "America/Chicago"\ncrs = "EPSG:26915"\n'
        f'[opens]\nsource = "police-stops"\n[basemap]\nfile = "{town}"\n'
        f'attribution = "{CREDIT}"\nwater = "{water_file(folder)}"\n'
        f'provider = {{name = "Green tiles", url = "{url}", attribution = "<b>G</b> & Co"}}\n'
    )
    log = folder / "dashboard.log"
    with dashboard(sample_store, log, PORCHLIGHT_CONFIG=str(file)) as address:
        yield address
    assert "Traceback" not in log.read_text(), log.read_text()


class Visit:
    """One reader's page, the files that it was sent and whom it called."""

    def __init__(self, browser: Any, home: str) -> None:
        self.browser, self.home, self.seen = browser, home, Seen()
        self.ranges: list[tuple[int, str]] = []
        self.contexts: list[Any] = []

    def open(self, path: str, size: dict[str, int] = WIDE, dark: bool = False, **more: Any) -> Any:
        """A page of the dashboard, its map drawn; the page before it is closed."""
        while self.contexts:
            self.contexts.pop().close()
        scheme = "dark" if dark else "light"
        context = self.browser.new_context(viewport=size, color_scheme=scheme, **more)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        self.seen.watch(page)
        page.on("response", self._answered)
        page.goto(self.home + path)
        drawn(page)
        settled(page)
        page.wait_for_timeout(800)
        return page

    def _answered(self, response: Any) -> None:
        if response.url.endswith(".pmtiles"):
            self.ranges.append((response.status, response.headers.get("content-range", "")))


@pytest.fixture
def visit(browser: Any, home: str) -> Iterator[Visit]:
    """A reader; afterwards no error in the page."""
    made = Visit(browser, home)
    yield made
    for context in made.contexts:
        context.close()
    assert not made.seen.errors


def pick(page: Any, word: str) -> None:
    """Open the control, choose, and close it again."""
    before = drawn(page)
    page.get_by_role("button", name="Base map").click()
    page.get_by_text(word, exact=True).click()
    drawn(page, but=before)
    settled(page)
    page.keyboard.press("Escape")
    page.wait_for_timeout(900)


def changed(one: np.ndarray, two: np.ndarray) -> float:
    """The share of a picture that looks another way."""
    return float((np.abs(one - two).max(axis=2) > 8).mean())


def credit(page: Any) -> str:
    """The text in the corner of the map."""
    return str(
        page.frame_locator('[class*="st-key-map"] iframe').locator(".porch-credit").inner_text()
    )


def where(page: Any) -> list[float]:
    """Center and zoom of the map, and whether it is still the same one."""
    return list(
        inside(
            page,
            "w => [w.porch.map.getCenter().lat, w.porch.map.getCenter().lng,"
            " w.porch.map.getZoom(), w.mark ??= Math.random()]",
        )
    )


def test_without_settings_there_is_no_control(opened: Open) -> None:
    page = opened("/?base=local")  # afterwards: only our own host was called
    drawn(page)
    assert page.get_by_role("button", name="Base map").count() == 0
    assert credit_box(page) == 0


def credit_box(page: Any) -> float:
    """The height of the corner's credit; none where nobody is to be credited."""
    return float(inside(page, "w => w.document.querySelector('.porch-credit').offsetHeight"))


def test_a_link_leaves_the_ground_out(visit: Visit, tiles: Server) -> None:
    asked = len(tiles.asked)
    page = visit.open("/" + AT + "&base=none")
    assert visit.seen.hosts == {urlsplit(visit.home).netloc}
    assert len(tiles.asked) == asked and not visit.ranges
    code = "w => [...w.document.scripts].some(s => s.src.includes('protomaps'))"
    assert inside(page, code) is False  # what draws vector tiles is not even loaded
    assert (
        inside(page, "w => getComputedStyle(w.porch.map.getPane('overlayPane')).mixBlendMode")
        == "normal"
    )
    assert credit_box(page) == 0


COMPASS = "w => [...w.document.querySelectorAll('.porch-compass span')]"


def test_the_local_map_lies_below_from_the_start(visit: Visit, tiles: Server) -> None:
    asked = len(tiles.asked)
    page = visit.open("/")
    assert visit.ranges and {status for status, _ in visit.ranges} == {206}
    assert len(tiles.asked) == asked and visit.seen.hosts == {urlsplit(visit.home).netloc}
    assert credit(page) == CREDIT and "base=" not in page.url
    assert inside(page, COMPASS + ".some(e => e.checkVisibility())") is False


def test_without_ground_the_compass_stands_at_the_edges(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    box = "w.porch.map.getContainer().getBoundingClientRect()"
    found = inside(
        page,
        f"w => {{ const b = {box}; return [...w.document.querySelectorAll('.porch-compass span')]"
        ".filter(e => e.checkVisibility()).map(e => { const r = e.getBoundingClientRect();"
        " return [e.textContent, (r.x + r.width / 2 - b.x) / b.width, (r.y + r.height / 2 - b.y) / b.height]; }) }",
    )
    assert [word for word, *_ in found] == ["North", "East", "South", "West"]
    (_, x, top), (_, right, y), (_, _, bottom), (_, left, _) = found
    assert abs(x - 0.5) < 0.01 and abs(y - 0.5) < 0.01
    assert top < 0.1 and bottom > 0.9 and right > 0.9 and left < 0.1
    assert (
        inside(
            page, "w => getComputedStyle(w.document.querySelector('.porch-compass')).pointerEvents"
        )
        == "none"
    )


def words_on_the_map(page: Any) -> int:
    """How many pixels the words over the areas have."""
    return int(
        inside(
            page,
            "w => [...w.porch.map.getPane('words').querySelectorAll('canvas')].reduce((n, c) => n + (c.width ?"
            " c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 128).length : 0), 0)",
        )
    )


def test_words_lie_over_the_areas_and_not_on_their_names(visit: Visit) -> None:
    page = visit.open("/?at=44.96,-93.27,14.5")
    page.wait_for_timeout(1500)
    assert words_on_the_map(page) > 500  # the highway and main streets
    order = "w => ['words', 'overlayPane', 'names'].map(n => +getComputedStyle(w.porch.map.getPane(n)).zIndex)"
    over, areas, names = inside(page, order)
    assert areas < over < names
    # no letter of a street lies where the name of an area is written
    hit = inside(
        page,
        "w => { const d = w.devicePixelRatio; let n = 0; for (const name of w.document.querySelectorAll('.area-name')) {"
        " const r = name.getBoundingClientRect(); for (const c of w.porch.map.getPane('words').querySelectorAll('canvas')) {"
        " const b = c.getBoundingClientRect(), k = c.width / b.width; const x = Math.max(r.left, b.left), y = Math.max(r.top, b.top);"
        " const wide = Math.min(r.right, b.right) - x, high = Math.min(r.bottom, b.bottom) - y; if (wide < 1 || high < 1) continue;"
        " const data = c.getContext('2d').getImageData((x - b.left) * k, (y - b.top) * k, wide * k, high * k).data;"
        " n += data.filter((v, i) => i % 4 === 3 && v > 128).length; } } return n; }",
    )
    assert hit == 0
    keep(page, "basemap-words")


def test_the_search_can_read_the_streets(visit: Visit) -> None:
    page = visit.open("/")
    served = Path(settings.STATIC / "basemap").glob("*.json")
    names = [file.name for file in served]
    assert names
    found = page.evaluate(
        "async names => (await Promise.all(names.map(async n => { const r = await fetch('/app/static/basemap/' + n);"
        " return r.ok ? r.json() : []; }))).flat()",
        names,
    )
    entry = next(e for e in found if e["name"] == streets.AVENUE)
    assert entry["bounds"][0][0] < entry["bounds"][1][0]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_local_map_asks_our_host_only_and_in_parts(visit: Visit, dark: bool) -> None:
    page = visit.open("/" + AT + "&base=none", dark=dark)
    color, bare = DARK_PARK if dark else PARK, map_pixels(page)
    place = where(page)
    pick(page, "local")
    assert visit.seen.hosts == {urlsplit(visit.home).netloc}
    assert visit.ranges and {status for status, _ in visit.ranges} == {206}
    assert all(part.startswith("bytes ") for _, part in visit.ranges)
    shown = map_pixels(page)
    assert changed(shown, bare) > 0.05  # streets, parks and the river, within areas and around
    assert share_of(shown, color, 3) > share_of(bare, color, 3) + 0.002
    assert where(page) == place
    assert credit(page) == CREDIT
    assert "base=" not in page.url
    keep(page, f"basemap-{'dark' if dark else 'light'}")
    pick(page, "none")
    assert where(page) == place and credit_box(page) == 0
    assert changed(map_pixels(page), bare) < 0.002
    assert "base=none" in page.url


def test_local_map_comes_by_a_link_and_colors_stay_the_legends(visit: Visit) -> None:
    page = visit.open("/?base=local")
    assert credit(page) == CREDIT
    pixels = map_pixels(page)
    assert share_of(pixels, "#fbefa8", 14) > 0.06  # the palest class, as the legend has it
    swatch = "w => getComputedStyle(w.document.querySelector('.porch-legend .swatch')).opacity"
    assert inside(page, swatch) == "1"
    blend = "w => getComputedStyle(w.porch.map.getPane('overlayPane')).mixBlendMode"
    assert inside(page, blend) == "multiply"


def test_no_link_switches_tiles_of_others_on(visit: Visit, tiles: Server) -> None:
    asked = len(tiles.asked)
    for words in (
        "base=tiles",
        "base=Green+tiles",
        "tiles_of_others=true",
        "tiles=true&tiles_of_others=True",
    ):
        page = visit.open(f"/?{words}")
        page.wait_for_timeout(500)
    assert len(tiles.asked) == asked
    assert visit.seen.hosts == {urlsplit(visit.home).netloc}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_tiles_of_others_by_hand_told_and_without_a_referrer(
    visit: Visit, tiles: Server, size: dict[str, int]
) -> None:
    page = visit.open("/" + AT, size)
    tiles.asked.clear()
    place = where(page)
    page.get_by_role("button", name="Base map").click()
    told = page.get_by_text("Tiles come from Green tiles (127.0.0.1)")
    told.wait_for()  # beside the switch, before it is switched
    assert "network address" in told.inner_text()
    assert not tiles.asked
    page.keyboard.press("Escape")
    pick(page, "Tiles of Green tiles")
    assert tiles.asked
    for path, headers in tiles.asked:
        assert path.endswith(".png")
        assert not {"Referer", "Cookie", "Origin"} & headers.keys(), headers
    assert where(page) == place
    assert credit(page) == "G & Co"  # text, not markup
    assert share_of(map_pixels(page), TILE, 6) > 0.03  # around the areas
    assert "tiles" not in page.url.lower() and "base=" not in page.url
    credits = page.frame_locator('[class*="st-key-map"] iframe').locator(".porch-credit")
    legend = page.frame_locator('[class*="st-key-map"] iframe').locator(".porch-legend")
    lower, upper = credits.bounding_box(), legend.bounding_box()
    apart = (lower["y"] + lower["height"] <= upper["y"]) or (
        lower["x"] >= upper["x"] + upper["width"]
    )
    assert apart, "the credit lies under the legend"
    keep(page, f"basemap-tiles-{'wide' if size == WIDE else 'phone'}")
    pick(page, "Tiles of Green tiles")
    before = len(tiles.asked)
    inside(page, "w => w.porch.map.panBy([300, 0], {animate: false})")
    page.wait_for_timeout(600)
    assert len(tiles.asked) == before  # off is off
    page.reload()
    drawn(page)
    page.wait_for_timeout(800)
    assert len(tiles.asked) == before


def test_the_policy_lets_tiles_of_others_through_where_they_are_named(
    visit: Visit, tiles: Server
) -> None:
    page = visit.open("/" + AT, bypass_csp=False)
    tiles.asked.clear()
    pick(page, "Tiles of Green tiles")
    assert tiles.asked and share_of(map_pixels(page), TILE, 6) > 0.03


def test_switching_shows_no_blank_map(visit: Visit) -> None:
    page = visit.open("/" + AT)
    page.evaluate(
        """() => { const f = document.querySelector('[class*="st-key-map"] iframe');
        const w = f.contentWindow;
        window.blank = 0; window.frames_ = 0;
        const look = () => { window.frames_++;
          const now = document.querySelector('[class*="st-key-map"] iframe');
          if (now !== f || !w.document.querySelector('.leaflet-overlay-pane path')) window.blank++;
          requestAnimationFrame(look); }; look(); }"""
    )
    pick(page, "none")
    pick(page, "Tiles of Green tiles")
    pick(page, "Tiles of Green tiles")
    pick(page, "local")
    assert page.evaluate("window.frames_") > 20
    assert page.evaluate("window.blank") == 0


def test_water_of_our_own_lies_over_the_areas_on_map_and_areas(visit: Visit) -> None:
    for path in ("/?at=44.94,-93.31,13.5", "/areas"):
        page = visit.open(path)
        assert (
            inside(page, "w => w.porch.map.getPane('water').querySelectorAll('path').length") == 2
        )
        least = 0.02 if path.startswith("/?") else 0.0005
        assert share_of(map_pixels(page), WATER, 4) > least, path
    assert visit.seen.hosts == {urlsplit(visit.home).netloc}
