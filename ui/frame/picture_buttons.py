"""Share's pictures: each chart and map of the page as PNG and SVG, made when somebody asks."""

from collections.abc import Callable

import streamlit as st

from data import words
from data.pictures import draw
from data.pictures.figure import Caption
from data.views import export, links
from data.views.filters import period
from data.views.sql import chosen_sources
from data.views.view import View
from ui.cached import views
from ui.parts import pictures
from ui.parts.pictures import PagePicture

_FORMS: tuple[tuple[str, str, Callable[..., bytes]], ...] = (
    ("PNG", "image/png", draw.png),
    ("SVG", "image/svg+xml", draw.svg),
)


def caption_of(view: View, picture: PagePicture, headline: str) -> Caption:
    """What a picture of a View says of itself; of community records it is for the team only."""
    meta = views.meta(view.stamp)
    place, sources = meta["place"], chosen_sources(view, meta)
    measure = words.sentence_case(picture.measure) if picture.measure else picture.name
    return Caption(
        title=picture.says or headline or picture.name,
        subtitle=f"{measure}. {period(view.start, view.end)}",
        source="Source: " + "; ".join(f"{s['title']} ({s['licence']})" for s in sources),
        shown=links.sentence(view, meta, views.headline(view)),
        stamp=f"Porchlight {place['name']} · data {view.stamp} · times in {place['zone']}",
        alt=picture.alt,
        team_only=export.has_community(view, meta),
    )


def show_picture_buttons(view: View) -> None:
    """A list of the page's pictures, and two buttons for the one that is chosen."""
    page = pictures.page_pictures()
    if not page.pictures:
        return
    captions = [caption_of(one.view or view, one, page.headline) for one in page.pictures]
    stem = export.file_stem(view, views.meta(view.stamp))
    _show_buttons(page.pictures, captions, stem)


@st.fragment
def _show_buttons(listed: list[PagePicture], captions: list[Caption], file: str) -> None:
    at = 0
    if len(listed) > 1:
        names = [one.name for one in listed]
        at = st.selectbox(
            "Picture", range(len(listed)), format_func=names.__getitem__, key="take_which"
        )
    one, caption = listed[at], captions[at]
    with st.container(horizontal=True):
        for form, mime, make in _FORMS:
            st.download_button(
                f"Picture as {form}" if len(listed) == 1 else form,
                data=lambda make=make: make(one.figure(), caption),  # type: ignore[misc]
                file_name=f"{file}-{export.slug(one.name)}.{form.lower()}",
                mime=mime,
                key=f"take_picture_{form.lower()}",
                on_click="ignore",
            )
    if caption.team_only:
        st.caption(f"{draw.TEAM_ONLY}: it holds community reports, and says so across itself.")
