"""Findings of the pages of patterns on the sample: found where they are, and none in noise."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.sparse import csgraph

from data import palette
from data.maps import outlines
from data.patterns import (
    episodes,
    hot_spots,
    near_repeats,
    neighbors,
    power,
    space_time_scan,
    weekly_trend,
)
from data.sample import made_reports
from data.storage.store import Current
from data.views import answers, points, view_counts
from data.views.filters import period
from data.views.recording import KnownChange, Stretch
from data.views.view import View
from geo import hot_areas, prospective, rates, tabulate
from geo.breaks import change_points
from geo.emerging import WITHOUT_CHANGE
from geo.episodes import duplicate_pairs, first_reports
from geo.hot_spots import benjamini_hochberg
from tests.sampled import units, view
from ui.patterns.near_repeats_page import NearRepeatsPage
from ui.patterns.now_page import NoUsual, NowPage
from ui.patterns.trend_page import TrendPage

__all__ = ["units"]  # the fixture

STOPS, FORCE, MADE = "police-stops", "use-of-force", "community-made"
RISEN = date(2026, 2, 8)  # the newest day while the planted rise lasted


def now(found: Any, newest: Any = None, longest: int = space_time_scan.USUAL_DAYS) -> NowPage:
    """The page Now of what was found; its weeks are not asked for here."""
    whole = View("", (), date(2017, 1, 1), date(2017, 12, 31))
    return NowPage(whole, longest, 1, found, None, newest)


def counted(current: Current, units: Any, source: str) -> np.ndarray:
    return answers.area_table(current, view(current, source), units).table["n"].to_numpy()


def test_hot_spots_are_those_of_the_standardized_rate(current: Current, units: Any) -> None:
    n, every = counted(current, units, FORCE), np.ones(len(units), bool)
    near_ = neighbors.between(current, units, neighbors.TOUCHING)
    found = hot_spots.hot(current, units, n, every, neighbors.RESIDENTS, near_, 1)
    people = units["population"].to_numpy(float)
    rate = rates.standardized(n, np.where(people > 0, people, np.nan))
    expected = hot_areas.find(rate, near_, hot_spots.PERMUTATIONS, 1)
    np.testing.assert_allclose(found.table["z"], expected.z, rtol=1e-9)
    assert found.table["label"].tolist() == expected.label.tolist()
    assert set(found.table.loc[~(people > 0), "label"]) == {"none"}
    assert found.tested == int((people > 0).sum())
    row = units["name"].tolist().index("Loring Park")
    assert found.table["label"][row] == "hot"
    star = near_.toarray()[row].astype(bool) & (people > 0)
    star[row] = True
    held = people > 0
    times = (n[star].sum() / people[star].sum()) / (n[held].sum() / people[held].sum())
    assert found.table["times"][row] == pytest.approx(times)


def test_hot_spots_by_ground_divide_by_km2(current: Current, units: Any) -> None:
    """Every area can be tested then, also those of which residents are not known."""
    n, every = counted(current, units, STOPS), np.ones(len(units), bool)
    near_ = neighbors.between(current, units, neighbors.TOUCHING)
    found = hot_spots.hot(current, units, n, every, neighbors.GROUND, near_, 1)
    metric = units.to_crs(26915)  # UTM of the place: another way to its square kilometres
    km2 = metric.area.to_numpy() / 1e6
    expected = hot_areas.find(rates.standardized(n, km2), near_, hot_spots.PERMUTATIONS, 1)
    np.testing.assert_allclose(found.table["own"], n / km2, rtol=2e-3)
    np.testing.assert_allclose(found.table["z"], expected.z, atol=0.02)
    assert found.table["label"].tolist() == expected.label.tolist()
    assert found.tested == len(units) and found.place == pytest.approx(n.sum() / km2.sum(), 2e-3)


@pytest.mark.parametrize("how", neighbors.WEIGHTS)
@pytest.mark.parametrize("area_set", ["neighborhoods", "hexagons 0.7 km²"])
def test_every_choice_of_neighbors_gives_every_unit_some(
    current: Current, how: str, area_set: str
) -> None:
    held = outlines.units(current, area_set)
    found = neighbors.between(current, held, how)
    assert found.shape == (len(held), len(held)) and not found.diagonal().any()
    assert (found.sum(axis=1) > 0).mean() > 0.9


def test_areas_dealt_anew_show_no_hot_spot(current: Current, units: Any) -> None:
    rng = np.random.default_rng(11)
    people = neighbors.exposure(current, units, neighbors.RESIDENTS)
    rate = rates.standardized(counted(current, units, FORCE), people)
    near_ = neighbors.between(current, units, neighbors.TOUCHING)
    held = np.flatnonzero(np.isfinite(rate))
    runs = 0
    for seed in range(40):
        dealt = rate.copy()
        dealt[held] = rng.permutation(rate[held])
        runs += bool(np.isin(hot_areas.find(dealt, near_, 999, seed).label, ["hot", "cold"]).any())
    assert runs <= 5  # 5% of 40 are 2; more than 5 comes up in 1 of 70 such tests


def test_the_cube_is_counted_by_month(current: Current, units: Any) -> None:
    every = np.ones(len(units), bool)
    found = hot_spots.over_time(
        current,
        view(current, STOPS),
        units,
        every,
        neighbors.RESIDENTS,
        neighbors.between(current, units, neighbors.TOUCHING),
        "month",
        1,
    )
    assert found.state.shape == (87, 12) and found.counts.sum() > 51_000
    assert set(np.unique(found.state)) <= {-1, 0, 1} and (found.state != 0).any()
    assert found.state[~np.isfinite(found.z)].sum() == 0


def test_the_planted_rise_is_found_where_and_when_it_was_planted(
    current: Current, units: Any
) -> None:
    found = space_time_scan.daily(current, view(current, MADE, end=RISEN), units)
    newest = space_time_scan.find_unusual(current, found, units, space_time_scan.USUAL_DAYS, 1)
    top = newest.table.iloc[0]
    assert top["area"] == made_reports.RISE_AREA and top["unusual"] and top["p"] <= 0.01
    began = pd.Timestamp(top["since"])
    assert abs((began - made_reports.RISE[0]).days) <= 3
    assert made_reports.RISE_REPORTS * 0.8 < top["cases"] < made_reports.RISE_REPORTS * 1.5
    assert (
        newest.least_rise is None
        and newest.earlier == newest.looks + space_time_scan.USUAL_DAYS - 1
    )
    text = "\n".join(now(found, newest).sentences())
    assert "a cluster this strong less than once in 101 days" in text
    assert f"Tried on {newest.earlier} earlier days in the same way" in text


@pytest.mark.parametrize("source", [STOPS, FORCE, MADE])
def test_nothing_is_unusual_where_days_are_dealt_anew(
    current: Current, units: Any, source: str
) -> None:
    """Whole days, and each area's days: incidents dealt one by one called 77 of 100 unusual."""
    found = space_time_scan.daily(current, view(current, source), units)
    at = units.to_crs(current.meta["place"]["crs"]).centroid
    rng, runs = np.random.default_rng(5), 0
    for seed in range(4):
        whole = found.counts[:, rng.permutation(found.counts.shape[1])]
        for counts in (whole, rng.permuted(found.counts, axis=1)):
            scan = prospective.scan(
                counts, at.x, at.y, space_time_scan.USUAL_DAYS, space_time_scan.SHARE, 499, seed
            )
            runs += bool((scan.clusters["p"] <= 1 / space_time_scan.RARE).any())
    assert runs <= 1  # two of 8 come up by chance in 1 of 350 such tests


@pytest.mark.parametrize("source", [STOPS, FORCE])
def test_a_source_is_as_seldom_unusual_in_its_past_as_stated(
    current: Current, units: Any, source: str
) -> None:
    """Incidents dealt one by one called 98 of 100 days of the stops unusual."""
    found = space_time_scan.daily(current, view(current, source), units)
    newest = space_time_scan.find_unusual(current, found, units, space_time_scan.USUAL_DAYS, 1)
    assert newest.earlier > 150 and newest.called / newest.earlier <= 0.02
    assert not newest.table["unusual"].any() and newest.least_rise in dict(power.RISES)
    text = "\n".join(now(found, newest).sentences())
    name = dict(power.RISES)[newest.least_rise]
    assert f"{name[0].upper()}{name[1:]} for two weeks in 5 areas next to each other" in text


@pytest.mark.parametrize("area_set", ["neighborhoods", "hexagons 0.7 km²"])
def test_reports_of_one_event_count_once(current: Current, area_set: str) -> None:
    asked = view(current, MADE, area_set=area_set)
    held = outlines.units(current, area_set)
    found = space_time_scan.daily(current, asked, held)
    counted = view_counts.by_area_and_step(current, asked, 1)
    every = tabulate.aligned(held["unit"], counted.units, counted.counts)
    second = every - found.counts
    assert second.min() == 0 and second.sum() == found.again
    assert made_reports.DUPLICATES / 3 < found.again < made_reports.DUPLICATES
    reports = points.reports(current, asked, "day", 10_000)
    pairs = duplicate_pairs(
        *(reports[c] for c in ("x", "y", "hours")), 150, 1, same=[reports["kind"]]
    )
    again = episodes.repeated(reports)
    assert set(np.flatnonzero(again)) <= set(pairs["second"])
    assert not again[np.setdiff1d(pairs["first"], pairs["second"])].any()  # the first stays
    days = pd.to_datetime(reports["step"][again]).dt.date
    for unit, day in list(zip(reports["unit"][again], days))[:20]:
        row = np.flatnonzero(held["unit"].to_numpy() == unit)
        assert not len(row) or second[row[0], found.days.index(day)] >= 1
    newest = space_time_scan.find_unusual(current, found, held, 7, 1)
    text = "\n".join(now(found, newest, 7).looked_at())
    assert f"{every.sum():,} reports count as {found.counts.sum():,} events" in text
    assert space_time_scan.daily(current, view(current, STOPS), held).again is None


def test_what_now_cannot_tell_is_a_sentence(current: Current, units: Any) -> None:
    whole = space_time_scan.daily(current, view(current, FORCE), units)
    one, late, huge = (np.zeros_like(whole.counts) for _ in range(3))
    one[3] = 1
    late[:, -5:] = 9
    huge[:3, 300] = 900
    short = replace(whole, counts=whole.counts[:, :100], days=whole.days[:100], changed=None)
    gone = np.roll(huge, -200, axis=1)
    for found, why, said in (
        (replace(whole, counts=gone), NoUsual.EARLIER_RECORDS, "0 of the 2,700 incidents in areas"),
        (
            replace(whole, counts=np.zeros_like(whole.counts)),
            NoUsual.NO_RECORD,
            "None of the chosen records has both",
        ),
        (replace(whole, counts=one), NoUsual.ONE_AREA, "All 365 incidents, Sep 1, 2020"),
        (replace(whole, counts=late), NoUsual.EARLIER_RECORDS, "0 of the 3,915 incidents in areas"),
        (
            replace(whole, counts=late // 9 * (np.arange(87)[:, None] < 2)),
            NoUsual.RECORDS,
            "10 incidents in areas",
        ),
        (short, NoUsual.DAYS, "100 days with data are too few"),
        (
            replace(short, counts=np.zeros((87, 0), int), days=[]),
            NoUsual.DAYS,
            "0 days with data are too few",
        ),
        (replace(whole, counts=huge), None, None),
    ):
        page = now(found)
        if said is None:
            assert page.why_not() is None
        else:
            assert page.why_not() is why and page.sentences()[0].startswith(said)
    newest = space_time_scan.find_unusual(
        current, replace(whole, counts=huge), units, space_time_scan.USUAL_DAYS, 1
    )
    assert not newest.table["unusual"].any()


def test_days_that_are_not_asked_for_are_no_zeros(current: Current, units: Any) -> None:
    every = space_time_scan.daily(current, view(current, STOPS), units)
    fridays = space_time_scan.daily(current, view(current, STOPS, weekdays=(4,)), units)
    assert len(every.days) == 365 and len(fridays.days) == 52
    at = [i for i, d in enumerate(every.days) if d.weekday() == 4]
    assert (fridays.counts == every.counts[:, at]).all()


def test_near_repeats_count_pairs(current: Current) -> None:
    asked = view(current, MADE, kinds=("search_or_raid",))
    found = near_repeats.repeats(current, asked, 1)
    held = points.by_day(current, asked, near_repeats.MOST_PAIRED)
    first = first_reports(held.x, held.y, held.day, held.hour, 150, 1)
    assert found.doubles == (~first).sum() > 0 and found.records == first.sum()
    x, y, day = held.x[first], held.y[first], held.day[first]
    gap = np.abs(x[:, None] - x) + np.abs(y[:, None] - y)
    days = np.abs(day[:, None] - day)
    pairs = np.triu((gap > 1) & (gap <= 100) & (days == 0), 1).sum()
    row = found.table[(found.table["space_to"] == 100) & (found.table["time_to"] == 0)].iloc[0]
    assert row["observed"] == pairs
    # second reports of one event are all that the made reports have of near repeats
    assert found.strongest is None
    assert (
        found.records + found.doubles + found.without
        == answers.area_table(current, asked, outlines.units(current, "neighborhoods")).headline[
            "n"
        ]
    )


@pytest.mark.parametrize("theme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_numbers_of_near_repeats_are_never_of_the_paper_s_color(
    current: Current, theme: palette.Theme
) -> None:
    """In the dark they were, wherever a cell had no color."""
    asked = view(current, MADE, kinds=("search_or_raid",))
    page = NearRepeatsPage(asked, "search or raid", 1, near_repeats.repeats(current, asked, 1))
    color = page.picture(theme).to_dict()["layer"][-1]["encoding"]["color"]
    # on a cell without color; the paper's own only on the strongest colors
    assert palette.contrast(color["value"], theme.paper) >= 4.5
    first, second = color["condition"]
    assert first["value"] == theme.paper and second["value"] == theme.ink


def test_what_a_day_holds_makes_later_days_no_surer() -> None:
    """Crews that stop many in a day: surely pairs of the same day, and none of later days."""
    rng, later, same = np.random.default_rng(12), 0, 0
    for seed in range(8):
        x, y = np.repeat(rng.uniform(0, 5000, (2, 300)), 3, axis=1) + rng.uniform(0, 200, (2, 900))
        day = np.repeat(rng.integers(0, 365, 300), 3).astype(float)
        found = near_repeats.paired(
            points.Points(x, y, day, 24 * day + np.tile([2.0, 9.0, 16.0], 300), 0),
            Stretch(date(2025, 1, 1), date(2025, 12, 31)),
            seed,
        )
        later, same = later + bool(found.strongest), same + bool(found.same_day)
        by = found.table.groupby(found.table["time_to"] > 0)
        for _, rows in by:
            np.testing.assert_allclose(rows["q"], benjamini_hochberg(rows["p"]))
    assert same == 8 and later <= 2


def test_the_proposed_duplicates_are_what_counts_once(current: Current) -> None:
    asked = view(current, MADE, kinds=("search_or_raid",))
    pairs = episodes.find_episodes(current, asked, 200, 3, 2).pairs
    first, second = (pairs[c].to_numpy() for c in ("first", "second"))
    held = int(max(first.max(), second.max())) + 1
    links = sparse.coo_array((np.ones(len(pairs)), (first, second)), shape=(held, held))
    doubles = held - csgraph.connected_components(links, directed=False)[0]
    found = near_repeats.repeats(current, asked, 1)
    held = points.by_day(current, asked, near_repeats.MOST_PAIRED)
    timed = np.isfinite(held.hour)
    first = first_reports(held.x, held.y, held.day, held.hour, 150, 1)
    assert (~first[timed]).sum() == doubles > 0 and found.doubles >= doubles


@pytest.mark.parametrize("source", [STOPS, FORCE])
def test_whole_days_dealt_anew_change_no_area(current: Current, units: Any, source: str) -> None:
    """Hot areas stay hot, for places differ; but no word says that they changed."""
    asked, people = view(current, source), units["population"].to_numpy(float)
    people = np.where(people > 0, people, np.nan)
    near_ = neighbors.between(current, units, neighbors.TOUCHING)
    daily = space_time_scan.daily(current, asked, units, 364).counts
    edges = np.arange(0, daily.shape[1] - 27, 28)  # 13 steps
    rng, said, hot_at_all = np.random.default_rng(7), 0, 0
    for seed in range(10):
        dealt = daily[:, rng.permutation(daily.shape[1])]
        found = hot_spots.histories(np.add.reduceat(dealt, edges, axis=1), people, near_, seed)
        said += any(str(label).split()[0] in WITHOUT_CHANGE for label in found.label)
        hot_at_all += bool((found.state != 0).any())
    assert said <= 2 and hot_at_all >= 5


def test_the_smallest_rise_is_one_that_is_found(current: Current, units: Any) -> None:
    """Areas alike, and many incidents in each: half as many again shows. Of few it does not."""
    every = np.ones(len(units), bool)
    people = np.nan_to_num(units["population"].to_numpy(float))
    args = (every, neighbors.RESIDENTS, neighbors.between(current, units, neighbors.TOUCHING), 1)
    many = np.random.default_rng(8).poisson(people / 20)
    few = np.random.default_rng(9).poisson(people / 2000)
    large = hot_spots.smallest(current, units, many, *args)
    small = hot_spots.smallest(current, units, few, *args)
    assert large is not None and large <= 1.5
    assert small is None or small > large
    assert hot_spots.smallest(current, units, np.zeros(len(units), int), *args) is None


def test_episodes_join_second_reports(current: Current) -> None:
    found = episodes.find_episodes(current, view(current, MADE), 200, 3, 2)
    held = found.records[found.records["episode"] >= 0].groupby("episode")
    assert found.table["size"].sum() == sum(len(g) for _, g in held)
    assert found.table["size"].is_monotonic_decreasing and found.table["size"].min() >= 2
    senders = held["origin"].nunique().reindex(found.table["episode"]).to_numpy()
    assert (found.table["sources"].to_numpy() <= np.maximum(senders, 1)).all()
    assert found.found_pairs >= made_reports.DUPLICATES / 4
    first, second = (found.records.iloc[found.pairs[c]] for c in ("first", "second"))
    assert (first["kind"].to_numpy() == second["kind"].to_numpy()).all()
    far = np.hypot(
        first["x"].to_numpy() - second["x"].to_numpy(),
        first["y"].to_numpy() - second["y"].to_numpy(),
    )
    assert (far <= episodes.PAIR_METRES + 1e-6).all()


def test_episodes_name_the_usual_area_and_count_their_kinds() -> None:
    """As pandas counts the records of each episode alone, in the same order."""
    rng, n = np.random.default_rng(6), 600
    records = pd.DataFrame(
        {
            "episode": pd.factorize(rng.integers(-1, 90, n))[0] - 1,
            "kind": rng.choice(["stop", "search", "arrest"], n, p=[0.6, 0.3, 0.1]),
            "area": pd.Series(rng.choice(["Kenwood", "Corcoran", ""], n)).replace("", None),
            "lon": rng.uniform(-93.3, -93.2, n),
            "lat": rng.uniform(44.9, 45.0, n),
        }
    )
    table = pd.DataFrame({"episode": rng.permutation(records["episode"].max() + 1)})
    found = episodes._told(table, records, 4)
    for row in found.itertuples():
        held = records[records["episode"] == row.episode]
        assert list(row.kinds.items()) == list(held["kind"].value_counts().to_dict().items())
        names = held["area"].mode()
        assert row.area == (names.iloc[0] if len(names) else "")


def test_episodes_of_reports_lie_no_finer_than_a_block(current: Current) -> None:
    from data.maps.incidents import BLOCK

    assert episodes.find_episodes(current, view(current, MADE), 200, 3, 2).shift == BLOCK


def test_recording_breaks_upward_in_september_2020(current: Current, units: Any) -> None:
    found = weekly_trend.trend(current, view(current, FORCE), units, 1)
    up = found.breaks[found.breaks["ratio"] > 1]
    assert len(up) == 1
    row = up.iloc[0]
    assert date(2020, 8, 24) <= row["low"] <= row["at"] <= row["high"] <= date(2020, 9, 28)
    assert 1 < row["ratio_low"] < row["ratio"] < row["ratio_high"]
    assert row["same"] / row["judged"] > 0.8  # everywhere at once
    said = "\n".join(TrendPage(view(current, FORCE), 1, found, CHANGES).sentences())
    assert "notes name a change of recording on Sep 1, 2020: a new form" in said
    assert said.count("Sep 1, 2020: ") == 1 and "Recording changed" not in said
    # the level after is divided by that of the whole stretch before, not of the last weeks
    assert row["before_to"] == row["at"] - timedelta(days=1)
    before = found.table[found.table["start"].dt.date.between(row["before_from"], row["before_to"])]
    after = found.table[found.table["start"].dt.date >= row["at"]]
    assert after["n"].mean() / before["n"].mean() == pytest.approx(row["ratio"], rel=0.1)
    assert f"as in {period(row['before_from'], row['before_to'])} (" in said
    said = "\n".join(TrendPage(view(current, FORCE), 1, found, []).sentences())
    assert "can be a change of recording" in said


CHANGES = [KnownChange(date(2020, 9, 1), "a new form")]


def test_the_week_of_may_25_2020_stands_out_for_chemical_irritants(
    current: Current, units: Any
) -> None:
    asked = view(current, FORCE, forces=("chemical_irritant",))
    found = weekly_trend.trend(current, asked, units, 1).table
    week = found[found["start"] == "2020-05-25"].iloc[0]
    assert week["n"] == 23 == found["n"].max() and week["alarm"]
    assert found["n"].nlargest(2).tolist() == [23, 15]
    newest = weekly_trend.alarms(current, replace(asked, end=date(2020, 6, 7)), units, 1)
    top = newest.table.iloc[0]
    assert (
        top["area"] == weekly_trend.ALL_AREAS
        and top["week"] == date(2020, 5, 25)
        and top["n"] == 23
    )
    assert 0 < newest.false_a_month < 0.5


def test_shuffled_weeks_have_no_break(current: Current, units: Any) -> None:
    n = weekly_trend.trend(current, view(current, FORCE), units, 1).table["n"].to_numpy(float)
    rng = np.random.default_rng(3)
    broken = [len(change_points(rng.permutation(n), replicates=99, seed=s)) for s in range(20)]
    assert np.count_nonzero(broken) <= 4  # 5% of 20 runs is one; five come up in 1 of 400


def test_the_planted_rise_alarms_where_it_was_planted(current: Current, units: Any) -> None:
    found = weekly_trend.alarms(current, view(current, MADE, end=RISEN), units, 1)
    top = found.table.groupby("area")["times"].sum().idxmax()
    assert top == made_reports.RISE_AREA and found.judged == weekly_trend.NEWEST
