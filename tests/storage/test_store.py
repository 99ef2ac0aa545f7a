"""The store: immutable, append-only, swapped in whole, and closed to everything else."""

import json
import re
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from data.settings import Problem, Settings, load_settings
from data.storage import batches
from data.storage.database import query
from data.storage.events import Unknown
from data.storage.store import Store
from data.views import links, view_counts, whole_records
from data.views.view import View
from tests.conftest import command
from tests.views.test_view import NOW
from ui.app import start

PLACE = Settings("Minneapolis", "America/Chicago", crs="EPSG:26915")


def written(file: Path, rows: int, first: int = 0) -> Path:
    """A small clean CSV of sightings."""
    lines = ["id,time,lat,lon,neighborhood,note"]
    for i in range(first, first + rows):
        minute = i % 60
        lines.append(
            f"r{i},2024-03-{1 + i % 28:02d} 10:{minute:02d},{44.9 + i % 97 / 900:.5f},"
            f"{-93.3 + i % 89 / 900:.5f},Area {i % 5},note {i}"
        )
    file.write_text("\n".join(lines) + "\n")
    return file


def imported(store: Path, file: Path, *more: str) -> str:
    """Import a file, which must go through; return what it printed."""
    done = command(
        "import", str(file), "--source", "hotline", "--kind", "sighting", *more, store=store
    )
    nothing = "\n0 kept + " in done.stdout
    assert done.returncode == int(nothing), done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def small(tmp_path: Path) -> Store:
    """A store with one import of 50 rows."""
    imported(tmp_path / "store", written(tmp_path / "a.csv", 50))
    return Store(tmp_path / "store")


def rows(store: Store) -> int:
    """The number of rows that readers see."""
    stamp = store.stamp()
    return int(store.at(stamp).meta["rows"]) if stamp else 0


def test_folder_is_private(small: Store) -> None:
    assert small.root.stat().st_mode & 0o777 == 0o700
    for folder in (small.batches, small.rejected, small.current):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_same_file_again_changes_nothing(small: Store, tmp_path: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in small.root.rglob("*.parquet")}
    stamp = small.stamp()
    text = imported(small.root, tmp_path / "a.csv")
    assert "50 kept + 0 rejected = 50 rows" in text
    assert small.stamp() == stamp
    assert {p: p.stat().st_mtime_ns for p in small.root.rglob("*.parquet")} == before


def test_a_longer_export_replaces_what_has_the_same_id(small: Store, tmp_path: Path) -> None:
    imported(small.root, written(tmp_path / "b.csv", 70))
    assert rows(small) == 70
    told = "120 kept = 70 in the store + 50 replaced by a newer import + 0 purged"
    assert told in command("status", store=small.root).stdout


def test_stamp_is_a_hash_of_what_it_is_made_from(small: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    imported(other.root, tmp_path / "a.csv")
    assert other.stamp() == small.stamp()
    imported(other.root, written(tmp_path / "b.csv", 5, first=100))
    assert other.stamp() != small.stamp()


def test_unimport_takes_a_batch_back(small: Store, tmp_path: Path) -> None:
    first = small.stamp()
    imported(small.root, written(tmp_path / "b.csv", 5, first=100))
    assert rows(small) == 55
    newest = batches.live(small)[-1]
    assert command("unimport", newest[:10], store=small.root).returncode == 0
    assert rows(small) == 50 and small.stamp() == first


def test_ledger_cannot_be_changed(small: Store) -> None:
    with sqlite3.connect(small.ledger.file) as connection:
        for change in ("UPDATE events SET verb = 'x'", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(change)
    small.ledger.append(Unknown("note", "x", {"text": "å"}))
    assert small.events()[-1].detail == {"text": "å"}


def test_purge_leaves_only_a_hash(small: Store, tmp_path: Path) -> None:
    done = command("purge", "hotline:r7", store=small.root)
    assert done.returncode == 0, done.stderr
    assert rows(small) == 49
    for file in small.root.rglob("*"):
        if file.is_file() and file.suffix == ".parquet":
            held = pq.read_table(file).to_pandas()
            if "incident_id" in held:
                assert "hotline:r7" not in set(held["incident_id"])
        elif file.is_file():
            assert b"hotline:r7" not in file.read_bytes()
    # the same file again does not bring it back, nor does another mapping of it
    imported(small.root, tmp_path / "a.csv")
    assert rows(small) == 49
    imported(small.root, tmp_path / "a.csv", "--zone", "America/Denver")
    assert "hotline:r7" not in ids(small)


HEAD = "id,time,lat,lon,neighborhood"
SEEN = "2024-03-08 10:07,44.90778,-93.22135,Hidden Corner"


def repeated(file: Path, *more: str) -> Path:
    """A file in which one person's row stands three times, among others and torn ones."""
    lines = [
        HEAD,
        f"r7,{SEEN}",
        "r8,2024-03-09 10:08,44.9,-93.2,Area 3",
        f"r7,{SEEN}",
        "r7,2024-03-20 23:00,44.95,-93.25,Area 4",
        f"r7,{SEEN}",
        "r9,no date,44.9,-93.2,Area 3",
        "r7,no date,44.9,-93.2,Hidden Corner",
        "r7,Hidden Corner",
        *more,
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


def told_anywhere(store: Store, text: str) -> list[Path]:
    """The files of a store, of whatever age, that hold a text."""
    found = []
    for file in store.root.rglob("*.*"):
        whole = file.read_bytes()
        if file.suffix == ".parquet":
            whole = repr(pq.read_table(file).to_pylist()).encode()
        found += [file] * (text.encode() in whole)
    return found


@pytest.mark.parametrize("asked", ["hotline:r7", "hotline:r7-2", "hotline:r7-4"])
def test_purge_takes_the_repeats_of_a_row_with_it(tmp_path: Path, asked: str) -> None:
    store = Store(tmp_path / "store")
    imported(store.root, repeated(tmp_path / "a.csv"))
    assert ids(store) == {"hotline:r8", "hotline:r7", *(f"hotline:r7-{i}" for i in (2, 3, 4))}
    # the batch, the rejected rows, and the labels that were counted of the batch
    assert len(told_anywhere(store, "Hidden Corner")) == 3
    done = command("purge", asked, "--repeats", store=store.root)
    assert done.returncode == 0, done.stderr
    assert "Removed 3 records (hotline:r7, hotline:r7-2, hotline:r7-4)" in done.stdout
    assert "and 2 rejected rows" in done.stdout
    assert "of the same id but another row of the file: hotline:r7-3.\n" in done.stdout
    left = {"hotline:r8", "hotline:r7-3"}
    (file,) = store.rejected.glob("*.csv")
    assert [line.split(",")[3] for line in file.read_text().splitlines()[1:]] == ["r9"]
    again = [
        ("rebuild",),
        ("import", str(tmp_path / "a.csv"), "--source", "hotline", "--kind", "sighting"),
        ("import", str(tmp_path / "a.csv"), "--source", "hotline", "--kind", "other"),
        (
            "import",
            str(repeated(tmp_path / "b.csv", "r10,2024-03-09 10:08,44.9,-93.2,Area 3")),
            *("--source", "hotline", "--kind", "sighting"),
        ),
    ]
    for words in again:
        assert command(*words, store=store.root).returncode == 0
        assert not told_anywhere(store, "Hidden Corner")
        assert ids(store) - {"hotline:r10"} == left
        assert rows(store) == len(ids(store))


def test_a_purged_person_does_not_come_back_by_another_file(tmp_path: Path) -> None:
    store, once = Store(tmp_path / "store"), f"r7,{SEEN}"
    other = "r7,2024-03-20 23:00,44.95,-93.25,Area 4"
    file = tmp_path / "a.csv"
    file.write_text("\n".join([HEAD, once, "r8,2024-03-09 10:08,44.9,-93.2,Area 3"]) + "\n")
    imported(store.root, file)
    assert command("purge", "hotline:r7", store=store.root).returncode == 0
    for later in ([once, once, once], [other, once], [once, other]):  # more of them; other orders
        file.write_text("\n".join([HEAD, *later]) + "\n")
        imported(store.root, file)
        assert not told_anywhere(store, "Hidden Corner")


def test_purge_takes_the_repeats_of_a_row_without_an_id(tmp_path: Path) -> None:
    store, file = Store(tmp_path / "store"), tmp_path / "a.csv"
    text = repeated(file).read_text()
    file.write_text("\n".join(line.partition(",")[2] for line in text.splitlines()[:4]) + "\n")
    imported(store.root, file)
    named = sorted(ids(store), key=len)[-1]
    assert named.endswith("-2")
    done = command("purge", named, "--repeats", store=store.root)
    assert f"Removed 2 records ({named[:-2]}, {named})" in done.stdout
    imported(store.root, file, "--zone", "America/Denver")
    assert rows(store) == len(ids(store)) == 1 and not told_anywhere(store, "Hidden Corner")


def test_purge_leaves_a_source_that_numbers_its_own_records(tmp_path: Path) -> None:
    store, file = Store(tmp_path / "store"), tmp_path / "a.csv"
    day = "2024-03-08,44.9,-93.2,Area 3"
    file.write_text("\n".join([HEAD, *(f"24-{i},{day}" for i in (2, 3, 4))]) + "\n")
    imported(store.root, file)
    assert "(hotline:24-3)" in command("purge", "hotline:24-3", store=store.root).stdout
    assert ids(store) == {"hotline:24-2", "hotline:24-4"}


def test_purge_reaches_batches_that_no_longer_count(small: Store, tmp_path: Path) -> None:
    imported(small.root, tmp_path / "a.csv", "--zone", "America/Denver")
    assert len(batches.live(small)) == 1 and len(list(small.batches.iterdir())) == 2
    assert command("unimport", batches.live(small)[0], store=small.root).returncode == 0
    assert told_anywhere(small, "'hotline:r17'")
    assert command("purge", "hotline:r17", store=small.root).returncode == 0
    assert not told_anywhere(small, "'hotline:r17'")


def test_purge_of_rejected_rows_looks_at_ids_of_its_source_only(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    bad = "no date,44.9,-93.2"
    lines = [HEAD, "1,2024-03-08 10:07,44.9,-93.2,Area 2", f"3,{bad},2", f"2,{bad},Area 2"]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    imported(store.root, tmp_path / "a.csv")
    imported(store.root, tmp_path / "a.csv", "--source", "calls")
    done = command("purge", "hotline:2", store=store.root)
    # not the row on line 2 of the file, whose neighborhood is 2
    assert "Removed 0 records and 1 rejected row;" in done.stdout
    left = [len(file.read_text().splitlines()) - 1 for file in store.rejected.iterdir()]
    assert sorted(left) == [1, 2]


def test_purge_again_finishes_what_was_stopped(small: Store) -> None:
    from data.upkeep import purge

    purge.purge(small, "hotline:r7")  # and no table is built: as if killed here
    assert rows(small) == 50
    done = command("purge", "hotline:r7", store=small.root)
    assert done.returncode == 0 and "was purged before" in done.stdout
    assert rows(small) == 49 and len(list(small.current.glob("*/"))) == 1


def sums(text: str) -> dict[str, list[int]]:
    """The numbers of the lines of `status` that are sums."""
    found = {}
    for line in text.splitlines():
        left, equal, right = line.partition(" = ")
        if equal:
            for side in (left, right):
                numbers = [int(n.replace(",", "")) for n in re.findall(r"\b[\d,]*\d(?= )", side)]
                found.setdefault(line.split(":")[0].strip(), []).append(sum(numbers))
    return found


def test_status_tells_replaced_from_purged(small: Store, tmp_path: Path) -> None:
    text = command("status", store=small.root).stdout
    assert "50 kept = 50 in the store + 0 replaced by a newer import + 0 purged" in text
    imported(small.root, written(tmp_path / "b.csv", 1170, first=20))
    bad = "\n".join([HEAD, "x1,no date,44.9,-93.2,Area 3", "x2,no date,44.9,-93.2,Area 3"])
    (tmp_path / "c.csv").write_text(bad + "\n")
    imported(small.root, tmp_path / "c.csv")
    for own in ("r3", "r25"):  # r25 stands in two batches
        assert command("purge", f"hotline:{own}", store=small.root).returncode == 0
    text = command("status", store=small.root).stdout
    assert "all batches: 1,220 kept + 2 rejected = 1,222 rows" in text
    became = "1,220 kept = 1,188 in the store + 29 replaced by a newer import + 3 purged"
    assert became in text
    assert "1,170 kept + 0 rejected = 1,170 rows" in text
    assert len(sums(text)) >= 4 and all(left == right for left, right in sums(text).values())


def test_status_of_a_store_that_is_behind_a_purge(small: Store) -> None:
    from data.upkeep import purge

    purge.purge(small, "hotline:r7")
    text = command("status", store=small.root).stdout
    assert "behind: python -m data rebuild" in text
    # readers see all 50 until it is built, and their batch is there as long
    assert "50 kept = 50 in the store + 0 replaced by a newer import + 0 purged" in text


def test_status_accounts_for_a_file_of_which_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{HEAD}\nx1,no date,44.9,-93.2,Area 3\n")
    imported(tmp_path / "store", tmp_path / "a.csv")
    text = command("status", store=tmp_path / "store").stdout
    assert "0 kept + 1 rejected = 1 rows" in text and "No records yet" in text


def ids(store: Store) -> set[str]:
    """The ids of all batches that count."""
    return {
        name
        for file in batches.live_files(store)
        for name in pq.read_table(file, columns=["incident_id"])["incident_id"].to_pylist()
    }


def test_purge_of_an_unknown_id_says_so(small: Store) -> None:
    done = command("purge", "hotline:nobody", store=small.root)
    assert done.returncode == 1 and "No record" in done.stderr
    assert "Traceback" not in done.stderr


def test_readers_cannot_leave_the_store(small: Store, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    for sql in (
        f"SELECT * FROM '{outside}'",
        "SELECT * FROM read_text('/etc/hostname')",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM 'https://example.com/x.parquet'",
    ):
        with pytest.raises(duckdb.Error):
            query(small.root, sql)


def test_rows_of_files_stay_as_they_stand(small: Store) -> None:
    """Areas are learned from points, and releases written, in the order of the batches."""
    asked = "SELECT current_setting('preserve_insertion_order') AS kept"
    assert query(small.root, asked)["kept"].to_pylist() == [True]


def test_readers_see_the_old_or_the_new(small: Store, tmp_path: Path) -> None:
    seen: set[int] = set()
    wrong: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                current = small.at(str(small.stamp()))
                asked = links.view({}, current.meta, PLACE, NOW)[0]
                counted = view_counts.headline(current, asked)["n"]
                assert counted == current.meta["rows"]
                seen.add(counted)
            except BaseException as error:
                wrong.append(error)
                return

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(3):
        imported(small.root, written(tmp_path / f"{i}.csv", 10, first=100 * (i + 1)))
    stop.set()
    reader.join()
    assert not wrong and seen <= {50, 60, 70, 80} and len(seen) >= 2


def test_exports_leave_out_what_must_not_leave(small: Store) -> None:
    current = small.at(str(small.stamp()))
    asked: View = links.view({}, current.meta, PLACE, NOW)[0]
    table = whole_records.everything(current, asked)
    assert table.num_rows == 50
    assert not {"text", "origin", "x", "y"} & set(table.column_names)
    assert table["attributes"].null_count == 50  # community reports go without


def test_export_command_repeats_a_link(small: Store, tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    link = "http://localhost:8501/records?area=&from=2024-03-01&to=2024-03-05"
    done = command("export", str(out), "--link", link, store=small.root)
    assert done.returncode == 0, done.stderr
    body = json.loads(out.read_text())
    wanted = sum(1 for i in range(50) if 1 + i % 28 <= 5)
    assert len(body["features"]) == wanted == int(body["porchlight"]["Rows"])
    assert "attributes" in body["porchlight"]["Columns"]
    refused = command("export", str(out), "--link", link + "&weekday=Funday", store=small.root)
    assert refused.returncode and "was ignored: weekday=Funday." in refused.stderr
    for text in ("blah", "source=calls"):  # no link at all, and one that lost its ?
        refused = command("export", str(out), "--link", text, store=small.root)
        assert refused.returncode and "is no link" in refused.stderr


def test_texts_never_enter_a_statement() -> None:
    """Numbers and dates are written into a query; anything else stays a parameter."""
    from datetime import date, datetime

    from data.storage.database import inline_numbers

    class Sly(int):
        def __str__(self) -> str:
            return "0; DROP TABLE facts"

    hostile = "1 OR 1=1 --"
    values = [7, hostile, date(2024, 1, 2), datetime(2024, 1, 2, 3), None, 1.5, True, Sly(3)]
    sql, rest = inline_numbers("SELECT " + ", ".join("?" * len(values)), values)
    assert rest == [hostile, None, 1.5, True, Sly(3)] and sql.count("?") == len(rest)
    assert "7" in sql and "DATE '2024-01-02'" in sql and "DROP" not in sql and "OR" not in sql
    with pytest.raises(ValueError, match="zip"):
        inline_numbers("SELECT ?", [1, 2])


def test_a_process_that_reads_many_stores_can_come_back_to_the_first(
    small: Store, tmp_path: Path
) -> None:
    current = small.at(str(small.stamp()))
    before = current.query("SELECT count(*) AS n FROM {facts}")["n"][0].as_py()
    for i in range(9):  # more than the databases that are held at once
        other = tmp_path / f"other{i}"
        other.mkdir()
        assert query(other, "SELECT 1 AS one")["one"][0].as_py() == 1
    after = current.query("SELECT count(*) AS n FROM {facts}")["n"][0].as_py()
    assert before == after == 50


def test_a_table_of_another_version_is_built_anew_at_the_start(
    small: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.at(str(small.stamp())).folder
    meta = json.loads((folder / "meta.json").read_text())
    del meta["format"], meta["partitions"]  # as an earlier version wrote it
    (folder / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(Problem, match=r"made by another version of Porchlight.*data rebuild"):
        rows(small)
    assert "another version" in command("status", store=small.root).stderr
    settings = replace(load_settings(), store=small.root)
    start._team(settings)
    assert "Porchlight was updated" in capsys.readouterr().out
    assert rows(small) > 0
    start._team(settings)
    assert "updated" not in capsys.readouterr().out
