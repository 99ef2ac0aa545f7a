"""What a correction says: a file of its own beside the ledger, which a purge of its record removes.

The ledger keeps that a record was corrected, why and in which columns; never a value or an id.
"""

import contextlib
import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from data.settings import Problem
from data.storage import disk
from data.storage.events import Event, EventRow, parse_row, to_row
from data.storage.store import Store


@dataclass(frozen=True)
class Content:
    """What a correction says. `before`, `after` and `imported` (what the source said) are columns of
    the record as plain JSON values, empty for a retraction; `base` is the id without its counter, `months` those of the record before
    and after; `sorts` its kinds and `settings` what places it was at, before and after. `events` are
    the rows of the ledger that speak of it, for a lost ledger."""

    code: str
    incident_id: str
    base: str
    source: str
    source_kind: str
    months: list[str]
    sorts: list[str]
    settings: list[str]
    before: dict[str, Any]
    after: dict[str, Any]
    imported: dict[str, Any]
    note: str
    events: list[list[Any]]


def contents_folder(store: Store) -> Path:
    """Where the contents of corrections are."""
    return store.root / "corrections"


def _file(store: Store, code: str) -> Path:
    return contents_folder(store) / f"{code}.json"


def read_content(store: Store, code: str) -> Content:
    """What a correction says. Problem where its file is gone or damaged."""
    file = _file(store, code)
    try:
        return Content(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        raise Problem(
            f"What the correction {code} says cannot be read ({file}). Put its copy back, or take "
            f"the correction back: python -m data corrections --undo {code}"
        ) from None


def write_content(store: Store, content: Content) -> None:
    """Keep what a correction says; on the disk when this returns."""
    contents_folder(store).mkdir(exist_ok=True, mode=0o700)
    body = json.dumps(asdict(content), ensure_ascii=False, sort_keys=True)
    disk.write_whole(body.encode(), _file(store, content.code))


def note_event(store: Store, code: str, event: Event) -> None:
    """Write down beside what a correction says that something is about to be done to it."""
    with contextlib.suppress(Problem):
        content = read_content(store, code)
        row = list(to_row(replace(event, seq=store.next_number())))
        write_content(store, replace(content, events=[*content.events, row]))


def kept_events(store: Store) -> Iterator[Event]:
    """The events that files of corrections tell of, for a lost ledger."""
    for file in sorted(contents_folder(store).glob("*.json")):
        with contextlib.suppress(Problem, ValueError, TypeError):
            yield from (parse_row(EventRow(*row)) for row in read_content(store, file.stem).events)


def drop_contents(store: Store, ids: Collection[str]) -> None:
    """Remove what corrections of some records say, also of those that were never written down."""
    for file in contents_folder(store).glob("*.json"):
        try:
            gone = json.loads(file.read_bytes()).get("incident_id") in ids
        except (ValueError, AttributeError):
            gone = False
        if gone:
            file.unlink()


def same_unfinished(store: Store, content: Content) -> str:
    """The code of a correction that says the same and that no event speaks of: its command was
    killed, and is typed again; "" where there is none. Retractions say the same whatever the reason."""
    known = store.history().corrections
    for file in sorted(contents_folder(store).glob("*.json")):
        if file.stem not in known:
            with contextlib.suppress(Problem):
                there = read_content(store, file.stem)
                if replace(there, code="", events=[]) == replace(content, code="", events=[]):
                    return file.stem
    return ""


def sweep_contents(store: Store) -> None:
    """Remove what no event speaks of: a command was killed before its event was written."""
    known = store.history().corrections
    for file in contents_folder(store).glob("*.json"):
        if file.stem not in known:
            file.unlink()
