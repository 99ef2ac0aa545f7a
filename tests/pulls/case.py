"""A small store and feeds of it, for tests of pulls."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from data.pulls import pull
from data.pulls.feeds import Feed
from data.pulls.pull import Pulled
from data.settings import Settings
from data.storage.history import FeedState
from data.storage.store import Store
from data.tables import build

OFFICIAL = """
[source]
kind = "official"
[columns]
incident_id = "{id}"
occurred_at = "{when}"
lat = "{lat}"
lon = "{lon}"
kind = "kind"
[values.kind]
"*" = "other"
"""


@dataclass
class Case:
    """A store with one feed. `said` is what the last pull said."""

    folder: Path
    mapping: str = ""
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = Settings(
            "Testville", "America/Chicago", center=(44.98, -93.27), store=self.folder / "store"
        )
        self.store = Store(self.settings.store)
        (self.folder / "map.toml").write_text(self.mapping)

    def feed(self, kind: str, address: str, **more: Any) -> Feed:
        """The feed calls at an address of ours, which is allowed by name."""
        usual = {"source": "calls", "allow": ("127.0.0.1",)}
        return Feed("calls", kind, address, map=self.folder / "map.toml", **(usual | more))

    def pull(self, feed: Feed, **more: Any) -> Pulled:
        """Pull it, and build what readers see."""
        self.said = []
        done = pull.pull_feed(self.store, self.settings, feed, say=self.said.append, **more)
        if done.report:
            build.rebuild(self.store, self.settings)
        return done

    @property
    def told(self) -> str:
        """What the last pull said, as one text."""
        return "\n".join(self.said)

    def state(self) -> FeedState:
        """How the feed stands, by the ledger."""
        return self.store.history().feeds["calls"]

    def records(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of the records that readers see, by id."""
        stamp = self.store.stamp()
        if stamp is None:
            return []
        current = self.store.at(stamp)
        wanted = current.query("SELECT batch, row FROM {facts}").to_pylist()
        found = []
        for fact in wanted:
            sql = "SELECT incident_id, " + ", ".join(columns or ("kind",)) + " FROM "
            sql += f"read_parquet('{current.batches[fact['batch']]}', file_row_number = true)"
            sql += f" WHERE file_row_number = {fact['row']}"
            found += [tuple(row.values()) for row in duckdb.sql(sql).to_arrow_table().to_pylist()]
        return sorted(found)

    def ids(self) -> list[str]:
        """The ids of the records that readers see."""
        return [str(row[0]).removeprefix("calls:") for row in self.records()]

    def files(self) -> list[Path]:
        """All files of the store."""
        return [file for file in self.store.root.rglob("*") if file.is_file()]
