"""The mapping: which column of a file says what, and by what rules it is read."""

import hashlib
import json
import re
from collections.abc import Mapping as Table
from dataclasses import asdict, dataclass, field
from typing import Any

from data import words
from data.personal_columns import is_forbidden
from data.settings import Problem

# record columns that a column of a file can be mapped to
TARGETS: dict[str, str] = {
    "incident_id": "the source's own number of the incident",
    "occurred_at": "date, or date and time",
    "time_of_day": "time of day, where it has a column of its own",
    "year": "year of the date, where it has a column of its own",
    "month": "month of the date, 1 to 12 or its name; needs year",
    "day": "day of the month; needs month",
    "hour": "hour of the day, 0 to 23, where it has a column of its own",
    "minute": "minute of the hour; needs hour",
    "time_precision": "how well the time is known: exact, hour, day, month",
    "lat": "latitude, WGS 84",
    "lon": "longitude, WGS 84",
    "lat_lon": 'latitude and longitude in one column: "44.97, -93.26"',
    "point": 'a point as text: "POINT (-93.26 44.97)" or GeoJSON',
    "x": "easting in the CRS that [place] crs states",
    "y": "northing in the CRS that [place] crs states",
    "place_precision": "how well the place is known: exact, block, area, city ...",
    "area_label": "neighborhood, district, beat: what the source calls the area",
    "city": "the city, as the source says it",
    "kind": "what happened",
    "grade": "community sources: how far it has been checked",
    "via": "how it came to be known",
    "setting": "what kind of place it was",
    "received_at": "when the source received it",
    "origin": "who or what sent it: only a keyed hash is kept",
    "response": "what local police did",
    "force": "kinds of force, a list",
    "injured": "whether somebody was hurt",
    "harm": "what harm was done, a list",
    "press_hurt": "whether a journalist at work was hurt",
    "aid_kept_away": "whether medical help was kept away",
    "officers": "how many officers or agents were counted",
    "vehicles": "how many vehicles were counted",
    "agencies": "which levels of government were there, a list",
    "on_scene_until": "until when they were seen there",
    "source_url": "links to evidence, a list",
    "text": "free text; never leaves the signed-in tier",
}
ENUMERATED = ("kind", "grade", "via", "setting", "response", "time_precision", "place_precision")
LISTS = ("force", "agencies", "source_url")
FLAGS = ("injured", "press_hurt", "aid_kept_away")
TIME_COLUMNS = ("occurred_at", "time_of_day", "received_at", "on_scene_until")
DATED = ("occurred_at", "received_at", "on_scene_until")  # that tell a date
ZONED = ("received_at", "on_scene_until")  # may be on a clock that is not the file's
CONSTANTS = ("kind", "grade", "via", "setting", "response", "area_label", "city")
COUNTS = ("officers", "vehicles")
NAMES = ("area_label", "city")
RULED = (*ENUMERATED, *FLAGS, *COUNTS, *NAMES)  # columns that [values] can translate
PATTERNED = ("occurred_at",)
TAGGED = ("kind", "force", "harm", "agencies", "source_url")
ABOUT = (
    "kind",
    "title",
    "says",
    "url",
    "licence",
    "zone",
    "from",
    "to",
    "area",
    "covers",
    "notes",
    "changes",
    "already_public",
    "made",
    "counts",
    "own_words",
)
WHICH_TABLE = ("sheet", "records", "member")  # of a file rule: which table of several
SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class FileRule:
    """The form of the file, where it is stated and not to be found again."""

    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    no_header: bool = False
    sheet: str | None = None
    records: str | None = None
    member: str | None = None


@dataclass(frozen=True)
class TimeRule:
    """Formats of the time columns, by record column; the zone of the file's clock.

    `midnight` says by record column what times of 00:00 mean (a rule of
    midnight.RULES); `zones` are clocks of columns that are not on the file's.
    """

    formats: Table[str, str] = field(default_factory=dict)
    zone: str | None = None
    precision: str | None = None
    midnight: Table[str, str] = field(default_factory=dict)
    zones: Table[str, str] = field(default_factory=dict)

    def zone_of(self, column: str, zone: str) -> str:
        """The clock of a record column's times; `zone` is the file's."""
        return self.zones.get(column, zone)


@dataclass(frozen=True)
class PlaceRule:
    """Rules for reading places. A reach of 0 is no limit, None is the place's own.

    `place_by` says what decides where label and point name different areas; None: nobody has.
    """

    crs: str | None = None
    precision: str | None = None
    reach_km: float | None = None
    decimal: str | None = None
    swapped: bool = False
    place_by: str | None = None


@dataclass(frozen=True)
class TagRule:
    """A list in one cell: what parts it, and words for its entries.

    `order` is for a column that holds one word only: the first of it that is met wins.
    """

    separator: str = ","
    words: Table[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A start or an end of a text that is cut off, and what it means."""

    prefix: str = ""
    suffix: str = ""
    time_precision: str | None = None
    note: str = ""


@dataclass(frozen=True)
class FileMapping:
    """Everything that turns rows of a file into records; the same in TOML and here."""

    source: str
    about: Table[str, Any] = field(default_factory=dict)
    file: FileRule = FileRule()
    columns: Table[str, str] = field(default_factory=dict)
    time: TimeRule = TimeRule()
    place: PlaceRule = PlaceRule()
    values: Table[str, Table[str, str]] = field(default_factory=dict)
    tags: Table[str, TagRule] = field(default_factory=dict)
    constant: Table[str, str] = field(default_factory=dict)
    patterns: Table[str, tuple[Pattern, ...]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """The mapping as JSON values; what differs here is another mapping."""
        plain: dict[str, object] = json.loads(json.dumps(asdict(self), default=str))
        return plain

    def digest(self) -> str:
        """Sixteen hex digits that stand for this mapping."""
        text = json.dumps(self.plain(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def used(self) -> set[str]:
        """The columns of the file that are named anywhere."""
        return {*self.columns.values(), *self.keep}


def time_entries(what: str, columns: tuple[str, ...]) -> dict[str, str]:
    """The entries of [time] by which `what` is said, each with its record column.

    That of occurred_at is `what` alone: format, but received_at_format.
    """
    return {what if c == "occurred_at" else f"{c}_{what}": c for c in columns}


def source_name(name: str, where: str) -> str:
    """The name itself if it can be a source's; Problem otherwise."""
    if not SOURCE_NAME.fullmatch(name):
        raise Problem(
            f"{where}: a source needs a short name of small letters, digits and "
            f"hyphens, such as st-paul-calls; this is {name!r}."
        )
    return name


def check_column(column: str, where: str, hashed: bool = False) -> None:
    """Problem where a column may not come in because of what its header says."""
    if is_forbidden(column) and not hashed:
        raise Problem(
            f'{where}: a column called "{column}" can tell who somebody is and is '
            "never imported. If it holds something else, rename it in the file."
        )


def check_word(column: str, word: str, where: str) -> str:
    """The word itself if the column may hold it; Problem with the words otherwise."""
    if word and word not in words.CODES[column]:
        listed = ", ".join(words.CODES[column])
        raise Problem(f"{where}: {word!r} is no {column}. Use one of: {listed}.")
    return word
