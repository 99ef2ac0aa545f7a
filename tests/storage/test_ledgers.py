"""What a ledger promises, in a file and in PostgreSQL: one suite for both."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from data.settings import Problem
from data.storage import sql_engine
from data.storage.events import (
    Event,
    EventRow,
    Imported,
    SessionsRevoked,
    Unknown,
    parse_row,
    to_row,
)
from data.storage.ledger import Lost, file_ledger
from data.storage.postgres_ledger import LEDGER_MARK, PostgresLedger
from data.storage.sql_engine import Unusable
from data.storage.store import Store
from tests import ledgers
from tests.conftest import PROVE
from tests.ledgers import KINDS, PLACE, Place
from tests.postgres import DATABASE
from tests.storage.test_history import ROWS

ENDS = ("UPDATE events SET at = ''", "DELETE FROM events", "TRUNCATE events")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that went away is asked again soon."""
    monkeypatch.setattr(sql_engine, "_PAUSE", 0.05)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place without a ledger, in a file and in PostgreSQL."""
    return ledgers.make_place(
        request.param, tmp_path / "store", lambda: request.getfixturevalue("postgres")
    )


@pytest.fixture
def database(postgres: Any, tmp_path: Path) -> Place:
    """A place whose events are in PostgreSQL."""
    return ledgers.make_place("postgresql", tmp_path / "store", lambda: postgres)


def pair(number: int) -> tuple[Event, Event]:
    """Two events that are of one append."""
    return SessionsRevoked(f"{number} one"), SessionsRevoked(f"{number} two")


def subjects(place: Place) -> list[str]:
    """The subjects of all events in order; their numbers have no gap."""
    found = place.ledger().events()
    assert [event.seq for event in found] == list(range(1, len(found) + 1))
    return [to_row(event).subject for event in found]


def test_a_ledger_begins_empty_and_tells_that_it_changed(place: Place) -> None:
    ledger = place.ledger()
    assert not ledger.exists() and ledger.events() == []
    states = [ledger.state()]
    ledger.begin()
    ledger.begin()
    assert ledger.exists() and place.ledger().exists() and ledger.events() == []
    for number in range(3):
        states.append(ledger.state())
        ledger.append(*pair(number))
    assert len(set(states)) == 4 and ledger.state() == place.ledger().state() == ledger.state()


def test_what_is_appended_reads_again_in_its_order(place: Place) -> None:
    place.ledger().append(
        *(parse_row(EventRow(0, "2024-03-01T00:00:00+00:00", *row)) for row in ROWS)
    )
    found = place.ledger().events()
    assert [tuple(to_row(event)[2:]) for event in found] == ROWS
    assert [list(to_row(event).detail) for event in found] == [list(row[2]) for row in ROWS]
    assert [event.seq for event in found] == list(range(1, len(ROWS) + 1))
    assert {event.at for event in found} == {"2024-03-01T00:00:00+00:00"}
    assert any(isinstance(event, Unknown) for event in found)


def test_an_event_without_a_time_is_of_now(place: Place) -> None:
    place.ledger().append(SessionsRevoked("x"))
    assert place.ledger().events()[0].at.endswith("+00:00")


@pytest.mark.parametrize("words", ENDS)
def test_nothing_is_changed_or_removed(words: str, place: Place) -> None:
    place.ledger().append(*pair(1))
    with pytest.raises(Exception, match=r"append-only|syntax error"):
        place.run(words)
    if place.server:
        for more in (words, words.replace("events", "about").replace("at =", "store =")):
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                place.run(f"SET session_replication_role = replica; {more}")
    assert subjects(place) == ["1 one", "1 two"]


def test_all_events_of_an_append_or_none(place: Place) -> None:
    ledger = place.ledger()
    ledger.append(*pair(1))
    with pytest.raises((Problem, UnicodeError)):
        ledger.append(SessionsRevoked("2 one"), SessionsRevoked("no text: \ud800"))
    assert subjects(place) == ["1 one", "1 two"]
    ledger.append(*pair(3))
    assert subjects(place)[2:] == ["3 one", "3 two"]


def test_many_processes_append_at_once(place: Place) -> None:
    def work(process: int) -> None:
        ledger = place.ledger()
        for number in range(15):
            ledger.append(*pair(100 * process + number))

    ledgers.in_processes(4, work)  # they also begin the ledger at once
    found = subjects(place)
    assert len(found) == 4 * 15 * 2
    assert [s.replace("one", "two") for s in found[::2]] == found[1::2]
    for process in range(4):
        own = [int(s.split()[0]) for s in found[::2] if int(s.split()[0]) // 100 == process]
        assert own == sorted(own)


DAMAGE = {
    "no events table": "DROP TABLE events",
    "a column less": "ALTER TABLE events DROP COLUMN detail",
    "a row less": "DELETE FROM events WHERE seq = 2",
    "no JSON": "UPDATE events SET detail = 'no JSON' WHERE seq = 2",
    "no kind of it": "UPDATE events SET verb = 'areas' WHERE seq = 2",
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_ledger_is_lost_and_can_be_written_anew(how: str, place: Place) -> None:
    ledger = place.ledger()
    ledger.append(*pair(1), *pair(2))
    before = ledger.state()
    place.unguard("events")
    place.run(DAMAGE[how])
    store = Store(place.root, place.ledger())
    store.batches.mkdir()
    (store.batches / "x.parquet").write_bytes(b"")
    (store.batches / "y.parquet").write_bytes(b"")
    with pytest.raises(Lost, match="python -m data recover"):
        store.events()
    place.ledger().renew(pair(3), first=9)
    found = place.ledger().events()
    assert [event.seq for event in found] == [9, 10] and place.ledger().state() != before
    place.ledger().append(*pair(4))
    assert [event.seq for event in place.ledger().events()] == [9, 10, 11, 12]
    if place.server and how == "a row less":
        (row,) = place.run("SELECT nspname FROM pg_namespace WHERE nspname LIKE '%_lost_%'")
        assert place.run(f"SELECT seq FROM {row[0]}.events ORDER BY 1") == [(1,), (3,), (4,)]
    with pytest.raises(Exception, match="append-only"):
        place.run(ENDS[1])


@pytest.mark.parametrize("kills", [8, pytest.param(250, marks=pytest.mark.prove)])
def test_what_was_acknowledged_outlives_its_process(place: Place, kills: int) -> None:
    """kill -9 of who appends: the events of an append are there or not; of one that returned, all."""
    rng, ledger = random.Random(kills), place.ledger()
    ledger.begin()
    done = 0
    for _ in range(kills):
        done = ledgers.acknowledged_until_killed(
            lambda number: place.ledger().append(*pair(number)), done + 1, rng
        )
        place.settle()
        found = subjects(place)
        last = len(found) // 2  # the one that it was killed at may be there as well
        assert last in (done, done + 1)
        assert found == [s for n in range(1, last + 1) for s in (f"{n} one", f"{n} two")]
        done = last


@pytest.mark.parametrize("crashes", [3, pytest.param(60, marks=pytest.mark.prove)])
def test_what_was_acknowledged_outlives_the_server(database: Place, crashes: int) -> None:
    """The server ends at once and starts again: what was acknowledged is there, once."""
    assert database.server
    ledger = database.ledger()
    ledger.begin()
    done, _ = ledgers.acknowledged_over_crashes(
        database.server, lambda number: ledger.append(*pair(number)), crashes
    )
    found = subjects(database)
    assert [s.replace("one", "two") for s in found[::2]] == found[1::2]
    there = [int(s.split()[0]) for s in found[::2]]
    assert set(done) <= set(there) and len(set(there)) == len(there) and len(done) > 10
    assert there == sorted(there)


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("times", [1, 2])
def test_an_append_whose_answer_is_lost_is_there_once(
    committed: bool, times: int, database: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = database.ledger()
    assert isinstance(ledger, PostgresLedger)
    ledger.append(*pair(1))
    commit, losses = ledger.engine.dialect.do_commit, [committed] * times

    def lost(connection: Any) -> None:
        """Commit, or not, and lose the connection before the answer."""
        if not losses:
            return commit(connection)
        if losses.pop():
            commit(connection)
        connection.dbapi_connection.close()
        raise psycopg.OperationalError("the connection was lost")

    monkeypatch.setattr(ledger.engine.dialect, "do_commit", lost)
    if times == 1:
        ledger.append(*pair(2))
    else:
        with pytest.raises(Unusable, match="not certain"):
            ledger.append(*pair(2))
    assert not losses
    there = times == 1 or committed
    assert subjects(database) == ["1 one", "1 two", *["2 one", "2 two"] * there]


def test_reads_and_appends_outlive_connections_that_were_cut(database: Place) -> None:
    ledger = database.ledger()
    ledger.append(*pair(1))
    for ask in (ledger.events, ledger.state, ledger.exists):
        before = ask()
        database.cut_off()
        assert ask() == before
    database.cut_off()
    ledger.append(*pair(2))
    assert len(subjects(database)) == 4


def test_two_places_share_a_database_and_never_a_schema(database: Place, tmp_path: Path) -> None:
    database.ledger().append(*pair(1))
    for name in ("Springfield", "Saint Paul", "Świętochłowice " + "a" * 200, "北京"):
        root = tmp_path / name[:20]
        root.mkdir()
        other = PostgresLedger(root, database.address, name)
        if name == PLACE:  # of the same name, and another folder
            for use, words in (
                (other.events, ()),
                (other.state, ()),
                (other.begin, ()),
                (other.append, pair(2)),
                (other.renew, (pair(2), 1)),
            ):
                with pytest.raises(Problem, match=r"belongs to another store(.|\n)*store = "):
                    use(*words)  # type: ignore[operator]
            assert not (root / LEDGER_MARK).exists()
        else:
            other.append(*pair(2))
            assert len(PostgresLedger(root, database.address, name).events()) == 2
    assert subjects(database) == ["1 one", "1 two"]


def test_the_ledger_is_that_of_its_folder_whatever_the_place_is_called(database: Place) -> None:
    database.ledger().append(*pair(1))
    renamed = PostgresLedger(database.root, database.address, "St. Paul")
    assert renamed.events() == database.ledger().events() and renamed.state()[1] == 2
    (database.root / LEDGER_MARK).write_text('schema = "x; DROP"\nstore = "1"')
    with pytest.raises(Problem, match="does not name a schema"):
        database.ledger().events()


def test_a_ledger_that_cannot_be_used_says_where_to_look(database: Place, tmp_path: Path) -> None:
    nobody = database.address.replace("porchlight@", "stranger@")
    absent = database.address.replace(DATABASE, "absent")
    for address in (nobody, absent, "postgresql://u:secret@/x?host=/nowhere"):
        ledger = PostgresLedger(tmp_path / "other", address, "Elsewhere")
        for use in (ledger.state, ledger.exists, ledger.events):
            with pytest.raises(Unusable, match=r"`ledger` in porchlight.toml") as caught:
                use()
            assert "secret" not in str(caught.value) and "secret" not in str(ledger)
    assert database.server
    database.run("CREATE ROLE stranger LOGIN")
    with pytest.raises(Unusable, match="GRANT CREATE ON DATABASE"):
        PostgresLedger(tmp_path / "other", nobody, "Elsewhere").begin()
    database.run("CREATE SCHEMA porchlight_elsewhere AUTHORIZATION stranger")
    PostgresLedger(tmp_path / "other", nobody, "Elsewhere").append(Imported("b"))
    database.run("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    latin = database.address.replace(DATABASE, "latin")
    with pytest.raises(Problem, match=r"LATIN1.*UTF8"):
        PostgresLedger(tmp_path / "other", latin, "Elsewhere").exists()


@pytest.mark.skipif(PROVE, reason="one size is enough")
def test_a_long_ledger_is_read_whole(place: Place) -> None:
    events = [SessionsRevoked(str(n)) for n in range(20_000)]
    place.ledger().renew(events, 5)
    found = place.ledger().events()
    assert [e.seq for e in found] == list(range(5, 20_005)) and found[-1].who == "19999"  # type: ignore[attr-defined]


def test_nobody_reads_a_ledger_that_is_half_begun(tmp_path: Path) -> None:
    for turn in range(10):
        root = tmp_path / str(turn)
        root.mkdir()
        over = threading.Event()

        def read(root: Path = root, over: threading.Event = over) -> int:
            seen = 0
            while not over.is_set():
                seen = max(seen, len(file_ledger(root).events()))
            return seen

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read) for _ in range(3)]
            file_ledger(root).append(SessionsRevoked("ann"))
            over.set()
            assert all(reader.result() <= 1 for reader in readers)
