"""What a cite holds of several sources, and how its page words what became of it."""

from pathlib import Path

import pandas as pd
import pytest

from data.cites import make_cite
from data.cites.change_words import describe_reask
from data.cites.cite_folder import CITES, Cite, read_cite
from data.cites.cite_link import cite_origin, current_table, read_link
from data.cites.cite_page import cite_page
from data.cites.corrected import Reask, _fallen_to_none, reask
from data.cites.number_table import CellChange
from data.cites.outcome import CiteOutcome
from data.numbers.pages import ask_numbers
from data.settings import Problem, Settings
from data.storage.history import ChangeKind
from data.storage.store import Store
from tests.cites.test_team_cites import LINK, NOW, filled, place, store  # noqa: F401 (fixtures)
from tests.conftest import command

TIP = ("--source", "hotline")
PRESS = ("--source", "paper", "--official", "--kind", "sighting", "--licence", "CC0")


def _told(store: Store, file: Path, words: tuple[str, ...], *days: str) -> Store:  # noqa: F811
    """The store with records of some days, each with what local police did."""
    rows = [
        f"{file.stem}-{i},{day} 10:00,Area 0,sighting,none,hurt,2026-01-30 10:00"
        for i, day in enumerate(days)
    ]
    head = "id,time,neighborhood,kind,response,harm,received_at"
    file.write_text("\n".join([head, *rows]) + "\n")
    done = command("import", str(file), *words, store=store.root)
    assert done.returncode == 0, done.stdout + done.stderr
    return Store(store.root)


def _cited(store: Store, place: Settings, link: str) -> Cite:  # noqa: F811
    return read_cite(
        store.root / CITES, make_cite.cite_link(store, place, link, ask_numbers, NOW).name
    )


def test_a_cite_of_a_source_that_records_it_holds_no_other(
    store: Store,  # noqa: F811
    place: Settings,  # noqa: F811
    tmp_path: Path,
) -> None:
    store = _told(store, tmp_path / "old.csv", TIP, "2026-01-02")
    store = _told(store, tmp_path / "paper.csv", PRESS, "2026-01-03", "2026-01-04")
    for page in ("response", "force"):
        link = LINK.replace("areas", page)
        both = _cited(store, place, link)
        assert {one.name for one in both.manifest.sources} == {"hotline", "paper"}
        assert both.manifest.team_only
        own = _cited(store, place, link.replace("stops", "paper"))
        assert [one.name for one in own.manifest.sources] == ["paper"]
        assert not own.manifest.team_only and b"hotline" not in own.numbers
        current = current_table(store, place)
        asked = read_link(own.manifest.link, current, place)
        table = ask_numbers(page, current, asked.view, {}).table
        assert isinstance(table, pd.DataFrame) and {*table["source"]} == {"paper"}


def test_rows_of_a_source_that_came_later_correct_nothing(
    store: Store,  # noqa: F811
    place: Settings,  # noqa: F811
    tmp_path: Path,
) -> None:
    store = _told(store, tmp_path / "old.csv", TIP, "2026-01-02")
    own = _cited(store, place, LINK.replace("areas", "response"))
    store = _told(store, tmp_path / "paper.csv", PRESS, "2026-01-03")
    answer = reask(store, place, own.name, ask_numbers)[1]
    assert not answer.refused and not answer.changes and not answer.reasons


@pytest.mark.parametrize(
    ("link", "site", "origin"),
    [
        ("http://localhost:8720/areas?source=a", "", "http://localhost:8720"),
        ("http://[::1]:8720/areas?source=a", "", "http://[::1]:8720"),
        ("http://127.0.0.1/areas?source=a", "https://t.example", "https://t.example"),
        ("https://T.example/areas?source=a", "https://t.example", "https://t.example"),
        ("/areas?source=a", "https://t.example", "https://t.example"),
        ("?source=a", "", "http://localhost:8501"),
    ],
)
def test_a_cite_has_the_origin_of_its_site_or_of_its_page(
    link: str, site: str, origin: str
) -> None:
    assert cite_origin(link, site) == origin


@pytest.mark.parametrize(
    "link", ["https://other.example/areas?source=a", "//other.example:1/areas", "http://[x/areas"]
)
def test_a_link_of_another_host_is_refused(link: str) -> None:
    for site in ("", "https://t.example"):
        with pytest.raises(Problem, match=r"another Porchlight|no link"):
            cite_origin(link, site)


def test_the_command_prints_the_origin_of_the_link(store: Store) -> None:  # noqa: F811
    done = command("cite", f"http://localhost:8720{LINK}", store=store.root)
    assert "http://localhost:8720/c/" in done.stdout and "8501" not in done.stdout
    other = command("cite", f"https://other.example{LINK}", store=store.root)
    assert other.returncode and "another Porchlight" in other.stdout + other.stderr


def test_a_cites_page_shows_the_picture_with_its_letters_and_links_both(
    store: Store,  # noqa: F811
    place: Settings,  # noqa: F811
) -> None:
    cite = _cited(store, place, LINK)
    page = cite_page(cite, CiteOutcome("Unchanged"), "Cited", {}, {})
    assert f'<img src="/c/{cite.name}/picture.png"' in page
    assert 'picture.svg" download' in page and 'picture.png" download' in page


def _done(store: Store, *words: str) -> Store:  # noqa: F811
    done = command(*words, store=store.root)
    assert done.returncode == 0, done.stdout + done.stderr
    return Store(store.root)


def _became(store: Store, place: Settings, name: str) -> tuple[Reask, CiteOutcome]:  # noqa: F811
    cite, answer = reask(store, place, name, ask_numbers)
    return answer, describe_reask(cite, answer)


def test_what_was_taken_back_since_is_no_reason_and_an_update_is_called_one(
    store: Store,  # noqa: F811
    place: Settings,  # noqa: F811
    tmp_path: Path,
) -> None:
    store = _told(store, tmp_path / "paper.csv", PRESS, "2026-01-03", "2026-01-04")
    name = _cited(store, place, LINK.replace("areas", "response").replace("stops", "paper")).name
    store = _done(store, "retract", "paper:paper-0", "--reason", "same_event")
    assert _became(store, place, name)[1].headline.startswith("Since corrected: 2 → 1 on")
    (code,) = store.history().corrections
    store = _done(store, "corrections", "--undo", code)
    answer, outcome = _became(store, place, name)
    assert not answer.changes and outcome.headline.startswith("Unchanged")
    new = ("--set", "response=in_person", "--reason", "new_evidence")
    store = _done(store, "update", "paper:paper-1", *new)
    answer, outcome = _became(store, place, name)
    assert [one.kind for one in answer.reasons] == [ChangeKind.UPDATE]
    assert outcome.headline.startswith("Since updated: 2 numbers differ on")
    store = _done(store, "retract", "paper:paper-0", "--reason", "same_event")
    assert _became(store, place, name)[1].headline.startswith("Since corrected: 2 numbers differ")


def test_a_count_that_fell_to_none_is_zero(
    store: Store,  # noqa: F811
    place: Settings,  # noqa: F811
    tmp_path: Path,
) -> None:
    store = _told(store, tmp_path / "paper.csv", PRESS, "2026-01-03", "2026-02-04")
    name = _cited(store, place, LINK.replace("areas", "response").replace("stops", "paper")).name
    store = _done(store, "retract", "paper:paper-0", "--reason", "same_event")
    outcome = _became(store, place, name)[1]
    assert outcome.headline.startswith("Since corrected: 1 → 0 on")
    cite = read_cite(store.root / CITES, name)
    assert "<ins>now 0</ins>" in cite_page(cite, outcome, "Cited", {}, {})


def test_a_row_that_may_only_be_called_otherwise_is_not_zero() -> None:
    gone = [CellChange(("A",), "n", "3", None), CellChange(("B",), "n", "0", None)]
    assert _fallen_to_none(gone) == [CellChange(("A",), "n", "3", "0")]
    assert _fallen_to_none([CellChange(("A",), "share", "1", None)])[0].new is None
