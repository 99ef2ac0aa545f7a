"""The desk's log under many writers, kills and a server that ends; in a file and in PostgreSQL."""

import random
from typing import Any

import psycopg
import pytest

from data.desk.desk import Desk
from data.settings import Problem
from data.storage import sql_engine
from data.tips.desk_log import DeskLog, LogRow, copy_log, open_log
from tests import ledgers
from tests.ledgers import Place


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that went away is asked again soon."""
    monkeypatch.setattr(sql_engine, "_PAUSE", 0.05)


@pytest.fixture
def desk(place: Place) -> Desk | None:
    """Asks for both databases; a log needs no desk."""
    return None


@pytest.fixture
def log(desk: None, place: Place) -> DeskLog:
    return open_log(place.root)


def row(number: int, text: str = "") -> LogRow:
    return LogRow(0, "2026-01-20T16:00:00+00:00", "graded", f"tip{number}", "ann", {"note": text})


def pair(number: int) -> list[LogRow]:
    return [row(number, "one"), row(number, "two")]


def tips(log: DeskLog) -> list[int]:
    """The tips of all appends, in order; every append is whole and the chain verifies."""
    found = list(log.read())
    assert log.verify().events == len(found) == log.last()
    assert [r.detail for r in found] == [{"note": "one"}, {"note": "two"}] * (len(found) // 2)
    return [int(r.tip.removeprefix("tip")) for r in found[::2]]


def test_the_log_is_where_the_settings_say(log: DeskLog, place: Place) -> None:
    assert (log.engine.dialect.name == "postgresql") == bool(place.server)
    assert (place.root / "desk.db").exists() != bool(place.server)
    log.append([row(1)])
    assert open_log(place.root).last() == 1


def test_many_processes_append_and_one_is_first(log: DeskLog, place: Place) -> None:
    def work(process: int) -> None:
        own, done, last = open_log(place.root), 0, 0
        while done < 8:
            if own.append(pair(100 * process + done), after=last) is not None:
                done += 1
            last = own.last()

    ledgers.in_processes(4, work)
    assert sorted(tips(log)) == [100 * process + n for process in range(4) for n in range(8)]
    assert log.append(pair(1), after=3) is None and log.last() == 64


@pytest.mark.parametrize("kills", [6, pytest.param(250, marks=pytest.mark.prove)])
def test_what_was_acknowledged_outlives_its_process(log: DeskLog, place: Place, kills: int) -> None:
    rng, done = random.Random(kills), 0
    for _ in range(kills):
        own = lambda number: open_log(place.root).append(pair(number))  # noqa: E731
        said = ledgers.acknowledged_until_killed(own, done + 1, rng)
        place.settle()
        found = tips(log)
        assert found == list(range(1, len(found) + 1)) and len(found) in (said, said + 1)
        done = len(found)


@pytest.mark.parametrize("crashes", [3, pytest.param(60, marks=pytest.mark.prove)])
def test_what_was_acknowledged_outlives_the_server(
    log: DeskLog, place: Place, crashes: int
) -> None:
    if place.server:
        step = lambda number: log.append(pair(number))  # noqa: E731
        done, _ = ledgers.acknowledged_over_crashes(place.server, step, crashes)
        found = tips(log)
        assert set(done) <= set(found) and found == sorted(set(found)) and len(done) > 10


@pytest.mark.parametrize("committed", [True, False])
def test_an_append_whose_answer_is_lost_is_there_once(
    committed: bool, log: DeskLog, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not place.server:
        return
    log.append(pair(1))
    commit, losses = log.engine.dialect.do_commit, [committed]

    def lost(connection: Any) -> None:
        """Commit, or not, and lose the connection before the answer; once."""
        if not losses or losses[0]:
            commit(connection)
        if losses and losses.pop() is not None:
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("the connection was lost")

    monkeypatch.setattr(log.engine.dialect, "do_commit", lost)
    assert log.append(pair(2), after=2) == 4  # written by us, so nobody else was first
    assert tips(log) == [1, 2]
    losses.append(committed)
    assert log.forget([3, 4]) == 2 and log.verify().forgotten == 2


def test_reads_outlive_connections_that_were_cut(log: DeskLog, place: Place) -> None:
    log.append(pair(1))
    for ask in (lambda: list(log.read()), log.verify, log.last, lambda: log.of_tip("tip1")):
        before = ask()
        if place.server:
            place.cut_off()
        assert ask() == before != 0


def test_long_logs_are_read_in_pieces(log: DeskLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.tips.desk_log._CHUNK", 10)
    log.append([row(n) for n in range(30)])
    assert [r.seq for r in log.read(5)] == list(range(6, 31)) and log.verify().events == 30


def test_a_log_moves_with_what_it_has_forgotten(log: DeskLog, place: Place) -> None:
    log.append([row(1, "canary"), row(2), row(3)])
    log.forget([1])
    other = DeskLog(sql_engine.sqlite_engine(place.root / "other.db"))
    assert copy_log(log, other) == 3
    assert other.verify() == log.verify() and list(other.read()) == list(log.read())
    assert copy_log(log, other) == 3  # again: it is there
    other.append([row(4)])
    with pytest.raises(Problem, match="events of its own"):
        copy_log(log, other)
