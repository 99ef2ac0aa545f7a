"""A feed without a mapping: one is found in its first records, and then it is pulled."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.mappings.mapping_read import read_mapping
from data.pulls.first_mapping import propose_mapping
from data.settings import Problem
from tests.pulls.case import Case
from tests.pulls.servers import SocrataServer


def rows(count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            ":id": f"row-{i:04d}",
            ":updated_at": "2024-02-01T10:00:00.000Z",
            "date": "2024-01-05T13:00:00.000",
            "latitude": "44.98",
            "longitude": "-93.27",
            "type": "use_of_force" if i % 2 else "sighting",
            "officer_name": "Jane Doe",
            **more,
        }
        for i in range(1, count + 1)
    ]


@pytest.fixture
def server() -> Iterator[SocrataServer]:
    with SocrataServer(rows(8)).running() as running:
        assert isinstance(running, SocrataServer)
        yield running


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case(tmp_path)
    (tmp_path / "map.toml").unlink()
    return case


def feed(case: Case, server: SocrataServer, **more: Any) -> Any:
    usual = {"ids": {"dataset": "abcd-1234"}, "source_kind": "official"}
    return case.feed("socrata", server.address, **(usual | more))


def test_a_mapping_is_found_and_the_feed_is_pulled_by_it(case: Case, server: SocrataServer) -> None:
    calls = feed(case, server)
    propose_mapping(case.store, case.settings, calls, say=case.said.append)
    assert (
        "first 3 records" in case.told and "Jane" not in case.told
    )  # as many as the server gives at once
    assert not case.store.history().imports and case.store.stamp() is None
    found = read_mapping(calls.map)
    assert found.columns["incident_id"] == ":id" and found.columns["kind"] == "type"
    assert "Jane" not in calls.map.read_text()
    assert case.pull(calls).new == 8
    assert case.ids() == [f"row-{i:04d}" for i in range(1, 9)]


def test_the_id_of_the_source_goes_before_the_servers(case: Case, server: SocrataServer) -> None:
    for i, row in enumerate(server.rows):
        row["incident_id"] = f"C{i}"
    calls = feed(case, server)
    propose_mapping(case.store, case.settings, calls, say=case.said.append)
    assert read_mapping(calls.map).columns["incident_id"] == "incident_id"


def test_what_the_mapping_lacks_is_said_and_it_is_there_to_be_edited(
    case: Case, server: SocrataServer
) -> None:
    for row in server.rows:
        row["type"] = "blue moon"
    calls = feed(case, server)
    with pytest.raises(Problem, match="kind"):
        propose_mapping(case.store, case.settings, calls, say=case.said.append)
    assert read_mapping(calls.map).columns["occurred_at"] == "date"


def test_a_feed_without_records_is_a_sentence(case: Case, server: SocrataServer) -> None:
    server.rows.clear()
    with pytest.raises(Problem, match="no records yet"):
        propose_mapping(case.store, case.settings, feed(case, server), say=case.said.append)
    assert not (case.folder / "map.toml").exists()


def test_kinds_of_ones_own_are_stated_with_the_feed(case: Case, server: SocrataServer) -> None:
    for i, row in enumerate(server.rows):
        row["type"] = "SHOPLIFTING" if i % 2 else "BLUE MOON"
    calls = feed(case, server)
    server.most = 8
    with pytest.raises(Problem, match=r'"BLUE MOON" \(4\), .*kinds = "crime" under \[pull.calls\]'):
        propose_mapping(case.store, case.settings, calls, say=case.said.append)
    (case.folder / "map.toml").unlink()
    (case.folder / "kinds.toml").write_text(
        '["blue moon"]\ndefinition = "A moon."\nsensitive = false\ntexts = ["BLUE MOON"]\n'
        '["theft"]\ndefinition = "A theft."\nsensitive = false\ntexts = ["SHOPLIFTING"]\n'
    )
    calls = feed(case, server, kinds=str(case.folder / "kinds.toml"))
    propose_mapping(case.store, case.settings, calls, say=case.said.append)
    assert case.pull(calls).new == 8
    assert sorted({kind for _, kind in case.records()}) == ["blue_moon", "theft"]
    crime = feed(case, server, kinds="crime")
    with pytest.raises(Problem, match="no such file"):
        case.pull(replace(crime, kinds="crime.toml"))
