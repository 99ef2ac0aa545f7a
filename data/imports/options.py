"""Options that a person may state about a file before it is imported."""

from dataclasses import dataclass
from pathlib import Path

from data.mappings.mapping import FileMapping


@dataclass(frozen=True)
class Options:
    """The options that a person stated; None and () where they are to be found."""

    source: str | None = None
    source_kind: str | None = None
    url: str | None = None
    licence: str | None = None
    covers: str | None = None
    map: Path | None = None
    rules: FileMapping | None = None  # what stands in `map`, where it was read already
    dry_run: bool = False
    date_format: str | None = None
    zone: str | None = None
    crs: str | None = None
    kind: str | None = None
    kinds: str | None = None
    place_by: str | None = None
    time: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    records: str | None = None
    member: str | None = None
    columns: tuple[str, ...] = ()
    no_header: bool = False
    save_map: Path | None = None
    most_bytes: int | None = None
    replaces: tuple[str, ...] = ()  # batches that this file stands in for
    derived: str = ""  # the log that the file follows from: the ledger does not tell of it
    pulled_at: str = ""  # of a feed, which may say again what it said before something else

    @property
    def about(self) -> dict[str, str]:
        """What is stated of the source, by the entries of its table."""
        stated = {
            "kind": self.source_kind,
            "url": self.url,
            "licence": self.licence,
            "covers": self.covers,
        }
        return {entry: text for entry, text in stated.items() if text}
