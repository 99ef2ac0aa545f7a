"""The queue in numbers, floods, and what the desk found."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from data.desk import approving, dealing, desk_numbers, queue
from data.desk.desk import Desk
from data.desk.known_answers import add_known
from data.reports.tip import Incoming, Tip
from tests.desk.desks import ANN, BEN, EDI, STEW, Clock, graded, incoming, make_desk, send


def hourly(counts: list[int], now: datetime, channel: str = "form") -> list[Incoming]:
    """Tips by hours ago."""
    found = []
    for ago, n in enumerate(counts):
        at = (now - timedelta(hours=ago)).replace(minute=0).isoformat(timespec="seconds")
        found += [Incoming(channel, Tip(), at) for _ in range(n)]
    return found


def test_a_flood_is_what_chance_does_not_explain(desk: Desk, clock: Clock) -> None:
    rng = np.random.default_rng(4)
    usual = rng.negative_binomial(2, 0.4, 27 * 24).tolist()
    send(desk, *hourly([0, *usual], clock()))
    (quiet,) = queue.queue(desk, STEW)
    assert not quiet.flood and quiet.usual_most > max(usual) - 5
    send(desk, *hourly([quiet.usual_most + 1], clock()))
    (loud,) = queue.queue(desk, ANN)
    assert loud.flood and loud.last_hour == quiet.usual_most + 1


def test_clumped_hours_rarely_cry_flood() -> None:
    """Of 20,000 hours of a clumped channel at most a few are called a flood."""
    rng = np.random.default_rng(7)
    called = 0
    for _ in range(40):
        hours = rng.negative_binomial(0.7, 0.15, 28 * 24 + 500)
        for start in range(0, 500, 1):
            if start % 10 == 0:  # the usual changes slowly
                most = queue.usual_most(
                    Counter(dict(enumerate(hours[start : start + 28 * 24].tolist())))
                )
            called += int(hours[start] > most and hours[start] >= 10)
    assert called / (40 * 500) < 0.001


def test_a_new_channel_cries_flood_only_where_many_come_at_once(desk: Desk, clock: Clock) -> None:
    send(desk, *hourly([40, 3, 5], clock()))
    assert not queue.queue(desk, STEW)[0].flood
    send(desk, *hourly([40], clock()))
    assert queue.queue(desk, STEW)[0].flood


def test_the_queue_counts_no_known_answers_and_says_how_old(desk: Desk, clock: Clock) -> None:
    send(desk, incoming(1), incoming(2), incoming(3, "form"))
    add_known(desk, STEW, Tip(day="2026-01-02", text="x"), "false")
    for _ in range(3):
        tip = dealing.deal(desk, ANN)
        assert tip
        if tip.channel == "form":
            dealing.give_back(desk, ANN)
        else:
            dealing.grade(desk, ANN, tip.id, "verified", "picture")
            break
    clock.forward(hours=5)
    rows = {row.channel: row for row in queue.queue(desk, STEW)}
    assert (rows["hotline"].fresh, rows["hotline"].begun, rows["hotline"].oldest_hours) == (1, 1, 6)
    assert rows["form"].fresh == 1 and rows.keys() == {"hotline", "form"}


@pytest.mark.parametrize(("n", "of"), [(0, 10), (3, 10), (10, 10), (38, 100), (410, 1000)])
def test_intervals_are_wilsons(n: int, of: int) -> None:
    low, high = proportion_confint(n, of, method="wilson")
    found = desk_numbers.share(n, of)
    assert (found.low, found.high) == (
        pytest.approx(100 * low, abs=1e-6),
        pytest.approx(100 * high, abs=1e-6),
    )


def test_what_the_desk_found(desk: Desk) -> None:
    grades = (
        [("verified", "picture")] * 3
        + [("rejected", "outside")] * 2
        + [("cannot_tell", "too_little")]
    )
    for number, (code, reason) in enumerate(grades):
        send(desk, incoming(number, area=f"A{number}"))
        for actor in (ANN, BEN):
            graded(desk, actor, code, reason)
    send(desk, incoming(20))
    for tip in approving.to_approve(desk, EDI):
        approving.approve(desk, EDI, tip.id)
    (row,) = desk_numbers.outcomes(desk, STEW)
    assert (row.confirmed.n, row.false.n, row.cannot_tell.n, row.waiting) == (3, 2, 1, 1)
    assert row.confirmed.of == 6 and row.confirmed.percent == 50
    every = desk_numbers.total([row, row])
    assert every and (every.confirmed.n, every.confirmed.of, every.waiting) == (6, 12, 2)
    assert desk_numbers.total([]) is None


def test_known_answers_measure_the_graders(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "known", Clock(), known_percent=100)
    for _ in range(3):
        add_known(desk, STEW, Tip(day="2026-01-02", text="x"), "false")
    graded(desk, ANN, "rejected", "outside")
    graded(desk, ANN)
    graded(desk, ANN, "cannot_tell", "too_little")
    found = desk_numbers.grader_quality(desk, STEW)
    assert (found.right.n, found.wrong.n, found.cannot_tell.n) == (1, 1, 1)
    assert desk_numbers.outcomes(desk, STEW) == []
    # where the right answer is that nobody can tell, saying so is right
    add_known(desk, STEW, Tip(day="2026-01-02", text="x"), "cannot_tell")
    graded(desk, ANN, "cannot_tell", "too_little")
    found = desk_numbers.grader_quality(desk, STEW)
    assert (found.right.n, found.wrong.n, found.cannot_tell.n) == (2, 1, 1)
