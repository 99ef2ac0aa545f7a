"""Which rows are kept, why the others are not, and what was noted on the way."""

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.integer[Any]]


class Reason(NamedTuple):
    """Why a row is rejected. Reasons are counted by `key`; `text` may show the cell."""

    key: str
    column: str
    text: str


class Verdicts:
    """The verdicts on the rows of one frame; the first reason for a row stands."""

    def __init__(self, rows: int) -> None:
        self.code = np.zeros(rows, np.int32)
        self.reasons: list[Reason] = []
        self._notes: list[tuple[str, Flags]] = []

    def reject(self, rows: Flags, key: str, column: str, text: str = "") -> None:
        """Reject rows that are not rejected yet."""
        fresh = rows & (self.code == 0)
        if fresh.any():
            self.reasons.append(Reason(key, column, text or key))
            self.code[fresh] = len(self.reasons)

    def reject_each(
        self, rows: Flags, which: Places, texts: list[str], key: str, column: str
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

    @property
    def kept(self) -> Flags:
        """The rows that are not rejected."""
        found: Flags = self.code == 0
        return found

    def notes(self) -> Counter[str]:
        """How many kept rows each note is about."""
        counts: Counter[str] = Counter()
        for sentence, rows in self._notes:
            counts[sentence] += int((rows & self.kept).sum())
        return +counts
