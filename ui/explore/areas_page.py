"""Areas by how they changed: which to list, and what may be said of them."""

import pandas as pd
import streamlit as st

from data import words
from data.numbers import measures
from data.views.answers import Answer
from data.views.view import View
from geo import rates
from ui.parts import headline

LISTS = {
    "all": "all areas, highest first",
    "more": "more than before, the largest rise first",
    "fewer": "fewer than before, the largest fall first",
    "clear": "clearly higher or lower, beyond chance and season",
}


def pick_list(view: View, answer: Answer) -> pd.DataFrame:
    """The rows of the list that the reader chose, with a sentence on what they are."""
    table = answer.table[answer.table["asked"]]
    ranked = measures.ranked(answer.table, view)
    rows = pd.concat([ranked, table.drop(index=ranked.index)])
    if answer.comparison is None:
        st.text(f"{len(rows)} of {len(answer.table)} areas; {measures.unit_of(view)}. {answer.why}")
        return rows
    which = st.segmented_control(
        "List",
        list(LISTS),
        default="all",
        key="list",
        bind="query-params",
        required=True,
        help="; ".join(f"{name}: {meaning}" for name, meaning in LISTS.items()) + ".",
    )
    rows = list_rows(rows, which)
    st.text(f"{len(rows)} of {len(answer.table)} areas. {change_sentences(table, answer)}")
    return rows


def list_rows(rows: pd.DataFrame, which: str) -> pd.DataFrame:
    """The rows of one list, in its order."""
    new = rows["ratio"].isna() & (rows["low"] > 0)  # nothing before: more than any ratio
    match which:
        case "more":
            found = rows[(rows["ratio"] > 1) | new]
            return found.sort_values("ratio", ascending=False, na_position="first")
        case "fewer":
            return rows[rows["ratio"] < 1].sort_values("ratio")
        case "clear":
            found = rows[rows["change"].isin(["higher", "lower"])]
            return found.sort_values("ratio", ascending=False, na_position="first")
    return rows


def change_sentences(table: pd.DataFrame, answer: Answer) -> str:
    """Sentences on how many areas went which way, how clearly, and what finding none is worth."""
    told = answer.comparison
    if told is None:
        return ""
    more, fewer = (len(list_rows(table, which)) for which in ("more", "fewer"))
    clear = table["change"].value_counts()
    season = int(clear.get("season", 0))
    as_much = f" {season} more may be only the season." if season else ""
    tested = int(table["q"].notna().sum())
    sure = clear.get("higher", 0) + clear.get("lower", 0)
    has, are = ("has", "is tested") if tested == 1 else ("have", "are tested together")
    judged = (
        f"{words.counted(tested, 'area')} {has} {rates.UNRELIABLE} incidents or more and {are}"
        if tested
        else f"No area has {rates.UNRELIABLE} incidents or more, so none is tested"
    )
    judged += "; about 1 in 20 of those called clear is expected to be chance." if sure else "."
    worth = "" if sure else headline.worth_of_areas(answer.table, told.season)
    return (
        f"{told.period}, compared with {told.period_before}, in whole {answer.step_name}s: {more} had "
        f"more a {answer.step_name} ({clear.get('higher', 0)} clearly), {fewer} fewer "
        f"({clear.get('lower', 0)} clearly), {len(table) - more - fewer} the same.{as_much} "
        f"{judged} {worth}"
    ).strip()
