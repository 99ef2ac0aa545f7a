"""The help of a place, from its help.toml: whom to call, and texts in the place's own words.

`[help] file` in porchlight.toml names the file, relative to porchlight.toml; without it, it is
help.toml beside it. The sample place has one of its own.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from data import settings
from data.settings import Problem

SAMPLE = Path(__file__).with_name("sample.toml")
FRESH_DAYS = 30  # a check counts for so long
# a text, which is of the file's language, or a table of texts by language
Wording = str | dict[str, str]
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_PHONE = re.compile(r"\+?[\d ().-]+")
_EMAIL = re.compile(r"[^\s@<>\"?&]+@[^\s@<>\"?&]+\.[^\s@<>\"?&]+")


class Kind(StrEnum):
    """The ways to reach somebody."""

    PHONE = "phone"
    SOCIAL = "social"
    EMAIL = "email"
    WEB = "web"
    PLACE = "place"


class Check(Enum):
    """How far an entry can be relied on."""

    EMERGENCY = "emergency"  # a number such as 911, which nobody has to check
    FRESH = "fresh"
    OLD = "old"  # not checked for 30 days
    NEVER = "never"
    PRINTED = "printed"  # as a newspaper printed it; nobody of ours has checked it


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who helps. `as_printed` is the month of a newspaper ("2025-12"), or ""."""

    who: str
    what_for: Wording
    reach: str
    kind: Kind
    languages: tuple[str, ...] = ()  # by their own names; none where it is not stated
    hours: Wording = ""
    checked_on: dt.date | None = None
    as_printed: str = ""
    emergency: bool = False

    def __post_init__(self) -> None:
        _require(
            who=_is_line(self.who),
            what_for=_is_wording(self.what_for),
            reach=_is_line(self.reach) and _REACH[self.kind](self.reach),
            languages=all(map(_is_line, self.languages)),
            hours=not self.hours or _is_wording(self.hours),
            as_printed=not self.as_printed or _MONTH.fullmatch(self.as_printed) is not None,
        )


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A text of the place: a title, sentences, and where they are from ("" where not stated)."""

    title: Wording
    points: tuple[Wording, ...]
    source: Wording = ""

    def __post_init__(self) -> None:
        _require(
            title=_is_wording(self.title),
            points=bool(self.points) and all(map(_is_wording, self.points)),
            source=not self.source or _is_wording(self.source),
        )


class HelpFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A help.toml: its language, the month that entries were printed in unless they say so."""

    language: str = "en"
    as_printed: str = ""
    entry: tuple[Entry, ...] = ()
    section: tuple[Section, ...] = ()

    def __post_init__(self) -> None:
        _require(
            language=_CODE.fullmatch(self.language) is not None,
            as_printed=not self.as_printed or _MONTH.fullmatch(self.as_printed) is not None,
        )


@dataclass(frozen=True)
class HelpTable:
    """The help of a place: its name ("" where it is not stated), its time zone, and the file."""

    place: str = ""
    zone: str = "UTC"
    file: HelpFile = field(default_factory=HelpFile)


def check_state(entry: Entry, today: dt.date) -> Check:
    """How far an entry can be relied on today. A check in days to come is none."""
    if entry.emergency:
        return Check.EMERGENCY
    if entry.checked_on is None or entry.checked_on > today:
        return Check.PRINTED if entry.as_printed else Check.NEVER
    return Check.FRESH if (today - entry.checked_on).days < FRESH_DAYS else Check.OLD


def load_help(file: Path | None = None) -> HelpTable:
    """The help of the place whose settings a file holds, read anew once a file has changed.

    Empty where nobody has written one. Problem says file, entry and field to mend.
    """
    file = file or settings.settings_path()
    try:
        stated = settings.read_toml(file)
    except FileNotFoundError:
        return HelpTable()
    place = settings.table_of(stated, "place", file)
    name, zone = str(place.get("name", "")), str(place.get("zone", "UTC"))
    settings.check_zone(zone, f"{file}: place.zone")
    found = settings.own_file("help", SAMPLE, file)
    if found is None:
        return HelpTable(name, zone)
    state = found.stat()
    return HelpTable(name, zone, _read(found, state.st_mtime_ns, state.st_size, state.st_ino))


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int, _size: int, _number: int) -> HelpFile:
    return read_help(settings.read_toml(file), file)


def read_help(table: dict[str, Any], file: Path) -> HelpFile:
    """The help.toml whose tables were read. Problem says file, entry and field to mend."""
    try:
        found = msgspec.convert(table, HelpFile)
    except msgspec.ValidationError as error:
        raise Problem(f"{file}: {_where(str(error), table)}.") from None
    own = (replace(e, as_printed=e.as_printed or found.as_printed) for e in found.entry)
    return replace(found, entry=tuple(own))


# field -> what to write into it
_HINTS = {
    "who": "write one line of text",
    "reach": "write what its kind wants: a number, a name, a@example.org, https:// and an address",
    "kind": f"write one of {', '.join(Kind)}",
    "languages": 'write a list of texts, e.g. ["English", "Español"]',
    "points": 'write a list of texts, e.g. ["Stay calm."]',
    "checked_on": "write a date such as 2026-11-27, without quotes",
    "as_printed": 'write a month such as "2025-12"',
    "language": 'write a code such as "en"',
    "emergency": "write true or false",
    "entry": "write a table: [[entry]]",
    "section": "write a table: [[section]]",
}
_TEXT_HINT = "write one line of text, or one a language: {en = ..., es = ...}"
_AT = re.compile(r" - at `\$\.?(.*)`$")
_ROW = re.compile(r"(entry|section)\[(\d+)\]\.?")
_OTHER = {
    "Object missing required field": "{} is missing",
    "Object contains unknown field": "{} means nothing",
}


def _require(**fits: bool) -> None:
    """ValueError with the name of the first field that does not fit, which msgspec hands on."""
    if wrong := next((name for name, fit in fits.items() if not fit), ""):
        raise ValueError(wrong)


def _where(error: str, table: dict[str, Any]) -> str:
    """What msgspec says of a file, with the row as a person counts it, and what to write."""
    at = _AT.search(error)
    what, path, row = error[: at.start()] if at else error, at[1] if at else "", ""
    if found := _ROW.match(path):
        sort, n, path = found[1], int(found[2]), path[found.end() :]
        own = table[sort][n]
        called = own.get("who") or own.get("title") if isinstance(own, dict) else None
        row = f"{sort} {n + 1}" + (f" ({called}): " if isinstance(called, str) else ": ")
    name = re.split(r"[\[.]", path)[0] or (what if what.isidentifier() else "")
    if name:
        return f"{row}{name} cannot be used: {_HINTS.get(name, _TEXT_HINT)}"
    start, _, name = what.partition(" `")
    return row + _OTHER.get(start, "this is no table").format(name.partition("`")[0])


def _is_line(text: str) -> bool:
    return bool(text.strip()) and text.isprintable()


def _is_wording(wording: Wording) -> bool:
    if isinstance(wording, str):
        return _is_line(wording)
    codes = all(_CODE.fullmatch(code) for code in wording)
    return bool(wording) and codes and all(map(_is_line, wording.values()))


def _is_phone(reach: str) -> bool:
    return bool(_PHONE.fullmatch(reach)) and 3 <= len(re.sub(r"\D", "", reach)) <= 15


def _is_web(reach: str) -> bool:
    try:
        parts = urlsplit(reach)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


# kind -> whether a way to reach somebody is of it
_REACH: Mapping[Kind, Callable[[str], bool]] = {
    Kind.PHONE: _is_phone,
    Kind.EMAIL: lambda reach: bool(_EMAIL.fullmatch(reach)),
    Kind.WEB: _is_web,
    Kind.SOCIAL: bool,
    Kind.PLACE: bool,
}
