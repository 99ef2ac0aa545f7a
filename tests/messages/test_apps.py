"""Telegram, Signal, Instagram and SMS Backup & Restore: their exports with what is nasty in them."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from data.messages.message import Left
from data.settings import Problem
from tests.messages.door import read, written

AT = 1767283200  # 2026-01-01 16:00 UTC, 10:00 in the place


def telegram(path: Path, *messages: dict[str, Any], whole: bool = False) -> Path:
    own = [{"id": n, "type": "message", "date": "2026-01-01T10:00:00", "from": "Ana", "from_id": "user7", "text": ""} | m for n, m in enumerate(messages, 1)]  # fmt: skip
    chat = {"name": "Watch", "type": "private_group", "id": 99, "messages": own}
    export = {"about": "x", "chats": {"about": "y", "list": [chat]}} if whole else chat
    return written(path / "result.json", json.dumps(export))


def test_telegram_texts_of_parts_and_its_own_clock(tmp_path: Path) -> None:
    parts = [{"type": "bold", "text": "ICE"}, " at ", {"type": "mention", "text": "@ana_d"}, " corner ", {"type": "text_link", "text": "see", "href": "https://example.org/v"}]  # fmt: skip
    messages = [
        {"date_unixtime": str(AT), "text": parts, "date": "2026-01-01T17:00:00"},
        {"text": "an older export, whose clock is the place's"},
        {"type": "service", "action": "invite_members"},
        {"photo": "photos/a.jpg"},
        {"text": "from outside", "photo": "../../etc/passwd"},
        {"text": "who", "from": None, "from_id": None},
        {"text": "when", "date": "yesterday", "date_unixtime": "x"},
    ]
    for whole in (False, True):
        found = read(telegram(tmp_path, *messages, whole=whole))
        assert found.tally.format.name == "Telegram export"
        assert found.texts[0] == "ICE at [name] corner see"
        assert found.incoming[0].tip.links == ("https://example.org/v",)
        assert [one.received[11:13] for one in found.incoming] == ["16", "16"]
        assert [one.tip.hour for one in found.incoming] == [10, 10]
        assert {why: places[0][1] for why, places in found.tally.places.items()} == {
            Left.SYSTEM: 3,
            Left.EMPTY: 4,
            Left.LEADS_OUT: 5,
            Left.NO_SENDER: 6,
            Left.NO_TIME: 7,
        }


def test_telegram_chat_and_account_name_a_message_alike(tmp_path: Path) -> None:
    message = {"date_unixtime": str(AT), "text": "two vans"}
    one = read(telegram(tmp_path / "a", message)).incoming
    whole = read(telegram(tmp_path / "b", message, whole=True)).incoming
    assert one == whole


def test_a_cut_off_export_says_so_after_what_came_before(tmp_path: Path) -> None:
    file = telegram(tmp_path, {"date_unixtime": str(AT), "text": "two vans"})
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(Problem, match="cut off"):
        read(file)


def test_objects_in_objects_without_end_are_refused(tmp_path: Path) -> None:
    deep = '{"type":"private_group","id":1,"messages":[' + '{"a":' * 100_000
    with pytest.raises(Problem):
        read(written(tmp_path / "result.json", deep))


def signal(path: Path, *items: dict[str, Any]) -> Path:
    person = {"aci": "QUFB", "e164": "16125550123", "profileGivenName": "Ana", "profileFamilyName": "Díaz"}  # fmt: skip
    frames = [
        {"version": 1},
        {"account": {}},
        {"recipient": {"id": "3", "contact": person}},
        {"chat": {"id": "1"}},
        *({"chatItem": {"chatId": "1", "authorId": "3", "dateSent": AT * 1000} | i} for i in items),
    ]
    return written(path / "main.jsonl", "\n".join(map(json.dumps, frames)) + "\n")


def standard(text: str) -> dict[str, Any]:
    return {"standardMessage": {"text": {"body": text}}}


def test_signal_takes_the_newest_wording_and_deletes_what_is_deleted(tmp_path: Path) -> None:
    edited = {"dateSent": str(AT * 1000 + 60_000), "revisions": [{"dateSent": AT * 1000, **standard("one van")}]}  # fmt: skip
    first = read(signal(tmp_path / "a", standard("one van"))).incoming[0]
    newer = read(signal(tmp_path / "b", standard("three vans") | edited)).incoming[0]
    gone = read(signal(tmp_path / "c", {"remoteDeletedMessage": {}})).incoming[0]
    assert newer.tip.text == "three vans" and newer.tip.hour == 10
    assert first.message == newer.message == gone.message and gone.withdraws
    assert gone.tip.text == ""


def test_signal_frames_that_are_no_messages_and_lines_that_are_none(tmp_path: Path) -> None:
    file = signal(
        tmp_path,
        {"updateMessage": {}},
        {"standardMessage": {"attachments": [{}]}},
        standard("no date") | {"dateSent": "never"},
        standard("nobody") | {"authorId": "77"},
    )
    with file.open("a") as stream:
        stream.write('{"chatItem": \n')
    found = read(file)
    assert not found.incoming
    whys = (Left.SYSTEM, Left.EMPTY, Left.NO_TIME, Left.NO_SENDER, Left.NOT_READ)
    assert [found.left_out(why) for why in whys] == [[5], [6], [7], [8], [9]]


def test_signal_in_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    file = signal(tmp_path / "export", standard("two vans"))
    written(tmp_path / "export/files/ab/cd", b"\x00")
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(file, "export/main.jsonl")
    one, folder, zipped = (read(p).incoming for p in (file, tmp_path / "export", packed))
    assert one == folder == zipped and len(one) == 1


def test_signal_cli_edits_and_deletes_by_the_time_of_the_first(tmp_path: Path) -> None:
    def line(**envelope: Any) -> str:
        own = {"sourceUuid": "u-1", "sourceNumber": "+16125550123", "sourceName": "Ana", "timestamp": AT * 1000}  # fmt: skip
        return json.dumps({"jsonrpc": "2.0", "method": "receive", "params": {"envelope": own | envelope}})  # fmt: skip

    later = AT * 1000 + 5000
    lines = [
        line(dataMessage={"timestamp": AT * 1000, "message": "one van"}),
        line(
            editMessage={
                "targetSentTimestamp": AT * 1000,
                "dataMessage": {"timestamp": later, "message": "two vans"},
            }
        ),
        line(dataMessage={"timestamp": later, "remoteDelete": {"timestamp": AT * 1000}}),
        line(typingMessage={"action": "STARTED"}),
        line(dataMessage={"timestamp": later, "attachments": [{}]}),
        "{",
    ]
    found = read(written(tmp_path / "signal.jsonl", "\n".join(lines)))
    assert found.texts == ["one van", "two vans"]
    assert len({one.message for one in found.incoming}) == 1
    assert [one.withdraws for one in found.incoming] == [False, False, True]
    assert [found.left_out(w) for w in (Left.SYSTEM, Left.EMPTY, Left.NOT_READ)] == [[4], [5], [6]]


def broken(text: str) -> str:
    """A text as Instagram writes it: its UTF-8 read as Latin-1."""
    return text.encode().decode("latin-1")


def instagram(path: Path, *messages: dict[str, Any]) -> Path:
    own = [{"sender_name": broken("Ana Díaz"), "timestamp_ms": AT * 1000} | m for m in messages]
    thread = {"participants": [{"name": broken("Ana Díaz")}], "messages": own, "title": "x"}
    return written(path / "messages/inbox/ana_17/message_1.json", json.dumps(thread))


def test_instagram_is_repaired_and_what_was_unsent_is_taken_back(tmp_path: Path) -> None:
    said = "Vi camionetas 🚨 en la Lake — soy Ana Díaz"
    shared = {"share": {"link": "https://www.instagram.com/reel/abc/?igsh=who"}}
    messages = [
        {"content": broken(said)},
        shared,
        {"content": "Liked a message"},
        {"photos": [{"uri": "your/photo.jpg"}]},
        {"timestamp_ms": AT * 1000 + 1, "is_unsent": True},
    ]
    instagram(tmp_path / "d/your_instagram_activity", *messages)
    found = read(tmp_path / "d")
    assert found.tally.format.name == "Instagram download"
    assert found.texts == ["Vi camionetas 🚨 en la Lake — soy [name]", ""]
    assert found.incoming[1].tip.links == ("https://www.instagram.com/reel/abc/",)
    assert found.left_out(Left.EMPTY) == [3, 4] and found.incoming[2].withdraws
    assert len({one.origin for one in found.incoming}) == 1


def test_instagram_threads_of_a_zip_and_one_file(tmp_path: Path) -> None:
    file = instagram(tmp_path, {"content": "two vans"})
    packed = tmp_path / "d.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for thread in ("messages/inbox/a_1", "messages/message_requests/b_2"):
            archive.write(file, f"activity/{thread}/message_1.json")
        archive.writestr("activity/media/posts/1.jpg", b"\xff")
    assert read(file).texts == ["two vans"] and read(packed).texts == ["two vans"] * 2


SMS = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<?xml-stylesheet type="text/xsl" href="sms.xsl"?>
<smses count="6">
<sms address="+1 (612) 555-0123" date="1767283200000" type="1" body="two vans &#55357;&#56960; &amp; a dog&#0;" contact_name="Ana Díaz" />
<sms address="6125550123" date="1767283201000" type="1" body="the same phone" contact_name="(Unknown)" />
<sms address="6125550123" date="1767283202000" type="2" body="thanks" />
<sms address="6125550123" date="1767283202000" type="3" body="draft" />
<sms address="6125550123" date="never" type="1" body="no time" />
<mms address="null" date="1767283203000" msg_box="1"><parts><part ct="image/jpeg" data="AAAA" text="null"/><part ct="text/plain" text="with a picture"/></parts><addrs><addr address="6125550123" type="137"/><addr address="6125550199" type="151"/></addrs></mms>
</smses>
"""


def test_texts_of_a_telephone(tmp_path: Path) -> None:
    found = read(written(tmp_path / "sms-1.xml", SMS))
    assert found.tally.format.name == "SMS Backup & Restore"
    assert found.texts == ["two vans 🚀 & a dog\ufffd", "the same phone", "with a picture"]
    assert len({one.origin for one in found.incoming}) == 1  # however the number is written
    assert [found.left_out(w) for w in (Left.OWN, Left.DRAFT, Left.NO_TIME)] == [[3], [4], [5]]


def test_halves_of_an_emoji_at_every_edge_of_a_piece(tmp_path: Path, monkeypatch: Any) -> None:
    file = written(tmp_path / "sms-1.xml", SMS)
    for size in range(1, 40):
        monkeypatch.setattr("data.messages.sms_backup._PIECE", size)
        assert read(file).texts[0] == "two vans 🚀 & a dog\ufffd", size


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE smses [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><smses><sms body="&b;"/></smses>',
        '<!DOCTYPE smses SYSTEM "file:///etc/passwd"><smses count="1"></smses>',
        '<smses count="1"><sms address="1" ',
    ],
)
def test_entities_outside_files_and_broken_xml_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no XML of SMS Backup"):
        read(written(tmp_path / "sms-1.xml", text))
