"""A16: a thousand data sets that differ by one event; how far the exact counts move."""

import shutil
from collections import Counter

import numpy as np
import pandas as pd

from data.attacks import made_events, made_records
from data.attacks.case import Case, Count, Found

YEARLY, YEARS = 120, 2


def sensitivity(case: Case, count: Count) -> Found:
    """Check that an event moves each table in one cell at most, by one, and one sort of tables."""
    history = made_records.history(YEARLY, YEARS)
    budgets = made_events.made_budgets(case.rules, YEARS)
    ids = np.random.default_rng(16).permutation(history["incident_id"].to_numpy(object))
    whole = _counts(case, history, budgets)
    sorts: Counter[str] = Counter()
    cells = step = 0
    several = 0
    for i, one in enumerate(ids[: count.neighbors]):
        other = _counts(case, history[history["incident_id"] != one], budgets)
        moved = made_events.differing(whole, other)
        tables = Counter(table for _, table in moved)
        for key, rows in moved.items():
            cells = max(cells, len(rows), tables[key[1]])
            step = max(step, int(np.abs(whole[key].n - other[key].n).max()))
        of = {table.sort for _, table in moved}
        several += len(of) > 1
        sorts.update(of)
        case.progress((i + 1) / count.neighbors)
    seen = ", ".join(f"{n:,} {sort}" for sort, n in sorted(sorts.items()))
    figure = (
        f"{min(count.neighbors, len(ids)):,} neighbors ({seen}): at most {cells} cells a table by "
        f"{step}, {several} in two sorts of tables"
    )
    return Found(cells <= 1 and step <= 1 and not several and bool(sorts), figure)


def _counts(case: Case, history: pd.DataFrame, budgets: made_events.Budgets) -> made_events.Counts:
    folder = case.scratch / "neighbor"
    try:
        decisions = made_events.decide_events(folder, history, case.rules, budgets)
        return made_events.exact_counts(decisions, budgets)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
