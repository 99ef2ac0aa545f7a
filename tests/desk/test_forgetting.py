"""What the desk forgets, that the chain still verifies, and that a hold stops all removal."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from data.desk import exposure, forgetting, shifts
from data.desk.desk import Desk
from data.desk.receive import receive_tips
from data.settings import Problem
from data.tips.desk_log import DESK_CONTENTS, DESK_EVENTS, LogRow
from tests.desk.desks import ANN, BEN, CAM, STEW, Clock, graded, incoming, make_desk, send
from tests.ledgers import Place


def ended(desk: Desk) -> str:
    (tip,) = send(desk, incoming(1, text="canary words that somebody wrote about the corner store"))
    graded(desk, ANN, "rejected", "no_incident")
    graded(desk, BEN, "rejected", "no_incident")
    return tip.id


def test_texts_go_after_the_outcome_and_the_chain_still_verifies(
    desk: Desk, clock: Clock, place: Place
) -> None:
    tip = ended(desk)
    clock.forward(days=29)
    assert forgetting.expire(desk) == {} and place.on_disk("canary")
    before = desk.log.verify()
    clock.forward(days=2)
    assert forgetting.expire(desk) == {"raw": 1}
    assert not place.on_disk("canary")  # also not in what the database has deleted
    assert desk.raw(desk.state().tips[tip]) == {} and desk.state().tips[tip].origin
    clock.forward(days=120)
    assert forgetting.expire(desk) == {"origin": 1} and not place.on_disk("origin 1")
    after = desk.log.verify()
    assert after.forgotten == 2 and after.events == before.events + 2
    assert (
        make_desk(desk.store.root, clock).state().tips[tip].grades == desk.state().tips[tip].grades
    )
    assert forgetting.expire(desk) == {}


def test_what_has_no_outcome_stays(desk: Desk, clock: Clock) -> None:
    send(desk, incoming(1))
    clock.forward(days=400)
    assert forgetting.expire(desk) == {}


def test_a_hold_stops_all_removal_and_is_an_event(desk: Desk, clock: Clock, place: Place) -> None:
    ended(desk)
    own = incoming(2)
    send(desk, own)
    forgetting.set_hold(desk, STEW, on=True)
    clock.forward(days=400)
    assert forgetting.expire(desk) == {}
    receive_tips(desk, [replace(own, withdraws=True)])
    assert place.on_disk("canary") and desk.log.verify().forgotten == 0
    with pytest.raises(Problem, match="already"):
        forgetting.set_hold(desk, STEW, on=True)
    forgetting.set_hold(desk, STEW, on=False)
    assert [row.who for row in desk.log.of_verb("hold")] == ["stew", "stew"]
    # the tip that was withdrawn meanwhile goes too
    assert forgetting.expire(desk) == {"raw": 2, "origin": 2}
    assert not place.on_disk("canary")


def test_what_is_withdrawn_is_gone_at_once(desk: Desk, place: Place) -> None:
    own = incoming(1, text="canary words that somebody wrote about the corner store")
    (tip,) = send(desk, own)
    assert receive_tips(desk, [replace(own, withdraws=True)] * 2).withdrawn == 1
    assert not place.on_disk("canary") and not place.on_disk("origin 1")
    assert tip.withdrawn and receive_tips(desk, [own]).new == 0  # and does not come back


@pytest.mark.parametrize("sql", ["UPDATE desk_events SET seq = 9", "DELETE FROM desk_events",
                                 "UPDATE desk_contents SET detail = '{}'", "TRUNCATE desk_events",
                                 "TRUNCATE desk_contents"])  # fmt: skip
def test_nothing_is_changed_even_by_hand(desk: Desk, place: Place, sql: str) -> None:
    send(desk, incoming(1))
    with pytest.raises(Exception, match=r"append-only|only forgotten|near \"TRUNCATE"):
        place.run(sql, "desk.db")
    assert desk.log.verify().forgotten == 0


CHANGES = {
    "content": (
        "UPDATE desk_contents SET detail = replace(detail, 'rejected', 'verified') "
        "WHERE verb = 'graded'",
    ),
    "gone": ("DELETE FROM desk_events WHERE seq = 3",),
    "order": (
        "UPDATE desk_events SET seq = 100 WHERE seq = 3",
        "UPDATE desk_events SET seq = 3 WHERE seq = 4",
        "UPDATE desk_events SET seq = 4 WHERE seq = 100",
    ),
    "tail": ("UPDATE desk_events SET chain = commitment WHERE seq = 5",),
}


@pytest.mark.parametrize("way", CHANGES)
def test_a_change_past_the_triggers_is_found(desk: Desk, place: Place, way: str) -> None:
    ended(desk)
    assert desk.log.verify().events > 5
    for table in ("desk_events", "desk_contents"):
        place.unguard(table, "desk.db")
    for words in CHANGES[way]:
        place.run(words, "desk.db")
    with pytest.raises(Problem, match="Event"):
        desk.log.verify()


def test_events_are_all_or_none(desk: Desk) -> None:
    rows = [LogRow(0, "a", "x", "t", "w", {}), LogRow(0, "a", None, "t", "w", {})]  # type: ignore[arg-type]
    with pytest.raises(sa.exc.IntegrityError):
        desk.log.append(rows)
    assert desk.log.last() == 0
    with desk.log.engine.connect() as connection:
        for table in (DESK_EVENTS, DESK_CONTENTS):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_exposure_counts_what_each_would_get(desk: Desk, clock: Clock) -> None:
    ended(desk)
    send(desk, incoming(2, cross_streets="4th & Main"), incoming(3, "form", lat=44.9, lon=-93.2))
    graded(desk, CAM)
    clock.forward(days=3)
    rows = {row.who: row for row in exposure.exposure(desk, STEW)}
    assert rows[exposure.DISK][1:] == (3, 3, 2, 2, 3)
    assert rows["reviewer"].tips == 1 and rows["steward"].tips == rows["viewer"].tips == 0
    assert rows["reviewer"].origins == rows["editor"].origins == 0
    day = next(saved for saved in exposure.shorter(desk, STEW) if saved.days == 1)
    assert (day.texts, day.now) == (2, 3)


def test_shifts_and_the_note_to_the_next(desk: Desk, clock: Clock) -> None:
    begins = clock() + timedelta(hours=1)
    shifts.claim(desk, ANN, begins, begins + timedelta(hours=2))
    shifts.claim(desk, BEN, clock(), clock() + timedelta(hours=1))
    assert [(s.who, s.own) for s in shifts.coming(desk, ANN)] == [("ben", False), ("ann", True)]
    shifts.hand_over(desk, ANN, "many calls about one street")
    assert shifts.hand_over_note(make_desk(desk.store.root, clock)) == "many calls about one street"
    clock.forward(hours=2)
    assert [s.who for s in shifts.coming(desk, BEN)] == ["ann"]
