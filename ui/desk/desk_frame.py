"""The frame of the desk's pages, and who works at which desk in this run.

Where nobody signs in there is a demonstration only: a store of its own, whose tips are made.
"""

import streamlit as st

from data.desk import demo, working
from data.desk.desk import Desk, open_desk
from data.people.actor import Actor
from data.settings import Problem
from data.site import load_site
from ui import identity
from ui.cached import views
from ui.frame import look, menu, notices, top_bar

TRIED = "desk_tried_as"
_BEGUN = "desk_begun"  # in the session, while a run with the frame goes on
# these pages have no bar of filters
_STYLE = (
    ".st-key-notices { top: 48px !important; } .st-key-share { display: none; } "
    "@media (prefers-color-scheme: dark) { "
    '[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"] * '
    "{ color: var(--porch-paper) !important; } } "
    ".st-key-tip { background: var(--porch-panel); border: 1px solid var(--porch-rule); "
    "border-radius: 8px; padding: 18px 20px; } "
    '.st-key-tip_text [data-testid="stText"] * { font-size: 19px; line-height: 1.45; } '
    ".st-key-grades { display: grid !important; grid-template-columns: 1fr 1fr; gap: 8px; } "
    ".st-key-reasons { gap: 6px; } "
    ".st-key-grades button { justify-content: space-between; } "
    ".st-key-tip .porch-locator { display: block; margin-left: auto; } "
    "@media (max-width: 640px) { .st-key-grades button { min-height: 48px; } "
    ".st-key-tip .porch-locator { margin: 0; height: 96px; width: auto; } }"
)
MADE = "You are trying the desk: its tips and your colleagues are made. Nothing of it is real."
SEND = (
    '<a href="/report" target="_blank" style="color: var(--porch-link); line-height: 36px">'
    "Send a report by the form: it comes here too</a>"
)


def begin_desk_page(row: menu.PageRow, account: str) -> None:
    """Draw the bars of a page of the desk, and stop where it is for another role."""
    st.session_state[_BEGUN] = True
    st.html(look.STYLE + look.steps(()), unsafe_allow_javascript=True)
    bar = top_bar.show_top_bar(views.current_settings().name, row.path, account)
    st.html(f"<style>{bar.marks} :root {{ --porch-bars: 48px; }} {_STYLE}</style>")
    st.set_page_config(page_title=f"{row.title} - Porchlight desk")
    if identity.provider():
        return
    try:
        desk()
    except Problem as problem:
        st.title("No desk to try out here yet", anchor=False)
        st.text(str(problem))
        st.text("For a desk of your own, people sign in: docs/deploy.md and docs/desk.md.")
        st.stop()
    notices.show_notices((MADE,))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tried = st.segmented_control(
            "You are trying the desk as",
            demo.ROLES,
            key=TRIED,
            default=_first_role(row),
            required=True,
        )
        st.html(SEND)
    if tried not in row.roles:
        st.title(f"{row.title} is for {_listed(row.roles)}", anchor=False)
        st.text("Choose that role above to see it.")
        st.stop()


def _first_role(row: menu.PageRow) -> str:
    return next(role for role in demo.ROLES if role in row.roles)


def _listed(roles: tuple[str, ...]) -> str:
    return " and ".join(f"{role}s" for role in roles)


def actor() -> Actor:
    """Who works at the desk in this run, with their roles read anew."""
    if not st.session_state.pop(_BEGUN, False):  # Streamlit may run a page before the frame
        menu.navigation()
        st.rerun()
    return person()


def person() -> Actor:
    """Who it is now, read anew. What a button does asks again: the run that drew it is over, and its
    roles may be."""
    if identity.provider():
        return identity.actor()
    role = st.session_state.get(TRIED) or demo.ROLES[0]
    return Actor(f"you, trying it as {role}", frozenset({role}))


def desk() -> Desk:
    """The desk that this process works at. Problem where there is none to try out."""
    settings = views.current_settings()
    if identity.provider():
        found = open_desk(views.store(), settings)
    else:
        named = bool(load_site("team").origin)
        found = demo.open_demo(settings, provider=False, named=named)
    working.keep_up(found, made=not identity.provider())
    return found
