"""What became of cited numbers: asked again of the data as it is now, and why they differ."""

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from data.cites.cite_folder import CITES, Cite, read_cite
from data.cites.cite_link import current_table, read_again
from data.cites.make_cite import AskPage
from data.cites.number_table import CellChange, compare_tables, read_cells, to_csv
from data.code_version import code_version
from data.settings import Problem, Settings
from data.storage.history import ChangeKind, DataChange
from data.storage.store import Store

_SOURCE = "source"  # the column of a key that says who recorded a row
_COUNT = "n"  # the column that counts records


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
    changes = _of_cited_sources(cite, changes)
    cited = {source.name for source in manifest.sources}
    sources = [one for one in numbers.sources or asked.view.sources if one in cited]
    reasons = _reasons(store, cite, current.meta["events"], (*sources,))
    code = code_version() if code_version() != manifest.code else ""
    if not code and all(reason.kind is not ChangeKind.AREAS for reason in reasons):
        changes = _fallen_to_none(changes)
    return Reask(stamp, numbers.title, tuple(changes), reasons, code)


def _of_cited_sources(cite: Cite, changes: list[CellChange]) -> list[CellChange]:
    """Changes without the rows of sources that came later: they correct nothing of what was cited."""
    if _SOURCE not in cite.manifest.key:
        return changes
    at = cite.manifest.key.index(_SOURCE)
    cited = {source.name for source in cite.manifest.sources}
    cited |= {row[_SOURCE] for row in read_cells(cite.numbers)}
    return [one for one in changes if one.row[at] in cited]


def _fallen_to_none(changes: list[CellChange]) -> list[CellChange]:
    """Changes with 0 for the count of a row that is no longer there: no record is left of it. Where
    areas were replaced or the code is another one, a row may only be called otherwise."""
    told = [
        one._replace(new="0") if one.column == _COUNT and one.new is None else one
        for one in changes
    ]
    return [one for one in told if one.old != one.new]


def _reasons(
    store: Store, cite: Cite, until: int, sources: tuple[str, ...]
) -> tuple[DataChange, ...]:
    """What was done since to records of some sources, or to what all are counted by. A correction
    that was taken back since changes nothing."""

    def counts(change: DataChange) -> bool:
        if change.kind is ChangeKind.DESK:
            return change.at > cite.cited.at and change.source in sources
        return cite.cited.events < change.seq <= until and change.source in ("", *sources)

    done = [change for change in store.history().changes if counts(change)]
    codes = Counter(change.code for change in done if change.code)
    return tuple(change for change in done if codes[change.code] < 2)
