"""From a click on a filter to changed pixels of the map in Chromium, against the plain one."""

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import asked, servers, start, stores
from bench.client import COUNTED
from data.settings import Problem

ROWS = 1_000_000
LIMIT = 1.0
DAYS = ("Fri", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu")  # chosen one after the other
BASES = ("", "hours=18-24")  # ours twice, the plain one once
PATIENCE = 60_000  # milliseconds
READS = 10
BODY = '[data-testid="stPopoverBody"]'
RESTS = "() => document.getAnimations().every(one => one.playState !== 'running')"
MAP = '[class*="st-key-map"] iframe'
SETTLED = """!document.querySelector('[data-testid=stStatusWidget]')
    && document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'running'"""
# ours says which picture it has drawn; the plain one puts a new document into its place,
# or paints other fills
WATCH = """([map, mark]) => {
    const root = () => document.querySelector(map)?.contentDocument?.documentElement;
    const fills = d => [...d.querySelectorAll('path.leaflet-interactive')]
        .map(path => path.getAttribute('fill')).join();
    const drawn = d => d && d.dataset.drawn !== 'failed' && fills(d)
        && (d.dataset.drawn ?? `${d.dataset.bench} ${fills(d)}`);
    const d = root();
    d.dataset.bench = mark;
    const old = drawn(d);
    let pressed = null;
    document.addEventListener('pointerdown', () => { pressed ??= performance.now(); }, true);
    window.benchChanged = new Promise(done => {
        const painted = () => requestAnimationFrame(() => setTimeout(
            () => done(performance.now() - pressed)));
        const look = () => {
            const now = drawn(root());
            if (pressed !== null && now && now !== old) painted();
            else requestAnimationFrame(look);
        };
        look();
    });
}"""


@dataclass(frozen=True)
class Click:
    """One choice: seconds to changed pixels, the headline's number, whether any changed."""

    seconds: float
    count: int | None
    changed: bool


def run(rows: int | None) -> list[dict[str, Any]]:
    """One dict: clicks on weekdays in both dashboards, in the same browser."""
    rows = rows or ROWS
    return figures(stores.kept(rows), rows, BASES)


def figures(
    root: Path, rows: int, bases: tuple[str, ...], days: tuple[str, ...] = DAYS
) -> list[dict[str, Any]]:
    """The figures on a store that `bench.made` has made; the plain one on the first base."""
    browser = next(filter(None, map(shutil.which, start.BROWSERS)), None)
    if browser is None or not importlib.util.find_spec("playwright"):
        raise Problem("Chromium or playwright is not installed: see make test.")
    from playwright.sync_api import Error, sync_playwright

    with servers.ours(root) as ours, servers.plain(root) as plain, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=start.CALM)
        try:
            pages = [_opened(chromium, server, bases[0]) for server in (ours, plain)]
            clicks = _clicks(pages[0], days)
            for base in bases[1:]:
                pages[0].goto(f"{ours.address}/?{base}", wait_until="commit")
                clicks += _clicks(pages[0], days)
            plains = _clicks(pages[1], days)
        except Error as error:
            raise Problem(f"Chromium: {str(error).splitlines()[0]}") from None
        finally:
            chromium.close()
        peaks = ours.peak_mb, plain.peak_mb
    seconds = [click.seconds for click in clicks]
    wrong = _different(clicks, plains)
    ours_s, peer_s = (median(c.seconds for c in x) for x in (clicks[: len(plains)], plains))
    p95 = asked.quantile(seconds, 0.95)
    return [
        {
            "name": "browser",
            "rows": rows,
            "ours_s": ours_s,
            "peer_s": peer_s,
            "ratio": peer_s / ours_s,
            "equal": not wrong,
            "peak_mb": peaks[0],
            "goal": f"p95_s under {LIMIT:g} s, the headline equal, the map's pixels changed",
            "ok": not wrong and p95 < LIMIT,
            "p95_s": p95,
            "middle_s": median(seconds),
            "clicks": len(clicks),
            "peer_p95_s": asked.quantile([click.seconds for click in plains], 0.95),
            "peer_clicks": len(plains),
            "peer_peak_mb": peaks[1],
            "different": wrong,
        }
    ]


def _different(ours: list[Click], plains: list[Click]) -> list[str]:
    """Sentences on the clicks that changed no pixel, and where the two headlines differ."""
    found = []
    for who, clicks in (("ours", ours), ("plain", plains)):
        still = [i for i, click in enumerate(clicks, 1) if not click.changed]
        found += [f"{who}: click {i} changed no pixel" for i in still]
    for i, (one, other) in enumerate(zip(ours, plains), 1):
        if one.count is None or one.count != other.count:
            found.append(f"click {i}: {one.count} and {other.count}")
    return found


def _opened(chromium: Any, server: servers.Server, base: str) -> Any:
    """A new visitor's page, which need not be loaded yet."""
    page = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.address}/?{base}", wait_until="commit")
    return page


def _clicks(page: Any, days: tuple[str, ...]) -> list[Click]:
    """The weekdays chosen one after the other."""
    paths = page.frame_locator(MAP).locator("path.leaflet-interactive")
    paths.first.wait_for(state="attached")
    page.wait_for_function(SETTLED)
    found, before, shown = [], _pixels(page), _count(page)
    for day in days:
        seconds = _click(page, day)
        # not timed: the headline may be a moment behind the map
        for _ in range(READS):
            after, count = _pixels(page), _count(page)
            if after != before and count != shown:
                break
        found.append(Click(seconds, count, after != before))
        before, shown = after, count
    return found


def _count(page: Any) -> int | None:
    """The headline's number, as it can be read."""
    told = COUNTED.search(page.locator('[data-testid="stMain"]').inner_text())
    return int(told[1].replace(",", "")) if told else None


def _click(page: Any, day: str) -> float:
    """Choose a weekday, as a reader does whose list is open already: seconds."""
    from playwright.sync_api import TimeoutError

    option = page.get_by_role("option", name=day)
    for _ in range(9):  # a list that a rerun has closed is opened again
        try:
            _unfold(page)
            field = page.locator(".st-key-weekday input")
            field.scroll_into_view_if_needed(timeout=4_000)
            page.wait_for_timeout(300)  # a list closes where what it hangs on still moves
            field.click(timeout=4_000)
            option.wait_for(timeout=4_000)
            page.evaluate(WATCH, [MAP, day])
            option.click(timeout=4_000)
            break
        except TimeoutError:
            page.keyboard.press("Escape")
    seconds: float = page.evaluate("window.benchChanged") / 1000
    if page.get_by_role("listbox").count():  # else it would close the pill as well
        page.keyboard.press("Escape")
    return seconds


def _unfold(page: Any) -> None:
    """Open the pill and the fold that the weekdays of ours are in; the plain ones are in sight."""
    if page.locator(".st-key-weekday:visible").count():
        return
    if not page.locator(BODY).count():
        page.locator(".st-key-open_when button").first.click(timeout=4_000)
    fold = page.locator(f"{BODY} details")
    if fold.get_attribute("open", timeout=4_000) is None:
        fold.locator("summary").click(timeout=4_000)
        page.wait_for_function(RESTS)  # while it unfolds a list would close again


def _pixels(page: Any) -> bytes:
    """The map as it stands on the screen."""
    page.wait_for_function(SETTLED)
    picture: bytes = page.locator(MAP).screenshot()
    return picture
