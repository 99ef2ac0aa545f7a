"""Sealed reports taken in: each once, whatever happens in between; what cannot be opened stays."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from data.desk import collecting
from data.desk.collecting import collect_spool
from data.desk.desk import Desk
from data.reports import spool
from data.reports.tip import Incoming
from tests.desk.desks import Clock, incoming, make_desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    file = tmp_path / "porchlight.toml"
    file.write_text('[place]\nname = "Town"\nzone = "America/Chicago"\n')
    monkeypatch.setenv("PORCHLIGHT_CONFIG", str(file))
    return make_desk(tmp_path / "store", Clock())


def sent(number: int) -> Incoming:
    code = hashlib.sha256(f"code {number}".encode()).hexdigest()
    return replace(incoming(number, "form"), message="", receipt=code)


def seal(desk: Desk, *some: Incoming) -> list[Path]:
    folder = desk.store.root / "spool"
    recipient = spool.make_keys(desk.store.root)
    return [spool.seal_report(folder, recipient, one) for one in some]


def test_what_is_sealed_comes_to_the_desk_once(desk: Desk) -> None:
    assert collect_spool(desk) == (0, 0, 0, 0)
    seal(desk, *(sent(n) for n in range(5)))
    assert collect_spool(desk) == (5, 0, 0, 0) and collect_spool(desk) == (0, 0, 0, 0)
    assert len(desk.state().tips) == 5
    tip = next(iter(desk.state().tips.values()))
    assert tip.channel == "form" and not tip.origin and desk.raw(tip)["text"]


def test_a_desk_killed_between_taking_and_marking_takes_nothing_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(desk, sent(1), sent(2))

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(spool, "mark_opened", killed)
        collect_spool(desk)
    assert collect_spool(desk) == (0, 2, 0, 0) and len(desk.state().tips) == 2


def test_a_withdrawal_finds_its_report_in_whatever_order_they_lie(desk: Desk) -> None:
    for number in range(6):
        seal(desk, replace(sent(number), withdraws=True), sent(number))
    assert collect_spool(desk) == (6, 0, 6, 0)
    assert all(tip.withdrawn and desk.raw(tip) == {} for tip in desk.state().tips.values())


def test_a_withdrawal_that_comes_first_waits(desk: Desk) -> None:
    seal(desk, replace(sent(1), withdraws=True))
    assert collect_spool(desk) == (0, 0, 0, 0)
    assert len(list((desk.store.root / "spool").glob("*.age"))) == 1
    seal(desk, sent(1))
    assert collect_spool(desk) == (1, 0, 1, 0)
    assert not list((desk.store.root / "spool").glob("*.age"))


def test_what_cannot_be_opened_stays_and_is_counted(desk: Desk, tmp_path: Path) -> None:
    other = spool.make_keys(tmp_path / "another")
    (own,) = seal(desk, sent(1))
    stranger = spool.seal_report(own.parent, other, sent(2))
    damaged = own.parent / f"{'0' * 32}.age"
    damaged.write_bytes(b"x" * 100)
    assert collect_spool(desk) == (1, 0, 0, 2) and collecting.unopened(desk) == 2
    assert collect_spool(desk).unopened == 2 and stranger.exists() and damaged.exists()
