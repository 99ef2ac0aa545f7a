"""A table of counts in which each count opens its records."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

import streamlit as st

from data.views import links
from data.views.view import View
from ui.cached import views


class Cell(NamedTuple):
    """A count, the View of its records (None: no filter tells them apart), and what they are."""

    n: int
    view: View | None
    says: str


class Row(NamedTuple):
    """A row: its names, its cells, and whether it sums up those below it."""

    names: tuple[str, ...]
    cells: Sequence[Cell]
    is_sum: bool = False


def show_cells(heads: Sequence[str], rows: Sequence[Row], names: int, says: str) -> None:
    """Show a table; its first columns are names, `says` is what it holds, for those who cannot see
    it."""
    head = "".join(
        f'<th scope="col"{" class=name" if i < names else ""}>{escape(name)}</th>'
        for i, name in enumerate(heads)
    )
    body = "".join(map(_row, rows))
    st.html(
        f'<div class="porch-cells" tabindex="0" role="region" aria-label="{escape(says, quote=True)}">'
        f'<table class="porch-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(row: Row) -> str:
    names = "".join(f'<th scope="row">{escape(name)}</th>' for name in row.names)
    cells = "".join(f"<td>{_count(cell)}</td>" for cell in row.cells)
    return f"<tr{' class=sum' if row.is_sum else ''}>{names}{cells}</tr>"


def _count(cell: Cell) -> str:
    """A count as a link to its records; 0 has none."""
    if not cell.n or cell.view is None:
        return f"<span>{cell.n:,}</span>"
    query = links.query(cell.view, views.meta(cell.view.stamp))
    # beside this page, wherever the dashboard is served
    address = escape(f"records?{query}", quote=True)
    says = escape(f"{cell.n:,}: {cell.says}", quote=True)
    return f'<a href="{address}" target="_self" aria-label="{says}">{cell.n:,}</a>'


def legend_html(colors: Mapping[str, str]) -> str:
    """What each color of stacked bars means, for all charts below it."""
    each = (
        f'<li><i style="background: {color}"></i>{escape(word)}</li>'
        for word, color in colors.items()
    )
    return f'<ul class="porch-words">{"".join(each)}</ul>'
