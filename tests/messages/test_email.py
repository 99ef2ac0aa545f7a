"""E-mail: single messages and mailboxes, HTML, quotes, broken fields."""

import zipfile
from pathlib import Path

from data.messages.message import Left
from tests.messages.door import read, written

PLAIN = """From: "Ana Díaz" <Ana.Diaz@example.org>
To: desk@example.net
Subject: =?utf-8?q?Camionetas_en_Phillips?=
Date: Thu, 01 Jan 2026 10:00:00 -0600
Message-ID: <one@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Two vans at the church. Call 612-555-0123 or mail ana.diaz@example.org.

Ana
On Thu, Jan 1, 2026 at 9:00 AM Bob Roe <bob@example.com> wrote:
> what did you see?
"""
HTML = """From: ana.diaz@example.org
Date: Thu, 01 Jan 2026 16:00:00 -0000
Message-ID: <two@example.org>
Content-Type: text/html; charset=no-such-charset

<html><head><style>p {color: red}</style><title>x</title></head><body><script>alert(1)</script>
<p>Three agents<br>at the <b>clinic</b></p><img src="https://track.example/pixel?u=1">
<a href="https://example.org/video">video</a><a href="javascript:alert(1)">no</a>
<blockquote>older text</blockquote></body></html>
"""


def test_a_plain_message_without_who_wrote_it(tmp_path: Path) -> None:
    found = read(written(tmp_path / "a.eml", PLAIN))
    assert found.tally.format.name == "e-mail"
    text = found.texts[0]
    assert text.startswith("Camionetas en Phillips\nTwo vans at the church.")
    for hidden in ("Ana", "ana.diaz", "example", "555", "Bob", "what did you see"):
        assert hidden not in text
    tip = found.incoming[0].tip
    assert (tip.day, tip.hour, tip.area) == ("2026-01-01", 10, "Phillips")
    assert tip.masked == {"phone": 1, "name": 2}


def test_html_is_read_as_text_and_nothing_remote_is_kept(tmp_path: Path) -> None:
    found = read(written(tmp_path / "a.eml", HTML))
    text, tip = found.texts[0], found.incoming[0].tip
    assert "Three agents\nat the clinic" in text
    for hidden in ("<", "color", "alert", "track", "older"):
        assert hidden not in text
    assert tip.links == ("https://example.org/video",)


def test_a_mailbox_has_each_message_once(tmp_path: Path) -> None:
    no_date = PLAIN.replace("Date:", "X-Date:").replace("one@", "three@")
    nobody = PLAIN.replace("From:", "X-From:").replace("one@", "four@")
    bad = "From: a@b.c\nDate: Thu, 99 Foo 2026 99:99\nContent-Type: multipart/mixed; boundary=\n\n"
    parts = (PLAIN, HTML, PLAIN, no_date, nobody, bad)
    box = "".join(f"From x@y Thu Jan  1 10:00:00 2026\n{mail}\n" for mail in parts)
    found = read(written(tmp_path / "inbox.mbox", box))
    messages = [one.message for one in found.incoming]
    assert len(messages) == 3 and messages[0] == messages[2] != messages[1]
    assert found.left_out(Left.NO_TIME)[0] == 4 and found.left_out(Left.NO_SENDER) == [5]


def test_messages_of_a_folder_and_a_zip(tmp_path: Path) -> None:
    written(tmp_path / "mail/a.eml", PLAIN)
    written(tmp_path / "mail/b.eml", HTML)
    packed = tmp_path / "mail.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("a.eml", "b.eml"):
            archive.write(tmp_path / "mail" / name, name)
    folder, zipped = read(tmp_path / "mail"), read(packed)
    assert folder.incoming == zipped.incoming and len(folder.texts) == 2
