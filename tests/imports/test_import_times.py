"""Times of incidents: dates at midnight, clocks beside them, parts, serials, survey forms."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.columns import guess_columns, survey_forms
from data.imports import importer
from data.imports.importer import Options, Report
from data.parse import date_order, midnight
from data.settings import Problem, Settings
from data.storage.store import Store
from data.values import coordinates

PLACE = Settings(
    name="Minneapolis", zone="America/Chicago", crs="EPSG:26915", center=(44.98, -93.27)
)
LONDON = Settings(name="London", zone="Europe/London", crs="EPSG:27700", center=(51.5, -0.1))
THERE = "44.97,-93.27"
MAPPED = '[source]\nname = "calls"\n[columns]\n{}lat = "lat"\nlon = "lon"\n[time]\n{}'
Took = tuple[Report, list[tuple[str, str]], list[str]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def take(
    store: Store,
    header: str,
    *rows: str,
    settings: Settings = PLACE,
    mapping: str = "",
    **options: Any,
) -> Took:
    """Import rows with a point behind each.

    What was done; of each record, in the order of time, what the place's clock shows and
    how well that is known; every sentence that was said.
    """
    folder, said = store.root.parent, []
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "calls.csv"
    point = THERE if settings is PLACE else "51.5,-0.1"
    file.write_text(
        "".join(f"{row}\n" for row in (f"{header},lat,lon", *(f"{r},{point}" for r in rows)))
    )
    if mapping:
        options["map"] = folder / "mapping.toml"
        options["map"].write_text(mapping)
    options = {"source": "calls", "kind": "other", **options}
    report = importer.import_file(store, settings, file, Options(**options), say=said.append)
    return report, times(store, report, settings), [*said, *report.sentences()]


def times(store: Store, report: Report, settings: Settings = PLACE) -> list[tuple[str, str]]:
    file = store.batches / f"{report.batch}.parquet"
    if not file.exists():
        return []
    rows = pq.read_table(file).to_pandas()
    shown = rows["occurred_at"].dt.tz_convert(settings.zone).dt.strftime("%Y-%m-%d %H:%M")
    assert (shown.str[:10] == rows["local_date"].astype(str)).all()
    fine = rows["time_precision"].isin(["exact", "hour"])
    assert (rows["hour"].notna() == fine).all()
    assert (rows["hour"][fine] == shown[fine].str[11:13].astype(int)).all()
    return sorted(zip(shown, rows["time_precision"], strict=True))


def received(store: Store, report: Report) -> list[datetime]:
    table = pq.read_table(store.batches / f"{report.batch}.parquet", columns=["received_at"])
    return [moment.astimezone(UTC) for moment in table["received_at"].to_pylist()]


def noted(report: Report, words: str) -> int:
    """The number of rows that the notes with some words count."""
    return sum(rows for what, rows in report.notes.items() if words in what)


def days(*dates: str) -> list[tuple[str, str]]:
    return [(f"{date} 00:00", "day") for date in dates]


# ---- dates at midnight beside a column of times

JOINED = [
    ("2025-01-13 14:05", "exact"),
    ("2025-01-14 00:05", "exact"),
    ("2025-01-15 23:50", "exact"),
]
DATES = {
    "%m/%d/%Y 12:00:00 AM": "DATE OCC",
    "%Y-%m-%dT00:00:00.000": "Incident Date",
    "%Y-%m-%d 00:00:00": "date",
    "%Y-%m-%dT00:00:00Z": "occurred_date",
    "%Y/%m/%d 06:00:00+00": "OCC_DATE",  # midnight in Chicago
    "%m/%d/%Y": "Date",
}
CLOCKS = {
    "TIME OCC": ("1405", "5", "2350"),
    "Time": ("14:05", "0:05", "23:50"),
    "Incident Time": ("2:05 PM", "12:05 AM", "11:50 PM"),
    "time of day": ("14:05:00", "00:05:00", "23:50:00"),
    "Time occurred": ("1405.0", "5.0", "2350.0"),
    "OCC TIME": ("140500", "500", "235000"),
    "TIME": ("12/30/1899 14:05", "12/30/1899 0:05", "12/30/1899 23:50"),
    "occ_time": ("1900-01-01T14:05:00.000", "1900-01-01T00:05:00.000", "1900-01-01T23:50:00.000"),
    "time_occurred": ("1970-01-01T14:05:00Z", "1970-01-01T00:05:00Z", "1970-01-01T23:50:00Z"),
}


@pytest.mark.parametrize("form", DATES)
def test_dates_at_midnight_take_the_clock_beside_them(store: Store, form: str) -> None:
    rows = [datetime(2025, 1, day).strftime(form) for day in (13, 14, 15)]
    clocks = CLOCKS["TIME OCC"]
    header = f"{DATES[form]},TIME OCC"
    report, found, said = take(store, header, *map(",".join, zip(rows, clocks, strict=True)))
    assert found == JOINED and report.rejected == {}
    assert '  time_of_day = "TIME OCC"' in said and "  format of time_of_day: %H%M" in said
    assert noted(report, "00:00") == 0


@pytest.mark.parametrize("header", CLOCKS)
def test_clocks_of_every_look_are_joined(store: Store, header: str) -> None:
    rows = [
        f"01/{d}/2025 12:00:00 AM,{c}" for d, c in zip((13, 14, 15), CLOCKS[header], strict=True)
    ]
    assert take(store, f"DATE,{header}", *rows)[1] == JOINED


def test_a_clock_on_the_day_of_the_export_is_joined(store: Store) -> None:
    rows = ("1/13/2025,2026-02-03 14:05:00", "1/14/2025,2026-02-03 00:05:00")
    assert take(store, "Incident Date,Incident Time", *rows)[1] == JOINED[:2]
    # a file of one day has no other dates: these are the dates
    assert take(store, "Incident Time,id", *(f"{r[10:]},1" for r in rows))[1] == [
        ("2026-02-03 00:05", "exact"),
        ("2026-02-03 14:05", "exact"),
    ]


def test_bare_numbers_are_minutes_past_midnight_unless_all_are_hours(store: Store) -> None:
    early = [
        ("2025-01-13 00:01", "exact"),
        ("2025-01-13 00:30", "exact"),
        ("2025-01-13 09:45", "exact"),
    ]
    rows = ("2025-01-13,1", "2025-01-13,30", "2025-01-13,0945")
    assert take(store, "date,time", *rows)[1] == early
    hours = ("2025-01-13,1", "2025-01-13,23", "2025-01-13,0")
    assert [t for t, p in take(store, "date,time", *hours)[1] if p == "hour"] == [
        "2025-01-13 00:00",
        "2025-01-13 01:00",
        "2025-01-13 23:00",
    ]
    # a later row decides what the first rows leave open
    many = [*(f"2025-01-13,{n % 20}" for n in range(300)), "2025-01-13,1405"]
    _, found, said = take(store, "date,time", *many)
    assert "  format of time_of_day: %H%M" in said
    assert found[-1] == ("2025-01-13 14:05", "exact") and found[-2] == ("2025-01-13 00:19", "exact")


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["0005", "30", "1"], "%H%M"),
        (["5", "23", "0"], "%H"),
        (["5", "23", "99"], "%H"),
        (["25", "1"], "%H%M"),
        (["945.0", "1.0"], "%H%M"),
        (["94500", "235959", "5"], "%H%M%S"),
        (["0075", "0099"], None),
        (["14:05", "5"], None),
        ([], None),
    ],
)
def test_what_bare_numbers_say(texts: list[str], form: str | None) -> None:
    found = date_order.digit_clock(texts)
    assert found == form


def test_24_hours_and_codes_leave_the_day_and_are_counted(store: Store) -> None:
    clocks = ("0945", "2400", "9999", "", "unknown", "1299")
    rows = [f"2025-01-{day},{clock}" for day, clock in enumerate(clocks, start=13)]
    report, found, _ = take(store, "date,time", *rows)
    assert found[0] == ("2025-01-13 09:45", "exact")
    assert found[1:] == days("2025-01-14", "2025-01-15", "2025-01-16", "2025-01-17")
    assert noted(report, "only the day is known") == 2
    assert report.rejected == {"the time of day does not fit the format of the file": 1}


def test_the_time_of_the_report_is_not_that_of_the_event(store: Store) -> None:
    rows = ("01/13/2025 12:00:00 AM,01/14/2025 12:00:00 AM,0900",) * 2
    report, found, _ = take(store, "DATE OCC,Date Rptd,Time Rptd", *rows)
    assert found == days("2025-01-13", "2025-01-13")
    assert received(store, report)[0] == datetime(2025, 1, 14, 6, tzinfo=UTC)


def test_where_the_clock_is_empty_the_dates_own_time_holds(store: Store) -> None:
    mapping = MAPPED.format(
        'occurred_at = "date"\ntime_of_day = "time"\n', 'time_of_day_format = "%H:%M"\n'
    )
    rows = ("2025-01-13 10:05,", "2025-01-14 00:00,14:05", "2025-01-15 00:00,", "2025-01-16 00:00,")
    assert take(store, "date,time", *rows, mapping=mapping)[1] == [
        ("2025-01-13 10:05", "exact"),
        ("2025-01-14 14:05", "exact"),
        ("2025-01-15 00:00", "day"),
        ("2025-01-16 00:00", "day"),
    ]


def test_the_clock_comes_with_the_column_that_somebody_chose(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "it.csv"
    rows = ("2025-01-13 00:00,2025-03-13 00:00,0945", "2025-01-14 00:00,2025-03-14 00:00,5")
    header = "incident_date,call_date,Time,lat,lon\n"
    file.write_text(header + "".join(f"{row},{THERE}\n" for row in rows))
    options = Options(kind="other")
    report = importer.import_file(
        store, PLACE, file, options, ask=lambda _, choices: choices[-1], say=lambda _: None
    )
    assert times(store, report) == [("2025-03-13 09:45", "exact"), ("2025-03-14 00:05", "exact")]


# ---- dates at midnight alone


@pytest.mark.parametrize(
    "form",
    [
        "%m/%d/%Y 12:00:00 AM",
        "%Y-%m-%dT00:00:00.000",
        "%Y-%m-%d 00:00",
        "%Y-%m-%dT00:00:00Z",
        "%Y-%m-%d 00:00:00+00:00",
        "%Y-%m-%dT00:00:00-06:00",
    ],
)
def test_a_file_of_midnights_knows_only_the_day(store: Store, form: str) -> None:
    rows = [datetime(2025, 1, day).strftime(form) for day in (13, 14, 15, 31)]
    for some in (rows, rows[-1:]):
        report, found, said = take(store, "date", *some)
        assert found == days("2025-01-13", "2025-01-14", "2025-01-15", "2025-01-31")[-len(some) :]
        assert noted(report, "only the day is known") == len(some)
        assert any("tells only the day" in sentence for sentence in said)


def test_midnight_in_the_place_written_in_utc_is_a_day(store: Store) -> None:
    both = (
        "2025-01-13T06:00:00Z",
        "2025-03-09T06:00:00Z",
        "2025-03-10T05:00:00Z",
        "2025-07-14T05:00:00Z",
    )
    expected = days("2025-01-13", "2025-03-09", "2025-03-10", "2025-07-14")
    assert take(store, "date", *both)[1] == expected
    stamps = [str(int(datetime.fromisoformat(text).timestamp())) for text in both]
    assert take(store, "date", *stamps)[1] == expected
    # east of Greenwich the date in UTC is another
    summer = ("2025-06-30T23:00:00Z", "2025-07-01T23:00:00Z", "2025-12-01T00:00:00Z")
    elsewhere = Store(store.root.parent / "london")
    found = take(elsewhere, "date", *summer, settings=LONDON)[1]
    assert found == days("2025-07-01", "2025-07-02", "2025-12-01")


@pytest.mark.parametrize("unit", [1, 1000])
def test_epochs_of_whole_days_are_days(store: Store, unit: int) -> None:
    stamps = [str(int(datetime(2025, 1, d, tzinfo=UTC).timestamp()) * unit) for d in (13, 14, 15)]
    report, found, said = take(store, "date", *stamps)
    assert found == days("2025-01-13", "2025-01-14", "2025-01-15")
    assert noted(report, "they keep that date") == 3
    assert any('midnight = "utc day"' in sentence for sentence in said)


def test_a_clock_of_the_file_that_is_not_the_places_keeps_the_date(store: Store) -> None:
    rows = ("2025-01-13 00:00:00", "2025-01-14 00:00:00")
    assert take(store, "date", *rows, zone="UTC")[1] == days("2025-01-13", "2025-01-14")


def test_somebody_may_say_that_midnight_is_meant(store: Store) -> None:
    rows = ("2025-01-13T00:00:00Z", "2025-01-14T00:00:00Z")
    meant = [("2025-01-12 18:00", "exact"), ("2025-01-13 18:00", "exact")]
    assert take(store, "date", *rows, date_format="%Y-%m-%dT%H:%M:%SZ")[1] == meant
    assert take(store, "date", *rows, date_format="%Y-%m-%d")[1] == days("2025-01-13", "2025-01-14")
    for entry in ('midnight = "exact"', 'precision = "exact"', 'format = "%Y-%m-%dT%H:%M:%S%z"'):
        mapping = MAPPED.format('occurred_at = "date"\n', entry)
        assert take(store, "date", *rows, mapping=mapping)[1] == meant
    # coarser is no contradiction, and no other date
    mapping = MAPPED.format('occurred_at = "date"\n', 'precision = "day"')
    assert take(store, "date", *rows, mapping=mapping)[1] == days("2025-01-13", "2025-01-14")


def test_a_column_of_precisions_is_believed(store: Store) -> None:
    rows = ("2025-01-13 00:00,exact", "2025-01-14 00:00,day", "2025-01-15 00:00,")
    assert take(store, "date,time_precision", *rows)[1] == [
        ("2025-01-13 00:00", "exact"),
        *days("2025-01-14", "2025-01-15"),
    ]


def test_what_is_decided_is_written_and_repeats(store: Store, tmp_path: Path) -> None:
    rows = ("01/13/2025 12:00:00 AM,0945,01/14/2025 12:00:00 AM",) * 2
    header = "DATE OCC,TIME OCC,Date Rptd"
    report, *_ = take(store, header, *rows)
    written = Path(str(report.mapping_file)).read_text()
    assert 'midnight = "day"' in written and 'received_at_midnight = "day"' in written
    again, *_ = take(store, header, *rows, mapping=written)
    assert again.unchanged and again.batch == report.batch
    # a later file of the source: its real times are times
    later, then, _ = take(store, header, *rows, "01/15/2025 08:20:00 AM,,", mapping=written)
    assert then[-1] == ("2025-01-15 08:20", "exact") and later.rejected == {}


def test_midnights_that_are_too_many_are_days_or_doubted(store: Store) -> None:
    dated = [f"2025-01-{day:02} 00:00:00" for day in range(1, 10)]
    report, found, _ = take(store, "date", *dated, "2025-01-11 14:05:00")
    assert found == [*days(*(text[:10] for text in dated)), ("2025-01-11 14:05", "exact")]
    timed = [f"2025-01-{day} 14:{day}:00" for day in range(11, 31)]
    report, found, _ = take(store, "date", *timed, *dated[:4])
    assert noted(report, "exactly at 00:00 (17% of those with a time") == 4
    assert found[0] == ("2025-01-01 00:00", "exact")
    mapping = MAPPED.format('occurred_at = "date"\n', 'midnight = "day"')
    report, found, _ = take(store, "date", *timed, *dated[:4], mapping=mapping)
    assert found[0] == ("2025-01-01 00:00", "day") and noted(report, "exactly at") == 0
    assert noted(take(store, "date", *timed, dated[0])[0], "exactly at") == 0


def test_a_clock_that_is_too_often_zero_is_doubted(store: Store) -> None:
    rows = [f"2025-01-{day},0000" for day in range(11, 15)]
    rows += [f"2025-01-{day},14{day}" for day in range(11, 31)]
    report, found, _ = take(store, "date,time", *rows)
    assert noted(report, 'time_of_day_midnight = "day"') == 4
    mapping = MAPPED.format(
        'occurred_at = "date"\ntime_of_day = "time"\n', 'time_of_day_midnight = "day"'
    )
    report, found, _ = take(store, "date,time", *rows, mapping=mapping)
    assert sum(precision == "day" for _, precision in found) == 4 and not noted(report, "exactly")


@pytest.mark.parametrize(
    ("counts", "doubted"),
    [
        ([1000, 240, 10, 0], 0),  # every hour alike
        ([1000, 300, 40, 0], 40),
        ([1000, 700, 31, 0], 0),  # rounded to the hour
        ([100_000, 2000, 900, 0], 0),  # less than one in a hundred
        ([100_000, 2000, 0, 1100], 1100),
        ([2, 2, 2, 0], 0),
        ([3, 3, 3, 0], 3),
        ([0, 0, 0, 0], 0),
    ],
)
def test_when_midnight_is_doubted(counts: list[int], doubted: int) -> None:
    found = midnight.doubt(np.array(counts), False)
    assert (found[1] if found else 0) == doubted


def test_other_times_are_read_by_the_same_rules(store: Store) -> None:
    rows = ("2025-01-13 10:00,2025-01-14T00:00:00Z", "2025-01-13 11:00,2025-01-15T00:00:00Z")
    report, _, said = take(store, "date,received", *rows)
    assert received(store, report) == [
        datetime(2025, 1, 14, 6, tzinfo=UTC),
        datetime(2025, 1, 15, 6, tzinfo=UTC),
    ]
    assert any(s.startswith("  received_at: 00:00 UTC tells only the day") for s in said)
    settled = pq.read_table(store.batches / f"{report.batch}.parquet")["settled_at"].to_pylist()
    # it may have come in until the end of that day
    assert settled[0] == datetime(2025, 1, 15, 6, tzinfo=UTC)


# ---- dates in parts


def test_parts_of_a_date_are_read(store: Store) -> None:
    rows = ("2025,1,13,13,5", "2025,1,14,0,10", "2025,12,31,23,")
    _, found, said = take(store, "YEAR,MONTH,DAY,HOUR,MINUTE", *rows)
    assert found == [
        ("2025-01-13 13:05", "exact"),
        ("2025-01-14 00:10", "exact"),
        ("2025-12-31 23:00", "hour"),
    ]
    assert {'  year = "YEAR"', '  minute = "MINUTE"'} <= {*said}
    assert take(store, "Year,Mo,Dy", "2025,1,31", "25,3,1")[1] == days("2025-01-31", "2025-03-01")
    named = take(store, "year,month,day", "2025,January,31", "2025,Feb,1.0")[1]
    assert named == days("2025-01-31", "2025-02-01")
    months = take(store, "YEAR,MONTH", "2025,1", "2025,March")[1]
    assert months == [("2025-01-01 00:00", "month"), ("2025-03-01 00:00", "month")]
    timed = take(store, "YEAR,MONTH,DAY,TIME", "2025,1,31,0945", "2025,2,3,5")[1]
    assert timed == [("2025-01-31 09:45", "exact"), ("2025-02-03 00:05", "exact")]
    assert take(store, "Year/Mo/Dy", "2025/01/31")[1] == days("2025-01-31")


def test_impossible_parts_are_rejected_with_reason_and_column(store: Store) -> None:
    rows = ("2025,2,29,1", "2025,13,1,1", "2025,1,1,25", "2025,,1,1", "2025,1,x,1", "2025,1,1,24")
    report, found, _ = take(store, "YEAR,MONTH,DAY,HOUR", *rows, "2025,1,,7", "2025,1,2,")
    assert found == [
        ("2025-01-01 00:00", "day"),
        ("2025-01-01 00:00", "month"),
        *days("2025-01-02"),
    ]
    assert report.rejected == {
        "the month has no such day": 1,
        "the month is not a number from 1 to 12": 1,
        "the hour is not a number from 0 to 23": 1,
        "no time": 1,
        "the day is not a number from 1 to 31": 1,
    }
    lines = Path(str(report.rejected_file)).read_text().splitlines()
    for line, (reason, column) in enumerate(
        [
            ("no such day", "DAY"),
            ("the month is", "MONTH"),
            ("the hour", "HOUR"),
            ("no time", "MONTH"),
        ],
        start=1,
    ):
        assert reason in lines[line] and column in lines[line]
    assert noted(report, "24 or 99") == 1


def test_parts_belong_together_by_what_else_their_headers_say() -> None:
    header = "REPORT_DATE,REPORT_YEAR,REPORT_MONTH,REPORT_DAY,"
    header += "OCC_YEAR,OCC_MONTH,OCC_DAY,OCC_DOY,OCC_HOUR"
    held = (
        "2025-02-13,2025,2,13,2025,January,13,13,14",
        "2025-02-14,2025,2,14,2025,January,14,14,15",
    )
    found = guessed(header, *held)
    assert found == {
        "year": "OCC_YEAR",
        "month": "OCC_MONTH",
        "day": "OCC_DAY",
        "hour": "OCC_HOUR",
        "received_at": "REPORT_DATE",
    }
    # a whole date of the same event is better, and takes the hour if it has none
    found = guessed(
        "OCC_DATE,OCC_YEAR,OCC_MONTH,OCC_DAY,OCC_HOUR", "2025/01/13 06:00:00+00,2025,1,13,14"
    )
    assert found == {"occurred_at": "OCC_DATE", "hour": "OCC_HOUR"}
    found = guessed(
        "OCC_DATE,YEAR,MONTH,HOUR", "2025-01-13 14:05,2025,1,14", "2025-01-14 15:05,2025,1,15"
    )
    assert found == {"occurred_at": "OCC_DATE"}
    for header in (
        "Vehicle Year,Month,Day",
        "Fiscal Year,Month,Day",
        "Year,Day of Week,Day of Year",
    ):
        assert "year" not in guessed(header, "2025,1,13")
    assert guessed("Year,Month,Day of Month,Hour of Day", "2025,1,13,14")["hour"] == "Hour of Day"


def guessed(header: str, *held: str) -> dict[str, str]:
    names = header.split(",")
    rows = [row.split(",") for row in held]
    return guess_columns.columns(
        names, lambda name: [row[names.index(name)] for row in rows], zone="America/Chicago"
    )


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ('year = "Y"', "needs month beside year"),
        ('month = "M"', "needs year beside month"),
        ('year = "Y"\nmonth = "M"\nhour = "H"', "needs day or occurred_at beside hour"),
        ('occurred_at = "D"\nminute = "H"', "needs hour beside minute"),
        ('occurred_at = "D"\nyear = "Y"\nmonth = "M"', "both occurred_at and year"),
        ('occurred_at = "D"\nhour = "H"\ntime_of_day = "T"', "both time_of_day and hour"),
    ],
)
def test_parts_that_make_no_date_stop_the_import(store: Store, columns: str, said: str) -> None:
    mapping = MAPPED.format(columns + "\n", "")
    with pytest.raises(Problem, match=said):
        take(store, "D,T,Y,M,H", "2025-01-13,10:00,2025,1,10", mapping=mapping)


def test_parts_that_a_mapping_names_are_read_and_written(store: Store) -> None:
    mapping = MAPPED.format('year = "a"\nmonth = "b"\nday = "c"\n', "")
    report, found, _ = take(store, "a,b,c", "2025,1,31", mapping=mapping)
    assert found == days("2025-01-31")
    assert 'month = "b"  # month of the date' in Path(str(report.mapping_file)).read_text()
    # a column that somebody names wins over parts
    assert take(store, "YEAR,MONTH,noted", "2025,1,2025-03-04", time="noted")[1] == days(
        "2025-03-04"
    )


# ---- serial day numbers of spreadsheets


def test_serial_day_numbers_are_named_and_read_when_asked(store: Store) -> None:
    rows = ("45670.5451388889", "45671", "45672.25")
    with pytest.raises(Problem) as raised:
        take(store, "Incident Date", *rows)
    for words in (
        "serial day numbers",
        "--date-format excel (2025-01-13)",
        "excel1904 (2029-01-14)",
    ):
        assert words in str(raised.value)
    expected = [
        ("2025-01-13 13:05", "exact"),
        ("2025-01-14 00:00", "day"),
        ("2025-01-15 06:00", "exact"),
    ]
    assert take(store, "Incident Date", *rows, date_format="Excel")[1] == expected
    mapping = MAPPED.format('occurred_at = "d"\n', 'format = "excel"')
    assert take(store, "d", *rows, mapping=mapping)[1] == expected
    old = take(store, "Incident Date", "44208.5", date_format="excel1904")[1]
    assert old == [("2025-01-13 12:00", "exact")]


def test_serials_beside_serials_are_read_alike(store: Store) -> None:
    rows = ("45670.0,45671,0.5", "45672.0,45673,0.25")
    report, found, _ = take(store, "Incident Date,Reported Date,x", *rows, date_format="excel")
    assert found == days("2025-01-13", "2025-01-15")
    assert received(store, report)[0] == datetime(2025, 1, 14, 6, tzinfo=UTC)
    mapping = MAPPED.format(
        'occurred_at = "date"\ntime_of_day = "x"\n',
        'format = "excel"\ntime_of_day_format = "excel"',
    )
    found = take(store, "date,y,x", *rows, mapping=mapping)[1]
    assert found == [("2025-01-13 12:00", "exact"), ("2025-01-15 06:00", "exact")]


def test_somebody_who_is_there_is_asked_for_the_system(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "it.csv"
    file.write_text(f"date,lat,lon\n45670,{THERE}\n")
    asked: list[list[str]] = []

    def ask(_: str, choices: list[str]) -> str:
        asked.append(choices)
        return choices[0]

    report = importer.import_file(
        store, PLACE, file, Options(kind="other"), ask=ask, say=lambda _: None
    )
    assert ["excel", "excel1904"] in asked and str(report.first) == "2025-01-13"


def test_five_digits_that_are_no_serials_are_not() -> None:
    assert not date_order.are_serials(["55407", "99999", "10001"])
    assert not date_order.are_serials([])
    assert date_order.are_serials(["45670", "45670,5", "unknown"])


# ---- months


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Month", ("2016-01", "2016-04")),
        ("month", ("01/2016", "04/2016")),
        ("Month", ("Jan 2016", "April 2016")),
        ("Year-Month", ("201601", "201604")),
        ("Date", ("2016-01", "2016-04")),
    ],
)
def test_months_are_found_unasked(store: Store, header: str, rows: tuple[str, ...]) -> None:
    found = take(store, header, *rows)[1]
    assert found == [("2016-01-01 00:00", "month"), ("2016-04-01 00:00", "month")]


def test_a_month_gives_way_to_a_date() -> None:
    assert guessed("Month,Reported Date", "2016-01,2016-01-13")["occurred_at"] == "Reported Date"
    assert "occurred_at" not in guessed("Month,count", "1,2", "2,3")


def test_a_month_written_as_its_first_day_is_a_month(store: Store) -> None:
    months = [("2016-01-01 00:00", "month"), ("2016-02-01 00:00", "month")]
    for rows in (("2016-01-01", "2016-02-01"), ("2016-01-01T00:00:00Z", "2016-02-01T00:00:00Z")):
        report, found, said = take(store, "Month", *rows)
        assert found == months and any("to the month at best" in s for s in said)
        assert 'precision = "month"' in Path(str(report.mapping_file)).read_text()
    year = [f"2016-{month:02}-01" for month in range(1, 8)]
    assert {p for _, p in take(store, "date", *year)[1]} == {"month"}
    for some in (year[:3], [*year, "2016-08-02"], [f"{y}-01-01" for y in range(2010, 2020)]):
        assert {p for _, p in take(store, "date", *some)[1]} == {"day"}


def test_one_time_of_day_throughout_is_none(store: Store) -> None:
    noon = [f"2025-01-{day:02} 12:00:00" for day in range(1, 26)]
    assert take(store, "date", *noon)[1] == days(*(text[:10] for text in noon))
    # midnight of standard time, also in summer, where it is one o'clock
    winter = [f"2025-{month:02}-{day}" for month in (1, 2, 3, 7, 12) for day in range(10, 16)]
    found = take(store, "date", *(f"{day} 06:00:00Z" for day in winter))[1]
    assert found == days(*winter)
    # a vigil every week is at noon, and a single other time shows a clock
    assert {p for _, p in take(store, "date", *noon[:10])[1]} == {"exact"}
    assert {p for _, p in take(store, "date", *noon, "2025-02-01 12:01")[1]} == {"exact"}
    found = take(store, "date,time", *(f"{text},0945" for text in noon))[1]
    assert found[0] == ("2025-01-01 09:45", "exact")


# ---- survey forms

FORM = "start,end,today"
FILLED = "2025-01-12T10:02:00.000-06:00,2025-01-12T10:12:00.000-06:00,2025-01-12"
SENT = "_id,_uuid,_submission_time"


@pytest.mark.parametrize("when", ["incident/when", "grp.when", "a:when", "g1/g2/date_of_incident"])
def test_a_form_is_dated_by_its_question(store: Store, when: str) -> None:
    header, row = f"{FORM},{when},{SENT}", f"{FILLED},2025-01-10T09:00:00.000-06:00"
    report, found, said = take(store, header, f"{row},1,u1,2025-01-12T16:13:00")
    assert found == [("2025-01-10 09:00", "exact")]
    assert f'  occurred_at = "{when}"' in said and "  received_at is on the clock of UTC" in said
    assert received(store, report) == [datetime(2025, 1, 12, 16, 13, tzinfo=UTC)]
    written = Path(str(report.mapping_file)).read_text()
    assert 'received_at_zone = "UTC"' in written
    again, *_ = take(store, header, f"{row},1,u1,2025-01-12T16:13:00", mapping=written)
    assert again.unchanged


def test_when_a_form_was_filled_in_is_never_when_it_happened(store: Store) -> None:
    header, row = f"{FORM},{SENT}", f"{FILLED},1,u1,2025-01-12T16:13:00"
    with pytest.raises(Problem) as raised:
        take(store, header, row)
    assert "filled in is not taken unasked: start, end, today, _submission_time" in str(
        raised.value
    )
    assert take(store, header, row, time="start")[1] == [("2025-01-12 10:02", "exact")]
    mapping = MAPPED.format('occurred_at = "today"\n', "")
    assert take(store, header, row, mapping=mapping)[1] == days("2025-01-12")
    for name in ("meta/start", "_start", "start", "today", "End"):
        assert "occurred_at" not in guessed(f"id,{name}", "1,2025-01-12T10:02:00")
    assert guessed("id,start_time", "1,2025-01-12T10:02")["occurred_at"] == "start_time"
    assert "occurred_at" not in guessed("_id,_uuid,starttime", "1,u,2025-01-12T10:02")


def test_a_question_for_the_time_joins_that_for_the_date(store: Store) -> None:
    header = f"{FORM},i/date_of_incident,i/time_of_incident,i/kind,{SENT}"
    row = f"{FILLED},2025-01-10,21:30:00.000-06:00,sighting,1,u1,2025-01-12T16:13:00"
    _, found, said = take(store, header, row, kind=None)
    assert found == [("2025-01-10 21:30", "exact")] and '  kind = "i/kind"' in said


POINTS = {
    "_geolocation": "44.97 -93.27",
    "where": "44.97 -93.27 250.0 4.9",
    "incident/where": "44.97 -93.27 0 0",
    "_x_latitude,_x_longitude": "44.97,-93.27",
    "_group/where_latitude,_group/where_longitude": "44.97,-93.27",
    "g-where-Latitude,g-where-Longitude": "44.97,-93.27",
}


def columns_of(header: str, row: list[str]) -> dict[str, str]:
    names = header.split(",")
    return guess_columns.columns(names, lambda name: [row[names.index(name)]])


@pytest.mark.parametrize("header", POINTS)
def test_points_of_forms_are_found(header: str) -> None:
    cells = POINTS[header].split(",")
    found = columns_of(f"when,{header},_id,_uuid", ["2025-01-10", *cells, "1", "u"])
    targets = ("lat", "lon") if len(cells) == 2 else ("lat_lon",)
    assert [found[target] for target in targets] == header.split(",")


def test_where_a_form_was_opened_is_not_where_it_happened() -> None:
    header = "when,start-geopoint,_start-geopoint_latitude,_start-geopoint_longitude,"
    header += "_geolocation,_id,_uuid"
    opened = ["2025-01-10", "44.9 -93.2 0 0", "44.9", "-93.2", "44.9 -93.2", "1", "u"]
    assert set(columns_of(header, opened)) == {"occurred_at", "incident_id"}
    both = columns_of(f"{header},where", [*opened, "44.97 -93.27 0 0"])
    assert both["lat_lon"] == "where"
    # of two places nobody can say which it is
    two = columns_of(
        "when,home,work,_geolocation,_id,_uuid", ["2025-01-10", *["44.9 -93.2 0 0"] * 3, "1", "u"]
    )
    assert "lat_lon" not in two


@pytest.mark.parametrize(
    "text", ["44.97 -93.27 250.0 4.9", "44.97 -93.27", "[44.97, -93.27]", "44.97 -93.27 -3.5 0"]
)
def test_points_of_forms_are_read(text: str) -> None:
    lat, lon = coordinates.pairs(pa.array([text, "[null, null]", ""]), coordinates.PAIRS)
    assert (lat.values[0], lon.values[0]) == (44.97, -93.27)
    assert lat.said.tolist() == lon.said.tolist() == [True, False, False]


def test_exports_of_forms_are_told_by_their_columns() -> None:
    assert survey_forms.is_survey(["start", "end", "today", "x"])
    assert survey_forms.is_survey(["SubmissionDate", "meta-instanceID", "x"])
    assert not survey_forms.is_survey(["_id", "start", "end", "location.lat"])
    assert not survey_forms.is_survey(["id", "uuid", "status", "notes", "index"])


# ---- the files of those who found it

FOUND = {
    "t_lapd": [
        ("2025-01-13 09:45", "exact"),
        ("2025-01-14 21:30", "exact"),
        ("2025-01-15 00:01", "exact"),
    ],
    "t_hhmm": [
        ("2025-01-13 00:05", "exact"),
        ("2025-01-13 00:30", "exact"),
        ("2025-01-13 09:45", "exact"),
        ("2025-01-13 13:00", "exact"),
        ("2025-01-13 23:50", "exact"),
    ],
    "t_socrata_dateonly": days(*(f"2025-01-{day}" for day in range(11, 17))),
    "t_utcmidnight": days("2025-01-13", "2025-01-14", "2025-07-15"),
    "t_ymd": [
        ("2025-01-13 13:05", "exact"),
        ("2025-01-14 00:10", "exact"),
        ("2025-01-15 12:20", "exact"),
        ("2025-02-16 23:59", "exact"),
        ("2025-02-17 06:00", "exact"),
    ],
    "t_excel": [
        ("2025-01-13 13:05", "exact"),
        ("2025-01-14 00:10", "exact"),
        ("2025-01-15 12:20", "exact"),
        ("2025-02-16 23:59", "exact"),
        ("2025-02-17 06:00", "exact"),
    ],
    "t_kobo": [(f"2025-01-{day} 09:00", "exact") for day in range(10, 15)],
}


@pytest.mark.parametrize("name", FOUND)
def test_the_files_of_those_who_found_it(store: Store, shared: Path, name: str) -> None:
    options = Options(kind="other", date_format="excel" if name == "t_excel" else None)
    file = shared / "inputs" / f"{name}.csv"
    report = importer.import_file(store, PLACE, file, options, say=lambda _: None)
    assert times(store, report) == FOUND[name] and report.rejected == {}
