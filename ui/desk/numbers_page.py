"""Desk numbers: of 100 tips how many were confirmed, false, or could not be told."""

import pandas as pd
import streamlit as st

from data.desk import desk_numbers
from data.desk.desk_numbers import Outcomes, Share
from ui.desk import desk_frame, tip_view
from ui.parts import tables


def show_numbers_page() -> None:
    """Show outcomes by channel and month, and how known-answer tips were graded."""
    actor, desk = desk_frame.actor(), desk_frame.desk()
    rows = desk_numbers.outcomes(desk, actor)
    every = desk_numbers.total(rows)
    st.title(_title(every), anchor=False)
    if every is None:
        return
    st.text(
        f"Of {every.confirmed.of:,} tips with an outcome; {every.waiting:,} more wait. The ranges are "
        "95% intervals (Wilson). They say what the desk found, not what is true."
    )
    tables.text_table(pd.DataFrame([_line(row) for row in rows]))
    st.header("How well the desk tells", anchor=False)
    quality = desk_numbers.grader_quality(desk, actor)
    if not quality.right.of:
        st.text("No tip with a known answer was graded yet: nothing measures the desk so far.")
        return
    st.text(
        f"Of {quality.right.of:,} grades of tips whose answer is known: right {spell(quality.right)}, "
        f"wrong {spell(quality.wrong)}, cannot tell {spell(quality.cannot_tell)}."
    )


def _title(every: Outcomes | None) -> str:
    if every is None or not every.confirmed.of:
        return "No tip has an outcome yet"
    parts = (every.confirmed, every.false, every.cannot_tell)
    confirmed, false, cannot = (round(share.percent or 0) for share in parts)
    return f"Of 100 tips {confirmed} were confirmed, {false} were false, {cannot} could not be told"


def _line(row: Outcomes) -> dict[str, str]:
    return {
        "Month": tip_view.month_name(row.month),
        "Channel": tip_view.word(row.channel),
        "Confirmed": spell(row.confirmed),
        "False": spell(row.false),
        "Cannot tell": spell(row.cannot_tell),
        "Disputed": spell(row.disputed),
        "With an outcome": f"{row.confirmed.of:,}",
        "Waiting": f"{row.waiting:,}",
    }


def spell(share: Share) -> str:
    """A share with its interval, as a reader says it."""
    if share.percent is None or share.low is None or share.high is None:
        return "none yet"
    return f"{share.percent:.0f}% ({share.low:.0f} to {share.high:.0f})"
