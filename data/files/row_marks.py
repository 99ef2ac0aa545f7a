"""The rows of one text, found with array arithmetic."""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from data.files.csv_grammar import MOST_LINES, MOST_ROW_BYTES
from geo.arrays import Flags

LF, CR, QUOTE = 10, 13, 34

Places = npt.NDArray[np.int64]


class Marks:
    """The line ends, delimiters and quotes of one text."""

    def __init__(self, data: bytes, delimiter: int, width: int) -> None:
        self.data, self.width = data, width
        self.bytes = np.frombuffer(data, np.uint8)
        self.is_end: Flags = self.bytes == LF
        if b"\r" in data:
            alone = self.bytes == CR
            alone[:-1] &= ~self.is_end[1:]
            self.is_end |= alone
        self.is_mark: Flags = self.is_end | (self.bytes == delimiter)
        self.delimiter = delimiter
        self._rows: dict[int, Rows] = {}

    @cached_property
    def ends(self) -> Places:
        """All line ends, also those inside quotes."""
        return np.flatnonzero(self.is_end)

    @cached_property
    def quotes(self) -> Places:
        """All quotes."""
        if b'"' not in self.data:
            return np.empty(0, np.int64)
        return np.flatnonzero(self.bytes == QUOTE)

    @cached_property
    def parity(self) -> npt.NDArray[np.uint8]:
        """For each byte, 1 where the number of quotes up to it is odd."""
        found: npt.NDArray[np.uint8] = np.bitwise_xor.accumulate(
            (self.bytes == QUOTE).view(np.uint8)
        )
        return found

    def lines_before(self, at: int) -> int:
        """The number of lines that end before a byte."""
        return int(np.searchsorted(self.ends, at))

    def rows(self, at: int) -> "Rows":
        """The rows as they are if one begins at `at`."""
        odd = int(np.searchsorted(self.quotes, at)) & 1
        if odd not in self._rows:
            self._rows[odd] = Rows(self, odd)
        return self._rows[odd]


class Rows:
    """The rows of a text in which quotes open at every second quote from `odd` on."""

    def __init__(self, marks: Marks, odd: int) -> None:
        quoted = len(marks.quotes) > 0
        found = marks.is_mark & (marks.parity == odd) if quoted else marks.is_mark
        places = np.flatnonzero(found)
        last = np.flatnonzero(marks.is_end[places])  # the mark that ends each row
        self.ends = places[last]
        self.starts = np.concatenate([[0], self.ends[:-1] + 1])[: len(self.ends)]
        self.cells = np.diff(last, prepend=-1)
        self.first_line = np.arange(len(self.ends))
        lines = np.ones(len(self.ends), np.int64)
        if len(self.ends) != len(marks.ends):
            last_line = np.searchsorted(marks.ends, self.ends)
            lines = np.diff(last_line, prepend=-1)
            self.first_line = last_line - lines + 1
        size = self.ends - self.starts
        unfit = (lines > 1) & ((self.cells != marks.width) | (lines > MOST_LINES))
        unfit |= size > MOST_ROW_BYTES
        # places where a row must be read with care
        self.trouble = np.sort(np.concatenate([self.starts[unfit], _misplaced(marks, odd)]))
        self.plain = (self.cells == marks.width) & (size > 1 if marks.width == 1 else True)


def _misplaced(marks: Marks, odd: int) -> Places:
    """Quotes that open inside a cell, or close one that goes on."""
    quotes = marks.quotes
    if not len(quotes):
        return quotes
    edge = np.zeros(256, bool)
    edge[[LF, CR, QUOTE, marks.delimiter]] = True
    before = np.where(quotes > 0, marks.bytes[quotes - 1], LF)
    last = len(marks.bytes) - 1
    after = np.where(quotes < last, marks.bytes[np.minimum(quotes + 1, last)], LF)
    opens = (np.arange(len(quotes)) & 1) == odd
    return quotes[~edge[np.where(opens, before, after)]]
