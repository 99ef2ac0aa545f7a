"""The desk to try out: made tips in a store of its own, and where it refuses to stand."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.desk import approving, demo, desk_numbers, desk_records
from data.desk.desk import Desk
from data.settings import Problem, Settings, load_settings
from data.storage.events import Imported
from data.storage.store import Store
from tests.desk.desks import EDI, STEW


@pytest.fixture(scope="module")
def settings(sample_store: Path) -> Settings:
    return replace(load_settings(), store=sample_store)


@pytest.fixture(scope="module")
def desk(settings: Settings) -> Desk:
    return demo.open_demo(settings, provider=False, named=False)


def test_it_shows_the_whole_way(desk: Desk, settings: Settings) -> None:
    tips = [tip for tip in desk.state().tips.values() if not tip.answer]
    assert len(tips) == demo.TIPS == 200
    assert len(approving.to_approve(desk, EDI)) > 5
    every = desk_numbers.total(desk_numbers.outcomes(desk, STEW))
    assert every and every.confirmed.n > 5 and every.waiting > 50
    assert sum(1 for tip in tips if not desk.state().leads(tip)) < 10
    names = {tip.says["area"] for tip in tips}
    assert len(names) > 20  # areas of the place
    assert desk.store.root != settings.store
    assert desk.store.history().sources == [desk_records.MADE]
    assert demo.open_demo(settings, provider=False, named=False) is desk


@pytest.mark.parametrize(("provider", "named"), [(True, False), (False, True)])
def test_it_refuses_where_people_sign_in_or_a_name_is_public(
    settings: Settings, provider: bool, named: bool
) -> None:
    with pytest.raises(Problem, match="this machine only"):
        demo.open_demo(settings, provider=provider, named=named)


def test_it_refuses_beside_one_record_that_is_not_made(tmp_path: Path, settings: Settings) -> None:
    own = replace(settings, store=tmp_path / "store")
    own.store.mkdir()
    Store(own.store).ledger.append(Imported("a", source="stops", source_kind="official"))
    store = Store(demo.demo_settings(own).store)
    store.root.mkdir(parents=True)
    store.ledger.append(Imported("b", source="police-stops", source_kind="official"))
    with pytest.raises(Problem, match="holds others"):
        demo.open_demo(own, provider=False, named=False)


def test_a_place_that_is_not_set_up_is_no_place_to_try(tmp_path: Path, settings: Settings) -> None:
    own = replace(settings, store=tmp_path / "store")
    with pytest.raises(Problem, match="not set up yet"):
        demo.open_demo(own, provider=False, named=False)
    assert not demo.demo_settings(own).store.exists()


def test_a_record_of_the_trial_is_marked_as_made(desk: Desk) -> None:
    stamp = desk.store.stamp()
    assert stamp
    (source,) = desk.store.at(stamp).meta["sources"]
    assert source["name"] == desk_records.MADE and source["made"]
