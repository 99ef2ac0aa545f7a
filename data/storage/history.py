"""The history of a store: its events folded into what counts now. Nothing else reads events.

One pass over the events, a function for each kind; a kind without one changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from data.correction_terms import Correction, CorrectionKind, CorrectionStage
from data.storage import events
from data.storage.events import Event

LABEL, POINT = "label", "point"


class Decisions(NamedTuple):
    """Decisions on label or point: by source in a mapping, and by area set and source."""

    stated: Mapping[str, str]
    of_sets: Mapping[str, Mapping[str, str]]

    def of(self, source: str, area_set: str) -> str | None:
        """The decider for a source; None where nobody has said it: the label then decides."""
        return self.of_sets.get(area_set, {}).get(source) or self.stated.get(source)

    def by_point(self, area_set: str, sources: Iterable[str]) -> list[str]:
        """The sources of which points decide and labels name no area."""
        return [source for source in sources if self.of(source, area_set) == POINT]


class ChangeKind(Enum):
    """What was done that can change numbers."""

    IMPORTED = "imported"
    REPLACED = "replaced"  # a file came again, read in another way
    UNIMPORTED = "unimported"
    PURGED = "purged"
    AREAS = "areas"
    DESK = "desk"  # records that follow from the desk's own log
    CORRECTION = "correction"
    UPDATE = "update"
    RETRACTION = "retraction"
    CORRECTION_UNDONE = "correction undone"


class DataChange(NamedTuple):
    """Something done that can change numbers: the number of its event (0 where it is of another
    log), when (UTC in ISO 8601), what, whose records ("" where it may be anybody's), how many of
    them, and of which file or area set."""

    seq: int
    at: str
    kind: ChangeKind
    source: str
    records: int = 0
    name: str = ""
    reason: str = ""  # of a correction: one of the list
    code: str = ""  # of a correction: the same where it is taken back


@dataclass(frozen=True)
class FeedState:
    """How a feed stands: its last pull that came to an end, and the first that failed since.

    `evidence` are the frozen copies that are kept of it, oldest first, by their names now.
    """

    pulled: events.FeedPulled | None = None
    failed: events.PullFailed | None = None
    evidence: tuple[str, ...] = ()


@dataclass
class History:
    """The state that the events of a ledger leave.

    Batches are called by their names now, which a purge changes; releases and area sets by
    their ids. What has an order is in that of the events.
    """

    count: int = 0  # of events
    last: int = 0  # the number of the last one
    crs: str | None = None  # the CRS of x and y, once an import has fixed it
    imports: dict[str, events.Imported] = field(default_factory=dict)  # batches that count
    every_import: dict[str, events.Imported] = field(
        default_factory=dict
    )  # by every name of a batch
    first_kept: dict[str, int] = field(default_factory=dict)  # rows kept by a batch's first import
    last_kept: dict[str, int] = field(default_factory=dict)
    derived: set[str] = field(default_factory=set)  # the logs that batches follow from
    unimported: set[str] = field(default_factory=set)  # every batch ever taken back
    rewritten: dict[str, None] = field(default_factory=dict)  # batches that a purge wrote anew
    purged: list[events.RecordPurged] = field(default_factory=list)
    purges: int = 0  # of records and of batches: it grows with every purge
    merges: dict[str, events.RowsMerged] = field(default_factory=dict)  # by batch as imported
    area_sets: dict[str, events.AreasSet] = field(default_factory=dict)  # the current ones, by name
    releases: dict[str, list[Event]] = field(default_factory=dict)  # all that was done to each
    built: dict[str, events.ReleaseBuilt] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)  # with the first publish's number
    recalled: dict[str, str] = field(default_factory=dict)  # with when
    corrections: dict[str, Correction] = field(default_factory=dict)  # by code, in order
    packets: list[events.PacketSealed] = field(default_factory=list)
    budgets: dict[str, events.BudgetOpened] = field(default_factory=dict)  # by year
    drawn: dict[str, events.NoiseDrawn] = field(default_factory=dict)  # by issue, in order
    hidden: set[str] = field(default_factory=set)  # issues that only recalled releases showed
    revoked: dict[str, str] = field(default_factory=dict)  # when the sessions of somebody ended
    feeds: dict[str, FeedState] = field(default_factory=dict)  # by name
    keys: set[str] = field(default_factory=set)  # marks of the keys that imports and purges had
    changes: list[DataChange] = field(default_factory=list)  # all that can have changed numbers
    _mapped: dict[str, dict[str, str]] = field(default_factory=dict)  # deciders by source, batch
    _of_sets: dict[str, dict[str, str]] = field(default_factory=dict)  # and by area set, source

    @property
    def live(self) -> list[str]:
        """The batches that count: imported, not taken back, as last purged."""
        return list(self.imports)

    @property
    def sources(self) -> list[str]:
        """The sources that have records, in the order of their first import."""
        return list(dict.fromkeys(event.source for event in self.imports.values()))

    @property
    def kept_anew(self) -> dict[str, int]:
        """Rows of batches that count, where a later import of the same file kept other ones.

        What was purged in between stays away, though the batch is called the same.
        """
        kept = {name: self.last_kept[name] for name in self.imports if name in self.last_kept}
        return {name: n for name, n in kept.items() if n != self.first_kept[name]}

    @property
    def counting_corrections(self) -> list[str]:
        """The codes of the corrections that count."""
        every = self.corrections.values()
        return [one.code for one in every if one.stage is CorrectionStage.STANDS]

    @cached_property
    def decisions(self) -> Decisions:
        """What imports and area sets decided; the later one of the same thing holds."""
        stated = {source: [*by.values()][-1] for source, by in self._mapped.items() if by}
        return Decisions(stated, self._of_sets)

    @property
    def standing(self) -> list[str]:
        """The releases that were published and not recalled, oldest first by date."""
        order = [name for name in self.published if name not in self.recalled]
        return sorted(order, key=lambda name: name[:10])  # stable: then as they were published

    def import_of(self, batch: str) -> events.Imported:
        """The import that a batch on the disk is of, by any of its names; an empty one if none."""
        return self.every_import.get(batch) or events.Imported(batch)


def fold_events(told: Iterable[Event]) -> History:
    """The state that events leave, one after the other."""
    history = History()
    for event in told:
        history.count, history.last = history.count + 1, max(history.last, event.seq)
        if step := _STEPS.get(type(event)):
            step(history, event)
    return history


def _changed(
    history: History, event: Event, kind: ChangeKind, source: str, records: int = 0, name: str = ""
) -> None:
    history.changes.append(DataChange(event.seq, event.at, kind, source, records, name))


def _imported(history: History, event: events.Imported) -> None:
    kind = ChangeKind.REPLACED if event.replaces else ChangeKind.IMPORTED
    if event.seq:
        _changed(history, event, kind, event.source, event.kept, event.file)
    elif event.follows is None:
        desk = replace(event, at=event.imported_at or "")
        _changed(history, desk, ChangeKind.DESK, event.source, event.kept)
    of_source = history._mapped.setdefault(event.source, {})
    # the same file by another mapping stands in for what it was before
    for batch in (event.batch, *event.replaces):
        history.imports.pop(batch, None)
        of_source.pop(batch, None)
    history.imports[event.batch] = history.every_import[event.batch] = event
    history.first_kept.setdefault(event.batch, event.kept)
    history.last_kept[event.batch] = event.kept
    history.rewritten.pop(event.batch, None)
    if event.key is not None:
        history.keys.add(event.key)
    if event.place_by:
        of_source[event.batch] = event.place_by
        for of_set in history._of_sets.values():
            of_set.pop(event.source, None)


def _derived_begun(history: History, event: events.DerivedBegun) -> None:
    history.derived.add(event.log)


def _unimported(history: History, event: events.Unimported) -> None:
    history.unimported.add(event.batch)
    if of := history.imports.pop(event.batch, None):
        _changed(history, event, ChangeKind.UNIMPORTED, of.source, of.kept, of.file)
    for of_source in history._mapped.values():
        of_source.pop(event.batch, None)


def _record_purged(history: History, event: events.RecordPurged) -> None:
    history.purges += 1
    history.purged.append(event)
    if event.key is not None:
        history.keys.add(event.key)
    for code, one in history.corrections.items():
        if one.record == event.subject:
            history.corrections[code] = replace(one, stage=CorrectionStage.PURGED)


def _batch_rewritten(history: History, event: events.BatchRewritten) -> None:
    history.purges += 1
    if event.purged:
        history.purged.append(event.purged)
    history.rewritten[event.batch] = None
    if of := history.imports.get(event.batch):
        _changed(history, event, ChangeKind.PURGED, of.source)
    if not event.became:
        history.imports.pop(event.batch, None)
        return
    history.rewritten.pop(event.became, None)
    if event.batch in history.imports:  # in its place
        named = history.imports.items()
        history.imports = {event.became if n == event.batch else n: of for n, of in named}
    if event.batch in history.every_import:
        history.every_import[event.became] = history.every_import[event.batch]
    for of_source in history._mapped.values():
        if by := of_source.pop(event.batch, None):
            of_source[event.became] = by


def _areas_set(history: History, event: events.AreasSet) -> None:
    _changed(history, event, ChangeKind.AREAS, "", name=event.set)
    history.area_sets[event.set] = event
    history._of_sets[event.set] = dict(event.place_by or {})


def _crs_fixed(history: History, event: events.CrsFixed) -> None:
    history.crs = history.crs or event.crs


def _rows_merged(history: History, event: events.RowsMerged) -> None:
    history.merges[event.batch] = event


def _budget_opened(history: History, event: events.BudgetOpened) -> None:
    history.budgets.setdefault(event.year, event)  # the first holds


def _noise_drawn(history: History, event: events.NoiseDrawn) -> None:
    history.drawn.setdefault(event.issue, event)


def _release_built(history: History, event: events.ReleaseBuilt) -> None:
    history.releases.setdefault(event.release, []).append(event)
    history.built[event.release] = event


def _release_published(history: History, event: events.ReleasePublished) -> None:
    history.releases.setdefault(event.release, []).append(event)
    history.published.setdefault(event.release, event.seq)


def _release_recalled(history: History, event: events.ReleaseRecalled) -> None:
    history.releases.setdefault(event.release, []).append(event)
    history.recalled[event.release] = event.at
    if built := history.built.get(event.release):
        left = [history.built[name] for name in history.standing if name in history.built]
        history.hidden |= {*(built.issues or ())}.difference(
            *(other.issues or () for other in left)
        )


def _record_changed(history: History, event: events.RecordChanged) -> None:
    history.corrections[event.code] = Correction(
        code=event.code,
        kind=_CORRECTIONS[type(event)],
        record=event.record,
        source=event.source,
        reason=event.reason,
        columns=tuple(event.columns),
        proposed_at=event.at,
        proposed_by=event.by,
        stage=CorrectionStage.WAITS,
        number=event.seq,
    )
    if not event.waits:
        _decide(history, event, event.code, CorrectionStage.STANDS, event.by)


def _correction_decided(history: History, event: events.CorrectionDecided) -> None:
    if event.code in history.corrections and event.stage in list(CorrectionStage):
        _decide(history, event, event.code, CorrectionStage(event.stage), event.by)


def _decide(
    history: History, event: Event, code: str, stage: CorrectionStage, by: str = ""
) -> None:
    """Let a correction stand otherwise, where it stands as this can be said of: the first holds."""
    one = history.corrections[code]
    if one.stage is not _BEFORE.get(stage):
        return
    new = replace(one, stage=stage, decided_at=event.at, decided_by=by, decided_number=event.seq)
    kind = ChangeKind.CORRECTION_UNDONE
    if stage is CorrectionStage.STANDS:
        new, kind = (
            replace(new, counts_from=event.at, counts_by=by, number=event.seq),
            ChangeKind(one.kind),
        )
    history.corrections[code] = new
    if stage is not CorrectionStage.DECLINED:
        change = DataChange(event.seq, event.at, kind, one.source, 1, reason=one.reason, code=code)
        history.changes.append(change)


def _packet_sealed(history: History, event: events.PacketSealed) -> None:
    history.packets.append(event)


def _sessions_revoked(history: History, event: events.SessionsRevoked) -> None:
    history.revoked[event.who] = event.at


def _feed_pulled(history: History, event: events.FeedPulled) -> None:
    kept = history.feeds.get(event.feed, FeedState()).evidence
    if event.evidence:
        kept = tuple(dict.fromkeys((*kept, event.evidence)))
    history.feeds[event.feed] = FeedState(event, None, kept)


def _pull_failed(history: History, event: events.PullFailed) -> None:
    before = history.feeds.get(event.feed, FeedState())
    history.feeds[event.feed] = replace(before, failed=event)


def _evidence_rewritten(history: History, event: events.EvidenceRewritten) -> None:
    for name, state in history.feeds.items():
        if event.evidence in state.evidence:
            renamed = [event.became if e == event.evidence else e for e in state.evidence]
            kept = tuple(e for e in renamed if e)
            history.feeds[name] = replace(state, evidence=kept)


_CORRECTIONS: dict[type[Event], CorrectionKind] = {
    events.RecordCorrected: CorrectionKind.CORRECTION,
    events.RecordUpdated: CorrectionKind.UPDATE,
    events.RecordRetracted: CorrectionKind.RETRACTION,
}
_BEFORE = {  # the stage that one must have for another
    CorrectionStage.STANDS: CorrectionStage.WAITS,
    CorrectionStage.DECLINED: CorrectionStage.WAITS,
    CorrectionStage.UNDONE: CorrectionStage.STANDS,
}
_STEPS: dict[type[Event], Callable[[History, Any], None]] = {
    events.Imported: _imported,
    events.DerivedBegun: _derived_begun,
    events.Unimported: _unimported,
    events.RecordPurged: _record_purged,
    events.BatchRewritten: _batch_rewritten,
    events.AreasSet: _areas_set,
    events.CrsFixed: _crs_fixed,
    events.RowsMerged: _rows_merged,
    events.BudgetOpened: _budget_opened,
    events.NoiseDrawn: _noise_drawn,
    events.ReleaseBuilt: _release_built,
    events.ReleasePublished: _release_published,
    events.ReleaseRecalled: _release_recalled,
    events.RecordCorrected: _record_changed,
    events.RecordUpdated: _record_changed,
    events.RecordRetracted: _record_changed,
    events.CorrectionDecided: _correction_decided,
    events.PacketSealed: _packet_sealed,
    events.SessionsRevoked: _sessions_revoked,
    events.FeedPulled: _feed_pulled,
    events.PullFailed: _pull_failed,
    events.EvidenceRewritten: _evidence_rewritten,
}
