"""Areas on the map: their order, classes, hatches, tips and legend."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import recording, words
from data.answers import Answer
from data.clauses import polygon_set
from data.filters import period
from data.view import HEXAGONS, MEASURES, View
from geo import classes, rates
from ui import cached, palette
from ui.asked import Asked
from ui.palette import Theme

COUNT, RATE = MEASURES


def by_layer(view: View) -> View:
    """The View as it can be measured.

    Hexagons have no residents, nor has a drawn shape; what is no count has no rate.
    """
    residents = view.area_set not in HEXAGONS and not view.shape
    rated = residents and recording.is_count(view, cached.meta(view.stamp))
    return view if rated else replace(view, measure=COUNT)


def value(table: pd.DataFrame, view: View) -> pd.Series:
    """What the View measures, a number an area."""
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


def tips(table: pd.DataFrame, view: View, covered: bool = True) -> list[list[str]]:
    """What hovering tells, line by line, an area each."""
    told = []
    for record in table.to_dict("records"):
        row = SimpleNamespace(**{str(name): v for name, v in record.items()})
        if not covered or not row.asked:
            told.append(["no data in this period" if row.asked else "not chosen"])
            continue
        lines = [words.counted(int(row.n), "incident")]
        if view.area_set not in HEXAGONS:
            lines.append(rate_words(row))
        if (change := record.get("change")) and np.isfinite(row.ratio):
            lines.append(f"{row.ratio:.2f} times the rate before: {change}")
        told.append(lines)
    return told


def rate_words(row: Any) -> str:
    """A rate with its interval, or why there is none."""
    if not row.is_count:
        return "no count of what happened: no rate"
    if row.cut:
        return "a drawn shape cuts areas: no rate"
    if np.isnan(row.population):
        return "population not known: no rate"
    if row.population == 0:
        return "no residents: no rate"
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


def fills(view: View, answer: Answer, theme: Theme, asked: Asked) -> dict[str, Any]:  # noqa: ARG001
    """Each area in the color of its class, or hatched where no number can be said."""
    table = answer.table
    values = value(table, view).to_numpy(float)
    upper = classes.limits(values)
    colors = palette.classes(theme, len(upper))
    chosen = classes.assign(values, upper)
    drawn: list[str] = [colors[c] if c >= 0 else theme.paper for c in chosen]
    weak = table["unreliable"].to_numpy(bool) & (chosen >= 0) & (view.measure == RATE)
    drawn = [f"~{f}" if w else f for w, f in zip(weak, drawn)]
    rows = [
        {"color": color, "text": text}
        for color, text in zip(colors, class_texts(upper, values, view.measure))
    ]
    seen: list[dict[str, Any]] = []
    if (values[table["asked"].to_numpy(bool)] == 0).any() and answer.covered and answer.placed:
        seen.append({"color": theme.paper, "text": "0"})
    if weak.any():
        few = f"fewer than {rates.UNRELIABLE}: unreliable"
        seen.append({"color": theme.ramp[2], "text": few, "weak": True})
    for hatch, text, where in _hatched(view, answer):
        if where.any():
            drawn = [hatch or theme.paper if w else f for w, f in zip(where, drawn)]
            seen += [{"hatch": hatch, "text": text}] if hatch else []
    title = "Incidents" if view.measure == COUNT else "Incidents per 1,000 residents"
    legend = {
        "title": title,
        "rows": rows[::-1] + seen,
        "note": period(view.start, view.end) + approximate(view),
    }
    return {"fills": drawn, "legend": legend}


def approximate(view: View) -> str:
    """What a legend adds where borders were learned from points."""
    found = polygon_set(view.area_set, cached.meta(view.stamp))
    learned = found is not None and found[1]["how"] == "learned"
    return "; approximate borders" if learned and view.area_set not in HEXAGONS else ""


def _hatched(view: View, answer: Answer) -> list[tuple[str, str, npt.NDArray[np.bool_]]]:
    """The looks that no number has: hatch, words, and which areas wear it."""
    table = answer.table
    people = table["population"].to_numpy(float)
    asked = table["asked"].to_numpy(bool)
    every = np.ones(len(table), bool)
    rate = view.measure == RATE
    return [
        ("residents", "no residents", rate & (people == 0)),
        ("few", "population not known", rate & np.isnan(people)),
        ("", "", ~asked),
        ("nodata", "no record has a point", every & (not answer.placed)),
        ("nodata", "no data: not covered", every & (not answer.covered)),
    ]


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
