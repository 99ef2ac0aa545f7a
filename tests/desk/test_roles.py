"""Role x function: whoever asks for what their roles do not let them do gets nothing."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import data.desk
from data.people.actor import Actor, Forbidden
from data.people.roster import ROLES
from data.reports.tip import Tip
from data.settings import Problem
from tests.desk.desks import Clock, make_desk, person

# the only functions that act for somebody, and whose they are; reports.md's table of people
MAY = {
    "dealing.deal": {"reviewer"},
    "dealing.give_back": {"reviewer"},
    "dealing.grade": {"reviewer"},
    "dealing.undo_grade": {"reviewer"},
    "approving.to_approve": {"editor"},
    "approving.read_tip": {"editor"},
    "approving.approve": {"editor"},
    "approving.decline": {"editor"},
    "approving.reopen": {"editor"},
    "approving.propose_merge": {"editor"},
    "approving.confirm_merge": {"editor"},
    "approving.refuse_merge": {"editor"},
    "approving.correct": {"editor"},
    "approving.retract": {"editor"},
    "approving.undo": {"editor"},
    "queue.queue": {"reviewer", "editor", "steward"},
    "shifts.claim": {"reviewer", "editor"},
    "shifts.coming": {"reviewer", "editor", "steward"},
    "shifts.hand_over": {"reviewer", "editor"},
    "desk_numbers.outcomes": {"editor", "steward"},
    "desk_numbers.grader_quality": {"editor", "steward"},
    "exposure.exposure": {"steward"},
    "exposure.shorter": {"steward"},
    "forgetting.set_hold": {"steward"},
    "known_answers.add_known": {"steward"},
    "desk_corrections.desk_corrections": {*ROLES},
}
ASKED: dict[str, Any] = {
    "tip": "0", "code": "verified", "reason": "picture", "into": "1", "says": {}, "part": "test",
    "seq": 1, "on": True, "answer": "false", "note": "x",
}  # fmt: skip


def functions() -> dict[str, Callable[..., Any]]:
    """Every public function of the desk that acts for somebody."""
    found = {}
    for module in pkgutil.iter_modules(data.desk.__path__):
        loaded = importlib.import_module(f"data.desk.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            own = function.__module__ == loaded.__name__ and not name.startswith("_")
            if own and "actor" in inspect.signature(function).parameters:
                found[f"{module.name}.{name}"] = function
    return found


def test_the_table_names_every_function_that_acts_for_somebody() -> None:
    assert functions().keys() == MAY.keys()


@pytest.mark.parametrize("roles", [(), *((role,) for role in ROLES)])
@pytest.mark.parametrize("name", MAY)
def test_role_by_function(tmp_path: Path, name: str, roles: tuple[str, ...]) -> None:
    desk, clock = make_desk(tmp_path / "store", Clock()), Clock()
    function = functions()[name]
    own = {**ASKED, "begins": clock(), "ends": clock()}
    if name == "known_answers.add_known":
        own["tip"] = Tip()
    wanted = inspect.signature(function).parameters
    given = {k: own[k] for k, p in wanted.items() if k in own and p.default is p.empty}
    before = desk.log.last()
    actor: Actor = person("x", *roles)
    if MAY[name] & set(roles):
        try:
            function(desk, actor, **given)
        except Forbidden:
            raise AssertionError("somebody with the role was kept out") from None
        except Problem:
            pass  # there is no such tip: they came as far as that
        return
    with pytest.raises(Forbidden):
        function(desk, actor, **given)
    assert desk.log.last() == before


def test_a_reviewer_can_neither_search_nor_list_nor_export() -> None:
    """No function of a reviewer gives more than the one tip in their hands."""
    for name, roles in MAY.items():
        if "reviewer" in roles and len(roles) == 1:
            wanted = inspect.signature(functions()[name]).return_annotation
            assert "list" not in str(wanted) and "dict" not in str(wanted), name
