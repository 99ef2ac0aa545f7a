"""What a page says of a cite as of now, and its numbers as readers write them."""

from typing import NamedTuple

from data.cites.number_table import CellChange


class CiteOutcome(NamedTuple):
    """What a page says of a cite as of now: a headline, sentences below it, and what differs."""

    headline: str
    lines: tuple[str, ...] = ()
    changes: tuple[CellChange, ...] = ()


def cell_text(cell: str | None, digits: int = 3) -> str:
    """A cell as readers write it: 1,240; 12.5; a dash for an empty one, words for a missing row."""
    if cell is None:
        return "not there"
    if not cell:
        return "–"
    try:
        value = float(cell)
    except ValueError:
        return cell
    if cell.lstrip("-").isdigit():
        return f"{int(cell):,}"
    if value != value or abs(value) == float("inf"):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"


def changed_texts(change: CellChange) -> tuple[str, str]:
    """Both numbers of a change as readers write them, with as many digits as tell them apart."""
    for digits in (3, 6, 12):
        old, new = cell_text(change.old, digits), cell_text(change.new, digits)
        if old != new:
            return old, new
    return str(change.old), str(change.new)
