"""Counts of a View's rows, asked of the fewest rows that can tell them: cubes, else facts."""

import re
from collections.abc import Mapping, Sequence, Set
from datetime import date, timedelta
from typing import NamedTuple

import pyarrow as pa

from data.storage import cubes
from data.storage.cubes import Cube
from data.storage.database import Rows, list_query
from data.storage.store import Current, Layout
from data.views.sql import covers_all, has_months
from data.views.view import DAY, MONTH, WEEK, View

# by the steps that a question counts by: the steps of cubes that can answer it, longest first
_GRAINS: dict[int | None, tuple[str, ...]] = {
    None: (cubes.YEAR, cubes.QUARTER, cubes.MONTH, cubes.WEEK, cubes.DAY),
    MONTH: (cubes.MONTH, cubes.DAY),
    WEEK: (cubes.WEEK, cubes.DAY),
    DAY: (cubes.DAY,),
}
ANY_PIXEL = 30  # the shift of a question that asks of points no more than whether there are any
_FACTS = {"n": "count(*)", "one": "1", "east": "0", "south": "0", "weights": ""}
_SUMS = {"n": "sum(n)::BIGINT", "one": "n::BIGINT", "east": "east", "south": "south"}
_WORTH = 0.7  # of as many rows as the facts: below, a cube is asked
_NAME = re.compile(r"[a-z_]\w*")
_DAY = timedelta(days=1)


class Piece(NamedTuple):
    """Days that are answered from one cube, or from facts where that is None."""

    cube: Cube | None
    first: date
    last: date


def count_rows(
    current: Current,
    sql: str,
    params: Sequence[object],
    view: View | None = None,
    step: int | None = None,
    shift: int = 0,
    resolution: int = cubes.FINEST,
) -> pa.Table:
    """The answer of a query that counts rows of the narrow table, {facts}.

    In it {n} is their number, {one} what each adds to a sum, {east} and {south} what it adds to
    those of places in a map pixel; {weights} are columns of these three, and nothing where each row
    stands for itself. `view` is the View that its condition holds for; None where it
    asks for days in another way. `step` is the step of time that it counts by, `shift` that of the
    finest map pixel and `resolution` that of the finest hexagon that it asks for.
    """
    list_query(_replaced(sql, _FACTS), params)
    layout = current.layout
    every = (layout.blocks[0].first, max(block.last for block in layout.blocks))
    all_days = view is None or covers_all(view, current.meta)
    names = frozenset(_NAME.findall(sql))
    # a night or a month is not told by the day alone
    by_day = "day" in names and (view is None or view.night or has_months(view, current.meta))
    exact = by_day and (view is None or not all_days)
    usable = _usable(layout, names, _GRAINS[DAY if exact else step], (shift, resolution))
    if view is None or all_days:
        pieces = [Piece(usable[0] if usable else None, *every)]
    else:
        first = view.start.replace(day=1) if exact else view.start
        last = min(view.end, every[1]) + _DAY * exact
        if view.end >= every[1]:  # nothing comes after the last day: its steps are whole
            last = date(every[1].year, 12, 31)
        pieces = _pieces(max(first, every[0]), last, usable)
        pieces = [piece for piece in pieces if piece.first <= every[1]]
    return _asked(current, sql, params, pieces or [Piece(None, every[0], every[0])], all_days)


def _usable(
    layout: Layout, names: Set[str], grains: Sequence[str], finest: tuple[int, int]
) -> list[Cube]:
    """The cubes that can answer, from the longest step on, each smaller than those after it.

    `finest` are the shift of pixels and the resolution of hexagons that are asked for.
    """
    shift, resolution = finest
    columns = layout.columns & names
    fewest, found = _WORTH * layout.rows, list[Cube]()
    able = [
        (grains.index(cube.grain), cells, cube)
        for cube, cells in layout.cubes
        if columns <= cube.columns and cube.grain in grains
        if cube.shift <= shift and cube.resolution >= resolution
    ]
    for _, cells, cube in sorted(able, key=lambda one: (-one[0], one[1])):
        if cells < fewest:
            fewest = cells
            found.insert(0, cube)
    return found


def _pieces(first: date, last: date, usable: Sequence[Cube]) -> list[Piece]:
    """The days from first to last: as many as can be from the first cube, the others from the
    next ones, and what is left from facts."""
    if first > last:
        return []
    if not usable:
        return [Piece(None, first, last)]
    start, after = cubes.whole_steps(usable[0].grain, first, last + _DAY)
    if start >= after:
        return _pieces(first, last, usable[1:])
    return [
        *_pieces(first, start - _DAY, usable[1:]),
        Piece(usable[0], start, after - _DAY),
        *_pieces(after, last, usable[1:]),
    ]


def _asked(
    current: Current, sql: str, params: Sequence[object], pieces: Sequence[Piece], all_days: bool
) -> pa.Table:
    """The answer of the query over all pieces."""
    every = current.layout.blocks
    blocks = [  # one at least: a table without rows has its columns too
        [b for b in every if b.first <= piece.last and b.last >= piece.first] or every[:1]
        for piece in pieces
    ]
    tables: dict[str, Sequence[Rows]] = {
        f"part{i}": current.rows_of(own, piece.cube)
        for i, (piece, own) in enumerate(zip(pieces, blocks))
    }
    if [piece.cube for piece in pieces] == [None]:
        told = _FACTS | {"facts": "{part0}"}
    else:
        told, sql = dict(_SUMS), sql.replace("{weights}", ", n, east, south")
        columns = _columns(sql, pieces)
        parts = [
            _selected(piece, f"{{part{i}}}", columns, all_days) for i, piece in enumerate(pieces)
        ]
        told["facts"] = f"({' UNION ALL '.join(parts)})"
    return current.query(_replaced(sql, told), params, tables)


def _replaced(sql: str, names: Mapping[str, str]) -> str:
    """A query with what stands for its names in braces."""
    for name, value in names.items():
        sql = sql.replace("{" + name + "}", value)
    return sql


def _columns(sql: str, pieces: Sequence[Piece]) -> list[str]:
    """The columns that the query needs of each piece."""
    names = {"day", "n", *_NAME.findall(sql)}
    known = {name for p in pieces if p.cube for name in (*p.cube.dimensions, *p.cube.sums)}
    return sorted(names & known)


def _selected(piece: Piece, rows: str, columns: Sequence[str], all_days: bool) -> str:
    """A piece in SQL; where it has all days, no row need be asked for its own."""
    facts = {"n": "1 AS n", "east": "0 AS east", "south": "0 AS south"} if not piece.cube else {}
    told = ", ".join(facts.get(name, name) for name in columns)
    days = "" if all_days else f"WHERE day BETWEEN DATE '{piece.first}' AND DATE '{piece.last}'"
    return f"SELECT {told} FROM {rows} {days}"
