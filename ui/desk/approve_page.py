"""Approve: what two agreed on, what it would change, and who may not decide."""

import hashlib

import streamlit as st

from data.desk import approving, desk_numbers
from data.desk.desk import Desk
from data.people.actor import Actor
from data.settings import Problem
from data.tips.reasons import BY_CODE, REASONS, Reason
from data.tips.tip_state import Stage, TipState
from ui.desk import desk_frame, tip_view
from ui.frame import look, menu

_OLDEST = 20
_READ = "desk_read"  # in the session: the tip whose reading was written down last


def show_approve_page() -> None:
    """Show the oldest tip that waits for this editor, and how many do."""
    actor, desk = desk_frame.actor(), desk_frame.desk()
    waiting = approving.to_approve(desk, actor)
    if problem := st.session_state.pop("desk_problem", ""):
        st.error(look.plain(problem))
    if done := st.session_state.pop("desk_done", ""):
        st.success(look.plain(f"{done} History shows it, and undoes it."))
    if not waiting:
        st.title("Nothing waits for an editor", anchor=False)
        st.text("What two reviewers agree on comes here, unless you graded it.")
        return
    later = [t for t in waiting if t.id not in st.session_state.get("desk_later", ())]
    tip = min((later or waiting)[:_OLDEST], key=lambda t: _own_order(actor, t))
    if st.session_state.get(_READ) != tip.id:
        approving.read_tip(desk, actor, tip.id, "approve")
        st.session_state[_READ] = tip.id
    merge = tip.proposed or tip.decision.reason == Reason.SAME_EVENT
    many = len(waiting)
    what = "Is it the same event?" if merge else "May this become a record?"
    st.title(f"{what} {many} {'waits' if many == 1 else 'wait'}", anchor=False)
    told, asked = st.columns([3, 2], gap="large")
    with told, st.container(key="tip"):
        tip_view.show_tip(desk, tip)
    with asked, st.container(key="approving"):
        _show_findings(desk, tip)
        _show_steps(desk, tip, bool(merge))
    if merge:
        _show_other(desk, tip)


def _own_order(actor: Actor, tip: TipState) -> bytes:
    """An order of each editor's own, so that two at once seldom look at the same tip."""
    return hashlib.sha256(f"{actor.who} {tip.id}".encode()).digest()


def _show_findings(desk: Desk, tip: TipState) -> None:
    """What the graders found, without who they are, and what would change."""
    for number, given in enumerate(tip.grades, 1):
        st.text(
            f"Reviewer {number}: {BY_CODE[given.grade].label}. {REASONS[Reason(given.reason)]}."
        )
    for detail in desk.log.detail(*tip.notes).values():
        st.text(f"Note: {detail.get('text', '')}")
    if tip.stage is Stage.AGREED and tip.decision.grade != "rejected":
        before = desk_numbers.records_like(desk, tip)
        area = str(tip.says.get("area", "")) or "No area"
        month = tip_view.month_name(tip.month)
        st.text(f"{area}, {month}: {before} → {before + 1} records of the desk")
        st.text(f"It becomes a record of the grade {BY_CODE[tip.decision.grade].label.lower()}.")


def _show_steps(desk: Desk, tip: TipState, merge: bool) -> None:
    with st.container(horizontal=True):
        if tip.stage is Stage.AGREED:
            label = "It is the same" if merge else "Approve"
            _step(label, "a", desk, tip, "approve", primary=True)
        elif tip.proposed:
            _step("It is the same", "a", desk, tip, "merge", primary=True)
        if merge and tip.proposed:
            _step("It is not the same", "n", desk, tip, "apart")
        if tip.stage is Stage.AGREED and not merge:
            _step("Cannot tell", "t", desk, tip, "decline")
        _step("Send it back", "s", desk, tip, "reopen")
        st.button("Later", key="later", on_click=_later, args=(tip.id,))
    row = menu.row_of("desk_history")
    if st.button("Its history", key="open_history", type="tertiary"):
        st.session_state["history_tip"] = tip.id
        menu.open_page(row)


def _step(
    label: str, key: str, desk: Desk, tip: TipState, does: str, primary: bool = False
) -> None:
    st.button(
        label, key=f"step_{does}", shortcut=key, type="primary" if primary else "secondary",
        on_click=_do, args=(desk, tip.id, does),
    )  # fmt: skip


STEPS = {
    "approve": (
        approving.approve,
        "Approved: it is on the team's pages 24 hours after it came in.",
    ),
    "merge": (approving.confirm_merge, "Merged: they count as one event."),
    "apart": (approving.refuse_merge, "They stay two events."),
    "decline": (approving.decline, "It becomes no record: it counts as cannot tell."),
    "reopen": (approving.reopen, "Sent back: others grade it anew."),
}


def _do(desk: Desk, tip: str, does: str) -> None:
    step, words = STEPS[does]
    try:
        step(desk, desk_frame.person(), tip)
        st.session_state["history_tip"] = tip
        st.session_state["desk_done"] = words
    except Problem as problem:
        st.session_state["desk_problem"] = str(problem)


def _later(tip: str) -> None:
    st.session_state["desk_later"] = (*st.session_state.get("desk_later", ()), tip)


def _show_other(desk: Desk, tip: TipState) -> None:
    """The tip that this one is said to be the same as, with what differs marked."""
    other_id = tip.proposed or tip.same_as
    if not other_id or other_id not in desk.state().tips:
        return
    other = desk.tip(other_id)
    own, theirs = tip_view.lines(tip), tip_view.lines(other)
    st.header("The other tip", anchor=False)
    st.text(tip_view.facts_text(theirs, tip_view.differences(own, theirs)))
    st.text(tip_view.texts(desk, other)["text"])
