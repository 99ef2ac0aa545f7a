"""claims.toml: what is read, and what is wrong is said with file, entry and field."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from data.claims.claims_file import (
    SAMPLE_CLAIMS,
    ClaimEntry,
    load_claims,
    names_person,
    read_claims,
)
from data.settings import Problem

TODAY = dt.date(2026, 2, 1)
FILE = Path("claims.toml")
PART: dict[str, Any] = {"test": "happened", "view": "source=press"}
CLAIM: dict[str, Any] = {
    "who": "City of Burnsville",
    "what": "Something.",
    "when": "2025-12",
    "paper": "A paper",
    "published": "2025-12-09",
    "part": [PART],
}


def entry(**changes: Any) -> ClaimEntry:
    """The entry of a claim with some fields changed; None takes one out."""
    row = {k: v for k, v in {**CLAIM, **changes}.items() if v is not None}
    (found,) = read_claims({"claim": [row]}, FILE, TODAY)
    return found


def test_an_entry_is_read() -> None:
    found = entry()
    assert found.problem is None and found.claim is not None
    assert (found.claim.who, found.claim.part[0].view) == ("City of Burnsville", "source=press")
    assert found.where == "claims.toml: claim 1 (City of Burnsville)"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"who": ""}, "who cannot be used"),
        ({"who": None}, "who is missing"),
        ({"what": None}, "what is missing"),
        ({"what": "two\nlines"}, "what cannot be used"),
        ({"when": "December"}, "when cannot be used"),
        ({"when": "2025-02-30"}, "when cannot be used"),
        ({"when": "2026-03"}, "when is 2026-03, later than today"),
        ({"published": "2026-02-02"}, "published is 2026-02-02, later than today"),
        ({"published": None}, "published is missing"),
        ({"link": "http://example.org"}, "link cannot be used"),
        ({"url": "https://example.org"}, "url means nothing"),
        ({"part": []}, "part cannot be used"),
        ({"part": [{**PART, "records": 2}]}, "records cannot be used"),
        ({"part": [{**PART, "note": "A.", "records": -1}]}, "records cannot be used"),
        ({"part": [PART, PART]}, "part cannot be used"),  # without saying which part
        ({"part": [{"view": "source=press"}]}, "part 1: test is missing"),
        ({"part": [{**PART, "test": "rise"}]}, "part 1: test cannot be used"),
        ({"part": [{**PART, "vieww": "x"}]}, "part 1: vieww means nothing"),
        ({"part": [{"test": "happened"}]}, "part 1: view cannot be used"),
        ({"part": [{**PART, "at_least": 1}]}, "part 1: at_least cannot be used"),
        ({"part": [{**PART, "test": "rises", "complete": "x"}]}, "part 1: complete cannot be used"),
        ({"part": [{**PART, "test": "share"}]}, "part 1: beside cannot be used"),
        ({"part": [{**PART, "test": "ratio", "beside": "x"}]}, "part 1: at_least cannot be used"),
        ({"part": [{**PART, "test": "ratio", "beside": "x", "at_least": 1, "at_most": 2}]}, "at_least"),
        ({"part": [{"test": "none"}]}, "part 1: lacks cannot be used"),
        ({"part": [{"test": "none", "lacks": "no_source"}]}, "part 1: tells cannot be used"),
        ({"part": [{"test": "none", "lacks": "chance", "tells": "x"}]}, "part 1: lacks cannot be used"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_file_entry_and_field(changes: dict[str, Any], field: str) -> None:
    found = entry(**changes)
    assert found.claim is None and field in str(found.problem)
    assert str(found.problem).startswith("claims.toml: claim 1")


def test_the_others_are_read_all_the_same() -> None:
    good, bad, other = read_claims({"claim": [CLAIM, {"who": "B"}, CLAIM]}, FILE, TODAY)
    assert good.claim == other.claim is not None and bad.claim is None
    assert str(bad.problem).startswith("claims.toml: claim 2 (B): what is missing")


@pytest.mark.parametrize(
    "who",
    [
        "Mayor Jane Roe",
        "Vice President Roe",
        "Police Chief Jane O'Roe",
        "Attorney General Roe",
        "Jane Roe, mayor of Springfield",
        "Dr. Roe",
    ],
)
def test_a_person_is_refused_and_not_repeated(who: str) -> None:
    found = entry(who=who)
    assert found.claim is None and names_person(who)
    assert "never a person's name" in str(found.problem) and "Roe" not in str(found.problem)


@pytest.mark.parametrize(
    "who",
    [
        "Mayors and police of Minneapolis and St. Paul",
        "Chief of police, Minneapolis",
        "Vice President of the United States",
        "Hennepin County, sheriff",
        "Attorney General's Office",
        "Mayor of Minneapolis",
        "Department of Homeland Security",
        "Sahan Journal",
    ],
)
def test_an_office_is_no_person(who: str) -> None:
    assert not names_person(who) and entry(who=who).claim is not None


@pytest.mark.parametrize("table", [{"claims": []}, {"claim": {}}, {"claim": "x"}])
def test_a_file_of_another_shape_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(Problem, match=r"claims\.toml: claim"):
        read_claims(table, FILE, TODAY)


def test_a_row_that_is_no_table_is_said() -> None:
    (found,) = read_claims({"claim": ["x"]}, FILE, TODAY)
    assert str(found.problem) == "claims.toml: claim 1: this is no table."


def test_the_file_is_beside_the_settings_or_the_samples(tmp_path: Path) -> None:
    config = tmp_path / "porchlight.toml"
    assert load_claims(TODAY, config) == ()
    config.write_text('[place]\nname = "A"\nzone = "UTC"\n')
    assert load_claims(TODAY, config) == ()
    config.write_text('[place]\nname = "A"\nzone = "UTC"\nsample = true\n')
    assert len(load_claims(TODAY, config)) == 8
    (tmp_path / "claims.toml").write_text('[[claim]]\nwho = "A"\n')
    assert [one.claim for one in load_claims(TODAY, config)] == [None]
    (tmp_path / "claims.toml").write_text("[[claim")
    with pytest.raises(Problem, match="cannot be read as TOML"):
        load_claims(TODAY, config)


def test_the_sample_has_the_eight_claims_by_office_without_links() -> None:
    entries = read_claims(tomllib.loads(SAMPLE_CLAIMS.read_text()), SAMPLE_CLAIMS, TODAY)
    claims = [one.claim for one in entries if one.claim]
    assert len(claims) == len(entries) == 8
    assert not any(claim.link for claim in claims)
    assert {claim.paper for claim in claims} == {"Sahan Journal", "Truthout"}
    assert all(claim.when in ("2025-12", "2026-01") for claim in claims)
    untold = [part for claim in claims for part in claim.part if part.test == "none"]
    assert all(part.tells and part.note for part in untold)
