"""Meanings of cells come first: a text that a rule or a table of words knows is never empty."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.areas import area_import
from data.imports import earlier, importer
from data.imports.importer import Options, Report
from data.imports.report import MissingTexts
from data.settings import Problem
from data.storage.store import Store
from tests.areas.test_boundaries import geojson, square
from tests.imports.test_import import OFFICIAL, PLACE, records, take

HEAD = "id,date,lat,lon,kind"
COLUMNS = (
    '[columns]\nincident_id = "id"\noccurred_at = "date"\nlat = "lat"\nlon = "lon"\nkind = "kind"\n'
)
NONE_IS_A_WORD = (
    'response: "none" was read as a word, not as an empty cell (Local police did not come)'
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def read(
    store: Store, column: str, texts: list[str], rules: str = "", target: str = "", **more: Any
) -> tuple[Report, list[Any]]:
    """A column of a file with these texts, read by rules: the report, and the values."""
    target = target or column
    rows = [f"{i},2026-01-05 10:00,44.97,-93.26,other,{t}" for i, t in enumerate(texts)]
    mapping = f'{OFFICIAL}{COLUMNS}{target} = "{column}"\n{rules}'
    if target == "kind":
        mapping = mapping.replace('kind = "kind"\n', "")
    content = "\n".join([f"{HEAD},{column}", *rows]) + "\n"
    report, found = take(store, content, mapping=mapping, **more)
    return report, [r[target] for r in sorted(found, key=lambda r: int(r["incident_id"][6:]))]


def missing(report: Report) -> dict[str, dict[str, int]]:
    return {found.target: found.texts for found in report.missing}


def test_none_is_what_police_did_not_do(store: Store) -> None:
    report, found = read(store, "response", ["none", "None", "in_person", "", "N/A", "none"])
    assert found == ["none", "none", "in_person", "not_recorded", "not_recorded", "none"]
    assert missing(report) == {"response": {"": 1, "N/A": 1}}
    assert report.notes[NONE_IS_A_WORD] == 2  # who means an empty cell by it is told
    assert report.notes[NONE_IS_A_WORD.replace('"none"', '"None"')] == 1


def test_force_none_is_the_set_of_none(store: Store) -> None:
    report, found = read(
        store,
        "force",
        ["none", "", "body; none", "n/a", "taser; n/a"],
        '[tags.force]\nseparator = ";"\n',
    )
    assert found == [["none"], None, ["body", "none"], None, ["taser"]]
    assert missing(report) == {"force": {"": 1, "n/a": 2}}
    assert not report.unknown


@pytest.mark.parametrize("text", ["none", "NONE", "n/a", "-", "null"])
def test_the_mapping_is_asked_before_a_cell_is_missing(store: Store, text: str) -> None:
    rule = f'[values.response]\n"{text.lower()}" = "declined"\n'
    report, found = read(store, "response", [text, "none"], rule)
    assert found[0] == "declined"
    assert missing(report) == {}


def test_the_mapping_can_say_that_none_is_an_empty_cell(store: Store) -> None:
    report, found = read(store, "response", ["none", "in_person"], '[values.response]\nnone = ""\n')
    assert found == ["not_recorded", "in_person"]
    assert missing(report) == {"response": {"none": 1}}
    assert not report.notes


def test_the_rule_for_all_others_is_not_for_empty_cells(store: Store) -> None:
    report, found = read(
        store, "response", ["NA", "", "later"], '[values.response]\n"*" = "declined"\n'
    )
    assert found == ["not_recorded", "not_recorded", "declined"]
    assert missing(report) == {"response": {"": 1, "NA": 1}}


def test_an_empty_cell_can_have_a_rule(store: Store) -> None:
    _, found = read(store, "response", ["", "in_person"], '[values.response]\n"" = "none"\n')
    assert found == ["none", "in_person"]


@pytest.mark.parametrize(
    "rules",
    [
        '[values.kind]\n"n/a" = "sighting"\n',
        '[tags.kind]\nseparator = "/"\n[tags.kind.words]\n"n/a" = "sighting"\n',
    ],
)
def test_a_kind_of_missing_text_by_a_rule(store: Store, rules: str) -> None:
    report, found = read(store, "what", ["n/a", "other", "NA", ""], rules, "kind")
    assert found == ["sighting", "other"]
    assert report.rejected == {"no kind": 2}
    assert missing(report) == {"kind": {"": 1, "NA": 1}}


def test_a_file_of_kinds_that_only_the_mapping_knows_is_taken(store: Store) -> None:
    _, found = read(store, "what", ["n/a", "n/a"], '[values.kind]\n"n/a" = "sighting"\n', "kind")
    assert found == ["sighting", "sighting"]


def test_a_constant_is_for_cells_that_say_nothing(store: Store) -> None:
    report, found = read(store, "response", ["none", "NA"], '[constant]\nresponse = "declined"\n')
    assert found == ["none", "declined"]
    assert missing(report) == {"response": {"NA": 1}}


def test_flags_and_counts(store: Store) -> None:
    texts = ["none", "non", "Sí", "NA", ""]
    assert read(store, "injured", texts)[1] == [None, False, True, None, None]
    report, found = read(store, "injured", texts, '[values.injured]\nnone = "no"\n')
    assert found == [False, False, True, None, None]
    assert missing(report) == {"injured": {"": 1, "NA": 1}}
    report, found = read(store, "officers", ["none", "3", "-", "4.0"])
    assert found == [None, 3, None, 4] and missing(report) == {"officers": {"-": 1, "none": 1}}
    assert read(store, "officers", ["none", "3"], '[values.officers]\nnone = "0"\n')[1] == [0, 3]
    with pytest.raises(Problem, match=r"values.officers.*'few'"):
        read(store, "officers", ["none"], '[values.officers]\nnone = "few"\n')


def test_lists_that_have_no_word_none(store: Store) -> None:
    report, found = read(store, "agencies", ["none", "federal"])
    assert found == [None, ["federal"]] and missing(report) == {"agencies": {"none": 1}}
    report, found = read(store, "source_url", ["none", "https://example.org"])
    assert found == [None, ["https://example.org"]]
    assert missing(report) == {"source_url": {"none": 1}}


def test_a_label_is_missing_unless_somebody_says_it_is_a_name(store: Store, tmp_path: Path) -> None:
    texts = ["NA", "None", "Whittier", ""]
    report, found = read(store, "area_label", texts)
    assert found == [None, None, "Whittier", None]
    assert missing(report) == {"area_label": {"": 1, "NA": 1, "None": 1}}
    rule = '[values.area_label]\nna = "North Aurora"\n'
    assert read(store, "area_label", texts, rule)[1] == ["North Aurora", None, "Whittier", None]
    town = geojson(tmp_path / "town.geojson", ({"name": "None"}, square(0, 0)))
    area_import.add(store, PLACE, town, name_column="name", say=lambda _: None)
    report, found = read(store, "area_label", texts)  # the same file, read anew
    assert found == [None, "None", "Whittier", None] and not report.unchanged


def test_times_and_ids_that_say_nothing_are_listed(store: Store) -> None:
    text = (
        "id,date,clock,in,sure,lat,lon,kind\n"
        "1,2026-01-05,10:00,2026-01-06,day,44.97,-93.26,other\n"
        "NA,2026-01-05,-,null,NA,44.97,-93.26,other\n"
        "3,unknown,,,perhaps,44.97,-93.26,other\n"
    )
    mapping = (
        f'{OFFICIAL}{COLUMNS}time_of_day = "clock"\nreceived_at = "in"\ntime_precision = "sure"\n'
    )
    report, _ = take(store, text, mapping=mapping)
    assert missing(report) == {
        "occurred_at": {"unknown": 1},
        "time_of_day": {"": 1, "-": 1},
        "time_precision": {"NA": 1},
        "received_at": {"": 1, "null": 1},
        "incident_id": {"NA": 1},
    }
    assert report.rejected == {"no time": 1}


def test_a_precision_without_a_rule_is_told(store: Store) -> None:
    report, found = read(store, "place_precision", ["block", "roughly", "?"])
    assert found == ["block", "exact", "exact"]
    assert report.unknown == {"place_precision": {"roughly": 1}}
    assert missing(report) == {"place_precision": {"?": 1}}


def test_an_origin_is_not_shown_where_it_says_nothing(store: Store) -> None:
    report, found = read(store, "origin", ["none", "612 555 0100"])
    assert found[0] is None and found[1]
    assert missing(report) == {"origin": {"none": 1}}
    assert "0100" not in " ".join(report.sentences())


def test_what_is_missing_is_said_and_kept_in_the_ledger(store: Store) -> None:
    report, _ = read(store, "police response", ["", "NA", "NA", "none"], target="response")
    assert report.missing == [MissingTexts("response", "police response", {"NA": 2, "": 1})]
    said = 'Read as missing in "police response" (response): "NA" (2), empty (1).'
    assert said in report.sentences()
    known = earlier.committed(store, report.batch)
    assert known is not None and known.missing == report.missing and said in known.sentences()


def test_a_column_of_nothing_but_none_is_found_unasked(store: Store) -> None:
    text = f"{HEAD},response\n" + "".join(
        f"{i},2026-01-05 10:00,44.97,-93.26,other,{'none' if i % 5 else 'sent away'}\n"
        for i in range(10)
    )
    report, found = take(store, text)
    assert [r["response"] for r in found].count("none") == 8
    assert report.unknown == {"response": {"sent away": 2}}


def test_three_of_five_say_none(store: Store, shared: Path) -> None:
    for mapping in ("r.toml", "r2.toml"):
        folder = shared / "inputs" / "none"
        options = Options(map=folder / mapping)
        report = importer.import_file(
            store, PLACE, folder / "response.csv", options, say=lambda _: None
        )
        found = records(store, report)
        assert [r["response"] for r in found].count("none") == 3
        assert [r["force"] for r in found] == [["none"]] * 3 + [["body"], None]


def test_the_sample_knows_how_often_police_did_not_come(sample_store: Path) -> None:
    found = duckdb.execute(
        "SELECT response, count(*) FROM read_parquet(?) WHERE source = 'community-made' GROUP BY 1",
        [str(sample_store / "batches" / "*.parquet")],
    ).fetchall()
    assert dict(found)["none"] == 640
    assert sum(dict(found).values()) == 3000
