"""Texts to be copied: an address in a field of its own, and citations."""

import html
from collections.abc import Mapping

import streamlit as st


def show_copied(label: str, address: str, copy: str, field: str = "porch-link") -> None:
    """An address in a field of its own with a button that copies it."""
    text, label, copy = (html.escape(one, quote=True) for one in (address, label, copy))
    st.html(
        f'<div class="porch-link"><label for="{field}">{label}</label>'
        f'<input id="{field}" readonly value="{text}">'
        f'<button type="button" data-copy="{text}">{copy}</button></div>'
    )


def show_citations(texts: Mapping[str, str]) -> None:
    """Citations by their style, each to be copied. They are shown as text, never as markup."""
    for style, text in texts.items():
        st.caption(style)
        st.code(text, language=None, wrap_lines=True)
