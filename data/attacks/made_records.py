"""Made records for the attacks: skewed in place and time, late, taken back, corrected.

They are as `data.privacy.placed_records` gives them: with the group of areas that each lies in.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.privacy.budget import new_budget
from data.privacy.partitions import Partition
from data.privacy.policy import Policy
from data.sample.made_reports import GRADES, KINDS, SETTINGS
from data.storage.events import BudgetOpened

FIRST_DAY = date(2021, 1, 1)
GROUPS, DISTRICTS = 73, 13
RESIDENTS = 401_606
YEARLY = 3000
HOTLINE, NEWS = "made-hotline", "made-news"
_COLUMNS = (
    *("incident_id", "group", "local_date", "hour", "kind", "source", "source_kind"),
    *("grade", "setting", "already_public", "received_at"),
)
_CORRECTED = ("kind", "group", "hour", "setting", "day")


def groups(many: int = GROUPS) -> list[int]:
    """The codes of a made partition."""
    return list(range(1, many + 1))


def made_partition(many: int = GROUPS) -> Partition:
    """A partition of made areas to groups and districts."""
    districts = [1 + g * min(DISTRICTS, many) // many for g in range(many)]
    return Partition("made", "made", groups(many), districts, RESIDENTS)


def made_budget(year: int, rules: Policy, many: int = GROUPS) -> BudgetOpened:
    """The budget of a year of made events by a policy."""
    return new_budget(str(year), rules, made_partition(many))


def history(yearly: int, years: int = 5, seed: int = 5, many: int = GROUPS) -> pd.DataFrame:
    """Reports with what became of them: when each came in, was graded, taken back, corrected.

    A few areas have most of them, winters more than summers. A tenth is press. One in five is
    graded weeks late. `records_known_on` says what a team had on a day.
    """
    rng = np.random.default_rng([seed, yearly, years])
    n, days = yearly * years, np.arange(365 * years)
    weight = rng.lognormal(0, 1.1, many)
    season = 1 + 2.2 * np.exp(-((((days % 365) - 20) / 40) ** 2))
    season *= 1 + 0.5 * rng.random(len(days)) * (days % 7 < 5)

    def one() -> pd.DataFrame:
        area = rng.choice(groups(many), n, p=weight / weight.sum())
        hour = np.where(rng.random(n) < 0.1, np.nan, rng.normal(11, 5, n).clip(0, 23) // 1)
        return pd.DataFrame(
            {
                "group": np.where(rng.random(n) < 0.02, 0, area),
                "day": rng.choice(days, n, p=season / season.sum()),
                "hour": hour,
                "kind": _drawn(rng, KINDS, n),
                "setting": _drawn(rng, SETTINGS, n),
            }
        )

    first, other = one(), one()
    day = pd.Series(pd.to_datetime(FIRST_DAY) + pd.to_timedelta(first["day"], "D"))
    received = day + pd.to_timedelta(np.where(rng.random(n) < 0.12, rng.integers(1, 60, n), 0), "D")
    lag = np.where(rng.random(n) < 0.2, rng.integers(20, 500, n), rng.integers(0, 20, n))
    press = rng.random(n) < 0.1
    frame = first.assign(
        incident_id=[f"made:{yearly}-{i:06d}" for i in range(n)],
        source=np.where(press, NEWS, HOTLINE),
        source_kind=np.where(press, "press", "community"),
        grade=np.where(press, "on_record", _drawn(rng, GRADES, n)),
        already_public=False,
        received_at=received.dt.tz_localize("UTC"),
        graded=received + pd.to_timedelta(lag, "D"),
        taken_back=_later(rng, received, 0.03),
        corrected=_later(rng, received, 0.08),
    )
    # what is corrected: one thing of each, now its day, now its kind
    what = rng.integers(0, len(_CORRECTED), n)
    for i, column in enumerate(_CORRECTED):
        frame[f"other_{column}"] = other[column].where(what == i, first[column])
    return frame


def records_known_on(history: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The records as a team has them on a day."""
    day = pd.Timestamp(as_of)
    rows = history[history["received_at"].dt.tz_localize(None) <= day]
    community = rows["source_kind"] == "community"
    grade = rows["grade"].mask(community & (rows["graded"] > day), "reported")
    grade = grade.mask(rows["taken_back"] <= day, "rejected")
    now = rows["corrected"] <= day
    for column in _CORRECTED:
        rows = rows.assign(**{column: rows[column].mask(now, rows[f"other_{column}"])})
    when = pd.to_datetime(FIRST_DAY) + pd.to_timedelta(rows["day"], "D")
    hour = rows["hour"].astype("Float64").astype("UInt8")
    rows = rows.assign(grade=grade, local_date=when, hour=hour)
    found = pd.DataFrame(rows[list(_COLUMNS)]).astype({"group": "int64"})
    return found.reset_index(drop=True)


def month_ends(years: int) -> list[date]:
    """The days on which the months of some years from the first one on are decided, in order,
    and some days more, on which the late ones of the last year are."""
    last = pd.period_range(FIRST_DAY, periods=12 * years + 3, freq="M")
    return [month.end_time.date() + timedelta(days=30) for month in last]


def _later(rng: np.random.Generator, received: pd.Series, share: float) -> pd.Series:
    """The day on which a few records change, after they came in; none for most."""
    changed = received + pd.to_timedelta(rng.integers(1, 300, len(received)), "D")
    return changed.where(rng.random(len(received)) < share)


def _drawn(rng: np.random.Generator, shares: dict[str, float], n: int) -> Any:
    return rng.choice(list(shares), n, p=np.array(list(shares.values())) / sum(shares.values()))
