"""What a View puts on the map: every look means one thing, the legend says which."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st

from data import links
from data.view import View
from tests.test_view import NOW, PLACE
from ui import cached, layers
from ui.palette import LIGHT


@pytest.fixture(autouse=True)
def store(sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(sample_store))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def view(**choices: Any) -> View:
    return links.view(choices, cached.meta(str(cached.stamp())), PLACE, NOW)[0]


def patched(asked: View, layer: str = "areas") -> tuple[dict[str, Any], list[str]]:
    """A patch, and the names of the areas in the order of its fills."""
    asked = layers.by_layer(asked, layer)
    answer = cached.answer(asked)
    return layers.patch(asked, answer, layer, LIGHT, 400), answer.table["area"].tolist()


def legend(told: dict[str, Any]) -> list[str]:
    return [row["text"] for row in told["legend"].get("rows", [])]


def test_zero_no_residents_unknown_and_no_data_look_different() -> None:
    told, names = patched(view(measure="per 1,000 residents"))
    fill = dict(zip(names, told["fills"]))
    assert fill["Camden Industrial"] == "residents"
    assert fill["Near - North"] == "few"
    assert fill["Whittier"].startswith("#")
    assert {"no residents", "population not known"} <= set(legend(told))

    told, names = patched(view(hours="03-05", weekday=["Tue"], kind=["traffic stop"]))
    assert LIGHT.paper in told["fills"] and "0" in legend(told)

    told, names = patched(view(**{"from": "2018-06-01", "to": "2018-08-31"}))
    assert set(told["fills"]) == {"nodata"}
    assert legend(told) == ["no data: not covered"]
    assert told["tips"][0] == ["no data in this period"]


def test_few_incidents_are_hatched_in_rates_only() -> None:
    month = {"from": "2017-03-01", "to": "2017-03-07"}
    rates, _ = patched(view(measure="per 1,000 residents", **month))
    counts, _ = patched(view(**month))
    assert any(f.startswith("~") for f in rates["fills"])
    assert not any(f.startswith("~") for f in counts["fills"])
    assert "fewer than 20: unreliable" in legend(rates)


def test_legend_colors_and_values_agree() -> None:
    asked = view()
    told, _ = patched(asked)
    values = cached.answer(asked).table["n"].to_numpy()
    rows = [r for r in told["legend"]["rows"] if "color" in r and r["text"] != "0"]
    for row in rows:
        low, _, high = row["text"].partition(" to ")
        span = [int(v.replace(",", "")) for v in (low, high or low)]
        drawn = values[np.array(told["fills"]) == row["color"]]
        assert (drawn.min(), drawn.max()) == tuple(span)


def test_heat_carries_a_picture_and_no_record() -> None:
    told, _ = patched(view(), "heat")
    assert told["heat"]["url"].startswith("data:image/png;base64,")
    assert len(told["heat"]["url"]) < 40_000
    assert "km² per week" in told["legend"]["title"] and told["fills"] is None
    told, _ = patched(view(source=["use of force"]), "heat")
    assert told["heat"] is None and "Nothing to draw" in told["legend"]["title"]


def test_a_young_report_makes_no_hexagon() -> None:
    asked = view(source=["community made"], set="hexagons 0.1 km2")
    every = len(cached.units(asked))
    settled = asked.settled_by
    assert settled
    long_ago = replace(asked, settled_by=settled.replace(year=settled.year - 2))
    only_official = replace(asked, settled_by=None)
    assert len(cached.units(long_ago)) == len(cached.units(only_official)) < every


def test_everything_on_the_map_is_from_the_checked_list() -> None:
    import json
    import re

    for layer in layers.LAYERS:
        told, _ = patched(
            view(compare="own period", versus_from="2017-03-01", versus_to="2017-05-31"), layer
        )
        text = json.dumps({k: v for k, v in told.items() if k != "heat"}, ensure_ascii=False)
        assert not re.search(r"[<>`$]|\{\{", text)
