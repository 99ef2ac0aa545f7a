"""Tips dealt and graded blind: by two who do not know of each other, a third where they differ."""

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from data.desk import approving, dealing, forgetting, known_answers
from data.desk.desk import Desk
from data.desk.receive import receive_tips
from data.people.actor import Forbidden
from data.reports.tip import Tip
from data.settings import Problem
from data.tips.reasons import GRADES, weigh_grades
from data.tips.tip_state import Stage, TipState
from tests.desk.desks import (
    ANN,
    BEN,
    CAM,
    EDI,
    STEW,
    Clock,
    graded,
    incoming,
    make_desk,
    person,
    send,
)


def test_two_who_agree_hand_a_tip_to_an_editor(desk: Desk) -> None:
    (tip,) = send(desk, incoming(1))
    assert graded(desk, ANN) == tip.id and tip.stage is Stage.WAITING
    assert dealing.deal(desk, ANN) is None  # nobody grades a tip twice
    assert graded(desk, BEN, "corroborated", "observer") == tip.id
    assert tip.stage is Stage.AGREED
    assert tip.decision == (False, "corroborated", "observer")  # the more cautious of the two
    assert dealing.deal(desk, CAM) is None


def test_two_who_differ_need_a_third_and_three_are_cannot_tell(desk: Desk) -> None:
    one, two = send(desk, incoming(1), incoming(2))
    for actor, grades in (
        (ANN, {one.id: ("verified", "picture"), two.id: ("verified", "picture")}),
        (BEN, {one.id: ("rejected", "no_incident"), two.id: ("rejected", "outside")}),
        (CAM, {one.id: ("rejected", "outside"), two.id: ("cannot_tell", "too_little")}),
    ):
        for _ in range(2):
            tip = dealing.deal(desk, actor)
            assert tip
            dealing.grade(desk, actor, tip.id, *grades[tip.id])
    assert (one.stage, one.decision.grade) == (Stage.CLOSED, "rejected")
    assert (two.stage, two.decision.grade) == (Stage.CLOSED, "cannot_tell")


@pytest.mark.parametrize("first", [g.code for g in GRADES])
@pytest.mark.parametrize("second", [g.code for g in GRADES])
def test_what_two_grades_amount_to(first: str, second: str) -> None:
    verdicts = {g.code: g.verdict for g in GRADES}
    found = weigh_grades([(first, ""), (second, "")])
    assert found.more == (verdicts[first] != verdicts[second])
    assert found == weigh_grades([(second, ""), (first, "")])


def test_a_reviewer_has_one_tip_and_cannot_choose(desk: Desk) -> None:
    tips = send(desk, *(incoming(n) for n in range(30)))
    held = dealing.deal(desk, ANN)
    assert held and dealing.deal(desk, ANN) is held
    other = next(tip for tip in tips if tip is not held)
    with pytest.raises(Problem, match="no longer yours"):
        dealing.grade(desk, ANN, other.id, "verified", "picture")
    dealing.give_back(desk, ANN)
    with pytest.raises(Problem, match="no longer yours"):
        dealing.grade(desk, ANN, held.id, "verified", "picture")


def test_a_tip_that_was_not_taken_in_time_goes_back(desk: Desk, clock: Clock) -> None:
    (tip,) = send(desk, incoming(1))
    dealing.deal(desk, ANN)
    dealing.deal(desk, BEN)
    assert dealing.deal(desk, CAM) is None  # two have it
    clock.forward(minutes=31)
    assert dealing.deal(desk, CAM) is tip
    lapsed = [row for row in desk.history(tip.id) if row.verb == "returned"]
    assert {row.detail["reviewer"] for row in lapsed if row.detail} == {"ann", "ben"}


def test_whoever_typed_a_call_in_is_not_dealt_it(desk: Desk) -> None:
    send(desk, replace(incoming(1), author="ann"))
    assert dealing.deal(desk, ANN) is None and dealing.deal(desk, BEN)


def test_a_flooded_channel_hides_no_other(desk: Desk) -> None:
    send(desk, *(incoming(n, "form") for n in range(300)))
    send(desk, *(incoming(n, "hotline") for n in range(500, 520)))
    channels = Counter[str]()
    for turn in range(40):
        tip = dealing.deal(desk, person(f"r{turn}", "reviewer"))
        assert tip
        channels[tip.channel] += 1
    assert channels["hotline"] == 20


def test_channels_may_weigh_more(tmp_path: Path, clock: Clock) -> None:
    desk = make_desk(tmp_path / "other", clock, share={"hotline": 3})
    for channel, first in (("form", 0), ("hotline", 500)):
        send(desk, *(incoming(n, channel) for n in range(first, first + 100)))
    dealt = Counter(dealing.deal(desk, person(f"r{n}", "reviewer")).channel for n in range(80))  # type: ignore[union-attr]
    assert dealt["hotline"] == 60


def test_near_copies_are_one_line_and_the_next_leads_where_one_is_withdrawn(desk: Desk) -> None:
    text = "three unmarked cars took a man from the corner by the old library tonight"
    copies = [incoming(n, text=text) for n in range(5)]
    first, *rest = send(desk, *copies)
    assert dealing.deal(desk, ANN) is first
    assert dealing.deal(desk, BEN) is first and dealing.deal(desk, CAM) is None
    assert receive_tips(desk, [replace(copies[0], withdraws=True)]).withdrawn == 1
    assert dealing.deal(desk, CAM) is rest[0]
    assert desk.raw(first) == {}


def test_forwards_with_small_edits_are_one_line(desk: Desk) -> None:
    text = (
        "please everybody near the library on the north side three unmarked gray cars stand at the "
        "corner since seven this morning and men in green vests are asking people who walk by for papers "
        "stay inside and tell your neighbors who have not seen this message yet"
    )
    first, second, third = send(
        desk,
        incoming(1, text=text),
        incoming(2, text=f"FWD: {text.replace('gray', 'grey')} !!"),
        incoming(3, text=text, area="Page"),
    )
    assert first.near == second.near != third.near  # another area is another event


def test_grades_go_with_their_reasons_only(desk: Desk) -> None:
    send(desk, incoming(1))
    tip = dealing.deal(desk, ANN)
    assert tip
    for code, reason in (("verified", "two_origins"), ("rejected", "picture"), ("best", "picture")):
        with pytest.raises(Problem, match="one of its reasons"):
            dealing.grade(desk, ANN, tip.id, code, reason)


@pytest.mark.parametrize(
    ("channels", "origins", "ok"),
    [
        (("hotline", "hotline"), ("a", "b"), True),
        (("hotline", "hotline"), ("a", "a"), False),  # an origin counts once
        (("form", "form"), (None, None), False),  # the form has none
        (("hotline", "form"), ("a", None), False),
    ],
)
def test_two_origins_are_two(
    desk: Desk, channels: tuple[str, str], origins: tuple[str | None, str | None], ok: bool
) -> None:
    some = [
        replace(incoming(n, channel), origin=origin)
        for n, (channel, origin) in enumerate(zip(channels, origins))
    ]
    send(desk, *some)
    tip = dealing.deal(desk, ANN)
    assert tip and len(tip.beside) == 1  # the same day, hour and area
    if ok:
        dealing.grade(desk, ANN, tip.id, "corroborated", "two_origins", tip.beside[0])
    else:
        with pytest.raises(Problem, match="two origins"):
            dealing.grade(desk, ANN, tip.id, "corroborated", "two_origins", tip.beside[0])


def test_forwards_of_one_text_are_one_origin(desk: Desk) -> None:
    text = "three unmarked cars took a man from the corner by the old library tonight"
    send(desk, incoming(1, text=text), incoming(2, text=text))
    tip = dealing.deal(desk, ANN)
    assert tip
    with pytest.raises(Problem, match="two origins"):
        dealing.grade(desk, ANN, tip.id, "corroborated", "two_origins", tip.beside[0])


def test_a_grade_can_be_taken_back_until_it_is_decided(desk: Desk) -> None:
    (tip,) = send(desk, incoming(1))
    graded(desk, ANN)
    dealing.undo_grade(desk, ANN, tip.id)
    assert not tip_of(desk, tip.id).grades
    graded(desk, ANN, "rejected", "no_incident")
    graded(desk, BEN, "rejected", "no_incident")
    assert tip_of(desk, tip.id).stage is Stage.CLOSED
    with pytest.raises(Problem, match="no grade of yours"):
        dealing.undo_grade(desk, ANN, tip.id)


def tip_of(desk: Desk, tip: str) -> TipState:
    return desk.state().tips[tip]


def test_known_answers_measure_and_never_become_records(tmp_path: Path, clock: Clock) -> None:
    desk = make_desk(tmp_path / "known", clock, known_percent=100)
    with pytest.raises(Problem, match="more than a week"):
        known_answers.add_known(desk, STEW, Tip(day="2026-01-15", text="x"), "false")
    known_answers.add_known(desk, STEW, Tip(day="2026-01-05", area="North Loop", text="x"), "false")
    send(desk, incoming(1))
    first = graded(desk, ANN)
    assert tip_of(desk, first).answer == "false"
    assert known_answers.unmasked(desk, "ann", [first]) == []  # the other has not spoken
    graded(desk, BEN)
    assert known_answers.unmasked(desk, "ann", [first]) == [(first, "false")]
    assert approving.to_approve(desk, EDI) == []
    with pytest.raises(Problem, match="no such tip"):
        approving.approve(desk, EDI, first)


def test_many_hands_at_once_deal_no_tip_to_three(desk: Desk) -> None:
    send(desk, *(incoming(n) for n in range(20)))
    people = [person(f"r{n}", "reviewer") for n in range(24)]
    dealt: list[str] = []

    def work(actor: int) -> None:
        for _ in range(3):
            tip = dealing.deal(desk, people[actor])
            if tip:
                dealt.append(tip.id)
                dealing.grade(desk, people[actor], tip.id, "verified", "picture")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(dealt) == 40 and set(Counter(dealt).values()) == {2}
    desk.log.verify()


def test_two_processes_see_each_other(desk: Desk, clock: Clock) -> None:
    other = make_desk(desk.store.root, clock)
    (tip,) = send(desk, incoming(1))
    graded(other, ANN)
    graded(desk, BEN)
    assert other.state(at_once=True).tips[tip.id].stage is Stage.AGREED
    approving.approve(other, EDI, tip.id)
    with pytest.raises(Problem, match="somebody was first"):
        approving.approve(desk, person("eve", "editor"), tip.id)


def test_one_person_with_many_sessions_is_one_grader(desk: Desk) -> None:
    (tip,) = send(desk, incoming(1))
    sessions = [person("ann", "reviewer") for _ in range(5)]
    assert {dealing.deal(desk, session).id for session in sessions} == {tip.id}  # type: ignore[union-attr]
    dealing.grade(desk, sessions[0], tip.id, "verified", "picture")
    for session in sessions:
        with pytest.raises(Problem, match="no longer yours"):
            dealing.grade(desk, session, tip.id, "verified", "picture")
        assert dealing.deal(desk, session) is None
    assert len(tip.grades) == 1 and tip.stage is Stage.WAITING


def test_a_stopped_clock_stops_no_work_and_one_that_went_back_shows_nothing(
    desk: Desk, clock: Clock
) -> None:
    (tip,) = send(desk, incoming(1))
    graded(desk, ANN)
    clock.forward(days=-400)
    assert graded(desk, BEN) == tip.id and tip.stage is Stage.AGREED
    approving.approve(desk, EDI, tip.id)
    assert forgetting.expire(desk) == {} and desk.raw(tip)
    assert [row.seq for row in desk.history(tip.id)] == sorted(r.seq for r in desk.history(tip.id))


def test_only_reviewers_are_dealt(desk: Desk) -> None:
    send(desk, incoming(1))
    for actor in (EDI, STEW, person("vic", "viewer"), person("nobody")):
        with pytest.raises(Forbidden):
            dealing.deal(desk, actor)
