"""The way of one run of the Map page through the rooms: short enough to be followed."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.pages.test_pages import opened
from tests.pages.test_pages import store as store  # pages run on the sample

Step = tuple[str, CodeType]


def traced() -> list[Step]:
    """The calls and returns of one run of the Map page, of all its threads in order."""
    steps: list[Step] = []

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event in ("call", "return"):
            steps.append((event, frame.f_code))

    threading.setprofile(note)
    try:
        opened("pages/map.py")
    finally:
        threading.setprofile(None)
    return steps


def within(steps: list[Step], name: str) -> Iterator[CodeType]:
    """The functions called while one of a name runs, itself included."""
    depth = 0
    for event, code in steps:
        depth += event == "call" and code.co_name == name
        if depth and event == "call":
            yield code
        depth -= event == "return" and code.co_name == name


def stays(codes: Iterator[CodeType], parts: int) -> list[str]:
    """The places where functions are met for the first time, each as long as one stays there.

    A place is a module, or a room where only two `parts` of its path count.
    """
    met, path = set[CodeType](), list[str]()
    for code in codes:
        if code in met or not code.co_filename.startswith((f"{ROOT}/data/", f"{ROOT}/ui/")):
            continue
        met.add(code)
        place = "/".join(Path(code.co_filename).relative_to(ROOT).parts[:parts])
        if not path or path[-1] != place:
            path.append(place)
    return path


@pytest.mark.parametrize(
    ("name", "by_room", "by_module"), [("answer", 25, 46), ("show_map", 65, 80)]
)
def test_a_map_run_stays_few_times(store: Path, name: str, by_room: int, by_module: int) -> None:
    from ui.cached import views

    views.answer.clear()
    steps = traced()
    rooms, modules = (stays(within(steps, name), parts) for parts in (2, 9))
    print(name, len(rooms), "stays in", len(set(rooms)), "rooms;", len(modules), "in modules")
    assert 1 < len(rooms) < by_room, rooms
    assert len(rooms) <= len(modules) < by_module, modules
