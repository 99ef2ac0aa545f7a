"""Approved tips in `current`: as any community record, with nothing of the desk in them."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.desk import approving, desk_records, forgetting
from data.desk.desk import Desk
from data.desk.desk_records import write_records
from data.settings import Problem, load_settings
from data.upkeep import recover
from tests.desk.desks import ANN, BEN, EDI, EVA, STEW, Clock, graded, incoming, make_desk, send


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    settings = replace(load_settings(), store=tmp_path / "store")
    return make_desk(tmp_path / "store", Clock(), settings)


def record(desk: Desk, number: int, **says: object) -> str:
    """A tip that became a record; its id."""
    own = incoming(number, **{"area": f"Area {number}", **says})
    (tip,) = send(desk, own)
    graded(desk, ANN)
    graded(desk, BEN, "corroborated", "observer")
    approving.approve(desk, EDI, tip.id)
    return tip.id


def facts(desk: Desk) -> list[dict[str, object]]:
    """The records that stand in `current`, from their batches."""
    stamp = desk.store.stamp()
    assert stamp
    current = desk.store.at(stamp)
    (n,) = current.query("SELECT count(*) AS n FROM {facts}")["n"].to_pylist()
    rows = [row for file in current.batches for row in pq.read_table(file).to_pylist()]
    assert len(rows) == n
    return rows


def test_what_is_approved_is_a_record_with_its_grade_and_reason(desk: Desk) -> None:
    tip = record(desk, 1, lat=44.98, lon=-93.27, officers=3, force=("body",), injured=True)
    done = write_records(desk)
    assert done and done.months == ["2026-01"] and not done.refused
    (row,) = facts(desk)
    assert row["incident_id"] == f"desk:{tip}" and row["source_kind"] == "community"
    assert (row["grade"], row["attributes"]) == ("corroborated", '{"reason": "observer"}')
    assert (row["time_precision"], row["place_precision"]) == ("hour", "block")
    assert (row["officers"], row["force"], row["injured"]) == (3, ["body"], True)
    assert row["hour"] == 9 and str(row["local_date"]) == "2026-01-20"
    # cut to the hour at the door: nothing is shown before 24 hours are over for certain
    assert str(row["settled_at"]) == "2026-01-20 16:00:00+00:00"
    assert row["origin"] and "origin 1" not in str(row)
    assert write_records(desk) is None


def test_nothing_of_the_desk_leaves_it(desk: Desk) -> None:
    tip = record(desk, 1, text="canary text of a witness at the corner store", cross_streets="canary & 4th",
                 links=("https://canary.example/v",))  # fmt: skip
    approving.correct(desk, EVA, tip, {"officers": 4}, "canary note")
    write_records(desk)
    held = [
        f for f in desk.store.root.rglob("*") if f.is_file() and not f.name.startswith("desk.db")
    ]
    assert len(held) > 5
    for file in held:
        content = file.read_bytes()
        assert b"canary" not in content, file
        assert not any(name in content for name in (b'"ann"', b'"ben"', b'"edi"')), file
    (row,) = facts(desk)
    assert row["text"] is None and row["source_url"] is None and row["officers"] == 4


def test_what_is_taken_back_leaves_the_records_and_the_disk(desk: Desk) -> None:
    one, two = record(desk, 1), record(desk, 2)
    february = record(desk, 3, day="2026-01-19", area="x", kind="other")
    write_records(desk)
    assert len(facts(desk)) == 3
    approving.retract(desk, EVA, one, "contradicted")
    write_records(desk)
    assert {r["incident_id"] for r in facts(desk)} == {f"desk:{two}", f"desk:{february}"}
    for file in desk.store.batches.glob("*.parquet"):
        if file in desk.store.at(str(desk.store.stamp())).batches:
            assert f"desk:{one}" not in pq.read_table(file)["incident_id"].to_pylist()
    for tip in (two, february):
        approving.retract(desk, EVA, tip, "contradicted")
    done = write_records(desk)
    assert done and facts(desk) == []


def test_a_killed_writer_is_made_good_by_the_next(desk: Desk) -> None:
    record(desk, 1)
    # approved, and the process ended before it wrote: another one does
    other = make_desk(desk.store.root, Clock(), desk.settings)
    assert write_records(other) and len(facts(other)) == 1


def test_a_merged_tip_is_no_record(desk: Desk) -> None:
    one, two = record(desk, 1), record(desk, 2)
    write_records(desk)
    approving.propose_merge(desk, EDI, two, one)
    approving.confirm_merge(desk, EVA, two)
    write_records(desk)
    assert [r["incident_id"] for r in facts(desk)] == [f"desk:{one}"]
    approving.refuse_merge(desk, EVA, two)
    write_records(desk)
    assert len(facts(desk)) == 2


def test_a_purge_takes_the_tip_and_its_record_and_the_chain_still_verifies(desk: Desk) -> None:
    one, two = record(desk, 1, text="canary words of somebody by the river bank"), record(desk, 2)
    write_records(desk)
    before = desk.log.verify()
    files = set(desk.store.batches.iterdir())
    assert "destroyed" in desk_records.purge_record(desk, one)
    assert not files & set(desk.store.batches.iterdir())  # also the batch that held it
    assert [r["incident_id"] for r in facts(desk)] == [f"desk:{two}"]
    after = desk.log.verify()
    assert after.forgotten > 5 and after.events == before.events + 1
    assert not any(one.encode() in f.read_bytes() for f in desk.store.root.rglob("desk.db*"))
    for other in (desk, make_desk(desk.store.root, Clock(), desk.settings)):
        assert one not in other.state().tips and two in other.state().tips
    forgetting.set_hold(desk, STEW, on=True)
    with pytest.raises(Problem, match="lawyer"):
        forgetting.purge_tip(desk, two)


def test_the_ledger_does_not_grow_with_every_approval(desk: Desk) -> None:
    for number in range(5):
        record(desk, number)
        write_records(desk)
    assert len(facts(desk)) == 5 and len(desk.store.history().live) == 1
    assert len(desk.store.events()) <= 2  # that records follow from the desk; once


def test_a_lost_ledger_leaves_the_desk_its_records(desk: Desk) -> None:
    record(desk, 1, lat=44.98, lon=-93.27)
    write_records(desk)
    if not (desk.store.root / "ledger.db").exists():
        pytest.skip("a ledger in a database is no file that goes away")
    (desk.store.root / "ledger.db").unlink()
    with pytest.raises(Problem, match="missing"):
        desk.store.history()
    recover.recover(desk.store, None)
    assert desk.store.history().derived == {"desk"} and len(desk.store.history().live) == 1
    record(desk, 2)
    write_records(desk)
    assert len(facts(desk)) == 2
