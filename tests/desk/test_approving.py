"""What an editor may do, who may not, and that every step can be undone by another."""

import pytest

from data.desk import approving, dealing
from data.desk.approving import approve, correct, reopen, retract, undo
from data.desk.desk import Desk
from data.settings import Problem
from data.tips.desk_state import DeskState
from data.tips.tip_state import Stage, TipState
from tests.desk.desks import ANN, BEN, CAM, EDI, EVA, graded, incoming, person, send


def agreed(desk: Desk, number: int = 1) -> TipState:
    (tip,) = send(desk, incoming(number, area=f"Area {number}"))
    graded(desk, ANN)
    graded(desk, BEN)
    return tip


def now(desk: Desk, tip: TipState) -> TipState:
    return desk.state().tips[tip.id]


def test_nobody_approves_what_they_graded(desk: Desk) -> None:
    both = person("ann", "reviewer", "editor")
    tip = agreed(desk)
    assert approving.to_approve(desk, both) == []
    with pytest.raises(Problem, match="You graded"):
        approve(desk, both, tip.id)
    assert approving.to_approve(desk, EDI) == [tip]
    approve(desk, EDI, tip.id)
    assert now(desk, tip).stage is Stage.RECORD and now(desk, tip).approved_by == "edi"


def test_undoing_is_another_event_and_restores_what_was(desk: Desk) -> None:
    tip = agreed(desk)
    approve(desk, EDI, tip.id)
    before = dict(now(desk, tip).says)
    correct(desk, EVA, tip.id, {"kind": "arrest_operation"}, "they say so")
    retract(desk, EVA, tip.id, "contradicted")
    assert now(desk, tip).stage is Stage.RETRACTED
    steps = [r for r in desk.history(tip.id) if r.verb in ("corrected", "retracted", "approved")]
    approved, corrected, retracted = steps
    undo(desk, EDI, tip.id, retracted.seq)
    assert (
        now(desk, tip).stage is Stage.RECORD and now(desk, tip).says["kind"] == "arrest_operation"
    )
    undo(desk, EDI, tip.id, corrected.seq)
    assert now(desk, tip).says == before
    with pytest.raises(Problem, match="already"):
        undo(desk, EDI, tip.id, corrected.seq)
    undo(desk, EVA, tip.id, approved.seq)
    assert now(desk, tip).stage is Stage.AGREED
    assert len([r for r in desk.history(tip.id) if r.verb == "undone"]) == 3


def test_an_editor_who_is_not_convinced_says_that_it_cannot_be_told(desk: Desk) -> None:
    tip = agreed(desk)
    approving.decline(desk, EDI, tip.id)
    assert now(desk, tip).stage is Stage.CLOSED and now(desk, tip).verdict == "cannot_tell"
    (step,) = [r for r in desk.history(tip.id) if r.verb == "declined"]
    undo(desk, EVA, tip.id, step.seq)
    assert now(desk, tip).stage is Stage.AGREED


def test_what_is_sent_back_is_graded_anew_by_others(desk: Desk) -> None:
    tip = agreed(desk)
    reopen(desk, EDI, tip.id, "where is the picture?")
    assert now(desk, tip).stage is Stage.WAITING and not now(desk, tip).grades
    assert dealing.deal(desk, CAM) is now(desk, tip)


def test_a_merge_takes_two_people_and_unmerging_restores_both(desk: Desk) -> None:
    one, two = agreed(desk, 1), agreed(desk, 2)
    for tip in (one, two):
        approve(desk, EDI, tip.id)
    approving.propose_merge(desk, EDI, two.id, one.id)
    assert now(desk, two).stage is Stage.RECORD  # nothing changes yet
    with pytest.raises(Problem, match="somebody else confirms"):
        approving.confirm_merge(desk, EDI, two.id)
    approving.confirm_merge(desk, EVA, two.id)
    assert now(desk, two).stage is Stage.MERGED and now(desk, one).stage is Stage.RECORD
    with pytest.raises(Problem, match="into itself"):
        approving.propose_merge(desk, EVA, one.id, two.id)
    approving.refuse_merge(desk, EVA, two.id)
    assert now(desk, two).stage is now(desk, one).stage is Stage.RECORD


def test_two_reviewers_who_see_the_same_event_merge_with_an_editor(desk: Desk) -> None:
    one, two = send(desk, incoming(1), incoming(2))
    for actor in (ANN, BEN):
        for _ in range(2):
            tip = dealing.deal(desk, actor)
            assert tip
            if tip.id == one.id:
                dealing.grade(desk, actor, tip.id, "verified", "picture")
            else:
                dealing.grade(desk, actor, tip.id, "rejected", "same_event", one.id)
    assert now(desk, two).stage is Stage.AGREED
    approve(desk, EDI, two.id)
    assert now(desk, two).merged_into == one.id


@pytest.mark.parametrize(
    ("says", "match"),
    [
        ({"text": "x"}, "cannot be corrected"),
        ({"kind": "ufo"}, "none of the words"),
        ({}, "Nothing was changed"),
    ],
)
def test_only_what_a_record_says_is_corrected(desk: Desk, says: dict[str, str], match: str) -> None:
    tip = agreed(desk)
    with pytest.raises(Problem, match=match):
        correct(desk, EDI, tip.id, says)


def test_the_state_is_the_fold_of_the_log_and_of_nothing_else(desk: Desk) -> None:
    tips = [agreed(desk, n) for n in range(1, 5)]
    approve(desk, EDI, tips[0].id)
    retract(desk, EVA, tips[0].id, "no_incident")
    reopen(desk, EDI, tips[1].id)
    approving.propose_merge(desk, EDI, tips[2].id, tips[3].id)
    step = next(r for r in desk.history(tips[0].id) if r.verb == "retracted")
    undo(desk, EVA, tips[0].id, step.seq)
    dealing.deal(desk, CAM)
    anew = DeskState(desk.log.of_tip)
    anew.take(desk.log.read())
    held = desk.state()
    for name in (
        "tips",
        "fresh",
        "begun",
        "agreed",
        "proposed",
        "records",
        "deals",
        "in_hands",
        "copies",
        "by_day",
    ):
        left, right = getattr(held, name), getattr(anew, name)
        if name in ("fresh", "begun", "records"):
            left, right = ({k: v for k, v in d.items() if v} for d in (left, right))
        assert left == right, name
