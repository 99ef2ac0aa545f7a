"""The pages of patterns meet one Protocol, and say why they have no answer by a value."""

import ast
import importlib
from dataclasses import is_dataclass, replace
from pathlib import Path

import pytest

from data.methods import METHODS
from data.storage.store import Current
from tests.conftest import ROOT
from tests.sampled import view
from ui.frame.menu import PAGES
from ui.parts import area_lack
from ui.parts.area_lack import Lack, Unfit
from ui.patterns.pattern_page import PatternPage

SCRIPTS = [row.file for row in PAGES if "show_pattern_page" in (ROOT / row.file).read_text()]


def page_of(script: str) -> type[PatternPage]:
    """The page that a script draws: the last name that it calls show_pattern_page with."""
    tree = ast.parse((ROOT / script).read_text())
    (call,) = (
        n.value for n in tree.body if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)
    )
    assert isinstance(call.func, ast.Name) and call.func.id == "show_pattern_page"
    (name,) = (arg.id for arg in call.args if isinstance(arg, ast.Name))
    (module,) = (
        n.module
        for n in tree.body
        if isinstance(n, ast.ImportFrom) and name in [alias.name for alias in n.names]
    )
    page: type[PatternPage] = getattr(importlib.import_module(str(module)), name)
    return page


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_page_of_patterns_meets_the_protocol(script: str) -> None:
    page = page_of(script)
    assert PatternPage in page.__mro__ and is_dataclass(page)
    assert page.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert page.METHOD in {method.number for method in METHODS}
    for column, (label, _, meaning) in page.COLUMNS.items():
        assert label and meaning.endswith("."), column
    for name in ("ask", "title", "sentences", "table", "show", "method_note"):
        assert name in vars(page), f"{page.__name__} has no {name} of its own"


def test_the_methods_of_the_pages_differ() -> None:
    assert len({page_of(script).METHOD for script in SCRIPTS}) == len(SCRIPTS) == 8


@pytest.mark.parametrize(
    ("placed", "tested", "held", "lack"),
    [
        (0, 87, 0, Lack.RECORDS),
        (90, 7, 90, Lack.AREAS),
        (90, 8, 7, Lack.INCIDENTS),
        (90, 8, 8, None),
    ],
)
def test_a_lack_is_a_value(placed: int, tested: int, held: int, lack: Lack | None) -> None:
    assert area_lack.find_lack(placed, tested, held) is lack
    unpeopled = Lack.RESIDENTS if placed else Lack.RECORDS
    assert area_lack.find_lack(placed, tested, held, peopled=False) is unpeopled


def test_a_view_without_patterns_of_areas_says_which_reason(
    current: Current, screens: Path
) -> None:
    stops = view(current, "police-stops")
    assert area_lack.find_unfit(stops) is None
    for unlike, unfit in (
        (view(current, "press"), Unfit.NO_COUNT),
        (replace(stops, shape="800 m around Whittier"), Unfit.SHAPE),
        (
            replace(stops, start=stops.start.replace(2010), end=stops.end.replace(2010)),
            Unfit.NO_DATA,
        ),
    ):
        assert area_lack.find_unfit(unlike) is unfit
