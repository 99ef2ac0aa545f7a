"""The page of corrections: the list, what waits for a second person, and the proposal of a new one."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from data import words
from data.correction_terms import (
    CORRECTION_REASONS,
    KIND_MEANINGS,
    Correction,
    CorrectionKind,
    CorrectionStage,
    reasons_for,
    spell_stage,
)
from data.corrections import changes, listing
from data.corrections.changeable import CHANGEABLE
from data.corrections.changes import Proposal
from data.corrections.listing import CorrectionRow
from data.desk.desk import open_desk
from data.desk.desk_corrections import desk_corrections
from data.notices import notices
from data.people.actor import EDITOR, STEWARD
from data.settings import Problem
from data.tables import build
from ui import identity
from ui.cached import views
from ui.frame import look
from ui.parts import tables

_DONE = "correction_done"  # in the session: what the last button did
_PROBLEM = "correction_problem"
_ALL = "all"
_DEFINITIONS = "docs/corrections.md"


def _rows() -> list[CorrectionRow]:
    return listing.list_corrections(views.store(), views.current_settings())


def show_summary() -> None:
    """Show how many there are of each kind, and what the words mean."""
    if done := st.session_state.pop(_DONE, ""):
        st.success(look.plain(done))
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(look.plain(problem))
    rows = _rows()
    counts = Counter(row.kind for row in rows if row.stage is CorrectionStage.STANDS)
    st.text(
        "Of official and press records: "
        + ", ".join(words.counted(counts[kind], kind) for kind in CorrectionKind)
        + ". "
        + " ".join(f"{kind.capitalize()}: {what}" for kind, what in KIND_MEANINGS.items())
    )
    st.text(
        "They stand over every later import. The public reads of those whose month a release showed "
        f"that was published before. The whole policy: {_DEFINITIONS}."
    )


def show_waiting() -> None:
    """Show what waits for a second person, with the buttons of who may decide."""
    actor = identity.actor()
    waiting = [row for row in _rows() if row.stage is CorrectionStage.WAITS]
    if not waiting:
        return
    st.header("Waits for a second person", anchor=False)
    may = actor.has(EDITOR) or actor.has(STEWARD)
    for row in waiting:
        with st.container(border=True, key=f"waits_{row.code}"):
            st.text(f"{row.kind.capitalize()} of {row.record} ({row.source})")
            st.text(f"{row.change}. Why: {row.reason}.{f' Note: {row.note}' if row.note else ''}")
            if not may:
                continue
            own = row.proposed_by == actor.who and identity.provider()
            with st.container(horizontal=True):
                st.button(
                    "Approve", key=f"approve_{row.code}", type="primary", disabled=own,
                    on_click=_act, args=(_approve, row.code),
                )  # fmt: skip
                st.button(
                    "Decline", key=f"decline_{row.code}", on_click=_act, args=(_decline, row.code)
                )
            if own:
                st.text("You proposed this: somebody else approves it.")


def show_list() -> None:
    """Show every correction, of one kind or all, with the way to take one back."""
    rows = [row for row in _rows() if row.stage is not CorrectionStage.WAITS]
    st.header("What was changed", anchor=False)
    if not rows:
        st.text("No official or press record was corrected, updated or retracted.")
        return
    kinds = [_ALL, *CorrectionKind]
    chosen = st.segmented_control("Show", kinds, default=_ALL, key="correction_kind", required=True)
    shown = [row for row in rows if chosen in (_ALL, row.kind)]
    st.text(f"{len(shown)} of {len(rows)}, the newest first.")
    table = pd.DataFrame(
        {
            "Date": [row.day for row in shown],
            "What": [row.kind for row in shown],
            "Record": [row.record or "removed for good" for row in shown],
            "Change": [row.change for row in shown],
            "Why": [row.reason for row in shown],
            "Now": [spell_stage(row.kind, row.stage) for row in shown],
            "Note": [row.note for row in shown],
        }
    )
    tables.text_table(table)
    _show_undo(shown)


def _show_undo(shown: list[CorrectionRow]) -> None:
    """The way to take a correction back that counts."""
    counting = {row.code: row for row in shown if row.stage is CorrectionStage.STANDS}
    actor = identity.actor()
    if not counting or not (actor.has(EDITOR) or actor.has(STEWARD)):
        return
    with st.expander("Take one back"):
        code = st.selectbox(
            "Which", list(counting), index=None, key="correction_undo",
            format_func=lambda one: look.plain(f"{counting[one].record}: {counting[one].change}"),
        )  # fmt: skip
        st.text("The record says again what it said before. The list keeps both.")
        mine = code is not None and counting[code].proposed_by == actor.who
        own = mine and identity.provider()
        if own:
            st.text("You proposed this: somebody else takes it back.")
        st.button("Take it back", disabled=code is None or own, on_click=_act, args=(_undo, code))


def show_desk() -> None:
    """Show what the desk corrected and took back, to people who signed in."""
    if not identity.provider():
        return
    rows = desk_corrections(open_desk(views.store(), views.current_settings()), identity.actor())
    st.header("Community reports", anchor=False)
    st.text("What editors of the desk corrected and took back. Team only, never in public.")
    if not rows:
        st.text("None so far.")
        return
    frame = pd.DataFrame(
        {
            "Date": [row.day for row in rows],
            "What": [row.kind for row in rows],
            "Month of the record": [row.month for row in rows],
            "Fields": [", ".join(row.fields) or "the whole record" for row in rows],
            "Why": [row.reason for row in rows],
            "Now": [
                spell_stage(
                    row.kind, CorrectionStage.UNDONE if row.undone else CorrectionStage.STANDS
                )
                for row in rows
            ],
        }
    )
    tables.text_table(frame)


def show_proposal() -> None:
    """Show editors the way to correct, update or retract a record."""
    if not identity.actor().has(EDITOR):
        return
    st.header("Propose one", anchor=False)
    record = st.text_input("Record", key="correction_record", help="Its id, as Records shows it.")
    if not record.strip():
        st.text("Write the id that Records shows, for example police-stops:17-000003.")
        return
    try:
        now = changes.describe_record(views.store(), record.strip())
    except Problem as problem:
        st.text(str(problem))
        return
    st.text("It says now: " + "; ".join(f"{name} {value}" for name, value in now.items()) + ".")
    kind = CorrectionKind(
        st.segmented_control(
            "What happened", list(CorrectionKind), key="correction_what",
            default=CorrectionKind.CORRECTION, required=True,
        )
    )  # fmt: skip
    st.text(KIND_MEANINGS[kind])
    stated = {} if kind is CorrectionKind.RETRACTION else _ask_value()
    reason = st.selectbox(
        "Why", reasons_for(kind), index=None, key="correction_why",
        format_func=lambda one: CORRECTION_REASONS[one].label,
    )  # fmt: skip
    note = st.text_input(
        "Note, for the team only", key="correction_note", max_chars=changes.MOST_NOTE
    )
    two = identity.provider()
    label = "Propose it" if two else f"Make this {kind}"
    if not two:
        st.text("Nobody signs in on this machine, so no second person is asked.")
    asked = Proposal(kind, record.strip(), reason or "", stated, note)
    st.button(
        label, key="correction_make", type="primary", disabled=reason is None,
        on_click=_act, args=(_propose, asked),
    )  # fmt: skip


def _ask_value() -> dict[str, str]:
    """The field that is wrong, and what is right."""
    field, value = st.columns(2)
    name = field.selectbox(
        "Field", list(CHANGEABLE), key="correction_field", format_func=lambda n: CHANGEABLE[n].label
    )
    codes = [word.code for word in words.TABLES.get(name, ())]
    if codes and not CHANGEABLE[name].many:
        text = value.selectbox(
            "Is", codes, index=None, key=f"correction_{name}_value",
            format_func=lambda code: words.label(name, code),
        )  # fmt: skip
        return {name: text} if text else {}
    text = value.text_input("Is", key=f"correction_{name}_value", help=CHANGEABLE[name].help)
    return {name: text}


def _approve(code: str) -> Correction:
    return changes.approve(views.store(), identity.actor(), code)


def _decline(code: str) -> Correction:
    return changes.decline(views.store(), identity.actor(), code)


def _undo(code: str) -> Correction:
    return changes.undo(views.store(), identity.actor(), code)


def _propose(asked: Proposal) -> Correction:
    actor, waits = identity.actor(), identity.provider()
    return changes.propose(views.store(), views.current_settings(), actor, asked, waits=waits)


_SAID = {
    CorrectionStage.WAITS: "Proposed: somebody else approves it.",
    CorrectionStage.STANDS: "Done: readers see it.",
    CorrectionStage.DECLINED: "Declined: nothing was changed.",
    CorrectionStage.UNDONE: "Taken back: the record says again what it said before.",
}


def _act(step: Callable[[Any], Correction], of: Any) -> None:
    """Do a step as who looks now, their role read anew, and bring it to readers; the page that
    comes says what was done, or why not."""
    try:
        one = step(of)
        told = [_SAID[one.stage]]
        store, settings = views.store(), views.current_settings()
        if one.stage in (CorrectionStage.STANDS, CorrectionStage.UNDONE):
            build.rebuild(store, settings)
            told += notices.refresh(store, settings)
        st.session_state[_DONE] = " ".join(told)
    except Problem as problem:
        st.session_state[_PROBLEM] = str(problem)
