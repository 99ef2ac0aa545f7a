"""What became of cited numbers: asked again of the data as it is now, and why they differ."""

from functools import lru_cache
from typing import NamedTuple

from data.cites.cite_folder import CITES, Cite, read_cite
from data.cites.cite_link import current_table, read_again
from data.cites.make_cite import AskPage
from data.cites.number_table import CellChange, compare_tables, to_csv
from data.code_version import code_version
from data.settings import Problem, Settings
from data.storage.history import ChangeKind, DataChange
from data.storage.store import Store


class Reask(NamedTuple):
    """A cite asked again of the data as it is now.

    `stamp` is that data's, `changes` what differs, `title` what the page says now. `reasons` are
    what was done to the data since that can have changed it, oldest first; `code` is the version
    that counted, where it is another one (""). `refused` says why it cannot be asked again ("").
    """

    stamp: str
    title: str = ""
    changes: tuple[CellChange, ...] = ()
    reasons: tuple[DataChange, ...] = ()
    code: str = ""
    refused: str = ""


def reask(store: Store, settings: Settings, name: str, ask: AskPage) -> tuple[Cite, Reask]:
    """A cite of a store, and what became of its numbers. FileNotFoundError where there is none,
    Tampered where it is not as it was written."""
    cite = read_cite(store.root / CITES, name)
    try:
        stamp = current_table(store, settings).stamp
        if stamp == cite.manifest.stamp and code_version() == cite.manifest.code:
            return cite, Reask(stamp, cite.manifest.title)
        return cite, _reask(store, settings, name, stamp, ask)
    except Problem as problem:
        return cite, Reask("", refused=str(problem))


@lru_cache(maxsize=64)
def _reask(store: Store, settings: Settings, name: str, stamp: str, ask: AskPage) -> Reask:
    """The answer of newer data; of one stamp it is always the same."""
    cite, current = read_cite(store.root / CITES, name), store.at(stamp)
    manifest = cite.manifest
    asked = read_again(manifest.link, current, settings)
    numbers = ask(asked.path, current, asked.view, asked.page_words())
    if missing := sorted({*manifest.key, *manifest.compared} - {*numbers.table.columns}):
        raise Problem(f"The page counts otherwise now: it has no column {missing[0]} any more.")
    changes = compare_tables(cite.numbers, to_csv(numbers.table), manifest.key, manifest.compared)
    reasons = _reasons(store, cite, current.meta["events"], numbers.sources or asked.view.sources)
    code = code_version()
    return Reask(
        stamp, numbers.title, tuple(changes), reasons, code if code != manifest.code else ""
    )


def _reasons(
    store: Store, cite: Cite, until: int, sources: tuple[str, ...]
) -> tuple[DataChange, ...]:
    """What was done since to records of some sources, or to what all are counted by."""

    def counts(change: DataChange) -> bool:
        if change.kind is ChangeKind.DESK:
            return change.at > cite.cited.at and change.source in sources
        return cite.cited.events < change.seq <= until and change.source in ("", *sources)

    return tuple(change for change in store.history().changes if counts(change))
