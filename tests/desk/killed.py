"""A desk whose process is killed again and again: `python -m tests.desk.killed FOLDER KILLS`.

Each round is a fork of one process that has imported everything and opened nothing. It takes tips in,
deals, grades, approves and writes records, and says so after each step; it is killed at a moment of
chance. The next one must find all that was said, whole.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from data.desk import approving, dealing
from data.desk.desk import Desk
from data.desk.desk_records import write_records
from data.people.actor import Actor
from data.settings import load_settings
from data.tips.tip_state import Stage
from tests.desk.desks import ANN, BEN, EDI, Clock, incoming, make_desk, send

LONGEST = 0.6  # seconds of a round before its end


def main() -> None:
    """Print one line of JSON: rounds that were killed, and steps that were said and found."""
    root, kills = Path(sys.argv[1]), int(sys.argv[2])
    chance, said, killed = random.Random(kills), [], 0
    for number in range(kills):
        lines, code = forked(partial(work, root, number), chance.uniform(0.05, LONGEST))
        killed += code < 0
        said += lines
        found, code = forked(partial(check, root, said), 60)
        assert code == 0 and found == ["whole"], (number, found, said[-3:])
    print(json.dumps({"killed": killed, "said": len(said)}))


def forked(does: Callable[[Callable[[str], None]], None], seconds: float) -> tuple[list[str], int]:
    """What a fork said until it ended or was killed, and its end (below 0: killed)."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(out)
            does(lambda line: os.write(into, f"{line}\n".encode()) and None)
            code = 0
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(code)
    os.close(into)
    until = time.monotonic() + seconds
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < until:
        time.sleep(0.005)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
        ended = os.waitpid(child, 0)
    with os.fdopen(out) as lines:
        whole = [
            line.strip() for line in lines.read().splitlines(keepends=True) if line[-1:] == "\n"
        ]
    return whole, os.waitstatus_to_exitcode(ended[1])


def work(root: Path, number: int, say: Callable[[str], None]) -> None:
    """Steps of a desk, each said once it is done."""
    desk = make_desk(root, Clock(), replace(load_settings(), store=root))
    for step in range(100):
        (tip,) = send(desk, incoming(number * 100 + step, area=f"Area {step}"))
        say(f"received {tip.id}")
        for actor in (ANN, BEN):
            grade(desk, actor, say)
        for agreed in approving.to_approve(desk, EDI):
            approving.approve(desk, EDI, agreed.id)
            say(f"approved {agreed.id}")
        if write_records(desk):
            say(f"records {len(desk.state().tips)}")


def grade(desk: Desk, actor: Actor, say: Callable[[str], None]) -> None:
    """Grade all that waits for somebody."""
    while tip := dealing.deal(desk, actor):
        dealing.grade(desk, actor, tip.id, "verified", "picture")
        say(f"graded {tip.id} {actor.who}")


def check(root: Path, said: list[str], say: Callable[[str], None]) -> None:
    """All that was said is there; what was approved is a record once the next one has written."""
    desk = make_desk(root, Clock(), replace(load_settings(), store=root))
    desk.log.verify()
    state = desk.state()
    for line in said:
        what, tip, *who = line.split()
        if what == "received":
            assert desk.raw(state.tips[tip])["text"], line
        elif what == "graded":
            assert who[0] in state.tips[tip].graders, line
        elif what == "approved":
            assert state.tips[tip].stage is Stage.RECORD, line
    write_records(desk)
    approved = sum(tip.stage is Stage.RECORD for tip in state.tips.values())
    stamp = desk.store.stamp()
    rows = desk.store.at(stamp).layout.rows if stamp else 0
    assert rows == approved, (rows, approved)
    say("whole")


if __name__ == "__main__":
    main()
