"""Who looks at a page: whether people are asked who they are, and what the lists say of them now."""

import time

import streamlit as st

from data import settings
from data.people import roster
from data.people.actor import VIEWER, Actor, machine
from data.people.roster import Standing


def provider() -> bool:
    """Return whether an identity provider is configured: [auth] in Streamlit's secrets."""
    return bool(st.secrets.load_if_toml_exists() and "auth" in st.secrets)


def look_up() -> tuple[Standing, Actor]:
    """The standing of who looks at this page, and who it is, read anew; somebody with every role
    where nobody is asked. Problem where the lists cannot be read."""
    if not provider():
        return Standing.LISTED, machine()
    claims = dict(st.user)
    store = settings.load_settings().store
    roster.key(store, make=True)  # a pseudonym without a key could be tried out
    listed = roster.roster(store)
    standing = roster.person_standing(claims, listed, time.time())
    if standing is not Standing.LISTED:
        return standing, Actor("", frozenset())
    return standing, Actor(listed.pseudonym(claims), listed.roles(claims))


def anybody() -> Actor:
    """Somebody with what all who come in may do: for what is drawn before anybody asked."""
    return Actor("", frozenset({VIEWER} if provider() else roster.ROLES))


def actor() -> Actor:
    """Who looks at this page; somebody without a role who may not be here (any more)."""
    return look_up()[1]
