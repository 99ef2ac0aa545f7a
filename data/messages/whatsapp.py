"""WhatsApp's export of a chat: a text, one line a message, in the words and clock of a phone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from data.files.column_names import clean_label
from data.files.text_file import ByteSource
from data.messages.links import find_links
from data.messages.message import MOST_TEXT, Left, LeftOut, Message, Reading, from_clock
from data.messages.text_source import Line, lines_of, open_members
from data.settings import Problem

WHATSAPP_FILES = "*_chat.txt|*WhatsApp*.txt"
ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}  # where year, month, day stand
_FIRST_YEAR = 2009  # of WhatsApp
_BLANK = "[ \u00a0\u2009\u202f]"
_MARKS = "[\u200e\u200f\u202a-\u202e\ufeff]"
_HEADER = re.compile(
    rf"{_MARKS}*\[?(\d{{1,4}})([./-]){_BLANK}?(\d{{1,2}})\2{_BLANK}?(\d{{1,4}})"
    rf"[^\d\n\[\]]{{1,9}}(\d{{1,2}})[:.](\d\d)(?:[:.](\d\d))?"
    rf"(?:{_BLANK}?([apAP])\.?{_BLANK}?[mM]\.?)?(?:\]{_BLANK}?|{_BLANK}[-–]{_BLANK})(.*)"
)
_SENDER = re.compile(r"([^:]{1,100}): ?(.*)", re.DOTALL)
# a text of the app that holds a colon: Ana changed the group name to "Corner: 5th"
_APP = re.compile('["“”«»„]')
_MENTION = re.compile("@\u2068[^\u2069]*\u2069")
_ATTACHED = re.compile(
    r"^.{1,120}\((?:file attached|archivo adjunto|fichier joint|arquivo anexado|Datei angehängt)\)$"
    rf"|{_MARKS}?<(?:attached|adjunto|pièce jointe|anexado|Anhang): [^>]*>",
    re.MULTILINE,
)
_EDITED = re.compile(rf"{_MARKS}?<[^<>\n]*(?:edited|editó|editado|modifié|bearbeitet)[^<>\n]*>$")
_DELETED = re.compile(
    r"(this message was deleted|you deleted this message|(se )?eliminó este mensaje|"
    r"este mensaje fue eliminado|eliminaste este mensaje|ce message a été supprimé|"
    r"vous avez supprimé ce message|(esta mensagem|mensagem) (foi )?apagada|"
    r"você apagou esta mensagem|diese nachricht wurde gelöscht|"
    r"du hast diese nachricht gelöscht)( by admin.*)?\.?",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"<[^<>]{3,40}>|null|(\S+ ){1,3}(omitted|omitid[oa]s?|omise?s?|absente?|ocultad[oa]|"
    r"weggelassen|ausgeschlossen)|(missed|silenced) (voice|video|group).{0,20} call.*",
    re.IGNORECASE,
)


class _Header(NamedTuple):
    """The beginning of a message: three numbers of a date, the time of day, and what follows."""

    date: tuple[int, int, int]
    short_year: bool
    hour: int
    minute: int
    second: int
    rest: str


def is_whatsapp(head: str) -> bool:
    """Return whether a text begins as an export of WhatsApp does."""
    first = [line for line in head.splitlines()[:40] if line.strip()]
    return sum(_header(line) is not None for line in first) * 4 >= max(len(first), 1)


def read_whatsapp(path: Path, reading: Reading) -> Iterator[Message | LeftOut]:
    """The messages of an export: a text, or a zip or folder with such."""
    with open_members(path, WHATSAPP_FILES) as sources:
        for source in sources:
            order = reading.date_order or _order(source)
            chat = _Chat(source.name, ORDERS[order], reading.zone)
            for line in lines_of(source, reading.progress):
                yield from chat.take(line)
            yield from chat.end()


def _header(text: str) -> _Header | None:
    match = _HEADER.match(text)
    if not match:
        return None
    first, _, second, third, hour, minute, seconds, half, rest = match.groups()
    o_clock = int(hour)
    if half:
        o_clock = o_clock % 12 + 12 * (half in "pP")
    if o_clock > 23 or int(minute) > 59 or int(seconds or 0) > 59:
        return None
    short = len(first) < 3 and len(third) < 3
    date = (int(first), int(second), int(third))
    return _Header(date, short, o_clock, int(minute), int(seconds or 0), rest)


def _local(header: _Header, order: tuple[int, int, int]) -> datetime | None:
    """The time of a header on the phone's clock; None where the order of its date is another."""
    year, month, day = (header.date[place] for place in order)
    if header.short_year:
        year += 2000
    try:
        moment = datetime(year, month, day, header.hour, header.minute, header.second)
    except ValueError:
        return None
    latest = datetime.now() + timedelta(days=2)
    return moment if moment.year >= _FIRST_YEAR and moment < latest else None


def _order(source: ByteSource) -> str:
    """The order of day, month and year that all lines fit. Problem where none or several do."""
    fits, lines = dict.fromkeys(ORDERS, 0), 0
    for line in lines_of(source):
        if header := _header(line.text):
            lines += 1
            for name, order in ORDERS.items():
                fits[name] += _local(header, order) is not None
    if not lines:
        raise Problem(f"{source.name} holds no message of WhatsApp.")
    standing = [name for name in ORDERS if fits[name] == lines]
    if len(standing) > 1 and "ymd" in standing:  # two-digit years first: only where nothing else is
        standing.remove("ymd")
    if len(standing) == 1:
        return standing[0]
    what = "could be swapped in every line" if standing else "are not in one order in all lines"
    ways = " or ".join(f"--date-order {name}" for name in standing or ORDERS)
    raise Problem(f"{source.name}: day and month {what}. Say which order it is: {ways}.")


@dataclass
class _Chat:
    """One export while it is read: the message that is not finished yet."""

    file: str
    order: tuple[int, int, int]
    zone: str
    begun: Message | None = None
    lines: list[str] = field(default_factory=list)
    length: int = 0

    def take(self, line: Line) -> Iterator[Message | LeftOut]:
        """Take a line; what came before it is finished where it begins a message."""
        header = _header(line.text)
        if header is None:
            if self.begun is None and line.text.strip():
                yield LeftOut(Left.OUTSIDE, line.number, self.file)
            elif self.length <= MOST_TEXT:  # what is cut anyway is not gathered
                self._add(line.text)
            return
        yield from self.end()
        local = _local(header, self.order)
        sent = from_clock(local, self.zone) if local else None
        match = _SENDER.fullmatch(header.rest)
        if not match or _APP.search(match[1]):
            yield LeftOut(Left.SYSTEM, line.number, self.file)
        elif sent is None:
            yield LeftOut(Left.NO_TIME, line.number, self.file)
        else:
            name = clean_label(match[1]).lstrip("~ ")
            self.begun = Message(name, sent, "", "", names=(name,), at=line.number, file=self.file)
            self._add(match[2])

    def end(self) -> Iterator[Message | LeftOut]:
        """Finish the message that was begun."""
        if self.begun is not None:
            yield _finished(self.begun, "\n".join(self.lines))
        self.begun, self.lines, self.length = None, [], 0

    def _add(self, text: str) -> None:
        self.lines.append(text)
        self.length += len(text) + 1


def _finished(begun: Message, body: str) -> Message | LeftOut:
    """A message with its text: deleted, empty, a line of the app, or what somebody wrote."""
    marked = re.match(_MARKS, body) is not None
    text = _EDITED.sub("", _ATTACHED.sub("", _MENTION.sub("[name]", body)))
    text = re.sub(_MARKS, "", text).strip()
    part = f"{begun.sent.isoformat()}\x1f{begun.sender}"
    if _DELETED.fullmatch(text):
        return replace(begun, part=part, deleted=True)
    if not text or _MEDIA.fullmatch(text):
        return LeftOut(Left.EMPTY, begun.at, begun.file)
    if marked:  # a phone of Apple marks what the app itself writes
        return LeftOut(Left.SYSTEM, begun.at, begun.file)
    return replace(begun, text=text, part=part, id=text, links=find_links(text))
