"""The mapping of a feed: what it may name, who says so, and which columns stay."""

from dataclasses import replace
from typing import Any

from data import sources
from data.mappings import mapping_read
from data.mappings.mapping import FileMapping, FileRule
from data.pulls.feeds import STRICT_KIND, Feed
from data.pulls.gathered import Columns, label_key
from data.pulls.protocol import FeedProtocol
from data.settings import Problem
from data.storage.store import Store


def feed_rules(store: Store, feed: Feed) -> tuple[FileMapping, str]:
    """The mapping of a feed with its source, and the kind of that. Of a community's feed no
    server's review state is taken: its records enter as reported."""
    stated = mapping_read.read_mapping(feed.map)
    name = feed.source or stated.source or feed.name
    known = sources.read_catalogue(store.root).get(name)
    told = [k for k in (feed.source_kind, stated.about.get("kind"), known and known.kind) if k]
    kind = str(told[0]) if told else STRICT_KIND
    if any(other != kind for other in told):
        raise Problem(
            f"The source {name} of the feed {feed.name} is {' and '.join(map(str, told))}: "
            f"source_kind in the settings, kind in {feed.map} and what the store knows must agree."
        )
    if "incident_id" not in stated.columns:
        raise Problem(
            f"{feed.map}: [columns] incident_id is missing. A feed needs the source's own id: by "
            "it a changed record takes the place of the earlier one."
        )
    tables: dict[str, Any] = {
        part: dict(getattr(stated, part)) for part in ("columns", "values", "tags", "constant")
    }
    if kind == STRICT_KIND:
        for table in tables.values():
            table.pop("grade", None)
    about = {**stated.about, "kind": kind}
    return replace(stated, source=name, about=about, file=FileRule(), **tables), kind


def columns_of(feed: Feed, protocol: FeedProtocol, rules: FileMapping, kind: str) -> Columns:
    """Which columns of the records stay. Problem where the mapping names one that may not."""
    never = {label_key(name) for name in protocol.dropped}
    for target, column in rules.columns.items():
        if label_key(column) in never:
            raise Problem(
                f"{feed.map}: [columns] {target} names {column}, which tells who sent a record or "
                "when a form was filled in: a feed does not keep it."
            )
    own, used = rules.columns["incident_id"], frozenset(rules.used())
    return Columns(protocol.row_id, own, used, protocol.dropped, kind != STRICT_KIND)
