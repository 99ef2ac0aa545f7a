"""Each promise of the release broken on purpose: the attack aimed at it must then find something."""

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.attacks import (
    ATTACKS,
    budgets,
    freshness,
    killed,
    made_place,
    runner,
    same_bytes,
    schema,
    shapes,
    side_files,
    whitelist,
)
from data.attacks.case import SMALL, Case, Count
from data.privacy import budget, closed_periods, issue, issue_key, measured_tables, policy
from data.privacy.decided_events import Decisions
from data.privacy.policy import Policy
from data.release import release_files
from data.settings import load_settings
from geo import discrete_laplace

RULES = Policy(zone="America/Chicago", volume="small")
FEW = SMALL._replace(draws=4000, neighbors=3, runs=300, weeks=2, builds=1, days=10, kills=2)
BY_ID = {attack.id: attack for attack in ATTACKS}
Patch = pytest.MonkeyPatch


def found_by(name: str, rules: Policy = RULES, count: Count = FEW) -> str:
    """What an attack on the mechanism finds; empty where it survives."""
    with runner.mechanism(rules) as case:
        return found_in(case, name, count)


def found_in(case: Case, name: str, count: Count = FEW) -> str:
    """What an attack finds in a release; empty where it survives."""
    (result,) = runner.run_attacks(case, [BY_ID[name]], count)
    return "" if result.passed else result.figure


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    """The release of a made place, with its store."""
    with runner.made_release(RULES) as made:
        yield made


def not_excluded(self: Decisions, events: pd.DataFrame) -> pd.DataFrame:
    """What was counted already counts again, as late or by its corrected date."""
    return events


# A4, A16, A17: the mechanism


@pytest.mark.parametrize("times", [Fraction(3, 2), 2])
def test_noise_too_small_is_found(monkeypatch: Patch, times: Fraction) -> None:
    real = discrete_laplace.draw
    monkeypatch.setattr(discrete_laplace, "draw", lambda w, epsilon: real(w, epsilon * times))
    assert "of 1" in found_by("A4")


def test_other_noise_than_declared_is_found(monkeypatch: Patch) -> None:
    real = measured_tables.measure

    def measure(events: Any, table: Any, periods: Any, axes: Any, epsilon: Any, *rest: Any) -> Any:
        frame = real(events, table, periods, axes, 2 * epsilon, *rest)
        return frame.assign(epsilon=float(epsilon))

    monkeypatch.setattr(measured_tables, "measure", measure)
    assert "declared draws" in found_by("A4")


def test_shares_that_are_more_than_epsilon_are_found(monkeypatch: Patch) -> None:
    real = budget.tables_of
    monkeypatch.setattr(
        budget, "tables_of", lambda event: {t: 2 * e for t, e in real(event).items()}
    )
    assert "of 1" in found_by("A4")


def test_an_event_counted_in_time_and_late_is_found(monkeypatch: Patch) -> None:
    monkeypatch.setattr(Decisions, "_not_counted", not_excluded)
    assert "of 1" in found_by("A4")
    assert "in two sorts of tables" in found_by("A16")


def test_an_event_counted_in_two_months_is_found(monkeypatch: Patch) -> None:
    """A date that was corrected after the event was decided moves nothing and adds nothing."""
    real = Decisions.decide_late

    def decide_late(self: Decisions, year: str, events: pd.DataFrame) -> None:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Decisions, "_not_counted", exclude)
            real(self, year, events)

    exclude = Decisions._not_counted
    monkeypatch.setattr(Decisions, "decide_late", decide_late)
    monkeypatch.setattr(Decisions, "_not_counted", not_excluded)
    assert "at most 2 cells a table" in found_by("A16", count=FEW._replace(neighbors=6))


def test_sensitive_events_in_ordinary_tables_are_found(monkeypatch: Patch) -> None:
    real = measured_tables.count_events

    def count(events: pd.DataFrame, table: Any, cells: Any, axes: Any) -> Any:
        return real(events.assign(sort=table.sort), table, cells, axes)

    monkeypatch.setattr(measured_tables, "count_events", count)
    assert "in two sorts" in found_by("A16", count=FEW._replace(neighbors=6))


def test_a_shared_draw_is_found(monkeypatch: Patch) -> None:
    real = measured_tables.draw_names

    def names(table: Any, keys: pd.DataFrame, name: str) -> list[bytes]:
        return [one.replace(table.name.encode(), b"") for one in real(table, keys, name)]

    monkeypatch.setattr(measured_tables, "draw_names", names)
    assert not found_by("A17").startswith("0 of")


def test_chance_of_the_key_alone_is_found(monkeypatch: Patch) -> None:
    real = discrete_laplace.keyed_words
    monkeypatch.setattr(
        discrete_laplace, "keyed_words", lambda key, names: real(key, [n[:12] for n in names])
    )
    assert "correlation 1.000" in found_by("A17")


# A12: freshness


@pytest.mark.parametrize("off", [{"decided_after_days": 27}, {"area_after_days": 41}])
def test_a_shorter_delay_is_found(monkeypatch: Patch, off: dict[str, int]) -> None:
    # 28 days after February is near Berlin's change, 42 after September near Chicago's
    monkeypatch.setattr(freshness, "ZONES", ("America/Chicago", "Europe/Berlin"))
    rules = dataclasses.replace(RULES, volume="medium")
    assert not found_by("A12", rules)
    assert "-24 h" in found_by("A12", dataclasses.replace(rules, **off))  # type: ignore[arg-type]


def test_days_counted_without_the_clock_are_found(monkeypatch: Patch) -> None:
    """28 days of which one has 23 hours, at an hour at which that matters."""
    monkeypatch.setattr(
        closed_periods, "old_enough", lambda end, as_of, days, policy: (as_of - end).days >= days
    )
    monkeypatch.setattr(freshness, "ZONES", ("America/Chicago",))
    late = dataclasses.replace(RULES, hour=0)
    assert "-1 h" in found_by("A12", late, FEW._replace(days=60))


def test_a_young_period_of_the_release_is_found(case: Case, monkeypatch: Patch) -> None:
    monkeypatch.setattr(freshness, "_swept", lambda *_: iter(()))
    assert not found_in(case, "A12")
    assert case.tables is not None
    path = "community/measured/city-month"
    young = case.tables[path].assign(period="2022-02")  # of March 20
    assert found_in(dataclasses.replace(case, tables={**case.tables, path: young}), "A12")


# A3: weekly builds


def test_numbers_drawn_again_every_week_are_found(monkeypatch: Patch) -> None:
    monkeypatch.setattr(budget, "spent_periods", lambda history: {})
    assert "cells changed" in found_by("A3")


# A18: shape


def two_shapes(monkeypatch: Patch) -> None:
    """Only the release of no event and that of many are compared."""
    real = shapes._variants
    names = ("no event", "a source more")
    monkeypatch.setattr(shapes, "_variants", lambda many: {n: real(many)[n] for n in names})


def test_sources_named_in_the_manifest_are_found(monkeypatch: Patch) -> None:
    two_shapes(monkeypatch)
    tiny = dataclasses.replace(RULES, volume="tiny")
    assert not found_by("A18", tiny)
    real = release_files._sources

    def sources(store: Any) -> list[Any]:
        empty = dict.fromkeys(whitelist.SOURCE, "")
        return [*real(store), *({**empty, "name": name} for name in store.history().sources)]

    monkeypatch.setattr(release_files, "_sources", sources)
    assert "manifest" in found_by("A18", tiny)


def test_a_grid_that_follows_records_is_found(monkeypatch: Patch) -> None:
    two_shapes(monkeypatch)
    real = issue.measure

    def measure(events: pd.DataFrame, table: Any, *rest: Any) -> pd.DataFrame:
        frame = real(events, table, *rest)
        empty = table.name == "city-quarter" and not len(events)
        return frame.iloc[1:].reset_index(drop=True) if empty else frame

    monkeypatch.setattr(issue, "measure", measure)
    assert "rows" in found_by("A18", dataclasses.replace(RULES, volume="tiny"))


# A5: the same bytes


def test_a_build_that_the_clock_changes_is_found(case: Case, monkeypatch: Patch) -> None:
    turn = iter(range(9))
    monkeypatch.setattr(release_files, "code_version", lambda: f"version {next(turn)}")
    assert "2 with other bytes" in found_in(case, "A5")


def test_noise_that_follows_the_order_of_rows_is_found(case: Case, monkeypatch: Patch) -> None:
    monkeypatch.setattr(same_bytes, "WHOLE", 0)
    assert not found_in(case, "A5")
    real = measured_tables.measure

    def measure(events: pd.DataFrame, *rest: Any) -> pd.DataFrame:
        frame = real(events, *rest)
        first = bytes(events["id"].iloc[0])[0] if len(events) else 0
        return frame.assign(n=frame["n"] + first)

    monkeypatch.setattr(measured_tables, "measure", measure)
    assert found_in(case, "A5")


# A13: schema, on copies of the case


def changed(case: Case, path: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Case:
    assert case.tables is not None
    return dataclasses.replace(case, tables={**case.tables, path: change(case.tables[path])})


QUARTER = "community/estimate/city-quarter"
TABLES: dict[str, tuple[str, Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "a column": (QUARTER, lambda f: f.assign(reports=1), "columns"),
    "a kind": (
        "community/measured/city-year-kind",
        lambda f: f.assign(kind="somebody's words"),
        "in no list",
    ),
    "a day": (QUARTER, lambda f: f.assign(period="2021-01-03"), "another kind"),
    "a cell less": (
        "community/measured/district-year",
        lambda f: f.iloc[1:],
        "missing or too many",
    ),
    "a cell twice": (QUARTER, lambda f: pd.concat([f, f.tail(1)]), "twice"),
    "a number outside its range": (QUARTER, lambda f: f.assign(low=f["high"] + 1), "range"),
    "rows by their number": (
        "community/measured/city-year-kind",
        lambda f: f.sort_values("n", ignore_index=True),
        "order",
    ),
    "less noise than said": (
        "community/measured/city-month",
        lambda f: f.assign(epsilon=0.9),
        "another epsilon",
    ),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_table_out_of_the_list_is_found(case: Case, what: str) -> None:
    path, change, said = TABLES[what]
    assert said in found_in(changed(case, path, change), "A13")


def test_a_second_geography_is_found(case: Case) -> None:
    assert case.tables is not None
    more = {"community/measured/ward-year": case.tables["community/measured/district-year"]}
    found = found_in(dataclasses.replace(case, tables=case.tables | more), "A13")
    assert "not on the list" in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stamp": "0123"}, "stamp"),
        ({"sources": [{"name": "hotline", "kind": "community"}]}, "names the source hotline"),
        ({"epsilon": 0.5}, "spend 1, more than epsilon"),
        ({"budgets": {}}, ""),
    ],
)
def test_a_manifest_that_says_more_is_found(case: Case, change: dict[str, Any], said: str) -> None:
    manifest = {**(case.manifest or {}), **change}
    wrong = [*schema._manifest(manifest), *schema._cells(case.tables or {}, manifest)]
    assert any(said in one for one in wrong) == bool(said)


@pytest.mark.parametrize("what", ["a file", "other bytes", "another CSV", "few residents"])
def test_files_that_are_not_the_tables_are_found(case: Case, tmp_path: Path, what: str) -> None:
    assert case.folder is not None
    folder = tmp_path / case.folder.name
    shutil.copytree(case.folder, folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    file, said = folder / f"{QUARTER}.csv", "CSV says something else"
    if what == "a file":
        file, said = folder / "notes.txt", "not on the list"
        file.write_text("who said so")
    elif what == "other bytes":
        said = "other bytes"
        file.write_text(file.read_text() + "\n")
    elif what == "another CSV":
        file.write_text(file.read_text().replace("2021-Q1", "2021-Q2", 1))
    else:
        file, said = folder / "areas.geojson", "few live in"
        file.write_text(re.sub(r'"residents":\d+', '"residents":900', file.read_text(), count=1))
    if what != "other bytes":
        manifest["files"][str(file.relative_to(folder))] = hashlib.sha256(
            file.read_bytes()
        ).hexdigest()
    bent = dataclasses.replace(case, folder=folder, manifest=manifest)
    assert said in found_in(bent, "A13")


# A19: the budget; what is killed runs here, so that it is broken too


class Killed(BaseException):
    """The end of a run at a step."""


@contextlib.contextmanager
def runs_here(log: Path) -> Iterator[killed.Run]:
    """As `killed.runs`, in this process."""

    def run(what: str, variables: dict[str, str], name: str, at: int) -> tuple[int, int]:
        done = 0

        def stepping(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **named: Any) -> Any:
                nonlocal done
                if done == at:
                    raise Killed
                done += 1
                return real(*args, **named)

            return call

        with pytest.MonkeyPatch.context() as patch, made_place.environment(variables):
            for step in killed.STEPS:
                patch.setattr(os, step, stepping(getattr(os, step)))
            patch.setattr(killed.ledger, "_insert", stepping(killed.ledger._insert))
            try:
                killed.write(what, name)
            except Killed:
                return done, -9
            except ValueError:
                return done, 2
        return done, 0

    yield run


@pytest.fixture
def here(monkeypatch: Patch) -> None:
    monkeypatch.setattr(killed, "runs", runs_here)


TRIES = {"_second": "", "_split": "", "_backup": "", "_killed": (0, [])}


def only(name: str, monkeypatch: Patch) -> None:
    """Of all that A19 tries only one thing is tried."""
    for other in TRIES.keys() - {name}:
        monkeypatch.setattr(budgets, other, lambda *_, answer=TRIES[other]: answer)


def test_a_second_issue_drawn_anew_is_found(monkeypatch: Patch) -> None:
    only("_second", monkeypatch)
    monkeypatch.setattr(budget, "spent_periods", lambda history: {})
    assert "a second issue" in found_by("A19")


def test_a_split_that_changes_with_the_settings_is_found(monkeypatch: Patch) -> None:
    only("_split", monkeypatch)
    real = budget.tables_of

    def tables_of(event: Any) -> dict[Any, Any]:
        now = policy.load_policy(load_settings()).epsilon
        times = Fraction(str(now)) / Fraction(event.epsilon["city-year-late"])
        return {table: times * epsilon for table, epsilon in real(event).items()}

    monkeypatch.setattr(budget, "tables_of", tables_of)
    assert "another split" in found_by("A19")


def test_a_backup_that_forgets_what_is_public_is_found(monkeypatch: Patch) -> None:
    only("_backup", monkeypatch)
    monkeypatch.setattr(issue, "adopt_numbers", lambda *_: None)
    assert "a backup put back" in found_by("A19")


@pytest.mark.usefixtures("here")
def test_a_new_key_after_a_kill_is_found(monkeypatch: Patch) -> None:
    """The numbers were on the disk, and a second key draws others."""
    only("_killed", monkeypatch)
    real = issue_key.make_key

    def make_key(settings: Any, name: str) -> bytes:
        issue_key.destroy_keys(settings, [name])
        return real(settings, name)

    monkeypatch.setattr(issue_key, "make_key", make_key)
    # killed at each event of the ledger: before one of them the numbers are on the disk already
    monkeypatch.setattr(killed, "STEPS", ())
    monkeypatch.setattr(budgets, "_spread", lambda making, publishing, many: range(making))
    assert "drawn anew" in found_by("A19")


@pytest.mark.usefixtures("here")
def test_a_key_that_is_kept_is_found(monkeypatch: Patch) -> None:
    only("_killed", monkeypatch)
    monkeypatch.setattr(issue_key, "destroy_keys", lambda *_: None)
    monkeypatch.setattr(budgets, "_spread", lambda making, publishing, many: [making])
    assert "a key is left" in found_by("A19")


# A20: side files


def commands_here(place: Any, *words: str) -> str:
    """As `side_files._command`, in this process, without drawn pages."""
    from data.__main__ import app

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data.embed.embed_files.write_release_embed", lambda *_: None)
        return CliRunner().invoke(app, [*words]).output


def print_exact(monkeypatch: Patch) -> None:
    real = release_files.sentences

    def sentences(made: Any) -> list[str]:
        counts = side_files.large_counts(made_place.MadePlace(made.folder.parents[2]).store)
        return [*real(made), f"{max(counts):,} events were counted."]

    monkeypatch.setattr(release_files, "sentences", sentences)


def print_key(monkeypatch: Patch) -> None:
    real = issue_key.make_key

    def make_key(settings: Any, name: str) -> bytes:
        key = real(settings, name)
        print("key", key.hex())
        return key

    monkeypatch.setattr(issue_key, "make_key", make_key)


def write_exact_table(monkeypatch: Patch) -> None:
    real = discrete_laplace.draw
    monkeypatch.setattr(discrete_laplace, "draw", lambda w, epsilon: 0 * real(w, epsilon))


def keep_key(monkeypatch: Patch) -> None:
    monkeypatch.setattr(issue_key, "destroy_keys", lambda *_: None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (print_exact, "the exact count"),
        (print_key, "the key of"),
        (write_exact_table, "every number is exact"),
        (keep_key, "is there after publishing"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_left_beside_is_found(
    monkeypatch: Patch, change: Callable[[Patch], None], said: str
) -> None:
    monkeypatch.setattr(side_files, "_command", commands_here)
    for name, value in {"_YEARLY": 2500, "LARGE": 200, "_AS_OF": date(2021, 5, 30)}.items():
        monkeypatch.setattr(side_files, name, value)
    change(monkeypatch)
    volume = "medium" if change is write_exact_table else "tiny"  # of many cells, of few
    assert said in found_by("A20", dataclasses.replace(RULES, volume=volume))


def test_a_key_of_the_store_that_was_not_destroyed_is_found(case: Case, monkeypatch: Patch) -> None:
    assert case.store is not None and case.folder is not None
    history = case.store.history()
    history.published[case.folder.name] = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(case.store), "history", lambda self: history)
        assert [*side_files._kept_keys(case.store)]


def test_numbers_are_looked_for_as_whole_numbers(tmp_path: Path) -> None:
    for text, many in (("kept 1,234 rows", 1), ("n=1234.", 1), ("11234 1234.5 x1234 12345", 0)):
        (tmp_path / "log").write_text(text)
        wrong: list[str] = []
        assert side_files._search([tmp_path], {}, {1234}, wrong) == 1
        assert len(wrong) == many, text
    key = bytes(np.arange(32, dtype=np.uint8))
    for form in side_files._forms(key):
        (tmp_path / "log").write_bytes(b"..." + form + b"...")
        side_files._search([tmp_path], {"2021": key}, set(), wrong := [])
        assert wrong
