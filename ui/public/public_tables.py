"""Public tables on the screen and as CSV, with the page's notes inside each file."""

import re
from html import escape

import pandas as pd
import streamlit as st

from data import words
from data.files import spreadsheet
from data.published import release_words
from data.published.released_cells import Choice
from ui.frame import download_buttons
from ui.public import public_frame
from ui.public.public_frame import Shown

_MOST_RANKS = 12
MEANINGS = {
    "name": "The area.",
    "area": "The area's number in areas.geojson.",
    "n": "How many; empty where none is shown.",
    "residents": "Residents of the area, where known.",
    "period": "The month, quarter, week or year.",
    "kind": "What happened.",
    "band": "The hours of the day.",
    "weekday": "The day of the week.",
}


def take(found: Shown, frame: pd.DataFrame, path: str, key: str, label: str = "") -> None:
    """Buttons for a table: as CSV, and with its notes and a dictionary."""
    download_buttons.table_buttons(
        name(found) + f"-{key.replace('_', '-')}",
        spreadsheet.of_frame(frame),
        about(found, frame, path),
        MEANINGS,
        f"take_{key}",
        label or f"This table as CSV, {len(frame):,} rows",
    )


def about(found: Shown, frame: pd.DataFrame, path: str) -> list[str]:
    """The notes inside a file: the same as those of its page."""
    choice = found.choice
    made = release_words.sample_warning(found.release, choice.source)
    return [
        release_words.subject(choice) if "kind" not in frame else choice.source,
        *([made] if made else []),
        release_words.what(path, choice),
        release_words.cells_sentence(frame, "rows", choice),
        *public_frame.notes(found, (path,)),
        f"Link: {public_frame.link(found)}",
    ]


def name(found: Shown) -> str:
    """A file name that says place, source and release."""
    text = f"{found.release.manifest['place']['name']} {found.choice.source} {found.release.id}"
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def label(choice: Choice) -> str:
    """The name of what a number counts."""
    return "Records" if choice.exact else "Reports"


def ranked(found: Shown) -> pd.DataFrame:
    """The areas asked for, highest first, those without a number last: name, n, residents."""
    rows = found.asked.sort_values("n", ascending=False, kind="stable", na_position="last")
    return rows[["name", "n", "residents"]].reset_index(drop=True)


def show_ranks(found: Shown) -> None:
    """The areas with a number, highest first, each with a bar; and how many have none."""
    some = found.asked[found.asked["n"].notna()].sort_values("n", ascending=False, kind="stable")
    if some.empty:
        return
    counts, names = some["n"].astype(int).tolist(), some["name"].tolist()
    top = max(counts[0], 1)
    lines = [
        f'<li><div data-area="{row}"><span class="name">{escape(words.spell_area(name))}</span>'
        f'<span class="bar"><i style="width:{100 * n / top:.0f}%"></i></span>'
        f'<span class="value">{n:,}</span></div></li>'
        for row, name, n in list(zip(some.index, names, counts))[:_MOST_RANKS]
    ]
    shown = f"{len(lines):,} of {len(found.asked):,} areas"
    st.html(
        f'<div class="porch-ranks"><div class="head"><span>{shown}</span>'
        f"<span>{label(found.choice).lower()}</span></div><ol>{''.join(lines)}</ol></div>"
    )


def _with_plain_names(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(name=frame["name"].map(words.spell_area)) if "name" in frame else frame


def show_area_table(frame: pd.DataFrame, choice: Choice, height: int, key: str) -> None:
    """A table of areas; what is not shown says so."""
    rounded = "Exact." if choice.exact else "Rounded up or down at random; the true number is near."
    st.dataframe(
        _with_plain_names(frame),
        hide_index=True,
        height=height,
        key=key,
        row_height=30,
        placeholder="not shown",
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
    )
