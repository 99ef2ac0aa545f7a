"""Shapes of a file that are no points: how many there are, and what becomes of their places."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from data import words

_PLACES = 2  # columns of coordinates, before that of the precision
# what shapes of a precision are (see data.formats.geometry_columns)
_CALLED = {"block": "lines", "locality": "areas", "area": "areas"}
_EXACT = "each counts at a point in its middle, as if its place were exact"
_AT_A_POINT = "each counts at a point in its middle, and its place is known to the {precision}"
_BY_LABEL = (
    "each goes by the label of its area, without a point, because its place is known to the "
    "{precision} only; without a label it counts for the whole city"
)


@dataclass
class ShapeCounts:
    """Counts of the shapes in the columns that they became (`TableFile.shaped`)."""

    columns: tuple[str, ...]
    all: int = 0
    counts: Counter[str] = field(default_factory=Counter)  # by precision

    def add(self, table: pa.Table) -> None:
        """Count the shapes of some rows. A file whose shapes are all points has none to count."""
        if len(self.columns) > _PLACES:
            precision = table[self.columns[_PLACES]]
            self.all += table.num_rows - _count(precision, "")
            self.counts.update({word: _count(precision, word) for word in _CALLED})

    def sentences(self, used: Collection[str], least: str | None) -> list[str]:
        """What became of lines and areas, by the columns that a mapping uses; [] where its places
        are not those of the shapes. `least` is how well it says that places are known at best."""
        if not {*self.columns[:_PLACES]} & {*used}:
            return []
        stated = self.columns[_PLACES:] and self.columns[_PLACES] in used
        outcomes: dict[str, list[tuple[str, int]]] = {}
        for precision in _CALLED:
            if n := self.counts[precision]:
                known = _coarsest([precision if stated else "exact", least or "exact"])
                outcomes.setdefault(_outcome(known), []).append((_CALLED[precision], n))
        return [
            f"{sum(n for _, n in shapes):,} of {self.all:,} shapes are "
            f"{' or '.join(dict.fromkeys(called for called, _ in shapes))}: {outcome}"
            for outcome, shapes in outcomes.items()
        ]


def _coarsest(precisions: Sequence[str]) -> str:
    return max(precisions, key=words.CODES["place_precision"].__getitem__)


def _outcome(precision: str) -> str:
    """Say what becomes of shapes whose place is known so well."""
    if precision == "exact":
        return _EXACT
    coarse = _coarsest([precision, "area"]) == precision
    return (_BY_LABEL if coarse else _AT_A_POINT).format(precision=words.spoken(precision))


def _count(texts: pa.ChunkedArray, text: str) -> int:
    return pc.sum(pc.equal(texts, text)).as_py() or 0
