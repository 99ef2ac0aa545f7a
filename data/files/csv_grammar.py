"""One CSV row read with care: the slow and exact way that csv_rows.py falls back on."""

import re
from typing import NamedTuple

MOST_ROW_BYTES = 1 << 20  # of one row
MOST_LINES = 1000  # of one row

CLOSED, OPEN, STRAY = "closed", "open", "stray"
LINE_END = re.compile(rb"\r\n|\n|\r")


class Row(NamedTuple):
    """One row. `end` is the byte after its line end, -1 where none was found.

    `quote` is "open" where a quoted cell does not end, "stray" where text follows a
    closing quote on a later line: either way the quote was no quote of this row.
    """

    cells: list[bytes]
    end: int
    quote: str = CLOSED


class Grammar:
    """A reader of CSV rows with one delimiter.

    As spreadsheets and Python's csv module do: a quote counts only at the start of a
    cell, "" inside quotes is one quote, text after a closing quote belongs to the
    cell. Unlike them, blanks before an opening quote are passed over.
    """

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter.encode()
        blanks = rb" *+" if delimiter == "\t" else rb"[ \t]*+"
        self._quoted = re.compile(blanks + rb'"((?:[^"]++|"")*+)"')
        self._opens = re.compile(blanks + rb'"')
        self._plain = re.compile(rb"[^\r\n" + re.escape(self.delimiter) + rb"]*+")

    def row(self, data: bytes, start: int) -> Row:
        """The row that begins at `start`, looking no further than MOST_BYTES."""
        stop = start + MOST_ROW_BYTES
        cells: list[bytes] = []
        at, stray = start, False
        while True:
            value = b""
            if quoted := self._quoted.match(data, at, stop):
                value, at = quoted[1].replace(b'""', b'"'), quoted.end()
            elif self._opens.match(data, at, stop):
                return Row(cells, -1, OPEN)
            plain = self._plain.match(data, at, stop)
            rest = plain[0] if plain else b""
            stray |= quoted is not None and bool(rest.strip())
            cells.append(value + rest)
            at += len(rest)
            if at < stop and data.startswith(self.delimiter, at):
                at += 1
                continue
            lines = sum(1 for _ in LINE_END.finditer(data, start, at))
            if lines >= MOST_LINES or (stray and lines):
                return Row(cells, -1, STRAY)
            line_end = LINE_END.match(data, at)
            return Row(cells, line_end.end() if line_end and at < stop else -1)

    def rows(self, data: bytes, most: int) -> list[Row]:
        """The first rows of a text, at most so many; an unfinished last one is left."""
        found: list[Row] = []
        at = 0
        while at < len(data) and len(found) < most:
            row = self.row(data, at)
            if row.quote != CLOSED:
                row = self._first_line(data, at)
            if row.end < 0:
                break
            found.append(row)
            at = row.end
        return found

    def _first_line(self, data: bytes, at: int) -> Row:
        line_end = LINE_END.search(data, at)
        end = line_end.end() if line_end else -1
        return Row(data[at:end].rstrip(b"\r\n").split(self.delimiter), end)

    def encode(self, cells: list[bytes]) -> bytes:
        """The row as a line that reads back as these cells."""
        quoted = (b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells)
        return self.delimiter.join(quoted) + b"\n"
