"""Intervals of ratios as readers see them: an end that so few cannot tell is not a number."""

import pandas as pd
from pandas.api.types import is_numeric_dtype

FARTHEST = 100.0  # times, from 1: an end beyond it says only that counts are too few
PAIRS = (("low", "high"), ("ratio_low", "ratio_high"))  # columns of tables that hold intervals


def known_ends(low: float, high: float) -> tuple[bool, bool]:
    """Return whether the counts can tell the lower and the upper end of a ratio's interval."""
    return bool(low >= 1 / FARTHEST), bool(high <= FARTHEST)


def ratio_interval(low: float, high: float) -> str:
    """The interval of a ratio in words: 0.79 to 0.92, 1.20 or more, at most 3.40, or none."""
    match known_ends(low, high):
        case True, True:
            return f"{low:.2f} to {high:.2f}"
        case True, False:
            return f"{low:.2f} or more"
        case False, True:
            return f"at most {high:.2f}"
    return "cannot tell: too few"


def with_known_ends(rows: pd.DataFrame) -> pd.DataFrame:
    """A table to look at, ends that cannot be told left empty; files keep them as they are."""
    told = {}
    for names in PAIRS:
        if not all(name in rows and is_numeric_dtype(rows[name]) for name in names):
            continue  # ends of a date are no ratio
        low, high = (rows[name].astype(float) for name in names)
        told[names[1]] = high.where(high <= FARTHEST)
        told[names[0]] = low.where((low >= 1 / FARTHEST) | (high <= FARTHEST))
    return rows.assign(**told) if told else rows
