"""The sources of a store: what is stated of each, in lines, and a statement made anew."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from data import sources
from data.imports import described_sources
from data.settings import Problem, Settings, first_step
from data.sources import Source
from data.storage.history import History
from data.storage.store import Store
from data.words import counted

PUBLIC = (
    "Already public: its records are counted exactly, without noise, in every release from now on, "
    "by neighborhood and month and by day for the whole city, because {url} shows them already "
    "under: {licence}. What a release showed cannot be taken back."
)
NOT_PUBLIC = "Not already public: no release counts its records."


def describe_sources(store: Store, settings: Settings) -> Iterator[str]:
    """All sources of the store, and those that its own catalogue describes, in lines."""
    history, known = store.history(), sources.read_catalogue(store.root)
    own = described_sources.read_own(store)
    names = dict.fromkeys([*history.sources, *own])
    if not names:
        yield first_step(settings)
    for name in names:
        yield from describe_source(store, sources.source_of(name, known))
        yield ""


def describe_source(store: Store, source: Source) -> list[str]:
    """One source in lines: what is stated of it, and the rows and days that the store has."""
    rows, first, last = _rows(store, source.name)
    days = f", {first} to {last}" if first and last else ""
    lines = [f"{source.name} ({source.kind}): {source.title}"]
    entries = {
        "rows": f"{rows:,}{days}",
        "url": source.url or "not stated",
        "licence": source.licence,
        "covers": source.covers,
        "public": "already, where it comes from" if source.already_public else "not already",
    }
    for name, text in entries.items():
        lines += textwrap.wrap(f"  {name:9}{text}", 100, subsequent_indent=" " * 11)
    return lines


def _rows(store: Store, name: str) -> tuple[int, str | None, str | None]:
    """The rows of a source in the table that screens read, and the days of the first and last."""
    stamp = store.stamp()
    found = store.at(stamp).meta["sources"] if stamp else []
    own = next((one for one in found if one["name"] == name), None)
    return (own["rows"], own["first"], own["last"]) if own else (0, None, None)


def edit_source(
    store: Store, name: str, stated: Mapping[str, Any], *, public: bool | None = None
) -> list[str]:
    """State facts of a source anew in the store's own catalogue; what comes back says what it is.

    `public` is the decision that its records are public where they come from; without one, a
    decision that was made falls where its address or licence changes. Problem where a source is
    unknown, or where its records were imported as another kind.
    """
    known, history = sources.read_catalogue(store.root), store.history()
    if name not in known and name not in history.sources:
        listed = ", ".join(dict.fromkeys([*history.sources, *described_sources.read_own(store)]))
        raise Problem(f"There is no source {name}. There are: {listed or 'none yet'}.")
    before = sources.source_of(name, known)
    _check_kind(history, name, str(stated.get("kind", before.kind)))
    table = {**described_sources.table_of(before), **stated}
    changed = [e for e in described_sources.PUBLIC_BY if table.get(e) != getattr(before, e)]
    if public is not None:
        table["already_public"] = public
    elif before.already_public and (changed or table["kind"] != before.kind):
        raise Problem(
            f"{name} counts as already public by its {' and '.join(described_sources.PUBLIC_BY)}: "
            "say with --already-public or --not-public whether it still does."
        )
    source = sources.source(name, table, "what is stated")
    described_sources.keep(store, source)
    said = describe_source(store, source)
    if public is not None or before.already_public:
        said.append((PUBLIC if source.already_public else NOT_PUBLIC).format(**vars(source)))
    return said


def _check_kind(history: History, name: str, kind: str) -> None:
    """Problem where records of a source were imported as of another kind than it is to be."""
    other = [
        batch
        for batch, event in history.imports.items()
        if event.source == name and batch in history.live and event.source_kind != kind
    ]
    if other:
        was = history.imports[other[0]].source_kind
        raise Problem(
            f"{counted(len(other), 'batch')} of {name} came in as {was}, with the columns and "
            f"grades of such a source. Take it back first: python -m data unimport {other[0]}"
        )
