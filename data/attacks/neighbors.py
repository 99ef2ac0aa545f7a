"""A16: a thousand data sets that differ by one event; how far the exact counts move."""

from collections import Counter

import numpy as np
import pandas as pd

from data.attacks import made_events, made_records
from data.attacks.case import Case, Count, Found
from data.attacks.made_events import Budgets, Counts, Step

_YEARLY, _YEARS = 600, 2
GRADED = ("corroborated", "verified")


def sensitivity(case: Case, count: Count) -> Found:
    """Check that an event moves each table in one cell at most, by one, and one sort of tables."""
    history = made_records.history(_YEARLY, _YEARS)
    budgets = made_events.made_budgets(case.rules, _YEARS)
    steps = made_events.decision_steps(history, case.rules, budgets)
    whole = _counts(steps, case, budgets)
    sorts: Counter[str] = Counter()
    cells = step = several = 0
    ids = _telling_first(history)[: count.neighbors]
    for i, one in enumerate(ids):
        other = _counts(steps, case, budgets, one)
        moved = made_events.differing(whole, other)
        tables: Counter[str] = Counter()
        for (year, table), rows in moved.items():
            tables[table.name] += len(rows)
            change = whole[year, table].n - other[year, table].n
            step = max(step, int(np.abs(change).max()))
        cells = max(cells, *tables.values(), 0)
        of = {table.sort for _, table in moved}
        several += len(of) > 1
        sorts.update(of)
        case.progress((i + 1) / len(ids))
    seen = ", ".join(f"{n:,} {sort}" for sort, n in sorted(sorts.items()))
    figure = (
        f"{len(ids):,} neighbors ({seen}): at most {cells} cells a table by {step}, "
        f"{several} in two sorts of tables"
    )
    return Found(cells <= 1 and step <= 1 and not several and bool(sorts), figure)


def _telling_first(history: pd.DataFrame) -> list[str]:
    """The ids of events, those first that could be counted twice: whose date, area or kind was
    corrected after they were graded, and those that were graded late; then all others."""
    good = (history["source_kind"] == "community") & history["grade"].isin(GRADED)
    lag = history["graded"] - history["received_at"].dt.tz_localize(None)
    decided = good & (lag < pd.Timedelta(days=20)) & history["taken_back"].isna()
    after = history["corrected"] - history["received_at"].dt.tz_localize(None)
    corrected = decided & (after > pd.Timedelta(days=60))
    dated = corrected & (history["other_day"] // 31 != history["day"] // 31)
    late = good & (lag > pd.Timedelta(days=60)) & history["taken_back"].isna()
    sort = np.select([dated, late, corrected, decided], [0, 1, 2, 3], 4)
    rank = pd.Series(sort).groupby(sort).cumcount()
    # of each sort some, in turn
    return list(history["incident_id"].iloc[np.lexsort((sort, rank))])


def _counts(steps: list[Step], case: Case, budgets: Budgets, without: str = "") -> Counts:
    decisions = made_events.decide_events(steps, case.rules, budgets, without)
    return made_events.exact_counts(decisions, budgets)
