"""Cites of released numbers: from the public folder alone, compared with the newest release only."""

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from frictionless import system

from data.attacks.case import SMALL, Case
from data.attacks.payload import payload, searched, vertices
from data.attacks.served import contents
from data.cites import publish_cites, released_cites
from data.cites.citation import citation_texts
from data.cites.cite_folder import CITES, is_cite_name
from data.cites.released_cites import INDEX, PAGE, read_index, read_page_or_file, read_released_cite
from data.privacy.policy import Policy
from data.published import choice_words
from data.published.released import load_release
from data.release import release_manifest
from data.release.publish import _buried, _point
from tests.made_release import Made, make_release, publish_release

MAP = choice_words.choice_link("community", "district-year", "all", "2024")
SERIES = choice_words.choice_link("community", "city-month", "all")


@pytest.fixture(scope="module")
def cited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public folder with a release of a small place without official records, and its cites."""
    folder = tmp_path_factory.mktemp("released") / "public"
    publish_release(make_release("small", official=False), folder)
    publish_cites.settle_cites(folder)
    return folder


@pytest.fixture
def public(cited: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(cited, tmp_path / "public", symlinks=True))


def _names(public: Path) -> set[str]:
    return {folder.name for folder in (public / CITES).iterdir() if is_cite_name(folder.name)}


def _files(public: Path) -> dict[str, bytes]:
    root = public / CITES
    return {str(f.relative_to(root)): f.read_bytes() for f in root.rglob("*") if f.is_file()}


def test_each_table_and_period_has_a_cite(public: Path) -> None:
    index = read_index(public)
    assert {MAP, SERIES} <= index.keys() and {*index.values()} == _names(public)
    table = pd.read_csv(public / CITES / index[MAP] / "numbers.csv")
    released = pd.read_parquet(public / "current/community/estimate/district-year.parquet")
    own = released[released["period"].eq("2024")]
    assert list(table.columns) == ["area", "number", "low", "high"]
    assert sorted(table["number"][:-1]) == sorted(own["number"])
    page = (public / CITES / index[MAP] / PAGE).read_text()
    assert "Unchanged" in page and "<script" not in page and 'content="noindex"' in page


def test_cites_of_demonstration_data_say_so_wherever_they_are_quoted(
    public: Path, tmp_path: Path
) -> None:
    told = "Demonstration data: none of these reports is real."
    cite = read_released_cite(public, read_index(public)[MAP])
    assert f"2024. {told}</p>" in (public / CITES / cite.name / PAGE).read_text()
    texts = citation_texts(cite, date(2026, 1, 5), "https://a.example/c/x")
    assert len(texts) == 3 and all(text.count(told) == 1 for text in texts.values())
    real = tmp_path / "real" / "public"
    publish_release(make_release("tiny", official=False, areas=False, made=False), real)
    publish_cites.settle_cites(real)
    pages = [file.read_text() for file in (real / CITES).rglob(PAGE)]
    assert pages and not any("Demonstration" in page for page in pages)


def test_pages_are_small_and_files_are_for_everybody(public: Path) -> None:
    files = [file for file in (public / CITES).rglob("*") if file.is_file()]
    assert max(f.stat().st_size for f in files if f.name == PAGE) < 100_000
    assert {file.stat().st_mode & 0o777 for file in files} == {0o644}
    assert {f.stat().st_mode & 0o777 for f in (public / CITES).rglob("*") if f.is_dir()} == {0o755}


def test_frictionless_validates_them(public: Path) -> None:
    for name in sorted(_names(public))[:6]:
        with system.use_context(trusted=True):
            report = frictionless.validate(str(public / CITES / name / "datapackage.json"))
        assert report.valid, report.flatten(["type", "message"])


def test_the_same_releases_give_the_same_bytes(public: Path, tmp_path: Path) -> None:
    before = _files(public)
    publish_cites.settle_cites(public)
    assert _files(public) == before
    shutil.rmtree(public / CITES)
    publish_cites.settle_cites(public)
    assert _files(public) == before


def test_nothing_but_released_numbers_is_in_them(public: Path) -> None:
    """A11 and A13: no time, no coordinate, no other host; the whitelisted columns only."""
    release = (public / "current").resolve()
    files = {f"{CITES}/{name}": body for name, body in _files(public).items()}
    assert not payload(files, ["canary-4711"], vertices(contents(release)))
    for name, body in files.items():
        if name.endswith(".csv"):
            head = body.decode().splitlines()[0]
            assert head in ('"area","number","low","high"', '"period","number","low","high"')


def _next_release(made: Made, public: Path, change: bool, redone: str = "") -> str:
    """Another release of a later day beside the first, whose numbers of a map may be others."""
    path = "community/estimate/district-year"
    frame = made.tables[path]
    if change:
        frame = frame.assign(number=frame["number"] + 2, high=frame["high"] + 2)
    manifest = {**made.manifest, "as_of": "2026-01-20", "redone": [redone] if redone else []}
    folder = public.parent / "next"
    publish_release(made._replace(tables=made.tables | {path: frame}, manifest=manifest), folder)
    (built,) = (folder / "releases").iterdir()
    shutil.move(built, public / "releases" / built.name)
    _point(public, built.name)
    return built.name


def test_a_redone_release_stands_beside_the_old_number(public: Path) -> None:
    made, old = make_release("small", official=False), read_index(public)
    _next_release(made, public, change=True, redone="2024")
    publish_cites.settle_cites(public)
    index = read_index(public)
    assert index[MAP] != old[MAP] and index[SERIES] == old[SERIES]
    page = (public / CITES / old[MAP] / PAGE).read_text()
    first = pd.read_csv(public / CITES / old[MAP] / "numbers.csv").iloc[0]
    assert "Since changed on Jan 20, 2026" in page and "measured a second time" in page
    assert f">{first['number']:,}<ins>now {first['number'] + 2:,}</ins>" in page
    assert "Unchanged" in (public / CITES / index[MAP] / PAGE).read_text()


def test_what_was_provisional_says_why_it_changed(public: Path) -> None:
    made, old = make_release("small", official=False), read_index(public)
    _next_release(made, public, change=True)
    publish_cites.settle_cites(public)
    assert "they were provisional" in (public / CITES / old[MAP] / PAGE).read_text()


def test_a_series_of_a_redone_year_says_so(public: Path) -> None:
    """Its link names no period: the rows that changed do."""
    old = read_released_cite(public, read_index(public)[SERIES])
    manifest = make_release("small", official=False).manifest
    frame = pd.read_csv(io.BytesIO(old.numbers))
    frame["number"] += frame["period"].str.contains("2024") * 1
    numbers = {SERIES: publish_cites.to_csv(frame)}
    for years, says in (
        (["2024"], "2024 were recalled and measured a second time"),
        (["2023"], "they were provisional"),
    ):
        newest = publish_cites.ReleasedNumbers({**manifest, "id": "next", "redone": years}, numbers)
        outcome = publish_cites.describe_release(old, newest)
        assert outcome.changes and says in outcome.headline


def test_nobody_is_blamed_for_a_changed_official_number(public: Path) -> None:
    """Whether the public body changed its records or a correction here did, files do not tell."""
    old = read_released_cite(public, read_index(public)[MAP])
    exact = old._replace(
        manifest=replace(old.manifest, columns={"area": "A", "number": "N"}, compared=("number",))
    )
    frame = pd.read_csv(io.BytesIO(old.numbers))
    changed = publish_cites.to_csv(frame.assign(number=frame["number"] + 1))
    manifest = make_release("small", official=False).manifest
    newest = publish_cites.ReleasedNumbers({**manifest, "id": "next"}, {MAP: changed})
    assert "public list of corrections" in publish_cites.describe_release(exact, newest).headline


def test_a_recalled_release_leaves_a_sentence_and_no_number(public: Path) -> None:
    name = (public / "current").resolve().name
    index, before = read_index(public), _files(public)
    later = _next_release(make_release("small", official=False), public, change=False)
    _buried(public / "releases" / name)
    publish_cites.settle_cites(public)
    now = read_index(public)
    assert now.keys() == index.keys() and not {*now.values()} & {*index.values()}
    folder = public / CITES / index[MAP]
    assert {file.name for file in folder.iterdir()} == {PAGE, released_cites.TOMBSTONE}
    page = (folder / PAGE).read_text()
    assert "recalled" in page and "<table" not in page and "<img" not in page
    assert json.loads((folder / released_cites.TOMBSTONE).read_text())["release"] == name
    assert read_page_or_file(public, index[MAP], "numbers.csv") is None
    for number in pd.read_csv(_text(before[f"{index[MAP]}/numbers.csv"]))["number"]:
        assert f"{number:,}" not in page.partition("<body>")[2]
    assert (
        load_release(public / "releases" / later).id
        in (public / CITES / now[MAP] / PAGE).read_text()
    )
    again = _files(public)
    publish_cites.settle_cites(public)
    assert _files(public) == again


def _text(body: bytes) -> object:
    return io.BytesIO(body)


def test_without_any_release_the_pages_say_so(public: Path) -> None:
    index = read_index(public)
    _buried(public / "releases" / "recalled")
    _point(public, "recalled")
    publish_cites.settle_cites(public)
    page = (public / CITES / index[MAP] / PAGE).read_text()
    assert "No release is published now" in page


def test_a_changed_cite_shows_no_number_and_is_made_again(public: Path) -> None:
    index = read_index(public)
    file = public / CITES / index[MAP] / "numbers.csv"
    file.write_text("area,number,low,high\nAlder Hill,999,990,1001\n")
    body = read_page_or_file(public, index[MAP], "")
    assert body is not None and b"not as it was written" in body and b"999" not in body
    assert read_page_or_file(public, index[MAP], "numbers.csv") is None
    publish_cites.settle_cites(public)
    assert read_index(public) == index
    assert b"999" not in (read_page_or_file(public, index[MAP], "numbers.csv") or b"999")


def test_odd_names_are_no_cites(public: Path) -> None:
    for name in ("", "..", INDEX, "a" * 64, "../current", "%2e%2e"):
        assert read_page_or_file(public, name, "") is None
    name = read_index(public)[MAP]
    for file in ("../index.json", "../../current/manifest.json", ".", "none.csv"):
        assert read_page_or_file(public, name, file) is None


@pytest.fixture(autouse=True)
def _no_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever they are made of, it is not a store."""
    monkeypatch.setenv("PORCHLIGHT_STORE", "/nonexistent/store")
    yield


def test_the_manifest_of_the_release_is_as_it_was(public: Path) -> None:
    assert release_manifest.verify((public / "current").resolve())


def test_the_attack_on_bytes_searches_them_too(public: Path, tmp_path: Path) -> None:
    folder = (public / "current").resolve()
    case = Case(
        rules=Policy(volume="small"),
        scratch=tmp_path / "one",
        folder=folder,
        manifest=release_manifest.read_manifest(folder),
        cites=publish_cites.settle_cites,
        canaries=("canary-4711",),
    )

    def leaking(target: Path) -> None:
        publish_cites.settle_cites(target)
        (target / CITES / "left.txt").write_text("canary-4711")

    found = searched(case, SMALL)
    assert found.passed, found.figure
    assert not searched(replace(case, scratch=tmp_path / "two", cites=leaking), SMALL).passed
