"""Made events decided as months go by, and their exact counts: what attackers compare."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from data.attacks import made_records
from data.privacy import budget, measured_tables
from data.privacy.closed_periods import calendar, closed, decided_months
from data.privacy.decided_events import Decisions, Sensitive, admitted
from data.privacy.measured_tables import Axes
from data.privacy.policy import Policy
from data.privacy.tables import LATE, Table
from data.storage.events import BudgetOpened
from geo.arrays import Ints

Budgets = Mapping[str, BudgetOpened]  # by year
_LATE = Table("city", "year", "", LATE)


class Counted(NamedTuple):
    """The exact counts of a table in a year: its cells, and how many events each has."""

    cells: pd.DataFrame
    n: Ints


Counts = dict[tuple[str, Table], Counted]  # by year and table


def made_rules(rules: Policy) -> Policy:
    """A policy whose tables begin with the made records."""
    return replace(rules, since=made_records.FIRST_DAY)


def made_budgets(rules: Policy, years: int) -> dict[str, BudgetOpened]:
    """The budgets of the years of made records."""
    first = made_records.FIRST_DAY.year
    return {str(y): made_records.made_budget(y, rules) for y in range(first, first + years)}


class KeptDecisions(Decisions):
    """Decisions as the job makes them, kept in memory: a thousand are made and thrown away."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.kept: dict[str, pa.Table] = {}

    def has(self, period: str) -> bool:
        """Return whether a period is decided."""
        return period in self.kept

    def decided(self) -> list[str]:
        """All that is decided."""
        return sorted(self.kept)

    def _keep(self, name: str, table: pa.Table) -> None:
        self.kept[name] = table

    def _load(self, period: str) -> pa.Table:
        return self.kept[period]


class Step(NamedTuple):
    """A day on which months of a year are decided, and its late ones; the records of that day."""

    year: str
    months: list[str]
    late: bool
    records: pd.DataFrame


def decision_steps(history: pd.DataFrame, rules: Policy, budgets: Budgets) -> list[Step]:
    """Every day on which something of some years is decided, with the records as known then."""
    rules, done, steps = made_rules(rules), set[str](), []
    for as_of in made_records.month_ends(len(budgets)):
        known = made_records.records_known_on(history, as_of)
        due = [month for month in decided_months(as_of, rules) if month not in done]
        for year in budgets:
            months = [month for month in due if month[:4] == year]
            late = year not in done and year in closed(_LATE, as_of, rules)
            done |= {*months, *([year] if late else [])}
            if months or late:
                own = known[known["local_date"].dt.year == int(year)]
                steps.append(Step(year, months, late, own))
    return steps


def decide_events(
    steps: Iterable[Step], rules: Policy, budgets: Budgets, without: str = ""
) -> Decisions:
    """Decide made events step by step as the job does, without those of one id."""
    decisions = KeptDecisions()
    for step in steps:
        event, rows = budgets[step.year], step.records
        rows = rows[(rows["incident_id"] != without).to_numpy(bool)]
        sensitive = Sensitive(frozenset(event.sensitive_kinds), tuple(event.sensitive_settings))
        events = admitted(rows, rules.grades, event.kinds, sensitive)
        decisions.decide(step.months, events)
        if step.late:
            decisions.decide_late(step.year, events)
    return decisions


def exact_counts(decisions: Decisions, budgets: Budgets) -> Counts:
    """The exact counts of all tables of all years."""
    found: Counts = {}
    for year, event in budgets.items():
        months = [f"{year}-{month:02d}" for month in range(1, 13)]
        events, late = decisions.read(months), decisions.read([year])
        axes = budget.axes_of(event)
        for table in budget.tables_of(event):
            cells = cells_of(year, table, axes)
            own = late if table.sort == LATE else events
            found[year, table] = Counted(
                cells, measured_tables.count_events(own, table, cells, axes)
            )
    return found


def differing(one: Counts, other: Counts) -> dict[tuple[str, Table], Ints]:
    """The rows of the cells whose counts differ, by year and table."""
    found = {key: np.flatnonzero(one[key].n != other[key].n) for key in one}
    return {key: rows for key, rows in found.items() if len(rows)}


@lru_cache(maxsize=64)
def cells_of(year: str, table: Table, axes: Axes) -> pd.DataFrame:
    """Every cell of a table in a year."""
    days = calendar(date(int(year), 1, 1), date(int(year), 12, 31))
    return measured_tables.grid(table, list(days[table.unit].unique()), axes)
