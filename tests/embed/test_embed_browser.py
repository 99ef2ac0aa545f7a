"""The embed in a real browser: from disk, from a server, in a frame, without scripts."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.embed import embed_files
from data.embed.language import load_texts
from data.languages import languages, page_name, read_rule
from tests.conftest import ROOT
from tests.made_release import make_release
from tests.tabs import PARKED

pytestmark = pytest.mark.browser
AXE = Path(__file__).resolve().parents[2] / "static/vendor/axe/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = [page_name(code) for code in languages()]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four embeds: of all sources, official alone, community alone, and of a place
    that is too small for a map."""
    root = tmp_path_factory.mktemp("site")
    whole = make_release("medium")
    official = {p: t for p, t in whole.tables.items() if p.startswith("official/")}
    made = {
        "both": whole,
        "official": whole._replace(tables=official),
        "community": make_release("medium", official=False),
        "series": make_release("tiny", official=False),
    }
    for name, one in made.items():
        embed_files.write_embed(root / name / "embed", *one)
    return root


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that writes no lines."""

    def log_message(self, *words: object) -> None:
        """Write no line."""


@pytest.fixture(scope="module")
def site(root: Path) -> Iterator[str]:
    """The address of a plain server of files."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(root))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Seen:
    """A page with what went wrong on it and what it asked for."""

    def __init__(self, browser: Any, **more: Any) -> None:
        self.context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | more))
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda e: self.wrong.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))

    def _hear(self, message: Any) -> None:
        """Note what went wrong; a browser asks for an icon by itself, also after a visit."""
        own = message.location.get("url", "").endswith(("/favicon.ico", PARKED))
        if message.type in ("error", "warning") and not own:
            self.wrong.append(message.text)

    def open(self, url: str) -> Any:
        self.page.goto(url)
        if self.page.evaluate("typeof 1") and "drawn" not in url:
            self.page.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
        return self.page


@pytest.fixture
def seen(browser: Any) -> Iterator[Seen]:
    """A desktop page; nothing may go wrong on it."""
    one = Seen(browser)
    yield one
    one.context.close()
    assert not one.wrong


def said(page: Any) -> str:
    return str(page.locator("h1").inner_text())


@pytest.mark.parametrize("kind", ["both", "official", "series"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_say_what_stands_in_the_page(
    browser: Any, root: Path, kind: str, language: str
) -> None:
    """Python wrote the page, the script draws it again: every word and color the same."""
    url = (root / kind / "embed" / language).as_uri()
    texts = (
        *("h1", "#sub", "#sort", "#legend p", "#legend li", "#caption", "#heads", "#rows tr"),
        *("#series", "#notes", "#source", "#how"),
    )
    found = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(url)
        clean = [
            [" ".join(t.split()) for t in page.locator(css).all_inner_texts()] for css in texts
        ]
        drawn = [
            page.locator(css).evaluate_all(f"es => es.map(e => e.getAttribute('{name}'))")
            for css, name in (
                ("#areas path", "class"),
                ("#areas path", "fill"),
                ("#areas path", "d"),
                ("#rows rect", "x"),
                ("#rows rect", "width"),
                (".bars rect", "class"),
                (".bars path", "d"),
                (".names.wide tspan", "y"),
            )
        ]
        found.append((clean, drawn))
        assert page.locator("#choose").is_visible() == scripts
        context.close()
    assert found[0] == found[1]
    areas = {"both": 11, "official": 74, "series": 0}[kind]
    assert len(found[0][1][0]) == areas and len(found[0][0][7]) == (areas + 1 if areas else 7)


NOTHING = "The link asks for something that this release does not show"


@pytest.mark.parametrize(
    ("kind", "search", "told"),
    [
        ("both", "", ""),
        ("both", "?source=official&kind=traffic_stop&period=2025-06&area=1", ""),
        ("both", "?map=group-quarter&period=2024-Q1&area=Alder%20Hill", ""),
        (
            "community",
            "?source=official",
            "This release shows no number of: Official records. What "
            "follows is other data: Community reports.",
        ),
        ("both", "?source=x", NOTHING),
        ("both", "?map=group-week", NOTHING),
        ("both", "?period=1999-01", NOTHING),
        ("both", "?kind=%3Cscript%3E", NOTHING),
        ("both", "?area=Nowhere", NOTHING),
        ("both", "?perod=2025-06", NOTHING),
        ("both", "?kind=traffic_stop&utm_source=x&fbclid=y", ""),
    ],
)
def test_what_a_link_asks_for_in_vain_is_said(
    seen: Seen, root: Path, kind: str, search: str, told: str
) -> None:
    page = seen.open((root / kind / "embed/index.html").as_uri() + search)
    note = page.locator("#vain")
    assert note.is_visible() == bool(told) and note.inner_text().startswith(told)
    if told:
        page.locator("#before").click()
        assert not note.is_visible()


def test_made_data_is_told_above_everything(browser: Any, root: Path) -> None:
    found = set()
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        for kind in ("official", "community"):
            page.goto((root / kind / "embed/index.html").as_uri())
            note = page.locator("#notreal")
            found.add((kind, note.is_visible()))
            assert "none of these reports is real" in str(note.text_content())
        context.close()
    # official records, which are real, and made community reports
    assert found == {("official", False), ("community", True)}


def test_it_opens_from_disk_and_from_a_server(seen: Seen, root: Path, site: str) -> None:
    page = seen.open((root / "official/embed/index.html").as_uri())
    assert said(page).startswith("In September 2025, ")
    page = seen.open(f"{site}/official/embed/index.html")
    assert said(page).startswith("In September 2025, ")
    own = ((root / "official/embed").as_uri(), f"{site}/official/embed/", "data:")
    assert all(url.startswith(own) for url in seen.asked)


def test_a_link_selects_and_what_it_does_not_know_is_passed_over(seen: Seen, root: Path) -> None:
    base = (root / "both/embed/index.html").as_uri()
    page = seen.open(f"{base}?source=official&kind=traffic_stop&period=2024-Q2")
    assert said(page).startswith("From April to June 2024, ") and "traffic stops" in said(page)
    page = seen.open(f"{base}?area=alder%20hill")  # a neighborhood: on the map that has it
    assert "Alder Hill" in said(page) and page.locator("#areas path").count() == 74
    assert page.locator("#rows tr.on").inner_text().startswith("Alder Hill")
    page = seen.open(f"{base}?kind=sighting")  # a kind: by year, as it is released
    assert said(page).startswith("In 2024, about ") and "sightings" in said(page)
    page = seen.open(f"{base}?area=%3Cimg%20src%3Dx%3E&kind=zebra&period=2031-01&source=no&x=zebra")
    assert said(page).startswith("From July to September 2025, about ")
    assert "zebra" not in page.content().lower() and "<img" not in page.content()
    page = seen.open(f"{base}?source=official&map=group-year")
    assert "Official records" in page.locator("#sort").inner_text()
    assert said(page).startswith("In 2024, ")


def test_every_map_that_can_be_chosen_has_a_number_everywhere(seen: Seen, root: Path) -> None:
    page = seen.open((root / "both/embed/index.html").as_uri())
    seen_maps = 0
    for sort in ("community", "official"):
        page.locator("select[name=sort]").select_option(sort)
        for name in _values(page, "map"):
            page.locator("select[name=map]").select_option(name)
            for kind in _values(page, "kind") or ["all"]:
                if page.locator("select[name=kind]").is_visible():
                    page.locator("select[name=kind]").select_option(kind)
                many = 74 if name.startswith("group") else 11
                rows = page.locator("#rows tr").all_inner_texts()
                assert len(rows) == many + 1, (name, kind)
                told = "" if sort == "official" else r"[\d,]+ to [\d,]+|at most [\d,]+"
                assert all(re.search(rf"\t({told or '[0-9,]+'})$", row) for row in rows), rows
                looks = page.locator("#areas path").evaluate_all(
                    "es => es.map(e => getComputedStyle(e).fill)"
                )
                assert len(looks) == many and "none" not in looks
                assert all(look.startswith(("rgb(", 'url("#s')) for look in looks)
                seen_maps += 1
    assert seen_maps >= 10


def _values(page: Any, name: str) -> list[str]:
    options = page.locator(f"select[name={name}] option")
    return list(options.evaluate_all("os => os.map(o => o.value)"))


def test_what_a_finger_or_pointer_is_told(seen: Seen, root: Path) -> None:
    page = seen.open((root / "both/embed/index.html").as_uri())
    page.locator("#areas path").first.hover()
    tip = page.locator("#tip").inner_text()
    name = page.locator("#areas path").first.get_attribute("aria-label")
    assert re.search(r"about \d+, likely \d+ to \d+|few or none, at most \d+", tip)
    assert tip.split("\n")[0] == name.split(":")[0] and name.split(": ")[1] in tip
    page.locator("#areas path").first.click()
    assert page.locator("#rows tr.on").count() == 1
    assert (
        page.locator("#series h2")
        .inner_text()
        .startswith(f"Incidents of all kinds in {tip.splitlines()[0]}, each quarter")
    )
    page.locator(".bars rect").first.click()
    assert said(page).startswith("From January to March 2024, ")


def test_more_than_a_year_before_is_said_where_it_holds(seen: Seen, root: Path) -> None:
    """The script says of an area what the reader of the release found; here it is told so."""
    page = seen.open((root / "both/embed/index.html").as_uri() + "?area=1")
    before = said(page)
    page.evaluate(
        "window.PORCHLIGHT.sorts.community.maps['district-quarter'].all.more[6] = new Set()"
    )
    page.locator("#before").click()
    page.locator("#next").click()
    assert said(page) == before.removesuffix(": more than a year before")
    page.evaluate(
        "window.PORCHLIGHT.sorts.community.maps['district-quarter'].all.more[6] = "
        "new Set([...Array(11).keys()])"
    )
    page.locator("#before").click()
    page.locator("#next").click()
    assert said(page).endswith(": more than a year before")
    assert page.locator("#a1").get_attribute("aria-label").endswith(", more than a year before")


def test_by_keyboard_alone(seen: Seen, root: Path) -> None:
    page = seen.open((root / "both/embed/index.html").as_uri() + "?source=official")
    where = "() => { const e = document.activeElement; return e.id || e.name || e.closest('tr')?.dataset.a || e.textContent; }"
    stops = []
    for _ in range(16):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(where))
    wanted = ["sort", "map", "kind", "area"]
    assert [s for s in stops if s in wanted] == wanted
    assert sum(s[0] == "a" and s[1:].isdigit() for s in stops) == 1, stops  # one stop for all areas
    assert "slider" in stops
    page.locator("#areas [tabindex='0']").focus()
    first = page.evaluate(where)
    page.keyboard.press("ArrowDown")
    second = page.evaluate(where)
    assert second != first and page.locator("#tip").is_visible()
    assert page.locator("#focused").get_attribute("d")
    page.keyboard.press("Enter")
    name = page.locator(f"#{second}").get_attribute("aria-label").split(":")[0]
    assert (
        name in said(page) and page.locator(f"#{second}").get_attribute("aria-selected") == "true"
    )
    page.wait_for_function("t => document.getElementById('live').textContent === t", arg=said(page))
    page.locator("#rows button[tabindex='0']").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('tr').className") == "on"
    before = said(page)
    page.locator("#slider").focus()
    page.keyboard.press("ArrowLeft")
    assert said(page) != before and "August 2025" in said(page)
    assert page.locator("#slider").get_attribute("aria-valuetext") == "August 2025"


def test_the_table_is_in_the_order_of_names(seen: Seen, root: Path) -> None:
    page = seen.open((root / "both/embed/index.html").as_uri() + "?map=group-quarter")
    names = page.locator("#rows th").all_inner_texts()
    assert names == [*sorted(names[:-1], key=str.lower), "No area known"]
    assert page.locator(".rank thead button").count() == 0  # and in no other


@pytest.mark.parametrize("way", ["script", "frame"])
def test_in_a_frame_it_says_its_height(seen: Seen, root: Path, site: str, way: str) -> None:
    lines = (Path(__file__).resolve().parents[2] / "data/embed.md").read_text()
    address = "https://example.org/current/embed/"
    blocks = [b.split("```")[0] for b in lines.split("```html\n")[1:]]
    pasted = (
        blocks[0].replace("async", 'async data-kind="traffic_stop" data-period="2025-06"')
        if way == "script"
        else blocks[1] + blocks[2]
    )
    (root / f"{way}.html").write_text(
        f"<!doctype html><meta charset=utf-8><title>x</title><link rel=icon href=data:,><h1>An article</h1><div style='width:420px'>{pasted.replace(address, '/both/embed/')}</div>"
    )
    seen.page.goto(f"{site}/{way}.html")
    seen.page.wait_for_function(
        "() => { const f = document.querySelector('iframe'); return f && f.offsetHeight > 1000; }"
    )
    frame = seen.page.frames[1]
    assert frame.locator("h1").inner_text().startswith("In June 2025, ")
    high = frame.evaluate("document.documentElement.scrollHeight")
    assert abs(seen.page.evaluate("document.querySelector('iframe').offsetHeight") - high) <= 2
    frame.locator("summary").last.click()
    seen.page.wait_for_function("h => document.querySelector('iframe').offsetHeight > h", arg=high)


@pytest.mark.parametrize("width", [320, 390, 640, 1280, 1920])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wider_than_the_screen(
    browser: Any, root: Path, width: int, language: str
) -> None:
    one = Seen(browser, viewport={"width": width, "height": 800})
    page = one.open((root / "community/embed" / language).as_uri() + "?map=group-quarter&area=10")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, summary, input')].filter(e => e.offsetHeight && e.offsetHeight < 24).length"
    )
    assert not small and not one.wrong
    one.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", ["both", "series"])
def test_axe_finds_nothing(browser: Any, site: str, dark: bool, kind: str) -> None:
    one = Seen(browser, color_scheme="dark" if dark else "light", bypass_csp=True)
    for language in LANGUAGES:
        page = one.open(f"{site}/{kind}/embed/{language}?area=10")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert found["passes"]
        told = [
            (v["id"], v["help"], [n["html"][:120] for n in v["nodes"]][:3])
            for v in found["violations"]
        ]
        assert not told, told
    one.context.close()


def test_the_current_picture_as_a_file(seen: Seen, root: Path, tmp_path: Path) -> None:
    page = seen.open(
        (root / "both/embed/index.html").as_uri()
        + "?source=official&kind=traffic_stop&map=group-year&period=2024"
    )
    page.locator("summary").last.click()
    with page.expect_download() as svg:
        page.get_by_role("button", name="Picture as SVG").click()
    text = Path(svg.value.path()).read_text()
    assert said(page)[:30] in text
    assert (
        "Release of" in text
        and "December 20, 2025" in text
        and "http" not in text.replace("http://www.w3.org/2000/svg", "")
    )
    with page.expect_download() as png:
        page.get_by_role("button", name="Picture as PNG").click()
    from PIL import Image

    with Image.open(png.value.path()) as image:
        assert image.width == 2000 and len(image.convert("RGB").getcolors(1 << 24)) > 20
    assert svg.value.suggested_filename == "porchlight-official-group-year-traffic_stop-2024.svg"


# each text of ours in its place: what is cut off, and what reaches over the edge of the screen
CUT = """() => {
  const wrong = [], pen = document.createElement("canvas").getContext("2d");
  for (const select of document.querySelectorAll("select")) {
    const style = getComputedStyle(select), arrow = 22;
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
    for (const option of select.options) {
      const ours = select.name !== "area" || option.value === "0";  // other names are the place's
      if (select.offsetWidth && ours && pen.measureText(option.text).width > room) wrong.push(option.text);
    }
  }
  for (const e of document.querySelectorAll("button, summary, label, legend, h1, h2, h3, p, li, th, td, a, output, caption, dt, dd")) {
    const box = e.getBoundingClientRect(), own = e.closest(".skip, .unseen, .wide");
    if (!box.width || own) continue;
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth) wrong.push(e.textContent);
    if (box.left < -1 || box.right > innerWidth + 1) wrong.push(e.textContent);
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page");
  return wrong.map(text => text.slice(0, 80));
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_its_place_on_a_phone(browser: Any, root: Path, language: str) -> None:
    one = Seen(browser, viewport={"width": 390, "height": 844})
    page = one.open((root / "both/embed" / language).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.evaluate("document.fonts.ready")
    assert not page.evaluate(CUT)

    def values(name: str) -> list[str]:
        options = page.locator(f"select[name={name}] option")
        return list(options.evaluate_all("os => os.map(o => o.value)"))

    seen = 0
    for sort in values("sort"):
        page.locator("select[name=sort]").select_option(sort)
        for name in values("map"):
            page.locator("select[name=map]").select_option(name)
            for kind in values("kind")[:4]:
                if page.locator("select[name=kind]").is_visible():
                    page.locator("select[name=kind]").select_option(kind)
                assert not page.evaluate(CUT), (sort, name, kind)
                seen += 1
        page.locator("select[name=area]").select_option(index=1)
        assert not page.evaluate(CUT), (sort, "an area")
        page.locator("select[name=area]").select_option("0")
    assert seen >= 6 and not one.wrong
    one.context.close()


RULES_OF_PLURALS = [
    "nplurals=2; plural=(n != 1);",
    "nplurals=1; plural=0;",
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
]


def test_the_script_counts_and_names_months_as_python_does(browser: Any, root: Path) -> None:
    page = browser.new_page()
    parts = ROOT / "static/embed/words.js"
    numbers = [0, 1, 2, 5, 11, 21, 101, 111, 121, 199, 200, 201, 1001, 1021]
    for code in languages():
        speak = load_texts(code)
        page.goto("about:blank")
        page.add_script_tag(content="window.PORCHLIGHT = {};")
        page.add_script_tag(path=str(root / f"both/embed/{code}.js"))
        page.add_script_tag(path=str(parts))
        for key in ("count.traffic_stop", "count.all"):
            found = page.evaluate("([k, ns]) => ns.map(n => counted(k, n, {k: n}))", [key, numbers])
            assert found == [speak.counted(key, n, k=str(n)) for n in numbers]
        months = page.evaluate("[...Array(12).keys()].map(i => month(i + 1))")
        assert months == [speak.month(n) for n in range(1, 13)]
        periods = ["2025-W23", "2025-06", "2025-Q2", "2025"]
        for way in ("period", "in"):
            found = page.evaluate("([ps, w]) => ps.map(p => period(p, w))", [periods, way])
            assert found == [speak.period(p, way) for p in periods]
    for text in RULES_OF_PLURALS:
        rule = read_rule(text)
        forms = [str(form) for form in range(rule.forms)]
        page.evaluate(
            "([t, f]) => { plurals[''] = t; texts['count.other'] = f; }", [rule.table(), forms]
        )
        found = page.evaluate("ns => ns.map(n => counted('count.other', n, {}))", numbers)
        assert found == [str(rule.form_of(n)) for n in numbers]
    page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_draft_says_so_before_anything_else(browser: Any, root: Path, scripts: bool) -> None:
    context = browser.new_context(
        java_script_enabled=scripts, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    for code in languages():
        page.goto((root / "both/embed" / page_name(code)).as_uri())
        line = page.locator("#unread")
        assert line.count() == (code != "en")
        if code != "en":
            assert line.is_visible() and load_texts(code)("unread") in line.inner_text()
            assert line.bounding_box()["y"] < page.locator("h1").bounding_box()["y"]
    context.close()
