"""The strip of time, the search and the bottom sheet in a browser."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.pages.test_browser import PHONE, WIDE, Open, drawn, keep, opened, settled
from tests.pages.test_browser_look import FRAME

__all__ = ["opened"]  # the fixture
pytestmark = pytest.mark.browser


def period(page: Any) -> tuple[str, ...]:
    """From and To in the link."""
    words = parse_qs(urlsplit(page.url).query)
    return tuple(words.get(word, [""])[0] for word in ("from", "to"))


def drag(page: Any, first: float, last: float) -> None:
    """Drag over a part of the bars."""
    box = page.locator(".strip .chart").bounding_box()
    y = box["y"] + 20
    page.mouse.move(box["x"] + first * box["width"], y)
    page.mouse.down()
    for share in (0.5, 1):
        page.mouse.move(box["x"] + (first + share * (last - first)) * box["width"], y, steps=4)


def waited(page: Any, words: str) -> None:
    """Return when the link holds a text, and the page has followed it."""
    page.wait_for_function("words => location.search.includes(words)", arg=words)
    settled(page)


def test_a_drag_over_the_bars_is_the_period_of_the_page(opened: Open) -> None:
    page = opened("/")
    old = drawn(page)
    said = page.locator(".strip .said")
    assert said.inner_text() == "Jan 1 to Dec 31, 2017"
    assert "Police stops a week" in page.locator(".strip .head").inner_text()
    steps = page.evaluate("history.length")
    drag(page, 0.25, 0.5)
    chosen = said.inner_text()
    assert period(page) == ("", "") and chosen.endswith(", 2017")  # the page waits for its end
    page.mouse.up()
    waited(page, "to=")
    new = drawn(page, but=old)
    first, last = period(page)
    shown = page.locator("[data-testid=stMain]").inner_text()
    assert "51,920 of 60,237" not in shown and "of 60,237" in shown  # the page counts it
    assert "2017-03-20" <= first <= "2017-04-03" and "2017-06-25" <= last <= "2017-07-09"
    assert said.inner_text() == chosen
    assert page.evaluate("history.length") == steps + 1  # From and To are one step
    keep(page, "timeline")
    # the two ends go by keys; what is pressed quickly is one question
    end = page.get_by_role("slider", name="To", exact=True)
    end.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    drawn(page, but=new)
    settled(page)
    assert period(page)[0] == first and period(page)[1] > last
    assert page.evaluate("history.length") == steps + 2
    assert end.evaluate("e => e.getRootNode().activeElement === e")  # a rerun takes no focus
    assert end.get_attribute("aria-valuetext") in said.inner_text()
    page.go_back()
    waited(page, f"to={last}")
    page.go_back()
    page.wait_for_function("() => location.search === ''")
    settled(page)
    page.get_by_text("Jan 1 to Dec 31, 2017", exact=True).wait_for()
    drag(page, 0.6, 0.8)
    page.mouse.up()
    waited(page, "from=2017-08")
    page.locator(".strip").get_by_role("button", name="Whole period").click()
    page.wait_for_function("() => !location.search.includes('from')")
    settled(page)
    assert said.inner_text() == "Jan 1 to Dec 31, 2017"
    assert not page.locator(".strip").get_by_role("button", name="Whole period").is_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_strip_fits_a_phone(opened: Open, dark: bool) -> None:
    page = opened("/?from=2017-03-06&to=2017-06-04", PHONE, dark)
    drawn(page)
    strip = page.locator(".strip")
    assert not strip.is_visible()  # until it is asked for
    page.get_by_role("button", name="Over time").click()
    strip.wait_for()
    keep(page, f"timeline-phone-{'dark' if dark else 'light'}")
    box = strip.bounding_box()
    assert box["height"] == 84 and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    buttons = strip.get_by_role("button").all()
    assert len(buttons) == 2
    for one in [
        *buttons,
        page.locator(".st-key-play_options button"),
        *strip.get_by_role("slider").all(),
    ]:
        size = one.bounding_box()
        assert size["width"] >= 44 and size["height"] >= 44 - 2 * (one not in buttons), size
    assert page.locator(".st-key-play_options button").get_attribute("aria-label")
    assert strip.locator(".said").inner_text() == "Mar 6 to Jun 4, 2017"


# --- the search and the sheet, mounted by themselves on a page that is there

MOUNT = """async ([name, data]) => {
  const module = await import(`/app/static/components/${name}.js`);
  const home = document.createElement("div"), host = document.createElement("div");
  home.className = `mounted st-key-${name}`;
  home.append(host);
  host.attachShadow({mode: "open"}).append(document.createElement("div"));
  (document.querySelector(".st-key-panel.made") ?? document.body).prepend(home);
  module.default({parentElement: host.shadowRoot, data, setTriggerValue() {}});
}"""
NAMES = ["Near - North", "Whittier", "Northeast Park", "Nokomis \u00c9st", "St. Anthony West"]
STREETS = [{"name": "Nicollet Avenue", "bounds": [[44.9, -93.3], [45.0, -93.2]]}]


def test_a_place_is_found_without_the_server(opened: Open) -> None:
    page = opened("/")
    drawn(page)
    asked: list[str] = []
    page.route("**/streets.json", lambda route: route.fulfill(body=json.dumps(STREETS)))
    page.evaluate(
        f"() => {{ window.looked = []; {FRAME}.contentWindow.porch.look = w => looked.push(w); }}"
    )
    data = {"areas": [n.replace(" - ", " ") for n in NAMES], "names": NAMES, "looks": True}
    page.evaluate(MOUNT, ["find", {**data, "streets": "/app/static/streets.json"}])
    page.evaluate("""() => { document.querySelector('.mounted').style.cssText =
        'position:fixed;top:6px;right:20px;width:240px;z-index:9999999'; }""")
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: asked.append("sent")))
    field = page.get_by_role("combobox", name="Find a neighborhood or street")
    found = page.get_by_role("listbox").get_by_role("option")
    field.click()
    for typed, names in (
        ("nor", ["Northeast Park", "Near North"]),  # its start, then the start of a word
        ("EAST", ["Northeast Park"]),
        ("nokomis est", ["Nokomis \u00c9st"]),
        ("st anth", ["St. Anthony West"]),
        ("nicollet", ["Nicollet Avenue\nstreet"]),
        ("*", []),
    ):
        field.fill(typed)
        assert found.all_inner_texts() == names, typed
    field.fill("zzz")
    assert page.get_by_role("status").all_inner_texts() == [
        "No neighborhood or street of that name."
    ]
    field.fill("n")
    assert field.get_attribute("aria-expanded") == "true"
    assert field.get_attribute("aria-activedescendant") == "place0"
    page.keyboard.press("ArrowUp")  # round to the last
    assert found.last.get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    before = page.url
    for typed in ("nicollet", "near n"):
        field.fill(typed)
        page.keyboard.press("Enter")
    assert page.evaluate("looked") == [{"bounds": STREETS[0]["bounds"]}, {"area": 0}]
    assert page.url == before and [urlsplit(one).path for one in asked] == [
        "/app/static/streets.json"
    ]
    page.keyboard.press("Enter")  # the same again: its own page
    page.wait_for_function("() => location.pathname === '/area'")
    assert parse_qs(urlsplit(page.url).query)["name"] == ["Near - North"]
    page.locator("h1", has_text="Near North").wait_for()


def test_what_is_found_on_another_page_is_looked_at_on_the_map(opened: Open) -> None:
    page = opened("/methods", PHONE)
    page.evaluate(MOUNT, ["find", {"areas": NAMES, "names": NAMES, "looks": True, "streets": ""}])
    page.evaluate("""() => { document.querySelector('.mounted').style.cssText =
        'position:fixed;top:0;right:0;width:44px;z-index:9999999'; }""")
    mounted = page.locator(".mounted")
    opener = mounted.get_by_role("button", name="Find a neighborhood")
    assert opener.bounding_box()["width"] == opener.bounding_box()["height"] == 44
    opener.click()
    field = mounted.get_by_role("combobox", name="Find a neighborhood")
    assert field.bounding_box()["width"] > 350 and field.bounding_box()["height"] == 44
    field.fill("whi")
    # the map that comes is given its `look` as soon as it is there
    page.evaluate(f"""() => {{ window.looked = []; const wait = () => {{ const porch = {FRAME}?.contentWindow?.porch;
        if (porch) porch.look = w => looked.push(w); else setTimeout(wait, 20); }}; wait(); }}""")
    mounted.get_by_role("option", name="Whittier").click()
    page.wait_for_function("() => location.pathname === '/' && looked.length")
    assert page.evaluate("looked") == [{"area": 1}]
    assert page.evaluate("sessionStorage.length") == 0 and "Whittier" not in page.url


def test_the_sheet_has_three_stops(opened: Open) -> None:
    page = opened("/methods", PHONE)
    page.evaluate("""() => { const made = document.createElement("div"); made.className = "st-key-panel made";
        for (let i = 0; i < 60; i++) made.append(Object.assign(document.createElement("p"), {textContent: `Row ${i}`}));
        document.querySelector("[data-testid=stApp]").append(made);
        window.heard = []; addEventListener("porchsheet", e => heard.push(e.detail)); }""")
    page.evaluate(MOUNT, ["sheet", None])
    all_ = PHONE["height"]

    def stands(high: int) -> None:
        page.wait_for_function(
            """high => { const box = document.querySelector(".st-key-panel.made").getBoundingClientRect();
            return Math.abs(box.height - high) < 1 && Math.abs(box.bottom - innerHeight) < 1
              && heard.at(-1) === high; }""",
            arg=high,
        )

    handle = page.locator(".mounted button")
    stands(round(0.28 * all_))  # where it begins
    assert handle.bounding_box()["height"] == 44
    assert handle.get_attribute("aria-label") == "Show more"
    handle.click()
    stands(all_ - 96)
    assert handle.get_attribute("aria-label") == "Show less"
    half = round(0.45 * all_)
    for key, high in (("ArrowDown", half), ("ArrowDown", 96), ("ArrowDown", 96), ("Enter", half)):
        handle.press(key)
        stands(high)
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 200, steps=8)
    page.wait_for_timeout(120)  # no flick: it goes to the nearest
    page.mouse.up()
    stands(96)
    # a rerun mounts it anew: its stop stays, in the window
    page.evaluate("() => document.querySelector('.mounted').remove()")
    page.evaluate(MOUNT, ["sheet", None])
    stands(96)
    assert "sheet" not in page.url
    page.set_viewport_size(WIDE)
    page.wait_for_function("() => heard.at(-1) === 0")
    made = page.locator(".st-key-panel.made")
    assert made.evaluate("e => e.style.height") == ""
    assert not handle.is_visible()
