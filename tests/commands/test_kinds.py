"""A place's own kinds of incidents: from a table to the import, the View, the embed."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import own_kinds, words
from data.embed import language
from data.languages import languages
from data.own_kinds import SHIPPED, read_kinds
from data.privacy import budget, policy
from data.settings import Problem
from data.storage.store import Store
from tests.conftest import ROOT, command
from tests.release.test_publish import areas

TABLE = """
["Eviction watch"]
definition = "Officers came to an eviction."
sensitive = true
texts = ["EVICT", "Ev. Watch"]

["bike stop"]
definition = "Police stopped somebody on a bicycle."
sensitive = false
texts = ["BIKE"]

["other"]
texts = ["MISC"]
"""
ROWS = "id,date,lat,lon,kind\n" + "".join(
    f"{i},2024-03-{i % 28 + 1:02} 10:00,44.97,-93.27,{text}\n"
    for i, text in enumerate(["EVICT"] * 2 + ["bike"] * 3 + ["misc"] * 4 + ["sighting", "ZZZ"])
)


@pytest.fixture(autouse=True)
def no_kinds_stay() -> Iterator[None]:
    yield
    words.use_kinds(())


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "a.csv").write_text(ROWS)
    (tmp_path / "mine.toml").write_text(TABLE)
    return tmp_path / "a.csv", tmp_path / "mine.toml"


def test_own_kinds_from_the_import_to_what_readers_see(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    store, (file, table) = tmp_path / "store", files
    done = command("import", str(file), "--kinds", str(table), store=store)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 kept + 1 rejected" in done.stdout and 'No rule for kind: "ZZZ" (1)' in done.stdout
    assert "40% of the rows (4 of 10) are of the kind other" in done.stdout
    assert 'most often "kind" says "misc" (4)' in done.stdout
    kept = tomllib.loads((store / "kinds.toml").read_text())
    assert kept["eviction watch"]["sensitive"] is True and kept["other"]["texts"] == ["misc"]
    assert "eviction watch 2" in command("status", store=store).stdout
    opened = Store(store)
    current = opened.at(str(opened.stamp()))
    (source,) = current.meta["sources"]
    assert source["counts"]["kind"] == {
        "sighting": 1,
        "other": 4,
        "eviction_watch": 2,
        "bike_stop": 3,
    }
    exported = tmp_path / "out.csv"
    done = command("export", str(exported), "--link", "?kind=bike+stop", store=store)
    assert done.returncode == 0 and "3 records" in done.stdout, done.stdout + done.stderr
    assert exported.read_text().count("bike_stop") == 3
    assert "bike stop" in done.stdout  # what the View says of itself
    # a later import of the place needs no table: the store knows its kinds and their texts
    (tmp_path / "b.csv").write_text("id,date,lat,lon,kind\n9,2024-05-01 10:00,44.97,-93.27,BIKE\n")
    done = command("import", str(tmp_path / "b.csv"), "--source", "b", store=store)
    assert "1 kept + 0 rejected" in done.stdout, done.stdout + done.stderr
    # and a whole file of one kind, as screens spell it
    done = command(
        "import", str(tmp_path / "b.csv"), "--source", "c", "--kind", "Bike stop", store=store
    )
    assert "kind = bike_stop" in done.stdout


def test_a_process_that_runs_learns_of_new_kinds(tmp_path: Path, files: tuple[Path, Path]) -> None:
    """As the dashboard does: it opened the store before anybody imported."""
    store = Store(tmp_path / "store")
    command("import", str(files[0]), "--kinds", str(files[1]), store=store.root)
    assert "bike_stop" not in words.CODES["kind"]
    store.at(str(store.stamp()))
    assert "bike_stop" in words.CODES["kind"]
    Store(tmp_path / "another")
    assert "bike_stop" not in words.CODES["kind"]


def test_texts_without_a_kind_become_a_table_that_can_be_given_back(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    store, file = tmp_path / "store", files[0]
    done = command("import", str(file), store=store)
    assert "1 kept + 10 rejected" in done.stdout, done.stdout + done.stderr
    (draft,) = (store / "mappings").glob("a-kinds-*.toml")
    assert str(draft) in done.stdout
    text = draft.read_text()
    assert '"misc",  # 4' in text and '"ZZZ",  # 1' in text
    done = command("import", str(file), "--kinds", str(draft), store=store)
    assert "11 kept + 0 rejected" in done.stdout, done.stdout + done.stderr
    assert "91% of the rows (10 of 11) are of the kind other" in done.stdout


def test_an_import_that_stops_for_its_kinds_lists_them_all_with_counts(tmp_path: Path) -> None:
    """A text beyond the first rows too; the table as it is written is enough to go on."""
    file, store = tmp_path / "c.csv", tmp_path / "store"
    rows = ["LARCENY"] * 300 + ["RARE ONE"]
    file.write_text(
        "ID,Date,Latitude,Longitude,Offense\n"
        + "".join(f"{i},2024-03-01 10:00,44.97,-93.27,{t}\n" for i, t in enumerate(rows))
    )
    done = command("import", str(file), store=store)
    assert done.returncode == 1 and "--kinds crime" in done.stderr
    (draft,) = (store / "mappings").glob("c-kinds-*.toml")
    assert str(draft) in done.stderr
    text = draft.read_text()
    assert '"LARCENY",  # 300' in text and '"RARE ONE",  # 1' in text
    done = command("import", str(file), "--kinds", str(draft), store=store)
    assert "301 kept + 0 rejected" in done.stdout, done.stdout + done.stderr
    assert "100% of the rows" in done.stdout


def test_crime_data_has_a_starting_table(tmp_path: Path) -> None:
    table = read_kinds(SHIPPED["crime"])
    assert [k.code for k in table.kinds] == [
        *("homicide", "assault", "robbery", "burglary"),
        *("theft", "vehicle_theft", "drugs", "disorder"),
    ]
    file = tmp_path / "crimes.csv"
    texts = ("MOTOR VEHICLE THEFT", "Violence and sexual offences", "NARCOTICS", "Shoplifting")
    file.write_text(
        "ID,Date,Latitude,Longitude,Primary Type\n"
        + "".join(f"{i},2024-03-01 10:00,44.97,-93.27,{t}\n" for i, t in enumerate(texts))
    )
    done = command("import", str(file), "--official", "--kinds", "crime", store=tmp_path / "store")
    assert "4 kept + 0 rejected" in done.stdout, done.stdout + done.stderr
    assert "of the kind other" not in done.stdout
    shown = command("status", store=tmp_path / "store").stdout
    assert "assault 1" in shown and "vehicle theft 1" in shown and "theft 1" in shown


def test_a_sensitive_own_kind_is_kept_apart_and_a_year_freezes_the_list(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    store = Store(tmp_path / "store")
    command("import", str(files[0]), "--kinds", str(files[1]), store=store.root)
    areas(tmp_path / "areas.geojson")
    columns = ("--name-column", "name", "--population-column", "people")
    command("areas", str(tmp_path / "areas.geojson"), *columns, store=store.root)
    store.at(str(store.stamp()))
    rules = policy.Policy()
    assert rules.kept_apart == {"eviction_watch"}
    from data.privacy.partitions import current_partition
    from data.settings import load_settings

    of = current_partition(store, load_settings(ROOT / "porchlight.toml"), rules)
    opened = budget.new_budget("2024", rules, of)
    assert {"eviction_watch", "bike_stop"} <= {*opened.kinds}
    assert "eviction_watch" in opened.sensitive_kinds and "bike_stop" not in opened.sensitive_kinds


@pytest.mark.parametrize("code", languages())
def test_every_language_shows_the_label_of_an_own_kind(code: str) -> None:
    speak = language.load_texts(code)
    assert speak("kind.vehicle_theft") == "vehicle theft"
    for n in (0, 1, 2, 5, 21):
        assert speak.counted("count.vehicle_theft", n) == (
            f"{speak.counted('count.all', n)} (vehicle theft)"
        )
    with pytest.raises(KeyError):
        speak("status.vehicle_theft")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('["a_b"]\ndefinition = "x"\nsensitive = true', "letters, digits and single blanks"),
        ('["<b>"]\ndefinition = "x"\nsensitive = true', "letters, digits and single blanks"),
        ('["all"]\ndefinition = "x"\nsensitive = true', "letters, digits and single blanks"),
        ('["theft"]\nsensitive = true', "needs definition"),
        ('["theft"]\ndefinition = "x"', "needs sensitive = true or false"),
        ('["theft"]\ndefinition = "x"\nsensitive = 1', "needs sensitive = true or false"),
        ('["theft"]\ndefinition = "x"\nsensitive = true\ntext = []', "unknown entry, text"),
        ('["Theft"]\ndefinition = "x"\nsensitive = true\n["theft"]', "twice"),
        ('["traffic stop"]\ndefinition = "x"', "every place has"),
        ('["other"]\ntexts = ["A"]\n["sighting"]\ntexts = ["a"]', "stands for other already"),
        ('["other"]\ntexts = "A"', "list of texts"),
        ("theft = 1", "has no table"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(Problem, match=said):
        read_kinds(file)


def test_a_sensitive_kind_is_not_made_ordinary_by_a_table(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    store, (file, table) = tmp_path / "store", files
    command("import", str(file), "--kinds", str(table), store=store)
    table.write_text(TABLE.replace("sensitive = true", "sensitive = false"))
    done = command("import", str(file), "--kinds", str(table), store=store)
    assert done.returncode == 1 and "eviction watch is a sensitive kind" in done.stderr
    table.write_text(TABLE.replace("sensitive = false", "sensitive = true"))
    command("import", str(file), "--kinds", str(table), store=store)  # the same rows: unchanged
    assert all(k.sensitive for k in own_kinds.kinds_of(store).kinds)


def test_lost_kinds_are_a_sentence(tmp_path: Path, files: tuple[Path, Path]) -> None:
    store = tmp_path / "store"
    command("import", str(files[0]), "--kinds", str(files[1]), store=store)
    (store / "kinds.toml").unlink()
    done = command("rebuild", store=store)
    assert done.returncode == 1 and "does not name" in done.stderr


def test_a_missing_table_names_the_one_that_comes_with_it(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    done = command("import", str(files[0]), "--kinds", "nowhere", store=tmp_path / "store")
    assert done.returncode == 1 and "--kinds crime" in done.stderr


OWN_FIELDS = "ID,Date,Latitude,Longitude,Offense\n"


def offenses(file: Path, *texts: str) -> str:
    rows = (f"{i},2024-03-01 10:00,44.97,-93.27,{text}\n" for i, text in enumerate(texts))
    file.write_text(OWN_FIELDS + "".join(rows))
    return str(file)


def test_advice_does_not_name_the_table_that_was_given(tmp_path: Path) -> None:
    """Neither where nothing is known of it nor where most rows are rejected."""
    store, mine = tmp_path / "store", tmp_path / "mine.toml"
    mine.write_text(TABLE)
    copy_it = "opy the table of kinds crime (data/crime_kinds.toml), add the texts"
    for kinds, todo in {"crime": copy_it, str(mine): "dd the texts that it does not"}.items():
        name = f"none-{len(kinds)}"
        none = offenses(tmp_path / f"{name}.csv", "ZORB", "QUUX")
        done = command("import", none, "--official", "--kinds", kinds, store=store)
        assert done.returncode == 1 and todo in done.stderr, done.stderr
        assert "for crime data" not in done.stderr and kinds in done.stderr
        (draft,) = (store / "mappings").glob(f"{name}-kinds-*.toml")
        assert str(draft) in done.stderr  # to copy from: the store has none of its kinds yet
    known = {"crime": "Theft", str(mine): "BIKE"}
    for kinds, todo in {"crime": copy_it, str(mine): "dd the texts that it does not"}.items():
        name = f"most-{len(kinds)}"
        most = offenses(tmp_path / f"{name}.csv", known[kinds], *["ZORB"] * 9)
        done = command("import", most, "--official", "--kinds", kinds, store=store)
        assert "1 kept + 9 rejected" in done.stdout, done.stdout + done.stderr
        (advised,) = [line for line in done.stdout.splitlines() if "What to do:" in line]
        (draft,) = (store / "mappings").glob(f"{name}-kinds-*.toml")
        assert todo in advised and str(draft) in advised
        assert "--kind " not in advised and "for crime data" not in advised
