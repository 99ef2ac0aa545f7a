"""The mapping of a feed that has none yet: found in its first records, as that of a file is."""

import tempfile
from dataclasses import replace
from itertools import islice
from pathlib import Path

from data.files.form import Form
from data.imports import importer, mapping_draft, plan
from data.imports.importer import Options
from data.imports.required import UnknownKinds
from data.mappings.mapping import FileMapping
from data.parse.date_order import Ask
from data.pulls.feed_rules import feed_rules
from data.pulls.feeds import FEED_KINDS, STRICT_KIND, Feed
from data.pulls.gathered import to_line
from data.pulls.gathering import Say
from data.pulls.protocol import FeedProtocol
from data.pulls.protocols import protocol_of
from data.settings import Problem, Settings, settings_path
from data.storage.store import Store

FIRST_RECORDS = 10_000
SHOWN = 12  # words of a feed in a sentence


def propose_mapping(
    store: Store, settings: Settings, feed: Feed, *, ask: Ask | None = None, say: Say = print
) -> None:
    """Ask a feed for its first page and write the mapping that fits it to `feed.map`.

    Nothing is imported, and nothing that came is kept. Problem says what the mapping lacks.
    """
    with tempfile.TemporaryDirectory(prefix="porchlight-") as made:
        folder = Path(made)
        protocol = protocol_of(feed, folder, Form())
        try:
            protocol.open({})
            file = _first_records(feed, protocol, folder)
        finally:
            protocol.close()
        kind = STRICT_KIND if FEED_KINDS[feed.kind].community else feed.source_kind
        stated = Options(
            source=feed.source or feed.name,
            source_kind=kind or None,
            kinds=feed.kinds,
            save_map=feed.map,
        )
        try:
            decided = plan.make(store, settings, file, stated, ask)
        except UnknownKinds as problem:
            raise _unknown(feed, problem.texts) from None
        rules = _with_id(decided.mapping, protocol.row_id, decided.table_file.names)
        report = importer.import_file(
            store,
            settings,
            file,
            Options(map=feed.map, rules=rules, kinds=feed.kinds, dry_run=True),
            say=say,
        )
        feed.map.write_text(mapping_draft.described(rules, decided.table_file), encoding="utf-8")
    for sentence in report.sentences():
        say(sentence)
    feed_rules(store, feed)
    say(
        f"These were the first {report.rows:,} records of {feed.name}; nothing was imported. The "
        f"mapping that was found is {feed.map}: look at it, edit it, and pull again."
    )


def _unknown(feed: Feed, texts: dict[str, int]) -> Problem:
    """What to do where the feed has words of its own for what happened."""
    listed = ", ".join(f'"{text}" ({n:,})' for text, n in islice(texts.items(), SHOWN))
    more = " ..." if len(texts) > SHOWN else ""
    return Problem(
        f"{feed.name} says what happened in words that are none of ours: {listed}{more}. Say in "
        f'{settings_path()} which kinds they are: kinds = "crime" under [pull.{feed.name}] for crime '
        'data, or kinds = "FILE" with a table of your own (the README says how); or write them under '
        f"[values.kind] in {feed.map}, which holds the mapping that was found. Then pull again."
    )


def _first_records(feed: Feed, protocol: FeedProtocol, folder: Path) -> Path:
    """The first records in a file, without the columns that no feed keeps."""
    page = next(protocol.pages("", None), None)
    if page is None or not page.records:
        raise Problem(f"The feed {feed.name} has no records yet: a mapping cannot be found.")
    records = [
        {name: cell for name, cell in record.items() if name not in protocol.dropped}
        for record in islice(page.records, FIRST_RECORDS)
    ]
    every = dict.fromkeys(name for record in records for name in record)
    records[0] = every | records[0]  # it names all columns
    file = folder / f"{feed.name}.jsonl"
    file.write_bytes(b"".join(to_line(record) + b"\n" for record in records))
    return file


def _with_id(rules: FileMapping, row_id: str, names: tuple[str, ...]) -> FileMapping:
    """The mapping with the server's number of a record as its id, where nothing else is one."""
    if "incident_id" in rules.columns or row_id not in names:
        return rules
    return replace(rules, columns={**rules.columns, "incident_id": row_id})
