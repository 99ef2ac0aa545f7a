"""Pieces of UTF-8 cut into rows, each with its file line; odd rows apart, none lost.

Well-formed rows are found with array arithmetic and read by Arrow; a row with a quote
out of place, with too few or many cells, or too long is read by grammar.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from data.files.csv_grammar import CLOSED, LINE_END, MOST_ROW_BYTES, OPEN, Grammar, Row
from data.files.row_marks import CR, LF, Marks, Places, Rows
from data.files.row_reasons import RowReason
from data.files.text_file import CONTROLS

_SHOWN = 2000  # bytes of a broken row that are kept with the rejected rows


class Broken(NamedTuple):
    """A row that cannot be cut into its columns; `text` is its first line as it was."""

    line: int
    kind: RowReason
    reason: str
    text: str


@dataclass
class Frame:
    """The rows of one piece: strings, the file line of each, and what was odd.

    `member` is the file of an archive that they are from, where it has several.
    """

    table: pa.Table
    lines: Places
    broken: list[Broken] = field(default_factory=list)
    blank: int = 0
    padded: int = 0
    controls: int = 0
    member: str = ""


def frames(
    pieces: Iterable[bytes],
    delimiter: str,
    names: Sequence[str],
    include: Sequence[str] | None = None,
    start: int = 0,
    line: int = 1,
) -> Iterator[Frame]:
    """All rows of a text in order. `start` is the byte where the first row begins.

    `line` is the file line of that byte. Only the columns of `include` are read.
    """
    reader = _Reader(Grammar(delimiter), len(names), line)
    for piece in pieces:
        clean = piece.translate(None, CONTROLS)
        yield reader.feed(clean[start:], names, include, len(piece) - len(clean))
        start = max(start - len(clean), 0)
    yield reader.feed(b"", names, include, final=True)


class _Reader:
    """The state carried from one piece to the next: the unfinished row, the line."""

    def __init__(self, grammar: Grammar, width: int, line: int) -> None:
        self.grammar, self.width, self.line = grammar, width, line
        self.rest = b""
        self.skipping = False  # inside a row too long to keep

    def feed(
        self,
        piece: bytes,
        names: Sequence[str],
        include: Sequence[str] | None,
        controls: int = 0,
        final: bool = False,
    ) -> Frame:
        """The rows that end in this piece."""
        data = self.rest + piece
        if final and data and data[-1] not in (LF, CR):
            data += b"\n"
        held = b"\r" if data.endswith(b"\r") and not final else b""
        data = data[: len(data) - len(held)]  # its line feed may be in the next piece
        begin = self._skip(data)
        cutter = _Cutter(self, data, begin, final)
        cutter.run()
        self.rest = data[cutter.at :] + held
        self.line += cutter.marks.lines_before(cutter.at)
        table = _table(cutter.parts, self.grammar.delimiter, names, include)
        lines = np.concatenate(cutter.lines) if cutter.lines else np.empty(0, np.int64)
        return Frame(table, lines, cutter.broken, cutter.blank, cutter.padded, controls)

    def _skip(self, data: bytes) -> int:
        if not self.skipping:
            return 0
        line_end = LINE_END.search(data)
        self.skipping = line_end is None
        return line_end.end() if line_end else len(data)


class _Cutter:
    """One text cut into rows: plain ones in runs, the others one by one."""

    def __init__(self, reader: _Reader, data: bytes, begin: int, final: bool) -> None:
        self.reader, self.data, self.at, self.final = reader, data, begin, final
        self.marks = Marks(data, reader.grammar.delimiter[0], reader.width)
        self.view = memoryview(data)
        self.parts: list[bytes | memoryview] = []
        self.lines: list[Places] = []
        self.broken: list[Broken] = []
        self.blank = self.padded = 0

    def run(self) -> None:
        """Cut until the text ends or its last row is unfinished."""
        while self.at < len(self.data):
            rows = self.marks.rows(self.at)
            first = int(np.searchsorted(rows.ends, self.at))
            trouble = int(np.searchsorted(rows.trouble, self.at))
            found = trouble < len(rows.trouble)
            stop = int(rows.trouble[trouble]) if found else len(self.data)
            last = int(np.searchsorted(rows.ends, stop))
            if first < last and rows.starts[first] == self.at:
                self._take(rows, first, last)
                continue
            unfinished = first == len(rows.ends) and not self.final
            if unfinished and len(self.data) - self.at <= MOST_ROW_BYTES:
                return
            if not self._careful():
                return

    def _take(self, rows: Rows, first: int, last: int) -> None:
        base = self.reader.line
        at = first
        for odd in (np.flatnonzero(~rows.plain[first:last]) + first).tolist():
            self._run(rows, at, odd)
            start = int(rows.starts[odd])
            cells = self.reader.grammar.row(self.data, start).cells
            self._place(cells, start, base + int(rows.first_line[odd]))
            at = odd + 1
        self._run(rows, at, last)
        self.at = int(rows.ends[last - 1]) + 1

    def _run(self, rows: Rows, first: int, last: int) -> None:
        if first < last:
            self.parts.append(self.view[rows.starts[first] : rows.ends[last - 1] + 1])
            self.lines.append(rows.first_line[first:last] + self.reader.line)

    def _careful(self) -> bool:
        """Read the row at hand; False where it needs the next piece."""
        line = self.reader.line + self.marks.lines_before(self.at)
        row = self.reader.grammar.row(self.data, self.at)
        within = len(self.data) - self.at <= MOST_ROW_BYTES and not self.final
        if within and _is_unfinished(row):
            return False
        closed = row.quote == CLOSED and row.end > 0
        inner = self._second_line(row) if closed else None
        if within and inner is not None and _is_unfinished(inner):
            return False
        swallows = (
            inner is not None and inner.quote == CLOSED and len(inner.cells) == self.reader.width
        )
        if closed and not swallows:
            self._place(row.cells, self.at, line)
            self.at = row.end
            return True
        found = row.quote == CLOSED and row.end < 0
        reason = RowReason.TOO_LONG if found else RowReason.NEVER_CLOSES
        self.broken.append(Broken(line, reason, reason, self._text(self.at)))
        line_end = LINE_END.search(self.data, self.at)
        self.at = line_end.end() if line_end else len(self.data)
        self.reader.skipping = line_end is None
        return True

    def _place(self, cells: list[bytes], start: int, line: int) -> None:
        width = self.reader.width
        more = cells[width:]
        alone = cells[0].strip() if width > 1 else cells[0]
        if len(cells) == 1 and not alone and not self._quoted(start):
            self.blank += 1
        elif len(cells) < width or any(cell.strip() for cell in more):
            reason = f"{len(cells):,} cells where the header has {width:,}"
            self.broken.append(Broken(line, RowReason.CELLS, reason, self._text(start)))
        else:
            self.padded += bool(more)
            self.parts.append(self.reader.grammar.encode(cells[:width]))
            self.lines.append(np.array([line]))

    def _second_line(self, row: Row) -> Row | None:
        """The row that would begin on the second line of one that lacks or exceeds cells.

        Where it has all cells, the quote that swallowed it was none. None where the row has all
        its cells, or only one line.
        """
        line_end = LINE_END.search(self.data, self.at, row.end)
        if len(row.cells) == self.reader.width or line_end is None or line_end.end() == row.end:
            return None
        return self.reader.grammar.row(self.data, line_end.end())

    def _quoted(self, start: int) -> bool:
        return self.data[start : start + 1] == b'"'

    def _text(self, start: int) -> str:
        line_end = LINE_END.search(self.data, start)
        end = min(line_end.start() if line_end else len(self.data), start + _SHOWN)
        return self.data[start:end].decode("utf-8", errors="replace")


def _is_unfinished(row: Row) -> bool:
    """Return whether what follows can still change a row."""
    return row.quote == OPEN or (row.quote == CLOSED and row.end < 0)


def _table(
    parts: Sequence[bytes | memoryview],
    delimiter: bytes,
    names: Sequence[str],
    include: Sequence[str] | None,
) -> pa.Table:
    wanted = list(names if include is None else include)
    if not parts:
        return pa.table({name: pa.array([], pa.string()) for name in wanted})
    text = b"".join(parts)
    return pacsv.read_csv(
        pa.py_buffer(text),
        # a block holds at least one row, and a row is at most MOST_BYTES
        pacsv.ReadOptions(column_names=list(names), block_size=4 * MOST_ROW_BYTES),
        pacsv.ParseOptions(delimiter=delimiter.decode(), newlines_in_values=b'"' in text),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=wanted,
            null_values=[],
            strings_can_be_null=False,
        ),
    )
