"""What the public is told of corrections: of what a release shows, in words of ours, and no more."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data.attacks.payload import payload
from data.notices import notices
from data.notices.page import notice_sentences, notice_title
from data.notices.public_notices import Notice, NoticeSort, fixed_hour, list_notices
from data.privacy.policy import load_policy
from data.settings import load_settings
from data.storage.events import ReleaseBuilt, ReleasePublished, ReleaseRecalled
from data.storage.store import Store
from tests.corrections.conftest import Town

EARLY, LATE = "2026-03-05-0a1b2c3d", "2026-06-01-0a1b2c3d"
ATOM = "{http://www.w3.org/2005/Atom}"


def published(town: Town, name: str) -> None:
    town.store.ledger.append(ReleaseBuilt(name, name[:10]), ReleasePublished(name))


def shown(town: Town) -> list[tuple[str, list[str]]]:
    store = Store(town.store.root)
    found = list_notices(store, load_settings(), town.public)
    return [(notice_title(one), notice_sentences(one)) for one in found]


def test_a_correction_is_listed_where_a_release_showed_its_month_before(town: Town) -> None:
    published(town, EARLY)  # shows January, and not March
    town.run(
        "correct",
        "calls:1",
        "--set",
        "response=in_person",
        "--set",
        "area=X",
        "--reason",
        "entry_error",
    )
    town.run("correct", "calls:4", "--set", "response=declined", "--reason", "source_corrected")
    (one,) = shown(town)
    assert one == (
        "Correction: City calls, January 2026",
        ["Response of one record: police did not come → in person. Area of one record changed.",
         "Why: a mistake when it was written down."],
    )  # fmt: skip
    published(town, LATE)
    assert shown(town) == [one]  # what was published of March was right
    town.store.ledger.append(ReleaseRecalled(EARLY), ReleaseRecalled(LATE))
    assert one in shown(town) and len(shown(town)) == 3  # with both recalls


def test_what_was_corrected_before_it_was_published_was_never_wrong_in_public(town: Town) -> None:
    town.run("correct", "calls:1", "--set", "response=in_person", "--reason", "entry_error")
    town.run("retract", "paper:p2", "--reason", "source_retracted")
    (_, taken) = Store(town.store.root).history().corrections
    town.run("corrections", "--undo", taken)
    published(town, LATE)
    assert shown(town) == []


def test_a_record_of_another_month_is_listed_once_both_are_shown(town: Town) -> None:
    published(town, EARLY)
    town.run("correct", "calls:1", "--set", "day=2026-03-05", "--reason", "entry_error")
    town.run("correct", "calls:2", "--set", "day=2026-03-05", "--reason", "entry_error")
    assert shown(town) == []
    (_, taken) = Store(town.store.root).history().corrections
    town.run("corrections", "--undo", taken)
    published(town, LATE)
    assert len(shown(town)) == 1  # the other was taken back before anybody read of it


def test_what_is_never_listed(town: Town) -> None:
    published(town, LATE)
    town.run("correct", "calls:1", "--set", "setting=home", "--reason", "new_evidence")  # sensitive
    (town.store.root / "sources.toml").write_text(
        (town.store.root / "sources.toml").read_text().replace("already_public = true", "")
    )
    town.run("correct", "calls:3", "--set", "response=none", "--reason", "new_evidence")
    assert shown(town) == []
    town.run("retract", "paper:p2", "--reason", "source_retracted")
    assert shown(town) == [
        ("Retraction: The Paper, January 2026",
         ["One record no longer counts.", "Why: the source took it back."])
    ]  # fmt: skip
    town.run("purge", "paper:p2")
    assert shown(town) == []


def test_what_was_taken_back_and_recalled_releases_say_so(town: Town) -> None:
    published(town, LATE)
    town.run("retract", "paper:p2", "--reason", "source_retracted")
    (code,) = Store(town.store.root).history().corrections
    town.run("corrections", "--undo", code)
    assert "Taken back on" in shown(town)[0][1][-1]
    published(town, "2026-06-08-0a1b2c3d")
    town.store.ledger.append(ReleaseRecalled("2026-06-08-0a1b2c3d"))
    assert any("recalled: 2026-06-08" in title for title, _ in shown(town))


def test_an_article_is_told_of_with_its_quarter(town: Town) -> None:
    """The release shows one that names an area no earlier; of a call the city's month is enough."""
    published(town, EARLY)  # January of the city is closed, its quarter is not
    town.run("retract", "paper:p2", "--reason", "source_retracted")
    town.run("correct", "calls:1", "--set", "response=in_person", "--reason", "entry_error")
    assert [title for title, _ in shown(town)] == ["Correction: City calls, January 2026"]
    published(town, LATE)
    town.run("correct", "paper:p1", "--set", "kind=other", "--reason", "entry_error")
    assert len(shown(town)) == 2


@pytest.fixture
def files(town: Town, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    monkeypatch.setenv("PORCHLIGHT_PUBLIC", str(town.public))
    published(town, LATE)
    config = town.root / "porchlight.toml"
    config.write_text(config.read_text() + '[site]\npublic = "https://public.example.org"\n')
    told = town.run("correct", "calls:1", "--set", "response=in_person", "--reason", "entry_error",
                    "--note", "canary-note")  # fmt: skip
    assert "corrections.html" in told
    return {name: (town.public / name).read_bytes() for name in notices.FILES}


def test_the_files_are_written_whole_and_hold_nothing_of_a_record(
    town: Town, files: dict[str, bytes]
) -> None:
    policy, zone = load_policy(load_settings()), ZoneInfo("America/Chicago")
    canaries = ["canary-note", "calls:1", "44.95", "-93.28", "10:00", "2026-01-05", "hotline"]
    day = re.search(rb"<updated>(\d{4}-\d\d-\d\d)", files[notices.FEED_FILE])
    assert day
    clock = fixed_hour(date.fromisoformat(day.group(1).decode()), policy, zone).astimezone(zone)
    own = {name: body.replace(b"https://public.example.org", b"") for name, body in files.items()}
    assert payload(own, canaries, frozenset(), clock=clock) == []
    assert payload(files, ["in person"]) != []  # it would be seen
    assert all((town.public / name).stat().st_mode & 0o777 == 0o644 for name in files)
    assert b"<script" not in files[notices.PAGE_FILE] and len(files[notices.PAGE_FILE]) < 20_000


def test_the_feed_is_atom_with_names_that_stay(town: Town, files: dict[str, bytes]) -> None:
    feed = ET.fromstring(files[notices.FEED_FILE])
    (entry,) = feed.findall(f"{ATOM}entry")
    name = entry.findtext(f"{ATOM}id") or ""
    assert re.fullmatch(r"tag:public\.example\.org,2026:toy/corrections/[0-9a-f]{16}", name)
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert links and all(link.startswith("https://public.example.org/") for link in links)
    town.run("correct", "calls:4", "--set", "response=declined", "--reason", "entry_error")
    again = ET.fromstring((town.public / notices.FEED_FILE).read_bytes())
    assert name in [e.findtext(f"{ATOM}id") for e in again.findall(f"{ATOM}entry")]
    assert len(again.findall(f"{ATOM}entry")) == 2
    before = (town.public / notices.FEED_FILE).stat().st_mtime_ns
    assert notices.refresh(Store(town.store.root), load_settings()) == []
    assert (town.public / notices.FEED_FILE).stat().st_mtime_ns == before


def test_a_purge_takes_away_what_the_public_was_told_of_the_record(
    town: Town, files: dict[str, bytes]
) -> None:
    assert b"in person" in files[notices.PAGE_FILE] and b"in person" in files[notices.FEED_FILE]
    town.run("purge", "calls:1")
    for name in notices.FILES:
        assert b"in person" not in (town.public / name).read_bytes()


def test_no_file_tells_the_moment_of_a_correction(town: Town, files: dict[str, bytes]) -> None:
    """Servers send the time of change of a file; it says the day, and that it is another one."""
    policy, zone = load_policy(load_settings()), ZoneInfo("America/Chicago")
    today = datetime.now(UTC).astimezone(zone).date()
    hour = fixed_hour(today, policy, zone).timestamp()
    assert {(town.public / name).stat().st_mtime for name in files} == {hour}
    town.run("correct", "calls:4", "--set", "response=declined", "--reason", "entry_error")
    assert (town.public / notices.PAGE_FILE).stat().st_mtime == hour + 1


def test_outside_text_is_no_markup(town: Town, files: dict[str, bytes]) -> None:
    sources = town.store.root / "sources.toml"
    sources.write_text(sources.read_text().replace("City calls", "<b>City</b> & calls"))
    notices.refresh(Store(town.store.root), load_settings())
    page = (town.public / notices.PAGE_FILE).read_text()
    assert "<b>" not in page and "&lt;b&gt;City" in page
    assert ET.fromstring((town.public / notices.FEED_FILE).read_bytes()) is not None


def test_nothing_is_written_before_the_first_publish(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_PUBLIC", str(town.public))
    town.run("retract", "paper:p2", "--reason", "source_retracted")
    assert list(Path(town.public).iterdir()) == []


def test_a_release_that_was_measured_again_names_its_years() -> None:
    one = Notice("a", date(2026, 10, 5), NoticeSort.REDONE, "2026-10-05-0a1b2c3d", "2024, 2025")
    assert notice_title(one) == "Release measured again: 2026-10-05-0a1b2c3d"
    assert "of 2024, 2025 were measured a second time" in notice_sentences(one)[0]
