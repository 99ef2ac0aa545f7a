"""The pictures of a release that may be published: links to the files that lie in it."""

from html import escape

import streamlit as st

from data.embed.released_pictures import FORMS, PUBLISHED, SIZES, picture_name
from data.published.released import Release
from ui.frame.language import say


def show_pictures(release: Release) -> None:
    """A line of links for each picture that the release holds; nothing for an older one without."""
    lines = [
        f"<p>{escape(say(f'download.{name}'))}: {' · '.join(links)}</p>"
        for name in PUBLISHED
        if (links := _links(release, name))
    ]
    if lines:
        st.html(f'<div class="porch-pictures">{"".join(lines)}</div>')


def _links(release: Release, name: str) -> list[str]:
    """The links of one picture; they stay what they are until the release is recalled."""
    files = release.manifest.get("files", {})
    return [
        f'<a href="/releases/{escape(release.id, quote=True)}/embed/{file}" download>'
        f"{form.upper()} {wide} × {high}</a>"
        for size, (wide, high) in SIZES.items()
        for form in FORMS
        if f"embed/{(file := picture_name(name, size, form))}" in files
    ]
