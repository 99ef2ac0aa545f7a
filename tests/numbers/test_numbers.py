"""The numbers of each page: rows that can be named, right values, and queries that give them again."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import numpy as np
import pytest

from data import words
from data.claims import check_claims
from data.numbers.pages import PAGE_NUMBERS, ask_numbers
from data.patterns import hot_spots
from data.pictures import draw
from data.pictures.figure import Caption
from data.settings import Problem
from data.storage.store import Current
from data.views import links, view_counts
from data.views.view import View
from geo.hot_areas import UNDECIDED
from tests.views.test_view import NOW, PLACE

# a link that each page has numbers for
CHOICES: dict[str, dict[str, Any]] = {
    "compare": {"from": "2017-07-01", "to": "2017-12-31", "compare": "previous period"},
    "near_repeats": {"from": "2017-01-01", "to": "2017-02-28"},
    "episodes": {"from": "2017-01-01", "to": "2017-02-28"},
}
PERSONAL = {"incident_id", "lon", "lat", "x", "y", "text", "origin", "source_url", "occurred_at"}


def asked(current: Current, **choices: Any) -> View:
    view, wrong = links.view(choices, current.meta, PLACE, NOW)
    assert not wrong
    return view


# the sample's official and community sources share no day: tests/patterns/test_sides.py has a place where they do
@pytest.mark.parametrize("path", [path for path in PAGE_NUMBERS if path != "sides"])
def test_a_page_has_rows_with_names_and_words(current: Current, path: str) -> None:
    view = asked(current, **CHOICES.get(path, {}))
    found = ask_numbers(path, current, view, {})
    assert len(found.table)
    assert not found.table.duplicated(list(found.key)).any()
    assert set(found.table.columns) == set(found.columns)
    assert {*found.key, *found.compared} <= set(found.columns)
    assert not set(found.columns) & PERSONAL
    texts = [found.title, found.subtitle, found.sentence, found.denominator, found.uncertainty]
    assert all(text.strip() for text in [*texts, found.lacks, found.alt])
    assert found.queries
    again = ask_numbers(path, current, view, {})
    assert again.table.equals(found.table)  # one seed, one answer


def test_the_rows_of_areas_are_those_of_the_records(current: Current) -> None:
    found = ask_numbers("", current, asked(current), {}).table.set_index("area")["n"]
    sql = "SELECT area0 AS area, count(*) AS n FROM {facts} WHERE area0 >= 0 AND source = 0 GROUP BY 1"
    rows = current.query(sql).to_pandas()
    names = current.meta["sets"][0]["names"]
    plain = {names[int(area)]: int(n) for area, n in zip(rows["area"], rows["n"])}
    assert {area: n for area, n in found.items() if n} == plain


def test_the_query_that_is_told_gives_the_same_numbers(current: Current) -> None:
    """A reader runs it on the narrow table: what stands in a text is escaped."""
    view = asked(current, kind=["traffic stop"], **{"from": "2017-02-03", "to": "2017-08-20"})
    found = ask_numbers("areas", current, view, {})
    facts = current.query("SELECT * FROM {facts}")
    own = duckdb.connect()
    own.register("facts", facts)
    rows = own.sql(found.queries[0]).to_df()
    assert int(rows["n"].sum()) == view_counts.headline(current, view)["n"]
    by_area = rows.groupby("unit")["n"].sum()
    names = current.meta["sets"][0]["names"]
    n = found.table.set_index("area")["n"]
    assert all(n[names[int(unit)]] == count for unit, count in by_area.items() if unit >= 0)


def test_kinds_add_up_to_the_headline(current: Current) -> None:
    view = asked(current)
    found = ask_numbers("records", current, view, {}).table
    assert found["n"].sum() == view_counts.headline(current, view)["n"]
    assert set(found["kind"]) <= {words.spoken(kind.code) for kind in words.all_kinds()}


def test_means_of_hours_are_counts_by_the_hours_covered(current: Current) -> None:
    found = ask_numbers("time", current, asked(current), {}).table
    assert np.allclose(found["mean"], found["n"] / found["of"])
    assert len(found) == 7 * 24


@pytest.mark.parametrize(
    ("path", "choices", "page", "says"),
    [
        ("methods", {}, {}, "has no numbers"),
        ("hot_spots", {"source": ["press"]}, {}, "do not count what happened"),
        ("hot_spots", {}, {"seed": "x"}, "seed=x"),
        ("hot_spots", {}, {"of": "moon"}, "of=moon"),
        ("trend", {"from": "2017-01-01", "to": "2017-02-01"}, {}, "16 whole weeks"),
        ("area", {}, {"name": "Nowhere"}, "Nowhere"),
        ("area", {"source": ["press"]}, {}, "None of the chosen records"),
        ("compare", {}, {}, "No earlier period"),
        ("sides", {}, {}, "They share no day"),
        ("sides", {}, {"with": "nobody"}, "with=nobody"),
    ],
)
def test_what_cannot_be_numbered_says_why(
    current: Current, path: str, choices: dict[str, Any], page: dict[str, str], says: str
) -> None:
    with pytest.raises(Problem, match=says):
        ask_numbers(path, current, asked(current, **choices), page)


def test_a_page_without_a_record_is_cited_too(current: Current) -> None:
    """A period of the press in which nothing is recorded, on each page of the newsroom."""
    view = asked(current, source=["press"], **{"from": "2025-07-02", "to": "2025-07-03"})
    for path in ("response", "force"):
        found = ask_numbers(path, current, view, {})
        assert not found.table.duplicated(list(found.key)).any()
        assert draw.svg(found.figure, Caption("a", "b", "c", "d", "e", "f"))


@pytest.mark.parametrize("settled", ["2099-01-01T00:00", "9999-12-31T23:59", "2099-01-01T00:00Z"])
def test_no_link_makes_claims_count_reports_that_are_too_young(
    current: Current, monkeypatch: pytest.MonkeyPatch, settled: str
) -> None:
    moments, check = [], check_claims.check_claims

    def keep(current: Current, place: Any, store: Any, now: datetime) -> Any:
        moments.append(now)
        return check(current, place, store, now)

    monkeypatch.setattr(check_claims, "check_claims", keep)
    ask_numbers("claims", current, asked(current), {"settled": settled})
    ask_numbers("claims", current, asked(current), {"settled": "2026-01-05T00:00"})
    assert moments[0] <= datetime.now(UTC)
    assert moments[1] == datetime(2026, 1, 6, tzinfo=UTC)


def test_what_cannot_be_told_from_chance_is_not_called_clear(
    current: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an undecided area neither the title nor the table says that it is no cluster."""
    real = hot_spots.hot

    def undecided(*told: Any) -> hot_spots.Hot:
        found = real(*told)
        return replace(found, table=found.table.assign(label=UNDECIDED))

    monkeypatch.setattr(hot_spots, "hot", undecided)
    found = ask_numbers("hot_spots", current, asked(current), {})
    assert "cannot be told" in found.title
    assert set(found.table["finding"]) == {"cannot be told from chance"}
    assert "residents" in found.denominator.lower()
