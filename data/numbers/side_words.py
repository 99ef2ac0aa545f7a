"""Words for official and community records side by side: what the ratio is, and what was found."""

import pandas as pd

from data import words
from data.patterns.sides import Sides
from data.storage.meta_types import TableMeta
from data.views.filters import period
from data.views.sql import chosen_sources
from geo.forest import Finding

HUNDRED = 100  # official records that a ratio is told for
FINDING_WORDS = {
    Finding.HIGHER: "clearly more",
    Finding.LOWER: "clearly fewer",
    Finding.SEASON: "not clear",
    Finding.UNCLEAR: "not clear",
    Finding.FEW: "too few to test",
    Finding.NONE: "no ratio",
}
MEANS = (
    "The ratio is of reports, not of truth: it says how many community reports there are for each "
    "official record, and neither which of the two is right nor that anything was left out."
)


def side_names(sides: Sides, meta: TableMeta) -> tuple[str, str]:
    """What the community's records and the official ones are called."""
    community, official = (
        " and ".join(s["says"] for s in chosen_sources(side.view, meta))
        for side in (sides.pair.a, sides.pair.b)
    )
    return community, official


def ratio_number(ratio: float) -> str:
    """A ratio as readers see it: community reports for 100 official records."""
    value = HUNDRED * ratio
    return f"{value:,.0f}" if value >= HUNDRED else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def ratio_ends(low: float, high: float) -> str:
    """An interval of a ratio in words, for 100 official records."""
    if high == float("inf") or pd.isna(high):
        return f"{ratio_number(low)} or more"
    return f"{ratio_number(low)} to {ratio_number(high)}"


def sides_title(sides: Sides, meta: TableMeta) -> str:
    """The finding in a sentence."""
    community, official = side_names(sides, meta)
    ratio = ratio_number(sides.overall[0])
    return f"{ratio} {community} for every {HUNDRED} {official}{_spread(sides)}"


def _spread(sides: Sides) -> str:
    """Which area differs most clearly, after control over all; "" where none does."""
    clear = sides.table[sides.table["finding"].isin([Finding.HIGHER, Finding.LOWER])]
    if clear.empty:
        return ""
    most = clear.sort_values(["p", "community"], ascending=[True, False]).iloc[0]
    than = "most above that" if most["finding"] == Finding.HIGHER else "most below that"
    return f"; {than} in {words.spell_area(most['area'])}"


def tested_sentence(sides: Sides, unit: str) -> str:
    """How many areas differ from all together, and how many were tested."""
    found = sides.table["finding"]
    tested, few = int(sides.table["q"].notna().sum()), int((found == Finding.FEW).sum())
    more, fewer = (int((found == one).sum()) for one in (Finding.HIGHER, Finding.LOWER))
    nouns = words.name_units(unit, tested)
    line = f"{more + fewer} of {tested:,} {nouns} differ clearly from all together: {more} above, {fewer} below."
    if not more + fewer:
        line = f"None of {tested:,} {nouns} differs clearly from all together."
    return line + (f" Not tested: {few}, with too few records." if few else "")


def counted_sentence(sides: Sides, meta: TableMeta) -> str:
    """What is counted, over which time that both cover."""
    community, official = side_names(sides, meta)
    pair = sides.pair
    a, b = (int(sides.table[column].sum()) for column in ("community", "official"))
    steps = words.counted(len(pair.a.starts), f"whole {pair.unit}")
    span = period(pair.a.view.start, pair.a.view.end)
    return (
        f"{a:,} {community} and {b:,} {official} in areas, over the {steps} that both cover "
        f"({pair.a.period}; both cover {span} of what you chose)."
    )
