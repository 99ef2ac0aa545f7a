"""What comes in names nobody: no sender, number or address of any format's file is in it."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.messages.links import take_links
from data.messages.senders import hash_sender, hide_names
from data.reports.tip import Incoming
from tests.messages.door import DOOR, read, written
from tests.messages.test_apps import SMS, broken, instagram, signal, standard, telegram
from tests.messages.test_email import PLAIN

BODY = "Ana Díaz here, two vans at Phillips, call 612-555-0123, +1 (612) 555-0123 or ana.diaz@example.org, https://wa.me/16125550123 https://me:secret@example.org/v?fbclid=who#ana"
PERSONAL = ("Ana Díaz", "ana díaz", "555-0123", "5550123", "ana.diaz", "wa.me", "secret", "fbclid", "QUFB", "user7", "u-1")  # fmt: skip


def files(folder: Path) -> list[Path]:
    """The same message in every format."""
    line = '{"envelope":{"sourceUuid":"u-1","sourceNumber":"+16125550123","sourceName":"Ana Díaz","timestamp":1767283200000,"dataMessage":{"message":"%s"}}}\n'
    csv = f'date,message,phone,reported by\n2026-01-02 10:00,"{BODY}",612-555-0123,Ana Díaz\n'
    telegram_says = {"date_unixtime": "1767283200", "from": "Ana Díaz", "text": BODY}
    return [
        written(folder / "_chat.txt", f"[13/12/2025, 10:00:05] ~\u202fAna Díaz: {BODY}\n"),
        telegram(folder / "t", telegram_says),
        signal(folder / "s", standard(BODY)),
        written(folder / "cli.jsonl", line % BODY),
        instagram(folder / "i", {"content": broken(BODY)}),
        written(folder / "sms.xml", SMS.replace("two vans", BODY.replace("&", "&amp;"))),
        written(folder / "a.eml", PLAIN.replace("Two vans", BODY)),
        written(folder / "a.csv", csv),
    ]


@pytest.mark.parametrize("which", range(8))
def test_nothing_of_a_person_comes_in(which: int, tmp_path: Path) -> None:
    file = files(tmp_path)[which]
    found = read(file)
    assert found.incoming and any("two vans" in text for text in found.texts), file.name
    for one in found.incoming:
        shown = repr(one)
        assert not [word for word in PERSONAL if word in shown], (file.name, shown)
        assert one.origin is not None and len(one.origin) == 32
    first = found.incoming[0].tip
    assert first.area == "Phillips" and first.kind == "sighting"
    assert first.links in (("https://example.org/v",), ()) and sum(first.masked.values()) >= 3


def test_what_comes_in_is_the_contract(tmp_path: Path) -> None:
    one = read(files(tmp_path)[0]).incoming[0]
    assert isinstance(one, Incoming) and one.channel == "north" and not one.receipt
    assert one.received == "2025-12-13T16:00:00+00:00"  # the hour, in UTC


def test_a_number_is_one_sender_however_it_is_written() -> None:
    ways = ("612-555-0123", "+1 612 555 0123", "(612) 555-0123", "16125550123")
    assert len({hash_sender(way, b"k", "US") for way in ways}) == 1
    assert hash_sender("Ana", b"k", "US") == hash_sender(" ana ", b"k", "US")
    assert hash_sender("Ana", b"k", "US") != hash_sender("Ana", b"other", "US")
    assert hash_sender("  ", b"k", "US") is None


def test_names_go_and_words_stay() -> None:
    assert hide_names("Will will come, says WILL", ("Will",))[0] == "[name] will come, says WILL"
    assert hide_names("seen it\n- Ana", ("Ana Díaz",)) == ("seen it\n[name]", 1)
    assert hide_names("Ana Maria street", ("Ana Díaz",)) == ("Ana Maria street", 0)
    assert hide_names("anything", ("", "?", "~")) == ("anything", 0)


def test_links_that_lead_to_people_or_groups_are_left_out() -> None:
    bad = ("https://chat.whatsapp.com/Abc", "https://t.me/+abc", "https://signal.group/#x", "javascript:alert(1)", "http://[bad", "https://example.org/?phone=612-555-0123")  # fmt: skip
    text, links = take_links(" ".join(bad), bad, "US")
    assert links == () and "whatsapp" not in text
    good = [f"https://example.org/{n}" for n in range(8)]
    text, links = take_links(" ".join(good), good, "US")
    assert links == tuple(good[:5]) and text.startswith("[link 1] ") and text.endswith("[link]")
    text, links = take_links("a https://t.me/watch/12 b", ["https://t.me/watch/12"], "US")
    assert (text, links) == ("a [link 1] b", ("https://t.me/watch/12",))


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("vans in east phillips now", "East Phillips"),
        ("vans in Phillips, not near the page", "Phillips"),
        ("see the Facebook page", ""),
        ("at PAGE and 50th", "Page"),
        ("from Near North to Phillips", ""),
        ("NEAR NORTH", "Near - North"),
        ("by Old Mill", "Longfellow"),
        ("Phillipsburg", ""),
        ("", ""),
    ],
)
def test_an_area_only_where_exactly_one_is_named(text: str, area: str) -> None:
    assert DOOR.areas.find(text) == area


def test_long_texts_are_cut_after_they_are_masked(tmp_path: Path) -> None:
    number = "612-555-0123"
    body = "x " * 1997 + number
    found = read(written(tmp_path / "_chat.txt", f"[13/12/2025, 10:00:05] Ana: {body}\n"))
    assert found.tally.shortened == 1 and len(found.texts[0]) == 4000
    assert "612" not in found.texts[0] and replace(found.incoming[0].tip, text="").masked
