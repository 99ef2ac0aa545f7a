"""The widget of each sort of filter, bound to the link."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from data.views.filters import Filter

EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)


def several(row: Filter, options: tuple[str, ...], default: Any) -> Any:  # noqa: ARG001
    """Any number of the options."""
    return st.multiselect(
        row.label, options, key=row.word, bind="query-params", help=row.help, placeholder="all"
    )


def one(row: Filter, options: tuple[str, ...], default: Any, disabled: bool = False) -> Any:
    """Exactly one of the options."""
    return st.selectbox(
        row.label,
        options,
        index=options.index(default) if default in options else 0,
        key=row.word,
        bind="query-params",
        help=row.help,
        disabled=disabled,
    )


def radio(
    row: Filter, options: tuple[str, ...], default: Any, captions: Sequence[str] | None = None
) -> Any:
    """Exactly one of the few options, all in sight, each with a caption below it."""
    return st.radio(
        row.label,
        options,
        index=options.index(default) if default in options else 0,
        key=row.word,
        bind="query-params",
        captions=captions,
        help=row.help,
    )


def typed(row: Filter, options: tuple[str, ...], default: Any) -> Any:  # noqa: ARG001
    """One of the options, or what the reader types."""
    return st.selectbox(
        row.label,
        options,
        key=row.word,
        bind="query-params",
        help=row.help,
        accept_new_options=True,
    )


def day(row: Filter, options: tuple[str, ...], default: Any) -> Any:  # noqa: ARG001
    """A date, or none."""
    return st.date_input(
        row.label,
        value=None,
        key=row.word,
        bind="query-params",
        help=row.help,
        min_value=EARLIEST,
        max_value=LATEST,
        format="YYYY-MM-DD",
    )


def switch(row: Filter, options: tuple[str, ...], default: Any) -> Any:  # noqa: ARG001
    """Yes or no."""
    return st.toggle(row.label, key=row.word, bind="query-params", help=row.help)


def text(row: Filter, options: tuple[str, ...], default: Any) -> Any:  # noqa: ARG001
    """A few words."""
    return st.text_input(row.label, key=row.word, bind="query-params", help=row.help)


WIDGETS: dict[str, Callable[..., Any]] = {
    "several": several,
    "one": one,
    "radio": radio,
    "typed": typed,
    "date": day,
    "switch": switch,
    "text": text,
}
EMPTY: dict[str, Any] = {"several": [], "date": None, "switch": False, "text": ""}
