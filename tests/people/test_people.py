"""People who may come in: roles, keyed hashes of addresses, sessions that were ended, and sites."""

import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from data import site
from data.people import roster
from data.people.roster import Standing
from data.settings import Problem
from data.storage.events import to_row
from data.storage.store import Store

CLAIMS: dict[str, Any] = {
    "is_logged_in": True,
    "sub": "7",
    "email": "Ada@Example.org",
    "email_verified": True,
    "groups": ["desk"],
    "iat": time.time() - 60,
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The root of a store, and a file of settings."""
    roster.key(tmp_path / "store", make=True)
    return tmp_path / "store", tmp_path / "porchlight.toml"


def stands(files: tuple[Path, Path], roles: str, **changed: Any) -> Standing:
    """The standing of a person by some roles."""
    root, file = files
    file.write_text(f"[roles]\n{roles}\n")
    told = {k: v for k, v in (CLAIMS | changed).items() if v is not None}
    return roster.person_standing(told, roster.roster(root, file), time.time())


def test_groups_and_hashed_addresses_give_roles(files: tuple[Path, Path]) -> None:
    root, file = files
    hashed = roster.pseudonym(roster.key(root), " ada@example.ORG ")
    file.write_text(f'[roles]\nviewer = ["group:desk"]\neditor = ["address:{hashed}"]\n')
    listed = roster.roster(root, file)
    assert listed.roles(CLAIMS) == {"viewer", "editor"}
    assert listed.roles({**CLAIMS, "groups": []}) == {"editor"}
    assert listed.roles({**CLAIMS, "email": "eve@example.org"}) == {"viewer"}
    assert "ada" not in file.read_text().lower()


@pytest.mark.parametrize(
    ("changed", "want"),
    [
        ({}, Standing.LISTED),
        ({"groups": ["others"]}, Standing.UNLISTED),
        ({"groups": "desk"}, Standing.UNLISTED),  # a list, or nothing
        ({"groups": {"desk": 1}}, Standing.UNLISTED),
        ({"email_verified": False}, Standing.UNLISTED),
        ({"is_logged_in": "yes"}, Standing.STRANGER),
        ({"iat": None}, Standing.OVER),
    ],
)
def test_deny_by_default(files: tuple[Path, Path], changed: dict[str, Any], want: Standing) -> None:
    assert stands(files, 'viewer = ["group:desk"]', **changed) is want
    if want is Standing.LISTED:
        assert stands(files, "", **changed) is Standing.UNLISTED


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_an_address_that_is_not_verified_counts_for_nothing(
    files: tuple[Path, Path], verified: Any
) -> None:
    hashed = roster.pseudonym(roster.key(files[0]), "ada@example.org")
    roles = f'editor = ["address:{hashed}"]'
    assert stands(files, roles) is Standing.LISTED
    assert stands(files, roles, email_verified=verified) is Standing.UNLISTED


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('viewer = "group:a"', "is a list"),
        ('boss = ["group:a"]', "roles.boss means nothing"),
        ('viewer = ["ada@example.org"]', "Addresses themselves are not"),
        ('viewer = ["group:"]', "an entry is"),
        ("viewer = [1]", "an entry is"),
        ("viewer = [", "cannot be read as TOML"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_and_nobody_comes_in(
    files: tuple[Path, Path], text: str, says: str
) -> None:
    with pytest.raises(Problem, match=says):
        stands(files, text)


def test_revoking_ends_sessions_that_began_before(files: tuple[Path, Path]) -> None:
    root, _ = files
    store, roles = Store(root), 'viewer = ["group:desk"]'
    assert stands(files, roles) is Standing.LISTED
    said = roster.revoke(store, "ada@example.org")
    assert "sign in again" in said and "ada" not in said
    assert stands(files, roles) is Standing.OVER
    assert stands(files, roles, email="eve@example.org") is Standing.LISTED
    assert stands(files, roles, iat=time.time() + 2) is Standing.LISTED
    roster.revoke(store, "")
    assert stands(files, roles, email="eve@example.org") is Standing.OVER
    assert all("@" not in to_row(event).subject for event in store.events())


def test_the_command_prints_a_line_that_lets_an_address_in(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.__main__ import app

    root, _ = files
    monkeypatch.setenv("PORCHLIGHT_STORE", str(root))
    done = CliRunner().invoke(app, ["address"], input="ada@example.org\n")
    assert done.exit_code == 0, done.output
    line = done.stdout.strip().splitlines()[-1]
    assert "ada" not in line
    assert stands(files, line, groups=[]) is Standing.LISTED
    none = CliRunner().invoke(app, ["address"], input="ada\n")
    assert none.exit_code == 1 and "no e-mail address" in none.output


def test_the_key_is_its_owners_alone(files: tuple[Path, Path]) -> None:
    file = files[0] / "people.key"
    assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_bytes()) == 32


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://team.example.org", "https://team.example.org"),
        (" HTTPS://Team.Example.org:443/ ", "https://team.example.org"),
        ("http://10.0.0.7:8501", "http://10.0.0.7:8501"),
        ("", ""),
    ],
)
def test_a_site_is_an_origin(tmp_path: Path, written: str, origin: str) -> None:
    file = tmp_path / "porchlight.toml"
    file.write_text(f'[site]\nteam = "{written}"\nframes = ["https://news.example.org"]\n')
    named = site.load_site("team", file)
    assert named.origin == origin and named.frames == ("https://news.example.org",)
    hosts = named.hosts(8501)
    assert hosts["localhost:8501"] == "http://localhost:8501"
    assert not origin or origin in hosts.values()
    assert site.load_site("public", file).origin == ""


@pytest.mark.parametrize(
    "text",
    [
        'team = "team.example.org"',
        'team = "https://a.example/path"',
        'team = "ftp://a.example"',
        'team = "https://a b"',
        'team = "https://u:p@a.example"',
        "team = 1",
        'team = "https://a:99999"',
        'frames = "https://a.example"',
        'frames = ["*"]',
        'name = "x"',
    ],
)
def test_what_is_no_site_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "porchlight.toml"
    file.write_text(f"[site]\n{text}\n")
    with pytest.raises(Problem, match="site"):
        site.load_site("team", file)
