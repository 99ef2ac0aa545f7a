"""The old policy of releases, kept as a peer: right values of small cases."""

from datetime import date, timedelta

import pandas as pd

from bench.plain import suppression

SECRET = b"only for this test"
SINCE, AS_OF = date(2025, 1, 1), date(2026, 2, 1)


def reports(first: date, n: int, **more: object) -> pd.DataFrame:
    """So many reports of area 1, each on a day, at a place and from an origin of its own."""
    base = {
        "incident_id": [f"{first}-{i}-{sorted(more)}" for i in range(n)],
        "group": 1,
        "local_date": [first + timedelta(days=i % 28) for i in range(n)],
        "hour": 7,
        "kind": "sighting",
        "setting": "street",
        "source": "line",
        "source_kind": "community",
        "grade": "verified",
        "origin": [f"caller {i}" for i in range(n)],
        "x": [1000.0 * i for i in range(n)],
        "y": 0.0,
    }
    return pd.DataFrame(base | more)


def shown(*parts: pd.DataFrame) -> dict[str, dict[tuple[object, ...], int]]:
    """The numbers that are shown, by table and cell."""
    records = pd.concat(parts, ignore_index=True)
    tables = suppression.build(records, [1, 2], SECRET, SINCE, AS_OF)
    return {
        name: {tuple(row[:-1]): row[-1] for row in frame.dropna().itertuples(index=False)}
        for name, frame in tables.items()
    }


def test_what_many_share_is_shown_and_sums_that_tell_too_much_are_held_back() -> None:
    """30 of January: the quarter would bound two hidden months to 8, the year other quarters."""
    found = shown(reports(date(2025, 1, 1), 30))
    assert found["area-month"] == {("2025-01", 1): 30}
    assert found["area-quarter"] == {}
    assert found["area-quarter-kind"] == {("2025-Q1", 1, "sighting"): 30}
    assert found["area-year-kind"] == {}
    assert found["city-quarter-band"] == {("2025-Q1", "06-12"): 30}
    assert found["city-week-kind"] == found["city-year-sensitive"] == {}


def test_the_newest_goes_and_of_one_time_the_finest() -> None:
    """A quarter of 86 to 94 and one kind of it bound its other kinds to 8, the year's kind the
    quarters that have none: first the year goes, then of quarter and kind the kind."""
    found = shown(*(reports(date(2025, m, 1), 30) for m in (4, 5, 6)))
    assert found["area-month"] == {(f"2025-0{m}", 1): 30 for m in (4, 5, 6)}
    assert found["area-quarter"] == {("2025-Q2", 1): 90}
    assert found["area-quarter-kind"] == found["area-year-kind"] == {}


def test_few_reports_places_days_and_origins_are_not_shown() -> None:
    for part in (
        reports(date(2025, 1, 1), 9),
        reports(date(2025, 1, 1), 30, x=5.0),
        reports(date(2025, 1, 1), 30, local_date=date(2025, 1, 3)),
        reports(date(2025, 1, 1), 30, origin="one caller"),
        reports(date(2025, 1, 1), 30, grade="reported"),
        reports(date(2025, 1, 1), 30, source_kind="press"),
        reports(date(2026, 1, 1), 30, hour=None),  # a month that is not yet old enough, no hour
    ):
        found = shown(part)
        assert found["area-month"] == found["city-quarter-band"] == {}
    # a source that states no origins is not held to them
    assert shown(reports(date(2025, 1, 1), 30, origin=None))["area-month"] == {("2025-01", 1): 30}


def test_weeks_have_kinds_and_all_and_sensitive_places_a_table_of_their_own() -> None:
    week = date(2025, 3, 3)
    days = [week + timedelta(days=i % 7) for i in range(40)]
    parts = [
        reports(week, 40, local_date=days, kind=kind, setting=setting)
        for kind, setting in (("sighting", "street"), ("other", "street"), ("other", "school"))
    ]
    for i, part in enumerate(parts):
        part["incident_id"] += f" {i}"
    found = shown(*parts)
    # all, 76 to 84, and two of 36 to 44 leave 12 open
    kinds = {"all": 80, "other": 40, "sighting": 40}
    assert found["city-week-kind"] == {("2025-W10", kind): n for kind, n in kinds.items()}
    assert found["city-year-sensitive"] == {("2025", "other"): 40}


def test_rounding_is_up_or_down_and_keeps_the_mean() -> None:
    """28 is 30 in three of five, 25 else: 100 cells, 60 +- 4.9 of them up."""
    parts = [reports(date(2025, 1, 1), 28, group=g, source=f"line {g}") for g in range(1, 101)]
    for g, part in enumerate(parts):
        part["incident_id"] += f" {g}"
    tables = suppression.build(pd.concat(parts), range(1, 101), SECRET, SINCE, AS_OF)
    n = tables["area-month"]["n"].dropna()
    assert set(n) == {25, 30} and len(n) == 100
    assert 45 <= (n == 30).sum() <= 75
