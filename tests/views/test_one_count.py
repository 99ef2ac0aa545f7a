"""One number for one thing: every part of a page counts the same, and every area has one state."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import palette
from data.files import spreadsheet
from data.maps import frames, hexagons, incidents, outlines
from data.maps.heat_surface import Seen
from data.numbers import area_states, measures
from data.numbers.area_states import State
from data.storage.store import Current
from data.views import conditions, links, pixel_counts
from data.views.answers import Answer, area_table
from data.views.view import HEXAGON_OF, View
from data.words import HEXAGONS
from geo import mercator
from tests.pages.test_pages import opened, said
from tests.views.test_view import NOW, PLACE, WORLD
from ui.cached import views
from ui.map import area_layer, incident_layer, player, two_periods
from ui.map.choices import MapChoices
from ui.parts import tables

SEEN = Seen(-93.2912, 44.94, -93.24, 44.9803, 13.3)


pytestmark = pytest.mark.usefixtures("screens")


def view(current: Current, **choices: Any) -> View:
    """The View of some choices, as a page shows it."""
    return measures.by_layer(links.view(choices, current.meta, PLACE, NOW)[0], current.meta)


def answered(current: Current, asked: View) -> Answer:
    return area_table(current, asked, outlines.units(current, asked.area_set, asked.settled_by))


HEX = next(iter(HEXAGONS))
LINKS: list[dict[str, Any]] = [
    {},
    {"from": "2017-03-01", "to": "2017-05-31", "hours": "22-06", "night": "true"},
    {"source": ["use of force"], "force": ["taser"]},  # nothing has a point
    {"source": ["press"]},  # some lie in no area
    {"source": ["community made"], "grade": ["verified"]},
    {"area": ["Whittier", "Near - North"]},
    {"shape": "1500 m around Whittier"},
    {"shape": "800 m around Hale", "area": ["Whittier", "Hale"]},
    {"set": HEX},
    {"set": HEX, "area": ["Whittier"]},
    {"set": HEX, "shape": "800 m around Whittier"},
]


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_every_part_of_a_page_counts_the_same(current: Current, link: dict[str, Any]) -> None:
    asked = view(current, **link)
    answer = answered(current, asked)
    n, outside = answer.headline["n"], answer.headline["outside"]
    # the table beside the map, its tips, the chart below it
    shown = answer.table[answer.table["asked"]]
    assert shown["n"].sum() + outside == n
    assert answer.series["n"].sum() == n
    tips = area_layer.area_tips(asked, answer)
    spoken = [int(t[0].split()[0].replace(",", "")) for t in tips if "incident" in t[0]]
    assert not spoken or sum(spoken) == n - outside
    # heat and hexagons: all but what is known too coarsely
    assert (
        pixel_counts.counts(current, asked, WORLD)["n"].to_numpy().sum()
        == n - answer.headline["no_point"]
    )
    assert (
        hexagons.count_hexagons(current, asked, 8, None).n.sum() == n - answer.headline["no_point"]
    )
    # incidents: cells over the world hold what the legend counts
    cells = incidents.count_cells(current, asked, mercator.grid_over([[-80, -179], [80, 179]], 16))
    assert cells.n.sum() == incidents.located(current, asked)
    # the player: bar, table, and what lies in no frame
    for unit in ("day", "week", "month", "hour"):
        made = frames.steps(current, asked, unit, 1)
        counted = frames.count_frames(
            current, asked, made, outlines.units(current, asked.area_set, asked.settled_by)
        )
        assert counted.n.sum() + counted.without == n
        assert (counted.areas.sum(axis=0) <= made.taken(counted.n)).all()


@pytest.mark.parametrize("source", ["police stops", "community made"])
def test_legend_and_list_count_the_window_in_sight(current: Current, source: str) -> None:
    asked = view(current, source=[source])
    grid = incidents.sight(SEEN, asked, current)
    n = incidents.located(current, asked, grid)
    sql, values = conditions.where(asked, current)
    rows = current.query(f"SELECT mx, my FROM {{facts}} WHERE {sql} AND mx IS NOT NULL", values)
    x, y = (rows[c].to_numpy().astype(np.int64) for c in ("mx", "my"))
    if source == "community made":  # by the middle of the block, as they are drawn
        x, y = (
            (v >> incidents.BLOCK << incidents.BLOCK) + (1 << incidents.BLOCK >> 1) for v in (x, y)
        )
    lon, lat = mercator.to_degrees((x + 0.5) / mercator.WORLD, (y + 0.5) / mercator.WORLD)
    inside = (lon >= SEEN.west) & (lon <= SEEN.east) & (lat >= SEEN.south) & (lat <= SEEN.north)
    assert n == inside.sum() > 100
    # the map gets the same count as the list
    drawn = incident_layer.incident_patch(
        asked, views.answer(asked), palette.LIGHT, MapChoices(seen=SEEN)
    )
    assert drawn["incidents"]["sight"] == {"window": SEEN, "n": n}


def test_the_edge_of_a_window_finds_no_door(current: Current) -> None:
    """Over a block the count of reports stays the same, wherever in it the window ends."""
    asked = view(current, source=["community made"])
    one = current.query("SELECT mx, my FROM {facts} WHERE source = 3 AND mx IS NOT NULL", [])
    x, y = (int(one[c][0].as_py()) >> incidents.BLOCK for c in ("mx", "my"))
    size = mercator.WORLD >> incidents.BLOCK
    middle = mercator.to_degrees((x + 0.5) / size, (y + 0.5) / size)
    counts = set()
    for part in (0.55, 0.7, 0.85, 0.99):  # east of the middle, through the points
        east = float(mercator.to_degrees((x + part) / size, 0.5)[0])
        seen = Seen(
            float(middle[0]) - 0.0004,
            float(middle[1]) - 0.0002,
            east,
            float(middle[1]) + 0.0002,
            19.0,
        )
        counts.add(incidents.located(current, asked, incidents.sight(seen, asked, current)))
    assert len(counts) == 1 and counts.pop() > 0


def test_a_filter_on_areas_chooses_their_hexagons(current: Current) -> None:
    table = answered(current, view(current, set=HEX, area=["Whittier"])).table
    asked = table[table["asked"]]
    assert asked["n"].sum() == 3328 == table["n"].sum()
    own = table["area"].str.startswith(f"Whittier{HEXAGON_OF}")
    assert table.loc[own, "asked"].all() and 0 < own.sum() <= len(asked) < len(table)


# areas, and what the map says of each where the rate is asked for
STATES = [
    (
        {},
        {
            "Whittier": State.COUNTED,
            "Near - North": State.NOT_KNOWN,
            "Camden Industrial": State.NO_RESIDENTS,
        },
    ),
    (
        {
            "area": ["Whittier", "Near - North"],
            "hours": "04-05",
            "kind": ["traffic stop"],
            "from": "2017-01-02",
            "to": "2017-01-02",
        },
        {
            "Whittier": State.ZERO,
            "Near - North": State.NOT_KNOWN,
            "Jordan": State.NOT_CHOSEN,
            "Camden Industrial": State.NOT_CHOSEN,
        },
    ),
    (
        {"from": "2010-01-01", "to": "2010-01-31", "area": ["Whittier"]},
        {"Whittier": State.NO_DATA, "Near - North": State.NOT_CHOSEN},
    ),
    ({"shape": "1500 m around Whittier"}, {"Elliot Park": State.ZERO, "Jordan": State.OUTSIDE}),
]


@pytest.mark.parametrize(("link", "wanted"), STATES, ids=["all", "zero", "no data", "shape"])
@pytest.mark.parametrize("theme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_every_state_has_a_look_and_a_legend_of_its_own(
    current: Current, link: dict[str, Any], wanted: dict[str, State], theme: palette.Theme
) -> None:
    asked = view(current, measure="per 1,000 residents", **link)
    answer = answered(current, asked)
    names = answer.table["area"].tolist()
    values = measures.value(answer.table, asked).to_numpy(float)
    states = area_states.with_zeros(area_layer.states(asked, answer), values)
    assert {name: states[names.index(name)] for name in wanted} == wanted
    drawn = area_layer.fills(asked, answer, theme, MapChoices())
    looks = {name: drawn["fills"][names.index(name)] for name in wanted}
    assert len(set(looks.values())) == len(set(wanted.values()))
    texts = [row["text"] for row in drawn["legend"]["rows"]]
    for state, look in area_states.STATE_LOOKS.items():
        assert (look.text in texts) == (state in set(states)), texts
    assert len(texts) == len(set(texts))


def test_the_looks_need_no_color() -> None:
    hatches = [look.hatch for look in area_states.STATE_LOOKS.values()]
    # three of no data, two of what a View leaves out: never two of them on one map
    assert len(set(hatches)) == len(hatches) - 3
    hatches.remove("unchosen")  # a plain grey, so that what was asked for stands out
    hatches.remove("unchosen")
    script = (Path(__file__).parents[2] / "static/map/fills.js").read_text()
    assert all(f"{hatch}: [" in script for hatch in hatches if hatch)


def test_player_and_two_periods_have_the_same_looks(current: Current) -> None:
    link = {
        "area": ["Whittier", "Near - North", "Camden Industrial"],
        "from": "2017-07-01",
        "measure": "per 1,000 residents",
        "compare": "previous period",
    }
    asked = view(current, **link)
    answer = views.answer(asked)
    wanted = {"no residents", "residents not known", "not chosen"}
    played = player.player_patch(asked, answer, "areas", palette.LIGHT, MapChoices(play="by week"))
    beside = two_periods.two_period_patch(
        asked, answer, "areas", palette.LIGHT, MapChoices(beside="swipe")
    )
    names = answer.table["area"].tolist()
    for legend in (played["legend"], beside["legend"]):
        texts = [row["text"] for row in legend["rows"]]
        assert wanted <= set(texts) and "no residents, or not known" not in texts
    looks = [played["frames"]["looks"][ord(c) - 97] for c in played["frames"]["fills"][0]]
    for fills in (looks, beside["fills"], beside["versus"]["fills"]):
        found = [fills[names.index(n)] for n in ("Near - North", "Camden Industrial", "Jordan")]
        assert found == ["few", "residents", "unchosen"]


def test_a_rate_that_there_is_not_has_a_word_in_table_and_file(current: Current) -> None:
    asked = view(current)
    table = answered(current, asked).table
    rows = tables.with_reasons(table).set_index("area")["no_rate"]
    assert rows["Near - North"] == "residents not known" and rows["Whittier"] == ""
    assert rows["Camden Industrial"] == "no residents"
    assert (rows == "").sum() == np.isfinite(table["rate"]).sum()
    page = opened("pages/areas.py")
    shown = page.dataframe[0].value.set_index("area")
    assert shown.loc["Near North", "no_rate"] == "residents not known"
    assert "not chosen" not in said(page)

    names = tables.wanted(tables.with_reasons(table), asked, tuple(tables.COLUMNS))
    held = tables.with_reasons(table)[list(names)]
    text = spreadsheet.as_csv(spreadsheet.of_frame(held)).decode()
    found = {row["area"]: row["no_rate"] for row in csv.DictReader(io.StringIO(text))}
    assert found["Near - North"] == "residents not known"


def test_tables_without_a_missing_rate_have_no_column_for_it(current: Current) -> None:
    table = answered(current, view(current, area=["Whittier"])).table
    assert "no_rate" not in tables.with_reasons(table[table["asked"]])
    shape = tables.with_reasons(answered(current, view(current, shape="800 m around Hale")).table)
    assert isinstance(shape, pd.DataFrame) and set(shape["no_rate"]) == {
        "a drawn shape cuts the area"
    }
