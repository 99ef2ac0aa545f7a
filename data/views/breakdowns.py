"""Breakdowns of records by the words of a column, one row each, and how many say nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from data import words
from data.storage.meta_types import TableMeta
from data.storage.store import Current
from data.views import fewest_rows
from data.views.conditions import where
from data.views.sql import chosen_sources
from data.views.view import View
from geo import rates, shares


class Breakdown(NamedTuple):
    """A column that screens break down, in words.

    `who` did what its words mean; `silent` is its word for a record that says nothing,
    `main` the one that its sentence is about; `field` is the View's filter on it.
    """

    column: str
    field: str
    title: str
    who: str
    silent: str
    main: str


BREAKDOWNS = (
    Breakdown(
        "response", "responses", "What local police did", "Local police", "not_recorded", "none"
    ),
)


@dataclass(frozen=True)
class Answers:
    """Counts and shares of a View's records by the words of a column.

    `table` has a row a word in the order of its table: code, what, n, share, low, high
    (95% interval of the share of `said`). `said` of `of` records say anything. Shares are
    NaN where fewer than 20 do.
    """

    table: pd.DataFrame
    said: int
    of: int


def is_recorded(row: Breakdown, view: View, meta: TableMeta) -> bool:
    """Return whether any record of the View's sources says anything in a column."""
    counts = [source["counts"][row.column] for source in chosen_sources(view, meta)]
    return any(n for count in counts for word, n in count.items() if word != row.silent)


def answers(current: Current, view: View, row: Breakdown) -> Answers:
    """Count the records of a View by the words of a column."""
    sql, values = where(view, current)
    found = fewest_rows.count_rows(
        current,
        f"SELECT {row.column}::INTEGER AS code, {{n}} AS n FROM {{facts}} WHERE {sql} GROUP BY 1",
        values,
        view,
    )
    return share_words(row, dict(zip(found["code"].to_pylist(), found["n"].to_pylist())))


def share_words(row: Breakdown, often: Mapping[int, int]) -> Answers:
    """The answers by how often each code of a column's words stands in some records."""
    listed = [word for word in words.TABLES[row.column] if word.code != row.silent]
    n = np.array([often.get(words.CODES[row.column][word.code], 0) for word in listed])
    said = int(n.sum())
    enough = said if said >= rates.UNRELIABLE else 0
    low, high = shares.wilson(n, enough)
    table = pd.DataFrame(
        {
            "code": [word.code for word in listed],
            "what": [word.meaning.removeprefix(row.who).strip(" .") for word in listed],
            "n": n,
            "share": n / enough if enough else np.nan,
            "low": low,
            "high": high,
        }
    )
    return Answers(table, said, sum(often.values()))
