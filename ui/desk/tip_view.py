"""A tip on the screen: what it says in short lines, its texts as text, where its area lies."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from data import words
from data.desk.desk import Desk
from data.settings import Problem
from data.tips.tip_state import TipState
from ui.cached import views
from ui.explore import locator
from ui.frame import look

Line = tuple[str, str]  # what it is, what the tip says
_YES_NO = {"True": "yes", "False": "no"}
LANGUAGES = {"en": "English", "es": "Spanish", "so": "Somali", "hmn": "Hmong"}


def word(code: object) -> str:
    """A code in words: an underscore is a space."""
    return str(code).replace("_", " ")


def lines(tip: TipState) -> list[Line]:
    """What a tip says, a line each, in a fixed order; empty where it says nothing."""
    says = tip.says
    until = says.get("until")
    gone = "still there when sent" if says.get("still_there") else ""
    return [
        ("What", word(says.get("kind", "sighting"))),
        ("When", when(says, tip)),
        ("Until", f"{until}:00" if until is not None else gone),
        ("Where", str(says.get("area", "")) or "area not said"),
        ("Setting", word(says.get("setting", ""))),
        ("Officers", str(says.get("officers", ""))),
        ("Vehicles", str(says.get("vehicles", ""))),
        ("Who they were", ", ".join(map(word, says.get("agencies", ())))),
        ("Equipment", ", ".join(map(word, says.get("equipment", ())))),
        ("Local police", words_of("response", says.get("response", ""))),
        ("Force", ", ".join(map(word, says.get("force", ())))),
        ("Somebody hurt", _YES_NO.get(str(says.get("injured")), "")),
    ]


def when(says: Mapping[str, Any], tip: TipState) -> str:
    """The day and hour that a tip says, as a reader says them."""
    try:
        day = date.fromisoformat(str(says.get("day", "")))
    except ValueError:
        return f"day not said; came in {tip.received[:10]}"
    hour = says.get("hour")
    clock = "hour not said" if hour is None else f"about {int(hour):02d}:00"
    return f"{day:%a %b} {day.day}, {day.year}, {clock}"


def month_name(month: str) -> str:
    """A month ("2026-01") as a reader says it."""
    try:
        return f"{date.fromisoformat(f'{month}-01'):%B %Y}"
    except ValueError:
        return "a month not said"


def words_of(column: str, code: object) -> str:
    """A word of the record as a reader says it; "" where it says nothing."""
    if code in ("", "not_recorded"):
        return ""
    known = next((w for w in words.TABLES[column] if w.code == code), None)
    return getattr(known, "label", "") or (known.meaning.rstrip(".") if known else word(code))


def facts_text(told: Sequence[Line], marks: frozenset[str] = frozenset()) -> str:
    """The lines of a tip that say something, as one text; ≠ before those of `marks`."""
    return "\n".join(f"{'≠ ' if n in marks else ''}{n}: {t}" for n, t in told if t)


def differences(told: Sequence[Line], other: Sequence[Line]) -> frozenset[str]:
    """What two tips say differently."""
    return frozenset(name for (name, text), (_, text2) in zip(told, other) if text != text2)


def texts(desk: Desk, tip: TipState) -> dict[str, str]:
    """The raw texts of a tip, by what they are; empty where they are gone."""
    raw = desk.raw(tip)
    links, why = (raw.get(name) or () for name in ("links", "sources_of_agency"))
    return {
        "text": str(raw.get("text", "")),
        "streets": str(raw.get("cross_streets", "")),
        "why": ", ".join(map(word, why)),
        "links": "\n".join(map(str, links)),
    }


def show_tip(desk: Desk, tip: TipState) -> None:
    """Show a whole tip: its texts, its lines, and its area on a small map."""
    own = texts(desk, tip)
    with st.container(key="tip_text"):
        st.text(own["text"] or "No words were written.")
    left, right = st.columns([3, 2])
    with left:
        st.text(facts_text(lines(tip)))
        if own["streets"]:
            st.text(f"Near: {own['streets']}")
        if own["why"]:
            st.text(f"Why they think so: {own['why']}")
        if own["links"]:
            st.text(f"Evidence (copy it; it may tell its host that you looked):\n{own['links']}")
        st.text(source_line(tip))
    with right:
        show_area(str(tip.says.get("area", "")))


def source_line(tip: TipState) -> str:
    """By which door a tip came, in what language, and what was masked."""
    language = LANGUAGES.get(str(tip.says.get("language", "")), "")
    masked = {k: v for k, v in tip.says.get("masked", {}).items() if v}
    hidden = ", ".join(f"{n} {word(sort)}" for sort, n in masked.items())
    parts = [
        f"Came by {word(tip.channel)}",
        f"in {language}" if language else "",
        f"masked: {hidden}" if hidden else "",
    ]
    return ", ".join(part for part in parts if part) + "."


def show_area(name: str) -> None:
    """Show where an area lies; nothing where the place has no such area, or no table just now."""
    try:
        stamp = views.stamp()
    except Problem:
        return
    sets = views.meta(stamp)["sets"] if stamp else []
    if not name or not sets or not stamp:
        return
    own = str(sets[0]["name"])
    if name in set(views.units_of(stamp, own, None)["name"]):
        locator.show_area_on_map(stamp, own, name, look.theme())
