"""Official and community side by side: counts by hand, chance alone, a planted difference, coverage."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import settings
from data.maps import outlines
from data.numbers import side_words
from data.numbers.pages import ask_numbers
from data.patterns import compare, sides
from data.patterns.sides import Sides
from data.settings import ROOT, Problem
from data.storage.store import Current, Store
from data.views import coverage, links, view_counts
from data.views.periods import NoComparison, Obstacle
from data.views.view import View
from geo.forest import Finding
from tests.conftest import command
from tests.pages.test_pages import opened, said

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PLACE = settings.load_settings(ROOT / "porchlight.toml")
AREAS = ("North", "East", "South")
PEOPLE = {"North": 1000, "East": 2000, "South": 0}
# an area's official and community records a day; East's reports are four times those of others
OFFICIAL, COMMUNITY = {"North": 4, "East": 4, "South": 4}, {"North": 1, "East": 4, "South": 1}
FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
BEGUN, ENDED = date(2024, 3, 11), date(2024, 9, 20)  # of the community's records


def _rows(per_day: dict[str, int], first: date, last: date, seed: int) -> list[str]:
    """Records of each area on each day, Poisson around so many."""
    rng, rows = np.random.default_rng(seed), ["id,day,kind,neighborhood"]
    for day in pd.date_range(first, last):
        for area, mean in per_day.items():
            rows += [
                f"{len(rows) + i},{day:%Y-%m-%d},sighting,{area}"
                for i in range(int(rng.poisson(mean)))
            ]
    return rows


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three areas, an official source of a year and a community one of half of it."""
    folder = tmp_path_factory.mktemp("sides")
    shapes = ",".join(
        f'{{"type":"Feature","properties":{{"name":"{name}","people":{PEOPLE[name]}}},"geometry":'
        f'{{"type":"Polygon","coordinates":[[[{x},44.9],[{x + 0.01},44.9],[{x + 0.01},44.91],[{x},44.91],[{x},44.9]]]}}}}'
        for x, name in zip((-93.3, -93.29, -93.28), AREAS)
    )
    (folder / "areas.geojson").write_text(f'{{"type":"FeatureCollection","features":[{shapes}]}}')
    (folder / "calls.csv").write_text("\n".join(_rows(OFFICIAL, FIRST, LAST, 1)))
    (folder / "line.csv").write_text("\n".join(_rows(COMMUNITY, BEGUN, ENDED, 2)))
    areas = (
        *("areas", str(folder / "areas.geojson")),
        "--name-column",
        "name",
        "--population-column",
        "people",
    )
    for words in (
        areas,
        ("import", str(folder / "calls.csv"), "--source", "calls", "--official"),
        ("import", str(folder / "line.csv"), "--source", "line", "--community"),
    ):
        done = command(*words, store=folder / "store")
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "store"


@pytest.fixture
def current(town: Path) -> Current:
    store = Store(town)
    return store.at(str(store.stamp()))


def asked(current: Current, **choices: object) -> View:
    view, wrong = links.view(choices, current.meta, PLACE, NOW)
    assert not wrong
    return view


def beside(current: Current, source: str, other: str, **choices: object) -> Sides | NoComparison:
    """A source and another side by side, in all areas."""
    view = asked(current, source=[source], **choices)
    second = compare.asked_of(view, other, current.meta, PLACE, NOW, "")
    units = outlines.units(current, "neighborhoods")
    return sides.side_by_side(current, view, second, units, np.ones(len(units), bool))


def by_hand(current: Current, source: str, first: date, last: date) -> pd.Series:
    """How many records of a source each area has between two days."""
    rows = current.query("SELECT source, day, area0 FROM {facts}").to_pandas()
    rows["day"] = pd.to_datetime(rows["day"])
    index = [s["name"] for s in current.meta["sources"]].index(source)
    held = rows[
        (rows["source"] == index) & rows["day"].between(pd.Timestamp(first), pd.Timestamp(last))
    ]
    names = current.meta["sets"][0]["names"]
    return held["area0"].map(lambda i: names[int(i)]).value_counts()


def test_whole_weeks_that_both_cover_are_counted(current: Current) -> None:
    found = beside(current, "calls", "line")
    assert isinstance(found, Sides)
    assert found.pair.a.period == "Mar 11 to Sep 15, 2024" and len(found.pair.a.starts) == 27
    table = found.table.set_index("area")
    for column, source in (("official", "calls"), ("community", "line")):
        counts = by_hand(current, source, date(2024, 3, 11), date(2024, 9, 15))
        assert (table[column] == counts.reindex(table.index)).all()
        rate = 1000 * counts["East"] / PEOPLE["East"]
        assert table.loc["East", f"{column}_rate"] == pytest.approx(rate)
        low, high = (table.loc["East", f"{column}_rate_{end}"] for end in ("low", "high"))
        assert low < rate < high
        assert np.isnan(table.loc["South", f"{column}_rate"])  # nobody lives there
    assert np.allclose(table["ratio"], table["community"] / table["official"])
    assert ((table["low"] < table["ratio"]) & (table["ratio"] < table["high"])).all()
    total = table[["community", "official"]].sum()
    assert found.overall[0] == pytest.approx(total["community"] / total["official"])
    assert found.pair.a.view.settled_by is not None  # young reports are never counted


def test_the_order_of_the_two_changes_nothing(current: Current) -> None:
    one, other = beside(current, "calls", "line"), beside(current, "line", "calls")
    assert isinstance(one, Sides) and isinstance(other, Sides)
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.monthly, other.monthly)


def test_months_are_those_that_both_cover_whole(current: Current) -> None:
    found = beside(current, "calls", "line")
    assert isinstance(found, Sides)
    assert found.months == tuple(date(2024, month, 1) for month in range(4, 9))
    may = found.monthly[found.monthly["month"] == pd.Timestamp("2024-05-01")].set_index("area")
    for column, source in (("official", "calls"), ("community", "line")):
        counts = by_hand(current, source, date(2024, 5, 1), date(2024, 5, 31))
        assert (may[column] == counts.reindex(may.index)).all()
    # a month has fewer records than all weeks: its interval is wider
    table = found.table.set_index("area")
    assert ((may["high"] / may["low"]) > (table["high"] / table["low"]).reindex(may.index)).all()


def test_a_planted_difference_is_clear_and_the_rest_follows(current: Current) -> None:
    found = beside(current, "calls", "line")
    assert isinstance(found, Sides)
    finding = found.table.set_index("area")["finding"]
    assert finding["East"] == Finding.HIGHER
    assert set(finding[["North", "South"]]) == {Finding.LOWER}  # beside all together
    title = side_words.sides_title(found, current.meta)
    assert title.startswith("49 records of line for every 100 records of calls") or "East" in title


@pytest.mark.parametrize(
    ("choices", "obstacle"),
    [
        ({"from": "2024-10-01", "to": "2024-12-31"}, Obstacle.APART),
        ({"from": "2024-09-16", "to": "2024-12-31"}, None),  # five days: by day
        ({"from": "2024-09-20", "to": "2024-12-31"}, Obstacle.TOO_SHORT),
        ({"kind": ["shooting"]}, Obstacle.NO_RECORD),
    ],
)
def test_where_both_were_not_there_nothing_is_counted(
    current: Current, choices: dict[str, object], obstacle: Obstacle | None
) -> None:
    found = beside(current, "calls", "line", **choices)
    assert (found.obstacle if isinstance(found, NoComparison) else None) is obstacle
    if isinstance(found, Sides):
        assert found.pair.unit == "day" and found.months == () and found.monthly.empty


def test_no_ratio_reaches_across_a_change_of_recording(current: Current) -> None:
    source = next(s for s in current.meta["sources"] if s["name"] == "calls")
    source["changes"] = [("2024-06-01", "A new form.")]
    try:
        found = beside(current, "calls", "line")
        later = beside(current, "calls", "line", **{"from": "2024-06-01"})
    finally:
        source["changes"] = []
    assert isinstance(found, NoComparison) and found.obstacle is Obstacle.RECORDING
    assert "A new form" in found.sentence and isinstance(later, Sides)


def test_a_partner_is_of_the_other_kind_and_counts(current: Current) -> None:
    meta = current.meta
    for mine, wanted in (("calls", ["line"]), ("line", ["calls"])):
        assert [s["name"] for s in sides.partners(asked(current, source=[mine]), meta)] == wanted
    meta["sources"][1]["is_count"] = False
    try:
        assert sides.partners(asked(current, source=[meta["sources"][0]["name"]]), meta) == ()
    finally:
        meta["sources"][1]["is_count"] = True


def test_the_numbers_of_the_page_have_rows_with_names(current: Current) -> None:
    found = ask_numbers("sides", current, asked(current, source=["calls"]), {"with": "line"})
    assert len(found.table) == 3 + 3 * 5  # areas, and areas by month
    assert not found.table.duplicated(list(found.key)).any()
    assert set(found.table.columns) == set(found.columns)
    assert found.queries and "of reports, not of truth" in found.lacks
    with pytest.raises(Problem, match="with=nobody"):
        ask_numbers("sides", current, asked(current, source=["calls"]), {"with": "nobody"})


def test_days_dealt_to_two_sources_find_hardly_any_area(
    sample_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample's stops, whole days dealt at random to one of two sources: areas keep their bursts."""
    store = Store(sample_store)
    current = store.at(str(store.stamp()))
    units = outlines.units(current, "neighborhoods")
    view = asked(current, source=["police stops"])
    days = view_counts.by_area_and_step(current, view, 1)
    official = replace(view, compare="nothing")
    named = 0
    for seed in range(40):
        mine = np.random.default_rng(seed).random(365) < 0.3

        def dealt(
            _: Current, one: View, step: int, mine: np.ndarray = mine
        ) -> view_counts.UnitCounts:
            held = np.where(mine if one.kinds else ~mine, days.counts, 0)
            at = _steps_of(one, step)
            counts = np.zeros((len(held), len(coverage.starts(one, step))), np.int64)
            np.add.at(counts.T, at, held.T)
            return view_counts.UnitCounts(days.units, counts, 0, np.zeros(len(held), np.int64))

        monkeypatch.setattr(view_counts, "by_area_and_step", dealt)
        community = replace(official, kinds=("traffic_stop",))  # which of the two a View stands for
        found = sides.side_by_side(current, community, official, units, np.ones(len(units), bool))
        assert isinstance(found, Sides) and found.table["q"].notna().sum() > 70
        named += bool(found.table["finding"].isin([Finding.HIGHER, Finding.LOWER]).any())
    assert named <= 6  # maps of 40 that name any area: 5% by control over all; 7 in 1 of 300 tests


def _steps_of(view: View, step: int) -> np.ndarray:
    """The step that each day of 2017 is in."""
    starts = [day.toordinal() for day in coverage.starts(view, step)]
    every = date(2017, 1, 1).toordinal() + np.arange(365)
    return np.searchsorted(starts, every, side="right") - 1


def test_the_page_shows_both_and_says_what_the_ratio_is(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import streamlit as st

    monkeypatch.setenv("PORCHLIGHT_STORE", str(town))
    st.cache_resource.clear()
    app = opened("pages/sides.py", source="calls")
    text = said(app)
    assert "for every 100 records of calls" in app.title[0].value
    assert "of reports, not of truth" in text and "over the 27 whole weeks that both cover" in text
    assert "3 of 3 neighborhoods differ clearly from all together: 1 above, 2 below." in text
    assert app.selectbox(key="with").options == ["line"]
    away = opened("pages/sides.py", source="calls", **{"from": "2024-10-01"})
    assert "they share no day" in away.title[0].value and not away.dataframe
    assert "Absence of records is not zero" in said(away)
    st.cache_resource.clear()


def test_the_sample_says_that_they_were_never_both_there(screens: Path) -> None:
    app = opened("pages/sides.py")
    assert app.title[0].value == r"Police stops and made community reports\: they share no day"
    assert "none of the other source's reports is real" in app.warning[0].value
    press = opened("pages/sides.py", source="press")
    assert "do not count what happened" in press.title[0].value


@pytest.mark.parametrize(
    ("page", "link"), [("sides", {}), ("compare", {"against": "two sources", "other": "line"})]
)
def test_a_picture_with_community_records_beside_official_ones_is_for_the_team(
    town: Path, monkeypatch: pytest.MonkeyPatch, page: str, link: dict[str, str]
) -> None:
    import streamlit as st

    from ui.parts import picture_buttons

    captions: list[Any] = []
    make, show = picture_buttons.caption_of, picture_buttons.show_picture_buttons

    def show_picture_buttons(view: View) -> None:
        captions.clear()  # a page is opened from the Map, which has a picture of its own
        show(view)

    def caption_of(*told: Any) -> Any:
        captions.append(make(*told))
        return captions[-1]

    monkeypatch.setattr(picture_buttons, "caption_of", caption_of)
    monkeypatch.setattr(picture_buttons, "show_picture_buttons", show_picture_buttons)
    monkeypatch.setenv("PORCHLIGHT_STORE", str(town))
    st.cache_resource.clear()
    opened(f"pages/{page}.py", source="calls", **link)
    assert captions and all(one.team_only for one in captions)
    assert all("records of line" in one.shown for one in captions)
    opened("pages/time.py", source="calls")
    assert captions and not any(one.team_only for one in captions)
    st.cache_resource.clear()


def test_a_file_with_community_records_beside_official_ones_says_so_first(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import streamlit as st

    from data.views.export import TEAM_ONLY
    from ui.frame import download_buttons

    stated: list[str] = []

    def table_buttons(file: str, rows: Any, notes: list[str], *more: Any, **others: Any) -> None:
        stated[:] = [file, *notes]

    monkeypatch.setattr(download_buttons, "table_buttons", table_buttons)
    monkeypatch.setenv("PORCHLIGHT_STORE", str(town))
    st.cache_resource.clear()
    opened("pages/sides.py", source="calls")
    assert "team-only" in stated[0] and stated[1].startswith(TEAM_ONLY)
    opened("pages/compare.py", source="calls", compare="previous period")
    assert "team-only" not in stated[0] and not any(TEAM_ONLY in note for note in stated)
    st.cache_resource.clear()
