"""docs/statistics.md: every method that the bench measures has its row there."""

import importlib

from bench import calibration
from tests.conftest import ROOT

TEXT = (ROOT / "docs/statistics.md").read_text()
# the bench's name of a method -> the row about it
ROWS = {
    "now": "Now: something is unusual",
    "alarms": "an alarm",
    "a week that stands out": "a week that stands out",
    "breaks": "a dated break",
    "change against the previous weeks": "a change against the weeks before",
    "change against a year before": "a change against a year before",
    "areas: any called higher or lower": "areas higher or lower",
    "hot spots": "Clusters: an area",
    "emerging": "How it changed: an area",
    "near repeats": "Repeats: later days",
    "hours and weekdays that have most": "hours and weekdays that have most",
    "areas that have most": "areas named in the headline",
    "density difference": "the difference of two heats",
}


def test_every_measured_method_has_its_row_and_its_nulls() -> None:
    cases = [
        case
        for name in calibration.MODULES
        for case in importlib.import_module(f"bench.calibrations.{name}").CASES
    ]
    assert {case.method for case in cases} == set(ROWS)
    for row in ROWS.values():
        assert any(line.startswith("|") and row in line for line in TEXT.splitlines()), row
    for method in ROWS:
        kinds = {case.power for case in cases if case.method == method}
        assert False in kinds and (True in kinds or method == "a week that stands out")
    assert "@@" not in TEXT and all(0 < case.stated <= 1 for case in cases)


def test_readers_find_it() -> None:
    assert "docs/statistics.md" in (ROOT / "README.md").read_text()
