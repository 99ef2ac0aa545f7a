"""A file of messages or a table as tips: its format, one tip a message, and a tally of the rest."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from data.files import text_file
from data.formats import zip_table
from data.messages import email_file, instagram, signal_export, sms_backup, telegram, whatsapp
from data.messages.area_finder import AreaFinder
from data.messages.links import take_links
from data.messages.message import MOST_TEXT, Left, LeftOut, Message, Reading
from data.messages.near_copies import CopyCount, near_key
from data.messages.senders import hash_sender, hide_names
from data.messages.table_rows import read_table
from data.messages.text_source import matches, member_names
from data.reports.masking import mask_text
from data.reports.tip import Incoming, Tip
from data.settings import Problem
from data.storage.identity import keyed

_HEAD = 1 << 16  # bytes of a file that are looked at
_RUNS = re.compile(r"(\s)\1{2,}")  # blanks and empty lines that say nothing
_MOST_PLACES = 5  # lines that are named of each reason
_OFFICE = "[Content_Types].xml|mimetype"
_DAY_KNOWN, _HOUR_KNOWN = ("exact", "hour", "day"), ("exact", "hour")
_LOOKED_AT = 2 * MOST_TEXT  # characters: masked first, then cut, so that no half a number is left


class MessageFormat(NamedTuple):
    """A format: what people call it, the files of it in a folder or zip, whether the beginning of a
    text is its own, what reads it, and the unit that its entries are numbered by."""

    name: str
    members: str
    fits: Callable[[str], bool]
    read: Callable[[Path, Reading], Iterator[Message | LeftOut]]
    unit: str = "message"


TABLE = MessageFormat("table", "", lambda head: True, read_table, "line")
MESSAGE_FORMATS: tuple[MessageFormat, ...] = (
    MessageFormat("Signal export", signal_export.SIGNAL_FILES, signal_export.is_signal, signal_export.read_signal, "line"),
    MessageFormat("signal-cli", "", signal_export.is_signal_cli, signal_export.read_signal_cli, "line"),
    MessageFormat("Instagram download", instagram.INSTAGRAM_FILES, instagram.is_instagram, instagram.read_instagram),
    MessageFormat("Telegram export", telegram.TELEGRAM_FILES, telegram.is_telegram, telegram.read_telegram),
    MessageFormat("WhatsApp export", whatsapp.WHATSAPP_FILES, whatsapp.is_whatsapp, whatsapp.read_whatsapp, "line"),
    MessageFormat("SMS Backup & Restore", sms_backup.SMS_FILES, sms_backup.is_sms_backup, sms_backup.read_sms_backup),
    MessageFormat("e-mail", email_file.MAIL_FILES, email_file.is_email, email_file.read_email),
)  # fmt: skip


@dataclass
class Tally:
    """What became of all entries of a file: tips + withdrawn + left out = entries."""

    format: MessageFormat
    entries: int = 0
    tips: int = 0
    withdrawn: int = 0
    shortened: int = 0
    links_left_out: int = 0
    left_out: Counter[Left] = field(default_factory=Counter)
    details: Counter[str] = field(default_factory=Counter)
    places: dict[Left, list[tuple[str, int]]] = field(default_factory=dict)
    masked: Counter[str] = field(default_factory=Counter)
    copies: CopyCount = field(default_factory=CopyCount)

    def leave_out(self, left: LeftOut) -> None:
        """Count an entry that is no tip, with its place and what is wrong with it."""
        self.left_out[left.why] += 1
        if left.detail:
            self.details[left.detail] += 1
        places = self.places.setdefault(left.why, [])
        if len(places) < _MOST_PLACES:
            places.append((left.file, left.at))


@dataclass(frozen=True)
class Door:
    """What a message passes on its way in: the key of hashes, the clock and areas of the place, the
    country of phone numbers, and whose messages are answers of the team's own."""

    key: bytes
    zone: str
    areas: AreaFinder
    region: str = "US"
    own: Collection[str] = ()


def find_format(path: Path) -> MessageFormat:
    """The format of a file, folder or zip by what it holds; a table where it is no other.

    Problem where there is no such file, or a folder holds no messages.
    """
    if not path.exists():
        raise Problem(f"{path} is not there. Check the name and the folder.")
    if names := member_names(path):
        if any(matches(name, _OFFICE) for name in names):
            return TABLE
        fits = [
            f for f in MESSAGE_FORMATS if f.members and any(matches(n, f.members) for n in names)
        ]
        if len(fits) > 1:
            listed = ", ".join(one.name for one in fits)
            raise Problem(f"{path} holds files of several kinds ({listed}). Name one file of them.")
        found = fits[0] if fits else TABLE
    else:
        found = _by_head(path) if path.is_file() else TABLE
    if found is TABLE and path.is_dir():
        raise Problem(f"{path} holds no messages of an app that is known here.")
    return found


def _by_head(path: Path) -> MessageFormat:
    with path.open("rb") as stream:
        if stream.read(4) in zip_table.MARKS:
            return TABLE
    head = next(text_file.raw(path), b"")[:_HEAD]
    mark = next((name for mark, name in text_file.BOMS if head.startswith(mark)), "utf-8")
    text = head.decode(mark, errors="replace")
    return next((one for one in MESSAGE_FORMATS if one.fits(text)), TABLE)


def read_incoming(
    door: Door, path: Path, channel: str, reading: Reading, tally: Tally | None = None
) -> Iterator[Incoming]:
    """The tips of a file, one a message or row, and the withdrawals of what was deleted.

    What is no tip is counted in `tally` while they are taken. Problem where the file cannot be
    read, or something has to be stated; what came before that stands.
    """
    tally = tally or Tally(find_format(path))
    for entry in tally.format.read(path, reading):
        tally.entries += 1
        if isinstance(entry, Message):
            entry = _judged(entry, door)
        if isinstance(entry, LeftOut):
            tally.leave_out(entry)
        else:
            yield _incoming(entry, door, channel, tally)


def _judged(message: Message, door: Door) -> Message | LeftOut:
    """A message, or why it is no tip whatever its format is."""
    if not {message.sender, *message.names}.isdisjoint(door.own):
        return LeftOut(Left.OWN, message.at, message.file)
    if message.sent > datetime.now(UTC) + timedelta(days=1):
        return LeftOut(Left.NO_TIME, message.at, message.file)
    return message


def _incoming(message: Message, door: Door, channel: str, tally: Tally) -> Incoming:
    tip = Tip() if message.deleted else _tip(message, door, tally)
    tally.tips += not message.deleted
    tally.withdrawn += message.deleted
    received = (message.received or message.sent).replace(minute=0, second=0, microsecond=0)
    return Incoming(
        channel=channel,
        tip=tip,
        received=received.isoformat(),
        origin=hash_sender(message.sender, door.key, door.region),
        message=_hash_message(message, door.key, channel if tally.format is TABLE else ""),
        withdraws=message.deleted,
    )


def _hash_message(message: Message, key: bytes, channel: str) -> str:
    """A hash of a message's own id. Of one without, "PART-TEXT", and "PART-" once it is deleted.

    Rows of two tables may have the same numbers: theirs is of their channel too.
    """
    start, text = (f"{what}\x1f{channel}\x1f" for what in ("part", "message"))
    own = keyed(key, text + message.id)[:24] if message.id else ""
    return f"{keyed(key, start + message.part)[:24]}-{own}" if message.part else own


def _tip(message: Message, door: Door, tally: Tally) -> Tip:
    """What a message says: its day and hour those of sending, the area that it names, its text
    masked and cut, its links apart."""
    local = message.sent.astimezone(ZoneInfo(door.zone))
    text, links = take_links(message.text, message.links, door.region)
    tally.links_left_out += len({*message.links}) - len(links)
    text, names = hide_names(_RUNS.sub(r"\1\1", text), message.names)
    masked = mask_text(text[:_LOOKED_AT], door.region)
    counts = Counter(masked.counts) + Counter({"name": names})
    tally.masked += counts
    tally.shortened += len(text) > MOST_TEXT
    area = door.areas.named(message.stated.area) or door.areas.find(message.text)
    tally.copies.count(near_key(message.text, area))
    return replace(
        message.stated,
        day=local.date().isoformat() if message.precision in _DAY_KNOWN else "",
        hour=local.hour if message.precision in _HOUR_KNOWN else None,
        area=area,
        text=masked.text[:MOST_TEXT],
        links=links,
        masked=dict(counts),
    )
