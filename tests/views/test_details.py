"""Whole records: what is searched, what is taken away, and what of persons is not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from data.settings import Settings
from data.storage.store import Current, Store
from data.views import links, view_counts, whole_records
from data.views.view import View
from tests.views.test_view import NOW

PLACE = Settings("Minneapolis", "America/Chicago", crs="EPSG:26915")


@pytest.fixture
def current(sample_store: Path) -> Current:
    """The sample, as readers see it."""
    store = Store(sample_store)
    return store.at(str(store.stamp()))


def asked(current: Current, **choices: object) -> View:
    """A View of the sample."""
    return links.view(choices, current.meta, PLACE, NOW)[0]


def names(current: Current, view: View, *personal: str) -> set[str]:
    """The names of attributes in a download."""
    table = whole_records.everything(current, view, personal)
    return {name for text in table["attributes"].to_pylist() if text for name in json.loads(text)}


def test_attributes_of_persons_leave_only_when_named(current: Current) -> None:
    view = asked(current, **{"from": "2017-03-01", "to": "2017-03-02"})
    every = set(whole_records.attribute_names(current, view))
    personal = {"race", "gender"}
    assert personal <= every
    held = names(current, view)
    assert held and not held & personal and held < every
    assert names(current, view, "race") == held | {"race"}


def test_download_has_as_many_rows_as_the_headline(current: Current) -> None:
    for choices in ({"kind": ["traffic stop"]}, {"source": ["press"]}, {"area": ["Whittier"]}):
        view = asked(current, **choices)
        table = whole_records.everything(current, view)
        assert table.num_rows == view_counts.headline(current, view)["n"] > 0


def test_search_counts_what_it_finds(current: Current) -> None:
    view = asked(current)
    found = whole_records.newest_records(current, view, 50, "TRAFFIC stop")
    only = replace(view, kinds=("traffic_stop",))
    assert found.num_rows == 50
    assert set(found["matches"].to_pylist()) == {view_counts.headline(current, only)["n"]}
    assert set(found["kind"].to_pylist()) == {"traffic_stop"}


@pytest.mark.parametrize("sought", ["100%", "%", "_", "\\", "' OR 1=1 --"])
def test_signs_in_a_search_stand_for_themselves(current: Current, sought: str) -> None:
    assert whole_records.newest_records(current, asked(current), 5, sought).num_rows == 0
