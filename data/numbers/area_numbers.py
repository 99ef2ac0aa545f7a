"""The numbers of the Map and of All areas: counts, rates and change by area."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data import words
from data.maps import outlines
from data.numbers import area_states, measures
from data.numbers.about_view import COUNTED, NO_DENOMINATOR, about_view
from data.numbers.area_states import State
from data.numbers.area_words import title_areas
from data.numbers.measures import COUNT, RATE
from data.numbers.numbers import PageNumbers
from data.pictures.figure import AreaMap, LegendRow
from data.pictures.looks import class_looks
from data.storage.store import Current
from data.views import answers
from data.views.answers import Answer
from data.views.view import View
from geo import classes

AREA_COLUMNS = {
    "area": "The area that is counted.",
    "n": "Incidents in the period.",
    "rate": "Incidents of the period per 1,000 residents.",
    "rate_low": "Lower end of the rate's 95% interval (exact Poisson).",
    "rate_high": "Upper end of the rate's 95% interval (exact Poisson).",
    "no_rate": "Why an area has no rate.",
    "population": "Residents of the area; empty where not known.",
    "change": "Whether the area changed beyond chance and season, all areas judged together.",
    "ratio": "Incidents a step now divided by those of the earlier period.",
    "low": "Lower end of the ratio's 95% interval.",
    "high": "Upper end of the ratio's 95% interval.",
}
_RATED = ("rate", "rate_low", "rate_high", "no_rate", "population")
_CHANGED = ("change", "ratio", "low", "high")
_OF_RATES = (
    "Residents of each area, as the area set states them. An area without residents, or of which "
    "they are not known, has no rate."
)
_RATE_RANGE = (
    "Each rate has its 95% interval (exact Poisson: rate_low to rate_high). It is wide where there "
    "are few incidents, and says nothing of what was not recorded."
)
# the look of a state on a picture: several share one, and its row names them all
_LOOKS = {
    State.ZERO: "zero",
    State.NO_RESIDENTS: "no_residents",
    State.NOT_KNOWN: "not_known",
    State.NO_COUNT: "no_data",
    State.NO_POINT: "no_data",
    State.NO_DATA: "no_data",
    State.NOT_CHOSEN: "not_asked",
    State.OUTSIDE: "not_asked",
}


def number_areas(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:  # noqa: ARG001
    """The numbers of each area that the View asks for."""
    view = measures.by_layer(view, current.meta)
    units = outlines.units(current, view.area_set, view.settled_by)
    answer = answers.area_table(current, view, units)
    about, rated = about_view(current, view), view.measure == RATE
    title = title_areas(view, answer, current.meta)
    figure = area_map(view, units, answer)
    table = _rows(answer, rated)
    first = table.nlargest(3, "rate" if rated else "n")["area"].map(words.spell_area)
    return PageNumbers(
        title=title,
        subtitle=f"{about.noun} by {words.name_units(view.area_set, 1)}, {measures.unit_of(view)}",
        table=table,
        columns={name: what for name, what in AREA_COLUMNS.items() if name in table},
        key=("area",),
        compared=("n", "rate") if rated else ("n",),
        sentence=about.sentence,
        denominator=_OF_RATES if rated else NO_DENOMINATOR,
        uncertainty=_RATE_RANGE if rated else COUNTED,
        lacks=about.lacks,
        method="Rate per 1,000 residents" if rated else "Count of an area",
        figure=figure,
        alt=f"{title}. A map of {words.counted(len(table), 'area')}; highest: {', '.join(first)}.",
    )


def _rows(answer: Answer, rated: bool) -> pd.DataFrame:
    """The rows of areas, highest count first; without a period that is covered, none has a number."""
    table = answer.table[answer.table["asked"]]
    table = table.assign(no_rate=area_states.no_rate(table))
    names = ["area", "n", *(_RATED if rated else ()), *(_CHANGED if answer.comparison else ())]
    if not (answer.covered and answer.placed):
        table = table.iloc[:0]
    rows = table.sort_values(["n", "area"], ascending=[False, True])[names].reset_index(drop=True)
    return rows.assign(change=rows["change"].map(str)) if "change" in rows else rows


def with_spelled_names(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The shapes of areas with their names as readers see them."""
    return units[["name", "geometry"]].assign(name=units["name"].map(words.spell_area))


def area_map(view: View, units: gpd.GeoDataFrame, answer: Answer) -> AreaMap:
    """The map of areas by class, as the layer of areas colors it."""
    values = measures.value(answer.table, view).to_numpy(float)
    rate = view.measure == RATE
    states = area_states.of_areas(answer.table, rate, answer.covered, answer.placed)
    states = area_states.with_zeros(states, values)
    counted = values[states == State.COUNTED]
    lower = classes.limits(counted)
    at = classes.assign(values, lower)
    of_class = class_looks(len(lower))
    looks = [of_class[c] if s is State.COUNTED else _LOOKS[s] for c, s in zip(at, states)]
    texts = measures.class_texts(lower, view.measure == COUNT, counted.max(initial=0.0))
    legend = [LegendRow(look, text) for look, text in zip(of_class, texts)]
    legend += state_entries(states)
    unit = "Incidents per 1,000 residents" if rate else "Incidents"
    return AreaMap(with_spelled_names(units), looks, legend, unit)


def state_entries(states: "np.ndarray[Any, Any]") -> list[LegendRow]:
    """A row of the legend for each look that areas without a class have."""
    says: dict[str, list[str]] = {}
    for state, look in area_states.STATE_LOOKS.items():
        if state in set(states):
            says.setdefault(_LOOKS[state], []).append(look.text)
    return [LegendRow(look, ", or ".join(texts)) for look, texts in says.items()]
