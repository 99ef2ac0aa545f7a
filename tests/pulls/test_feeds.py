"""The tables [pull.NAME], the command, the timer, and what pages say of a feed that fails."""

import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from data.pulls import feeds
from data.settings import Problem
from data.storage.events import FeedPulled, PullFailed
from data.storage.store import Store
from data.tables import build
from tests.conftest import ROOT, command
from tests.pulls.servers import SocrataServer
from tests.pulls.test_socrata import MAPPING, rows

PLACE = '[place]\nname = "Testville"\nzone = "America/Chicago"\ncenter = [44.98, -93.27]\n\n'
GOOD = """[pull.calls]
kind = "socrata"
address = "https://data.example.org"
dataset = "abcd-1234"
map = "calls.toml"
every = "1h"
"""


def read(folder: Path, text: str) -> Any:
    file = folder / "porchlight.toml"
    file.write_text(PLACE + text)
    return feeds.read_feeds(file)


def test_a_feed_is_read(tmp_path: Path) -> None:
    feed = read(tmp_path, GOOD + 'allow = ["Records.Internal"]\ntoken = "CITY_TOKEN"\n')["calls"]
    assert (feed.kind, feed.ids, feed.every) == (
        "socrata", {"dataset": "abcd-1234"}, timedelta(hours=1)
    )  # fmt: skip
    assert feed.map == tmp_path / "calls.toml" and feed.allow == ("records.internal",)
    assert read(tmp_path, "") == {}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("every", "evry", r"line 11: \[pull.calls\]: evry means nothing. A socrata feed has: kind"),
        ('"socrata"', '"arcgis"', r"line 9: .*dataset means nothing. An arcgis feed has: kind"),
        (
            '"socrata"',
            '"soda"',
            r"line 7: .*Use one of: socrata, arcgis, file, kobo, odk, ushahidi",
        ),
        ('dataset = "abcd-1234"\n', "", "dataset is missing"),
        ('map = "calls.toml"\n', "", "map is missing"),
        ("https://data", "ftp://data", r"line 8: .*begins with https"),
        ("https://data", "https://me:hush@data", r"line 8: .*holds a name or password"),
        ("https://data.example.org", "https://data:99999", r"line 8: .*no address"),
        ('"1h"', '"often"', "write minutes, hours or days"),
        ('"1h"', '"1m"', "every 5 minutes"),
        ('"1h"', '"1h"\ntoken = "a-secret!"', r"line 12: .*name of an environment variable"),
        ('"1h"', '"1h"\nallow = "x"', "list of hosts"),
        ('"1h"', '"1h"\nsource_kind = "state"', "official, press, community"),
        ('"1h"', '"1h"\nsource = "Not a name"', "short name"),
        ('"abcd-1234"', '"../../x"', "It is the data set"),
        ("[pull.calls]", '[pull."../up"]', "short name"),
        ("[pull.calls]", "[pull]", r"write \[pull.NAME\]"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(Problem, match=says) as problem:
        read(tmp_path, GOOD.replace(old, new))
    assert "hush" not in str(problem.value) and "a-secret" not in str(problem.value)


def test_what_people_send_is_never_official(tmp_path: Path) -> None:
    text = GOOD.replace('"socrata"', '"kobo"').replace("dataset", "form")
    assert read(tmp_path, text)["calls"].source_kind == "community"
    with pytest.raises(Problem, match="is never official"):
        read(tmp_path, text + 'source_kind = "official"\n')


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "calls.toml").write_text(MAPPING)
    return tmp_path


def write(place: Path, server: SocrataServer) -> dict[str, str]:
    text = GOOD.replace("https://data.example.org", server.address) + 'allow = ["127.0.0.1"]\n'
    (place / "porchlight.toml").write_text(PLACE + text)
    return {"PORCHLIGHT_CONFIG": str(place / "porchlight.toml")}


def test_the_command_pulls_lists_and_says_what_fails(place: Path) -> None:
    store = place / "store"
    with SocrataServer(rows(4)).running() as server:
        more = write(place, server)  # type: ignore[arg-type]
        assert "never pulled" in command("pull", store=store, **more).stdout
        assert "There is no feed 'call'" in command("pull", "call", store=store, **more).stderr
        done = command("pull", "calls", store=store, **more)
        assert done.returncode == 0, done.stderr
        assert "calls: 4 new, 0 changed, 0 gone; the server has 4." in done.stdout
        assert "readers now see this" in done.stdout
        asked = len(server.asked)
        done = command("pull", "--due", store=store, **more)  # asked a moment ago
        assert done.returncode == 0 and len(server.asked) == asked
        server.fault = lambda asked: server.answer(asked).__class__(b"", 404)
        done = command("pull", "calls", store=store, **more)
        assert done.returncode == 1 and "Stopped: There is nothing at" in done.stderr
        listed = command("pull", store=store, **more).stdout
        assert re.search(
            r"calls: socrata, .*, every 1:00:00: pulled \w+ \d+, 20\d\d, \d\d:\d\d; failing since .*\(gone\)",
            listed,
        )
    done = command("pull", "calls", "--every", "1s", store=store, **more)
    assert done.returncode == 1 and "write minutes, hours or days" in done.stderr


def test_nothing_to_pull_is_a_sentence(place: Path) -> None:
    (place / "porchlight.toml").write_text(PLACE)
    more = {"PORCHLIGHT_CONFIG": str(place / "porchlight.toml")}
    done = command("pull", store=place / "store", **more)
    assert done.returncode == 1 and "has no feeds" in done.stderr


def test_pages_say_since_when_a_feed_fails(
    sample_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.testing.v1 import AppTest

    folder = tmp_path / "store"
    shutil.copytree(sample_store, folder, symlinks=True)
    store = Store(folder)
    pulled = FeedPulled("stops", source="police-stops", records=5, at="2026-11-21T03:00:00+00:00")
    store.ledger.append(pulled)
    monkeypatch.setenv("PORCHLIGHT_STORE", str(folder))

    def notices(page_file: str = "pages/time.py", **link: str) -> list[str]:
        import streamlit as st

        st.cache_data.clear()
        st.cache_resource.clear()
        page = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        for word, value in link.items():
            page.query_params[word] = value
        page.switch_page(page_file).run()
        assert not page.exception
        return [text.value for text in page.text if "feed" in text.value]

    assert notices() == []
    store.ledger.append(PullFailed("stops", "police-stops", "unreachable"))
    store.ledger.append(PullFailed("others", "press", "gone"))
    assert notices() == [
        "The feed stops could not be reached since Nov 20, 2026; what you see is of that day."
    ]
    store.ledger.append(FeedPulled("stops", source="police-stops", records=5))
    assert notices() == []
    store.ledger.append(FeedPulled("force", source="use-of-force", at="2026-11-21T12:00:00+00:00"))
    store.ledger.append(PullFailed("force", "use-of-force", "count"))
    assert notices("pages/compare.py", against="two sources", other="use of force") == [
        "The feed force has not come whole since Nov 21, 2026; what you see is of that day."
    ]
    assert build


def test_the_timer_starts_the_service_which_has_no_more_than_it_needs() -> None:
    service = (ROOT / "deploy/porchlight-pull.service").read_text()
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077", "PrivateTmp=yes"):
        assert f"\n{line}\n" in service
    assert "-m data pull --due" in service and "User=root" not in service
    timer = (ROOT / "deploy/porchlight-pull.timer").read_text()
    assert "[Timer]" in timer and "WantedBy=timers.target" in timer
