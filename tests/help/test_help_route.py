"""The address of the help page: for anybody, without scripts, cookies or a store."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from data.help.help_table import HelpTable, load_help
from data.settings import Problem
from tests.conftest import ROOT, free_port
from ui.app import gate
from ui.help import help_route

OPENS_A_STORE = ("streamlit", "duckdb", "pandas", "data.storage", "data.views", "data.people")


@pytest.fixture(params=["team", "public"])
def client(request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """The route behind the gate of an audience; the team's lets nobody in who has not signed in."""
    public = request.param == "public"
    guarded = gate.Gate(
        Starlette(routes=help_route.routes(lambda: load_help(ROOT / "porchlight.toml"))),
        hosts={"localhost": "http://localhost"},
        pages=frozenset({""}),
        public=public,
        person=None if public else lambda _: gate.Refusal(401, "Sign in first."),
    )
    with TestClient(guarded, base_url="http://localhost") as one:
        yield one


def test_anybody_gets_it_without_scripts_cookies_or_a_copy(client: TestClient) -> None:
    answer = client.get("/help?lang=es")
    assert answer.status_code == 200 and "Ayuda en Minneapolis" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "set-cookie" not in answer.headers
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "connect-src" not in policy and "img-src" not in policy
    assert client.head("/help").status_code == 200
    assert client.post("/help").status_code in (403, 405)
    assert client.get("/help/x").status_code == 404
    assert len(answer.content) < 30_000


def test_another_application_says_where_its_name_leads() -> None:
    own = help_route.routes(HelpTable, home="/report")
    assert 'class="brand" href="/report"' in TestClient(Starlette(routes=own)).get("/help").text


def test_who_reads_it_may_come_by_a_link_from_elsewhere(client: TestClient) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/help", headers=link).status_code == 200
    frame = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client.get("/help", headers=frame).status_code == 403


def test_a_mistake_in_the_file_leaves_the_last_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, file = tmp_path / "porchlight.toml", tmp_path / "help.toml"
    config.write_text('[place]\nname = "P"\nzone = "UTC"\n')
    entry = '[[entry]]\nwho = "A"\nwhat_for = "W"\nreach = "612-555-0100"\nkind = "phone"\n'
    client = TestClient(Starlette(routes=help_route.routes(lambda: load_help(config))))
    file.write_text(entry)
    assert "612-555-0100" in client.get("/help").text
    file.write_text(entry + "kind = ")
    for _ in range(2):
        assert "612-555-0100" in client.get("/help").text
    says = capsys.readouterr().err
    assert says.count("help.toml") == 1  # once, and nothing of who asked
    file.write_text(entry.replace("0100", "0101"))
    assert "612-555-0101" in client.get("/help").text


def test_a_file_that_never_could_be_read_is_no_error_page() -> None:
    def load() -> HelpTable:
        raise Problem("help.toml: entry 1: who is missing.")

    answer = TestClient(Starlette(routes=help_route.routes(load))).get("/help")
    assert answer.status_code == 200 and "whom to call" in answer.text
    assert "help.toml" not in answer.text


def test_the_route_loads_nothing_that_opens_a_store() -> None:
    """The process of the door mounts it: it holds no key and no store."""
    asked = (
        "import sys, ui.help.help_route as h; h.load_help(); "
        f"print([n for n in {OPENS_A_STORE!r} if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_dashboard_does_not_start_with_a_table_that_cannot_be_read(tmp_path: Path) -> None:
    config = tmp_path / "porchlight.toml"
    config.write_text('[place]\nname = "P"\nzone = "UTC"\n')
    (tmp_path / "help.toml").write_text('[[entry]]\nwho = "A"\n')
    done = subprocess.run(
        [sys.executable, "-m", "ui.app.start", "--port", str(free_port())],
        cwd=ROOT,
        env=os.environ
        | {"PORCHLIGHT_CONFIG": str(config), "PORCHLIGHT_STORE": str(tmp_path / "s")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.strip().endswith("help.toml: entry 1 (A): what_for is missing.")
    assert done.stderr.count("\n") == 1
