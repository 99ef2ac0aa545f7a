"""The budget of a release series: which periods were measured, with what epsilon, and where they are.

A year of events is asked by the tables that were fixed when it began, each period of a table once.
The ledger holds what is spent (data/storage/events.py), a file an issue what was measured. Nothing
here is purged: what is spent stays spent.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data import words
from data.privacy.closed_periods import calendar, closed, decided_months
from data.privacy.decided_events import COMMUNITY, Decisions
from data.privacy.measured_tables import Axes
from data.privacy.partitions import Partition
from data.privacy.policy import Policy
from data.privacy.tables import LATE, MEASURED_TABLES, Table, Tables, measured_path, profile
from data.settings import Problem
from data.storage.disk import write_whole
from data.storage.events import BudgetOpened, Event, NoiseDrawn, to_row
from data.storage.history import History
from data.storage.store import Store

BUDGET = "budget"  # the file of what is opened and spent, beside those of releases
Periods = dict[Table, list[str]]  # of tables
_KEYS = ("area", "district")
_SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("period", pa.string()),
        *((key, pa.int32()) for key in _KEYS),
        *((key, pa.string()) for key in ("kind", "band", "setting")),
        ("n", pa.int32()),
        ("epsilon", pa.float64()),
    ]
)


def budget_folder(store: Store) -> Path:
    """The folder of what was decided and measured."""
    return store.root / "release-budget"


def keep_budget(store: Store) -> None:
    """Write what is opened and spent into a file of its own, for a lost ledger."""
    history = store.history()
    write_events(store, BUDGET, [*history.budgets.values(), *history.drawn.values()])


def write_events(store: Store, name: str, events: Iterable[Event]) -> None:
    """Write events into a file of their own, for a lost ledger."""
    rows = [to_row(event) for event in events]
    store.release_events.mkdir(exist_ok=True, mode=0o700)
    body = json.dumps(rows, ensure_ascii=False).encode()
    write_whole(body, store.release_events / f"{name}.json")


def decisions_of(store: Store) -> Decisions:
    """The decided events of a store."""
    return Decisions(budget_folder(store) / "decided")


def new_budget(year: str, rules: Policy, partition: Partition) -> BudgetOpened:
    """The budget of a year by the policy as it is. Problem where it would overspend."""
    epsilon = Fraction(str(rules.epsilon))
    shares = profile(rules.volume, areas=partition.has_areas)
    for sort in {table.sort for table in shares}:
        if sum(share for table, share in shares.items() if table.sort == sort) > 1:
            raise Problem(f"The tables of {sort} events would spend more than epsilon.")
    return BudgetOpened(
        year,
        series=COMMUNITY,
        volume=rules.volume,
        epsilon={table.name: str(share * epsilon) for table, share in shares.items()},
        partition=partition.digest,
        districts=partition.districts if partition.has_areas else [],
        kinds=sorted(words.CODES["kind"]),
        sensitive_kinds=sorted(rules.kept_apart),
        sensitive_settings=sorted(rules.sensitive_settings),
    )


def axes_of(budget: BudgetOpened) -> Axes:
    """What the cells of a budget's year are named by."""
    return Axes(
        tuple(budget.districts),
        tuple(budget.kinds),
        tuple(budget.sensitive_kinds),
        tuple(budget.sensitive_settings),
    )


def tables_of(budget: BudgetOpened) -> dict[Table, Fraction]:
    """The tables of a budget's year, each with its epsilon."""
    known = profile(budget.volume, areas=bool(budget.districts))
    return {table: Fraction(budget.epsilon[table.name]) for table in known}


def due_periods(
    history: History, budgets: Iterable[BudgetOpened], as_of: date, rules: Policy, again: str = ""
) -> Periods:
    """The closed periods that were never measured; of the year `again` all of them."""
    spent = spent_periods(history)
    found: Periods = {}
    for budget in budgets:
        for table in tables_of(budget):
            names = [p for p in closed(table, as_of, rules) if p[:4] == budget.year]
            if budget.year != again:
                names = [p for p in names if p not in spent.get(table.name, ())]
            if names:
                found[table] = [*found.get(table, []), *names]
    return found


def spent_periods(history: History) -> dict[str, set[str]]:
    """The periods that were ever measured, by table's name."""
    found: dict[str, set[str]] = {}
    for event in history.drawn.values():
        for table, periods in event.tables.items():
            found.setdefault(table, set()).update(periods)
    return found


def lost_months(history: History, decisions: Decisions) -> set[str]:
    """Months of which something was measured, but no longer what was decided: a backup was put back.

    They are never decided anew, and no further table of them is measured.
    """
    periods = {
        p for t, names in spent_periods(history).items() if not t.endswith(LATE) for p in names
    }
    return {month for month in months_of(periods) if not decisions.has(month)}


def months_of(periods: Iterable[str]) -> set[str]:
    """The months that lie in some periods."""
    names = set(periods)
    if not names:
        return set()
    years = [int(name[:4]) for name in names]
    days = calendar(date(min(years), 1, 1), date(max(years), 12, 31))
    units = ("week-part", "month", "quarter", "year")
    return {m for unit in units for m in days.loc[days[unit].isin(names), "month"].unique()}


def without_months(due: Periods, lost: set[str]) -> Periods:
    """The due periods that hold none of some months."""
    if not lost:
        return due
    kept = {t: [p for p in names if not months_of([p]) & lost] for t, names in due.items()}
    return {table: names for table, names in kept.items() if names}


def undecided_months(as_of: date, rules: Policy, decisions: Decisions, lost: set[str]) -> list[str]:
    """The months to be decided now."""
    return [m for m in decided_months(as_of, rules) if m not in lost and not decisions.has(m)]


def digest_of(tables: Mapping[str, pd.DataFrame]) -> str:
    """The SHA-256 of measured tables by name, whatever file they are in."""
    whole = hashlib.sha256()
    for name in sorted(tables):
        text = tables[name].to_csv(index=False, lineterminator="\n")
        whole.update(f"{name}\n{text}".encode())
    return whole.hexdigest()


def write_measured(store: Store, issue: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Keep the measured tables of an issue, by name."""
    frames = [frame.assign(table=name) for name, frame in sorted(tables.items())]
    rows = pd.concat(frames, ignore_index=True).reindex(columns=_SCHEMA.names)
    kinds = dict.fromkeys(_KEYS, "Int32")
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pandas(rows.astype(kinds), _SCHEMA, preserve_index=False)
    pq.write_table(table, sink, compression="zstd")
    file = _file(store, issue)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(sink.getvalue().to_pybytes(), file)


def read_measured(store: Store, event: NoiseDrawn) -> Tables | None:
    """The measured tables of an issue by name; None where they are gone or not what was drawn."""
    try:
        rows: pd.DataFrame = pq.read_table(_file(store, event.issue)).to_pandas()
    except (OSError, pa.ArrowException):
        return None
    known = {table.name: table for table in MEASURED_TABLES.values()}
    found = {}
    for name, frame in rows.groupby("table", sort=True):
        keys = known[str(name)].keys if name in known else ["period"]
        own = frame[[*keys, "n", "epsilon"]].reset_index(drop=True)
        found[str(name)] = own.astype({key: "int32" for key in keys if key in _KEYS})
    return found if digest_of(found) == event.digest else None


def measured_numbers(store: Store, history: History) -> tuple[Tables, list[str]]:
    """All measured numbers that may be shown, by path, and the issues whose numbers are lost.

    Numbers drawn again stand in for the first ones; those that only recalled releases showed stay
    away.
    """
    parts: dict[str, list[pd.DataFrame]] = {}
    lost = []
    for issue, event in history.drawn.items():
        tables = read_measured(store, event)
        if tables is None:
            lost.append(issue)
            continue
        for name, frame in tables.items():
            older = [f[~f["period"].isin(frame["period"])] for f in parts.get(name, [])]
            shown = frame if issue not in history.hidden else frame.head(0)
            parts[name] = [*older, shown]
    paths = {table.name: measured_path(table) for table in MEASURED_TABLES.values()}
    joined = {}
    for name, frames in parts.items():
        frame = pd.concat(frames, ignore_index=True)
        keys = [c for c in frame.columns if c not in ("n", "epsilon")]
        if len(frame):
            joined[paths[name]] = frame.sort_values(keys, ignore_index=True)
    return joined, lost


def years_again(history: History) -> list[str]:
    """The years that were drawn a second time."""
    return sorted({event.again for event in history.drawn.values() if event.again})


def _file(store: Store, issue: str) -> Path:
    return budget_folder(store) / "measured" / f"{issue}.parquet"
