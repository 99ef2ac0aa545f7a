"""Breakdown by response of local police: counts, shares of those that say it, words for none."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.storage.store import Current, Store
from data.views import breakdowns, whole_records
from data.views.breakdowns import BREAKDOWNS
from geo import shares
from tests.pages.test_pages import opened, said
from tests.pages.test_pages import store as store  # pages run on the sample
from tests.views.test_details import asked

(POLICE,) = BREAKDOWNS


@pytest.fixture
def current(sample_store: Path) -> Current:
    store = Store(sample_store)
    return store.at(str(store.stamp()))


def test_wilson_is_as_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I: method 3
    low, high = shares.wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert low.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert high.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]
    assert np.isnan(shares.wilson(0, 0)).all()


@given(st.integers(1, 10**7).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilson_holds_the_share(pair: tuple[int, int]) -> None:
    n, of = pair
    low, high = shares.wilson(n, of)
    assert 0 <= low <= n / of <= high <= 1


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"kind": ["sighting"]},
        {"area": ["Powderhorn Park", "Whittier"]},
        {"hours": "22-06"},
        {"from": "2026-01-01", "to": "2026-01-31"},
        {"shape": "800 m around Whittier"},
    ],
)
def test_it_counts_what_the_view_shows(current: Current, choices: dict[str, object]) -> None:
    view = asked(current, source=["community made"], **choices)
    found = breakdowns.answers(current, view, POLICE)
    often = whole_records.everything(current, view)["response"].value_counts().to_pylist()
    counts = {pair["values"]: pair["counts"] for pair in often}
    assert found.of == sum(counts.values()) > 20
    assert found.said == found.of - counts["not_recorded"]
    assert found.table["n"].tolist() == [counts.get(code, 0) for code in found.table["code"]]
    if found.said >= 20:
        assert found.table["share"].sum() == pytest.approx(1)
        none = found.table.iloc[0]
        assert none["share"] == none["n"] / found.said
        assert none["low"] < none["share"] < none["high"]


def test_few_have_no_shares(current: Current) -> None:
    found = breakdowns.answers(current, asked(current, source=["press"]), POLICE)
    assert (found.said, found.of) == (4, 7)
    assert found.table["share"].isna().all() and found.table["low"].isna().all()
    assert dict(zip(found.table["code"], found.table["n"])) == {
        "none": 0,
        "in_person": 0,
        "report_after": 1,
        "traffic_control": 1,
        "crowd_control": 2,
        "declined": 0,
    }


ANSWER = (
    "1,133 of 2,873 records say what local police did. In 615 of these local police did not "
    "come: 54% (95% interval 51% to 57%). 1,740 do not say it. That does not mean that local "
    "police did not come."
)


@pytest.mark.parametrize("page", ["pages/time.py", "pages/areas.py"])
def test_the_question_is_answered_on_screen(page: str) -> None:
    assert ANSWER in said(opened(page, source="community made"))


def test_and_for_one_area() -> None:
    text = said(opened("pages/area.py", source="community made", name="Powderhorn Park"))
    assert "49 of 130 records say what local police did. In 25 of these" in text
    assert "51% (95% interval 37% to 64%)" in text


@pytest.mark.parametrize("page", ["pages/time.py", "pages/areas.py", "pages/area.py"])
def test_a_source_without_it_says_so(page: str) -> None:
    text = said(opened(page, source="use of force"))
    assert "This source does not record it." in text
    assert "did not come" not in text


def test_what_is_few_or_filtered_is_said() -> None:
    text = said(opened("pages/areas.py", source="press"))
    assert "In 0 of these local police did not come: too few records for a share." in text
    link = {"source": "community made", "response": "none"}
    text = said(opened("pages/time.py", **link))
    assert "You filter by it" in text
    assert "615 of 60,237 incidents: made community reports" in text
    assert "May 31, 2026, police did not come" in text
    link = {"source": "community made", "response": "not recorded"}
    assert "You filter by it" in said(opened("pages/areas.py", **link))


def test_records_and_methods_say_what_none_means() -> None:
    app = opened("pages/records.py", source="community made", response="none")
    assert set(app.dataframe[0].value["Police response"]) == {"police did not come"}
    text = said(opened("pages/methods.py"))
    assert "what local police did: not recorded 1,814, police did not come 640" in text
    assert 'press.csv: Read as missing in "neighborhood" (area label): empty (7).' in text
    assert "community-made.csv: 640 response: " in text
