"""Charts and maps: what is drawn is told from the paper, by its own color or by its edge."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import palette
from data.palette import Theme, contrast
from ui.parts import charts

THEMES = pytest.mark.parametrize("theme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])


def blend(one: str, two: str, part: float) -> str:
    """`part` of a color over another."""
    pairs = [(int(one[i : i + 2], 16), int(two[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(part * a + (1 - part) * b):02x}" for a, b in pairs)


def on_ramp(theme: Theme, at: float) -> str:
    """The color of the ramp at 0 to 1, as Vega mixes it."""
    step = at * (len(theme.ramp) - 1)
    low = min(int(step), len(theme.ramp) - 2)
    return blend(theme.ramp[low + 1], theme.ramp[low], step - low)


def layers(chart: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chart.to_dict()["layer"]
    return found


@THEMES
def test_every_cell_of_a_heat_matrix_is_seen(theme: Theme) -> None:
    frame = pd.DataFrame(
        [(day, hour, day + hour, 52, (day + hour) / 52) for day in range(7) for hour in range(24)],
        columns=["weekday", "hour", "n", "of", "mean"],
    )
    empty, full = layers(charts.hour_matrix(frame, theme))
    assert contrast(empty["mark"]["stroke"], theme.paper) >= 3
    stroke, top = full["encoding"]["stroke"], float(frame["mean"].max())
    column, below = stroke["condition"]["test"].removeprefix("datum.").split(" < ")
    assert column == "mean"
    pale = 0
    for at in np.linspace(0, 1, 201):
        edge = stroke["condition"]["value"] if at * top < float(below) else stroke["value"]
        fill = on_ramp(theme, at)
        assert max(contrast(fill, theme.paper), contrast(edge, theme.paper)) >= 3, at
        pale += contrast(fill, theme.paper) < 3
    assert pale > 40  # else nothing is tested


@THEMES
def test_every_line_of_a_kind_and_every_grey_is_seen(theme: Theme) -> None:
    kinds = palette.DARK_KIND_COLORS if theme.dark else palette.KIND_COLORS
    for color in (*kinds, palette.REST, theme.quiet, theme.accent, theme.pale_edge):
        assert contrast(color, theme.paper) >= 3, color
    assert len(set(kinds)) == 7
    bars = blend(theme.accent, theme.paper, 0.75)  # of A in small multiples
    assert contrast(bars, theme.paper) >= 3


@THEMES
def test_the_edges_of_pale_areas_are_seen(theme: Theme) -> None:
    for fill in (theme.paper, *theme.ramp, *palette.diverging(theme)):
        edge = palette.pale_edges(theme).get(fill, theme.edge)
        assert max(contrast(fill, theme.paper), contrast(edge, theme.paper)) >= 3, fill
