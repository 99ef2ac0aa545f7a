"""Areas on the map: their order, classes, hatches, tips and legend."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import words
from data.views import recording
from data.views.answers import Answer
from data.views.filters import period
from data.views.sql import polygon_set
from data.views.view import HEXAGONS, MEASURES, View
from geo import classes, rates
from geo.forest import Finding
from ui.cached import views
from ui.map import area_states
from ui.map.area_states import State
from ui.map.choices import MapChoices
from ui.map.patch import Legend, Picture, class_rows
from ui.parts import palette
from ui.parts.palette import Theme

COUNT, RATE = MEASURES
# tooltips of areas that show no number
TIPS = {
    State.NOT_CHOSEN: "not chosen",
    State.NO_DATA: "no data in this period",
    State.NO_POINT: "no record has a point",
}


FINDINGS = {
    Finding.HIGHER: "higher", Finding.LOWER: "lower", Finding.SEASON: "season can do as much",
    Finding.UNCLEAR: "not clear", Finding.FEW: "too few to judge", Finding.NONE: "none",
}  # fmt: skip


def by_layer(view: View) -> View:
    """The View as it can be measured.

    Hexagons have no residents, nor has a drawn shape; what is no count has no rate.
    """
    residents = view.area_set not in HEXAGONS and not view.shape
    rated = residents and recording.is_count(view, views.meta(view.stamp))
    return view if rated else replace(view, measure=COUNT)


def value(table: pd.DataFrame, view: View) -> pd.Series:
    """The View's measure, a number an area."""
    return table["rate"] if view.measure == RATE else table["n"].astype(float)


def ranked(table: pd.DataFrame, view: View) -> pd.DataFrame:
    """The areas with something to show, highest first, unreliable rates last."""
    values = value(table, view).to_numpy(float)
    held = np.flatnonzero(table["asked"].to_numpy(bool) & (values > 0))
    order = held[np.argsort(-values[held], kind="stable")]
    if view.measure == RATE:  # what rests on a few incidents stands last
        weak = table["unreliable"].to_numpy(bool)[order]
        order = np.concatenate([order[~weak], order[weak]])
    return table.iloc[order]


def unit_of(view: View) -> str:
    """The unit of the measure, with its period."""
    span = period(view.start, view.end)
    if view.measure == RATE:
        return f"per 1,000 residents, {span}"
    return f"incidents, {span}"


def area_tips(view: View, answer: Answer) -> list[list[str]]:
    """The lines of the tooltip of each area."""
    told = []
    every = zip(
        answer.table.to_dict("records"), states(view, answer), area_states.no_rate(answer.table)
    )
    for record, state, why in every:
        if state in TIPS:
            told.append([TIPS[state]])
            continue
        row = SimpleNamespace(**{str(name): v for name, v in record.items()})
        lines = [words.counted(int(row.n), "incident")]
        if view.area_set not in HEXAGONS:
            lines.append(rate_words(row, why))
        if (change := record.get("change")) and np.isfinite(row.ratio):
            lines.append(f"{row.ratio:.2f} times the rate before: {FINDINGS[change]}")
        told.append(lines)
    return told


def rate_words(row: Any, why: str) -> str:
    """A rate with its interval, or `why` there is none."""
    if why:
        return f"{why}: no rate"
    said = (
        f"{number(row.rate)} per 1,000 residents "
        f"({number(row.rate_low)} to {number(row.rate_high)})"
    )
    return said + (", unreliable: fewer than 20" if row.unreliable else "")


def whole(v: float) -> str:
    """A count as readers want it."""
    return f"{v:,.0f}"


def number(v: float) -> str:
    """A number as readers want it: three figures at most."""
    if not np.isfinite(v):
        return "-"
    if v >= 100 or v == 0:
        return f"{v:,.0f}"
    return f"{v:.1f}" if v >= 10 else f"{v:.2g}"


def states(view: View, answer: Answer) -> area_states.States:
    """The state of each area: what the map can show of it."""
    rate = view.measure == RATE
    return area_states.of_areas(answer.table, rate, answer.covered, answer.placed)


def class_fills(
    values: npt.NDArray[np.float64], upper: list[float], shown: area_states.States, theme: Theme
) -> list[str]:
    """The fill of each area: the color of its class where it is counted, else that of its state."""
    colors = palette.classes(theme, len(upper))
    return [
        colors[c] if state is State.COUNTED else area_states.fill(state, theme)
        for c, state in zip(classes.assign(values, upper), shown)
    ]


def fills(view: View, answer: Answer, theme: Theme, asked: MapChoices) -> Picture:  # noqa: ARG001
    """Each area in the color of its class, or as it is where no number can be said."""
    table = answer.table
    values = value(table, view).to_numpy(float)
    upper = classes.limits(values)
    shown = area_states.with_zeros(states(view, answer), values)
    drawn = class_fills(values, upper, shown, theme)
    weak = table["unreliable"].to_numpy(bool) & (shown == State.COUNTED) & (view.measure == RATE)
    drawn = [f"~{f}" if w else f for w, f in zip(weak, drawn)]
    texts = class_texts(upper, values, view.measure)
    rows = class_rows(palette.classes(theme, len(upper)), texts)
    if weak.any():
        few = f"fewer than {rates.UNRELIABLE}: unreliable"
        rows.append({"color": theme.ramp[2], "text": few, "weak": True})
    title = "Incidents" if view.measure == COUNT else "Incidents per 1,000 residents"
    legend: Legend = {
        "title": title,
        "rows": rows + area_states.legend(shown, theme),
        "note": period(view.start, view.end) + approximate(view),
    }
    return {"fills": drawn, "legend": legend}


def approximate(view: View) -> str:
    """The legend's addition where borders were learned from points; else empty."""
    found = polygon_set(view.area_set, views.meta(view.stamp))
    learned = found is not None and found[1]["how"] == "learned"
    return "; approximate borders" if learned and view.area_set not in HEXAGONS else ""


def class_texts(upper: list[float], values: npt.NDArray[np.float64], measure: str) -> list[str]:
    """The legend's words for each class: its lowest and highest value."""
    texts, lowest = [], None
    said = whole if measure == COUNT else number
    for limit in upper:
        held = values[(values > (lowest or 0)) & (values <= limit)]
        first = held.min() if len(held) else limit
        last = held.max() if len(held) else limit
        same = said(first) == said(last)
        texts.append(said(first) if same else f"{said(first)} to {said(last)}")
        lowest = limit
    return texts
