"""The desk: deals and grades of sixty people, a burst of reports through the form, and the way of an
approved tip into what screens read."""

import asyncio
import queue
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import httpx2

from bench import asked, stores
from bench.made_tips import draw_words
from bench.plain import desk as plain_desk
from data import settings
from data.desk import approving, dealing
from data.desk.desk import Desk
from data.desk.desk_records import write_records
from data.desk.desk_settings import DeskSettings
from data.desk.receive import receive_tips
from data.people.actor import EDITOR, REVIEWER, Actor
from data.reports.tip import Incoming, Tip
from data.storage.store import Store
from tests import oidc
from tests.door.doors import Sender, door_process

TIPS, PEOPLE, FACTS = 100_000, 60, 1_000_000
REPORTS, BURST = 10_000, 600.0  # seconds of the burst
EVERY, SPAN = 10.0, 45.0  # seconds between two grades of one person; of measuring
DEAL, SEND, APPROVE = 0.3, 0.25, 5.0  # seconds, the goals
ROUNDS = 5
PRESSED = ("Verified", "Picture or video matched to place and time", "Grade, next tip")
_READING = 7.0  # seconds between a page of the form and its report


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for each figure; `rows` are the tips, and a tenth of them the reports of the burst."""
    tips = rows or TIPS
    with tempfile.TemporaryDirectory(prefix="porchlight-") as folder:
        root = Path(folder)
        return [*_deals(root, tips), _burst(root, min(REPORTS, tips // 10)), _approval(root)]


def _incoming(tips: int) -> Iterator[Incoming]:
    rng = random.Random(18)
    received = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    for number in range(tips):
        words = draw_words(rng)
        day = (received - timedelta(days=number % 90)).date().isoformat()
        area = f"Area {rng.randrange(200)}"
        tip = Tip(day=day, hour=rng.randrange(24), area=area, text=f"{words} {number}")
        channel = rng.choice(("form", "hotline", "signal"))
        origin = None if channel == "form" else f"{rng.getrandbits(64):x}"
        yield Incoming(channel, tip, received.isoformat(timespec="seconds"), origin)


def _deals(root: Path, tips: int) -> list[dict[str, Any]]:
    """Sixty people over real websockets; then the same work in one process beside the plain way."""
    store = root / "deals"
    desk = Desk(Store(store), replace(settings.load_settings(), store=store))
    desk.store.ledger.begin()
    begun = time.perf_counter()
    receive_tips(desk, _incoming(tips))
    taken = time.perf_counter() - begun
    seconds, first = _graded_by_sixty(root, store)
    p95 = asked.quantile(seconds, 0.95)
    screens = {
        "name": "desk: deal and grade, 60 people",
        "rows": tips,
        "ours_s": p95,
        "p50_s": round(median(seconds), 4),
        "answers": len(seconds),
        "first_s": round(first, 2),
        "taken_in_s": round(taken, 1),
        "goal": DEAL,
        "ok": p95 < DEAL,
    }
    return [screens, _beside_plain(root, desk, tips)]


def _graded_by_sixty(root: Path, store: Path) -> tuple[list[float], float]:
    """Seconds of every answer, and of the very first."""
    text = settings.settings_path().read_text("utf-8")
    text = text.replace("[opens]", f"{oidc.EVERY_ROLE}\n[opens]")
    folder = root / "app"
    folder.mkdir()
    with oidc.provider() as address, oidc.signed_in_app(store, text, folder, address) as app:
        cookies = [
            oidc.sign_in(httpx2.Client(), app.origin, f"r{n}", groups=["reviewers"])
            for n in range(PEOPLE)
        ]
        return asyncio.run(_all_grade(app.origin, cookies))


async def _all_grade(origin: str, cookies: list[dict[str, str]]) -> tuple[list[float], float]:
    seconds: list[float] = []
    begun = time.perf_counter()
    async with oidc.session(origin, cookies[0]) as reader:
        await reader.ask("", "desk")
    first = time.perf_counter() - begun
    until = time.perf_counter() + SPAN + EVERY

    async def one(number: int) -> None:
        chance = random.Random(number)
        async with oidc.session(origin, cookies[number]) as reader:
            await asyncio.sleep(chance.uniform(0, EVERY))
            screen = await reader.ask("", "desk")
            while time.perf_counter() < until:
                for button in PRESSED:
                    await asyncio.sleep(chance.expovariate(len(PRESSED) / EVERY))
                    screen = await reader.press(screen.buttons[button], "desk")
                    seconds.append(screen.seconds)

    await asyncio.gather(*(one(n) for n in range(PEOPLE)))
    return seconds, first


def _beside_plain(root: Path, desk: Desk, tips: int) -> dict[str, Any]:
    """A deal and a grade, each way in turn; both must have graded as often in the end."""
    file = root / "plain.db"
    plain_desk.fill(file, tips)
    people = [Actor(f"p{n}", frozenset({REVIEWER})) for n in range(ROUNDS)]
    ours, peer, graded = [], [], Counter[str]()
    for actor in people:
        begun = time.perf_counter()
        tip = dealing.deal(desk, actor)
        assert tip is not None
        dealing.grade(desk, actor, tip.id, "verified", "picture")
        ours.append(time.perf_counter() - begun)
        graded["ours"] += actor.who in desk.state().tips[tip.id].graders
        begun = time.perf_counter()
        graded["peer"] += plain_desk.deal_and_grade(file, actor.who) >= 0
        peer.append(time.perf_counter() - begun)
    return _line("desk: deal and grade, beside the plain way", tips, ours, peer, graded, 0)


def _line(
    name: str, rows: int, ours: list[float], peer: list[float], counts: Counter[str], goal: float
) -> dict[str, Any]:
    mine, theirs = median(ours), median(peer)
    equal = counts["ours"] == counts["peer"]
    return {
        "name": name,
        "rows": rows,
        "ours_s": mine,
        "peer_s": theirs,
        "ratio": mine / theirs,
        "equal": equal,
        "goal": goal or None,
        "ok": equal and (mine < goal if goal else mine < theirs),
    }


def _burst(root: Path, reports: int) -> dict[str, Any]:
    """Reports through the form at an even pace: none lost, none late, memory flat."""
    folder = root / "door"
    folder.mkdir()
    span = BURST * reports / REPORTS
    with door_process(folder) as (port, process):
        tokens: queue.Queue[tuple[float, str]] = queue.Queue()
        begun = time.perf_counter()
        drawing = threading.Thread(target=_draw, args=(port, reports, span, tokens))
        drawing.start()
        outcomes: list[tuple[float, bool]] = []
        sending = [
            threading.Thread(target=_send, args=(port, tokens, outcomes, reports)) for _ in range(8)
        ]
        for thread in sending:
            thread.start()
        early = 0.0
        while any(thread.is_alive() for thread in sending):
            time.sleep(0.5)
            if not early and time.perf_counter() - begun > span / 4:
                early = _resident_mb(process.pid)
        late = _resident_mb(process.pid)
        written = len(list((folder / "spool").glob("*.age")))
    seconds = [taken for taken, _ in outcomes]
    acknowledged = sum(ok for _, ok in outcomes)
    p95 = asked.quantile(seconds, 0.95)
    return {
        "name": "desk: reports through the form",
        "rows": reports,
        "ours_s": p95,
        "acknowledged": acknowledged,
        "on_the_disk": written,
        "minutes": round((time.perf_counter() - begun) / 60, 1),
        "early_mb": round(early, 1),
        "peak_mb": round(late, 1),
        "goal": SEND,
        "ok": acknowledged == written == reports and p95 < SEND and late - early < 20,
    }


def _draw(port: int, reports: int, span: float, tokens: "queue.Queue[tuple[float, str]]") -> None:
    """Open the form at an even pace."""
    sender, begun = Sender(port), time.perf_counter()
    for number in range(reports):
        time.sleep(max(0.0, begun + span * number / reports - time.perf_counter()))
        tokens.put((time.perf_counter(), sender.token()))


def _send(
    port: int,
    tokens: "queue.Queue[tuple[float, str]]",
    outcomes: list[tuple[float, bool]],
    reports: int,
) -> None:
    """Send a report for each page that was open long enough."""
    sender = Sender(port)
    while len(outcomes) < reports:
        try:
            opened, token = tokens.get(timeout=1)
        except queue.Empty:
            continue
        time.sleep(max(0.0, opened + _READING - time.perf_counter()))
        begun = time.perf_counter()
        status, code = sender.send(token, text=f"made report {opened}")
        outcomes.append((time.perf_counter() - begun, status == 200 and bool(code)))


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(x for x in status.splitlines() if x.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _approval(root: Path) -> dict[str, Any]:
    """From an approval until `current` has the record, at a million facts, beside writing all anew."""
    store = root / "facts"
    shutil.copytree(stores.kept(FACTS), store)
    own = replace(settings.load_settings(), store=store)
    desk = Desk(Store(store), own, rules=DeskSettings(known_percent=1e-9))
    graders = [Actor(f"a{n}", frozenset({REVIEWER})) for n in range(2)]
    editor = Actor("e", frozenset({EDITOR}))
    ours, peer, counts = [], [], Counter[str]()
    for number, one in enumerate(_incoming(ROUNDS)):
        receive_tips(desk, [one])
        for grader in graders:
            tip = dealing.deal(desk, grader)
            assert tip is not None
            dealing.grade(desk, grader, tip.id, "verified", "picture")
        begun = time.perf_counter()
        approving.approve(desk, editor, tip.id)
        write_records(desk)
        ours.append(time.perf_counter() - begun)
        current = desk.store.at(str(desk.store.stamp()))
        counts["ours"] = current.layout.rows
        begun = time.perf_counter()
        target = root / f"all{number}.parquet"
        counts["peer"] = plain_desk.add_records(_before(current), target, number + 1)
        peer.append(time.perf_counter() - begun)
        target.unlink()
    return _line("desk: from approval to current", FACTS, ours, peer, counts, APPROVE)


def _before(current: Any) -> str:
    """SQL for the records that are not of the desk."""
    batches = [file.stem for file in current.batches]
    own = current.store.history().imports
    others = [i for i, name in enumerate(batches) if own[name].source != "desk"]
    return f"SELECT * FROM ({current.facts_sql()}) WHERE batch IN ({', '.join(map(str, others))})"
