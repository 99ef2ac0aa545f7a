"""Reads one workbook: a process of its own, with a limit on memory and time.

A few bytes of a workbook can claim billions of cells, and the reader ends its process where it
cannot have the memory. Whoever starts this lives on and says so.
"""

import contextlib
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from itertools import islice
from typing import Any

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetVisibleEnum,
)

from data.formats.typed_cells import CellColumn

MEMORY, SECONDS = 4 << 30, 300
PIECE = 50_000  # rows
TOO_LARGE, PASSWORD = 3, 4  # how this process ends; with anything else the file is damaged


def write_sheet(path: str, sheet: str, target: str) -> int:
    """Write the cells of one sheet as texts to an Arrow file; print what there is as JSON.

    `sheet` is a name, or a number among the sheets that are seen; "" is the one that alone holds
    a table. Where it is not one, `chosen` is null, and the sheets are listed instead.
    """
    try:
        book = CalamineWorkbook.from_path(path)
        listed = [_Sheet(book, meta) for meta in book.sheets_metadata]
        seen = [one for one in listed if one.seen]
        chosen = _stated(listed, seen, sheet) if sheet else _only_table(seen)
        found: dict[str, Any] = {"chosen": None, "merged": []}
        if chosen:
            _write(chosen.cells, target)
            found |= {"chosen": chosen.name, "merged": _merged(chosen.cells)}
        else:
            found["sheets"] = [{"name": one.name, "rows": one.rows} for one in seen]
        found["hidden"] = len(listed) - len(seen)
    except PasswordError:
        return PASSWORD
    except CalamineError:
        return 1
    except MemoryError:
        return TOO_LARGE
    json.dump(found, sys.stdout)
    return 0


class _Sheet:
    """A sheet: its cells are read when something of them is asked for."""

    def __init__(self, book: CalamineWorkbook, meta: SheetMetadata) -> None:
        self.book, self.name = book, meta.name
        self.seen = meta.visible == SheetVisibleEnum.Visible
        self._cells: CalamineSheet | None = None

    @property
    def cells(self) -> CalamineSheet:
        self._cells = self._cells or self.book.get_sheet_by_name(self.name)
        return self._cells

    @property
    def rows(self) -> int:
        """The number of rows with anything in them."""
        return sum(any(cell != "" for cell in row) for row in self.cells.iter_rows())

    @property
    def is_table(self) -> bool:
        """Return whether two rows have two cells: a header and a row."""
        rows = (sum(cell != "" for cell in row) > 1 for row in self.cells.iter_rows())
        return sum(islice((True for wide in rows if wide), 2)) == 2


def _stated(listed: Sequence[_Sheet], seen: Sequence[_Sheet], sheet: str) -> _Sheet | None:
    """The sheet that somebody named; else the one of that number; None if there is none."""
    plain = " ".join(sheet.split()).casefold()
    named = [one for one in listed if one.name == sheet]
    named += [one for one in listed if " ".join(one.name.split()).casefold() == plain]
    if named:
        return named[0]
    number = int(plain) if plain.isascii() and plain.isdecimal() else 0
    return seen[number - 1] if 0 < number <= len(seen) else None


def _only_table(seen: Sequence[_Sheet]) -> _Sheet | None:
    """The sheet that alone holds a table or, where none does, that alone has rows."""
    tables = [one for one in seen if one.is_table] or [one for one in seen if one.rows]
    return tables[0] if len(tables) == 1 else None


def _merged(cells: CalamineSheet) -> list[list[int]]:
    """Merged cells: first row, first column, last row, last column, as _write counts them."""
    left = cells.start[1] if cells.start else 0
    return [
        [top, first - left, bottom, last - left]
        for (top, first), (bottom, last) in cells.merged_cell_ranges or []
    ]


def _write(cells: CalamineSheet, target: str) -> None:
    columns = [CellColumn() for _ in range(cells.width)]
    for rows in _pieces(cells.iter_rows()):
        for column, values in zip(columns, zip(*rows)):
            column.add(values)
    table = pa.table([column.texts() for column in columns], [f"{i}" for i in range(len(columns))])
    with pa.OSFile(target, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=PIECE)


def _pieces(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    while piece := list(islice(rows, PIECE)):
        yield piece


class WithoutPandas(MetaPathFinder):
    """Keeps pyarrow from loading pandas, which is not needed and takes longer than a sheet."""

    def find_spec(self, name: str, *_: object) -> None:
        """Say of pandas that it is not there; leave all others to those who look for them."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def confine() -> None:
    """Set hard limits on memory and time of this process, below those that it has already."""
    _limit(resource.RLIMIT_CPU, SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError, ValueError):  # macOS has no such limit
        _limit(resource.RLIMIT_AS, MEMORY)


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    sys.meta_path.insert(0, WithoutPandas())
    confine()
    sys.exit(write_sheet(*sys.argv[1:]))
