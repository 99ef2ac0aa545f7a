"""Two periods on one scale: swiped, side by side, or their difference."""

from collections.abc import Callable
from typing import Any

import numpy as np

from data import palette
from data.maps import heat_surface
from data.numbers import area_states, measures
from data.numbers.area_states import State
from data.palette import Theme
from data.patterns import power
from data.views.answers import Answer
from data.views.filters import period
from data.views.seasonality import Season
from data.views.view import View
from geo import classes, density, difference
from ui import raster
from ui.cached import map_layers, views
from ui.map import area_layer, change_layer, heat_layer, hexagon_layer
from ui.map.choices import MapChoices
from ui.map.patch import ColorRamp, Legend, Picture, TwoPeriods, class_rows

ONE, SWIPE, SIDE, DIFFERENCE = "This period", "swipe", "side by side", "difference"
MODES = (ONE, SWIPE, SIDE, DIFFERENCE)


Pair = tuple[View, View]


def modes(view: View, layer: str) -> tuple[str, ...]:
    """The ways in which a layer can show two periods: one only where nothing is compared."""
    if view.compared() is None:
        return MODES[:1]
    return MODES if layer in DIFFERENCES else MODES[:3] if layer in BOTH else MODES[:1]


def comparing(view: View, layer: str, beside: str) -> bool:
    """Return whether a layer shows a View beside, or against, what it is compared with."""
    return beside in modes(view, layer)[1:]


def two_period_patch(
    view: View, answer: Answer, layer: str, theme: Theme, asked: MapChoices
) -> Picture:
    """The changes to the map's patch where two periods are compared; none where they cannot be."""
    if not comparing(view, layer, asked.beside):
        return {}
    found = map_layers.pair(view)
    if found is None or answer.comparison is None:
        # areas say why; other layers stay as they are, and the headline says it
        change = asked.beside == DIFFERENCE and layer == "areas"
        return change_layer.change_fills(view, answer, theme, asked) if change else {}
    if asked.beside == DIFFERENCE:
        return DIFFERENCES[layer](found, answer, theme, asked)
    now, before = BOTH[layer](found, answer, theme, asked)
    captions = [
        f"before: {period(found[1].start, found[1].end)}",
        f"now: {period(found[0].start, found[0].end)}",
    ]
    legend = now["legend"]
    if legend and "note" in legend:
        said = f"Both periods on one scale, whole {answer.step_name}s only"
        legend = {**legend, "note": said + area_layer.approximate(view)}
    versus: TwoPeriods = {
        "mode": asked.beside,
        "captions": captions,
        "fills": before.get("fills"),
        "heat": before.get("heat"),
        "hexes": before.get("hexes"),
    }
    return {**now, "legend": legend, "versus": versus}


def _areas(found: Pair, answer: Answer, theme: Theme, asked: MapChoices) -> list[Picture]:  # noqa: ARG001
    """Incidents a whole week (or day) in both periods, in the same classes."""
    both = [_per_step(answer, found[0], column) for column in ("now", "before")]
    states = [
        area_states.with_zeros(area_layer.states(found[0], answer), values) for values in both
    ]
    counted = [values[shown == State.COUNTED] for values, shown in zip(both, states)]
    lower = classes.limits(np.concatenate(counted))
    rows = class_rows(palette.classes(theme, len(lower)), measures.class_texts(lower, False))
    rows += area_states.state_legend(np.concatenate(states), theme)
    per = " per 1,000 residents" if found[0].measure == measures.RATE else ""
    legend: Legend = {
        "title": f"Incidents a {answer.step_name}{per}",
        "tip": measures.LIMITS,
        "rows": rows,
        "note": "",
    }
    return [
        {"fills": area_layer.class_fills(values, lower, shown, theme), "legend": legend}
        for values, shown in zip(both, states)
    ]


def _per_step(answer: Answer, view: View, column: str) -> Any:
    """Incidents a whole step by area; per 1,000 residents where that is the measure."""
    values = answer.table[column].to_numpy(float)
    if view.measure != measures.RATE:
        return values
    people = answer.table["population"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(people > 0, 1000 * values / people, np.nan)


def _heat(found: Pair, answer: Answer, theme: Theme, asked: MapChoices) -> list[Picture]:
    """Both surfaces, each as its own picture, in the same colors."""
    over = views.outline(found[0])
    if over is None:
        return [heat_layer.heat_patch(found[0], answer, theme, asked)] * 2
    whole, _ = heat_surface.visible_window(over, asked.bandwidth)
    both = [map_layers.heat(v, whole, asked.bandwidth) for v in found]
    top = asked.scale or density.nice_top(*both)
    return [heat_layer.heat_patch(v, answer, theme, asked._replace(scale=top)) for v in found]


def _hexes(found: Pair, answer: Answer, theme: Theme, asked: MapChoices) -> list[Picture]:
    """Densities in both periods: counts of periods of different length tell nothing."""
    asked = asked._replace(hexagons="density")
    lower = hexagon_layer.density_limits(found)
    return [hexagon_layer.hexagon_patch(v, answer, theme, asked, lower) for v in found]


def _area_change(found: Pair, answer: Answer, theme: Theme, asked: MapChoices) -> Picture:
    """The areas that changed beyond chance and season."""
    return change_layer.change_fills(found[0], answer, theme, asked)


def _season(answer: Answer) -> str:
    """The legend's addition where the periods lie in other seasons; else empty."""
    told = answer.comparison
    if told is None or told.season is Season.SAME:
        return ""
    return " The periods are in different seasons, so it may be the season"


def _heat_change(found: Pair, answer: Answer, theme: Theme, asked: MapChoices) -> Picture:
    """The difference of both surfaces where it stands after false-discovery control."""
    over = views.outline(found[0])
    if over is None or answer.headline["n"] <= answer.headline["no_point"]:
        return {}
    whole, _ = heat_surface.visible_window(over, asked.bandwidth)
    grid, every = heat_surface.visible_window(over, asked.bandwidth, asked.seen)
    of_all, of_grid = (map_layers.difference(found, g, asked.bandwidth) for g in (whole, grid))
    top = asked.scale or density.nice_top(np.abs(of_all.change))
    crisp = map_layers.window(found[0], grid, asked.bandwidth).crisp
    url = raster.diverging(of_grid.change, of_grid.sure, top, theme, crisp)
    share = 100 * float(of_all.sure.sum()) / max(int(np.isfinite(of_all.change).sum()), 1)
    drawn = (
        f"Drawn only where the change is beyond chance (false discoveries at most 5%): "
        f"{share:.0f}% of the place. Elsewhere it may be chance."
        if of_all.sure.any()
        else "Nowhere is the change beyond chance (false discoveries at most 5%)."
    )
    note = (
        f"{period(found[0].start, found[0].end)}, compared with {period(found[1].start, found[1].end)}. "
        f"{drawn} Bandwidth {asked.bandwidth} m.{_season(answer)}"
    )
    if not of_all.sure.any():
        least = of_all.smallest
        rise = power.smallest(lambda factor: float(factor >= least)) if least == least else None
        reach = difference.REACH * asked.bandwidth
        note += ". " + power.words_of(rise, f"within {reach:,.0f} m of a typical spot").rstrip(".")
    ends = [f"{heat_layer.short(top)} fewer", "0", f"{heat_layer.short(top)} more"]
    ramp: ColorRamp = {"colors": [*palette.diverging(theme)], "ticks": ends}
    return {
        "heat": {"url": url, "bounds": grid.bounds},
        "legend": {"title": "Change, incidents per km² per week", "ramp": ramp, "note": note},
        "asks": None if every else heat_layer.asks(grid.bounds, asked.seen),
    }


BOTH: dict[str, Callable[[Pair, Answer, Theme, MapChoices], list[Picture]]] = {
    "areas": _areas,
    "heat": _heat,
    "hexagons": _hexes,
}
DIFFERENCES: dict[str, Callable[[Pair, Answer, Theme, MapChoices], Picture]] = {
    "areas": _area_change,
    "heat": _heat_change,
}
