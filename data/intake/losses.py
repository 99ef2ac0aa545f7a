"""Kinds of incidents of which an import loses most rows: no source's kind may vanish unseen."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.intake.verdicts import Verdicts


class Loss(NamedTuple):
    """A kind that lost more than half of its rows, and the reason met most often."""

    kind: str
    lost: int
    rows: int
    reason: str
    by_reason: int


@dataclass
class Losses:
    """Rows and rejected rows by kind, counted while a file is read."""

    rows: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, kinds: pa.StringArray, verdicts: Verdicts) -> None:
        """Count one frame. Rows of no known kind are told of elsewhere, by their texts."""
        encoded = pc.dictionary_encode(kinds)
        listed = encoded.dictionary.to_pylist()
        which = encoded.indices.fill_null(len(listed)).to_numpy()
        often = np.bincount(which, minlength=len(listed) + 1)
        self.rows += Counter({kind: int(n) for kind, n in zip(listed, often) if kind})
        gone = ~verdicts.kept
        pairs = np.column_stack([which[gone], verdicts.code[gone]])
        for (kind, code), n in zip(*np.unique(pairs, axis=0, return_counts=True)):
            if kind < len(listed) and listed[kind]:
                counts = self.reasons.setdefault(listed[kind], Counter())
                counts[verdicts.reasons[code - 1].key] += int(n)

    def most(self) -> tuple[Loss, ...]:
        """The kinds that lost more than half of their rows, the largest loss first."""
        found = []
        for kind, reasons in self.reasons.items():
            lost, (why, n) = sum(reasons.values()), reasons.most_common(1)[0]
            if lost * 2 > self.rows[kind]:
                found.append(Loss(kind, lost, self.rows[kind], why, n))
        return tuple(sorted(found, key=lambda loss: -loss.lost))
