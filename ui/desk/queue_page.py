"""Queue: what waits by channel, floods, shifts and the note to the next one."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data.desk import collecting, queue, shifts
from data.desk.desk import Desk
from data.people.actor import Actor
from data.reports.masking import mask_text
from data.settings import Problem
from ui.desk import desk_frame, queue_chart, tip_view
from ui.frame import look
from ui.parts import tables


def show_queue_page() -> None:
    """Show how many tips wait, never which."""
    actor, desk = desk_frame.actor(), desk_frame.desk()
    rows = queue.queue(desk, actor)
    waiting = sum(row.fresh + row.begun for row in rows)
    floods = [row for row in rows if row.flood]
    st.title(_title(waiting, floods), anchor=False)
    for row in floods:
        st.error(
            look.plain(
                f"{tip_view.word(row.channel).capitalize()}: {row.last_hour:,} tips in the last "
                f"hour; one hour in 10,000 has more than {row.usual_most:,}. Other channels are "
                "dealt as before, and however many say it, no grade rises by it."
            )
        )
    if lost := collecting.unopened(desk):
        st.error(
            f"{lost:,} sealed reports cannot be opened: they are not for this desk's key, or damaged. "
            "They stay in the spool. Was door.key replaced?"
        )
    if rows:
        tables.text_table(_table(rows))
    clock = desk.clock().astimezone(ZoneInfo(desk.settings.zone))
    for row in rows:
        if any(row.hours):
            st.altair_chart(queue_chart.draw_hours(row, clock, look.theme()), width="stretch")
    st.text("Copies of one text stand behind the first of them. Nobody can search or choose tips.")
    _show_shifts(desk, actor)


def _title(waiting: int, floods: list[queue.Waiting]) -> str:
    if floods:
        return look.plain(f"A flood by {tip_view.word(floods[0].channel)}: {waiting:,} tips wait")
    if not waiting:
        return "No tip waits"
    return f"{waiting:,} tips wait" if waiting > 1 else "1 tip waits"


def _table(rows: list[queue.Waiting]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Channel": [tip_view.word(row.channel) for row in rows],
            "Not graded": [row.fresh for row in rows],
            "One more grade": [row.begun for row in rows],
            "Copies behind": [row.copies for row in rows],
            "Oldest, hours": [row.oldest_hours for row in rows],
            "Last hour": [row.last_hour for row in rows],
            "Languages": [
                ", ".join(
                    f"{tip_view.LANGUAGES.get(name, name)} {n:,}"
                    for name, n in row.languages.items()
                )
                for row in rows
            ],
        }
    )


def _show_shifts(desk: Desk, actor: Actor) -> None:
    st.header("Shifts", anchor=False)
    zone = ZoneInfo(desk.settings.zone)
    coming = shifts.coming(desk, actor)
    st.text(
        "\n".join(_spell(one, zone) for one in coming) or "Nobody has said when they will be here."
    )
    if note := shifts.hand_over_note(desk):
        st.text(f"From the shift before: {note}")
    with st.form("shift", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        hours = st.number_input("I am here for hours", 1, 12, 2)
        if st.form_submit_button("Claim them, from now"):
            begins = desk.clock()
            shifts.claim(desk, actor, begins, begins + timedelta(hours=int(hours)))
            st.rerun()
    with st.form("hand_over", border=False):
        note = st.text_area("Note to the next shift", max_chars=shifts.LONGEST, height=80)
        if st.form_submit_button("Hand over") and note.strip():
            try:
                shifts.hand_over(desk, actor, mask_text(note).text)
            except Problem as problem:
                st.error(look.plain(str(problem)))
            else:
                st.rerun()
    if coming:
        with st.expander("Copy as text"):
            st.code("\n".join(_spell(one, zone) for one in coming), language=None)


def _spell(shift: shifts.Shift, zone: ZoneInfo) -> str:
    begins, ends = (datetime.fromisoformat(t).astimezone(zone) for t in (shift.begins, shift.ends))
    who = "You" if shift.own else f"Somebody ({shift.who[:6]})"
    return f"{who}: {begins:%a %H:%M} to {ends:%H:%M}"
