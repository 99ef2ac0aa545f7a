"""A purge takes one record, whatever later files bring, and never another one's."""

import hashlib
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from data.__main__ import app
from data.files.row_reasons import RowReason
from data.imports import importer
from data.imports.importer import Options, Report
from data.settings import Problem, Settings
from data.storage import batches, database, identity
from data.storage.events import BatchRewritten, RecordPurged
from data.storage.store import Gone, Store
from data.tables import build
from data.upkeep import purge

PLACE = Settings("Minneapolis", "America/Chicago", crs="EPSG:26915")
HEAD = "when,latitude,longitude,victim_sex,victim_age"
EVENT = "2025-01-13 02:00,44.97,-93.27"
VICTIMS = [f"{EVENT},F,17", f"{EVENT},M,21", f"{EVENT},F,60"]
OTHER = "2025-01-14 02:00,44.98,-93.26,M,40"
Take = Callable[..., Report]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def take(store: Store, tmp_path: Path) -> Take:
    """Imports lines as a file of their own."""
    number = itertools.count()

    def imported(lines: list[str], head: str = HEAD, **more: str) -> Report:
        file = tmp_path / f"{next(number)}.csv"
        file.write_text("\n".join([head, *lines]) + "\n")
        options = Options(**{"source": "calls", "kind": "use_of_force", **more})
        return importer.import_file(store, PLACE, file, options, say=lambda _: None)

    return imported


def command(store: Store, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(store.root))
    return CliRunner().invoke(app, list(words))


def shown(store: Store) -> dict[str, str]:
    """The ids that readers see, and the hash of the row of each."""
    current = store.at(build.rebuild(store, PLACE))
    held = [pq.read_table(f, columns=["incident_id", "row_hash"]) for f in current.batches]
    rows = current.query("SELECT batch, row FROM {facts}").to_pylist()
    found = [held[r["batch"]].slice(r["row"], 1).to_pylist()[0] for r in rows]
    assert len({f["incident_id"] for f in found}) == len(found)
    return {f["incident_id"]: f["row_hash"] for f in found}


def test_what_was_purged_has_another_stamp_than_before(take: Take, store: Store) -> None:
    """Purged, taken back and imported again: a batch of the same name without the record. A
    dashboard keeps what it knows by the stamp, and would go on showing it."""
    take([V1, OTHER_OWN], OWN)
    first, ids = build.rebuild(store, PLACE), set(shown(store))
    purge.purge(store, "calls:24-1")
    second = build.rebuild(store, PLACE)
    purge.unimport(store, batches.live(store)[0])
    build.rebuild(store, PLACE)
    take([V1, OTHER_OWN], OWN)  # the same file, by its content
    third = build.rebuild(store, PLACE)
    assert len({first, second, third}) == 3
    assert ids == {"calls:24-1", "calls:24-2"} and set(shown(store)) == {"calls:24-2"}
    assert store.at(third).meta["rows"] == 1
    purge.unimport(store, batches.live(store)[0])
    take([V1, OTHER_OWN], OWN)  # nothing was purged in between: the same table, the same stamp
    assert build.rebuild(store, PLACE) == third


def test_victims_of_one_event_are_two_records(take: Take, store: Store) -> None:
    report = take([*VICTIMS[:2], OTHER])
    assert (report.kept, report.repeats) == (3, 0)
    assert not any("equal an earlier" in sentence for sentence in report.sentences())
    ids = shown(store)
    assert len(ids) == 3 and all(len(i.partition(":")[2]) == 20 for i in ids)


def test_rows_that_differ_only_in_dropped_columns_are_no_repeats(take: Take) -> None:
    """Also where they have an id of their own, and where a name is what differs."""
    head = "id,date,area,kind,victim_name"
    rows = ["1,2024-03-01,A,other,Ann", "1,2024-03-01,A,other,Bo", "1,2024-03-01,A,other,Ann"]
    report = take(rows, head)
    assert (report.kept, report.repeats) == (3, 1)
    assert report.notes == {"rows with an id that an earlier, different row has": 1}


@pytest.mark.parametrize("victims", [VICTIMS[:2], VICTIMS])
@pytest.mark.parametrize("gone", [0, 1])
def test_a_purged_victim_stays_away_and_the_others_stay(
    take: Take, store: Store, victims: list[str], gone: int
) -> None:
    take([*victims, OTHER])
    before = shown(store)
    key = identity.store_key(store.root)
    hashed = identity.Identify("calls", None, HEAD.split(","), key, duckdb.connect())
    table = pa.table(dict(zip(HEAD.split(","), map(list, zip(*(r.split(",") for r in victims))))))
    ids, _ = hashed.ids(table)
    target = ids[gone].as_py()
    assert "Removed 1 record" in purge.purge(store, target)
    wanted = {k: v for k, v in before.items() if k != target}
    assert shown(store) == wanted and len(wanted) == len(victims)
    for lines in (
        [*victims, OTHER],
        [OTHER, *reversed(victims)],
        [*victims, OTHER, "2025-02-01 10:00,44.98,-93.26,M,33"],
        [f"{EVENT},X,30", *victims],
        [*victims, *victims],
    ):
        report = take(lines)
        purged = report.rejected.get(RowReason.PURGED)
        assert report.unchanged or purged == lines.count(victims[gone])
        found = shown(store)
        assert target not in found and wanted.items() <= found.items()
        assert not {n for n in found if n.startswith(target)}
    assert "was purged before" in purge.purge(store, target)
    assert wanted.items() <= shown(store).items()


OWN = "id,date,lat,lon,kind,victim_age"
OTHER_OWN = "24-2,2024-03-09 10:07,44.9,-93.2,other,5"
ROW = "24-1,2024-03-08 10:07,44.9,-93.2,other"
V1, V2, V3 = (f"{ROW},{age}" for age in (17, 21, 60))


def hashes(store: Store) -> set[str]:
    return set(shown(store).values())


def test_victims_with_one_id_of_the_source(take: Take, store: Store) -> None:
    take([V1, V2, V3], OWN)
    first = shown(store)
    assert list(first) == ["calls:24-1", "calls:24-1-2", "calls:24-1-3"]
    told = purge.purge(store, "calls:24-1-2")
    assert "Removed 1 record (calls:24-1-2)" in told
    assert "another row of the file: calls:24-1, calls:24-1-3." in told
    left = {first["calls:24-1"], first["calls:24-1-3"]}
    for lines in ([V1, V2, V3], [V2, V3, V1], [V3, V2, V1, f"{ROW},33"], [V2, V1, V3]):
        take(lines, OWN)
        assert first["calls:24-1-2"] not in hashes(store) and left <= hashes(store)
        assert len(shown(store)) == len(lines) - 1
    # in the last file the id of the purged one is another's: asked for, that one goes
    names = {v: k for k, v in shown(store).items()}
    again = names[first["calls:24-1"]]
    assert again == "calls:24-1-2" and "Removed 1 record" in purge.purge(store, again)
    assert hashes(store) == {first["calls:24-1-3"]}


def test_a_row_written_anew_does_not_bring_a_purged_one_back(take: Take, store: Store) -> None:
    take([V1, V2], OWN)
    first = shown(store)
    purge.purge(store, "calls:24-1")
    report = take([f"{ROW},18", V2], OWN)  # the source mended the age
    assert report.rejected == {RowReason.UNSURE: 1}
    assert hashes(store) == {first["calls:24-1-2"]}
    # a second victim that comes later is another one: the purged row is still in the file
    report = take([V1, V2, V3], OWN)
    assert report.rejected == {RowReason.PURGED: 1} and len(hashes(store)) == 2


def test_a_purged_row_without_an_id_does_not_come_back_by_other_columns(
    take: Take, store: Store
) -> None:
    take([*VICTIMS[:2], OTHER])
    target = min(i for i, h in shown(store).items() if h)
    row = next(
        r
        for f in batches.live_files(store)
        for r in pq.read_table(f).to_pylist()
        if r["incident_id"] == target
    )
    purge.purge(store, target)
    left = set(shown(store))
    lines = [line.rpartition(",")[0] for line in (*VICTIMS[:2], OTHER)]
    report = take(lines, HEAD.rpartition(",")[0])  # the export without ages
    same = 2 if row["occurred_at"].day == 13 else 1
    assert report.rejected == {RowReason.UNSURE: same}
    assert left <= set(shown(store))


def test_repeats_go_only_if_asked_for(take: Take, store: Store) -> None:
    take([V1, V1, V2, V1], OWN)
    told = purge.purge(store, "calls:24-1-2")
    assert "Removed 1 record (calls:24-1-2)" in told
    assert (
        "2 rows of the file that are equal to it in every column (calls:24-1, calls:24-1-4)" in told
    )
    assert "python -m data purge calls:24-1 --repeats" in told
    left = {"calls:24-1", "calls:24-1-3", "calls:24-1-4"}
    assert set(shown(store)) == left
    take([V1, V1, V2, V1, V3], OWN)  # as many of them as before, and one more row
    assert set(shown(store)) == left | {"calls:24-1-5"}
    asked: list[str] = []
    told = purge.purge(store, "calls:24-1", ask=lambda q: not asked.append(q))
    (question,) = asked
    assert question.startswith("1 row of the file is equal to calls:24-1 in every column (")
    assert "Removed 2 records (calls:24-1, calls:24-1-4)" in told
    assert set(shown(store)) == {"calls:24-1-3", "calls:24-1-5"}
    take([V1] * 5 + [V2], OWN)
    assert len(shown(store)) == 1


def test_repeats_of_a_purged_record_can_go_afterwards(take: Take, store: Store) -> None:
    take([*[VICTIMS[0]] * 3, OTHER])
    base = min(i for i in shown(store) if f"{i}-2" in shown(store))
    purge.purge(store, base)
    assert len(shown(store)) == 3
    assert "Removed 2 records" in purge.purge(store, base, repeats=True)
    assert len(shown(store)) == 1
    take([*[VICTIMS[0]] * 4, OTHER, VICTIMS[1]])
    assert len(shown(store)) == 2


def test_the_command_says_how_to_remove_repeats(
    take: Take, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    take([V1, V1, V2], OWN)
    build.rebuild(store, PLACE)
    done = command(store, monkeypatch, "purge", "calls:24-1")
    assert done.exit_code == 0 and "calls:24-1-2 --repeats" in done.output
    done = command(store, monkeypatch, "purge", "calls:24-1-2", "--repeats")
    assert "Removed 1 record (calls:24-1-2)" in done.output
    assert list(shown(store)) == ["calls:24-1-3"]


def test_nothing_kept_lets_a_dropped_cell_be_guessed(take: Take, store: Store) -> None:
    """No hash in the store is one that can be made of what a row says without its key."""
    take([*VICTIMS, OTHER])
    (file,) = batches.live_files(store)
    row = next(r for r in pq.read_table(file).to_pylist() if r["occurred_at"].day == 13)
    others = hashes(store)
    assert row["row_hash"] in others and "F" not in json.dumps(row["attributes"] or "")
    cells = VICTIMS[0].split(",")
    for guess in (cells, sorted(cells), [c for _, c in sorted(zip(HEAD.split(","), cells))]):
        for mark in ("", ",", "\x1f", "|"):
            digest = hashlib.sha256(mark.join(guess).encode()).hexdigest()
            assert digest[:20] not in others
    again = Store(store.root.with_name("again"))
    importer.import_file(
        again,
        PLACE,
        store.root.parent / "0.csv",
        Options(source="calls", kind="use_of_force"),
        say=lambda _: None,
    )
    build.rebuild(again, PLACE)
    assert not others & hashes(again)  # another store, another key


def test_an_import_without_the_key_is_refused(take: Take, store: Store) -> None:
    take([V1], OWN)
    key = identity.key_file(store.root)
    held = key.read_bytes()
    for content in (None, b"x" * 32):
        key.unlink(missing_ok=True)
        if content:
            key.write_bytes(content)
        with pytest.raises(Problem, match="purged rows would come back"):
            take([V1, V2], OWN)
        assert key.exists() == bool(content)
    key.write_bytes(held)
    assert take([V1, V2], OWN).kept == 2


def test_purge_reaches_an_older_writing_of_the_record(take: Take, store: Store) -> None:
    take([V1], OWN)
    take([f"{ROW},18"], OWN)  # replaces it
    assert len(shown(store)) == 1
    purge.purge(store, "calls:24-1")
    assert not shown(store)
    assert sum(pq.read_metadata(f).num_rows for f in store.batches.glob("*.parquet")) == 0


def test_readers_of_the_older_table_find_its_batch_until_it_is_gone(
    take: Take, store: Store
) -> None:
    take([V1, V2], OWN)
    old = store.at(build.rebuild(store, PLACE))
    assert old.meta["rows"] == 2 == old.query("SELECT count(*) AS n FROM {facts}")["n"][0].as_py()
    purge.purge(store, "calls:24-1")  # and no table is built yet, as if killed here
    assert all(file.exists() for file in old.batches) and store.stamp() == old.stamp
    new = store.at(build.rebuild(store, PLACE))
    assert all(file.exists() for file in new.batches) and new.meta["rows"] == 1
    assert not any(file.exists() for file in old.batches) and not old.folder.exists()
    fresh = store.at(old.stamp)
    for read in (lambda: fresh.meta, lambda: fresh.query("SELECT max(x) FROM {facts}")):
        with pytest.raises(Gone, match="ask again"):
            read()
    with pytest.raises(Gone, match="ask again"):  # though it was held in memory
        old.query("SELECT max(x) FROM {facts}")
    assert new.query("SELECT count(*) AS n FROM {facts}")["n"][0].as_py() == 1
    assert database._database(store.root, in_order=False).used.keys() == {new.stamp}


def test_unimport_typed_again_says_that_it_is_done(take: Take, store: Store) -> None:
    take([V1], OWN)
    (name,) = batches.live(store)
    purge.unimport(store, name[:8])  # and no table is built yet, as if killed here
    assert "was taken back before" in purge.unimport(store, name[:8])
    assert not shown(store)
    take([V1], OWN, kind="other")
    with pytest.raises(Problem, match="No single batch"):
        purge.unimport(store, "zz")


def test_the_ledger_keeps_no_hash_that_can_be_tried_out(take: Take, store: Store) -> None:
    """Ids are often numbers: a plain hash of one is found in seconds."""
    take([V1], OWN)
    purge.purge(store, "calls:24-1")
    everything = b"".join(f.read_bytes() for f in store.root.rglob("*") if f.is_file())
    for text in ("calls:24-1", "24-1", "calls:24-1-2"):
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            assert digest(text.encode()).hexdigest().encode() not in everything
    key = identity.store_key(store.root)
    assert identity.subject("calls:24-1", key).encode() in everything
    assert identity.subject("calls:24-1", b"x" * 32).encode() not in everything


def test_without_the_key_of_the_purges_nothing_is_imported(take: Take, store: Store) -> None:
    """Also where no import counts any longer: what was purged would come back."""
    store.root.mkdir()
    key = identity.store_key(store.root)
    mark = identity.key_mark(key)
    store.ledger.append(RecordPurged(identity.subject("calls:24-1", key), key=mark))
    other = "24-2,2024-03-09 10:07,44.9,-93.2,other,5"
    report = take([V1, other], OWN)
    assert report.rejected == {RowReason.PURGED: 1}
    purge.unimport(store, batches.live(store)[0])
    identity.key_file(store.root).unlink()
    with pytest.raises(Problem, match=r"missing, the key .* purged rows would come back"):
        take([V1, other.replace("24-2", "24-3")], OWN)


def test_purges_of_earlier_versions_hold(take: Take, store: Store) -> None:
    """They kept a hash of the id, and of id, time and place; rows were named by what is shown."""
    shown_cells = VICTIMS[0].split(",")[:3]  # sex and age were dropped
    name = hashlib.sha256("\x1f".join(shown_cells).encode()).hexdigest()[:20]
    store.root.mkdir()
    store.ledger.append(RecordPurged(identity.unkeyed(f"calls:{name}")))
    report = take([VICTIMS[0], OTHER])
    assert report.rejected == {RowReason.PURGED: 1} and len(shown(store)) == 1
    moment = int(datetime(2024, 3, 8, 16, 7, tzinfo=UTC).timestamp()) * 1_000_000
    mark = "\x1f".join(["calls:24-1", str(moment), "-93.2", "44.9", ""])
    store.ledger.append(RecordPurged(identity.unkeyed(mark)))
    report = take([V1, "24-1,2024-03-09 10:07,44.9,-93.2,other,5"], OWN)
    assert report.rejected == {RowReason.PURGED: 1}
    # the first version told of the record and of its batch in one event
    store.ledger.append(BatchRewritten(identity.unkeyed("calls:24-9"), "a batch", "another"))
    report = take(
        ["24-9,2024-03-10 10:07,44.9,-93.2,other,5", "24-8,2024-03-11 10:07,44.9,-93.2,other,5"],
        OWN,
    )
    assert report.rejected == {RowReason.PURGED: 1} and report.kept == 1
