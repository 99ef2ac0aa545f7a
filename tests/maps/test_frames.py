"""Frames of the time player: every record in its units, one scale, small pictures."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.maps import frames, heat_surface, outlines
from data.palette import LIGHT
from data.storage.store import Current
from data.views import links, view_counts
from data.views.view import View
from geo import density
from tests.views.test_view import NOW, PLACE
from ui.cached import map_layers, views
from ui.map import layers, player
from ui.map.choices import MapChoices


@pytest.fixture
def screen(screens: Path) -> None:
    """Pages show the sample."""


def view(current: Current, **choices: object) -> View:
    return links.view(choices, current.meta, PLACE, NOW)[0]


def counted(current: Current, asked: View, made: frames.Steps) -> frames.FrameCounts:
    return frames.count_frames(current, asked, made, outlines.units(current, asked.area_set))


@pytest.mark.parametrize("unit", frames.UNITS)
@pytest.mark.parametrize("width", [1, 4])
def test_every_record_is_in_its_units_or_left_out(current: Current, unit: str, width: int) -> None:
    asked = view(current)
    made = frames.steps(current, asked, unit, width)
    found = counted(current, asked, made)
    assert found.n.sum() + found.without == 51_920 and 1 <= made.frames <= frames.MOST_FRAMES
    assert len(made.labels()) == len(made.keys()) == made.frames == found.areas.shape[1]
    assert len(set(made.keys())) == made.frames
    taken = made.taken(found.n)
    twice = np.concatenate([found.n, found.n]) if unit == "hour" else found.n
    assert [int(n) for n in taken] == [
        int(twice[k : k + made.width].sum()) for k in range(made.frames)
    ]
    outside = (taken - found.areas.sum(axis=0)) / np.maximum(taken, 1)
    assert (outside >= 0).all() and outside.max() < 0.02


def test_weeks_are_whole_and_days_the_newest(current: Current) -> None:
    asked = view(current)
    weeks = frames.steps(current, asked, "week", 1)
    assert weeks.starts[0] == date(2017, 1, 2) and weeks.frames == 52 and weeks.left == 0
    found = counted(current, asked, weeks)
    new_year = replace(asked, end=date(2017, 1, 1))
    assert found.without == view_counts.headline(current, new_year)["n"]
    days = frames.steps(current, asked, "day", 7)
    assert days.frames == 60 and days.starts[-1] == date(2017, 12, 31)
    assert days.left + days.units == 365
    one = replace(asked, start=date(2017, 12, 25))
    assert made_sum(current, asked, days) == view_counts.headline(current, one)["n"]


def made_sum(current: Current, asked: View, made: frames.Steps) -> int:
    return int(made.taken(counted(current, asked, made).n)[-1])


def test_a_day_not_asked_for_is_no_zero(current: Current) -> None:
    asked = view(current, weekday=["Fri", "Sat"], **{"from": "2017-03-01", "to": "2017-05-31"})
    made = frames.steps(current, asked, "day", 1)
    assert {start.weekday() for start in made.starts} == {4, 5}
    assert counted(current, asked, made).without == 0


def test_units_that_are_not_covered_are_no_frames(current: Current) -> None:
    late = view(current, **{"from": "2017-11-15", "to": "2018-03-31"})
    months = frames.steps(current, late, "month", 1)
    assert months.starts == (date(2017, 12, 1),)
    none = view(current, **{"from": "2017-03-02", "to": "2017-03-04"})
    assert frames.steps(current, none, "week", 1).frames == 0
    assert counted(current, none, frames.steps(current, none, "week", 1)).n.sum() == 0


def test_hours_go_on_after_midnight(current: Current) -> None:
    asked = view(current)
    made = frames.steps(current, asked, "hour", 3)
    assert made.labels()[23] == "23:00-02:00" and made.keys()[7] == "07h"
    by_hour = view_counts.hours_by_weekday(current, asked).groupby("hour")["n"].sum()
    taken = made.taken(counted(current, asked, made).n)
    assert taken[23] == by_hour[23] + by_hour[0] + by_hour[1]


def test_a_frame_is_the_heat_of_its_week(current: Current) -> None:
    asked = view(current)
    made = frames.steps(current, asked, "week", 2)
    place = heat_surface.extent(current)
    assert place is not None
    grid, _ = heat_surface.visible_window(place, 500)
    over = heat_surface.window(place, grid, 500)
    every = frames.heat(current, asked, made, 500, over)
    assert every.dtype == np.float32 and len(every) == made.frames
    k = 20
    start = made.starts[k]
    alone = replace(asked, start=start, end=start + timedelta(days=13))
    wanted = heat_surface.surface(current, alone, 500, over)
    known = np.isfinite(wanted)
    assert (np.isfinite(every[k]) == known).all()
    # frames count by pixel, without where in it: within a few percent of the highest
    assert np.abs(every[k][known] - wanted[known]).max() < 0.03 * wanted[known].max()


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("play", player.UNITS)
def test_pictures_are_few_small_and_on_one_scale(current: Current, play: str) -> None:
    asked = view(current)
    how = MapChoices(bandwidth=300, play=play)
    told = layers.patch(asked, views.answer(asked), "heat", LIGHT, how)
    urls = told["frames"]["pictures"]
    assert 12 <= len(urls) <= 60 and sum(map(len, urls)) < 400_000
    assert len(set(urls)) > len(urls) / 2 and all(u.startswith("data:image/png") for u in urls)
    made = map_layers.steps(asked, player.UNITS[play], 1)
    _, _, top = map_layers.pictures(asked, made, 300, None, LIGHT)
    assert f"{top:g} or more" in told["legend"]["ramp"]["ticks"][-1].replace(",", "")
    fixed = layers.patch(asked, views.answer(asked), "heat", LIGHT, how._replace(scale=7.0))
    assert fixed["legend"]["ramp"]["ticks"][-1] == "7 or more"
    assert density.nice_top([top]) == top


@pytest.mark.usefixtures("screen")
def test_areas_play_in_the_same_classes(current: Current) -> None:
    asked = view(current, area=["Whittier", "Jordan"])
    told = layers.patch(asked, views.answer(asked), "areas", LIGHT, MapChoices(play="by month"))
    frames_told = told["frames"]
    names = views.answer(asked).table["area"].tolist()
    assert len(frames_told["fills"]) == 12 == len(frames_told["counts"])
    for letters, counts in zip(frames_told["fills"], frames_told["counts"]):
        looks = [frames_told["looks"][ord(c) - 97] for c in letters]
        for name, look, n in zip(names, looks, counts):
            if name not in ("Whittier", "Jordan"):
                assert look == "unchosen", name
            else:
                assert (look != LIGHT.paper) == (n > 0), (name, look, n)


@pytest.mark.usefixtures("screen")
def test_without_points_the_areas_still_play(current: Current) -> None:
    asked = view(current, source=["use of force"])
    heat = layers.patch(asked, views.answer(asked), "heat", LIGHT, MapChoices(play="by month"))
    assert "Nothing to draw" in heat["legend"]["title"]
    areas = layers.patch(asked, views.answer(asked), "areas", LIGHT, MapChoices(play="by month"))
    assert len(areas["frames"]["fills"]) == 60  # five and a half years: the newest sixty
