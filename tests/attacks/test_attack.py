"""The attacks: what a release by the default policy survives, and what each one sees."""

import dataclasses
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from data.release.constraints import area_years, interval, propagate_bounds

from data.attacks import (
    ATTACKS,
    differencing,
    linear_programme,
    made_records,
    membership,
    payload,
    runner,
    served,
)
from data.attacks.case import LARGE, SMALL, STRICT, Case, Result, span
from data.release import release_manifest, suppression
from data.release.policy import Policy
from data.release.tables import Tables
from tests.attacked import folder
from tests.conftest import PROVE, ROOT

RULES = Policy(zone="America/Chicago")
BY_ID = {a.id: a for a in ATTACKS}
BY_TABLES = [a.id for a in ATTACKS if a.needs == "tables"]
BY_JOB = [a.id for a in ATTACKS if a.needs == "job"]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A small made release with a folder."""
    found = runner.made_case(RULES, 8000, years=2, many=12)
    assert sum(int(f["n"].notna().sum()) for f in found.tables.values()) > 500
    return folder(found, tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize("name", BY_TABLES)
def test_a_made_release_survives(case: Case, name: str) -> None:
    (result,) = runner.run_attacks(case, [BY_ID[name]], SMALL)
    assert result.passed, result


@pytest.mark.parametrize("name", BY_JOB)
def test_the_job_survives(name: str) -> None:
    few = SMALL._replace(days=4)
    (result,) = runner.run_attacks(runner.case_of({}, RULES), [BY_ID[name]], few)
    assert result.passed, result


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="the large counts")
@pytest.mark.parametrize("name", [a.id for a in ATTACKS])
def test_survives_the_numbers_of_the_specification(name: str) -> None:
    for result in runner.run_made(RULES, [BY_ID[name]], LARGE):
        print(result)
        assert result.passed, result


def tables(**cells: list[tuple[Any, ...]]) -> Tables:
    """Community tables from rows; names are written with _ for -."""
    out = {}
    for name, columns in STRICT.items():
        frame = pd.DataFrame(cells.get(name.replace("-", "_"), []), columns=list(columns))
        out[f"community/{name}"] = frame.astype({"n": "Int32"})
    return out


MONTHS = [("2025-01", 1, 10), ("2025-02", 1, None), ("2025-03", 1, None)]


@pytest.mark.parametrize(
    ("quarter", "told", "narrow"),
    [(10, False, True), (15, True, True), (20, False, False), (40, False, False)],
)
def test_a_total_and_its_part(quarter: int, told: bool, narrow: bool) -> None:
    # 15 and 10 differ, so that they are not the same records: 1 to 9 are left
    leak = Case(tables(area_month=MONTHS, area_quarter=[("2025-Q1", 1, quarter)]))
    assert differencing.differencing(leak).passed is not told
    assert linear_programme.programme(leak).passed is not narrow
    kept, many = suppression.suppress(leak.tables)
    assert (many > 0) is narrow and linear_programme.programme(Case(kept)).passed
    assert kept["community/area-quarter"]["n"].isna().any() == narrow  # the newest goes
    assert kept["community/area-month"]["n"].notna().any()


def test_of_two_new_numbers_the_finer_goes_and_closed_ones_stay() -> None:
    months = [("2025-01", 1, None), ("2025-02", 1, None), ("2025-03", 1, 15)]
    leak = tables(area_month=months, area_quarter=[("2025-Q1", 1, 15)])
    kept, many = suppression.suppress(leak)
    assert many == 1 and kept["community/area-month"]["n"].isna().all()
    before = {"community/area-month": leak["community/area-month"]}
    kept, many = suppression.suppress(leak, before=before)
    assert many == 1 and kept["community/area-quarter"]["n"].isna().all()


def test_exact_numbers_are_told() -> None:
    leak = tables(area_month=[("2025-01", 1, 14)], area_quarter=[("2025-Q1", 1, 17)])
    assert not differencing.differencing(Case(leak, base=1)).passed
    three = [("2025-01", 1, 11), ("2025-02", 1, 12), ("2025-03", 1, None)]
    leak = tables(area_month=three, area_quarter=[("2025-Q1", 1, 26)])
    found = differencing.differencing(Case(leak, base=1))
    assert found.passed is False and "1 of" in found.figure  # both months together


def test_weeks_and_kinds_are_looked_at_too() -> None:
    week = [("2025-W10", "all", 15), ("2025-W10", "sighting", 10), ("2025-W10", "other", None)]
    leak = Case(tables(city_week_kind=week))
    assert (
        not differencing.differencing(leak).passed and not linear_programme.programme(leak).passed
    )


def test_the_programme_sees_what_no_single_sum_says() -> None:
    # two kinds in four quarters: rows and columns of which only all together bind a cell
    rng, worse = np.random.default_rng(1), 0
    for _ in range(40):
        kinds = [
            (f"2025-Q{q}", 1, k, int(v))
            for q in (1, 2, 3, 4)
            for k in "ab"
            if (v := rng.choice([0, 10, 15, 20]))
        ]
        quarters = [(f"2025-Q{q}", 1, int(rng.choice([15, 20, 25, 30]))) for q in (1, 2, 3, 4)]
        years = [("2025", 1, k, int(rng.choice([40, 45, 50]))) for k in "ab"]
        got = tables(area_quarter_kind=kinds, area_quarter=quarters, area_year_kind=years)
        family = area_years(got, "community")
        low, high = propagate_bounds(family, 5)
        if (low > high).any():
            continue
        hidden = np.isnan(family.value)
        try:
            bad, _, _, _ = linear_programme.known_too_well(family, 5, 10)
        except ValueError:
            continue  # numbers that no records have
        assert (bad | ~(hidden & (high - low < 10))).all()
        worse += int(bad.sum())
    assert worse > 0


def test_what_a_number_says() -> None:
    low, high = interval(np.array([10.0, 15, 40, np.nan]), 5)
    assert low.tolist() == [10, 11, 36, 0] and high[:3].tolist() == [14, 19, 44]
    assert high[3] > 1e5
    assert span("2025-Q4") == (date(2025, 10, 1), date(2026, 1, 1))
    assert span("2025-W01")[0] == date(2024, 12, 30) and span("2024-12")[1] == date(2025, 1, 1)


def test_the_best_guess_is_tried_on_other_builds() -> None:
    rng = np.random.default_rng(2)
    noise = rng.integers(0, 3, (200, 300))
    best, bound, _ = membership.advantage(noise, rng.integers(0, 3, (200, 300)))
    assert bound < 0 < best < 0.4
    leak = noise.copy()
    leak[:, 7] = 9
    assert membership.advantage(leak, noise)[1] > 0.6


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
        ("community/area-month.csv", b"period,area,n\nmade:8000-000017,1,10\n"),
        ("community/area-month.csv", b"period,area,n\n2025-01,1,44.97781\n"),
        ("embed/data.js", b"made('2025-01-03T10:20')"),
        ("embed/index.html", b"<script src='https://cdn.example.org/x.js'></script>"),
        ("embed/look.css", b"a{background:url(//example.org/x.png)}"),
    ],
)
def test_each_thing_that_no_byte_may_hold(name: str, body: bytes) -> None:
    known = frozenset({(-9_326_500, 4_497_812)})
    assert payload.payload({name: body}, CANARIES, known)
    assert not payload.payload({name: b"period,area,n\n2025-01,1,10\n"}, CANARIES, known)


def test_a_parquet_file_is_opened(case: Case) -> None:
    frame = pd.DataFrame({"period": ["2025-01"], "note": [CANARIES[0]]})
    body = frame.to_parquet(index=False, compression="zstd")
    assert payload.payload({"a.parquet": body}, CANARIES)


@pytest.mark.parametrize("change", ["column", "number", "file", "bytes", "kind", "period"])
def test_schema_sees(case: Case, tmp_path: Path, change: str) -> None:
    got = dict(case.tables)
    path = "community/area-quarter-kind"
    frame = got[path]
    if change == "column":
        got[path] = frame.assign(x=1)
    elif change == "number":
        got[path] = frame.assign(n=pd.array([7] * len(frame), "Int32"))
    elif change == "kind":
        got[path] = frame.assign(kind="a word of somebody")
    elif change == "period":
        got[path] = frame.assign(period="2025-01-03")
    changed = folder(dataclasses.replace(case, tables=got), tmp_path)
    assert changed.folder is not None
    if change == "file":
        (changed.folder / "notes.txt").write_text("who said so")
    elif change == "bytes":
        (changed.folder / f"{path}.csv").write_text("period,area,kind,n\n")
    assert not payload.schema(changed, SMALL).passed


def test_the_truth_is_counted_anew(case: Case) -> None:
    assert membership.truth(case) == []
    assert case.records is not None
    thin = dataclasses.replace(case, records=case.records.assign(x=1.0, y=1.0))
    assert len(membership.truth(thin)) > 20


def test_the_result_is_written_for_these_bytes(case: Case) -> None:
    assert case.folder is not None
    results = [Result("A1", "differencing", True, "0", "none"), Result("A2", "x", False, "1", "0")]
    assert runner.write_results(case.folder, results, SMALL) is False
    told = json.loads((case.folder / "attack.json").read_text())
    assert told["release"] == release_manifest.digest(case.folder / "manifest.json")
    assert told["passed"] is False and told["results"][0]["id"] == "A1"
    assert told["count"] == SMALL._asdict()
    assert runner.write_results(case.folder, [], LARGE) is False
    assert runner.write_results(case.folder, results[:1], LARGE)


def test_made_records_are_as_promised() -> None:
    history = made_records.history(3000, years=1)
    early, late = (
        made_records.records_known_on(history, date(2021, 7, 1)),
        made_records.records_known_on(history, date(2030, 1, 1)),
    )
    assert 2900 < len(late) <= 3000 and len(early) < len(late)
    assert (late["grade"] == "rejected").mean() > 0.05
    by_area = late["group"].value_counts()
    assert by_area.iloc[0] > 5 * by_area.median() and late["origin"].nunique() > 300


def test_the_command_speaks(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "data", "attack"]
    done = subprocess.run(
        [*words, "--made", "--only", "A13", "--count", "small"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stdout.count("passed") == 3, done.stdout + done.stderr
    for wrong, said in ((["--only", "A99"], "No attack"), (["--count", "huge"], "large or small")):
        done = subprocess.run(
            [*words, "--made", *wrong], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr
