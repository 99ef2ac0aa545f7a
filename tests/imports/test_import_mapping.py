"""The mapping: guessed, written, read again; and the columns that may not come in."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import words
from data.columns import guess_columns
from data.mappings import mapping_read, mapping_write
from data.mappings.mapping import (
    CONSTANTS,
    COUNTS,
    DATED,
    ENUMERATED,
    NAMES,
    PATTERNED,
    TARGETS,
    TIME_COLUMNS,
    ZONED,
    FileMapping,
    FileRule,
    Pattern,
    PlaceRule,
    TagRule,
    TimeRule,
)
from data.parse import midnight
from data.personal_columns import is_forbidden, is_personal
from data.settings import Problem

ROOT = Path(__file__).resolve().parents[2]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
NAME = TEXT.filter(lambda text: not is_forbidden(text))
KEY = TEXT.filter(bool)


def maybe(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | kind


def some(keys: Any, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    known = keys if isinstance(keys, st.SearchStrategy) else st.sampled_from(list(keys))
    return st.dictionaries(known, values, max_size=3)


def word(column: str) -> st.SearchStrategy[str]:
    return st.sampled_from(list(words.CODES[column]))


RENAMED = st.dictionaries(TEXT, TEXT, min_size=1, max_size=3)


def rules(column: str) -> st.SearchStrategy[dict[str, str]]:
    meant = st.sampled_from(["0", "12"]) if column in COUNTS else word(column)
    return st.dictionaries(TEXT, meant | st.just(""), min_size=1, max_size=3)


FORMATS = st.sampled_from(["%Y-%m-%d", "%d/%m/%Y[ %H:%M]", "%b %d %Y"])
MAPPINGS = st.builds(
    FileMapping,
    source=st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True),
    about=st.fixed_dictionaries(
        {}, optional={"title": TEXT, "kind": st.just("press"), "from": st.dates()}
    ),
    file=st.builds(
        FileRule, maybe(TEXT), maybe(TEXT), st.lists(TEXT, max_size=3).map(tuple), st.booleans()
    ),
    columns=some(TARGETS, NAME),
    time=st.builds(
        TimeRule,
        some(TIME_COLUMNS, FORMATS),
        maybe(st.just("Europe/Berlin")),
        maybe(word("time_precision")),
        some(DATED, st.sampled_from(midnight.RULES)),
        some(ZONED, st.just("UTC")),
    ),
    place=st.builds(
        PlaceRule,
        maybe(st.just("EPSG:26915")),
        maybe(word("place_precision")),
        maybe(st.floats(0, 20_000)),
        maybe(st.sampled_from(".,")),
        st.booleans(),
    ),
    values=st.fixed_dictionaries(
        {}, optional={c: rules(c) for c in (*ENUMERATED, *COUNTS)} | dict.fromkeys(NAMES, RENAMED)
    ),
    tags=st.fixed_dictionaries(
        {},
        optional={
            c: st.builds(TagRule, KEY, rules(c), st.lists(word(c), max_size=2).map(tuple))
            for c in ("kind", "force", "agencies")
        },
    ),
    constant=st.fixed_dictionaries(
        {}, optional={c: word(c) if c in ENUMERATED else TEXT for c in CONSTANTS}
    ),
    patterns=some(
        PATTERNED,
        st.lists(
            st.builds(Pattern, prefix=KEY, time_precision=maybe(word("time_precision")), note=TEXT),
            min_size=1,
            max_size=2,
        ).map(tuple),
    ),
    keep=st.lists(NAME, max_size=3).map(tuple),
)


@settings(max_examples=200, deadline=None)
@given(MAPPINGS, st.lists(TEXT, max_size=3).map(tuple), st.lists(TEXT, max_size=3).map(tuple))
def test_what_is_written_is_read(
    rules: FileMapping, unused: tuple[str, ...], kinds: tuple[str, ...]
) -> None:
    text = mapping_write.text(rules, unused, kinds)
    assert mapping_read.from_table(tomllib.loads(text), "it") == rules


BASE = '[source]\nname = "x"\n'
WRONG = [
    ("[other]\na = 1", "[other] is unknown"),
    ('[columns]\nlatitude = "lat"', "unknown entry: latitude"),
    ('[source]\nname = "X Y"', "short name"),
    ('[source]\nname = "x"\nowner = "me"', "unknown entry: owner"),
    ('[source]\nname = "x"\nkind = "rumor"', "'rumor'"),
    (BASE + '[time]\nformat = "%K"', "no date format"),
    (BASE + '[time]\nzone = "Mars"', "no time zone"),
    (BASE + '[time]\nprecision = "year"', "'year' is no time_precision"),
    (BASE + '[time]\nmidnight = "noon"', "'noon' is no midnight of occurred_at"),
    (BASE + '[time]\ntime_of_day_midnight = "utc day"', "no midnight of time_of_day"),
    (BASE + '[time]\nreceived_at_zone = "Mars"', "no time zone"),
    (BASE + '[time]\ntime_of_day_zone = "UTC"', "unknown entry: time_of_day_zone"),
    (BASE + '[place]\ncrs = "EPSG:0"', "no coordinate system"),
    (BASE + "[place]\nreach_km = -1", "reach_km"),
    (BASE + "[place]\nswapped = 1", "true or false"),
    (BASE + '[place]\ndecimal = ";"', "decimal"),
    (BASE + '[values.kind]\na = "riot"', "'riot' is no kind"),
    (BASE + '[values.injured]\na = "maybe"', "'maybe'"),
    (BASE + '[values.text]\na = "b"', "unknown entry: text"),
    (BASE + '[tags.force]\nsep = ","', "unknown entry: sep"),
    (BASE + '[tags.force.words]\na = "magic"', "'magic' is no force"),
    (BASE + '[constant]\nlat = "1"', "unknown entry: lat"),
    (BASE + '[[patterns.occurred_at]]\nnote = "x"', "prefix or a suffix"),
    (BASE + "[keep]\nattributes = 1", "list of texts"),
    (BASE + '[columns]\nlat = "Officer Name"', "never imported"),
    (BASE + '[keep]\nattributes = ["DOB"]', "never imported"),
    ("[source\n", "TOML"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_wrong_entry_is_named(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(text if "[source" in text else BASE + text)
    with pytest.raises(Problem) as raised:
        mapping_read.read_mapping(file)
    assert said in str(raised.value)


def test_the_mappings_that_come_with_it_are_sound() -> None:
    for file in (ROOT / "data/sample/mappings").glob("*.toml"):
        assert mapping_read.read_mapping(file).columns


def test_the_force_mapping_dates_its_source() -> None:
    assert mapping_read.read_mapping(ROOT / "data/sample/mappings/force-2020.toml").about[
        "from"
    ] == date(2020, 5, 26)


def guessed(header: str, *rows: str) -> dict[str, str]:
    names = header.split(",")
    held = [row.split(",") for row in rows]
    return guess_columns.columns(names, lambda name: [row[names.index(name)] for row in held])


REFERENCES = """
Nº BO;N° BO;NUM_BO;Número do Boletim de Ocorrência;CrimeRef;Case Ref;Crime Reference;Crime Ref No.;Police Ref;
Aktenzeichen;Vorgangs-Nr.;Expediente;No. de expediente;Folio;Protocolo;Nº do Processo;Numéro de procédure;
N° de procédure;incident_number;Reference
"""


@pytest.mark.parametrize("header", REFERENCES.replace("\n", "").split(";"))
def test_a_reference_of_the_source_is_the_id_before_any_number_of_rows(header: str) -> None:
    for number in ("OBJECTID", "FID", ":id"):
        assert guessed(f"{number},{header}", "1,17/4-A", "2,17/5-A")["incident_id"] == header
    # one that stands in two rows tells no rows apart
    assert guessed(f"OBJECTID,{header}", "1,17/4-A", "2,17/4-A")["incident_id"] == "OBJECTID"
    assert "incident_id" not in guessed(header, "17/4-A", "17/4-A")


def test_a_column_called_id_is_one_though_it_repeats() -> None:
    for header in ("incident_id", "Incident ID", "id"):
        assert guessed(f"OBJECTID,{header}", "1,A", "2,A")["incident_id"] == header


def test_what_only_sounds_like_a_reference_is_no_id() -> None:
    for header in ("reference point", "case status", "Police ID", "BO", "folios", "number"):
        assert "incident_id" not in guessed(header, "1", "2"), header


def test_columns_are_found_by_name_and_content() -> None:
    stops = guessed(
        "idNum,date,problem,MDC,race,lat,long,policePrecinct,neighborhood",
        "17-1,2017-01-01T06:00:42Z,suspicious,MDC,Black,44.9,-93.2,1,Whittier",
    )
    assert stops == {
        "incident_id": "idNum",
        "occurred_at": "date",
        "lat": "lat",
        "lon": "long",
        "area_label": "neighborhood",
        "kind": "problem",
    }
    assert guessed("X,Y,Incident Date,Time", "-93.2,44.9,01/31/2024,14:30") == {
        "lat": "Y",
        "lon": "X",
        "occurred_at": "Incident Date",
        "time_of_day": "Time",
    }
    assert guessed("Fecha,Hora,Barrio,Latitud,Longitud", "31/01/2024,10:00,A,44.9,-93.2") == {
        "occurred_at": "Fecha",
        "time_of_day": "Hora",
        "area_label": "Barrio",
        "lat": "Latitud",
        "lon": "Longitud",
    }
    assert guessed("X,Y,date", "479500.1,4979500.2,2024-01-01") == {
        "x": "X",
        "y": "Y",
        "occurred_at": "date",
    }
    # an address is no coordinate, and a status is no grade
    assert guessed("Location,Status,Reported", "12 Lake St,closed,2024-01-01") == {
        "occurred_at": "Reported"
    }
    assert guessed("occurred,reported,status", "2024-01-01,2024-01-02,verified") == {
        "occurred_at": "occurred",
        "received_at": "reported",
        "grade": "status",
    }


def test_forbidden_columns_are_never_looked_at() -> None:
    def values(name: str) -> list[str]:
        assert not is_forbidden(name)
        return ["2024-01-01"]

    assert "text" not in guess_columns.columns(
        ["date", "name", "phone", "description of suspect name"], values
    )


FORBIDDEN = """
Name;NAME;names;suspect_name;SuspectName;suspectname;officerName;Officer;
arresting officer;Officer 1;victim;Victim Name;first_name;Last Name;lname;phone;
Phone Number;phonenumber;cell phone;Home Phone;e-mail;Email Address;emailaddress;
license plate;LicensePlate;licenseplateno;plate_no;Plate State;badge;Badge #;
Officer ID;ssn;SSN#;Passport No;DOB;date of birth;birth_date;Nationality;
immigration status;Home Address;Nombre;nombre completo;Apellidos;teléfono;Placa;
matrícula;Nom;Prénom;Nachname;Vorname;Kennzeichen;Telefonnummer;Staatsangehörigkeit;
Geburtsdatum;Magaca;taleefan;fecha de nacimiento;date de naissance;driver license;
drivers_license_no;VIN;contact;complainant;A-Number;username;
twitter handle;tag_number;victim address;suspect street;caller phone;documento;
número de pasaporte;cédula;Tel.;witness;Nom de famille;person;citizenship;caller;
employee id;residence;reporter;nom du suspect;country of birth;driver_2;created_by;
respondent;Emp;EmpName;assigned_to;resident;party;Party 1;involved;business_owner;
owner;case_title;kennung;user;login;crew;Off1;Lic No;tag;DL;IP;Victim Init;
street_address;apt;userid;Lic St;ip_addr;
reporter/name;properties/phone;stop/officer;incident/person/name;a/b/victim/address;entered by;
incident/Last Name;properties/name;caller/0/phone;reported by phone;
nombre de la víctima;names of people;street name of victim;numéro de téléphone;
"""
ALLOWED = """
neighborhood name;NeighborhoodName;neighborhoodname;Street Name;area name;
AGENCY_NAME;filename;file name;station;id;idNum;incident number;Case Number;date;
problem;citationIssued;personSearch;vehicleSearch;preRace;race;gender;lat;long;
policePrecinct;is_911_call;primary_offense;subject_injury;force_type;sex;age;
number_of_officers;officers;vehicles;license type;city;state;address;block address;
location;zip;Nom du quartier;nombre_barrio;Stadtteil Name;stadtteilname;beat;kind;
time;text;description;narrative;url;event name;template;status;disposition;
officer_race;victim_age;victim count;suspects;OBJECTID;x;y;Location Description;
tags;geolocation;force;injured;note;source;grade;setting;agencies;call type;
reported;channel;origin;Primary Type;Arrest;Domestic;Community Area;
number of people;report_number;Facility Name;school name;unit id;day of week;
subject;who;assigned;property;third party;clip;ship;office;crew size;description;tags;
unit;involved vehicles;street;user type;resident count;
LSOA name;MSOA Name;ward name;district/name;properties/station/name;agency/name;Street/name;
Reported by;reported_by;properties/Reported by;location/latitude;stop/date;properties/kind;
place name;agents;number of victims;officer shot;
"""


def listed(headers: str) -> list[str]:
    return [header for header in headers.replace("\n", "").split(";") if header]


def test_headers_that_may_name_somebody_are_forbidden() -> None:
    assert [header for header in listed(FORBIDDEN) if not is_forbidden(header)] == []


def test_names_of_places_and_things_are_not() -> None:
    assert [header for header in listed(ALLOWED) if is_forbidden(header)] == []


def test_attributes_of_a_person_are_told_from_others() -> None:
    personal = {"race", "preRace", "gender", "sex", "victim_age", "Ethnicity", "edad", "Geschlecht"}
    assert {
        h
        for h in [*personal, "village", "coverage", "citationIssued", "precinct"]
        if is_personal(h)
    } == personal
