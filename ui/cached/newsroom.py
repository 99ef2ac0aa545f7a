"""Answers for the pages of a newsroom, kept between reruns."""

from collections.abc import Callable

import streamlit as st

from data.newsroom import harms, responses, source_views
from data.newsroom.harms import Harms
from data.newsroom.responses import Responses
from data.storage.meta_types import SourceMeta
from data.views import links
from data.views.view import View
from ui.cached import views
from ui.cached.views import BY_REPR

_KEPT = 32


def views_by_source(view: View, records_it: Callable[[SourceMeta], bool]) -> list[View]:
    """The View of each source that records something, with what a link froze."""
    settled = st.query_params.get(links.SETTLED, "")
    meta, settings = views.meta(view.stamp), views.current_settings()
    return source_views.views_by_source(view, meta, settings, views.now(), settled, records_it)


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner=False)
def count_responses(view: View) -> Responses:
    """How local police responded by the records of a View. Do not change it."""
    return responses.count_responses(views.current(view.stamp), view)


@st.cache_resource(max_entries=_KEPT, hash_funcs=BY_REPR, show_spinner=False)
def count_harms(view: View) -> Harms:
    """What force and harm the records of a View tell. Do not change it."""
    return harms.count_harms(views.current(view.stamp), view)
