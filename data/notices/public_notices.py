"""The corrections, recalls and redone releases that the public may know of.

Of official and press records only, and only what was decided after a release that showed their month
was published: before that nothing public was wrong. Never an id, a note, a text or an area, and nothing
of community reports, of which one could tell of a person.
"""

import contextlib
import hashlib
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from data.correction_terms import Correction, CorrectionKind, CorrectionStage, spell_reason
from data.corrections.changeable import spell_value
from data.corrections.contents import Content, read_content
from data.corrections.listing import label_of
from data.privacy.closed_periods import ClosedMonths, closed_months
from data.privacy.decided_events import sensitive_by
from data.privacy.policy import Policy, load_policy
from data.release.release_manifest import read_manifest
from data.settings import Problem, Settings
from data.sources import Source, read_catalogue, source_of
from data.storage.history import History
from data.storage.store import Store


class NoticeSort(StrEnum):
    """What a notice is about."""

    CORRECTION = "correction"
    UPDATE = "update"
    RETRACTION = "retraction"
    RECALL = "recall"
    REDONE = "redone"


class FieldChange(NamedTuple):
    """A field of a record that was changed: from what to what, "" where that is no word of ours."""

    field: str
    before: str
    after: str


class Notice(NamedTuple):
    """One thing that the public may know. `about` is the source's title, or the release; `month` is
    that of the record ("2017-03"), or the years that were measured again; `undone` is the day on
    which it was taken back, if it was."""

    name: str  # a hash: of nothing that leads back to a record
    day: date
    sort: NoticeSort
    about: str
    month: str = ""
    changes: tuple[FieldChange, ...] = ()
    reason: str = ""
    undone: date | None = None


_PUBLIC = (CorrectionStage.STANDS, CorrectionStage.UNDONE)


def list_notices(store: Store, settings: Settings, public: Path) -> list[Notice]:
    """All that the public may know, the newest first. `public` is the public folder."""
    history, policy = store.history(), load_policy(settings)
    found = [
        *_of_records(store, settings, history, policy),
        *_of_releases(history, settings, public),
    ]
    return sorted(found, key=lambda one: (one.day, one.name), reverse=True)


def _of_records(store: Store, settings: Settings, history: History, policy: Policy) -> list[Notice]:
    """Corrections of what a release showed; a recalled one showed it too, until it was recalled."""
    if not history.published:
        return []
    zone, known = ZoneInfo(settings.zone), read_catalogue(store.root)
    found = []
    for one in history.corrections.values():
        if one.stage not in _PUBLIC:
            continue
        with contextlib.suppress(Problem):  # what it says cannot be read: the team's list says so
            content, source = read_content(store, one.code), source_of(one.source, known)
            # an article that names an area is released with its quarter, and so late is each said
            areas = content.source_kind == "press"
            if _may_be_said(content, source, policy) and _was_public(
                one, content, history, policy, areas=areas
            ):
                found.append(_notice(one, content, source, zone))
    return found


def _was_public(
    one: Correction, content: Content, history: History, policy: Policy, *, areas: bool
) -> bool:
    """Return whether a correction is of what was published before it, and may be listed.

    A record that came into another month is listed once releases show both, unless it was taken
    back before that.
    """
    shown = [_first_shown(month, history, policy, areas=areas) for month in {*content.months}]
    known = [number for number in shown if number is not None]
    if len(known) < len(shown) or min(known) > one.number:
        return False
    return one.stage is not CorrectionStage.UNDONE or max(known) < one.decided_number


def _first_shown(month: str, history: History, policy: Policy, *, areas: bool) -> int | None:
    """The number of the publish that first showed a month, also of a release recalled since."""
    for name, number in sorted(history.published.items(), key=lambda one: one[1]):
        if month < name[: len("2026-01")]:
            months = _shown(name[:10], policy)
            if month in (months.area if areas else months.city):
                return number
    return None


@lru_cache(maxsize=512)
def _shown(day: str, policy: Policy) -> ClosedMonths:
    return closed_months(date.fromisoformat(day), policy)


def _may_be_said(content: Content, source: Source, policy: Policy) -> bool:
    """Return whether the release's own tables tell of such a record exactly."""
    public = source.already_public if content.source_kind == "official" else source.kind == "press"
    sensitive = sensitive_by(policy)
    return (
        content.source_kind in ("official", "press")
        and public
        and not {*content.sorts} & {*sensitive.kinds}
        and not {*content.settings} & {*sensitive.settings}
    )


def _notice(one: Correction, content: Content, source: Source, zone: ZoneInfo) -> Notice:
    changes = []
    for column in one.columns:
        before, after = (spell_value(column, v) for v in (content.before, content.after))
        both = bool(before and after)
        changes.append(FieldChange(label_of(column), before * both, after * both))
    undone = _local(one.decided_at, zone) if one.stage is CorrectionStage.UNDONE else None
    return Notice(
        hashlib.sha256(one.code.encode()).hexdigest()[:16],
        _local(one.counts_from, zone),
        _SORTS[one.kind],
        source.title,
        content.months[0],
        tuple(changes),
        spell_reason(one.reason),
        undone,
    )


_SORTS = {kind: NoticeSort(kind) for kind in CorrectionKind}


def _local(moment: str, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(moment).astimezone(zone).date()


def _of_releases(history: History, settings: Settings, public: Path) -> list[Notice]:
    """Recalled releases, and published ones of which years were measured a second time."""
    zone = ZoneInfo(settings.zone)
    found = [
        Notice(_hashed("recall", name), _local(at, zone), NoticeSort.RECALL, name)
        for name, at in history.recalled.items()
        if name in history.published and at
    ]
    for name in history.standing:
        with contextlib.suppress(Problem):
            redone = read_manifest(public / "releases" / name)["redone"]
            if redone:
                day = date.fromisoformat(name[:10])
                years = ", ".join(redone)
                found.append(Notice(_hashed("redone", name), day, NoticeSort.REDONE, name, years))
    return found


def _hashed(*parts: str) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def fixed_hour(day: date, policy: Policy, zone: ZoneInfo) -> datetime:
    """The hour of a day that everything public is of: when it happened is nobody's business."""
    return datetime(day.year, day.month, day.day, policy.hour, tzinfo=zone).astimezone(UTC)
