"""Clusters (hot spots): areas that, with their neighbors, are higher or lower beyond chance."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data import palette, words
from data.numbers import area_states, measures
from data.numbers.area_states import State
from data.palette import Theme
from data.patterns import neighbors, power
from data.patterns.hot_spots import Hot
from data.views.answers import Answer
from data.views.filters import period
from data.views.view import View
from geo.hot_areas import CHANCE, COLD, HOT, NONE, UNDECIDED
from ui.cached import findings
from ui.frame.method_note import SEED
from ui.map import area_layer
from ui.map.choices import MapChoices
from ui.map.patch import Legend, MapLegendRow, Picture
from ui.parts import area_lack, headline
from ui.parts.area_lack import Lack, Unfit

# what is said of an area, by the label of geo.hot_areas
FINDINGS = {
    HOT: "Higher than the city's rate, beyond chance",
    COLD: "Lower than the city's rate, beyond chance",
    CHANCE: "No clear cluster",
    UNDECIDED: "Cannot be told",
    NONE: "Not tested",
}
_HATCHES = {CHANCE: "chance", UNDECIDED: "few", NONE: "nodata"}
_UNITS = {neighbors.RESIDENTS: "per 1,000 residents", neighbors.GROUND: "per km² of area"}
_SHORT = {neighbors.RESIDENTS: "per 1,000", neighbors.GROUND: "per km²"}
TIP = (
    "Getis and Ord's Gi*: an area and its neighbors together, against all others. Beyond chance: "
    "q at most 0.05, all areas judged together (Benjamini-Hochberg), so about 1 in 20 of those "
    "colored is chance."
)


class Cluster(NamedTuple):
    """A row of the table: its `row` in the answer's table, the area's own rate, and that of the
    area and its neighbors together; both in the unit that was asked for. `clear` where chance
    does not explain it."""

    row: int
    name: str
    own: float
    with_neighbors: float
    finding: str
    clear: bool


def measure_of(view: View, asked: MapChoices) -> str:
    """Return what incidents are divided by: what was asked for, where the View has it."""
    offered = neighbors.measures(view)
    return asked.of if asked.of in offered else offered[0]


def short_unit(view: View, asked: MapChoices) -> str:
    """Return the unit of the numbers, short enough for the head of a column."""
    return _SHORT[measure_of(view, asked)]


def find_clusters(view: View, asked: MapChoices) -> Hot | Unfit | Lack:
    """Return the clusters of a View, or the reason why there can be none. Do not change them."""
    if unfit := area_lack.find_unfit(view):
        return unfit
    of = measure_of(view, asked)
    if not area_lack.is_peopled(view, of):
        return Lack.RESIDENTS
    found = findings.hot_areas(view, of, neighbors.TOUCHING, SEED)
    return find_lack(found) or found


def find_lack(found: Hot, peopled: bool = True) -> Lack | None:
    """Return what there is too little of to tell clusters; None where they can be told."""
    return area_lack.find_lack(int(found.table["n"].sum()), found.tested, in_tested(found), peopled)


def in_tested(found: Hot) -> int:
    """Count the incidents in areas that were tested."""
    return int(found.table.loc[found.table["label"] != NONE, "n"].sum())


def cluster_title(view: View, asked: MapChoices) -> str:
    """Return the headline of the layer: how many areas were tested, and what was found."""
    found = find_clusters(view, asked)
    what = words.sentence_case(headline.noun(view))
    if isinstance(found, Unfit):
        return f"{what}: no clusters can be looked for here"
    if found is Lack.RESIDENTS:
        nouns = measures.unit_noun(view)
        return f"{what}: how many live in these {nouns} is not known. Look per km² instead"
    if isinstance(found, Lack):
        return f"{what}: too {area_lack.title_lack(found)} for hot spots"
    return count_clusters(view, found, measure_of(view, asked))


def count_clusters(view: View, found: Hot, of: str) -> str:
    """Return how many areas were tested, are hot and are cold, and the rate of all together."""
    counts = found.table["label"].value_counts()
    hot, cold, left = (int(counts.get(label, 0)) for label in (HOT, COLD, UNDECIDED))
    asked = len(found.table)
    both = f"{_many(hot, 'hot spot')}, {_many(cold, 'cold spot')}"
    both = both if hot or cold else "no hot or cold spots"
    several = f"{found.tested:,} of {asked:,}" if found.tested < asked else f"All {asked:,}"
    cannot = f" Of {left} it cannot be told." if left else ""
    return (
        f"{several} {measures.unit_noun(view)} tested: {both}. "
        f"Citywide: {measures.number(found.place)} {_SHORT[of]}.{cannot}"
    )


def _many(n: int, noun: str) -> str:
    return words.counted(n, noun) if n else f"no {noun}s"


def cluster_sentences(view: View, asked: MapChoices) -> list[str]:
    """Return why nothing can be told, or by what was divided and what finding none is worth."""
    found = find_clusters(view, asked)
    if isinstance(found, Unfit):
        return [found.value]
    if isinstance(found, Lack):
        of = measure_of(view, asked)
        hot = None if found is Lack.RESIDENTS else _hot(view, of)
        so = ", none can be told to be low, and one report can make an area high"
        tested, held = (hot.tested, in_tested(hot)) if hot else (0, 0)
        return [area_lack.explain_lack(found, tested, held, so)]
    of = measure_of(view, asked)
    lines = []
    if of == neighbors.GROUND:
        lines.append(
            "Incidents per km² of each area, water and parks included: high where more people "
            "and streets are, too."
        )
    if not (found.table["label"] == HOT).any():
        smallest = findings.smallest_hot(view, of, neighbors.TOUCHING, SEED)
        lines.append(power.words_of(smallest, "in a typical area and its neighbors"))
    return lines


def _hot(view: View, of: str) -> Hot:
    return findings.hot_areas(view, of, neighbors.TOUCHING, SEED)


def cluster_rows(view: View, asked: MapChoices) -> list[Cluster]:
    """Return the tested areas: higher first, then lower, then the rest by their neighbors' rate."""
    found = find_clusters(view, asked)
    if not isinstance(found, Hot):
        return []
    order = {HOT: 0, COLD: 1, UNDECIDED: 2, CHANCE: 3}
    held = found.table[found.table["label"] != NONE]
    held = held.assign(rank=held["label"].map(order))
    held = held.sort_values(["rank", "times"], ascending=[True, False], kind="stable")
    rows: list[Any] = list(held.itertuples())
    return [
        Cluster(
            int(row.Index),
            measures.area_name(row.area),
            float(row.own),
            float(row.times * found.place),
            FINDINGS[row.label],
            row.label in (HOT, COLD),
        )
        for row in rows
    ]


def cluster_patch(view: View, answer: Answer, theme: Theme, asked: MapChoices) -> Picture:
    """The patch of the clusters: colors where a result stands, hatches elsewhere, and why."""
    found = find_clusters(view, asked)
    if isinstance(found, Hot):
        shown = area_layer.states(view, answer) if view.areas else None
        return draw_clusters(view, found, measure_of(view, asked), theme, shown)
    legend: Legend = {
        "title": "No clusters to show",
        "rows": [{"hatch": "nodata", "text": FINDINGS[NONE]}],
        "note": cluster_sentences(view, asked)[0],
    }
    return {"fills": ["nodata"] * len(answer.table), "legend": legend, "edge": theme.edge}


def draw_clusters(
    view: View, found: Hot, of: str, theme: Theme, shown: area_states.States | None = None
) -> Picture:
    """The patch of clusters that were found; `shown` are the areas' states, where some are out."""
    table = found.table
    low, *_, high = palette.diverging(theme)
    looks = {HOT: high, COLD: low} | _HATCHES
    labels = table["label"].tolist()
    out = np.zeros(len(table), bool) if shown is None else shown == State.NOT_CHOSEN
    fills = [
        area_states.fill(State.NOT_CHOSEN, theme) if o else looks[label]
        for o, label in zip(out, labels)
    ]
    seen = {label for o, label in zip(out, labels) if not o}
    rows: list[MapLegendRow] = [
        {"hatch": looks[label], "text": text}
        if label in _HATCHES
        else {"color": looks[label], "text": text}
        for label, text in FINDINGS.items()
        if label in seen
    ]
    if out.any():
        rows += area_states.state_legend([State.NOT_CHOSEN], theme)
    legend: Legend = {
        "title": f"Incidents {_UNITS[of]}, with neighbors",
        "tip": TIP,
        "rows": rows,
        "note": f"{period(view.start, view.end)}{area_layer.approximate(view)}",
    }
    order = table["times"].where(table["label"] == HOT).sort_values(ascending=False)
    return {
        "fills": fills,
        "legend": legend,
        "edge": theme.quiet,
        "tips": [_tip(row, found.place, of) for row in table.itertuples()],
        "order": order.dropna().index[:400].tolist(),
    }


def _tip(row: Any, place: float, of: str) -> list[str]:
    """The lines of the tooltip of an area."""
    lines = [FINDINGS[str(row.label)], words.counted(int(row.n), "incident")]
    if pd.notna(row.own):
        lines.append(f"itself: {measures.number(row.own)} {_SHORT[of]}")
    if np.isfinite(row.times):
        lines.append(
            f"with its {words.counted(int(row.around), 'neighbor')}: "
            f"{measures.number(row.times * place)} {_SHORT[of]}, "
            f"{say_times(row.times)} times the city's rate"
        )
    if np.isfinite(row.q):
        lines.append(f"z {row.z:.1f}, p {row.p:.4f}, q {row.q:.3f}")
    return lines


def say_times(value: float) -> str:
    """A ratio as readers want it."""
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"
