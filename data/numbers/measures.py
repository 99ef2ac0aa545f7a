"""The measure of a View, a number an area: its values, its unit, its words."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data import words
from data.storage.meta_types import TableMeta
from data.views import recording
from data.views.filters import period
from data.views.view import HEXAGON_OF, MEASURES, View
from data.words import HEXAGONS

COUNT, RATE = MEASURES


def by_layer(view: View, meta: TableMeta) -> View:
    """The View as it can be measured.

    Hexagons have no residents, nor has a drawn shape; what is no count has no rate.
    """
    residents = view.area_set not in HEXAGONS and not view.shape
    rated = residents and recording.is_count(view, meta)
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


def unit_noun(view: View) -> str:
    """What the View counts by, several of them: neighborhoods, hexagons, areas."""
    return words.name_units(view.area_set, 2)


def area_name(name: str) -> str:
    """An area's name as screens show it; a hexagon's is its area's, with its code in sight."""
    area, found, code = name.partition(HEXAGON_OF)
    return f"{words.spell_area(area)} \u00b7 {code}" if found else words.spell_area(name)


def unit_of(view: View) -> str:
    """The unit of the measure, with its period."""
    span = period(view.start, view.end)
    if view.measure == RATE:
        return f"per 1,000 residents, {span}"
    return f"incidents, {span}"


def rate_words(row: Any, why: str) -> str:
    """A rate with its interval, or `why` there is none."""
    if why:
        return f"{why}: no rate"
    said = (
        f"{number(row.rate)} per 1,000 residents "
        f"({number(row.rate_low)} to {number(row.rate_high)})"
    )
    return said + (", unreliable: fewer than 20" if row.unreliable else "")


def class_texts(lower: list[float], whole: bool, only: float = 0.0) -> list[str]:
    """The legend's words for classes by their lower limits (`geo.classes`), lowest first.

    "10 to 20" goes up to 20 and does not hold it (`LIMITS` says so). A class of `whole` numbers
    that holds but one number is called by it, and one class for all by the `only` value.
    """
    if len(lower) == 1 and only:
        return [number(only)]
    texts = []
    for low, high in zip(lower, [*lower[1:], np.inf]):
        least = max(low, 1.0) if whole else low
        if whole and high == least + 1:
            texts.append(exact(least))
        elif np.isinf(high):
            texts.append(f"{exact(least)} or more" if least else "more than 0")
        else:
            texts.append(f"{exact(low)} to {exact(high)}" if low else f"under {exact(high)}")
    return texts


LIMITS = "A number on a limit counts to the higher class: 20 is in 20 to 40, not in 10 to 20."


def exact(v: float) -> str:
    """A limit of a class in all its figures: what is said is what the colors follow."""
    if v and abs(v) < 1e-4:
        return np.format_float_positional(v, trim="-")
    return f"{v:,.15g}"


def number(v: float) -> str:
    """A number as readers want it: three figures at most."""
    if not np.isfinite(v):
        return "-"
    if v >= 100 or v == 0:
        return f"{v:,.0f}"
    return f"{v:.1f}" if v >= 10 else f"{v:.2g}"
