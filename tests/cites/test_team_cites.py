"""Cites of the team's numbers: frozen whole, asked again after each thing that changes data."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from frictionless import system

from data import settings
from data.cites import change_words, cite_folder, corrected, make_cite
from data.cites.change_words import describe_reask
from data.cites.citation import citation_texts, cited_day
from data.cites.cite_folder import CITES, Tampered, read_cite
from data.cites.cite_link import current_table, read_again, read_link
from data.cites.number_table import compare_tables, equal_cells, to_csv
from data.cites.outcome import CiteOutcome, cell_text, changed_texts
from data.numbers.numbers import PageNumbers
from data.numbers.pages import ask_numbers
from data.settings import ROOT, Problem, Settings
from data.storage.history import ChangeKind
from data.storage.store import Store
from data.tables import build
from data.upkeep import purge
from tests.cites.asks import ask_areas
from tests.conftest import command
from tests.release.test_publish import areas, reports

NOW = datetime(2026, 3, 3, 18, tzinfo=UTC)
LINK = "/areas?source=stops&from=2025-05-01&to=2026-03-31"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of official records with areas."""
    folder = tmp_path_factory.mktemp("cited")
    reports(folder / "a.csv", 80)
    for words in (
        ("areas", str(areas(folder / "a.geojson")), "--name-column", "name",
         "--population-column", "people"),
        _import(folder / "a.csv"),
    ):  # fmt: skip
        done = command(*words, store=folder / "store")
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "store"


def _import(file: Path) -> tuple[str, ...]:
    return ("import", str(file), "--source", "stops", "--official", "--kind", "traffic_stop",
            "--licence", "CC0", "--covers", "All stops.")  # fmt: skip


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Store:
    """A copy of the store."""
    return Store(Path(shutil.copytree(filled, tmp_path / "store")))


@pytest.fixture
def place() -> Settings:
    """The settings of the sample place."""
    return settings.load_settings(ROOT / "porchlight.toml")


def _cite(store: Store, place: Settings, link: str = LINK) -> str:
    return make_cite.cite_link(store, place, link, ask_areas, NOW).name


def _again(store: Store, place: Settings, name: str) -> tuple[corrected.Reask, CiteOutcome]:
    cite, answer = corrected.reask(store, place, name, ask_areas)
    return answer, describe_reask(cite, answer)


def test_the_same_question_on_the_same_data_is_the_same_cite(store: Store, place: Settings) -> None:
    name = _cite(store, place)
    later = datetime(2026, 5, 1, tzinfo=UTC)
    moved = LINK + "&at=44.9,-93.2,12"  # where a map stands changes no number
    assert make_cite.cite_link(store, place, moved, ask_areas, later).name == name
    assert _cite(store, place, LINK.replace("05-01", "06-01")) != name
    cite = read_cite(store.root / CITES, name)
    assert cite.cited.at.startswith("2026-03-03") and cite.manifest.seed == 7
    assert cite.manifest.stamp == store.stamp() and "stamp=" in cite.manifest.link
    assert [source.licence for source in cite.manifest.sources] == ["CC0"]
    folder = store.root / CITES / name
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert not [file for file in (store.root / CITES).iterdir() if "unfinished" in file.name]


def test_a_cite_holds_no_point_no_row_and_no_id(store: Store, place: Settings) -> None:
    folder = store.root / CITES / _cite(store, place)
    current = current_table(store, place)
    told = b"".join(file.read_bytes() for file in folder.iterdir() if file.suffix != ".png")
    for batch in current.batches:
        records = pd.read_parquet(batch, columns=["incident_id", "lon"])
        for number in records["incident_id"]:
            assert str(number).encode() not in told
        for lon in records["lon"].dropna():
            assert f"{lon:.4f}".encode() not in told


def test_frictionless_validates_what_was_cited(store: Store, place: Settings) -> None:
    folder = store.root / CITES / _cite(store, place)
    with system.use_context(trusted=True):
        report = frictionless.validate(str(folder / "datapackage.json"))
        assert report.valid, report.flatten(["type", "message"])
        body = (folder / "numbers.csv").read_text().replace("Area 0", "Area 1")
        (folder / "numbers.csv").write_text(body)
        assert not frictionless.validate(str(folder / "datapackage.json")).valid


def test_after_an_import_the_old_number_stands_beside_the_new_one(
    store: Store, place: Settings, tmp_path: Path
) -> None:
    name = _cite(store, place)
    assert _again(store, place, name)[1].headline.startswith("Unchanged")
    old = read_cite(store.root / CITES, name)
    file = reports(tmp_path / "more.csv", 12, 5, first=5000)
    assert command(*_import(file), store=store.root).returncode == 0
    answer, outcome = _again(store, place, name)
    before = ask_areas("areas", *_ask(store, place, old.manifest.link))
    now = dict(zip(before.table["area"], before.table["n"]))
    counts = [one for one in answer.changes if one.column == "n"]
    was = pd.read_csv(store.root / CITES / name / "numbers.csv").set_index("area")["n"]
    assert counts and all(
        int(one.new or 0) == now[one.row[0]] and int(one.old or 0) == was[one.row[0]]
        for one in counts
    )
    assert sum(int(one.new or 0) - int(one.old or 0) for one in counts) == now_total(now, was)
    assert [reason.kind for reason in answer.reasons] == [ChangeKind.IMPORTED]
    assert "because a newer import of" in outcome.headline and "12 records" in outcome.headline
    assert read_cite(store.root / CITES, name) == old  # never changed


def now_total(now: dict[str, int], was: "pd.Series[int]") -> int:
    return sum(now.values()) - int(was.sum())


def _ask(store: Store, place: Settings, link: str) -> tuple[object, ...]:
    current = current_table(store, place)
    asked = read_link(link, current, place)
    return current, asked.view, asked.page_words()


def test_after_a_purge_one_number_is_less(store: Store, place: Settings) -> None:
    name = _cite(store, place)
    purge.purge(store, "stops:r7")
    build.rebuild(store, place)
    answer, outcome = _again(store, place, name)
    (count,) = [one for one in answer.changes if one.column == "n"]
    assert int(count.old or 0) - int(count.new or 0) == 1
    assert {reason.kind for reason in answer.reasons} == {ChangeKind.PURGED}
    assert "removed for good" in outcome.headline


def test_after_a_retraction_the_page_says_why(store: Store, place: Settings) -> None:
    name = _cite(store, place)
    done = command("retract", "stops:r7", "--reason", "same_event", store=store.root)
    assert done.returncode == 0, done.stdout + done.stderr
    answer, outcome = _again(store, place, name)
    (count,) = [one for one in answer.changes if one.column == "n"]
    assert int(count.old or 0) - int(count.new or 0) == 1
    assert "because two reports were one event" in outcome.headline


def test_every_change_of_data_has_its_words() -> None:
    assert {*change_words._BECAUSE} == {*ChangeKind}


def test_after_an_import_was_taken_back_the_page_says_so(
    store: Store, place: Settings, tmp_path: Path
) -> None:
    file = reports(tmp_path / "more.csv", 12, 5, first=5000)
    assert command(*_import(file), store=store.root).returncode == 0
    fresh = Store(store.root)
    name = _cite(fresh, place)
    purge.unimport(fresh, fresh.history().live[-1])
    build.rebuild(fresh, place)
    answer, outcome = _again(fresh, place, name)
    lost = sum(int(one.old or 0) - int(one.new or 0) for one in answer.changes if one.column == "n")
    assert 0 < lost <= 12
    assert [reason.kind for reason in answer.reasons] == [ChangeKind.UNIMPORTED]
    assert "was taken back" in outcome.headline


def test_an_import_of_another_source_is_no_reason(
    store: Store, place: Settings, tmp_path: Path
) -> None:
    name = _cite(store, place)
    file = reports(tmp_path / "other.csv", 12, 5)
    words = ("import", str(file), "--source", "calls", "--official", "--kind", "call_911")
    assert command(*words, store=store.root).returncode == 0
    answer, outcome = _again(store, place, name)
    assert not answer.changes and not answer.reasons
    assert outcome.headline.startswith("Unchanged") and answer.stamp in outcome.lines[0]


def test_a_source_that_is_gone_cannot_be_asked_again(store: Store, place: Settings) -> None:
    name = _cite(store, place)
    purge.unimport(store, store.history().live[-1])
    build.rebuild(store, place)
    cite, answer = corrected.reask(store, place, name, ask_areas)
    assert answer.refused and not answer.changes
    assert "cannot be asked again" in describe_reask(cite, answer).headline
    assert len(pd.read_csv(store.root / CITES / name / "numbers.csv")) == 6


def test_community_reports_are_asked_again_as_of_the_moment_of_the_cite(
    store: Store, place: Settings, tmp_path: Path
) -> None:
    """Whatever came in later, no younger report makes the numbers fresher."""
    file = tmp_path / "tips.csv"
    frame = pd.read_csv(reports(tmp_path / "base.csv", 30))
    frame.assign(received="2025-12-31 10:00").to_csv(file, index=False)
    words = ("import", str(file), "--source", "hotline", "--kind", "sighting")
    assert command(*words, store=store.root).returncode == 0
    fresh = Store(store.root)
    link = LINK.replace("stops", "hotline")
    name = _cite(fresh, place, link)
    cited = read_cite(fresh.root / CITES, name)
    package = json.loads((fresh.root / CITES / name / "datapackage.json").read_bytes())
    texts = citation_texts(cited, cited_day(cited), "https://a.example/c/x")
    for text in (package["description"], *texts.values()):
        assert "team only, not for publication" in text.casefold()
    again = read_link(cited.manifest.link, current_table(fresh, place), place).view
    first = read_link(f"{link}", current_table(fresh, place), place).view
    assert again.settled_by is not None and again.settled_by <= (first.settled_by or NOW)
    older = cited.manifest.link.replace(
        again.settled_by.isoformat(timespec="minutes").replace(":", "%3A"), "2025-01-01T00%3A00"
    )
    assert read_link(older, current_table(fresh, place), place).view.settled_by == datetime(
        2025, 1, 1
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "numbers.csv").write_text("area,n,share\nArea 0,1,1\n"),
        lambda folder: (folder / "picture.svg").unlink(),
        lambda folder: (folder / "more.txt").write_text("x"),
        lambda folder: (folder / "manifest.json").write_text("{}"),
        lambda folder: (folder / "cited.json").unlink(),
        lambda folder: (folder / "cited.json").write_text("[]"),
    ],
    ids=["changed", "missing", "added", "manifest", "date missing", "date changed"],
)
def test_a_folder_that_was_changed_is_a_sentence(
    spoil: object, store: Store, place: Settings
) -> None:
    name = _cite(store, place)
    spoil(store.root / CITES / name)  # type: ignore[operator]
    with pytest.raises(Tampered, match="not as it was written"):
        corrected.reask(store, place, name, ask_areas)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("hello", "no link"),
        ("", "no link"),
        ("/areas?source=nobody", "cannot be met"),
        ("/areas?from=yesterday", "cannot be met"),
    ],
)
def test_a_link_that_cannot_be_met_is_a_sentence_and_nothing_is_left(
    link: str, says: str, store: Store, place: Settings
) -> None:
    with pytest.raises(Problem, match=says):
        _cite(store, place, link)
    assert not (store.root / CITES).exists()


def test_a_table_that_does_not_explain_itself_is_not_cited(store: Store, place: Settings) -> None:
    def twice(*asked: object) -> PageNumbers:
        numbers = ask_areas(*asked)  # type: ignore[arg-type]
        return replace(numbers, table=pd.concat([numbers.table, numbers.table]))

    def silent(*asked: object) -> PageNumbers:
        return replace(ask_areas(*asked), columns={"area": "The area."})  # type: ignore[arg-type]

    for ask, says in ((twice, "two rows"), (silent, "not explained")):
        with pytest.raises(Problem, match=says):
            make_cite.cite_link(store, place, LINK, ask, NOW)


def test_new_code_is_a_reason(
    store: Store, place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _cite(store, place)
    monkeypatch.setattr(corrected, "code_version", lambda: "v-next")

    def ask(*asked: object) -> PageNumbers:
        numbers = ask_areas(*asked)  # type: ignore[arg-type]
        return replace(numbers, table=numbers.table.assign(n=numbers.table["n"] + 1))

    cite, answer = corrected.reask(store, place, name, ask)
    outcome = describe_reask(cite, answer)
    assert answer.code == "v-next" and len(answer.changes) == 6
    assert any("Porchlight itself was updated" in line for line in outcome.lines)


def test_rows_are_compared_by_their_names() -> None:
    old = to_csv(pd.DataFrame({"area": ["=A", "B", "C"], "n": [41, 2, 3], "r": [0.1, 0.2, None]}))
    new = to_csv(
        pd.DataFrame({"area": ["B", "=A", "D"], "n": [2, 39, 9], "r": [0.2 + 1e-15, 0.1, 1.0]})
    )
    found = compare_tables(old, new, ["area"], ["n", "r"])
    told = [(one.row[0], one.column, one.old, one.new) for one in found]
    assert told == [
        ("'=A", "n", "41", "39"),
        ("C", "n", "3", None),
        ("C", "r", "", None),
        ("D", "n", None, "9"),
        ("D", "r", None, "1"),
    ]
    assert not equal_cells("1", "2") and not equal_cells("", "0") and equal_cells("0.3", "0.30")


def test_numbers_are_written_for_readers() -> None:
    assert [cell_text(text) for text in ("1240", "12.5", "1243.17", "", "Area 1", None)] == [
        *("1,240", "12.5", "1,243", "–", "Area 1", "not there")
    ]
    near = cite_change("0.123456", "0.123457")
    assert changed_texts(near) == ("0.123456", "0.123457")


def cite_change(old: str, new: str) -> object:
    from data.cites.number_table import CellChange

    return CellChange(("A",), "r", old, new)


@pytest.fixture
def _umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_umask")
def test_nobody_else_reads_a_cite_whatever_the_umask(store: Store, place: Settings) -> None:
    folder = store.root / CITES / _cite(store, place)
    assert folder.stat().st_mode & 0o077 == 0 and (folder.parent.stat().st_mode & 0o077) == 0


def test_the_manifest_names_what_it_is(store: Store, place: Settings) -> None:
    name = _cite(store, place)
    body = (store.root / CITES / name / cite_folder.MANIFEST).read_bytes()
    assert cite_folder.sha256_hex(body) == name
    said = json.loads(body)
    assert {"numbers.csv", "datapackage.json", "picture.svg", "picture.png"} == {*said["files"]}
    assert said["method"].startswith("Count of an area: ") and said["queries"]


def _tips(file: Path, received: str, *rows: tuple[str, str]) -> Path:
    """A file of tips by the day and what local police did, which all came in at one moment."""
    lines = [
        f"{file.stem}-{i},{day} 10:00,Area 0,sighting,{response},{received}"
        for i, (day, response) in enumerate(rows)
    ]
    file.write_text("\n".join(["id,time,neighborhood,kind,response,received_at", *lines]) + "\n")
    return file


def test_a_page_of_several_sources_names_them_all_and_is_asked_as_of_its_moment(
    store: Store, place: Settings, tmp_path: Path
) -> None:
    """Opened from official records, it holds reports of the community: they mark the cite as the
    team's, and no younger report comes in when it is asked again."""
    old = _tips(tmp_path / "old.csv", "2026-01-05 10:00", ("2026-01-02", "none"))
    words = ("--source", "hotline")
    assert command("import", str(old), *words, store=store.root).returncode == 0
    store = Store(store.root)
    name = make_cite.cite_link(
        store, place, LINK.replace("areas", "response"), ask_numbers, NOW
    ).name
    cite = read_cite(store.root / CITES, name)
    assert [one.kind for one in cite.manifest.sources] == ["community"]
    assert "settled=2026-03-02T18%3A00" in cite.manifest.link
    assert "Team only" in (store.root / CITES / name / cite_folder.SVG).read_text()
    young = [("2026-01-03", "none"), ("2026-01-04", "in_person")]
    late = _tips(tmp_path / "late.csv", "2026-03-03 11:30", *young)
    assert command("import", str(late), *words, store=store.root).returncode == 0
    current = current_table(Store(store.root), place)
    asked = read_again(cite.manifest.link, current, place)
    again = ask_numbers(asked.path, current, asked.view, asked.page_words())
    assert not compare_tables(cite.numbers, to_csv(again.table), cite.manifest.key, ("n",))
    now = ask_numbers("response", current, asked.view, {})
    assert now.table["n"].sum() == again.table["n"].sum() + 2  # later they are settled
