"""Kinds of incidents of which an import loses most rows: no source's kind may vanish unseen."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.values.verdicts import Verdicts

_FEW = 20  # rows: what a source writes more seldom is no sort of its own
_OTHER = "other"
_MANY_OTHER = 0.2  # of the rows: a map of kinds then says little
_SHOWN = 8  # of the source's own sorts


class Loss(NamedTuple):
    """A kind that lost more than half of its rows, and the reason met most often.

    `own` is what the source itself calls it; "" where all of the kind is meant.
    """

    kind: str
    own: str
    lost: int
    rows: int
    reason: str
    by_reason: int


class OtherKind(NamedTuple):
    """Kept rows of the kind `other`, of how many, and the texts of the column they have most."""

    column: str
    n: int
    rows: int
    texts: dict[str, int]


@dataclass
class Losses:
    """Rows and rejected rows by kind and by the source's own text for it."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def add(self, kinds: pa.StringArray, own: pa.StringArray, verdicts: Verdicts) -> None:
        """Count one frame. Rows of no known kind are told of elsewhere, by their texts."""
        keys = pc.binary_join_element_wise(kinds, own, "\n").dictionary_encode()
        which = keys.indices.fill_null(-1).to_numpy()
        listed = [tuple(key.split("\n")) for key in keys.dictionary.to_pylist()]
        often = np.bincount(which[which >= 0], minlength=len(listed))
        self.rows += Counter(dict(zip(listed, often.tolist())))
        gone = ~verdicts.kept & (which >= 0)
        pairs = np.column_stack([which[gone], verdicts.code[gone]])
        for (key, code), n in zip(*np.unique(pairs, axis=0, return_counts=True)):
            counts = self.reasons.setdefault(listed[key], Counter())
            counts[verdicts.reasons[code - 1].key] += int(n)

    def without_kind(self, column: str | None) -> OtherKind | None:
        """The kept rows that are `other` by what a column says, where they are many; else None."""
        lost = Counter({key: counts.total() for key, counts in self.reasons.items()})
        kept = self.rows - lost
        own = Counter({text: n for (kind, text), n in kept.items() if kind == _OTHER})
        total = kept.total()
        if column is None or own.total() < _MANY_OTHER * total:
            return None
        shown = {text: n for text, n in own.most_common(_SHOWN) if text}
        return OtherKind(column, own.total(), total, shown) if own.total() else None

    def most(self) -> tuple[Loss, ...]:
        """The kinds that lost more than half of their rows, the largest loss first.

        Then the source's own sorts that did, of kinds that did not.
        """
        kinds = sorted(self._kinds(), key=lambda loss: -loss.lost)
        whole = {loss.kind for loss in kinds}
        own = sorted(self._own(whole), key=lambda loss: -loss.lost)
        return (*kinds, *own[:_SHOWN])

    def _kinds(self) -> Iterator[Loss]:
        rows, reasons = Counter[str](), dict[str, Counter[str]]()
        for (kind, _), n in self.rows.items():
            rows[kind] += n
        for (kind, _), counts in self.reasons.items():
            reasons[kind] = reasons.get(kind, Counter()) + counts
        for kind, counts in reasons.items():
            yield from _loss(kind, "", rows[kind], counts)

    def _own(self, whole: set[str]) -> Iterator[Loss]:
        for (kind, own), counts in self.reasons.items():
            if own and kind not in whole and self.rows[kind, own] >= _FEW:
                yield from _loss(kind, own, self.rows[kind, own], counts)


def _loss(kind: str, own: str, rows: int, reasons: Counter[str]) -> Iterator[Loss]:
    lost, (why, n) = reasons.total(), reasons.most_common(1)[0]
    if lost * 2 > rows:
        yield Loss(kind, own, lost, rows, why, n)
