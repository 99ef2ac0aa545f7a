"""A store whose events are in PostgreSQL: by commands, lost and recovered, moved there and back."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.attacks.same_bytes import copy_store
from data.people import roster
from data.settings import SQLITE, Problem, read_ledger
from data.storage.events import to_row
from data.storage.ledger import SqliteLedger, file_ledger
from data.storage.postgres_ledger import LEDGER_MARK, PostgresLedger
from data.storage.store import Store, open_ledger
from data.tips.desk_log import LogRow, open_log
from tests import ledgers
from tests.ledgers import Place

HEAD = "id,date,lat,lon,kind\n"
ROWS = [f"{i},2024-03-0{i} 10:07,44.9{i},-93.2,other\n" for i in range(1, 7)]


@pytest.fixture
def place(postgres: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A store that the settings put into PostgreSQL."""
    made = ledgers.make_place("postgresql", tmp_path / "store", lambda: postgres)
    monkeypatch.setenv("PORCHLIGHT_STORE", str(made.root))
    monkeypatch.setenv("PORCHLIGHT_LEDGER", made.address)
    return made


def typed(*words: str, fails: bool = False) -> str:
    """What a command says; it must go through, or fail."""
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == int(fails), done.output
    return done.output


def work(root: Path) -> None:
    """Import, purge, take back and bring again."""
    for name, rows in (("a", ROWS[:4]), ("b", ROWS[3:])):
        file = root.parent / f"{name}.csv"
        file.write_text(HEAD + "".join(rows))
        typed("import", str(file), "--source", f"calls-{name}", "--official")
    typed("purge", "calls-a:2")
    typed("unimport", Store(root).history().live[-1])
    typed("import", str(file), "--source", "calls-b", "--official")


def seen(root: Path) -> tuple[object, ...]:
    """What readers see, and all that was done, without what only one store has."""
    store = Store(root)
    meta = store.at(str(store.stamp())).meta
    verbs = [(event.seq, to_row(event).verb) for event in store.events()]
    return meta["rows"], [s["name"] for s in meta["sources"]], verbs


def test_a_store_works_the_same_and_is_recovered_the_same(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(place.root)
    before = seen(place.root)
    assert isinstance(open_ledger(place.root), PostgresLedger)
    assert not list(place.root.glob("ledger*.db")) and "calls-a" in typed("status")
    place.run("DROP TABLE events")
    for words in (["status"], ["rebuild"], ["purge", "calls-a:1"]):
        said = typed(*words, fails=True)
        assert "is missing" in said and "python -m data recover" in said
    assert "written anew" in typed("recover")
    assert seen(place.root)[:2] == before[:2]
    assert "nothing to recover" in typed("recover")
    other = tmp_path / "other" / "store"
    other.mkdir(parents=True)
    monkeypatch.setenv("PORCHLIGHT_LEDGER", SQLITE)
    monkeypatch.setenv("PORCHLIGHT_STORE", str(other))
    work(other)
    assert seen(other) == before and file_ledger(other).exists()


def test_events_move_into_a_database_and_back(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, address = place.root, place.address
    assert "There is no ledger" in typed("ledger", fails=True)
    monkeypatch.setenv("PORCHLIGHT_LEDGER", SQLITE)
    work(root)
    log = open_log(root)
    log.append([LogRow(0, "2026-01-20T16:00:00+00:00", "graded", "t", "ann", {}) for _ in "abc"])
    log.forget([2])
    log.engine.dispose()
    before = Store(root).events(), log.verify(), list(log.read())
    log.engine.dispose()
    assert "name it with `ledger`" in typed("ledger", fails=True)

    monkeypatch.setenv("PORCHLIGHT_LEDGER", address)
    said = typed("status", fails=True)
    assert "Take them over: python -m data ledger" in said
    assert "are in postgresql://" in typed("ledger")
    assert not (root / "ledger.db").exists() and not (root / "desk.db").exists()
    assert len(list(root.glob("*.moved-*.db"))) == 2
    log = open_log(root)
    assert (Store(root).events(), log.verify(), list(log.read())) == before
    assert log.engine.dialect.name == "postgresql"

    monkeypatch.setenv("PORCHLIGHT_LEDGER", SQLITE)
    said = typed("status", fails=True)
    assert "are in a database" in said and "data ledger --from" in said
    assert "Their schema stays" in typed("ledger", "--from", address)
    assert not (root / LEDGER_MARK).exists()
    log = open_log(root)
    assert (Store(root).events(), log.verify(), list(log.read())) == before
    assert log.engine.dialect.name == "sqlite"


def test_a_move_that_was_stopped_is_finished(place: Place) -> None:
    files = file_ledger(place.root)
    files.append(*ledgers.made_events(5))
    shutil.copy(files.file, place.root.parent / "copy.db")
    typed("ledger")
    shutil.copy(place.root.parent / "copy.db", files.file)  # as before its last step
    typed("ledger")
    assert open_ledger(place.root).events() == SqliteLedger(place.root.parent / "copy.db").events()
    files.append(*ledgers.made_events(2))  # others
    assert "events of its own" in typed("ledger", fails=True)


def test_only_the_store_of_the_settings_is_in_the_database(place: Place, tmp_path: Path) -> None:
    store = Store(place.root)
    with store.writing():
        store.ledger.append(*ledgers.made_events(3))
    assert not isinstance(open_ledger(tmp_path / "another"), PostgresLedger)
    shutil.copytree(place.root, tmp_path / "by hand")
    with pytest.raises(Problem, match="are in a database"):
        Store(tmp_path / "by hand")
    copy = copy_store(store, tmp_path / "copy")
    assert copy.events() == store.events()
    copy.ledger.append(*ledgers.made_events(1))
    assert len(store.events()) == 3 and len(copy.events()) == 4


def test_a_revocation_counts_at_the_next_request(place: Place) -> None:
    assert roster.roster(place.root).revoked == {}
    typed("revoke", "--everybody")
    assert roster.EVERYBODY in roster.roster(place.root).revoked
    assert place.server
    place.server.stop()
    try:
        with pytest.raises(Problem, match=r"porchlight\.toml"):  # nobody comes in
            roster.roster(place.root)
        said = typed("status", fails=True)
        assert "cannot be used now" in said
    finally:
        place.server.start()
    assert roster.EVERYBODY in roster.roster(place.root).revoked


ADDRESS = "postgresql://porchlight@db.example.org/porchlight"


@pytest.mark.parametrize(
    ("entry", "variable", "expected"),
    [
        ("", "", SQLITE),
        ('ledger = "sqlite"', "", SQLITE),
        (f'ledger = "{ADDRESS}"', "", ADDRESS),
        (f'ledger = "{ADDRESS.replace("postgresql", "postgres")}"', "", ADDRESS),
        (f'ledger = "{ADDRESS}"', SQLITE, SQLITE),
        ("", "postgresql://u:secret@h/d", "postgresql://u:secret@h/d"),
        ('ledger = "mysql://u:secret@h/d"', "", 'ledger is "sqlite", or'),
        ("ledger = 3", "", 'ledger is "sqlite", or'),
        ('ledger = "postgresql://u:secret@h/d"', "", "holds a password"),
        ('ledger = "postgresql://u@h/d?password=secret"', "", "holds a password"),
        (f'[place]\nledger = "{ADDRESS}"', "", "above the first table"),
        ("", "secret", 'PORCHLIGHT_LEDGER is "sqlite", or'),
    ],
)
def test_the_settings_name_the_ledger(
    entry: str, variable: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "porchlight.toml"
    file.write_text(entry)
    monkeypatch.setenv("PORCHLIGHT_LEDGER", variable)
    if "//" in expected or expected == SQLITE:
        assert read_ledger(file) == expected
    else:
        with pytest.raises(Problem, match=expected) as caught:
            read_ledger(file)
        assert "secret" not in str(caught.value)
