"""Who stands behind a file, stated on the command line; and what the store knows of its sources."""

import tomllib
from pathlib import Path

import pytest

from tests.conftest import command

CALLS = "id,time,lat,lon,kind,beat_officer_shift\n1,2024-03-01 10:00,44.97,-93.27,sighting,late\n"
LICENCE, URL = "CC BY 4.0", "https://data.example.gov/calls"
ABOUT = ("--url", URL, "--licence", LICENCE, "--covers", "All calls.")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "calls.csv"
    file.write_text(CALLS)
    return file


def own(store: Path, name: str = "calls") -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((store / "sources.toml").read_text())[name]
    return table


def test_an_official_file_needs_no_toml_and_is_not_public_by_that(
    tmp_path: Path, file: Path
) -> None:
    store = tmp_path / "store"
    done = command("import", str(file), "--official", *ABOUT, store=store)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "source calls (official)" in done.stdout
    assert "Kept as other columns: beat_officer_shift" in done.stdout  # as only official ones are
    told = own(store)
    assert (told["kind"], told["url"], told["licence"]) == ("official", URL, LICENCE)
    assert told["covers"] == "All calls." and told["already_public"] is False
    shown = command("sources", store=store).stdout
    for text in ("calls (official)", "1, 2024-03-01 to 2024-03-01", URL, LICENCE, "not already"):
        assert text in shown


@pytest.mark.parametrize("kind", ["press", "community"])
def test_the_other_kinds(tmp_path: Path, file: Path, kind: str) -> None:
    done = command("import", str(file), f"--{kind}", store=tmp_path / "store")
    assert f"source calls ({kind})" in done.stdout, done.stderr
    assert own(tmp_path / "store").get("kind", "community") == kind


def test_two_kinds_are_none(tmp_path: Path, file: Path) -> None:
    done = command("import", str(file), "--official", "--press", store=tmp_path / "store")
    assert done.returncode == 1 and "Either --official or --press" in done.stderr
    assert not (tmp_path / "store").exists()


def test_what_is_stated_wins_over_the_mapping_and_stays_with_it(tmp_path: Path, file: Path) -> None:
    store, mapping = tmp_path / "store", tmp_path / "m.toml"
    command("import", str(file), "--dry-run", f"--save-map={mapping}", *ABOUT, store=store)
    assert tomllib.loads(mapping.read_text())["source"]["licence"] == LICENCE
    done = command(
        "import", str(file), f"--map={mapping}", "--official", "--licence", "CC0", store=store
    )
    assert done.returncode == 0, done.stderr
    assert (own(store)["licence"], own(store)["url"]) == ("CC0", URL)


def test_a_known_source_keeps_its_kind(tmp_path: Path, file: Path) -> None:
    store = tmp_path / "store"
    command("import", str(file), store=store)
    done = command("import", str(file), "--official", store=store)
    assert done.returncode == 1 and "known as community, this import says official" in done.stderr


def test_only_a_hand_with_address_and_terms_makes_it_public(tmp_path: Path, file: Path) -> None:
    store = tmp_path / "store"
    command("import", str(file), "--official", store=store)
    done = command("sources", "calls", "--already-public", store=store)
    assert done.returncode == 1 and "url and a licence" in done.stderr
    done = command("sources", "calls", "--already-public", "--url", URL, store=store)
    assert done.returncode == 1 and own(store)["already_public"] is False
    done = command("sources", "calls", "--already-public", *ABOUT, store=store)
    assert done.returncode == 0, done.stderr
    assert own(store)["already_public"] is True
    assert "counted exactly, without noise" in done.stdout and LICENCE in done.stdout
    # another address is another decision: by neither an import nor an edit does it go on unasked
    for words in (("import", str(file)), ("sources", "calls")):
        done = command(*words, "--url", "https://elsewhere.example.org", store=store)
        assert done.returncode == 1 and "already public" in done.stderr, words
    assert own(store)["url"] == URL
    done = command("sources", "calls", "--not-public", store=store)
    assert "no release counts its records" in done.stdout
    assert own(store)["already_public"] is False


def test_an_edit_reaches_the_table_that_screens_read(tmp_path: Path, file: Path) -> None:
    store = tmp_path / "store"
    command("import", str(file), "--official", store=store)
    done = command("sources", "calls", "--title", "Calls of a town", store=store)
    assert "readers now see this" in done.stdout
    from data.storage.store import Store

    opened = Store(store)
    (source,) = opened.at(str(opened.stamp())).meta["sources"]
    assert source["title"] == "Calls of a town"


def test_rows_that_came_in_as_one_kind_are_not_made_another(tmp_path: Path, file: Path) -> None:
    store = tmp_path / "store"
    command("import", str(file), "--community", store=store)
    done = command("sources", "calls", "--official", *ABOUT, store=store)
    assert done.returncode == 1 and "came in as community" in done.stderr
    batch = done.stderr.strip().rpartition(" ")[2]
    assert command("unimport", batch, store=store).returncode == 0
    assert command("sources", "calls", "--official", *ABOUT, store=store).returncode == 0
    assert command("import", str(file), store=store).returncode == 0
    assert "calls (official)" in command("sources", store=store).stdout


def test_sources_of_an_empty_store_and_of_no_such_name(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert "No records yet" in command("sources", store=store).stdout
    done = command("sources", "calls", "--title", "x", store=store)
    assert done.returncode == 1 and "There is no source calls" in done.stderr
    assert "Name the source" in command("sources", "--title", "x", store=store).stderr
