"""Headlines: each says what its picture shows, and ranks nothing that chance explains."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.numbers import area_words, measures
from data.views import links
from data.views.answers import Answer
from data.views.view import View
from geo import rates
from geo.forest import Finding
from tests.views.test_view import NOW, PLACE
from ui.cached import views
from ui.map import layers
from ui.map.choices import MapChoices
from ui.parts import headline

LATER = {"from": "2017-07-03", "to": "2017-10-01", "compare": "previous period"}


@pytest.fixture(autouse=True)
def store(screens: Path) -> None:
    """Pages show the sample."""


def answered(**choices: Any) -> tuple[View, Answer]:
    found = links.view(choices, views.meta(str(views.stamp())), PLACE, NOW)[0]
    found = views.measured(found)
    return found, views.answer(found)


@pytest.mark.parametrize(
    ("layer", "asked", "choices", "title"),
    [
        # 1,158 per 1,000 residents; the next have 678 and 617, which chance can put in any order
        ("areas", {}, {}, "were most frequent per resident in Mid City Industrial"),
        # 4,409 and 3,328; then 2,256 and 2,154
        ("areas", {}, {"measure": "count"}, ": most in Downtown West and Whittier"),
        ("areas", {}, {"area": ["Whittier"]}, " in Whittier: 3,328"),
        ("areas", {"play": "by week"}, {}, " week by week, Jan 1"),
        ("heat", {"play": "by hour of day"}, {}, " by hour of the day, Jan 1"),
        ("areas", {"play": "by week"}, {"to": "2017-01-01"}, ": no whole week in this period"),
        ("heat", {}, {}, "Where police stops were recorded, Jan 1"),
        ("hexagons", {}, {}, "Where police stops were recorded, by hexagon, Jan 1"),
        ("heat", {}, {"source": ["use of force"]}, ": no exact place is known of any of them"),
        ("incidents", {}, {}, "All 51,920 police stops on the map"),
        ("clusters", {}, {}, "84 of 87 neighborhoods tested: no hot spots, 5 cold spots."),
        ("areas", {}, {"from": "2010-01-01", "to": "2010-02-01"}, ": no data in this period"),
        ("areas", {"beside": "swipe"}, {"compare": "nothing"}, "were most frequent per resident"),
        ("areas", {}, LATER, " per resident: clearly more than average in Mid City Industrial and"),
    ],
)
def test_every_picture_has_its_own_headline(
    layer: str, asked: dict[str, Any], choices: dict[str, Any], title: str
) -> None:
    found = layers.title(*answered(**choices), layer, MapChoices(**asked))
    assert title in found and len(found) <= 110, found


@pytest.mark.parametrize("beside", ["swipe", "side by side", "difference"])
@pytest.mark.parametrize("layer", ["areas", "heat"])
def test_two_periods_have_their_change_as_headline(layer: str, beside: str) -> None:
    view, answer = answered(**LATER)
    title = layers.title(view, answer, layer, MapChoices(beside=beside))
    told = answer.comparison
    assert told and told.period_before in title and "most" not in title
    assert told.change.finding[0] == Finding.UNCLEAR
    assert f"no clear change from {told.period_before}" in title and len(title) <= 110
    assert ("changed clearly" in title) == (layer == "areas")


@pytest.mark.parametrize(
    ("finding", "ratio", "title"),
    [
        (Finding.HIGHER, 1.234, "23% more than in {}"),
        (Finding.LOWER, 0.5, "50% fewer than in {}"),
        (Finding.SEASON, 1.5, "50% more than in {}, but it may be the season"),
        (Finding.FEW, 2.0, "too few to speak of a change from {}"),
        (Finding.UNCLEAR, 1.1, "no clear change from {}"),
        (Finding.HIGHER, np.nan, "none in {}"),
    ],
)
def test_only_what_chance_and_season_do_not_explain_is_called_a_change(
    finding: Finding, ratio: float, title: str
) -> None:
    told = answered(**LATER)[1].comparison
    assert told
    change = told.change._replace(ratio=np.array([ratio]), finding=np.array([finding], object))
    said = headline._change_words(replace(told, change=change))
    assert said == title.format(told.period_before)


def test_areas_that_changed_clearly_are_counted() -> None:
    view, answer = answered(
        source=["use of force"],
        compare="previous period",
        **{"from": "2018-01-01", "to": "2019-12-31"},
    )
    title = layers.title(view, answer, "areas", MapChoices(beside="difference"))
    up, down = ((answer.table["change"] == f).sum() for f in (Finding.HIGHER, Finding.LOWER))
    tested = answer.table["q"].notna().sum()
    assert (up, down) == (0, 2) and f"; of {tested} neighborhoods 2 clearly down" in title
    assert len(title) <= 130, title


def test_without_a_comparison_the_headline_of_two_periods_says_why() -> None:
    view, answer = answered(compare="previous period")
    title = layers.title(view, answer, "areas", MapChoices(beside="difference"))
    assert answer.comparison is None and title.startswith("Police stops: ")
    assert title[14:20].lower() == answer.why[:6].lower()


def test_areas_named_lie_above_the_city_beyond_chance() -> None:
    """Of 87 areas alike the highest is high by chance: none is named."""
    view, answer = answered()
    held = answer.table[answer.table["population"] > 0]
    first, above = area_words.standing_out(view, answer)
    city = 1000 * held["n"].sum() / held["population"].sum()
    low = rates.poisson_interval(held["n"], level=1 - 0.05 / len(held))[0]
    plain = held[1000 * low / held["population"] > city].sort_values("rate", ascending=False)
    shown = [measures.area_name(name) for name in plain["area"]]
    assert first == shown[:1] == above[:1]
    assert above == [name for name in shown if name in above] and len(above) < len(shown)

    rng, wrong = np.random.default_rng(5), 0
    for _ in range(200):
        counts = rng.poisson(60 / answer.counts.shape[1], answer.counts.shape)
        wrong += bool(area_words.standing_out(view, alike(answer, counts))[1])
    assert wrong <= 12  # 2.5% of 200 are 5; above 12 once in a thousand such tests


def alike(answer: Answer, counts: np.ndarray[Any, Any]) -> Answer:
    """The answer with other counts by area and step, and 1,000 residents everywhere."""
    n = counts.sum(axis=1)
    table = answer.table.assign(n=n, population=1000.0, rate=n / 1.0, unreliable=n < 20)
    return replace(answer, table=table, counts=counts, placed=True)


def test_one_event_with_many_records_makes_no_area_stand_out() -> None:
    """60 records of one week are one event; as many in all weeks are a difference."""
    view, answer = answered()
    counts = np.random.default_rng(1).poisson(1.0, answer.counts.shape)
    burst, lasting = counts.copy(), counts.copy()
    burst[10, 20] += 60
    lasting[10] += 3
    nouns = f"{len(answer.table)} neighborhoods"
    title = headline.headline_title(view, alike(answer, burst))
    assert title == f"Police stops per resident: none of {nouns} stands out clearly"
    name = measures.area_name(answer.table["area"].iloc[10])
    title = headline.headline_title(view, alike(answer, lasting))
    assert title == f"Police stops were most frequent per resident in {name}"


def test_areas_that_chance_can_put_in_any_order_are_not_called_the_first() -> None:
    """Five areas with four times as many as the others: no three of them have most."""
    view, answer = answered(measure="count")
    counts = np.random.default_rng(2).poisson(1.0, answer.counts.shape)
    counts[5:10] += 3
    found = alike(answer, counts)
    first, above = area_words.standing_out(view, found)
    names = {measures.area_name(name) for name in answer.table["area"][5:10]}
    assert first == [] and set(above) == names
    title = headline.headline_title(view, found)
    named = title.removeprefix("Police stops: clearly more than average in ")
    assert named == f"{above[0]}, {above[1]} and 3 more neighborhoods"


def test_a_ranking_of_noise_is_not_stated_as_fact() -> None:
    view, answer = answered(**{"from": "2017-01-04", "to": "2017-01-04"})
    few = alike(answer, np.full(answer.counts.shape, 2))
    assert area_words.standing_out(view, few) == ([], [])
    counted = answered(**{"from": "2017-01-04", "to": "2017-01-04", "measure": "count"})
    title = headline.headline_title(*counted)
    assert title == "Police stops: too few days to say where most are"
    two = answered(**{"from": "2017-03-01", "to": "2017-03-01", "hours": "02-06"})
    held = int(two[1].table["n"].sum())
    assert 0 < held < 20
    title = headline.headline_title(*two)
    assert f": {held} in all areas, too few to say where most are" in title
