"""Areas on the map: their order, classes, hatches, tips and legend."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from data import palette, words
from data.numbers import area_states, measures
from data.numbers.area_states import State
from data.palette import Theme
from data.views.answers import Answer
from data.views.filters import period
from data.views.sql import polygon_set
from data.views.view import View
from data.words import HEXAGONS
from geo import classes, rates
from geo.forest import Finding
from ui.cached import views
from ui.map.choices import MapChoices
from ui.map.patch import Legend, Picture, class_rows

# tooltips of areas that show no number
TIPS = {
    State.NOT_CHOSEN: "not chosen",
    State.OUTSIDE: "outside the drawn shape",
    State.NO_DATA: "no data in this period",
    State.NO_POINT: "no record has a point",
}


FINDINGS = {
    Finding.HIGHER: "higher",
    Finding.LOWER: "lower",
    Finding.SEASON: "may be the season",
    Finding.UNCLEAR: "not clear",
    Finding.FEW: "too few to judge",
    Finding.NONE: "none",
}


_SAID = ("n", "rate", "rate_low", "rate_high", "unreliable", "ratio", "change")


def area_tips(view: View, answer: Answer) -> list[list[str]]:
    """The lines of the tooltip of each area."""
    told, table = [], answer.table
    said = [name for name in _SAID if name in table]
    rows: Iterable[Any] = table[said].itertuples(index=False)
    for row, state, why in zip(rows, states(view, answer), area_states.no_rate(table)):
        if state in TIPS:
            told.append([TIPS[state]])
            continue
        lines = [words.counted(int(row.n), "incident")]
        if view.area_set not in HEXAGONS:
            lines.append(measures.rate_words(row, why))
        if "change" in said and np.isfinite(row.ratio):
            lines.append(f"{row.ratio:.2f} times the rate before: {FINDINGS[row.change]}")
        told.append(lines)
    return told


def states(view: View, answer: Answer) -> area_states.States:
    """The state of each area: what the map can show of it."""
    rate = view.measure == measures.RATE
    return area_states.of_areas(answer.table, rate, answer.covered, answer.placed)


def class_fills(
    values: npt.NDArray[np.float64], lower: list[float], shown: area_states.States, theme: Theme
) -> list[str]:
    """The fill of each area: the color of its class where it is counted, else that of its state."""
    colors = palette.classes(theme, len(lower))
    return [
        colors[c] if state is State.COUNTED else area_states.fill(state, theme)
        for c, state in zip(classes.assign(values, lower), shown)
    ]


def fills(view: View, answer: Answer, theme: Theme, asked: MapChoices) -> Picture:  # noqa: ARG001
    """Each area in the color of its class, or as it is where no number can be said."""
    table = answer.table
    values = measures.value(table, view).to_numpy(float)
    shown = area_states.with_zeros(states(view, answer), values)
    counted = values[shown == State.COUNTED]
    lower = classes.limits(counted)
    drawn = class_fills(values, lower, shown, theme)
    weak = (
        table["unreliable"].to_numpy(bool)
        & (shown == State.COUNTED)
        & (view.measure == measures.RATE)
    )
    drawn = [f"~{f}" if w else f for w, f in zip(weak, drawn)]
    texts = measures.class_texts(lower, view.measure == measures.COUNT, counted.max(initial=0.0))
    rows = class_rows(palette.classes(theme, len(lower)), texts)
    if weak.any():
        few = f"fewer than {rates.UNRELIABLE}: unreliable"
        rows.append({"color": theme.ramp[2], "text": few, "weak": True})
    title = "Incidents" if view.measure == measures.COUNT else "Incidents per 1,000 residents"
    legend: Legend = {
        "title": title,
        "tip": measures.LIMITS,
        "rows": rows + area_states.state_legend(shown, theme),
        "note": period(view.start, view.end) + approximate(view),
    }
    return {"fills": drawn, "legend": legend}


def approximate(view: View) -> str:
    """The legend's addition where borders were learned from points; else empty."""
    found = polygon_set(view.area_set, views.meta(view.stamp))
    learned = found is not None and found[1]["how"] == "learned"
    return "; approximate borders" if learned and view.area_set not in HEXAGONS else ""
