"""The plan of a release in words and pictures: what each volume would show, and how exactly.

People choose the volume by it, before anything is measured: all four stand side by side.
"""

from typing import NamedTuple
from xml.sax.saxutils import escape

from data.palette import LIGHT
from data.privacy.estimated_tables import LIKELY
from data.privacy.measured_tables import Axes
from data.privacy.plan import Planned, opening_table, plan
from data.privacy.policy import Policy
from data.privacy.tables import (
    APART,
    COARSER,
    EVENTS,
    FEWEST,
    PROFILES,
    SENSITIVE,
    Table,
    ordinary_events,
)
from data.settings import settings_path
from geo import discrete_laplace

_WHERE = {"group": "Neighborhoods", "district": "Districts", "city": "City"}
_BY = {"": "", "kind": ", kind", "band": ", 6 hours", "setting": ", kind of place"}
_NAME, _CELL = 30, 13  # letters of the table's columns
_BAR = 10  # letters of a bar: an error as large as the number


class Column(NamedTuple):
    """What one volume would show by so many events a year: its tables, and the one that readers
    see first as a map."""

    volume: str
    events: int
    ordinary: int
    tables: dict[Table, Planned]
    opening: Table | None


def plan_volumes(rules: Policy, axes: Axes, *, areas: bool) -> list[Column]:
    """The plan of every volume, for the partition of a place and its policy."""
    found = []
    for volume in PROFILES:
        own = rules.expected if volume == rules.volume else 0
        events = own or EVENTS[volume], ordinary_events(volume, own)
        planned = plan(volume, rules.epsilon, axes, areas=areas, events=events[1])
        tables = {p.table: p for p in planned}
        found.append(Column(volume, *events, tables, opening_table(planned)))
    return found


def error(planned: Planned) -> float:
    """Half the width of the range that nine of ten times holds the number."""
    return LIKELY * planned.sd


def plan_lines(planned: list[Column], declared: str, epsilon: float, *, bars: bool) -> list[str]:
    """The whole plan as lines of a terminal: numbers, bars of text where they are wanted, what they
    mean, a warning."""
    return [
        f"The plan of a release, before anything is measured; looking spends nothing. Declared: "
        f'volume = "{declared}", epsilon = {epsilon:g}.',
        "",
        *_table(planned),
        "",
        "Number expected in a cell ± what chance adds, nine of ten times. * is the first map.",
        *_apart(epsilon),
        "",
        *(_bars(planned) if bars else []),
        *_choice(planned, declared),
    ]


def _rows(planned: list[Column]) -> list[Table]:
    """All tables of all volumes: places from small to large, then the city's time, kinds, hours."""
    every = {table for column in planned for table in column.tables}
    order = tuple(_WHERE), ("", "kind", "band")
    return sorted(
        every, key=lambda t: (order[1].index(t.by), order[0].index(t.where), -len(COARSER[t.unit]))
    )


def name(table: Table) -> str:
    """A table in a few words: Districts by quarter, kind."""
    unit = table.unit.removesuffix("-part")
    return f"{_WHERE[table.where]} by {unit}{_BY[table.by]}"


def _heads(planned: list[Column], first: str) -> str:
    return first.ljust(_NAME) + "".join(column.volume.rjust(_CELL) for column in planned)


def _table(planned: list[Column]) -> list[str]:
    every = "".join(f"{c.events:,}".rjust(_CELL) for c in planned)
    own = "".join(f"{c.ordinary:,}".rjust(_CELL) for c in planned)
    lines = [
        _heads(planned, "volume"),
        "all events a year, about".ljust(_NAME) + every,
        "of them not sensitive".ljust(_NAME) + own,
    ]
    for table in _rows(planned):
        cells = (_cell(column, table).rjust(_CELL) for column in planned)
        lines.append(name(table).ljust(_NAME) + "".join(cells))
    return lines


def _cell(column: Column, table: Table) -> str:
    planned = column.tables.get(table)
    if planned is None:
        return "-"
    star = "*" if column.opening == table else ""
    return f"{planned.mean:,.0f} ±{error(planned):,.0f}{star}"


def _apart(epsilon: float) -> list[str]:
    """What holds for every volume: sensitive events and those that were late."""
    said = []
    for table, share in APART.items():
        off = LIKELY * discrete_laplace.variance(float(share) * epsilon) ** 0.5
        what = "Sensitive" if table.sort == SENSITIVE else "Graded too late"
        said.append(f"{what}, {name(table).lower()}: ±{off:.0f} in every volume.")
    return said


def _bars(planned: list[Column]) -> list[str]:
    lines = [_heads(planned, "error")]
    for table in _rows(planned):
        cells = (_bar(column.tables.get(table)).rjust(_CELL) for column in planned)
        lines.append(name(table).ljust(_NAME) + "".join(cells).rstrip())
    about = f"{_BAR} blocks are an error as large as the number expected, > is more"
    return [*lines, "", f"Bars: {about}.", ""]


def _bar(planned: Planned | None) -> str:
    if planned is None:
        return ""
    part = error(planned) / planned.mean
    full = min(_BAR, max(1, round(part * _BAR)))
    return ("█" * full + "░" * (_BAR - full)) + (">" if part > 1 else " ")


def _choice(planned: list[Column], declared: str) -> list[str]:
    """How to choose; a warning where areas cannot be shown."""
    lines = [
        'Declare about how many events a year you expect: [release] volume = "small" in '
        f"{settings_path()}. It is fixed for a year when that year begins, and never read from the reports."
    ]
    small = next(c for c in planned if c.volume == "small")
    area = next((p for t, p in small.tables.items() if t.where == "district"), None)
    why = (
        f"a district would hold about {ordinary_events('tiny') / area.cells:.0f} events a year, and chance "
        f"would add ±{error(area):.0f}"
        if area
        else "chance would add about as much as an area counts"
    )
    warning = f"Under {FEWEST['small']} events a year there can be no map, only the whole city by quarter and year: {why}."
    lines.append(("Warning: " if declared == "tiny" else "") + warning)
    if area is None:
        lines.append("Warning: no residents are known, so there are no areas: only the whole city.")
    return lines


def picture(planned: list[Column], title: str) -> str:
    """The plan as SVG: a panel for each volume, a bar for the error of each table beside the number
    that is expected."""
    rows = _rows(planned)
    left, wide, high, top = 210, 170, 24, 84
    width, height = left + wide * len(planned) + 20, top + high * len(rows) + 44
    ink, quiet = f'fill="{LIGHT.ink}"', f'fill="{LIGHT.quiet}"'
    drawn = [
        f'<text x="16" y="28" font-size="18" font-weight="600" {ink}>{escape(title)}</text>',
        f'<text x="16" y="48" font-size="13" {quiet}>Number expected in a cell, and the error that '
        "chance adds nine of ten times: a full bar is an error as large as the number.</text>",
    ]
    for j, column in enumerate(planned):
        x = left + wide * j
        head = f"{column.volume}: {column.events:,} a year"
        drawn.append(
            f'<text x="{x}" y="{top - 10}" font-size="13" font-weight="600" {ink}>{head}</text>'
        )
    for i, table in enumerate(rows):
        y = top + high * i
        drawn.append(f'<text x="16" y="{y + 15}" font-size="13" {ink}>{name(table)}</text>')
        for j, column in enumerate(planned):
            if (own := column.tables.get(table)) is not None:
                drawn.append(_drawn_bar(own, left + wide * j, y, column.opening == table))
    foot = "Outlined in ink: the map that readers see first."
    drawn.append(f'<text x="16" y="{height - 14}" font-size="13" {quiet}>{foot}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="Source Sans 3, Helvetica, Arial, sans-serif" role="img">'
        f'<rect width="{width}" height="{height}" fill="{LIGHT.paper}"/>{"".join(drawn)}</svg>\n'
    )


def _drawn_bar(planned: Planned, x: int, y: int, first: bool) -> str:
    long, part = 70, error(planned) / planned.mean
    edge = f'stroke="{LIGHT.ink}" stroke-width="2"' if first else f'stroke="{LIGHT.control}"'
    more = ">" if part > 1 else ""
    return (
        f'<rect x="{x}" y="{y + 4}" width="{long}" height="13" fill="{LIGHT.paper}" {edge}/>'
        f'<rect x="{x + 1}" y="{y + 5}" width="{min(1, part) * (long - 2):.1f}" height="11" fill="{LIGHT.accent}"/>'
        f'<text x="{x + long + 6}" y="{y + 15}" font-size="12" fill="{LIGHT.ink}">'
        f"{more}{planned.mean:,.0f} ±{error(planned):,.0f}</text>"
    )
