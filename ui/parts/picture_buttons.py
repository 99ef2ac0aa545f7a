"""Share's pictures: each chart and map of the page as PNG and SVG, made when somebody asks."""

from collections.abc import Callable, Sequence

import streamlit as st

from data import words
from data.pictures import draw
from data.pictures.figure import Caption
from data.views import export, links
from data.views.filters import period
from data.views.sql import chosen_sources, says
from data.views.view import View
from ui.cached import views
from ui.parts import pictures
from ui.parts.pictures import PagePicture

_FORMS: tuple[tuple[str, str, Callable[..., bytes]], ...] = (
    ("PNG", "image/png", draw.png),
    ("SVG", "image/svg+xml", draw.svg),
)


def caption_of(
    view: View, picture: PagePicture, headline: str, others: Sequence[View] = ()
) -> Caption:
    """What a picture of a View says of itself; of community records it is for the team only, also
    where they are those of `others` in it."""
    meta = views.meta(view.stamp)
    held = pictures.with_others(view) if others else view

    def counted(one: View) -> dict[str, int]:
        # a picture by city or month lacks nothing that lies in no area
        every = views.headline(one)
        return {**every, "outside": 0, "no_point": 0} if picture.view else every

    place, sources = meta["place"], chosen_sources(held, meta)
    noun, when = words.sentence_case(says(view, meta)), period(view.start, view.end)
    measure = f": {picture.measure}" if picture.measure else ""
    dated = "" if when in measure else f". {when}"
    return Caption(
        title=picture.says or (f"{noun}: {picture.of}" if picture.of else headline),
        subtitle=f"{noun}{measure}{dated}",
        source="Source: " + "; ".join(f"{s['title']} ({s['licence']})" for s in sources),
        shown=" ".join(links.sentence(one, meta, counted(one)) for one in (view, *others)),
        stamp=f"Porchlight {place['name']} · data {view.stamp} · times in {place['zone']}",
        alt=picture.alt,
        team_only=export.has_community(held, meta),
    )


def show_picture_buttons(view: View) -> None:
    """A list of the page's pictures, and two buttons for the one that is chosen."""
    page = pictures.page_pictures()
    listed = page.pictures()
    if not listed:
        return
    captions = [caption_of(one.view or view, one, page.headline, page.others) for one in listed]
    meta = views.meta(view.stamp)
    held = pictures.with_others(view) if page.others else view
    stems = [export.file_stem(one.view or held, meta) for one in listed]
    _show_buttons(listed, captions, stems)


@st.fragment
def _show_buttons(listed: list[PagePicture], captions: list[Caption], files: list[str]) -> None:
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
                file_name=f"{files[at]}-{export.slug(one.name)}.{form.lower()}",
                mime=mime,
                key=f"take_picture_{form.lower()}",
                on_click="ignore",
            )
    if caption.team_only:
        st.caption(f"{draw.TEAM_ONLY}: it holds community reports, and says so across itself.")
