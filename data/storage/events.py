"""Events of the ledger: a dataclass for each thing that was done, and how it stands in the ledger.

In the ledger an event is a row: number, time, verb, subject, and a detail of plain JSON values.
Verbs stand in this module only; what events mean together is said in data.storage.history.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, NamedTuple

_NULL = {"null": True}  # of a field that is written also where it is null; others are left out then


class EventRow(NamedTuple):
    """An event as it is stored. `at` is UTC in ISO 8601; `detail` holds plain JSON values."""

    seq: int
    at: str
    verb: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing done. `more` is what another version of Porchlight wrote of it."""

    seq: int = 0  # its number in the ledger; 0 before it stands there
    at: str = ""  # UTC in ISO 8601
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported(Event):
    """A file became a batch; `replaces` are batches of the same file by another mapping."""

    batch: str
    file: str = ""
    source: str = ""
    source_kind: str = ""
    rows: int = 0
    kept: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    repeats: int = 0
    dropped: Mapping[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    notes: Mapping[str, int] = field(default_factory=dict)
    by_label: Mapping[str, int] = field(default_factory=dict)
    missing: list[dict[str, Any]] = field(default_factory=list)
    first: str | None = field(default=None, metadata=_NULL)
    last: str | None = field(default=None, metadata=_NULL)
    replaces: list[str] = field(default_factory=list)
    sha256: str | None = None
    imported_at: str | None = None
    mapping: Mapping[str, Any] | None = None
    key: str | None = None  # tells the store's key from another one
    follows: str | None = None  # the log that its rows follow from, where they are corrections

    @property
    def place_by(self) -> str | None:
        """What decides between label and point, as the mapping states it."""
        stated: str | None = (self.mapping or {}).get("place", {}).get("place_by")
        return stated


@dataclass(frozen=True)
class DerivedBegun(Event):
    """Batches that follow from another log (the desk's) stand in this store: which, its file
    derived.json says, and not the ledger, which would grow with each of their versions."""

    log: str


@dataclass(frozen=True)
class Unimported(Event):
    """An import was taken back: its batch does not count."""

    batch: str


@dataclass(frozen=True)
class RecordPurged(Event):
    """A record was purged. All are hashes; earlier versions kept the first alone.

    `base` is of the id without its counter, `row` of the whole row, `repeat` which of equal
    rows; `last`: no row of the id stayed. `mark` is of time and place and `columns` of the
    columns of the file, where the row had no id of its own.
    """

    subject: str
    base: str | None = None
    row: str | None = None
    repeat: int | None = None
    last: bool | None = None
    key: str | None = None
    mark: str | None = None
    columns: str | None = None


@dataclass(frozen=True)
class BatchRewritten(Event):
    """A purge wrote a batch anew under another name; it is gone where it became nothing."""

    subject: str
    batch: str
    became: str | None = None

    @property
    def purged(self) -> RecordPurged | None:
        """The purge of a record that this one is too: the first versions wrote one event of both.

        Their subject is the hash of the record's id, else it is the new name, or its hash.
        """
        called = self.became or ""
        if self.subject in (called, hashlib.sha256(called.encode()).hexdigest()):
            return None
        return RecordPurged(self.subject, seq=self.seq, at=self.at)


@dataclass(frozen=True)
class AreasSet(Event):
    """An area set (the id of its file) became the one of a name; with what decides, by source."""

    id: str
    set: str
    how: str = ""
    place_by: Mapping[str, str] | None = None


@dataclass(frozen=True)
class CrsFixed(Event):
    """The first import with points fixed the CRS of x and y."""

    crs: str


@dataclass(frozen=True)
class RowsMerged(Event):
    """The file of a batch was made from `rows` rows of its source, `merged` of them into others."""

    batch: str
    rows: int
    merged: int


@dataclass(frozen=True)
class BudgetOpened(Event):
    """The events of a year may be asked by these tables, each with its epsilon ("1/2"), and by no
    others. `districts` is the district of each group of the partition, which is frozen too; `areas`
    is its file. `series` is whose events: those of the community."""

    year: str
    series: str
    volume: str
    epsilon: Mapping[str, str]
    partition: str
    districts: list[int]
    kinds: list[str]
    sensitive_kinds: list[str]
    sensitive_settings: list[str]


@dataclass(frozen=True)
class NoiseDrawn(Event):
    """Periods of tables (by name) were measured, once and for all, with the noise of an issue.

    `key` tells the issue's key from another, `digest` is the SHA-256 of the measured numbers.
    `again` is the year that was drawn a second time; `adopted` is the published release that the
    numbers were taken from, where this ledger did not know of them.
    """

    issue: str
    key: str
    tables: Mapping[str, list[str]]
    digest: str
    again: str | None = None
    adopted: str | None = None


@dataclass(frozen=True)
class ReleaseBuilt(Event):
    """A release was built as of a date, with the measured numbers of some issues."""

    release: str
    as_of: str
    issues: list[str] | None = None  # None: of older rules


@dataclass(frozen=True)
class ReleasePublished(Event):
    """A release was published; `manifest` is the SHA-256 of its manifest, where it is known."""

    release: str
    manifest: str | None = None


@dataclass(frozen=True)
class ReleaseRecalled(Event):
    """A published release was taken back."""

    release: str


@dataclass(frozen=True)
class RecordChanged(Event):
    """A record is to be changed in some columns. What it said and says stands in a file of its own.

    `record` is the keyed hash of its id, `by` who proposed it. With `waits` it counts once somebody
    else approved it.
    """

    code: str
    record: str
    source: str
    reason: str
    columns: list[str] = field(default_factory=list)
    by: str = ""
    waits: bool = False


class RecordCorrected(RecordChanged):
    """A value of a record was wrong."""


class RecordUpdated(RecordChanged):
    """Something became known later; what the record said before was not wrong."""


class RecordRetracted(RecordChanged):
    """A record should not be there."""


@dataclass(frozen=True)
class CorrectionDecided(Event):
    """A change of a record was approved, declined or undone: it has this stage from now on."""

    code: str
    stage: str
    by: str = ""


@dataclass(frozen=True)
class PacketSealed(Event):
    """A case packet was sealed to the key of a fingerprint: `sha256` is of the sealed file,
    `records` are keyed hashes of ids, `evidence` the SHA-256 of each file in it. No text of it."""

    recipient: str
    sha256: str
    records: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    by: str = ""


@dataclass(frozen=True)
class SessionsRevoked(Event):
    """The sessions of a person (a keyed hash), or of everybody, ended."""

    who: str


@dataclass(frozen=True)
class FeedPulled(Event):
    """A feed was pulled to its end: what the server counts, and what came of it.

    `sha256` is of the records that were new or changed, "" where there were none. Of an official
    feed `evidence` is the hash of their frozen copy and `address` where they came from; of a
    community's feed neither is kept. `batch` is what the records became.
    """

    feed: str
    source: str = ""
    records: int = 0  # that the server has, as it says or as they came
    new: int = 0
    changed: int = 0
    gone: int = 0  # ids that are on the server no longer; the store keeps its copy
    sha256: str = ""
    batch: str | None = None
    address: str | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class PullFailed(Event):
    """A pull came to no end, for a reason (a PullFault) that the one before did not have."""

    feed: str
    source: str = ""
    why: str = ""


@dataclass(frozen=True)
class EvidenceRewritten(Event):
    """A purge wrote a frozen copy anew without a record: it is called `became` now."""

    evidence: str
    became: str | None = None


@dataclass(frozen=True)
class LedgerRecovered(Event):
    """The ledger was lost and written anew; `counts` are its events by verb."""

    subject: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Unknown(Event):
    """An event of a verb that this version does not know: kept, and of no effect."""

    verb: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


_Kind = Any  # a class of an event, to be made of what stands in the ledger
_VERBS: dict[_Kind, str] = {
    Imported: "import",
    DerivedBegun: "derived",
    Unimported: "unimport",
    RecordPurged: "purge",
    BatchRewritten: "purge",
    AreasSet: "areas",
    CrsFixed: "crs",
    RowsMerged: "merge",
    BudgetOpened: "budget",
    NoiseDrawn: "draw",
    ReleaseBuilt: "release",
    ReleasePublished: "publish",
    ReleaseRecalled: "recall",
    RecordCorrected: "correct",
    RecordUpdated: "update",
    RecordRetracted: "retract",
    CorrectionDecided: "decide",
    PacketSealed: "packet",
    SessionsRevoked: "revoke",
    FeedPulled: "pull",
    PullFailed: "pull failed",
    EvidenceRewritten: "evidence",
    LedgerRecovered: "recover",
}
_KINDS = {verb: kind for kind, verb in reversed(_VERBS.items())}  # a purge: of a record


@cache
def _names(kind: _Kind) -> tuple[str, dict[str, bool]]:
    """The field of the subject, and those of the detail in order, with which may be null."""
    subject, *rest = [f for f in fields(kind) if not f.kw_only]
    return subject.name, {f.name: "null" in f.metadata for f in rest}


def _names_of(event: Event) -> tuple[str, dict[str, bool]]:
    kind: _Kind = type(event)
    return _names(kind)


def parse_row(row: EventRow) -> Event:
    """The event of a row. ValueError where its detail is not one of its verb."""
    seq, at, verb, subject, detail = row
    kind = _KINDS.get(verb)
    if kind is None:
        return Unknown(verb, subject, detail, seq=seq, at=at)
    if kind is RecordPurged and "batch" in detail:
        kind = BatchRewritten
    names = _names(kind)[1]
    stated = {name: detail[name] for name in names if name in detail}
    more = {name: value for name, value in detail.items() if name not in stated}
    try:
        event: Event = kind(subject, **stated, seq=seq, at=at, more=more)
        return event
    except TypeError:
        raise ValueError(f"event {seq} lacks what its verb {verb} tells") from None


def to_row(event: Event) -> EventRow:
    """The row of an event; `parse_row` gives the event again."""
    if isinstance(event, Unknown):
        return EventRow(event.seq, event.at, event.verb, event.subject, dict(event.detail))
    subject = getattr(event, _names_of(event)[0])
    return EventRow(event.seq, event.at, _VERBS[type(event)], subject, detail_of(event))


def detail_of(event: Event) -> dict[str, Any]:
    """All that an event tells of its subject, as plain JSON values."""
    told = {
        name: value
        for name, null in _names_of(event)[1].items()
        if (value := getattr(event, name)) is not None or null
    }
    return told | dict(event.more)


def count_verbs(events: Iterable[Event], verbs: Iterable[str]) -> dict[str, int]:
    """How many events there are of each of some verbs."""
    found = [to_row(event).verb for event in events]
    return {verb: found.count(verb) for verb in verbs}
