"""Keeping: what the desk holds and for how long, what others would get, and the hold."""

import pandas as pd
import streamlit as st

from data.desk import exposure, forgetting, known_answers
from data.desk.desk import Desk
from data.people.actor import Actor
from data.reports.masking import mask_text
from data.reports.tip import Tip
from data.settings import Problem
from ui.desk import desk_frame
from ui.desk.tip_view import word
from ui.frame import look
from ui.parts import tables


def show_keeping_page() -> None:
    """Show what would leak, when it goes, and the one switch that stops removal."""
    actor, desk = desk_frame.actor(), desk_frame.desk()
    if problem := st.session_state.pop("desk_problem", ""):
        st.error(look.plain(problem))
    rows = exposure.exposure(desk, actor)
    st.title(f"Somebody with the disk would get {rows[0].texts:,} texts", anchor=False)
    tables.text_table(
        pd.DataFrame(
            {
                "Who": [row.who for row in rows],
                "Tips": [f"{row.tips:,}" for row in rows],
                "Texts": [f"{row.texts:,}" for row in rows],
                "Places finer than an area": [f"{row.places:,}" for row in rows],
                "Origins": [f"{row.origins:,}" for row in rows],
                "Days back": [f"{row.days_back:,}" for row in rows],
            }
        )
    )
    rules = desk.rules
    st.text(
        f"Texts, cross streets and notes go {rules.raw_days:g} days after the outcome, origins after "
        f"{rules.origin_days:g} days. The days are fixed beforehand in porchlight.toml, [desk]."
    )
    for saved in exposure.shorter(desk, actor):
        if saved.days < rules.raw_days and saved.texts < saved.now:
            st.text(
                f"With {saved.days} day{'s' if saved.days > 1 else ''}: {saved.texts:,} texts instead of {saved.now:,}."
            )
    _show_hold(desk)
    _show_known(desk, actor)


def _show_known(desk: Desk, actor: Actor) -> None:
    st.header("Tips with a known answer", anchor=False)
    st.text(
        "A few of them among the others measure how well the desk tells. Write what you know to be "
        "so, of a day more than a week past; nobody can see that it is one before all have graded it."
    )
    with st.expander("Add one"), st.form("known", border=False, clear_on_submit=True):
        text = st.text_area("What the tip says", max_chars=1000, height=80)
        day, area = st.text_input("Day, as 2026-01-17"), _ask_area(desk)
        answer = st.selectbox("The right answer", known_answers.ANSWERS, format_func=word)
        if st.form_submit_button("Add it"):
            try:
                tip = Tip(day=day.strip(), area=area, text=mask_text(text).text)
                known_answers.add_known(desk, actor, tip, answer)
            except Problem as problem:
                st.error(look.plain(str(problem)))
            else:
                st.success("It waits among the others now.")


def _show_hold(desk: Desk) -> None:
    st.header("Hold", anchor=False)
    on = desk.state().hold
    st.text(forgetting.HELD if on else HOLD)
    label = "Take the hold off" if on else "Hold: remove nothing from now on"
    sure = not on or st.checkbox("A lawyer said that removal may begin again", key="hold_off")
    st.button(label, key="hold", on_click=_set, args=(desk, not on), disabled=not sure)


def _ask_area(desk: Desk) -> str:
    names = desk.areas()
    return st.selectbox("Area", names) if names else st.text_input("Area")


HOLD = (
    "A subpoena or another legal demand makes deletion a crime from the moment you know of it. Hold "
    "first, then ask a lawyer: docs/desk.md says what to do on that day."
)


def _set(desk: Desk, on: bool) -> None:
    try:
        forgetting.set_hold(desk, desk_frame.person(), on=on)
    except Problem as problem:
        st.session_state["desk_problem"] = str(problem)
