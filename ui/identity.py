"""Whether people are asked who they are."""

import streamlit as st


def provider() -> bool:
    """Return whether an identity provider is configured: [auth] in Streamlit's secrets."""
    return bool(st.secrets.load_if_toml_exists() and "auth" in st.secrets)
