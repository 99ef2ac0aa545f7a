"""The public dashboard in a browser, served by a user who may read no store and no secret."""

import hashlib
import itertools
import json
import re
import struct
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.release import release_manifest
from tests.conftest import ROOT, SHOTS
from tests.pages.test_browser import PHONE, WIDE, Seen, settled, text
from tests.publics import public, published
from tests.tabs import PATIENCE

__all__ = ["public", "published"]  # the fixtures
pytestmark = pytest.mark.browser


class Heard:
    """Every byte of text that a page receives, also through its socket."""

    def __init__(self, page: Any, seen: Seen) -> None:
        self.parts: list[bytes] = []
        self.media: list[Any] = []
        seen.watch(page)
        page.on("websocket", lambda ws: ws.on("framereceived", self._frame))
        page.on("response", self._response)

    def _frame(self, body: Any) -> None:
        self.parts.append(body if isinstance(body, bytes) else str(body).encode())

    def _response(self, response: Any) -> None:
        where = urlsplit(response.url).path
        if where.startswith(("/media/", "/app/static/areas", "/app/static/basemap")):
            self.media.append(response)  # read later: not while the browser tells of it

    def read(self) -> None:
        """Take what was told of."""
        self.parts += [response.body() for response in self.media]


def drawn(page: Any) -> Any:
    """The map's frame, once it is drawn."""
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    frame.locator("html[data-drawn]").wait_for(state="attached")
    settled(page)
    return frame


def _pairs(body: bytes) -> set[tuple[str, str]]:
    """Every two numbers beside each other, to four decimals: one coordinate alone is also
    found where the corner of an area is."""
    found = re.findall(r"-?\d+\.\d{4,}", body.decode(errors="replace"))
    return set(itertools.pairwise(number[: number.index(".") + 5] for number in found))


def test_nothing_of_the_store_reaches_a_browser(
    browser: Any, public: str, published: Path, sample_store: Path
) -> None:
    seen = Seen()
    # the very first visit is a deep link to a page: Streamlit knows no menu yet
    walk = [
        "/areas",
        "/",
        "/time",
        "/methods",
        "/?source=official+records",
        "/?by=neighborhoods+by+quarter",
        "/?by=districts+by+year&kind=sighting",
    ]
    heard = []
    for path in walk:
        page = browser.new_page(fresh=True)  # everything is sent, nothing is kept
        page.set_default_timeout(PATIENCE)
        heard.append(Heard(page, seen))
        page.goto(public + path)
        page.locator("h1").first.wait_for()
        settled(page)
        if "/time" not in path and "/methods" not in path:
            drawn(page)
        heard[-1].read()
        page.close()
    body = b"".join(part for one in heard for part in one.parts)
    assert len(body) > 100_000
    assert seen.hosts == {urlsplit(public).netloc}
    assert not seen.errors
    page = browser.new_page(fresh=True)
    answer = page.goto(f"{public}/records")  # a page of the team's
    assert answer.status == 404 and page.get_by_text("Nothing is here.").count() == 1
    page.close()
    # no id and no coordinate of the store's community and press records, no time of day
    files = sorted((sample_store / "batches").glob("*.parquet"))
    columns = ["incident_id", "source", "lon", "lat"]
    held = pd.concat([pq.read_table(f, columns=columns).to_pandas() for f in files])
    held = held[~held["source"].isin(["police-stops", "use-of-force"])]
    assert len(held) > 100
    for row in held.itertuples():
        assert str(row.incident_id).encode() not in body
    shapes = [published / "current" / f"{name}.geojson" for name in ("areas", "districts")]
    told = _pairs(body) - set().union(*(_pairs(file.read_bytes()) for file in shapes))
    assert told  # where the names of areas stand
    assert _pairs(b'[-93.26441,44.97772], "lat":') == {("-93.2644", "44.9777")}
    for place in held[["lon", "lat"]].dropna().itertuples(index=False):
        lon, lat = ({f"{value:.4f}", f"{value:.5f}"[:-1]} for value in place)  # rounded, cut
        for pair in itertools.product(lon, lat):
            assert pair not in told and pair[::-1] not in told, f"{place} reached the browser"
        assert struct.pack("<d", place.lon) not in body
    assert not re.search(rb"20\d\d-\d\d-\d\dT\d\d:\d\d", body)


def test_the_team_s_files_are_not_given_out(public: str) -> None:
    folder = ROOT / "static" / "areas"
    folder.mkdir(exist_ok=True)
    file = folder / "0000000000canary.js"
    file.write_text("canary")
    try:
        for path in (
            "areas/0000000000canary.js",
            "./areas/0000000000canary.js",
            "areas//../areas/0000000000canary.js",
        ):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(f"{public}/app/static/{path}").read()
        assert urllib.request.urlopen(f"{public}/app/static/porchlight.js").read()
    finally:
        file.unlink()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_embedded_it_works_and_fits(
    browser: Any, public: str, published: Path, size: dict[str, int], dark: bool
) -> None:
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{public}/?embed=true&by=neighborhoods+by+quarter")
    page.locator("h1").first.wait_for()
    frame = drawn(page)
    many = len(json.loads((published / "current/areas.geojson").read_text())["features"])
    assert f"{many} of {many} neighborhoods" in text(page)
    if size == PHONE:  # one line stands for the legend until it is asked for
        frame.get_by_role("button", name="Show the whole legend").click()
    assert "range reaches" in frame.locator(".porch-legend").inner_text()
    fills = [p.get_attribute("fill") or "" for p in frame.locator("path.leaflet-interactive").all()]
    assert len(fills) >= many
    assert all(fill.startswith(("#", "url(#hatch-")) for fill in fills)  # no area is blank
    striped = [fill for fill in fills if fill.startswith("url")]
    assert striped and all(
        frame.locator(f"pattern#{fill[5:-1]}").count() == 1 for fill in set(striped)
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "embed=true" in page.url and "by=neighborhoods" in page.url
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/public-{size['width']}-{dark}.png")
    context.close()


def test_any_page_reads_every_released_file_by_its_address(public: str, published: Path) -> None:
    """And the same one whether it is asked for as the newest or by the release's name."""
    folder = (published / "current").resolve()
    manifest = release_manifest.read_manifest(folder)
    starts = {"/current/": "no-cache", f"/releases/{folder.name}/": None}
    for start, keeps in starts.items():
        for name, told in {**manifest["files"], "manifest.json": ""}.items():
            asked = {"Origin": "https://news.example.org", "Sec-Fetch-Site": "cross-site"}
            request = urllib.request.Request(public + start + name, headers=asked)
            with urllib.request.urlopen(request) as answer:
                body, headers = answer.read(), answer.headers
            assert hashlib.sha256(body).hexdigest() == told or not told, name
            assert headers.get_all("Access-Control-Allow-Origin") == ["*"]
            assert keeps in (None, headers["Cache-Control"])


@pytest.mark.parametrize("language", ["en", "es", "hmn", "so"])
def test_the_bars_fit_a_phone_in_each_language(browser: Any, public: str, language: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{public}/areas?lang={language}")
    page.locator("h1").first.wait_for()
    settled(page)
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".st-key-topbar button")].filter(e => e.offsetWidth)
        .filter(e => e.getBoundingClientRect().right > innerWidth
            || e.getBoundingClientRect().left < 44 || e.scrollWidth > e.clientWidth)
        .map(e => e.textContent)"""
    )
    assert cut == []
    line = page.locator(".porch-unread")
    assert line.count() == (language != "en")
    if language != "en":
        assert line.is_visible()
        assert line.bounding_box()["y"] < page.locator("h1").first.bounding_box()["y"]
    context.close()


def test_a_language_is_chosen_kept_and_taken_back(browser: Any, public: str) -> None:
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{public}/areas?by=neighborhoods+by+year")
    page.locator("h1").first.wait_for()
    settled(page)
    links = page.locator(".st-key-sections a")

    def says(word: str) -> None:
        links.first.get_by_text(word, exact=True).wait_for()
        settled(page)

    says("Map")
    page.locator(".st-key-open_lang button").first.click()
    page.locator(".st-key-lang label", has_text="so").click()
    says("Khariidad")
    assert "lang=so" in page.url and "by=neighborhoods" in page.url
    assert page.evaluate("document.documentElement.lang") == "so"
    page.keyboard.press("Escape")
    links.nth(3).click()  # another page
    page.wait_for_url("**/methods*")
    says("Khariidad")
    page.goto(f"{public}/areas?by=neighborhoods+by+year")
    says("Map")
    page.locator(".st-key-open_lang button").first.click()
    page.locator(".st-key-lang label", has_text="es").click()
    says("Mapa")
    page.go_back()
    says("Map")
    assert "lang=" not in page.url and page.evaluate("document.documentElement.lang") == "en"
    context.close()
