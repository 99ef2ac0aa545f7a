"""Two side by side: numbers against counts by hand, chance alone, links, odd cases."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from data import settings
from data.maps import outlines
from data.patterns import compare
from data.patterns.compare import Pair
from data.storage.store import Current, Store
from data.views import answers, links, seasonality
from data.views.view import View
from geo import forest, rates
from tests.pages.test_pages import opened, said

CLEAR = ("higher", "lower")
PAGE = "pages/compare.py"


@pytest.fixture(autouse=True)
def store(screens: Path) -> Path:
    """The sample."""
    return screens


@pytest.fixture
def current(sample_store: Path) -> Current:
    """The derived table of the sample."""
    store = Store(sample_store)
    return store.at(str(store.stamp()))


def asked(current: Current, **choices: object) -> View:
    """The View of some choices."""
    return links.view(choices, current.meta, settings.load_settings(), datetime.now(UTC))[0]


def units(current: Current) -> gpd.GeoDataFrame:
    return outlines.units(current, "neighborhoods", None)


def stops(current: Current) -> pd.DataFrame:
    """Every police stop: its day and its neighborhood, read plainly."""
    frame = current.query("SELECT source, day, area0 FROM {facts}", []).to_pandas()
    names = [s["name"] for s in current.meta["sources"]]
    places = current.meta["sets"][0]["names"]
    return pd.DataFrame(
        {
            "source": [names[i] for i in frame["source"]],
            "day": pd.to_datetime(frame["day"]),
            "area": [places[i] if i >= 0 else "" for i in frame["area0"]],
        }
    )


def between(rows: pd.DataFrame, source: str, first: str, last: str) -> pd.DataFrame:
    return rows[(rows["source"] == source) & rows["day"].between(first, last)]


def test_two_periods_count_whole_weeks_only(current: Current) -> None:
    view = asked(current, compare="previous period", **{"from": "2017-07-05", "to": "2017-10-03"})
    places = units(current)
    pair = compare.two_periods(current, view, places, np.ones(len(places), bool))
    assert isinstance(pair, Pair)
    assert pair.a.period == "Jul 10 to Oct 1, 2017" and len(pair.a.starts) == 12
    assert pair.b.period == "Apr 10 to Jul 2, 2017" and len(pair.b.starts) == 12
    rows = stops(current)
    now = between(rows, "police-stops", "2017-07-10", "2017-10-01")
    before = between(rows, "police-stops", "2017-04-10", "2017-07-02")
    assert (pair.a.n, pair.b.n) == (len(now), len(before))
    assert pair.a.every == len(between(rows, "police-stops", "2017-07-05", "2017-10-03"))
    table = pair.table.set_index("area")
    for side, held in (("a", now), ("b", before)):
        counts = held["area"].value_counts().reindex(table.index).fillna(0)
        assert (table[side] == counts).all()
    assert pair.overall is not None
    assert pair.overall.ratio[0] == pytest.approx(len(now) / len(before))
    whole = rates.change(pair.a.totals, pair.b.totals)  # as if weeks were independent
    assert pair.overall.lower[0] < whole.lower[0] and pair.overall.upper[0] > whole.upper[0]
    assert pair.season is seasonality.Season.UNKNOWN and pair.overall.finding[0] not in CLEAR
    assert not pair.table["finding"].isin(CLEAR).any()


def test_a_place_with_nothing_before_it_is_halved(current: Current) -> None:
    half = compare.halves(asked(current, compare="previous period"), current)
    assert half is not None and half.start == date(2017, 7, 3)
    other = half.compared()
    assert other is not None and (other.start, other.end) == (date(2017, 1, 2), date(2017, 7, 2))
    shown = asked(current, compare="previous period", **{"from": "2017-08-01", "to": "2017-08-31"})
    assert compare.halves(shown, current) is None
    assert compare.halves(asked(current, compare="nothing"), current) is None


def test_two_sets_are_rates_per_resident(current: Current) -> None:
    places = units(current)
    these = places["name"].isin(["Whittier", "Jordan"]).to_numpy()
    pair = compare.two_sets(current, asked(current), places, these, ~these)
    assert isinstance(pair, Pair)
    rows = between(stops(current), "police-stops", "2017-01-02", "2017-12-31")
    people = places.set_index("name")["population"]
    known = people[people > 0]
    inside = rows["area"].isin(["Whittier", "Jordan"])
    a = inside.sum() / known[["Whittier", "Jordan"]].sum()
    rest = known.drop(["Whittier", "Jordan"])
    b = rows["area"].isin(rest.index).sum() / rest.sum()
    assert pair.overall is not None and pair.overall.ratio[0] == pytest.approx(a / b)
    own = (rows["area"] == "Jordan").sum() / known["Jordan"]
    table = pair.table.set_index("area")
    assert table.loc["Jordan", "ratio"] == pytest.approx(own / b)
    assert table.loc["Jordan", "rate"] == pytest.approx(1000 * own)
    assert (table["side"] == "A").sum() == 2 and len(table) == 87
    assert np.isnan(table.loc["Near - North", "rate"])


def test_two_sources_are_shares_of_what_both_cover(current: Current) -> None:
    view, places = asked(current), units(current)
    other = compare.asked_of(
        view, "use-of-force", current.meta, settings.load_settings(), datetime.now(UTC), ""
    )
    everywhere = np.ones(len(places), bool)
    pair = compare.two_sources(current, view, other, places, everywhere)
    assert isinstance(pair, Pair) and pair.overall is None
    rows = stops(current)
    held = [
        between(rows, name, "2017-01-02", "2017-12-31") for name in ("police-stops", "use-of-force")
    ]
    assert [pair.a.n, pair.b.n] == [len(h) for h in held]
    shares = [h["area"][h["area"] != ""].value_counts(normalize=True)["Whittier"] for h in held]
    row = pair.table.set_index("area").loc["Whittier"]
    assert row["ratio"] == pytest.approx(shares[0] / shares[1])
    assert row["a_share"] == pytest.approx(100 * shares[0])
    back = compare.two_sources(current, other, view, places, everywhere)
    assert isinstance(back, Pair)
    turned = back.table.set_index("area").loc["Whittier"]
    assert turned["ratio"] == pytest.approx(1 / row["ratio"])
    assert turned["p"] == pytest.approx(row["p"], rel=1e-3)


def test_another_source_keeps_what_is_too_young_hidden(current: Current) -> None:
    now, place = datetime(2026, 4, 1, 12, tzinfo=UTC), settings.load_settings()
    official = asked(current, source=["press"])
    assert official.settled_by is None
    other = compare.asked_of(official, "community-made", current.meta, place, now, "")
    assert other.settled_by == datetime(2026, 3, 31, 12)
    late = compare.asked_of(
        official, "community-made", current.meta, place, now, "2030-01-01T00:00"
    )
    assert late.settled_by == datetime(2026, 3, 31, 12)  # a link only makes it earlier
    early = compare.asked_of(
        official, "community-made", current.meta, place, now, "2026-01-01T00:00"
    )
    assert early.settled_by == datetime(2026, 1, 1)


def test_p_ends_where_the_interval_does() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.poisson(4, (300, 20)), rng.poisson(4.4, (300, 20))
    found, plain = forest.ratios(a, b), rates.change(a, b)
    low_p = found.p < 0.05
    # the factor shown is never below 1, so p is at most a little too large
    assert not (low_p & (plain.sure == 0)).any()
    assert (low_p != (plain.sure != 0)).mean() < 0.01
    for level in (0.9, 0.99, 0.999):
        wide = rates.change(a, b, level=level)
        misses = (wide.lower > 1) | (wide.upper < 1)
        assert ((found.p < 1 - level) != misses).mean() < 0.01


def test_p_of_poisson_counts_is_the_mid_p_of_a_binomial() -> None:
    a, b = np.full((1, 200), 0), np.full((1, 200), 0)
    a[0, :40], b[0, :20] = 1, 1  # they vary less than chance: plain Poisson
    p = forest.ratios(a, b).p[0]
    exact = 2 * (stats.binom.sf(40, 60, 0.5) + stats.binom.pmf(40, 60, 0.5) / 2)
    assert p == pytest.approx(exact, rel=0.05)  # t is a little wider than the normal


def test_shuffled_weeks_show_nothing_after_control(current: Current) -> None:
    places = units(current)
    view = replace(asked(current), start=date(2017, 1, 2), end=date(2017, 12, 31))
    pair = compare.two_sets(current, view, places, *(np.ones(len(places), bool),) * 2)
    assert isinstance(pair, Pair)
    weeks, rng = pair.a.counts, np.random.default_rng(11)
    wrong, alone, tested = 0, 0, 0
    for _ in range(60):
        order = rng.permutation(weeks.shape[1])
        found = forest.ratios(weeks[:, order[:26]], weeks[:, order[26:]])
        wrong += bool(np.isin(found.finding, ["higher", "lower"]).any())
        alone += int((found.p < 0.05).sum())
        tested += int(np.isfinite(found.p).sum())
    assert 0.02 < alone / tested < 0.08  # without control: what chance brings
    assert wrong <= 7  # with it: of 60 worlds without a change, about 3 show one anyway


def test_a_planted_change_is_found() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.poisson(10, (80, 26)), rng.poisson(10, (80, 26))
    a[7] = rng.poisson(20, 26)
    found = forest.ratios(a, b)
    assert found.finding[7] == "higher" and (found.finding == "higher").sum() <= 2
    turned = forest.ratios(b, a)
    assert turned.finding[7] == "lower"


def test_few_are_not_tested() -> None:
    a, b = np.zeros((3, 10), int), np.zeros((3, 10), int)
    a[0, :5], a[1, :] = 3, 9
    found = forest.ratios(a, b)
    assert list(found.finding) == ["too few", "higher", "none"]
    assert np.isnan(found.p[[0, 2]]).all() and found.q[1] == found.p[1]


def test_first_look_says_what_was_compared_with_what() -> None:
    app = opened(PAGE)
    assert app.title[0].value == (
        "Police stops\\: no clear change between Jul 3 to Dec 31\\, 2017 and Jan 2 to Jul 2\\, 2017"
    )
    text = said(app)
    assert "There are no earlier records, so we compare the second half with the first." in text
    assert "23,814 incidents in 26 whole weeks" in text
    assert "incidents a week; 95% interval 0.65 to 1.12" in text
    assert (
        "None of 86 neighborhoods changed clearly. Tested one by one, 11 would seem to, about 4"
        in text
    )
    assert "no other year is covered, so nothing is called a rise or a fall" in text
    assert "would usually" not in text  # whatever the rise, none would have been called one
    assert "Showing 40 of 87 areas, largest count first" in text
    assert len(app.dataframe[0].value) == 87
    app.toggle(key="every").set_value(True).run()
    assert "Showing 87 of 87 areas" in said(app)
    app.segmented_control(key="order").set_value("by ratio").run()
    assert "largest ratio first" in said(app) and not app.exception


def test_link_restores_the_screen() -> None:
    link = {
        "against": "two sets of areas",
        "these": ["Whittier", "Jordan"],
        "those": ["Hale", "Kenny"],
        "order": "by ratio",
    }
    app = opened(PAGE, **link)
    assert app.multiselect(key="these").value == ["Whittier", "Jordan"]
    assert app.multiselect(key="those").value == ["Hale", "Kenny"]
    assert app.segmented_control(key="order").value == "by ratio"
    assert "in Whittier and Jordan as in Hale and Kenny" in app.title[0].value
    assert set(app.dataframe[0].value["area"]) == {"Whittier", "Jordan", "Hale", "Kenny"}
    app = opened(PAGE, against="two sources", other="use of force")
    assert app.selectbox(key="other").value == "use of force"
    assert "spread differently in" in app.title[0].value
    assert "most clearly in Downtown West" in app.title[0].value
    assert "these numbers cannot say which" in said(app) and "52,7" not in said(app)


def test_the_filter_on_areas_is_a_set() -> None:
    app = opened(PAGE, against="two sets of areas", area=["Whittier", "Jordan"])
    assert "in Jordan and Whittier as in all other areas" in app.title[0].value
    assert "A, chosen in the filter “Areas”: Jordan, Whittier" in said(app)
    hexes = opened(PAGE, against="two sets of areas", these=["Whittier"], set="hexagons 0.7 km²")
    assert "Hexagons have no residents, so neighborhoods are compared" in said(hexes)
    assert "in Whittier" in hexes.title[0].value


ODD: list[tuple[dict[str, str | list[str]], str]] = [
    ({"compare": "nothing"}, "No earlier period was chosen to compare with"),
    ({"compare": "same period a year before"}, "No comparison with Jan 1 to Dec 31, 2016"),
    (
        {
            "compare": "own period",
            "versus_from": "2017-02-01",
            "versus_to": "2017-04-01",
            "from": "2017-03-01",
        },
        "the two periods overlap",
    ),
    ({"from": "2017-12-31", "to": "2017-12-31"}, "each period needs at least two whole days"),
    ({"from": "2010-01-01", "to": "2010-02-01"}, "No comparison"),
    ({"source": "use of force"}, "No comparison across Sep 1, 2020"),
    ({"source": "press"}, "do not count what happened"),
    ({"set": "hexagons 0.7 km²"}, "Hexagons have no residents: no rate"),
    ({"shape": "800 m around Whittier"}, "A drawn shape cuts areas: no rate"),
    ({"since": "2099-01-01"}, "neither period has a record"),
    ({"against": "two moons"}, "ignored: against=two moons."),
    ({"against": "two sets of areas"}, "Choose the areas of A"),
    ({"against": "two sets of areas", "these": ["Atlantis", "Hale"]}, "ignored: these=Atlantis."),
    ({"against": "two sets of areas", "these": "Whittier", "those": "Whittier"}, "in A already"),
    ({"against": "two sets of areas", "these": "Near - North"}, "Residents not known: no rate"),
    (
        {"against": "two sets of areas", "these": "Whittier", "shape": "2 km around Whittier"},
        "ignored: shape=2 km around Whittier.",
    ),
    (
        {"against": "two sets of areas", "these": "Whittier", "shape": "2000 m around Whittier"},
        "A drawn shape cuts areas",
    ),
    (
        {"against": "two sets of areas", "these": "Whittier", "since": "2099-01-01"},
        "none of the chosen records",
    ),
    ({"against": "two sources", "other": "police stops"}, "cannot be compared with itself"),
    ({"against": "two sources", "other": "{{7*191}}"}, "ignored: other={{7*191}}."),
    ({"against": "two sources", "other": "press"}, "do not count what happened"),
    ({"against": "two sources", "other": "community made"}, "They share no day of this period"),
    ({"against": "two sources", "kind": "traffic stop"}, "no record of use of force"),
    ({"against": "two sources", "source": "press", "other": "community made"}, "do not count what"),
    ({"against": "two sources", "source": "use of force", "other": "police stops"}, "whole weeks"),
    ({"against": "two sources", "set": "hexagons 0.7 km²"}, "no record of use of force"),
]


@pytest.mark.parametrize(("link", "words"), ODD)
def test_odd_cases_are_said(link: dict[str, str | list[str]], words: str) -> None:
    app = opened(PAGE, **link)
    text = said(app) + app.title[0].value
    assert words in text, text
    assert "nan" not in text.lower().replace("financial", "")


def test_all_areas_leave_none_to_compare_with(current: Current) -> None:
    every = current.meta["sets"][0]["names"]
    app = opened(PAGE, against="two sets of areas", these=list(every))
    assert "so none is left for B" in said(app)


def test_made_data_is_said_of_the_other_source() -> None:
    app = opened(PAGE, source="press", against="two sources", other="community made")
    assert any("Demonstration data" in w.value for w in app.warning)


# what lies outside the whole weeks needs neither a record nor a period of its own: the two
# periods in the link, and the whole weeks that are compared
CUT_AWAY = [
    (
        {"from": "2017-07-01", "to": "2017-12-31", "compare": "previous period"},
        "Jul 3 to Dec 31, 2017",
        "Jan 2 to Jun 25, 2017",
    ),  # it begins on Dec 29, 2016
    (
        {
            "from": "2017-06-30",
            "to": "2018-01-03",
            "compare": "own period",
            "versus_from": "2016-12-28",
            "versus_to": "2017-06-04",
        },
        "Jul 3 to Dec 31, 2017",
        "Jan 2 to Jun 4, 2017",
    ),  # both begin or end where nothing is covered
    (
        {
            "from": "2017-07-01",
            "to": "2017-12-31",
            "compare": "own period",
            "versus_from": "2017-01-02",
            "versus_to": "2017-07-02",
        },
        "Jul 3 to Dec 31, 2017",
        "Jan 2 to Jul 2, 2017",
    ),  # two days are in both
]


@pytest.mark.parametrize(("link", "now", "before"), CUT_AWAY)
def test_days_that_whole_weeks_cut_refuse_nothing(
    current: Current, link: dict[str, str], now: str, before: str
) -> None:
    view, places = asked(current, **link), units(current)
    answer = answers.area_table(current, view, places)
    assert answer.comparison is not None, answer.why
    assert (answer.comparison.period, answer.comparison.period_before) == (now, before)
    pair = compare.two_periods(current, view, places, np.ones(len(places), bool))
    assert isinstance(pair, Pair) and (pair.a.period, pair.b.period) == (now, before)
    rows = stops(current)
    first, last = (str(pair.b.starts[i].astype(object)) for i in (0, -1))
    assert pair.b.n == len(
        between(rows, "police-stops", first, str(pd.Timestamp(last) + pd.Timedelta(days=6)))
    )
    assert compare.halves(view, current) is None  # nothing need stand in for the period before


def test_the_year_before_needs_its_whole_weeks_only(current: Current) -> None:
    # use of force is covered from Jan 1, 2016, a Friday, on: the days before belong to a cut week
    link = {"source": ["use of force"], "from": "2016-12-28", "to": "2017-03-05"}
    view = asked(current, **link, compare="same period a year before")
    other = view.compared()
    assert other is not None and other.start == date(2015, 12, 28)  # a Monday
    answer = answers.area_table(current, view, units(current))
    assert answer.comparison is None and "cover Jan 1, 2016" in answer.why
    view = replace(view, start=date(2016, 12, 29))
    answer = answers.area_table(current, view, units(current))
    assert answer.comparison is not None, answer.why
    assert answer.comparison.period_before == "Jan 4 to Feb 28, 2016"


@pytest.mark.parametrize(
    ("weekday", "refused"), [([], True), (["Mon", "Tue"], False), (["Sat"], True)]
)
def test_days_that_weekdays_cut_refuse_nothing(
    current: Current, weekday: list[str], refused: bool
) -> None:
    # less than four weeks are compared by days; Saturday Dec 31, 2016, has no record
    link = {"from": "2017-01-13", "to": "2017-01-25", "compare": "previous period"}
    view = asked(current, **link, weekday=weekday)
    other = view.compared()
    assert other is not None and other.start == date(2016, 12, 31)
    answer = answers.area_table(current, view, units(current))
    assert (answer.comparison is None) == refused, answer.why


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        ("2017-01-01", False),  # a Sunday before the first whole week
        ("2017-01-02", False),  # the first day: all that is compared is after it
        ("2017-01-03", True),
        ("2017-07-01", True),  # between the two
        ("2017-12-24", True),
        ("2017-12-25", False),  # after the last whole week
    ],
)
def test_a_change_of_recording_outside_the_whole_weeks_refuses_nothing(
    sample_store: Path, current: Current, day: str, refused: bool
) -> None:
    sources = [s | {"changes": [[day, "Recording changed."]]} for s in current.meta["sources"]]
    changed = Store(sample_store).at(current.stamp)
    changed.meta = current.meta | {"sources": sources}
    link = {"from": "2017-07-01", "to": "2017-12-28", "compare": "own period"}
    view = asked(changed, **link, versus_from="2017-01-01", versus_to="2017-06-30")
    answer = answers.area_table(changed, view, units(changed))
    assert (answer.comparison is None) == refused, answer.why
    assert ("Recording changed." in answer.why) == refused


def test_periods_that_share_a_whole_step_are_refused(current: Current) -> None:
    link = {"from": "2017-07-01", "to": "2017-12-31", "compare": "own period"}
    view = asked(current, **link, versus_from="2017-01-02", versus_to="2017-07-09")
    answer = answers.area_table(current, view, units(current))
    assert answer.comparison is None and "overlap" in answer.why


@pytest.mark.parametrize("other_years", [0, 3])
def test_what_finding_none_is_worth_is_what_is_found(other_years: int) -> None:
    """The share of rises that would show, told where none is, against rises put in."""
    rng = np.random.default_rng(21)

    def judged(times: float) -> forest.Ratios:
        years = [tuple(rng.poisson(6, (10, 13)) for _ in range(2)) for _ in range(other_years)]
        now, before = rng.poisson(6, (2, 10, 13))
        now[0] = rng.poisson(6 * times, 13)
        return forest.ratios(now, before, years=years or None)

    def told(found: forest.Ratios, times: float) -> float:
        fields = (found.lower, found.upper, found.p, found.usual, found.wider)
        return forest.share_found(*fields, times)

    quiet = [judged(1.0) for _ in range(10)]
    for times in (1.5, 2.0):
        stated = np.mean([told(found, times) for found in quiet])
        measured = np.mean([judged(times).finding[0] == "higher" for _ in range(80)])
        assert abs(stated - measured) < 0.2, (times, stated, measured)
    assert told(quiet[0], 1.1) < told(quiet[0], 2.0) < told(quiet[0], 4.0)
    unknown = forest.ratios(*rng.poisson(6, (2, 10, 13)), years=())
    assert told(unknown, 10.0) < 0.1  # without other years nothing is ever called a rise
    assert told(forest.ratios(np.zeros((2, 13)), np.zeros((2, 13))), 10.0) == 0


def test_areas_of_which_none_is_clear_say_what_would_have_been() -> None:
    quiet = {"source": "use of force", "from": "2019-03-01", "to": "2019-04-30"}
    quiet |= {"compare": "same period a year before"}
    text = said(opened("pages/areas.py", **quiet))
    assert "1 area has 20 incidents or more and is tested. " in text and " in it would" in text
    text = said(opened(PAGE, **quiet))
    assert "The one area tested did not change clearly. " in text and " in it would" in text
