"""The cite of the released numbers that a public page shows: its link and citation texts."""

from datetime import date
from pathlib import Path

import streamlit as st

from data.cites.citation import citation_texts, cite_address
from data.cites.cite_folder import Tampered
from data.cites.released_cites import read_index, read_released_cite
from ui.frame.language import say
from ui.parts import copied


def show_released_cite(release: Path, link: str) -> None:
    """Show the cite of a table by its link, where publishing made one. `release` is the folder of
    the release that is shown."""
    public = release.parent.parent
    try:
        cite = read_released_cite(public, read_index(public).get(link, ""))
    except (FileNotFoundError, Tampered):
        return
    asked = str(st.context.url or "")
    origin = "/".join(asked.split("/")[:3])
    address = cite_address(origin, cite.name)
    copied.show_copied(say("cite.link"), address, say("cite.copy"), "porch-cite")
    st.caption(say("cite.keeps"))
    copied.show_citations(citation_texts(cite, date.fromisoformat(cite.manifest.as_of), address))
