"""The first picture of the Map: it says what the page says, to whom the page would, and no more."""

import logging
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from data.settings import Problem
from data.site import Site
from data.views import links
from data.views.view import View
from tests.app.test_gate import OWN, PAGES, STRANGER
from tests.app.test_packed import copy
from tests.conftest import command
from tests.pages.test_pages import opened, said
from tests.tabs import PATIENCE
from ui.app import application, browser_caching, gate
from ui.app.packed_files import Pages
from ui.cached import views
from ui.frame import look
from ui.map_page import shell

__all__ = ["copy"]  # the fixture
PICTURE = 'id="porch-shell"'


@pytest.fixture
def client(screens: Path, copy: Path) -> Iterator[TestClient]:
    """A client of the pages on the sample."""
    with asking(copy, shell.page_shell) as one:
        yield one


def asking(copy: Path, first: Any, **more: Any) -> TestClient:
    pages = Pages(copy.parent, first, **{"patience": 60.0, **more})
    return TestClient(Starlette(routes=pages.routes(["/", "/areas"])))


def asked_for(**choices: Any) -> View:
    stamp = str(views.stamp())
    found = links.view(choices, views.meta(stamp), views.current_settings(), views.now())[0]
    return views.measured(found)


def default_picture(**changes: Any) -> str:
    """The picture of the default View, whose table has other columns."""
    view = asked_for()
    answer = views.answer(view)
    return shell.shell_html(view, replace(answer, table=answer.table.assign(**changes)))


def test_it_says_the_headline_the_number_and_the_ranks_of_the_page(client: TestClient) -> None:
    page, app = client.get("/").text, opened()
    assert f"<h1>{app.title[0].value}</h1>" in page.replace("&#x27;", "'")
    assert "51,920 police stops, Jan 1 to Dec 31, 2017" in page
    assert "51,920 police stops, Jan 1 to Dec 31, 2017" in said(app)
    listed = [html.value for html in app.get("html")] if app.get("html") else []
    rows = re.findall(r'data-area="(\d+)".*?class="name"[^>]*>([^<]+)<', page)
    assert len(rows) == 10 and rows[0][1] == "Mid City Industrial"
    assert not listed or any(rows[0][1] in text for text in listed)
    assert page.index(PICTURE) < page.index('id="root"')


def test_it_counts_as_the_bar_of_filters_does(client: TestClient) -> None:
    held = '<p class="porch-count"><b>51,920</b> of 51,920</p>'  # the store's other sources are not in it
    assert held in client.get("/").text
    assert held in [html.proto.body for html in opened().get("html")]


@pytest.mark.parametrize(("source", "noticed"), [("police stops", False), ("community made", True)])
def test_it_leaves_the_room_that_notices_take(screens: Path, source: str, noticed: bool) -> None:
    """Which is higher on a phone: the page's own styles say how high."""
    view = asked_for(source=[source])
    picture = shell.shell_html(view, views.answer(view))
    room = 'style="--porch-top:calc(var(--porch-bars) + var(--porch-notice-high))"'
    assert (room in picture) == noticed and "32px)" not in picture


def test_it_holds_every_area_once_and_is_small(client: TestClient) -> None:
    import brotli

    page = client.get("/").text
    picture = page[page.index(PICTURE) : page.index('id="root"')]
    svg = picture[picture.index("<svg") : picture.index("</svg>")]
    assert svg.count("M") >= 87 and svg.count('class="place"') == 1
    assert len(brotli.compress(picture.encode(), quality=9)) < 12_000


def test_a_link_and_another_page_get_none(client: TestClient) -> None:
    for path in ("/?year=2016", "/?", "/areas", "/areas?kind=report"):
        found = PICTURE in client.get(path).text
        assert found == (path == "/?"), path  # an empty query is none


def test_it_is_kept_by_the_reader_alone_and_asked_for_anew(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["cache-control"] == "private, no-cache"
    assert page.headers["content-encoding"] == "br"
    again = client.get("/", headers={"if-none-match": page.headers["etag"]})
    assert again.status_code == 304 and not again.content


def test_its_only_script_is_one_that_the_gate_knows(client: TestClient) -> None:
    page = client.get("/").text
    inline = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert look.EARLY_SCRIPT in inline
    known = gate.script_hashes(look.SCRIPT, look.EARLY_SCRIPT)
    for script in inline:
        assert gate.script_hashes(script).split()[-1] in known


def test_a_name_from_outside_is_text(screens: Path) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    picture = default_picture(area=hostile)
    assert "<img" not in picture and "&lt;img" in picture
    assert "<script" not in picture


def test_a_new_stamp_is_a_new_picture(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, store = tmp_path / "calls.csv", tmp_path / "store"
    monkeypatch.setenv("PORCHLIGHT_STORE", str(store))
    st.cache_data.clear()
    st.cache_resource.clear()

    def take_in(days: range) -> None:
        lines = [f"{n},2026-01-0{n} 10:00,44.9{n},-93.2{n},call_911\n" for n in days]
        file.write_text("id,time,lat,lon,kind\n" + "".join(lines))
        done = command("import", str(file), "--source", "calls", store=store)
        assert done.returncode == 0, done.stdout + done.stderr

    with asking(copy, shell.page_shell) as client:
        assert PICTURE not in client.get("/").text  # nothing is stored yet
        take_in(range(1, 4))
        assert "<b>3</b> of 3" in client.get("/").text
        take_in(range(4, 6))
        assert "<b>5</b> of 5" in client.get("/").text
    st.cache_data.clear()
    st.cache_resource.clear()


def test_whom_the_gate_refuses_sees_none_and_none_is_made(copy: Path) -> None:
    made: list[str] = []
    app = asking(copy, lambda: made.append("") or "<p>secret</p>").app
    usual = {"hosts": Site().hosts(8501), "pages": PAGES, "public": False}
    stranger = gate.Gate(app, **usual, person=lambda _: STRANGER)
    with TestClient(stranger, f"http://{OWN}") as client:
        answer = client.get("/", headers={"accept": "text/html"})
    assert answer.status_code == 401 and "secret" not in answer.text and not made


def test_the_public_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    class Watched(Pages):
        def __init__(self, **more: Any) -> None:
            given[audience] = more["first_picture"]
            super().__init__(**more)

        def pack_soon(self) -> None:
            """Nothing is made here."""

        prepare_soon = pack_soon

    monkeypatch.setattr(application.packed_files, "Pages", Watched)
    monkeypatch.setattr(application.st, "App", lambda *_, **more: more)
    for audience in ("team", "public"):
        application.make(audience, Site(), 8501, None)
    assert given == {"team": application.first_picture, "public": None}


@pytest.mark.parametrize("problem", [Problem("damaged"), RuntimeError("a fault")])
def test_where_it_cannot_be_made_the_page_comes_without_it(
    copy: Path, problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise problem

    with caplog.at_level(logging.WARNING), asking(copy, broken) as client:
        page = client.get("/")
    assert page.status_code == 200 and 'id="root"' in page.text and PICTURE not in page.text
    assert bool(caplog.records) == isinstance(problem, RuntimeError)


def test_nobody_waits_long_for_it(copy: Path) -> None:
    go = threading.Event()
    with asking(copy, lambda: (go.wait(60) and "<p>at last</p>") or "", patience=0.01) as client:
        start = time.perf_counter()
        assert "at last" not in client.get("/").text
        assert time.perf_counter() - start < 5
        go.set()
        for _ in range(100):
            if "at last" in client.get("/").text:
                return
            time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_page_that_is_not_packed_gets_none(tmp_path: Path) -> None:
    pages = Pages(tmp_path, lambda: "<p>picture</p>")
    with TestClient(Starlette(routes=pages.routes(["/"]))) as client:
        assert "picture" not in client.get("/").text


def test_what_its_address_names_is_kept_for_ever_and_nothing_else() -> None:
    def keeps(url: str) -> str:
        path, _, query = url.partition("?")
        return browser_caching.keeping({"path": path, "query_string": query.encode()})

    for url in (
        "/app/static/vendor/protomaps-leaflet.js?v=0123456789",
        "/component/streamlit_folium.st_folium/static/js/main.521860b0.js",
        "/_stcore/bidi-components/porchlight.find_867e84a7b7/find.js",
    ):
        assert keeps(url) == browser_caching.FOR_EVER, url
    assert keeps("/app/static/areas/29496e92766df77f.js").startswith("private")
    for url in (
        "/",
        "/?v=0123456789",
        "/app/static/lamp.svg",
        "/app/static/lamp.svg?v=1",
        "/component/streamlit_folium.st_folium/index.html",
        "/media/0123456789abcdef.js",
    ):
        assert keeps(url) == "", url


def test_an_answer_that_is_no_file_is_not_kept() -> None:
    app = Starlette(middleware=[Middleware(browser_caching.BrowserCaching)])
    with TestClient(app) as client:
        answer = client.get("/app/static/lost.js?v=0123456789")
    assert answer.status_code == 404 and "cache-control" not in answer.headers


SHIFTS = """(() => { window.shifted = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => {
        if (!one.hadRecentInput) window.shifted += one.value;
    })).observe({type: 'layout-shift', buffered: true}); })()"""
KEPT = """() => { const shell = document.getElementById('porch-shell');
    if (!shell?.querySelector('.strip')) return null;
    const at = q => { const r = shell.querySelector(q).getBoundingClientRect();
        return [r.x, r.y, r.right, r.bottom].map(Math.round); };
    return {h1: shell.querySelector('h1').textContent, title: at('h1'), number: at('.number'),
            place: at('path.place')}; }"""
PAGE = """() => { const map = document.querySelector('.st-key-map iframe');
    const from = map.getBoundingClientRect();
    const all = [...map.contentDocument.querySelectorAll('path.leaflet-interactive')]
        .map(one => one.getBoundingClientRect());
    const at = q => { const r = document.querySelector(q).getBoundingClientRect();
        return [r.x, r.y, r.right, r.bottom].map(Math.round); };
    const place = [Math.min(...all.map(r => r.left)) + from.x, Math.min(...all.map(r => r.top)) + from.y,
        Math.max(...all.map(r => r.right)) + from.x, Math.max(...all.map(r => r.bottom)) + from.y];
    return {h1: document.querySelector('h1').textContent, title: at('h1'),
            number: at('.st-key-number'), place: place.map(Math.round)}; }"""
DRAWN = """() => { const map = document.querySelector('.st-key-map iframe');
    return map?.contentDocument?.documentElement?.dataset?.drawn; }"""


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "phone"])
def test_the_page_takes_its_place_and_nothing_moves(
    browser: Any, app: str, copy: Path, size: tuple[int, int]
) -> None:
    for _ in range(200):  # a server that has only just begun has none yet
        if PICTURE in urllib.request.urlopen(app, timeout=60).read().decode():
            break
        time.sleep(0.3)
    context = browser.new_context(viewport=dict(zip(("width", "height"), size)), fresh=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(SHIFTS)
    page.goto(app, wait_until="commit")
    seen = page.wait_for_function(KEPT).json_value()
    page.evaluate("document.fonts.ready.then(() => 0)")
    seen = page.evaluate(KEPT) or seen
    page.wait_for_function(DRAWN)
    page.wait_for_function("() => !document.getElementById('porch-shell')")
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    whole = page.evaluate(PAGE)
    shifted = page.evaluate("window.shifted")
    page.close()
    assert whole["h1"] == seen["h1"]
    for part in ("title", "number"):
        assert max(abs(a - b) for a, b in zip(whole[part][:2], seen[part][:2])) <= 2, part
    assert max(abs(a - b) for a, b in zip(whole["place"], seen["place"])) <= 6
    assert shifted < 0.1
