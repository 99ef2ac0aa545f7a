"""The public map: released numbers by area, and one look for all that is not shown."""

import numpy as np
import streamlit as st

from data import palette
from data.palette import Theme
from data.published import number_classes, release_words, released, released_cells
from data.published.period_names import period_words
from ui.frame import look
from ui.map import leaflet
from ui.map.patch import Patch, Picture, area_patch
from ui.parts import area_states
from ui.parts.area_states import LegendRow, State
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
    """Each area in the color of its class in the whole table; hatched where it has no number."""
    rows, choice = found.rows, found.choice
    asked = rows["asked"].to_numpy(bool)
    values = rows["n"].astype("float64").to_numpy(float)
    grid = released_cells.grid_of(found.kept.sorts, choice.source, choice.by, choice.kind)
    breaks = grid.breaks if grid else ()
    colors = dict(zip(number_classes.LOOKS, palette.five_classes(theme)))
    colors |= {number_classes.ZERO: theme.paper, number_classes.HIDDEN: HIDDEN}
    drawn = [
        colors[number_classes.look_of(value, breaks)]
        if wanted
        else area_states.fill(State.NOT_CHOSEN, theme)
        for value, wanted in zip(values.tolist(), asked)
    ]
    step = 1 if choice.exact else released.rule(found.release.manifest, "base")
    ranges = number_classes.class_ranges(grid.n, breaks, step) if grid else []
    legend: list[LegendRow] = [
        {"color": colors[name], "text": f"{low:,}" if low == top else f"{low:,} to {top:,}"}
        for name, low, top in reversed(ranges)
    ]
    if np.isnan(values[asked]).any():
        legend.append({"hatch": HIDDEN, "text": release_words.HIDDEN})
    if not asked.all():
        legend += area_states.legend([State.NOT_CHOSEN], theme)
    what = choice.source.capitalize()
    note = f"{choice.kind}, {period_words(choice.period)}" if choice.period else ""
    return {"fills": drawn, "legend": {"title": what, "rows": legend, "note": note}}
