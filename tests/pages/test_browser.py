"""A reader's browser against a running dashboard: pixels, links, history, other hosts."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError

from data.storage.store import Store
from data.views import whole_records
from tests.conftest import SHOTS, command, dashboard
from tests.tabs import PATIENCE
from ui.filters.filter_bar import PILLS
from ui.frame.menu import PAGES

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
WHOLE_TABLE = """() => { const table = document.querySelector('[data-testid=stDataFrame] .dvn-scroller');
    return table && table.scrollWidth <= table.clientWidth; }"""  # no column is cut
Open = Callable[..., Any]


class Seen:
    """The errors of a page, and the hosts that it called."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.hosts: set[str] = set()

    def watch(self, page: Any) -> None:
        """Listen to everything that a page says and asks."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)

    def _said(self, message: Any) -> None:
        # a deep link makes Streamlit look for its server below the page first: two 404s
        where = message.location.get("url", "")
        if message.type == "error" and "/_stcore/" not in where:
            self.errors.append(f"{message.text} {where}")

    def _asked(self, request: Any) -> None:
        host = urlsplit(request.url).netloc
        if host and not request.url.startswith(("data:", "blob:")):
            self.hosts.add(host)


@pytest.fixture
def opened(browser: Any, app: str) -> Iterator[Open]:
    """Open a page of the dashboard; afterwards no error, no other host."""
    seen, contexts = Seen(), []

    def go(
        path: str = "/", size: dict[str, int] = WIDE, dark: bool = False, fingers: bool = False
    ) -> Any:
        context = browser.new_context(
            viewport=size,
            has_touch=fingers,
            is_mobile=fingers,
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        seen.watch(page)
        page.goto(app + path)
        page.locator("h1").first.wait_for()
        settled(page)
        return page

    yield go
    for context in contexts:
        context.close()
    assert not seen.errors
    assert seen.hosts == {urlsplit(app).netloc}


def settled(page: Any) -> None:
    """Return when the script has run and nothing is waiting any more."""
    page.wait_for_function(
        "!document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')"
        " && document.querySelector('[data-testid=stApp]')?.dataset.testScriptState"
        " === 'notRunning'"  # before it is there the first picture is
    )


def text(page: Any) -> str:
    """Everything readable on a page, once its script has run to the end."""
    settled(page)
    found: str = page.locator('[data-testid="stMain"]').inner_text()
    return found


def sentence(page: Any) -> str:
    """The View's sentence."""
    return next(line for line in text(page).splitlines() if "of 60,237 incidents" in line)


TAKEN = """([word, name]) => { const all = document.querySelector(`.st-key-${word}`);
if (!all) return new URLSearchParams(location.search).getAll(word).includes(name);
const values = [...all.querySelectorAll('input')].map((input) => input.value);
return [all.innerText, ...values].some((told) => told.includes(name)); }"""


RESTS = "() => document.getAnimations().every(one => one.playState !== 'running')"


def open_pill(page: Any, word: str) -> None:
    """Open the pill that a filter is in, and the fold within it."""
    if page.locator(f".st-key-{word}:visible").count():
        return
    pill = next(pill.key for pill in PILLS if word in pill.words)
    body = page.locator('[data-testid="stPopoverBody"]')
    if not body.count():
        page.locator(f".st-key-open_{pill} button").first.click()
    if word in ("hours", "weekday", "night"):
        fold = body.locator("details", has_text="Hours and weekdays")
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
            page.wait_for_function(RESTS)  # while it unfolds a list would close again
    page.locator(f".st-key-{word}").first.wait_for()


def close_pill(page: Any) -> None:
    """Close the pill that is open."""
    page.keyboard.press("Escape")
    page.locator('[data-testid="stPopoverBody"]').wait_for(state="hidden")


def copied_link(page: Any) -> str:
    """The link that Share offers."""
    page.locator(".st-key-share button").first.click()
    link: str = page.get_by_label("Link to this page").input_value()
    return link


def choose(page: Any, word: str, name: str) -> None:
    """Choose one option of a filter, as a reader does, who also looks whether it was taken; a
    list that a rerun has closed is opened again."""
    option = page.get_by_role("option", name=name)
    settled(page)
    open_pill(page, word)
    for _ in range(5):
        settled(page)
        page.locator(f".st-key-{word} input").click()
        try:
            option.click(timeout=4_000)
            page.wait_for_function(TAKEN, arg=[word, name], timeout=4_000)
            break
        except TimeoutError:
            page.keyboard.press("Escape")
            open_pill(page, word)
    else:
        raise AssertionError(f"{word}: {name} is not to be had")
    page.keyboard.press("Escape")  # while a list is open the rest is hidden from roles
    if page.locator('[data-testid="stPopoverBody"]').count():
        close_pill(page)


def drawn(page: Any, but: str = "") -> str:
    """The id of the picture on the map, once there is another one than `but`."""
    return str(
        page.wait_for_function(
            """but => { const f = document.querySelector('[class*="st-key-map"] iframe');
            const d = f?.contentDocument?.documentElement?.dataset?.drawn;
            return d && d !== 'failed' && d !== but && d; }""",
            arg=but,
        ).json_value()
    )


def map_pixels(page: Any) -> np.ndarray:
    """The map as it is on the screen."""
    png = page.locator('[class*="st-key-map"] iframe').screenshot()
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def share_of(pixels: np.ndarray, color: str, within: int = 12) -> float:
    """The share of a picture that has about this color."""
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
    return float((np.abs(pixels - rgb).max(axis=2) <= within).mean())


def keep(page: Any, name: str) -> None:
    """Keep a screenshot where one was asked for."""
    if SHOTS:
        Path(SHOTS).mkdir(exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_map_is_drawn(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    page.wait_for_timeout(400)
    pixels = map_pixels(page)
    # the darkest class is Downtown West and Whittier, the palest most of the south
    assert 0.002 < share_of(pixels, "#5c3d2a", 20) < 0.05
    assert share_of(pixels, "#fbefa8", 14) > 0.08
    assert share_of(pixels, "#fbf8f2", 3) > 0.2  # and around it is paper
    assert "51,920" in text(page)
    keep(page, "map")


def test_heat_is_drawn_and_sends_no_coordinate(opened: Open, app: str) -> None:
    page = opened("/?layer=heat")
    drawn(page)
    page.wait_for_timeout(400)
    assert share_of(map_pixels(page), "#e58851", 30) > 0.004
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    assert "Incidents per km² per week" in frame.locator(".porch-legend").inner_text()
    keep(page, "heat")


def test_dark_theme(opened: Open) -> None:
    page = opened("/?layer=heat", dark=True)
    drawn(page)
    page.wait_for_timeout(400)
    assert share_of(map_pixels(page), "#171310", 6) > 0.2


def test_legend_table_and_tip_say_the_same(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    legend = frame.locator(".porch-legend").inner_text()
    assert "Incidents per 1,000 residents" in legend and "180 to 400" in legend
    rows = page.locator(".porch-ranks [data-area]").all_inner_texts()
    assert len(rows) == 10 and "Jordan\n254" in rows
    tips = page.evaluate(
        """() => { const w = document.querySelector('[class*="st-key-map"] iframe').contentWindow;
        return w.porch.tips.map(t => t[0]); }"""
    )
    assert "4,409 incidents" in tips and len(tips) == 87
    box = frame.locator(".area-name", has_text="Folwell").first.bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 6)
    tip = frame.locator(".porch-tip").inner_text()
    assert "Folwell" in tip and "incidents" in tip and "245 per 1,000 residents" in tip
    page.get_by_role("radio", name="count", exact=True).click()  # the list and the map change both
    page.wait_for_url("**measure=count**")
    frame.locator(".porch-legend", has_text="1,500 to 3,000").wait_for()
    page.locator(".porch-ranks [data-area]", has_text="4,409").wait_for()


def test_click_opens_the_area_with_the_filters_kept_and_back(opened: Open) -> None:
    page = opened("/?from=2017-03-01&to=2017-05-31&weekday=Fri&weekday=Sat")
    drawn(page)
    before = sentence(page)
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    page.evaluate("window.same = 1")  # no page is loaded anew from here on
    on_map = frame.locator(".area-name", has_text="Whittier").first
    for way in ("map", "row"):
        if way == "map":
            box = on_map.bounding_box()
            page.mouse.click(box["x"] + 8, box["y"] + 6)
            name = "Whittier"
        else:
            row = page.locator(".porch-ranks a[data-area]").nth(4)
            name = row.locator(".name").inner_text()
            row.click()
        page.wait_for_url("**/area?**")
        page.locator("h1", has_text=name).wait_for()
        assert "Mar 1 to May 31, 2017" in sentence(page) and "Fri Sat" in sentence(page)
        query = parse_qs(urlsplit(page.url).query)
        assert query["name"] == [name] and query["weekday"] == ["Fri", "Sat"]
        assert query["from"] == ["2017-03-01"] and query["to"] == ["2017-05-31"]
        page.go_back()
        drawn(page)
        settled(page)
        assert sentence(page) == before
    assert page.evaluate("window.same") == 1


def test_back_takes_back_one_choice_after_the_other(opened: Open) -> None:
    page = opened("/records")
    said = [sentence(page)]
    for word, option in (("kind", "traffic stop"), ("weekday", "Fri")):
        choose(page, word, option)
        page.wait_for_url(f"**{word}=**")
        page.get_by_text(re.compile(f"of 60,237 incidents: .*{option}")).wait_for()
        said.append(sentence(page))
    assert len(set(said)) == 3
    page.go_back()
    page.get_by_text(said[1]).wait_for()
    assert "kind=traffic" in page.url and "weekday" not in page.url
    page.go_back()
    page.get_by_text(said[0]).wait_for()
    assert "kind" not in page.url
    page.go_forward()
    page.get_by_text(said[1]).wait_for()
    page.go_forward()
    page.get_by_text(said[2]).wait_for()


def test_back_comes_to_the_list_that_was_left(opened: Open) -> None:
    page = opened(
        "/areas?from=2017-09-01&to=2017-11-30&compare=own+period"
        "&versus_from=2017-03-01&versus_to=2017-05-31"
    )
    page.get_by_role("radio", name="fewer").click()
    page.wait_for_url("**list=fewer**")
    settled(page)
    page.get_by_role("link", name="Records", exact=True).click()
    page.wait_for_url("**/records?**")
    settled(page)
    assert "list=" not in page.url
    page.go_back()
    page.wait_for_url("**/areas?**")
    settled(page)
    assert "list=fewer" in page.url
    assert page.get_by_role("radio", name="fewer").get_attribute("aria-checked") == "true"


def test_filter_goes_to_the_link_and_back(opened: Open) -> None:
    page = opened("/")
    first = drawn(page)
    choose(page, "kind", "traffic stop")
    page.wait_for_url("**kind=traffic*stop*")
    drawn(page, but=first)
    settled(page)
    assert sentence(page).startswith("26,098 of 60,237")
    again = opened("/?" + urlsplit(page.url).query)
    assert sentence(again) == sentence(page)


def test_a_filter_does_not_remount_the_map(opened: Open) -> None:
    page = opened("/")
    first = drawn(page)
    mark = "document.querySelector('[class*=\"st-key-map\"] iframe').contentWindow.marked"
    page.evaluate(mark + " = 7")
    choose(page, "weekday", "Sun")
    second = drawn(page, but=first)
    page.get_by_role("radio", name="heat").click()
    drawn(page, but=second)
    assert page.evaluate(mark) == 7


def test_map_position_is_kept_in_the_link(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    frame = page.frame_locator('[class*="st-key-map"] iframe')
    frame.locator(".leaflet-control-zoom-in").click()
    page.wait_for_function("location.search.includes('at=')")
    at = parse_qs(urlsplit(page.url).query)["at"][0]
    assert len(at.split(",")[0].partition(".")[2]) <= 4
    again = opened("/?" + urlsplit(page.url).query)
    drawn(again)
    zoom = (
        "document.querySelector('[class*=\"st-key-map\"] iframe').contentWindow.porch.map.getZoom()"
    )
    assert again.evaluate(zoom) == pytest.approx(float(at.split(",")[2]))


def test_clear_clears(opened: Open) -> None:
    page = opened("/?kind=traffic+stop&weekday=Fri&hours=22-06&night=true&via=not+recorded")
    assert "traffic stop" in sentence(page)
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("!location.search.includes('kind')")
    settled(page)
    assert sentence(page).startswith("51,920 of 60,237 incidents: police stops, Jan 1")


def test_quick_range_counts_from_the_newest_record(opened: Open) -> None:
    page = opened("/")
    page.locator(".st-key-open_when button").first.click()
    page.get_by_role("button", name="Last 30 days: Dec 2").click()
    page.wait_for_url("**from=2017-12-02**")
    settled(page)
    assert "Dec 2 to Dec 31, 2017" in sentence(page)


def test_copied_link_holds_every_part_and_the_stamp(opened: Open) -> None:
    page = opened("/areas?weekday=Sat")
    page.wait_for_function(WHOLE_TABLE)
    link = copied_link(page)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == link
    query = parse_qs(urlsplit(link).query)
    assert urlsplit(link).path == "/areas"
    assert query["from"] == ["2017-01-01"] and query["to"] == ["2017-12-31"]
    assert query["weekday"] == ["Sat"] and query["source"] == ["police stops"]
    assert len(query["stamp"][0]) == 12
    again = opened("/areas?" + urlsplit(link).query)
    assert sentence(again) == sentence(page)
    assert "made with data" not in text(again)


@pytest.mark.parametrize("path", [path or "/" for _, _, path, *_ in PAGES])
def test_every_page_fits_the_screen(opened: Open, path: str) -> None:
    page = opened("/" + path.strip("/"), PHONE)
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        page.wait_for_timeout(300)
        assert page.evaluate(over) <= 1
        keep(page, f"{path.strip('/') or 'map'}-{size['width']}")


def test_on_a_phone_the_map_comes_before_the_list(opened: Open) -> None:
    page = opened("/", PHONE)
    drawn(page)
    page.wait_for_timeout(400)
    picture = page.locator('[class*="st-key-map"] iframe').bounding_box()
    sheet = page.locator(".st-key-panel").bounding_box()
    assert picture["width"] == 390 and sheet["y"] - picture["y"] > 0.55 * PHONE["height"]
    assert sheet["y"] + sheet["height"] == pytest.approx(PHONE["height"], abs=1)
    assert share_of(map_pixels(page), "#fbefa8", 14) > 0.1


def test_text_of_a_link_is_never_markup(opened: Open) -> None:
    hostile = "![x](http://evil.example/x.png)<img src=http://evil.example/y.png>{{7*191}}${7*191}"
    page = opened("/area?name=" + hostile + "&stamp=" + hostile + "&hours=" + hostile)
    page.wait_for_timeout(600)
    assert "1337" not in text(page)
    assert not page.locator("img[src*=evil]").count()


def test_other_addresses_of_this_machine_are_refused(app: str) -> None:
    import socket

    port = urlsplit(app).port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which address would be used
        own = probe.getsockname()[0]
    if own.startswith("127."):
        own = "127.0.0.2"
    with socket.socket() as caller:
        caller.settimeout(3)
        assert caller.connect_ex((own, port)) != 0
    with socket.socket() as caller:
        assert caller.connect_ex(("127.0.0.1", port)) == 0


def test_downloads_hold_what_they_say(opened: Open, tmp_path: Path) -> None:
    page = opened("/records?area=Whittier&from=2017-03-01&to=2017-03-31")
    rows = int(sentence(page).split(" of ")[0].replace(",", ""))
    taken = {}
    for label in whole_records.FORMATS:
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"{label}, {rows:,} rows", exact=True).click()
        file = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(file)
        taken[label] = file
    lines = taken["CSV"].read_text().splitlines()
    assert len(lines) - 1 == rows and lines[0].startswith('"incident_id"')
    assert taken["CSV for Excel"].read_bytes() == b"\xef\xbb\xbf" + taken["CSV"].read_bytes()
    with zipfile.ZipFile(taken["CSV with notes and dictionary"]) as packed:
        assert packed.read("records.csv") == taken["CSV"].read_bytes()
        notes = packed.read("records-notes.txt").decode()
        told = packed.read("records-columns.csv").decode()
    assert "Whittier" in notes and "\nData: " in notes and "WGS 84" in told
    body = json.loads(taken["GeoJSON"].read_text())
    assert len(body["features"]) == rows == int(body["porchlight"]["Rows"])
    import geopandas as gpd

    assert len(gpd.read_parquet(taken["GeoParquet"])) == rows


HOSTILE = "![x](http://evil.example/x.png)<img src=http://evil.example/y.png>{{ 7*191 }}${7*191}"


def test_outside_text_is_text_on_every_page(browser: Any, tmp_path: Path) -> None:
    """A file that tries everything: labels, texts and other columns; a hostile area name."""
    rows = ["id,time,lat,lon,neighborhood,kind,notes,text"]
    for i in range(40):
        label = f'"{HOSTILE} {i % 3}"'
        rows.append(
            f"={i},2024-03-{i % 28 + 1:02d} 10:00,{44.95 + i / 900},{-93.27 + i / 900},"
            f"{label},sighting,{label},{label}"
        )
    file = tmp_path / "hostile.csv"
    file.write_text("\n".join(rows))
    square = [[-93.4, 44.8], [-93.1, 44.8], [-93.1, 45.1], [-93.4, 45.1], [-93.4, 44.8]]
    feature = {
        "type": "Feature",
        "properties": {"n": HOSTILE},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    areas = tmp_path / "areas.geojson"
    areas.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    store = tmp_path / "store"
    for words in (
        ("import", str(file), "--source", "tips"),
        ("areas", str(areas), "--name-column", "n"),
    ):
        done = command(*words, store=store)
        assert done.returncode == 0, done.stdout + done.stderr
    with dashboard(store, tmp_path / "log") as address:
        seen = Seen()
        page = browser.new_page(viewport=WIDE)
        seen.watch(page)
        for _, _, path, *_ in PAGES:
            page.goto(f"{address}/{path}")
            page.locator("h1").first.wait_for()
            settled(page)
            if path == "records":
                cell = page.locator('[data-testid="stDataFrame"] canvas').first.bounding_box()
                page.mouse.click(cell["x"] + 16, cell["y"] + 50)
                page.locator(".st-key-record", has_text=HOSTILE).wait_for()
            page.wait_for_timeout(500)
            assert "1337" not in text(page) and not page.locator("img[src*=evil]").count()
        page.close()
        assert seen.hosts == {urlsplit(address).netloc} and not seen.errors


def test_a_dropped_file_is_tried_and_imported(
    browser: Any, sample_store: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(sample_store, store)
    file = tmp_path / "tips.csv"
    lines = [f"{i},0{i % 9 + 1}/0{i % 8 + 1}/2024 10:00,44.9{i},-93.27,sighting" for i in range(9)]
    file.write_text("id,time,lat,lon,kind\n" + "\n".join(lines) + "\n")
    before = Store(store).stamp()
    with dashboard(store, tmp_path / "log") as address:
        page = browser.new_page(viewport=WIDE)
        page.goto(f"{address}/methods")
        page.locator("h1").first.wait_for()
        settled(page)
        page.locator('input[type="file"]').set_input_files(str(file))
        page.get_by_label("Short name of the source").fill("tips")
        page.get_by_label("Short name of the source").press("Enter")
        page.get_by_text("Who stands behind the source tips?").wait_for()
        page.locator(".stRadio label", has_text="community").last.click()
        page.get_by_text("Which format is it?").wait_for()  # day and month could be swapped
        page.locator(".stRadio label", has_text="%d/%m/%Y").first.click()
        page.get_by_text("9 kept + 0 rejected = 9 rows").first.wait_for()
        assert Store(store).stamp() == before
        page.get_by_role("button", name="Import it").click()
        page.get_by_text("Brought in").wait_for()
        stamp = Store(store).stamp()
        page.get_by_text(f"60,246 incidents in the store · data {stamp}").wait_for()
        page.goto(f"{address}/?source=tips")
        page.get_by_text("9 of 60,246 incidents").wait_for()
        page.close()


def test_official_areas_replace_learned_ones_under_a_running_dashboard(
    browser: Any, sample_store: Path, tmp_path: Path, shared: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(sample_store, store)
    file = shared / "boundaries/minneapolis-neighborhoods-2022.geojson"
    with dashboard(store, tmp_path / "log") as address:
        page = browser.new_page(viewport=WIDE)
        legend = page.frame_locator('[class*="st-key-map"] iframe').locator(".porch-legend")
        page.goto(address)
        first = drawn(page)
        assert "approximate borders" in legend.inner_text()
        done = command("areas", str(file), "--name-column", "BDNAME", store=store)
        assert done.returncode == 0, done.stdout + done.stderr
        page.locator(".st-key-open_when button").first.click()
        page.get_by_role("button", name="Last 30 days").click()  # any rerun sees the new table
        drawn(page, but=first)
        settled(page)
        assert "approximate borders" not in legend.inner_text()
        page.goto(f"{address}/area?name=South+Uptown")
        page.locator("h1", has_text="South Uptown").wait_for()
        assert "The borders are official" in text(page)
        page.close()


def test_first_visitor_after_a_start_may_come_by_any_link(
    browser: Any, sample_store: Path, tmp_path: Path
) -> None:
    """Streamlit looks into pages/ before the frame was ever built."""
    with dashboard(sample_store, tmp_path / "log") as address:
        for _ in range(3):
            page = browser.new_page(viewport=WIDE)
            page.goto(f"{address}/areas?kind=traffic+stop&from=2017-03-01")
            page.get_by_text("police stops, Mar 1 to Dec 31, 2017, traffic stop").wait_for()
            page.get_by_role("link", name="Records").wait_for()
            assert not page.get_by_text("Page not found").count()
            page.close()
