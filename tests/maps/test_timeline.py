"""The strip below the map: what it counts, what is chosen on it, and what it plays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.storage.store import Current
from data.views import links, timelines
from data.views.view import View
from tests.conftest import ROOT
from tests.maps.test_contract import faults
from tests.views.test_view import NOW, PLACE
from ui.cached import views
from ui.frame import find
from ui.map import player
from ui.map.choices import MapChoices
from ui.map.patch import TimelineStrip
from ui.map_page import timeline


@pytest.fixture(autouse=True)
def store(screens: Path) -> Iterator[None]:
    """Pages show the sample."""
    yield


def view(current: Current, **choices: object) -> View:
    return links.view(choices, current.meta, PLACE, NOW)[0]


def strip(asked: View, layer: str = "areas", **play: Any) -> TimelineStrip:
    """What the strip is told of a View."""
    answer, how = views.answer(asked), MapChoices(**play)
    found = player.played(asked, how) if player.playing(how, layer) else None
    told = timeline.strip(asked, answer, layer, found)
    assert list(faults(told, TimelineStrip)) == []
    return told


def test_a_period_changes_what_is_chosen_and_no_bar(current: Current) -> None:
    whole = view(current)
    part = view(current, **{"from": "2017-03-06", "to": "2017-06-04"})
    every, some = strip(whole), strip(part)
    assert sum(every["n"]) == 51_920 and (every["step"], every["days"]) == ("week", 365)
    assert every["title"] == "Police stops a week" and every["chosen"] == [0, 364]
    assert some["chosen"] == [64, 154] and {**some, "chosen": 0} == {**every, "chosen": 0}
    inside = [n for n, at in zip(every["n"], every["at"]) if 64 <= at <= 154]
    assert sum(inside) == views.headline(part)["n"]
    # one Sunday, then 52 whole weeks: the first is drawn hollow, none goes beyond what is covered
    assert every["whole"] == [False, *[True] * 52] and every["long"] == [1, *[7] * 52]
    assert every["at"][:2] == [0, 1] and every["ticks"][1] == {"at": 36, "text": "Feb"}


def test_the_other_filters_count_on_the_strip(current: Current) -> None:
    friday = view(current, weekday=["Fri"], area=["Whittier"], **{"from": "2017-06-01"})
    every = replace(friday, start=date(2017, 1, 1))
    assert sum(strip(friday)["n"]) == views.headline(every)["n"] > views.headline(friday)["n"] > 0


def test_many_years_are_months_and_changes_of_recording_are_marked(current: Current) -> None:
    told = strip(view(current, source=["use of force"], **{"from": "2019-01-01"}))
    assert told["step"] == "month" and told["title"] == "Police uses of force a month"
    first = date.fromisoformat(told["first"])
    change = next(iter(told["changes"]))
    assert first + timedelta(days=change["at"]) == date(2020, 9, 1)
    assert "change of recording on Sep 1" in change["text"]
    assert all(a + b <= c for a, b, c in zip(told["at"], told["long"], told["at"][1:]))
    assert told["at"][-1] + told["long"][-1] <= told["days"]


def test_what_is_not_covered_is_not_chosen(current: Current) -> None:
    told = strip(view(current, **{"from": "2010-01-01", "to": "2010-02-01"}))
    assert told["chosen"] is None and sum(told["n"]) == 51_920
    wider = strip(view(current, **{"from": "2016-12-01", "to": "2017-01-31"}))
    assert wider["chosen"] == [0, 30]


@pytest.mark.parametrize("play", player.UNITS)
def test_frames_lie_on_the_strip(current: Current, play: str) -> None:
    told = strip(view(current), play=play, width=2)
    frames = told["frames"]
    assert frames is not None
    assert len(frames["spans"]) == len(frames["labels"]) == len(frames["counts"])
    for (first, last), n in zip(frames["spans"][:-1], frames["counts"]):
        assert 0 <= first <= last < told["days"]
        if play in ("by week", "by hour of day"):  # the bars below a frame are its counts
            held = [m for m, at in zip(told["n"], told["at"]) if first <= at <= last]
            assert sum(held) == n
    assert told["first"] == ("" if play == "by hour of day" else "2017-01-01")


def test_what_cannot_be_played_says_why(current: Current) -> None:
    assert strip(view(current), "hexagons")["plays"] == "Only areas and heat can be played"
    short = view(current, **{"from": "2017-01-03", "to": "2017-01-05"})
    told = strip(short, play="by week")
    assert told["frames"] is None and told["plays"] == "No whole week in this period"


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        ("2017-01-01", "2017-01-27", "by day"),
        ("2017-01-01", "2017-01-28", "by week"),
        ("2017-01-01", "2017-12-31", "by week"),
        ("2016-01-01", "2017-12-31", "by month"),
    ],
)
def test_automatic_frames_are_by_the_length_of_the_period(
    current: Current, first: str, last: str, unit: str
) -> None:
    asked = view(current, **{"from": first, "to": last})
    assert player.resolve(player.AUTOMATIC, asked) == unit
    assert player.resolve(player.STILL, asked) == player.STILL == player.resolve("?", asked)


@pytest.mark.parametrize("n", player.WIDTHS)
def test_widths_of_all_links_are_read(n: int) -> None:
    for text in (f"{n} a frame", *player.width_words("week"), "0 a frame", "5 weeks per frame"):
        known = {**player.width_words("week"), f"{n} a frame": n}
        assert player.read_width(text) == known.get(text)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ([0, 6], (date(2017, 1, 1), date(2017, 1, 7))),
        ([364, 364], (date(2017, 12, 31), date(2017, 12, 31))),
        ([7, 6], None),
        ([-1, 6], None),
        ([0, 365], None),
        ([0], None),
        (["a", 1], None),
        ([0, 1e99], None),
        (["2017-01-01", "2017-01-02"], None),
        (None, None),
        ({"from": 1}, None),
    ],
)
def test_only_a_period_within_what_is_covered_is_taken(said: Any, days: Any) -> None:
    assert timeline.read_period(said, date(2017, 1, 1), date(2017, 12, 31)) == days


def test_a_source_of_a_few_weeks_is_shown_by_day(
    current: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timelines, "FEWEST_WEEKS", 53)
    monday = view(current, weekday=["Mon"])
    line = timelines.count_timeline(current, timelines.over_coverage(monday, current.meta))
    assert line.step == "day" and len(line.series) == 52  # other days are gaps, no zeros
    assert line.series["n"].sum() == views.headline(monday)["n"]


def test_places_to_find_are_those_of_the_map(current: Current) -> None:
    asked = view(current)
    found = find.places(asked)
    assert found["looks"] and found["names"] == views.answer(asked).table["area"].tolist()
    assert "Near North" in found["areas"] and "Near - North" in found["names"]
    assert list(faults(found, find.PlaceFinder)) == []
    hexagons = find.places(view(current, set="hexagons 0.7 km2"), "/app/static/streets.json")
    assert not hexagons["looks"] and set(hexagons["names"]) == set(found["names"])
    assert hexagons["streets"] == "/app/static/streets.json"


def test_the_parts_of_a_page_are_files_of_ours() -> None:
    """A script that is handed over as text would be refused by our own policy."""

    def page() -> None:
        from data.views import links
        from tests.views.test_view import NOW, PLACE
        from ui.cached import views
        from ui.frame import find, sheet

        view, _ = links.view({}, views.meta(str(views.stamp())), PLACE, NOW)
        sheet.show_sheet()
        find.show_find(view)

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    made = [one.proto for one in app.main if hasattr(one, "proto")]
    parts = [p for p in made if type(p).__name__ == "BidiComponent"]
    assert [p.js_source_path.split("?")[0] for p in parts] == ["sheet.js", "find.js"]
    assert not any(p.js_content for p in parts)


def test_the_map_page_plays_and_stays_still(current: Current) -> None:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    assert app.selectbox("play").value == "Still" and not app.get("vega_lite_chart")
    app.selectbox("play").select("automatic").run()
    assert not app.exception and app.selectbox("width").value == "1 week per frame"
