"""The public map: released numbers by area, and one look for all that is not shown."""

from typing import Any

import numpy as np
import streamlit as st

from data import public_words as says
from data.public_cells import spoken
from geo import classes
from ui import area_state, look, maps, palette, public_cached
from ui.area_state import State
from ui.palette import Theme
from ui.public import Shown

NOTHING = ("fills", "heat", "hexes", "incidents", "versus", "frames", "asks", "base", "cover",
           "blend", "water", "shape")  # fmt: skip
HIDDEN = "nodata"  # the hatch


@st.fragment
def show(found: Shown, key: str) -> None:
    """The map of what was asked for."""
    place = found.release.manifest["place"]["name"]
    _, bounds = public_cached.shapes(found.release.folder)
    maps.show(key, f"Map of {place}: {says.asked(found.choice)}", bounds, patch(found))


def patch(found: Shown) -> dict[str, Any]:
    """Everything that the map shows."""
    theme = look.theme()
    body, _ = public_cached.shapes(found.release.folder)
    return dict.fromkeys(NOTHING) | {
        "shapes": found.release.id,
        "geojson": body,
        "dark": theme.dark,
        "ink": theme.ink,
        "paper": theme.paper,
        "accent": theme.accent,
        "edge": theme.quiet,
        "named": True,
        "opens": False,
        "draws": False,
        "tips": tips(found),
        "order": [],  # joined names are long: written only where there is room
        **fills(found, theme),
    }


def tips(found: Shown) -> list[list[str]]:
    """What hovering tells, an area each."""
    noun = "records" if found.choice.exact else "reports, rounded"
    told = []
    for row in found.rows.itertuples():
        if not row.asked:
            told.append([area_state.LOOKS[State.NOT_CHOSEN].text])
        elif not isinstance(row.n, int | np.integer):
            told.append([says.HIDDEN])
        else:
            told.append([f"{row.n:,} {noun}", spoken(found.choice.period)])
    return told


def fills(found: Shown, theme: Theme) -> dict[str, Any]:
    """Each area in the color of its class; hatched where it has no number."""
    rows = found.rows
    asked = rows["asked"].to_numpy(bool)
    values = rows["n"].astype("float64").to_numpy(float)
    upper = classes.limits(values[asked])
    colors = palette.classes(theme, len(upper))
    chosen = classes.assign(np.where(np.isnan(values), 0, values), upper)
    drawn: list[str] = []
    for value, c, wanted in zip(values, chosen, asked):
        if not wanted:
            drawn.append(area_state.fill(State.NOT_CHOSEN, theme))
        elif np.isnan(value):
            drawn.append(HIDDEN)
        else:
            drawn.append(colors[c] if c >= 0 else theme.paper)
    legend: list[dict[str, Any]] = [
        {"color": color, "text": text} for color, text in zip(colors, ranges(upper, values[asked]))
    ][::-1]
    if (values[asked] == 0).any():
        legend += area_state.legend([State.ZERO], theme)
    if np.isnan(values[asked]).any():
        legend.append({"hatch": HIDDEN, "text": says.HIDDEN})
    if not asked.all():
        legend += area_state.legend([State.NOT_CHOSEN], theme)
    what = found.choice.source.capitalize()
    note = f"{found.choice.kind}, {spoken(found.choice.period)}" if found.choice.period else ""
    return {"fills": drawn, "legend": {"title": what, "rows": legend, "note": note}}


def ranges(upper: list[float], values: Any) -> list[str]:
    """The lowest and highest number of each class."""
    texts, lowest = [], 0.0
    for limit in upper:
        held = values[(values > lowest) & (values <= limit)]
        first, last = (held.min(), held.max()) if len(held) else (limit, limit)
        texts.append(f"{first:,.0f}" if first == last else f"{first:,.0f} to {last:,.0f}")
        lowest = limit
    return texts
