"""How local police responded, by city and month, by the records of one source."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from data import words
from data.newsroom.source_views import within_month
from data.storage.meta_types import SourceMeta
from data.storage.store import Current
from data.views import breakdowns, fewest_rows
from data.views.breakdowns import Answers, Breakdown
from data.views.conditions import where
from data.views.coverage import origin
from data.views.sql import city_codes, step_sql
from data.views.view import MONTH, View

POLICE: Breakdown = breakdowns.BREAKDOWNS[0]


@dataclass(frozen=True)
class Responses:
    """What the records of a View say of how local police responded.

    `counts` has city, month (its first day), response and n, where there is a record; `cities` are
    those that it has, with most records first. `answers` are all together, with shares.
    """

    view: View
    counts: pd.DataFrame
    cities: tuple[str, ...]
    answers: Answers


def records_response(source: SourceMeta) -> bool:
    """Return whether any record of a source says what local police did."""
    return any(n for word, n in source["counts"]["response"].items() if word != POLICE.silent)


def count_responses(current: Current, view: View) -> Responses:
    """Count the records of a View by city, month and what local police did."""
    condition, values = where(view, current)
    first = origin(view, MONTH)
    sql = (
        f"SELECT city, {step_sql(view, MONTH, first)} AS month, response, {{n}} AS n "
        f"FROM {{facts}} WHERE {condition} GROUP BY ALL"
    )
    found = fewest_rows.count_rows(current, sql, values, view, MONTH).to_pandas()
    names = {code: name for name, code in city_codes(current.meta).items()}
    listed = [word.code for word in words.TABLES["response"]]
    counts = pd.DataFrame(
        {
            "city": found["city"].map(names).astype(object),
            "month": months_from(first, found["month"]),
            "response": found["response"].map(dict(enumerate(listed))).astype(object),
            "n": found["n"].astype(np.int64),
        }
    ).sort_values(["city", "month", "response"], ignore_index=True)
    often = found.groupby("response")["n"].sum().to_dict()
    sizes = counts.groupby("city")["n"].sum().sort_values(ascending=False, kind="stable")
    answers = breakdowns.share_words(POLICE, {int(code): int(n) for code, n in often.items()})
    return Responses(view, counts, tuple(sizes.index), answers)


def months_from(first: date, numbers: pd.Series) -> pd.Series:
    """The first days of months that are numbered from one on."""
    months = np.datetime64(first, "M") + numbers.to_numpy(np.int64).astype("timedelta64[M]")
    return pd.Series(months.astype("datetime64[ns]"), index=numbers.index)


def view_of_responses(
    view: View, city: str = "", month: date | None = None, response: str = ""
) -> View:
    """The View of the records that one cell counts: of a city, a month and a response, or of
    all of what is left out."""
    cell = within_month(view, month) if month else view
    return replace(
        cell,
        cities=(city,) if city else cell.cities,
        responses=(response,) if response else cell.responses,
    )
