"""Each rule of the policy switched off: the attack aimed at it must then find something."""

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.attacks import ATTACKS, made_records, runner
from data.attacks.case import SMALL, Build, Case
from data.release.policy import Policy
from data.release.tables import Tables
from data.sample.made_reports import GRADES

RULES = Policy(zone="America/Chicago")
FEW = SMALL._replace(days=2, weeks=6)
BY_ID = {a.id: a for a in ATTACKS}


def attacked(name: str, rules: Policy, build: Build | None = None, yearly: int = 0) -> str:
    """The finding of an attack against a policy; empty where the release survives."""
    case = (
        runner.made_case(rules, yearly, years=2, many=12) if yearly else runner.case_of({}, rules)
    )
    # the attacker is told the limits of the policy that stands in trust.md
    case = dataclasses.replace(case, least=10, build=build or case.build)
    (result,) = runner.run_attacks(case, [BY_ID[name]], FEW)
    return "" if result.passed else result.figure


OFF: list[tuple[str, str, dict[str, Any], int]] = [
    ("the threshold", "A13", {"records": 3, "places": 2, "days": 2, "origins": 2}, 3000),
    ("the secret shift of the limits", "A4", {"spread": 0}, 0),
    ("rounding, for one record", "A4", {"base": 1}, 0),
    ("rounding, for differences", "A1", {"base": 1, "narrowest": 0}, 8000),
    ("what numbers tell together, by pairs", "A1", {"narrowest": 0}, 8000),
    ("what numbers tell together, by a programme", "A2", {"narrowest": 0}, 8000),
    ("one event counts thrice at most", "A10", {"most_per_place_and_day": 1000}, 0),
    ("places", "A10", {"places": 0}, 0),
    ("days", "A10", {"days": 0}, 0),
    ("origins", "A10", {"origins": 0}, 0),
    ("grades", "A10", {"grades": tuple(GRADES)}, 0),
    ("sensitive settings", "A10", {"sensitive_settings": ()}, 0),
    ("delay of the city's tables", "A12", {"city_delay_hours": 48}, 0),
    ("delay of the areas' tables", "A12", {"area_delay_days": 13}, 0),
]


@pytest.mark.parametrize(("rule", "name", "off", "yearly"), OFF, ids=[o[0] for o in OFF])
def test_a_rule_switched_off_is_found(
    rule: str, name: str, off: dict[str, Any], yearly: int
) -> None:
    assert attacked(name, dataclasses.replace(RULES, **off), yearly=yearly)


def bent(change: Callable[..., Tables]) -> Build:
    """The job with something done to what goes in or comes out."""
    job = runner.job(RULES)
    return lambda *given, **more: change(job, *given, **more)


def test_closed_cells_computed_again_are_found() -> None:
    def forgets(
        job: Build, records: Any, as_of: date, secret: bytes, before: Any, **more: Any
    ) -> Tables:
        return job(records, as_of, secret, None, **more)

    assert "changed" in attacked("A3", RULES, bent(forgets))


def test_noise_drawn_anew_is_found() -> None:
    turn = iter(range(1000))

    def fresh(
        job: Build, records: Any, as_of: date, secret: bytes, before: Any, **more: Any
    ) -> Tables:
        return job(records, as_of, secret + bytes([next(turn)]), before, **more)

    assert attacked("A5", RULES, bent(fresh))


def test_community_among_the_official_is_found() -> None:
    def mixed(job: Build, records: pd.DataFrame, as_of: date, *rest: Any, **more: Any) -> Tables:
        tips = records[records["source_kind"] == "community"]
        tips = tips[tips["grade"].isin(RULES.grades)]
        again = tips.assign(source_kind="official", already_public=True)
        again = again.assign(incident_id=again["incident_id"] + "-public")
        return job(pd.concat([records, again], ignore_index=True), as_of, *rest, **more)

    assert attacked("A15", RULES, bent(mixed))


def test_a_second_geography_is_found() -> None:
    case = runner.made_case(RULES, 3000, years=2, many=12)
    more = {"community/area-month": case.tables["community/area-month"]}
    other = {f"{path}-by-ward": frame for path, frame in more.items()}
    case = dataclasses.replace(case, tables=case.tables | other)
    (found,) = runner.run_attacks(case, [BY_ID["A13"]], FEW)
    assert not found.passed and "not on the list" in found.figure


def test_areas_of_few_are_found(tmp_path: Path) -> None:
    from tests.attacked import folder

    case = folder(runner.made_case(RULES, 3000, years=2, many=12), tmp_path)
    (found,) = runner.run_attacks(case, [BY_ID["A13"]], FEW)
    assert found.passed, found.figure
    case = folder(runner.made_case(RULES, 3000, years=2, many=12), tmp_path / "few", residents=900)
    (found,) = runner.run_attacks(case, [BY_ID["A13"]], FEW)
    assert not found.passed and "few live in" in found.figure


def test_rules_as_they_are_survive_the_same() -> None:
    for name in ("A1", "A2", "A13"):
        assert not attacked(name, RULES, yearly=8000), name
    assert isinstance(runner.case_of({}, RULES), Case) and made_records.GROUPS == 74
