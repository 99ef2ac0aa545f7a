"""The lists of the page of episodes: groups, their records, and proposed duplicates."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data import words
from data.patterns.episodes import PAIR_HOURS, PAIR_METRES, Episodes
from data.views.view import View
from ui.cached import views
from ui.parts import tables

MOST_LISTED = 300  # groups on the map and in the list: the largest
_RECORD_COLUMNS: tables.Columns = {
    "when": ("When", "", "Local time."),
    "kind": ("Kind", "", "What happened."),
    "area": ("Area", "", "Where."),
    "grade": ("Grade", "", "How far it has been checked."),
    "incident_id": ("Id", "", "Use it to find the record on the page “Records”."),
    "other": ("The other's id", "", "Use it to find the record on the page “Records”."),
    "metres": ("Meters", "%.0f", "How far apart."),
    "minutes": ("Minutes", "%.0f", "How long apart."),
    "sender": ("Sender", "", "Whether the same person or group sent both, where that is known."),
}


def pick_episode(rows: pd.DataFrame, known: tables.Columns, height: int) -> int | None:
    """Show the list beside the map; return the row that the reader picked."""
    if len(rows) > MOST_LISTED:
        st.text(
            f"The largest {MOST_LISTED} of {len(rows):,} groups. All of them are in the file below."
        )
    event = st.dataframe(
        tables.with_plain_areas(rows.head(MOST_LISTED)),
        hide_index=True,
        height=height,
        row_height=30,
        key="episodes",
        column_config=tables.columns(
            rows.columns, tables.fitting_widths(rows.columns, known), known
        ),
        placeholder="",
        on_select="rerun",
        selection_mode="single-row",
    )
    chosen = event["selection"]["rows"]
    return int(chosen[0]) if chosen and chosen[0] < len(rows) else None


def show_records(view: View, found: Episodes, row: int | None) -> None:
    """Show the records of the episode that the reader picked, as text."""
    if row is None:
        st.text("Pick a group in the list to read its records.")
        return
    episode = found.table["episode"].iloc[row]
    _show(_described(view, found.records[found.records["episode"] == episode]), "episode_records")


def show_duplicates(view: View, found: Episodes) -> None:
    """Show pairs of records that may be one, the nearest first."""
    st.header("Possible duplicates", anchor=False)
    if found.pairs.empty:
        st.text(
            f"No two records of one kind are within {PAIR_METRES:.0f} m and {PAIR_HOURS:.0f} hour of "
            "each other."
        )
        return
    st.text(
        f"{len(found.pairs):,} of {found.found_pairs:,} pairs of records of one kind within "
        f"{PAIR_METRES:.0f} m and {PAIR_HOURS:.0f} hour, the nearest first. Read them to tell "
        "whether they are one event; nothing is merged here."
    )
    first, second = (found.records.iloc[found.pairs[c].to_numpy()] for c in ("first", "second"))
    origin = first["origin"].to_numpy(object), second["origin"].to_numpy(object)
    known = pd.notna(origin[0]) & pd.notna(origin[1])
    same = np.where(known, np.where(origin[0] == origin[1], "same", "another"), "not known")
    rows = _described(view, first).assign(
        other=second["incident_id"].to_numpy(object),
        metres=found.pairs["metres"].round().to_numpy(),
        minutes=(found.pairs["apart"] * 60).round().to_numpy(),
        sender=same,
    )
    _show(rows, "duplicates", height=260)


def _described(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of records that readers see."""
    zone = views.meta(view.stamp)["place"]["zone"]
    local = rows["occurred_at"].dt.tz_convert(zone)
    return pd.DataFrame(
        {
            "when": local.dt.strftime("%Y-%m-%d %H:%M").to_numpy(),
            "kind": [words.spoken(k) for k in rows["kind"]],
            "area": rows["area"].to_numpy(object),
            "grade": [words.spoken(g) for g in rows["grade"]],
            "incident_id": rows["incident_id"].to_numpy(object),
        }
    )


def _show(rows: pd.DataFrame, key: str, **how: Any) -> None:
    """Show records as a table of texts."""
    known = tables.columns(_RECORD_COLUMNS, None, _RECORD_COLUMNS)
    st.dataframe(
        tables.with_plain_areas(rows),
        hide_index=True,
        placeholder="",
        key=key,
        column_config=known,
        **how,
    )
