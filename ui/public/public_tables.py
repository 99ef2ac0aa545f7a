"""Public tables on the screen and as CSV, with the page's notes inside each file."""

import re
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data import words
from data.files import spreadsheet
from data.published import release_words
from ui.frame import download_buttons
from ui.public import public_choice, public_frame, public_words
from ui.public.public_choice import Choice
from ui.public.public_frame import Shown

FEW = "few or none"
MEANINGS = {
    "name": "The area.",
    "area": "The area's number in areas.geojson.",
    "district": "The district's number in districts.geojson.",
    "number": "About how many, after fitting; whole, never below zero.",
    "low": "The low end of the range: nine of ten such ranges hold the number that was counted.",
    "high": "The high end of the range.",
    "sd": "The standard deviation of the number.",
    "status": "provisional, fitted with its quarter, or with its year (for good).",
    "n": "How many. In measured tables with a little chance added; may be below zero.",
    "epsilon": "How much of the budget this number spent: the smaller, the more chance.",
    "residents": "Residents of the area, where known.",
    "period": "The day, week, month, quarter or year.",
    "kind": "What happened.",
    "band": "The hours of the day.",
    "setting": "The kind of place.",
    "paper": "Who wrote it.",
    "title": "The title, or our own words.",
    "area_written": "Where, as the article says.",
    "url": "The article.",
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
    made = "" if choice.exact else release_words.sample_warning(found.release)
    return [
        public_words.subject(choice) if "kind" not in frame else choice.source,
        *([made] if made else []),
        release_words.description(path),
        *public_frame.notes(found, (path,)),
        f"Link: {public_frame.link(found)}",
    ]


def name(found: Shown) -> str:
    """A file name that says place, source and release."""
    text = f"{found.kept.place} {found.choice.source} {found.release.id}"
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def by_name(found: Shown) -> pd.DataFrame:
    """The areas asked for, by name: name, number, residents, and the ends of a range."""
    ends = [] if found.choice.exact else ["low", "high"]
    rows = found.asked.sort_values("name", kind="stable")
    return rows[["name", "number", *ends, "residents"]].reset_index(drop=True)


def show_list(found: Shown) -> None:
    """The areas by name, each with a picture of its range: no ranking."""
    rows = found.asked.sort_values("name", kind="stable")
    if rows.empty or found.choice.where == "city":
        return
    top = max(int(found.rows["high"].max()), 1)
    lines = [
        f'<li><div data-area="{at}"><span class="name">{escape(words.spell_area(row["name"]))}</span>'
        f"{_span(row, top, found.choice)}"
        f'<span class="value">{_short(row, found.choice)}</span></div></li>'
        for at, row in rows.iterrows()
    ]
    shown = (
        f"{len(lines):,} of {len(found.rows):,} {public_choice.WHERE[found.choice.where]}, by name"
    )
    noun = "records" if found.choice.exact else "about (likely)"
    st.html(
        f'<div class="porch-ranks ranges"><div class="head"><span>{shown}</span>'
        f"<span>{noun}</span></div><ol>{''.join(lines)}</ol></div>"
    )


def _span(row: "pd.Series[Any]", top: int, choice: Choice) -> str:
    """A bar from the low to the high end of a range, with a mark at its number; of an exact number
    from 0."""
    left, right, at = (100 * row[column] / top for column in ("low", "high", "number"))
    left = 0 if choice.exact else left
    return (
        '<span class="bar range">'
        f'<i style="margin-left:{left:.1f}%;width:{max(right - left, 1):.1f}%"></i>'
        f'<u style="left:{at:.1f}%"></u></span>'
    )


def _short(row: "pd.Series[Any]", choice: Choice) -> str:
    """12 (7 to 17); what may be none is never said to be 0."""
    if choice.exact:
        return f"{row['number']:,}"
    if row["low"] <= 0:
        return f"at most {max(row['high'], 1):,}"
    return f"{row['number']:,} ({row['low']:,} to {row['high']:,})"


def show_area_table(frame: pd.DataFrame, choice: Choice, height: int, key: str) -> None:
    """A table of areas, kinds or places: about how many, and the range."""
    shown = frame.assign(name=frame["name"].map(words.spell_area)) if "name" in frame else frame
    if "low" in shown:
        number = shown["number"].astype("Int64").mask(shown["low"] <= 0)
        shown = shown.assign(number=number)
    residents = partial(st.column_config.NumberColumn, format="localized")
    if "residents" in shown and shown["residents"].isna().any():
        people = ["not known" if pd.isna(n) else f"{n:,}" for n in shown["residents"]]
        shown, residents = shown.assign(residents=people), partial(st.column_config.TextColumn)
    whole = "Exact." if choice.exact else "A little chance was added once; the range says how much."
    numbers = {
        "number": ("Number" if choice.exact else "About", whole),
        "low": ("Likely from", "Nine of ten such ranges hold the number that was counted."),
        "high": ("to", "The high end of the range."),
    }
    st.dataframe(
        shown,
        hide_index=True,
        height=height,
        key=key,
        row_height=30,
        placeholder=FEW,
        column_config={
            "name": st.column_config.TextColumn("Area", width="medium"),
            **{
                column: st.column_config.NumberColumn(text, format="localized", help=help, width=92)
                for column, (text, help) in numbers.items()
            },
            "residents": residents("Residents"),
            "period": st.column_config.TextColumn("Period"),
            "kind": st.column_config.TextColumn("Kind"),
            "setting": st.column_config.TextColumn("Where"),
            "band": st.column_config.TextColumn("Hours"),
        },
    )
