"""A17: whether two numbers ever get the same chance: names of draws, and correlations."""

import hashlib
from collections.abc import Iterator

import numpy as np

from data.attacks import made_events
from data.attacks.case import Case, Count, Found
from data.privacy import budget, measured_tables
from data.privacy.tables import Table
from geo import discrete_laplace

_YEARS = 3
ISSUES = ("2021-02-01", "2021-05-13", "2024-03-01", "2024-03-01-again-2021")
CELLS = 12  # of each table are compared with all others
LIMIT = 0.05
Names = dict[tuple[str, Table], list[bytes]]  # by year and table


def shared(case: Case, count: Count) -> Found:
    """Check that the names of all draws differ, and that the chance of no two cells goes together."""
    budgets = made_events.made_budgets(case.rules, _YEARS)
    seen: set[bytes] = set()
    total = 0
    for issue in ISSUES:
        for names in _names(budgets, issue).values():
            total += len(names)
            seen.update(names)
    case.progress(0.2)
    twice = total - len(seen)
    highest = highest_correlation(_names(budgets, ISSUES[0]), budgets, count.runs)
    figure = f"{twice} of {total:,} names twice; highest correlation {highest:.3f}"
    return Found(twice == 0 and highest < LIMIT, figure)


def _names(budgets: made_events.Budgets, issue: str) -> Names:
    """The names of the draws of all cells of some years, by year and table."""
    found: Names = {}
    for year, event in budgets.items():
        for table in budget.tables_of(event):
            cells = made_events.cells_of(year, table, budget.axes_of(event))
            keys = measured_tables.keys_of(cells, table)
            found[year, table] = measured_tables.draw_names(table, keys, issue)
    return found


def highest_correlation(names: Names, budgets: made_events.Budgets, runs: int) -> float:
    """The highest correlation of the chance in two cells over many issues of empty tables, each
    with a key of its own."""
    year = min(budgets)
    epsilons = budget.tables_of(budgets[year])
    columns = []
    for table, epsilon in epsilons.items():
        own = names[year, table][:CELLS]
        words = np.concatenate([discrete_laplace.keyed_words(key, own) for key in _keys(runs)])
        columns.append(discrete_laplace.draw(words, epsilon).reshape(runs, len(own)))
    chance = np.concatenate(columns, axis=1).astype(float)
    found = np.abs(np.corrcoef(chance, rowvar=False))
    np.fill_diagonal(found, 0)
    return float(np.nan_to_num(found, nan=1).max())


def _keys(many: int) -> Iterator[bytes]:
    for i in range(many):
        yield hashlib.sha256(b"a key of the attacks %d" % i).digest()
