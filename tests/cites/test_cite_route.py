"""The address of cites: who may see which, with which headers; never another address."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from data.cites import make_cite, publish_cites
from data.cites.cite_folder import CITES
from data.cites.released_cites import read_index
from data.settings import load_settings
from data.storage.store import Store
from data.tables import build
from data.upkeep import purge
from tests.cites.asks import ask_areas
from tests.cites.test_team_cites import LINK, NOW, filled, reports  # noqa: F401 (a fixture)
from tests.made_release import make_release, publish_release
from ui.app import cite_route, gate, team_cites
from ui.app.refusals import Refusal

STRANGER = Refusal(401, "Sign in first.")
UNLISTED = Refusal(403, "You are signed in, but you are not on the list.")
NAVIGATES = {"accept": "text/html", "sec-fetch-mode": "navigate"}
NOBODY = "0" * 64


@pytest.fixture
def store(
    filled: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Store:
    """A store of the settings."""
    root = Path(shutil.copytree(filled, tmp_path / "store"))
    monkeypatch.setenv("PORCHLIGHT_STORE", str(root))
    return Store(root)


@pytest.fixture
def name(store: Store) -> str:
    """A cite of the team's numbers."""
    return make_cite.cite_link(store, load_settings(), LINK, ask_areas, NOW).name


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public folder with a release that has a series only, and its cites."""
    folder = tmp_path_factory.mktemp("released") / "public"
    publish_release(make_release("tiny", official=False, areas=False), folder)
    publish_cites.settle_cites(folder)
    return folder


Open = Callable[..., TestClient]


@pytest.fixture
def opened(store: Store, public: Path) -> Iterator[Open]:
    """A client of the route behind the gate of an audience."""

    def open_(
        audience: str = "team", refusal: Refusal | None = None, asks: bool = True
    ) -> TestClient:
        def person(_: HTTPConnection) -> Refusal | None:
            return refusal

        team = team_cites.team_reader(ask_areas) if audience == "team" else None
        who = person if asks and audience == "team" else None
        guarded = gate.Gate(
            Starlette(routes=cite_route.routes(public, who, team, "")),
            hosts={"localhost": "http://localhost"},
            pages=frozenset({""}),
            public=audience == "public",
            person=who,
        )
        return TestClient(guarded, "http://localhost", follow_redirects=False)

    yield open_


def test_who_may_see_the_teams_pages_sees_its_cites(opened: Open, name: str) -> None:
    for one in (opened(), opened(asks=False)):
        answer = one.get(f"/c/{name}")
        assert answer.status_code == 200 and "Unchanged" in answer.text
        assert len(answer.content) < 100_000
        for file, kind in (("numbers.csv", "text/csv"), ("picture.svg", "image/svg"),
                           ("picture.png", "image/png"), ("manifest.json", "application/json")):  # fmt: skip
            got = one.get(f"/c/{name}/{file}")
            assert got.status_code == 200 and got.headers["content-type"].startswith(kind)
            assert "sandbox" in got.headers["content-security-policy"]
        assert one.get(f"/c/{name}/cited.txt").status_code == 404


@pytest.mark.parametrize("refusal", [STRANGER, UNLISTED])
def test_others_do_not_learn_which_there_are(opened: Open, name: str, refusal: Refusal) -> None:
    one = opened(refusal=refusal)
    for headers in ({}, NAVIGATES):
        known, unknown = (one.get(f"/c/{n}", headers=headers) for n in (name, NOBODY))
        assert known.status_code == unknown.status_code == refusal.status
        assert known.text.replace(name, "") == unknown.text.replace(NOBODY, "")
    for path in (f"/c/{name}/numbers.csv", f"/c/{name}/manifest.json", "/c/x", "/c/"):
        assert one.get(path).status_code == refusal.status


def test_the_public_has_none_of_the_teams(opened: Open, name: str) -> None:
    one = opened("public")
    for path in (f"/c/{name}", f"/c/{name}/numbers.csv", f"/c/{NOBODY}", "/c/", "/c"):
        assert one.get(path).status_code == 404


@pytest.mark.parametrize("audience", ["team", "public"])
def test_released_cites_are_for_anybody(opened: Open, public: Path, audience: str) -> None:
    one, released = opened(audience, STRANGER), next(iter(read_index(public).values()))
    answer = one.get(f"/c/{released}", headers={"sec-fetch-site": "cross-site", **NAVIGATES})
    assert answer.status_code == 200 and "newest release" in answer.text
    assert one.get(f"/c/{released}/numbers.csv").status_code == 200
    assert one.get("/c/index.json").status_code in (401, 404)


def test_no_script_runs_and_no_search_engine_lists_it(
    opened: Open, name: str, public: Path
) -> None:
    for path in (f"/c/{name}", f"/c/{next(iter(read_index(public).values()))}"):
        answer = opened().get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy
        assert "img-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text and "set-cookie" not in answer.headers


def test_it_never_leads_to_another_address(
    opened: Open, name: str, store: Store, public: Path
) -> None:
    purge.unimport(store, store.history().live[-1])
    build.rebuild(store, load_settings())  # the source is gone
    one = opened()
    for known in (name, next(iter(read_index(public).values())), NOBODY):
        for path in (f"/c/{known}", f"/c/{known}/", f"/c/{known}//", f"/c/{known}/index.html"):
            answer = one.get(path)
            assert not answer.is_redirect and "location" not in answer.headers
            assert 'http-equiv="refresh"' not in answer.text.lower()
    page = one.get(f"/c/{name}").text
    assert "cannot be asked again" in page and "Area 0" in page
    assert one.post(f"/c/{name}").status_code == 405


def test_a_folder_that_was_changed_is_a_sentence_and_no_number(
    opened: Open, name: str, store: Store
) -> None:
    (store.root / CITES / name / "numbers.csv").write_text("area,n,share\nArea 0,987654,1\n")
    one = opened()
    answer = one.get(f"/c/{name}")
    assert answer.status_code == 410 and "not as it was written" in answer.text
    assert "987654" not in answer.text and "<table" not in answer.text
    assert "987654" not in one.get(f"/c/{name}/numbers.csv").text


@pytest.mark.parametrize(
    "path", ["/c/../etc/passwd", "/c/%2e%2e/%2e%2e/ledger.db", f"/c/{NOBODY}/../x", "/c/.lock"]
)
def test_odd_addresses_are_not_there(opened: Open, path: str) -> None:
    assert opened().get(path).status_code == 404
