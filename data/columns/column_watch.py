"""Columns that the first rows leave open, judged while the rows are read."""

import pyarrow as pa
import pyarrow.compute as pc

from data.columns import free_text, personal_values
from data.files import cells

ENOUGH = 200  # values that are looked at


class UnsafeColumns(Exception):
    """Columns that proved to be free text, or to tell who somebody is, on the way."""

    def __init__(self, columns: tuple[str, ...], telling: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.columns, self.telling = columns, telling


class Watch:
    """Columns that the first rows leave open, judged by what later rows hold."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.open: dict[str, list[str]] = {name: [] for name in columns}

    def look(self, table: pa.Table) -> None:
        """Take the next rows. Found as soon as enough of a column has been seen."""
        for name, seen in self.open.items():
            texts = cells.trimmed(table[name])
            said = texts.filter(pc.invert(cells.missing_cells(texts)))
            seen += said.slice(0, ENOUGH - len(seen)).to_pylist()
        self._judge([name for name, seen in self.open.items() if len(seen) >= ENOUGH])

    def done(self) -> None:
        """Judge the others by the little that the file holds of them. Found if any is."""
        self._judge(list(self.open))

    def _judge(self, columns: list[str]) -> None:
        texts = {name: self.open.pop(name) for name in columns}
        telling = tuple(name for name in columns if personal_values.column(name, texts[name]))
        prose = tuple(
            n for n in columns if n not in telling and free_text.is_free_text(n, texts[n])
        )
        if prose or telling:
            raise UnsafeColumns(prose, telling)
