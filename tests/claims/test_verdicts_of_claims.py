"""Verdicts: those of the sample, each kind of test, and that chance settles hardly any claim."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data import settings
from data.claims import check_claims, claim_words, claims_file, verdicts_of_claims
from data.claims.check_claims import CheckedClaim
from data.claims.verdicts_of_claims import ClaimVerdict, WhyNot, estimate_ratio
from data.commands.claims import _lines
from data.numbers import claim_numbers
from data.settings import ROOT
from data.storage.store import Current
from data.views import coverage, export, links, view_counts
from data.views.view import View
from ui.newsroom import claims_page

TODAY, NOW = date(2026, 11, 1), datetime(2026, 11, 1, 12, tzinfo=UTC)
AGREE, DISAGREE, UNKNOWN = ClaimVerdict
FORCE = "source=use+of+force"
YEARS = f"{FORCE}&from=2016-01-01&to=2019-12-31"
STOPS = "source=police+stops&from=2017-01-01&to=2017-12-31"
PRESS = "source=press&from=2025-06-01&to=2026-01-31"
MADE = "source=community+made&from=2025-06-01&to=2026-01-31"


def check(current: Current, *parts: dict[str, Any]) -> CheckedClaim:
    """A claim of some parts, checked."""
    claim = {"who": "A", "what": "B.", "when": "2025-12", "paper": "P", "published": "2025-12"}
    table = {"claim": [{**claim, "part": list(parts)}]}
    entries = claims_file.read_claims(table, Path("claims.toml"), TODAY)
    place = settings.load_settings(ROOT / "porchlight.toml")
    root = current.folder.parents[1]
    return check_claims.check_entries(current, place, root, NOW, entries)[0]


def verdict(current: Current, test: str, view: str, **more: Any) -> tuple[ClaimVerdict, Any]:
    """The verdict on a claim of one part, and why nothing can be told."""
    found = check(current, {"test": test, "view": view, **more})
    assert found.problem is None, found.problem
    return found.verdict, found.why


SAMPLE = {
    "Sahan Journal": WhyNot.NO_SOURCE,
    "Chief of police, Minneapolis": WhyNot.NO_SOURCE,
    "City of Burnsville": WhyNot.NO_COLUMN,
    "Mayors and police of Minneapolis and St. Paul": WhyNot.PARTS,
    "A volunteer rapid-response network": WhyNot.NO_SOURCE,
    "A professor of law": WhyNot.NO_COLUMN,
    "Vice President of the United States": WhyNot.NO_COLUMN,
    "Truthout, on what community watchers say": WhyNot.MADE,
}


def sample_claims(current: Current) -> dict[str, CheckedClaim]:
    """The claims that come with the sample, by who claimed them."""
    place, root = settings.load_settings(ROOT / "porchlight.toml"), current.folder.parents[1]
    found = check_claims.check_claims(current, place, root, NOW, ROOT / "porchlight.toml")
    assert not [one.problem for one in found if one.problem]
    return {one.claim.who: one for one in found if one.claim}


def test_every_claim_of_the_sample_has_its_verdict(current: Current) -> None:
    found = sample_claims(current)
    assert {who: one.why for who, one in found.items()} == SAMPLE
    assert {one.verdict for one in found.values()} == {UNKNOWN}
    parts = found["Mayors and police of Minneapolis and St. Paul"].parts
    assert [(p.n, p.outcome.verdict) for p in parts] == [
        *((1, AGREE), (1, AGREE), (1, UNKNOWN), (2, UNKNOWN))
    ]
    assert [(m.month, m.response) for m in parts[3].months] == [
        (date(2025, 6, 1), "crowd_control"),
        (date(2025, 11, 1), "crowd_control"),
    ]
    (burnsville,) = found["City of Burnsville"].parts
    assert [m.response for m in burnsville.months] == ["report_after", "traffic_control"]
    assert "city=Burnsville" in burnsville.query and burnsville.n == 2


def test_a_note_is_told_of_the_records_that_it_was_written_of(current: Current) -> None:
    """It would contradict the number beside it; then the page, the command and the numbers say so."""
    notes = [part for one in sample_claims(current).values() for part in one.parts if part.view]
    assert len(notes) == 8 and all(part.part.records == part.n for part in notes)
    assert all(claim_words.say_note(part) == part.part.note for part in notes)
    row = {"test": "happened", "view": f"{PRESS}&city=St.+Paul&response=crowd+control"}
    found = check(current, {**row, "note": "Both are of June.", "records": 2})
    assert found.problem is None
    says = "This note was written of 2 records; now there is 1. Read them before you quote it."
    assert claim_words.say_note(found.parts[0]) == says
    lines = "\n".join(_lines(found))
    assert says in lines and "Both are" not in lines
    assert claim_numbers._row(found, found.parts[0])["note"] == says
    drawn = claims_page._part(found.parts[0], several=False)
    assert says in drawn and "Both are" not in drawn


def test_a_share_of_those_that_say_nothing_is_of_all_records(current: Current) -> None:
    """The whole of any other share leaves them out; here it would be less than its part."""
    more = {"beside": MADE, "at_least": 0.5}
    found = check(current, {"test": "share", "view": f"{MADE}&response=not+recorded", **more})
    assert found.problem is None and found.why is WhyNot.MADE
    view, beside = (_view(current, text) for text in (f"{MADE}&response=not+recorded", MADE))
    assert verdicts_of_claims._spoken(view, beside) == beside
    asked, said = _view(current, f"{MADE}&response=declined"), beside
    assert "not_recorded" not in verdicts_of_claims._spoken(asked, said).responses


def _view(current: Current, query: str) -> View:
    place = settings.load_settings(ROOT / "porchlight.toml")
    return links.view(export.chosen(f"?{query}"), current.meta, place, NOW)[0]


def test_no_made_record_is_evidence(current: Current) -> None:
    """With any test; the same records would settle it were they real, so it is this that stops it."""
    named = {"view": f"{MADE}&grade=verified", "of": "A"}
    for test in ("happened", "never", "none"):
        more = {"lacks": "no_column", "tells": "x"} if test == "none" else {}
        found = check(current, {"test": test, **named, **more})
        assert (found.verdict, found.why, found.parts[0].n) == (UNKNOWN, WhyNot.MADE, 334)
    source = next(s for s in current.meta["sources"] if s["name"] == "community-made")
    source["made"] = False
    try:
        assert verdict(current, "happened", f"{MADE}&grade=verified") == (AGREE, None)
        assert verdict(current, "happened", MADE) == (UNKNOWN, WhyNot.UNCHECKED)
        assert verdict(current, "never", f"{MADE}&grade=reported") == (UNKNOWN, WhyNot.UNCHECKED)
    finally:
        source["made"] = True


@pytest.mark.parametrize(
    ("test", "view", "more", "wanted"),
    [
        ("happened", f"{PRESS}&response=crowd+control", {}, (AGREE, None)),
        ("never", f"{PRESS}&response=crowd+control", {}, (DISAGREE, None)),
        # newspapers choose: what they do not tell may have happened
        ("never", f"{PRESS}&force=taser", {"complete": "x"}, (UNKNOWN, WhyNot.INCOMPLETE)),
        ("never", f"{STOPS}&kind=shooting", {}, (UNKNOWN, WhyNot.INCOMPLETE)),
        ("never", f"{STOPS}&kind=shooting", {"complete": "x"}, (AGREE, None)),
        ("happened", f"{STOPS}&kind=shooting", {"complete": "x"}, (DISAGREE, None)),
        (
            "never",
            "source=police+stops&from=2017-01-01&to=2018-01-31&kind=shooting",
            {"complete": "x"},
            (UNKNOWN, WhyNot.UNCOVERED),
        ),
        (
            "happened",
            "source=police+stops&from=2010-01-01&to=2010-12-31",
            {},
            (UNKNOWN, WhyNot.UNCOVERED),
        ),
        ("happened", "source=desk&from=2025-01-01&to=2025-12-31", {}, (UNKNOWN, WhyNot.NOT_IN_STORE)),
        ("share", f"{YEARS}&force=firearm", {"beside": YEARS, "at_most": 0.1}, (AGREE, None)),
        ("share", f"{YEARS}&force=firearm", {"beside": YEARS, "at_least": 0.1}, (DISAGREE, None)),
        ("share", f"{YEARS}&force=body", {"beside": YEARS, "at_least": 0.75}, (UNKNOWN, WhyNot.CHANCE)),
        ("ratio", f"{YEARS}&via=call+911", {"beside": f"{YEARS}&via=not+911", "at_most": 2}, (AGREE, None)),
        ("ratio", f"{YEARS}&via=call+911", {"beside": f"{YEARS}&via=not+911", "at_most": 0.5}, (DISAGREE, None)),
        ("ratio", f"{PRESS}&kind=call+911", {"beside": f"{PRESS}&kind=shooting", "at_most": 9}, (UNKNOWN, WhyNot.NO_COUNT)),
        ("rises", f"{PRESS}&compare=previous+period", {}, (UNKNOWN, WhyNot.NO_COUNT)),
        ("rises", f"{FORCE}&from=2019-01-01&to=2019-12-31&compare=same+period+a+year+before", {}, (UNKNOWN, WhyNot.CHANCE)),
        ("falls", f"{FORCE}&from=2020-06-01&to=2020-12-31&compare=same+period+a+year+before", {}, (UNKNOWN, WhyNot.RECORDING)),
        ("falls", "source=police+stops&from=2017-03-06&to=2017-04-30&compare=own+period&versus_from=2017-06-05&versus_to=2017-10-29", {}, (UNKNOWN, WhyNot.SEASON)),
    ],
)  # fmt: skip
def test_each_kind_of_test(
    current: Current, test: str, view: str, more: dict[str, Any], wanted: tuple[object, object]
) -> None:
    assert verdict(current, test, view, **more) == wanted


def test_a_rise_that_stands_agrees_and_a_fall_disagrees(
    current: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample's stops with the later year's weeks five times as many, in a series of its own."""
    days = np.random.default_rng(1).poisson(20, 4 * 365)
    days[-365:] *= 5
    counts_of(days, date(2016, 1, 4), monkeypatch)
    view = f"{FORCE}&from=2019-01-07&to=2019-12-29&compare=same+period+a+year+before"
    assert verdict(current, "rises", view) == (AGREE, None)
    assert verdict(current, "falls", view) == (DISAGREE, None)


def counts_of(days: np.ndarray, first: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the records of every View be so many a day from a first one on, all in one unit."""

    def counted(current: Current, view: View, step: int) -> view_counts.UnitCounts:
        steps = coverage.starts(view, step)
        at = np.searchsorted(
            [d.toordinal() for d in steps], first.toordinal() + np.arange(len(days)), side="right"
        )
        ends = view.end.toordinal() - first.toordinal()
        begin = view.start.toordinal() - first.toordinal()
        held = (np.arange(len(days)) >= begin) & (np.arange(len(days)) <= ends) & (at > 0)
        counts = np.bincount(at[held] - 1, days[held], len(steps)).astype(np.int64)
        return view_counts.UnitCounts(np.array([0]), counts[None, :], 0, np.zeros(1, np.int64))

    monkeypatch.setattr(view_counts, "by_area_and_step", counted)
    monkeypatch.setattr(view_counts, "mostly_months", lambda current, view: False)


def daily(current: Current, first: date, last: date) -> np.ndarray:
    """How often force was used on each day."""
    index = [s["name"] for s in current.meta["sources"]].index("use-of-force")
    sql = (
        "SELECT day, count(*) AS n FROM {facts} WHERE source = ? AND day BETWEEN ? AND ? GROUP BY 1"
    )
    found = current.query(sql, [index, first, last]).to_pandas()
    counts = np.zeros((last - first).days + 1, np.int64)
    at = [(day - first).days for day in found["day"].astype("datetime64[us]").dt.date]
    counts[at] = found["n"]
    return counts


def settled(many: Callable[[np.random.Generator], ClaimVerdict], runs: int) -> int:
    """How many of so many runs settle a claim."""
    told = Counter(many(np.random.default_rng(seed)) for seed in range(runs))
    return told[AGREE] + told[DISAGREE]


def test_shuffled_days_rise_and_fall_in_hardly_any_claim(
    current: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole days of the sample dealt anew: 5% of claims of a rise would be settled by chance."""
    first, last = date(2016, 1, 1), date(2020, 8, 31)
    days = daily(current, first, last)
    assert days.sum() > 3000
    view = f"{FORCE}&from=2019-01-07&to=2019-12-29&compare=same+period+a+year+before"

    def run(rng: np.random.Generator) -> ClaimVerdict:
        counts_of(rng.permutation(days), first, monkeypatch)
        return verdict(current, "rises", view)[0]

    assert settled(run, 60) <= 8  # of 60 at 5%; 9 and more come up in 1 of 500 such tests


def test_days_dealt_to_two_sides_settle_hardly_any_share(current: Current) -> None:
    """A claim of at least half: the sample's days dealt at random, clumped as they are."""
    days = daily(current, date(2016, 1, 1), date(2019, 12, 31))
    weeks = days[: len(days) // 7 * 7].reshape(-1, 7)
    part = claims_file.Part("share", view="a", beside="b", at_least=0.5)  # type: ignore[arg-type]

    def run(rng: np.random.Generator) -> ClaimVerdict:
        left = rng.random(weeks.shape) < 0.5
        a, b = (np.where(side, weeks, 0).sum(axis=1) for side in (left, ~left))
        found = estimate_ratio(a, b, share=True, unit="week")
        assert found.low < found.value < found.high
        return verdicts_of_claims._side(part, found).verdict

    assert settled(run, 200) <= 19  # at 5%; 20 and more in 1 of 200 such tests


def test_a_planted_share_is_seen(current: Current) -> None:
    days = daily(current, date(2016, 1, 1), date(2019, 12, 31))[:1456].reshape(-1, 7).sum(axis=1)
    a = np.random.default_rng(1).binomial(days, 0.6)
    found = estimate_ratio(a, days - a, share=True, unit="week")
    assert 0.5 < found.low < 0.6 < found.high < 0.65


def test_a_share_is_of_records_that_say_anything(current: Current) -> None:
    source = next(s for s in current.meta["sources"] if s["name"] == "community-made")
    source["made"] = False
    year = "source=community+made&from=2025-06-01&to=2026-05-31"
    try:
        part = {"test": "share", "view": f"{year}&response=none", "beside": year, "at_most": 0.9}
        found = check(current, part)
    finally:
        source["made"] = True
    assert found.why is WhyNot.SILENT  # six in ten say nothing of it
    estimate = found.parts[0].outcome.estimate
    assert estimate is not None and estimate.silent > estimate.a + estimate.b > 1000


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"test": "happened", "view": "source=nobody"}, "names the source 'nobody'"),
        ({"test": "happened", "view": "kind=shooting"}, "names no sources"),
        ({"test": "happened", "view": f"{PRESS}&source=police+stops"}, "names 2 sources"),
        ({"test": "happened", "view": f"{PRESS}&reponse=none"}, "cannot be read: reponse"),
        ({"test": "happened", "view": f"{PRESS}&kind=murder"}, "cannot be read: kind=murder"),
        ({"test": "happened", "view": "source=press&from=soon"}, "cannot be read: from=soon"),
        ({"test": "rises", "view": STOPS}, "nothing to compare with"),
        (
            {"test": "ratio", "view": STOPS, "beside": YEARS, "at_least": 1},
            "one source and one period",
        ),
        (
            {"test": "share", "view": YEARS, "beside": f"{YEARS}&force=taser", "at_least": 0.1},
            "differ in forces",
        ),
    ],
)
def test_a_view_that_cannot_be_used_is_said(
    current: Current, part: dict[str, Any], said: str
) -> None:
    found = check(current, part)
    assert found.claim is None and said in str(found.problem)
    assert str(found.problem).startswith("claims.toml: claim 1 (A): ")


def test_parts_together(current: Current) -> None:
    yes = {"of": "a", "test": "happened", "view": PRESS}
    no = {"of": "b", "test": "never", "view": PRESS}
    open_ = {"of": "c", "test": "none", "lacks": "no_column", "tells": "x"}
    for parts, wanted in (
        ((yes, yes), (AGREE, None)),
        ((yes, no, open_), (DISAGREE, None)),
        ((yes, open_), (UNKNOWN, WhyNot.PARTS)),
        ((open_, open_), (UNKNOWN, WhyNot.NO_COLUMN)),
    ):
        found = check(current, *parts)
        assert (found.verdict, found.why) == wanted


def test_the_tables_of_words_are_whole() -> None:
    from data.claims import claim_words
    from data.claims.claims_file import NEEDS, TestKind

    assert set(claim_words.WHY_WORDS) == set(WhyNot)
    assert set(claim_words.VERDICT_WORDS) == set(ClaimVerdict)
    assert set(NEEDS) == set(TestKind) == {*verdicts_of_claims.TESTS, TestKind.NONE}
