"""The plan of a release as people see it before anything is measured."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from data import words
from data.privacy import plan
from data.privacy.measured_tables import Axes
from data.privacy.policy import Policy
from data.privacy.tables import PROFILES, Table
from data.release import plan_words
from data.release.plan_words import Column
from data.storage.store import Store
from tests.conftest import command

DISTRICTS = tuple(i % 13 + 1 for i in range(73))
KINDS = tuple(sorted(words.CODES["kind"]))
AXES = Axes(DISTRICTS, KINDS, (), ())


@pytest.fixture(scope="module")
def planned() -> list[Column]:
    return plan_words.plan_volumes(Policy(), AXES, areas=True)


def rows(lines: list[str]) -> dict[str, list[str]]:
    """The cells of the table of numbers, by the name of the row."""
    found = {}
    for line in lines[: next(i for i, text in enumerate(lines) if text.startswith("Number exp"))]:
        if len(parts := re.split(r"\s{2,}", line)) == 5:
            found[parts[0]] = parts[1:]
    return found


def test_all_volumes_stand_side_by_side_with_the_plans_own_numbers(planned: list[Column]) -> None:
    cells = rows(plan_words.plan_lines(planned, "small", 1.0, bars=True))
    assert cells["volume"] == [*PROFILES]
    assert cells["all events a year, about"] == ["100", "300", "3,000", "20,000"]
    # release.md, 2: sd 2.8 (.40) in a group's quarter, 3.0 (.20) in a district's year
    assert cells["Neighborhoods by quarter"] == ["-", "-", "7 ±5", "47 ±9"]
    assert cells["Districts by year"] == ["-", "16 ±5*", "157 ±20", "1,046 ±35"]
    every = {t for column in planned for t in column.tables}
    assert {plan_words.name(t) for t in every} <= cells.keys()
    for at, column in enumerate(planned):
        for p in plan.plan(column.volume, 1.0, AXES):
            cell = cells[plan_words.name(p.table)][at].rstrip("*").replace(",", "")
            assert cell == f"{p.mean:.0f} ±{1.645 * p.sd:.0f}", p.table


def test_the_first_map_is_marked(planned: list[Column]) -> None:
    cells = rows(plan_words.plan_lines(planned, "small", 1.0, bars=True))
    starred = [[n for n, row in cells.items() if row[i].endswith("*")] for i in range(4)]
    maps = ["Districts by year", "Districts by quarter", "Neighborhoods by month"]
    assert starred == [[], *([one] for one in maps)]


def test_half_the_epsilon_doubles_the_error() -> None:
    table = Table("district", "year")
    one, half = (
        plan_words.plan_volumes(Policy(epsilon=e), AXES, areas=True)[1].tables[table]
        for e in (1.0, 0.5)
    )
    assert plan_words.error(half) == pytest.approx(2 * plan_words.error(one), rel=0.05)


def test_few_events_warn_and_say_why(planned: list[Column]) -> None:
    tiny = plan_words.plan_lines(planned, "tiny", 1.0, bars=False)
    warning = next(line for line in tiny if line.startswith("Warning: "))
    assert "Under 150 events a year there can be no map" in warning
    assert "about 5 events a year, and chance would add ±5" in warning
    small = plan_words.plan_lines(planned, "small", 1.0, bars=False)
    assert not any(line.startswith("Warning") for line in small)
    assert any("Under 150 events" in line for line in small)


def test_without_residents_there_is_only_the_city() -> None:
    planned = plan_words.plan_volumes(Policy(), Axes((), KINDS, (), ()), areas=False)
    told = plan_words.plan_lines(planned, "medium", 1.0, bars=True)
    assert any("no residents are known" in line for line in told)
    assert not any(line.startswith(("Districts", "Neighborhoods")) for line in told)


def test_the_bar_is_the_errors_part_of_the_number(planned: list[Column]) -> None:
    told = plan_words.plan_lines(planned, "small", 1.0, bars=True)
    bars = next(line for line in reversed(told) if line.startswith("Neighborhoods by quarter"))
    assert re.findall("[█░>]+", bars) == ["█" * 7 + "░" * 3, "█" * 2 + "░" * 8]


def test_the_picture_has_a_bar_for_every_table_of_every_volume(planned: list[Column]) -> None:
    root = ElementTree.fromstring(plan_words.picture(planned, "A <place>: the plan"))
    texts = ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "A <place>: the plan" in texts
    assert sum("±" in t for t in texts) == sum(len(column.tables) for column in planned)
    table = Table("group", "quarter")
    bars = [t for t in texts if "±" in t]
    p = planned[2].tables[table]
    assert f"{p.mean:,.0f} ±{plan_words.error(p):,.0f}" in bars


def test_the_command_shows_it_and_spends_nothing(sample_store: Path, tmp_path: Path) -> None:
    store = Store(sample_store)
    before = store.history().budgets, store.history().drawn, store.history().built
    done = command("release", "--plan", store=sample_store)
    assert done.returncode == 0, done.stderr
    assert "█" in done.stdout and "Districts by year" in done.stdout and "±" in done.stdout
    drawn = command("release", "--plan", "--picture", str(tmp_path / "p.svg"), store=sample_store)
    assert drawn.returncode == 0 and "█" not in drawn.stdout
    assert (tmp_path / "p.svg").read_text().startswith("<svg")
    after = store.history().budgets, store.history().drawn, store.history().built
    assert after == before
