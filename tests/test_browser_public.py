"""The public dashboard in a real browser: every byte that it receives is searched (attack A11)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pytest

from tests.conftest import dashboard
from tests.publics import published
from tests.test_browser import PHONE, WIDE, keep, settled
from ui.menu import PUBLIC_PAGES

__all__ = ["published"]  # the fixture
pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parent.parent / "static/vendor/axe/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATHS = [path for _, _, path, _ in PUBLIC_PAGES]


@pytest.fixture(scope="module")
def site(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a public dashboard that has neither store nor secret."""
    log = tmp_path_factory.mktemp("public-log") / "log"
    given = {
        "PORCHLIGHT_AUDIENCE": "public",
        "PORCHLIGHT_PUBLIC": str(published),
        "PORCHLIGHT_SECRET": "/nonexistent/secret",
    }
    with dashboard(Path("/nonexistent/store"), log, **given) as address:
        yield address
    assert "Traceback" not in log.read_text(), log.read_text()


def canaries(store: Path) -> set[str]:
    """What tells of one report: ids, senders, texts, moments and places of all of them."""
    found: set[str] = set()
    for file in (store / "batches").glob("*.parquet"):
        table = pq.read_table(file).to_pandas()
        own = table[table["source_kind"] == "community"]
        found |= set(own["incident_id"]) | set(own["origin"].dropna()) | set(own["text"].dropna())
        found |= set(own["occurred_at"].dt.strftime("%Y-%m-%dT%H:%M"))
        placed = own.dropna(subset=["lon"])
        found |= {f"{lat:.5f}" for lat in placed["lat"]}
        found |= {f"{lon:.5f},{lat:.5f}" for lon, lat in zip(placed["lon"], placed["lat"])}
        found |= {f"{lon:.5f}, {lat:.5f}" for lon, lat in zip(placed["lon"], placed["lat"])}
    return {c for c in found if len(c) > 7}


def test_no_byte_tells_of_a_report(
    browser: Any, site: str, sample_store: Path, published: Path
) -> None:
    held: list[bytes] = []
    hosts: set[str] = set()
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()

    def kept(response: Any) -> None:
        hosts.add(urlsplit(response.url).netloc)
        if "/static/" in response.url or response.request.resource_type == "document":
            held.append(response.body())

    def framed(payload: bytes | str) -> None:
        held.append(payload if isinstance(payload, bytes) else payload.encode())

    page.on("response", lambda r: kept(r) if r.ok else None)
    page.on("websocket", lambda socket: socket.on("framereceived", framed))
    for path in PATHS:
        for source in ("community reports", "official records"):
            page.goto(f"{site}/{path}?source={source.replace(' ', '+')}")
            page.locator("h3").first.wait_for()
            settled(page)
            page.wait_for_timeout(600)
    context.close()
    every = b"\n".join(held)
    assert len(every) > 100_000 and b"Marcy Holmes" in every  # what is released came through
    sought = canaries(sample_store)
    assert len(sought) > 5_000
    areas = (published / "current" / "areas.geojson").read_bytes()
    assert hosts == {urlsplit(site).netloc}
    assert [c for c in sought if c.encode() in every and c.encode() not in areas] == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_no_barrier(browser: Any, site: str, path: str, dark: bool) -> None:
    context = browser.new_context(viewport=WIDE, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(f"{site}/{path}")
    page.locator("h3").first.wait_for()
    settled(page)
    page.wait_for_timeout(800)
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    keep(page, f"public-{path or 'map'}-{'dark' if dark else 'light'}")
    context.close()
    assert found["passes"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"]] == []


@pytest.mark.parametrize("path", PATHS)
def test_every_public_page_fits_a_phone_and_a_frame(browser: Any, site: str, path: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site}/{path}?embed=true")
    page.locator("h3").first.wait_for()
    settled(page)
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) <= 1
    context.close()
