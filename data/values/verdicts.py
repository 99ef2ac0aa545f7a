"""Verdicts on rows: those that are kept, why the others are not, and what was noted."""

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from data.files.row_reasons import RowReason
from geo.arrays import Flags

_Places = npt.NDArray[np.integer[Any]]


class Reason(NamedTuple):
    """The reason why a row is rejected: counted by `key`; `text` may show the cell."""

    key: RowReason
    column: str
    text: str


class Verdicts:
    """The verdicts on the rows of one frame; the first reason for a row stands.

    `missing` counts the texts that were read as saying nothing, by record column and of
    all rows; `unknown` those that no rule makes a word, of the rows kept so far.
    """

    def __init__(self, rows: int) -> None:
        self.code = np.zeros(rows, np.int32)
        self.reasons: list[Reason] = []
        self._notes: list[tuple[str, Flags]] = []
        self._by_label: list[tuple[str, Flags]] = []
        self.missing: dict[str, Counter[str]] = {}
        self.unknown: dict[str, Counter[str]] = {}

    def reject(self, rows: Flags, key: RowReason, column: str, text: str = "") -> None:
        """Reject rows that are not rejected yet."""
        fresh = rows & (self.code == 0)
        if fresh.any():
            self.reasons.append(Reason(key, column, text or key))
            self.code[fresh] = len(self.reasons)

    def reject_each(
        self, rows: Flags, which: _Places, texts: list[str], key: RowReason, column: str
    ) -> None:
        """Reject rows, each with the text that `which` says; in one pass."""
        fresh = np.flatnonzero(rows & (self.code == 0))
        if not len(fresh):
            return
        met, place = np.unique(which[fresh], return_inverse=True)
        first = len(self.reasons) + 1
        shown = [f"{key}: {texts[text][:80]!r}" for text in met.tolist()]
        self.reasons += [Reason(key, column, text) for text in shown]
        self.code[fresh] = first + place

    def note(self, rows: Flags, sentence: str) -> None:
        """Count rows that are kept though something about them is worth saying."""
        if rows.any():
            self._notes.append((sentence, rows))

    def go_by_label(self, rows: Flags, why: RowReason) -> None:
        """Count rows whose coordinate cannot be, and that go by their area's label."""
        if rows.any():
            self._by_label.append((why, rows))

    def by_label(self) -> Counter[str]:
        """Counts of kept rows that go by their label, by what is wrong with the coordinate."""
        return self._counted(self._by_label)

    def count_missing(self, column: str, texts: Counter[str]) -> None:
        """Count texts of a record column that were read as saying nothing."""
        if texts:
            self.missing[column] = self.missing.get(column, Counter()) + texts

    @property
    def kept(self) -> Flags:
        """The rows that are not rejected."""
        found: Flags = self.code == 0
        return found

    def notes(self) -> Counter[str]:
        """Counts of the kept rows that each note is about."""
        return self._counted(self._notes)

    def _counted(self, listed: list[tuple[str, Flags]]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for what, rows in listed:
            counts[what] += int((rows & self.kept).sum())
        return +counts
