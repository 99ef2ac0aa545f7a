"""WhatsApp's exports: the many ways in which phones write them."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.messages.message import Left
from data.settings import Problem
from tests.messages.door import Read, read, written


def day_hour(found: Read) -> list[tuple[str, int | None]]:
    return [(one.tip.day, one.tip.hour) for one in found.incoming]


@pytest.mark.parametrize(
    ("line", "hour"),
    [
        ("[31/12/2025, 11:40:26] Ana: two vans", 11),
        ("[31/12/25 23:40:26] Ana: two vans", 23),
        ("\u200e[31/12/2025, 11:40:26\u202fPM] Ana: two vans", 23),
        ("[31/12/2025, 11:40:26\u202fp.\u00a0m.] Ana: two vans", 23),
        ("31/12/25, 11:40\u2009p.\u2009m. - Ana: two vans", 23),
        ("31.12.25, 23:40 - Ana: two vans", 23),
        ("31-12-2025 23:40 - Ana: two vans", 23),
        ("2025-12-31, 12:05 a.m. - Ana: two vans", 0),
        ("2025/12/31 12:05 PM - Ana: two vans", 12),
        ("[2025. 12. 31. 8:05:00] Ana: two vans", 8),
        ("12/31/25, 9:05 PM - Ana: two vans", 21),
        ("31/12/2025 à 21:05 - Ana: two vans", 21),
    ],
)
def test_every_way_of_writing_a_time(line: str, hour: int, tmp_path: Path) -> None:
    found = read(written(tmp_path / "chat.txt", line + "\n"))
    assert found.tally.format.name == "WhatsApp export"
    assert found.texts == ["two vans"] and day_hour(found) == [("2025-12-31", hour)]


def test_the_whole_file_tells_the_order_of_day_and_month(tmp_path: Path) -> None:
    lines = ["02/01/26, 10:00 - Ana: one thing", "13/01/26, 10:00 - Ana: another"]
    assert day_hour(read(written(tmp_path / "a.txt", "\n".join(lines)))) == [
        ("2026-01-02", 10),
        ("2026-01-13", 10),
    ]
    lines[1] = "01/13/26, 10:00 - Ana: another"
    assert day_hour(read(written(tmp_path / "b.txt", "\n".join(lines))))[0] == ("2026-02-01", 10)


def test_an_open_order_is_asked_for_by_the_name_of_its_option(tmp_path: Path) -> None:
    file = written(tmp_path / "chat.txt", "02/01/26, 10:00 - Ana: one thing\n")
    with pytest.raises(Problem, match="--date-order dmy or --date-order mdy"):
        read(file)
    assert day_hour(read(file, date_order="dmy")) == [("2026-01-02", 10)]
    assert day_hour(read(file, date_order="mdy")) == [("2026-02-01", 10)]


def test_orders_that_contradict_each_other_are_asked_for_and_what_does_not_fit_is_counted(
    tmp_path: Path,
) -> None:
    text = "13/01/26, 10:00 - Ana: one\n01/14/26, 10:00 - Ana: two\n"
    file = written(tmp_path / "chat.txt", text)
    with pytest.raises(Problem, match="not in one order"):
        read(file)
    found = read(file, date_order="dmy")
    assert found.texts == ["one"] and found.left_out(Left.NO_TIME) == [2]


def test_two_digit_years_first_only_where_nothing_else_fits(tmp_path: Path) -> None:
    file = written(tmp_path / "chat.txt", "25/12/31, 10:00 - Ana: one thing\n")
    assert day_hour(read(file)) == [("2025-12-31", 10)]


def test_times_are_of_the_place_unless_a_zone_is_stated(tmp_path: Path) -> None:
    file = written(tmp_path / "chat.txt", "[31/12/2025, 23:40:26] Ana: two vans\n")
    assert read(file).incoming[0].received == "2026-01-01T05:00:00+00:00"
    elsewhere = read(file, zone="Europe/Berlin").incoming[0]
    assert elsewhere.received == "2025-12-31T22:00:00+00:00"
    assert (elsewhere.tip.day, elsewhere.tip.hour) == ("2025-12-31", 16)  # on the place's clock


def test_lines_of_the_app_media_and_continuations(tmp_path: Path) -> None:
    text = (
        "not of any message\n"
        "\u200e[31/12/2025, 10:00:00] Group: \u200eMessages are end-to-end encrypted.\n"
        "[31/12/2025, 10:01:00] Ana: first line\n\nthird line 10:30\n"
        "\u200e[31/12/2025, 10:02:00] Ana: \u200eimage omitted\n"
        "[31/12/2025, 10:03:00] Ana: \u200e<attached: 0001-PHOTO.jpg>\n"
        "[31/12/2025, 10:04:00] Ana: seen at the corner \u200e<This message was edited>\n"
        '[31/12/2025, 10:05:00] ~\u202fBob changed the group name to "Corner: 5th"\n'
        "[31/12/2025, 10:06:00] Bob: \u200esomething that the app wrote\n"
    )
    found = read(written(tmp_path / "_chat.txt", text))
    assert found.texts == ["first line\n\nthird line 10:30", "seen at the corner"]
    assert found.left_out(Left.OUTSIDE) == [1]
    assert found.left_out(Left.SYSTEM) == [2, 9, 10]
    assert found.left_out(Left.EMPTY) == [6, 7]


@pytest.mark.parametrize(
    "placeholder",
    [
        "<Media omitted>",
        "<Multimedia omitido>",
        "null",
        "imagen omitida",
        "IMG-1.jpg (file attached)",
    ],
)
def test_media_are_left_out(placeholder: str, tmp_path: Path) -> None:
    found = read(written(tmp_path / "a.txt", f"13/12/25, 10:00 - Ana: {placeholder}\n"))
    assert not found.incoming and found.left_out(Left.EMPTY) == [1]


@pytest.mark.parametrize(
    "deleted",
    ["This message was deleted", "\u200eSe eliminó este mensaje.", "You deleted this message"],
)
def test_a_deleted_message_names_the_beginning_of_what_it_takes_back(
    deleted: str, tmp_path: Path
) -> None:
    before = "[13/12/2025, 10:00:05] Ana: two vans\n"
    first = read(written(tmp_path / "a.txt", before)).incoming[0]
    after = read(written(tmp_path / "b.txt", before.replace("two vans", deleted))).incoming[0]
    assert after.withdraws and after.tip.text == "" and after.origin == first.origin
    assert after.message.endswith("-") and first.message.startswith(after.message)
    other = read(written(tmp_path / "c.txt", before.replace(":05]", ":06]"))).incoming[0]
    assert not other.message.startswith(after.message)


def test_the_same_message_has_the_same_hash_and_nobody_else(tmp_path: Path) -> None:
    text = "13/12/25, 10:00 - Ana: one\n13/12/25, 10:00 - Ana: two\n13/12/25, 10:00 - Bob: one\n"
    file = written(tmp_path / "a.txt", text)
    first, again = ([one.message for one in read(file).incoming] for _ in range(2))
    assert first == again and len({*first}) == 3


def test_a_zip_as_phones_write_it(tmp_path: Path) -> None:
    file = tmp_path / "WhatsApp Chat - North.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("_chat.txt", "[13/12/2025, 10:00:05] Ana: two vans\n")
        archive.writestr("0001-PHOTO.jpg", b"\xff\xd8")
    assert read(file).texts == ["two vans"]


def test_answers_of_our_own_are_left_out(tmp_path: Path) -> None:
    file = written(
        tmp_path / "a.txt", "13/12/25, 10:00 - Desk: thanks\n13/12/25, 10:01 - Ana: x y\n"
    )
    found = read(file, own=["Desk"])
    assert found.texts == ["x y"] and found.left_out(Left.OWN) == [1]


def test_a_message_of_tomorrow_and_one_of_the_hour_that_was_twice(tmp_path: Path) -> None:
    year = datetime.now(UTC).year + 1
    text = f"02/11/2025, 01:30 - Ana: once or twice\n13/01/{year}, 10:00 - Ana: not yet\n"
    found = read(written(tmp_path / "a.txt", text), date_order="dmy")
    assert found.left_out(Left.NO_TIME) == [2]
    assert found.incoming[0].received == "2025-11-02T06:00:00+00:00"  # the first of the two
