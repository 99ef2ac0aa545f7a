"""Parts of a page that run in the reader's browser: scripts of ours, served as files.

Streamlit runs a script that is handed over as text from a blob, which no page of ours may do
(ui/app/gate.py): so each is a file of static/components/, at an address that changes with it.
"""

import hashlib
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from data.settings import ROOT, STATIC

FOLDER = STATIC / "components"
_OWNER = "porchlight"


def component(name: str) -> Any:
    """The component of static/components/NAME.js: call it to put it on the page."""
    called = _versioned(name)
    manager = get_bidi_component_manager()  # of this server, or of a test's own
    if manager.get_metadata(f"{_OWNER}.{called}") is None:
        folder = ComponentConfig(called, str(FOLDER.relative_to(ROOT)))
        manager.register_from_manifest(ComponentManifest(_OWNER, "1", [folder]), ROOT)
    return _registered(f"{_OWNER}.{called}", f"{name}.js")


@cache
def _versioned(name: str) -> str:
    """The name of a script with a digest of what it holds as this process begins."""
    digest = hashlib.sha256((FOLDER / f"{name}.js").read_bytes()).hexdigest()[:10]
    return f"{name}_{digest}"


@st.cache_resource
def _registered(called: str, file: str) -> Any:
    """A component under its name, made once."""
    return st.components.v2.component(called, html="<div></div>", js=file)
