"""Role x page, over real sign-in and sockets; and what a session reaches beside its pages."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from bench.client import Screen
from data.people.roster import ROLES
from data.tips.tip_state import Stage
from tests import oidc as signing
from tests.conftest import ROOT
from tests.desk.desks import Clock, incoming, make_desk, send
from tests.oidc import App, oidc
from ui.frame.menu import DESK, PAGES

__all__ = ["oidc"]
ROWS = [row for row in PAGES if row.section == DESK]
CANARY = "canary words that somebody wrote about the corner store"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roles")
    desk = make_desk(folder / "store", Clock())
    desk.store.ledger.begin()
    send(desk, incoming(1, text=CANARY), incoming(2))
    return folder


@pytest.fixture(scope="module")
def app(oidc: str, root: Path) -> Iterator[App]:
    text = (ROOT / "porchlight.toml").read_text()
    text = text.replace("[opens]", f"{signing.EVERY_ROLE}\n[opens]")
    (root / "app").mkdir()
    with signing.signed_in_app(root / "store", text, root / "app", oidc) as running:
        yield running


def screens(app: App, name: str, group: str, *paths: str) -> list[Screen]:
    """What somebody of a group sees on some pages, one after the other."""
    with httpx2.Client() as client:
        cookies = signing.sign_in(client, app.origin, name, groups=[group])

    async def seen() -> list[Screen]:
        async with signing.session(app.origin, cookies) as reader:
            return [await reader.ask("", path) for path in paths]

    return asyncio.run(seen())


@pytest.mark.parametrize("role", ROLES)
def test_role_by_page(app: App, role: str) -> None:
    paths = [row.path for row in ROWS]
    # what the reviewer is dealt here is still in these hands in the test after the next
    for row, screen in zip(ROWS, screens(app, f"first-{role}", f"{role}s", *paths)):
        said = "\n".join(screen.texts)
        if role in row.roles:
            assert screen.headings and "only." not in said, row.path
        else:
            assert said.endswith("only.") and not screen.headings and not screen.tables, row.path
            assert list(screen.buttons) == [], row.path
        assert CANARY not in said or row.path == "desk", row.path
        assert not screen.errors


def test_who_has_no_role_and_who_is_nobody_reach_nothing(app: App) -> None:
    with httpx2.Client() as client:
        for path in ("/desk", "/desk_approve", "/_stcore/health", "/media/x", "/static/map/map.js"):
            assert client.get(f"{app.origin}{path}").status_code in (401, 404), path
        signed = client.get(f"{app.origin}/_stcore/stream")
        assert signed.status_code in (401, 404)


def test_two_browsers_at_once_grade_one_tip_blind_and_a_role_taken_away_ends_at_once(
    app: App, root: Path
) -> None:
    names = ("first-reviewer", "second-reviewer")
    with httpx2.Client() as one, httpx2.Client() as two:
        cookies = [
            signing.sign_in(client, app.origin, name, groups=["reviewers"])
            for client, name in zip((one, two), names)
        ]

    async def both() -> list[list[Screen]]:
        async with (
            signing.session(app.origin, cookies[0]) as a,
            signing.session(app.origin, cookies[1]) as b,
        ):
            found = []
            for _ in range(2):
                seen = [await reader.ask("", "desk") for reader in (a, b)]
                found.append(seen)
                for reader, screen in zip((a, b), seen):
                    chosen = await reader.press(screen.buttons["Rejected"], "desk")
                    chosen = await reader.press(chosen.buttons["Not an incident"], "desk")
                    assert "Rejected." not in "\n".join(chosen.texts)  # nobody's grade is shown
                    await reader.press(chosen.buttons["Grade, next tip"], "desk")
            send(make_desk(root / "store", Clock()), incoming(3))
            await asyncio.sleep(0.2)  # another process added a tip
            waiting = [await reader.ask("", "desk") for reader in (a, b)]
            settings = app.settings.read_text()
            app.settings.write_text(settings.replace("group:reviewers", "group:nobody"))
            # a button of the screen before it: what it does asks for the role again
            for reader, screen in zip((a, b), waiting):
                pressed = await reader.press(screen.buttons["Give it back"], "desk")
                assert "not on the list" in "\n".join(pressed.texts)
            found.append([await reader.ask("", "desk") for reader in (a, b)])
            app.settings.write_text(settings)
            return found

    *_, gone = asyncio.run(both())
    assert all("not on the list" in "\n".join(screen.texts) for screen in gone)
    desk = make_desk(root / "store", Clock())
    tips = list(desk.state().tips.values())
    assert [tip.stage for tip in tips] == [Stage.CLOSED, Stage.CLOSED, Stage.WAITING]
    assert not [row for row in desk.history(tips[2].id) if row.verb == "returned"]
    for tip in tips[:2]:
        assert len(tip.graders) == 2
        # the ledger knows keyed pseudonyms only
        assert not any(name in str(desk.history(tip.id)) for name in (*names, "example.org"))
        dealt = [row for row in desk.history(tip.id) if row.verb == "dealt"]
        assert len(dealt) >= 2  # every read is an event
