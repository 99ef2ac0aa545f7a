"""The Views that the benches of the screen ask for, and whether two screens say the same."""

from datetime import date
from itertools import product
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from bench.client import Screen
from data import words
from data.views.view import MEASURES
from ui.parts import ranks

SEED = 2017
KINDS: tuple[list[str], ...] = ([], ["traffic stop"])
WEEKDAYS: tuple[list[str], ...] = (
    [],
    ["Mon", "Tue", "Wed", "Thu", "Fri"],
    ["Sat", "Sun"],
    ["Fri", "Sat"],
    ["Mon"],
)
HOURS = ("", "06-12", "12-18", "18-24", "22-06")
DATES: tuple[tuple[date, date] | None, ...] = (
    None,
    (date(2017, 1, 8), date(2021, 12, 25)),
    (date(2019, 1, 1), date(2020, 12, 31)),
    (date(2021, 1, 1), date(2021, 12, 25)),
    (date(2020, 1, 1), date(2020, 12, 31)),
    (date(2019, 1, 1), date(2019, 12, 31)),
    (date(2020, 3, 1), date(2020, 5, 31)),
    (date(2018, 6, 1), date(2018, 6, 30)),
)


def queries() -> list[str]:
    """400 Views as the queries of their links: kinds x weekdays x hours x dates."""
    found = []
    for kinds, weekdays, hours, dates in product(KINDS, WEEKDAYS, HOURS, DATES):
        link: dict[str, Any] = {"kind": kinds, "weekday": weekdays, "measure": MEASURES[0]}
        if hours:
            link["hours"] = hours
        if dates:
            link |= {"from": dates[0].isoformat(), "to": dates[1].isoformat()}
        found.append(urlencode(link, doseq=True))
    return found


def shuffled(seed: int = SEED) -> list[str]:
    """The 400 queries in an order by chance, each once."""
    found = queries()
    return [found[i] for i in np.random.default_rng(seed).permutation(len(found))]


def zipf(count: int, seed: int = SEED) -> list[str]:
    """So many draws from the 400 by Zipf's law: the nth most asked is asked 1/n as often."""
    found = shuffled(seed)
    weights = 1 / np.arange(1, len(found) + 1)
    rng = np.random.default_rng(seed)
    return [found[i] for i in rng.choice(len(found), count, p=weights / weights.sum())]


def differs(ours: Screen, plain: Screen) -> str:
    """The first difference of two screens' numbers, in words; empty where all are equal."""
    if ours.errors or plain.errors:
        return f"an error: {(ours.errors + plain.errors)[0]}"
    if ours.count is None or ours.count != plain.count:
        return f"the headline: {ours.count} and {plain.count}"
    return tables_differ(ours.ranked, plain.ranked)


def tables_differ(ours: pd.DataFrame, plain: pd.DataFrame) -> str:
    """The first difference of our ranked list and the whole plain table: areas or counts.

    Ours holds the first areas only, and spells their names for readers.
    """
    if len(ours) != min(ranks.FIRST, len(plain)) or not len(ours):
        return f"rows of the list: {len(ours)} of {len(plain)}"
    whole = plain.assign(area=plain["area"].map(words.spell_area)).set_index("area")["n"]
    if not whole.index.is_unique:
        return "the areas of the table: a name stands twice"
    if unknown := sorted(set(ours["area"]) - set(whole.index)):
        return f"the areas of the table: {unknown}"
    if ours["n"].tolist() != whole.loc[ours["area"].tolist()].tolist():
        return "the counts of the areas"
    if ours["n"].tolist() != whole.nlargest(len(ours)).tolist():
        return "which areas have most"
    return ""


def quantile(seconds: list[float], share: float) -> float:
    """The time within which that share of all was done: one that was measured."""
    return float(np.quantile(seconds, share, method="higher"))
