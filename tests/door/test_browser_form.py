"""The form in a real browser: without scripts from the first page to the receipt; axe; phones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.reports.door_settings import load_door
from data.reports.spool import read_key, unsealed
from tests.door.doors import door_process
from tests.pages.test_browser import PHONE, WIDE, keep
from tests.pages.test_browser_axe import AXE, RULES
from ui.door.tokens import EARLY_SECONDS, hash_code

pytestmark = pytest.mark.browser
LANGUAGES = ("en", "es", "so", "hmn")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("form")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with door_process(folder) as (port, _):
        yield f"http://localhost:{port}"


def visit(browser: Any, size: dict[str, int], **options: Any) -> Any:
    return browser.new_context(viewport=size, fresh=True, **options).new_page()


def test_the_whole_way_without_scripts(browser: Any, address: str, folder: Path) -> None:
    page = visit(browser, PHONE, java_script_enabled=False, bypass_csp=False)
    said: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda line: said.append(line.text))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(f"{address}/report?lang=es")
    page.locator("#text").fill("dos camionetas, llame al 612-555-0123")
    page.get_by_role("button").click()  # with nothing chosen
    assert page.locator(".wrong").count() == 3
    assert page.locator("#text").input_value() == "dos camionetas, llame al 612-555-0123"
    page.locator("[name=kind][value=arrest_operation]").check()
    page.select_option("#area", "Near - North")
    assert not page.locator("#date").is_visible()
    page.select_option("#day", "longer")
    page.locator("#date").fill("2026-01-17")  # seen without any script
    page.locator("summary").nth(0).click()
    page.locator("[name=agencies][value=federal]").check()
    page.wait_for_timeout((EARLY_SECONDS + 1) * 1000)
    page.get_by_role("button").click()
    code = page.locator(".code").inner_text().replace(" ", "")
    assert page.url == f"{address}/report/sent?lang=es"  # the code is in no history
    keep(page, "form-sent")
    [own] = [
        one.incoming
        for one in unsealed(load_door(folder / "porchlight.toml").spool, read_key(folder / "store"))
    ]
    assert own and own.receipt == hash_code(code)
    assert (own.tip.kind, own.tip.area, own.tip.day) == (
        "arrest_operation",
        "Near - North",
        "2026-01-17",
    )
    assert own.tip.agencies == ("federal",) and own.tip.text.endswith("[phone number]")
    assert hosts == {address.partition("//")[2]} and page.context.cookies() == []
    assert not [line for line in said if "Content Security Policy" in line]
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_axe_finds_no_barrier(browser: Any, address: str, size: dict[str, int], theme: str) -> None:
    page = browser.new_page(viewport=size, color_scheme=theme)
    wrong = []
    for state in ("form", "open", "wrong", "withdraw"):
        page.goto(f"{address}/report{'/withdraw' if state == 'withdraw' else ''}?lang=es")
        if state in ("open", "wrong"):
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        if state == "wrong":
            page.locator("#officers").fill("x")
            page.get_by_role("button").click()
        page.add_script_tag(path=str(AXE))
        keep(page, f"form-{state}-{size['width']}-{theme}")
        answer = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert answer["passes"]
        wrong += [(state, v["id"], v["nodes"][0]["html"][:160]) for v in answer["violations"]]
    page.close()
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_shows_it_whole_and_fingers_hit_it(
    browser: Any, address: str, language: str
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(f"{address}/report?lang={language}")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    low = page.evaluate(
        """() => [...document.querySelectorAll(
             "select, textarea, button, summary, nav a, .pick label, input[id]:not([type=radio], [type=checkbox])")]
           .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)
           .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert low == []
    page.close()


def test_keys_alone_lead_through_it(browser: Any, address: str) -> None:
    page = browser.new_page(viewport=WIDE)
    page.goto(f"{address}/report?lang=en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
    assert {"kind", "area", "cross_streets", "day", "hour", "text", "SUMMARY"} <= reached
    page.close()
