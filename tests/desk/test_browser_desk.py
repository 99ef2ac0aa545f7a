"""The desk in a real browser: by keys alone, on a phone, from a tip to a record in seconds."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.desk import demo
from data.settings import load_settings
from data.storage.store import Store
from tests.conftest import dashboard

PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def trial(
    sample_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Store]]:
    """A dashboard of its own, and the store of its trial."""
    log = tmp_path_factory.mktemp("log") / "log"
    with dashboard(sample_store, log) as address:
        own = demo.demo_settings(replace(load_settings(), store=sample_store))
        yield address, Store(own.store)
    assert "Traceback" not in log.read_text(), log.read_text()


def test_a_tip_is_graded_by_keys_alone(browser: Any, trial: tuple[str, Store]) -> None:
    page = browser.new_page(viewport=WIDE)
    page.goto(f"{trial[0]}/desk")
    page.get_by_role("button", name="Verified").wait_for(timeout=60_000)
    first = page.locator(".st-key-tip_text").inner_text()
    page.keyboard.press("5")
    page.get_by_role("button", name="Not an incident").wait_for()
    page.keyboard.press("Enter")  # nothing: no reason is chosen for anybody
    page.keyboard.press("a")
    page.locator(".st-key-why_a [data-testid=stBaseButton-primary]").wait_for()
    assert page.locator(".st-key-tip_text").inner_text() == first
    page.keyboard.press("Enter")
    page.wait_for_function(
        "before => document.querySelector('.st-key-tip_text')?.innerText !== before", arg=first
    )
    page.close()


def test_an_approved_tip_is_a_record_within_seconds(browser: Any, trial: tuple[str, Store]) -> None:
    address, store = trial
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/desk_approve")
    page.get_by_role("button", name="Approve").wait_for(timeout=60_000)
    before = store.stamp()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved").wait_for()
    begun = time.monotonic()
    while store.stamp() == before and time.monotonic() - begun < 20:
        time.sleep(0.1)
    assert store.stamp() != before
    print("seconds until the record stands", round(time.monotonic() - begun, 2))
    page.close()
