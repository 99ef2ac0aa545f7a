"""E-mail: one message (EML) or a mailbox (mbox), read as text; nothing remote is fetched."""

import email
import mailbox
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser
from pathlib import Path

from data.formats.zip_table import ZippedFile
from data.messages.links import find_links
from data.messages.message import Left, LeftOut, Message, Reading
from data.messages.text_source import open_members
from data.settings import Problem

MAIL_FILES = "*.eml|*.mbox|*.EML"
_MOST = 32 << 20  # bytes of one message that are looked at
_BEGINS = re.compile(
    r"(From |(Return-Path|Received|Delivered-To|From|To|Date|Subject|Message-ID|MIME-Version|"
    r"X-[A-Za-z-]+|DKIM-Signature|ARC-[A-Za-z-]+): )",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^(From|Date|Message-ID|Received): ", re.IGNORECASE | re.MULTILINE)
# what the library raises on fields and parts that no rule of e-mail allows
_BROKEN = (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError)
_NOT_SHOWN = ("script", "style", "head", "title", "blockquote")
_BREAKS = ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "table")
_WROTE = re.compile(
    r"^[^\n]{0,200}@[^\n]{0,200}:\s*$|^-{2,}[^\n]*(Original Message|Mensaje original)[^\n]*$"
    r"|^(On|El|Le|Am|Em) [^\n]{5,300}(wrote|escribió|écrit|schrieb|escreveu)[^\n]{0,60}:\s*$",
    re.MULTILINE,
)


def is_email(head: str) -> bool:
    """Return whether a text begins as a message or a mailbox does."""
    return _BEGINS.match(head.lstrip("\ufeff")) is not None and _FIELD.search(head) is not None


def read_email(path: Path, _reading: Reading) -> Iterator[Message | LeftOut]:
    """The messages of a file, or of the files of a folder or zip."""
    with open_members(path, MAIL_FILES) as sources:
        for source in sources:
            if isinstance(source, ZippedFile):
                with source.unpacked() as file:
                    yield from _messages(file, Path(source.name).name)
            elif isinstance(source, Path):
                yield from _messages(source, source.name)


def _messages(file: Path, name: str) -> Iterator[Message | LeftOut]:
    with file.open("rb") as stream:
        if not stream.read(5).startswith(b"From "):
            stream.seek(0)
            yield _message(stream.read(_MOST), 1, name)
            return
    box = mailbox.mbox(file, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), 1):
            yield _message(box.get_file(key).read(_MOST), number, name)
    except OSError as error:
        raise Problem(f"{name} cannot be read: {error.strerror}.") from None
    finally:
        box.close()


def _message(raw: bytes, number: int, file: str) -> Message | LeftOut:
    try:
        mail = email.message_from_bytes(raw, policy=default)
        return _read(mail, number, file) if isinstance(mail, EmailMessage) else _bad(number, file)
    except _BROKEN:
        return _bad(number, file)


def _bad(number: int, file: str) -> LeftOut:
    return LeftOut(Left.NOT_READ, number, file)


def _read(mail: EmailMessage, number: int, file: str) -> Message | LeftOut:
    named, address = next(iter(getaddresses([str(mail.get("From", ""))])), ("", ""))
    if not address:
        return LeftOut(Left.NO_SENDER, number, file)
    sent = getattr(mail.get("Date"), "datetime", None)
    if not isinstance(sent, datetime):
        return LeftOut(Left.NO_TIME, number, file)
    sent = (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC)
    subject = " ".join(str(mail.get("Subject", "")).split())
    body, links = _body(mail)
    text = "\n".join(filter(None, (subject, body)))
    if not body and not subject:
        return LeftOut(Left.EMPTY, number, file)
    sender = address.casefold()
    own = str(mail.get("Message-ID", "")).strip() or f"{sender}\x1f{sent.isoformat()}\x1f{text}"
    links = tuple(dict.fromkeys((*find_links(text), *links)))
    names = (named, address)
    return Message(sender, sent, text, own, names=names, links=links, at=number, file=file)


def _body(mail: EmailMessage) -> tuple[str, tuple[str, ...]]:
    """What somebody wrote, without what they quoted, and the links of HTML."""
    part = mail.get_body(preferencelist=("plain", "html"))
    if not isinstance(part, EmailMessage) or part.get_content_maintype() != "text":
        return "", ()
    links: tuple[str, ...] = ()
    try:
        text = str(part.get_content())
    except LookupError:  # a charset that there is not
        text = (part.get_payload(decode=True) or b"").decode(errors="replace")  # type: ignore[union-attr]
    if part.get_content_subtype() == "html":
        page = _Page()
        page.feed(text)
        page.close()
        text, links = "".join(page.texts), tuple(page.links)
    text = _WROTE.split(text.replace("\r\n", "\n"), maxsplit=1)[0]
    lines = (" ".join(line.split()) for line in text.split("\n") if not line.startswith(">"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), links


class _Page(HTMLParser):
    """The text of HTML, and its links; what it quotes and what is not shown is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the beginning of an element."""
        self._hidden += tag in _NOT_SHOWN
        if tag in _BREAKS:
            self.texts.append("\n")
        if tag == "a" and not self._hidden:
            self.links += [to for name, to in attrs if name == "href" and to]

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        self._hidden = max(self._hidden - (tag in _NOT_SHOWN), 0)

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self._hidden:
            self.texts.append(data)
