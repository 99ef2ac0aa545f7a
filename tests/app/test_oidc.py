"""Members who sign in over real HTTP: groups become roles, and a page runs as that person."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest

from tests.conftest import ROOT, command
from tests.oidc import EVERY_ROLE, App, oidc, session, sign_in, signed_in_app
from tests.tabs import Browser

__all__ = ["oidc"]
CLAIMS = [
    ({"groups": ["viewers"]}, 200),
    ({"groups": ["others", "stewards"]}, 200),
    ({"groups": ["others"]}, 403),
    ({"groups": []}, 403),
    ({"groups": ["viewers"], "email_verified": False}, 403),
]


@pytest.fixture(scope="module")
def app(oidc: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A dashboard on a store of three records."""
    folder = tmp_path_factory.mktemp("signed")
    rows = (f"{n},2026-01-0{n} 10:00,44.9{n},-93.2{n},call_911\n" for n in (1, 2, 3))
    (folder / "calls.csv").write_text("id,time,lat,lon,kind\n" + "".join(rows))
    store = folder / "store"
    done = command("import", str(folder / "calls.csv"), "--source", "calls", store=store)
    assert done.returncode == 0, done.stderr
    config = (ROOT / "porchlight.toml").read_text() + EVERY_ROLE
    (folder / "app").mkdir()
    with signed_in_app(store, config, folder / "app", oidc) as one:
        yield one
    assert "Traceback" not in one.log.read_text(), one.log.read_text()


@pytest.mark.parametrize(("claims", "status"), CLAIMS, ids=str)
def test_groups_of_the_provider_decide(app: App, claims: dict[str, object], status: int) -> None:
    with httpx2.Client() as client:
        cookies = sign_in(client, app.origin, "ann", **claims)  # type: ignore[arg-type]
        assert client.get(f"{app.origin}/records").status_code == status
    with httpx2.Client(cookies=cookies) as another:
        assert another.get(f"{app.origin}/records").status_code == status
    assert httpx2.get(f"{app.origin}/records").status_code == 401


def test_a_page_runs_as_each_of_two_members_at_once(app: App) -> None:
    async def account(groups: list[str]) -> list[str]:
        with httpx2.Client() as client:
            cookies = sign_in(client, app.origin, groups[0], groups=groups)
        async with session(app.origin, cookies) as reader:
            return (await reader.ask("", "records")).texts

    async def both() -> list[list[str]]:
        return await asyncio.gather(account(["viewers"]), account(["reviewers", "stewards"]))

    for texts, roles in zip(asyncio.run(both()), ("viewer", "reviewer, steward"), strict=True):
        assert any(f"({roles})" in text for text in texts), texts


def test_a_socket_without_cookies_does_not_open(app: App) -> None:
    async def opened() -> None:
        async with session(app.origin, {}):
            pass

    with pytest.raises(Exception, match="401"):
        asyncio.run(opened())


@pytest.mark.browser
def test_a_browser_is_signed_in_as_a_member(app: App, browser: Browser) -> None:
    tab = browser.new_context(fresh=True)
    sign_in(tab.context, app.origin, "eve", groups=["editors"], email="eve@example.org")
    page = tab.new_page()
    assert page.goto(f"{app.origin}/records").status == 200
    page.locator(".st-key-account button").first.click()
    page.get_by_text("Signed in as eve@example.org (editor)").wait_for()
    tab.close()
