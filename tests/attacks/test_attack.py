"""The attacks: what a made release and its mechanism survive, and what each one sees."""

import dataclasses
import json
import math
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.attacks import (
    ATTACKS,
    made_events,
    made_records,
    paired_builds,
    payload,
    record,
    runner,
    schema,
    served,
    shared_draws,
    side_files,
    weekly_builds,
    whitelist,
)
from data.attacks.case import LARGE, SMALL, Case, Result, span
from data.attacks.paired_builds import Cell
from data.privacy import tables
from data.privacy.policy import Policy
from data.release import attack_records
from data.release.attack_records import REQUIRED_OF_MECHANISM, REQUIRED_ON_BYTES
from data.settings import Problem
from data.storage.store import Store
from tests.conftest import PROVE

RULES = Policy(zone="America/Chicago", volume="medium", expected=3000)
VOLUMES = {"A18": "tiny"}  # its six places cost least so
BY_ID = {attack.id: attack for attack in ATTACKS}


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    """The release of a made place, with its store."""
    with runner.made_release(RULES) as found:
        yield found


@pytest.mark.parametrize("name", REQUIRED_ON_BYTES)
def test_a_made_release_survives(case: Case, name: str) -> None:
    (result,) = runner.run_attacks(case, [BY_ID[name]], SMALL)
    assert result.passed, result


@pytest.mark.parametrize("name", REQUIRED_OF_MECHANISM)
def test_the_mechanism_survives(name: str) -> None:
    with runner.mechanism(
        dataclasses.replace(RULES, volume=VOLUMES.get(name, "small"), expected=0)
    ) as made:
        (result,) = runner.run_attacks(made, [BY_ID[name]], SMALL)
    assert result.passed, result


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="the large counts")
@pytest.mark.parametrize("volume", ["small", "medium", "large"])
@pytest.mark.parametrize("name", REQUIRED_OF_MECHANISM)
def test_the_mechanism_survives_the_numbers_of_the_specification(name: str, volume: str) -> None:
    with runner.mechanism(dataclasses.replace(RULES, volume=volume, expected=0)) as made:
        (result,) = runner.run_attacks(made, [BY_ID[name]], LARGE)
    print(result)
    assert result.passed, result


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="the large counts")
@pytest.mark.parametrize("volume", ["tiny", "small", "medium", "large"])
def test_a_release_survives_the_numbers_of_the_specification(volume: str) -> None:
    with runner.made_release(dataclasses.replace(RULES, volume=volume, expected=0)) as made:
        for result in runner.run_attacks(made, runner.chosen(mechanism=False), LARGE):
            print(result)
            assert result.passed, result


def test_every_attack_that_publish_asks_for_is_there() -> None:
    required = REQUIRED_ON_BYTES | REQUIRED_OF_MECHANISM
    assert required.keys() == BY_ID.keys()
    for least in required.values():
        for name, many in least.items():
            assert getattr(LARGE, name) == many, name


# the attackers' own lists


@pytest.mark.parametrize("volume", tables.PROFILES)
@pytest.mark.parametrize("areas", [True, False])
def test_the_attackers_tables_are_those_that_releases_have(volume: str, areas: bool) -> None:
    measured = {table.name for table in tables.profile(volume, areas=areas)}
    assert whitelist.tables_of(volume, areas=areas) == measured
    if areas:
        fitted = {table.name for table in tables.estimates(volume)}
        week = {tables.WEEK} if "city-week-part" in fitted else set()
        assert {*whitelist.ESTIMATES[volume]} == fitted | week


def test_the_attackers_columns_are_those_that_releases_have() -> None:
    for path, columns in tables.COLUMNS.items():
        assert [*whitelist.listed_columns(path)] == columns, path
    for path in ("community/measured/ward-month", "community/area-month", "notes", "a/b/c"):
        with pytest.raises((KeyError, ValueError)):
            whitelist.listed_columns(path)
    assert tables.Manifest.__annotations__.keys() == whitelist.MANIFEST
    assert tables.ReleasedSource.__annotations__.keys() == whitelist.SOURCE
    assert tables.ReleasedArea.__annotations__.keys() == whitelist.AREA
    assert {*whitelist.SENSITIVE_SETTINGS} == {*Policy().sensitive_settings}


def test_periods_are_spans_of_days() -> None:
    assert span("2025-Q4") == (date(2025, 10, 1), date(2026, 1, 1))
    assert span("2025-W01")[0] == date(2024, 12, 30) and span("2024-12")[1] == date(2025, 1, 1)
    assert span("2026-01-26/2026-01-31") == (date(2026, 1, 26), date(2026, 2, 1))
    assert span("2026-01-05") == (date(2026, 1, 5), date(2026, 1, 6))
    assert span("2026") == (date(2026, 1, 1), date(2027, 1, 1))


# A4


@pytest.mark.parametrize("shares", [["1"], ["0.5", "0.5"], ["0.15", "0.1", "0.5", "0.15", "0.1"]])
def test_the_likelihood_of_several_tables_is_worth_the_sum_of_their_epsilons(
    shares: list[str],
) -> None:
    """Cells of an event, each of its own epsilon: what they tell together is near one, not above."""
    cells = [Cell(b"%d" % i, Fraction(e), 8, 7) for i, e in enumerate(shares)]
    bound = paired_builds.epsilon_bound(cells, 40_000)
    assert 0.8 < bound <= 1
    twice = [cell._replace(epsilon=2 * cell.epsilon) for cell in cells]
    assert paired_builds.epsilon_bound(twice, 40_000) > 1.4


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    # 10 of 10 and 0 of 10: p >= (alpha / 2)^(1/10), q <= 1 - (alpha / 2)^(1/10), alpha = 0.001
    yes, no = np.ones(10, bool), np.zeros(10, bool)
    p = 0.0005 ** (1 / 10)
    assert paired_builds._bound(yes, no) == pytest.approx(math.log(p / (1 - p)))
    assert paired_builds._bound(no, yes) < -100


def test_pairs_are_of_every_sort_and_of_what_a_report_can_say() -> None:
    with runner.mechanism(RULES) as made:
        history = made_records.history(paired_builds._YEARLY, 1)
        budgets = made_events.made_budgets(RULES, 1)
        steps = made_events.decision_steps(history, RULES, budgets)
        pairs = {p.title: p for p in paired_builds._pairs(steps, made, budgets)}
    assert len(pairs) == 6
    many = {title: len(pair.cells) for title, pair in pairs.items()}
    # of medium: 5 ordinary tables, 2 sensitive ones, the late one
    assert many["an event in ordinary tables"] == 5 and many["an event in late tables"] == 1
    assert many["an event in sensitive tables"] == 2 and many["a report of a clinic"] == 7
    assert many["a report graded late"] == 6
    assert sum(p.most == 2 for p in pairs.values()) == 3


# A17


def test_chance_that_goes_together_is_seen() -> None:
    budgets = made_events.made_budgets(RULES, 1)
    names = shared_draws._names(budgets, "2021-02-01")
    key = next(key for key in names if key[1].name == "group-quarter")
    names[key] = [names[key][0], names[key][0], *names[key][2:]]
    assert shared_draws.highest_correlation(names, budgets, 300) == pytest.approx(1)


# A3


def test_lines_that_change_are_counted() -> None:
    old = {
        "measured/a": {"2021,1": "5,1.0", "2021,2": "-1,1.0"},
        "estimate/a": {"1": "4,1,7,2.0,quarter"},
    }
    assert weekly_builds.differences(old, old) == 0
    assert weekly_builds.differences(old, {"measured/a": {"2021,1": "6,1.0"}}) == 3
    for line, many in (
        ("4,1,8,2.0,quarter", 1),
        ("4,1,8,2.0,year", 0),
        ("4,1,8,2.0,provisional", 1),
    ):
        assert weekly_builds.differences(old, old | {"estimate/a": {"1": line}}) == many


# A6, A11


def test_the_server_is_caught_when_it_gives_more(tmp_path: Path) -> None:
    (tmp_path / "releases" / "a").mkdir(parents=True)
    (tmp_path / "releases" / "a" / "x.csv").write_text("n\n10\n")
    (tmp_path / "secret").write_text(served.CANARY)
    files = {"x.csv": b"n\n10\n"}
    with served.serving(tmp_path) as port:  # its root is one folder too high
        odd, _ = served.send_odd_requests(port, "releases/a", files, 400)
    assert odd


CANARIES = ("reporter@example.org", "made:8000-000017")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("embed/index.html", b"<p>reporter@example.org"),
        ("community/measured/city-month.csv", b"period,n\nmade:8000-000017,10\n"),
        ("community/measured/city-month.csv", b"period,n\n2025-01,44.97781\n"),
        ("embed/data.js", b"made('2025-01-03T10:20')"),
        ("embed/index.html", b"<script src='https://cdn.example.org/x.js'></script>"),
        ("embed/look.css", b"a{background:url(//example.org/x.png)}"),
    ],
)
def test_each_thing_that_no_byte_may_hold(name: str, body: bytes) -> None:
    known = frozenset({(-9_326_500, 4_497_812)})
    assert payload.payload({name: body}, CANARIES, known, [0.075])
    fine = b"period,n,epsilon\n2025-01-27/2025-01-31,10,0.075\n"
    assert not payload.payload({name: fine}, CANARIES, known, [0.075])


def test_a_parquet_file_is_opened() -> None:
    frame = pd.DataFrame({"period": ["2025-01"], "note": [CANARIES[0]]})
    body = frame.to_parquet(index=False, compression="zstd")
    assert payload.payload({"a.parquet": body}, CANARIES)


def test_ids_and_texts_of_the_store_are_canaries(case: Case) -> None:
    assert len(case.canaries) > 1000 and any(c.startswith("made-hotline:") for c in case.canaries)
    assert case.folder is not None
    files = {"a.csv": case.canaries[0].encode()}
    assert payload.payload(files, case.canaries)


# records


@pytest.fixture
def attacked(tmp_path: Path) -> tuple[Store, Path]:
    """A store, and the folder of a release with no more than a manifest."""
    folder = tmp_path / "store" / "releases" / "2026-01-01-01234567"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    return Store(tmp_path / "store"), folder


def passed(*ids: str) -> list[Result]:
    return [Result(one, "name", True, "0", "none") for one in ids]


def test_a_release_is_published_only_with_both_records(attacked: tuple[Store, Path]) -> None:
    store, folder = attacked
    with pytest.raises(Problem, match=r"was not attacked yet\. Try: python -m data attack 2026"):
        attack_records.require_survived(store, folder, RULES)
    assert record.write_results(folder, passed(*REQUIRED_ON_BYTES), LARGE)
    with pytest.raises(Problem, match="Try: python -m data attack --mechanism"):
        attack_records.require_survived(store, folder, RULES)
    assert not attack_records.survived_mechanism(store, RULES)
    assert record.mechanism_record(store, RULES, passed(*REQUIRED_OF_MECHANISM), LARGE)
    attack_records.require_survived(store, folder, RULES)
    assert attack_records.survived_mechanism(store, RULES)
    # another policy is another mechanism
    with pytest.raises(Problem, match="--mechanism"):
        attack_records.require_survived(store, folder, dataclasses.replace(RULES, epsilon=0.5))


@pytest.mark.parametrize(
    ("results", "count", "says"),
    [
        (passed(*REQUIRED_ON_BYTES)[1:], LARGE, "not attacked by A5"),
        (passed(*REQUIRED_ON_BYTES), SMALL, "too seldom .builds, days, kills, requests"),
        ([*passed(*REQUIRED_ON_BYTES)[1:], Result("A5", "", False, "1", "")], LARGE, "survive A5"),
    ],
    ids=["one was left out", "small counts", "one found something"],
)
def test_a_record_that_is_not_enough(
    attacked: tuple[Store, Path], results: list[Result], count: object, says: str
) -> None:
    store, folder = attacked
    record.pretend_survived(store, folder, RULES)
    attack_records.require_survived(store, folder, RULES)
    record.write_results(folder, results, count)  # type: ignore[arg-type]
    with pytest.raises(Problem, match=says):
        attack_records.require_survived(store, folder, RULES)


def test_a_record_of_other_bytes_or_other_code(
    attacked: tuple[Store, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, folder = attacked
    record.pretend_survived(store, folder, RULES)
    (folder / "manifest.json").write_text('{"a": 1}')
    with pytest.raises(Problem, match="about something else"):
        attack_records.require_survived(store, folder, RULES)
    record.pretend_survived(store, folder, RULES)
    (folder / "attack.json").write_text(json.dumps({"results": 3}))
    with pytest.raises(Problem, match="cannot be read"):
        attack_records.require_survived(store, folder, RULES)
    record.pretend_survived(store, folder, RULES)
    monkeypatch.setattr(attack_records, "_CODE", ("geo/discrete_laplace.py",))
    with pytest.raises(Problem, match="--mechanism"):
        attack_records.require_survived(store, folder, RULES)


def test_nothing_attacked_is_nothing_survived(attacked: tuple[Store, Path]) -> None:
    _, folder = attacked
    assert record.write_results(folder, [], LARGE) is False


def test_an_attack_that_does_not_understand_its_release_fails(case: Case) -> None:
    empty = dataclasses.replace(case, tables=None, folder=None)
    for result in runner.run_attacks(empty, runner.chosen("A13"), SMALL):
        assert not result.passed and "no release" in result.figure


def test_the_schema_of_a_case_without_a_release() -> None:
    with runner.mechanism(RULES) as made, pytest.raises(ValueError, match="no release"):
        schema.schema(made, SMALL)


def test_made_records_are_as_promised() -> None:
    history = made_records.history(3000, years=1)
    early, late = (
        made_records.records_known_on(history, date(2021, 7, 1)),
        made_records.records_known_on(history, date(2030, 1, 1)),
    )
    assert len(late) == 3000 and len(early) < len(late)
    assert (late["grade"] == "rejected").mean() > 0.05
    by_area = late["group"].value_counts()
    assert by_area.iloc[0] > 5 * by_area.median()
    both = early.merge(late, on="incident_id")
    for column in ("kind", "group", "local_date", "setting", "grade"):
        assert (both[f"{column}_x"] != both[f"{column}_y"]).any(), column


def test_the_command_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from data.__main__ import app

    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "store"))
    run = CliRunner().invoke
    done = run(app, ["attack", "A17", "--count", "small"])
    assert done.exit_code == 0, done.output
    assert "Nothing was found." in done.output and "no record" in done.output.lower()
    assert not (tmp_path / "store").exists()
    for wrong, said in (
        (["--only", "A99"], "No attack"),
        (["--count", "huge"], "large or small"),
        (["2026-01"], "no release yet"),
    ):
        done = run(app, ["attack", *wrong])
        assert done.exit_code == 1 and said in done.output, done.output


def test_the_length_of_a_file_is_no_count() -> None:
    """A package tells how long its files are: one length may be a count by chance."""
    body = b'{"bytes": 1401, "rows": 1401}'
    assert side_files._told(body, Path("datapackage.json")) == b'{, "rows": 1401}'
    assert side_files._told(body, Path("manifest.json")) == body
