"""Everything a reader can choose or see is described in words."""

import pytest

from data import words
from data.desk import desk_records
from data.methods import METHODS
from data.record import COLUMNS
from data.sources import read_catalogue
from data.views.filters import FILTERS
from ui.filters import filter_bar, filter_widgets
from ui.parts import tables


@pytest.mark.parametrize("column", words.TABLES)
def test_words_have_meanings(column: str) -> None:
    codes = [word.code for word in words.TABLES[column]]
    assert len(set(codes)) == len(codes)
    for word in words.TABLES[column]:
        assert word.meaning.endswith(".") and len(word.meaning) > 8
        assert word.code == word.code.lower().replace(" ", "_")


def test_enumerations_fit_their_codes() -> None:
    for column, table in words.TABLES.items():
        assert len(table) < (16 if column == "force" else 255)


def test_filters_are_described() -> None:
    names = [row.word for row in FILTERS]
    assert len(set(names)) == len(names)
    for row in FILTERS:
        assert row.label and row.help.endswith(".") and row.widget in filter_widgets.WIDGETS
    in_pills = [word for pill in filter_bar.PILLS for word in pill.words]
    assert sorted(in_pills) == sorted(names)  # each filter stands in one pill


def test_columns_and_methods_are_described() -> None:
    for column in COLUMNS:
        assert column.meaning.endswith("."), column.name
    for method in METHODS:
        assert all(part.strip() for part in method)
    for name, (label, _, help) in tables.COLUMNS.items():
        assert label and help.endswith("."), name


def test_sources_say_what_they_cover() -> None:
    for source in read_catalogue().values():
        assert source.covers.endswith(".") and source.licence and source.says
        assert source.kind in words.CODES["source_kind"]
        # a desk's records begin with its first tip
        assert source.made or source.start or source.name == desk_records.SOURCE


def test_no_column_can_name_a_person() -> None:
    from data.personal_columns import is_forbidden

    assert not [c.name for c in COLUMNS if is_forbidden(c.name)]
