"""Socrata data sets: silent limits, faults that pass, tokens, what is new."""

import gzip
import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina

from data.pull_faults import PullFault
from data.pulls import web
from data.pulls.web import PullStopped
from data.settings import Problem
from data.upkeep import purge
from tests.pulls.case import OFFICIAL, Case
from tests.pulls.servers import Answer, Asked, SocrataServer, as_json

MAPPING = OFFICIAL.format(id="case_number", when="at", lat="lat", lon="lon")


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            ":id": f"row-{i:04d}",
            ":updated_at": "2024-02-01T10:00:00.000Z",
            "case_number": f"C{i:03d}",
            "at": "2024-01-05T13:00:00.000",
            "lat": "44.98",
            "lon": "-93.27",
            "kind": "noise",
            "officer_name": "Jane Doe",
            "beat": None if i % 2 else "B1",
        }
        for i in range(1, count + 1)
    ]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, MAPPING)


@pytest.fixture
def server() -> Iterator[SocrataServer]:
    with SocrataServer(rows(8)).running() as running:
        assert isinstance(running, SocrataServer)
        yield running


def feed(case: Case, server: SocrataServer, **more: Any) -> Any:
    return case.feed("socrata", server.address, ids={"dataset": "abcd-1234"}, **more)


def test_a_limit_that_is_cut_silently_loses_nothing(case: Case, server: SocrataServer) -> None:
    case.pull(feed(case, server))
    assert case.ids() == [f"C{i:03d}" for i in range(1, 9)]
    assert str(case.records("occurred_at")[0][1]) == "2024-01-05 19:00:00+00:00"  # on our clock


def test_the_token_goes_to_the_server_and_nowhere_else(
    case: Case,
    server: SocrataServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("CITY_TOKEN", "soda-secret")
    with caplog.at_level(logging.DEBUG):
        case.pull(feed(case, server, token="CITY_TOKEN"))
    assert {asked.headers.get("x-app-token") for asked in server.asked} == {"soda-secret"}
    assert "soda-secret" not in caplog.text + case.told + repr(case.store.events())
    assert not [file for file in case.files() if b"soda-secret" in file.read_bytes()]
    monkeypatch.delenv("CITY_TOKEN")
    with pytest.raises(Problem, match="environment variable CITY_TOKEN"):
        case.pull(feed(case, server, token="CITY_TOKEN"))


def test_a_busy_server_is_asked_again_after_the_time_it_asks_for(
    case: Case, server: SocrataServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    stamina.set_testing(False)

    def busy(asked: Asked) -> Answer | None:
        return Answer(b"", 429, {"Retry-After": "7"}) if asked.number == 2 else None

    server.fault = busy
    case.pull(feed(case, server))
    assert [seconds for seconds in waited if seconds >= 1] == [7.0]
    assert len(case.ids()) == 8


def test_a_server_that_wants_an_hour_is_not_waited_for(case: Case, server: SocrataServer) -> None:
    server.fault = lambda asked: Answer(b"", 503, {"Retry-After": "3600"})
    with pytest.raises(PullStopped, match="asks to wait for 60 minutes"):
        case.pull(feed(case, server))
    assert len(server.asked) == 1


def test_retry_after_may_be_a_date() -> None:
    assert web.retry_after("12") == 12
    assert web.retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert web.retry_after("Wed, 21 Oct 2099 07:28:00 GMT") > 1e9
    assert web.retry_after("soon") == 0


def test_a_connection_cut_in_the_middle_goes_on_from_there(
    case: Case, server: SocrataServer
) -> None:
    def cut(asked: Asked) -> Answer | None:
        if asked.query.get("$offset") == "3":
            return as_json([{"case_number": "C004"}] * 50, cut=40)
        return None

    server.fault = cut
    with pytest.raises(PullStopped, match="broke off; asked 3 times") as stopped:
        case.pull(feed(case, server))
    assert stopped.value.why is PullFault.UNREACHABLE and case.ids() == []
    kept = [file for file in case.files() if "page" in file.name]
    assert kept and all(file.stat().st_mode & 0o077 == 0 for file in kept)
    server.fault = lambda asked: None
    begun = len(server.asked)
    case.pull(feed(case, server))
    assert next(a.query["$offset"] for a in server.asked[begun:] if "$offset" in a.query) == "3"
    assert len(case.ids()) == 8


def test_a_connection_cut_once_is_asked_again(case: Case, server: SocrataServer) -> None:
    server.fault = lambda asked: as_json([1, 2, 3], cut=2) if asked.number in (1, 4) else None
    case.pull(feed(case, server))
    assert len(case.ids()) == 8


def test_a_slow_server_is_given_up(
    case: Case, server: SocrataServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.05)
    server.fault = lambda asked: as_json([], wait=0.3)
    with pytest.raises(PullStopped, match=r"no answer within 0.05 seconds") as stopped:
        case.pull(feed(case, server))
    assert stopped.value.why is PullFault.UNREACHABLE


def test_an_answer_without_end_is_not_read_on(
    case: Case, server: SocrataServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST_ANSWER", 100)
    with pytest.raises(PullStopped, match="more than 100 bytes"):
        case.pull(feed(case, server))


@pytest.mark.parametrize(
    "said",
    [{"error": True, "message": "Query coordinator error"}, [["no", "row"]], "nothing", None],
)
def test_an_error_as_http_200_is_no_row(case: Case, server: SocrataServer, said: Any) -> None:
    server.fault = lambda asked: as_json(said) if "$offset" in asked.query else None
    with pytest.raises(PullStopped, match="an error instead of rows"):
        case.pull(feed(case, server))
    assert case.ids() == []


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"", b"[" * 100_000, b'[{"a":1}'])
def test_an_answer_that_is_no_json(case: Case, server: SocrataServer, body: bytes) -> None:
    server.fault = lambda asked: Answer(body)
    with pytest.raises(PullStopped, match="no JSON"):
        case.pull(feed(case, server))


@pytest.mark.parametrize("count", [[], [{"count": "many"}], [{"count": "-1"}]])
def test_a_count_that_is_none(case: Case, server: SocrataServer, count: Any) -> None:
    server.fault = lambda asked: as_json(count) if "count" in asked.query["$select"] else None
    with pytest.raises(PullStopped, match="how many rows"):
        case.pull(feed(case, server))


def test_rows_that_are_missing_between_pages_stop_the_pull(
    case: Case, server: SocrataServer
) -> None:
    """One row comes twice, another never: nine came, eight are different, nine are counted."""
    server.rows = rows(9)

    def shifted(asked: Asked) -> Answer | None:
        if asked.query.get("$offset") == "3":
            return as_json(server.rows[2:5])
        return None

    server.fault = shifted
    with pytest.raises(PullStopped, match="counts 9 records, and 8 came"):
        case.pull(feed(case, server))
    server.fault = lambda asked: None
    case.pull(feed(case, server))  # from the beginning
    assert len(case.ids()) == 9


def test_only_what_was_updated_is_asked_for(case: Case, server: SocrataServer) -> None:
    case.pull(feed(case, server))
    server.rows[2] |= {":updated_at": "2024-03-01T00:00:00.000Z", "lat": "44.97"}
    server.rows.append({**rows(9)[8], ":updated_at": "2024-03-02T00:00:00.000Z"})
    begun = len(server.asked)
    done = case.pull(feed(case, server))
    asked = {a.query["$where"] for a in server.asked[begun:] if "$offset" in a.query}
    assert asked == {":updated_at >= '2024-02-01T10:00:00.000Z'"}
    assert (done.new, done.changed, done.gone) == (1, 1, 0)
    assert len(case.ids()) == 9 and case.records("lat")[2][1] == 44.97
    done = case.pull(feed(case, server))
    assert done.report is None and case.state().pulled.records == 9  # type: ignore[union-attr]


def test_deleted_rows_are_told_and_stay(case: Case, server: SocrataServer) -> None:
    case.pull(feed(case, server))
    del server.rows[1]
    assert case.pull(feed(case, server)).gone == 1
    assert len(case.ids()) == 8


def test_a_data_set_published_anew_under_other_row_numbers_changes_nothing(
    case: Case, server: SocrataServer
) -> None:
    case.pull(feed(case, server))
    for row in server.rows:
        row |= {":id": f"new-{row[':id']}", ":updated_at": "2024-05-01T00:00:00.000Z"}
    done = case.pull(feed(case, server))
    assert (done.new, done.gone) == (0, 0) and len(case.ids()) == 8


def test_a_data_set_that_is_gone_keeps_its_last_copy(case: Case, server: SocrataServer) -> None:
    case.pull(feed(case, server))
    server.fault = lambda asked: as_json({"error": True}, 404)
    for _ in range(3):
        with pytest.raises(PullStopped, match=r"nothing at http://127.* any more \(HTTP 404\)"):
            case.pull(feed(case, server))
    assert len(case.ids()) == 8
    assert case.state().failed.why == "gone"  # type: ignore[union-attr]
    assert len([e for e in case.store.events() if type(e).__name__ == "PullFailed"]) == 1
    server.fault = lambda asked: None
    case.pull(feed(case, server))
    assert case.state().failed is None


def test_an_official_feed_leaves_a_frozen_copy(case: Case, server: SocrataServer) -> None:
    address = f"{server.address}?key=address-secret"
    case.pull(case.feed("socrata", server.address, ids={"dataset": "abcd-1234"}))
    event = case.state().pulled
    assert event and event.evidence and event.address == server.address
    file = case.store.root / "evidence/calls" / f"{event.evidence}.jsonl.gz"
    assert file.stat().st_mode & 0o077 == 0
    content = gzip.decompress(file.read_bytes())
    assert hashlib.sha256(content).hexdigest() == event.evidence
    lines = [json.loads(line) for line in content.splitlines()]
    assert len(lines) == 8 and lines[0]["case_number"] == "C001" and lines[1]["beat"] == "B1"
    assert not any("Jane Doe" in str(line) for line in lines)
    assert "officer_name" in case.told
    assert event.at and "address-secret" not in repr(case.store.events()) + address[:0]


def test_a_purge_reaches_the_frozen_copies(case: Case, server: SocrataServer) -> None:
    case.pull(feed(case, server))
    before = case.state().evidence
    purge.purge(case.store, "calls:C003")
    assert len(case.state().evidence) == 1 and case.state().evidence != before
    copies = list((case.store.root / "evidence/calls").iterdir())
    assert [file.name.partition(".")[0] for file in copies] == list(case.state().evidence)
    assert b"C003" not in gzip.decompress(copies[0].read_bytes())
    server.rows[2] |= {":updated_at": "2024-03-01T00:00:00.000Z", "kind": "other noise"}
    case.pull(feed(case, server))
    assert "calls:C003" not in [row[0] for row in case.records()]
    for file in (case.store.root / "evidence/calls").iterdir():
        assert b"C003" not in gzip.decompress(file.read_bytes())


def test_an_import_that_was_taken_back_comes_anew(case: Case, server: SocrataServer) -> None:
    done = case.pull(feed(case, server))
    assert done.report
    purge.unimport(case.store, done.report.batch)
    done = case.pull(feed(case, server))
    assert done.new == 8 and len(case.ids()) == 8


def test_a_changed_mapping_imports_all_anew(case: Case, server: SocrataServer) -> None:
    case.pull(feed(case, server))
    (case.folder / "map.toml").write_text(MAPPING.replace('"*" = "other"', 'noise = "sighting"'))
    case.pull(feed(case, server))
    assert {row[1] for row in case.records("kind")} == {"sighting"}


def test_a_mapping_without_an_id_is_refused(case: Case, server: SocrataServer) -> None:
    (case.folder / "map.toml").write_text(MAPPING.replace('incident_id = "case_number"', ""))
    with pytest.raises(Problem, match="incident_id is missing"):
        case.pull(feed(case, server))
    (case.folder / "map.toml").write_text(MAPPING.replace('"case_number"', '"number"'))
    with pytest.raises(Problem, match=r'no column "number".*case_number, at, lat'):
        case.pull(feed(case, server))
    assert server.asked
