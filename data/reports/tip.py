"""A tip: what one report says, in the words of the record, and what comes with it to the desk.

Nothing in it names a person. What only a reviewer needs, and nobody later, stands in RAW: it is
kept apart and goes first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

RAW = ("text", "cross_streets", "links", "sources_of_agency")  # expire after the outcome


@dataclass(frozen=True)
class Tip:
    """What a report says happened. Codes are those of data.words; what is not known is empty.

    `day` is a local date ("2026-01-17"), `hour` a local hour. `lat` and `lon` are those of a
    100 m grid. `area` is the name of an area of the place. `text`, `cross_streets` and `links` are
    masked. `language` is that of the form or message, "" where it is not known.
    """

    kind: str = "sighting"
    day: str = ""
    hour: int | None = None
    until: int | None = None  # the local hour until when they were there
    still_there: bool = False
    area: str = ""
    lat: float | None = None
    lon: float | None = None
    setting: str = ""
    officers: int | None = None
    vehicles: int | None = None
    agencies: tuple[str, ...] = ()
    sources_of_agency: tuple[str, ...] = ()  # what made somebody think so: vest, marked_car, heard
    equipment: tuple[str, ...] = ()
    response: str = "not_recorded"
    force: tuple[str, ...] = ()
    injured: bool | None = None
    text: str = ""
    cross_streets: str = ""
    links: tuple[str, ...] = ()
    language: str = ""
    masked: Mapping[str, int] = field(default_factory=dict)  # how often what was masked, by sort


@dataclass(frozen=True)
class Incoming:
    """A tip on its way to the desk.

    `channel` is its door ("form", "hotline", "observers", or the name of a file's channel).
    `received` is UTC in ISO 8601, to the hour. `origin` is a keyed hash of who sent it; None for
    the form, whose tips have none. `message` is a keyed hash that tells a message from others, so
    that the same file twice brings it once ("" where a tip has none). `receipt` is the SHA-256 of
    the receipt code of a form. `withdraws` means that this takes back the message or receipt that
    it names, and says nothing itself. `author` is the pseudonym of a volunteer who typed it in:
    they are never dealt it.
    """

    channel: str
    tip: Tip
    received: str
    origin: str | None = None
    message: str = ""
    receipt: str = ""
    withdraws: bool = False
    author: str = ""


class Channel(StrEnum):
    """Channels with a meaning of their own; a file's channel may have any other name."""

    FORM = "form"
    HOTLINE = "hotline"
    OBSERVERS = "observers"


def to_plain(tip: Tip) -> dict[str, Any]:
    """A tip as plain JSON values, without what is empty; `from_plain` gives it again."""
    found: dict[str, Any] = {}
    for f in fields(Tip):
        value = getattr(tip, f.name)
        if value != f.default and value not in ((), {}):
            found[f.name] = list(value) if isinstance(value, tuple) else value
    return found


def from_plain(stated: Mapping[str, Any]) -> Tip:
    """The tip of plain values; what another version wrote besides is left out."""
    names = {f.name for f in fields(Tip)}
    own: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in stated.items()
        if name in names
    }
    return Tip(**own)
