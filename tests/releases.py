"""Small made stores and a slow count by hand: what the tests of the release share."""

import hashlib
import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.attacks import ATTACKS
from data.release.policy import Policy
from data.release.publish import TRIES

SECRET = b"a secret of thirty-two bytes ...".ljust(32)[:32]
AS_OF = date(2025, 3, 1)
KINDS = ("sighting", "arrest_operation", "other")
GROUPS = (1, 2, 3)
NO_RULES = {
    "narrowest": 0,
    "records": 0,
    "places": 0,
    "days": 0,
    "origins": 0,
    "base": 1,
    "spread": 0,
}


def made(seed: int = 1, rows: int = 1500, origins: int = 90, days: int = 430) -> pd.DataFrame:
    """Records of every path, grade and setting, from January 2024 on."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, len(GROUPS) + 1, rows)
    kind_of = rng.choice(["community", "press", "official"], rows, p=[0.7, 0.2, 0.1])
    grades = ["corroborated", "verified", "reported", "disputed", "rejected"]
    grade = rng.choice(grades, rows, p=[0.5, 0.3, 0.1, 0.05, 0.05])
    stated = (kind_of == "community") & (rng.random(rows) < 0.95)
    known = rng.random(rows) < 0.85
    x = group * 2000 + rng.normal(0, 900, rows)
    origin = np.array([f"o{i}" for i in rng.integers(0, origins, rows)], object)
    return pd.DataFrame(
        {
            "incident_id": [f"{k}:{i}" for i, k in enumerate(kind_of)],
            "group": group,
            "local_date": np.datetime64("2024-01-01")
            + rng.integers(0, days, rows).astype("timedelta64[D]"),
            "hour": pd.array(rng.integers(0, 24, rows), "UInt8"),
            "kind": rng.choice(KINDS, rows, p=[0.6, 0.3, 0.1]),
            "source": np.where(kind_of == "official", "calls", kind_of),
            "source_kind": kind_of,
            "grade": np.where(kind_of == "community", grade, "on_record"),
            "origin": pd.Series(origin).where(stated),
            "setting": pd.Series(rng.choice(["street", "home", "school"], rows, p=[0.8, 0.1, 0.1])),
            "x": np.where(known, x, np.nan),
            "y": np.where(known, rng.normal(0, 900, rows), np.nan),
            "already_public": (kind_of == "official") & (rng.random(rows) < 0.5),
            "received_at": pd.Timestamp("2025-03-01", tz="UTC"),
        }
    )


def period(unit: str, day: date) -> str:
    """The name of a day's period, worked out apart from the code under test."""
    if unit == "week":
        return f"{day.isocalendar().year}-W{day.isocalendar().week:02d}"
    if unit == "month":
        return day.isoformat()[:7]
    return f"{day.year}" + (f"-Q{1 + (day.month - 1) // 3}" if unit == "quarter" else "")


def cells(
    records: pd.DataFrame, path: str, unit: str, by: tuple[str, ...], sensitive: bool, total: bool
) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """The records of each cell of a table, one by one, from the words of the policy."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    good = {"corroborated", "verified"} | ({"on_record"} if path == "press" else set())
    for row in records.to_dict("records"):
        apart = row["setting"] in ("school", "clinic", "worship", "shelter", "home")
        if row["source_kind"] != path or row["grade"] not in good or apart != sensitive:
            continue
        row["day"] = pd.Timestamp(row["local_date"]).date()
        hour = row["hour"]
        row["band"] = None if pd.isna(hour) else ("00-06", "06-12", "12-18", "18-24")[hour // 6]
        row["area"] = row["group"] or None
        values = [row[column] for column in by]
        if None in values:
            continue
        found[(period(unit, row["day"]), *values)].append(row)
        if total:
            found[(period(unit, row["day"]), "all")].append(row)
    return found


def limits(rows: list[dict[str, Any]], stating: bool) -> tuple[int, int, int, int]:
    """n for the threshold, places, days and origins of one cell."""
    place = ["none" if pd.isna(r["x"]) else (int(r["x"] // 300), int(r["y"] // 300)) for r in rows]
    both: dict[Any, int] = defaultdict(int)
    for where, row in zip(place, rows, strict=True):
        both[where, row["day"]] += 1
    origins = {(r["source"], "none" if pd.isna(r["origin"]) else r["origin"]) for r in rows}
    return (
        sum(min(n, 3) for n in both.values()),
        len(set(place)),
        len({r["day"] for r in rows}),
        len(origins) if stating else 99,
    )


def loose(**more: Any) -> Policy:
    """A policy without thresholds and rounding, for counting."""
    return Policy(zone="America/Chicago", **(NO_RULES | more))


def survived(folder: Path) -> None:
    """Write the attack.json of a release that survived."""
    told = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    tried = {"name": "x", "passed": True, "figure": 0, "limit": 0}
    results = [{"id": attack.id} | tried for attack in ATTACKS]
    body = {"release": told, "count": TRIES, "results": results, "passed": True}
    (folder / "attack.json").write_text(json.dumps(body))
