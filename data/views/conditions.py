"""The SQL conditions of a View: which rows of the narrow table it shows."""

from collections.abc import Iterable
from datetime import timedelta

from data.storage.store import Current
from data.views.filters import FILTERS
from data.views.sql import Clause, covers_all, has_months
from data.views.view import View


def joined(clauses: Iterable[Clause | None]) -> Clause:
    """Clauses as one that holds where all of them hold."""
    held = [clause for clause in clauses if clause]
    sql = " AND ".join(sql for sql, _ in held) or "true"
    return sql, [value for _, values in held for value in values]


def asked_sql(view: View, current: Current, leave_out: tuple[str, ...] = ()) -> Clause:
    """SQL for all filters but some; `day` is bounded plainly too, so that rows are skipped."""
    clauses = [f.sql(view, current.meta) for f in FILTERS if f.sql and f.word not in leave_out]
    if view.night and "from" not in leave_out and not covers_all(view, current.meta):
        first = view.start.replace(day=1) if has_months(view, current.meta) else view.start
        clauses.append(("day BETWEEN ? AND ?", [first, view.end + timedelta(days=1)]))
    return joined(clauses)


def settled(view: View) -> Clause | None:
    """SQL that holds for what is old enough to be shown."""
    if view.settled_by is None:
        return None
    return "(settled_at IS NULL OR settled_at <= ?)", [view.settled_by]


def where(view: View, current: Current) -> Clause:
    """The SQL condition and its parameters for the rows that a View shows."""
    return joined([asked_sql(view, current), settled(view)])
