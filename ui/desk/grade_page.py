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
_KEYS = "asdfghj"  # of reasons, in their order
Why = tuple[str, str]  # a reason, and the tip that it names
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
    if done := st.session_state.pop("desk_done", ""):
        st.toast(done)
    grade, why = _chosen(tip)
    _show_grades(tip, grade)
    choices = _choices(tip, grade) if grade else []
    if len(choices) == 1:
        why = choices[0]
    if len(choices) > 1:
        _show_choices(tip, choices, why)
    note = st.text_area(
        "Note for the editor", key=f"note_{tip.id}", max_chars=dealing.LONGEST_NOTE, height=80,
        help="No names, no numbers, no plates: what looks like one is taken out.",
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button(
            "Grade, next tip", type="primary", shortcut="Enter", disabled=not (grade and why),
            key="grade_next", on_click=_grade,
            args=(desk, tip.id, grade.code if grade else "", why or ("", ""), note),
        )  # fmt: skip
        st.button("Give it back", key="give_back", on_click=_give_back, args=(desk,))
    _show_undo(desk, actor)
    st.text(
        "Somebody else grades it too. Neither of you sees the other's grade, and an editor who "
        "graded neither decides."
    )


def _chosen(tip: TipState) -> tuple[Grade | None, Why | None]:
    """The grade and the reason that were chosen for this tip."""
    own, code, why = st.session_state.get(_CHOSEN, ("", "", None))
    return (BY_CODE.get(code), why) if own == tip.id else (None, None)


def _choose(tip: str, code: str, why: Why | None = None) -> None:
    st.session_state[_CHOSEN] = (tip, code, why)


def _show_grades(tip: TipState, chosen: Grade | None) -> None:
    """The six grades as buttons; the chosen one is filled."""
    with st.container(key="grades"):
        for grade in GRADES:
            st.button(
                grade.label, shortcut=grade.key, width="stretch",
                type="primary" if grade is chosen else "secondary",
                key=f"grade_{grade.code}", on_click=_choose, args=(tip.id, grade.code),
            )  # fmt: skip


def _choices(tip: TipState, grade: Grade) -> list[Why]:
    """The reasons of a grade; one that names another tip once for each tip beside this one."""
    found: list[Why] = []
    for reason in grade.reasons:
        found += [(reason, other) for other in (tip.beside if reason in NAMES_ANOTHER else [""])]
    return found


def _show_choices(tip: TipState, choices: list[Why], chosen: Why | None) -> None:
    """The reasons as buttons: nobody's is chosen for them."""
    grade = st.session_state[_CHOSEN][1]
    letters = {other: f": tip {chr(ord('A') + i)} below" for i, other in enumerate(tip.beside)}
    st.text("Why? Choose one.")
    with st.container(key="reasons"):
        for key, why in zip(_KEYS, choices):
            st.button(
                REASONS[Reason(why[0])] + letters.get(why[1], ""), shortcut=key, width="stretch",
                type="primary" if why == chosen else "secondary",
                key=f"why_{key}", on_click=_choose, args=(tip.id, grade, why),
            )  # fmt: skip


def _grade(desk: Desk, tip: str, code: str, why: Why, note: str) -> None:
    masked = mask_text(note).text
    try:
        dealing.grade(desk, desk_frame.person(), tip, code, *why, masked)
    except Problem as problem:
        st.session_state["desk_problem"] = str(problem)
        return
    st.session_state["desk_done"] = f"Graded: {BY_CODE[code].label.lower()}. This is the next tip."
    st.session_state[_GRADED] = [tip, *st.session_state.get(_GRADED, [])][:20]


def _give_back(desk: Desk) -> None:
    try:
        dealing.give_back(desk, desk_frame.person())
        st.session_state["desk_done"] = "Handed back: somebody else is dealt it."
    except Problem as problem:
        st.session_state["desk_problem"] = str(problem)


def _show_undo(desk: Desk, actor: Actor) -> None:
    latest = st.session_state.get(_GRADED, [])
    if tip := dealing.last_graded(desk.state(), actor.who, latest):
        st.button(
            "Take my last grade back", key="undo_grade",
            on_click=_undo, args=(desk, tip),
        )  # fmt: skip


def _undo(desk: Desk, tip: str) -> None:
    try:
        dealing.undo_grade(desk, desk_frame.person(), tip)
        st.session_state["desk_done"] = "Your last grade is taken back: the tip waits for others."
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
