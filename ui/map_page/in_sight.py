"""The incidents in sight, as text beside the map."""

import streamlit as st

from data.maps import incidents
from data.views.view import View
from geo.mercator import Grid
from ui.cached import map_layers, views
from ui.map.choices import MapChoices
from ui.map.patch import Events, Patch
from ui.parts import record_list


def show_in_sight(view: View, asked: MapChoices, told: Patch, said: Events) -> None:
    """A list of the incidents in sight where they are few, and one of them to read."""
    drawn = told["incidents"]
    if drawn is None:
        return
    if not drawn["single"] or asked.seen is None:
        st.text(f"Zoom in to see single records (fewer than {incidents.FEW} in view).")
        return
    spot = _spot(said, drawn["level"])
    grid = spot or incidents.sight(asked.seen, view, views.current(view.stamp))
    rows = record_list.spoken(map_layers.records_in_sight(view, grid), view, [])
    every, where = map_layers.located(view, grid), "at this place" if spot else "in sight"
    listed = f"the newest {len(rows):,} listed" if len(rows) < every else "newest first"
    st.text(f"{every:,} {where}, {listed}.")
    picked = record_list.record_table(rows, "sights")
    record_list.one(rows, 0 if spot and len(rows) == 1 else picked)


def _spot(said: Events, level: int) -> Grid | None:
    """The cell that the reader has clicked on, if it is one of those drawn now."""
    try:
        x, y, shift = (int(v) for v in said["spot"])
    except (KeyError, TypeError, ValueError):
        return None
    return Grid(level, x, y, 1, 1) if shift == level else None
