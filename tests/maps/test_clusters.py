"""The layer Clusters: what the page Hot spots finds, drawn and told in plain words."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from data.numbers import measures
from data.palette import LIGHT
from data.patterns import hot_spots, neighbors
from data.views import links
from data.views.view import View
from tests.views.test_view import NOW, PLACE
from ui.cached import findings, views
from ui.frame.method_note import SEED
from ui.map import cluster_layer, layers
from ui.map.choices import MapChoices
from ui.map_page import panel_list
from ui.parts.area_lack import Lack

GROUND = MapChoices(of=neighbors.GROUND)


@pytest.fixture(autouse=True)
def store(screens: Path) -> None:
    """Pages show the sample."""


def asked_for(**choices: Any) -> View:
    found = links.view(choices, views.meta(str(views.stamp())), PLACE, NOW)[0]
    return views.measured(found)


def test_the_layer_shows_what_hot_spots_finds() -> None:
    view = asked_for(source=["use of force"])
    answer = views.answer(view)
    n, asked = (answer.table[c].to_numpy() for c in ("n", "asked"))
    current, units = views.current(view.stamp), views.units(view)
    near = neighbors.between(current, units, neighbors.TOUCHING)
    expected = hot_spots.hot(current, units, n, asked, neighbors.RESIDENTS, near, SEED)
    drawn = layers.patch(view, answer, "clusters", LIGHT, MapChoices())
    labels = expected.table["label"]
    assert {"hot", "cold"} <= set(labels)
    for fill, tip, label in zip(drawn["fills"], drawn["tips"], labels):
        assert fill.startswith("#") == (label in ("hot", "cold"))
        assert tip[0] == cluster_layer.FINDINGS[label]
    rows = cluster_layer.cluster_rows(view, MapChoices())
    assert len(rows) == expected.tested == 84
    people = units["population"].to_numpy(float)
    near = neighbors.between(current, units, neighbors.TOUCHING).toarray() > 0
    for row in rows:
        assert row.own == pytest.approx(1000 * n[row.row] / people[row.row])
        star = near[row.row] & (people > 0)
        star[row.row] = True
        assert row.with_neighbors == pytest.approx(1000 * n[star].sum() / people[star].sum())
    hot = int((labels == "hot").sum())
    assert [r.finding for r in rows[: hot + 1]] == [
        *hot * [cluster_layer.FINDINGS["hot"]],
        cluster_layer.FINDINGS["cold"],
    ]
    title = cluster_layer.cluster_title(view, MapChoices())
    held = people > 0
    rate = measures.number(1000 * n[held].sum() / people[held].sum())
    cold = int((labels == "cold").sum())
    assert title == (
        f"84 of 87 neighborhoods tested: {hot} hot spots, {cold} cold spots. "
        f"Citywide: {rate} per 1,000."
    )


def test_clusters_are_looked_for_only_where_they_are_shown() -> None:
    view = asked_for(**{"from": "2017-02-01"})
    with mock.patch.object(findings, "hot_areas") as looked:
        for layer in layers.LAYERS:
            if layer != "clusters":
                layers.patch(view, views.answer(view), layer, LIGHT, MapChoices())
                layers.title(view, views.answer(view), layer, MapChoices())
    assert not looked.called


def test_without_residents_it_says_why_and_offers_the_ground() -> None:
    view = asked_for()
    answer = views.answer(view)
    nobody = views.units(view).assign(population=np.nan)
    with mock.patch.object(views, "units", return_value=nobody):
        assert cluster_layer.find_clusters(view, MapChoices()) is Lack.RESIDENTS
        drawn = layers.patch(view, answer, "clusters", LIGHT, MapChoices())
        assert set(drawn["fills"]) == {"nodata"}
        note = drawn["legend"]["note"]
        assert "How many people live in these neighborhoods is not known" in note or (
            "How many people live in these areas is not known" in note
        )
        assert neighbors.GROUND in note and "per km²" in note
        title = cluster_layer.cluster_title(view, MapChoices())
        assert title.endswith("is not known. Look per km² instead") and len(title) <= 110
        assert cluster_layer.cluster_rows(view, MapChoices()) == []
        found = cluster_layer.find_clusters(replace(view, settled_by=NOW), GROUND)
        assert isinstance(found, hot_spots.Hot) and found.tested == 87


def test_by_ground_every_number_says_that_it_is_by_km2() -> None:
    view = asked_for()
    drawn = layers.patch(view, views.answer(view), "clusters", LIGHT, GROUND)
    assert drawn["legend"]["title"] == "Incidents per km² of area, with neighbors"
    assert all("per km²" in line for tip in drawn["tips"] for line in tip if "itself" in line)
    assert "per km²." in cluster_layer.cluster_title(view, GROUND)
    assert "per km² of each area" in cluster_layer.cluster_sentences(view, GROUND)[0]
    hexes = asked_for(set="hexagons 0.7 km2")  # nobody is counted in a hexagon
    assert "per km²." in cluster_layer.cluster_title(hexes, MapChoices())


def test_a_drawn_shape_has_no_clusters_and_says_why() -> None:
    view = asked_for(shape="1500 m around Whittier")
    drawn = layers.patch(view, views.answer(view), "clusters", LIGHT, MapChoices())
    assert "drawn shape" in drawn["legend"]["note"] and set(drawn["fills"]) == {"nodata"}
    assert "no clusters can be looked for here" in cluster_layer.cluster_title(view, MapChoices())


@pytest.mark.parametrize(
    ("area_set", "noun"), [("neighborhoods", "Neighborhood"), ("hexagons 0.7 km²", "Hexagon")]
)
def test_the_table_beside_the_map_is_headed_by_what_is_counted(area_set: str, noun: str) -> None:
    view = asked_for(set=area_set)
    with mock.patch.object(panel_list, "st") as drawn:
        panel_list.show_clusters(view, GROUND)
    (table,) = drawn.html.call_args.args
    assert f"<tr><th>{noun}</th><th>per km²</th>" in table
