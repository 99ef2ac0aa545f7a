"""The public map: released numbers by area, and one look for all that is not shown."""

from typing import Any

import numpy as np
import streamlit as st

from data.published import release_words
from data.published.released_cells import period_words
from geo import classes
from ui import palette
from ui.frame import look
from ui.map import leaflet
from ui.map.patch import Patch, Picture, area_patch, class_rows
from ui.palette import Theme
from ui.parts import area_states
from ui.parts.area_states import State
from ui.public import public_cached
from ui.public.public_frame import Shown

HIDDEN = "nodata"  # the hatch


@st.fragment
def show_public_map(found: Shown, key: str) -> None:
    """The map of what was asked for."""
    place = found.release.manifest["place"]["name"]
    _, bounds = public_cached.shapes(found.release.folder)
    leaflet.draw(
        key, f"Map of {place}: {release_words.spell_choice(found.choice)}", bounds, patch(found)
    )


def patch(found: Shown) -> Patch:
    """Everything that the map shows."""
    theme = look.theme()
    body, _ = public_cached.shapes(found.release.folder)
    # joined names are long: written only where there is room
    areas = area_patch(theme, found.release.id, released_tips(found), order=[], edge=theme.quiet)
    return {**areas, "geojson": body, **fills(found, theme)}


def released_tips(found: Shown) -> list[list[str]]:
    """The lines of the tooltip of each area."""
    noun = "records" if found.choice.exact else "reports, rounded"
    told = []
    for row in found.rows.itertuples():
        if not row.asked:
            told.append([area_states.LOOKS[State.NOT_CHOSEN].text])
        elif not isinstance(row.n, int | np.integer):
            told.append([release_words.HIDDEN])
        else:
            told.append([f"{row.n:,} {noun}", period_words(found.choice.period)])
    return told


def fills(found: Shown, theme: Theme) -> Picture:
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
            drawn.append(area_states.fill(State.NOT_CHOSEN, theme))
        elif np.isnan(value):
            drawn.append(HIDDEN)
        else:
            drawn.append(colors[c] if c >= 0 else theme.paper)
    legend = class_rows(colors, ranges(upper, values[asked]))
    if (values[asked] == 0).any():
        legend += area_states.legend([State.ZERO], theme)
    if np.isnan(values[asked]).any():
        legend.append({"hatch": HIDDEN, "text": release_words.HIDDEN})
    if not asked.all():
        legend += area_states.legend([State.NOT_CHOSEN], theme)
    what = found.choice.source.capitalize()
    note = (
        f"{found.choice.kind}, {period_words(found.choice.period)}" if found.choice.period else ""
    )
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
