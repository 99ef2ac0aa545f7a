"""Known changes of recording and sources that are no count: what may be said, and what not."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import sources
from data.patterns import compare, hot_spots, near_repeats, neighbors, space_time_scan, weekly_trend
from data.settings import Problem
from data.storage.store import Current
from data.views import answers, recording
from data.views.periods import NoComparison, Obstacle
from data.views.recording import KnownChange
from geo import rates, trends
from tests.pages.test_pages import opened, said, store  # noqa: F401
from tests.sampled import units, view
from ui.parts import intervals

__all__ = ["units"]  # the fixture

FORCE, MADE, PRESS = "use-of-force", "community-made", "press"
CHANGED = date(2020, 9, 1)  # of the uses of force in the sample
SAYS = "The source's notes name a change of recording on Sep 1, 2020: Recorded uses of force per week rise"


def changed(current: Current, source: str, *days: date) -> Current:
    """The same data, of which it is known that recording changed on these days."""
    told = [
        s | {"changes": [[d.isoformat(), "a new form"] for d in days]} if s["name"] == source else s
        for s in current.meta["sources"]
    ]
    found = Current(current.store, current.stamp)
    found.meta = current.meta | {"sources": told}  # in place of what it would read
    return found


def test_a_step_that_a_change_cuts_is_in_no_stretch() -> None:
    mondays = [date(2020, 8, 17) + timedelta(days=7 * i) for i in range(6)]
    on_monday, on_tuesday = KnownChange(date(2020, 8, 31), ""), KnownChange(date(2020, 9, 1), "")
    assert recording.unbroken(mondays, 7, [on_monday]) == (slice(0, 2), slice(2, 6))
    assert recording.unbroken(mondays, 7, [on_tuesday]) == (slice(0, 2), slice(3, 6))
    both = recording.unbroken(mondays, 7, [on_monday, on_tuesday])
    assert both == (slice(0, 2), slice(2, 2), slice(3, 6))
    assert recording.unbroken(mondays, 7, ()) == (slice(0, 6),)
    assert recording.unbroken((), 7, [on_monday]) == (slice(0, 0), slice(0, 0))


def test_the_newest_stretch_begins_with_the_last_change(current: Current) -> None:
    found = recording.newest_stretch(view(current, FORCE), current.meta)
    assert (found.first, found.last) == (CHANGED, date(2021, 8, 31)) and found.days == 365
    assert found.begun is not None and found.begun.day == CHANGED
    before = view(current, FORCE, end=date(2020, 8, 31))
    assert recording.newest_stretch(before, current.meta).begun is None
    after = view(current, FORCE, start=date(2020, 9, 2))
    assert recording.newest_stretch(after, current.meta).begun is None
    assert [c.day for c in recording.changes_near(after, current.meta)] == [CHANGED]
    late = view(current, FORCE, start=CHANGED + timedelta(days=recording.JUST_BEFORE + 1))
    assert not recording.changes_near(late, current.meta)


def test_bands_are_those_of_each_stretch_alone() -> None:
    y = np.random.default_rng(2).poisson(np.repeat([8.0, 60.0], 60), (3, 120))
    found = trends.expected_by_stretch(y, (slice(0, 60), slice(61, 120)))
    for part in (slice(0, 60), slice(61, 120)):
        alone = trends.expected(y[:, part])
        for whole, own in zip(found, alone):
            np.testing.assert_array_equal(whole[..., part], own)
    assert found.method[60] == "" and np.isnan(found.upper[:, 60]).all()
    assert not found.alarm[:, 61:].any() and trends.expected(y).alarm[:, 61:].any()
    few = trends.expected_by_stretch(y, (slice(0, 60), slice(61, 120)), newest=62)
    assert np.flatnonzero(few.method != "").tolist() == [58, 59, *range(71, 120)]


def test_no_alarm_has_a_past_before_a_known_change(current: Current, units: Any) -> None:
    asked = view(current, FORCE, end=date(2020, 10, 4))
    unknown = weekly_trend.alarms(changed(current, FORCE), asked, units, 1)
    assert len(unknown.table) > 5  # what readers were shown: 41 where 11 were expected
    found = weekly_trend.alarms(current, asked, units, 1)
    assert found.table.empty and not found.judged and np.isnan(found.false_a_month)
    assert found.weeks == 4 and found.changed is not None and found.changed.day == CHANGED
    later = weekly_trend.alarms(current, replace(asked, end=date(2020, 11, 29)), units, 1)
    assert later.weeks == 12 and later.judged == 2  # the first weeks with ten before them
    assert later.first == date(2020, 11, 16) and later.last == date(2020, 11, 29)


def test_weeks_before_a_change_keep_their_own_past(current: Current, units: Any) -> None:
    found = weekly_trend.alarms(current, view(current, FORCE, end=date(2020, 9, 20)), units, 1)
    before = weekly_trend.alarms(current, view(current, FORCE, end=date(2020, 8, 30)), units, 1)
    assert found.judged == 1 and found.last == date(2020, 8, 30)  # one is cut, two are later
    assert found.false_a_month == before.false_a_month
    newest = before.table[before.table["week"] == date(2020, 8, 24)]
    assert found.table["area"].tolist() == newest["area"].tolist()


def test_the_trend_has_a_level_on_each_side_of_a_known_change(current: Current, units: Any) -> None:
    found = weekly_trend.trend(current, view(current, FORCE), units, 1)
    table = found.table.set_index("start")
    bare = table.loc["2020-08-31":"2020-11-09"]
    assert len(bare) == 11 and (bare["method"] == "").all() and bare["upper"].isna().all()
    assert table["method"].loc["2020-11-16"] == "short"
    assert table["method"].loc["2020-08-24"] == "farrington"
    (row,) = (r for r in found.breaks.itertuples() if r.known)
    assert row.at == date(2020, 9, 7)  # the first whole week
    edges = sorted(found.breaks["at"])
    after = next((d for d in edges if d > row.at), date(2021, 9, 6))
    own = table.loc["2020-09-07" : str(after - timedelta(days=1)), "n"]
    assert table["level"].loc["2020-09-07"] == pytest.approx(own.mean())
    prior = max((d for d in edges if d < row.at), default=date(2016, 1, 4))
    own = table.loc[str(prior) : "2020-08-30", "n"]  # without the week that is cut
    assert table["level"].loc["2020-08-24"] == pytest.approx(own.mean())


def test_a_change_without_effect_is_no_break() -> None:
    rng, runs = np.random.default_rng(4), 60
    made = rng.poisson(12, (runs, 90))
    shown = [len(trends.change_points(y, replicates=99, known=[40])) for y in made]
    assert np.count_nonzero(shown) <= 12  # 5% for the known week, 5% for a break besides
    near_end = trends.change_points(np.repeat([5.0, 50.0], [85, 5]), replicates=99, known=[85])
    assert near_end.empty  # five weeks are too few to tell


def test_a_known_change_does_not_blur_another_break() -> None:
    y = np.random.default_rng(6).poisson(np.repeat([10, 40, 80], [50, 30, 40])).astype(float)
    found = trends.change_points(y, known=[50])
    assert found["known"].tolist() == [True, False]
    assert found["at"].tolist() == [50, 80]
    assert found["ratio"].to_numpy() == pytest.approx([4, 2], rel=0.15)
    assert (found["p"] < 0.02).all() and (found["low"] <= found["at"]).all()


def test_the_season_is_sought_on_one_side(current: Current, units: Any) -> None:
    found = weekly_trend.seasons(current, view(current, FORCE), units)
    assert found.span == (date(2016, 1, 4), date(2020, 8, 30)) and found.parts is not None
    assert np.isnan(found.parts.trend[243:]).all() and np.isfinite(found.parts.trend[:243]).all()
    short = weekly_trend.seasons(current, view(current, FORCE, start=date(2019, 9, 1)), units)
    assert short.parts is None and short.weeks == 52


def test_the_scan_looks_at_days_since_the_change(current: Current, units: Any) -> None:
    found = space_time_scan.daily(current, view(current, FORCE, end=date(2020, 12, 31)), units)
    assert found.days[0] == CHANGED and len(found.days) == 122
    assert found.changed is not None and found.changed.day == CHANGED
    long_after = space_time_scan.daily(
        changed(current, FORCE, date(2017, 1, 1)), view(current, FORCE), units, 365
    )
    assert len(long_after.days) == 365 and long_after.changed is None


@pytest.mark.parametrize(("unit", "first"), [("month", CHANGED), ("week", date(2020, 9, 7))])
def test_emerging_steps_lie_after_the_change(
    current: Current, units: Any, unit: str, first: date
) -> None:
    every = np.ones(len(units), bool)
    found = hot_spots.over_time(
        current,
        view(current, FORCE),
        units,
        every,
        neighbors.RESIDENTS,
        neighbors.between(current, units, neighbors.TOUCHING),
        unit,
        1,
    )
    assert found.steps.starts[0] == first and found.stretch.begun is not None
    assert found.steps.frames == (12 if unit == "month" else 51)


def test_near_repeats_deal_days_of_one_way_of_recording(current: Current) -> None:
    day = date(2025, 12, 1)
    asked = view(current, MADE, kinds=("search_or_raid",))
    part = near_repeats.repeats(changed(current, MADE, day), asked, 1)
    plain = near_repeats.repeats(current, replace(asked, start=day), 1)
    pd.testing.assert_frame_equal(part.table, plain.table)
    assert (
        part.stretch.first == day and part.records < near_repeats.repeats(current, asked, 1).records
    )
    held = near_repeats.pairable_kinds(changed(current, MADE, day), view(current, MADE))
    assert held == near_repeats.pairable_kinds(current, view(current, MADE, start=day))


@pytest.mark.parametrize(
    ("path", "link", "words"),
    [
        ("now", {"to": "2020-10-04"}, "34 days with data are too few to know what is usual"),
        (
            "now",
            {"to": "2020-11-01"},
            "it takes 10 whole weeks before a week, and there are 8 whole",
        ),
        (
            "now",
            {"to": "2021-03-31"},
            "Weeks are compared only with the 29 whole weeks since then.",
        ),
        ("trend", {}, "so 11 weeks after it have no expected range: it takes 10 whole weeks"),
        ("trend", {"from": "2020-10-01"}, "so 6 weeks after it have no expected range"),
        ("hot_spots", {}, "This map adds up both sides of it"),
        (
            "emerging",
            {"to": "2021-03-31"},
            "7 whole months since the known change of recording in this period",
        ),
        ("emerging", {}, "Only time since then counts"),
        ("map", {}, ""),
        ("map", {"play": "by month"}, ""),
        ("areas", {}, ""),
        ("area", {}, ""),
        ("time", {}, ""),
        (
            "time",
            {"from": "2020-10-01"},
            "The source's notes name a change of recording on Sep 1, 2020, just before:",
        ),
        ("compare", {"against": "two sets of areas", "these": "Whittier"}, ""),
    ],
)
def test_every_page_names_the_change(path: str, link: dict[str, str], words: str) -> None:
    app = opened(f"pages/{path}.py", **{"source": "use of force", **link})
    text = said(app)
    assert words in text, text
    just = "from" in link and path == "time"
    assert (
        path == "trend" or SAYS.replace(": Rec", ", just before: Rec" if just else ": Rec") in text
    )
    assert (
        path != "trend"
        or text.count("The source's notes name a change of recording on Sep 1, 2020") == 1
    )
    assert not app.exception


def test_the_titles_do_not_call_a_change_of_recording_a_rise() -> None:
    app = opened("pages/trend.py", source="use of force")
    title = app.title[0].value.replace("\\", "")
    assert (
        "recorded from the week of Sep 7, 2020" in title and "recording may have changed" in title
    )
    app = opened("pages/now.py", source="use of force", to="2020-10-04")
    assert app.title[0].value == "Too few records to know what is usual"


def test_a_page_without_a_change_says_nothing_of_one() -> None:
    assert "change of recording on" not in said(opened("pages/trend.py"))


# --- sources that are no count


def test_the_press_is_no_count_unless_it_says_so() -> None:
    known = sources.read_catalogue()
    assert [known[n].is_count for n in (FORCE, MADE, PRESS)] == [True, True, False]
    assert not sources.source("paper", {"kind": "press"}, "here").is_count
    assert sources.source("paper", {"kind": "press", "counts": True}, "here").is_count
    assert not sources.source("calls", {"kind": "official", "counts": False}, "here").is_count
    with pytest.raises(Problem, match="counts is true or false"):
        sources.source("calls", {"counts": "no"}, "here")


def test_what_is_no_count_has_no_rate_and_no_comparison(current: Current, units: Any) -> None:
    asked = view(current, PRESS, compare="previous period")
    answer = answers.area_table(current, asked, units)
    assert answer.table[["rate", "rate_low", "rate_high", "smoothed"]].isna().all(axis=None)
    assert answer.comparison is None and "do not count what happened" in answer.why
    every = np.ones(len(units), bool)
    force = view(current, FORCE)
    for found in (
        compare.two_periods(current, asked, units, every),
        compare.two_sets(current, asked, units, every, every),
        compare.two_sources(current, force, asked, units, every),
        compare.two_sources(current, asked, force, units, every),
    ):
        assert isinstance(found, NoComparison) and found.obstacle is Obstacle.NO_COUNT
        assert "not count what happened" in found.sentence
    assert compare.halves(asked, current) is None


@pytest.mark.parametrize(
    "path",
    [
        "map",
        "areas",
        "area",
        "time",
        "compare",
        "now",
        "trend",
        "hot_spots",
        "emerging",
        "near_repeats",
    ],
)
def test_no_page_tells_a_rate_of_what_is_no_count(path: str) -> None:
    app = opened(f"pages/{path}.py", source="press", measure="per 1,000 residents")
    text = said(app) + " ".join(h.value for h in app.title)
    assert "Incidents in the press do not count what happened" in text
    claim = re.search(r"\d per 1,000|\d per km|\d % (more|fewer)|\d times as many", text)
    assert claim is None, claim
    for frame in app.dataframe:
        assert not {"rate", "smoothed", "ratio", "unreliable"} & set(frame.value)
    assert not app.exception


def test_no_heat_and_no_density_of_what_is_no_count() -> None:
    for layer in ("heat", "hexagons"):
        app = opened(source="press", layer=layer)
        assert not app.exception
        with pytest.raises(KeyError):
            app.segmented_control(key="hexagons")


# --- intervals, and periods that are the ones counted


def test_an_end_that_counts_cannot_tell_is_no_number() -> None:
    assert intervals.ratio_interval(0.79, 0.92) == "0.79 to 0.92"
    assert intervals.ratio_interval(0.5, 160094.48) == "0.50 or more"
    assert intervals.ratio_interval(1.2, np.nan) == "1.20 or more"
    assert intervals.ratio_interval(0.0, 3.4) == "at most 3.40"
    assert intervals.ratio_interval(0.0, 160094.48) == "cannot tell: too few"
    now_, before = np.array([[4, 0]]), np.array([[3, 0]])  # all in one week of two each
    found = rates.change(now_, before)
    assert found.upper[0] > 1000 and found.lower[0] < 0.001
    rows = pd.DataFrame({"low": found.lower, "high": found.upper, "ratio": found.ratio})
    assert intervals.with_known_ends(rows)[["low", "high"]].isna().all(axis=None)
    rows = pd.DataFrame({"low": [0.0, 0.5, 0.2], "high": [3.0, 500.0, 0.9]})
    assert intervals.with_known_ends(rows)["high"].tolist()[::2] == [3.0, 0.9]
    assert (
        np.isnan(intervals.with_known_ends(rows)["high"][1]) and rows["high"][1] == 500
    )  # files are exact


def test_no_screen_shows_an_exploded_interval() -> None:
    link = {"source": "community made", "from": "2026-01-12", "to": "2026-02-08"}
    for area in ("Armatage", "Hale", "Whittier"):
        for path in ("area", "areas", "compare"):
            app = opened(f"pages/{path}.py", name=area, area=[area], **link)
            for number in pd.Series(said(app)).str.findall(r"\d+\.\d\d\b")[0]:
                assert float(number) < 1000, said(app)
            for frame in app.dataframe:
                if "high" in frame.value:
                    assert not (frame.value["high"] > intervals.FARTHEST).any()


def test_times_of_next_to_nothing_expected_are_not_told() -> None:
    found = weekly_trend.times_expected(np.array([6, 6]), np.array([0.0, 2.0]))
    assert np.isnan(found[0]) and found[1] == 3


def test_the_period_named_is_the_one_counted() -> None:
    text = said(opened("pages/trend.py"))
    assert "52 weeks, Jan 2 to Dec 31, 2017" in text and "Period: Jan 2 to Dec 31, 2017" in text
    text = said(opened("pages/emerging.py"))
    assert "12 months, Jan 1 to Dec 31, 2017" in text
    text = said(opened("pages/emerging.py", source="use of force", to="2020-08-31"))
    assert "56 months, Jan 1, 2016 to Aug 31, 2020" in text


def test_the_band_bridges_no_week_without_one(current: Current, units: Any) -> None:
    from data.palette import LIGHT
    from ui.patterns.trend_page import TrendPage

    found = weekly_trend.trend(current, view(current, FORCE), units, 1)
    page = TrendPage(view(current, FORCE), 1, found, [KnownChange(CHANGED, "a new form")])
    chart = page.picture(LIGHT).to_dict()
    (rows,) = (rows for rows in chart["datasets"].values() if "upper" in rows[0])
    runs = pd.DataFrame(rows)
    judged = runs.groupby("run")["upper"].agg(lambda v: v.notna().mean())
    assert judged.isin([0, 1]).all() and (judged == 1).sum() == 2
    assert any(
        "run" in layer["encoding"].get("detail", {}).get("field", "") for layer in chart["layer"]
    )
