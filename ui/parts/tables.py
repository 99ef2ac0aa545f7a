"""The tables: which columns of an answer readers see, in what words and format."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from data import words
from data.numbers import area_states
from data.views.answers import Answer
from data.views.view import View
from data.words import HEXAGONS
from ui.parts import intervals

Columns = dict[str, tuple[str, str, str]]  # label, format of a number, what it means

COLUMNS: Columns = {
    "area": ("Area", "", "The area that is counted."),
    "n": ("Incidents", "localized", "Incidents in the period."),
    "rate": ("Per 1,000", "%.1f", "Incidents of the period per 1,000 residents."),
    "no_rate": ("No rate because", "", "Why an area has no rate: nobody lives there, or it is not known how many do."),
    "change": ("Change", "", "Higher or lower: clearly so, beyond chance and season, all areas judged together (q at most 0.05). Season: it may be only the season. Too few: under 20 incidents in both periods. None: nothing to compare."),
    "ratio": ("Ratio", "%.2f", "Incidents a week (or day) now divided by those before."),
    "low": ("Ratio, from", "%.2f", "Lower end of the ratio's 95% interval, wider where weekly counts vary more."),
    "high": ("Ratio, to", "%.2f", "Upper end of the ratio's 95% interval; empty where there was nothing, or almost nothing, before."),
    "q": ("q", "%.3f", "The area's p, corrected because many areas are judged at once (Benjamini-Hochberg)."),
    "usual": ("Ratio in other years", "%.2f", "The ratio of the same two periods in other years: what the season does."),
    "now": ("A week", "%.2f", "Incidents a whole week (or day) of this period; only whole ones count."),
    "before": ("A week before", "%.2f", "Incidents a whole week (or day) of the earlier period."),
    "share": ("Share", "%.1f%%", "Percent of all incidents that are in any area."),
    "population": ("Residents", "localized", "Residents of the area; empty where not known."),
    "rate_low": ("Rate, from", "%.1f", "Lower end of the rate's 95% interval (exact Poisson)."),
    "rate_high": ("Rate, to", "%.1f", "Upper end of the rate's 95% interval (exact Poisson)."),
    "smoothed": ("Smoothed", "%.1f", "The rate, pulled toward the citywide rate where few people live, because such rates vary by chance (empirical Bayes)."),
    "unreliable": ("Unreliable", "", "Fewer than 20 incidents: chance alone can double the rate."),
    "factor": ("Varies, times chance", "%.1f", "How many times more the counts of weeks (or days) vary than by pure chance. It widens the interval."),
}
# the columns of the whole table in the order in which a screen has room for them
_WIDE = (
    *("area", "n", "rate", "rate_low", "rate_high", "change", "ratio", "low", "high", "share"),
    *("population", "unreliable", "no_rate", "q", "usual", "now", "before", "smoothed", "factor"),
)
_AREA, _LEAST, _LETTER, _EDGES = 140, 56, 6.5, 18  # pixels of columns


def columns(
    names: Iterable[str], widths: dict[str, int] | None = None, known: Columns = COLUMNS
) -> dict[str, Any]:
    """Streamlit's configuration of each column."""
    config: dict[str, Any] = {}
    for name in names:
        label, form, help = known[name]
        told: dict[str, Any] = {"label": label, "help": help}
        told["width"] = (widths or {}).get(name)
        told["pinned"] = name == "area"
        if form:
            config[name] = st.column_config.NumberColumn(**told, format=form)
        elif name == "unreliable":
            config[name] = st.column_config.CheckboxColumn(**told)
        else:
            config[name] = st.column_config.TextColumn(**told)
    return config


def fitting_widths(names: Iterable[str], known: Columns) -> dict[str, int]:
    """Pixels for an area's name, and for each number as its label takes; other texts find theirs."""
    return {
        name: _AREA if name in ("area", "where") else max(_LEAST, round(_EDGES + _LETTER * len(label)))
        for name, (label, form, _) in known.items()
        if name in set(names) and (form or name in ("area", "where", "unreliable"))
    }


def stepped(known: Columns, unit: str) -> Columns:
    """The columns in the words of a step: those of the tables here speak of weeks (or days)."""

    def spoken(text: str) -> str:
        for said, meant in (("weeks (or days)", f"{unit}s"), ("week (or day)", unit)):
            text = text.replace(said, meant)
        return text.replace("week", unit)

    return {name: (spoken(label), form, spoken(help)) for name, (label, form, help) in known.items()}


def with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `no_rate`, in words, where any of its areas has no rate."""
    why = area_states.no_rate(table)
    return table.assign(no_rate=why) if any(why) else table


_OFTEN_EMPTY = ("usual", "rate", "rate_low", "rate_high", "smoothed", "population")


def wanted(table: pd.DataFrame, view: View, names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that have something to say in this View."""
    empty = {n for n in _OFTEN_EMPTY if n in table and table[n].isna().all()}
    held = [n for n in names if n in table and n not in empty]
    if view.area_set in HEXAGONS or view.shape or not table["is_count"].all():
        people = {
            "population",
            "rate",
            "no_rate",
            "rate_low",
            "rate_high",
            "smoothed",
            "unreliable",
        }
        held = [n for n in held if n not in people]
    return tuple(held)


def with_plain_areas(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows to show, with areas' names as readers see them; files and links keep the stored ones."""
    if "area" not in rows:
        return rows
    return rows.assign(area=[words.spell_area(n) if isinstance(n, str) else "" for n in rows["area"]])


def wide(answer: Answer, view: View, rows: pd.DataFrame) -> None:
    """The whole table of areas, sortable."""
    rows = with_reasons(rows)
    names = wanted(rows, view, _WIDE)
    known = stepped(COLUMNS, answer.step_name)
    st.dataframe(
        with_plain_areas(intervals.with_known_ends(rows[list(names)])),
        hide_index=True,
        height=min(36 * (len(rows) + 1) + 4, 640),
        column_config=columns(names, fitting_widths(names, known), known),
        key="areas_table",
        placeholder="",
    )


def text_table(frame: pd.DataFrame, labels: dict[str, str] = {}) -> None:  # noqa: B006
    """A plain table of texts: shown as they are, never as markup."""
    known = columns(tuple(c for c in frame if c in COLUMNS))
    rest = {name: label for name, label in labels.items() if name not in COLUMNS}
    st.dataframe(
        with_plain_areas(frame).rename(columns=rest), hide_index=True, width="stretch", placeholder="",
        column_config=known,
    )


def finding(rows: pd.DataFrame, known: Columns, height: int, key: str) -> None:
    """The table of a finding, sortable, with a word on every column."""
    st.dataframe(
        with_plain_areas(intervals.with_known_ends(rows)),
        hide_index=True, height=height, row_height=30, key=key,
        placeholder="",
        column_config=columns(rows.columns, fitting_widths(rows.columns, known), known),
    )
