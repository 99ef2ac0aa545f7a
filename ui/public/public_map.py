"""The public map: released numbers by area, and one look for all that is not shown."""

import numpy as np
import streamlit as st

from data.published import release_words
from data.published.released_cells import period_words
from geo import classes
from ui.frame import look
from ui.map import area_layer, area_states, leaflet
from ui.map.area_layer import COUNT
from ui.map.area_states import State
from ui.map.patch import Patch, Picture, area_patch, class_rows
from ui.parts import palette
from ui.parts.palette import Theme
from ui.public import public_cached
from ui.public.public_frame import Shown


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
    values = np.asarray(rows["n"].astype("float64"), np.float64)
    upper = classes.limits(values[asked])
    states = np.full(len(values), State.COUNTED, object)
    states[np.isnan(values)] = State.HIDDEN
    states[~asked] = State.NOT_CHOSEN
    shown = area_states.with_zeros(states, values)
    texts = area_layer.class_texts(upper, values[asked], COUNT)
    legend = class_rows(palette.classes(theme, len(upper)), texts)
    legend += area_states.legend(shown, theme)
    what = found.choice.source.capitalize()
    note = (
        f"{found.choice.kind}, {period_words(found.choice.period)}" if found.choice.period else ""
    )
    return {
        "fills": area_layer.class_fills(values, upper, shown, theme),
        "legend": {"title": what, "rows": legend, "note": note},
    }
