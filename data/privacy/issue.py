"""One issue: months decided, due periods measured, and everything measured fitted.

The order of steps makes every stop safe: the key is on the disk before anything is drawn from it,
what was drawn is on the disk before the ledger says so, and the ledger says so before a release
shows it; made again, a step gives the same numbers.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.privacy import budget, issue_key, partitions, placed_records
from data.privacy.closed_periods import closed
from data.privacy.decided_events import Decisions, Sensitive, admitted
from data.privacy.estimated_tables import estimate
from data.privacy.measured_tables import measure
from data.privacy.partitions import Partition
from data.privacy.policy import Policy
from data.privacy.tables import LATE, LATE_TABLE, Tables
from data.settings import Problem, Settings
from data.storage.events import BudgetOpened, NoiseDrawn
from data.storage.store import Store


class Issue(NamedTuple):
    """What an issue is made of: the store, its settings and rules, the date, what is decided."""

    store: Store
    settings: Settings
    rules: Policy
    as_of: date
    decisions: Decisions


def open_budgets(job: Issue) -> list[BudgetOpened]:
    """The budgets of all years that have a closed period, opened where they are not."""
    partition = partitions.current_partition(job.store, job.settings, job.rules)
    opened = job.store.history().budgets
    months = budget.decided_months(job.as_of, job.rules)
    if not months:
        raise Problem(
            f"No month is old enough to be published as of {job.as_of}: the first is decided "
            f"{job.rules.decided_after_days} days after its end."
        )
    found = []
    for year in dict.fromkeys(month[:4] for month in months):
        event = opened.get(year)
        if event is None:
            event = budget.new_budget(year, job.rules, partition)
            job.store.ledger.append(event)
        found.append(event)
    budget.keep_budget(job.store)
    return found


def require_redoable(job: Issue, again: str) -> None:
    """Problem unless a year may be measured a second time: once, and never while its first numbers
    stand."""
    if not again:
        return
    history = job.store.history()
    issues = [name for name, event in history.drawn.items() if _has_year(event, again)]
    if not issues:
        raise Problem(f"Nothing of {again} was measured: there is nothing to do again.")
    if again in budget.years_again(history):
        raise Problem(f"{again} was measured a second time already: there is no third.")
    standing = [name for name in history.standing if name in history.built]
    if shown := [n for n in standing if {*(history.built[n].issues or ())} & {*issues}]:
        raise Problem(f"Release {shown[-1]} shows numbers of {again}: recall it first.")


def _has_year(event: NoiseDrawn, year: str) -> bool:
    return any(period[:4] == year for periods in event.tables.values() for period in periods)


def decide_events(
    job: Issue, budgets: Sequence[BudgetOpened], newest: Partition, again: str
) -> pd.DataFrame:
    """Fix the events of months and late ones that are due; the records placed by the newest
    partition, for what is exact."""
    if again:
        job.decisions.withdraw(again)
    lost = budget.lost_months(job.store.history(), job.decisions)
    lost = {month for month in lost if month[:4] != again}
    months = budget.undecided_months(job.as_of, job.rules, job.decisions, lost)
    placed: dict[str, pd.DataFrame] = {}
    for event in budgets:
        if event.partition not in placed:
            of = partitions.load_partition(job.store, event.partition)
            placed[event.partition] = _placed(job, of)
        own = [month for month in months if month[:4] == event.year]
        late = not job.decisions.has(event.year) and event.year in closed(
            LATE_TABLE, job.as_of, job.rules
        )
        if own or late:
            own_year = placed[event.partition]
            own_year = own_year[own_year["local_date"].dt.year == int(event.year)]
            sensitive = Sensitive(frozenset(event.sensitive_kinds), tuple(event.sensitive_settings))
            events = admitted(own_year, job.rules.grades, event.kinds, sensitive)
            job.decisions.decide(own, events)
            if late and not any(month[:4] == event.year for month in lost):
                job.decisions.decide_late(event.year, events)
    return placed[newest.digest] if newest.digest in placed else _placed(job, newest)


def _placed(job: Issue, of: Partition) -> pd.DataFrame:
    """The store's records, each with its group of a partition."""
    areas = partitions.placed_areas(job.store, job.settings, of)
    groups = np.asarray(of.groups) * of.has_areas  # without residents no area is known
    return placed_records.records(job.store, areas.frame, areas.meta, groups)


def draw_due(job: Issue, budgets: Sequence[BudgetOpened], again: str) -> None:
    """Measure what is due: key, numbers, ledger, in this order."""
    history = job.store.history()
    due = budget.due_periods(history, budgets, job.as_of, job.rules, again)
    due = budget.without_months(due, budget.lost_months(history, job.decisions))
    issue = job.as_of.isoformat() + (f"-again-{again}" if again else "")
    if issue in history.drawn:  # drawn as of this day before: what has come since waits a day
        _restore(job, history.drawn[issue], budgets)
        return
    if not due:
        return
    key = issue_key.make_key(job.settings, issue)
    tables = _measured(job, budgets, due, key, issue)
    budget.write_measured(job.store, issue, tables)
    periods = {table.name: names for table, names in due.items()}
    digest = budget.digest_of(tables)
    event = NoiseDrawn(issue, issue_key.mark(key), periods, digest, again=again or None)
    job.store.ledger.append(event)
    budget.keep_budget(job.store)


def _restore(job: Issue, event: NoiseDrawn, budgets: Sequence[BudgetOpened]) -> None:
    """Draw an issue's numbers again from its key, where their file is gone: the same, or none."""
    if budget.read_measured(job.store, event) is not None:
        return
    key = issue_key.load_key(job.settings, event.issue)
    if key is None or issue_key.mark(key) != event.key:
        return
    named = {table.name: table for each in budgets for table in budget.tables_of(each)}
    due = {named[name]: periods for name, periods in event.tables.items()}
    tables = _measured(job, budgets, due, key, event.issue)
    if budget.digest_of(tables) == event.digest:
        budget.write_measured(job.store, event.issue, tables)


def _measured(
    job: Issue, budgets: Sequence[BudgetOpened], due: budget.Periods, key: bytes, issue: str
) -> Tables:
    """The measured numbers of due periods, by table's name."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for event in budgets:
        epsilon = budget.tables_of(event)
        for table, names in due.items():
            own = [name for name in names if name[:4] == event.year]
            if not own or table not in epsilon:
                continue
            months = [event.year] if table.sort == LATE else sorted(budget.months_of(own))
            events = job.decisions.read(months)
            frame = measure(events, table, own, budget.axes_of(event), epsilon[table], key, issue)
            parts.setdefault(table.name, []).append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}


def adopt_numbers(
    job: Issue, shown: Tables, name: str, budgets: Mapping[str, Mapping[str, object]]
) -> None:
    """Take measured numbers (by table's name) that a published release shows as spent, where the
    ledger does not know of them: a backup that was put back has forgotten what was drawn since.
    """
    history = job.store.history()
    spent = budget.spent_periods(history)
    unknown = {
        table: frame[~frame["period"].isin(spent.get(table, set()))].reset_index(drop=True)
        for table, frame in shown.items()
    }
    unknown = {table: frame for table, frame in unknown.items() if len(frame)}
    if not unknown:
        return
    for year, detail in budgets.items():
        if year not in history.budgets:
            job.store.ledger.append(BudgetOpened(year, **dict(detail)))  # type: ignore[arg-type]
    issue = f"adopted-{name}"
    budget.write_measured(job.store, issue, unknown)
    periods = {table: list(dict.fromkeys(frame["period"])) for table, frame in unknown.items()}
    digest = budget.digest_of(unknown)
    job.store.ledger.append(NoiseDrawn(issue, "", periods, digest, adopted=name))
    budget.keep_budget(job.store)


def fit_numbers(
    job: Issue, measured: Tables, budgets: Sequence[BudgetOpened], earlier: Tables
) -> Tables:
    """Estimates of all measured numbers; those of an earlier release where nothing closed since."""
    fitted: Tables = {}
    for event in budgets:
        year = event.year
        axes = budget.axes_of(event)
        own = estimate(measured, {year: event.volume}, {year: axes}, bool(event.districts))
        for path, frame in own.items():
            fitted[path] = (
                pd.concat([fitted[path], frame], ignore_index=True) if path in fitted else frame
            )
    again = budget.years_again(job.store.history())
    for path, old in earlier.items():
        if path in fitted:
            fitted[path] = _kept(fitted[path], old[~old["period"].str[:4].isin(again)])
    return fitted


def _kept(new: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """New estimates, with the old rows where a period's status is the same."""
    keys = [c for c in new.columns if c not in ("number", "low", "high", "sd")]
    both = new[keys].merge(old, "left", keys)
    same = both["number"].notna().to_numpy()
    found = new.copy()
    for column in ("number", "low", "high", "sd"):
        found.loc[same, column] = both.loc[same, column].astype(new[column].dtype)
    return found
