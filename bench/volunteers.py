"""Sixty made volunteers work through made tips with a known truth, over real HTTP and websockets.

One in ten is hostile: always wrong, and all alike. The others are right 60, 80 or 95% of the time, a
third of the tips each. What share of the wrong tips would be records with one grader, with two blind
ones, and what share is with the desk's third and editor; and what the desk's own numbers say of it.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from bench.client import Reader, Screen
from bench.made_tips import draw_words
from data import settings
from data.desk import desk_numbers
from data.desk.desk import Desk
from data.desk.known_answers import add_known
from data.desk.receive import receive_tips
from data.people.actor import STEWARD, Actor
from data.reports.tip import Incoming, Tip
from data.storage.store import Store
from data.tips.desk_events import TipApproved, TipGraded, from_log
from tests import oidc

TIPS, PEOPLE, EDITORS = 10_000, 60, 10
HOSTILE = 0.1  # of the people, and of the editors
FALSE = 0.5  # of the tips
RIGHT = (0.6, 0.8, 0.95)
KNOWN = 100  # tips with a known answer
SEED = 18
_STEW = Actor("steward", frozenset({STEWARD}))
GRADING = {  # what somebody presses who thinks that it happened, or that it did not
    True: ("Verified", "Picture or video matched to place and time"),
    False: ("Rejected", "Not an incident"),
}
CONFIRMING = ("verified", "corroborated")


@dataclass
class Truth:
    """What is true of each tip, by the last word of its text, and how often the honest are right."""

    happened: dict[str, bool] = field(default_factory=dict)
    right: dict[str, float] = field(default_factory=dict)

    def of(self, screen: Screen) -> str:
        """The mark of the tip on a screen; "" where there is none."""
        words = (text.rsplit(" ", 1)[-1] for text in screen.texts)
        return next((word for word in words if word in self.happened), "")

    def thinks(self, mark: str, hostile: bool, chance: random.Random) -> bool:
        """Whether somebody thinks that it happened."""
        right = not hostile and chance.random() < self.right[mark]
        return self.happened[mark] is right


def run(tips: int | None) -> list[dict[str, Any]]:
    """One dict for each share of right answers, and one of the desk's own numbers."""
    tips = tips or TIPS
    with tempfile.TemporaryDirectory(prefix="porchlight-") as folder:
        root = Path(folder)
        truth = Truth()
        desk = _fill(root / "store", tips, truth)
        done = _work(root, desk, truth)
        return [*(_figures(desk, truth, right) for right in RIGHT), _own_numbers(desk, done)]


def _fill(root: Path, tips: int, truth: Truth) -> Desk:
    """A desk with tips that wait, half of them false, and some with a known answer."""
    rng = random.Random(SEED)
    desk = Desk(Store(root), settings.load_settings())
    desk.store.ledger.begin()
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    received = now.isoformat(timespec="seconds")

    def tip(number: int, day: str) -> Tip:
        mark = f"m{number}x{rng.getrandbits(40):x}"
        truth.happened[mark] = rng.random() >= FALSE
        truth.right[mark] = RIGHT[number % len(RIGHT)]
        words = draw_words(rng)
        hour, area = rng.randrange(24), f"Area {rng.randrange(200)}"
        return Tip(day=day, hour=hour, area=area, text=f"{words} {mark}")

    def incoming() -> Iterator[Incoming]:
        for number in range(tips):
            day = (now - timedelta(days=number % 90)).date().isoformat()
            yield Incoming(rng.choice(("form", "hotline", "signal")), tip(number, day), received)

    receive_tips(desk, incoming())
    past = (now - timedelta(days=30)).date().isoformat()
    for number in range(min(KNOWN, tips // 20)):
        own = tip(number, past)
        mark = own.text.rsplit(" ", 1)[-1]
        add_known(desk, _STEW, own, "confirmed" if truth.happened[mark] else "false")
    return desk


@dataclass
class Done:
    """What the work took: seconds of every answer, and the time in all."""

    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0


def _work(root: Path, desk: Desk, truth: Truth) -> Done:
    """Let everybody work until nothing waits."""
    text = (
        settings.settings_path()
        .read_text("utf-8")
        .replace("[opens]", f"{oidc.EVERY_ROLE}\n[opens]")
    )
    folder = root / "app"
    folder.mkdir()
    done = Done()
    with (
        oidc.provider() as address,
        oidc.signed_in_app(root / "store", text, folder, address) as app,
    ):
        cookies = [
            oidc.sign_in(httpx2.Client(), app.origin, name, groups=[group])
            for name, group in _people()
        ]
        begun = time.perf_counter()
        asyncio.run(_all(app.origin, cookies, desk, truth, done))
        done.wall = time.perf_counter() - begun
    return done


def _people() -> list[tuple[str, str]]:
    graders = [(f"reviewer{n}", "reviewers") for n in range(PEOPLE)]
    return [*graders, *((f"editor{n}", "editors") for n in range(EDITORS))]


async def _all(
    origin: str, cookies: list[dict[str, str]], desk: Desk, truth: Truth, done: Done
) -> None:
    over = asyncio.Event()

    async def grading(number: int) -> None:
        chance = random.Random(SEED * 1000 + number)
        async with oidc.session(origin, cookies[number]) as reader:
            await _grade(reader, truth, number < PEOPLE * HOSTILE, chance, done)

    async def editing(number: int) -> None:
        chance = random.Random(SEED * 2000 + number)
        async with oidc.session(origin, cookies[PEOPLE + number]) as reader:
            await _edit(reader, truth, number < EDITORS * HOSTILE, chance, done, over)

    editors = [asyncio.create_task(editing(n)) for n in range(EDITORS)]
    await asyncio.gather(*(grading(n) for n in range(PEOPLE)))
    while desk.state(at_once=True).agreed:
        await asyncio.sleep(1)
    over.set()
    await asyncio.gather(*editors)


async def _grade(
    reader: Reader, truth: Truth, hostile: bool, chance: random.Random, done: Done
) -> None:
    """Grade what one is dealt until three times in a row nothing waits."""
    screen, idle = await reader.ask("", "desk"), 0
    while idle < 3:
        mark = truth.of(screen)
        if not mark or "Verified" not in screen.buttons:
            idle += 1
            await asyncio.sleep(2)
            screen = await reader.ask("", "desk")
            continue
        idle = 0
        for button in (*GRADING[truth.thinks(mark, hostile, chance)], "Grade, next tip"):
            screen = await reader.press(screen.buttons[button], "desk")
            done.seconds.append(screen.seconds)


async def _edit(
    reader: Reader,
    truth: Truth,
    hostile: bool,
    chance: random.Random,
    done: Done,
    over: asyncio.Event,
) -> None:
    """Approve what one believes until all is over; say of the rest that it cannot be told."""
    screen = await reader.ask("", "desk_approve")
    while not over.is_set():
        mark = truth.of(screen)
        if not mark or "Approve" not in screen.buttons:
            await asyncio.sleep(2)
            screen = await reader.ask("", "desk_approve")
            continue
        button = "Approve" if truth.thinks(mark, hostile, chance) else "Cannot tell"
        screen = await reader.press(screen.buttons[button], "desk_approve")
        done.seconds.append(screen.seconds)


def _figures(desk: Desk, truth: Truth, right: float) -> dict[str, Any]:
    """Of the wrong and of the true tips of a third: what share is a record, by scheme."""
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    grades, approved = _histories(desk)
    texts = desk.log.detail(*(t.raw for t in desk.state(at_once=True).tips.values() if t.raw))
    for tip in desk.state().tips.values():
        mark = str(texts[tip.raw]["says"]["text"]).rsplit(" ", 1)[-1]
        if tip.answer or truth.right[mark] != right or not grades.get(tip.id):
            continue
        count = counts[truth.happened[mark]]
        first = [grade in CONFIRMING for grade in grades[tip.id][:2]]
        count["tips"] += 1
        count["one grader"] += first[0]
        count["two blind"] += len(first) == 2 and all(first)
        count["the desk"] += tip.id in approved
    share = {
        f"{name}, {of} tips": round(100 * counts[truth_is][name] / counts[truth_is]["tips"], 2)
        for truth_is, of in ((False, "wrong"), (True, "true"))
        for name in ("one grader", "two blind", "the desk")
    }
    tips = sum(count["tips"] for count in counts.values())
    return {"what": "volunteers", "right_percent": 100 * right, "tips": tips, **share, "ok": True}


def _histories(desk: Desk) -> tuple[dict[str, list[str]], set[str]]:
    """The grades of each tip as they came, and the tips that were approved."""
    grades: dict[str, list[str]] = {}
    approved: set[str] = set()
    for row in desk.log.read():
        event = from_log(row)
        if isinstance(event, TipGraded):
            grades.setdefault(event.tip, []).append(event.grade)
        elif isinstance(event, TipApproved):
            approved.add(event.tip)
    return grades, approved


def _own_numbers(desk: Desk, done: Done) -> dict[str, Any]:
    every = desk_numbers.total(desk_numbers.outcomes(desk, _STEW))
    quality = desk_numbers.grader_quality(desk, _STEW)
    assert every is not None
    done.seconds.sort()
    return {
        "what": "volunteers, the desk's own numbers",
        "confirmed": every.confirmed,
        "false": every.false,
        "cannot_tell": every.cannot_tell,
        "waiting": every.waiting,
        "known_answers_right": quality.right,
        "known_answers_wrong": quality.wrong,
        "answers": len(done.seconds),
        "seconds_p50": round(done.seconds[len(done.seconds) // 2], 3),
        "seconds_p95": round(done.seconds[int(len(done.seconds) * 0.95)], 3),
        "minutes": round(done.wall / 60, 1),
        "ok": not every.waiting,
    }
