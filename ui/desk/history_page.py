"""History: every event of a tip, and what an editor may still do about it."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data import words
from data.desk import approving, desk_records
from data.desk.desk import Desk
from data.desk.event_words import spell_event
from data.reports.masking import mask_text
from data.settings import Problem
from data.tips.desk_events import DeskEvent, StepUndone, from_log
from data.tips.reasons import REASONS, Reason
from data.tips.tip_state import Stage, TipState
from ui.desk import desk_frame, tip_view
from ui.frame import look
from ui.parts import tables

_TAKEN_BACK = (Reason.CONTRADICTED, Reason.NO_INCIDENT, Reason.OUTSIDE, Reason.TOO_LITTLE)
_READ = "desk_history_read"  # in the session: the tip whose reading was written down last


def show_history_page() -> None:
    """Show the history of the tip that was chosen, or of a record by its id."""
    actor, desk = desk_frame.actor(), desk_frame.desk()
    if problem := st.session_state.pop("desk_problem", ""):
        st.error(look.plain(problem))
    if done := st.session_state.pop("desk_done", ""):
        st.success(done)
    asked = st.text_input(
        "Record or tip", value=st.session_state.get("history_tip", ""), key="history_asked",
        help="The id as Records shows it (desk:...), or as Approve opened it.",
    )  # fmt: skip
    tip_id = _tip_id(asked)
    if not tip_id:
        st.title("Which record?", anchor=False)
        st.text("Open it from Approve, or write the id that Records shows.")
        return
    try:
        tip = desk.tip(tip_id)
        if st.session_state.get(_READ) != tip.id:
            approving.read_tip(desk, actor, tip.id, "history")
            st.session_state[_READ] = tip.id
    except Problem as problem:
        st.title("No such record", anchor=False)
        st.text(str(problem))
        return
    st.title(_title(tip), anchor=False)
    tip_view.show_tip(desk, tip)
    events = [one for row in desk.history(tip.id) if (one := from_log(row))]
    _show_events(desk, tip, events)
    _show_steps(desk, tip)


def _tip_id(written: str) -> str:
    """The tip that somebody wrote down, as itself or as the record that it became."""
    return desk_records.tip_of(written.strip()) or written.strip()


def _title(tip: TipState) -> str:
    stages = {
        Stage.WAITING: "Waits for grades",
        Stage.AGREED: "Waits for an editor",
        Stage.CLOSED: "Ended without a record",
        Stage.RECORD: "A record",
        Stage.MERGED: "Merged into another",
        Stage.WITHDRAWN: "Withdrawn by who sent it",
        Stage.RETRACTED: "Taken back",
    }
    what = tip_view.word(tip.says.get("kind", "sighting"))
    return look.plain(f"{stages[tip.stage]}: {what}, {tip.says.get('area') or 'area not said'}")


def _show_events(desk: Desk, tip: TipState, events: list[DeskEvent]) -> None:
    zone = ZoneInfo(desk.settings.zone)
    undone = {one.undone for one in events if isinstance(one, StepUndone)}
    st.header("What was done", anchor=False)
    rows = [
        {
            "When": f"{datetime.fromisoformat(one.at).astimezone(zone):%b %d, %Y %H:%M}",
            "Who": short_name(one.who),
            "What": f"{spell_event(one)}{' (undone)' if one.seq in undone else ''}",
        }
        for one in events
    ]
    tables.text_table(pd.DataFrame(rows))
    can = [e for e in events if isinstance(e, approving.UNDONE) and e.seq not in undone]
    if can:
        st.button(
            look.plain(f"Undo: {spell_event(can[-1])}"), key="undo_step",
            on_click=_do, args=(approving.undo, desk, tip.id, can[-1].seq),
        )  # fmt: skip


def _area(name: str) -> str:
    return name or "not said"


def short_name(who: str) -> str:
    """A pseudonym as the screen shows it."""
    return "the desk" if not who else (who if " " in who else who[:8])


def _do(step: Callable[..., None], desk: Desk, tip: str, *more: object) -> None:
    try:
        step(desk, desk_frame.person(), tip, *more)
        st.session_state["desk_done"] = "Done: it stands below, and can be undone."
    except Problem as problem:
        st.session_state["desk_problem"] = str(problem)


def _show_steps(desk: Desk, tip: TipState) -> None:
    """Forms to correct a tip, to take a record back, and to merge it."""
    with st.expander("Correct it"), st.form("correct", border=False):
        kinds = [kind.code for kind in words.all_kinds()]
        now, there = str(tip.says.get("kind", "sighting")), str(tip.says.get("area", ""))
        areas = list(dict.fromkeys(("", there, *desk.areas())))
        kind = st.selectbox("What", kinds, kinds.index(now), format_func=tip_view.word)
        day = st.text_input("Day, as 2026-01-17", str(tip.says.get("day", "")))
        area = st.selectbox("Area", areas, areas.index(there), format_func=_area)
        note = st.text_input("Why")
        if st.form_submit_button("Correct"):
            says = {"kind": kind, "day": day.strip(), "area": area}
            _do(approving.correct, desk, tip.id, says, mask_text(note).text)
            st.rerun()
    if tip.stage is Stage.RECORD:
        with st.expander("Take it back"), st.form("retract", border=False):
            reason = st.selectbox("Why", _TAKEN_BACK, index=None, format_func=REASONS.__getitem__)
            note = st.text_input("Note")
            st.text("Numbers that are already published stay as they are.")
            if st.form_submit_button("Take it back"):
                _do(approving.retract, desk, tip.id, reason or "", mask_text(note).text)
                st.rerun()
    if tip.stage is not Stage.WITHDRAWN:
        with st.expander("Same event as another"), st.form("merge", border=False):
            other = st.text_input("The other record or tip")
            st.text("Somebody else confirms it.")
            if st.form_submit_button("Say that they are the same"):
                into = _tip_id(other)
                _do(approving.propose_merge, desk, tip.id, into)
                st.rerun()
        if tip.merged_into or tip.proposed:
            st.button(
                "They are two events", key="unmerge", on_click=_do,
                args=(approving.refuse_merge, desk, tip.id),
            )  # fmt: skip
