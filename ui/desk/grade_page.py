"""Grade: the one tip that a reviewer was dealt, a grade by keys 1 to 6, a reason, the next."""

import streamlit as st

from data.desk import dealing, known_answers
from data.desk.desk import Desk
from data.people.actor import Actor
from data.reports.masking import mask_text
from data.settings import Problem
from data.tips.reasons import BY_CODE, GRADES, REASONS, Grade, Reason, Verdict
from data.tips.tip_state import TipState
from ui.desk import desk_frame, tip_view
from ui.frame import look

_CHOSEN, _GRADED, _ANSWERED = "desk_grade", "desk_graded", "desk_answered"  # in the session
NAMES_ANOTHER = (Reason.SAME_EVENT, Reason.TWO_ORIGINS)


def show_grade_page() -> None:
    """Show the tip that somebody was dealt, or that none waits."""
    actor, desk = desk_frame.actor(), desk_frame.desk()
    _show_answers(desk, actor)
    tip = dealing.deal(desk, actor)
    if tip is None:
        st.title("Nothing waits for you", anchor=False)
        st.text("Every tip has the grades it needs, or is in other hands. Come back in a while.")
        _show_undo(desk, actor)
        return
    st.title(_title(tip), anchor=False)
    told, asked = st.columns([3, 2], gap="large")
    with told, st.container(key="tip"):
        tip_view.show_tip(desk, tip)
    with asked, st.container(key="grading"):
        _show_grading(desk, actor, tip)
    if tip.beside:
        _show_beside(desk, tip)


_ANSWERS = {
    Verdict.CONFIRMED: "it happened",
    Verdict.FALSE: "it was false",
    Verdict.CANNOT_TELL: "nobody could tell",
}


def _show_answers(desk: Desk, actor: Actor) -> None:
    """Say of tips graded lately which had a known answer, once all their graders have spoken."""
    latest, shown = (st.session_state.get(name, []) for name in (_GRADED, _ANSWERED))
    for tip, answer in known_answers.unmasked(desk, actor.who, latest):
        if tip not in shown:
            st.info(
                "A tip that you graded had a known answer, to measure the desk: "
                f"{_ANSWERS[Verdict(answer)]}."
            )
            st.session_state[_ANSWERED] = [*shown, tip]


def _title(tip: TipState) -> str:
    what = tip_view.word(tip.says.get("kind", "sighting"))
    area = str(tip.says.get("area", "")) or "an area not said"
    return look.plain(f"Is this true? {what.capitalize()}, {area}")


def _show_grading(desk: Desk, actor: Actor, tip: TipState) -> None:
    if problem := st.session_state.pop("desk_problem", ""):
        st.error(look.plain(problem))
    chosen = _ask_grade(tip)
    reason, same_as = _ask_reason(tip, chosen) if chosen else ("", "")
    note = st.text_area(
        "Note for the editor", key=f"note_{tip.id}", max_chars=dealing.LONGEST_NOTE, height=80,
        help="No names, no numbers, no plates: what looks like one is taken out.",
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button(
            "Grade, next tip", type="primary", shortcut="Enter", disabled=chosen is None,
            key="grade_next", on_click=_grade,
            args=(desk, tip.id, chosen.code if chosen else "", reason, same_as, note),
        )  # fmt: skip
        st.button("Give it back", key="give_back", on_click=_give_back, args=(desk,))
    _show_undo(desk, actor)
    st.text(
        "Somebody else grades it too. Neither of you sees the other's grade, and an editor who "
        "graded neither decides."
    )


def _ask_grade(tip: TipState) -> Grade | None:
    """The six grades as buttons; the chosen one is filled."""
    own = st.session_state.get(_CHOSEN, ("", ""))
    chosen = own[1] if own[0] == tip.id else ""
    with st.container(key="grades"):
        for grade in GRADES:
            st.button(
                grade.label, shortcut=grade.key, width="stretch",
                type="primary" if grade.code == chosen else "secondary",
                key=f"grade_{grade.code}", on_click=_choose, args=(tip.id, grade.code),
            )  # fmt: skip
    return BY_CODE.get(chosen)


def _choose(tip: str, code: str) -> None:
    st.session_state[_CHOSEN] = (tip, code)


def _ask_reason(tip: TipState, grade: Grade) -> tuple[str, str]:
    """Why, and which tip beside it where the reason names one."""
    choices = [r for r in grade.reasons if r not in NAMES_ANOTHER or tip.beside]
    reason: Reason = st.radio(
        "Why", choices, format_func=REASONS.__getitem__, key=f"why_{tip.id}_{grade.code}"
    )
    if reason not in NAMES_ANOTHER:
        return reason, ""
    letters = {other: chr(ord("A") + i) for i, other in enumerate(tip.beside)}
    same: str = st.radio(
        "Which one", tip.beside, format_func=lambda i: f"Tip {letters[i]} below",
        horizontal=True, key=f"same_{tip.id}",
    )  # fmt: skip
    return reason, same


def _grade(desk: Desk, tip: str, code: str, reason: str, same_as: str, note: str) -> None:
    masked = mask_text(note).text
    try:
        dealing.grade(desk, desk_frame.person(), tip, code, reason, same_as, masked)
    except Problem as problem:
        st.session_state["desk_problem"] = str(problem)
        return
    st.session_state[_GRADED] = [tip, *st.session_state.get(_GRADED, [])][:20]


def _give_back(desk: Desk) -> None:
    try:
        dealing.give_back(desk, desk_frame.person())
    except Problem as problem:
        st.session_state["desk_problem"] = str(problem)


def _show_undo(desk: Desk, actor: Actor) -> None:
    latest = st.session_state.get(_GRADED, [])
    if tip := dealing.last_graded(desk.state(), actor.who, latest):
        st.button(
            "Take my last grade back", key="undo_grade", type="tertiary",
            on_click=_undo, args=(desk, tip),
        )  # fmt: skip


def _undo(desk: Desk, tip: str) -> None:
    try:
        dealing.undo_grade(desk, desk_frame.person(), tip)
    except Problem as problem:
        st.session_state["desk_problem"] = str(problem)


def _show_beside(desk: Desk, tip: TipState) -> None:
    """Tips that may tell of the same event, each beside this one, with what differs marked."""
    st.header("Is it the same event as one of these?", anchor=False)
    st.text("≠ stands before what differs. A machine proposes; it never joins two tips.")
    own = tip_view.lines(tip)
    columns = st.columns(len(tip.beside) + 1)
    with columns[0]:
        st.text("This tip")
        st.text(tip_view.facts_text(own))
        st.text(tip_view.texts(desk, tip)["text"])
    for number, (column, other_id) in enumerate(zip(columns[1:], tip.beside)):
        other = desk.tip(other_id)
        theirs = tip_view.lines(other)
        with column:
            by = " (an observer of ours)" if other.channel == "observers" else ""
            st.text(f"Tip {chr(ord('A') + number)}{by}")
            st.text(tip_view.facts_text(theirs, tip_view.differences(own, theirs)))
            st.text(tip_view.texts(desk, other)["text"])
