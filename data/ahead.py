"""Two things at once: the next piece is read while the last is worked on."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order, each made while the one before is used."""
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(lambda: next(items, None))
        while (item := following.result()) is not None:
            following = reader.submit(lambda: next(items, None))
            yield item


class Runs:
    """A folder of Parquet files, each written while the next table is made."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.written = folder, 0
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

    def add(self, table: pa.Table) -> None:
        """Write a table as the next file; an empty one only if it is the first."""
        if not len(table) and self.written:
            return
        self._wait()
        file = self.folder / f"{self.written:06}.parquet"
        self._last = self._writer.submit(pq.write_table, table, file, compression="lz4")
        self.written += 1

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()
