"""Columns and kinds that a person corrects on a page."""

from data.mappings.corrections import add_kinds, correct_columns
from data.mappings.mapping import FileMapping, TimeRule

FOUND = FileMapping(
    "calls",
    columns={"occurred_at": "received", "lat_lon": "where", "kind": "type"},
    time=TimeRule(formats={"occurred_at": "%d/%m/%Y"}, midnight={"occurred_at": "day"}),
    values={"kind": {"seen": "sighting"}},
)


def test_a_corrected_column_takes_its_rules_with_it() -> None:
    found = correct_columns(FOUND, {"occurred_at": "happened"})
    assert found.columns["occurred_at"] == "happened"
    assert not found.time.formats and not found.time.midnight
    assert found.values == FOUND.values


def test_latitude_takes_the_place_of_what_says_the_same() -> None:
    found = correct_columns(FOUND, {"lat": "y", "lon": "x"})
    assert found.columns == {"occurred_at": "received", "kind": "type", "lat": "y", "lon": "x"}


def test_a_column_says_one_thing_and_none_takes_it_away() -> None:
    found = correct_columns(FOUND, {"area_label": "type", "kind": ""})
    assert found.columns == {"occurred_at": "received", "lat_lon": "where", "area_label": "type"}


def test_the_same_column_changes_nothing() -> None:
    assert correct_columns(FOUND, {"occurred_at": "received", "lat": ""}) == FOUND


def test_kinds_are_added_to_the_rules() -> None:
    found = add_kinds(FOUND, {"burglary": "other", "*": "other"})
    assert found.values["kind"] == {"seen": "sighting", "burglary": "other", "*": "other"}
    assert add_kinds(FOUND, {}) is FOUND
