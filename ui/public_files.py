"""Public tables on the screen and as CSV, with the page's notes inside each file."""

import re

import pandas as pd
import streamlit as st

from data import public_words as says
from data.public_cells import Choice
from ui import public
from ui.public import Shown

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def csv(frame: pd.DataFrame, notes: list[str]) -> bytes:
    """A CSV in UTF-8: the notes on top after #, an empty number where none is shown."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            texts = safe[column].astype(str)
            safe[column] = texts.where(~texts.str.startswith(FORMULA), "'" + texts)
    head = "".join(f"# {' '.join(note.split())}\n" for note in notes)
    return (head + safe.to_csv(index=False, lineterminator="\n")).encode()


def take(found: Shown, frame: pd.DataFrame, path: str, key: str, label: str = "") -> None:
    """A button for a table as CSV."""
    notes = about(found, frame, path)
    st.download_button(
        label or f"This table as CSV, {len(frame):,} rows",
        data=lambda: csv(frame, notes),
        file_name=f"{name(found)}-{key.replace('_', '-')}.csv",
        mime="text/csv",
        key=f"take_{key}",
        on_click="ignore",
    )


def about(found: Shown, frame: pd.DataFrame, path: str) -> list[str]:
    """What a file says of itself: the same notes as its page."""
    choice = found.choice
    made = says.made(found.release, choice.source)
    return [
        says.subject(choice) if "kind" not in frame else choice.source,
        *([made] if made else []),
        says.what(path, choice),
        says.counted(frame, "rows", choice),
        *public.notes(found, (path,)),
        f"Link: {public.link(found)}",
    ]


def name(found: Shown) -> str:
    """A file name that says place, source and release."""
    text = f"{found.release.manifest['place']['name']} {found.choice.source} {found.release.id}"
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def label(choice: Choice) -> str:
    """What a number counts."""
    return "Records" if choice.exact else "Reports"


def ranked(found: Shown) -> pd.DataFrame:
    """The areas asked for, highest first, those without a number last: name, n, residents."""
    rows = found.asked.sort_values("n", ascending=False, kind="stable", na_position="last")
    return rows[["name", "n", "residents"]].reset_index(drop=True)


def table(frame: pd.DataFrame, choice: Choice, height: int, key: str) -> None:
    """A table of areas; what is not shown says so."""
    rounded = "Exact." if choice.exact else "Rounded at random; the true number lies near."
    st.dataframe(
        frame, hide_index=True, height=height, key=key, row_height=30, placeholder="not shown",
        column_config={
            "name": st.column_config.TextColumn("Area", width="medium"),
            "n": st.column_config.NumberColumn(
                label(choice), format="localized", help=rounded, width=100
            ),
            "residents": st.column_config.NumberColumn("Residents", format="localized"),
            "period": st.column_config.TextColumn("Period"),
            "kind": st.column_config.TextColumn("Kind"),
            "band": st.column_config.TextColumn("Hours"),
        },
    )  # fmt: skip
