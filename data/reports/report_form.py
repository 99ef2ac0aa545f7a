"""The fields of a report: what a filled form says as a tip, and what is wrong beside which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit

from data import words
from data.reports.masking import mask_text
from data.reports.spool import EQUIPMENT, LONGEST, LONGEST_LINK, SIGNS
from data.reports.tip import Tip

Form = Mapping[str, Sequence[str]]

# kinds that somebody who stood there can tell; a call to 911 is known to who answered it
KINDS_SEEN = (
    "sighting",
    "traffic_stop",
    "suspicious_person_stop",
    "search_or_raid",
    "arrest_operation",
    "use_of_force",
    "crowd_control",
    "shooting",
    "other",
)
SETTINGS = ("street", "home", "business", "school", "clinic", "worship", "shelter", "court")
RESPONSES = (
    "not_recorded",
    "none",
    "in_person",
    "traffic_control",
    "crowd_control",
    "report_after",
    "declined",
)
INJURED = {"": None, "unknown": None, "yes": True, "no": False}
ELSEWHERE, LONGER = "elsewhere", "longer"  # of the lists of areas and days
LISTED_DAYS = 31  # in the list of days
_FIRST_YEAR = 2000
_NUMBER = re.compile(r"[0-9]{1,3}")
# parts of a link's query that say which picture it is; the others say who shared it
_NEEDED = frozenset({"v", "id", "story_fbid", "fbid", "p"})


class Fault(StrEnum):
    """What may be wrong with a field."""

    MISSING = "missing"
    FUTURE = "future"
    UNREADABLE = "unreadable"
    LONG = "long"
    NUMBER = "number"
    LINK = "link"
    CHOICE = "choice"


@dataclass
class Reading:
    """A form that was read: its tip, what is wrong by field in the order of the form, and how
    many characters a field has too many."""

    tip: Tip
    faults: dict[str, Fault] = field(default_factory=dict)
    excess: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What a form is read against: the names of areas, the local time, the region of phones."""

    areas: tuple[str, ...]
    now: datetime
    region: str
    language: str


def read_form(form: Form, ground: Ground) -> Reading:
    """What a form says. With faults its tip is not to be kept."""
    return _Reader(form, ground).reading()


class _Reader:
    def __init__(self, form: Form, ground: Ground) -> None:
        self.form, self.ground = form, ground
        self.faults: dict[str, Fault] = {}
        self.excess: dict[str, int] = {}
        self.masked: dict[str, int] = {}

    def reading(self) -> Reading:
        """Every field in the order in which the form shows it."""
        kind = self._choice("kind", KINDS_SEEN) or self._fault("kind", Fault.MISSING)
        area = self._area()
        cross = self._text("cross_streets")
        if self._one("area") == ELSEWHERE and not cross:
            self._fault("cross_streets", Fault.MISSING)
        day = self._day()
        hour = self._hour("hour", day)
        tip = Tip(
            kind=kind,
            day=day,
            hour=hour,
            area=area,
            cross_streets=cross,
            text=self._text("text"),
            officers=self._number("officers"),
            vehicles=self._number("vehicles"),
            agencies=self._several("agencies", words.CODES["agencies"]),
            sources_of_agency=self._several("signs", SIGNS),
            equipment=self._several("equipment", EQUIPMENT),
            setting=self._choice("setting", SETTINGS),
            force=self._several("force", words.CODES["force"]),
            injured=INJURED.get(self._choice("injured", INJURED)),
            until=self._hour("until", day),
            still_there=self._one("still_there") == "yes",
            response=self._choice("response", RESPONSES) or "not_recorded",
            links=self._links(),
            language=self.ground.language,
            masked=self.masked,
        )
        return Reading(tip, self.faults, self.excess)

    def _fault(self, name: str, fault: Fault) -> str:
        self.faults.setdefault(name, fault)
        return ""

    def _one(self, name: str) -> str:
        return clean_line((self.form.get(name) or [""])[0])

    def _choice(self, name: str, codes: Sequence[str] | Mapping[str, object]) -> str:
        own = self._one(name)
        return own if not own or own in codes else self._fault(name, Fault.CHOICE)

    def _several(self, name: str, codes: Sequence[str] | Mapping[str, object]) -> tuple[str, ...]:
        own = set(self.form.get(name, ()))
        if not own <= set(codes):
            self._fault(name, Fault.CHOICE)
        return tuple(code for code in codes if code in own)

    def _area(self) -> str:
        own = self._one("area")
        if not own:
            return self._fault("area", Fault.MISSING)
        if not self.ground.areas:
            return self._text("area")
        if own == ELSEWHERE:
            return ""
        return own if own in self.ground.areas else self._fault("area", Fault.CHOICE)

    def _day(self) -> str:
        own = self._one("day")
        if own == LONGER or not own:
            own = self._one("date")
        if not own:
            return self._fault("day", Fault.MISSING)
        try:
            day = date.fromisoformat(own)
        except ValueError:
            return self._fault("day", Fault.UNREADABLE)
        if day > self.ground.now.date():
            return self._fault("day", Fault.FUTURE)
        if day.year < _FIRST_YEAR or day.isoformat() != own:
            return self._fault("day", Fault.UNREADABLE)
        return own

    def _hour(self, name: str, day: str) -> int | None:
        own = self._choice(name, tuple(map(str, range(24))))
        if not own:
            return None
        if (
            name == "hour"
            and day == f"{self.ground.now:%Y-%m-%d}"
            and int(own) > self.ground.now.hour
        ):
            self._fault(name, Fault.FUTURE)
        return int(own)

    def _number(self, name: str) -> int | None:
        own = self._one(name)
        if own and not (own.isascii() and _NUMBER.fullmatch(own)):
            self._fault(name, Fault.NUMBER)
            return None
        return int(own) if own else None

    def _text(self, name: str) -> str:
        """A text, masked. What is too long is a fault and is not cut."""
        raw = (self.form.get(name) or [""])[0]
        own = clean_text(raw) if name == "text" else clean_line(raw)
        if (over := len(own) - LONGEST[name]) > 0:
            self.excess[name] = over
            return self._fault(name, Fault.LONG)
        masked = mask_text(own, self.ground.region)
        for sort, count in masked.counts.items():
            self.masked[sort] = self.masked.get(sort, 0) + count
        return masked.text[: LONGEST[name]]  # words that stand for what was masked may be longer

    def _links(self) -> tuple[str, ...]:
        own = self._one("link")
        if not own:
            return ()
        link = clean_link(own)
        if not link:
            self._fault("link", Fault.LINK)
        return (link,) if link else ()


def clean_line(text: str) -> str:
    """A text on one line, without control and invisible characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def clean_text(text: str) -> str:
    """A text with its lines, without control and invisible characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(map(clean_line, lines)).strip()


def clean_link(text: str) -> str:
    """A link to a picture without what tells who shared it; "" where it is none."""
    if not re.match(r"https?://", text, re.IGNORECASE):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) or any(
        c.isspace() or c in "<>\"'" for c in text
    ):
        return ""
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if k in _NEEDED])
    at = f"{host}:{port}" if port else host
    link = f"{parts.scheme.lower()}://{at}{parts.path}" + (f"?{query}" if query else "")
    return link if len(link) <= LONGEST_LINK and "@" not in host else ""


def recent_days(now: datetime) -> list[date]:
    """The days that the form lists, today first."""
    return [now.date() - timedelta(days=n) for n in range(LISTED_DAYS)]
