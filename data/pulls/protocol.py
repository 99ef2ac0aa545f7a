"""What the job needs of a feed's protocol, and how a server's records become flat ones."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from data.pull_faults import PullFault
from data.pulls.feeds import Feed
from data.pulls.web import PullStopped, Web

Record = dict[str, Any]  # a column's name and a text, a number, true, false or null


class Page(NamedTuple):
    """Some records in the server's order. `after` is where the next page begins, a JSON value, None
    after the last one; `newest` is the latest mark of a change in it."""

    records: list[Record]
    after: Any = None
    newest: str = ""


class Restart(Exception):
    """What was learned on the way changes records that came before: all pages are asked anew."""


class FeedProtocol:
    """One feed asked by its protocol. Subclasses say how.

    `row_id` is the column of the server's own number of a record, "" where it has none; `dropped`
    are columns of who sent a record and when a form was filled in, which are never kept.
    `tells_changes`: asked for what is new, the server also gives what was changed.
    """

    row_id = ""
    dropped: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()  # of the columns, where the server tells them apart from records
    tells_new = True
    tells_changes = True

    def __init__(self, feed: Feed, headers: Mapping[str, str] | None = None) -> None:
        self.feed, self.web = feed, Web(feed, headers)
        self.facts: dict[str, Any] = {}  # what was learned, kept for the next pull

    def open(self, facts: Mapping[str, Any]) -> bool:
        """Get ready, with the `facts` of the last pull; False where the server says that nothing
        is new since."""
        self.facts = dict(facts)
        return True

    def count(self, since: str) -> int | None:
        """How many records the server says it has, since a mark; None where it does not say."""
        raise NotImplementedError

    def pages(self, since: str, after: Any) -> Iterator[Page]:
        """All records since a mark ("" for all), page by page from `after` on."""
        raise NotImplementedError

    def missing(self, since: str, came: Callable[[str], bool]) -> Iterator[Page]:  # noqa: ARG002
        """The records that did not come, where the server can list the ids that it has."""
        return iter(())

    def close(self) -> None:
        """Close the connections; nothing that was fetched stays."""
        self.web.close()

    def broken(self, what: str) -> PullStopped:
        """A sentence for an answer that is none."""
        return PullStopped(f"{self.web.host} gives no answer: {what}.", PullFault.BROKEN)


def flatten(value: Mapping[str, Any], before: str = "") -> Record:
    """A record without records in it: keys with "/" between. Points stay one column of GeoJSON,
    lists become JSON."""
    flat: Record = {}
    for key, cell in value.items():
        name = f"{before}{key}"
        if isinstance(cell, dict):
            if is_geometry(cell):
                flat[name] = _geometry(cell)
            else:
                flat |= flatten(cell, f"{name}/")
        elif isinstance(cell, list):
            flat[name] = json.dumps(cell, ensure_ascii=False) if cell else None
        else:
            flat[name] = cell
    return flat


def is_geometry(value: Mapping[str, Any]) -> bool:
    """Return whether a value is a geometry of GeoJSON."""
    return isinstance(value.get("type"), str) and isinstance(value.get("coordinates"), list)


def _geometry(value: Mapping[str, Any]) -> str:
    at = value["coordinates"]
    kept = at[:2] if value["type"] == "Point" else at  # without altitude
    return json.dumps({"type": value["type"], "coordinates": kept})


def as_utc(text: Any) -> Any:
    """A time that is UTC without saying so, saying so."""
    if isinstance(text, str) and len(text) >= 16 and text[4:5] == "-" and text[10] in " T":
        clock = text[11:]
        if not clock.endswith("Z") and "+" not in clock and "-" not in clock:
            return f"{text}+00:00"
    return text


def whole_number(value: Any) -> int | None:
    """A count as a server writes it, as a number or a text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int) and value >= 0 else None
