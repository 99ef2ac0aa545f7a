"""Rejected rows without those of some ids."""

import csv
import re
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from data.files.spreadsheet import guard
from data.imports.rejects import MEMBER, TOLD
from data.storage.events import Imported
from data.storage.store import Store

_BETWEEN = re.compile(r"[,;|\t]")  # cells of a row that could not be cut into columns


def drop_rejects(
    store: Store, scratch: Path, gone: Collection[str], imports: Mapping[str, Imported]
) -> dict[Path, tuple[Path, int]]:
    """Write copies of the files of rejected rows without some ids; how many rows each lost.

    Only of files that hold one. `imports` tells of the import of each batch, by its name now.
    """
    cleaned: dict[Path, tuple[Path, int]] = {}
    for name, told in imports.items():
        file = store.rejected / f"{name}.csv"
        if not file.exists():
            continue
        own = {
            n.partition(":")[2] for n in gone if not told.source or n.startswith(f"{told.source}:")
        }
        column = told.mapping["columns"].get("incident_id") if told.mapping else ""
        made = scratch / f"clean-{file.name}"
        # without a column of ids a record is named by its content: no rejected row has it
        if own and column is not None and (n := _copied(file, made, own, column)):
            cleaned[file] = made, n
    return cleaned


def _copied(file: Path, made: Path, own: Collection[str], column: str) -> int:
    """Copy rejected rows but those that hold one of some ids; return how many are left out."""
    csv.field_size_limit(sys.maxsize)  # a row that never closes its quotes is one cell
    sought, left_out = {_plain(name) for name in own} - {""}, 0
    with (
        file.open(newline="", encoding="utf-8") as old,
        made.open("w", newline="", encoding="utf-8") as new,
    ):
        rows, writer = csv.reader(old), csv.writer(new, lineterminator="\n")
        header = next(rows, [])
        where = _cells(header, column)
        writer.writerow(header)
        for row in rows:
            if any(_plain(cell) in sought for cell in (*row[where], *_BETWEEN.split(row[-1]))):
                left_out += 1
            else:
                writer.writerow(row)
    return left_out


def _cells(header: list[str], column: str) -> slice:
    """The cells of rejected rows with the id; all cells of the source where that is not known."""
    ours = len(TOLD) + (header[:1] == [MEMBER])  # the first columns
    names = header[ours:-1]
    if guard(column) not in names:
        return slice(ours, -1)
    at = ours + names.index(guard(column))
    return slice(at, at + 1)


def _plain(cell: str) -> str:
    """A cell as the import reads ids: without quotes, invisible marks and outer spaces."""
    seen = "".join(c for c in cell if c.isprintable() or c.isspace())
    return " ".join(seen.strip("'\" ").split())
