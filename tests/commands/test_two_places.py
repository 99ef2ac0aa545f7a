"""Two places never write into one store."""

import contextlib
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from data.cities import known_tables
from data.jobs import init
from data.people import roster
from data.sample import sample
from data.settings import Problem, Settings, load_settings
from data.storage import place_mark
from data.storage.store import Store
from tests.conftest import command

ROW = "id,time,lat,lon,kind\n1,2024-03-01 10:00,{lat},{lon},sighting\n"
AREA = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Polygon","coordinates":[[[-93.3,44.9],[-93.2,44.9],[-93.2,45.0],[-93.3,44.9]]]}}]}'


@pytest.fixture(autouse=True)
def own_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stores are named in a folder of the test's own."""
    monkeypatch.setattr(init, "ROOT", tmp_path / "root")
    monkeypatch.setattr("data.settings.ROOT", tmp_path / "root")
    monkeypatch.delenv("PORCHLIGHT_STORE", raising=False)
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def store_of(file: Path) -> str:
    return str(tomllib.loads(file.read_text())["place"]["store"])


def test_two_places_of_one_name_get_two_stores(tmp_path: Path, own_root: Path) -> None:
    maine, oregon = tmp_path / "maine.toml", tmp_path / "oregon.toml"
    init.init(maine, "Portland", "America/New_York", "", "", 40)
    told = init.init(oregon, "Portland", "America/Los_Angeles", "", "", 40)
    assert (store_of(maine), store_of(oregon)) == ("data/store-portland", "data/store-portland-2")
    assert any("another place's store" in line for line in told)
    # also where the other settings are elsewhere, once its store is there
    (own_root / "data/store-portland").mkdir(parents=True)
    third = tmp_path / "else" / "porchlight.toml"
    third.parent.mkdir()
    init.init(third, "Portland", "Europe/London", "", "", 40)
    assert store_of(third) == "data/store-portland-2"


def test_names_without_latin_letters_do_not_meet(tmp_path: Path) -> None:
    stores = []
    for i, name in enumerate(("Київ", "東京")):
        init.init(tmp_path / f"{i}.toml", name, "UTC", "", "", 40)
        stores.append(store_of(tmp_path / f"{i}.toml"))
    assert len({*stores}) == 2


def test_settings_written_anew_for_the_same_place_keep_its_store(tmp_path: Path) -> None:
    file = tmp_path / "porchlight.toml"
    init.init(file, "Portland", "America/New_York", "", "", 40)
    init.init(file, "Portland", "America/New_York", "43.66,-70.26", "", 40)
    assert store_of(file) == "data/store-portland"
    init.init(file, "Boston", "America/New_York", "", "", 40)
    assert store_of(file) == "data/store-boston"
    assert store_of(tmp_path / "porchlight.portland.toml") == "data/store-portland"


def test_a_store_that_the_environment_names_is_spoken_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(tmp_path / "one"))
    told = init.init(tmp_path / "a.toml", "Portland", "America/New_York", "", "", 40)
    assert any("PORCHLIGHT_STORE is set" in line for line in told)


def test_a_second_place_is_refused_by_the_store_of_the_first(tmp_path: Path) -> None:
    store, one, two = tmp_path / "store", tmp_path / "one.toml", tmp_path / "two.toml"
    init.init(one, "Portland", "America/New_York", "43.66,-70.26", "", 40)
    init.init(two, "Portland", "America/Los_Angeles", "45.5,-122.7", "", 40)
    (tmp_path / "a.csv").write_text(ROW.format(lat=43.66, lon=-70.26))
    (tmp_path / "b.csv").write_text(ROW.format(lat=45.5, lon=-122.7))
    (tmp_path / "a.geojson").write_text(AREA)
    first, second = {"PORCHLIGHT_CONFIG": str(one)}, {"PORCHLIGHT_CONFIG": str(two)}
    assert command("import", str(tmp_path / "a.csv"), store=store, **first).returncode == 0
    events = len(Store(store).events())
    for words in (
        ("import", str(tmp_path / "b.csv")),
        ("import", str(tmp_path / "b.csv"), "--dry-run"),
        ("areas", str(tmp_path / "a.geojson"), "--name-column", "name"),
        ("areas", "--learn"),
    ):
        done = command(*words, store=store, **second)
        assert done.returncode == 1 and "two places never share a store" in done.stderr, words
    assert len(Store(store).events()) == events
    # the same place under a new name: the mark says what to change
    text = one.read_text().replace('name = "Portland"', 'name = "Portland, Maine"')
    one.write_text(text)
    done = command("import", str(tmp_path / "a.csv"), store=store, **first)
    assert done.returncode == 1 and "place.toml" in done.stderr
    mark = store / "place.toml"
    mark.write_text(mark.read_text().replace('"Portland"', '"Portland, Maine"'))
    assert command("import", str(tmp_path / "a.csv"), store=store, **first).returncode == 0


def test_a_middle_on_the_other_side_of_180_degrees_is_near(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    (tmp_path / "store").mkdir()
    suva = Settings(name="Toytown", zone="Pacific/Fiji", center=(-17.0, 179.9))
    place_mark.mark_place(store, suva)
    place_mark.check_place(store, replace(suva, center=(-17.0, -179.9)))
    with pytest.raises(Problem, match="never share"):
        place_mark.check_place(store, replace(suva, center=(-17.0, 170.0)))


def test_the_middles_of_two_places_of_one_name_and_clock_tell_them_apart(tmp_path: Path) -> None:
    store, file = tmp_path / "store", tmp_path / "a.csv"
    file.write_text(ROW.format(lat=39.8, lon=-89.65))
    for name, at, code in (("il", "39.8,-89.65", 0), ("mo", "37.2,-93.3", 1)):
        config = tmp_path / f"{name}.toml"
        init.init(config, "Springfield", "America/Chicago", at, "", 0)
        done = command("import", str(file), store=store, PORCHLIGHT_CONFIG=str(config))
        assert done.returncode == code, done.stdout + done.stderr
    assert load_settings(tmp_path / "il.toml").center == (39.8, -89.65)


def test_sentences_name_the_settings_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the file of the other place."""
    oregon = tmp_path / "oregon.toml"
    monkeypatch.setenv("PORCHLIGHT_CONFIG", str(oregon))
    settings = Settings(name="Portland", zone="America/Los_Angeles")
    store = Store(tmp_path / "store")
    with pytest.raises(Problem, match="describes Portland") as refused:
        sample.fill(store, settings, bar=lambda _: contextlib.nullcontext(lambda *_: None))
    found = known_tables.KnownTable("CO", "Denver", "", "STOPS", 0, 0, "", "", "", "")
    listed = list(known_tables.describe([found], "Denver"))
    told = [str(refused.value), roster.revoke(store, ""), *listed]
    for sentence in told:
        assert "porchlight.toml" not in sentence
    assert f"{oregon} describes" in told[0] and f"[roles] in {oregon} may" in told[1]
    assert any(f"copy its text to {oregon}:" in line for line in told[2:])
