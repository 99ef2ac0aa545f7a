"""A5: one issue made again and again, its rows in any order, at other times."""

import contextlib
import os
import shutil
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from data.attacks.case import Case, Count, Found
from data.privacy import budget, issue_key, measured_tables
from data.privacy.tables import LATE, Table, Tables
from data.release import release_files
from data.settings import load_settings
from data.storage.batches import live_files
from data.storage.events import NoiseDrawn
from data.storage.store import Store, give_own_ledger

WHOLE = 2  # builds of all files; the others draw the numbers alone
_LINKED = ("batches", "rejected", "areas")  # files that are never changed


def same_bytes(case: Case, count: Count) -> Found:
    """Check that an issue that is made again has the same bytes."""
    store, folder, manifest = case.store, case.folder, case.manifest
    if store is None or folder is None or manifest is None:
        raise ValueError("There is no release to make again.")
    other = drawn = 0
    for event in store.history().drawn.values():
        key = issue_key.load_key(load_settings(), event.issue)
        if key is None:  # published: nobody can draw it again
            continue
        parts = _parts(store, event)
        for i in range(count.builds):
            drawn += 1
            again = budget.digest_of(_measured_again(parts, key, event.issue, i))
            other += again != event.digest
            case.progress(0.6 * i / count.builds)
    as_of = datetime.fromisoformat(manifest["as_of"]).date()
    for i in range(WHOLE):
        copied = copy_store(store, case.scratch / f"again-{i}")
        if i:
            shuffle_batches(copied, i)
        clock = datetime.now(UTC) + timedelta(days=400 * i, hours=7 * i)
        built = release_files.write_release(
            copied, load_settings(), as_of, embed=case.embed, now=clock, public=case.public
        )
        other += built.id != folder.name
        shutil.rmtree(copied.root)
        case.progress(0.6 + 0.4 * (i + 1) / WHOLE)
    return Found(other == 0, f"{drawn} drawings, {WHOLE} whole builds: {other} with other bytes")


class _Part(NamedTuple):
    """What an issue measured of a table in a year."""

    table: Table
    periods: list[str]
    events: pd.DataFrame
    axes: measured_tables.Axes
    epsilon: Fraction


def _parts(store: Store, event: NoiseDrawn) -> list[_Part]:
    """All that an issue measured, year by year, with the decided events."""
    decisions, budgets, parts = budget.decisions_of(store), store.history().budgets, []
    for year in sorted(budgets):
        axes = budget.axes_of(budgets[year])
        for table, epsilon in budget.tables_of(budgets[year]).items():
            own = [p for p in event.tables.get(table.name, []) if p[:4] == year]
            if own:
                months = [year] if table.sort == LATE else sorted(budget.months_of(own))
                parts.append(_Part(table, own, decisions.read(months), axes, epsilon))
    return parts


def _measured_again(parts: list[_Part], key: bytes, issue: str, seed: int) -> Tables:
    """The measured tables of an issue, drawn again of the decided events in another order."""
    found: dict[str, list[pd.DataFrame]] = {}
    for part in parts:
        events = part.events.sample(frac=1, random_state=seed)
        frame = measured_tables.measure(
            events, part.table, part.periods, part.axes, part.epsilon, key, issue
        )
        found.setdefault(part.table.name, []).append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}


def copy_store(store: Store, target: Path) -> Store:
    """A copy of a store for trying things out; large files that never change are linked."""

    shutil.copytree(store.root, target, copy_function=_put, ignore=_unneeded)
    give_own_ledger(store, target)
    return Store(target)


def _put(source: str, target: str) -> None:
    if Path(source).parent.name in _LINKED:
        with contextlib.suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)


def _unneeded(_: str, names: list[str]) -> list[str]:
    """What the job does not read: the table of screens, and what is half written."""
    return [n for n in names if n.startswith(".scratch-") or n in ("current", "lock")]


def shuffle_batches(store: Store, seed: int) -> None:
    """Give every batch of a copied store its rows in another order."""
    rng = np.random.default_rng(seed)
    for file in map(Path, live_files(store)):
        table = pq.read_table(file)
        shuffled = table.take(rng.permutation(len(table)))
        beside = file.with_suffix(".shuffled")
        pq.write_table(shuffled, beside)
        beside.replace(file)  # the linked original stays as it is
