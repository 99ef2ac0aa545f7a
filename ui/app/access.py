"""Access: the public to the released folder, the team to the store.

The gate asks before Streamlit sees a request, and every run of a page asks again. So nothing of
the map is loaded on top: its component registers with the server only from a page's own run.
"""

import time
from pathlib import Path

import streamlit as st
from starlette.requests import HTTPConnection

from data import settings
from data.people import roster
from data.people.actor import STEWARD, Actor
from data.people.roster import Standing
from data.settings import Problem
from ui.app import gate, session
from ui.app.gate import Refusal
from ui.frame import menu
from ui.identity import look_up, provider

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CLOSED = (
    "This dashboard shows the store, and nobody is asked who they are: it serves this machine "
    "only. {what}. Either take that out, or name who may sign in ([auth] in "
    ".streamlit/secrets.toml and [roles] in porchlight.toml: docs/deploy.md), or show only what "
    'is published: audience = "public" in porchlight.toml.'
)
UNNAMED = (
    "People sign in here, so a browser must be told where it is. Write the address that they type "
    'into porchlight.toml: [site], {audience} = "https://team.example.org".'
)
SAYS = {
    Standing.STRANGER: "Sign in first.",
    Standing.OVER: "Your session is over: you signed in more than 12 hours ago, or it was ended. "
    "Sign in again.",
    Standing.UNLISTED: "You are signed in, but you are not on the list of those who may come in. "
    "Ask those who run this Porchlight.",
}
STATUS = {Standing.STRANGER: 401, Standing.OVER: 401, Standing.UNLISTED: 403}
UNREADABLE = Refusal(503, "The list of those who may come in cannot be read. Nobody comes in.")
UNGUARDED = (
    "This was started without the gate that stands before Porchlight. Start it with `make run`, "
    "or with python -m ui.app.start."
)


def start_refusal(audience: str, address: str, origin: str, asks: bool) -> str:
    """The reason not to serve a dashboard at an address or under a name; "" where there is none.

    `asks` says whether an identity provider is configured.
    """
    apart = address not in LOOPBACK
    if audience == "team" and not asks and (apart or origin):
        what = f"Its address is {address}" if apart else f"[site] names it {origin}"
        return CLOSED.format(what=what)
    if (apart or (audience == "team" and asks)) and not origin:
        return UNNAMED.format(audience=audience)
    return ""


class Person:
    """The gate's question about a person, where an identity provider is configured."""

    def __init__(self, store: Path) -> None:
        self.store = store

    def __call__(self, connection: HTTPConnection) -> Refusal | None:
        """The reason why somebody may not come in; None for who may. The lists are read anew."""
        claims = session.claims(connection)
        try:
            listed = roster.roster(self.store)
        except Problem:
            return UNREADABLE
        found = roster.person_standing(claims, listed, time.time())
        return None if found is Standing.LISTED else Refusal(STATUS[found], SAYS[found])


def person() -> Actor:
    """Who looks at this page, with their roles, read anew.

    Whoever may not be here sees a sentence instead of the page.
    """
    try:
        found, actor = look_up()
    except Problem:
        st.text(UNREADABLE.says)
        st.stop()
    if found is not Standing.LISTED:
        st.text(SAYS[found])
        if found is Standing.UNLISTED:
            st.button("Sign out", on_click=st.logout)
        else:
            st.button("Sign in", on_click=st.login, type="primary")
        st.stop()
    return actor


def _account(held: frozenset[str]) -> str:
    """Who has signed in, and the roles; empty where nobody is asked who they are."""
    if not provider():
        return ""
    return f"Signed in as {st.user.get('email') or 'a member'} ({', '.join(sorted(held))})"


def run() -> None:
    """The page asked for, with the frame of those whom this dashboard serves."""
    from ui.frame import look

    try:
        audience = settings.read_audience()
    except Problem as problem:
        st.error(look.plain(str(problem)))
        st.stop()
    if not gate.stands():
        st.text(UNGUARDED)
        st.stop()
    if audience == "public":
        from ui.public import public_frame  # the public's process never loads what opens a store

        page = menu.navigation()
        public_frame.begin(page.url_path)
        page.run()
        return
    actor = person()
    from data.storage.store import Gone
    from ui.arrival import arrival
    from ui.desk import desk_frame

    page = menu.navigation()
    row = menu.row_of(page.url_path)
    if not any(actor.has(role) for role in row.roles):
        st.text(f"This page is for {' and '.join(f'{role}s' for role in row.roles)} only.")
        st.stop()
    account = _account(actor.roles)
    if row.section == menu.DESK:
        desk_frame.begin(row, account)
    else:
        arrival.begin(page.url_path, account, may_set_up=actor.has(STEWARD))
    try:
        page.run()
    except Gone:  # a newer table took the place of the one that this run began with
        st.rerun()
    except Problem as problem:  # a file of the store is gone or damaged: which, and what to do
        st.error(look.plain(str(problem)))
