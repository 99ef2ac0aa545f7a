"""Runs: records on their way to a batch, sorted piece by piece in a scratch folder."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.imports.record_reader import LINE
from data.storage import projection
from data.storage.database import literal

_ORDER = [("occurred_at", "ascending"), (LINE, "ascending")]
_ROW_GROUP = 8192  # small, so that a stretch of time is read without the rest
SAMPLE_BYTES = 1 << 20  # one sample stands for so much

Item = TypeVar("Item")


class Mark(NamedTuple):
    """A place in the order of records: microseconds since 1970 and a line of the file."""

    micros: int
    line: int


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order, each made while the one before is used."""
    with ThreadPoolExecutor(1) as maker:
        following = maker.submit(lambda: next(items, None))
        while (item := following.result()) is not None:
            following = maker.submit(lambda: next(items, None))
            yield item


class Runs:
    """A folder of sorted Parquet files, each written while the next table is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = self.bytes = 0
        self.samples: list[Mark] = []
        self._files = 0
        self._writer = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def __enter__(self) -> "Runs":
        self.folder.mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.shutdown()
        if kind is None:
            self._wait()

    @property
    def table(self) -> str:
        """All runs as a table in SQL."""
        return f"read_parquet({literal(self.folder / '*.parquet')})"

    def add(self, table: pa.Table) -> None:
        """Write a table as the next run; an empty one only if it is the first."""
        if not len(table) and self._files:
            return
        self._wait()
        self._last = self._writer.submit(self._write, table, self._files)
        self._files += 1
        self.rows += len(table)
        self.bytes += table.nbytes

    def cuts(self, most_bytes: int) -> list[Mark]:
        """Marks that part all records into stretches of at most about so many bytes."""
        parts = -(-self.bytes // most_bytes)
        ordered = sorted(self.samples)
        chosen = {ordered[part * len(ordered) // parts] for part in range(1, parts)}
        return sorted(chosen)

    def add_metres(self, crs: str) -> None:
        """Fill x and y of all runs."""
        for file in sorted(self.folder.glob("*.parquet")):
            table = pq.read_table(file)
            lon, lat = (
                table[name].to_numpy(zero_copy_only=False).astype(np.float64)
                for name in ("lon", "lat")
            )
            for name, values in zip("xy", projection.metres(lon, lat, crs)):
                place = table.schema.get_field_index(name)
                table = table.set_column(place, table.schema.field(name), values)
            pq.write_table(table, file, compression="lz4", row_group_size=_ROW_GROUP)

    def _write(self, table: pa.Table, number: int) -> None:
        table = table.take(pc.sort_indices(table, sort_keys=_ORDER))
        step = max(len(table) * SAMPLE_BYTES // max(table.nbytes, 1), 1)
        sampled = table.take(pa.array(range(0, len(table), step), pa.int64()))
        micros = sampled["occurred_at"].cast(pa.int64()).to_pylist()
        self.samples += map(Mark, micros, sampled[LINE].to_pylist())
        file = self.folder / f"{number:06}.parquet"
        pq.write_table(table, file, compression="lz4", row_group_size=_ROW_GROUP)

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()
