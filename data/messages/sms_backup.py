"""SMS Backup & Restore: the texts of a telephone as XML."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from data.messages.links import find_links
from data.messages.message import Left, LeftOut, Message, Reading, from_epoch
from data.messages.text_source import TextStream, open_members
from data.settings import Problem

SMS_FILES = "sms*.xml|*/sms*.xml"
_PIECE = 1 << 16
_RECEIVED, _SENT = "1", "2"  # type of a text and msg_box of a multimedia message
_NO_TEXT = ("", "null")
_SENDER_OF = "137"  # type of the address that a multimedia message is from
# numbers of characters: some programs write an emoji as two halves, which is no XML
_PAIR = re.compile(rb"&#(5[5-6]\d{3});&#(5[6-7]\d{3});")
_NUMBER = re.compile(rb"&#(?:x([0-9a-fA-F]{1,8})|(\d{1,8}));")
_UNFINISHED = re.compile(
    rb"&#(?:55\d{3}|56[0-2]\d\d|563[01]\d);(?:&(?:#\d{0,7})?)?$|&(?:#x?[0-9a-fA-F]{0,8})?$"
)


def is_sms_backup(head: str) -> bool:
    """Return whether a text begins as a backup does."""
    return "<smses" in head


def read_sms_backup(path: Path, reading: Reading) -> Iterator[Message | LeftOut]:
    """The texts that a telephone received; what it sent is its owner's own."""
    with open_members(path, SMS_FILES) as sources:
        for source in sources:
            gathered = _Gathered(source.name)
            parser = XMLParser(target=gathered, encoding="utf-8", forbid_dtd=True)
            stream, rest = TextStream(source, reading.progress), b""
            try:
                while piece := stream.read(_PIECE):
                    rest += piece
                    half = _UNFINISHED.search(rest[-40:])
                    cut = len(rest) - (len(half[0]) if half else 0)
                    parser.feed(_characters(rest[:cut]))
                    rest = rest[cut:]
                    yield from gathered.drain()
                parser.feed(_characters(rest))
                parser.close()
            except (ParseError, DefusedXmlException, UnicodeDecodeError):
                raise Problem(
                    f"{source.name} is cut off or no XML of SMS Backup & Restore: it cannot be "
                    "read to its end. Back up again."
                ) from None
            yield from gathered.drain()


def _characters(text: bytes) -> bytes:
    """XML in which halves of an emoji are one character, and what is no character is U+FFFD."""

    def whole(match: re.Match[bytes]) -> bytes:
        high, low = int(match[1]) - 0xD800, int(match[2]) - 0xDC00
        if 0 <= high < 0x400 and 0 <= low < 0x400:
            return f"&#{0x10000 + (high << 10) + low};".encode()
        return match[0]

    def allowed(match: re.Match[bytes]) -> bytes:
        code = int(match[1], 16) if match[1] else int(match[2])
        plain = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
        return match[0] if plain or 0x10000 <= code < 0x110000 else b"&#65533;"

    return _NUMBER.sub(allowed, _PAIR.sub(whole, text))


class _Gathered:
    """What the parser tells of, made messages."""

    def __init__(self, file: str) -> None:
        self.file, self.number = file, 0
        self._ready: list[Message | LeftOut] = []
        self._mms: dict[str, str] = {}
        self._texts: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        if tag == "sms":
            self.number += 1
            body = attributes.get("body", "")
            self._ready.append(self._message(attributes, attributes.get("type"), body))
        elif tag == "mms":
            self.number += 1
            self._mms, self._texts = dict(attributes), []
        elif tag == "part" and attributes.get("ct") == "text/plain":
            self._texts.append(attributes.get("text", ""))
        elif tag == "addr" and attributes.get("type") == _SENDER_OF:
            self._mms["address"] = attributes.get("address", "")

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "mms":
            texts = [text for text in self._texts if text.strip() not in _NO_TEXT]
            self._ready.append(self._message(self._mms, self._mms.get("msg_box"), "\n".join(texts)))

    def data(self, text: str) -> None:
        """Take a text between elements: there is none in a backup."""

    def close(self) -> None:
        """Take the end of the file."""

    def drain(self) -> Iterator[Message | LeftOut]:
        """The messages since the last call."""
        yield from self._ready
        self._ready.clear()

    def _message(self, of: Mapping[str, str], box: str | None, body: str) -> Message | LeftOut:
        sender, text = of.get("address", "").strip(), body.strip()
        sent = from_epoch(of.get("date"), 1000)
        if box == _SENT:
            return LeftOut(Left.OWN, self.number)
        if box not in (_RECEIVED, None):
            return LeftOut(Left.DRAFT, self.number)
        if sent is None:
            return LeftOut(Left.NO_TIME, self.number)
        if sender in _NO_TEXT:
            return LeftOut(Left.NO_SENDER, self.number)
        if text in _NO_TEXT:
            return LeftOut(Left.EMPTY, self.number)
        named = of.get("contact_name", "")
        names = (sender, *([named] if named not in ("", "null", "(Unknown)") else ()))
        own = f"{sender}\x1f{sent.isoformat()}\x1f{text}"
        return Message(sender, sent, text, own, names=names, links=find_links(text), at=self.number)
