"""A3, A5, A12: the job run again and again, as weeks go by, in any order, around clock changes."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data import words
from data.attacks import made_records
from data.attacks.case import Build, Case, Count, Found, span
from data.release.tables import Tables

SECRET = b"a secret of the attacks' own builds"
CITY, AREA = timedelta(hours=72), timedelta(days=14)
ZONES = ("America/Chicago", "Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe")


def weekly(case: Case, count: Count) -> Found:
    """Check builds a week apart while reports come late, are taken back and change their kind."""
    build, history = job(case), made_records.history(made_records.YEARLY, years=2)
    first = made_records.FIRST_DAY + timedelta(days=200)
    before: Tables | None = None
    rows = changed = small = 0
    for week in range(count.weeks):
        as_of = first + timedelta(weeks=week)
        now = build(made_records.records_known_on(history, as_of), as_of, SECRET, before)
        if before is not None:
            for path, old in before.items():
                seen, other, by_few = _compared(old, now[path])
                rows, changed, small = rows + seen, changed + other, small + by_few
        before = now
    figure = f"{changed} of {rows:,} closed cells changed, {small} by 1 to 9"
    return Found(changed == 0 and small == 0 and rows > 0, figure)


def _compared(old: pd.DataFrame, new: pd.DataFrame) -> tuple[int, int, int]:
    """Cells that an older release has, how many are not the same, how many differ by few."""
    keys = [c for c in old.columns if c != "n"]
    both = old.merge(new, "left", on=keys, suffixes=("", "_new"), indicator=True)
    then, now = (both[c].to_numpy(float, na_value=-1) for c in ("n", "n_new"))
    lost = (both["_merge"] == "left_only").to_numpy()
    step = np.abs(then - now)
    few = (step >= 1) & (step <= 9) & (then >= 0) & (now >= 0)
    return len(both), int((lost | (then != now)).sum()), int(few.sum())


def same_bytes(case: Case, count: Count) -> Found:
    """Check that builds of the same records in any order give the same bytes."""
    build = job(case)
    records = made_records.records_known_on(
        made_records.history(made_records.YEARLY, years=2), date(2100, 1, 1)
    )
    as_of = made_records.FIRST_DAY + timedelta(days=800)
    rng = np.random.default_rng(5)
    seen = set()
    for _ in range(count.builds):
        order = rng.permutation(len(records))
        shuffled = records.iloc[order].reset_index(drop=True)
        shuffled.index = pd.Index(rng.permutation(len(records)))
        seen.add(digest(build(shuffled, as_of, SECRET, None)))
    return Found(len(seen) == 1, f"{count.builds} builds, {words.counted(len(seen), 'result')}")


def digest(tables: Tables) -> str:
    """A hash of the bytes that tables become, with their types and order."""
    whole = hashlib.sha256()
    for path in sorted(tables):
        frame = tables[path]
        whole.update(f"{path} {list(frame.dtypes.astype(str))}\n".encode())
        whole.update(frame.to_csv(index=False).encode())
    return whole.hexdigest()


def freshness(case: Case, count: Count) -> Found:
    """Check that no table has a period younger than its delay, on any day near a clock change."""
    build = job(case)
    records = made_records.records_known_on(
        made_records.history(made_records.FEW, years=2), date(2100, 1, 1)
    )
    young = asked = 0
    closest = timedelta(days=999)
    for zone in ZONES:
        for change in _changes(zone, made_records.FIRST_DAY.year + 1):
            first = change - timedelta(days=count.days // 2)
            for i in range(count.days + 1):
                as_of = first + timedelta(days=i)
                tables = build(records, as_of, SECRET, None, zone=zone, years=1, groups=[1, 2])
                for path, age, delay in _ages(tables, as_of, zone, case.more.get("hour", 6)):
                    asked += 1
                    spare = age - delay
                    closest = min(closest, spare)
                    young += spare < timedelta(0) or not path
    figure = (
        f"{young} of {asked:,} too young, closest {closest / timedelta(hours=1):.0f} h to spare"
    )
    return Found(young == 0 and asked > 0, figure)


def _ages(
    tables: Tables, as_of: date, zone: str, hour: int
) -> list[tuple[str, timedelta, timedelta]]:
    """The age of each table's newest period, in hours that went by, and the delay it must have."""
    now = datetime.combine(as_of, time(hour), ZoneInfo(zone)).astimezone(UTC)
    out = []
    for path, frame in tables.items():
        if len(frame):
            last = max(span(p)[1] for p in frame["period"].astype(str).unique())
            ended = datetime.combine(last, time(0), ZoneInfo(zone)).replace(fold=1)
            city = path.split("/")[1] in ("city-week-kind", "city-quarter-band")
            out.append((path, now - ended.astimezone(UTC), CITY if city else AREA))
    return out


def _changes(zone: str, year: int) -> list[date]:
    """The days of a year on which the clock changes."""
    days = [date(year, 1, 1) + timedelta(days=i) for i in range(365)]
    noon = [datetime.combine(d, time(12), ZoneInfo(zone)).utcoffset() for d in days]
    return [days[i] for i in range(1, 365) if noon[i] != noon[i - 1]]


def job(case: Case) -> Build:
    """The job that builds, where it is at hand."""
    if case.build is None:
        raise ValueError("This attack needs the job that builds, not its tables alone.")
    return case.build
