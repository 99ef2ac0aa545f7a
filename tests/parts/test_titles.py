"""Headlines: each says what its picture shows, and ranks nothing that chance explains."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.views import links
from data.views.answers import Answer
from data.views.view import View
from geo import rates
from tests.views.test_view import NOW, PLACE
from ui.cached import views
from ui.map import layers
from ui.map.choices import MapChoices
from ui.parts import headline, measures

LATER = {"from": "2017-07-03", "to": "2017-10-01", "compare": "previous period"}


@pytest.fixture(autouse=True)
def store(screens: Path) -> None:
    """Pages show the sample."""


def answered(**choices: Any) -> tuple[View, Answer]:
    found = links.view(choices, views.meta(str(views.stamp())), PLACE, NOW)[0]
    found = measures.by_layer(found)
    return found, views.answer(found)


@pytest.mark.parametrize(
    ("layer", "asked", "choices", "title"),
    [
        ("areas", {}, {}, "were most frequent per resident in Mid - City Industrial and"),
        ("areas", {}, {"measure": "count"}, ": most in Downtown West, Whittier and Near - North"),
        ("areas", {}, {"area": ["Whittier"]}, " in Whittier: 3,328"),
        ("areas", {"play": "by week"}, {}, " week by week, Jan 1"),
        ("heat", {"play": "by hour of day"}, {}, " by hour of the day, Jan 1"),
        ("areas", {"play": "by week"}, {"to": "2017-01-01"}, ": no whole week in this View"),
        ("heat", {}, {}, "Where police stops were recorded, Jan 1"),
        ("hexagons", {}, {}, "Where police stops were recorded, by hexagon, Jan 1"),
        ("heat", {}, {"source": ["use of force"]}, ": no exact place is known of any of them"),
        ("incidents", {}, {}, "All 51,920 police stops on the map"),
        ("clusters", {}, {}, "84 of 87 neighborhoods tested: no hot spots, 5 cold spots."),
        ("areas", {}, {"from": "2010-01-01", "to": "2010-02-01"}, ": no data in this period"),
        ("areas", {"beside": "swipe"}, {"compare": "nothing"}, "were most frequent per resident"),
        ("areas", {}, LATER, "were most frequent per resident"),
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
    assert told.change.finding[0] == "season"
    percent = abs(float(told.change.ratio[0]) - 1) * 100
    assert f"{percent:.0f}%" in title and "season can do as much" in title
    assert ("changed clearly" in title) == (layer == "areas")


def test_without_a_comparison_the_headline_of_two_periods_says_why() -> None:
    view, answer = answered(compare="previous period")
    title = layers.title(view, answer, "areas", MapChoices(beside="difference"))
    assert answer.comparison is None and title.startswith("Police stops: ")
    assert title[14:20].lower() == answer.why[:6].lower()


def test_areas_named_lie_above_the_city_beyond_chance() -> None:
    """Of 87 areas alike the highest is high by chance: none is named."""
    view, answer = answered()
    table = answer.table
    named = headline._standing_out(view, table[table["asked"]])
    held = table[table["population"] > 0]
    city = 1000 * held["n"].sum() / held["population"].sum()
    low = rates.poisson_interval(held["n"], level=1 - 0.05 / len(held))[0]
    clear = held[1000 * low / held["population"] > city]
    assert named and set(named) <= set(clear["area"]) and "Near - North" not in named
    first = clear.sort_values("rate", ascending=False)["area"].tolist()
    assert named == [name for name in first if name in named]

    rng, wrong = np.random.default_rng(5), 0
    for _ in range(200):
        n = rng.poisson(60, len(table))
        alike = table.assign(n=n, population=1000.0, rate=n / 1.0, unreliable=n < 20)
        wrong += bool(headline._standing_out(view, alike))
    assert wrong <= 12  # 2.5% of 200 are 5; above 12 once in a thousand such tests


def test_a_ranking_of_noise_is_not_stated_as_fact() -> None:
    view, answer = answered(**{"from": "2017-01-04", "to": "2017-01-04"})
    table = answer.table.assign(n=2, rate=1.0, unreliable=True)
    assert headline._standing_out(view, table) == []
    two = answered(**{"from": "2017-03-01", "to": "2017-03-01", "hours": "04-06"})
    held = int(two[1].table["n"].sum())
    assert 0 < held < 20
    title = headline.headline_title(*two)
    assert f": {held} in all areas, too few to say where most are" in title
