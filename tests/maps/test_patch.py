"""The patch that a View puts on the map: every look means one thing, the legend says which."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.numbers import measures
from data.palette import LIGHT
from data.views import links
from data.views.view import View
from tests.views.test_view import NOW, PLACE
from ui.cached import views
from ui.explore import area_page, time_page
from ui.map import layers
from ui.map.choices import MapChoices
from ui.parts import charts


@pytest.fixture(autouse=True)
def store(screens: Path) -> None:
    """Pages show the sample."""


def view(**choices: Any) -> View:
    return links.view(choices, views.meta(str(views.stamp())), PLACE, NOW)[0]


def patched(asked: View, layer: str = "areas") -> tuple[dict[str, Any], list[str]]:
    """A patch, and the names of the areas in the order of its fills."""
    asked = views.measured(asked)
    answer = views.answer(asked)
    return layers.patch(asked, answer, layer, LIGHT, MapChoices()), answer.table["area"].tolist()


def legend(told: dict[str, Any]) -> list[str]:
    return [row["text"] for row in told["legend"].get("rows", [])]


def test_zero_no_residents_unknown_and_no_data_look_different() -> None:
    told, names = patched(view(measure="per 1,000 residents"))
    fill = dict(zip(names, told["fills"]))
    assert fill["Camden Industrial"] == "residents"
    assert fill["Near - North"] == "few"
    assert fill["Whittier"].startswith("#")
    assert {"no residents", "residents not known"} <= set(legend(told))

    told, names = patched(view(hours="03-05", weekday=["Tue"], kind=["traffic stop"]))
    assert LIGHT.paper in told["fills"] and "0" in legend(told)

    told, names = patched(view(**{"from": "2018-06-01", "to": "2018-08-31"}))
    assert set(told["fills"]) == {"nodata"}
    assert legend(told) == ["no data: not covered"]
    assert told["tips"][0] == ["no data in this period"]


def test_few_incidents_are_hatched_in_rates_only() -> None:
    month = {"from": "2017-03-01", "to": "2017-03-07"}
    rates, _ = patched(view(measure="per 1,000 residents", **month))
    counts, _ = patched(view(measure="count", **month))
    assert any(f.startswith("~") for f in rates["fills"])
    assert not any(f.startswith("~") for f in counts["fills"])
    assert "fewer than 20: unreliable" in legend(rates)


def spans(texts: list[str]) -> list[tuple[float, float]]:
    """The classes that a legend's words name: from a number up to another, which is not held."""
    found = []
    for text in texts:
        low, _, high = text.replace(",", "").partition(" to ")
        if text.startswith("under "):
            low, high = "0", low.removeprefix("under ")
        elif text.endswith(" or more"):
            low, high = low.removesuffix(" or more"), "inf"
        found.append((float(low), float(high) if high else float(low) + 1))
    return found


@pytest.mark.parametrize("measure", measures.MEASURES)
def test_legend_colors_and_values_agree(measure: str) -> None:
    asked = view(measure=measure)
    told, _ = patched(asked)
    values = measures.value(views.answer(asked).table, asked).to_numpy()
    fills = np.array([fill.removeprefix("~") for fill in told["fills"]])
    rows = [r for r in told["legend"]["rows"] if "color" in r and r["text"] != "0"]
    named = spans([row["text"] for row in rows])
    assert len(rows) == 5 and [high for _, high in named[1:]] == [low for low, _ in named[:-1]]
    assert named[0][1] == np.inf and named[-1][0] == 0  # high first, no gap, no end
    for row, (low, high) in zip(rows, named):
        drawn = values[fills == row["color"]]
        assert len(drawn) and (drawn >= low).all() and (drawn < high).all(), row


def test_the_rate_is_shown_where_residents_are_known() -> None:
    """A View that names no measure; a link that names one keeps it."""
    asked = view()
    assert (
        asked.measure == measures.RATE and "1,000 residents" in patched(asked)[0]["legend"]["title"]
    )
    assert view(measure="count").measure == measures.COUNT
    assert view(set="hexagons 0.7 km2").measure == measures.COUNT
    assert view(source=["press"]).measure == measures.COUNT
    shaped = view(shape="800 m around Whittier")
    assert views.measured(shaped).measure == measures.COUNT
    meta = views.meta(str(views.stamp()))
    nobody = {**meta, "sets": [{**one, "residents": False} for one in meta["sets"]]}
    for known, measure in ((meta, measures.RATE), (nobody, measures.COUNT)):
        assert links.usual_measure(known, ("police-stops",), "neighborhoods") == measure


def test_what_lies_outside_is_grey_and_says_so() -> None:
    chosen, names = patched(view(area=["Whittier"]))
    assert chosen["fills"][names.index("Jordan")] == "unchosen"
    assert legend(chosen)[-1] == "not chosen"
    drawn, names = patched(view(shape="800 m around Whittier"))
    assert drawn["fills"][names.index("Jordan")] == "unchosen"
    assert legend(drawn)[-1] == "outside the drawn shape" and "not chosen" not in legend(drawn)
    assert drawn["tips"][names.index("Jordan")] == ["outside the drawn shape"]


def test_heat_carries_a_picture_and_no_record() -> None:
    told, _ = patched(view(), "heat")
    assert told["heat"]["url"].startswith("data:image/png;base64,")
    assert len(told["heat"]["url"]) < 40_000
    assert "km² per week" in told["legend"]["title"] and told["fills"] is None
    told, _ = patched(view(source=["use of force"]), "heat")
    assert not told["heat"] and "Nothing to draw" in told["legend"]["title"]


def test_a_young_report_makes_no_hexagon() -> None:
    asked = view(source=["community made"], set="hexagons 0.1 km²")
    every = len(views.units(asked))
    settled = asked.settled_by
    assert settled
    long_ago = replace(asked, settled_by=settled.replace(year=settled.year - 2))
    only_official = replace(asked, settled_by=None)
    assert len(views.units(long_ago)) == len(views.units(only_official)) < every


def test_everything_on_the_map_is_from_the_checked_list() -> None:
    import json
    import re

    for layer in layers.LAYERS:
        told, _ = patched(
            view(compare="own period", versus_from="2017-03-01", versus_to="2017-05-31"), layer
        )
        text = json.dumps({k: v for k, v in told.items() if k != "heat"}, ensure_ascii=False)
        assert not re.search(r"[<>`$]|\{\{", text)


def test_kinds_are_counted_by_day_where_whole_weeks_are_few() -> None:
    *_, step = time_page.kind_counts(view(), views.answer(view()))
    assert step == "week"
    fortnight = view(**{"from": "2017-06-01", "to": "2017-06-14"})
    frame, order, step = time_page.kind_counts(fortnight, views.answer(fortnight))
    assert step == "day" and frame["start"].nunique() == 14
    assert frame["n"].sum() == views.answer(fortnight).headline["n"]
    assert set(order) == {"traffic stop", "suspicious person stop"}


@pytest.mark.parametrize("source", ["police stops", "use of force"])
def test_a_calendar_names_each_month_once(source: str) -> None:
    shown, rows, months = time_page.placed(time_page.days(view(source=source)))
    assert [label[0] for label in months.values()] == [
        pd.Timestamp(2001, m, 1).strftime("%b") for m in range(1, 13)
    ]
    assert not shown.duplicated(["row", "week"]).any() and set(shown["row"]) <= set(rows)
    assert shown["week"].max() <= 53


@pytest.mark.parametrize(
    ("freq", "first", "periods"), [("7D", "2016-12-26", 53), ("D", "2017-06-01", 27)]
)
def test_ticks_stand_where_bars_start(freq: str, first: str, periods: int) -> None:
    starts = pd.Series(pd.date_range(first, freq=freq, periods=periods))
    found = charts.ticks(starts, 14)
    assert 3 < len(found) <= 14 and set(found) <= set(starts)
    assert all(tick.day_of_week == 0 for tick in found)
    assert pd.Timestamp("2016-12-26") not in found  # cut, and the next label is near


def test_hours_not_asked_for_are_absent_and_asked_ones_are_zeros() -> None:
    frame = time_page.hours(view(hours="22-06", weekday=["Fri", "Sat"], area=["Page"]))
    assert set(frame["hour"]) == {22, 23, 0, 1, 2, 3, 4, 5} and set(frame["weekday"]) == {4, 5}
    assert len(frame) == 16 and (frame["n"] == 0).any()


def test_small_charts_hold_the_weeks_that_are_covered() -> None:
    """The View goes on after the source's last day."""
    asked = view(**{"from": "2017-10-02", "to": "2018-03-31"})
    frames, unit = time_page.largest_areas(views.answer(asked), 12)
    whole = view(**{"from": "2017-10-02", "to": "2017-12-31"})
    same, _ = time_page.largest_areas(views.answer(whole), 12)
    assert unit == "week" and list(frames) == list(same) and len(frames) == 12
    for name in frames:
        assert frames[name]["n"].tolist() == same[name]["n"].tolist() and frames[name]["n"].any()
    name = next(iter(frames))
    one, other = (
        area_page.against_city(name, views.answer(v)).set_index(["who", "start"])["n"]
        for v in (asked, whole)
    )
    assert one.tolist() == other.tolist() and one[name].tolist() == frames[name]["n"].tolist()


def test_small_charts_are_of_areas_with_incidents_only() -> None:
    asked = view(area=["Whittier"])
    assert list(time_page.largest_areas(views.answer(asked), 12)[0]) == ["Whittier"]
