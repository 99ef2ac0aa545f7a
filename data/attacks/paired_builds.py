"""A4: builds with and without one event, over all tables; what their whole output tells of it.

The attacker knows every other event, so only the cells that differ tell him something, and the fit
tells nothing more: it is computed from the measured numbers. He decides by the likelihood of them
all. How well he can, is bounded from below by how often he is right (Jagielski et al. 2020).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from scipy.stats import beta

from data.attacks import made_events, made_records
from data.attacks.case import Case, Count, Found
from data.attacks.made_events import Budgets, Counts, Step
from data.privacy import budget, measured_tables
from data.privacy.decided_events import hash_id
from data.privacy.tables import LATE, ORDINARY
from geo import discrete_laplace
from geo.arrays import Flags, Floats, Ints

_YEARLY, _YEARS = 400, 1
SURE = 0.999  # how sure the lower bound of epsilon is
KEY = b"the key of the attacks' own draws"
ISSUE = "attack"
_TRAIN = 10  # one draw in so many is for choosing what to decide by


class Cell(NamedTuple):
    """A cell that differs: the name of its draw, its epsilon, its counts with and without."""

    name: bytes
    epsilon: Fraction
    one: int
    other: int


class Pair(NamedTuple):
    """Two data sets that differ by an event, or by what a report says of it; how many epsilon
    lie between them at most."""

    title: str
    cells: list[Cell]
    most: float


def told_apart(case: Case, count: Count) -> Found:
    """Check that no pair of builds can be told apart beyond what is declared."""
    history = made_records.history(_YEARLY, _YEARS)
    budgets = made_events.made_budgets(case.rules, _YEARS)
    steps = made_events.decision_steps(history, case.rules, budgets)
    if wrong := other_draws(steps, case, budgets):
        return Found(False, f"{wrong}: the numbers are not the counts with the declared draws")
    worst, at, passed = -np.inf, "", True
    pairs = list(_pairs(steps, case, budgets))
    for i, pair in enumerate(pairs):
        bound = epsilon_bound(pair.cells, count.draws)
        passed &= bound <= pair.most
        if bound / pair.most > worst:
            worst, at = bound / pair.most, f"{pair.title}: {bound:.2f} of {pair.most:g}"
        case.progress((i + 1) / len(pairs))
    return Found(passed and bool(pairs), f"{len(pairs)} pairs, {count.draws:,} draws; closest {at}")


def other_draws(steps: Sequence[Step], case: Case, budgets: Budgets) -> str:
    """The first table whose measured numbers are not its counts with draws of its names at its
    epsilon; empty where all are."""
    decisions = made_events.decide_events(steps, case.rules, budgets)
    for (year, table), exact in made_events.exact_counts(decisions, budgets).items():
        event = budgets[year]
        epsilon = budget.tables_of(event)[table]
        months = [year] if table.sort == LATE else [f"{year}-{m:02d}" for m in range(1, 13)]
        events, axes = decisions.read(months), budget.axes_of(event)
        periods = list(dict.fromkeys(exact.cells[table.unit]))
        got = measured_tables.measure(events, table, periods, axes, epsilon, KEY, ISSUE)
        names = measured_tables.draw_names(table, got[table.keys], ISSUE)
        noise = discrete_laplace.draw(discrete_laplace.keyed_words(KEY, names), epsilon)
        same = np.array_equal(got["n"].to_numpy(np.int64), exact.n + noise)
        if not same or not np.isclose(got["epsilon"].to_numpy(float), float(epsilon)).all():
            return table.name
    return ""


def _pairs(steps: Sequence[Step], case: Case, budgets: Budgets) -> list[Pair]:
    """An event of each sort there and not there; then one of another area, kind, hour, sort."""
    decisions = made_events.decide_events(steps, case.rules, budgets)
    whole = made_events.exact_counts(decisions, budgets)
    sorts: dict[str, bytes] = {}
    for period in decisions.decided():
        rows = decisions.read([period])
        sorts |= dict(zip(rows["sort"], rows["id"]))
    found: list[Pair] = []
    ids = {hash_id(one): one for step in steps for one in step.records["incident_id"]}
    for sort, hashed in sorted(sorts.items()):
        without = _counts(steps, case, budgets, ids[hashed])
        pair = _pair(f"an event in {sort} tables", whole, without, budgets, case.rules.epsilon)
        found += [pair] if pair else []
        if sort == ORDINARY:
            found += _reports(steps, case, budgets, whole, ids[hashed])
    return found


def _reports(
    steps: Sequence[Step], case: Case, budgets: Budgets, whole: Counts, one: str
) -> list[Pair]:
    """One report says something else: another kind and area, a clinic, a later grade."""
    found = []
    for title, changes in (
        ("a report of another kind and place", {"kind": "other", "group": 7}),
        ("a report of a clinic", {"setting": "clinic"}),
        ("a report graded late", {"grade": "reported"}),
    ):
        changed = [_changed(step, one, changes) for step in steps]
        other = _counts(changed, case, budgets)
        pair = _pair(title, whole, other, budgets, 2 * case.rules.epsilon)
        found += [pair] if pair else []
    return found


def _changed(step: Step, one: str, changes: Mapping[str, object]) -> Step:
    rows = step.records
    if "grade" in changes and step.late:  # in time for the late ones, not for its month
        return step
    at = (rows["incident_id"] == one).to_numpy(bool)
    new = {column: rows[column].mask(at, value) for column, value in changes.items()}
    return step._replace(records=rows.assign(**new))


def _pair(title: str, one: Counts, other: Counts, budgets: Budgets, most: float) -> Pair | None:
    """The cells that differ; None where none does."""
    cells: list[Cell] = []
    for (year, table), rows in made_events.differing(one, other).items():
        epsilon = budget.tables_of(budgets[year])[table]
        keys = measured_tables.keys_of(one[year, table].cells.iloc[rows], table)
        names = measured_tables.draw_names(table, keys, ISSUE)
        left, right = one[year, table].n[rows], other[year, table].n[rows]
        cells += [
            Cell(name, epsilon, int(a), int(b))
            for name, a, b in zip(names, left, right, strict=True)
        ]
    return Pair(title, cells, most) if cells else None


def epsilon_bound(cells: Sequence[Cell], draws: int) -> float:
    """The lower bound of epsilon that so many draws of some cells prove, 99.9 % sure."""
    many = draws + draws // _TRAIN
    scores = [_scores(cells, side, many) for side in (0, 1)]
    best = -np.inf
    for sign in (1.0, -1.0):
        one, other = (sign * score for score in scores[:: int(sign)])
        edges = np.unique(np.quantile(one[draws:], np.linspace(0.5, 0.999, 40)).round(9)) - 1e-9
        tried = [_bound(one[draws:] >= edge, other[draws:] >= edge) for edge in edges]
        edge = edges[int(np.argmax(tried))]
        best = max(best, _bound(one[:draws] >= edge, other[:draws] >= edge))
    return float(best)


def _bound(one: Flags, other: Flags) -> float:
    """The lower bound of log(P(one) / P(other)) by Clopper and Pearson (1934)."""
    alpha = (1 - SURE) / 2
    k, n = int(one.sum()), len(one)
    low = beta.ppf(alpha, k, n - k + 1) if k else 0.0
    k, n = int(other.sum()), len(other)
    high = beta.ppf(1 - alpha, k + 1, n - k) if k < n else 1.0
    return float(np.log(max(low, 1e-300)) - np.log(high))


def _scores(cells: Sequence[Cell], side: int, draws: int) -> Floats:
    """The log likelihood ratio of many outputs of one of the two data sets."""
    total = np.zeros(draws)
    for cell in cells:
        shown = (cell.one, cell.other)[side] + _noise(cell, side, draws)
        nearer = np.abs(shown - cell.other) - np.abs(shown - cell.one)
        total += float(cell.epsilon) * nearer
    return total


def _noise(cell: Cell, side: int, draws: int) -> Ints:
    """Draws of a cell as of many issues: its name with the number of each."""
    names = (b"%s\0%d\0%d" % (cell.name, side, i) for i in range(draws))
    return discrete_laplace.draw(discrete_laplace.keyed_words(KEY, names), cell.epsilon)


def _counts(steps: Sequence[Step], case: Case, budgets: Budgets, without: str = "") -> Counts:
    decisions = made_events.decide_events(steps, case.rules, budgets, without)
    return made_events.exact_counts(decisions, budgets)
