"""Views: the same numbers as a plain count in pandas, and links that bring them back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import words
from data.maps import outlines
from data.settings import Settings
from data.storage.store import Current
from data.views import answers, coverage, links, pixel_counts, view_counts
from data.views.filters import FILTERS, parse_hours, set_names
from data.views.view import View
from data.words import HEXAGONS
from geo.mercator import Grid

NOW = datetime(2026, 11, 22, 14, 31, tzinfo=UTC)
WORLD = Grid(12, 0, 0, 1 << 18, 1 << 18)
PLACE = Settings("Minneapolis", "America/Chicago", opens={"source": "police-stops"})


@pytest.fixture(scope="module")
def facts(current: Current) -> pd.DataFrame:
    """The same rows in memory, for counting plainly."""
    return current.query("FROM {facts}").to_pandas()


def view(current: Current, **choices: Any) -> View:
    """The View of some choices, as the sidebar would make it."""
    return links.view(choices, current.meta, PLACE, NOW)[0]


def plainly(facts: pd.DataFrame, asked: View, current: Current) -> pd.DataFrame:
    """The rows of a View, filtered row by row in pandas."""
    f = facts.copy()
    day = pd.to_datetime(f["day"])
    early = f["hour"].lt(6).fillna(False).astype(bool) & asked.night
    f["when"] = day - pd.to_timedelta(early.astype(int), unit="D")
    f["dow"] = f["weekday"].where(~early, (f["weekday"] + 6) % 7)
    names = [s["name"] for s in current.meta["sources"]]
    held = f["source"].isin([names.index(n) for n in asked.sources])
    held &= f["when"].between(pd.Timestamp(asked.start), pd.Timestamp(asked.end))
    if asked.hours:
        a, b = asked.hours
        inside = [h for h in range(24) if (a <= h < b if a < b else h >= a or h < b)]
        held &= f["hour"].isin(inside)
    if asked.weekdays:
        held &= f["dow"].isin(asked.weekdays)
    for column, chosen in (
        ("kind", asked.kinds),
        ("via", asked.vias),
        ("setting", asked.settings),
        ("response", asked.responses),
        ("place_precision", asked.place_precisions),
        ("time_precision", asked.time_precisions),
    ):
        if chosen:
            held &= f[column].isin([words.CODES[column][w] for w in chosen])
    grades = asked.grades or tuple(w for w in words.CODES["grade"] if w != "rejected")
    held &= f["grade"].isin([words.CODES["grade"][g] for g in grades])
    if asked.forces:
        bits = [1 << words.CODES["force"][w] for w in asked.forces]
        held &= np.any([f["force"].to_numpy() & b > 0 for b in bits], axis=0)
    if asked.areas:
        listed = current.meta["sets"][0]["names"]
        held &= f["area0"].isin([listed.index(a) for a in asked.areas])
    if asked.since:
        held &= pd.to_datetime(f["received"]) >= pd.Timestamp(asked.since)
    if asked.settled_by:
        settled = f["settled_at"].isna() | (f["settled_at"] <= asked.settled_by)
        held &= settled
    return f[held]


CHOICES = [
    {},
    {"from": "2017-09-01", "to": "2017-11-30", "hours": "22-06", "night": "true"},
    {"hours": "20-04", "weekday": ["Fri", "Sat"], "night": "true"},
    {"hours": "22-06", "weekday": ["Fri"]},
    {"hours": "06-12", "kind": ["traffic stop"]},
    {"source": ["use of force"], "force": ["taser", "firearm"], "via": ["call 911"]},
    {"source": ["press"], "response": ["crowd control"]},
    {"source": ["press"], "hours": "08-20"},
    {"source": ["community made"], "grade": ["verified", "corroborated"], "place": ["block"]},
    {"source": ["community made"], "setting": ["school", "clinic"]},
    {"source": ["community made"], "settled": "2026-01-15T00:00"},
    {"area": ["Whittier", "Jordan"], "night": "true"},
    {"since": "2099-01-01"},
]


@pytest.mark.parametrize("choices", CHOICES)
def test_counts_equal_a_plain_count(
    current: Current, facts: pd.DataFrame, choices: dict[str, Any]
) -> None:
    asked = view(current, **choices)
    rows = plainly(facts, asked, current)
    assert view_counts.headline(current, asked)["n"] == len(rows)

    found = view_counts.by_area_and_step(current, asked, 7)
    units, counts, *_ = found
    wanted = rows.groupby("area0").size()
    assert dict(zip(units.tolist(), found.n.tolist())) == wanted.to_dict()
    first = coverage.origin(asked, 7)
    days_known = rows[rows["weekday"].notna()]
    assert found.months.sum() == len(rows) - len(days_known)
    week = (days_known["when"] - pd.Timestamp(first)).dt.days // 7
    by_week = np.bincount(week, minlength=counts.shape[1]) if len(days_known) else 0
    assert (counts.sum(axis=0) == by_week).all()

    hours = view_counts.hours_by_weekday(current, asked)
    assert hours["n"].sum() == rows["hour"].notna().sum()
    days = view_counts.daily(current, asked)
    assert days["n"].sum() == rows["weekday"].notna().sum()
    kinds = view_counts.count_series(current, asked, "kind")
    assert kinds.groupby("code")["n"].sum().to_dict() == rows.groupby("kind").size().to_dict()
    counted = pixel_counts.counts(current, asked, WORLD)
    assert counted["n"].to_numpy().sum() == (rows["place_precision"] < 2).sum()


@pytest.mark.parametrize("name", list(HEXAGONS))
def test_hexagons_hold_every_point(current: Current, facts: pd.DataFrame, name: str) -> None:
    asked = view(current, set=name)
    units, counts, *_ = view_counts.by_area_and_step(current, asked, 7)
    answer = answers.area_table(current, asked, outlines.units(current, name))
    placed = (plainly(facts, asked, current)["cell"] != 0).sum()
    assert counts[units >= 0].sum() == answer.table["n"].sum() == placed


def test_left_out_is_counted(current: Current) -> None:
    press = view_counts.headline(current, view(current, source=["press"], hours="08-20"))
    assert press["n"] == 0 and press["no_hour"] == 7
    press = view_counts.headline(current, view(current, source=["press"], weekday=["Sat"]))
    assert press["no_weekday"] == 5  # known only to the month
    press = view_counts.headline(current, view(current, source=["press"]))
    assert press["outside"] == press["no_point"] == 7
    text = links.sentence(view(current, source=["press"]), current.meta, press)
    assert "7 of 60,237 incidents" in text and "7 are in none of the areas" in text


def test_young_community_reports_are_in_nothing(current: Current) -> None:
    newest = current.query("SELECT max(settled_at) AS t FROM {facts}").to_pylist()[0]["t"]
    now = (newest + timedelta(hours=24, minutes=-30)).replace(tzinfo=UTC)
    asked, _ = links.view({"source": ["community made"]}, current.meta, PLACE, now)
    counted = view_counts.headline(current, asked)
    assert counted["young"] >= 1
    assert asked.settled_by and asked.settled_by <= now.replace(tzinfo=None) - timedelta(hours=24)
    later, _ = links.view(
        {"source": ["community made"]}, current.meta, PLACE, now + timedelta(hours=2)
    )
    assert view_counts.headline(current, later)["young"] == 0
    # a link can only look further back, never nearer
    forced, _ = links.view(
        {"source": ["community made"], "settled": "2999-01-01T00:00"}, current.meta, PLACE, now
    )
    assert forced.settled_by == asked.settled_by


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
def test_a_link_brings_the_view_back(current: Current, data: st.DataObject) -> None:
    meta = current.meta
    known = {**meta, "chosen_set": ""}
    chosen: dict[str, Any] = {}
    for row in FILTERS:
        options = tuple(row.options(known))
        if row.many:
            chosen[row.word] = data.draw(st.lists(st.sampled_from(options), max_size=2))
        elif row.widget in ("one", "typed"):
            chosen[row.word] = data.draw(st.sampled_from(options))
        elif row.widget == "switch":
            chosen[row.word] = data.draw(st.booleans())
        else:
            chosen[row.word] = data.draw(st.none() | st.dates(date(2010, 1, 1), date(2030, 1, 1)))
    asked, _ = links.view(chosen, meta, PLACE, NOW)
    back = parse_qs(links.query(asked, meta))
    several = {row.word for row in FILTERS if row.many}
    read = {word: v if word in several else v[0] for word, v in back.items()}
    assert read.pop("stamp") == current.stamp
    again, wrong = links.view(read, meta, PLACE, NOW)
    if asked.compare != "own period":  # a period that nothing uses is not in the link
        again = replace(again, versus_start=asked.versus_start, versus_end=asked.versus_end)
    assert again == asked and not wrong


@given(st.text(max_size=8) | st.from_regex(r"\d{1,2}-\d{1,2}", fullmatch=True))
def test_hours_are_read_or_refused(text: str) -> None:
    try:
        found = parse_hours(text)
    except ValueError as error:
        assert "hours" in str(error)
        return
    assert found is None or (0 <= found[0] <= 23 and 0 <= found[1] <= 24)


def test_compared_periods(current: Current) -> None:
    asked = view(
        current, **{"from": "2017-03-01", "to": "2017-05-31", "compare": "previous period"}
    )
    other = asked.compared()
    assert other and (other.start, other.end) == (date(2016, 11, 29), date(2017, 2, 28))
    assert other.days == asked.days
    asked = view(
        current,
        **{"from": "2020-02-29", "to": "2020-02-29", "compare": "same period a year before"},
    )
    other = asked.compared()
    assert other and other.start == date(2019, 2, 28)


def test_no_comparison_outside_what_is_covered(current: Current) -> None:
    units = outlines.units(current, "neighborhoods")
    whole = answers.area_table(current, view(current, compare="previous period"), units)
    assert whole.comparison is None and "cover Jan 1 to Dec 31, 2017" in whole.why
    autumn = view(
        current,
        **{"from": "2017-09-01", "to": "2017-11-30", "compare": "own period"},
        versus_from="2017-03-01",
        versus_to="2017-05-31",
    )
    answer = answers.area_table(current, autumn, units)
    told = answer.comparison
    assert told is not None and answer.step_name == "week"
    assert told.period_before == "Mar 6 to May 28, 2017"  # partial weeks are cut
    assert told.period == "Sep 4 to Nov 26, 2017"
    assert told.before == pytest.approx(answer.table["before"].sum())
    assert told.change.ratio[0] == pytest.approx(told.now / told.before)
    held = answer.table[answer.table["before"] > 0]
    np.testing.assert_allclose(held["ratio"], held["now"] / held["before"])


def test_repeated_shuffles_of_the_sample_flag_five_percent(current: Current) -> None:
    """The promise of the screen, on the records themselves."""
    from geo import rates

    _, counts, *_ = view_counts.by_area_and_step(current, view(current), 7)
    whole = counts[:, 1:52]
    rng = np.random.default_rng(11)
    flagged = []
    for _ in range(150):
        order = rng.permutation(whole.shape[1])
        change = rates.change(whole[:, order[:25]], whole[:, order[25:50]])
        flagged.append((change.sure != 0).mean())
    assert np.mean(flagged) == pytest.approx(0.05, abs=0.02)


def test_every_area_set_answers(current: Current) -> None:
    for name in set_names(current.meta):
        units = outlines.units(current, name)
        name_of, script = outlines.script(current, name)
        assert script.startswith("porchlight.shapes(") and name_of.endswith(".js")
        assert len(units) == script.count('"i":')
