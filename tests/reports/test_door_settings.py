"""The table [door]: read without a store, and every mistake says which entry to mend."""

from pathlib import Path

import pytest

from data.reports.door_settings import load_door, load_own_door
from data.reports.spool import make_keys
from data.settings import Problem

PLACE = '[place]\nname = "Toytown"\nzone = "America/Chicago"\n'


def write(folder: Path, text: str) -> Path:
    file = folder / "porchlight.toml"
    file.write_text(PLACE + text)
    return file


def test_a_door_has_a_recipient_a_spool_and_names_of_areas(tmp_path: Path) -> None:
    recipient = make_keys(tmp_path / "store")
    (tmp_path / "areas.txt").write_text("Whittier\n\nNear - North\nWhittier\n")
    file = write(
        tmp_path,
        f'[door]\nrecipient = "{recipient}"\nspool = "spool"\nareas = "areas.txt"\n'
        'languages = ["es"]\nreviewed = {so = "A clinic"}\nregion = "ca"\n',
    )
    door = load_door(file)
    assert (door.name, door.zone, door.recipient) == ("Toytown", "America/Chicago", recipient)
    assert door.spool == tmp_path / "spool" and door.areas == ("Whittier", "Near - North")
    assert (door.languages, door.reviewed, door.region) == (("es",), {"so": "A clinic"}, "CA")


def test_without_the_table_the_team_has_a_key_and_a_spool_of_its_own(tmp_path: Path) -> None:
    door = load_own_door(tmp_path / "store", write(tmp_path, ""))
    assert door.recipient == make_keys(tmp_path / "store")
    assert door.spool == tmp_path / "store/spool"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "python -m data door"),
        ("door = 1", "door"),
        ('[door]\nrecipient = "age1xyz"', r"door\.recipient is no recipient"),
        ('[door]\nspol = "x"', r"door\.spol means nothing"),
        ("[door]\nspool = 5", r"door\.spool is not of its kind"),
        ("[door]\nlanguages = [1]", r"door\.languages is not of its kind"),
        ('[door]\nlanguages = ["xx"]', r"door\.languages names 'xx'"),
        ('[door]\nareas = "none.txt"', r"none\.txt"),
    ],
)
def test_a_mistake_says_what_to_mend(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Problem, match=says):
        load_door(write(tmp_path, text))


def test_a_recipient_alone_is_half_a_door(tmp_path: Path) -> None:
    recipient = make_keys(tmp_path / "store")
    file = write(tmp_path, f'[door]\nrecipient = "{recipient}"\n')
    for load in (load_door, lambda f: load_own_door(tmp_path / "store", f)):
        with pytest.raises(Problem, match="recipient and"):
            load(file)
