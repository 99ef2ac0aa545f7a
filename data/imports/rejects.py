"""The rejected rows of one import, as a CSV that a spreadsheet can open safely."""

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa

from data.files.csv_rows import Frame
from data.files.row_reasons import RowReason
from data.files.spreadsheet import guard
from data.imports.plan import Plan
from data.imports.record_reader import Read
from data.storage import identity

MEMBER = "member"
TOLD = ("line", "column", "reason")
RAW = "row as it was"
WITHHELD = "(not shown: it may hold columns that are not imported)"


class Rejects:
    """Writes rejected rows in the order of the file and counts them by reason.

    Rows of purged incidents are counted and not written; rows that cannot be cut into
    columns are written only where every column may be shown. Of an archive with several files a
    first column says which a row is from.
    """

    def __init__(self, file: Path, plan: Plan, purged: identity.PurgedIds) -> None:
        self.plan, self.purged = plan, purged
        self.counts: Counter[str] = Counter()
        self._file = file.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._headed = False

    def __enter__(self) -> "Rejects":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, frame: Frame, read: Read) -> None:
        """Write what a frame's verdicts reject, and the rows that are broken."""
        member = [frame.member] if frame.member else []  # of one archive all frames name theirs
        if not self._headed:
            self._headed = True
            self._write(*([MEMBER] if member else []), *TOLD, *self.plan.shown, RAW)
        rows = [*self._broken(frame), *self._rejected(frame, read)]
        for row in sorted(rows, key=lambda row: int(row[0])):
            self._write(*member, *row)

    def _broken(self, frame: Frame) -> list[list[str]]:
        rows = []
        for line, kind, reason, text in frame.broken:
            cells = self.plan.table_file.cells(text)
            names = [f"{self.plan.source.name}:{cell}" for cell in cells]
            if self.purged and any(name in self.purged for name in names):
                self.counts[RowReason.PURGED] += 1
                continue
            self.counts[kind] += 1
            shown = WITHHELD if self.plan.withheld else text
            rows.append([str(line), "", reason, *[""] * len(self.plan.shown), shown])
        return rows

    def _rejected(self, frame: Frame, read: Read) -> list[list[str]]:
        verdicts = read.verdicts
        at = np.flatnonzero(~verdicts.kept)
        if not len(at):
            return []
        chosen = pa.array(at)
        purged = identity.purged_rows(read.ids.take(chosen), self.purged)
        table = frame.table.select(list(self.plan.shown)).take(chosen)
        cells = [column.to_pylist() for column in table.columns]
        rows = []
        for place, row in enumerate(at.tolist()):
            if purged[place]:
                self.counts[RowReason.PURGED] += 1
                continue
            reason = verdicts.reasons[verdicts.code[row] - 1]
            self.counts[reason.key] += 1
            own = [column[place] for column in cells]
            line = str(frame.lines[row])
            rows.append([line, reason.column, reason.text, *own, ""])
        return rows

    def _write(self, *cells: str) -> None:
        self._writer.writerow([guard(cell) for cell in cells])
