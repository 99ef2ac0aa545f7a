"""What a release counts and when: periods, decisions, cells, ranges, the plan; all in memory."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import words
from data.attacks import made_records
from data.privacy import closed_periods, plan, tables
from data.privacy.decided_events import Decisions, Sensitive, admitted, hash_id
from data.privacy.estimated_tables import estimate
from data.privacy.measured_tables import Axes, count_events, draw_names, grid, keys_of, measure
from data.privacy.policy import Policy
from data.privacy.tables import LATE, ORDINARY, SENSITIVE, Table, measured_path, profile

YEAR = made_records.FIRST_DAY.year
RULES = Policy(zone="America/Chicago", since=date(YEAR, 1, 1))
SENSITIVES = Sensitive(frozenset({"search_or_raid"}), ("school", "home"))
AXES = Axes((1, 1, 2, 2, 3), tuple(words.CODES["kind"]), ("search_or_raid",), ("school", "home"))
KEY = b"a key of thirty-two bytes in all"
VOLUMES = tuple(tables.PROFILES)


def events_of(yearly: int = 900, years: int = 1) -> pd.DataFrame:
    records = made_records.records_known_on(
        made_records.history(yearly, years, many=5), date(2100, 1, 1)
    )
    return admitted(records, ("corroborated", "verified"), words.CODES["kind"], SENSITIVES)


def records_of(*rows: dict[str, Any]) -> pd.DataFrame:
    """Records as a release reads them, verified ones of a group, each with what its row changes."""
    usual = {
        "group": 1,
        "local_date": pd.Timestamp(YEAR, 5, 4),
        "source": made_records.HOTLINE,
        "source_kind": "community",
        "grade": "verified",
        "already_public": False,
        "received_at": pd.Timestamp(YEAR, 5, 5),
    }
    return pd.DataFrame(
        [usual | {"incident_id": f"cell:{i}"} | row for i, row in enumerate(rows)]
    ).astype({"hour": "Float64"})


# periods


def test_a_week_is_cut_at_the_end_of_its_month() -> None:
    days = closed_periods.calendar(date(2025, 12, 27), date(2026, 2, 3))
    part = days["week-part"]
    assert part[pd.Timestamp("2025-12-30")] == "2025-12-29/2025-12-31"
    assert part[pd.Timestamp("2026-01-02")] == "2026-01-01/2026-01-04"
    assert part[pd.Timestamp("2026-01-31")] == "2026-01-26/2026-01-31"
    assert part[pd.Timestamp("2026-02-01")] == "2026-02-01/2026-02-01"
    assert days["week"][pd.Timestamp("2025-12-30")] == "2026-W01"
    for unit, coarser in tables.COARSER.items():  # each period lies in one longer one
        for longer in coarser:
            assert (days.groupby(unit)[longer].nunique() == 1).all()


CITY_MONTH, GROUP_MONTH = Table("city", "month"), Table("group", "month")


@pytest.mark.parametrize(
    ("table", "as_of", "last"),
    [
        (CITY_MONTH, date(YEAR, 2, 28), None),  # 28 days after January 31 has ended: on March 1
        (CITY_MONTH, date(YEAR, 3, 1), "01"),
        (CITY_MONTH, date(YEAR, 3, 27), "01"),
        (CITY_MONTH, date(YEAR, 3, 29), "02"),
        (GROUP_MONTH, date(YEAR, 5, 12), None),  # areas wait for their quarter, and 42 days
        (GROUP_MONTH, date(YEAR, 5, 13), "03"),
        (Table("city", "quarter", "kind"), date(YEAR, 5, 13), "Q1"),
        (Table("district", "year"), date(YEAR + 1, 2, 11), None),
        (Table("district", "year"), date(YEAR + 1, 2, 12), ""),
        (Table("city", "year", "", LATE), date(YEAR + 1, 2, 28), None),
        (Table("city", "year", "", LATE), date(YEAR + 1, 3, 1), ""),
    ],
)
def test_periods_close_by_their_delay(table: Table, as_of: date, last: str | None) -> None:
    """28 days (city by month), 42 (areas, quarters, years), one day for late ones."""
    found = closed_periods.closed(table, as_of, RULES)
    name = None if last is None else f"{YEAR}-{last}".rstrip("-")
    assert (found[-1] if found else None) == name


# decisions


def test_who_is_counted_and_in_which_cells() -> None:
    row: dict[str, Any] = {"kind": "sighting", "setting": "street", "hour": 13}
    frame = records_of(
        row,
        row | {"grade": "corroborated", "hour": None, "group": 0},
        row | {"setting": "school"},
        row | {"kind": "search_or_raid"},
        *({**row, "grade": grade} for grade in ("reported", "disputed", "rejected")),
        row | {"source_kind": "press", "grade": "on_record"},
        row | {"source_kind": "official", "grade": "on_record", "already_public": True},
    )
    events = admitted(frame, ("corroborated", "verified"), words.CODES["kind"], SENSITIVES)
    assert events[["area", "band", "setting", "sort"]].to_numpy().tolist() == [
        [1, "12-18", "other", ORDINARY],
        [0, "unknown", "other", ORDINARY],
        [1, "12-18", "school", SENSITIVE],
        [1, "12-18", "other", SENSITIVE],
    ]
    assert events["id"].tolist() == [hash_id(f"cell:{i}") for i in range(4)]


def test_an_event_is_decided_once_and_what_comes_later_is_late(tmp_path: Path) -> None:
    store = Decisions(tmp_path / "decided")
    events = events_of(120)
    month = events["day"].dt.strftime("%Y-%m")
    early = events[(month != f"{YEAR}-05") | (np.arange(len(events)) % 2 == 0)]
    months = [f"{YEAR}-{m:02d}" for m in range(1, 13)]
    store.decide(months, early)
    kept = store.read(months)
    # everything else now: other kinds and areas, half of May new, the rest of them gone
    store.decide(months, events.assign(kind="other", area=1, sort=SENSITIVE))
    pd.testing.assert_frame_equal(store.read(months), kept)
    store.decide_late(str(YEAR), events)
    late = store.read([str(YEAR)])
    assert set(late["id"]) == set(events["id"]) - set(early["id"]) and len(late)
    assert set(late["sort"]) == {LATE}
    store.decide_late(str(YEAR), events.head(0))
    assert len(store.read([str(YEAR)])) == len(late)
    assert (
        store.file(months[0]).stat().st_mode & 0o077 == 0
        or store.folder.stat().st_mode & 0o077 == 0
    )


# cells


def slow_count(events: pd.DataFrame, table: Table) -> Counter[tuple[Any, ...]]:
    """The number of each cell, one event after the other."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in events.to_dict("records"):
        if row["sort"] != table.sort:
            continue
        day = row["day"].date()
        monday = day - timedelta(days=day.weekday())
        first = max(monday, day.replace(day=1))
        month_end = closed_periods.next_month(day) - timedelta(days=1)
        last = min(monday + timedelta(days=6), month_end)
        period = {
            "week-part": f"{first}/{last}",
            "month": f"{day:%Y-%m}",
            "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
            "year": f"{day.year}",
        }[table.unit]
        area = int(row["area"])
        place = {"district": [(0, *AXES.districts)[area]], "group": [area]}.get(table.where, [])
        found[(period, *place, *([row[table.by]] if table.by else []))] += 1
    return found


@pytest.mark.parametrize("volume", VOLUMES)
def test_every_cell_is_counted_and_every_event_is_in_one_cell_of_each_table(volume: str) -> None:
    events = events_of()
    days = closed_periods.calendar(date(YEAR, 1, 1), date(YEAR, 12, 31))
    for table in profile(volume):
        cells = grid(table, list(days[table.unit].unique()), AXES)
        names = keys_of(cells, table)
        n = count_events(events, table, cells, AXES)
        slow = slow_count(events, table)
        assert {
            k: v for k, v in zip(names.itertuples(index=False, name=None), n.tolist()) if v
        } == slow
        assert n.sum() == (events["sort"] == table.sort).sum()
        assert not names.duplicated().any()
        assert names.sort_values(table.keys, ignore_index=True).equals(names)


def test_draws_of_all_tables_have_names_of_their_own() -> None:
    days = closed_periods.calendar(date(YEAR, 1, 1), date(YEAR, 12, 31))
    every = [
        name
        for volume in ("small", "large")
        for table in profile(volume)
        for issue in ("2026-01-01", "2026-01-02")
        for name in draw_names(
            table, keys_of(grid(table, list(days[table.unit].unique()), AXES), table), issue
        )
    ]
    shared = [t for t in profile("small") if t in profile("large")]
    twice = sum(len(grid(t, [str(YEAR)], AXES)) for t in shared if t.unit == "year") * 2
    assert len(every) - len(set(every)) == twice  # the same table of two profiles, nothing else


def test_no_profile_spends_more_than_all_of_epsilon() -> None:
    for volume in VOLUMES:
        for sort in (ORDINARY, SENSITIVE, LATE):
            assert sum(s for t, s in profile(volume).items() if t.sort == sort) == 1


# measured and estimated


def measured(
    volume: str,
    events: pd.DataFrame,
    as_of: date,
    epsilon: Fraction = Fraction(1),
    key: bytes = KEY,
) -> tables.Tables:
    return {
        measured_path(t): measure(
            events, t, closed_periods.closed(t, as_of, RULES), AXES, s * epsilon, key, "2026-01-01"
        )
        for t, s in profile(volume).items()
    }


@pytest.mark.parametrize("volume", VOLUMES)
def test_estimates_add_up_in_every_direction(volume: str) -> None:
    found = estimate(
        measured(volume, events_of(), date(YEAR + 1, 4, 1)),
        {str(YEAR): volume},
        {str(YEAR): AXES},
        True,
    )
    year = f"{YEAR}"
    total = found["community/estimate/city-year"].set_index("period")["number"][year]
    for path, frame in found.items():
        name = path.rpartition("/")[2]
        assert (frame["number"] >= 0).all() and (frame["low"] <= frame["number"]).all()
        assert (frame["number"] <= frame["high"]).all() and not frame.isna().any().any()
        if "sensitive" in name or "late" in name or name == "city-week":
            continue
        own = frame[frame["period"].str[:4] == year]
        assert set(own["status"]) == {"year"} and own["number"].sum() == total, path
        assert set(frame.columns) == {*tables.COLUMNS[path]}
    if volume != "tiny":
        areas = [p for p in found if "district" in p or "group" in p]
        assert areas and all(len(found[p]) for p in areas)


@pytest.mark.parametrize("keys", [1, pytest.param(12, marks=pytest.mark.prove)])
@pytest.mark.parametrize("yearly", [0, 60, 900])
def test_whatever_is_drawn_numbers_are_found_that_add_up(yearly: int, keys: int) -> None:
    """Few events leave most cells at 0, where sums that cross nearly contradict each other."""
    events = events_of(max(yearly, 5)).head(yearly * 2)
    for key in range(keys):
        for volume in ("medium", "large"):
            for as_of in (date(YEAR, 8, 20), date(YEAR, 11, 30), date(YEAR + 1, 4, 1)):
                drawn = measured(volume, events, as_of, key=bytes([key]) * 32)
                found = estimate(drawn, {str(YEAR): volume}, {str(YEAR): AXES}, True)
                assert all((frame["number"] >= 0).all() for frame in found.values())


def test_a_month_is_provisional_until_its_quarter_and_year_close() -> None:
    """At each date the months of this year's city table, by status; every one is shown."""
    events = events_of()
    for as_of, status in (
        (date(YEAR, 4, 29), {"01": "provisional", "02": "provisional", "03": "provisional"}),
        (date(YEAR, 5, 13), {"01": "quarter", "03": "quarter"}),
        (date(YEAR, 6, 29), {"03": "quarter", "05": "provisional"}),
        (date(YEAR + 1, 2, 12), {"01": "year", "12": "year"}),
    ):
        made = measured("medium", events, as_of)
        years = {str(y): "medium" for y in (YEAR, YEAR + 1)}
        frame = estimate(made, years, dict.fromkeys(years, AXES), True)[
            "community/estimate/city-month"
        ]
        shown = frame.set_index("period")["status"]
        assert {m: shown[f"{YEAR}-{m}"] for m in status} == status, as_of


def test_a_whole_week_is_the_sum_of_its_parts() -> None:
    found = estimate(
        measured("medium", events_of(), date(YEAR + 1, 4, 1)),
        {str(YEAR): "medium"},
        {str(YEAR): AXES},
        True,
    )
    parts = found["community/estimate/city-week-part"].set_index("period")
    weeks = found["community/estimate/city-week"].set_index("period")
    first, rest = f"{YEAR}-03-29/{YEAR}-03-31", f"{YEAR}-04-01/{YEAR}-04-04"
    assert weeks["number"][f"{YEAR}-W13"] == parts["number"][first] + parts["number"][rest]
    assert f"{YEAR - 1}-W53" not in weeks.index  # its first days are not counted


def test_ranges_hold_as_often_as_they_say() -> None:
    """Over 8 drawings of one medium year: 88 to 97 of 100 over all tables."""
    events = events_of(2500)
    as_of = date(YEAR + 1, 2, 20)  # the year is closed, nothing of the next
    exact = {
        t: count_events(events, t, grid(t, closed_periods.closed(t, as_of, RULES), AXES), AXES)
        for t in profile("medium")
        if t.sort != LATE
    }
    held = every = 0
    for i in range(8):
        made = {
            measured_path(t): measure(
                events, t, closed_periods.closed(t, as_of, RULES), AXES, s, KEY, str(i)
            )
            for t, s in profile("medium").items()
        }
        found = estimate(made, {str(YEAR): "medium"}, {str(YEAR): AXES}, True)
        for t, n in exact.items():
            frame = found[tables.estimate_path(t)]
            held += int(((frame["low"] <= n) & (n <= frame["high"])).sum())
            every += len(n)
    assert 0.88 <= held / every <= 0.97, held / every


# the plan


def test_the_plan_says_release_md_s_errors() -> None:
    """The table of standard deviations in the specification, at epsilon 1 (13 districts, 73 groups)."""
    axes = Axes(
        tuple((np.arange(73) // 6 + 1).tolist()),
        tuple(words.CODES["kind"]),
        ("search_or_raid",),
        ("school",),
    )
    wanted = {
        "small": {
            "city-month": 4.5,
            "city-year-kind": 8.8,
            "city-year-band": 12.7,
            "district-year": 3.05,
        },
        "medium": {
            "city-week-part": 9.2,
            "city-month": 18,
            "city-quarter-kind": 12.6,
            "group-quarter": 2.8,
            "group-year": 5.5,
            "district-quarter": 6.2,
        },
        "large": {
            "city-week-part": 13,
            "city-month": 16.5,
            "city-month-kind": 13,
            "group-month": 3.1,
            "group-quarter": 5.1,
            "group-year": 8.8,
        },
    }
    for volume, sds in wanted.items():
        found = {p.table.name: p for p in plan.plan(volume, 1.0, axes)}
        for name, sd in sds.items():
            assert found[name].sd == pytest.approx(sd, rel=0.06), name
        double = {p.table.name: p.sd for p in plan.plan(volume, 2.0, axes)}
        assert all(double[name] < 0.6 * found[name].sd for name in sds)


@pytest.mark.parametrize(
    ("volume", "epsilon", "name"),
    [
        ("small", 1.0, "district-year"),
        ("medium", 1.0, "district-quarter"),
        ("medium", 2.0, "group-quarter"),
        ("large", 1.0, "group-month"),
        ("tiny", 1.0, None),
    ],
)
def test_the_opening_map_is_the_finest_that_is_exact_enough(
    volume: str, epsilon: float, name: str | None
) -> None:
    axes = Axes(
        tuple((np.arange(73) // 6 + 1).tolist()), tuple(words.CODES["kind"]), (), ("school",)
    )
    found = plan.opening_table(plan.plan(volume, epsilon, axes))
    assert (found.name if found else None) == name
