"""The change of each area against the compared period, where chance does not explain it."""

import numpy as np

from data import palette
from data.numbers import area_states
from data.numbers.area_states import State
from data.palette import Theme
from data.views.answers import Answer
from data.views.view import View
from geo.forest import Finding
from ui.map.area_layer import approximate
from ui.map.choices import MapChoices
from ui.map.patch import Legend, MapLegendRow, Picture

_TWICE = 2.0
# what may be told of a ratio, in words and by hatch; of higher and lower by color
_UNTOLD = {
    Finding.UNCLEAR: ("chance", "not clear: may be chance"),
    Finding.SEASON: ("chance", "may be the season"),
    Finding.FEW: ("few", "too few to judge"),
    Finding.NONE: ("few", "too few to judge"),
}


def change_fills(view: View, answer: Answer, theme: Theme, asked: MapChoices) -> Picture:  # noqa: ARG001
    """Each area in the color of its change; hatched where none can be told, and why."""
    table = answer.table
    # a change is a ratio of counts: residents have no part in it
    shown = area_states.of_areas(table, False, answer.covered, answer.placed)
    if answer.comparison is None:
        rows: list[MapLegendRow] = [{"hatch": "nodata", "text": answer.why or "no comparison"}]
        nothing: Legend = {"title": "Change", "rows": rows}
        return {"fills": ["nodata"] * len(table), "legend": nothing, "edge": theme.quiet}
    less2, less, _, more, more2 = palette.diverging(theme)
    colors = {
        "at least twice as many": more2,
        "more": more,
        "fewer": less,
        "at most half as many": less2,
    }
    texts = [
        _class(Finding(change), ratio) for change, ratio in zip(table["change"], table["ratio"])
    ]
    hatches = {text: hatch for hatch, text in _UNTOLD.values()}
    fills = [
        (colors | hatches)[text] if state is State.COUNTED else area_states.fill(state, theme)
        for text, state in zip(texts, shown)
    ]
    seen = {text for text, state in zip(texts, shown) if state is State.COUNTED}
    rows = [{"color": color, "text": text} for text, color in colors.items() if text in seen]
    rows += [{"hatch": hatch, "text": text} for text, hatch in hatches.items() if text in seen]
    legend: Legend = {
        "title": "Change from the compared period",
        "rows": rows + area_states.state_legend(shown, theme),
        "note": f"{answer.comparison.period}, compared with {answer.comparison.period_before}, whole "
        f"{answer.step_name}s{approximate(view)}. Judged together: of the areas colored about 1 in "
        "20 is chance",
    }
    clear = table["change"].isin((Finding.HIGHER, Finding.LOWER))
    away = np.abs(np.log(table["ratio"].where(clear))).sort_values(ascending=False)
    order = away.dropna().index[:400].tolist()
    return {"fills": fills, "legend": legend, "edge": theme.quiet, "order": order}


def _class(finding: Finding, ratio: float) -> str:
    """The legend's text for a finding on a ratio."""
    if finding is Finding.HIGHER:
        return "at least twice as many" if ratio >= _TWICE else "more"
    if finding is Finding.LOWER:
        return "at most half as many" if ratio <= 1 / _TWICE else "fewer"
    return _UNTOLD[finding][1]
