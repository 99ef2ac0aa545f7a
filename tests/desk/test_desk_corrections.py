"""Corrections of the desk on the team's list, and in a packet: by role and field, without a name."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.correction_terms import CorrectionKind
from data.desk import approving
from data.desk import desk as desks_module
from data.desk.desk import Desk
from data.desk.desk_corrections import desk_corrections
from data.desk.desk_records import write_records
from data.packets.packet_records import collect_records
from data.people.actor import Actor, Forbidden
from data.settings import load_settings
from tests.desk.desks import EDI, EVA, Clock, make_desk
from tests.desk.test_records import record


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings = replace(load_settings(), store=tmp_path / "store")
    made = make_desk(tmp_path / "store", Clock(), settings)
    monkeypatch.setitem(desks_module._desks, made.store.root, made)
    return made


def test_corrections_of_records_are_listed_once_screens_show_the_record(desk: Desk) -> None:
    first, second = record(desk, 1), record(desk, 2)
    approving.correct(desk, EVA, first, {"kind": "use_of_force", "officers": 4}, "she called back")
    approving.retract(desk, EVA, second, "no_incident", "a note")
    assert desk_corrections(desk, EDI) == []  # younger than team.minimum_age
    desk.clock.forward(hours=30)  # type: ignore[attr-defined]
    found = {row.kind: row for row in desk_corrections(desk, EDI)}
    assert found[CorrectionKind.CORRECTION].fields == ("kind", "officers")
    assert found[CorrectionKind.RETRACTION].reason == "Not an incident"
    assert "called back" not in repr(found) and "eva" not in repr(found)
    with pytest.raises(Forbidden):
        desk_corrections(desk, Actor("x", frozenset()))


def test_a_packet_tells_what_the_desk_did_by_role_only(desk: Desk) -> None:
    tip = record(desk, 1)
    approving.correct(desk, EVA, tip, {"kind": "use_of_force"}, "she called back")
    write_records(desk)
    collected = collect_records(desk.store, desk.settings, [f"desk:{tip}"])
    told = [(one["what"], one["by"]) for one in collected.history]
    assert ("approved it", "an editor") in told
    assert any(by == "a reviewer" and what.startswith("graded") for what, by in told)
    body = repr(collected)
    for secret in ("ann", "ben", "edi'", "eva", "called back", "lane1", "origin"):
        assert secret not in body, secret
    assert collected.records[0]["kind"] == "use_of_force"
