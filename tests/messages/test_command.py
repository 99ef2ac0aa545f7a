"""The command: what it prints, what it writes, and that a second time brings nothing."""

from pathlib import Path

from tests.conftest import command
from tests.messages.door import written
from tests.messages.test_apps import signal, standard

CHAT = (
    "13/12/2025, 10:00 - Messages are end-to-end encrypted.\n"
    "13/12/2025, 10:01 - Ana: two vans at the church, call 612-555-0123, they are taking people\n"
    "13/12/2025, 10:02 - Bob: Two vans at the church! Call 612-555-0123, they are taking people\n"
    "13/12/2025, 10:03 - Ana: <Media omitted>\n"
)


def test_tips_come_to_the_desk_once(tmp_path: Path) -> None:
    file = written(tmp_path / "chat.txt", CHAT)
    store = tmp_path / "store"
    tried = command("tips", str(file), "--channel", "north", "--dry-run", store=store)
    assert tried.returncode == 0 and "nothing was written" in tried.stdout
    assert not store.exists()
    first = command("tips", str(file), "--channel", "north", store=store)
    assert first.returncode == 0, first.stderr
    for sentence in (
        "WhatsApp export, 4 entries = 2 tips + 0 deleted + 2 left out",
        "1 lines of the app itself (line 1)",
        "1 without a text (pictures, voice, reactions) (line 4)",
        "1 tip nearly the same as an earlier one",
        "Masked in texts: 2 phone",
        "New: 2. Here already: 0.",
    ):
        assert sentence in first.stdout, first.stdout
    assert "Ana" not in first.stdout and "church" not in first.stdout
    again = command("tips", str(file), "--channel", "north", store=store)
    assert "New: 0. Here already: 2." in again.stdout


def test_what_is_wrong_is_one_sentence(tmp_path: Path) -> None:
    file = written(tmp_path / "chat.txt", "02/01/26, 10:00 - Ana: two vans\n")
    for words, sentence in (
        ([], "Name the channel"),
        (["--channel", "form"], "Name the channel"),
        (["--channel", "north"], "--date-order dmy or --date-order mdy"),
        (["--channel", "north", "--date-order", "x"], "--date-order is one of"),
        (["--channel", "north", "--zone", "Mars"], "no time zone"),
        (["--channel", "north", "--region", "usa"], "--region"),
    ):
        done = command("tips", str(file), *words, store=tmp_path / "store")
        assert done.returncode == 1 and sentence in done.stderr, done.stderr
        assert "Traceback" not in done.stderr


def test_what_was_deleted_in_the_chat_is_withdrawn(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for item, sentence in (
        (standard("two vans at the church"), "New: 1. Here already: 0. Withdrawn: 0."),
        ({"remoteDeletedMessage": {}}, "New: 0. Here already: 0. Withdrawn: 1."),
        (standard("two vans at the church"), "New: 0. Here already: 1. Withdrawn: 0."),
    ):
        file = signal(tmp_path, item)
        done = command("tips", str(file), "--channel", "signal", store=store)
        assert done.returncode == 0 and sentence in done.stdout, done.stdout + done.stderr
