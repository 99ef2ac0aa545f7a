"""Who comes in: the public to the released folder, the team to the store.

ui/start.py asks here before it serves. So nothing of the map is loaded on top: its
component registers with the server only from a page's own run.
"""

import streamlit as st

from data import settings
from data.settings import Problem
from ui import fence, menu

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CLOSED = (
    "This dashboard shows the store, and nobody is asked who they are: it serves this machine "
    "only. Its address is {address}. Either start it with --server.address=127.0.0.1, or name "
    "who may sign in ([auth] in .streamlit/secrets.toml), or show only what is published: "
    'audience = "public" in porchlight.toml.'
)


def refusal(audience: str, address: str | None, provider: bool) -> str:
    """Why a dashboard must not serve at an address; nothing where it may.

    Without an address Streamlit serves all of the machine's.
    """
    if audience == "public" or provider or address in LOOPBACK:
        return ""
    return CLOSED.format(address=address or "every address of this machine")


def provider() -> bool:
    """Whether an identity provider is configured: [auth] in Streamlit's secrets."""
    return bool(st.secrets.load_if_toml_exists() and "auth" in st.secrets)


def run() -> None:
    """The page asked for, with the frame of those whom this dashboard serves."""
    from ui import look

    try:
        audience = settings.audience()
    except Problem as problem:
        st.error(look.plain(str(problem)))
        st.stop()
    if audience == "public":
        fence.install()
        from ui import public  # the public's process never loads what opens a store

        page = menu.navigation()
        public.sidebar(page.url_path)
        page.run()
        return
    address = st.get_option("server.address")
    if refused := refusal(audience, address, provider()):
        st.text(refused)
        st.stop()
    if address not in LOOPBACK and not st.user.is_logged_in:
        st.button("Sign in", on_click=st.login)
        st.stop()
    from data.store import Gone
    from ui import frame

    page = menu.navigation()
    frame.sidebar(page.url_path)
    try:
        page.run()
    except Gone:  # a newer table took the place of the one that this run began with
        st.rerun()
