"""The ranked list beside the map: areas from the highest, each with a bar and its number."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from data.numbers import area_states, measures
from data.views.answers import Answer
from data.views.view import View
from data.words import HEXAGONS

FIRST = 10  # rows that are shown before all are asked for


class Rank(NamedTuple):
    """An area in the list.

    `row` is its position in the answer's table, `name` what screens show and `area` what links
    say, `value` the number as text, or why there is none where it is not `counted`, `share` of the
    highest one (0 to 1), and `weak` where the number rests on fewer than 20 incidents.
    """

    row: int
    name: str
    area: str
    value: str
    share: float
    weak: bool
    counted: bool


def ranked_rows(answer: Answer, view: View) -> list[Rank]:
    """The areas asked for, highest first: what rests on few incidents after the others, then 0,
    then those without a rate, whose value says why. None where zeros would be no zeros."""
    if not (answer.covered and answer.placed):
        return []
    table = answer.table
    ranked = measures.ranked(table, view)
    rest = table[table["asked"]].drop(index=ranked.index)
    rated = view.measure == measures.RATE
    why = area_states.no_rate(table, short=True)
    values = measures.value(table, view).to_numpy(float)
    weak = table["unreliable"].to_numpy(bool) & rated
    without = [row for row in rest.index if rated and why[row]]
    left = set(rest.index) - set(without)
    order = [*ranked.index, *(row for row in rest.index if row in left), *without]
    known = [values[row] for row in ranked.index]
    top = max(known, default=0.0)

    names, weak_, shown = table["area"].tolist(), weak.tolist(), values.tolist()

    def say(row: int) -> str:
        if rated:
            return why[row] or _rate(shown[row])
        return f"{shown[row]:,.0f}"

    return [
        Rank(
            row,
            measures.area_name(names[row]),
            names[row],
            say(row),
            shown[row] / top if top and shown[row] > 0 else 0.0,
            weak_[row] and shown[row] > 0,
            not (rated and why[row]),
        )
        for row in map(int, order)
    ]


def _rate(value: float) -> str:
    """A rate in a column of its own kind: whole from 100 on, else one decimal."""
    return (
        f"{value:,.0f}"
        if value >= 100 or not value
        else f"{value:.1f}"
        if value >= 1
        else f"{value:.2g}"
    )


def list_title(view: View, shown: int, of: int) -> str:
    """What the list holds: "10 of 87 neighborhoods"."""
    nouns = measures.unit_noun(view)
    return f"{shown:,} of {of:,} {nouns}" if shown < of else f"{of:,} {nouns}"


def value_title(view: View) -> str:
    """The header of the numbers."""
    return "per 1,000" if view.measure == measures.RATE else "count"


def ranks_html(
    rows: Sequence[Rank],
    view: View,
    of: int,
    query: Mapping[str, Sequence[str]],
    page: str = "area",
) -> str:
    """The list as HTML in which every text is escaped; `of` so many areas in all.

    A name is a link to the area's own page with the words of `query`, the link's own; hexagons
    have none. `data-area` is the row in the answer's table, by which the map knows it.
    """
    linked = view.area_set not in HEXAGONS
    opens = {word: texts for word, texts in query.items() if word not in ("name", "at", "frame")}
    lines = [
        '<div class="porch-ranks"><div class="head">'
        f"<span>{escape(list_title(view, len(rows), of))}</span>"
        f"<span>{escape(value_title(view))}</span></div><ol>"
    ]
    for rank in rows:
        name = escape(rank.name)
        link = f"{page}?{urlencode({**opens, 'name': rank.area}, doseq=True)}"
        inner = (
            f'<span class="name" title="{name}">{name}</span>'
            f'<span class="bar">{_bar(rank.share)}</span>'
            f'<span class="value">{escape(rank.value)}</span>'
            if rank.counted
            else f'<span class="name" title="{name}">{name}</span>'
            f'<span class="why">{escape(rank.value)}</span>'
        )
        mark = f'data-area="{rank.row}"' + (f' class="weak" title="{WEAK}"' if rank.weak else "")
        opened = f'<a {mark} href="{escape(link)}" target="_self">' if linked else f"<div {mark}>"
        lines.append(f"<li>{opened}{inner}{'</a>' if linked else '</div>'}</li>")
    weak = f'<p class="weak">{WEAK}</p>' if any(rank.weak for rank in rows) else ""
    return "".join([*lines, f"</ol>{weak}</div>"])


def _bar(share: float) -> str:
    return f'<i style="width:{100 * share:.1f}%"></i>' if share else ""


WEAK = "Pale and striped: fewer than 20 incidents, so chance alone can double the rate."
