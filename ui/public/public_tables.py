"""Public tables on the screen and as CSV, with the page's notes inside each file."""

import re
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data import words
from data.files import spreadsheet
from data.privacy.tables import DESCRIBED
from data.release.released_columns import RELEASED_COLUMNS
from ui.frame import download_buttons
from ui.frame.language import count, english, say, speak
from ui.public import public_frame, public_words
from ui.public.public_choice import Choice
from ui.public.public_frame import Shown

MEANINGS = {
    "name": "The area, or what the page calls the row.",
    "residents": "Residents of the area, where known.",
    **{name: column.meaning for name, column in RELEASED_COLUMNS.items()},
}


def take(found: Shown, frame: pd.DataFrame, path: str, key: str, label: str = "") -> None:
    """Buttons for a table: as CSV, and with its notes and a dictionary."""
    download_buttons.table_buttons(
        name(found) + f"-{key.replace('_', '-')}",
        spreadsheet.of_frame(frame),
        about(found, frame, path),
        MEANINGS,
        f"take_{key}",
        label or count("take.csv", len(frame)),
        say("take.zip"),
    )


def about(found: Shown, frame: pd.DataFrame, path: str) -> list[str]:
    """The notes inside a file: those of its page, in English as its columns are."""
    choice, made = found.choice, found.release.manifest["made"]
    one = choice.kind and "kind" not in frame
    kind = public_words.kind_words(choice, english()) if one else ""
    return [
        ", ".join(filter(None, (public_words.sort_words(choice, english()), kind))),
        *([english()("note.made")] if made and not choice.exact else []),
        DESCRIBED[path],
        *public_frame.notes(found, (path,), english()),
        f"Link: {public_frame.link(found)}",
    ]


def name(found: Shown) -> str:
    """A file name that says place, source and release."""
    text = f"{found.kept.place} {found.choice.source} {found.release.id}"
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def by_name(found: Shown) -> pd.DataFrame:
    """The areas asked for, by name: period, area, name, number, residents, the ends of a range."""
    ends = [] if found.choice.exact else ["low", "high"]
    rows = found.asked.sort_values("name", kind="stable")
    columns = ["period", "area", "name", "number", *ends, "residents"]
    return rows.assign(period=found.choice.period)[columns].reset_index(drop=True)


def show_list(found: Shown) -> None:
    """The areas by name, each with a picture of its range: no ranking."""
    rows = found.asked.sort_values("name", kind="stable")
    if rows.empty or found.choice.where == "city":
        return
    top = max(int(found.rows["high"].max()), 1)
    lines = [
        f'<li title="{escape(words.spell_area(row["name"]))}"><div data-area="{at}"><span class="name">{escape(words.shorten_area(row["name"]))}</span>'
        f"{_span(row, top, found.choice)}"
        f'<span class="value">{escape(_short(row, found.choice))}</span></div></li>'
        for at, row in rows.iterrows()
    ]
    shown = say("list.named", shown=public_words.areas_shown(found.rows, found.choice))
    noun = say("table.exact" if found.choice.exact else "list.range")
    st.html(
        f'<div class="porch-ranks ranges"><div class="head"><span>{escape(shown)}</span>'
        f"<span>{escape(noun)}</span></div><ol>{''.join(lines)}</ol></div>"
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
        return speak().number(row["number"])
    ends = speak().ends(public_words.range_of(row))
    if row["low"] <= 0:
        return say("cell.most", high=ends["high"])
    return f"{ends['n']} ({say('cell.range', low=ends['low'], high=ends['high'])})"


def show_area_table(frame: pd.DataFrame, choice: Choice, height: int, key: str) -> None:
    """A table of areas, kinds or places: about how many, and the range."""
    shown = frame.assign(name=frame["name"].map(words.spell_area)) if "name" in frame else frame
    if "low" in shown:
        number = shown["number"].astype("Int64").mask(shown["low"] <= 0)
        shown = shown.assign(number=number)
    residents = partial(st.column_config.NumberColumn, format="localized")
    if "residents" in shown and shown["residents"].isna().any():
        people = [say("residents.unknown") if pd.isna(n) else f"{n:,}" for n in shown["residents"]]
        shown, residents = shown.assign(residents=people), partial(st.column_config.TextColumn)
    numbers = {
        "number": ("table.exact", "series.exact") if choice.exact else ("table.n", "method.chance"),
        "low": ("table.low", "note.range"),
        "high": ("table.high", "note.range"),
    }
    st.dataframe(
        shown,
        hide_index=True,
        height=height,
        key=key,
        row_height=30,
        placeholder=say("cell.few"),
        column_config={
            "name": st.column_config.TextColumn(say("table.area"), width="medium"),
            **{
                column: st.column_config.NumberColumn(
                    say(text), format="localized", help=say(help), width=92
                )
                for column, (text, help) in numbers.items()
            },
            "residents": residents(say("table.residents")),
            "period": st.column_config.TextColumn(say("table.period")),
            "kind": st.column_config.TextColumn(say("label.kind")),
            "setting": st.column_config.TextColumn(say("sensitive.setting")),
            "band": st.column_config.TextColumn(say("hours.when")),
        },
    )
