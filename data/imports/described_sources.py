"""Sources that imports describe, kept in the store's own sources.toml."""

from collections.abc import Mapping as Table
from pathlib import Path
from typing import Any

from data import sources
from data.mappings import mapping_write
from data.settings import Problem, read_toml
from data.sources import Source
from data.storage.disk import write_whole
from data.storage.store import Store

PUBLIC_BY = ("url", "licence")  # what a decision that records are public already rests on
_HEAD = "# Sources as the mappings of imports describe them; more can be told to readers.\n"


def described(name: str, about: Table[str, Any], known: dict[str, Source], root: Path) -> Source:
    """A source: what is known of it, with what a mapping says; its kind stays."""
    before = known.get(name)
    stated = about.get("kind")
    if before and stated not in (None, before.kind):
        raise Problem(
            f"[source] {name} is known as {before.kind}, this import says {stated}. "
            f"Use another name, or change it where it is described: kind under [{name}] in "
            f"{_where(name, root)}."
        )
    table = table_of(before) if before else {}
    moved = [e for e in PUBLIC_BY if e in about and about[e] != table.get(e)]
    if before and before.already_public and moved and "already_public" not in about:
        raise Problem(
            f"{name} counts as already public by its {' and '.join(PUBLIC_BY)}: a changed "
            f"{moved[0]} is a decision anew. Make it first: python -m data sources {name} --help"
        )
    return sources.source(name, {**table, **about}, "the mapping")


def _where(name: str, root: Path) -> Path:
    """The file that describes a known source: the store's own goes before the shipped."""
    own = root / "sources.toml"
    held = read_toml(own) if own.exists() else {}
    return own if name in held else sources.CATALOGUE


def read_own(store: Store) -> dict[str, Any]:
    """The tables of the store's own catalogue, by source."""
    file = store.root / "sources.toml"
    return read_toml(file) if file.exists() else {}


def keep(store: Store, source: Source) -> None:
    """Describe a source in the store, unless it is known just so already."""
    if sources.read_catalogue(store.root).get(source.name) == source:
        return
    file, tables = store.root / "sources.toml", read_own(store)
    tables[source.name] = table_of(source)
    parts = [mapping_write.toml_table(name, table) for name, table in tables.items()]
    write_whole("\n".join([_HEAD, *parts]).encode(), file)


def table_of(source: Source) -> dict[str, object]:
    """The entries that make this source; those that say nothing are left out."""
    entries = {
        "title": source.title,
        "says": source.says,
        "kind": source.kind,
        "url": source.url,
        "licence": source.licence,
        "zone": source.zone,
        "from": source.start,
        "to": source.end,
        "area": source.area,
        "covers": source.covers,
        "notes": source.notes,
        "changes": [{"date": day, "what": what} for day, what in source.changes],
        "already_public": source.already_public,
        "made": source.made,
        "counts": source.counts,
        "own_words": source.own_words or None,
    }
    return {key: value for key, value in entries.items() if value not in (None, "", [])}
