"""help.toml: what it may hold, what is said of what it may not, and when a check is too old."""

import csv
import datetime as dt
import tomllib
from pathlib import Path

import pytest

from data.help.help_table import SAMPLE, Check, Entry, Kind, check_state, load_help, read_help
from data.settings import Problem

ENTRY = '[[entry]]\nwho = "A"\nwhat_for = "help"\nreach = "612-555-0100"\nkind = "phone"\n'
SECTION = '[[section]]\ntitle = "T"\npoints = ["Stay calm."]\n'
PLACE = '[place]\nname = "Saint Paul"\nzone = "America/Chicago"\n'
TODAY = dt.date(2026, 11, 27)
# text of a help.toml -> what the sentence says: entry and field
WRONG = {
    ENTRY + ENTRY.replace('who = "A"', 'who = ""'): "entry 2: who",
    ENTRY.replace('kind = "phone"', 'kind = "fax"'): "entry 1 (A): kind",
    ENTRY.replace('what_for = "help"\n', ""): "entry 1 (A): what_for is missing",
    ENTRY + "fax = 1": "entry 1 (A): fax means nothing",
    ENTRY + 'checked_on = "soon"': "entry 1 (A): checked_on",
    ENTRY + "checked_on = 2026-11-27T10:00:00": "entry 1 (A): checked_on",
    ENTRY + 'languages = "en"': "entry 1 (A): languages",
    ENTRY + 'as_printed = "December"': "entry 1 (A): as_printed",
    ENTRY + 'hours = "a\\nb"': "entry 1 (A): hours",
    ENTRY + 'hours = {spanish = "a"}': "entry 1 (A): hours",
    ENTRY.replace("612-555-0100", "call us"): "entry 1 (A): reach",
    ENTRY.replace('"phone"', '"email"'): "entry 1 (A): reach",
    ENTRY.replace('"phone"', '"web"').replace("612", "javascript:612"): "entry 1 (A): reach",
    ENTRY.replace('"phone"', '"web"').replace("612", "http://612"): "entry 1 (A): reach",
    SECTION.replace('["Stay calm."]', "[]"): "section 1 (T): points",
    SECTION.replace('"T"', '{en = ""}'): "section 1: title",
    "entry = 1": "entry cannot be used",
    "entry = [1]": "entry 1: this is no table",
    'language = "English"': "language",
    "number = 911": "number means nothing",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_used_is_named_with_file_entry_and_field(text: str) -> None:
    with pytest.raises(Problem) as raised:
        read_help(tomllib.loads(text), Path("help.toml"))
    assert str(raised.value).startswith(f"help.toml: {WRONG[text]}")


def test_a_check_counts_for_thirty_days() -> None:
    def state(days: int | None, **more: str | bool) -> Check:
        on = None if days is None else TODAY - dt.timedelta(days=days)
        entry = Entry("A", "help", "911", Kind.PHONE, checked_on=on, **more)  # type: ignore[arg-type]
        return check_state(entry, TODAY)

    assert [state(days) for days in (0, 29, 30, 400)] == [
        *(Check.FRESH, Check.FRESH),
        *(Check.OLD, Check.OLD),
    ]
    assert state(None) is state(-1) is Check.NEVER  # a day to come is no check
    assert state(None, as_printed="2025-12") is Check.PRINTED
    assert state(3, as_printed="2025-12") is Check.FRESH
    assert state(None, emergency=True) is Check.EMERGENCY


def test_the_sample_is_what_the_newspapers_printed(shared: Path) -> None:
    with (shared / "records/help-2025-12.csv").open() as file:
        printed = {row["who"]: (row["reach"], row["kind"]) for row in csv.DictReader(file)}
    entries = read_help(tomllib.loads(SAMPLE.read_text()), SAMPLE).entry
    assert {one.who: (one.reach, one.kind.value) for one in entries} == printed
    assert all(one.as_printed == "2025-12" and one.checked_on is None for one in entries)


def test_the_file_is_beside_the_settings_or_where_they_say(tmp_path: Path) -> None:
    config = tmp_path / "porchlight.toml"
    assert load_help(config).file.entry == ()  # no settings: a host that has none
    config.write_text(PLACE)
    assert (load_help(config).place, load_help(config).file.entry) == ("Saint Paul", ())
    config.write_text(PLACE + "sample = true\n")
    assert len(load_help(config).file.entry) == 5
    (tmp_path / "help.toml").write_text(ENTRY)
    assert [one.who for one in load_help(config).file.entry] == ["A"]
    (tmp_path / "other.toml").write_text(ENTRY.replace('"A"', '"B"'))
    config.write_text(PLACE + '[help]\nfile = "other.toml"\n')
    assert [one.who for one in load_help(config).file.entry] == ["B"]


@pytest.mark.parametrize("text", ['file = "none.toml"', "file = 1", 'path = "help.toml"'])
def test_a_wrong_help_entry_of_the_settings_is_named(tmp_path: Path, text: str) -> None:
    config = tmp_path / "porchlight.toml"
    config.write_text(f"{PLACE}[help]\n{text}\n")
    with pytest.raises(Problem, match=r"porchlight.toml: help\."):
        load_help(config)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    config, file = tmp_path / "porchlight.toml", tmp_path / "help.toml"
    config.write_text(PLACE)
    for who in ("A", "Somebody else"):
        file.write_text(ENTRY.replace('"A"', f'"{who}"'))
        assert [one.who for one in load_help(config).file.entry] == [who]
