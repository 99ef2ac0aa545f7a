"""Periods: what is known to the month, whole nights, means by weekday, and the place's own day."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.areas import area_import
from data.files import spreadsheet
from data.imports import importer
from data.imports.options import Options
from data.maps import frames, heat_surface, outlines
from data.palette import LIGHT
from data.patterns import compare, space_time_scan, weekly_trend
from data.privacy import placed_records
from data.settings import Settings
from data.storage import area_sets
from data.storage.store import Current, Store
from data.tables import build
from data.views import (
    answers,
    coverage,
    links,
    paired_periods,
    periods,
    points,
    view_counts,
    whole_records,
)
from data.views.view import DAY, MONTH, View
from tests.conftest import ROOT
from ui.cached import views
from ui.explore import time_page
from ui.frame.menu import VIEW_PAGES
from ui.map import player
from ui.map.choices import MapChoices
from ui.parts import headline, record_list
from ui.patterns.trend_page import TrendPage

NOW = datetime(2026, 11, 22, 14, 31, tzinfo=UTC)
CHICAGO = "America/Chicago"
FORMAT = "%Y-%m[-%d[ %H:%M]]"
WARDS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[w, 44.9], [w + 0.03, 44.9], [w + 0.03, 45], [w, 45], [w, 44.9]]],
            },
        }
        for name, w in (("West", -93.30), ("Middle", -93.27), ("East", -93.24))
    ],
}
Town = Callable[..., Current]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Makes a store of records of these times, in turn in three wards, and opens it."""

    def make(
        times: list[str], zone: str = CHICAGO, stated: str = "", received: list[str] | None = None
    ) -> Current:
        config = tmp_path / "porchlight.toml"
        config.write_text(f'[place]\nname = "Toy"\nzone = "{zone}"\ncrs = "EPSG:26915"\n')
        store, place = Store(tmp_path / "store"), Settings("Toy", zone, crs="EPSG:26915")
        monkeypatch.setenv("PORCHLIGHT_CONFIG", str(config))
        monkeypatch.setenv("PORCHLIGHT_STORE", str(store.root))
        store.root.mkdir(parents=True, exist_ok=True)
        kind = 'kind = "official"\nurl = "https://example.org"\nlicence = "CC0"\n'
        kind += "already_public = true\n"
        (store.root / "sources.toml").write_text(f'[toy]\nsays = "toy records"\n{kind}{stated}\n')
        lines = ["id,time,lat,lon" + (",received_at" if received else "")]
        for i, time in enumerate(times):
            line = f"r{i},{time},{44.96 + i % 7 / 1000:.4f},{-93.29 + i % 3 * 0.03:.4f}"
            lines.append(line + (f",{received[i]}" if received else ""))
        file = tmp_path / "toy.csv"
        file.write_text("\n".join(lines) + "\n")
        options = Options(source="toy", kind="other", time="time", date_format=FORMAT)
        importer.import_file(store, place, file, options, say=lambda _: None)
        (tmp_path / "wards.geojson").write_text(json.dumps(WARDS))
        wards = tmp_path / "wards.geojson"
        area_import.add(store, place, wards, name_column="name", say=lambda _: None)
        build.rebuild(store, place)
        return store.at(str(store.stamp()))

    clear()
    yield make
    clear()


def clear() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def asked(current: Current, **choices: object) -> View:
    settings = Settings(current.meta["place"]["name"], current.meta["place"]["zone"])
    view, wrong = links.view(choices, current.meta, settings, NOW)
    assert not wrong
    return view


def between(current: Current, start: str, end: str, **choices: object) -> View:
    return asked(current, **{"from": start, "to": end, **choices})


def answered(current: Current, view: View) -> answers.Answer:
    return answers.area_table(current, view, outlines.units(current, view.area_set))


def days(first: str, last: str, clock: str = "12:00") -> list[str]:
    """One record on each of these days."""
    return [f"{day:%Y-%m-%d} {clock}" for day in pd.date_range(first, last)]


MONTHS = ["2016-01", "2016-02", "2016-03", "2016-04"] * 6  # as the police of England publish
MIXED = [*days("2016-01-01", "2016-02-29"), *["2016-01", "2016-02"] * 6]


# ---- what is known only to the month


def test_months_end_with_their_last_day_and_are_counted_by_month(town: Town) -> None:
    current = town(MONTHS)
    source = current.meta["sources"][0]
    assert (source["start"], source["end"]) == ("2016-01-01", "2016-04-30")
    assert source["imports"][0]["last"] == "2016-04-30"
    view = asked(current)
    answer = answered(current, view)
    assert answer.step_name == "month" and answer.headline["n"] == 24
    assert answer.series["n"].tolist() == [6, 6, 6, 6] and answer.series["whole"].all()
    assert [f"{d:%Y-%m-%d}" for d in answer.series["start"]][1] == "2016-02-01"
    assert answer.counts.tolist() == [[2] * 4] * 3 and answer.table["n"].tolist() == [8, 8, 8]
    assert answer.headline["no_step"] == 0


def test_months_enter_no_week_and_no_day(town: Town) -> None:
    current = town(MIXED)
    view = asked(current)
    answer = answered(current, view)
    assert answer.step_name == "week" and answer.headline["n"] == 72 == answer.table["n"].sum()
    assert answer.counts.sum() == 60 and answer.series["n"].max() == 7
    assert answer.headline["no_step"] == 12
    said = links.sentence(view, current.meta, answer.headline)
    assert "12 are known only to the month" in said and "in no week, day or hour" in said
    short = answered(current, between(current, "2016-01-28", "2016-02-05"))
    assert short.step_name == "day" and short.series["n"].tolist() == [1] * 9
    every = view_counts.count_series(current, view, "kind")
    assert every["n"].sum() == 72 and every.dropna()["n"].sum() == 60
    assert view_counts.daily(current, view)["n"].max() == 1


@pytest.mark.parametrize(
    ("start", "end", "shown", "left"),
    [
        ("2016-01-10", "2016-03-20", 6, 12),  # only February lies in it
        ("2016-02-10", "2016-02-20", 0, 6),
        ("2016-02-01", "2016-02-29", 6, 0),
        ("2016-02-01", "2016-02-28", 0, 6),
        ("2015-06-01", "2016-12-31", 24, 0),
        ("2016-05-01", "2016-05-31", 0, 0),
    ],
)
def test_a_month_counts_where_it_lies_wholly_in_the_period(
    town: Town, start: str, end: str, shown: int, left: int
) -> None:
    current = town(MONTHS)
    for more in ({}, {"night": "true"}):
        view = between(current, start, end, **more)
        found = view_counts.headline(current, view)
        assert (found["n"], found["no_month"]) == (shown, left)
        said = links.sentence(view, current.meta, found)
        assert (
            f"{left} more are known only to the month, and that month is not wholly" in said
        ) == (left > 0)
        assert whole_records.everything(current, view).num_rows == shown
        assert view_counts.headline(current, between(current, start, end, hours="06-12"))["n"] == 0


def test_a_month_cut_by_what_the_source_covers_still_counts(town: Town) -> None:
    """A record of April by a source that ends on April 15 can only be of its first half."""
    current = town(MONTHS, stated="from = 2016-01-10\nto = 2016-04-15")
    assert view_counts.headline(current, asked(current))["n"] == 24
    cut = view_counts.headline(current, between(current, "2016-01-11", "2016-04-14"))
    assert (cut["n"], cut["no_month"]) == (12, 12)
    answer = answered(current, asked(current))
    assert answer.series["n"].tolist() == [6] * 4
    assert answer.series["whole"].tolist() == [False, True, True, False]


def test_months_are_compared_by_their_days(town: Town) -> None:
    """One record a day: January and February have 60, March and April 61, and nothing rose."""
    each = [f"2016-{m:02d}" for m, n in ((1, 31), (2, 29), (3, 31), (4, 30)) for _ in range(n)]
    current = town(each)
    view = between(current, "2016-03-01", "2016-04-30", compare="previous period")
    other = view.compared()
    assert other is not None
    view = between(
        current,
        "2016-03-01",
        "2016-04-30",
        compare="own period",
        versus_from="2016-01-01",
        versus_to="2016-02-29",
    )
    told = answered(current, view).comparison
    assert told is not None and told.period == "Mar 1 to Apr 30, 2016"
    assert (told.now, told.before, told.steps, told.steps_before) == (30.5, 30.0, 2, 2)
    assert told.change.ratio[0] == pytest.approx(1.0)
    assert "ratio of incidents a day 1.00" in headline.change_sentence(answered(current, view))
    units = outlines.units(current, view.area_set)
    pair = compare.two_periods(current, view, units, np.ones(3, bool))
    assert isinstance(pair, compare.Pair) and pair.unit == "month"
    assert pair.overall is not None and pair.overall.ratio[0] == pytest.approx(1.0)
    cut = paired_periods.pair(view, current)
    assert cut is not None and cut[0].end == date(2016, 4, 30)


def test_pairs_of_weeks_leave_months_out_of_their_maps(town: Town) -> None:
    current = town(MIXED)
    view = between(
        current,
        "2016-02-01",
        "2016-02-29",
        compare="own period",
        versus_from="2016-01-01",
        versus_to="2016-01-31",
    )
    cut = paired_periods.pair(view, current)
    assert cut is not None
    assert [view_counts.headline(current, v)["n"] for v in cut] == [28, 28]


def test_frames_of_months_hold_them_and_of_days_do_not(town: Town) -> None:
    current = town(MONTHS)
    view = asked(current)
    units = outlines.units(current, view.area_set)
    made = frames.steps(current, view, "month", 1)
    assert made.labels() == ["January 2016", "February 2016", "March 2016", "April 2016"]
    assert frames.steps(current, view, "month", 3).labels()[0] == "Jan to Mar 2016"
    assert frames.count_frames(current, view, made, units).n.tolist() == [6] * 4
    for unit in ("day", "week", "hour"):
        made = frames.steps(current, view, unit, 1)
        found = frames.count_frames(current, view, made, units)
        assert found.nothing and found.without == 24
    told = player.player_patch(view, views.answer(view), "areas", LIGHT, MapChoices(play="by day"))
    assert told["frames"] is None and "known to be in a whole day" in told["legend"]["title"]


def test_methods_of_days_leave_months_out_and_count_them(town: Town) -> None:
    current = town(MONTHS)
    view = asked(current)
    units = outlines.units(current, view.area_set)
    near = points.by_day(current, view, 1000)
    assert len(near.x) == 0 and near.without == 24
    grouped, without = points.by_hour(current, view, 1000)
    assert grouped.empty and without == 24
    daily = space_time_scan.daily(current, view, units)
    assert daily.counts.sum() == 0 and daily.without == 24
    assert weekly_trend.view_weeks(current, view, units).starts == []
    no_answer = TrendPage.refuse(view)
    assert no_answer is not None and "known only to the month" in no_answer.title
    mixed = town(MIXED)
    found = weekly_trend.view_weeks(mixed, asked(mixed), outlines.units(mixed, view.area_set))
    assert set(found.total) == {7}
    assert space_time_scan.daily(mixed, asked(mixed), units).without == 12


def test_records_say_the_month_and_no_day(town: Town) -> None:
    current = town([*MONTHS, "2016-03-05", "2016-03-05 10:15"])
    view = asked(current)
    rows = record_list.newest(view, "", [])
    assert set(rows["local_date"]) == {
        *("January 2016", "February 2016", "March 2016", "April 2016", "2016-03-05")
    }
    known = rows[rows["time_precision"] == "month"]
    assert not known["occurred_at"].any() and not known["time"].any()
    assert rows.loc[rows["time_precision"] == "exact", "time"].tolist() == ["10:15"]


def test_every_export_says_the_precision(town: Town) -> None:
    current = town(MONTHS)
    table = whole_records.everything(current, asked(current))
    sheet = pd.read_csv(io.BytesIO(spreadsheet.as_csv(table)))
    assert set(sheet["time_precision"]) == {"month"}
    features = json.loads(whole_records.as_geojson(table, {}))["features"]
    assert {f["properties"]["time_precision"] for f in features} == {"month"}
    parquet = pq.read_table(io.BytesIO(whole_records.as_geoparquet(table, {})))
    assert set(parquet["time_precision"].to_pylist()) == {"month"}


def test_a_release_holds_no_record_known_to_the_month(town: Town) -> None:
    current = town(MIXED)
    store = Store(current.folder.parents[1])
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    found = placed_records.records(store, areas, meta, np.array([1, 2, 3]))
    assert len(found) == 60


@pytest.mark.parametrize("path", [file for file, *_ in VIEW_PAGES])
def test_no_page_puts_a_month_on_its_first_day(town: Town, path: str) -> None:
    town(MONTHS)
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    if path != "pages/map.py":
        app.switch_page(path).run()
    assert not app.exception, app.exception
    text = "\n".join(t.value for t in (*app.text, *app.title))
    assert "24 of 24 incidents" in text or "8 of 24 incidents" in text or "pages/area" in path
    for wrong in ("2016-01-01", "Apr 1, 2016", "Jan 1, 2016", " a day,", "Mon 0", "52 whole"):
        assert wrong not in text, text


# ---- the place's own day


@pytest.mark.parametrize(
    ("zone", "received", "day"),
    [
        ("Pacific/Tongatapu", "2025-03-10T12:30:00Z", "2025-03-11"),  # UTC+13
        ("Pacific/Tongatapu", "2025-03-10T10:30:00Z", "2025-03-10"),
        ("Pacific/Honolulu", "2025-03-10T09:30:00Z", "2025-03-09"),  # UTC-10
        ("Pacific/Honolulu", "2025-03-10T10:30:00Z", "2025-03-10"),
        ("America/Chicago", "2025-03-09T05:30:00Z", "2025-03-08"),  # the clock goes forward that
        ("America/Chicago", "2025-03-10T04:30:00Z", "2025-03-09"),  # night: 6 hours, then 5
        ("America/Chicago", "2025-03-10T05:30:00Z", "2025-03-10"),
    ],
)
def test_new_since_is_the_day_of_the_place(town: Town, zone: str, received: str, day: str) -> None:
    current = town(["2025-03-01 12:00", "2025-03-02 12:00"], zone, received=[received] * 2)
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    assert view_counts.headline(current, asked(current, since=day))["n"] == 2
    assert view_counts.headline(current, asked(current, since=after))["n"] == 0


def test_today_is_that_of_the_place() -> None:
    """The two clocks are 24 hours apart: never on the same day."""
    east, west = (
        coverage.source_days((), {"place": {"zone": zone}, "sources": []})[0]
        for zone in ("Pacific/Kiritimati", "Pacific/Honolulu")
    )
    assert (east - west).days == 1
    assert links.newest_day((), {"place": {"zone": "Pacific/Kiritimati"}, "sources": []}) >= east


# ---- means, not sums


def of_days(counts: dict[str, int], first: str, last: str) -> list[str]:
    """So many records after noon on each weekday, no two of a day at one minute."""
    every = pd.date_range(first, last)
    return [f"{d:%Y-%m-%d} 12:{n:02d}" for d in every for n in range(counts.get(f"{d:%a}", 2))]


def test_the_busiest_weekday_is_the_largest_mean(town: Town) -> None:
    """March 2017 has five Fridays (10 each, 50 in all) and four Mondays (12 each, 48)."""
    current = town(of_days({"Mon": 12, "Fri": 10}, "2017-03-01", "2017-03-31"))
    view = asked(current)
    title = time_page.time_title(view, views.answer(view))
    # 12 and 10 of four and five days are no clear difference; 2 are
    assert title == "Toy records: most at 12:00 to 13:00 and on Mondays and Fridays"
    means = time_page.weekday_means(view)
    assert means["n"][4] > means["n"][0] and means["mean"].tolist() == [12, 2, 2, 2, 10, 2, 2]
    assert means["of"].tolist() == [4, 4, 5, 5, 5, 4, 4]
    assert "Mon 12.0 (4), Tue 2.00 (4), Wed 2.00 (5)" in time_page.said_means(view)
    matrix = time_page.hours(view).set_index(["weekday", "hour"])
    assert matrix.loc[(4, 12), "mean"] == 10 and matrix.loc[(4, 12), "of"] == 5


@pytest.mark.parametrize("seed", range(4))
def test_times_drawn_by_chance_give_no_hour_and_no_weekday(town: Town, seed: int) -> None:
    """One weekday and one hour is always the first; a page that names it names chance."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2017-03-01")
    drawn = start + pd.to_timedelta(rng.integers(0, 92 * 1440, 1500), unit="min")
    # and one report told twenty times
    times = [f"{t:%Y-%m-%d %H:%M}" for t in sorted(drawn)] + [
        f"2017-04-07 18:{m}" for m in range(10, 30)
    ]
    current = town(times, "UTC")
    view = asked(current)
    title = time_page.time_title(view, views.answer(view))
    assert title == "Toy records: no hour and no weekday stands out beyond chance"
    said = time_page.chance_sentence(view)
    assert said.startswith("Hours differ no more than by chance (p 0.")
    assert " and weekdays differ no more than by chance (p 0." in said


def test_the_hours_of_some_records_are_tested_by_the_days_of_these(town: Town) -> None:
    """Only records with an hour tell how much days of these vary."""
    current = town([*days("2017-03-01", "2017-04-30"), *["2017-03-15"] * 300])
    every = time_page.days(asked(current))
    assert every["n"].sum() == 361 and every["timed"].sum() == 61
    assert every["timed"].tolist() == [1] * 61


def test_no_busiest_of_fewer_than_four_of_each(town: Town) -> None:
    current = town(of_days({"Mon": 12}, "2017-03-01", "2017-03-31"))
    three = between(current, "2017-03-06", "2017-03-26")
    assert "Monday" not in time_page.time_title(three, views.answer(three))
    four = between(current, "2017-03-06", "2017-04-02")  # the last days are not covered
    assert "Monday" not in time_page.time_title(four, views.answer(four))
    whole = between(current, "2017-03-01", "2017-03-31")
    assert "Mondays" in time_page.time_title(whole, views.answer(whole))
    two = between(current, "2017-03-06", "2017-03-07")
    assert "12:00" not in time_page.time_title(two, views.answer(two))


def test_hours_are_counted_as_the_clock_has_them(town: Town) -> None:
    current = town(days("2017-03-01", "2017-11-30"))
    spring = periods.covered_hours(
        coverage.cover(between(current, "2017-03-12", "2017-03-12"), current.meta), current
    )
    assert sorted(spring["hour"]) == [h for h in range(24) if h != 2] and set(spring["of"]) == {1}
    autumn = periods.covered_hours(
        coverage.cover(between(current, "2017-11-05", "2017-11-05"), current.meta), current
    )
    assert autumn.set_index("hour")["of"].to_dict() == {h: 1 + (h == 1) for h in range(24)}
    beyond = periods.covered_hours(
        coverage.cover(between(current, "2017-02-01", "2017-12-31"), current.meta), current
    )
    assert beyond["of"].sum() == 24 * 275  # one hour less in spring, one more in autumn
    nights = between(current, "2017-03-01", "2017-03-02", night="true", hours="22-06")
    found = periods.covered_hours(coverage.cover(nights, current.meta), current)
    assert found["of"].sum() == 16 and set(found["weekday"]) == {2, 3}


# ---- nights

# 37 before the first morning, then 20 an evening and 10 after midnight of six whole nights
NIGHTS = [
    *["2017-03-01 03:00"] * 37,
    *[f"2017-03-{d:02d} 21:00" for d in range(1, 8) for _ in range(20)],
    *[f"2017-03-{d:02d} 02:00" for d in range(2, 8) for _ in range(10)],
]


def test_nights_that_are_not_covered_whole_are_cut_and_counted(town: Town) -> None:
    current = town(NIGHTS)
    view = asked(current, night="true")
    answer = answered(current, view)
    found = answer.headline
    assert (found["n"], found["no_night"], found["cut_night"]) == (200, 37, 20)
    assert found["n"] + found["no_night"] == current.meta["rows"]
    said = links.sentence(view, current.meta, found)
    assert "37 more happened before 06:00 on the first day" in said
    assert "20 happened in the last night" in said and "in no whole night" in said
    assert answer.step_name == "night" and answer.series["n"].tolist() == [30] * 6 + [20]
    assert answer.series["whole"].tolist() == [True] * 6 + [False]
    made = frames.steps(current, view, "day", 1)
    assert made.frames == 6
    daily = space_time_scan.daily(current, view, outlines.units(current, view.area_set))
    assert daily.counts.sum(axis=0).tolist() == [30] * 6 and daily.without == 0
    assert heat_surface.covered_weeks(view, current) == pytest.approx(6.75 / 7)
    assert time_page.days(view)["n"].tolist() == [30] * 6


def test_nights_are_compared_over_whole_ones(town: Town) -> None:
    """Thirty a night in each: the cut one made the second period look quieter."""
    current = town(NIGHTS)
    view = between(
        current,
        "2017-03-04",
        "2017-03-07",
        night="true",
        compare="own period",
        versus_from="2017-03-01",
        versus_to="2017-03-03",
    )
    answer = answered(current, view)
    told = answer.comparison
    assert told is not None and (told.now, told.before) == (30, 30)
    assert (told.steps, told.steps_before) == (3, 3)
    assert "30.0 a night in Mar 4 to Mar 6, 2017" in headline.change_sentence(answer)
    assert "over 3 whole nights" in headline.change_sentence(answer)


@pytest.mark.parametrize(
    ("choices", "edges"),
    [
        ({"hours": "12-24"}, (0, 0)),  # no hour asked for counts to another day
        ({"hours": "22-06"}, (37, 0)),
        ({"weekday": ["Wed", "Thu"]}, (0, 0)),  # March 1 was a Wednesday: the 37 are Tuesday's
        ({"weekday": ["Tue"]}, (37, 20)),
        ({"from": "2017-03-02", "to": "2017-03-06"}, (10, 0)),
        ({"from": "2017-02-20", "to": "2017-03-20"}, (0, 20)),
    ],
)
def test_edges_of_nights_follow_the_other_filters(
    town: Town, choices: dict[str, object], edges: tuple[int, int]
) -> None:
    current = town(NIGHTS)
    found = view_counts.headline(current, asked(current, night="true", **choices))
    assert (found["no_night"], found["cut_night"]) == edges


def test_a_month_is_whole_also_by_nights(town: Town) -> None:
    current = town(MONTHS)
    view = asked(current, night="true")
    assert coverage.cover(view, current.meta).whole(MONTH).all()
    assert not coverage.cover(view, current.meta).whole(DAY)[-1]
    assert frames.steps(current, view, "month", 1).frames == 4
