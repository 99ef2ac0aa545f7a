"""`python -m data find`: tables of a place, from a list as OpenPoliceData publishes it (made rows)."""

import tomllib
from pathlib import Path

import pytest

from data.cities import known_tables
from data.pulls.feeds import read_feeds
from data.settings import Problem
from tests.conftest import command

HEAD = (
    "State,SourceName,Agency,AgencyFull,TableType,coverage_start,coverage_end,last_coverage_check,"
    "Year,agency_originated,supplying_entity,Description,source_url,readme,URL,DataType,date_field,"
    "dataset_id,agency_field,min_version,py_min_version,query"
)
ROWS = (
    'Colorado,Denver,Denver,Denver Police,STOPS,01/01/2014,05/30/2025,,MULTIPLE,,,"A, b",'
    "https://example.org/stops,,https://gis.example.org/arcgis/rest/services/S/FeatureServer/32/query?x=1,"
    "ArcGIS,TIME,,,,,",
    "Colorado,Denver,Denver,,CALLS FOR SERVICE,,,,2019,,,,https://example.org/calls,,data.example.org,"
    "Socrata,received,abcd-1234,,,,",
    "Colorado,Denver,Denver,,ARRESTS,01/01/2020,12/31/2022,,MULTIPLE,,,,https://example.org/a,,"
    "https://example.org/arrests.csv,CSV,day,,,,,",
    "Colorado,Denver,Denver,,COMPLAINTS,,,,NONE,,,,https://example.org/c,,https://example.org/c.xlsx,"
    "Excel,,,,,,",
    "Colorado,Aurora,Aurora,,STOPS,,,,MULTIPLE,,,,,,https://example.org/aurora.csv,CSV,date,,,,,",
    'Utah,"Provo""quoted",MULTI,,STOPS,,,,MULTIPLE,,,,,,"https://example.org/x"" y",CSV,date,,,,,',
)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A made list of six tables."""
    file = tmp_path / "opd_source_table.csv"
    file.write_text("\n".join((HEAD, *ROWS)) + "\n", "utf-8")
    return file


def test_each_table_becomes_a_feed_or_says_how_else_to_get_it(listed: Path, tmp_path: Path) -> None:
    found = known_tables.find_tables(known_tables.read_list(listed), "Denver")
    assert [(t.kind, t.address, t.dataset, t.years) for t in found] == [
        (
            "arcgis",
            "https://gis.example.org/arcgis/rest/services/S/FeatureServer/32",
            "",
            "2014 to 2025",
        ),
        ("socrata", "https://data.example.org", "abcd-1234", "2019"),
        ("file", "https://example.org/arrests.csv", "", "2020 to 2022"),
        ("Excel", "", "", "years not told"),
    ]
    text = "\n".join(list(known_tables.describe(found, "Denver"))[1:])
    assert list(tomllib.loads(text)["pull"]) == [
        "denver-stops-2014-2025",
        "denver-calls-for-service-2019",
        "denver-arrests-2020-2022",
    ]
    settings = tmp_path / "porchlight.toml"
    settings.write_text(text)  # what is printed can be pasted: the feeds are read as they stand
    feeds = read_feeds(settings).values()
    assert [feed.kind for feed in feeds] == ["arcgis", "socrata", "file"]
    assert {feed.source_kind for feed in feeds} == {"official"}
    assert "download it: https://example.org/c" in text
    assert [t.covers(2021) for t in found] == [True, False, True, True]


def test_tables_of_one_name_can_be_pasted_together(listed: Path) -> None:
    (aurora,) = known_tables.find_tables(known_tables.read_list(listed), "Aurora")
    lines = list(known_tables.describe([aurora, aurora], "Aurora"))
    assert list(tomllib.loads("\n".join(lines[1:]))["pull"]) == ["aurora-stops", "aurora-stops-2"]


def test_a_state_and_several_words_find_too(listed: Path) -> None:
    tables = known_tables.read_list(listed)
    assert len(known_tables.find_tables(tables, "colorado")) == 5
    assert len(known_tables.find_tables(tables, "Aurora, Colorado")) == 1
    assert known_tables.find_tables(tables, "Denv") == []
    with pytest.raises(Problem, match="Say which place"):
        known_tables.find_tables(tables, " - ")


def test_an_address_that_cannot_stand_in_toml_is_none(listed: Path) -> None:
    (odd,) = known_tables.find_tables(known_tables.read_list(listed), "Utah")
    assert odd.address == ""
    assert tomllib.loads("\n".join(odd.lines("odd"))) == {}


def test_another_csv_is_no_list(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("State,City\nx,y\n")
    with pytest.raises(Problem, match=r"not the list of OpenPoliceData: no column SourceName"):
        known_tables.read_list(other)
    with pytest.raises(Problem, match="cannot be read"):
        known_tables.read_list(tmp_path / "none.csv")


def test_the_command_lists_what_is_set_up_by_one_word_too(listed: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    told = command("find", "Denver", "--list", str(listed), "--year", "2019", store=store)
    assert told.returncode == 0, told.stderr
    assert "3 tables of Denver" in told.stdout and "BSD 3-Clause" in told.stdout
    told = command("find", "Chicago", "--list", str(listed), store=store)
    assert 'python -m data city "Chicago"' in told.stdout
    assert "no table of Chicago" in told.stdout
