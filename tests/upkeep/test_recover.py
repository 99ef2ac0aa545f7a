"""A lost ledger: everything refuses, and what comes back is what was there, no more."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from data.__main__ import app
from data.areas import area_import
from data.imports import importer
from data.imports.importer import Options
from data.release import chain, publish
from data.settings import Problem, Settings
from data.storage import batches
from data.storage.events import AreasSet, detail_of
from data.storage.ledger import SqliteLedger
from data.storage.store import Store
from data.tables import build
from data.upkeep import purge, recover
from tests.release.test_publish import FIRST, Place, areas, reports
from tests.releases import survived

TOWN = Settings("Minneapolis", "America/Chicago", crs="auto")
HEAD = "id,date,lat,lon,kind,victim_age\n"
ROWS = [f"{i},2024-03-{i:02} 10:07,44.9{i},-93.2,other,{20 + i}\n" for i in range(1, 9)]


def file(store: Store, name: str, rows: list[str]) -> Path:
    target = store.root.parent / name
    target.write_text(HEAD + "".join(rows))
    return target


def take(store: Store, path: Path, **more: str) -> str:
    options = Options(**{"source": "calls", **more})
    return importer.import_file(store, TOWN, path, options, say=lambda _: None).batch


def seen(store: Store) -> dict[str, Any]:
    """The state that readers and the fold of the ledger tell."""
    current = store.at(build.rebuild(store, TOWN))
    ids = sorted(
        name
        for file in batches.live_files(store)
        for name in pq.read_table(file, columns=["incident_id"])["incident_id"].to_pylist()
    )
    meta = current.meta
    return {
        "live": batches.live(store),
        "ids": ids,
        "rows": meta["rows"],
        "crs": meta["place"]["crs"],
        "sources": [(s["name"], s["imports"]) for s in meta["sources"]],
        "sets": [s["name"] for s in meta["sets"]],
        "stamp": current.stamp,
    }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small store of reports and areas, to be copied."""
    made = tmp_path_factory.mktemp("filled")
    store = Store(made / "store")
    options = Options(source="hotline", kind="sighting")
    importer.import_file(store, TOWN, reports(made / "a.csv"), options, say=lambda _: None)
    shapes = {"name_column": "name", "population_column": "people"}
    area_import.add(store, TOWN, areas(made / "a.geojson"), **shapes, say=lambda _: None)
    build.rebuild(store, TOWN)
    return store.root


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Imports that replace, were taken back and came again; purges; two area sets."""
    made = Store(tmp_path / "store")
    first = file(made, "a.csv", ROWS[:5])
    take(made, first)
    purge.purge(made, "calls:2")
    take(made, first, kind="sighting")  # replaces what the purge had written anew
    taken = take(made, file(made, "b.csv", ROWS[5:7]), source="other")
    purge.unimport(made, taken)
    again = take(made, file(made, "c.csv", ROWS[3:8]))
    purge.unimport(made, again)
    take(made, made.root.parent / "c.csv")
    purge.purge(made, "calls:4")
    build.rebuild(made, TOWN)
    return made


LOSSES = {
    "missing": lambda file: file.unlink(),
    "empty": lambda file: file.write_bytes(b""),
    "text": lambda file: file.write_text("no ledger"),
    "noise": lambda file: file.write_bytes(b"SQLite format 3\0" + os.urandom(9000)),
    "cut": lambda file: os.truncate(file, file.stat().st_size // 2),
    "no rows": lambda file: (file.unlink(), SqliteLedger(file).begin()),
}


def typed(store: Store, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(store.root))
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("how", LOSSES)
def test_a_lost_ledger_is_refused_by_all_and_recovered(
    how: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(store)
    LOSSES[how](store.ledger.file)
    files = {p: p.stat().st_mtime_ns for p in store.root.rglob("*") if "ledger" not in p.name}
    stored = str(store.root.parent / "c.csv")
    for words in (
        ["status"],
        ["rebuild"],
        ["purge", "calls:1"],
        ["unimport", "a"],
        ["areas", "--learn"],
        ["export", str(store.root.parent / "x.csv")],
        ["release"],
        ["sample"],
        ["import", stored, "--source", "calls"],
        ["publish", "x"],
        ["recall", "x"],
    ):
        done = typed(store, monkeypatch, *words)
        assert done.exit_code == 1, (words, done.output)
        assert "python -m data recover" in done.output or "PORCHLIGHT_PUBLIC" in done.output, words
    with pytest.raises(Problem, match="data recover"):
        Store(store.root).stamp()
    kept = {p: p.stat().st_mtime_ns for p in files if p.exists()}
    assert {p for p in files if p.suffix in (".parquet", ".csv")} <= kept.keys()
    done = typed(store, monkeypatch, "recover")
    assert done.exit_code == 0 and "written anew" in done.output, done.output
    assert seen(store) == before
    # neither a purge nor an import that was taken back is undone
    for source, name in (("a.csv", "calls"), ("b.csv", "calls"), ("c.csv", "calls")):
        take(store, store.root.parent / source, source=name, zone="America/Denver")
    ids = set(seen(store)["ids"])
    assert not {"calls:2", "calls:4"} & ids and "calls:6" in ids
    assert "nothing to recover" in recover.recover(store, None)[0]


def test_a_ledger_put_back_from_an_old_copy_is_noticed(store: Store) -> None:
    copy = store.root.parent / "copy.db"
    shutil.copy(store.ledger.file, copy)
    purge.purge(store, "calls:1")
    before = seen(store)
    shutil.copy(copy, store.ledger.file)
    with pytest.raises(Problem, match="older than the table"):
        Store(store.root).stamp()
    recover.recover(store, None)
    assert seen(store) == before and "calls:1" not in str(before)


def test_a_batch_of_an_earlier_version_is_named(store: Store) -> None:
    name = batches.live(store)[-1]
    target = store.batches / f"{name}.parquet"
    table = pq.read_table(target)
    told = json.loads(table.schema.metadata[b"porchlight"])
    kept = {key: told[key] for key in ("batch", "source", "file_sha256", "crs_of_x_y")}
    meta = {**table.schema.metadata, b"porchlight": json.dumps(kept).encode()}
    pq.write_table(table.replace_schema_metadata(meta), target)
    store.ledger.file.unlink()
    notes = recover.recover(store, None)
    (note,) = [n for n in notes if name in n]
    assert kept["file_sha256"] in note and "import its file" in note and "purge it again" in note
    assert name not in batches.live(store)


def test_a_first_command_that_was_killed_is_no_lost_ledger(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.writing() as scratch:
        (scratch / "x").write_bytes(b"x")
        (scratch / "x").rename(store.batches / "x.parquet")
    assert store.events() == [] and store.stamp() is None


@pytest.mark.parametrize("known", [True, False])
def test_a_recalled_release_stays_recalled(
    known: bool, tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, filled)
    monkeypatch.setenv("PORCHLIGHT_KEYS", str(tmp_path / "home" / "keys"))
    name = place.published()
    publish.recall(place.store, name, place.public)
    other = place.release()
    assert other.id == name or chain.folder(place.store, other.id).exists()
    area = [detail_of(e) for e in place.store.events() if isinstance(e, AreasSet)]
    place.store.ledger.file.unlink()
    if not known:  # the public folder alone tells it
        shutil.rmtree(place.store.release_events)
    notes = recover.recover(place.store, None if known else place.public)
    assert [detail_of(e) for e in place.store.events() if isinstance(e, AreasSet)] == area
    with pytest.raises(Problem, match="was recalled"):
        publish.publish(place.store, TOWN, name, place.public)
    assert any("PORCHLIGHT_PUBLIC" in n for n in notes) == known
    assert any("does not tell how it was made" in n for n in notes) != known


FILES = ("facts", "meta.json", "areas0.parquet", "files.json")
DAMAGE = {
    "gone": lambda file: file.unlink(),
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: os.truncate(file, file.stat().st_size // 2),
    "flipped": lambda file: file.write_bytes(file.read_bytes()[:-9] + b"x" * 9),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_rebuild_mends_any_file_of_the_table(how: str, tmp_path: Path, filled: Path) -> None:
    store = Place(tmp_path, filled).store
    stamp = build.rebuild(store, TOWN)
    folder = store.current / stamp
    for name in FILES:
        parts = store.at(stamp).partitions
        DAMAGE[how](parts[0].file if name == "facts" else folder / name)
        assert not store.at(stamp).whole()
        if name == "facts":
            with pytest.raises(Problem, match="python -m data rebuild"):
                store.at(stamp).query("SELECT count(*), max(x) FROM {facts}")
        assert build.rebuild(store, TOWN) == stamp and store.at(stamp).whole()
    (store.current / "now").write_text("")
    with pytest.raises(Problem, match="python -m data rebuild"):
        store.stamp()
    build.rebuild(store, TOWN)
    assert store.stamp() == stamp
    shutil.rmtree(folder)
    with pytest.raises(Problem, match="python -m data rebuild"):
        store.stamp()
    assert build.rebuild(store, TOWN) == stamp and store.stamp() == stamp


def test_an_older_release_is_published_only_if_that_is_meant(
    tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, filled)
    monkeypatch.setenv("PORCHLIGHT_KEYS", str(tmp_path / "home" / "keys"))
    old = place.release()
    survived(old.folder)
    new = place.published(FIRST.replace(day=8))
    current = place.public / "current"
    for _ in range(2):
        with pytest.raises(Problem, match=f"older than {new}, which is published.*--older"):
            publish.publish(place.store, TOWN, old.id, place.public)
        assert current.resolve().name == new
    publish.publish(place.store, TOWN, new, place.public)  # again: nothing is older
    publish.publish(place.store, TOWN, old.id, place.public, older=True)
    assert current.resolve().name == old.id
    publish.recall(place.store, new, place.public)
    publish.publish(place.store, TOWN, old.id, place.public)  # the newer one no longer counts
    assert current.resolve().name == old.id
