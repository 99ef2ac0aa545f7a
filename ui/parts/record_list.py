"""The Records page: outside text in text widgets only."""

from typing import Any

import pandas as pd
import streamlit as st

from data import personal_columns, words
from data.record import COLUMNS
from data.views import whole_records
from data.views.view import View
from ui.cached import views
from ui.parts import headline, tables

LIMIT = 200
_LABELS = {
    "local_date": "Date",
    "time": "Time",
    "kind": "Kind",
    "area": "Area",
    "city": "City",
    "place_precision": "Location precision",
    "force": "Force",
    "harm": "Harm",
    "response": "Police response",
    "grade": "Grade",
    "other": "More from the source",
    "incident_id": "Id",
}


def list_title(view: View) -> str:
    """The title of the page of records."""
    return f"Newest {headline.noun(view)}"


def newest(view: View, search: str, personal: list[str]) -> pd.DataFrame:
    """The newest records, with what the source tells beside the record's own columns."""
    return spoken(views.newest(view, LIMIT, search), view, personal)


def spoken(found: pd.DataFrame, view: View, personal: list[str]) -> pd.DataFrame:
    """Records with the local time and the source's other columns as readers see them."""
    frame = found.copy()
    held = [whole_records.other_columns(text, personal) for text in frame.pop("attributes")]
    other = ["; ".join(f"{key}: {value}" for key, value in told.items()) for told in held]
    zone = views.meta(view.stamp)["place"]["zone"]
    local = frame["occurred_at"].dt.tz_convert(zone)
    pairs = list(zip(local, frame["time_precision"], strict=True))
    times = [CLOCK.get(known, "").format(when) for when, known in pairs]
    # the first moment of a day or month is not when it happened
    moments = [str(when) if known in CLOCK else "" for when, known in pairs]
    for name in ("received_at", "on_scene_until"):
        frame[name] = frame[name].dt.tz_convert(zone)
    days = zip(frame["local_date"], frame["time_precision"], strict=True)
    dates = [f"{day:%B %Y}" if known == "month" else f"{day:%Y-%m-%d}" for day, known in days]
    return frame.assign(other=other, time=times, occurred_at=moments, local_date=dates)


# time precision -> the part of the clock that the source knows
CLOCK = {"exact": "{:%H:%M}", "hour": "about {:%H}:00"}


def hidden_columns(view: View) -> list[str]:
    """The columns on persons that this View's sources have."""
    return [c for c in views.attribute_names(view) if personal_columns.is_personal(c)]


def list_sentence(view: View, frame: pd.DataFrame, search: str) -> str:
    """A sentence on how many of how many records are listed."""
    every = views.headline(view)["n"]
    if not search.strip():
        return f"The newest {len(frame):,} of {words.counted(every, 'record')}."
    found = int(frame["matches"].iloc[0]) if len(frame) else 0
    if not found:
        return f"None of {every:,} records contains “{search.strip()}”."
    newest = f"the newest {len(frame):,} of " if found > len(frame) else ""
    return f"Shown: {newest}{found:,} that contain “{search.strip()}”, of {every:,} records."


def record_table(frame: pd.DataFrame, key: str = "records") -> int | None:
    """The list; what comes back is the row that the reader picked."""
    if frame.empty:
        return None
    shown = tables.with_plain_areas(frame[[c for c in _LABELS if c in frame]].copy())
    for column in shown.columns.intersection(list(words.TABLES)):
        shown[column] = [_spoken(column, value) for value in shown[column]]
    shown = shown.where(shown.notna(), "")
    shown = shown.loc[:, (shown != "").any()]  # a column that says nothing takes no place
    found = st.dataframe(
        shown.rename(columns=_LABELS),
        hide_index=True,
        height=380,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
    )
    rows = found["selection"]["rows"]
    return int(rows[0]) if rows and rows[0] < len(frame) else None


def _spoken(column: str, value: Any) -> str:
    """A word or a set of words of a column, as readers see them; empty where there is none."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, str):
        return words.label(column, value)
    return ", ".join(words.label(column, code) for code in value)


def one(frame: pd.DataFrame, row: int | None) -> None:
    """Everything about one record, as text."""
    if row is None:
        if len(frame):
            st.text("Pick a row to read everything known about it.")
        return
    record = tables.with_plain_areas(frame).iloc[row]
    meanings = {column.name: column.meaning for column in COLUMNS}
    with st.container(border=True, key="record"):
        for name in frame.columns.drop("matches", errors="ignore"):
            value = record[name]
            told = _spoken(name, value) if name in words.TABLES else _plain(value)
            label = _LABELS.get(name, words.spoken(name))
            if told:
                st.text(f"{label}: {told}", help=meanings.get(name))


def _plain(value: Any) -> str:
    """A value as text; empty where there is none."""
    if hasattr(value, "__len__") and not isinstance(value, str):
        return ", ".join(map(str, value))
    return "" if pd.isna(value) else str(value)
