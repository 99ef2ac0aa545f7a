"""The job that pulls one feed: asked, gathered, counted, imported, told."""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from data import words
from data.files.form import Form
from data.imports import importer
from data.mappings import kind_tables, mapping_read
from data.parse.date_order import Ask
from data.pull_faults import PullFault
from data.pulls.by_address import ByAddress
from data.pulls.feed_rules import columns_of, feed_rules
from data.pulls.feeds import Feed
from data.pulls.gathered import Gathered, to_line
from data.pulls.gathering import Bar, Gathering, Outcome, Say, digest_of
from data.pulls.protocols import protocol_of
from data.pulls.seen import Difference, Seen, read_seen, write_seen
from data.pulls.web import PullStopped
from data.settings import Problem, Settings
from data.storage import identity
from data.storage.events import FeedPulled, PullFailed
from data.storage.evidence import pulls_folder, write_evidence
from data.storage.history import History
from data.storage.identity import PurgedIds
from data.storage.store import Store
from geo.arrays import Flags

OFFICIAL = "official"


@dataclass(frozen=True)
class Pulled:
    """What came of a pull: how many ids were new, changed and gone, and the report of the import
    where there was something to import."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    report: importer.Report | None = None


def pull_feed(
    store: Store,
    settings: Settings,
    feed: Feed,
    *,
    whole: bool = False,
    ask: Ask | None = None,
    say: Say = print,
    progress: Bar | None = None,
) -> Pulled:
    """Pull a feed and import what is new or changed. The caller rebuilds `current` afterwards.

    `whole` asks for all records, also where the server could say which are new. PullStopped where
    the server does not give what it counts, or nothing: the store then keeps what it has, and the
    ledger tells that the feed failed. Problem where something is to be mended here.
    """
    with _alone(store, feed) as folder:
        job = _Job(store, settings, feed, folder, say, progress or (lambda done, of: None))
        try:
            return job.run(whole, ask)
        except PullStopped as stopped:
            _note_failure(store, feed, job.source, stopped.why)
            raise
        finally:
            job.close()


def folder_of(store: Store, feed: Feed) -> Path:
    """Where the state of a feed is kept."""
    return pulls_folder(store) / feed.name


def last_try(store: Store, feed: Feed) -> datetime | None:
    """When a feed was asked last, with or without success; None for never."""
    with contextlib.suppress(OSError):
        return datetime.fromtimestamp((folder_of(store, feed) / "lock").stat().st_mtime, UTC)
    return None


@contextlib.contextmanager
def _alone(store: Store, feed: Feed) -> Iterator[Path]:
    """The folder of a feed, for one pull at a time."""
    folder = folder_of(store, feed)
    for made in (store.root, folder.parent, folder):
        made.mkdir(exist_ok=True, mode=0o700, parents=made is store.root)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Problem(f"Another command is pulling {feed.name} just now.") from None
        os.utime(lock.fileno())
        yield folder


def _note_failure(store: Store, feed: Feed, source: str, why: PullFault) -> None:
    """Tell the ledger, once for as long as the reason stays."""
    state = store.history().feeds.get(feed.name)
    if state is None or state.failed is None or state.failed.why != why:
        store.ledger.append(PullFailed(feed.name, source, why.value))


class _Job:
    """One pull under way."""

    def __init__(
        self, store: Store, settings: Settings, feed: Feed, folder: Path, say: Say, bar: Bar
    ) -> None:
        self.store, self.settings, self.feed, self.folder = store, settings, feed, folder
        self.say, self.bar = say, bar
        kinds = kind_tables.joined(store, feed.kinds)
        words.use_kinds(kinds.kinds)
        self.rules, self.kind = feed_rules(store, feed)
        self.source = self.rules.source
        form = Form(**vars(mapping_read.read_mapping(feed.map).file))
        self.protocol = protocol_of(feed, folder, form)
        self.meaning = digest_of(self._asked(), self.rules.plain(), kinds.texts)
        self.now = datetime.now(UTC)
        self.history = store.history()
        self.seen = self._seen()

    def run(self, whole: bool, ask: Ask | None) -> Pulled:
        """The whole pull."""
        if not self.protocol.open(self.seen.facts if self.seen and not whole else {}):
            return self._nothing_new()
        columns = columns_of(self.feed, self.protocol, self.rules, self.kind)
        self.gathered = Gathered(self.folder / "pages", columns)
        meaning = digest_of(self._asked())
        gathering = Gathering(
            self.feed, self.protocol, self.gathered, self.seen, meaning, self.say, self.bar
        )
        return self._finish(gathering.gather(whole), ask)

    def close(self) -> None:
        """Close the connections."""
        self.protocol.close()

    def _asked(self) -> list[Any]:
        """What the pages depend on."""
        feed, own = self.feed, self.rules.columns["incident_id"]
        at = [feed.kind, feed.address, dict(feed.ids), self.kind]
        return [*at, sorted(self.rules.used()), own, feed.where, sorted(feed.columns)]

    def _seen(self) -> Seen | None:
        """The state after the last pull; None where all is to be imported anew: by another
        mapping, or because an import of this feed was taken back."""
        seen = read_seen(self.folder)
        if seen is None or seen.meaning != self.meaning:
            return None
        live = {event.batch for event in self.history.imports.values()}
        return seen if live.issuperset(seen.batches) else None

    def _finish(self, outcome: Outcome, ask: Ask | None) -> Pulled:
        """Import what is new or changed, freeze it, and tell the ledger."""
        found, mask = outcome
        report, digest, evidence = None, "", None
        if mask.any():
            file, digest = self._write(mask)
            try:
                report = self._import(file, ask)
            finally:
                file.unlink()
            if self.kind == OFFICIAL:
                evidence = self._freeze(mask, report)
        count = len(found.after.rows)
        self.store.ledger.append(
            FeedPulled(
                self.feed.name,
                source=self.source,
                records=count,
                new=found.new,
                changed=found.changed,
                gone=found.gone,
                sha256=digest,
                batch=report.batch if report else None,
                address=self.feed.public_address if self.kind == OFFICIAL else None,
                evidence=evidence,
            )
        )
        self._remember(found, report)
        self.gathered.remove()
        self._tell(found, count)
        return Pulled(found.new, found.changed, found.gone, report)

    def _write(self, mask: Flags) -> tuple[Path, str]:
        """The records of a mask as a file to be imported, and the SHA-256 of their lines."""
        file, digest = self.folder / f"{self.feed.name}.jsonl", hashlib.sha256()
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        with file.open("wb") as out:
            for piece in self.gathered.pieces(mask):
                digest.update(piece)
                if not out.tell():
                    first, _, piece = piece.partition(b"\n")
                    record = dict.fromkeys(self._names()) | json.loads(first)
                    out.write(to_line(record) + b"\n")  # it names all columns
                out.write(piece)
        return file, digest.hexdigest()

    def _names(self) -> tuple[str, ...]:
        """All columns that the feed ever had: those of a few records alone may be fewer."""
        before = self.seen.names if self.seen else ()
        return tuple(dict.fromkeys((*before, *self.gathered.names)))

    def _import(self, file: Path, ask: Ask | None) -> importer.Report:
        rules = self.rules
        if self.seen and self.seen.mapping and Path(self.seen.mapping).exists():
            rules = mapping_read.read_mapping(Path(self.seen.mapping))  # with all that was decided
        options = importer.Options(
            map=self.feed.map,
            rules=rules,
            kinds=self.feed.kinds,
            pulled_at=self.gathered.progress.began,
        )
        report = importer.import_file(
            self.store, self.settings, file, options, ask=ask, say=self.say, progress=self.bar
        )
        for sentence in report.sentences():
            self.say(sentence)
        return report

    def _freeze(self, mask: Flags, report: importer.Report) -> str:
        """Keep what came as evidence, without columns and records that may not be kept."""
        gone = {*report.forbidden, *report.prose, *report.telling}
        gone |= {self.rules.columns["origin"]} if "origin" in self.rules.columns else set()
        purged = _purged(self.store, self.source, self.gathered.id_column)

        def kept() -> Iterator[bytes]:
            pieces = self.gathered.pieces(mask)
            for line in chain.from_iterable(piece.splitlines() for piece in pieces):
                record = json.loads(line)
                if not purged(record):
                    left = {name: cell for name, cell in record.items() if name not in gone}
                    yield json.dumps(left, ensure_ascii=False).encode("utf-8", "replace") + b"\n"

        with self.store.writing() as scratch:
            return write_evidence(self.store, self.source, kept(), scratch)

    def _remember(self, found: Difference, report: importer.Report | None) -> None:
        """Keep what the next pull compares with."""
        progress, before = self.gathered.progress, self.seen
        whole_at = self.now.isoformat() if not progress.since else before and before.whole_at
        batches = before.batches if before else ()
        decided = (report and report.mapping_file) or (before and before.mapping)
        state = Seen(
            meaning=self.meaning,
            key=progress.key,
            newest=max(progress.newest, before.newest if before else ""),
            whole_at=whole_at or "",
            names=self._names(),
            facts=dict(self.protocol.facts),
            batches=(*batches, report.batch) if report else batches,
            mapping=decided or "",
            records=found.after,
        )
        write_seen(self.folder, state)

    def _tell(self, found: Difference, count: int) -> None:
        pages = self.gathered
        if isinstance(self.protocol, ByAddress):
            for note in self.protocol.notes:
                self.say(note)
        if pages.dropped:
            self.say(f"Not kept of the feed: {', '.join(pages.dropped)}.")
        if pages.no_id:
            self.say(
                f'{pages.no_id:,} records have no "{pages.id_column}": a later change of one of '
                "them cannot take its place."
            )
        if found.gone:
            self.say(
                f"{found.gone:,} records are on the server no longer. The store keeps its copy of "
                "them; purge removes one."
            )
        self.say(
            f"{self.feed.name}: {found.new:,} new, {found.changed:,} changed, {found.gone:,} gone; "
            f"the server has {count:,}."
        )

    def _nothing_new(self) -> Pulled:
        """Note that the server says so."""
        assert self.seen is not None
        count = len(self.seen.records.rows)
        self.store.ledger.append(FeedPulled(self.feed.name, self.source, count))
        self.say(f"{self.feed.name}: nothing is new on the server.")
        return Pulled()


def _purged(store: Store, source: str, id_column: str) -> Callable[[dict[str, Any]], bool]:
    """What tells whether a record was purged."""
    events = store.history().purged
    hashes = frozenset(h for e in events for h in (e.subject, e.base) if h)
    purged = PurgedIds(hashes, identity.store_key(store.root) if hashes else b"")
    return lambda record: bool(purged) and f"{source}:{_cell(record.get(id_column))}" in purged


def _cell(value: object) -> str:
    """A value as a cell of CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def last_pulls(history: History, feed: Feed) -> tuple[str, PullFailed | None]:
    """When a feed was pulled last, UTC in ISO 8601 ("" for never), and its failure since."""
    state = history.feeds.get(feed.name)
    return (state.pulled.at if state and state.pulled else "", state.failed if state else None)
