"""The import of one CSV file: every row kept or rejected, all of it or nothing."""

import hashlib
import json
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from data.columns import column_watch
from data.files.csv_rows import Frame
from data.files.row_reasons import RowReason
from data.files.table_file import TableFile
from data.files.text_file import Progress
from data.formats.shape_counts import ShapeCounts
from data.imports import (
    batch,
    described_sources,
    earlier,
    mapping_draft,
    plan,
    preview,
    purged_rows,
)
from data.imports.losses import Losses
from data.imports.plan import Options, Plan
from data.imports.record_reader import Read, Reader
from data.imports.rejects import Rejects
from data.imports.report import MissingTexts, Report
from data.imports.sorted_runs import Runs, ahead
from data.mappings import kind_tables
from data.parse import midnight
from data.parse.date_order import Ask
from data.settings import Problem, Settings
from data.storage import damaged, identity, place_mark, projection
from data.storage.disk import move, write_whole
from data.storage.events import CrsFixed, DerivedBegun, Imported, detail_of
from data.storage.identity import PurgedIds
from data.storage.store import Store

VERSION = 5  # of the rules: a file is imported anew when they change
_SHOWN = 8  # texts without a rule

__all__ = ["Options", "Report", "import_file"]


def import_file(
    store: Store,
    settings: Settings,
    file: Path,
    options: Options = Options(),  # noqa: B008 (it is frozen)
    *,
    ask: Ask | None = None,
    say: Callable[[str], None] = print,
    progress: Progress | None = None,
    see_table: Callable[[TableFile], None] | None = None,
    see_plan: Callable[[Plan], None] | None = None,
) -> Report:
    """Import a file and return its report. Problem where something has to be stated first.

    `ask` is a way to ask the person at the keyboard; without it nothing is guessed.
    `see_table` gets the file once it is open, also where it cannot be imported, and `see_plan`
    what was decided. The caller rebuilds `current` afterwards.
    """
    place_mark.check_place(store, settings)
    decided = plan.make(store, settings, file, options, ask, see_table)
    if see_plan:
        see_plan(decided)
    name = batch_id(decided)
    for sentence in [
        *preview.introduced(decided),
        *(kind_tables.too_late(store, decided.kinds) if options.kinds else []),
    ]:
        say(sentence)
    if known := earlier.committed(store, name):
        if not options.dry_run and options.kinds:  # what it says of kinds is kept all the same
            with store.writing():
                kind_tables.keep_kinds(store, decided.kinds)
        return known
    if options.dry_run:
        with tempfile.TemporaryDirectory(prefix="porchlight-") as folder:
            file = identity.key_file(store.root)
            key = file.read_bytes() if file.exists() else secrets.token_bytes(32)
            _, report = _read(store, decided, name, Path(folder), key, progress)
            return replace(report, dry_run=True, kinds_file=None)
    with store.writing() as scratch:
        if known := earlier.committed(store, name):  # by another command, a moment ago
            return known
        key = _key(store)
        work, report = _read(store, decided, name, scratch, key, progress)
        work.commit(report)
    return replace(
        report,
        rejected_file=earlier.rejected_file(store, name),
        mapping_file=str(mapping_file(store, decided)),
    )


def batch_id(decided: Plan) -> str:
    """The name of what a file becomes by a mapping, at a place, by these rules."""
    place = decided.settings
    meaning = {
        "file": decided.table_file.sha256,
        "mapping": decided.mapping.plain(),
        "source": [decided.source.name, decided.source.kind],
        "place": [decided.zone, place.zone, place.center, decided.reach_km],
        "version": VERSION,
    }
    if decided.area_names:
        meaning["areas"] = sorted(decided.area_names)
    if decided.pulled_at:
        meaning["pulled_at"] = decided.pulled_at
    text = json.dumps(meaning, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _key(store: Store) -> bytes:
    """The store's key. Problem where its batches were made with another one.

    With a new key purged rows would not be known again, nor who sent a report.
    """
    held = store.history().keys
    file = identity.key_file(store.root)
    key = identity.store_key(store.root) if file.exists() or not held else b""
    if held - {identity.key_mark(key)}:
        raise Problem(
            f"{file} is {'not the key' if key else 'missing, the key'} that earlier imports or "
            "purges were made with: purged rows would come back. Put its copy back, or begin a "
            "new store."
        )
    return key


def mapping_file(store: Store, decided: Plan) -> Path:
    """The file in which the store keeps the mapping of an import; another mapping, another name."""
    name = f"{decided.source.name}-{decided.mapping.digest()}.toml"
    return store.root / "mappings" / name


def _read(
    store: Store, decided: Plan, name: str, scratch: Path, key: bytes, progress: Progress | None
) -> "tuple[_Work, Report]":
    """A whole file read; once more without columns that proved to be free text on the way."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=scratch))
        work = _Work(store, decided, name, folder, key)
        try:
            return work, work.read(progress)
        except column_watch.UnsafeColumns as found:
            shutil.rmtree(folder)
            decided = decided.without(found.columns, found.telling)


class _Work:
    """One import under way, in a scratch folder."""

    def __init__(self, store: Store, decided: Plan, name: str, scratch: Path, key: bytes) -> None:
        self.store, self.plan, self.name, self.scratch = store, decided, name, scratch
        self.key = key
        self.runs = Runs(scratch / "runs")
        self.batch = scratch / "batch.parquet"
        self.rejected = scratch / "rejected.csv"
        self.kinds_draft = scratch / "kinds.toml"
        self.purges = purged_rows.purges_of(store.history().purged)
        self.fixed_crs = projection.metric_crs(store, decided.settings)
        self.crs = self.fixed_crs

    def read(self, progress: Progress | None) -> Report:
        """Read the whole file into a batch and rejected rows, both in the scratch."""
        file = self.plan.table_file.file
        before = file.stat()
        try:
            with batch.connect(self.scratch) as connection:
                tally = self._rows(connection, progress)
                if doubt := self.plan.doubt(tally.at_midnight):
                    tally.notes[doubt[0]] += doubt[1]
                report = self._merge(connection, tally)
        except duckdb.Error as error:  # its text may hold what a row says
            raise Problem(
                f"{file.name} could not be imported ({type(error).__name__}): is there "
                "room on the disk and in memory? Nothing was written."
            ) from None
        after = file.stat()
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise Problem(f"{file.name} changed while it was read. Try it again.")
        return report

    def _rows(self, connection: duckdb.DuckDBPyConnection, progress: Progress | None) -> "_Tally":
        """Read every row into runs of records or the rejected rows, and count."""
        decided = self.plan
        tally = _Tally(ShapeCounts(decided.table_file.shaped))
        id_column = decided.mapping.columns.get("incident_id")
        identify = identity.Identify(
            decided.source.name,
            id_column,
            decided.table_file.names,
            self.key,
            connection,
            (decided.shown, frozenset(self.purges.old)),
        )
        reader = Reader(decided, self.crs, self.key, identify)
        # all columns: whether rows are equal is seen before any is dropped
        frames = ahead(decided.table_file.frames(None, progress))
        watched = column_watch.Watch(decided.watched)
        with (
            self.runs as runs,
            Rejects(self.rejected, decided, PurgedIds(self.purges.subjects, self.key)) as rejects,
        ):
            for frame in frames:
                watched.look(frame.table)
                read = reader.read(frame)
                rejects.add(frame, read)
                runs.add(read.records)
                tally.add(frame, read)
            watched.done()
        if not tally.rows:
            raise Problem(
                f"{decided.table_file.file.name} has a header and no rows: nothing to import "
                "(0 kept + 0 rejected = 0 rows in the file)."
            )
        tally.rejected = rejects.counts
        return tally

    def commit(self, report: Report) -> None:
        """Move the finished files into the store; the ledger's event is the commit."""
        store, decided = self.store, self.plan
        if sum(report.rejected.values()):
            move(self.rejected, store.rejected / f"{self.name}.csv")
        move(self.batch, store.batches / f"{self.name}.parquet")
        described_sources.keep(store, decided.source)
        kind_tables.keep_kinds(store, decided.kinds)
        target = mapping_file(store, decided)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        if not target.exists():
            text = mapping_draft.described(
                decided.mapping, decided.table_file, decided.prose, decided.telling
            )
            write_whole(text.encode(), target)
        if report.kinds_file:
            move(self.kinds_draft, Path(report.kinds_file))
        if self.crs and self.fixed_crs is None:
            store.ledger.append(CrsFixed(self.crs))
        place_mark.mark_place(store, decided.settings)
        if log := decided.derived:
            if log not in store.history().derived:
                store.ledger.append(DerivedBegun(log))
            store.keep_derived(self._event(report))
        else:
            store.ledger.append(self._event(report))
        store.taken_back(self.name).unlink(missing_ok=True)

    def _event(self, report: Report) -> Imported:
        """This import as the ledger keeps it, and its detail the batch itself."""
        return report.event(
            sha256=self.plan.table_file.sha256,
            imported_at=self.plan.now.isoformat(timespec="seconds"),
            mapping=self.plan.mapping.plain(),
            key=identity.key_mark(self.key),
        )

    def _merge(self, connection: duckdb.DuckDBPyConnection, tally: "_Tally") -> Report:
        if self.crs is None and (middle := batch.median_place(connection, self.runs)):
            self.crs = projection.utm_zone(*middle)
            self.runs.add_metres(self.crs)
        columns = identity.columns_digest(self.plan.table_file.names)
        report: Report | None = None

        def drop() -> None:
            found = sorted(self.store.batches.glob("*.parquet"))
            batches = [file for file in found if damaged.has_footer(file)]
            rows = self.runs.table
            purged_rows.drop(connection, rows, self.purges, batches, self.key, columns)

        def about(written: batch.BatchContent) -> dict[str, Any]:
            nonlocal report
            tally.rejected[RowReason.PURGED] += written.purged
            tally.rejected[RowReason.UNSURE] += written.unsure
            tally.notes["rows with an id that an earlier, different row has"] += written.same_id
            report = self._report(tally, written)
            return {
                "batch": self.name,
                "source": self.plan.source.name,
                "file_sha256": self.plan.table_file.sha256,
                "columns": columns,
                "crs_of_x_y": self.crs,
                "order": self.store.next_number(),
                "derived": self.plan.derived,
                "import": detail_of(self._event(report)),
            }

        batch.write_batch(connection, self.runs, self.batch, drop, about)
        assert report is not None
        return report

    def _draft_kinds(self, tally: "_Tally") -> str | None:
        """Write a table of the texts without a kind, to be edited; its name, None where all have."""
        texts = tally.unknown.get("kind")
        column = self.plan.mapping.columns.get("kind")
        if not texts or column is None or column != self.plan.own_kinds:
            return None
        text = kind_tables.draft(column, dict(texts.most_common()))
        self.kinds_draft.write_text(text, encoding="utf-8")
        return str(kind_tables.draft_file(self.store, self.plan.source.name, text))

    def _superseded(self) -> tuple[str, ...]:
        sha256, source = self.plan.table_file.sha256, self.plan.source.name
        rule = self.plan.mapping.file
        same_file = earlier.superseded(self.store, sha256, source, self.name, rule)
        return tuple(dict.fromkeys((*same_file, *self.plan.replaces)))

    def _report(self, tally: "_Tally", written: batch.BatchContent) -> Report:
        if written.kept + sum(tally.rejected.values()) != tally.rows:
            raise RuntimeError("an import lost count of its rows: nothing was written")
        decided, rules = self.plan, self.plan.mapping
        shapes = tally.shapes.sentences(rules.columns.values(), rules.place.precision)
        return Report(
            batch=self.name,
            file=decided.table_file.file.name,
            source=decided.source.name,
            source_kind=decided.source.kind,
            rows=tally.rows,
            kept=written.kept,
            rejected=dict((+tally.rejected).most_common()),
            repeats=written.repeats,
            forbidden=decided.forbidden,
            unnamed=decided.unnamed,
            prose=decided.prose,
            telling=decided.telling,
            others=decided.attributes,
            notes={**(+tally.notes), **dict.fromkeys([*shapes, *decided.table_file.notes], 0)},
            by_label=dict(tally.by_label.most_common()),
            missing=[
                MissingTexts(target, decided.mapping.columns[target], dict(texts.most_common()))
                for target, texts in tally.missing.items()
            ],
            unknown={c: dict(texts.most_common(_SHOWN)) for c, texts in tally.unknown.items()},
            kinds_file=self._draft_kinds(tally),
            kinds_table=decided.kinds_table,
            without_kind=tally.losses.without_kind(decided.own_kinds),
            losses=tally.losses.most(),
            first=written.first,
            last=written.last,
            replaces=self._superseded(),
        )


@dataclass
class _Tally:
    """Counts that are taken while rows are read."""

    shapes: ShapeCounts
    rows: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    by_label: Counter[str] = field(default_factory=Counter)
    missing: dict[str, Counter[str]] = field(default_factory=dict)
    at_midnight: midnight.Counts = field(default_factory=lambda: np.zeros(4, np.int64))
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    losses: Losses = field(default_factory=Losses)

    def add(self, frame: Frame, read: Read) -> None:
        """Count one frame."""
        verdicts = read.verdicts
        self.rows += frame.table.num_rows + len(frame.broken)
        self.shapes.add(frame.table)
        self.notes += verdicts.notes()
        self.by_label += verdicts.by_label()
        self.losses.add(read.kinds, read.own_kinds, verdicts)
        self.at_midnight += read.at_midnight
        self.notes["blank lines, which are no rows"] += frame.blank
        self.notes["rows with empty cells beyond the last column"] += frame.padded
        self.notes["control characters that were taken out"] += frame.controls
        for every, found in ((self.missing, verdicts.missing), (self.unknown, verdicts.unknown)):
            for column, texts in found.items():
                every[column] = every.get(column, Counter()) + texts
