"""The form in the team's own process: for who signed in, with the channels of reviewers."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from data.people import roster
from data.reports.spool import read_key, unsealed
from data.settings import Problem
from tests.conftest import ROOT, command
from tests.door.doors import LEAST
from tests.oidc import EVERY_ROLE, App, oidc, sign_in, signed_in_app
from ui.app import team_door
from ui.door.tokens import EARLY_SECONDS, hash_code

__all__ = ["oidc"]
SQUARE = (
    '{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{{"type":"Polygon",'
    '"coordinates":[[[{x},44.9],[{x2},44.9],[{x2},45.0],[{x},45.0],[{x},44.9]]]}}}}'
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two areas."""
    folder = tmp_path_factory.mktemp("team")
    squares = [
        SQUARE.format(name=name, x=x, x2=x + 0.1)
        for name, x in (("Whittier", -93.3), ("Como", -93.2))
    ]
    file = folder / "areas.geojson"
    file.write_text(f'{{"type":"FeatureCollection","features":[{",".join(squares)}]}}')
    done = command("areas", str(file), "--name-column", "name", store=folder / "store")
    assert done.returncode == 0, done.stderr
    return folder / "store"


@pytest.fixture(scope="module")
def app(store: Path, oidc: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    config = (ROOT / "porchlight.toml").read_text() + EVERY_ROLE
    with signed_in_app(store, config, tmp_path_factory.mktemp("app"), oidc) as one:
        yield one
    assert "Traceback" not in one.log.read_text(), one.log.read_text()


def test_members_have_the_form_and_reviewers_its_channels(app: App, store: Path) -> None:
    assert httpx2.get(f"{app.origin}/report").status_code == 401
    assert (
        httpx2.post(f"{app.origin}/report/sent", headers={"Origin": app.origin}).status_code == 401
    )
    assert not (store / "spool").exists()  # a stranger makes nothing
    pages, clients = {}, {}
    for group in ("viewers", "reviewers"):
        clients[group] = httpx2.Client(headers={"Origin": app.origin})
        sign_in(clients[group], app.origin, group, groups=[group])
        pages[group] = clients[group].get(f"{app.origin}/report?lang=en").text
        assert re.search(r"<option>Como\s*<option[^>]*>Whittier", pages[group])
    assert 'value="hotline"' in pages["reviewers"] and 'name="channel"' not in pages["viewers"]
    time.sleep(EARLY_SECONDS + 1)
    codes = {}
    for group, page in pages.items():
        token = re.search(r'name="token" value="([^"]+)"', page)
        assert token
        form = {"token": token[1], **LEAST, "channel": "hotline", "agrees": "yes", "word": "Heron"}
        answer = clients[group].post(f"{app.origin}/report/sent", data=form)
        code = re.search(r'class="code">([A-Z ]+)<', answer.text)
        assert answer.status_code == 200 and code, answer.text
        codes[group] = hash_code(code[1].replace(" ", ""))
        clients[group].close()
    key = read_key(store)
    held = {
        one.incoming.receipt: one.incoming for one in unsealed(store / "spool", key) if one.incoming
    }
    typed, own = held[codes["reviewers"]], held[codes["viewers"]]
    assert (own.channel, own.origin, own.author) == ("form", None, "")
    assert typed.channel == "hotline" and re.fullmatch(r"[0-9a-f]{32}", typed.origin or "")
    people = roster.key(store)
    assert people and typed.author == roster.pseudonym(people, "reviewers@example.org")
    assert "heron" not in repr(typed).lower()


def test_another_page_cannot_send_for_a_member(app: App) -> None:
    with httpx2.Client(headers={"Origin": "https://elsewhere.example"}) as client:
        sign_in(client, app.origin, "ann", groups=["reviewers"])
        assert client.post(f"{app.origin}/report/sent", data=LEAST).status_code == 403


def test_the_same_word_is_the_same_caller_and_another_store_s_hash_is_another(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(store))
    one, again, other = (team_door.caller_origin(word) for word in ("heron", "heron", "crane"))
    assert one == again != other
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "elsewhere"))
    assert team_door.caller_origin("heron") != one


def test_before_there_is_a_store_the_form_is_closed_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "none"))
    with pytest.raises(Problem, match="set the place up"):
        team_door.load_team_door()
    assert not (tmp_path / "none").exists()


def test_the_command_prints_the_lines_and_writes_the_names(store: Path, tmp_path: Path) -> None:
    done = command("door", "--areas", str(tmp_path / "areas.txt"), store=store)
    assert done.returncode == 0 and '[door]\nrecipient = "age1' in done.stdout, done.stderr
    assert (tmp_path / "areas.txt").read_text() == "Como\nWhittier\n"
    assert "AGE-SECRET-KEY" not in done.stdout + done.stderr
    assert (store / "door.key").stat().st_mode & 0o777 == 0o600
    again = command("door", store=store)
    assert (
        done.stdout.split("recipient")[1].split()[1]
        == again.stdout.split("recipient")[1].split()[1]
    )
