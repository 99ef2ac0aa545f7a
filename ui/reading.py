"""What the Records page shows: outside text in text widgets only."""

import json

import pandas as pd
import streamlit as st

from data import forbidden, words
from data.record import COLUMNS
from data.view import View
from ui import cached, headline

LIMIT = 200
FIRST = [
    "local_date",
    "hour",
    "kind",
    "area",
    "place_precision",
    "force",
    "response",
    "grade",
    "incident_id",
]
LABELS = {
    "local_date": "Date",
    "hour": "Hour",
    "kind": "Kind",
    "area": "Area",
    "place_precision": "Place known to",
    "force": "Force",
    "response": "Police response",
    "grade": "Grade",
    "incident_id": "Id",
}


def title(view: View) -> str:
    """What the page lists."""
    return f"The newest records of this View: {headline.noun(view)}"


def newest(view: View, search: str, personal: list[str]) -> pd.DataFrame:
    """The newest records, with what the source tells beside the record's own columns."""
    frame = cached.newest(view, LIMIT, search)
    told = [_attributes(text, personal) for text in frame.pop("attributes")]
    return frame.assign(other=told)


def _attributes(text: object, personal: list[str]) -> str:
    """The source's other columns; those on persons only where asked for by name."""
    held = json.loads(text) if isinstance(text, str) else {}
    return "; ".join(
        f"{key}: {value}"
        for key, value in held.items()
        if key in personal or not forbidden.is_personal(key)
    )


def personal_columns(view: View) -> list[str]:
    """The columns on persons that this View's sources have."""
    return [c for c in cached.attribute_names(view) if forbidden.is_personal(c)]


def said(view: View, frame: pd.DataFrame, search: str) -> str:
    """How many of how many are listed."""
    every = cached.headline(view)["n"]
    which = f" that hold “{search}”" if search.strip() else ""
    return f"Showing the newest {len(frame):,}{which} of {every:,} records."


def table(frame: pd.DataFrame) -> int | None:
    """The list; what comes back is the row that the reader picked."""
    shown = frame[[c for c in FIRST if c in frame]].rename(columns=LABELS)
    for column in ("Kind", "Place known to", "Police response", "Grade"):
        shown[column] = shown[column].fillna("").map(words.spoken)
    shown["Force"] = [
        ", ".join(map(words.spoken, v)) if v is not None else "" for v in frame["force"]
    ]
    found = st.dataframe(
        shown, hide_index=True, height=380, key="records", on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    rows = found["selection"]["rows"]
    return int(rows[0]) if rows and rows[0] < len(frame) else None


def one(frame: pd.DataFrame, row: int | None) -> None:
    """Everything about one record, as text."""
    if row is None:
        st.text("Pick a row to read everything that is known of it.")
        return
    record = frame.iloc[row]
    meanings = {column.name: column.meaning for column in COLUMNS}
    with st.container(border=True, key="record"):
        for name in frame.columns:
            value = record[name]
            if isinstance(value, list) or (hasattr(value, "tolist") and hasattr(value, "__len__")):
                value = ", ".join(map(str, value))
            if value is None or value == "" or (isinstance(value, float) and pd.isna(value)):
                continue
            if value is pd.NaT:
                continue
            label = "other columns of the source" if name == "other" else words.spoken(name)
            st.text(f"{label}: {value}", help=meanings.get(name))
