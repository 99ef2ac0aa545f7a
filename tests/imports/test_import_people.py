"""Columns that tell who somebody is stay out by their values; and an import that keeps nothing."""

from pathlib import Path

import pytest

from data import sources
from data.columns import personal_values, time_columns
from data.imports import importer
from data.imports.importer import Options
from data.settings import ROOT
from data.storage.store import Store
from tests.conftest import command
from tests.imports.test_import_answers import OFFICIAL, PLACE, attributes, rows, stopped, take
from tests.imports.test_import_corpus import contents

FIRST = ("Ana", "Bo", "Carl", "Dina", "Émile", "Fay")
LAST = ("Smith", "O'Neill", "García", "Nguyễn", "Lee-Jones")
NAMES = {
    "First Last": [f"{one} {two}" for one in FIRST for two in LAST],
    "LAST, FIRST M": [f"{two.upper()}, {one.upper()} Q" for one in FIRST for two in LAST],
    "J. Smith": [f"{one[0]}. {two}" for one in FIRST for two in LAST],
    "von": [f"{one} von {two}" for one in FIRST for two in LAST],
}
OTHERS = {
    "plates": [f"{chr(65 + n % 26)}BC {100 + n}" for n in range(30)],
    "phones": [f"(612) 555-01{n:02}" for n in range(30)],
    "phones again": ["612-555-0142"] * 30,
    "mail": [f"a{n}@example.org" for n in range(30)],
    "ip": [f"192.0.2.{n}" for n in range(30)],
    "ip 6": [f"2001:db8::{n}" for n in range(30)],
}
STAY = {
    "categories": ["Traffic Stop", "Downtown West", "Theft, Auto"] * 10,
    "precincts": ["First Precinct", "Second Precinct", "Third Precinct"] * 10,
    "streets": [f"{two} Avenue North" for two in FIRST] * 5,
    "numbers": [f"{n}.{n}" for n in range(30)],
    "times": [f"10:{n}:05" for n in range(10, 40)],
    "dates": [f"2024-03-{n:02}" for n in range(1, 31)],
    "codes": ["ADM 123", "RES 456"] * 15,
    "cases": [f"24-{n:06}" for n in range(30)],
    "coordinates": [f"44.97, -93.{n}" for n in range(30)],
    "words": ["yes", "no", ""] * 10,
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.mark.parametrize("what", [*NAMES, *OTHERS])
def test_what_tells_of_somebody_is_known_by_its_values(what: str) -> None:
    assert personal_values.column("subject", (NAMES | OTHERS)[what])


@pytest.mark.parametrize("what", STAY)
def test_other_values_stay(what: str) -> None:
    assert not personal_values.column("extra", STAY[what])


def test_headers_say_what_else_values_are() -> None:
    assert not personal_values.column("Park Name", NAMES["First Last"])
    assert personal_values.column("beat commander", NAMES["First Last"])
    assert not personal_values.column("case no", OTHERS["plates"])
    assert personal_values.column("who", ["Ana Smith", "Bo García"] * 15)
    assert not personal_values.column("extra", ["Pothole Repair", "Graffiti Removal"] * 15)


AGENCIES = ["Metropolitan Police Service", "Kent Constabulary", "Cook County Sheriff"] * 10


def test_an_agency_reports_as_police_data_say_and_a_person_does_not() -> None:
    for header in ("Reported by", "reported_by", "properties/Reported by"):
        assert not personal_values.column(header, AGENCIES)
        for people in (*NAMES.values(), ["Ana Smith", "Bo García"] * 15, ["asmith2", "bo.g"] * 15):
            assert personal_values.column(header, people)
    assert not personal_values.column("LSOA name", ["Camden 001A", "Kings Cross"] * 15)
    assert personal_values.column("subject", NAMES["First Last"])


def test_an_agency_comes_in_and_people_who_reported_do_not(store: Store) -> None:
    report, _ = take(store, rows("Reported by", AGENCIES), OFFICIAL)
    assert attributes(store, report) == {"Reported by"} and report.telling == ()
    report, _ = take(store, rows("Reported by", ["Ana Smith", "Bo García"] * 15), OFFICIAL)
    assert attributes(store, report) == set() and report.telling == ("Reported by",)


def test_few_rows_are_judged_too() -> None:
    assert personal_values.column("subject", ["Ana Smith"])
    assert not personal_values.column("extra", ["Traffic Stop", "Welfare Check", "Noise"])


@pytest.mark.parametrize("kind", ["official", "community"])
def test_names_are_in_no_file_of_the_store(store: Store, kind: str) -> None:
    text = rows("subject", NAMES["LAST, FIRST M"]).replace("0,2024-03-01", "0,bad", 1)
    report, said = take(store, text, OFFICIAL.replace("official", kind))
    assert (report.kept, report.rows, report.telling) == (29, 30, ("subject",))
    assert attributes(store, report) == set() and report.unnamed == ()
    assert any(line.startswith('column "subject" looks like names') for line in said)
    assert "Columns dropped as telling who somebody is: 1." in said
    assert not any("NGUY" in where for where in [*contents(store.root), *said])
    (event,) = store.history().imports.values()
    assert event.dropped["telling"] == ["subject"]


def test_names_that_begin_far_below_are_found(store: Store) -> None:
    text = rows("extra", [""] * 900 + NAMES["First Last"])
    report, said = take(store, text, OFFICIAL)
    assert (report.kept, report.telling) == (930, ("extra",))
    assert not any("García" in where for where in [*contents(store.root), *said])
    again, _ = take(store, text, OFFICIAL)
    assert again.unchanged and again.telling == ("extra",)


def test_keep_brings_in_what_looks_like_names_but_no_forbidden_header(store: Store) -> None:
    keep = '[keep]\nattributes = ["{}"]\n'
    text = rows("subject", NAMES["First Last"])
    report, said = take(store, text, OFFICIAL + keep.format("subject"))
    assert attributes(store, report) == {"subject"} and report.telling == ()
    assert "Kept as other columns: subject." in said
    text = rows("assigned_to", NAMES["First Last"])
    assert "never imported" in stopped(store, text, OFFICIAL + keep.format("assigned_to"))


def test_what_stays_is_listed_by_name_alone(store: Store) -> None:
    report, said = take(store, rows("zip", ["55407"] * 3), OFFICIAL)
    assert "Kept as other columns: zip." in said
    again, said = take(store, rows("zip", ["55407"] * 3), OFFICIAL)
    assert again.unchanged and again.others == report.others == ("zip",)


def imported(tmp_path: Path, good: int, bad: int, *more: str) -> tuple[int, str]:
    """The exit code of an import of some good and some bad rows, and what it said."""
    file = tmp_path / "calls.csv"
    days = ["2024-03-01 10:00"] * good + ["2024-99-99 10:00"] * bad
    lines = [f"{n},{day},44.97,-93.26" for n, day in enumerate(days)]
    file.write_text("\n".join(["id,date,lat,lon", *lines, ""]))
    done = command("import", str(file), "--kind", "other", *more, store=tmp_path / "store")
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_an_import_that_keeps_nothing_fails_and_says_so(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    format_ = ("--date-format", "%Y-%m-%d %H:%M")
    code, said = imported(tmp_path, 0, 3, *format_, *more)
    assert code == 1
    assert "No row was kept (3 of 3 were rejected, readers see nothing of it)" in said
    assert "0 kept + 3 rejected = 3 rows in the file" in said
    held = list((tmp_path / "store" / "rejected").glob("*.csv"))
    assert len(held) == (0 if more else 1)
    assert all(file.read_text().count("does not fit") == 3 for file in held)


def test_an_import_that_keeps_less_than_half_does_not_fail(tmp_path: Path) -> None:
    code, said = imported(tmp_path, 1, 2, "--date-format", "%Y-%m-%d %H:%M")
    assert code == 0 and "More than half of the rows were rejected (2 of 3)" in said
    assert "1 kept + 2 rejected = 3 rows in the file" in said


def test_a_kind_beside_a_column_is_for_what_no_rule_fits(store: Store) -> None:
    text = "id,date,area,call_type\n1,2024-03-01,A,shooting\n2,2024-03-01,A,picnic\n"
    _, said = take(store, text, kind="other", source="a")
    assert '  kind = "call_type"' in said and "  kind = other, where no rule fits" in said
    text = "id,date,area\n1,2024-03-01,A\n"
    _, said = take(store, text, kind="Traffic stop", source="b")
    assert "  kind = traffic_stop, all rows" in said


def test_a_source_of_another_kind_says_where_it_is_described(store: Store) -> None:
    take(store, rows("zip", ["55407"]), OFFICIAL)
    press = OFFICIAL.replace("official", "press")
    said = stopped(store, rows("zip", ["55407", "1"]), press)
    assert f"kind under [calls] in {store.root / 'sources.toml'}" in said
    shipped = press.replace('"calls"', '"police-stops"')
    said = stopped(store, rows("zip", ["55407"]), shipped)
    assert f"kind under [police-stops] in {sources.CATALOGUE}" in said
    assert sources.CATALOGUE.is_relative_to(ROOT) and sources.CATALOGUE.exists()


@pytest.mark.parametrize("clock", ["Time", "Start Time", "Incident Time", "Time Occurred"])
def test_a_plain_date_takes_the_clock_of_the_event(store: Store, clock: str) -> None:
    text = f"id,Date,{clock},End Time,Dispatch Time,area,kind\n"
    text += "1,2024-03-01,10:15,11:15,12:15,A,other\n2,2024-03-02,11:15,12:15,13:15,A,other\n"
    _, said = take(store, text)
    assert f'  time_of_day = "{clock}"' in said


def test_of_two_clocks_of_the_event_none_is_taken() -> None:
    held = {"Date": ["2024-03-01"], "Start Time": ["10:15"], "Call Time 2": ["11:20"]}
    assert time_columns.clock(list(held)[1:], held.__getitem__, "Date") is None


def test_the_whole_import_without_a_mapping(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("id,date,lat,lon,kind,Emp\n1,2024-03-01,44.97,-93.26,other,Ana Smith\n")
    report = importer.import_file(store, PLACE, file, Options(), say=lambda _: None)
    assert report.forbidden == ("Emp",) and report.kept == 1
