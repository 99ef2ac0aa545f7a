"""A message as every format hands it on, and what of a file was left out and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from data.reports.tip import Tip
from data.storage.projection import Bounds

MOST_TEXT = 4000  # characters of a message; what is longer is cut and counted
_YEARS = range(1990, 2100)  # of a time that can be meant
_NOTHING = Tip()
ANYWHERE = Bounds(None, 0)


class Left(StrEnum):
    """Why an entry of a file became no tip, in the words of the report."""

    SYSTEM = "lines of the app itself"
    OUTSIDE = "lines that belong to no message"
    EMPTY = "without a text (pictures, voice, reactions)"
    OWN = "answers of your own"
    DRAFT = "never sent (drafts, failed)"
    NO_TIME = "without a time that can be read"
    NO_SENDER = "without a sender"
    NOT_READ = "not to be read"
    LEADS_OUT = "with a path that leads out of its folder"


@dataclass(frozen=True)
class Message:
    """One message or row as its file has it: it is held for a moment and never written.

    `sender` is whatever the format tells senders apart by, `names` what else it calls them. `id` is
    alike for one message in every file that it stands in; `part` is the beginning of it that is
    known of a deleted message too, where the file does not keep more. `stated` is what a table says
    besides. `at` is the line or number in its file.
    """

    sender: str
    sent: datetime
    text: str
    id: str
    part: str = ""
    names: tuple[str, ...] = ()
    deleted: bool = False
    links: tuple[str, ...] = ()
    precision: str = "exact"  # of `sent`, in words.TIME_PRECISIONS
    received: datetime | None = None  # where a table tells it apart
    stated: Tip = _NOTHING
    at: int = 0
    file: str = ""


@dataclass(frozen=True)
class LeftOut:
    """An entry of a file that is no tip: why, its line or number, and its file in an archive."""

    why: Left
    at: int
    file: str = ""
    detail: str = ""  # what is wrong with a row of a table


@dataclass(frozen=True)
class Reading:
    """What a person states of a file, and the clock and bounds of the place. `zone` is the clock of times that
    name none; the order of day, month and year is "dmy", "mdy" or "ymd", "" where the file has to
    tell it."""

    zone: str
    place_zone: str
    bounds: Bounds = ANYWHERE
    date_order: str = ""
    date_format: str = ""
    text_column: str = ""
    time_column: str = ""
    progress: Callable[[int, int], None] | None = None


def from_epoch(value: object, per_second: int) -> datetime | None:
    """The UTC time of a count since 1970 as a number or its digits; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        moment = datetime.fromtimestamp(float(value) / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in _YEARS else None


def from_clock(local: datetime, zone: str) -> datetime | None:
    """The UTC time of a zone's clock; of an hour that it showed twice, the first."""
    if local.year not in _YEARS:
        return None
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
