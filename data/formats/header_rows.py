"""Which row of a sheet names its columns: titles stand above it, names of groups over the names."""

from collections.abc import Sequence
from typing import NamedTuple

from data.files.column_names import clean_label, is_header
from data.files.known_words import known_name

LOOKED_AT = 60  # rows
GROUP = " / "  # between the name of a group and that of a column

_Row = Sequence[str]
_Merged = Sequence[Sequence[int]]  # first row, first column, last row, last column of each


class Header(NamedTuple):
    """The header of a sheet: its names, whether they are a row of values (and so no header),
    and its first and last row, counted from 0."""

    labels: tuple[str, ...]
    is_values: bool
    first: int
    last: int


def find_header(rows: Sequence[_Row], merged: _Merged = (), stated: bool = False) -> Header | None:
    """The header among the first rows of a sheet, as texts; None where all are empty.

    With `stated` somebody says that there is none: only titles are passed over, rows with a single
    text above wider ones.
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = max(filled, default=0)
    if not widest:
        return None
    enough = min(widest, 2) if stated else -(-widest // 2)
    at = next(i for i, count in enumerate(filled) if count >= enough)
    if stated:
        return Header(tuple(rows[at]), not is_header(rows[at]), at, at)
    at = next((i for i, row in enumerate(rows) if _is_known(row)), at)
    if not is_header(rows[at]):
        return Header(tuple(rows[at]), True, at, at)
    over = next((i for i in (at, at - 1) if _are_groups(rows, i, merged)), None)
    if over is None:
        return Header(tuple(rows[at]), False, at, at)
    return Header(_join(rows[over], rows[over + 1], over, merged), False, over, over + 1)


def _is_known(row: _Row) -> bool:
    """Return whether a row holds names known from the tables of headers, and no value."""
    labels = [clean_label(cell) for cell in row]
    names_only = all(is_header([label]) for label in labels)
    return names_only and sum(known_name(label) for label in labels if label) >= 2


def _are_groups(rows: Sequence[_Row], at: int, merged: _Merged) -> bool:
    """Return whether a row holds names of groups, over the names in the next row.

    The next row fills its gaps, values follow, and it spans columns: by merged cells over some of
    them or, in a sheet without any, by a second name after a gap.
    """
    if not 0 <= at < len(rows) - 1 or not (is_header(rows[at]) and is_header(rows[at + 1])):
        return False
    over, names = ([bool(cell.strip()) for cell in row] for row in rows[at : at + 2])
    used = [any(row[i].strip() for row in rows[at + 1 :]) for i in range(len(over))]
    gaps = [i for i, there in enumerate(used) if there and not over[i]]
    known = sum(known_name(clean_label(cell)) for cell in rows[at + 1] if cell)
    values = at + 2 < len(rows) and not is_header(rows[at + 2])
    if not gaps or not all(names[i] for i in gaps) or not (values or known > 1):
        return False
    if _spans(merged, at):
        return sum(over) > 1 or (any(over) and not over[0])
    return sum(over) > 1 and any(over[gaps[0] :])


def _spans(merged: _Merged, at: int) -> dict[int, int]:
    """First to last column of the cells of a row that are merged over several columns."""
    return {left: right for top, left, _, right in merged if top == at and right > left}


def _join(over: _Row, names: _Row, at: int, merged: _Merged) -> tuple[str, ...]:
    """Each name with that of its group: the merged cell above it or, without any, the last one."""
    spans = _spans(merged, at)
    labels, group, until = [], "", -1
    for i, (above, name) in enumerate(zip(map(clean_label, over), map(clean_label, names))):
        if above and not name:  # a name over both rows
            labels.append(above)
            group = ""
            continue
        if above:
            group, until = above, spans.get(i, i if spans else len(over))
        elif i > until:
            group = ""
        labels.append(GROUP.join(part for part in dict.fromkeys((group, name)) if part))
    return tuple(labels)
