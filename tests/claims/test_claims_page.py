"""The page Claims and the command: claim and number side by side, what is wrong beside the rest."""

import os
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.claims.claims_file import SAMPLE_CLAIMS
from tests.conftest import command
from tests.pages.test_pages import opened, said

PAGE = "pages/claims.py"
PLACE = '[place]\nname = "Minneapolis"\nzone = "America/Chicago"\n'
BROKEN = SAMPLE_CLAIMS.read_text() + (
    '\n[[claim]]\nwho = "An office"\nwhat = "A <b>claim</b> ![x](http://evil.example/x.png)."\n'
    'when = "2025-12"\npaper = "P"\npublished = "2025-12"\n'
    '[[claim.part]]\ntest = "happened"\nview = "source=press&reponse=none"\n'
)


@pytest.fixture(autouse=True)
def store(screens: Path) -> Path:
    """The sample."""
    return screens


def drawn(app: AppTest) -> str:
    """The HTML that the page shows, without what the frame has."""
    bodies = [one.proto.body for one in app.get("html")]
    return "\n".join(body for body in bodies if "porch-claim" in body and "<style" not in body)


def test_each_claim_stands_beside_its_number() -> None:
    app = opened(PAGE)
    assert "of 8\\, the records can settle none as a whole" in app.title[0].value
    text = said(app)
    part = "The records agree with a part of what was claimed: Crowd control in Minneapolis; "
    assert f"{part}Crowd control in St. Paul." in text
    assert "filters at the top do not change this page" in text and not app.error
    shown = drawn(app)
    assert shown.count("<article") == 8
    burnsville = next(part for part in shown.split("<article") if "City of Burnsville" in part)
    assert "<b>Cannot tell</b>, because the records do not say it." in burnsville
    assert "2 of 60,237 incidents" in burnsville and "It is no count of anything" in burnsville
    assert "December 2025: report after; December 2025: traffic control." in burnsville


def test_a_link_opens_the_view_that_was_asked() -> None:
    shown = drawn(opened(PAGE))
    (query,) = re.findall(r'records\?([^"]*St\.\+Paul[^"]*)"', shown)
    link: dict[str, str] = dict(p.split("=", 1) for p in query.replace("&amp;", "&").split("&"))
    words = {"source": "press", "city": "St. Paul", "response": "crowd control"}
    dates = {word: link[word] for word in ("from", "to")}
    records = opened("pages/records.py", **words, **dates)
    assert "1 of 60,237 incidents: incidents in the press" in said(records)


@pytest.fixture
def broken(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings beside a claims.toml of which one entry cannot be used."""
    config = tmp_path / "porchlight.toml"
    config.write_text(PLACE + f'store = "{store}"\n')
    (tmp_path / "claims.toml").write_text(BROKEN)
    monkeypatch.setenv("PORCHLIGHT_CONFIG", str(config))
    return tmp_path


def test_a_broken_entry_says_what_is_wrong_beside_the_others(broken: Path) -> None:
    app = opened(PAGE)
    assert drawn(app).count("<article") == 8 and len(app.error) == 1
    wrong = app.error[0].value.replace("\\", "")
    assert f"{broken / 'claims.toml'}: claim 9 (An office): view cannot be read: reponse." in wrong
    assert "evil.example" not in wrong


def test_no_text_of_a_file_becomes_markup(broken: Path) -> None:
    text = BROKEN.replace("reponse", "response").replace("An office", "A <script>x</script> office")
    (broken / "claims.toml").write_text(text)
    shown = drawn(opened(PAGE))
    assert shown.count("<article") == 9
    assert "&lt;b&gt;claim&lt;/b&gt;" in shown and "&lt;script&gt;" in shown
    assert "<script>" not in shown


def test_a_file_that_cannot_be_read_is_said(broken: Path) -> None:
    (broken / "claims.toml").write_text("[[claim")
    app = opened(PAGE)
    assert app.title[0].value == "Claims cannot be read"
    assert "cannot be read as TOML" in app.error[0].value.replace("\\", "")
    (broken / "claims.toml").write_text("")
    assert opened(PAGE).title[0].value == "No claims yet"


def test_the_command_prints_each_claim(store: Path) -> None:
    done = command("claims", store=store)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("What would tell:") == 9
    assert "Crowd control in Minneapolis: The records agree." in done.stdout


def test_the_command_prints_the_others_and_stops_with_1(broken: Path, store: Path) -> None:
    config = str(broken / "porchlight.toml")
    done = command("claims", store=store, PORCHLIGHT_CONFIG=config)
    assert done.returncode == 1
    assert done.stdout.count("What would tell:") == 9
    assert done.stderr.strip() == (
        f"Stopped: {broken / 'claims.toml'}: claim 9 (An office): view cannot be read: reponse. "
        "Open Records and copy its link from Share, from behind the question mark on."
    )
    assert os.linesep + "Traceback" not in done.stderr


def test_the_command_says_what_is_missing(tmp_path: Path, store: Path) -> None:
    config = tmp_path / "porchlight.toml"
    config.write_text(PLACE)
    done = command("claims", store=store, PORCHLIGHT_CONFIG=str(config))
    assert done.returncode == 1 and "No claims yet" in done.stderr
    empty = command("claims", store=tmp_path / "none")
    assert empty.returncode == 1 and "No records yet" in empty.stderr
