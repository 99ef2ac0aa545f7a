"""The pages, in five sections, and what they put into a link."""

from contextvars import ContextVar
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from data import settings
from data.people.actor import EDITOR, REVIEWER, STEWARD, VIEWER, Actor
from ui import identity


class PageRow(NamedTuple):
    """A page: its file, its title, its address (the name of the file: Streamlit knows it before
    this table), and the section of the top bar that it stands in. The first page of a section is
    the one that the bar opens."""

    file: str
    title: str
    path: str
    section: str
    roles: tuple[str, ...] = (VIEWER,)  # who may open it; of the public's pages anybody may


MAP, NEWS, TRENDS, RECORDS, METHODS = "Map", "What's new", "Trends", "Records", "Methods"
DESK = "Desk"

PAGES = (
    PageRow("pages/map.py", "Map", "", MAP),
    PageRow("pages/areas.py", "All areas", "areas", MAP),
    PageRow("pages/area.py", "One area", "area", MAP),
    PageRow("pages/hot_spots.py", "Clusters", "hot_spots", MAP),
    PageRow("pages/now.py", "Now", "now", NEWS),
    PageRow("pages/emerging.py", "How it changed", "emerging", NEWS),
    PageRow("pages/time.py", "When?", "time", TRENDS),
    PageRow("pages/trend.py", "Is it rising?", "trend", TRENDS),
    PageRow("pages/compare.py", "Compare", "compare", TRENDS),
    PageRow("pages/response.py", "Police response", "response", TRENDS),
    PageRow("pages/force.py", "Force and harm", "force", TRENDS),
    PageRow("pages/records.py", "All", "records", RECORDS),
    PageRow("pages/episodes.py", "Same event?", "episodes", RECORDS),
    PageRow("pages/near_repeats.py", "Repeats", "near_repeats", RECORDS),
    PageRow("pages/desk.py", "Grade", "desk", DESK, (REVIEWER,)),
    PageRow("pages/desk_queue.py", "Queue", "desk_queue", DESK, (REVIEWER, EDITOR, STEWARD)),
    PageRow("pages/desk_approve.py", "Approve", "desk_approve", DESK, (EDITOR,)),
    PageRow("pages/desk_history.py", "History", "desk_history", DESK, (EDITOR,)),
    PageRow("pages/desk_numbers.py", "Desk numbers", "desk_numbers", DESK, (EDITOR, STEWARD)),
    PageRow("pages/desk_keeping.py", "Keeping", "desk_keeping", DESK, (STEWARD,)),
    PageRow("pages/methods.py", "Data and methods", "methods", METHODS),
    PageRow("pages/corrections.py", "Corrections", "corrections", METHODS),
)

VIEW_PAGES = tuple(row for row in PAGES if row.section != DESK)  # those that answer a View
# the pages of the public, who see the released folder only
PUBLIC_PAGES = (
    PageRow("pages/public_map.py", "Map", "", MAP),
    PageRow("pages/public_areas.py", "Areas", "areas", "Areas"),
    PageRow("pages/public_time.py", "Time", "time", TRENDS),
    PageRow("pages/public_methods.py", "Methods", "methods", METHODS),
)
# section -> the key of its name, where the public sees it
SECTION_KEYS = {
    MAP: "section.map",
    "Areas": "section.areas",
    TRENDS: "section.trends",
    METHODS: "section.methods",
}
TABLES = {"team": PAGES, "public": PUBLIC_PAGES}

EMBED = ("embed", "embed_options")  # Streamlit's own
# words that the public dashboard puts into a link
PUBLIC_WORDS = ("source", "by", "kind", "period", "area", "release", "at", "lang")


# of this run, by file: Streamlit looks on the disk for a page that is named by its file
_MADE: ContextVar[dict[str, StreamlitPage]] = ContextVar("pages")


def navigation() -> StreamlitPage:
    """The pages of those whom this dashboard serves; what comes back is the one asked for.

    The top bar links to them: Streamlit's own menu is not drawn.
    """
    rows = TABLES[settings.read_audience()]
    made = {
        r.file: st.Page(r.file, title=r.title, url_path=r.path or None, default=not r.path)
        for r in rows
    }
    _MADE.set(made)
    return st.navigation(list(made.values()), position="hidden")


def link_page(row: PageRow, label: str = "") -> None:
    """A link to a page, without a reload, under its title or another label."""
    st.page_link(_MADE.get({}).get(row.file, row.file), label=label or row.title)


def open_page(row: PageRow) -> None:
    """Go to a page at once."""
    st.switch_page(_MADE.get({}).get(row.file, row.file))


def row_of(path: str) -> PageRow:
    """The page of the team at an address."""
    return next(row for row in PAGES if row.path == path)


def sections(actor: Actor | None = None) -> dict[str, list[PageRow]]:
    """The sections that somebody may open, and the pages of each, in order; None: who looks."""
    audience = settings.read_audience()
    if actor is None and audience == "team":
        actor = identity.actor()
    found: dict[str, list[PageRow]] = {}
    for row in TABLES[audience]:
        if actor is None or any(actor.has(role) for role in row.roles):
            found.setdefault(row.section, []).append(row)
    return found
