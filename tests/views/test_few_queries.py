"""A View asks the store little: what is counted already, or ruled out, is not asked for."""

from collections.abc import Iterator
from typing import Any

import pytest

from data.maps import outlines
from data.settings import load_settings
from data.storage.store import Current
from data.views import answers, links, view_counts
from data.views.answers import Answer, area_table
from data.views.coverage import cover
from data.views.sql import lacks_hours
from data.views.view import PREVIOUS, YEAR_BEFORE, View
from tests.views.test_view import NOW

PERIOD = {"from": "2017-08-07", "to": "2017-12-17"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The queries that are sent."""
    found: list[str] = []
    real = Current.query

    def query(self: Current, sql: str, *more: Any) -> Any:
        found.append(sql)
        return real(self, sql, *more)

    monkeypatch.setattr(Current, "query", query)
    yield found


def answered(current: Current, **choices: Any) -> tuple[View, Answer]:
    view = links.view(PERIOD | choices, current.meta, load_settings(), NOW)[0]
    return view, area_table(current, view, outlines.units(current, view.area_set, None))


@pytest.mark.parametrize("more", [{}, {"hours": "18-24", "weekday": ["Fri"], "night": True}])
@pytest.mark.parametrize("compare", [PREVIOUS, YEAR_BEFORE])
def test_the_period_before_is_counted_with_the_past(
    current: Current, sent: list[str], compare: str, more: dict[str, Any]
) -> None:
    view, found = answered(current, compare=compare, **more)
    assert sum("AS unit" in sql for sql in sent) == (2 if found.comparison else 1)
    other = view.compared()
    assert other is not None
    counted = view_counts.by_area_and_step(current, other, found.step)
    before = counted.counts[:, cover(other, current.meta).whole(found.step)]
    if found.comparison:
        assert found.comparison.before == before.sum(axis=0).mean()
        placed = before[counted.units >= 0].mean(axis=1).sum()
        assert found.table["before"].sum() == pytest.approx(placed)
    assert found.comparison or compare == YEAR_BEFORE


def test_no_hour_is_counted_only_where_hours_are_missing(current: Current, sent: list[str]) -> None:
    for source in (one["name"] for one in current.meta["sources"] if one["rows"]):
        sent.clear()
        view, found = answered(current, source=[source], hours="18-24")
        assert any("no_hour" in sql for sql in sent) == lacks_hours(view, current.meta)
        without = current.query(
            "SELECT count(*) AS n FROM {facts} WHERE hour IS NULL AND source = ?",
            [[one["name"] for one in current.meta["sources"]].index(source)],
        ).to_pylist()[0]["n"]
        assert lacks_hours(view, current.meta) == bool(without)
        assert found.headline["no_hour"] <= without


def test_the_headline_is_known_before_the_answer(current: Current, sent: list[str]) -> None:
    view, answer = answered(current, compare=PREVIOUS)
    many = len(sent)
    counted = answers.count_view(current, view)
    assert counted.headline == answer.headline and len(sent) - many < many
    again = len(sent)
    units = outlines.units(current, view.area_set, None)
    same = answers.area_table(current, view, units, counted)
    assert same.table.equals(answer.table) and (same.counts == answer.counts).all()
    assert len(sent) - again < many  # what was counted is not counted again
