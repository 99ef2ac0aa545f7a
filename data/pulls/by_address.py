"""A file at an address: CSV, JSON or GeoJSON, fetched whole and read like any file."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from data.files.form import Form
from data.formats.open_table import open_table
from data.pull_faults import PullFault
from data.pulls.feeds import Feed
from data.pulls.protocol import FeedProtocol, Page, Record
from data.pulls.web import PullStopped, secret
from data.settings import Problem

_LISTED = 10  # lines that a sentence names
_SUFFIXES = {".csv", ".txt", ".tsv", ".gz", ".json", ".jsonl", ".geojson", ".zip", ".xlsx"}


class ByAddress(FeedProtocol):
    """The rows of a file. A server that knows of versions sends none where nothing changed."""

    tells_new = False

    def __init__(self, feed: Feed, folder: Path, form: Form) -> None:
        token = secret(feed)
        super().__init__(feed, {"Authorization": f"Bearer {token}"} if token else {})
        suffix = PurePosixPath(urlsplit(feed.address).path).suffix.lower()
        self._file = folder / f"{feed.name}-file{suffix if suffix in _SUFFIXES else ''}"
        self._form = form
        self.notes: list[str] = []  # what a person should know of the file

    def open(self, facts: Mapping[str, Any]) -> bool:
        """Fetch the file, unless it is still the version that came last."""
        known = {name: str(facts[name]) for name in ("etag", "last-modified") if name in facts}
        version = self.web.file(self.feed.address, self._file, known)
        self.facts = known if version is None else dict(version)
        return version is not None

    def count(self, since: str) -> int | None:  # noqa: ARG002
        """None: a file does not say how many rows it has."""
        return None

    def pages(self, since: str, after: Any) -> Iterator[Page]:  # noqa: ARG002
        """The rows of the file; those that cannot be cut into columns are told apart."""
        try:
            table = open_table(self._file, self._form)
        except Problem as problem:
            raise PullStopped(
                f"{self.web.host} sends no table. {problem}", PullFault.BROKEN
            ) from None
        self.names = table.names
        broken: list[int] = []
        for frame in table.frames():
            broken += [row.line for row in frame.broken]
            rows = [self.record(row) for row in frame.table.to_pylist()]
            yield Page([row for row in rows if row is not None], True)
        if broken:
            listed = ", ".join(f"{line:,}" for line in broken[:_LISTED])
            more = f" and {len(broken) - _LISTED:,} more" if len(broken) > _LISTED else ""
            self.notes.append(
                f"{len(broken):,} rows of the file cannot be cut into its columns and are not "
                f"imported: lines {listed}{more}."
            )
        yield Page([])

    def close(self) -> None:
        """Close the connections; nothing that was fetched stays."""
        super().close()
        self._file.unlink(missing_ok=True)

    def record(self, row: Record) -> Record | None:
        """A row as a record; None for one that is none."""
        return row
