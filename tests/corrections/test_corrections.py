"""Corrections, updates and retractions: what readers see, what stays, and what a purge leaves."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.correction_terms import CORRECTION_REASONS, CorrectionKind, CorrectionStage, reasons_for
from data.corrections import changes, contents, listing
from data.corrections.changes import Proposal
from data.corrections.reasons import CHANGES, reasons_between
from data.people.actor import Actor, Forbidden, machine
from data.privacy import placed_records
from data.release.press_articles import read_press
from data.settings import Problem, load_settings
from data.storage.history import ChangeKind
from data.storage.store import Store
from data.tables import build
from tests.corrections.conftest import CALLS, Town

FIX = ("correct", "calls:1", "--set", "kind=shooting", "--reason", "entry_error")


def test_a_correction_is_what_readers_see_and_only_its_month_is_made_anew(town: Town) -> None:
    before = {f.name for f in (town.store.derived / "facts").glob("*.parquet")}
    town.run(*FIX, "--set", "response=in_person", "--note", "dispatcher said so")
    row = town.records()["calls:1"]
    assert (row["kind"], row["response"]) == ("shooting", "in_person")
    assert row["row_hash"] and row["lat"] == 44.95  # the rest of it stays
    assert len(town.records()) == 8
    after = {f.name for f in (town.store.derived / "facts").glob("*.parquet")}
    assert {name[:7] for name in after - before} == {"2026-01"}
    assert {name[:7] for name in before & after} >= {"2026-02", "2026-03"}


def test_a_day_moves_to_another_month(town: Town) -> None:
    town.run("correct", "calls:1", "--set", "day=2026-03-01", "--reason", "reading_error")
    row = town.records()["calls:1"]
    assert str(row["local_date"]) == "2026-03-01" and row["time_precision"] == "day"
    assert row["hour"] is None and row["weekday"] == 6
    meta = town.store.at(str(Store(town.store.root).stamp())).meta
    calls = next(s for s in meta["sources"] if s["name"] == "calls")
    assert calls["rows"] == 5 and calls["first"] == "2026-01-06"


def test_repeats_of_an_id_stay_what_they_are(town: Town) -> None:
    town.run("correct", "calls:2-2", "--set", "response=declined", "--reason", "entry_error")
    rows = town.records()
    assert rows["calls:2-2"]["response"] == "declined"
    assert rows["calls:2"]["response"] == "in_person"
    town.run("retract", "calls:2", "--reason", "same_event")
    assert "calls:2" not in town.records() and "calls:2-2" in town.records()


def test_a_retraction_counts_no_longer_and_can_be_taken_back(town: Town) -> None:
    stamp = town.store.now()
    town.run("retract", "paper:p1", "--reason", "cannot_stand")
    assert "paper:p1" not in town.records() and "paper:p2" in town.records()
    assert "retracted already" in town.refused("retract", "paper:p1", "--reason", "cannot_stand")
    assert "retracted already" in town.refused(
        "update", "paper:p1", "--set", "kind=other", "--reason", "new_evidence"
    )
    (one,) = Store(town.store.root).history().corrections.values()
    town.run("corrections", "--undo", one.code)
    assert "paper:p1" in town.records() and town.store.now() == stamp
    assert "already" in town.refused("corrections", "--undo", one.code)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("correct", "calls:9", "--set", "kind=other", "--reason", "entry_error"), "No record"),
        (("correct", "calls:1", "--set", "kind=ufo", "--reason", "entry_error"), "none of the words"),
        (("correct", "calls:1", "--set", "colour=red", "--reason", "entry_error"), "What can"),
        (("correct", "calls:1", "--set", "grade=verified", "--reason", "entry_error"), "What can"),
        (("correct", "calls:1", "--set", "kind", "--reason", "entry_error"), "column=value"),
        (("correct", "calls:1", "--set", "kind=other", "--reason", "because"), "no reason"),
        (("correct", "calls:1", "--set", "kind=other", "--reason", "same_event"), "no reason"),
        (("correct", "calls:1", "--reason", "entry_error"), "Say what is right"),
        (("correct", "calls:1", "--set", "day=2026-13-01", "--reason", "entry_error"), "no day"),
        (("correct", "calls:1", "--set", "day=2999-01-01", "--reason", "entry_error"), "not come"),
        (("correct", "calls:1", "--set", "time=2026-03-08 02:30", "--reason", "entry_error"), "clocks"),
        (("correct", "calls:1", "--set", "officers=-1", "--reason", "entry_error"), "whole number"),
        (("correct", "calls:1", "--set", "injured=maybe", "--reason", "entry_error"), "yes, no"),
        (("correct", "calls:1", "--set", "kind=call 911", "--reason", "entry_error"), "says already"),
        (("correct", "hotline:r1", "--set", "kind=other", "--reason", "entry_error"), "community"),
        (("corrections", "--undo", "nope"), "No single correction"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence_and_nothing_changes(
    town: Town, words: tuple[str, ...], says: str
) -> None:
    assert says in town.refused(*words)


def test_a_second_correction_of_the_same_thing_changes_nothing(town: Town) -> None:
    town.run(*FIX)
    assert "says already" in town.refused(*FIX)
    town.run("correct", "calls:1", "--set", "kind=other", "--reason", "new_evidence")
    assert town.records()["calls:1"]["kind"] == "other"
    first, second = Store(town.store.root).history().corrections.values()
    town.run("corrections", "--undo", first.code)
    assert town.records()["calls:1"]["kind"] == "other"
    town.run("corrections", "--undo", second.code)
    assert town.records()["calls:1"]["kind"] == "call_911"


def test_a_later_import_does_not_undo_it_and_says_so(town: Town) -> None:
    town.run(*FIX)
    changed = CALLS.replace("1,2026-01-05 10:00", "1,2026-01-05 10:20")  # another cell of it
    told = town.run("import", town.save("new.csv", changed), "--source", "calls", "--official")
    row = town.records()["calls:1"]
    assert row["kind"] == "shooting" and str(row["occurred_at"])[14:16] == "20"
    assert "1 correction of calls stands" in told and "says now something else" not in told
    otherwise = CALLS.replace("44.95,-93.28,call_911", "44.95,-93.28,sighting")
    told = town.run("import", town.save("o.csv", otherwise), "--source", "calls", "--official")
    assert town.records()["calls:1"]["kind"] == "shooting"
    assert "says now something else" in told


def test_an_import_taken_back_takes_its_corrections_with_it_until_it_returns(town: Town) -> None:
    town.run(*FIX)
    batch = next(
        n for n, e in Store(town.store.root).history().imports.items() if e.source == "calls"
    )
    town.run("unimport", batch)
    assert "calls:1" not in town.records()
    town.run("import", str(town.root / "calls.csv"), "--source", "calls", "--official")
    assert town.records()["calls:1"]["kind"] == "shooting"


def test_a_purge_leaves_no_value_of_a_corrected_record(town: Town) -> None:
    town.run("correct", "calls:4", "--set", "kind=crowd_control", "--set", "officers=31999",
             "--reason", "entry_error", "--note", "zebra told us")  # fmt: skip
    assert town.bytes_with("31999") and town.bytes_with("zebra") and town.bytes_with("calls:4")
    town.run("purge", "calls:4")
    assert "calls:4" not in town.records()
    for text in ("31999", "zebra", "calls:4"):
        assert town.bytes_with(text) == [], text
    (one,) = Store(town.store.root).history().corrections.values()
    assert one.stage is CorrectionStage.PURGED
    assert "record purged" in town.run("corrections")
    told = town.run("import", town.save("x.csv", CALLS + "5,2026-03-09 12:00,44.9,-93.2,other,none,a\n"),
                    "--source", "calls", "--official")  # fmt: skip
    assert "calls:4" not in town.records() and "correction" not in told


def test_a_lost_ledger_knows_corrections_again(town: Town) -> None:
    town.run(*FIX)
    town.run("retract", "calls:3", "--reason", "outside")
    code = list(Store(town.store.root).history().corrections)[1]
    town.run("corrections", "--undo", code)
    before = town.records()
    for file in town.store.root.glob("ledger.db*"):
        file.unlink()
    assert "1 correction, " in town.run("recover")
    assert town.records() == before
    stages = [one.stage for one in Store(town.store.root).history().corrections.values()]
    assert stages == [CorrectionStage.STANDS, CorrectionStage.UNDONE]


def test_what_a_correction_says_cannot_be_lost_in_silence(town: Town) -> None:
    town.run(*FIX)
    (file,) = contents.contents_folder(town.store).glob("*.json")
    file.rename(town.root / "away.json")
    assert "Put its copy back" in town.type("rebuild").output
    (town.root / "away.json").rename(file)
    town.run("rebuild")
    (contents.contents_folder(town.store) / "00.json").write_text(
        "{}"
    )  # of a command that was killed
    town.run("rebuild")
    assert [f.name for f in contents.contents_folder(town.store).iterdir()] == [file.name]


def two(kind: CorrectionKind = CorrectionKind.CORRECTION) -> Proposal:
    return Proposal(kind, "calls:1", "entry_error", {"kind": "other"})


def test_where_people_sign_in_it_takes_two(town: Town) -> None:
    settings, store = load_settings(), town.store
    first, second = (Actor(name, frozenset({"editor"})) for name in ("a", "b"))
    viewer = Actor("c", frozenset({"viewer", "reviewer"}))
    with pytest.raises(Forbidden):
        changes.propose(store, settings, viewer, two(), waits=True)
    one = changes.propose(store, settings, first, two(), waits=True)
    build.rebuild(store, settings)
    assert one.stage is CorrectionStage.WAITS and town.records()["calls:1"]["kind"] == "call_911"
    with pytest.raises(Problem, match="waits for approval"):
        changes.propose(store, settings, second, two(), waits=True)
    with pytest.raises(Problem, match="somebody else"):
        changes.approve(store, first, one.code)
    with pytest.raises(Forbidden):
        changes.approve(store, viewer, one.code)
    assert changes.approve(store, second, one.code).stage is CorrectionStage.STANDS
    build.rebuild(store, settings)
    assert town.records()["calls:1"]["kind"] == "other"
    with pytest.raises(Problem, match="already"):
        changes.approve(store, second, one.code)


def test_a_declined_one_changes_nothing(town: Town) -> None:
    settings, store = load_settings(), town.store
    one = changes.propose(store, settings, machine(), two(), waits=True)
    assert changes.decline(store, machine(), one.code).stage is CorrectionStage.DECLINED
    build.rebuild(store, settings)
    assert town.records()["calls:1"]["kind"] == "call_911"
    assert [c.kind for c in store.history().changes][-1] is not ChangeKind.CORRECTION


def test_the_command_only_proposes_where_the_settings_name_who_signs_in(town: Town) -> None:
    config = town.root / "porchlight.toml"
    config.write_text(config.read_text() + '[roles]\neditor = ["group:desk"]\n')
    assert "waits" in town.run(*FIX)
    assert town.records()["calls:1"]["kind"] == "call_911"


def test_what_happened_between_two_moments_and_two_events(town: Town) -> None:
    store = town.store
    first = store.history().last
    start = datetime.now(UTC) - timedelta(seconds=2)
    town.run(*FIX)
    town.run("retract", "calls:3", "--reason", "same_event")
    town.run("purge", "calls:4")
    found = reasons_between(store, first, store.history().last)
    assert [(c.kind, c.source, c.reason) for c in found][:2] == [
        (ChangeKind.CORRECTION, "calls", "entry_error"),
        (ChangeKind.RETRACTION, "calls", "same_event"),
    ]
    assert ChangeKind.PURGED in {c.kind for c in found}
    assert reasons_between(store, store.history().last, store.history().last + 9) == []
    in_time = reasons_between(store, start, datetime.now(UTC) + timedelta(seconds=2))
    assert {c.kind for c in found} <= {c.kind for c in in_time}
    assert {*CHANGES} == {*ChangeKind}


def test_every_reason_has_words_and_every_kind_has_reasons() -> None:
    for kind in CorrectionKind:
        assert len(reasons_for(kind)) >= 3
    assert all(row.label and row.kinds for row in CORRECTION_REASONS.values())


def test_the_ledger_holds_no_value(town: Town) -> None:
    town.run(*FIX, "--note", "zebra")
    for row in (json.dumps(vars(e), default=str) for e in town.store.events()[-2:]):
        assert "shooting" not in row and "zebra" not in row and "calls:1" not in row
    assert Path(town.store.root / "corrections").stat().st_mode & 0o077 == 0


def test_the_next_release_has_the_corrected_records_and_no_retracted_one(town: Town) -> None:
    town.run("retract", "paper:p1", "--reason", "cannot_stand")
    town.run("correct", "paper:p2", "--set", "kind=shooting", "--reason", "entry_error")
    press = read_press(Store(town.store.root)).set_index("incident_id")
    assert press["kind"].to_dict() == {"paper:p2": "shooting"}
    town.run("retract", "calls:2", "--reason", "same_event")
    town.run("correct", "calls:4", "--set", "kind=crowd_control", "--reason", "entry_error")
    read = placed_records._read(Store(town.store.root)).set_index("incident_id")
    calls = read[read["source"] == "calls"]["kind"].astype(str).to_dict()
    assert calls == {
        "calls:1": "call_911", "calls:2-2": "call_911", "calls:3": "shooting",
        "calls:4": "crowd_control",
    }  # fmt: skip


def test_nobody_takes_back_alone_what_they_proposed(town: Town) -> None:
    """It would undo what two decided; the command line of the machine can."""
    ann, bob = (Actor(name, frozenset({"editor"})) for name in ("ann", "bob"))
    asked = Proposal(CorrectionKind.RETRACTION, "paper:p1", "same_event", {})
    one = changes.propose(town.store, load_settings(), ann, asked, waits=True)
    changes.approve(town.store, bob, one.code)
    with pytest.raises(Problem, match="somebody else takes it back"):
        changes.undo(town.store, ann, one.code)
    assert changes.undo(town.store, bob, one.code).stage is CorrectionStage.UNDONE
    again = changes.propose(town.store, load_settings(), ann, asked, waits=True)
    changes.approve(town.store, bob, again.code)
    assert changes.undo(town.store, machine(), again.code).stage is CorrectionStage.UNDONE


def test_the_list_is_newest_first_also_within_a_day_and_no_retraction_counts(town: Town) -> None:
    town.run(*FIX)
    town.run("retract", "calls:3", "--reason", "outside")
    town.run("update", "calls:4", "--set", "response=in_person", "--reason", "outcome_known")
    rows = listing.list_corrections(Store(town.store.root), load_settings())
    assert [row.record for row in rows] == ["calls:4", "calls:3", "calls:1"]
    told = town.run("corrections")
    assert "retraction, stands: calls:3" in told and "update, counts: calls:4" in told


def test_the_name_of_a_correction_tells_nothing_of_what_it_says(town: Town) -> None:
    """After a purge whoever has the key could try out the few words of a value with it."""
    other = Path(shutil.copytree(town.store.root, town.root / "other"))  # the same key and records
    asked = Proposal(CorrectionKind.CORRECTION, "calls:1", "entry_error", {"kind": "shooting"})
    codes = [
        changes.propose(store, load_settings(), machine(), asked, waits=False).code
        for store in (town.store, Store(other))
    ]
    assert codes[0] != codes[1] and {len(code) for code in codes} == {12}


def test_a_command_that_was_killed_before_its_event_leaves_no_second_content(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    asked = Proposal(CorrectionKind.CORRECTION, "calls:1", "entry_error", {"kind": "shooting"})
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(changes, "note_event", kill)
        changes.propose(town.store, load_settings(), machine(), asked, waits=False)
    one = changes.propose(town.store, load_settings(), machine(), asked, waits=False)
    (file,) = contents.contents_folder(town.store).glob("*.json")
    assert file.stem == one.code
