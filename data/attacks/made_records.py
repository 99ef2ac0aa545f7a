"""Made records for the attacks: skewed in place and time, late, taken back, and marked made."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.sample.made_reports import GRADES, KINDS, SETTINGS

FIRST_DAY = date(2021, 1, 1)
GROUPS = 74
YEARLY = 3000
FEW = 60
_COLUMNS = (
    "incident_id",
    "group",
    "local_date",
    "hour",
    "kind",
    "source",
    "source_kind",
    "grade",
    "origin",
    "setting",
    "x",
    "y",
    "already_public",
    "received_at",
)
HOTLINE, NEWS, CALLS = "made-hotline", "made-news", "made-calls"


def groups(many: int = GROUPS) -> list[int]:
    """The codes of a made partition."""
    return list(range(1, many + 1))


def history(yearly: int, years: int = 5, seed: int = 5, many: int = GROUPS) -> pd.DataFrame:
    """Reports with what became of them: when each came in, was taken back, changed its kind.

    A few areas have most of them, winters more than summers, and one in twelve is told
    twice. A tenth is press. `known` says what a team had on a day.
    """
    rng = np.random.default_rng([seed, yearly, years])
    n = int(yearly * years * 12 / 13)
    weight = rng.lognormal(0, 1.1, many)
    days = np.arange(365 * years)
    season = 1 + 2.2 * np.exp(-((((days % 365) - 20) / 40) ** 2))
    season *= 1 + 0.5 * rng.random(len(days)) * (days % 7 < 5)
    frame = pd.DataFrame(
        {
            "group": rng.choice(groups(many), n, p=weight / weight.sum()),
            "day": rng.choice(days, n, p=season / season.sum()),
            "hour": np.where(rng.random(n) < 0.1, np.nan, rng.normal(11, 5, n).clip(0, 23) // 1),
            "kind": _drawn(rng, KINDS, n),
            "setting": _drawn(rng, SETTINGS, n),
        }
    )
    corner = rng.integers(0, 8, n) + 8 * frame["group"].to_numpy()
    east, north = rng.uniform(0, 2000, (2, 8 * (many + 1)))
    x = 2000.0 * (frame["group"] % 9) + east[corner] + rng.normal(0, 150, n)
    y = 2000.0 * (frame["group"] // 9) + north[corner] + rng.normal(0, 150, n)
    known = rng.random(n) > 0.12
    frame = frame.assign(x=x.where(known), y=y.where(known))
    frame.loc[rng.random(n) < 0.02, "group"] = 0
    again = frame.sample(n // 12, random_state=int(rng.integers(1 << 31)))
    frame = pd.concat([frame, again], ignore_index=True)
    n = len(frame)
    late = np.where(rng.random(n) < 0.12, rng.integers(1, 60, n), 0)
    day = pd.to_datetime(FIRST_DAY) + pd.to_timedelta(frame["day"].to_numpy(), "D")
    press = rng.random(n) < 0.1
    took, other = (_later(rng, day, late) for _ in range(2))
    grade = np.where(press, "on_record", _drawn(rng, GRADES, n))
    return pd.DataFrame(
        {
            "incident_id": [f"made:{yearly}-{i:06d}" for i in range(n)],
            "group": frame["group"].astype("int64"),
            "local_date": day.date,
            "hour": frame["hour"].astype("Float64").astype("UInt8"),
            "kind": frame["kind"],
            "source": np.where(press, NEWS, HOTLINE),
            "source_kind": np.where(press, "press", "community"),
            "grade": grade,
            "origin": pd.Series([f"caller {i}" for i in rng.integers(0, max(yearly // 4, 9), n)]),
            "setting": frame["setting"],
            "x": frame["x"],
            "y": frame["y"],
            "already_public": False,
            "received_at": (day + pd.to_timedelta(late, "D")).tz_localize("UTC"),
            "taken_back": took,
            "told_other": other,
            "other_kind": _drawn(rng, KINDS, n),
        }
    )


def records_known_on(history: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The records as a team has them on a day."""
    day = pd.Timestamp(as_of)
    here = history[history["received_at"].dt.tz_localize(None) <= day]
    grade = here["grade"].mask(here["taken_back"] <= day, "rejected")
    kind = here["kind"].mask(here["told_other"] <= day, here["other_kind"])
    found = here.assign(grade=grade, kind=kind)[list(_COLUMNS)]
    return pd.DataFrame(found.reset_index(drop=True))


def records_of_cells(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Records of hand-made cells: what a row leaves out tells every record apart."""
    n = len(rows)
    base: dict[str, list[Any]] = {
        "incident_id": [f"cell:{i}" for i in range(n)],
        "group": [1] * n,
        "local_date": [FIRST_DAY + timedelta(days=i % 28) for i in range(n)],
        "hour": [7] * n,
        "kind": ["sighting"] * n,
        "source": [HOTLINE] * n,
        "source_kind": ["community"] * n,
        "grade": ["verified"] * n,
        "origin": [f"caller {i}" for i in range(n)],
        "setting": ["street"] * n,
        "x": [900.0 * i for i in range(n)],
        "y": [0.0] * n,
        "already_public": [False] * n,
        "received_at": [pd.Timestamp(FIRST_DAY, tz="UTC")] * n,
    }
    told = {c: [row.get(c, base[c][i]) for i, row in enumerate(rows)] for c in _COLUMNS}
    frame = pd.DataFrame(told)
    return frame.assign(hour=frame["hour"].astype("UInt8"))


def _later(rng: np.random.Generator, day: pd.DatetimeIndex, late: Any) -> pd.Series:
    """The day on which a few records change, after they came in; none for most."""
    changed = pd.Series(day + pd.to_timedelta(late + rng.integers(1, 300, len(day)), "D"))
    return changed.where(rng.random(len(day)) < 0.03)


def _drawn(rng: np.random.Generator, shares: dict[str, float], n: int) -> Any:
    return rng.choice(list(shares), n, p=np.array(list(shares.values())) / sum(shares.values()))
