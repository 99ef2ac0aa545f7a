"""The finding of a View by area in a sentence: nothing that chance explains is said as a fact."""

import numpy as np

from data import words
from data.numbers.measures import RATE, area_name, unit_noun
from data.storage.meta_types import TableMeta
from data.views.answers import Answer
from data.views.sql import says
from data.views.view import HEXAGON_OF, View
from geo import busiest, rates

_MOST_NAMED = 44  # letters of the names of areas in a headline


def noun_of(view: View, meta: TableMeta) -> str:
    """The noun for what is counted, in the source's words, with its kinds, force or response."""
    source = says(view, meta)[:60]
    chosen = {"kind": view.kinds, "force": view.forces, "response": view.responses}
    only = [words.label(column, code) for column, codes in chosen.items() for code in codes]
    if not only:
        return source
    return f"{source} ({', '.join(only[:2])}{' ...' if len(only) > 2 else ''})"


def title_areas(view: View, answer: Answer, meta: TableMeta) -> str:
    """The sentence that a map of areas says, or why it says nothing."""
    what = words.sentence_case(noun_of(view, meta))
    if not answer.covered:
        return f"{what}: no data in this period"
    if not answer.headline["n"]:
        return f"{what}: none with these filters"
    return f"{what}{_areas_title(view, answer)}"


def _areas_title(view: View, answer: Answer) -> str:
    """What follows the noun in the headline of areas: which of them stand out, if any does."""
    nouns, rated = unit_noun(view), view.measure == RATE
    if not answer.placed:
        return ": none of the chosen records is in these areas"
    table = answer.table[answer.table["asked"]]
    held = int(table["n"].sum())
    if held < rates.UNRELIABLE:  # any order of so few is chance
        return f": {held} in all areas, too few to say where most are"
    if rated and not (table["population"] > 0).any():
        return f": how many live in these {nouns} is not known, so there is no rate"
    if rated and table.loc[table["population"] > 0, "unreliable"].all():
        return ": too few in any area for a reliable rate"
    if len(table) == 1:
        return f" in {area_name(table['area'].iloc[0])}: {held:,}"
    if answer.series["whole"].sum() < 2:  # one step does not tell a burst from a difference
        return f": too few {answer.step_name}s to say where most are"
    first, above = standing_out(view, answer)
    if not above:
        each = " per resident" if rated else ""
        return f"{each}: none of {len(table):,} {nouns} stands out clearly"
    if first:
        return (" were most frequent per resident in " if rated else ": most in ") + _listed(first)
    # named are the first of those above: none of them need be above the next
    named = list(dict.fromkeys(above))[:2]
    named = named if _fit(named) else named[:1]
    more = sum(name not in named for name in above)
    rest = [f"{more:,} more {words.name_units(view.area_set, more)}"] if more else []
    each = " per resident" if rated else ""
    return f"{each}: clearly more than average in {_listed([*named, *rest])}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _fit(names: list[str]) -> bool:
    return len(names) < 2 or len(", ".join(names)) <= _MOST_NAMED


def standing_out(view: View, answer: Answer) -> tuple[list[str], list[str]]:
    """The names of areas that stand out, highest first: so many above each of the others as a
    headline has room for, and all above all of them together (`geo.busiest.Standing`).

    Hexagons go by the area that they lie in; one of several is then named once among the first.
    """
    table, rated = answer.table[answer.table["asked"]], view.measure == RATE
    table = table[table["population"] > 0] if rated else table
    whole = answer.series.loc[answer.series["whole"], "at"].to_numpy()
    by = table["population"] if rated else np.ones(len(table))
    steps = answer.counts[table.index.to_numpy()][:, whole]
    shown = [area_name(name.partition(HEXAGON_OF)[0]) for name in table["area"]]
    for most in range(busiest.MOST_FIRST, 0, -1):
        found = busiest.find_standing(table["n"], by, steps, most=most, reliable=rated)
        names = list(dict.fromkeys(shown[at] for at in found.first))
        if _fit(names):
            break
    return names, [shown[at] for at in found.above]
